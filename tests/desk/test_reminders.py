"""Owners are reminded around the date, once each time; after the days of grace it goes up, rung by rung."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Letter
from jwp.desk.reminders import Summary, remind
from jwp.desk.rules import APART, Rung, reminder_days, reminder_owed, rung_owed
from jwp.governance.models import AgendaItem
from jwp.partners.actions import set_absence
from jwp.partners.models import Person, PersonalLink
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report, round
from jwp.plans.models import Plan, Round
from tests.cast import Cast, cast, indicator, target
from tests.cast import plan as make_plan

DUE = date(2026, 9, 15)  # of M18; the days of grace end on 29 September
SPLIT = {"women": "7", "men": "5"}


# The rule alone


@given(
    due=st.dates(date(2026, 1, 1), date(2027, 1, 1)), grace=st.integers(0, 60),
    ticks=st.sets(st.integers(-30, 90), max_size=60),
)  # fmt: skip
@pytest.mark.rules
def test_whenever_the_clock_runs_nobody_is_told_twice_of_the_same_day(due: date, grace: int, ticks: set[int]) -> None:
    told: list[date] = []
    for tick in sorted(ticks):
        today = due + timedelta(days=tick)
        if reminder_owed(due, grace, max(told, default=None), today):
            told.append(today)
        assert not reminder_owed(due, grace, max(told, default=None), today)
        come = [day for day in reminder_days(due, grace) if day <= today]
        assert len(told) <= len(come)
        assert not come or told[-1] >= come[-1]  # the latest day that has come is never forgotten


@given(
    due=st.dates(date(2026, 1, 1), date(2027, 1, 1)), grace=st.integers(0, 60),
    ticks=st.sets(st.integers(-30, 200), max_size=60),
)  # fmt: skip
@pytest.mark.rules
def test_however_long_the_clock_stood_every_rung_is_climbed_in_turn_and_apart(
    due: date, grace: int, ticks: set[int]
) -> None:
    climbed: dict[Rung, date] = {}
    for tick in sorted(ticks):
        today = due + timedelta(days=tick)
        if rung := rung_owed(due, grace, climbed, today):
            assert today > due + timedelta(days=grace)
            assert list(climbed) == list(Rung)[: len(climbed)]
            assert all((today - day).days >= APART for day in climbed.values())
            climbed[rung] = today


# The letters


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    """The one open round of an adopted plan, with two targets of Olga's unit and one of the Director's own."""
    made = make_plan()
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a policy")
    gita = people.actor("gita")
    plans.bring_in(gita, made, people.board, date(2025, 3, 15), "Decision 1", first_round=3)
    found: Round = Round.objects.get(month=18)
    return found


def letters(to: str = "") -> list[Letter]:
    found = Letter.objects.order_by("pk")
    return list(found.filter(to=f"{to}@example.org") if to else found)


def days(start: date, count: int) -> list[Summary]:
    return [remind(start + timedelta(days=n)) for n in range(count)]


def test_an_owner_has_one_letter_for_all_targets_with_one_link(people: Cast, m18: Round) -> None:
    assert remind(DUE - timedelta(days=15)) == Summary()
    assert remind(DUE - timedelta(days=14)).written == ["Olga"]
    letter = Letter.objects.get()
    assert letter.to == "olga@example.org"
    assert "Train 100 people" in letter.body and "Adopt a policy" in letter.body
    assert letter.body.count("/l/") == 1
    token = letter.body.split("/l/")[1].split("/")[0]
    assert PersonalLink.holding(token, "report", DUE) is not None


def test_before_and_after_the_date_and_then_silence(people: Cast, m18: Round) -> None:
    days(DUE - timedelta(days=20), 35)
    subjects = [letter.subject for letter in letters("olga")]
    assert len(subjects) == 5
    assert [subject.split(" ")[-1] for subject in subjects[3:]] == ["late", "late"]


def test_running_it_again_writes_nothing_new(people: Cast, m18: Round) -> None:
    day = DUE - timedelta(days=7)
    assert remind(day).written == ["Olga"]
    assert remind(day) == Summary() and len(letters()) == 1


def test_after_ten_days_standing_still_one_letter_not_a_burst(people: Cast, m18: Round) -> None:
    remind(DUE - timedelta(days=8))  # for 14 days before
    remind(DUE + timedelta(days=2))  # 7 days, 1 day before and 1 day after passed meanwhile
    assert [letter.subject for letter in letters("olga")] == [
        "2 reports are due, from 15 September 2026", "2 reports are late"
    ]  # fmt: skip


def test_what_was_reported_or_accepted_is_not_asked_for_again(people: Cast, m18: Round) -> None:
    sent = report.submit(people.actor("olga", DUE), m18.ref, "t1", SPLIT)
    remind(DUE + timedelta(days=1))
    assert "Train 100 people" not in letters("olga")[-1].body
    report.accept(people.actor("gita", DUE), sent.ref)
    report.submit(people.actor("olga", DUE), m18.ref, "t2", {"progress": "done"})
    days(DUE + timedelta(days=2), 40)
    assert len(letters()) == 1


def test_an_extension_stops_it_until_its_own_date_comes_near(people: Cast, m18: Round) -> None:
    remind(DUE + timedelta(days=1))
    to = DUE + timedelta(days=40)
    round.extend(people.actor("gita", DUE + timedelta(days=1)), m18.ref, ["t1", "t2"], to, "field work")
    assert not any(done.written or done.climbed for done in days(DUE + timedelta(days=2), 24))
    assert remind(to - timedelta(days=14)).written == ["Olga"]


def test_the_delegate_of_somebody_on_leave_is_written_to_instead(people: Cast, m18: Round) -> None:
    olga, nils = people.people["olga"], people.people["nils"]
    admin = people.actor("ida", DUE)
    set_absence(admin, olga, DUE - timedelta(days=16), DUE - timedelta(days=10), nils)
    assert remind(DUE - timedelta(days=14)).written == ["Nils"]
    assert not letters("olga")
    assert remind(DUE - timedelta(days=7)).written == ["Olga"]  # back again


def test_on_leave_without_a_delegate_the_owner_is_written_to(people: Cast, m18: Round) -> None:
    away = (DUE - timedelta(days=20), DUE)
    set_absence(people.actor("ida", DUE), people.people["olga"], *away)
    assert remind(DUE - timedelta(days=14)).written == ["Olga"]


def test_a_link_the_team_sent_that_day_is_reminder_enough(people: Cast, m18: Round) -> None:
    day = DUE - timedelta(days=7)
    round.send_links(people.actor("gita", day), m18.ref)
    assert remind(day) == Summary() and len(letters()) == 1
    assert remind(DUE - timedelta(days=1)).written == ["Olga"]


def test_nobody_is_written_to_on_the_day_a_plan_arrives(people: Cast) -> None:
    today = timezone.localdate()
    made = make_plan(starts=today - timedelta(days=170), ends=today + timedelta(days=400))
    target(made, people.offices["operations"])
    plans.bring_in(people.actor("gita", today), made, people.board, today - timedelta(days=175), "Decision 1")
    assert remind(today) == Summary()
    assert remind(today + timedelta(days=1)).written == ["Olga"]


def test_after_the_grace_it_goes_up_rung_by_rung_to_the_next_agenda(people: Cast, m18: Round) -> None:
    days(DUE - timedelta(days=14), 29)  # to the last day of grace
    assert not letters("nils") and not letters("amara")
    over = DUE + timedelta(days=15)
    assert remind(over).climbed == 2
    (told,) = letters("nils")
    assert told.subject == "2 late reports need you" and "/l/" not in told.body
    assert not letters("amara")
    days(over + timedelta(days=1), 6)
    assert not letters("amara") and len(letters("nils")) == 1
    remind(over + timedelta(days=7))
    (preview,) = letters("amara")
    assert "Operations Unit" in preview.body and not AgendaItem.objects.exists()
    remind(over + timedelta(days=14))
    items = list(AgendaItem.objects.order_by("pk"))
    assert [item.body for item in items] == [people.board] * 2
    assert "Operations Unit has not reported" in items[0].text and "Olga" not in items[0].text
    assert f"/meetings/items/{items[0].ref}/" in letters("amara")[-1].body
    assert not any(done.climbed or done.written for done in days(over + timedelta(days=15), 30))


def test_long_after_a_stop_nobody_jumps_a_rung(people: Cast, m18: Round) -> None:
    late = DUE + timedelta(days=90)
    first = remind(late)
    assert first.written == ["Olga"] and first.climbed == 0  # the owner hears first
    assert [done.climbed for done in days(late + timedelta(days=1), 7)] == [0] * 6 + [2]
    assert letters("nils") and not letters("amara")


def test_the_one_named_on_the_owners_own_seat_comes_before_the_office_above(people: Cast, m18: Round) -> None:
    with open_door(system(DUE)) as door:
        seat = people.people["olga"].seats.get()
        door.change(seat, reports_to=people.people["tomas"].seats.get())
    days(DUE + timedelta(days=1), 15)
    assert letters("tomas") and not letters("nils")


def test_a_closed_round_is_history_and_reminds_nobody(people: Cast, m18: Round) -> None:
    day = DUE + timedelta(days=31)
    round.close_round(people.actor("gita", day), m18.ref)
    assert remind(day) == Summary()


def test_somebody_without_an_address_is_named(people: Cast, m18: Round) -> None:
    with open_door(system(DUE)) as door:
        door.change(door.lock(Person, "olga"), email="")
    assert remind(DUE) == Summary(without_address=["Olga"])
    remind(DUE + timedelta(days=15))  # and does not stop it from going up
    assert letters("nils")


def test_letters_speak_their_readers_language(people: Cast, m18: Round) -> None:
    with open_door(system(DUE)) as door:
        door.change(door.lock(Person, "olga"), language="fr")
    remind(DUE)
    assert "15 septembre 2026" in letters("olga")[0].body


def test_how_much_it_asks_the_database_does_not_grow_with_the_targets(
    people: Cast, m18: Round, django_assert_max_num_queries: object
) -> None:
    for n in range(3, 40):
        target(Plan.objects.get(), people.offices["operations"], f"t{n}", text=f"Promise {n}")
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        remind(DUE - timedelta(days=20))
