"""Letters around the deadlines of what is funded: once a day to remind, in the reader's language, never a burst."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.journal import verify
from jwp.core.models import Entry, Letter
from jwp.desk.clock import tick
from jwp.desk.deadlines import remind
from jwp.desk.rules import AFTER, BEFORE, FRESH, mark
from jwp.grants.actions import panel
from jwp.grants.models import Application, Condition, ProgressReport
from jwp.partners.actions import set_absence
from jwp.partners.models import Constituency, Membership, Organisation
from tests.cast import LONG_AGO, TODAY, Cast, cast
from tests.grants import scene
from tests.grants.funded import signed

DUE = TODAY + timedelta(days=14)


def on(days: int) -> date:
    return DUE + timedelta(days=days)


def told(to: str) -> list[str]:
    return list(Letter.objects.filter(to=to).order_by("pk").values_list("subject", flat=True))


@given(
    due=st.dates(date(2026, 1, 1), date(2027, 1, 1)), wait=st.integers(0, 60),
    ticks=st.sets(st.integers(-60, 90), max_size=60),
)  # fmt: skip
@pytest.mark.rules
def test_a_day_to_remind_is_taken_once_and_never_long_after(due: date, wait: int, ticks: set[int]) -> None:
    since = due - timedelta(days=wait)
    taken: set[date] = set()
    for offset in sorted(ticks):
        today = due + timedelta(days=offset)
        day = mark(due, since, today)
        if day:
            assert since < day <= today and (today - day).days <= FRESH
            taken.add(day)
    assert len(taken) <= len(BEFORE) + len(AFTER)


@pytest.fixture
def people(db: None) -> Cast:
    people = cast()
    with open_door(system(TODAY)) as door:
        group = door.add(Constituency(name="Cities"))
        member = Organisation.objects.get(ref="member")
        door.add(Membership(organisation=member, constituency=group, kind="full", starts=LONG_AGO))
    return people


@pytest.fixture
def invited(people: Cast) -> Application:
    call = scene.call()
    return scene.application(
        call, state="in principle", approved_on=TODAY - timedelta(days=40), proposal_due=DUE, language="fr"
    )


def test_an_applicant_is_reminded_of_the_full_proposal_in_their_language(invited: Application) -> None:
    assert [remind(on(day)) for day in (-15, -14, -14, -13, -7, -6, -1, 0, 1, 2)] == [0, 1, 0, 0, 1, 0, 1, 0, 1, 0]
    first = Letter.objects.order_by("pk")[0]
    assert first.to == "rita@riverside.example" and "4 octobre 2026" in first.subject
    assert "/a/" in first.body and "Rita" in first.body
    noted = Entry.objects.filter(ref=invited.ref, verb="remind")
    assert noted.count() == 4 and verify().broken is None


def test_after_a_stop_there_is_one_letter_and_after_months_none(invited: Application) -> None:
    assert remind(on(1)) == 1 and len(told(invited.contact_email)) == 1
    assert remind(on(100)) == 0


def test_who_sent_it_or_was_given_more_time_is_left_alone(invited: Application) -> None:
    with open_door(system(TODAY)) as door:
        door.change(invited, proposal_due=on(60))
    assert remind(on(-7)) == 0
    with open_door(system(TODAY)) as door:
        door.change(invited, state="proposed")
    assert remind(on(59)) == 0


def test_nobody_hears_of_a_day_before_they_owed_anything(invited: Application) -> None:
    with open_door(system(TODAY)) as door:
        door.change(invited, approved_on=on(-10))
    assert remind(on(-10)) == 0 and remind(on(-7)) == 1


def test_a_grantee_is_reminded_of_the_report(people: Cast) -> None:
    item = signed(people, contact_email="works@city.example")
    with open_door(system(TODAY)) as door:
        report = door.add(ProgressReport(item=item, starts=date(2026, 2, 2), ends=TODAY, due=DUE))
    assert remind(on(-14)) == 1
    assert told("works@city.example")[-1] == "Street lights with the women of Eastleigh: due on 4 October 2026"
    letter = Letter.objects.latest("pk")
    assert "personal link of the letter" in letter.body and "/a/" not in letter.body
    assert remind(on(7)) == 1 and "was due on 4 October 2026" in told("works@city.example")[-1]
    with open_door(system(TODAY)) as door:
        door.change(report, state="accepted")
    assert remind(on(8)) == 0


def test_whoever_owes_a_condition_hears_of_it_or_their_delegate(people: Cast) -> None:
    item = scene.item()
    with open_door(system(TODAY)) as door:
        owner = people.offices["operations"]
        door.add(Condition(item=item, text="Train both keepers", owner=owner, due=DUE, set_on=LONG_AGO))
    assert remind(on(-14)) == 1 and len(told("olga@example.org")) == 1
    olga = people.people["olga"]
    set_absence(people.actor("olga", on(-10)), olga, on(-10), on(0), people.people["sam"])
    assert remind(on(-7)) == 1 and len(told("sam@example.org")) == 1
    assert "Train both keepers" in Letter.objects.latest("pk").body


def test_panel_and_focal_points_are_reminded_until_they_have_spoken(people: Cast) -> None:
    call = scene.call(panel_due=on(5))
    scene.on_panel(call, people.people["sam"])
    rows = [
        scene.application(call, f"app-{n}", state="eligible", comments_from=on(-14), comments_due=DUE) for n in range(2)
    ]
    assert remind(on(-3)) == 1  # the clock of the members
    assert told("fola@example.org") == ["Know your city: due on 4 October 2026"]
    assert "2 concept notes" in Letter.objects.latest("pk").body
    assert remind(on(-2)) == 1  # a week before the panel's day
    points = {criterion.ref: 5 for criterion in call.criteria.all()}
    panel.score(people.actor("sam", on(-2)), rows[0].ref, points=points, submit=True)
    assert remind(on(4)) == 1 and "1 application to" in Letter.objects.latest("pk").body
    assert len(told("sam@example.org")) == 2 and len(told("fola@example.org")) == 1


def test_the_clock_of_the_installation_writes_them(invited: Application) -> None:
    assert tick(on(-7)).reminded == 1
    assert tick(on(-7)).reminded == 0
