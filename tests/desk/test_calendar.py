"""Dates in the calendar people use anyway: at a secret address, in their language, until it is withdrawn."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.desk.calendar import feed
from jwp.governance.models import Meeting
from jwp.grants.models import Condition, ProgressReport
from jwp.partners.models import Person, PersonalLink
from jwp.plans.actions import plan as plans
from jwp.plans.actions import round
from jwp.plans.models import Action, Round, Target
from tests.cast import TODAY, Cast, cast, target
from tests.cast import plan as make_plan
from tests.grants import scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    people = cast()
    made = make_plan()
    mine = target(made, people.offices["operations"], "t1", due=date(2026, 11, 30))
    target(made, people.offices["head"], "t2", due=date(2026, 12, 1), text="Adopt a policy")
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15))
    with open_door(system(TODAY)) as door:
        door.add(Action(target=mine, text="Book the room", owner=mine.holder, due=date(2026, 10, 2)))
        done = Action(target=mine, text="Done long ago", owner=mine.holder, due=TODAY, done_on=TODAY)
        door.add(done)
        door.add(Meeting(body=people.board, title="Autumn session", starts=date(2026, 10, 20), ends=date(2026, 10, 22)))
    return people


def events(people: Cast, name: str) -> list[Any]:
    return list(Calendar.from_ical(feed(people.actor(name))).walk("VEVENT"))


def entries(people: Cast, name: str) -> dict[str, date]:
    """What a calendar shows: title and first day."""
    return {str(event["SUMMARY"]): event["DTSTART"].dt for event in events(people, name)}


def signed_in(people: Cast, name: str) -> Client:
    client = Client()
    client.force_login(people.people[name].user)  # type: ignore[arg-type]
    return client


def address(people: Cast, name: str) -> str:
    """The address as its page shows it, without the server."""
    html = signed_in(people, name).post(reverse("calendar")).content.decode()
    found = re.search(r'value="[^"]*(/calendar/[^"]+\.ics)"', html)
    assert found is not None
    return found[1]


def test_an_owner_has_rounds_their_targets_and_their_actions(people: Cast) -> None:
    seen = entries(people, "olga")
    assert seen["Reports due for M18: Gender Action Plan"] == date(2026, 9, 15)
    assert seen["M18 opens: Gender Action Plan"] == date(2026, 8, 16)
    assert seen["Promised by today: t1 Train 100 people"] == date(2026, 11, 30)
    assert seen["Book the room"] == date(2026, 10, 2)
    assert not {"Done long ago", "Promised by today: t2 Adopt a policy"} & seen.keys()


def test_deadlines_of_calls_by_their_own_clock(people: Cast) -> None:
    due = date(2026, 10, 4)
    # Eight in the evening in New York is the next day in Europe.
    closes = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
    call = scene.call(closes_at=closes, zone="America/New_York", panel_due=date(2026, 10, 8))
    scene.on_panel(call, people.people["sam"])
    for n in range(2):
        scene.application(call, f"app-{n}", state="eligible", comments_from=TODAY, comments_due=due)
    assert entries(people, "sam") == {
        "Call closes: Know your city": date(2026, 9, 30), "Panel reviews due: Know your city": date(2026, 10, 8),
    }  # fmt: skip
    assert "20:30 (America/New_York)" in str(events(people, "sam")[0]["DESCRIPTION"])
    for name in ("olga", "fola"):
        assert entries(people, name)["Comments due on 2 concept notes: Know your city"] == due
    assert "Panel reviews due: Know your city" not in entries(people, "fola")


def test_what_an_office_manages_and_owes_stands_in_the_calendar_of_who_holds_it(people: Cast) -> None:
    due, operations = date(2026, 10, 4), people.offices["operations"]
    call = scene.call(manager=operations)
    scene.application(call, state="in principle", proposal_due=due)
    item = scene.item(manager=operations, state="signed", signed_on=TODAY)
    with open_door(system(TODAY)) as door:
        door.add(ProgressReport(item=item, starts=date(2026, 1, 1), ends=TODAY, due=due))
        door.add(Condition(item=item, text="Train both keepers", owner=operations, due=due, set_on=TODAY))
    seen = entries(people, "olga")
    for title in (
        "Full proposal due: Safe ways to the market",
        "Progress report due: Street lights with the women of Eastleigh",
        "Train both keepers",
    ):
        assert seen[title] == due
        assert title not in entries(people, "nils")


def test_meetings_only_for_those_who_may_see_them(people: Cast) -> None:
    assert "Autumn session" in entries(people, "berta")
    assert "Autumn session" not in entries(people, "fola")
    assert entries(people, "sam") == {}


def test_days_are_whole_days_and_the_last_one_counts(people: Cast) -> None:
    (event,) = [event for event in events(people, "berta") if str(event["SUMMARY"]) == "Autumn session"]
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 10, 20), date(2026, 10, 23))
    assert str(event["UID"]).startswith("meeting.") and str(event["URL"]).startswith("http")


def test_a_moved_date_moves_the_same_entry(people: Cast) -> None:
    def due() -> tuple[str, date]:
        (event,) = [e for e in events(people, "olga") if str(e["UID"]).startswith("due.gap-m18@")]
        return str(event["UID"]), event["DTSTART"].dt

    uid, day = due()
    to: dict[str, Any] = {"opens": date(2026, 8, 16), "due": date(2026, 9, 30), "closes": date(2026, 10, 15)}
    round.move(people.actor("gita"), "gap-m18", reason="the Board's date", **to)
    assert due() == (uid, date(2026, 9, 30)) and day == date(2026, 9, 15)


def test_an_extension_shows_with_its_own_date(people: Cast) -> None:
    round.extend(people.actor("gita"), "gap-m18", ["t1"], date(2026, 10, 1), "field work")
    assert entries(people, "olga")["M18, extended: t1 Train 100 people"] == date(2026, 10, 1)
    assert "M18, extended: t1 Train 100 people" not in entries(people, "nils")


def test_the_same_dates_give_the_same_file(people: Cast) -> None:
    assert feed(people.actor("olga")) == feed(people.actor("olga"))


def test_the_address_is_shown_once_and_opens_without_signing_in(people: Cast) -> None:
    there = address(people, "olga")
    answer = Client().get(there)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(answer.content).walk("VEVENT")
    assert not answer.cookies
    assert there not in signed_in(people, "olga").get(reverse("calendar")).content.decode()


def test_a_new_address_or_a_withdrawal_stops_the_old_one(people: Cast) -> None:
    first = address(people, "olga")
    second = address(people, "olga")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    signed_in(people, "olga").post(reverse("calendar"), {"verb": "withdraw"})
    assert Client().get(second).status_code == 404


def test_it_stops_with_the_person_and_with_its_last_day(people: Cast) -> None:
    there = address(people, "olga")
    with open_door(system(TODAY)) as door:
        door.change(door.lock(Person, "olga"), left_on=timezone.localdate() - timedelta(days=1))
    assert Client().get(there).status_code == 404
    assert Client().get("/calendar/guessed.ics").status_code == 404
    link = PersonalLink.objects.get()
    assert PersonalLink.holding("guessed", "calendar", link.expires) is None


def test_a_reporting_link_is_not_a_calendars_address(people: Cast) -> None:
    with open_door(system(TODAY)):
        token = PersonalLink.issue(people.people["olga"], "report", "gap-m18", date(2099, 1, 1))
    assert Client().get(reverse("calendar_feed", args=[token])).status_code == 404


def test_the_calendar_speaks_its_persons_language(people: Cast) -> None:
    there = address(people, "olga")
    with open_door(system(TODAY)) as door:
        door.change(door.lock(Person, "olga"), language="fr")
    with translation.override("es"):
        assert "LANGUAGE=fr" in Client().get(there).content.decode()


def test_how_much_it_asks_the_database_does_not_grow(people: Cast, django_assert_max_num_queries: object) -> None:
    made = Target.objects.get(ref="t1").plan
    for n in range(3, 40):
        target(made, people.offices["operations"], f"t{n}", due=date(2026, 11, 1))
    actor = people.actor("olga")
    assert Round.objects.count() == 4
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        feed(actor)
