"""A meeting is planned, moved or cancelled, its attendance recorded, and in the end it is closed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.governance.access import WRITERS
from jwp.governance.actions.agenda import place_waiting
from jwp.governance.models import ActionArising, AgendaItem, Attendance, Decision, Meeting
from jwp.partners.models import Person


def require_keeper(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the director, the gender team or an administrator keeps the record of meetings."))


def lock_open(door: Door, ref: str, revision: int | None = None) -> Meeting:
    """The meeting, locked for a change. Of a closed one nothing changes but its actions arising."""
    meeting = door.lock(Meeting, ref, revision, "body")
    if meeting.closed_on:
        raise Refused(
            _("This meeting was closed on %(day)s: only its actions arising can change.") % {"day": meeting.closed_on}
        )
    return meeting


def plan_meeting(actor: Actor, **fields: Any) -> Meeting:
    """A new meeting; draft items that wait for the body's next meeting go on its agenda."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = door.add(Meeting(**fields), verb="plan")
        place_waiting(door, meeting.body)
        return meeting


def change_meeting(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Meeting:
    """Move a meeting or put its record right. Once attendance is recorded, body and day stay."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = lock_open(door, ref, revision)
        moved = any(name in fields and fields[name] != getattr(meeting, name) for name in ("body", "starts"))
        if moved and (meeting.decisions.exists() or meeting.attendance.exists()):
            raise Refused(_("Who attended is recorded already: the body and the day stay."))
        if "body" in fields and fields["body"] != meeting.body and meeting.agenda.exists():
            raise Refused(_("The agenda is that body's: plan another meeting for another body."))
        door.change(meeting, **fields)
        place_waiting(door, meeting.body)
        return meeting


def cancel(actor: Actor, ref: str, revision: int | None, reason: str) -> Meeting:
    """A meeting that does not take place. Its agenda waits for the body's next one."""
    require_keeper(actor)
    if not reason.strip():
        raise Refused(_("Say why the meeting does not take place."))
    with open_door(actor) as door:
        meeting = lock_open(door, ref, revision)
        if meeting.decisions.exists():
            raise Refused(_("This meeting took decisions: it cannot be cancelled."))
        door.change(meeting, "cancel", reason=reason, closed_on=actor.today, cancelled_because=reason)
        for item in AgendaItem.objects.filter(meeting=meeting):
            door.change(item, "wait", reason=reason, meeting=None)
        place_waiting(door, meeting.body)
        return meeting


def record_attendance(
    actor: Actor,
    ref: str,
    revision: int | None,
    deciding: Collection[Person],
    observing: Collection[Person] = (),
) -> Meeting:
    """Who took part: holders of a seat on the day, who decide, and observers. Replaces what was recorded."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = lock_open(door, ref, revision)
        if meeting.starts > actor.today:
            raise Refused(_("The meeting has not taken place yet."))
        seats = {seat.person_id: seat for seat in meeting.seats()}
        if strangers := [person.name for person in deciding if person.pk not in seats]:
            raise Refused(
                _("No seat in this body on that day, so an observer only: %(names)s.") % {"names": ", ".join(strangers)}
            )
        wanted: dict[int, tuple[Person, bool]] = {person.pk: (person, False) for person in observing}
        wanted |= {person.pk: (person, True) for person in deciding}
        there = {row.person_id: row for row in Attendance.objects.filter(meeting=meeting)}
        for gone in there.keys() - wanted.keys():
            there[gone].delete()
        for key, (person, votes) in wanted.items():
            seat = seats.get(key)
            row = there.get(key) or Attendance(meeting=meeting, person=person)
            row.votes = votes
            row.organisation_id = seat.organisation_id if seat else person.organisation_id
            row.save()
        _still_stands(meeting, len(deciding))
        names = {votes: sorted(p.ref for p, v in wanted.values() if v is votes) for votes in (True, False)}
        door.change(meeting, "attendance")
        door.note("attended", meeting, deciding=names[True], observing=names[False])
        return meeting


def _still_stands(meeting: Meeting, present: int) -> None:
    """Attendance may be put right as long as no decision loses the quorum or the count it stands on."""
    for decision in Decision.objects.filter(meeting=meeting):
        if not meeting.quorum().holds:
            raise Refused(_("Without them there is no quorum, and this meeting took decisions."))
        counts = (decision.votes_for, decision.votes_against, decision.abstentions)
        if decision.rule == Decision.Rule.VOTE and sum(c or 0 for c in counts) != present:
            raise Refused(_("Decision %(number)s counts other votes.") % {"number": decision.number})


def close(actor: Actor, ref: str, revision: int | None = None) -> Meeting:
    """The record is complete. From now on it stays as it is."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = lock_open(door, ref, revision)
        if meeting.starts > actor.today:
            raise Refused(_("The meeting has not taken place yet."))
        if not meeting.attendance.exists():
            raise Refused(_("Record who attended first."))
        return door.change(meeting, "close", closed_on=actor.today)


def add_action(actor: Actor, ref: str, **fields: Any) -> ActionArising:
    """Something the meeting asks an office to do; also after it was closed."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = door.lock(Meeting, ref)
        decision: Decision | None = fields.get("decision")
        if decision and decision.meeting_id != meeting.pk:
            raise Refused(_("That decision was taken in another meeting."))
        return door.add(ActionArising(meeting=meeting, **fields))


def change_action(actor: Actor, ref: str, revision: int | None, **fields: Any) -> ActionArising:
    require_keeper(actor)
    with open_door(actor) as door:
        return door.change(door.lock(ActionArising, ref, revision), **fields)


def finish_action(actor: Actor, ref: str, revision: int | None = None) -> ActionArising:
    """Done: said by whoever holds the office that was asked, or by those who keep the record."""
    with open_door(actor) as door:
        action = door.lock(ActionArising, ref, revision, "owner")
        if action.owner_id not in actor.offices and not actor.has(*WRITERS):
            raise Refused(_("Only %(owner)s can say that this is done.") % {"owner": action.owner})
        if action.done_on:
            raise Refused(_("This was done on %(day)s.") % {"day": action.done_on})
        return door.change(action, "finish", done_on=actor.today)
