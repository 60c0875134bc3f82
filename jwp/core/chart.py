"""One chart grammar: plain rows in, one Vega-Lite specification out, drawn alike on the web, in PDF and in Word.

A specification is a plain dictionary in the form Altair writes and reads (`altair.Chart.from_dict` takes it; a test
does so). It is written by hand because a page with twenty charts must not wait for Altair to validate each of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import vl_convert
from django.core.cache import cache
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

Spec = dict[str, Any]
Number = int | float | Decimal

# The same as the CSS variables in static/css/app.css and light.css; tests/core/test_chart.py compares them.
COLOURS = {
    "women": "#5b2a6e",
    "men": "#b9770e",
    "total": "#4a5560",
    "accepted": "#1f6b4a",
    "reported": "#2f6690",
    "late": "#a3450f",
    "silent": "#20242b",
    "waiting": "#646a73",
}
SHAPES = {"women": "circle", "men": "square", "total": "diamond"}
INK, MUTED, LINE = "#20242b", "#595f69", "#e2dccf"
WIDTH = 440  # so narrow that the words can still be read on a telephone

FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts"
vl_convert.register_font_directory(str(FONTS))

CONFIG: Spec = {
    "aria": False,  # the picture has one title and one description; its table holds the numbers
    "background": None,
    "font": "Public Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "labelFontSize": 13, "labelPadding": 8, "title": None,
        "domain": False, "ticks": False, "gridColor": LINE,
    },
    "text": {"color": INK, "fontSize": 13},
    "scale": {"barBandPaddingInner": 0.35},
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """What one round says: None is a round without that figure, which is a gap and never a zero."""

    round: str
    women: Number | None = None
    men: Number | None = None
    total: Number | None = None
    note: str = ""  # why there is no figure, in a word: "not reported"


def target_over_rounds(
    points: Sequence[Point],
    *,
    title: str,
    target: Number | None = None,
    unit: str = "",
    baseline: Number | None = None,
) -> Spec:
    """Women, men and total round by round, against the promised value.

    >>> spec = target_over_rounds([Point("M6", women=3, men=2)], title="Members trained", target=10)
    >>> [row["value"] for row in spec["datasets"]["values"]]
    [3.0, 2.0]
    """
    series = [
        name
        for name in ("women", "men", "total")
        if any(getattr(point, name) is not None for point in points)
    ]
    names = {"women": _("Women"), "men": _("Men"), "total": _("Total")}
    rows = [
        {"round": point.round, "series": name, "value": _float(getattr(point, name))}
        for name in series
        for point in points
    ]
    gaps = [
        {"round": point.round, "note": point.note or _("no figure")}
        for point in points
        if all(getattr(point, name) is None for name in ("women", "men", "total"))
    ]
    marks = [float(value) for value in (target, baseline) if value is not None]
    values = [row["value"] for row in rows if row["value"] is not None] + marks
    top = max(values, default=1) or 1
    low = min([0.0, *values])
    ends = {
        name: next(row for row in reversed(rows) if row["series"] == name and row["value"] is not None)
        for name in series
    }
    labels = [
        {"name": name, "at": ends[name]["value"], "text": f"{names[name]} {_figure(ends[name]['value'])}"}
        for name in series
    ]
    rules = [
        {"at": float(value), "name": kind, "text": f"{word} {_figure(value)}"}
        for kind, word, value in (("target", _("Target"), target), ("baseline", _("Start"), baseline))
        if value is not None
    ]
    _spread([*labels, *rules], gap=(top - low) * 0.1)
    x = {"field": "round", "type": "ordinal", "sort": None, "axis": {"labelAngle": 0, "grid": False}}
    y = {
        "field": "value", "type": "quantitative", "scale": {"domain": [low, top * 1.06]},
        "axis": {"tickCount": 4, "format": "~s" if top >= 10_000 else ""},
    }  # fmt: skip
    colour = {"field": "series", "type": "nominal", "legend": None, "scale": _scale(series, COLOURS)}
    shape = {"field": "series", "type": "nominal", "legend": None, "scale": _scale(series, SHAPES)}
    dash = {"field": "series", "type": "nominal", "legend": None, "scale": _scale(series, DASHES)}
    edge = {"value": WIDTH - 150}
    layers: list[Spec] = [
        {
            "data": {"name": "rules"},
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": INK, "strokeDash": [5, 4]},
            "encoding": {"y": {"field": "at", "type": "quantitative"}},
        },
        {
            "data": {"name": "rules"},
            "mark": {"type": "text", "align": "left", "dx": 12, "fontWeight": 400, "baseline": "middle"},
            "encoding": {"y": {"field": "label", "type": "quantitative"}, "x": edge, "text": {"field": "text"}},
        },
        {
            "data": {"name": "gaps"},
            "mark": {"type": "text", "angle": 270, "align": "left", "baseline": "middle", "color": MUTED, "dx": 6, "fontSize": 12},
            "encoding": {"x": x, "y": {"datum": low}, "text": {"field": "note"}},
        },
        {
            "data": {"name": "values"},
            "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
            "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash},
        },
        {
            "data": {"name": "values"},
            "mark": {"type": "point", "filled": True, "size": 75, "opacity": 1, "stroke": "white", "strokeWidth": 1},
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
        },
        {
            "data": {"name": "labels"},
            "mark": {"type": "text", "align": "left", "dx": 12, "fontWeight": 700, "baseline": "middle"},
            "encoding": {
                "y": {"field": "label", "type": "quantitative"}, "x": edge, "text": {"field": "text"},
                "color": {"field": "name", "type": "nominal", "legend": None, "scale": _scale(series, COLOURS)},
            },
        },
    ]  # fmt: skip
    last = "; ".join(label["text"] for label in labels) or _("no figure yet")
    told = [f"{title}{', ' + unit if unit else ''}.", f"{points[-1].round if points else ''}: {last}."]
    told += [f"{rule['text']}." for rule in rules]
    told += [f"{gap['round']}: {gap['note']}." for gap in gaps]
    return _spec(
        title, " ".join(told), width=WIDTH - 150, height=190, layer=layers,
        datasets={"values": rows, "gaps": gaps, "labels": labels, "rules": rules},
    )  # fmt: skip


def status_strip(counts: Mapping[str, int], *, title: str) -> Spec:
    """How many are accepted, reported, late, not reported (key `silent`), waiting: one bar, its parts named beneath."""
    words = {
        "accepted": pgettext("status", "accepted"), "reported": pgettext("status", "reported"),
        "late": pgettext("status", "late"), "silent": pgettext("status", "not reported"),
        "waiting": pgettext("status", "waiting"),
    }  # fmt: skip
    if unknown := counts.keys() - words.keys():
        raise ValueError(f"unknown status {sorted(unknown)}; known are {list(words)}")
    shown = [name for name in words if counts.get(name)]
    total = sum(counts.values()) or 1
    rows: list[Spec] = []
    start = 0.0
    for name in shown:
        part = counts[name] / total
        rows.append(
            {
                "name": name,
                "start": start,
                "end": start + part,
                "middle": start + part / 2,
                "n": _figure(counts[name]),
            }
        )
        start += part
    legend = [
        {
            "name": name,
            "word": f"{words[name]} {_figure(counts[name])}",
            "column": i % 3 / 3,
            "line": 40 + 26 * (i // 3),
        }
        for i, name in enumerate(shown)
    ]
    x = {"field": "start", "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None}
    fill = {"field": "name", "type": "nominal", "legend": None, "scale": _scale(shown, FILLS)}
    legend_x = {"field": "column", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    legend_y = {"field": "line", "type": "quantitative", "scale": None, "axis": None}
    layers: list[Spec] = [
        {
            "data": {"name": "values"},
            "mark": {"type": "bar", "stroke": INK, "strokeWidth": 1, "cornerRadius": 2, "y": 0, "height": 24},
            "encoding": {"x": x, "x2": {"field": "end"}, "color": fill},
        },
        {
            "data": {"name": "values"},
            "mark": {"type": "text", "fontWeight": 700, "baseline": "middle", "y": 12.5},
            "encoding": {
                "x": {"field": "middle", "type": "quantitative"}, "text": {"field": "n"},
                "color": {"field": "name", "type": "nominal", "legend": None, "scale": _scale(shown, ON_FILLS)},
            },
        },
        {
            "data": {"name": "legend"},
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 110, "stroke": INK, "strokeWidth": 1, "xOffset": 7},
            "encoding": {
                "x": legend_x, "y": legend_y, "color": fill,
                "shape": {"field": "name", "type": "nominal", "legend": None, "scale": _scale(shown, STATUS_SHAPES)},
            },
        },
        {
            "data": {"name": "legend"},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "xOffset": 20},
            "encoding": {"x": legend_x, "y": legend_y, "text": {"field": "word"}},
        },
    ]  # fmt: skip
    told = ", ".join(row["word"] for row in legend) or _("nothing yet")
    return _spec(
        title, f"{title}: {told}.", width=WIDTH - 4, height=56 + 26 * (max(len(shown) - 1, 0) // 3), layer=layers,
        datasets={"values": rows, "legend": legend},
    )  # fmt: skip


def sex_split(
    rows: Iterable[tuple[str, Number | None, Number | None]], *, title: str, unit: str = ""
) -> Spec:
    """Women and men side by side for each item (label, women, men): two marks and the distance between them."""
    items = [(_short(label), women, men) for label, women, men in rows]
    ends = [
        {
            "item": label, "series": name, "value": float(value), "text": _figure(value),
            "side": -1 if other is not None and value < other else 1,
        }
        for label, women, men in items
        for name, value, other in (("women", women, men), ("men", men, women))
        if value is not None
    ]  # fmt: skip
    for end, twin in zip(ends, ends[1:], strict=False):  # equal figures: men to the left, women to the right
        if end["item"] == twin["item"] and end["value"] == twin["value"]:
            twin["side"] = -1
    bars = [
        {"item": label, "from": float(women), "to": float(men)}
        for label, women, men in items
        if women is not None and men is not None
    ]
    blanks = [
        {"item": label, "note": _("no figure")}
        for label, women, men in items
        if women is None and men is None
    ]
    names = ("women", "men")
    top = max((end["value"] for end in ends), default=1.0) or 1.0
    y = {
        "field": "item",
        "type": "nominal",
        "sort": None,
        "axis": {"labelLimit": 170, "labelColor": INK, "minExtent": 20},
    }
    x = {
        "field": "value", "type": "quantitative", "scale": {"domain": [min([0.0, *(end["value"] for end in ends)]) - top * 0.08, top * 1.12]},
        "axis": None,
    }  # fmt: skip
    colour = {"field": "series", "type": "nominal", "legend": None, "scale": _scale(names, COLOURS)}
    shape = {"field": "series", "type": "nominal", "legend": None, "scale": _scale(names, SHAPES)}
    texts: list[Spec] = [
        {
            "data": {"name": "values"},
            "transform": [{"filter": f"datum.side === {side}"}],
            "mark": {"type": "text", "align": align, "dx": 11 * side, "baseline": "middle"},
            "encoding": {"x": x, "y": y, "text": {"field": "text"}},
        }
        for side, align in ((-1, "right"), (1, "left"))
    ]
    layers: list[Spec] = [
        {
            "data": {"name": "bars"},
            "mark": {"type": "rule", "strokeWidth": 3, "color": "#cfc8b8"},
            "encoding": {"x": {"field": "from", "type": "quantitative"}, "x2": {"field": "to"}, "y": y},
        },
        {
            "data": {"name": "values"},
            "mark": {
                "type": "point",
                "filled": True,
                "size": 110,
                "opacity": 1,
                "stroke": "white",
                "strokeWidth": 1,
            },
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
        },
        *texts,
        {
            "data": {"name": "blanks"},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "color": MUTED, "fontSize": 12},
            "encoding": {"x": {"datum": 0}, "y": y, "text": {"field": "note"}},
        },
        *_key({"women": _("Women"), "men": _("Men")}),
    ]
    told = "; ".join(
        f"{label}: {_('Women')} {_figure(women)}, {_('Men')} {_figure(men)}" for label, women, men in items
    )
    return _spec(
        title, f"{title}{', ' + unit if unit else ''}. {told}.", width=WIDTH - 190, height={"step": 34}, layer=layers,
        datasets={
            "values": ends, "bars": bars, "blanks": blanks,
            "key": [{"series": "women", "word": _("Women"), "at": 8}, {"series": "men", "word": _("Men"), "at": 108}],
        },
    )  # fmt: skip


def svg(spec: Spec) -> SafeString:
    """The drawing, with its title and description for those who do not see it. The same in, the same out."""
    drawn = vl_convert.vegalite_to_svg(spec)
    name = "chart-" + digest(spec)[:8]
    opening, rest = drawn.split(">", 1)
    words = f'<title id="{name}-t">{escape(spec["title_text"])}</title>' if False else ""
    return mark_safe(opening + words + ">" + rest)
