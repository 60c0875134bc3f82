"""The life of a round: its dates moved with a reason, its owners written to, its clock stopped, its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.indicators.models import Reading
from jwp.partners.access import holders
from jwp.partners.models import Absence, Person, PersonalLink, on
from jwp.plans.models import Report, Round, Target
from jwp.plans.rules import RoundDates, may_close

LONGEST_REF = 80  # characters
LINK_DAYS = 60  # a link outlives its round, so that a late report still finds its form


def require_team(actor: Actor) -> None:
    if not actor.has(GENDER_TEAM):
        raise Refused(_("Only the gender team may do this."))


def dates_of(round: Round) -> RoundDates:
    return RoundDates(round.opens, round.due, round.closes, round.closed_on)


def is_asked(round: Round, target: Target, report: Report | None) -> bool:
    """Whether a round asks about a target: every promise that stands until it closes, then those it found.

    What was sent, or was silent at the close, stays. What somebody merely began to type does not keep a dropped
    promise in the round.
    """
    if round.number < round.plan.first_round_here:
        return False
    if report is not None and (report.submitted_on or report.silent_at_close):
        return True
    found = report is not None and not report._state.adding
    return target.state == Target.STANDS and (found or round.closed_on is None)


def asked(round: Round) -> list[Target]:
    """The targets this round asks about."""
    targets = Target.objects.filter(plan=round.plan).select_related("holder", "area", "indicator")
    reports = {report.target_id: report for report in Report.objects.filter(round=round)}
    return [target for target in targets if is_asked(round, target, reports.get(target.pk))]


def move(
    actor: Actor, ref: str, *, opens: date, due: date, closes: date, reason: str, revision: int | None = None
) -> Round:
    """Move a round's dates, to calendar halves or to the Board's date, with the reason."""
    if not actor.has(GENDER_TEAM, DIRECTOR):
        raise Refused(_("Only the gender team or the Director may move a round."))
    if not reason.strip():
        raise Refused(_("Say why the dates are moved."))
    if not opens <= due <= closes:
        raise Refused(_("The dates must follow each other: opens, due, may close from."))
    with open_door(actor) as door:
        round = door.lock(Round, ref, revision)
        if round.closed_on:
            raise Refused(_("This round is closed: its dates stay."))
        _refuse_unless_in_order(round, due)
        door.change(round, "move", reason=reason, opens=opens, due=due, closes=closes, moved_because=reason)
        _move_figures(door, round, reason)
        return round


def _refuse_unless_in_order(round: Round, due: date) -> None:
    """Each round's figures cover the time since the one before: they cannot change places."""
    if round.number == 1 and due <= round.plan.counted_from:
        raise Refused(_("It cannot be due before the plan was adopted, on %(day)s.") % {"day": round.plan.counted_from})
    for other in Round.objects.filter(plan=round.plan_id, number__in=(round.number - 1, round.number + 1)):
        if (other.due < due) != (other.number < round.number) or other.due == due:
            raise Refused(
                _("Rounds keep their order: %(other)s is due on %(day)s.")
                % {"other": other, "day": date_format(other.due, "j M Y")}
            )


def _move_figures(door: Door, round: Round, reason: str) -> None:
    """What was reported in a round is for its period, wherever its due date now lies; the next begins there."""
    current = Reading.objects.current()
    for reading in current.filter(reports__round=round):
        door.change(reading, "move", reason=reason, ends=round.due)
    for reading in current.filter(reports__round__plan=round.plan_id, reports__round__number=round.number + 1):
        door.change(reading, "move", reason=reason, starts=round.due)


def extend(actor: Actor, round_ref: str, target_refs: Sequence[str], to: date, reason: str) -> list[Report]:
    """Give some targets of a round more time. An extension stops the clock, and says why."""
    if not actor.has(GENDER_TEAM, DIRECTOR):
        raise Refused(_("Only the gender team or the Director may extend."))
    if not reason.strip():
        raise Refused(_("Say why the date is extended."))
    with open_door(actor) as door:
        round = door.lock(Round, round_ref)
        if to <= round.due:
            raise Refused(_("The new date must be later than %(due)s.") % {"due": round.due})
        if round.closed_on:
            raise Refused(_("This round is closed: what was silent stays recorded as silent."))
        made = []
        for target in _locked(Target.objects.filter(ref__in=target_refs, plan_id=round.plan_id)):
            report = report_for(door, round, target)
            made.append(door.change(report, "extend", reason=reason, extended_to=to, extended_because=reason))
        return made


def report_for(door: Door, round: Round, target: Target) -> Report:
    """The one report of this target in this round, locked; made if nobody has written to it yet."""
    report = found_or_new(round, target)
    return door.add(report, verb="open") if report._state.adding else report


def _locked(targets: QuerySet[Target]) -> list[Target]:
    """Whoever writes reports locks their targets first: of two who begin the same report, the second finds it."""
    return list(targets.select_for_update(of=("self",), no_key=True).order_by("pk"))


def found_or_new(round: Round, target: Target) -> Report:
    """The report, locked, or one that is not saved yet. The caller has locked the target."""
    rows = Report.objects.select_for_update(of=("self",), no_key=True).filter(round=round, target=target).order_by()
    report: Report = next(iter(rows), None) or Report(ref=joined(round.ref, target.ref))
    report.round, report.target = round, target
    if not is_asked(round, target, report):
        raise Refused(_("This target is not asked about in this round."))
    return report


def joined(*refs: str) -> str:
    """A ref that tells where it belongs; empty, so that one is made, where that would be too long for a ref."""
    ref = "-".join(refs)
    return ref if len(ref) <= LONGEST_REF else ""


def close_round(actor: Actor, ref: str) -> Round:
    """Close a round from its closing date on. Silent targets are recorded as *not reported*, once and for all."""
    require_team(actor)
    with open_door(actor) as door:
        round = door.lock(Round, ref, None, "plan")
        dates = dates_of(round)
        if round.closed_on:
            raise Refused(_("This round is closed already."))
        if not may_close(dates, actor.today):
            raise Refused(
                _("This round may be closed from %(day)s, so that everyone has had their time.")
                % {"day": date_format(round.closes, "j M Y")}
            )
        _locked(Target.objects.filter(plan=round.plan))
        targets = asked(round)
        locked = Report.objects.select_for_update(no_key=True).filter(round=round)
        reports = {report.target_id: report for report in locked}
        silent = []
        for target in targets:
            report = reports.get(target.pk)
            if report is None:
                ref = joined(round.ref, target.ref)
                silent.append(Report(ref=ref, round=round, target=target, silent_at_close=True))
            elif report.state == "draft" and not (report.extended_to and report.extended_to >= actor.today):
                door.change(report, "record as not reported", silent_at_close=True)
        door.add_all(silent, verb="record as not reported")
        return door.change(round, "close", closed_on=actor.today)


def send_links(actor: Actor, ref: str, office_ids: Sequence[int] = (), *, again: bool = False) -> list[str]:
    """Write each owner a letter with their personal link to this round's form. Returns the names written to.

    Nobody gets two for the same round on one day, whoever asks; `again` is the reminder.
    """
    if not actor.has(GENDER_TEAM, DIRECTOR):
        raise Refused(_("Only the gender team or the Director may write to owners."))
    with open_door(actor) as door:
        round = door.lock(Round, ref, None, "plan")
        if actor.today < round.opens:
            raise Refused(_("The round opens on %(day)s.") % {"day": date_format(round.opens, "j M Y")})
        offices = {t.holder_id for t in asked(round)}
        if office_ids:
            offices &= set(office_ids)
        people = receivers(offices, actor.today)
        without = [person.name for person in people if not person.email]
        if without:
            raise Refused(_("No e-mail address is known for: %(names)s.") % {"names": ", ".join(without)})
        key = "again" if again else "links"
        written = [p.name for p in people if write_link(door, round, p, f"{key}:{round.ref}:{p.ref}:{actor.today}")]
        door.note("send links", round, people=len(written))
        return written


def receivers(office_ids: set[int], today: date) -> list[Person]:
    """Who is written to for these offices: the holders, or the named delegates of those on leave."""
    held = {p.pk: p for people in holders(office_ids, today).values() for p in people}
    absences = Absence.objects.filter(on(today), person__in=held, delegate__isnull=False).select_related("delegate")
    for absence in absences:
        if held.pop(absence.person_id, None) is not None and absence.delegate is not None:
            held[absence.delegate.pk] = absence.delegate
    return sorted(held.values(), key=lambda person: person.name)


def link_for(door: Door, round: Round, person: Person) -> str:
    """A personal link to this round's form; its address is shown once."""
    expires = max(round.closes, door.actor.today) + timedelta(days=LINK_DAYS)
    token = PersonalLink.issue(person, PersonalLink.Purpose.REPORT, round.ref, expires)
    return f"{settings.BASE_URL}{reverse('personal_link', args=[token])}"


def write_link(door: Door, round: Round, person: Person, key: str) -> bool:
    partnership = Partnership.get()
    with translation.override(person.language):
        due = date_format(round.due, "j F Y")
        facts = {"name": person.name, "plan": round.plan.title, "round": str(round), "due": due}
        subject = _("%(plan)s: your report for %(round)s, due %(due)s") % facts
        link = link_for(door, round, person)
        body = _(
            "Dear %(name)s,\n\nround %(round)s of the %(plan)s is open. Please report on your targets by %(due)s, "
            "with this personal link (no password needed; please do not pass it on):\n\n%(link)s\n\n"
            "It works on a phone, keeps what you type, and can be opened as often as you like.\n\n%(sender)s"
        ) % (facts | {"link": link, "sender": partnership.name if partnership else ""})
    return write_letter(door, key=key, to=person.email, subject=subject, body=body, person=person.ref)
