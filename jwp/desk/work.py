"""What waits for one person today: what they owe, and what their role asks of them.

A constant number of queries for each plan, whatever its size, and for what we fund (`funding`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, INSIDERS, SECRETARIAT, Actor
from jwp.core.models import Letter, Partnership
from jwp.desk import funding, last_backup
from jwp.desk.rules import grace_over
from jwp.desk.todo import Todo
from jwp.governance.access import visible_actions, visible_decisions, visible_items, visible_meetings
from jwp.governance.models import ActionArising, AgendaItem, Decision, Meeting
from jwp.partners.access import holders
from jwp.plans.access import visible_plans, visible_targets
from jwp.plans.actions.round import dates_of
from jwp.plans.models import Action, Plan, Round, Target
from jwp.plans.overview import Overview, Spot, overview
from jwp.plans.rules import Word, may_close

BACKUP_DAYS = 7  # after these without a backup the administrator is asked for one
NOTE_DAYS = 30  # how long a closed round's note is offered on the desk


@dataclass(frozen=True)
class RoundAtWork:
    """An open round as one person sees it: all they may see, and what is theirs."""

    round: Round
    spots: list[Spot]
    mine: list[Spot]

    @cached_property
    def owed(self) -> list[Spot]:
        """Mine, and still to come, the latest first."""
        owed = [spot for spot in self.mine if spot.standing.word in (Word.NONE, Word.LATE)]
        return sorted(owed, key=lambda spot: (spot.due, spot.target.order, spot.target.pk))

    @property
    def tally(self) -> list[tuple[str, str, int]]:
        """How many stand where: (word, tone, number)."""
        labels = {
            "accepted": _("accepted"), "reported": _("reported"), "late": _("late"),
            "silent": _("not reported"), "waiting": _("due"),
        }  # fmt: skip
        counts = Counter(spot.tone for spot in self.spots)
        return [(label, tone, counts[tone]) for tone, label in labels.items() if counts[tone]]

    @cached_property
    def needing_evidence(self) -> list[Spot]:
        return [spot for spot in self.mine if spot.target.evidence_required]

    @cached_property
    def without_evidence(self) -> list[Spot]:
        return [s for s in self.needing_evidence if s.report is None or not s.report.evidence.all()]


@dataclass(frozen=True)
class PlanAtWork:
    seen: Overview
    actor: Actor

    @property
    def plan(self) -> Plan:
        return self.seen.plan

    @cached_property
    def rounds(self) -> list[RoundAtWork]:
        """The rounds that are open, the earliest first; where none is, the next to come."""
        kept = [r for r in self.seen.rounds if r.number >= self.plan.first_round_here and r.closed_on is None]
        started = [r for r in kept if r.opens <= self.seen.today] or kept[:1]
        return [RoundAtWork(r, spots := self.seen.spots(r), self._mine(spots)) for r in started]

    def _mine(self, spots: list[Spot]) -> list[Spot]:
        return [spot for spot in spots if spot.target.holder_id in self.actor.offices]

    @property
    def mine(self) -> list[RoundAtWork]:
        return [one for one in self.rounds if one.mine]

    def promised_evidence(self, *, mine: bool) -> list[Spot]:
        """Reports that said evidence would follow, and still have none."""
        spots = [
            spot
            for row in self.seen.rows
            for spot in row.spots
            if spot.report and spot.report.evidence_follows and not spot.report.evidence.all()
        ]
        return self._mine(spots) if mine else spots


class Work:
    """Everything the desk of one person shows. Parts that their role does not have are empty."""

    def __init__(self, actor: Actor, partnership: Partnership | None) -> None:
        self.actor, self.today, self.partnership = actor, actor.today, partnership
        # A work plan stands after the promises that it pays for.
        self.plans = sorted(visible_plans(actor), key=lambda plan: plan.kind != Plan.Kind.GENDER)
        self.adopted = [
            PlanAtWork(overview(p, self.today, visible_targets(actor).filter(plan=p), evidence=True), actor)
            for p in self.plans
            if p.state == "adopted"
        ]

    @cached_property
    def mine(self) -> list[PlanAtWork]:
        return [plan for plan in self.adopted if plan.mine]

    @cached_property
    def actions(self) -> list[Action]:
        owned = Action.objects.filter(owner__in=self.actor.offices, done_on=None).select_related("target")
        return list(owned.order_by(F("due").asc(nulls_last=True), "pk"))

    @cached_property
    def arising(self) -> list[ActionArising]:
        owned = visible_actions(self.actor).filter(owner__in=self.actor.offices, done_on=None)
        return list(owned.order_by(F("due").asc(nulls_last=True), "pk"))

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The next meetings, with the papers on their agendas."""
        papers = AgendaItem.objects.exclude(paper=None).select_related("paper")
        ahead = visible_meetings(self.actor).filter(closed_on=None, starts__gte=self.today)
        ahead = ahead.annotate(items=Count("agenda")).prefetch_related(Prefetch("agenda", papers, to_attr="with_paper"))
        return list(ahead.order_by("starts", "pk")[:3])

    @cached_property
    def decisions(self) -> list[Decision]:
        return list(visible_decisions(self.actor).filter(taken=True).order_by("-meeting__starts", "-pk")[:3])

    @cached_property
    def todo(self) -> list[Todo]:
        """What the roles ask for, the urgent first."""
        found: list[Todo] = []
        if self.actor.has(GENDER_TEAM):
            found += self._team()
        if self.actor.has(DIRECTOR):
            found += self._director()
        if self.actor.has(GENDER_TEAM, DIRECTOR):
            found += self._drafts()
        if self.actor.has(ADMINISTRATOR):
            found += self._administrator()
        if self.insider:
            found += self._below()
        found += funding.todo(self.actor)
        return sorted(found, key=lambda todo: not todo.urgent)

    @property
    def promised_evidence(self) -> list[Spot]:
        return [spot for plan in self.adopted for spot in plan.promised_evidence(mine=True)]

    @property
    def nothing(self) -> bool:
        return not (self.mine or self.todo or self.actions or self.arising or self.promised_evidence)

    @property
    def insider(self) -> bool:
        return self.actor.has(*INSIDERS)

    @property
    def secretariat(self) -> bool:
        return self.actor.has(*SECRETARIAT)

    def _team(self) -> list[Todo]:
        found = []
        for plan in self.adopted:
            for one in plan.rounds:
                found += self._round(one)
            if follow := plan.promised_evidence(mine=False):
                n = len(follow)
                text = ngettext("%(n)d report promised evidence", "%(n)d reports promised evidence", n)
                url = reverse("gender:plan", args=[plan.plan.ref])
                found.append(_about(follow, text % {"n": n}, url, _("See the plan")))
            found += self._unreachable(plan)
        return found

    def _round(self, one: RoundAtWork) -> list[Todo]:
        board, said, found = reverse("gender:board", args=[one.round.ref]), {"round": one.round}, []
        if n := sum(spot.standing.word == Word.REPORTED for spot in one.spots):
            text = ngettext(
                "%(n)d report of %(round)s waits to be read", "%(n)d reports of %(round)s wait to be read", n
            )
            found.append(Todo(text % (said | {"n": n}), board + "#waiting", _("Read"), urgent=True))
        if late := [spot for spot in one.spots if spot.standing.word == Word.LATE]:
            n = len(late)
            text = ngettext("%(n)d target of %(round)s is late", "%(n)d targets of %(round)s are late", n)
            found.append(Todo(text % (said | {"n": n}), board + "#missing", _("Who has not reported")))
        if may_close(dates_of(one.round), self.today):
            found.append(Todo(_("%(round)s may be closed") % said, board, _("Close it"), urgent=True))
        return found

    def _unreachable(self, plan: PlanAtWork) -> list[Todo]:
        """Offices with targets that nobody holds, and holders without an address: no letter arrives."""
        targets = [row.target for row in plan.seen.rows if row.target.state == Target.STANDS]
        offices = {target.holder_id: target.holder for target in targets}
        held = holders(set(offices), self.today)
        found = []
        for person in {p.pk: p for people in held.values() for p in people if not p.email}.values():
            text = _("No e-mail address is known for %(name)s, who is to report") % {"name": person.name}
            url = reverse("partners:person_change", args=[person.ref])
            found.append(Todo(text, url, _("Add it"), urgent=True))
        for key, office in offices.items():
            if key in held:
                continue
            theirs = [target for target in targets if target.holder_id == key]
            text = _("Nobody holds “%(office)s”, which is to report") % {"office": office}
            url = reverse("partners:office_change", args=[office.ref])
            found.append(Todo(text, url, _("Seat somebody"), urgent=True, targets=theirs))
        return found

    def _below(self) -> list[Todo]:
        """What went up to me: late after the days of grace, in offices that report to one I hold."""
        found = []
        for plan in self.adopted:
            for one in plan.rounds:
                late = [
                    spot
                    for spot in one.spots
                    if spot.standing.word == Word.LATE
                    and spot.target.holder.reports_to_id in self.actor.offices
                    and grace_over(spot.due, plan.plan.grace_days) <= self.today
                ]
                if n := len(late):
                    text = ngettext(
                        "%(n)d late report in offices that report to you",
                        "%(n)d late reports in offices that report to you", n,
                    )  # fmt: skip
                    url = reverse("gender:board", args=[one.round.ref]) + "#missing"
                    found.append(_about(late, text % {"n": n}, url, _("See whose"), urgent=True))
        return found

    def _director(self) -> list[Todo]:
        found = []
        waiting = Q(meeting=None) | Q(meeting__closed_on=None)
        for item in visible_items(self.actor).filter(waiting, report__isnull=False, directors_comment=""):
            url = reverse("governance:item", args=[item.ref])
            said = {"body": item.body, "title": item.title}
            text = _("Drafted for the next agenda of %(body)s: %(title)s") % said
            found.append(Todo(text, url, _("Preview and comment"), urgent=True))
        for plan in self.adopted:
            found += self._soon_public(plan) + self._notes(plan)
        return found

    def _soon_public(self, plan: PlanAtWork) -> list[Todo]:
        """Late, and not yet shown outside: the days in which an explanation can be put beside it."""
        found = []
        for one in plan.rounds:
            late = [s for s in one.spots if s.standing.word == Word.LATE]
            late = [s for s in late if not (s.report and s.report.explanation)]
            shown = {s.target.pk: grace_over(s.due, plan.plan.grace_days) for s in late}
            if late := [s for s in late if shown[s.target.pk] > self.today]:
                first = min(shown[s.target.pk] for s in late)
                n, days = len(late), (first - self.today).days
                text = ngettext(
                    "%(n)d late target becomes public, the first in %(days)d days",
                    "%(n)d late targets become public, the first in %(days)d days", n,
                )  # fmt: skip
                url = reverse("gender:board", args=[one.round.ref]) + "#missing"
                found.append(_about(late, text % {"n": n, "days": days}, url, _("Explain"), urgent=True))
        return found

    def _notes(self, plan: PlanAtWork) -> list[Todo]:
        found = []
        for r in plan.seen.rounds:
            if r.closed_on and (self.today - r.closed_on).days <= NOTE_DAYS:
                text, url = (
                    _("The note on %(round)s is ready") % {"round": r},
                    reverse("gender:note", args=[r.ref]),
                )
                found.append(Todo(text, url, _("Open it")))
        return found

    def _drafts(self) -> list[Todo]:
        found = []
        drafts = [plan for plan in self.plans if plan.state in ("draft", "submitted")]
        filled = set(Target.objects.filter(plan__in=drafts).values_list("plan_id", flat=True))
        for plan in drafts:
            url, said = reverse("gender:plan", args=[plan.ref]), {"plan": plan.title}
            if plan.state == "submitted":
                found.append(Todo(_("“%(plan)s” waits for a decision") % said, url, _("Open it")))
            elif plan.pk not in filled:
                found.append(Todo(_("“%(plan)s” has no target yet") % said, url, _("Add them")))
            elif self.actor.has(DIRECTOR):
                text = _("“%(plan)s” is a draft you can submit") % said
                found.append(Todo(text, url, _("Submit"), urgent=True))
            else:
                found.append(Todo(_("“%(plan)s” is a draft") % said, url, _("Open it")))
        return found

    def _administrator(self) -> list[Todo]:
        found, outbox = [], reverse("outbox")
        mail = bool(self.partnership and self.partnership.mail_host)
        if not mail:
            text = _("No mail server is set: letters are sent by hand")
            found.append(Todo(text, reverse("settings"), _("Set up mail")))
        if n := Letter.objects.filter(sent_at=None).count():
            text = ngettext("%(n)d letter waits in the outbox", "%(n)d letters wait in the outbox", n)
            found.append(Todo(text % {"n": n}, outbox, _("Open the outbox"), urgent=not mail))
        if self.partnership and self.partnership.fictional:
            return found
        last, command = last_backup.last(), f"jwp backup FILE.zip --data {settings.DATA}"
        if last is None:
            found.append(Todo(_("No backup was ever made here"), urgent=True, command=command))
        elif (n := (self.today - last).days) > BACKUP_DAYS:
            text = ngettext("The last backup is %(n)d day old", "The last backup is %(n)d days old", n)
            found.append(Todo(text % {"n": n}, command=command))
        return found


def _about(spots: list[Spot], text: str, url: str, action: str, *, urgent: bool = False) -> Todo:
    targets = {spot.target.pk: spot.target for spot in spots}
    return Todo(text, url, action, urgent, targets=list(targets.values()))
