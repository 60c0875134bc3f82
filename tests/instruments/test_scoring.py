"""What markers make of answers: worked cases that a gender expert can read and add to, then any answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jwp.instruments.loader import shelf
from jwp.instruments.rules import (
    NEVER_DECIDE,
    SCORE,
    TRAPS,
    Answer,
    Classes,
    Profile,
    Scored,
    may_decide,
    options,
    questions,
    score,
    traps_in,
    wrong_answers,
)
from jwp.instruments.worksheet import read_answers

pytestmark = pytest.mark.rules

CASES = Path(__file__).parents[1] / "cases" / "instruments"
PLACE = "https://example.org/proposal#p1"


def scored_cases() -> list[Any]:
    books = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*@*.yaml"))]
    return [
        pytest.param(book["instrument"], case, id=f"{book['instrument'].split('@')[0]}: {case['name']}")
        for book in books
        for case in book.get("scored", [])
    ]


def coded(pin: str, case: dict[str, Any]) -> Scored:
    """The case as its coder would type it into a file."""
    instrument = shelf()[pin]
    typed = {"score": case.get("score"), "criteria": case.get("answers")}
    filled = read_answers(
        yaml.safe_dump({key: said for key, said in typed.items() if said is not None}), "", instrument
    )
    answers = filled.answers + [Answer(item, "met", "A passage.", PLACE) for item in case.get("shown", [])]
    if answers:
        assert wrong_answers(instrument, answers, case.get("phase", "")) == []
    return score(instrument, answers, phase=case.get("phase", ""), text=case.get("text", ""))


@pytest.mark.parametrize(("pin", "case"), scored_cases())
def test_the_score_is_what_is_shown(pin: str, case: dict[str, Any]) -> None:
    known = {
        "name",
        "score",
        "shown",
        "answers",
        "text",
        "phase",
        "gives",
        "unproven",
        "warnings",
        "undecided",
        "written",
    }
    assert set(case) <= known
    found = coded(pin, case)
    assert found.score == case["gives"]
    assert {one.item: one.lacks for one in found.lacking} == case.get("unproven", {})
    warned: dict[str, list[str]] = {}
    for one in found.warnings:
        warned.setdefault(one.item, []).append(one.trap)
    assert warned == case.get("warnings", {})
    assert found.undecided == case.get("undecided", False)
    if "written" in case:
        assert found.code == case["written"]


def test_there_are_enough_cases_for_every_class_and_every_code() -> None:
    assert len(scored_cases()) >= 40
    for pin, instrument in shelf().items():
        if isinstance(instrument, Profile) or not options(instrument):
            continue
        given_scores = {case.values[1]["gives"] for case in scored_cases() if case.values[0] == pin}
        if isinstance(instrument, Classes):
            assert {one.code for one in instrument.classes} | {None} == given_scores, pin


@pytest.mark.parametrize("case", yaml.safe_load((CASES / "traps.yaml").read_text()), ids=lambda case: case["passage"])
def test_a_passage_falls_into_its_traps_and_no_other(case: dict[str, Any]) -> None:
    found = list(traps_in(case["passage"]))
    assert [one.trap for one in found] == case["warned"]
    assert all(one.passage in " ".join(case["passage"].split()) for one in found)


def test_every_trap_has_a_source() -> None:
    assert {trap.code for trap in TRAPS} == {"groups", "parity", "policy"}
    assert all(trap.source and trap.address.startswith("https://") for trap in TRAPS)


def test_what_never_decides_never_decides() -> None:
    there = {one.id: one for one in shelf().values()}
    assert set(NEVER_DECIDE) == {"iasc-gender-with-age-marker", "gender-results-effectiveness-scale"} <= set(there)
    assert not any(may_decide(there[id_]) for id_ in NEVER_DECIDE)
    assert {pin for pin, one in shelf().items() if may_decide(one)} == {
        "oecd-gender-marker@2016",
        "event-screening@2026",
        "contract-screening@2026",
    }


def test_the_short_screenings_ask_at_most_five_questions() -> None:
    assert len(questions(shelf()["event-screening@2026"])) <= 5
    assert len(questions(shelf()["contract-screening@2026"])) <= 5


MARKERS = [one for one in shelf().values() if isinstance(one, Classes)]


def any_answers(marker: Classes) -> st.SearchStrategy[list[Answer]]:
    words = st.sampled_from(["", "A passage."])
    one = st.builds(Answer, st.just(""), st.sampled_from(["met", "not-met"]), words, st.sampled_from(["", PLACE]))
    criteria = st.dictionaries(st.sampled_from([c.code for c in marker.criteria]), one)
    declared = st.sampled_from([None, *(c.code for c in marker.classes)])
    return st.builds(
        lambda found, code: [
            *([Answer(SCORE, code)] if code else []),
            *(Answer(item, a.value, a.quote, a.link) for item, a in found.items()),
        ],
        criteria,
        declared,
    )


@pytest.mark.parametrize("marker", MARKERS, ids=lambda one: one.pin)
@given(data=st.data())
def test_adding_proof_never_loses_a_criterion_nor_the_score(marker: Classes, data: st.DataObject) -> None:
    answers = data.draw(any_answers(marker))
    before = score(marker, answers)
    item = data.draw(st.sampled_from([c.code for c in marker.criteria]))
    proven = [one for one in answers if one.item != item] + [Answer(item, "met", "A passage.", PLACE)]
    after = score(marker, proven)
    assert set(before.met) <= set(after.met)
    assert set(after.unproven) <= set(before.unproven)
    if before.stands:
        assert after.score == before.score
    if before.score is not None:
        assert after.score is not None


@pytest.mark.parametrize("marker", MARKERS, ids=lambda one: one.pin)
@given(data=st.data())
def test_blank_is_never_a_class_and_a_class_has_its_own_needs(marker: Classes, data: st.DataObject) -> None:
    answers = data.draw(any_answers(marker))
    found = score(marker, answers)
    if found.declared is None or not found.met:
        assert found.score is None
        assert found.code == ""
    if found.score is not None:
        needs = {one.code: one.needs for one in marker.classes}[found.score]
        assert set(needs) <= set(found.met)
    assert (found.declared is not None and not found.unproven) == found.stands


@pytest.mark.parametrize("marker", MARKERS, ids=lambda one: one.pin)
@given(data=st.data())
def test_no_function_orders_classes(marker: Classes, data: st.DataObject) -> None:
    """Classes listed in any other order give the same score: nothing reads the place of a class."""
    shuffled = replace(marker, classes=tuple(data.draw(st.permutations(marker.classes))))
    answers = data.draw(any_answers(marker))
    assert score(shuffled, answers) == score(marker, answers)
    first, other = marker.classes[0], marker.classes[-1]
    with pytest.raises(TypeError):
        assert first < other  # type: ignore[operator]
