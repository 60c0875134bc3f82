"""One chart grammar: plain rows in, one Vega-Lite specification out, the same on the web, in PDF and in Word.

A specification is a plain dictionary as Altair writes and reads it (`altair.Chart.from_dict`; a test does so).
It is written by hand because a page with twenty charts must not wait for Altair to validate each of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import vl_convert
from django.core.cache import cache
from django.utils.formats import get_format, number_format
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
TEXTS = {**COLOURS, "men": "#875408"}  # ochre must be darker to be read as text
SHAPES = {"women": "circle", "men": "square", "total": "diamond"}
DASHES = {"women": [1, 0], "men": [7, 3], "total": [2, 3]}
# The bar of the status words differs in lightness too, and what nobody reported is empty.
FILLS = {
    "accepted": "#1f6b4a",
    "reported": "#9cc0d8",
    "late": "#d9894a",
    "silent": "#fff",
    "waiting": "#e2dccf",
}
ON_FILLS = {name: "#fff" if name == "accepted" else "#20242b" for name in FILLS}
STATUS_SHAPES = dict(zip(FILLS, ("circle", "square", "triangle-up", "diamond", "cross"), strict=True))
INK, MUTED, LINE, FAINT = "#20242b", "#595f69", "#e2dccf", "#b5ae9f"
WIDTH = 440  # narrow enough that its words can be read on a telephone

FONTS = Path(__file__).resolve().parent.parent / "static" / "vendor" / "fonts"
vl_convert.register_font_directory(str(FONTS))

AXIS: Spec = {
    "title": None,
    "domain": False,
    "ticks": False,
    "gridColor": LINE,
    "labelColor": MUTED,
    "labelFontSize": 13,
    "labelPadding": 8,
}
CONFIG: Spec = {
    "aria": False,  # the picture has one title and one description; the table beneath it holds the numbers
    "background": "#ffffff00",
    "font": "Public Sans, sans-serif",
    "view": {"stroke": None},
    "axis": AXIS,
    "text": {"color": INK, "fontSize": 13, "baseline": "middle", "align": "left"},
    "point": {"filled": True, "opacity": 1, "stroke": "#fff", "strokeWidth": 1, "size": 80},
}


@dataclass(frozen=True)
class Point:
    """What one round says. None means that there is no such figure: a gap in the line, never a zero."""

    round: str
    women: Number | None = None
    men: Number | None = None
    total: Number | None = None
    note: str = ""  # in a word, why the round has no figure: "not reported"

    def figures(self) -> dict[str, Number | None]:
        return {"women": self.women, "men": self.men, "total": self.total}


def target_over_rounds(
    points: Sequence[Point],
    *,
    title: str,
    target: Number | None = None,
    baseline: Number | None = None,
    unit: str = "",
) -> Spec:
    """Women, men and total, round by round, against the promised value.

    >>> spec = target_over_rounds([Point("M6", women=3, men=2), Point("M12")], title="Trained", target=10)
    >>> [row["value"] for row in spec["datasets"]["values"]]
    [3.0, None, 2.0, None]
    """
    words = {
        "women": _("Women"),
        "men": _("Men"),
        "total": _("Total"),
        "target": _("Target"),
        "baseline": _("Start"),
    }
    series = [
        name for name in ("women", "men", "total") if any(p.figures()[name] is not None for p in points)
    ]
    values = [
        {"round": p.round, "series": name, "value": _float(p.figures()[name])}
        for name in series
        for p in points
    ]
    gaps = [
        {"round": p.round, "note": p.note or _("no figure")}
        for p in points
        if all(figure is None for figure in p.figures().values())
    ]
    last = {row["series"]: row["value"] for row in values if row["value"] is not None}
    fixed = {name: float(at) for name, at in (("target", target), ("baseline", baseline)) if at is not None}
    heights = [row["value"] for row in values if row["value"] is not None] + list(fixed.values())
    low, top = min([0.0, *heights]), (max([0.0, *heights]) or 1.0) * 1.06
    labels = [
        {"name": name, "at": at, "text": f"{words[name]} {_figure(at)}"}
        for name, at in {**last, **fixed}.items()
    ]
    _spread(labels, least=(top - low) * 0.11, top=top)
    rules = [label for label in labels if label["name"] in fixed]
    labels = [label for label in labels if label["name"] in last]

    rounds = {"domain": [p.round for p in points]}
    x = {"field": "round", "type": "ordinal", "scale": rounds, "axis": {"labelAngle": 0, "grid": False}}
    steps = {"tickCount": 4, "minExtent": 34, "format": "~s" if top >= 10_000 else ",.2~f"}
    y = {**_number("value"), "scale": {"domain": [low, top]}, "axis": steps}
    right = {"value": WIDTH - 150}
    layers = [
        _layer(
            "rules",
            {"type": "rule", "strokeWidth": 1.5, "strokeDash": [5, 4]},
            y=_number("at"),
            color=_named("name", ("target", "baseline"), {"target": INK, "baseline": FAINT}),
        ),
        _layer("rules", {"type": "text", "dx": 12}, x=right, y=_number("label"), text={"field": "text"}),
        _layer(
            "gaps",
            {"type": "text", "angle": 270, "color": MUTED, "dx": 14, "fontSize": 12},
            x=x,
            y={"datum": low},
            text={"field": "note"},
        ),
        _layer(
            "values",
            {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
            x=x,
            y=y,
            color=_named("series", series, COLOURS),
            strokeDash=_named("series", series, DASHES),
        ),
        _people("values", {"type": "point"}, "series", series, x=x, y=y),
        _people("labels", {"type": "point", "xOffset": 17}, "name", series, x=right, y=_number("label")),
        _layer(
            "labels",
            {"type": "text", "dx": 27, "fontWeight": 700},
            x=right,
            y=_number("label"),
            text={"field": "text"},
            color=_named("name", series, TEXTS),
        ),
    ]
    rows = [
        f"{p.round}: "
        + (
            ", ".join(f"{words[name]} {_figure(at)}" for name, at in p.figures().items() if at is not None)
            or p.note
            or _("no figure")
        )
        for p in points
    ]
    told = [f"{title}, {unit}" if unit else title, *(rule["text"] for rule in rules), *rows]
    return _spec(
        title,
        ". ".join(told) + ".",
        layers,
        {"values": values, "gaps": gaps, "labels": labels, "rules": rules},
        width=WIDTH - 150,
        height=190,
        resolve={"scale": {"color": "independent"}},
    )


def status_strip(counts: Mapping[str, int], *, title: str) -> Spec:
    """How many are accepted, reported, late, not reported (key `silent`), waiting: one bar, its parts named."""
    words = {
        "accepted": pgettext("status", "accepted"),
        "reported": pgettext("status", "reported"),
        "late": pgettext("status", "late"),
        "silent": pgettext("status", "not reported"),
        "waiting": pgettext("status", "waiting"),
    }
    if unknown := counts.keys() - words.keys():
        raise ValueError(f"unknown status {', '.join(sorted(unknown))}; known are {', '.join(words)}")
    shown = [name for name in words if counts.get(name)]
    whole, start = sum(counts.values()), 0
    values: list[Spec] = []
    for i, name in enumerate(shown):
        end = start + counts[name]
        figure = _figure(counts[name])
        values.append(
            {
                "name": name,
                "start": start / whole,
                "end": end / whole,
                "middle": (start + end) / 2 / whole,
                "figure": figure
                if counts[name] / whole > 0.03
                else "",  # a sliver has no room for its number
                "word": f"{words[name]} {figure}",
                "column": 140 * (i % 3) + 7,
                "line": 44 + 26 * (i // 3),
            }
        )
        start = end
    share: Spec = {"scale": {"domain": [0, 1]}, "axis": None}
    here: Spec = {"scale": None, "axis": None}
    layers = [
        _layer(
            "values",
            {"type": "bar", "stroke": INK, "strokeWidth": 1, "height": 25},
            x=_number("start") | share,
            x2={"field": "end"},
            y={"value": 13},
            color=_named("name", shown, FILLS),
        ),
        _layer(
            "values",
            {"type": "text", "fontWeight": 700, "align": "center"},
            x=_number("middle") | share,
            y={"value": 13.5},
            text={"field": "figure"},
            color=_named("name", shown, ON_FILLS),
        ),
        _layer(
            "values",
            {"type": "point", "size": 110, "stroke": INK},
            x=_number("column") | here,
            y=_number("line") | here,
            color=_named("name", shown, FILLS),
            shape=_named("name", shown, STATUS_SHAPES),
        ),
        _layer(
            "values",
            {"type": "text", "dx": 13},
            x=_number("column") | here,
            y=_number("line") | here,
            text={"field": "word"},
        ),
    ]
    told = ", ".join(row["word"] for row in values) or _("nothing yet")
    return _spec(
        title,
        f"{title}: {told}.",
        layers,
        {"values": values},
        width=WIDTH,
        height=30 + 26 * -(-len(shown) // 3),
        resolve={"scale": {"color": "independent", "x": "independent", "y": "independent"}},
    )


def sex_split(
    rows: Iterable[tuple[str, Number | None, Number | None]], *, title: str, unit: str = ""
) -> Spec:
    """Women and men for each item (label, women, men): two marks and the distance between them."""
    items = [(_short(label), women, men) for label, women, men in rows]
    values = [
        {"item": label, "series": name, "at": float(figure), "text": _figure(figure), "side": 1}
        for label, women, men in items
        for name, figure in (("women", women), ("men", men))
        if figure is not None
    ]
    bars = [{"item": w["item"], "from": w["at"], "to": m["at"]} for w, m in _pairs(values)]
    blanks = [
        {"item": label, "note": _("no figure")}
        for label, women, men in items
        if women is None and men is None
    ]
    key = [
        {"series": "women", "word": _("Women"), "place": 24},
        {"series": "men", "word": _("Men"), "place": 124},
    ]
    low, top = min([0.0, *(v["at"] for v in values)]), max([0.0, *(v["at"] for v in values)]) or 1.0
    _part(values, least=(top - low) * 0.07)

    both = ("women", "men")
    names = {"labelLimit": 178, "labelColor": INK, "minExtent": 186, "maxExtent": 186}
    y = {"field": "item", "type": "nominal", "sort": None, "axis": names}
    span: Spec = {"scale": {"domain": [low - (top - low) * 0.1, top + (top - low) * 0.15]}, "axis": None}
    place = {**_number("place"), "scale": None, "axis": None}
    layers = [
        _layer(
            "bars",
            {"type": "rule", "strokeWidth": 3, "color": "#cfc8b8"},
            x=_number("from") | span,
            x2={"field": "to"},
            y=y,
        ),
        _people("values", {"type": "point", "size": 110}, "series", both, x=_number("at") | span, y=y),
        *(
            _layer(
                "values",
                {"type": "text", "align": align, "dx": 11 * side},
                x=_number("at") | span,
                y=y,
                text={"field": "text"},
            )
            | {"transform": [{"filter": f"datum.side === {side}"}]}
            for side, align in ((-1, "right"), (1, "left"))
        ),
        _layer("blanks", {"type": "text", "color": MUTED}, x={"value": 17}, y=y, text={"field": "note"}),
        _people("key", {"type": "point", "y": -14}, "series", both, x=place),
        _layer(
            "key",
            {"type": "text", "dx": 11, "fontWeight": 700, "y": -14},
            x=place,
            text={"field": "word"},
            color=_named("series", both, TEXTS),
        ),
    ]
    told = [
        f"{label}: {_('Women')} {_figure(women)}, {_('Men')} {_figure(men)}" for label, women, men in items
    ]
    return _spec(
        title,
        ". ".join([f"{title}, {unit}" if unit else title, *told]) + ".",
        layers,
        {"values": values, "bars": bars, "blanks": blanks, "key": key},
        width=WIDTH - 200,
        height={"step": 34},
        resolve={"scale": {"color": "independent", "x": "independent"}},
    )


def svg(spec: Spec) -> SafeString:
    """The drawing, with a title and a description for those who do not see it. The same in, the same out."""
    name = f"chart-{_digest(spec)[:10]}"
    title = escape(spec["usermeta"]["title"])
    opening, rest = vl_convert.vegalite_to_svg(spec).split(">", 1)
    words = (
        f' role="img" aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
        f'<desc id="{name}-d">{escape(spec["description"])}</desc>'
    )
    return mark_safe(opening + words + rest)


def png(spec: Spec, scale: float = 2) -> bytes:
    """The same drawing as a picture, for a Word document."""
    return vl_convert.vegalite_to_png(spec, scale=scale)


def cached_svg(spec: Spec) -> SafeString:
    """`svg`, drawn once for each content: a drawing takes some 30 ms, and a page may hold twenty."""
    return mark_safe(cache.get_or_set(f"chart:{_digest(spec)}", lambda: str(svg(spec)), timeout=7 * 86_400))


def _digest(spec: Spec) -> str:
    return hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()


def _spec(title: str, description: str, layers: list[Spec], datasets: Spec, **frame: Any) -> Spec:
    """The common frame. Numbers on an axis are written as the reader's language writes them."""
    marks = {"decimal": get_format("DECIMAL_SEPARATOR"), "thousands": get_format("THOUSAND_SEPARATOR")}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "usermeta": {"title": title},
        "description": description,
        "padding": 4,
        "config": {**CONFIG, "locale": {"number": {**marks, "grouping": [3], "currency": ["", ""]}}},
        "datasets": datasets,
        "layer": layers,
        **frame,
    }


def _layer(data: str, mark: Spec, **encoding: Spec) -> Spec:
    return {"data": {"name": data}, "mark": mark, "encoding": encoding}


def _people(data: str, mark: Spec, field: str, names: Sequence[str], **encoding: Spec) -> Spec:
    """The marks of women, men and total: always the colour and the shape together."""
    colour, shape = _named(field, names, COLOURS), _named(field, names, SHAPES)
    return _layer(data, mark, color=colour, shape=shape, **encoding)


def _number(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}


def _named(field: str, names: Iterable[str], values: Mapping[str, Any]) -> Spec:
    shown = list(names)
    scale = {"domain": shown, "range": [values[name] for name in shown]}
    return {"field": field, "type": "nominal", "legend": None, "scale": scale}


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _figure(value: Number | None) -> str:
    """A number as people write it, with at most two decimals."""
    if value is None:
        return _("no figure")
    short = round(Decimal(str(value)), 2).normalize()
    places = max(0, -int(short.as_tuple().exponent))
    return number_format(short, places, use_l10n=True, force_grouping=True)


def _short(label: str, most: int = 28) -> str:
    return label if len(label) <= most else label[: most - 1].rstrip() + "…"


def _pairs(values: list[Spec]) -> list[tuple[Spec, Spec]]:
    """The women and the men of each item that has both."""
    return [(one, two) for one, two in pairwise(values) if one["item"] == two["item"]]


def _part(values: list[Spec], least: float) -> None:
    """Puts an item's numbers on the outer sides, and its marks so far apart that neither hides the other."""
    for pair in _pairs(values):
        left, right = sorted(pair, key=lambda value: value["at"])
        left["side"] = -1
        if right["at"] - left["at"] < least:
            middle = (left["at"] + right["at"]) / 2
            left["at"], right["at"] = middle - least / 2, middle + least / 2


def _spread(labels: list[Spec], least: float, top: float) -> None:
    """Gives each label a height near its own `at`, so that none lies on another."""
    labels.sort(key=lambda label: label["at"])
    floor = float("-inf")
    for label in labels:
        label["label"] = floor = max(label["at"], floor)
        floor += least
    ceiling = top
    for label in reversed(labels):
        label["label"] = ceiling = min(label["label"], ceiling)
        ceiling -= least
