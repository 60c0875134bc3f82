"""The pages of people, bodies and members: who sees what, on which day, in how many queries."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Partnership
from jwp.partners import actions
from jwp.partners.models import Body, Constituency, Membership, Organisation, Person, Seat
from tests.cast import TODAY, Cast, cast

pytestmark = pytest.mark.django_db
NOW = timezone.localdate()


@pytest.fixture
def people() -> Cast:
    return cast()


def signed_in(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client


def crowd(count: int, body: Body) -> None:
    with open_door(system(TODAY)) as door:
        others = door.add_all([Person(name=f"Person {n:03}") for n in range(count)])
        member = Organisation.objects.get(ref="member")
        door.add_all([Seat(person=p, body=body, organisation=member, starts=date(2020, 1, 1)) for p in others])
        door.add_all([Body(name=f"Body {n:03}", kind="unit") for n in range(count)])
        group = door.add(Constituency(name=f"Group of {count}"))
        for n in range(count):
            organisation = door.add(Organisation(name=f"Member {count} {n}"))
            door.add(Membership(organisation=organisation, constituency=group, starts=date(2020, 1, 1)))


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/people/", 12), ("/people/bodies/", 7), ("/people/members/", 9), ("/people/body/board/", 11)],
)
def test_lists_cost_the_same_with_many_rows(
    people: Cast, address: str, queries: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(people, "ida")
    for count in (5, 50):
        crowd(count, people.board)
        with django_assert_max_num_queries(queries):
            assert client.get(address).status_code == 200


INSIDE = (
    "/people/",
    "/people/bodies/",
    "/people/members/",
    "/people/body/board/",
    "/people/organisation/member/",
)


@pytest.mark.parametrize("address", INSIDE)
def test_insiders_read_and_others_find_nothing(people: Cast, address: str) -> None:
    for name in ("amara", "gita", "olga", "ida", "berta", "carl", "aldo"):
        assert signed_in(people, name).get(address).status_code == 200, name
    for name in ("fola", "sam"):
        assert signed_in(people, name).get(address).status_code == 404, name
    assert Client().get(address).headers["Location"].startswith("/accounts/login/")


def test_everybody_sees_their_own_page_and_strangers_no_other(people: Cast) -> None:
    sam = signed_in(people, "sam")
    assert sam.get("/people/me/", follow=True).status_code == 200
    assert sam.get("/people/person/olga/").status_code == 404
    assert signed_in(people, "olga").get("/people/person/sam/").status_code == 200


KEEPING = (
    "/people/bodies/new/", "/people/body/board/change/", "/people/organisations/new/",
    "/people/constituencies/new/", "/people/organisation/member/change/", "/people/places/new/",
    "/people/organisation/member/memberships/new/",
    "/people/person/amara/change/", "/people/person/amara/leaving/", "/people/person/amara/erase/",
)  # fmt: skip


@pytest.mark.parametrize("address", KEEPING)
def test_only_the_administrator_and_the_director_keep_the_register(people: Cast, address: str) -> None:
    assert signed_in(people, "ida").get(address).status_code == 200
    for name in ("gita", "olga", "berta", "aldo", "fola"):
        assert signed_in(people, name).get(address).status_code == 404, name


def test_people_are_found_and_downloaded_as_shown(people: Cast) -> None:
    client = signed_in(people, "olga")
    page = client.get("/people/?q=gita").content.decode()
    assert "gita@example.org" in page
    assert "amara@example.org" not in page
    rows = list(csv.reader(io.StringIO(client.get("/people/?q=gita&export=csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Name", "Gita"]
    assert "Gender Team" in rows[1]
    board = client.get("/people/?body=board").content.decode()
    assert "Berta" in board
    assert "olga@example.org" not in board


def test_who_left_is_listed_apart(people: Cast) -> None:
    actions.leave(people.actor("ida", NOW), "nils", NOW - timedelta(days=1))
    client = signed_in(people, "olga")
    assert "nils@example.org" not in client.get("/people/").content.decode()
    assert "nils@example.org" in client.get("/people/?standing=left").content.decode()


def test_a_list_says_that_it_is_fictional_and_runs_no_formula(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(Partnership.objects.get(), fictional=True)
        door.add(Person(name='=HYPERLINK("http://evil.example")', email="evil@example.org"))
    answer = signed_in(people, "olga").get("/people/?q=evil&export=csv")
    assert "fictional-people.csv" in answer.headers["Content-Disposition"]
    row = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1]
    assert row[0].startswith("'=")
    assert row[-1] == "fictional example"


def test_a_body_shows_who_sat_on_any_day(people: Cast) -> None:
    berta = Seat.objects.get(person=people.people["berta"])
    actions.end_seat(people.actor("ida"), berta.ref, date(2024, 6, 30))
    actions.give_seat(
        people.actor("ida"),
        Seat(person=people.people["sam"], body=people.board, starts=date(2024, 7, 1), ex_officio=True),
    )
    client = signed_in(people, "olga")

    def sat(day: str) -> str:
        page = client.get(f"/people/body/board/?on={day}").content.decode()
        return page[page.index("Who sat on") : page.index("All terms")]

    assert "Berta" in sat("2024-06-30")
    assert "Berta" not in sat("2024-07-01")
    assert "Sam" in sat("2024-07-01")
    assert "ex officio" in sat("2024-07-01")
    assert client.get("/people/body/board/?on=2026-02-30").status_code == 200
    assert client.get("/people/body/board/?on=nonsense").status_code == 200


def test_a_body_shows_vacant_posts_and_who_reports_to_whom(people: Cast) -> None:
    client = signed_in(people, "ida")
    page = client.get("/people/body/secretariat/").content.decode()
    assert "Head of Programmes" in page
    assert "vacant" not in page
    actions.leave(people.actor("ida", NOW), "nils", NOW - timedelta(days=1))
    assert "vacant" in client.get("/people/body/secretariat/").content.decode()


def test_members_stand_in_their_constituency_on_a_day(people: Cast) -> None:
    ida = people.actor("ida")
    group = actions.add(ida, Constituency(name="Associations of local governments"))
    member = Organisation.objects.get()
    actions.add(
        ida,
        Membership(organisation=member, constituency=group, starts=date(2020, 1, 1), ends=date(2021, 1, 1)),
    )
    client = signed_in(people, "olga")
    then = client.get("/people/members/?on=2020-06-01").content.decode()
    assert then.index("Associations of local") < then.index("A member")
    rows = client.get("/people/members/?on=2020-06-01&export=csv").content.decode("utf-8-sig")
    assert "A member" in rows
    assert "Other organisations" in client.get("/people/members/").content.decode()


def test_a_person_is_entered_seated_and_invited_on_the_pages(people: Cast) -> None:
    client = signed_in(people, "ida")
    new = {"name": "Maria", "email": "maria@example.org", "language": "es"}
    page = client.post("/people/new/", new, follow=True).content.decode()
    assert '<h1><span dir="auto">Maria</span></h1>' in page
    maria = Person.objects.get(name="Maria")
    seat = {"person": maria.ref, "office": "office-operations", "starts": str(NOW)}
    assert client.post("/people/body/secretariat/seats/new/", seat).status_code == 302
    assert people.offices["operations"].seats.filter(person=maria).exists()
    page = client.post(f"/people/person/{maria.ref}/invite/", follow=True).content.decode()
    assert "outbox" in page
    assert "Invite again" in page


def test_what_is_refused_stays_typed(people: Cast) -> None:
    client = signed_in(people, "ida")
    seat = {"person": "sam", "office": "office-director", "starts": str(NOW)}
    page = client.post("/people/body/secretariat/seats/new/", seat).content.decode()
    assert "Director has a holder in these days" in page
    assert '<option value="sam" selected>' in page


def test_the_second_of_two_editors_sees_what_the_first_wrote(people: Cast) -> None:
    first, second = signed_in(people, "ida"), signed_in(people, "amara")
    revision = people.board.revision
    typed = {
        "name": "Board of the first",
        "kind": "board",
        "decides_by": "consensus",
        "quorum": 2,
        "role": "board",
    }
    assert first.post("/people/body/board/change/", typed | {"revision": revision}).status_code == 302
    late = typed | {"name": "Board of the second", "revision": revision}
    page = second.post("/people/body/board/change/", late).content.decode()
    assert "Somebody else changed this" in page
    assert "It now says: Board of the first" in page
    assert "Board of the second" in page
    people.board.refresh_from_db()
    assert people.board.name == "Board of the first"


def test_somebody_changes_their_own_telephone_and_goes_on_leave(people: Cast) -> None:
    client = signed_in(people, "fola")
    mine = "/people/person/fola"
    assert "E-mail" not in client.get(f"{mine}/change/").content.decode()
    client.post(f"{mine}/change/", {"phone": "+32 2 555 01 23", "language": "fr", "name": "Queen"})
    fola = Person.objects.get(ref="fola")
    assert (fola.name, fola.phone, fola.language) == ("Fola", "+32 2 555 01 23", "fr")
    away = {"starts": str(NOW), "ends": str(NOW + timedelta(days=9)), "delegate": "sam"}
    assert client.post(f"{mine}/away/", away).status_code == 302
    absence = fola.absences.get()
    assert absence.delegate == people.people["sam"]
    assert signed_in(people, "sam").post(f"/people/absences/{absence.ref}/end/").status_code == 404
    assert client.post(f"/people/absences/{absence.ref}/end/").status_code == 302
    assert not fola.absences.exists()


def test_the_gender_team_sees_only_units_to_fill(people: Cast) -> None:
    client = signed_in(people, "gita")
    page = client.get("/people/body/secretariat/seats/new/").content.decode()
    assert 'value="office-operations"' in page
    assert 'value="office-director"' not in page
    assert client.get("/people/offices/office-director/").status_code == 404
    assert client.get("/people/offices/office-operations/").status_code == 200
