"""One person's dates as a calendar that other programs subscribe to, at a secret address of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from jwp.core.access import FOCAL_POINT, INSIDERS, Actor
from jwp.core.door import open_door
from jwp.core.models import Partnership
from jwp.governance.access import visible_actions, visible_meetings
from jwp.grants.access import places_on_panels, visible_applications, visible_calls
from jwp.grants.actions.donor import speaks_for
from jwp.grants.models import Condition, ProgressReport
from jwp.partners.models import Person, PersonalLink
from jwp.plans.access import visible_rounds, visible_targets
from jwp.plans.actions.report import facts_of
from jwp.plans.actions.round import dates_of
from jwp.plans.models import Action, Report, Target
from jwp.plans.rules import due_date

ADDRESS_DAYS = 730  # programs ask for years; after these a new address is made
PAST_DAYS = 400  # how far back a calendar is told


@dataclass(frozen=True)
class Day:
    """One entry: all day, from a first to a last day. `key` stays while the words and the dates change."""

    key: str
    title: str
    starts: date
    url: str
    ends: date | None = None
    text: str = ""
    place: str = ""


def addresses(person: int | None, today: date) -> list[PersonalLink]:
    """The addresses of this person that still work."""
    found = PersonalLink.objects.filter(
        person=person, purpose=PersonalLink.Purpose.CALENDAR, revoked_on=None, expires__gte=today
    )
    return list(found)


def make_address(actor: Actor) -> str:
    """A new address, shown once; the one before stops working."""
    with open_door(actor) as door:
        person = door.lock(Person, actor.ref)
        _withdraw(actor)
        expires = actor.today + timedelta(days=ADDRESS_DAYS)
        token = PersonalLink.issue(person, PersonalLink.Purpose.CALENDAR, "", expires)
        door.note("make a calendar address", person)
    return f"{settings.BASE_URL}{reverse('calendar_feed', args=[token])}"


def withdraw_address(actor: Actor) -> None:
    with open_door(actor) as door:
        person = door.lock(Person, actor.ref)
        if _withdraw(actor):
            door.note("withdraw a calendar address", person)


def _withdraw(actor: Actor) -> int:
    links = addresses(actor.person_id, actor.today)
    for link in links:
        link.revoked_on = actor.today
        link.save()
    return len(links)


def feed(actor: Actor) -> bytes:
    """The calendar, in the language of the moment."""
    partnership = Partnership.get()
    name = partnership.name if partnership else _("Joint work programme")
    calendar = Calendar()
    calendar.add("prodid", "-//jwp//desk//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    for day in days(actor):
        event = Event()
        event.add("uid", f"{day.key}@{host}")
        # Not the time of asking: the same dates give the same file.
        event.add("dtstamp", datetime.combine(day.starts, time(), UTC))
        event.add("dtstart", day.starts)
        event.add("dtend", (day.ends or day.starts) + timedelta(days=1))  # the day after the last
        event.add("summary", day.title, parameters={"language": get_language() or "en"})
        event.add("url", settings.BASE_URL + day.url)
        event.add("transp", "TRANSPARENT")
        if day.text:
            event.add("description", day.text)
        if day.place:
            event.add("location", day.place)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def days(actor: Actor) -> Iterator[Day]:
    since = actor.today - timedelta(days=PAST_DAYS)
    yield from _rounds(actor, since)
    yield from _targets(actor, since)
    yield from _actions(actor, since)
    yield from _calls(actor, since)
    yield from _managed(actor, since)
    for meeting in visible_meetings(actor).filter(cancelled_because="", starts__gte=since):
        url = reverse("governance:meeting", args=[meeting.ref])
        yield Day(f"meeting.{meeting.ref}", str(meeting), meeting.starts, url, meeting.ends, place=meeting.place)


def _rounds(actor: Actor, since: date) -> Iterator[Day]:
    """When rounds open, are due and may be closed; where my own were extended, when those are due."""
    rounds = list(visible_rounds(actor).filter(plan__state="adopted", due__gte=since))
    for round in rounds:
        if round.number < round.plan.first_round_here:
            continue
        # The board is not for owners and focal points: theirs is the plan's page.
        inside = actor.has(*INSIDERS)
        url = reverse("gender:board" if inside else "gender:plan", args=[round.ref if inside else round.plan.ref])
        said = {"round": round, "plan": round.plan.title}
        yield Day(f"opens.{round.ref}", _("%(round)s opens: %(plan)s") % said, round.opens, url)
        yield Day(f"due.{round.ref}", _("Reports due for %(round)s: %(plan)s") % said, round.due, url)
        if round.closed_on is None:
            yield Day(f"closes.{round.ref}", _("%(round)s may be closed: %(plan)s") % said, round.closes, url)
    extended = Report.objects.filter(
        round__in=rounds, extended_to__isnull=False, target__holder__in=actor.offices, submitted_on=None
    ).select_related("target", "round")
    for report in extended:
        said = {"round": report.round, "target": report.target}
        due = due_date(dates_of(report.round), facts_of(report))
        url = reverse("gender:grid", args=[report.round.ref])
        yield Day(f"extended.{report.ref}", _("%(round)s, extended: %(target)s") % said, due, url)


def _targets(actor: Actor, since: date) -> Iterator[Day]:
    mine = visible_targets(actor).filter(
        holder__in=actor.offices, due__gte=since, state=Target.STANDS, plan__state="adopted"
    )
    for target in mine:
        assert target.due is not None
        title = _("Promised by today: %(target)s") % {"target": target}
        yield Day(f"target.{target.ref}", title, target.due, reverse("gender:target", args=[target.ref]))


def _actions(actor: Actor, since: date) -> Iterator[Day]:
    mine = Action.objects.filter(owner__in=actor.offices, due__gte=since, done_on=None).select_related("target")
    for action in mine:
        assert action.due is not None
        url = reverse("gender:target", args=[action.target.ref]) + "#actions"
        yield Day(f"action.{action.ref}", action.text, action.due, url, text=str(action.target))
    asked = visible_actions(actor).filter(owner__in=actor.offices, due__gte=since, done_on=None)
    for arising in asked:
        assert arising.due is not None
        url = reverse("governance:action", args=[arising.ref])
        yield Day(f"arising.{arising.ref}", arising.text, arising.due, url, text=str(arising.meeting))


def _calls(actor: Actor, since: date) -> Iterator[Day]:
    """When calls close, by their own clock; when a panel's reviews and members' comments are due."""
    calls = list(visible_calls(actor).filter(state="published", closes_at__date__gte=since))
    scored = set(places_on_panels(actor).values_list("call", flat=True))
    inside = actor.has(*INSIDERS)
    for call in calls:
        url, said = reverse("grants:call", args=[call.ref]), {"call": call.title}
        assert call.closes_at is not None
        closes = call.closes_at.astimezone(ZoneInfo(call.zone))
        clock = f"{closes:%H:%M} ({call.zone})"
        yield Day(f"call.{call.ref}", _("Call closes: %(call)s") % said, closes.date(), url, text=clock)
        if call.panel_due and (inside or call.pk in scored):
            page = reverse("grants:panel") if call.pk in scored else url
            yield Day(f"panel.{call.ref}", _("Panel reviews due: %(call)s") % said, call.panel_due, page)
    if not (inside or (actor.has(FOCAL_POINT) and speaks_for(actor).exists())):
        return
    # One entry for all concept notes of a call whose clock ends on the same day.
    eligible = visible_applications(actor).filter(state="eligible", comments_due__gte=since).order_by()
    ends = eligible.select_related(None).values_list("call__ref", "call__title", "comments_due").annotate(Count("pk"))
    for ref, title, due, n in ends:
        told = ngettext(
            "Comments due on %(n)d concept note: %(call)s", "Comments due on %(n)d concept notes: %(call)s", n
        )
        key, said = f"comments.{ref}.{due}", {"n": n, "call": title}
        yield Day(key, told % said, due, reverse("grants:donor_inbox"))


def _managed(actor: Actor, since: date) -> Iterator[Day]:
    """What is owed to the offices they hold, or by them: full proposals, progress reports, conditions."""
    if not actor.offices:
        return
    invited = visible_applications(actor).filter(
        state="in principle", call__manager__in=actor.offices, proposal_due__gte=since
    )
    for application in invited:
        assert application.proposal_due is not None
        url = reverse("grants:application", args=[application.ref])
        title = _("Full proposal due: %(title)s") % {"title": application}
        yield Day(f"proposal.{application.ref}", title, application.proposal_due, url)
    reports = ProgressReport.objects.filter(
        item__manager__in=actor.offices, item__state="signed", state__in=("draft", "returned"), due__gte=since
    ).select_related("item")
    for report in reports:
        title = _("%(kind)s due: %(item)s") % {"kind": capfirst(report.get_kind_display()), "item": report.item}
        yield Day(f"progress.{report.ref}", title, report.due, reverse("grants:progress", args=[report.ref]))
    owed = Condition.objects.filter(owner__in=actor.offices, done_on=None, due__gte=since).select_related("item")
    for condition in owed:
        url = reverse("grants:condition", args=[condition.ref])
        yield Day(f"condition.{condition.ref}", condition.text, condition.due, url, text=str(condition.item))
