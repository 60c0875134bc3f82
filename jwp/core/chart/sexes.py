"""Women and men side by side."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from django.utils.translation import gettext as _

from jwp.core.chart.grammar import (
    INK,
    MUTED,
    TEXTS,
    WIDTH,
    Number,
    Spec,
    dots,
    figure,
    frame,
    layer,
    named,
    number,
)


def sex_split(rows: Iterable[tuple[str, Number | None, Number | None]], *, title: str, unit: str = "") -> Spec:
    """Women and men for each item (label, women, men): two marks and the distance between them."""
    items = [(_short(label), women, men) for label, women, men in rows]
    values: list[Spec] = [
        {"item": label, "series": name, "at": float(value), "text": figure(value), "side": 1}
        for label, women, men in items
        for name, value in (("women", women), ("men", men))
        if value is not None
    ]
    bars = [{"item": w["item"], "from": w["at"], "to": m["at"]} for w, m in _pairs(values)]
    blanks = [{"item": label, "note": _("no figure")} for label, women, men in items if women is None and men is None]
    key = [
        {"series": "women", "word": _("Women"), "place": 24},
        {"series": "men", "word": _("Men"), "place": 114},
    ]
    low, top = min([0.0, *(v["at"] for v in values)]), max([0.0, *(v["at"] for v in values)]) or 1.0
    _part(values, least=(top - low) * 0.08)

    both = ("women", "men")
    names = {"labelLimit": 152, "labelColor": INK, "minExtent": 160, "maxExtent": 160}
    y = {"field": "item", "type": "nominal", "sort": None, "axis": names}
    span: Spec = {"scale": {"domain": [low - (top - low) * 0.1, top + (top - low) * 0.15]}, "axis": None}
    place = {**number("place"), "scale": None, "axis": None}
    layers = [
        layer(
            "bars",
            {"type": "rule", "strokeWidth": 3, "color": "#cfc8b8"},
            x=number("from") | span,
            x2={"field": "to"},
            y=y,
        ),
        dots("values", {"type": "point", "size": 110}, "series", both, x=number("at") | span, y=y),
        *(
            layer(
                "values",
                {"type": "text", "align": align, "dx": 11 * side},
                x=number("at") | span,
                y=y,
                text={"field": "text"},
            )
            | {"transform": [{"filter": f"datum.side === {side}"}]}
            for side, align in ((-1, "right"), (1, "left"))
        ),
        layer("blanks", {"type": "text", "color": MUTED}, x={"value": 17}, y=y, text={"field": "note"}),
        dots("key", {"type": "point", "y": -14}, "series", both, x=place),
        layer(
            "key",
            {"type": "text", "dx": 11, "fontWeight": 700, "y": -14},
            x=place,
            text={"field": "word"},
            color=named("series", both, TEXTS),
        ),
    ]
    told = [f"{label}: {_('Women')} {figure(women)}, {_('Men')} {figure(men)}" for label, women, men in items]
    return frame(
        title,
        ". ".join([f"{title}, {unit}" if unit else title, *told]) + ".",
        layers,
        {"values": values, "bars": bars, "blanks": blanks, "key": key},
        width=WIDTH - 172,
        height={"step": 34},
        resolve={"scale": {"color": "independent", "x": "independent"}},
    )


def _short(label: str, most: int = 24) -> str:
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
