"""Maps as vector drawings: zones, streets or points shaded by a value, no tiles from elsewhere, north up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from genderlens.report.document import Picture
from genderlens.words import number, say

Shape = Any  # a shapely geometry, in degrees

WIDTH, TALLEST = 360, 360
METRES = 111_320.0  # in a degree of latitude
# Light to dark, told apart in greyscale. Neither colour of women or men: a shade here is a place, not a sex.
SHADES = ("#e3eee9", "#b5d3c8", "#7fb2a5", "#448a80", "#0f5257")
INK, MUTED, EDGE, KEPT_BACK = "#20242b", "#595f69", "#8a8373", "#cfcabf"
FONT = 'font-family="Public Sans, sans-serif"'
HATCH = (
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse">'
    f'<rect width="5" height="5" fill="#fff"/><path d="M-1 6L6 -1" stroke="{EDGE}" stroke-width="0.8"/></pattern>'
)


@dataclass(frozen=True)
class Class:
    """Values from `low` up to `high`, the last one with its end."""

    low: float
    high: float
    colour: str


def shaded(
    shapes: Mapping[str, Shape],
    values: Mapping[str, float | None],
    *,
    title: str,
    unit: str = "",
    language: str = "en",
    sizes: Mapping[str, float] | None = None,
    kept_back: Iterable[str] = (),
    beneath: Iterable[Shape] = (),
    note: str = "",
) -> Picture:
    """Each shape (degrees; polygons, lines or points) in the shade of its value.

    A shape without a value is hatched, one in `kept_back` grey: neither is ever the lightest shade. `sizes` makes the
    area of a point proportional (persons, say). `beneath` are thin lines drawn first, such as main streets, where there
    are shapes. The drawing stays under 200 kB.
    """
    hidden = set(kept_back)
    known = {key: value for key in shapes if key not in hidden and (value := values.get(key)) is not None}
    known = {key: value for key, value in known.items() if math.isfinite(value)}
    classes = classed(known.values())
    frame = shapely.box(*_bounds(shapes.values()))
    lines = [line for line in beneath if line.intersects(frame)]
    project, height = _projection(shapes.values())
    step = 0.35
    while True:
        drawn = _streets(lines, project, step)
        for key in sorted(shapes, key=lambda key: -(sizes or {}).get(key, 0.0)):
            colour = KEPT_BACK if key in hidden else _colour(known.get(key), classes)
            drawn += _shape(project(shapes[key]), colour, step, _radius(key, sizes, len(shapes)))
        if len(drawn) < 180_000 or step > 3:
            break
        step *= 1.6  # coarser until it is small enough to be sent over a telephone
    counts = [sum(_of(value, classes) == i for value in known.values()) for i in range(len(classes))]
    blank = len(shapes) - len(known) - len(hidden & shapes.keys())
    legend = [(c.colour, _class_words(c, unit, language), n) for c, n in zip(classes, counts, strict=True)]
    legend += [("url(#hatch)", say(language, "report.no_answer"), blank)] if blank else []
    legend += [(KEPT_BACK, say(language, "report.suppressed"), len(hidden & shapes.keys()))] if hidden else []
    bar, foot = _scale_bar(height, _scale(shapes.values()), language), height + 34
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{foot + 22 * len(legend):.0f}" '
        f'viewBox="0 0 {WIDTH} {foot + 22 * len(legend):.0f}"><defs>{HATCH}</defs>{drawn}{bar}'
        f"{_legend(legend, foot)}</svg>"
    )
    told = ". ".join(f"{words}: {number(language, count, 0)}" for _, words, count in legend)
    return Picture(title, f"{told}.", svg, note)


def classed(values: Iterable[float], most: int = 5) -> list[Class]:
    """At most `most` classes of equal width with round edges.

    >>> [(c.low, c.high) for c in classed([3, 12, 41])]
    [(0.0, 10.0), (10.0, 20.0), (20.0, 30.0), (30.0, 40.0), (40.0, 50.0)]
    """
    given = [float(value) for value in values]
    if not given:
        return []
    low, high = min(given), max(given)
    step = _round_step((high - low) / most or abs(high) or 1.0)
    while (count := _steps(low, high, step)) > most:
        step = _round_step(step * 1.01)
    first = math.floor(low / step + 1e-9)
    shades = SHADES if count > 2 else SHADES[1::2]
    chosen = [shades[round(i * (len(shades) - 1) / max(count - 1, 1))] for i in range(count)]
    return [Class((first + i) * step, (first + i + 1) * step, colour) for i, colour in enumerate(chosen)]


def _steps(low: float, high: float, step: float) -> int:
    """How many classes of a width hold both; a value on the last edge is in the last class."""
    return max(1, math.ceil(high / step - 1e-9) - math.floor(low / step + 1e-9))


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, … that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= least * (1 - 1e-9))


def _of(value: float, classes: Sequence[Class]) -> int:
    return next((i for i, c in enumerate(classes) if value < c.high), len(classes) - 1)


def _colour(value: float | None, classes: Sequence[Class]) -> str:
    return "url(#hatch)" if value is None else classes[_of(value, classes)].colour


def _class_words(one: Class, unit: str, language: str) -> str:
    digits = max(0, -math.floor(math.log10(one.high - one.low) + 1e-9))
    ends = {"low": number(language, one.low, digits), "high": number(language, one.high, digits)}
    space = "" if unit == "%" and language == "en" else "\u00a0"
    return say(language, "report.interval", **ends) + (f"{space}{unit}" if unit else "")


def _projection(shapes: Iterable[Shape]) -> tuple[Callable[[Shape], Shape], float]:
    """Degrees to pixels: a city is small enough for one scale along the parallel and one along the meridian."""
    west, south, _, north = _bounds(shapes)
    wide = math.cos(math.radians((south + north) / 2))
    scale = METRES / _scale(shapes)

    def pixels(points: Any) -> Any:
        return np.column_stack(((points[:, 0] - west) * wide * scale + 8, (north - points[:, 1]) * scale + 8))

    return lambda shape: shapely.transform(shape, pixels), (north - south) * scale + 16


def _bounds(shapes: Iterable[Shape]) -> tuple[float, float, float, float]:
    west, south, east, north = (float(end) for end in shapely.total_bounds(list(shapes)))
    if not math.isfinite(west):
        raise ValueError("a map needs at least one shape")
    return west, south, east, north


def _scale(shapes: Iterable[Shape]) -> float:
    """Metres in a pixel."""
    west, south, east, north = _bounds(shapes)
    wide = (east - west) * math.cos(math.radians((south + north) / 2)) * METRES
    return max(wide / (WIDTH - 16), (north - south) * METRES / TALLEST, 0.5)


def _streets(lines: Sequence[Shape], project: Callable[[Shape], Shape], step: float) -> str:
    """One thin path for all; what is shorter than a pixel is not seen and not drawn."""
    seen: set[tuple[int, ...]] = set()
    pieces: list[str] = []
    for line in lines:
        points = np.rint(shapely.get_coordinates(project(line).simplify(step * 2))).astype(int)
        for (ax, ay), (bx, by) in pairwise(points.tolist()):
            ends = (ax, ay, bx, by) if (ax, ay) <= (bx, by) else (bx, by, ax, ay)
            if ends not in seen and (ax, ay) != (bx, by):
                seen.add(ends)
                pieces.append(f"M{ax} {ay}l{bx - ax} {by - ay}")
    return f'<path d="{"".join(pieces)}" fill="none" stroke="#d5cfc3" stroke-width="0.6"/>' if pieces else ""


def _shape(shape: Shape, colour: str, step: float, radius: float) -> str:
    if shape.geom_type in ("Point", "MultiPoint"):
        return "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" stroke="{EDGE}" stroke-width="0.4"/>'
            for x, y in shapely.get_coordinates(shape)
        )
    shape = shape.simplify(step, preserve_topology=False)
    if "Line" in shape.geom_type:
        line = "".join(_path(part.coords) for part in getattr(shape, "geoms", [shape]) if not part.is_empty)
        hatched = ' stroke-dasharray="3 3"' if colour.startswith("url") else ""
        stroke = EDGE if hatched else colour
        return f'<path d="{line}" fill="none" stroke="{stroke}" stroke-width="3.5" stroke-linecap="round"{hatched}/>'
    rings = [
        ring
        for part in getattr(shape, "geoms", [shape])
        if not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]
    outline = "".join(_path(ring.coords[:-1]) + "Z" for ring in rings)
    return f'<path d="{outline}" fill="{colour}" stroke="#fff" stroke-width="0.5"/>' if outline else ""


def _path(points: Iterable[Sequence[float]]) -> str:
    return "M" + "L".join(f"{point[0]:.1f} {point[1]:.1f}" for point in points)


def _radius(key: str, sizes: Mapping[str, float] | None, count: int) -> float:
    usual = min(5.0, max(1.6, 90 / math.sqrt(count + 1)))
    if sizes is None:
        return usual
    largest = max(sizes.values(), default=1.0) or 1.0
    return max(0.8, 2 * usual * math.sqrt(max(sizes.get(key, 0.0), 0.0) / largest))


def _scale_bar(height: float, metres: float, language: str) -> str:
    """A round length, at most a quarter of the map."""
    most = metres * WIDTH / 4
    power = 10.0 ** math.floor(math.log10(most))
    length = max(power * step for step in (1, 2, 5) if power * step <= most)
    words = f"{number(language, length / 1000)}\u00a0km" if length >= 1000 else f"{number(language, length, 0)}\u00a0m"
    y, wide = height + 10, length / metres
    return (
        f'<path d="M8 {y - 4:.0f}v4h{wide:.1f}v-4" fill="none" stroke="{INK}" stroke-width="1.2"/>'
        f'<text x="{wide + 15:.1f}" y="{y + 3:.0f}" {FONT} font-size="13" fill="{MUTED}">{words}</text>'
    )


def _legend(rows: Sequence[tuple[str, str, int]], top: float) -> str:
    """A square, the class in words, and how many shapes are in it."""
    return "".join(
        f'<rect x="8" y="{top + 22 * i:.0f}" width="20" height="14" fill="{colour}" stroke="{EDGE}" '
        f'stroke-width="0.6"/><text x="37" y="{top + 22 * i + 12:.0f}" {FONT} font-size="14" fill="{INK}">'
        f'{escape(words)}<tspan dx="5" fill="{MUTED}">({count})</tspan></text>'
        for i, (colour, words, count) in enumerate(rows)
    )
