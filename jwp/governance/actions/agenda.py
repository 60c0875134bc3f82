"""The agenda. An escalated report or an override of the gate is stated once, and nobody takes it off again."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, Actor
from jwp.core.door import Door, Refused, open_door
from jwp.governance.access import WRITERS
from jwp.governance.models import AgendaItem, Meeting
from jwp.partners.models import Body
from jwp.plans.models import Report


def _require_keeper(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the director, the gender team or an administrator sets the agenda."))


def _lock_open(door: Door, ref: str, revision: int | None = None) -> AgendaItem:
    item = door.lock(AgendaItem, ref, revision, "meeting", "body")
    if item.meeting and item.meeting.closed_on:
        raise Refused(_("This meeting is closed: its agenda stays."))
    return item


def _last(meeting: Meeting) -> int:
    return AgendaItem.objects.filter(meeting=meeting).aggregate(last=Max("order"))["last"] or 0


def add_item(actor: Actor, meeting_ref: str, **fields: Any) -> AgendaItem:
    _require_keeper(actor)
    with open_door(actor) as door:
        meeting = door.lock(Meeting, meeting_ref)
        if meeting.closed_on:
            raise Refused(_("This meeting is closed: its agenda stays."))
        fields["order"] = fields.get("order") or _last(meeting) + 1
        return door.add(AgendaItem(meeting=meeting, body_id=meeting.body_id, **fields))


def change_item(actor: Actor, ref: str, revision: int | None, **fields: Any) -> AgendaItem:
    """Change an item's place, and its words and paper where the words are ours."""
    _require_keeper(actor)
    with open_door(actor) as door:
        item = _lock_open(door, ref, revision)
        reworded = any(name in fields and fields[name] != getattr(item, name) for name in ("title", "text"))
        if item.stays and reworded:
            raise Refused(
                _("This item stands because a report is missing: its words stay. The Director may comment.")
                if item.report_id
                else _("This item stands because the gate was overridden: its words stay. The Director may comment.")
            )
        return door.change(item, **fields)


def take_off(actor: Actor, ref: str, reason: str) -> AgendaItem:
    """Take an item off its agenda; it waits for another meeting of the body."""
    _require_keeper(actor)
    with open_door(actor) as door:
        item = _lock_open(door, ref)
        if item.stays:
            raise Refused(
                _("This item stands because a report is missing: nobody can take it off.")
                if item.report_id
                else _("This item stands because the gate was overridden: nobody can take it off.")
            )
        if item.decisions.exists():
            raise Refused(_("The meeting decided on this item: it stays."))
        return door.change(item, "take off", reason=reason, meeting=None)


def put_on(actor: Actor, ref: str, meeting_ref: str) -> AgendaItem:
    """Put a waiting item on the agenda of one of the body's meetings."""
    _require_keeper(actor)
    with open_door(actor) as door:
        item = _lock_open(door, ref)
        meeting = door.lock(Meeting, meeting_ref)
        if meeting.closed_on or meeting.body_id != item.body_id:
            raise Refused(_("Choose an open meeting of %(body)s.") % {"body": item.body})
        if item.stays:
            raise Refused(_("This item goes to the next meeting by itself."))
        return door.change(item, "put on", meeting=meeting, order=_last(meeting) + 1)


def comment(actor: Actor, ref: str, revision: int | None, directors_comment: str) -> AgendaItem:
    """The Director's word beside an item, until the meeting is closed. The item itself stays as it is."""
    if not actor.has(DIRECTOR):
        raise Refused(_("Only the Director comments here."))
    with open_door(actor) as door:
        return door.change(_lock_open(door, ref, revision), "comment", directors_comment=directors_comment)


def escalate(door: Door, report: Report, body: Body, title: str, text: str) -> AgendaItem:
    """A draft item about a report still missing. Asked twice for the same report, it is the same item."""
    item: AgendaItem | None = AgendaItem.objects.filter(report=report).first()
    if item is None:
        item = door.add(AgendaItem(report=report, body=body, title=title[:250], text=text), verb="escalate")
        place_waiting(door, body)
        item.refresh_from_db()
    return item


def place_waiting(door: Door, body: Body) -> None:
    """Items that stay go on the body's next meeting, also when it moves or one is planned before it."""
    today = door.actor.today
    ahead = Meeting.objects.filter(body=body, closed_on=None, starts__gte=today).order_by("starts", "pk")
    following = ahead.first()
    if following is None:
        return
    # What a meeting of a past day has on its agenda stays there: its record is being written.
    early = Q(meeting=None) | Q(meeting__starts__gte=today, meeting__closed_on=None, decisions=None)
    stays = Q(report__isnull=False) | Q(override__isnull=False)
    misplaced = AgendaItem.objects.filter(early, stays, body=body).exclude(meeting=following)
    for order, item in enumerate(misplaced.order_by("pk"), start=_last(following) + 1):
        door.change(item, "put on", meeting=following, order=order)
