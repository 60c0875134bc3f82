"""Countries shaded by how many: grants, products, members."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.chart.grammar import FAINT, INK, Spec, figure, frame, layer, named, number

# To stand beneath every map.
DISCLAIMER = gettext_lazy(
    "The boundaries and names on this map imply no endorsement and no opinion on the legal status of any territory."
)

SHADES = ("#b9cbd6", "#7f9fb3", "#45708a", "#173b52")  # told apart in greyscale too
ZERO, PLAIN = "#ffffff", "#ece8de"  # counted, and none; not counted
STEPS = [n * 10**power for power in range(7) for n in (1, 2, 5)]
WIDTH, HEIGHT = 640, 310
GEOMETRY = Path(__file__).with_name("world.json")  # docs/dependencies.md says where from


class Shade(NamedTuple):
    word: str
    colour: str
    low: int
    high: int


def world(
    counts: Mapping[str, int], *, title: str, unit: str = "", names: Mapping[str, str] | None = None, plain: str = ""
) -> Spec:
    """Each country (ISO 3166-1 alpha-2) in the shade of its number; a country without a number stays plain.

    A state too small for this map is a dot. `names` are what the description calls the countries, `plain` what the
    key says of those without a number.

    >>> world({"SN": 3, "CV": 1, "QQ": 2}, title="Grants")["description"]
    'Grants: SN 3, QQ 2, CV 1. Not on this map: QQ.'
    """
    classes = shades(counts.values())
    words = {code: next(s.word for s in classes if s.low <= n <= s.high) for code, n in counts.items()}
    blank = plain or _("no figure")
    colours = {shade.word: shade.colour for shade in classes} | {blank: PLAIN}
    dots = [
        {"word": words[code], "longitude": longitude, "latitude": latitude}
        for code, (longitude, latitude) in _geometry()["points"].items()
        if code in words
    ]
    key = [{"word": word, "place": 12 + 105 * i} for i, word in enumerate(colours)]
    x, y = number("place") | {"scale": None, "axis": None}, {"value": HEIGHT + 18}
    colour = named("word", colours, colours)
    outlined: Spec = {"opacity": 1, "stroke": INK, "strokeWidth": 0.8}
    land = layer(
        "land", {"type": "geoshape", "stroke": FAINT, "strokeWidth": 0.5}, color=colour | {"field": "properties.word"}
    )
    layers = [
        land | {"data": {"values": _land(words, blank), "format": {"type": "topojson", "feature": "land"}}},
        layer(
            "dots",
            {"type": "circle", "size": 60, **outlined},
            longitude=number("longitude"),
            latitude=number("latitude"),
            color=colour,
        ),
        layer("key", {"type": "square", "size": 260, **outlined}, x=x, y=y, color=colour),
        layer("key", {"type": "text", "dx": 16, "fontSize": 17}, x=x, y=y, text={"field": "word"}),
    ]
    return frame(
        title,
        _told(counts, f"{title}, {unit}" if unit else title, names or {}),
        layers,
        {"dots": dots, "key": key},
        width=WIDTH,
        height=HEIGHT,
        projection={"type": "equalEarth"},
        resolve={"scale": {"color": "independent"}},
    )


def shades(numbers: Iterable[int]) -> list[Shade]:
    """At most four classes with round edges, and one for zero where there is one.

    >>> [shade.word for shade in shades([0, 1, 3, 7])]
    ['0', '1', '2–4', '5–7']
    >>> [shade.word for shade in shades([1, 60])]
    ['1–4', '5–19', '20–60']
    """
    found = set(numbers)
    if any(n < 0 for n in found):
        raise ValueError("a number of items is not negative")
    zero = [Shade("0", ZERO, 0, 0)] if 0 in found else []
    top = max(found, default=0)
    edges = [step for step in STEPS if step <= top]
    while len(edges) > len(SHADES):
        edges = edges[::2]
    spans = pairwise([*edges, top + 1])
    return zero + [
        Shade(figure(low) if low == after - 1 else f"{figure(low)}–{figure(after - 1)}", colour, low, after - 1)
        for (low, after), colour in zip(spans, SHADES, strict=False)
    ]


def off_map(codes: Iterable[str]) -> list[str]:
    """Those that this map has neither as an area nor as a dot: say them beside it."""
    return sorted(set(codes) - _areas().keys() - _geometry()["points"].keys())


def _land(words: Mapping[str, str], blank: str) -> Spec:
    """One shape for all countries of a shade, which halves the drawing."""
    rings: dict[str, list[Any]] = {}
    for code, arcs in _areas().items():
        rings.setdefault(words.get(code, blank), []).extend(arcs)
    shapes = [{"type": "MultiPolygon", "properties": {"word": w}, "arcs": arcs} for w, arcs in rings.items()]
    geometry = _geometry()
    return {
        "type": "Topology",
        "transform": geometry["transform"],
        "arcs": geometry["arcs"],
        "objects": {"land": {"type": "GeometryCollection", "geometries": shapes}},
    }


def _told(counts: Mapping[str, int], title: str, names: Mapping[str, str]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    said = ", ".join(f"{names.get(code, code)} {figure(n)}" for code, n in ordered)
    text = f"{title}: {said}." if said else f"{title}: {_('no country')}."
    if missing := off_map(counts):
        text += " " + _("Not on this map: %(names)s.") % {"names": ", ".join(names.get(c, c) for c in missing)}
    return text


@cache
def _geometry() -> Spec:
    """A topology with an object `countries`, and `points`: longitude and latitude of what is too small for it."""
    found: Spec = json.loads(GEOMETRY.read_text())
    return found


@cache
def _areas() -> dict[str, list[Any]]:
    """The polygons of each country, as lists of rings."""
    return {
        country["id"]: country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for country in _geometry()["objects"]["countries"]["geometries"]
    }
