"""Somebody scores a file of answers at the command line, without a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jwp.cli import main

pytestmark = pytest.mark.rules  # nothing here may touch a database

MARKER = "oecd-gender-marker@2016"
PROVEN = "{met: yes, quote: A passage., link: 'https://example.org/p1'}"


Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    def run(text: str | bytes, pin: str = MARKER, *more: str) -> tuple[int, str]:
        file = tmp_path / "ANSWERS.yaml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        code = main(["marker", "score", pin, str(file), *more])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_no_answers_are_not_screened(typed: Typed) -> None:
    for nothing in ("", "# nothing yet\n", "score:\n", "score: null\ncriteria: {}\n"):
        code, said = typed(nothing)
        assert code == 0 and "score: not screened" in said and "gender-analysis: not answered" in said


def test_a_filled_file_prints_score_criteria_and_warnings(typed: Typed) -> None:
    code, said = typed(
        f"score: 1\ncriteria:\n  gender-analysis: {PROVEN}\n  do-no-harm: {PROVEN}\n"
        "  monitor-and-report: {met: yes}\ntext: For women and children.\n"
    )
    assert code == 0
    assert "declared: 1" in said and "score: 0" in said
    assert "monitor-and-report: no quoted passage and no link" in said
    assert "“women and children”" in said


@pytest.mark.parametrize(
    "text",
    [
        f"score: '0'\ncriteria:\n  gender-analysis: {PROVEN}\n  do-no-harm: {PROVEN}",
        f"score: 0\ngender-analysis: {PROVEN}\ndo-no-harm: {PROVEN}",
        f"score: 0.\ngender_analysis: {PROVEN}\ndo_no_harm: {PROVEN}".replace("0.", "not targeted"),
        "score: 0\ncriteria:\n- {criterion: gender-analysis, met: true, quote: a, link: b}\n"
        "- {criterion: do-no-harm, met: met, passage: a, url: b}",
        f"score: 0\nanswers:\n- gender-analysis: {PROVEN}\n- do-no-harm: {PROVEN}",
        f"score: {{value: 0}}\ngender-analysis: {PROVEN}\ndo-no-harm: {{quote: a, link: b}}",
    ],
)
def test_people_write_the_same_in_many_ways(typed: Typed, text: str) -> None:
    code, said = typed(text)
    assert code == 0 and "score: 0\n" in said and "unproven: none" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("score: 3", "desertification"),
        ("score: [1", "line 1: not YAML"),
        ("score: 1\nscore: 2", "line 2: “score” is given twice"),
        ("score: 1\ncriteria:\n  gender-analysys: {met: yes}", "line 3: oecd-gender-marker@2016 does not ask about"),
        ("score: 1\ngender-analysys: yes", "Did you mean “gender-analysis”"),
        ("score: 1\ngender-analysis: perhaps", "is answered “perhaps”. Write met: yes, or met: no"),
        ("score: 1\ngender-analysis: {met: yes, weight: 3}", "“gender-analysis” has no “weight”"),
        ("score: 1\ngender-analysis: [yes, no]", "is a list"),
        ("- one\n- two", "the file is not a set of answers"),
        ("just words", "the file is not a set of answers"),
        ("instrument: un-gender-equality-marker@2018", "it answers un-gender-equality-marker@2018"),
        ("score: high", "“high” is not one of the answers"),
        ("text: {a: b}", "“text” is not text"),
        (b"\xff\xfe\x00\x01", "is not text"),
        (b"score: \x00", "not text"),
        ("a: &a [*a]", "recursive"),
    ],
)
def test_bad_input_says_what_where_and_how_to_mend_it(typed: Typed, text: str | bytes, says: str) -> None:
    code, said = typed(text)
    assert code == 2 and said.startswith("jwp: ") and says in said


def test_what_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["marker", "score", MARKER, str(tmp_path / "no.yaml")]) == 2
    assert "jwp marker template" in capsys.readouterr().err
    assert main(["marker", "score", MARKER, str(tmp_path)]) == 2
    assert main(["marker", "template", "oecd-gender-marker@1999"]) == 2
    assert "oecd-gender-marker@2016" in capsys.readouterr().err
    assert main(["marker", "template", "web-of-institutionalisation@1996"]) == 2
    assert "spread" in capsys.readouterr().err


@pytest.mark.parametrize(
    "pin",
    [MARKER, "un-gender-equality-marker@2018", "event-screening@2026", "contract-screening@2026",
     "iasc-gender-with-age-marker@2018", "gender-budget-classes@2016", "gender-results-effectiveness-scale@2015"],
)  # fmt: skip
def test_an_empty_template_can_be_scored_and_is_not_screened(
    typed: Typed, capsys: pytest.CaptureFixture[str], pin: str
) -> None:
    assert main(["marker", "template", pin]) == 0
    code, said = typed(capsys.readouterr().out, pin)
    assert code == 0 and "score: not screened" in said


def test_the_list_names_what_a_gate_may_ask_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["marker", "list"]) == 0
    gates = [line.split(":")[0] for line in capsys.readouterr().out.splitlines() if "a gate may ask" in line]
    assert gates == ["contract-screening@2026", "event-screening@2026", MARKER]


def test_a_humanitarian_team_scores_its_codes(typed: Typed) -> None:
    code, said = typed("phase: design\nA: 3\nD: 3\nG: 3\nJ: 1\nsuffix: m\n", "iasc-gender-with-age-marker@2018")
    assert code == 0 and "score: 3(M)" in said
    code, said = typed("A: 4\nD: 4\nG: 3\nJ: 3\n", "iasc-gender-with-age-marker@2018", "--phase", "design")
    assert code == 0 and "score: undecided" in said and "the team decides" in said
    code, said = typed("A: 4\n", "iasc-gender-with-age-marker@2018")
    assert code == 2 and "design, monitoring" in said
