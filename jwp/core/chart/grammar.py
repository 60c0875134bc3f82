"""What all charts share: colours, shapes, type, and how a layer is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

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
WIDTH = 380  # narrow enough that its words can be read on a telephone

FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"
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


def frame(title: str, description: str, layers: list[Spec], datasets: Spec, **size: Any) -> Spec:
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
        **size,
    }


def layer(data: str, mark: Spec, **encoding: Spec) -> Spec:
    return {"data": {"name": data}, "mark": mark, "encoding": encoding}


def dots(data: str, mark: Spec, field: str, names: Sequence[str], **encoding: Spec) -> Spec:
    """The marks of women, men and total: always the colour and the shape together."""
    colour, shape = named(field, names, COLOURS), named(field, names, SHAPES)
    return layer(data, mark, color=colour, shape=shape, **encoding)


def number(field: str) -> Spec:
    return {"field": field, "type": "quantitative"}


def named(field: str, names: Iterable[str], values: Mapping[str, Any]) -> Spec:
    shown = list(names)
    scale = {"domain": shown, "range": [values[name] for name in shown]}
    return {"field": field, "type": "nominal", "legend": None, "scale": scale}


def figure(value: Number | None) -> str:
    """A number as people write it, with at most two decimals."""
    if value is None:
        return _("no figure")
    short = round(Decimal(str(value)), 2).normalize()
    places = max(0, -int(short.as_tuple().exponent))
    return number_format(short, places, use_l10n=True, force_grouping=True)
