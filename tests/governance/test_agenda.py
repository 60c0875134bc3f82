"""What silence puts on the Board's agenda reaches its next meeting, and nobody takes it off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.governance.access import visible_items
from jwp.governance.actions import agenda
from jwp.governance.actions import meeting as meetings
from jwp.governance.models import AgendaItem, Meeting
from jwp.plans.models import Report, Round
from tests.cast import TODAY, Cast, cast, plan, target

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = date(2026, 11, 2), date(2026, 12, 1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def report(people: Cast) -> Report:
    promise = target(plan(state="adopted"), people.offices["operations"])
    with open_door(system(TODAY)) as door:
        first = door.add(
            Round(
                plan=promise.plan, number=1, month=6,
                opens=date(2026, 7, 1), due=date(2026, 8, 1), closes=date(2026, 9, 1),
            )
        )  # fmt: skip
        return door.add(Report(round=first, target=promise, silent_at_close=True))


def escalate(people: Cast, report: Report) -> AgendaItem:
    with open_door(system(TODAY)) as door:
        return agenda.escalate(door, report, people.board, "M6: no report", "Operations did not report.")


def board_meets(people: Cast, on: date, **fields: Any) -> Meeting:
    return meetings.plan_meeting(people.actor("gita"), body=people.board, starts=on, **fields)


def test_silence_makes_one_item_however_often_it_is_raised(people: Cast, report: Report) -> None:
    assert escalate(people, report) == escalate(people, report)
    assert AgendaItem.objects.count() == 1


def test_a_draft_waits_for_the_next_meeting_and_goes_on_it(people: Cast, report: Report) -> None:
    item = escalate(people, report)
    assert item.meeting is None
    other = meetings.plan_meeting(people.actor("gita"), body=people.secretariat, starts=NOVEMBER)
    item.refresh_from_db()
    assert item.meeting is None and not other.agenda.exists()
    meeting = board_meets(people, DECEMBER)
    item.refresh_from_db()
    assert item.meeting == meeting


def test_a_draft_goes_straight_on_a_meeting_already_planned(people: Cast, report: Report) -> None:
    meeting = board_meets(people, DECEMBER)
    assert escalate(people, report).meeting == meeting


def test_planning_a_far_meeting_first_hides_nothing_from_the_next(people: Cast, report: Report) -> None:
    escalate(people, report)
    board_meets(people, date(2040, 1, 1))
    nearer = board_meets(people, NOVEMBER)
    assert AgendaItem.objects.get().meeting == nearer


def test_moving_or_cancelling_a_meeting_hides_nothing_either(people: Cast, report: Report) -> None:
    first, second = board_meets(people, NOVEMBER), board_meets(people, DECEMBER)
    escalate(people, report)
    meetings.change_meeting(people.actor("gita"), first.ref, None, starts=date(2027, 2, 1))
    assert AgendaItem.objects.get().meeting == second
    meetings.cancel(people.actor("gita"), second.ref, None, "no quorum to be had")
    assert AgendaItem.objects.get().meeting == first
    meetings.cancel(people.actor("gita"), first.ref, None, "nor here")
    assert AgendaItem.objects.get().meeting is None


def test_the_director_comments_and_cannot_suppress(people: Cast, report: Report) -> None:
    board_meets(people, DECEMBER)
    item = escalate(people, report)
    director = people.actor("amara")
    agenda.comment(director, item.ref, item.revision, "The unit had no head until August.")
    with pytest.raises(Refused, match="nobody can take it off"):
        agenda.take_off(director, item.ref, "unpleasant")
    with pytest.raises(Refused, match="its words stay"):
        agenda.change_item(director, item.ref, None, title="All is well")
    item.refresh_from_db()
    assert item.directors_comment == "The unit had no head until August."
    assert item.title == "M6: no report" and item.meeting is not None
    agenda.change_item(director, item.ref, None, order=9)  # its place is theirs to choose


@pytest.mark.parametrize("name", ["gita", "ida", "olga", "carl"])
def test_nobody_else_writes_the_directors_comment(people: Cast, report: Report, name: str) -> None:
    item = escalate(people, report)
    with pytest.raises(Refused, match="Only the Director"):
        agenda.comment(people.actor(name), item.ref, None, "x")


def test_the_board_sees_a_draft_once_it_is_on_its_agenda(people: Cast, report: Report) -> None:
    item = escalate(people, report)
    assert item in visible_items(people.actor("amara"))
    assert item not in visible_items(people.actor("carl"))
    board_meets(people, DECEMBER)
    assert item in visible_items(people.actor("carl"))
    assert item not in visible_items(people.actor("fola"))


def test_an_ordinary_item_is_taken_off_waits_and_is_put_on_another_meeting(people: Cast) -> None:
    gita = people.actor("gita")
    first, second = board_meets(people, NOVEMBER), board_meets(people, DECEMBER)
    item = agenda.add_item(gita, first.ref, title="Budget")
    assert item.order == 1
    item = agenda.take_off(gita, item.ref, "not ready")
    assert item.meeting is None
    assert agenda.put_on(gita, item.ref, second.ref).meeting == second
    elsewhere = meetings.plan_meeting(gita, body=people.secretariat, starts=DECEMBER)
    with pytest.raises(Refused, match="open meeting of Management Board"):
        agenda.put_on(gita, item.ref, elsewhere.ref)


def test_the_agenda_of_a_closed_meeting_stays(people: Cast, report: Report) -> None:
    gita = people.actor("gita")
    held = board_meets(people, TODAY)
    item = agenda.add_item(gita, held.ref, title="Budget")
    meetings.record_attendance(gita, held.ref, None, [people.people["carl"]])
    meetings.close(gita, held.ref)
    attempts: list[Callable[[], Any]] = [
        lambda: agenda.add_item(gita, held.ref, title="Late"),
        lambda: agenda.change_item(gita, item.ref, None, title="Else"),
        lambda: agenda.take_off(gita, item.ref, "why"),
        lambda: agenda.comment(people.actor("amara"), item.ref, None, "why"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="closed"):
            attempt()


def test_what_a_past_meeting_had_before_it_stays_there(people: Cast, report: Report) -> None:
    """Its record is still being written when the next meeting is planned."""
    held = board_meets(people, TODAY)
    item = escalate(people, report)
    assert item.meeting == held
    later = date(2026, 9, 25)
    meetings.plan_meeting(people.actor("gita", later), body=people.board, starts=DECEMBER)
    item.refresh_from_db()
    assert item.meeting == held
