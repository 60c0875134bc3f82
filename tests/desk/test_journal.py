"""Insiders read the journal, filter it, take it away and prove it; nobody else knows it is there."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Entry, Head, Partnership
from jwp.desk.views import journal as page
from jwp.partners.models import Organisation
from tests.cast import TODAY, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def signed_in(people: Cast, name: str) -> Client:
    client = Client()
    user = people.people[name].user
    assert user is not None
    client.force_login(user)
    return client


def rename(people: Cast, by: str = "gita", name: str = "Renamed", reason: str = "a new name") -> None:
    with open_door(people.actor(by)) as door:
        door.change(door.lock(Organisation, "member"), name=name, reason=reason)


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_an_insider_reads_who_changed_what_and_why(people: Cast) -> None:
    rename(people)
    html = signed_in(people, "berta").get(reverse("journal")).content.decode()
    first = html[html.index("<tbody>") : html.index("</tr>", html.index("<tbody>"))]
    for said in ("Gita", "change", "organisation", "member", "a new name", "A member", "Renamed"):
        assert said in first


@pytest.mark.parametrize("name", ["sam", "fola"])
@pytest.mark.parametrize("url", ["/journal/", "/journal/csv/", "/journal/prove/"])
def test_others_are_told_nothing(people: Cast, name: str, url: str) -> None:
    assert signed_in(people, name).get(url).status_code == 404


def test_a_stranger_is_asked_to_sign_in(people: Cast) -> None:
    response = Client().get(reverse("journal"))
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=gita", 1), ("who=GITA", 1), ("who=nobody", 0), ("who=system&verb=change", 4),
        ("noun=partners.organisation", 2), ("noun=partners.organisation&verb=change", 1), ("ref=member", 2),
        ("since=1999-01-01&until=1999-12-31", 0), ("since=2020-01-01&ref=member", 2), ("since=nonsense", 0),
        ("noun=no.such.thing", 0),
    ],
)  # fmt: skip
def test_the_journal_is_filtered(people: Cast, query: str, found: int) -> None:
    rename(people)
    response = signed_in(people, "aldo").get(f"/journal/?{query}")
    assert len(response.context["lines"]) == found


def test_pages_go_back_and_forth_by_number(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", 5)
    client, last = signed_in(people, "gita"), Entry.objects.count()
    shown = []
    response = client.get("/journal/")
    while True:
        shown += [line.entry.seq for line in response.context["lines"]]
        if response.context["older"] is None:
            break
        response = client.get(f"/journal/?before={response.context['older']}")
    assert shown == list(range(last, 0, -1))
    back = client.get(f"/journal/?after={response.context['newer']}")
    assert back.context["lines"][-1].entry.seq == response.context["lines"][0].entry.seq + 1
    assert client.get("/journal/?before=x&after=-1").status_code == 200


def test_a_page_costs_the_same_whatever_it_shows(people: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in(people, "gita")
    for number in range(60):
        rename(people, by=("gita", "amara", "ida")[number % 3], name=f"Name {number}")
    with django_assert_max_num_queries(9):
        assert len(client.get("/journal/").context["lines"]) == 50


def test_what_is_asked_for_can_be_taken_away(people: Cast) -> None:
    rename(people, reason="=HYPERLINK(1)")
    client = signed_in(people, "aldo")
    table = body(client.get("/journal/csv/?ref=member")).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["verb"] for row in rows] == ["change", "add"]
    assert rows[0]["reason"] == "'=HYPERLINK(1)"
    assert json.loads(rows[0]["after"]) == {"name": "Renamed"}
    told = json.loads(body(client.get("/journal/json/")))
    assert told["fictional"] is False
    assert len(told["entries"]) == Entry.objects.count()
    assert told["entries"][0]["hash"] == Head.objects.get().hash


def test_fiction_says_so_in_every_export(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(door.lock(Partnership, "partnership"), fictional=True)
    client = signed_in(people, "aldo")
    response = client.get("/journal/csv/")
    assert "fictional-journal.csv" in response["Content-Disposition"]
    assert next(csv.DictReader(io.StringIO(body(response))))["fictional example"] == "yes"
    assert json.loads(body(client.get("/journal/json/")))["fictional"] is True


def test_there_is_no_third_form(people: Cast) -> None:
    assert signed_in(people, "aldo").get("/journal/xml/").status_code == 404


def test_the_chain_is_proved_on_the_page(people: Cast) -> None:
    client = signed_in(people, "aldo")
    head = Head.objects.get()
    html = client.post("/journal/prove/").content.decode()
    assert "The chain holds" in html
    assert head.hash in html
    Entry.objects.filter(seq=3).update(verb="forged")
    html = client.post("/journal/prove/").content.decode()
    assert "The chain is broken" in html
    assert "Entry 3 is the first" in html
    assert client.get("/journal/prove/").status_code == 405


def test_a_head_from_a_printed_note_is_looked_for(people: Cast) -> None:
    client = signed_in(people, "aldo")
    printed = Head.objects.get().hash[:16].upper()
    rename(people)

    def answer(typed: str) -> str:
        return client.post("/journal/prove/", {"printed": typed}).content.decode()

    assert "It still lies in the journal" in answer(printed)
    assert "No entry has this head" in answer("0" * 16)


def test_erased_personal_data_stays_erased_on_the_page(people: Cast) -> None:
    from jwp.core.journal import erase_personal

    with open_door(system(TODAY)):
        erase_personal("olga")
    html = signed_in(people, "aldo").get("/journal/?ref=olga").content.decode()
    assert "Personal data erased." in html
    assert "olga@example.org" not in html
