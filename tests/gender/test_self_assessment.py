"""The Gender with Age Marker is a team's own: others see two of its measures at most, and nothing hangs on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.door import Refused
from jwp.core.models import Entry
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.self_assessment import assess, choose, found, spot_check
from jwp.grants.models import FundedItem
from jwp.instruments.access import visible_sheets
from jwp.instruments.actions import fill
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import item

pytestmark = pytest.mark.django_db
DAY = today()
KEY = [Answer(code, "4") for code in ("A", "D", "G", "J")]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def row(people: Cast) -> FundedItem:
    return item(manager=people.offices["operations"])


def client_of(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client


def address(row: FundedItem) -> str:
    return reverse("gender:self_assessment", args=[row.ref])


def test_the_team_codes_its_own_work_and_sees_the_code(people: Cast, row: Any) -> None:
    olga = client_of(people, "olga")
    sent = {"A": "4", "D": "4", "G": "4", "J": "0", "suffix": "M"}
    assert olga.post(address(row), sent).status_code == 302
    sheet = AnswerSheet.objects.get(subject=row.ref)
    assert (sheet.stage, sheet.phase) == ("self", "design")
    assert "4(M)" not in str(list(Entry.objects.filter(ref=sheet.ref).values_list("facts", flat=True)))
    assert "4(M)" in olga.get(address(row)).content.decode()


def test_nothing_hangs_on_it(people: Cast, row: Any) -> None:
    assess(people.actor("olga", DAY), row.ref, KEY)
    row.refresh_from_db()
    assert row.marker == ""
    assert not passage_for(row, "sign", DAY).open


@pytest.mark.parametrize("name", ["gita", "nils", "amara"])
def test_nobody_else_codes_it(people: Cast, row: Any, name: Any) -> None:
    with pytest.raises(Refused, match="Only the team"):
        assess(people.actor(name, DAY), row.ref, KEY)


def test_nobody_reviews_or_agrees_to_it(people: Cast, row: Any) -> None:
    sheet = assess(people.actor("olga", DAY), row.ref, KEY)
    with pytest.raises(Refused, match="nobody reviews or agrees"):
        fill(people.actor("gita", DAY), sheet.instrument, row.ref, "agreed", KEY, phase="design")


def test_its_sheet_is_on_no_list_of_others(people: Cast, row: Any) -> None:
    assess(people.actor("olga", DAY), row.ref, KEY)
    assert visible_sheets(people.actor("olga", DAY)).count() == 1
    for name in ("gita", "amara", "berta", "aldo"):
        assert not visible_sheets(people.actor(name, DAY)).exists()


def test_a_spot_check_sees_two_measures_once(people: Cast, row: Any) -> None:
    assess(people.actor("olga", DAY), row.ref, KEY)
    nils = client_of(people, "nils")
    before = nils.get(address(row)).content.decode()
    assert "<dd" not in before
    nils.post(address(row), {"measures": ["A", "D", "G"]})
    row.refresh_from_db()
    assert spot_check(row) is None
    assert nils.post(address(row), {"measures": ["A", "J"]}).status_code == 302
    seen = nils.get(address(row)).content.decode()
    assert seen.count("<dd") == 2
    with pytest.raises(Refused, match="chosen already"):
        choose(people.actor("amara", DAY), row.ref, ["D", "G"])
    nils.post(address(row), {"said": "The analysis is there."})
    assert "The analysis is there." in client_of(people, "olga").get(address(row)).content.decode()


def test_the_gender_adviser_and_the_team_do_not_check(people: Cast, row: Any) -> None:
    assess(people.actor("olga", DAY), row.ref, KEY)
    for name in ("gita", "olga"):
        with pytest.raises(Refused, match="outside the team"):
            choose(people.actor(name, DAY), row.ref, ["A"])
        with pytest.raises(Refused, match="outside the team"):
            found(people.actor(name, DAY), row.ref, "Fine.")
    assert client_of(people, "gita").get(address(row)).status_code == 404


def test_the_general_page_sends_what_is_funded_to_its_own(people: Cast, row: Any) -> None:
    gita = client_of(people, "gita")
    for name, version in (("oecd-gender-marker", "2016"), ("gender-results-effectiveness-scale", "2015")):
        sent = {
            "subject": row.ref,
            "stage": "self",
            "unit": "grant",
            "score": "0",
            "choice": "blind",
            "choice.quote": "Q",
        }
        seen = gita.post(reverse("instruments:fill", args=[name, version]), sent).content.decode()
        assert "screened on its own page" in seen
    assert not AnswerSheet.objects.exists()
