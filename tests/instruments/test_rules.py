"""What follows from answers: worked cases that an expert can read and add to, then any answers."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jwp.instruments.loader import shelf
from jwp.instruments.rules import Answer, Profile, differences, spreads, unproven, wrong_answers

pytestmark = pytest.mark.rules

CASES = Path(__file__).parents[1] / "cases" / "instruments"
FILES = sorted(CASES.glob("*@*.yaml"))
loaded = shelf()["web-of-institutionalisation@1996"]
assert isinstance(loaded, Profile)
WEB = loaded


def worked(part: str) -> list[Any]:
    books = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
    return [pytest.param(book["instrument"], case, id=case["name"]) for book in books for case in book.get(part, [])]


@pytest.mark.parametrize(("pin", "case"), worked("cases"))
def test_what_is_shown(pin: str, case: dict[str, Any]) -> None:
    instrument = shelf()[pin]
    assert isinstance(instrument, Profile)
    sheets = [[Answer(item, value) for item, value in sheet.items()] for sheet in case["sheets"]]
    shown = spreads(instrument, sheets, anonymous=case["anonymous"])
    assert {spread.item: {"n": spread.n, **spread.counts} for spread in shown} == case["shown"]


@pytest.mark.parametrize(("pin", "case"), worked("refused"))
def test_what_is_refused(pin: str, case: dict[str, Any]) -> None:
    given = [Answer(**answer) for answer in case["answers"]]
    wrong = wrong_answers(shelf()[pin], given, case.get("phase", ""))
    assert [one.code for one in wrong] == case["because"]


@pytest.mark.parametrize(("pin", "case"), worked("accepted"))
def test_what_is_accepted(pin: str, case: dict[str, Any]) -> None:
    given = [Answer(**answer) for answer in case["answers"]]
    assert wrong_answers(shelf()[pin], given, case.get("phase", "")) == []


def test_every_instrument_has_worked_cases() -> None:
    assert {path.stem for path in FILES} == set(shelf())


def test_what_is_unproven_is_said() -> None:
    scale = shelf()["gender-results-effectiveness-scale@2015"]
    assert unproven(scale, [Answer("choice", "blind")]) == ("choice",)
    assert unproven(scale, [Answer("choice", "blind", quote="No mention of women.")]) == ()


def test_a_reviewer_sees_where_the_two_sheets_differ() -> None:
    own = [Answer("policy", "strong"), Answer("resources", "weak")]
    reviewed = [Answer("policy", "medium"), Answer("resources", "weak"), Answer("research", "weak")]
    assert differences(own, reviewed) == {"policy": ("strong", "medium"), "research": ("", "weak")}


sheets = st.lists(
    st.dictionaries(
        st.sampled_from([item.code for item in WEB.items]),
        st.sampled_from([option.code for option in WEB.scale]),
        min_size=1,
    ).map(lambda sheet: [Answer(item, value) for item, value in sheet.items()]),
    max_size=12,
)


@given(sheets, st.data())
def test_the_order_of_sheets_does_not_matter(given_sheets: list[list[Answer]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(given_sheets))
    assert spreads(WEB, given_sheets, anonymous=True) == spreads(WEB, shuffled, anonymous=True)


@given(sheets)
def test_no_spread_is_shown_of_too_few(given_sheets: list[list[Answer]]) -> None:
    for spread in spreads(WEB, given_sheets, anonymous=True):
        assert spread.n == sum(spread.counts.values()) >= WEB.smallest_group
