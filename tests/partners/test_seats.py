"""Seats: who may give which, and which can stand beside each other."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.access import system
from jwp.core.door import Refused, Stale, open_door
from jwp.core.models import Entry
from jwp.partners import actions
from jwp.partners.access import actor_for_person, holders, supervisors
from jwp.partners.models import Body, Office, Organisation, Seat
from jwp.partners.rules import Fault, Term, most_at_once, seat_faults
from tests.cast import TODAY, Cast, cast, person

NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def seat(people: Cast, name: str, office: str = "", **fields: object) -> Seat:
    place = people.offices[office] if office else None
    body = place.body if place else people.board
    given = {"starts": TODAY} | fields
    return Seat(person=people.people[name], body=body, office=place, **given)


def test_the_administrator_gives_a_seat_and_the_role_comes_with_it(people: Cast) -> None:
    assert not people.actor("sam").roles
    actions.give_seat(people.actor("ida"), seat(people, "sam", "operations", ends=date(2026, 12, 31)))
    assert people.actor("sam").roles == {"staff"}
    assert people.actor("sam", date(2026, 12, 31)).roles == {"staff"}
    assert not people.actor("sam", NEXT_YEAR).roles


def test_a_post_has_one_holder_and_perhaps_an_acting_one(people: Cast) -> None:
    with pytest.raises(Refused, match="Director has a holder"):
        actions.give_seat(people.actor("ida"), seat(people, "nils", "director"))
    actions.give_seat(people.actor("ida"), seat(people, "nils", "director", acting=True, ends=NEXT_YEAR))
    director = people.offices["director"]
    assert [p.ref for p in holders({director.pk}, TODAY)[director.pk]] == ["nils", "amara"]


def test_a_unit_may_be_held_by_several(people: Cast) -> None:
    actions.give_seat(people.actor("ida"), seat(people, "sam", "gender"))
    assert people.actor("sam").has("gender team")


def test_a_focal_point_for_each_organisation(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        other = door.add(Organisation(name="Another member"))
    actions.give_seat(people.actor("ida"), seat(people, "sam", "focal", organisation=other))
    with pytest.raises(Refused, match="has a holder"):
        actions.give_seat(people.actor("ida"), seat(people, "nils", "focal", organisation=other))


def test_nobody_holds_the_same_seat_twice(people: Cast) -> None:
    with pytest.raises(Refused, match="Gita holds this seat"):
        actions.give_seat(people.actor("ida"), seat(people, "gita", "gender"))


def test_a_full_body_has_no_seat_left(people: Cast) -> None:
    people.board = actions.change(people.actor("ida"), people.board, seats_at_most=2)
    with pytest.raises(Refused, match="no seat left"):
        actions.give_seat(people.actor("ida"), seat(people, "sam"))
    leaving = Seat.objects.get(person=people.people["berta"])
    actions.end_seat(people.actor("ida"), leaving.ref, date(2026, 12, 31))
    actions.give_seat(people.actor("ida"), seat(people, "sam", starts=NEXT_YEAR))


def test_an_auditors_seat_has_a_last_day_and_stands_alone(people: Cast) -> None:
    people.offices["auditor"] = actions.change(people.actor("ida"), people.offices["auditor"], kind="unit")
    with pytest.raises(Refused, match="needs a last day"):
        actions.give_seat(people.actor("ida"), seat(people, "sam", "auditor"))
    with pytest.raises(Refused, match="no other seat"):
        actions.give_seat(people.actor("ida"), seat(people, "olga", "auditor", ends=NEXT_YEAR))
    with pytest.raises(Refused, match="no other seat"):
        actions.give_seat(people.actor("ida"), seat(people, "aldo", "operations"))
    actions.give_seat(people.actor("ida"), seat(people, "sam", "auditor", ends=NEXT_YEAR))
    assert people.actor("sam").roles == {"auditor"}
    with pytest.raises(Refused, match="needs a last day"):
        own = Seat.objects.get(person=people.people["sam"])
        actions.change_seat(people.actor("ida"), own.ref, ends=None)


def test_an_auditor_changes_nothing(people: Cast) -> None:
    aldo = people.actor("aldo")
    for attempt in (
        lambda: actions.give_seat(aldo, seat(people, "sam", "operations")),
        lambda: actions.add(aldo, Organisation(name="Mine")),
        lambda: actions.change_person(aldo, "sam", name="Samuel"),
        lambda: actions.invite(aldo, "sam"),
        lambda: actions.leave(aldo, "sam", TODAY),
    ):
        with pytest.raises(Refused):
            attempt()


def test_the_gender_team_seats_people_in_units_but_never_above_itself(people: Cast) -> None:
    gita = people.actor("gita")
    actions.give_seat(gita, seat(people, "sam", "operations"))
    for office in ("director", "admin", "head"):
        with pytest.raises(Refused, match="gender team may for units"):
            actions.give_seat(gita, seat(people, "tomas", office, acting=True))
    with pytest.raises(Refused):
        actions.give_seat(gita, seat(people, "sam"))
    with pytest.raises(Refused, match="no role above its own"):
        actions.add(gita, Office(body=people.secretariat, name="Shadow", kind="unit", role="administrator"))
    made = actions.add(gita, Office(body=people.secretariat, name="Data Unit", kind="unit", role="staff"))
    with pytest.raises(Refused, match="no role above its own"):
        actions.change(gita, made, role="director")
    made.refresh_from_db()
    assert made.role == "staff"


def test_staff_give_no_seats(people: Cast) -> None:
    with pytest.raises(Refused):
        actions.give_seat(people.actor("olga"), seat(people, "sam", "operations"))


def test_an_office_belongs_to_its_body(people: Cast) -> None:
    with pytest.raises(Refused, match="belongs to Secretariat"):
        wrong = Seat(person=people.people["sam"], body=people.board, office=people.offices["head"], starts=TODAY)
        actions.give_seat(people.actor("ida"), wrong)


def test_a_seat_ends_on_its_last_day_and_not_before_it_starts(people: Cast) -> None:
    berta = Seat.objects.get(person=people.people["berta"])
    with pytest.raises(Refused, match="cannot end before"):
        actions.end_seat(people.actor("ida"), berta.ref, date(2019, 1, 1))
    ended = actions.end_seat(people.actor("ida"), berta.ref, TODAY, reason="resigned")
    assert ended.ends == TODAY
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.reason) == ("end", "resigned")
    with pytest.raises(Refused, match="ends on 2026-09-20"):
        actions.end_seat(people.actor("ida"), berta.ref, NEXT_YEAR)


def test_the_second_of_two_who_change_a_seat_is_told(people: Cast) -> None:
    berta = Seat.objects.get(person=people.people["berta"])
    actions.change_seat(people.actor("ida"), berta.ref, berta.revision, ex_officio=True)
    with pytest.raises(Stale):
        actions.change_seat(people.actor("amara"), berta.ref, berta.revision, ends=NEXT_YEAR)


def test_offices_do_not_report_in_a_circle(people: Cast) -> None:
    with pytest.raises(Refused, match="already reports to it"):
        actions.change(people.actor("ida"), people.offices["director"], reports_to=people.offices["operations"])


def test_a_vacant_post_is_passed_over_on_the_way_up(people: Cast) -> None:
    operations = Office.objects.get(ref="office-operations")
    assert [p.ref for p in supervisors(operations, TODAY)] == ["nils"]
    actions.leave(people.actor("ida"), "nils", TODAY)
    assert [p.ref for p in supervisors(operations, NEXT_YEAR)] == ["amara"]


def test_a_quorum_can_be_reached(people: Cast) -> None:
    with pytest.raises(Refused, match="never be reached"):
        actions.add(people.actor("ida"), Body(name="Committee", kind="committee", quorum=5, seats_at_most=3))


def test_somebody_new_has_no_role_until_seated(people: Cast) -> None:
    assert actor_for_person(person("Zoe"), TODAY).roles == frozenset()


days = st.dates(date(2025, 1, 1), date(2025, 3, 1))


@st.composite
def terms(draw: st.DrawFn) -> Term:
    starts = draw(days)
    ends = draw(st.none() | st.dates(starts, date(2025, 3, 1)))
    return Term(draw(st.sampled_from("abc")), "board", starts, ends)


@given(st.lists(terms(), max_size=6))
def test_most_at_once_is_what_counting_every_day_finds(seats: list[Term]) -> None:
    counted = [
        sum(seat.overlaps(Term("x", "y", day, day)) for seat in seats)
        for day in (date.fromordinal(date(2025, 1, 1).toordinal() + n) for n in range(61))
    ]
    assert most_at_once(seats) == max(counted)


@given(terms(), st.lists(terms(), max_size=6), st.integers(1, 4))
def test_a_body_is_full_only_on_a_day_when_it_is(new: Term, others: list[Term], at_most: int) -> None:
    last = new.ends or date(2025, 3, 1)
    span = range(new.starts.toordinal(), last.toordinal() + 1)
    full = any(
        sum(o.overlaps(Term("x", "y", date.fromordinal(n), date.fromordinal(n))) for o in others) >= at_most
        for n in span
    )
    assert (Fault.BODY_FULL in seat_faults(new, others, at_most)) == full
