"""Charts of women and men: dots with their intervals, gaps about zero, the day by departure.

Each is a Vega-Lite specification, a plain dictionary as Altair reads it, drawn by vl-convert without a browser.
Women are plum and a circle, men ochre and a square, everywhere in the product; they differ in greyscale too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from genderlens.report.document import Picture
from genderlens.words import DECIMAL, THOUSANDS, clock, number, say

Spec = dict[str, Any]

COLOURS = {"f": "#5b2a6e", "m": "#b9770e", "x": "#1f6b4a", "": "#4a5560"}
TEXTS = {**COLOURS, "m": "#875408"}  # ochre must be darker to be read as text
SHAPES = {"f": "circle", "m": "square", "x": "triangle-up", "": "diamond"}
NAMES = {"f": "report.women", "m": "report.men", "x": "report.others", "": "report.everybody"}
DASHES: tuple[list[int], ...] = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])
INK, MUTED, LINE = "#20242b", "#595f69", "#e2dccf"

WIDTH = 330  # narrow enough that its words can be read on a telephone
FIGURE = 70  # of it for the figures on the right
NAME, LANE, AIR = 22, 17, 9  # heights in a row: its name, each mark, the space after


@dataclass(frozen=True)
class Mark:
    """One figure with its interval. `value` None: there is none, and `note` says why."""

    label: str
    sex: str  # f, m, x, "" (everybody or a gap)
    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One value for each departure (seconds after midnight); None is a gap in the line, never a zero."""

    name: str
    points: Sequence[tuple[float, float | None]]
    sex: str = ""


def women_and_men(
    marks: Iterable[Mark], *, title: str, unit: str = "", language: str = "en", note: str = ""
) -> Picture:
    """Women and men for each label, in the order given, with intervals where there are any."""
    order = ("f", "m", "x", "")
    given = [mark for _, group in groupby(marks, key=lambda mark: mark.label)
             for mark in sorted(group, key=lambda mark: order.index(mark.sex))]  # fmt: skip
    sexes = [sex for sex in order if any(mark.sex == sex for mark in given)]
    key = [(sex, say(language, NAMES[sex])) for sex in sexes]
    spec = _rows(given, title=title, unit=unit, language=language, key=key)
    return Picture(title, spec["description"], draw(spec), note)


def gaps(
    marks: Iterable[Mark], *, title: str, unit: str = "", language: str = "en", none: float = 0.0, note: str = ""
) -> Picture:
    """Women minus men (or, with `none=1`, women for each man) about the line of no difference."""
    spec = _rows(list(marks), title=title, unit=unit, language=language, key=[], none=none)
    return Picture(title, spec["description"], draw(spec), note)


def through_the_day(
    lines: Iterable[Line], *, title: str, unit: str = "", language: str = "en", note: str = ""
) -> Picture:
    """How a value changes with the departure. The axis starts at zero."""
    given = list(lines)
    values: list[Spec] = [
        {"line": line.name, "at": at / 3600, "value": value} for line in given for at, value in line.points
    ]  # fmt: skip
    heights = [row["value"] for row in values if row["value"] is not None]
    names = [line.name for line in given]
    hours = [row["at"] for row in values]
    first, last = (min(hours), max(hours)) if hours else (0.0, 24.0)
    every = next(step for step in (1, 2, 3, 4, 6, 12, 24) if (last - first) / step <= 6 or step == 24)
    steps = [hour for hour in range(int(first), int(last) + 2) if hour % every == 0]
    x = {
        "field": "at", "type": "quantitative", "scale": {"domain": [first, max(last, first + 1)], "nice": False},
        "axis": {"values": steps, "labelExpr": "format(datum.value, '02d') + ':00'", "grid": False},
    }  # fmt: skip
    y = {
        "field": "value", "type": "quantitative",
        "scale": {"domain": [min([0.0, *heights]), max([0.0, *heights]) or 1.0], "nice": True},
        "axis": {"tickCount": 5, "format": ",.3~f"},
    }  # fmt: skip
    colour = {
        "field": "line", "type": "nominal", "legend": None,
        "scale": {"domain": names, "range": [COLOURS[line.sex] for line in given]},
    }  # fmt: skip
    dash = {**colour, "scale": {"domain": names, "range": [DASHES[i % len(DASHES)] for i in range(len(names))]}}
    key = [{"line": name, "row": row, "left": 0, "right": 30} for row, name in enumerate(names)]
    row = {"field": "row", "type": "quantitative", "scale": {"domain": [-0.5, len(names) - 0.5], "reverse": True}}
    left = {"field": "left", "type": "quantitative", "scale": {"domain": [0, WIDTH]}, "axis": None}
    legend = {
        "data": {"values": key},
        "width": WIDTH - 40,
        "height": 20 * len(names),
        "encoding": {"y": {**row, "axis": None}},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2.5},
             "encoding": {"x": left, "x2": {"field": "right"}, "color": colour, "strokeDash": dash}},
            {"mark": {"type": "text", "align": "left", "dx": 38}, "encoding": {"x": left, "text": {"field": "line"}}},
        ],
    }  # fmt: skip
    drawn = {
        "data": {"values": values},
        "width": WIDTH - 40,
        "height": 190,
        "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
        "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
    }
    told = "; ".join(_told_line(line, unit, language) for line in given)
    spec = {**_frame(title, f"{told}.", language), "vconcat": [legend, drawn], "spacing": 8}
    return Picture(title, spec["description"], draw(spec), note)


def draw(spec: Spec) -> str:
    """The drawing as SVG; the same in, the same out."""
    import vl_convert

    _fonts()
    drawn: str = vl_convert.vegalite_to_svg(spec)
    return drawn


def _rows(
    marks: list[Mark],
    *,
    title: str,
    unit: str,
    language: str,
    key: list[tuple[str, str]],
    none: float | None = None,
) -> Spec:
    """Rows of marks below one another: the name above, the marks in lanes, the figures at the right."""
    lanes: list[Spec] = []
    names: list[Spec] = []
    top = 0.0 if not key else 30.0
    for label, group in groupby(marks, key=lambda mark: mark.label):
        names.append({"y": top + NAME / 2, "text": label})
        top += NAME
        for mark in group:
            lanes.append({**_lane(mark, unit, language), "y": top + LANE / 2})
            top += LANE
        top += AIR
    known = [row[end] for row in lanes for end in ("at", "low", "high") if row[end] is not None]
    low, high = _span(known, none, near=any(row["low"] is not None for row in lanes))
    x = {
        "type": "quantitative", "scale": {"domain": [low, high], "nice": False, "range": [8, WIDTH - FIGURE - 12]},
        "axis": {"orient": "bottom", "tickCount": 4, "format": ",.3~f", "labelOverlap": True},
    }  # fmt: skip
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [0, max(top, 1)], "reverse": True}, "axis": None}
    sexes = list(COLOURS)
    colour = {"field": "sex", "type": "nominal", "legend": None,
              "scale": {"domain": sexes, "range": [COLOURS[sex] for sex in sexes]}}  # fmt: skip
    text = {**colour, "scale": {"domain": sexes, "range": [TEXTS[sex] for sex in sexes]}}
    shape = {**colour, "scale": {"domain": sexes, "range": [SHAPES[sex] for sex in sexes]}}
    layers: list[Spec] = []
    if none is not None:
        layers.append({"data": {"values": [{"at": none}]}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.2},
                       "encoding": {"x": {**x, "field": "at"}}})  # fmt: skip
    layers += [
        {"data": {"name": "lanes"}, "mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}},
        {"data": {"name": "lanes"}, "mark": {"type": "point", "filled": True, "opacity": 1, "size": 85,
                                             "stroke": "#fff", "strokeWidth": 1},
         "encoding": {"x": {**x, "field": "at"}, "y": y, "color": colour, "shape": shape}},
        {"data": {"name": "lanes"}, "mark": {"type": "text", "align": "right"},
         "encoding": {"x": {"value": WIDTH}, "y": y, "text": {"field": "text"}, "color": text}},
        {"data": {"name": "names"}, "mark": {"type": "text", "align": "left", "limit": WIDTH},
         "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "text"}}},
    ]  # fmt: skip
    at = 0
    for sex, word in key:
        one = {"data": {"values": [{"y": 9, "sex": sex, "text": word}]}}
        layers += [
            {**one, "mark": {"type": "point", "filled": True, "opacity": 1, "size": 85},
             "encoding": {"x": {"value": at + 6}, "y": y, "color": colour, "shape": shape}},
            {**one, "mark": {"type": "text", "align": "left", "fontWeight": 600},
             "encoding": {"x": {"value": at + 17}, "y": y, "text": {"field": "text"}, "color": text}},
        ]  # fmt: skip
        at += 40 + round(7.6 * len(word))
    told = _told(marks, unit, language)
    return {
        **_frame(title, told, language),
        "width": WIDTH,
        "height": top,
        "datasets": {"lanes": lanes, "names": names},
        "layer": layers,
        "resolve": {"scale": {"color": "independent"}},
    }


def _lane(mark: Mark, unit: str, language: str) -> Spec:
    note = mark.note or say(language, "report.no_figure")
    text = note if mark.value is None else _figure(mark.value, unit, language)
    return {"sex": mark.sex, "at": mark.value, "low": mark.low, "high": mark.high, "text": text}


def _figure(value: float, unit: str, language: str) -> str:
    space = "" if unit == "%" and language == "en" else "\u00a0"
    return number(language, value) + (f"{space}{unit}" if unit and len(unit) <= 6 else "")


def _span(values: list[float], none: float | None, *, near: bool) -> tuple[float, float]:
    """What the axis shows: about `none`, if that is given; else from zero, unless intervals far from it are `near`."""
    if none is not None:
        reach = max((abs(value - none) for value in values), default=1.0) * 1.05 or 1.0
        return none - reach, none + reach
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.06 or 1.0
    if low >= 0 and (low <= 0.6 * high or not near):
        return 0.0, high + room
    return (low - room, high + room) if low > 0 else (low - room, max(0.0, high) + room)


def _told(marks: list[Mark], unit: str, language: str) -> str:
    """Every figure in words: the picture for whoever does not see it."""

    def one(mark: Mark) -> str:
        who = f"{say(language, NAMES[mark.sex]).lower()} " if mark.sex else ""
        if mark.value is None:
            return who + (mark.note or say(language, "report.no_figure"))
        said = who + _figure(mark.value, unit, language)
        if mark.low is None or mark.high is None:
            return said
        ends = {"low": number(language, mark.low), "high": number(language, mark.high)}
        return f"{said} ({say(language, 'report.interval', **ends)})"

    rows = [f"{label}: {', '.join(map(one, group))}" for label, group in groupby(marks, key=lambda mark: mark.label)]
    return ". ".join(rows) + "."


def _told_line(line: Line, unit: str, language: str) -> str:
    known = [(value, at) for at, value in line.points if value is not None]
    if not known:
        return f"{line.name}: {say(language, 'report.no_figure')}"
    (low, early), (high, late) = min(known), max(known)
    ends = {
        "low": f"{_figure(low, unit, language)} ({clock(early)})",
        "high": f"{_figure(high, unit, language)} ({clock(late)})",
    }
    return f"{line.name}: {say(language, 'report.interval', **ends)}"


def _frame(title: str, description: str, language: str) -> Spec:
    marks = {"decimal": DECIMAL[language], "thousands": THOUSANDS[language], "grouping": [3], "currency": ["", ""]}
    axis = {"title": None, "domain": False, "ticks": False, "gridColor": LINE, "labelColor": MUTED,
            "labelFontSize": 12, "labelPadding": 6}  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "usermeta": {"title": title},
        "description": description,
        "padding": 4,
        "config": {
            "aria": False,
            "background": "#ffffff00",
            "font": "Public Sans, sans-serif",
            "view": {"stroke": None},
            "axis": axis,
            "text": {"color": INK, "fontSize": 13, "baseline": "middle"},
            "locale": {"number": marks},
        },
    }


@cache
def _fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(Path(__file__).parent / "fonts"))
