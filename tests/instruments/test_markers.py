"""A marker is proposed, agreed by somebody else, marked anew in later phases; its wording is confirmed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core import journal
from jwp.core.door import Refused
from jwp.core.models import Entry
from jwp.instruments import actions
from jwp.instruments.editions import in_order, instrument, latest, next_version
from jwp.instruments.models import AnswerSheet, Edition
from jwp.instruments.rules import Answer, Classes, may_decide
from jwp.instruments.sheets import agreed_screening, sheets_on
from tests.cast import TODAY, Cast, cast
from tests.desk.books import book, bring, check, faults

pytestmark = pytest.mark.django_db

MARKER = "oecd-gender-marker@2016"
GAM = "iasc-gender-with-age-marker@2018"
PAGE = "/instruments/oecd-gender-marker/2016/"
ABOUT = "office-operations"


def shown(*criteria: str) -> list[Answer]:
    return [Answer(one, "met", "A passage.", "https://example.org/p1") for one in criteria]


ZERO = [Answer("score", "0"), *shown("gender-analysis", "do-no-harm")]
ONE = [
    Answer("score", "1"),
    *shown(
        "gender-analysis", "do-no-harm", "informed-design", "gender-objective-and-indicator",
        "sex-disaggregated-data", "monitor-and-report",
    ),
]  # fmt: skip


@pytest.fixture
def people() -> Cast:
    return cast()


def screened(people: Cast, answers: list[Answer], phase: str = "") -> None:
    actions.fill(people.actor("olga"), MARKER, ABOUT, "self", answers, phase=phase)
    actions.fill(people.actor("gita"), MARKER, ABOUT, "agreed", answers, phase=phase)


def test_nothing_is_screened_until_two_people_agree(people: Cast) -> None:
    assert agreed_screening(ABOUT, MARKER) is None
    actions.fill(people.actor("olga"), MARKER, ABOUT, "self", ONE, unit="grant")
    assert agreed_screening(ABOUT, "oecd-gender-marker") is None
    actions.fill(people.actor("gita"), MARKER, ABOUT, "agreed", ONE)
    agreed = agreed_screening(ABOUT, "oecd-gender-marker")
    assert agreed is not None and agreed.score == "1" and agreed.stands
    assert [sheet.score for sheet in sheets_on(ABOUT)] == ["1", "1"]
    assert sheets_on(ABOUT)[0].unit == "grant"
    assert journal.verify().broken is None


def test_the_proposer_does_not_agree_with_herself(people: Cast) -> None:
    gita = people.actor("gita")
    actions.fill(gita, MARKER, ABOUT, "self", ZERO)
    with pytest.raises(Refused, match="different people"):
        actions.fill(gita, MARKER, ABOUT, "agreed", ZERO)
    actions.fill(people.actor("tomas"), MARKER, ABOUT, "agreed", ZERO)


def test_nobody_agrees_to_what_nothing_shows(people: Cast) -> None:
    claimed = [*ZERO[:2], Answer("do-no-harm", "met", "Nobody is moved.")]
    actions.fill(people.actor("olga"), MARKER, ABOUT, "self", claimed)
    assert AnswerSheet.objects.get().score == ""  # not screened, which is not 0
    with pytest.raises(Refused, match="no link"):
        actions.fill(people.actor("gita"), MARKER, ABOUT, "agreed", claimed)
    with pytest.raises(Refused, match="Say which class"):
        actions.fill(people.actor("gita"), MARKER, ABOUT, "agreed", shown("gender-analysis", "do-no-harm"))
    assert agreed_screening(ABOUT, MARKER) is None


def test_score_three_is_refused_with_the_reason(people: Cast) -> None:
    with pytest.raises(Refused, match="desertification"):
        actions.fill(people.actor("olga"), MARKER, ABOUT, "self", [Answer("score", "3")])


def test_another_score_needs_a_reason_which_stays(people: Cast) -> None:
    olga = people.actor("olga")
    actions.fill(olga, MARKER, ABOUT, "self", ZERO)
    with pytest.raises(Refused, match="say why"):
        actions.fill(olga, MARKER, ABOUT, "self", ONE)
    actions.fill(olga, MARKER, ABOUT, "self", ONE, reason="The design now has an objective.")
    sheet = AnswerSheet.objects.get()
    assert (sheet.score, sheet.reason) == ("1", "The design now has an objective.")
    reasons = [entry.facts.get("reason") for entry in Entry.objects.filter(ref=sheet.ref)]
    assert "The design now has an objective." in reasons


def test_the_same_score_with_better_quotes_needs_no_reason(people: Cast) -> None:
    olga = people.actor("olga")
    actions.fill(olga, MARKER, ABOUT, "self", ZERO)
    better = [ZERO[0], ZERO[1], Answer("do-no-harm", "met", "Stalls stay open.", "https://example.org/p9")]
    actions.fill(olga, MARKER, ABOUT, "self", better)
    assert AnswerSheet.objects.get().answers.get(item="do-no-harm").quote == "Stalls stay open."


def test_marked_anew_at_closure_the_earlier_mark_stays(people: Cast) -> None:
    screened(people, ONE, "approval")
    screened(people, ZERO, "closure")
    assert [(s.phase, s.stage, s.score) for s in sheets_on(ABOUT)] == [
        ("approval", "self", "1"), ("approval", "agreed", "1"), ("closure", "self", "0"), ("closure", "agreed", "0"),
    ]  # fmt: skip
    first, last = (agreed_screening(ABOUT, MARKER, phase) for phase in ("approval", "closure"))
    assert first and last and (first.score, last.score) == ("1", "0")


def test_a_phase_or_unit_that_is_none_is_refused(people: Cast) -> None:
    with pytest.raises(Refused, match="no phase called"):
        actions.fill(people.actor("olga"), MARKER, ABOUT, "self", ZERO, phase="someday")
    with pytest.raises(Refused, match="does not code a event"):
        actions.fill(people.actor("olga"), MARKER, ABOUT, "self", ZERO, unit="event")


def test_a_team_codes_its_project_and_a_mix_stays_undecided(people: Cast) -> None:
    olga = people.actor("olga")
    mixed = [Answer("A", "4"), Answer("D", "4"), Answer("G", "3"), Answer("J", "3")]
    with pytest.raises(Refused, match="in which phase"):
        actions.fill(olga, GAM, ABOUT, "self", mixed)
    assert actions.fill(olga, GAM, ABOUT, "self", mixed, phase="design").score == ""


def test_somebody_fills_in_the_worksheet_and_sees_what_is_unproven(client: Client, people: Cast) -> None:
    people.sign_in(client, "olga")
    page = client.get(f"{PAGE}fill/?subject={ABOUT}").content.decode()
    assert ABOUT in page and "not screened" in page
    sent = {
        "subject": ABOUT, "stage": "self", "phase": "design", "unit": "grant", "score": "1",
        "gender-analysis": "met", "gender-analysis.quote": "Women and children were asked.",
        "gender-analysis.link": "https://example.org/p1",
    }  # fmt: skip
    assert client.post(f"{PAGE}fill/", sent).status_code == 302
    page = client.get(f"{PAGE}{ABOUT}/").content.decode()
    assert "not screened" in page[page.index("Score that is shown") :]
    assert "Unproven in the latest sheet" in page
    assert "such lists do not count" in page[page.index("Look again") :]
    again = client.get(f"{PAGE}fill/?subject={ABOUT}&phase=design").content.decode()
    assert "Women and children were asked." in again


def test_classes_stand_side_by_side_with_their_flags(client: Client, people: Cast) -> None:
    people.sign_in(client, "sam")
    page = client.get(PAGE).content.decode()
    assert "Classes, side by side" in page and "No class is better than another" in page
    assert page.count("wording to be confirmed") == 6
    assert "desertification" in page
    gam = client.get("/instruments/iasc-gender-with-age-marker/2018/").content.decode()
    assert "This instrument never decides about money" in gam
    table = client.get("/instruments/crosswalk/").content.decode()
    assert "Ours. No source publishes this table" in table and "unless every criterion of 1 is met" in table


def test_the_list_of_instruments_is_searched(client: Client, people: Cast) -> None:
    people.sign_in(client, "sam")
    page = client.get("/instruments/?q=humanitarian").content.decode()
    assert "IASC gender with age marker" in page and "Web of institutionalisation" not in page
    assert "No instrument has these words" in client.get("/instruments/?q=xyzzy").content.decode()


def test_signed_answers_are_listed_exported_and_cost_the_same_however_many(client: Client, people: Cast) -> None:
    people.sign_in(client, "aldo")
    screened(people, ONE)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = client.get("/instruments/answers/").content.decode()
    assert page.count(ABOUT) >= 2
    for subject in ("office-gender", "office-director", "office-head"):
        actions.fill(people.actor("olga"), MARKER, subject, "self", ZERO)
    with CaptureQueriesContext(connection) as many:
        client.get("/instruments/answers/")
    assert len(many) == len(few)
    lines = client.get("/instruments/answers/?stage=agreed&export=csv").content.decode().splitlines()
    assert len(lines) == 2 and ABOUT in lines[1] and ",1," in lines[1] and f",{TODAY.isoformat()}" in lines[1]


def test_the_gender_team_confirms_wording_as_a_new_version(client: Client, people: Cast) -> None:
    actions.fill(people.actor("olga"), MARKER, ABOUT, "self", ZERO)
    people.sign_in(client, "gita")
    assert "wording to be confirmed" in client.get(f"{PAGE}wording/").content.decode()
    sent = {"source": "Handbook, December 2016", "page": "11", "informed-design.confirm": "on"}
    page = client.post(f"{PAGE}wording/", sent).content.decode()
    assert "Write the English wording" in page
    sent |= {"informed-design.en": "The findings have informed the design."}
    done = client.post(f"{PAGE}wording/", sent)
    assert (done.status_code, done["Location"]) == (302, "/instruments/oecd-gender-marker/2016.1/")
    page = client.get(done["Location"]).content.decode()
    assert "The findings have informed the design." in page and page.count("wording to be confirmed") == 5
    assert "2016.1" in client.get(PAGE).content.decode()  # the old page leads to the new version
    newest = latest("oecd-gender-marker")
    assert isinstance(newest, Classes) and newest.pin == "oecd-gender-marker@2016.1" and may_decide(newest)
    assert AnswerSheet.objects.get().instrument == MARKER  # a sheet keeps its pin


def test_a_later_edition_keeps_what_was_confirmed_before(people: Cast) -> None:
    gita = people.actor("gita")
    actions.confirm(gita, MARKER, {"informed-design": {"en": "First."}}, source="Handbook")
    second = actions.confirm(
        gita, "oecd-gender-marker@2016.1", {"class.1": {"en": "Second.", "fr": "Deuxième."}}, source="Handbook"
    )
    assert second.pin == "oecd-gender-marker@2016.2"
    found = instrument(second.pin)
    assert isinstance(found, Classes)
    assert {c.code: c.name["en"] for c in found.criteria}["informed-design"] == "First."
    assert found.classes[1].means == {"en": "Second.", "fr": "Deuxième."}
    assert [one.needs for one in found.classes] == [one.needs for one in instrument(MARKER).classes]  # type: ignore[union-attr]
    actions.fill(people.actor("olga"), second.pin, ABOUT, "self", ZERO)
    assert agreed_screening(ABOUT, MARKER) is None


def test_wording_is_confirmed_by_the_gender_team_only_and_with_a_source(people: Cast) -> None:
    words = {"informed-design": {"en": "First."}}
    with pytest.raises(Refused, match="Only the gender team"):
        actions.confirm(people.actor("amara"), MARKER, words, source="Handbook")
    with pytest.raises(Refused, match="which document"):
        actions.confirm(people.actor("gita"), MARKER, words, source=" ")
    with pytest.raises(Refused, match="has no “other”"):
        actions.confirm(people.actor("gita"), MARKER, {"other": {"en": "Words."}}, source="Handbook")
    with pytest.raises(Refused, match="whose wording can be confirmed"):
        actions.confirm(people.actor("gita"), "web-of-institutionalisation@1996", words, source="Handbook")
    assert not Edition.objects.exists()


def test_wording_comes_in_by_workbook_and_stays(people: Cast) -> None:
    gita = people.actor("gita")
    editions = [["Instrument", "Version", "Source"], [MARKER, "2016.1", "Handbook"]]
    lines = [["Edition", "Criterion", "English"], ["oecd-gender-marker@2016.1", "top-level-ambition", "The top aim."]]
    bring(gita, book(Editions_of_instruments=editions, Wordings_of_instruments=lines))
    found = instrument("oecd-gender-marker@2016.1")
    assert isinstance(found, Classes)
    assert {c.code: (c.name["en"], c.wording) for c in found.criteria}["top-level-ambition"] == (
        "The top aim.",
        "confirmed",
    )
    assert Edition.objects.get().by == people.people["gita"]
    more = [lines[0], ["oecd-gender-marker@2016.1", "informed-design", "Added later."]]
    said = faults(gita, check(gita, book(Wordings_of_instruments=more)))
    assert len(said) == 1 and "add a new edition" in said[0]
    wrong = [editions[0], [MARKER, "2016.5", "Handbook"], ["no-such@1", "1.1", "Handbook"]]
    said = faults(gita, check(gita, book(Editions_of_instruments=wrong)))
    assert len(said) == 2 and "2016.2" in said[0] and "oecd-gender-marker@2016" in said[1]


def test_versions_count_on() -> None:
    assert next_version(MARKER, []) == "2016.1"
    assert in_order("2016.10") > in_order("2016.9") > in_order("2016")
