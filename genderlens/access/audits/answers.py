"""The answers of an audit: read from a sheet, without anything that would lead back to a person."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean, median
from typing import Any

import pyarrow as pa

from genderlens.access.audits.columns import codes, find_columns, is_private, is_story, language_of, plain, sexes
from genderlens.access.audits.form import PARAMETERS
from genderlens.access.audits.scores import SMALLEST
from genderlens.access.audits.sheet import Sheet, read_sheet
from genderlens.findings import Finding, Level, Refused
from genderlens.words import say

SQUARE = 100  # metres: as exact as it is ever said where somebody stood
FAR = 3.0  # degrees from the middle of all answers: another city, or coordinates swapped
METRES_A_DEGREE = 111_195.0

ANSWERS = pa.schema([
    ("segment", pa.string()),  # the code of a street section, or the middle of a square
    ("lon", pa.float64()),  # of the segment, never of the person
    ("lat", pa.float64()),
    ("light", pa.string()),  # day, dusk, dark, "" where not said
    ("hour", pa.int8()),
    ("round", pa.int16()),
    ("sex", pa.string()),  # f, m, x
    ("age", pa.string()),
    *((name, pa.int8()) for name in PARAMETERS),  # 0 to 3; null where not rated
])  # fmt: skip
ROWS = pa.schema([("row", pa.int64()), ("taken", pa.bool_()), ("what", pa.string())])


@dataclass(frozen=True)
class Answers:
    table: pa.Table  # ANSWERS
    rows: pa.Table  # ROWS: what was wrong with which row of the file
    findings: tuple[Finding, ...]
    language: str


def read_answers(path: Path, *, language: str | None = None, square: int = SQUARE) -> Answers:
    """The answers in a sheet of Kobo, ODK or one made by hand; see `sheet.read_sheet` for the kinds of file.

    Only what an audit asks is read. Columns that may hold names, telephones or accounts of what happened to somebody
    are left out unread, with a finding.

    Args:
        path: the file.
        language: of the findings; without it, the one in which the form was filled in, or English.
        square: metres of the squares to which places without a code are moved.

    Raises:
        Refused: no sheet of an audit, or not one row that can be taken.
    """
    sheet = read_sheet(path)
    found = find_columns(sheet.columns)
    said = (row[found["language"]] for _, row in sheet.rows) if "language" in found else ()
    everything = chain(said, *(row for _, row in sheet.rows[:200]))
    spoken = language or language_of(sheet.columns, everything) or "en"
    return _Reading(path.name, sheet, found, spoken, square).answers()


class _Left(Exception):
    """A row that cannot be taken; says which sentence says why."""


class _Reading:
    def __init__(self, file: str, sheet: Sheet, found: dict[str, int], language: str, square: int) -> None:
        self.file, self.sheet, self.found, self.language, self.square = file, sheet, found, language, square
        self.wrong: list[tuple[int, bool, str]] = []
        self.sent: set[str] = set()
        self.sexes = sexes(row[found["sex"]] for _, row in sheet.rows) if "sex" in found else {}

    def answers(self) -> Answers:
        if not any(name in self.found for name in PARAMETERS):
            raise Refused(self.finding("stop", "no_ratings"))
        if "segment" not in self.found and "point" not in self.found and not {"lat", "lon"} <= self.found.keys():
            raise Refused(self.finding("stop", "no_place"))
        taken = []
        for number, row in self.sheet.rows:
            try:
                taken.append(self.row(number, row))
            except _Left as left:
                self.refuse(number, str(left))
        taken = self.placed(taken)
        if not taken:
            why = self.reasons()
            raise Refused(self.finding("stop", "none_taken", why=why))
        columns = {name: [one[name] for one in taken] for name in ANSWERS.names}
        rows = [list(column) for column in zip(*sorted(self.wrong), strict=True)] or [[], [], []]
        return Answers(
            pa.table(columns, schema=ANSWERS),
            pa.table(dict(zip(ROWS.names, rows, strict=True)), schema=ROWS),
            tuple(self.findings()),
            self.language,
        )

    def row(self, number: int, row: tuple[str, ...]) -> dict[str, Any]:
        """One answer, with what was wrong with it noted."""
        cell = {role: row[place] for role, place in self.found.items()}
        if "consent" in cell and codes("consent").get(plain(cell["consent"])) != "yes":
            raise _Left("row_no_consent")
        if (uuid := cell.get("uuid")) and uuid in self.sent:
            raise _Left("row_twice")
        one: dict[str, Any] = {name: self.rating(number, name, cell.get(name, "")) for name in PARAMETERS}
        if all(value is None for value in one.values()):
            raise _Left("row_no_rating")
        self.sent.add(uuid or "")
        one["sex"] = self.sexes.get(plain(cell.get("sex", "")), "x")
        if one["sex"] == "x" and cell.get("sex") and plain(cell["sex"]) not in codes("sex"):
            self.note(number, "row_unknown_sex")
        one["light"] = codes("light").get(plain(cell.get("light", "")), "")
        if "light" in cell and not one["light"]:
            self.note(number, "row_unknown_light")
        one["age"] = codes("age").get(plain(cell.get("age", "")), "")
        one["round"] = _whole(cell.get("round", ""), 1, 99) or 1
        one["hour"] = _whole(cell.get("hour", ""), 0, 23)
        one["segment"], one["number"] = cell.get("segment", "").strip(), number
        try:
            one["lat"], one["lon"] = _point(cell)
        except ValueError:
            raise _Left("row_bad_place") from None
        if not one["segment"] and one["lat"] is None:
            raise _Left("row_no_place")
        return one

    def rating(self, number: int, name: str, text: str) -> int | None:
        if not text:
            return None
        if (code := codes(name).get(plain(text))) is None:
            self.note(number, "row_bad_rating")
            return None
        return int(code)

    def placed(self, taken: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Everybody moved to a street section or a square, so that nobody's own steps can be followed."""
        points = [one for one in taken if one["lat"] is not None]
        if not points:
            return taken
        middle = median(one["lat"] for one in points), median(one["lon"] for one in points)
        near = []
        for one in taken:
            if one["lat"] is not None and max(abs(one["lat"] - middle[0]), abs(one["lon"] - middle[1])) > FAR:
                self.refuse(one["number"], "row_far")
            else:
                near.append(one)
        sections: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for one in near:
            if one["segment"] and one["lat"] is not None:
                sections[one["segment"]].append((one["lat"], one["lon"]))
        for one in near:
            if one["segment"]:
                one["lat"], one["lon"] = self.middle(sections[one["segment"]])
            else:
                one["lat"], one["lon"] = square_of(one["lat"], one["lon"], self.square)
                one["segment"] = f"{one['lat']:.4f}, {one['lon']:.4f}"
        return near

    def middle(self, points: list[tuple[float, float]]) -> tuple[float | None, float | None]:
        """Of a street section: to some ten metres where many stood there; where few did, that of their square."""
        if not points:
            return None, None
        lat, lon = (fmean(axis) for axis in zip(*points, strict=True))
        return (round(lat, 4), round(lon, 4)) if len(points) >= SMALLEST else square_of(lat, lon, self.square)

    def findings(self) -> Iterator[Finding]:
        columns = self.sheet.columns
        for name in PARAMETERS:
            if name not in self.found:
                yield self.finding("warning", "missing", f"{self.file}, {name}")
        for role in ("sex", "light", "consent"):
            if role not in self.found:
                yield self.finding("warning", f"no_{role}")
        other, read = 0, set(self.found.values())
        for place, column in enumerate(columns):
            cells = [row[place] for _, row in self.sheet.rows]
            if place in read or not any(cells):
                continue
            story, private = is_story(column, cells), is_private(column)
            if story or private:
                yield self.finding("warning", "story" if story else "private", f"{self.file}, {column}")
            other += not (story or private)
        if other:
            yield self.finding("note", "left_out", count=other)
        if self.wrong:
            level: Level = "warning" if any(not taken for _, taken, _ in self.wrong) else "note"
            count = len({number for number, _, _ in self.wrong})
            yield self.finding(level, "rows", count=count, rows=len(self.sheet.rows), why=self.reasons())

    def reasons(self) -> str:
        return "; ".join(
            f"{what} ({count})" for what, count in Counter(what for _, _, what in self.wrong).most_common()
        )

    def refuse(self, number: int, why: str) -> None:
        self.wrong.append((number, False, say(self.language, f"audit.{why}")))

    def note(self, number: int, why: str) -> None:
        self.wrong.append((number, True, say(self.language, f"audit.{why}")))

    def finding(self, level: Level, code: str, where: str = "", **fields: object) -> Finding:
        said = say(self.language, f"audit.{code}", **fields)
        try:
            mend = say(self.language, f"audit.{code}_mend")
        except KeyError:
            mend = ""
        return Finding(level, code.replace("_", "-"), where or self.file, said, mend)


def square_of(lat: float, lon: float, metres: int = SQUARE) -> tuple[float, float]:
    """Latitude and longitude of the middle of the square that a point lies in."""
    height = metres / METRES_A_DEGREE
    middle = (math.floor(lat / height) + 0.5) * height
    width = height / max(math.cos(math.radians(middle)), 0.01)
    return middle, (math.floor(lon / width) + 0.5) * width


def _whole(text: str, low: int, high: int) -> int | None:
    return int(text) if text.isdecimal() and low <= int(text) <= high else None


def _point(cell: dict[str, str]) -> tuple[float | None, float | None]:
    """Latitude and longitude; ODK writes a point as "latitude longitude altitude accuracy"."""
    parts = [cell.get("lat", ""), cell.get("lon", "")]
    if not all(parts):
        parts = cell.get("point", "").replace(",", " ").split()[:2]
    if len(parts) < 2:
        return None, None
    lat, lon = (float(part) for part in parts)
    # Nought by nought is what a device says that does not know where it is.
    if not (abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        raise ValueError
    return lat, lon
