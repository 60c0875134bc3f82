"""Charts: what is missing stays missing, colours are one fact, and everybody can tell women from men."""

import itertools
import re
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import altair
import pytest
from django.utils import translation

from jwp.core import chart
from jwp.core.chart.grammar import FILLS, TEXTS

STATIC = Path(chart.__file__).parents[2] / "static"
POINTS = [
    chart.Point("M6", women=120, men=80, total=200),
    chart.Point("M12", note="not reported"),
    chart.Point("M18", women=0, men=10, total=10),
]


def all_specs() -> list[chart.Spec]:
    return [
        chart.target_over_rounds(POINTS, title="Members trained", target=800, baseline=40, unit="people"),
        chart.target_over_rounds([chart.Point("M6")], title="Nothing yet"),
        chart.target_over_rounds([], title="No rounds yet", target=Decimal("2.5")),
        chart.status_strip({"accepted": 9, "late": 4, "silent": 2}, title="Where the targets stand"),
        chart.status_strip({}, title="Empty"),
        chart.sex_split([("Water committee", 61, 39), ("Dakar", None, None), ("Lusaka", 5, None)], title="Split"),
    ]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("spec", all_specs())
def test_every_chart_is_a_specification_altair_accepts_and_draws(spec: chart.Spec) -> None:
    assert altair.Chart.from_dict(spec).to_dict()["layer"]
    root = ElementTree.fromstring(chart.svg(spec))
    assert root.get("role") == "img"
    title, description = root[0], root[1]
    assert (title.tag.rpartition("}")[2], description.tag.rpartition("}")[2]) == ("title", "desc")
    assert title.text == spec["usermeta"]["title"]
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("spec", all_specs())
def test_no_drawing_needs_what_our_security_policy_refuses(spec: chart.Spec) -> None:
    drawn = chart.svg(spec)
    assert "style=" not in drawn and "<style" not in drawn and "<script" not in drawn
    assert len(drawn) < 20_000


def test_the_same_rows_give_the_same_bytes() -> None:
    first, second = all_specs()[0], all_specs()[0]
    assert chart.svg(first) == chart.svg(second) == chart.cached_svg(first) == chart.cached_svg(second)
    assert chart.png(first) == chart.png(second)
    assert chart.png(first).startswith(b"\x89PNG")


def test_a_round_without_a_report_is_a_gap_and_a_zero_is_a_zero() -> None:
    spec = chart.target_over_rounds(POINTS, title="Members trained", target=800)
    women = [row["value"] for row in spec["datasets"]["values"] if row["series"] == "women"]
    assert women == [120.0, None, 0.0]
    assert spec["datasets"]["gaps"] == [{"round": "M12", "note": "not reported"}]
    assert "M12: not reported" in spec["description"]
    assert "M18: Women 0, Men 10, Total 10" in spec["description"]


def test_a_series_nobody_reported_is_not_drawn() -> None:
    spec = chart.target_over_rounds([chart.Point("M6", total=3)], title="Posts filled")
    assert {row["series"] for row in spec["datasets"]["values"]} == {"total"}
    assert "Women" not in chart.svg(spec)


def test_labels_never_lie_on_each_other() -> None:
    crowded = [chart.Point("M6", women=100, men=101, total=102)]
    spec = chart.target_over_rounds(crowded, title="Crowded", target=103, baseline=99)
    heights = sorted(row["label"] for row in spec["datasets"]["labels"] + spec["datasets"]["rules"])
    assert all(b - a > 10 for a, b in itertools.pairwise(heights))
    assert heights[-1] <= 103 * 1.06


def test_the_status_bar_counts_what_it_is_given_and_refuses_other_words() -> None:
    spec = chart.status_strip({"accepted": 9, "late": 3, "waiting": 0}, title="Round M18")
    assert [(row["name"], row["start"], row["end"]) for row in spec["datasets"]["values"]] == [
        ("accepted", 0, 0.75),
        ("late", 0.75, 1),
    ]
    assert spec["description"] == "Round M18: accepted 9, late 3."
    with pytest.raises(ValueError, match="unknown status approved"):
        chart.status_strip({"approved": 1}, title="Round M18")


def test_equal_figures_of_women_and_men_do_not_hide_each_other() -> None:
    spec = chart.sex_split([("Lusaka", 30, 30), ("Accra", 10, 60)], title="Committees")
    women, men = (row for row in spec["datasets"]["values"] if row["item"] == "Lusaka")
    assert abs(women["at"] - men["at"]) > 60 * 0.05
    assert women["text"] == men["text"] == "30"
    assert {women["side"], men["side"]} == {-1, 1}


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    with translation.override("fr"):
        spec = chart.target_over_rounds([chart.Point("M6", total=Decimal("1234.5"))], title="Formées")
    assert "1\xa0234,5" in spec["description"] or "1\u202f234,5" in spec["description"]
    assert spec["config"]["locale"]["number"]["decimal"] == ","


def test_a_title_cannot_break_out_of_the_drawing() -> None:
    drawn = chart.svg(chart.status_strip({"late": 1}, title='<script>alert("x")</script>'))
    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn)[0].text == '<script>alert("x")</script>'


@pytest.mark.parametrize("sheet", ["app.css", "light.css"])
def test_the_style_sheets_and_the_charts_agree_on_every_colour(sheet: str) -> None:
    css = (STATIC / "css" / sheet).read_text()
    declared = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))
    shared = chart.COLOURS.keys() & declared.keys()
    assert shared >= chart.COLOURS.keys() - {"total"}
    assert {name: declared[name] for name in shared} == {name: chart.COLOURS[name] for name in shared}


def test_women_and_men_differ_without_colour() -> None:
    women, men = chart.COLOURS["women"], chart.COLOURS["men"]
    assert contrast(women, "#ffffff") >= 3 and contrast(men, "#ffffff") >= 3
    assert contrast(women, men) >= 2.5  # apart in greyscale
    assert abs(luminance(women) - luminance(men)) >= 0.15
    spec = chart.sex_split([("Accra", 10, 60)], title="Committees")
    shapes = [layer["encoding"]["shape"]["scale"]["range"] for layer in spec["layer"] if "shape" in layer["encoding"]]
    assert shapes and all(len(set(shape)) == 2 for shape in shapes)


def test_words_in_colour_can_be_read() -> None:
    assert {name: contrast(colour, "#faf8f4") >= 4.5 for name, colour in TEXTS.items()} == dict.fromkeys(TEXTS, True)
    assert len({round(luminance(f"#{c[1:] * 2}" if len(c) == 4 else c), 2) for c in FILLS.values()}) == len(FILLS)
