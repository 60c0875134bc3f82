"""Somebody leaves: everything of theirs ends on one day, and a successor takes their seats up the next."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from jwp.core import journal
from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.partners import actions
from jwp.partners.access import holders
from jwp.partners.models import Absence, PersonalLink, Seat
from tests.cast import TODAY, Cast, cast, plan, target

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_successor_holds_the_office_from_the_next_day_and_its_promises_follow(people: Cast) -> None:
    operations = people.offices["operations"]
    target(plan(), operations)
    before = actions.handover(people.people["olga"], TODAY, TODAY)
    assert [holding.work for holding in before.running] == [["1 target"]]
    left = actions.leave(people.actor("ida"), "olga", TODAY, people.people["sam"], reason="new job")
    assert left.day == TODAY
    assert [p.ref for p in holders({operations.pk}, TODAY)[operations.pk]] == ["olga"]
    assert [p.ref for p in holders({operations.pk}, TOMORROW)[operations.pk]] == ["sam"]
    assert operations.pk in people.actor("sam", TOMORROW).offices
    assert operations.targets.get().holder_id == operations.pk
    batch = Entry.objects.latest("seq").batch
    assert {"end", "add", "leave"} <= set(Entry.objects.filter(batch=batch).values_list("verb", flat=True))
    assert journal.verify().broken is None


def test_seats_keep_their_nature_and_their_end(people: Cast) -> None:
    fola = Seat.objects.get(person=people.people["fola"])
    actions.change_seat(people.actor("ida"), fola.ref, ends=date(2028, 12, 31), ex_officio=True)
    actions.leave(people.actor("ida"), "fola", TODAY, people.people["sam"])
    passed = Seat.objects.get(person=people.people["sam"])
    assert (passed.starts, passed.ends, passed.ex_officio) == (TOMORROW, date(2028, 12, 31), True)
    assert passed.organisation == people.people["fola"].organisation


def test_only_the_seats_named_pass(people: Cast) -> None:
    actions.give_seat(people.actor("ida"), Seat(person=people.people["olga"], body=people.board, starts=TODAY))
    unit = Seat.objects.get(person=people.people["olga"], office=people.offices["operations"])
    actions.leave(people.actor("ida"), "olga", TODAY, people.people["sam"], passing={unit.ref})
    assert [seat.office for seat in people.people["sam"].seats.all()] == [people.offices["operations"]]
    assert not Seat.objects.filter(person=people.people["olga"], ends=None).exists()


def test_without_a_successor_the_office_is_vacant(people: Cast) -> None:
    actions.leave(people.actor("ida"), "nils", TODAY)
    assert holders({people.offices["head"].pk}, TOMORROW) == {}


def test_a_colleague_in_the_same_unit_takes_over_without_a_second_seat(people: Cast) -> None:
    actions.leave(people.actor("ida"), "gita", TODAY, people.people["tomas"])
    assert people.people["tomas"].seats.count() == 1


def test_a_seat_that_has_not_begun_goes_to_the_successor_or_never_begins(people: Cast) -> None:
    later = date(2027, 1, 1)
    for name in ("olga", "nils"):
        actions.give_seat(people.actor("ida"), Seat(person=people.people[name], body=people.board, starts=later))
    actions.leave(people.actor("ida"), "olga", TODAY, people.people["sam"])
    actions.leave(people.actor("ida"), "nils", TODAY)
    seated = Seat.objects.filter(body=people.board, starts=later)
    assert [seat.person.ref for seat in seated] == ["sam"]


def test_links_stop_and_the_sign_in_ends(people: Cast, client: Client) -> None:
    olga = people.people["olga"]
    with open_door(system(TODAY)):
        token = PersonalLink.issue(olga, "report", "round", date(2030, 1, 1))
    people.sign_in(client, "olga")
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    olga.refresh_from_db()
    assert PersonalLink.holding(token, "report", TODAY) is None
    assert olga.user is not None
    assert not olga.user.is_active
    assert client.get("/people/me/").status_code == 302  # to the sign-in page


def test_a_day_to_come_lets_them_work_until_then(people: Cast) -> None:
    olga = people.people["olga"]
    with open_door(system(TODAY)):
        token = PersonalLink.issue(olga, "report", "round", date(2030, 1, 1))
    actions.leave(people.actor("ida"), "olga", TOMORROW)
    assert PersonalLink.holding(token, "report", TOMORROW) is not None
    assert PersonalLink.holding(token, "report", TOMORROW + timedelta(days=1)) is None
    olga.refresh_from_db()
    assert olga.user is not None
    assert olga.user.is_active
    assert people.actor("olga", TOMORROW).has("staff")


def test_a_session_ends_with_the_last_day(people: Cast, client: Client) -> None:
    """The day was still to come when it was entered; nothing runs at midnight, and yet the door is shut."""
    olga = people.people["olga"]
    people.sign_in(client, "olga")
    with open_door(system(TODAY)) as door:
        door.change(olga, left_on=date(2000, 1, 1))
    assert client.get("/people/me/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_they_stood_in_for_is_acted_for_by_the_successor(people: Cast) -> None:
    actions.set_absence(people.actor("ida"), people.people["nils"], TODAY, date(2026, 12, 31), people.people["olga"])
    actions.leave(people.actor("ida"), "olga", TODAY, people.people["sam"])
    assert Absence.objects.get().delegate == people.people["sam"]


def test_leaving_is_all_or_nothing(people: Cast) -> None:
    """Aldo audits: he can take up no other seat, so Olga's leaving is refused as a whole."""
    with pytest.raises(Refused, match="no other seat"):
        actions.leave(people.actor("ida"), "olga", TODAY, people.people["aldo"])
    people.people["olga"].refresh_from_db()
    assert people.people["olga"].left_on is None
    assert Seat.objects.get(person=people.people["olga"]).ends is None


def test_nobody_succeeds_themselves_or_leaves_twice(people: Cast) -> None:
    with pytest.raises(Refused, match="somebody else"):
        actions.leave(people.actor("ida"), "olga", TODAY, people.people["olga"])
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    with pytest.raises(Refused, match="left already"):
        actions.leave(people.actor("ida"), "olga", TODAY)


def test_the_last_who_can_give_seats_stays(people: Cast) -> None:
    actions.leave(people.actor("ida"), "amara", TODAY)
    with pytest.raises(Refused, match="Nobody could give seats"):
        actions.leave(people.actor("ida"), "ida", TODAY)
    with pytest.raises(Refused, match="Nobody could give seats"):
        actions.end_seat(people.actor("ida"), Seat.objects.get(person=people.people["ida"]).ref, TODAY)
    actions.leave(people.actor("ida"), "ida", TODAY, people.people["sam"])
    assert people.actor("sam", TOMORROW).has("administrator")


def test_the_gender_team_cannot_end_the_director(people: Cast) -> None:
    with pytest.raises(Refused):
        actions.leave(people.actor("gita"), "amara", TODAY, people.people["gita"])


def test_somebody_who_left_by_mistake_comes_back(people: Cast) -> None:
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    back = actions.come_back(people.actor("ida"), "olga")
    assert back.left_on is None
    assert back.user is not None
    assert back.user.is_active
    assert not people.actor("olga").roles


def test_the_page_shows_what_moves_and_then_moves_it(people: Cast, client: Client) -> None:
    target(plan(), people.offices["operations"])
    people.sign_in(client, "ida")
    sam = people.people["sam"]
    shown = client.get("/people/person/olga/leaving/?day=2030-01-31&successor=sam").content.decode()
    assert "Operations Unit" in shown
    assert "1 target" in shown
    seat = Seat.objects.get(person=people.people["olga"])
    sent = {"day": "2030-01-31", "successor": "sam", "passing": [seat.ref], "reason": "retires"}
    assert client.post("/people/person/olga/leaving/", sent).status_code == 302
    assert Seat.objects.get(person=sam).starts == date(2030, 2, 1)
