"""Meetings are planned, moved, attended and closed; what they ask of people stays open until it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jwp.core.door import Refused
from jwp.core.models import Entry, Head
from jwp.governance.actions import agenda
from jwp.governance.actions import meeting as meetings
from jwp.governance.actions.decision import decide
from jwp.governance.models import ActionArising, AgendaItem, Attendance, Decision, Meeting
from jwp.partners.models import Office
from jwp.plans.actions import plan as plans
from jwp.plans.models import Revision, Target
from tests.cast import TODAY, Cast, cast, person, plan, seat, target

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def board_met(people: Cast, on: date = TODAY, **fields: Any) -> Meeting:
    gita = people.actor("gita", on)
    row = meetings.plan_meeting(gita, body=people.board, starts=on, **fields)
    both = [people.people["berta"], people.people["carl"]]
    return meetings.record_attendance(gita, row.ref, None, both, [people.people["amara"]])


def today() -> date:
    """The pages take today from the clock."""
    return timezone.localdate()


def test_who_held_a_seat_on_the_day_may_decide(people: Cast) -> None:
    newcomer = person("Nora", user=False)
    seat(newcomer, people.board, starts=TODAY + timedelta(days=1))
    seat(people.people["aldo"], people.board, people.offices["auditor"])
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=TODAY)
    assert [s.person.name for s in row.seats()] == ["Berta", "Carl"]  # no auditor, nobody of tomorrow
    with pytest.raises(Refused, match="an observer only: Nora"):
        meetings.record_attendance(people.actor("gita"), row.ref, None, [newcomer])


def test_a_leaver_and_a_second_seat_do_not_swell_the_quorum(people: Cast) -> None:
    seat(people.people["carl"], people.board)  # beside his seat as chair
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=TODAY)
    assert row.quorum().seats == 2


def test_attendance_is_journalled_by_ref(people: Cast) -> None:
    board_met(people)
    facts = Entry.objects.get(verb="attended").facts["after"]
    assert facts == {"deciding": ["berta", "carl"], "observing": ["amara"]}
    assert Attendance.objects.get(person__ref="amara").votes is False


def test_attendance_is_recorded_once_the_day_has_come(people: Cast) -> None:
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="not taken place"):
        meetings.record_attendance(people.actor("gita"), row.ref, None, [people.people["carl"]])
    with pytest.raises(Refused, match="not taken place"):
        meetings.close(people.actor("gita"), row.ref)


def test_a_meeting_with_attendance_keeps_its_body_and_day(people: Cast) -> None:
    row = board_met(people)
    with pytest.raises(Refused, match="the body and the day stay"):
        meetings.change_meeting(people.actor("gita"), row.ref, None, starts=TODAY - timedelta(days=1))
    assert meetings.change_meeting(people.actor("gita"), row.ref, None, place="Jinja").place == "Jinja"


def test_a_closed_meeting_changes_in_its_actions_only(people: Cast) -> None:
    gita = people.actor("gita")
    row = board_met(people)
    meetings.close(gita, row.ref)
    attempts: list[Callable[[], Any]] = [
        lambda: meetings.change_meeting(gita, row.ref, None, place="Jinja"),
        lambda: meetings.record_attendance(gita, row.ref, None, [people.people["carl"]]),
        lambda: meetings.cancel(gita, row.ref, None, "why"),
        lambda: meetings.close(gita, row.ref),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="closed on"):
            attempt()
    asked = meetings.add_action(gita, row.ref, text="Send the budget", owner=people.offices["operations"])
    with pytest.raises(Refused, match="Only Operations Unit"):
        meetings.finish_action(people.actor("nils"), asked.ref)
    assert meetings.finish_action(people.actor("olga"), asked.ref).done_on == TODAY
    with pytest.raises(Refused, match="was done on"):
        meetings.finish_action(gita, asked.ref)


def test_a_meeting_that_decided_is_not_cancelled_and_one_that_did_not_says_why(people: Cast) -> None:
    gita = people.actor("gita")
    row = board_met(people)
    decide(gita, row.ref, text="Noted.")
    with pytest.raises(Refused, match="took decisions"):
        meetings.cancel(gita, row.ref, None, "why")
    other = meetings.plan_meeting(gita, body=people.board, starts=TODAY)
    with pytest.raises(Refused, match="Say why"):
        meetings.cancel(gita, other.ref, None, "  ")
    assert meetings.cancel(gita, other.ref, None, "strike").cancelled_because == "strike"


def test_the_board_reads_and_has_no_button(people: Cast, client: Client) -> None:
    row = board_met(people)
    people.sign_in(client, "berta")
    page = client.get(f"/meetings/{row.ref}/").content.decode()
    assert "2 of 2 seats take part; 2 are needed." in page
    assert "Record a decision" not in page
    for path in ("change", "attendance", "decide", "item", "action", "cancel"):
        assert client.get(f"/meetings/{row.ref}/{path}/").status_code == 404
    assert client.post(f"/meetings/{row.ref}/close/").status_code == 404


def test_a_focal_point_sees_no_meeting_but_what_it_asks_of_their_office(people: Cast, client: Client) -> None:
    row = board_met(people)
    focal = Office.objects.get(ref="office-focal")
    asked = meetings.add_action(people.actor("gita"), row.ref, text="Name a delegate", owner=focal)
    people.sign_in(client, "fola")
    assert client.get("/meetings/").status_code == 404
    assert client.get(f"/meetings/{row.ref}/").status_code == 404
    assert "Name a delegate" in client.get(f"/meetings/actions/{asked.ref}/").content.decode()
    assert client.post(f"/meetings/actions/{asked.ref}/done/").status_code == 302
    asked.refresh_from_db()
    assert asked.done_on == today()
    people.sign_in(client, "sam")
    assert client.get(f"/meetings/actions/{asked.ref}/").status_code == 404


def test_from_invitation_to_minutes_on_the_pages(people: Cast, client: Client) -> None:
    """Plan, set the agenda, attend, adopt with a reservation, ask, close, print."""
    promised = plan(starts=today() - timedelta(days=30), ends=today() + timedelta(days=900))
    target(promised, people.offices["operations"])
    plans.submit(people.actor("amara", today()), promised.ref)
    people.sign_in(client, "gita")
    client.post("/meetings/new/", {"body": "board", "title": "37th session", "starts": str(today()), "mode": "remote"})
    row = Meeting.objects.get()
    client.post(f"/meetings/{row.ref}/item/", {"title": "Gender Action Plan", "text": "For adoption"})
    item = AgendaItem.objects.get()
    there = {"seat-berta": "decides", "seat-carl": "decides", "others": ["amara"]}
    assert client.post(f"/meetings/{row.ref}/attendance/", there).status_code == 302
    form = client.get(f"/meetings/{row.ref}/decide/").content.decode()
    assert "Gender Action Plan" in form and "votes_for" not in form
    lines = {
        "changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0,
        "reservations-TOTAL_FORMS": 1, "reservations-INITIAL_FORMS": 0,
        "reservations-0-person": "berta", "reservations-0-text": "Review after a year.",
    }  # fmt: skip
    given = {"text": "The Board adopts the plan.", "taken": "yes", "item": item.ref, "adopts": "gap"} | lines
    answer = client.post(f"/meetings/{row.ref}/decide/", given)
    decision = Decision.objects.get()
    assert answer.headers["Location"] == f"/meetings/decisions/{decision.ref}/"
    page = client.get(f"/meetings/decisions/{decision.ref}/").content.decode()
    assert "It adopts the plan" in page and "Review after a year." in page
    client.post(
        f"/meetings/{row.ref}/action/",
        {"text": "Publish it", "owner": "office-gender", "decision": decision.ref, "due": str(today())},
    )
    assert ActionArising.objects.get().decision == decision
    assert client.post(f"/meetings/{row.ref}/close/").status_code == 302
    page = client.get(f"/meetings/{row.ref}/minutes/").content.decode()
    for words in (
        "37th session",
        "Berta",
        "The Board adopts the plan.",
        "Review after a year.",
        "Publish it",
    ):
        assert words in page
    assert Head.objects.get().hash in page
    promised.refresh_from_db()
    assert promised.state == "adopted"


def test_a_target_is_revised_on_the_page_and_the_page_shows_both(people: Cast, client: Client) -> None:
    promised = plan()
    target(promised, people.offices["operations"])
    plans.bring_in(people.actor("gita"), promised, people.board, date(2025, 3, 15))
    row = board_met(people, today())
    people.sign_in(client, "gita")
    given = {
        "text": "Lowered.", "taken": "yes", "changes-TOTAL_FORMS": 1, "changes-INITIAL_FORMS": 0,
        "changes-0-target": "t1", "changes-0-value": "60", "changes-0-reason": "",
        "reservations-TOTAL_FORMS": 0, "reservations-INITIAL_FORMS": 0,
    }  # fmt: skip
    page = client.post(f"/meetings/{row.ref}/decide/", given).content.decode()
    assert "Give the reason" in page and "Lowered." in page
    client.post(f"/meetings/{row.ref}/decide/", given | {"changes-0-reason": "fewer staff"})
    assert Target.objects.get().value == 60
    assert Revision.objects.get().reason == "fewer staff"
    page = client.get(f"/meetings/decisions/{Decision.objects.get().ref}/").content.decode()
    assert "100" in page and "60" in page and "fewer staff" in page


def test_a_refused_decision_keeps_what_was_typed(people: Cast, client: Client) -> None:
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=today())
    people.sign_in(client, "gita")
    given = {"text": "A long text somebody typed.", "taken": "yes"}
    given |= {f"{p}-{n}": "0" for p in ("changes", "reservations") for n in ("TOTAL_FORMS", "INITIAL_FORMS")}
    page = client.post(f"/meetings/{row.ref}/decide/", given).content.decode()
    assert "No quorum: 0 of 2 seats took part, 2 are needed." in page
    assert "A long text somebody typed." in page
    assert not Decision.objects.exists()


def test_meetings_are_found_by_body_time_and_words(people: Cast, client: Client) -> None:
    past = board_met(people, today() - timedelta(days=5), title="36th session")
    agenda.add_item(people.actor("gita", today()), past.ref, title="Evaluation of the strategy")
    meetings.plan_meeting(
        people.actor("gita"), body=people.secretariat, starts=today() + timedelta(days=5), title="Retreat"
    )
    people.sign_in(client, "carl")

    def found(query: str) -> tuple[bool, bool]:
        page = client.get(f"/meetings/?{query}").content.decode()
        return "36th session" in page, "Retreat" in page

    assert found("") == (True, True)
    assert found("when=upcoming") == (False, True)
    assert found("when=past") == (True, False)
    assert found("body=secretariat") == (False, True)
    assert found("q=strategy+evaluation") == (True, False)


def test_open_and_late_actions_are_found(people: Cast, client: Client) -> None:
    gita = people.actor("gita", today())
    row = board_met(people, today() - timedelta(days=20))
    for text, due in (("Old thing", today() - timedelta(days=3)), ("New thing", today() + timedelta(days=3))):
        meetings.add_action(gita, row.ref, text=text, owner=people.offices["operations"], due=due)
    people.sign_in(client, "gita")
    late = client.get("/meetings/actions/?state=late").content.decode()
    assert "Old thing" in late and "New thing" not in late
    meetings.finish_action(gita, ActionArising.objects.get(text="Old thing").ref)
    done = client.get("/meetings/actions/?state=done").content.decode()
    assert "Old thing" in done and "New thing" not in done


def test_pages_cost_the_same_however_much_there_is(
    people: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    gita = people.actor("gita", today())
    row = board_met(people, today())
    people.sign_in(client, "gita")

    def grow(n: int) -> None:
        for number in range(n):
            agenda.add_item(gita, row.ref, title=f"Item {number}")
            made = decide(gita, row.ref, text=f"Decision {number}")
            meetings.add_action(gita, row.ref, text=f"Do {number}", owner=people.offices["operations"], decision=made)
            meetings.plan_meeting(gita, body=people.board, starts=today() + timedelta(days=number))

    pages = {"": 12, f"{row.ref}/": 16, f"{row.ref}/minutes/": 16, f"{row.ref}/decide/": 20, "actions/": 12}
    for size in (2, 12):
        grow(size)
        for path, most in pages.items():
            with django_assert_max_num_queries(most):
                assert client.get(f"/meetings/{path}").status_code == 200
