"""The map: what has no number stays plain, small states show, and shades can be told apart in print."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import altair
import pytest
from django.utils import translation

from jwp.core import chart
from jwp.core.chart.world import PLAIN, SHADES, ZERO, shades
from tests.core.test_chart import contrast

COUNTS = {"BR": 60, "IN": 22, "ZA": 7, "SN": 3, "MV": 2, "UA": 5, "PH": 0, "QQ": 1}
MAPS = [
    chart.world(COUNTS, title="Grants", unit="signed", names={"BR": "Brazil", "QQ": "Nowhere"}, plain="no grant"),
    chart.world({"FJ": 1}, title="One"),
    chart.world({}, title="Nothing yet"),
]


def land(spec: chart.Spec) -> dict[str, chart.Spec]:
    """The shapes drawn, by the word of the key they belong to."""
    geometries = spec["layer"][0]["data"]["values"]["objects"]["land"]["geometries"]
    return {shape["properties"]["word"]: shape for shape in geometries}


@pytest.mark.parametrize("spec", MAPS)
def test_every_map_is_a_specification_altair_accepts_and_draws_small(spec: chart.Spec) -> None:
    assert altair.Chart.from_dict(spec).to_dict()["projection"] == {"type": "equalEarth"}
    drawn = chart.svg(spec)
    assert ElementTree.fromstring(drawn).get("role") == "img"
    assert len(drawn) < 90_000
    assert "style=" not in drawn and "<style" not in drawn and "<script" not in drawn
    assert "http" not in drawn.replace("http://www.w3.org/", "")  # nothing is fetched


def test_a_country_without_a_number_is_plain_and_zero_is_a_number() -> None:
    spec = MAPS[0]
    assert set(land(spec)) == {"no grant", "0", "1–4", "5–19", "20–60"}
    fills = spec["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(fills["domain"], fills["range"], strict=True)) == {
        "0": ZERO, "1–4": SHADES[0], "5–19": SHADES[1], "20–60": SHADES[2], "no grant": PLAIN,
    }  # fmt: skip
    assert len(land(MAPS[2])) == 1


def test_no_country_is_lost_on_the_way_into_a_shade() -> None:
    def rings(spec: chart.Spec) -> int:
        return sum(len(shape["arcs"]) for shape in land(spec).values())

    assert rings(MAPS[0]) == rings(MAPS[1]) == rings(MAPS[2]) > 250


def test_a_small_state_is_a_dot_and_an_unknown_code_is_said() -> None:
    (maldives,) = MAPS[0]["datasets"]["dots"]
    assert maldives["word"] == "1–4"
    assert abs(maldives["longitude"] - 73) < 1 and abs(maldives["latitude"] - 3) < 4
    assert chart.off_map(COUNTS) == ["QQ"]
    assert MAPS[0]["description"] == (
        "Grants, signed: Brazil 60, IN 22, ZA 7, UA 5, SN 3, MV 2, Nowhere 1, PH 0. Not on this map: Nowhere."
    )


def test_small_island_states_show() -> None:
    small = [
        "TV",
        "NR",
        "MH",
        "KI",
        "TO",
        "WS",
        "FM",
        "PW",
        "MV",
        "SC",
        "MU",
        "KM",
        "CV",
        "ST",
        "AG",
        "BB",
        "DM",
        "GD",
        "KN",
        "LC",
        "VC",
        "BH",
        "MT",
        "SG",
        "FJ",
        "VU",
        "TT",
        "BS",
        "JM",
        "SB",
    ]
    spec = chart.world(dict.fromkeys(small, 1), title="Small island states")
    assert len(spec["datasets"]["dots"]) == len(small)


def test_every_country_of_the_code_list_has_its_place() -> None:
    assert chart.off_map(["SN", "CI", "NO", "FR", "GF", "RE", "PS", "EH", "SS", "TL", "XK", "GB", "UY"]) == []


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([], []),
        ([0], ["0"]),
        ([1], ["1"]),
        ([1, 2], ["1", "2"]),
        ([4], ["1", "2–4"]),
        ([9], ["1", "2–4", "5–9"]),
        ([10], ["1", "2–4", "5–9", "10"]),
        ([20], ["1–4", "5–19", "20"]),
        ([239], ["1–4", "5–19", "20–99", "100–239"]),
    ],
)
def test_classes_have_round_edges_and_are_few(numbers: list[int], words: list[str]) -> None:
    assert [shade.word for shade in shades(numbers)] == words


def test_every_number_falls_into_one_shade() -> None:
    for top in (1, 7, 19, 50, 999, 12_345):
        found = shades([top])
        assert found[0].low == 1 and found[-1].high == top
        assert all(a.high + 1 == b.low for a, b in pairwise(found))
        assert len(found) <= len(SHADES)


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        shades([-1])


def test_shades_differ_in_greyscale() -> None:
    ladder = [ZERO, PLAIN, *SHADES]
    assert all(contrast(one, other) >= 1.2 for one, other in pairwise(ladder))
    assert all(contrast(one, other) >= 1.6 for one, other in pairwise(SHADES))


def test_the_map_carries_its_disclaimer_in_the_readers_language_and_numbers_too() -> None:
    assert "no endorsement" in str(chart.DISCLAIMER)
    with translation.override("fr"):
        assert any("1\xa0234" in s.word or "1\u202f234" in s.word for s in shades([1234]))
