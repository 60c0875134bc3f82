"""Search finds what one may see, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.desk.search import NOUNS, Found, highlighted, search, words_of
from jwp.evidence.models import Document, Product
from jwp.governance.models import Decision, Meeting
from jwp.grants.models import Output, Programme
from jwp.plans.actions import plan as plans
from jwp.reviews.models import Finding
from tests.cast import TODAY, Cast, cast, indicator, target
from tests.cast import plan as make_plan
from tests.grants import scene

pytestmark = pytest.mark.django_db
ASKED_FIRST = 4  # what a room must know of a person before it can say what they may see


@pytest.fixture
def people() -> Cast:
    people = cast()
    made = make_plan(title="Water for all")
    shared = indicator(name="Water committees")
    target(
        made,
        people.offices["operations"],
        "t1",
        text="Women chair half the water committees",
        indicator=shared,
    )
    target(made, people.offices["head"], "t2", text="Écoles: train 40 teachers", indicator=shared)
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15))
    with open_door(system(TODAY)) as door:
        door.add(Document(title="Water strategy", kind="minutes"))
        door.add(Document(title="Water leaflet", public=True))
        meeting = door.add(Meeting(body=people.board, title="Water session", starts=date(2026, 3, 1)))
        door.add(Decision(meeting=meeting, text="The water plan is adopted", number="1"))
        door.add(Finding(plan=made, text="Water is fetched by girls"))
    return people


def found(people: Cast, name: str, asked: str, only: str = "") -> dict[str, list[str]]:
    hits: list[Found] = search(people.actor(name), words_of(asked), only)
    return {one.noun.key: [str(hit.title) for hit in one.hits] for one in hits}


def page(people: Cast, name: str, **asked: str) -> str:
    client = Client()
    client.force_login(people.people[name].user)  # type: ignore[arg-type]
    return str(client.get(reverse("search"), asked).content.decode())


def test_an_insider_finds_everything_that_has_the_word(people: Cast) -> None:
    nouns = found(people, "berta", "water")
    assert set(nouns) == {"targets", "plans", "documents", "decisions", "meetings", "indicators", "findings"}
    assert nouns["documents"] == ["<mark>Water</mark> leaflet", "<mark>Water</mark> strategy"]


def test_every_word_must_be_there_anywhere_in_it(people: Cast) -> None:
    assert found(people, "gita", "committees women")["targets"]
    assert "targets" not in found(people, "gita", "committees teachers")
    assert found(people, "gita", "operations water")["targets"]  # by who holds it


def test_strangers_inside_and_focal_points_find_only_what_they_may_see(people: Cast) -> None:
    assert set(found(people, "sam", "water")) == {"documents"}
    assert found(people, "sam", "water")["documents"] == ["<mark>Water</mark> leaflet"]
    assert set(found(people, "fola", "water")) == {"targets", "plans", "documents"}
    assert found(people, "sam", "gita") == {}
    assert set(found(people, "sam", "sam")) == {"people"}


@pytest.fixture
def funded(people: Cast) -> Cast:
    """A call about water, and what came of it; whoever applied is reached at water@riverside.example."""
    call = scene.call(title="Water at the corner")
    for n, state in enumerate(("draft", "submitted", "eligible")):
        row = {"contact_email": "water@riverside.example", "contact_name": "Waterman", "contact_phone": "0700 water"}
        scene.application(call, f"app-{n}", title=f"Taps {state}", state=state, **row)
    scene.on_panel(call, people.people["sam"])
    scene.item(title="Water for Eastleigh", state="signed", signed_on=TODAY)
    scene.item("item-2", title="Water plans", state="planned")
    scene.programme(name="Water women", state="dropped")
    with open_door(system(TODAY)) as door:
        door.add(Product(title="Water songs", kind="advocacy product", public=False))
    return people


def test_what_is_funded_is_found_by_whoever_may_see_it(funded: Cast) -> None:
    inside = found(funded, "olga", "water")
    assert {"programmes", "calls", "items", "products"} <= set(inside)
    assert len(inside["items"]) == 2
    member = found(funded, "fola", "water")
    assert member["items"] == ["<mark>Water</mark> for Eastleigh"] and "programmes" not in member
    assert found(funded, "fola", "taps")["applications"] == ["<mark>Taps</mark> eligible"]
    assert len(found(funded, "olga", "taps")["applications"]) == 3
    # Somebody on the panel finds its call and what they score, and nothing else.
    assert set(found(funded, "sam", "water")) == {"calls", "documents"}
    assert found(funded, "sam", "taps") == {"applications": ["<mark>Taps</mark> eligible"]}


def test_contacts_are_no_words_to_search_by(funded: Cast) -> None:
    for name in ("olga", "fola", "sam"):
        for asked in ("riverside.example", "waterman", "0700"):
            assert "applications" not in found(funded, name, asked)


def test_a_row_that_has_the_word_in_two_children_is_found_once(funded: Cast) -> None:
    with open_door(system(TODAY)) as door:
        programme = Programme.objects.get()
        door.change(programme, state="running")
        for text in ("Songs of rain", "Songs of wells"):
            door.add(Output(programme=programme, text=text))
    assert found(funded, "fola", "songs")["programmes"] == ["Water women"]


def test_case_and_accents_do_not_hide_what_is_there(people: Cast) -> None:
    assert found(people, "gita", "WATER")["plans"]
    assert found(people, "gita", "écoles")["targets"] == ["t2 <mark>Écoles</mark>: train 40 teachers"]


def test_people_bodies_and_offices_are_found_by_name(people: Cast) -> None:
    assert found(people, "gita", "amara")["people"] == ["<mark>Amara</mark>"]
    assert found(people, "gita", "unit")["bodies"] == ["Secretariat"]  # through its office, once


def test_more_of_one_kind_leads_to_all_of_it(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        for n in range(8):
            door.add(Document(title=f"Water paper {n}"))
    html = page(people, "gita", q="water paper")
    assert html.count("Water</mark> <mark>paper") == 5 and "in=documents" in html
    html = page(people, "gita", q="water paper", **{"in": "documents"})
    assert html.count("Water</mark> <mark>paper") == 8


def test_what_is_typed_is_never_more_than_text(people: Cast) -> None:
    assert "<script>" not in page(people, "gita", q="<script>alert(1)</script>").split("<main")[1]
    for odd in ("%", "_", "(", "\\", "a" * 5000, "' OR 1=1 --", "😀"):
        assert "Search" in page(people, "gita", q=odd)
    assert found(people, "gita", "%") == {}  # not a wildcard
    assert highlighted("a & b", ["&"]) == "a <mark>&amp;</mark> b"


def test_nothing_asked_and_nothing_found_say_what_to_do(people: Cast) -> None:
    assert "What are you looking for?" in page(people, "gita")
    assert "Nothing found" in page(people, "gita", q="zeppelin")


def test_signed_out_it_asks_to_sign_in() -> None:
    assert Client().get(reverse("search"), {"q": "water"}).status_code == 302


def test_how_much_it_asks_the_database_does_not_grow(people: Cast, django_assert_max_num_queries: Any) -> None:
    with open_door(system(TODAY)) as door:
        for n in range(60):
            door.add(Document(title=f"Water paper {n}"))
    actor = people.actor("gita")
    with django_assert_max_num_queries(len(NOUNS) + ASKED_FIRST):
        search(actor, ["water"])
