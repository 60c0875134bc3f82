"""Women and men, gaps, the day: what the drawings hold."""

from typing import Any

import altair
import pytest

from genderlens.report import plots
from genderlens.report.plots import Line, Mark, gaps, through_the_day, women_and_men

pytestmark = pytest.mark.rules

MARKS = [
    Mark("Bus", "f", 61.2, 59.1, 63.3),
    Mark("Bus", "m", 38.4, 36.0, 40.9),
    Mark("Taxi", "f", 12.0),
    Mark("Taxi", "m", None, note="too few"),
]


@pytest.fixture
def specs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was drawn; no need to draw it."""
    kept: list[dict[str, Any]] = []

    def draw(spec: dict[str, Any]) -> str:
        kept.append(spec)
        return "<svg></svg>"

    monkeypatch.setattr(plots, "draw", draw)
    return kept


def test_altair_reads_every_chart(specs: list[dict[str, Any]]) -> None:
    women_and_men(MARKS, title="Fear", unit="%")
    gaps([Mark("Bus", "", 22.8, 19.9, 25.7)], title="Gap")
    through_the_day([Line("Chain", [(21600, 0.1), (25200, None)])], title="Day", language="fr")
    for spec in specs:
        assert altair.Chart.from_dict(spec, validate=True)


def test_a_chart_is_told_with_its_intervals_and_with_what_is_missing() -> None:
    told = women_and_men(MARKS, title="Fear", unit="%", language="es").description
    assert told == "Bus: mujeres 61,2\u00a0% (59,1 a 63,3), hombres 38,4\u00a0% (36 a 40,9). " \
        "Taxi: mujeres 12\u00a0%, hombres too few."  # fmt: skip


def test_a_missing_figure_has_no_mark(specs: list[dict[str, Any]]) -> None:
    women_and_men(MARKS, title="Fear")
    lane = specs[0]["datasets"]["lanes"][-1]
    assert (lane["at"], lane["text"]) == (None, "too few")


def test_a_gap_stands_about_the_line_of_no_difference(specs: list[dict[str, Any]]) -> None:
    gaps([Mark("Bus", "", 1.3, 1.1, 1.5)], title="Ratio", none=1.0)
    low, high = specs[0]["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low + high == pytest.approx(2.0)


def test_an_hour_without_an_answer_is_told_as_such() -> None:
    assert through_the_day([Line("Chain", [(0, None)])], title="Day").description == "Chain: no figure."


def test_a_third_group_keeps_its_own_mark() -> None:
    picture = women_and_men([Mark("Bus", sex, 1.0) for sex in "fmx"], title="Fear")
    assert all(plots.COLOURS[sex] in picture.svg for sex in "fmx")
