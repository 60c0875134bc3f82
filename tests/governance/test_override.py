"""Only the Director lets a step pass that the gate holds back; the Board's next agenda says so, and keeps saying it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.governance.actions import agenda
from jwp.governance.actions import meeting as meetings
from jwp.governance.actions.override import override
from jwp.governance.models import AgendaItem
from jwp.grants.actions.gate import passage_for, set_policy
from jwp.grants.models import FundedItem, Override
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, item
from tests.grants.screened import agreed

pytestmark = pytest.mark.django_db
WHY = "The flood does not wait for the analysis."


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_directors_reason_is_on_the_boards_next_agenda(people: Cast) -> None:
    row = item()
    late = meetings.plan_meeting(people.actor("amara"), body=people.board, starts=date(2026, 12, 1))
    put = override(people.actor("amara"), row.ref, "sign", WHY)
    assert put.meeting == late
    assert WHY in put.text
    assert row.title in put.title
    assert put.override is not None
    assert put.override.missing == ["an agreed screening", "gender-analysis", "do-no-harm"]
    assert put.override.by == people.people["amara"]
    found = passage_for(row, "sign", TODAY)
    assert found.open
    assert found.overridden
    assert Entry.objects.filter(ref=row.ref, verb="override the gate").exists()
    early = meetings.plan_meeting(people.actor("amara"), body=people.board, starts=date(2026, 11, 2))
    put.refresh_from_db()
    assert put.meeting == early


def test_without_a_meeting_it_waits_for_one(people: Cast) -> None:
    put = override(people.actor("amara"), item().ref, "sign", WHY)
    assert put.meeting is None
    planned = meetings.plan_meeting(people.actor("amara"), body=people.board, starts=date(2026, 11, 2))
    put.refresh_from_db()
    assert put.meeting == planned


def test_nobody_takes_it_off_or_rewords_it(people: Cast) -> None:
    meetings.plan_meeting(people.actor("amara"), body=people.board, starts=date(2026, 11, 2))
    put = override(people.actor("amara"), item().ref, "sign", WHY)
    with pytest.raises(Refused, match="nobody can take it off"):
        agenda.take_off(people.actor("amara"), put.ref, "Not now.")
    with pytest.raises(Refused, match="its words stay"):
        agenda.change_item(people.actor("amara"), put.ref, put.revision, title="A small matter")
    assert agenda.comment(people.actor("amara"), put.ref, put.revision, "Done by spring.").directors_comment


@pytest.mark.parametrize("name", ["gita", "olga", "ida", "berta", "carl"])
def test_nobody_else_overrides(people: Cast, name: Any) -> None:
    row = item()
    with pytest.raises(Refused, match="Only the Director"):
        override(people.actor(name), row.ref, "sign", WHY)
    assert not Override.objects.exists()


def test_it_takes_a_reason_a_shut_gate_and_the_right_moment(people: Cast) -> None:
    row = item()
    amara = people.actor("amara")
    for ref, stage, why, refusal in (
        (row.ref, "sign", "  ", "Say why"),
        (row.ref, "complete", WHY, "does not stand before this gate"),
        (row.ref, "breakfast", WHY, "No gate stands there"),
        ("nothing", "sign", WHY, "nothing called"),
    ):
        with pytest.raises(Refused, match=refusal):
            override(amara, ref, stage, why)
    agreed(people, row.ref, "0")
    with pytest.raises(Refused, match="The gate is open"):
        override(amara, row.ref, "sign", WHY)
    assert not AgendaItem.objects.exists()


def test_twice_is_once(people: Cast) -> None:
    row = item()
    override(people.actor("amara"), row.ref, "sign", WHY)
    with pytest.raises(Refused, match="overridden already"):
        override(people.actor("amara"), row.ref, "sign", WHY)
    assert AgendaItem.objects.count() == 1


def test_where_no_board_could_read_it_nothing_is_overridden(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(people.board, role="")
    with pytest.raises(Refused, match="There is no Board"):
        override(people.actor("amara"), item().ref, "sign", WHY)
    assert not Override.objects.exists()


def test_an_application_before_a_gate_of_its_own(people: Cast) -> None:
    amara = people.actor("amara")
    row = application(call(), state="eligible")
    with pytest.raises(Refused, match="The gate is open"):
        override(amara, row.ref, "approve in principle", WHY)
    set_policy(amara, stage="approve in principle", instrument="oecd-gender-marker", starts=TODAY, reason="Earlier.")
    put = override(amara, row.ref, "approve in principle", WHY)
    assert put.override is not None and put.override.application == row
    assert passage_for(row, "approve in principle", TODAY + timedelta(days=1)).open
    assert not FundedItem.objects.exists()
