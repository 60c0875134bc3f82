"""What people answered, once it may be seen: a spread per element, never a total."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from jwp.instruments.models import Answer as AnswerRow
from jwp.instruments.rules import Answer, Option, Profile, Spread, say, spreads
from jwp.reviews.actions.answers import agreed_sheet, instrument_of, sheets, smallest_group
from jwp.reviews.models import Engagement
from jwp.reviews.rules import at_least, may_show

# The colours that the instrument's source taught, toned so that they differ in lightness too, and a ramp for
# instruments that name none; each with the colour of the figures on it.
FILLS = {"blue": ("#1d4f80", "#ffffff"), "green": ("#8fbf9f", "#20242b"), "red": ("#f2cdbd", "#20242b")}
RAMP = (("#1d4f80", "#ffffff"), ("#5d88ad", "#ffffff"), ("#9cbcd2", "#20242b"), ("#d5e2ea", "#20242b"))


@dataclass(frozen=True)
class Rating:
    """One step of the scale, as drawn and written."""

    code: str
    word: str
    fill: str
    ink: str


@dataclass(frozen=True)
class Part:
    """One rating's share of a bar, in percent."""

    rating: Rating
    count: int
    start: float
    width: float

    @property
    def middle(self) -> float:
        return self.start + self.width / 2


@dataclass(frozen=True)
class Line:
    """One element: its spread, empty where too few rated it, and what the group agreed."""

    code: str
    name: str
    n: int | None
    parts: tuple[Part, ...]
    agreed: Rating | None
    why: str


@dataclass(frozen=True)
class Results:
    """`answers` counts them once the spread may be seen; until then it counts whole groups only."""

    seen: bool
    answers: int
    smallest_group: int
    scale: tuple[Rating, ...]
    spheres: tuple[tuple[str, tuple[Line, ...]], ...]
    agreed_on: date | None


def results(engagement: Engagement, today: date, language: str) -> Results | None:
    """None where there is no instrument that people rate together."""
    instrument = instrument_of(engagement)
    if not isinstance(instrument, Profile):
        return None
    least = smallest_group(engagement)
    answered = sheets(engagement).count()
    seen = may_show(engagement.link_standing(today), answered, least)
    found: dict[str, Spread] = {}
    if seen:
        strict = replace(instrument, smallest_group=least)
        found = {spread.item: spread for spread in spreads(strict, _given(engagement), anonymous=True)}
    scale = tuple(_rating(option, place, language) for place, option in enumerate(instrument.scale))
    sheet = agreed_sheet(engagement)
    settled = {row.item: row for row in sheet.answers.all()} if sheet else {}

    def line(code: str, name: str) -> Line:
        spread, row = found.get(code), settled.get(code)
        agreed = next((rating for rating in scale if row and rating.code == row.value), None)
        parts = _parts(scale, spread) if spread else ()
        return Line(code, name, spread.n if spread else None, parts, agreed, row.quote if row else "")

    return Results(
        seen=seen,
        answers=answered if seen else at_least(answered, least),
        smallest_group=least,
        scale=scale,
        spheres=tuple(
            (
                say(group.name, language),
                tuple(line(item.code, say(item.name, language)) for item in group.items),
            )
            for group in instrument.groups
        ),
        agreed_on=sheet.answered_on if sheet else None,
    )


def _given(engagement: Engagement) -> list[list[Answer]]:
    rows = AnswerRow.objects.filter(sheet__in=sheets(engagement)).order_by("sheet_id")
    by_sheet = groupby(rows, lambda row: row.sheet_id)
    return [[Answer(row.item, row.value) for row in each] for _sheet, each in by_sheet]


def _rating(option: Option, place: int, language: str) -> Rating:
    fill, ink = FILLS.get(option.colour) or RAMP[place % len(RAMP)]
    return Rating(option.code, say(option.name, language), fill, ink)


def _parts(scale: Sequence[Rating], spread: Spread) -> tuple[Part, ...]:
    """One part per rating, also where nobody gave it, so that a table made of them has every column."""
    parts, start = [], 0.0
    for rating in scale:
        count = spread.counts[rating.code]
        width = 100 * count / spread.n
        parts.append(Part(rating, count, start, width))
        start += width
    return tuple(parts)


def as_csv(engagement: Engagement, found: Results, *, fictional: bool) -> str:
    """The table of the results page; where the page shows nothing, the cell is empty."""
    text = io.StringIO()
    rows = csv.writer(text)
    words = [rating.word for rating in found.scale]
    rows.writerow(["engagement", "instrument", "sphere", "element", *words, "n", "agreed", "fictional example"])
    for sphere, lines in found.spheres:
        for line in lines:
            what = (engagement.ref, engagement.instrument, sphere, line.name)
            counts = tuple(part.count for part in line.parts) or ("",) * len(words)
            agreed = line.agreed.word if line.agreed else ""
            rows.writerow((*what, *counts, line.n or "", agreed, "yes" if fictional else "no"))
    return text.getvalue()
