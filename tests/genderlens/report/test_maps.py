"""Maps: shades, what has no answer, what is kept back, size."""

import random
import re

import pytest
import shapely

from genderlens.report import maps
from genderlens.report.maps import classed, shaded

pytestmark = pytest.mark.rules

SQUARES = {f"z{i}": shapely.box(-71 + i / 100, -30, -70.991 + i / 100, -29.99) for i in range(4)}
VALUES = {"z0": 0.0, "z1": 12.0, "z2": None, "z3": 3.0}


def fills(svg: str) -> list[str]:
    return re.findall(r'<path d="[^"]*Z" fill="([^"]*)"', svg)


def test_no_answer_and_kept_back_are_not_the_lightest_shade() -> None:
    picture = shaded(SQUARES, VALUES, title="Reach", kept_back=["z3"])
    assert fills(picture.svg)[2:] == ["url(#hatch)", maps.KEPT_BACK]
    assert "no answer: 1. kept back: too few persons: 1." in picture.description


def test_classes_are_told_in_words_of_the_language() -> None:
    assert (
        "0 à 5\u00a0%: 2. 5 à 10\u00a0%: 0. 10 à 15\u00a0%: 1."
        in shaded(SQUARES, VALUES, title="Accès", unit="%", language="fr").description
    )


@pytest.mark.parametrize("values", [[5.0], [0.0], [-3.0, -3.0], [0.001, 0.0042], [1e6, 2.5e6, -4e5]])
def test_every_value_lies_in_its_class(values: list[float]) -> None:
    classes = classed(values)
    assert len(classes) <= 5
    assert all(classes[maps._of(v, classes)].low <= v <= classes[maps._of(v, classes)].high for v in values)


def test_a_hundred_per_cent_is_in_the_last_of_five_classes() -> None:
    assert [(c.low, c.high) for c in classed([18.0, 100.0])] == [(20.0 * i, 20.0 * (i + 1)) for i in range(5)]


def test_nothing_measured_anywhere_is_a_map_all_the_same() -> None:
    picture = shaded(SQUARES, {}, title="Reach")
    assert fills(picture.svg) == ["url(#hatch)"] * 4


def test_a_large_map_stays_small_enough_for_a_telephone() -> None:
    draw = random.Random(4)
    shapes = {
        str(i): shapely.Point(draw.random() / 10, draw.random() / 10).buffer(0.004, quad_segs=40) for i in range(900)
    }
    assert len(shaded(shapes, dict.fromkeys(shapes, 1.0), title="Many").svg) < 200_000


def test_points_are_as_large_as_their_persons_and_lines_are_lines() -> None:
    points = {"a": shapely.Point(0, 0), "b": shapely.Point(0.01, 0.01)}
    radii = re.findall(r' r="([\d.]+)"', shaded(points, {"a": 1.0}, title="Homes", sizes={"a": 400, "b": 100}).svg)
    assert float(radii[0]) == pytest.approx(2 * float(radii[1]), rel=0.02)
    street = {"s": shapely.LineString([(0, 0), (0.01, 0)])}
    assert 'fill="none" stroke="' in shaded(street, {"s": 2.0}, title="Streets").svg
