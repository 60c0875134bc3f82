"""The life of a report: kept while typing, submitted, accepted or returned, corrected, explained, evidenced."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from jwp.core.access import AUDITOR, DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, Stale, check, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.evidence.files import Kept
from jwp.indicators.actions import record
from jwp.indicators.models import Reading
from jwp.indicators.rules import Cell
from jwp.partners.models import Person
from jwp.plans.access import HOLDER, roles_for
from jwp.plans.actions.round import dates_of, found_or_new, receivers, report_for, require_team
from jwp.plans.answers import Answer, read, typed_from
from jwp.plans.models import Comment, Correction, Evidence, Report, Round, Target
from jwp.plans.rules import NO_REPORT, REPORT, ReportFacts, accepts_reports, is_silent

TARGET = ("plan", "indicator")


def facts_of(report: Report | None) -> ReportFacts:
    if report is None:
        return NO_REPORT
    return ReportFacts(report.state, report.submitted_on, report.extended_to, report.silent_at_close)


def _found(door: Door, round_ref: str, target_ref: str) -> Report:
    """The report of this target in this round, locked or new, for somebody who may fill it in."""
    # The target is locked before anything is looked at: of two who begin the same report, the second finds it.
    rows = Target.objects.select_for_update(of=("self",), no_key=True).select_related(*TARGET)
    target = next(iter(rows.filter(ref=target_ref).order_by()), None)
    if target is not None:
        prefetch_related_objects([target.plan], "rounds")  # few, and the one before is needed too
    round = next((one for one in target.plan.rounds.all() if one.ref == round_ref), None) if target else None
    if round is None or target is None:
        raise Refused(_("There is no such target in this round."))
    if not {HOLDER, GENDER_TEAM} & roles_for(door.actor, target):
        raise Refused(_("You do not hold this target: ask %(holder)s or the gender team.") % {"holder": target.holder})
    if round.number < round.plan.first_round_here:
        raise Refused(_("This round was kept elsewhere, before this system."))
    return found_or_new(round, target)


def _check_revision(report: Report, revision: int | None) -> None:
    """Revision 0 is a form opened when nobody had written anything yet."""
    untouched = revision == 0 and not report.draft and report.submitted_on is None
    if revision is not None and report.revision != revision and not untouched:
        raise Stale(report)


def save_draft(
    actor: Actor, round_ref: str, target_ref: str, typed: Mapping[str, str], revision: int | None = None
) -> Report:
    """Keep what is being typed, as typed, right or wrong. Somebody else's newer text is never overwritten."""
    with open_door(actor) as door:
        report = _found(door, round_ref, target_ref)
        _check_revision(report, revision)
        if report.state not in ("draft", "returned"):
            raise Refused(_("This report is %(state)s: it can no longer be changed.") % {"state": _(report.state)})
        draft = {key: value for key, value in typed.items() if value}
        if report._state.adding:
            report.draft = draft
            return door.add(report, verb="open")
        return door.change(report, draft=draft)


def submit(
    actor: Actor,
    round_ref: str,
    target_ref: str,
    typed: Mapping[str, str],
    *,
    cells: Sequence[Cell] = (),
    revision: int | None = None,
    evidence: Sequence[Mapping[str, Any]] = (),
    evidence_follows: bool = False,
    via: str = Report.Via.OWN,
    source: str = "",
    once: str = "",
) -> Report:
    """Report on one target. Sent twice with the same `once`, it counts once.

    The team may report for an owner: `via` and `source` then say how and from whom it came, and the owner is told.
    Raises Refused with every problem of the answer at once.
    """
    with open_door(actor) as door:
        report = _found(door, round_ref, target_ref)
        if once and report.once == once and report.state in ("submitted", "accepted"):
            return report
        _check_revision(report, revision)
        target, round = report.target, report.round
        roles = roles_for(actor, target)
        for_owner = HOLDER not in roles
        if not for_owner:
            # Whoever holds the target reports for themselves, however they say it came.
            via, source = Report.Via.OWN, ""
        elif via not in Report.Via.values or via == Report.Via.OWN or not source.strip():
            raise Refused(
                _("You report for %(holder)s: say how it came (mail, call) and from whom.") % {"holder": target.holder}
            )
        if len(source) > 300:
            raise Refused(_("Say in fewer than 300 characters from whom it came."))
        answer = read(target, typed, cells)
        if answer.problems:
            raise Refused(*[message for _key, message in answer.problems])
        silent = is_silent(dates_of(round), facts_of(report), actor.today)
        _refuse_no_data_for_silence(answer, silent)
        if evidence and report._state.adding:
            door.add(report, verb="open")  # evidence points at it
        for item in evidence:
            _add_evidence(door, report, item)
        door.step(
            report, REPORT, "submit", roles=roles, facts=_facts(report, answer, actor, evidence_follows),
            reading=_reading(door, report, answer, source), value=answer.value, progress=answer.progress,
            value_text=answer.value_text, no_data_because=answer.no_data, comment=answer.comment, draft={},
            submitted_on=actor.today, submitted_by_id=actor.person_id, via=via, source=source, once=once,
            evidence_follows=evidence_follows, returned_because="", silent_at_close=silent,
        )  # fmt: skip
        if for_owner:
            _tell_owner(door, report)
        return report


def _refuse_no_data_for_silence(answer: Answer, silent: bool) -> None:
    if answer.no_data and silent:
        raise Refused(
            _("This target was recorded as not reported; that cannot be turned into “no data”. Give a value.")
        )


def _facts(report: Report, answer: Answer, actor: Actor, evidence_follows: bool) -> set[str]:
    facts = set()
    if accepts_reports(dates_of(report.round), actor.today):
        facts.add("an open round")
    if not answer.empty:
        facts.add("an answer")
    needed = report.target.evidence_required and not answer.no_data
    if not needed or evidence_follows or (not report._state.adding and report.evidence.exists()):
        facts.add("evidence")
    return facts


def _reading(door: Door, report: Report, answer: Answer, source: str) -> Reading | None:
    """The cells of a number, recorded as a reading of its indicator; a second report supersedes the first."""
    target, round = report.target, report.round
    if target.indicator is None or not (answer.cells or answer.no_data):
        return None
    last = next((one.due for one in target.plan.rounds.all() if one.number == round.number - 1), None)
    return record(
        door, target.indicator, answer.cells, starts=last or target.plan.counted_from, ends=round.due,
        contributor=target.ref, source=source, estimated=answer.estimated, why=answer.no_data,
        supersedes=report.reading, in_turn=True,
    )  # fmt: skip


def accept(actor: Actor, ref: str, revision: int | None = None) -> Report:
    with open_door(actor) as door:
        report = door.lock(Report, ref, revision, "target", "round")
        roles = roles_for(actor, report.target)
        # Nobody accepts their own promise; what the team wrote down for somebody else names its source.
        own = report.submitted_by_id == actor.person_id and report.via == Report.Via.OWN
        facts = set() if own else {"somebody else's report"}
        return door.step(report, REPORT, "accept", roles=roles, facts=facts, accepted_on=actor.today)


def return_(actor: Actor, ref: str, comment: str, revision: int | None = None) -> Report:
    """Send a report back to its owner with a comment; what they wrote waits in their form."""
    with open_door(actor) as door:
        report = door.lock(Report, ref, revision, "target__plan", "target__holder", "round__plan", "reading")
        facts = {"a comment"} if comment.strip() else set()
        door.step(
            report, REPORT, "return", roles=roles_for(actor, report.target), facts=facts, reason=comment,
            returned_because=comment, draft=typed_from(report),
        )  # fmt: skip
        for person in receivers({report.target.holder_id}, actor.today):
            with translation.override(person.language):
                _write(
                    door, report, person, f"return:{report.ref}:{report.revision}",
                    _("Your report on “%(target)s” came back") % {"target": _short(report.target)},
                    _("%(who)s returned it with this comment:\n\n%(comment)s\n\nPlease mend it here:\n%(link)s")
                    % {"who": actor.name, "comment": comment, "link": _grid_link(door, report, person)},
                )  # fmt: skip
        return report


def correct(actor: Actor, ref: str, typed: Mapping[str, str], reason: str, revision: int | None = None) -> Correction:
    """Put an accepted value right without reopening the round: old, new, date and reason stay readable."""
    require_team(actor)
    if not reason.strip():
        raise Refused(_("Say why the value is corrected: the reason is published with it."))
    with open_door(actor) as door:
        report = door.lock(
            Report, ref, revision, "target__plan", "target__holder", "target__indicator", "round", "reading"
        )
        if report.state != "accepted":
            raise Refused(_("Only an accepted report is corrected; another can be returned instead."))
        old = typed_from(report)
        answer = read(report.target, typed)
        if answer.problems:
            raise Refused(*[message for _key, message in answer.problems])
        if answer.empty:
            raise Refused(_("Give the value as it should have been."))
        _refuse_no_data_for_silence(answer, report.silent_at_close)
        door.change(
            report, "correct", reason=reason, reading=_reading(door, report, answer, report.source), value=answer.value,
            progress=answer.progress, value_text=answer.value_text,
            no_data_because=answer.no_data, comment=answer.comment,
        )  # fmt: skip
        new = typed_from(Report.objects.select_related("reading").get(pk=report.pk))
        return door.add(
            Correction(report=report, on=actor.today, reason=reason, old=old, new=new, by_id=actor.person_id)
        )


def explain(actor: Actor, round_ref: str, target_ref: str, text: str) -> Report:
    """The Director may explain lateness before it becomes public, and never change a status."""
    if not actor.has(DIRECTOR):
        raise Refused(_("Only the Director explains."))
    with open_door(actor) as door:
        round, target = door.lock(Round, round_ref), door.lock(Target, target_ref)
        if target.plan_id != round.plan_id:
            raise Refused(_("There is no such target in this round."))
        return door.change(report_for(door, round, target), "explain", explanation=text)


def require_reporter(actor: Actor, target: Target) -> None:
    if not {HOLDER, GENDER_TEAM} & roles_for(actor, target):
        raise Refused(_("Only the holder of the target or the gender team may add evidence."))


def add_evidence(actor: Actor, ref: str, items: Sequence[Mapping[str, Any]]) -> Report:
    """Evidence may follow a report, even an accepted one."""
    with open_door(actor) as door:
        report = door.lock(Report, ref, None, "target")
        require_reporter(actor, report.target)
        for item in items:
            _add_evidence(door, report, item)
        return door.change(report, "evidence", evidence_follows=False)


def _add_evidence(door: Door, report: Report, item: Mapping[str, Any]) -> Evidence:
    """One piece: {"file": Kept} or {"url": ...} or {"seen_by": ..., "seen_on": date}, with a `title`."""
    kept: Kept | None = item.get("file")
    seen_on: date | None = item.get("seen_on")
    if seen_on and seen_on > door.actor.today:
        raise Refused(_("“Seen on” lies ahead: %(day)s.") % {"day": seen_on})
    row = Evidence(
        report=report, title=item.get("title", "")[:300], file=kept.row() if kept else None, url=item.get("url", ""),
        seen_by=item.get("seen_by", ""), seen_on=seen_on, added_on=door.actor.today,
    )  # fmt: skip
    check(row)
    return door.add(row)


def publish_evidence(actor: Actor, ref: str, public: bool) -> Evidence:
    """Evidence stays inside unless the team marks it public."""
    require_team(actor)
    with open_door(actor) as door:
        return door.change(door.lock(Evidence, ref), "publish" if public else "withdraw", public=public)


def comment(actor: Actor, target_ref: str, text: str, *, at: datetime | None = None, by_mail: bool = False) -> Comment:
    """Say something about a target. People named with @ get a letter they can answer."""
    if not text.strip():
        raise Refused(_("The comment is empty."))
    if actor.person_id is None:
        raise Refused(_("Sign in to comment."))
    if actor.has(AUDITOR):
        raise Refused(_("An auditor reads everything and writes nothing."))
    with open_door(actor) as door:
        target = door.lock(Target, target_ref, None, "plan")
        row = door.add(
            Comment(target=target, author_id=actor.person_id, text=text.strip(), at=at or door.at, by_mail=by_mail)
        )
        for person in mentioned(text):
            if person.pk != actor.person_id and person.email:
                _tell_mentioned(door, row, target, person)
        return row


def mentioned(text: str) -> list[Person]:
    """The people named with @: by ref, or by first or full name where only one person has it."""
    names = {name.lower().rstrip(".") for name in re.findall(r"@([\w.-]+)", text)}
    if not names:
        return []
    found: dict[str, list[Person]] = {}
    for person in Person.objects.filter(left_on=None):
        for key in {
            person.ref.lower(),
            person.name.lower().replace(" ", "."),
            person.name.lower().split(" ")[0],
        }:
            found.setdefault(key, []).append(person)
    unique = {people[0].pk: people[0] for name in sorted(names) if len(people := found.get(name, [])) == 1}
    return list(unique.values())


def reply_address(target: Target, person: Person) -> str:
    """An address whose letters become comments of this person on this target; empty without a reply domain."""
    partnership = Partnership.get()
    if partnership is None or not partnership.reply_domain:
        return ""
    return f"reply+{target.pk}.{person.pk}.{_seal(target.pk, person.pk)}@{partnership.reply_domain}"


def _seal(target: int, person: int) -> str:
    # Hexadecimal, because mail servers may change the case of an address.
    return salted_hmac("jwp.reply", f"{target}.{person}").hexdigest()[:24]


def reply_to(address: str) -> tuple[Target, Person]:
    """The target and the person a reply address stands for. Raises Refused where it was not made here."""
    target, person, seal = (*address.partition("+")[2].partition("@")[0].split("."), "", "", "")[:3]
    known = all(part.isdecimal() and len(part) < 19 for part in (target, person))
    if not known or not constant_time_compare(seal.lower(), _seal(int(target), int(person))):
        raise Refused(_("This reply address is not one of ours."))
    return Target.objects.get(pk=int(target)), Person.objects.get(pk=int(person))


def _tell_mentioned(door: Door, comment: Comment, target: Target, person: Person) -> None:
    with translation.override(person.language):
        body = _("%(who)s wrote about “%(target)s”:\n\n%(text)s\n\n%(link)s") % {
            "who": door.actor.name, "target": _short(target), "text": comment.text,
            "link": settings.BASE_URL + reverse("gender:target", args=[target.ref]),
        }  # fmt: skip
        subject = _("%(who)s mentioned you") % {"who": door.actor.name}
    write_letter(
        door, key=f"mention:{comment.ref}:{person.ref}", to=person.email, subject=subject, body=body, person=person.ref,
        reply_to=reply_address(target, person),
    )  # fmt: skip


def _tell_owner(door: Door, report: Report) -> None:
    for person in receivers({report.target.holder_id}, door.actor.today):
        with translation.override(person.language):
            _write(
                door, report, person, f"recorded:{report.ref}:{report.revision}",
                _("%(who)s recorded a report for you") % {"who": door.actor.name},
                _(
                    "On “%(target)s”, from: %(source)s. "
                    "If anything is wrong, tell the gender team or look here:\n%(link)s"
                )
                % {"target": _short(report.target), "source": report.source, "link": _grid_link(door, report, person)},
            )  # fmt: skip


def _write(door: Door, report: Report, person: Person, key: str, subject: str, body: str) -> None:
    if person.email:
        write_letter(
            door, key=f"{key}:{person.ref}", to=person.email, subject=subject, body=body, person=person.ref,
            reply_to=reply_address(report.target, person),
        )  # fmt: skip


def _grid_link(door: Door, report: Report, person: Person) -> str:
    """Where the owner mends it: their own page if they can sign in, a personal link if not."""
    from jwp.plans.actions.round import link_for

    if person.user_id:
        return f"{settings.BASE_URL}{reverse('gender:grid', args=[report.round.ref])}"
    return link_for(door, report.round, person)


def _short(target: Target) -> str:
    return target.text if len(target.text) <= 80 else target.text[:79] + "…"
