"""Somebody looks an instrument up, a unit rates itself, the gender team reviews it."""

from __future__ import annotations

import pytest
from django.test import Client

from jwp.core import journal
from jwp.core.door import Refused
from jwp.core.models import Entry
from jwp.instruments import actions
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db

WEB = "web-of-institutionalisation@1996"
SCALE = "gender-results-effectiveness-scale@2015"
PAGE = "/instruments/web-of-institutionalisation/1996/"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def olga(client: Client, people: Cast) -> Client:
    client.force_login(people.people["olga"].user)  # type: ignore[arg-type]
    return client


def test_the_catalogue_says_where_each_instrument_comes_from(olga: Client) -> None:
    page = olga.get("/instruments/").content.decode()
    assert "Web of institutionalisation" in page and "Caren Levy" in page
    page = olga.get(PAGE).content.decode()
    assert "https://docslib.org/doc/6009293/of-institutionalisation" in page
    assert "ours, not official" in page
    assert "Theory building" in page


def test_an_unknown_version_is_not_found(olga: Client) -> None:
    assert olga.get("/instruments/web-of-institutionalisation/2031/").status_code == 404


def test_a_unit_rates_itself_and_the_team_reviews_it(olga: Client, people: Cast) -> None:
    sent = {
        "subject": "office-operations",
        "stage": "self",
        "policy": "strong",
        "policy.quote": "We have one.",
    }
    assert olga.post(f"{PAGE}fill/", sent).status_code == 302
    actions.fill(
        people.actor("gita"),
        WEB,
        "office-operations",
        "reviewed",
        [Answer("policy", "weak", "Nobody has read it.")],
    )
    page = olga.get(f"{PAGE}office-operations/").content.decode()
    assert "differs" in page and "Nobody has read it." in page
    assert "not shown by any quote" not in page
    assert journal.verify().broken is None


def test_an_answer_that_nothing_shows_is_named(olga: Client, people: Cast) -> None:
    actions.fill(people.actor("olga"), WEB, "office-operations", "self", [Answer("resources", "weak")])
    page = olga.get(f"{PAGE}office-operations/").content.decode()
    assert "Resources" in page[page.index("not shown by any quote") :]


def test_nobody_reviews_their_own_sheet(people: Cast) -> None:
    gita = people.actor("gita")
    actions.fill(gita, WEB, "office-gender", "self", [Answer("policy", "strong")])
    with pytest.raises(Refused, match="different people"):
        actions.fill(gita, WEB, "office-gender", "reviewed", [Answer("policy", "strong")])
    actions.fill(people.actor("tomas"), WEB, "office-gender", "reviewed", [Answer("policy", "medium")])


def test_only_the_gender_team_reviews(people: Cast) -> None:
    actions.fill(people.actor("olga"), WEB, "office-operations", "self", [Answer("policy", "strong")])
    with pytest.raises(Refused):
        actions.fill(people.actor("nils"), WEB, "office-operations", "reviewed", [Answer("policy", "weak")])


def test_there_is_nothing_to_review_before_a_self_assessment(people: Cast) -> None:
    with pytest.raises(Refused, match="no self-assessment"):
        actions.fill(people.actor("gita"), WEB, "office-operations", "reviewed", [Answer("policy", "weak")])


def test_a_sheet_is_about_something_that_exists(people: Cast) -> None:
    with pytest.raises(Refused, match="nothing called no-such-thing"):
        actions.fill(people.actor("olga"), WEB, "no-such-thing", "self", [Answer("policy", "strong")])


def test_a_level_needs_evidence_and_negative_is_as_good_as_any(people: Cast) -> None:
    gita = people.actor("gita")
    with pytest.raises(Refused, match="add a quote or a link"):
        actions.fill(gita, SCALE, "office-gender", "self", [Answer("choice", "negative")])
    actions.fill(gita, SCALE, "office-gender", "self", [Answer("choice", "negative", "Women lost their stalls.")])
    assert AnswerSheet.objects.get(instrument=SCALE).answers.get().value == "negative"


def test_what_a_sheet_said_before_stays_in_the_journal(people: Cast) -> None:
    olga = people.actor("olga")
    for answers in ([Answer("policy", "strong"), Answer("research", "weak")], [Answer("policy", "weak")]):
        sheet = actions.fill(olga, WEB, "office-operations", "self", answers)
    assert [(row.item, row.value) for row in sheet.answers.all()] == [("policy", "weak")]
    said = [entry.facts["after"]["answers"] for entry in Entry.objects.filter(ref=sheet.ref, verb="answers")]
    assert said[0]["research"] == ["weak", "", ""]


def test_what_was_typed_stays_when_the_form_is_refused(olga: Client) -> None:
    page = olga.post(f"{PAGE}fill/", {"subject": "nowhere", "stage": "self", "policy": "weak"}).content.decode()
    assert "There is nothing called nowhere" in page
    assert 'value="nowhere"' in page
