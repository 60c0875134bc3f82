"""Which estimates there are, and how each follows from totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genderlens.findings import Finding, Refused
from genderlens.surveys.scan import Codes, Floats, Scan
from genderlens.surveys.statistics import Gap, Stat, Sums, said
from genderlens.surveys.variance import degrees

Kind = Literal["level", "difference", "ratio"]


@dataclass(frozen=True, slots=True)
class Row:
    """What one estimate is about."""

    stat: Stat
    kind: Kind
    first: int  # number of its cell
    second: int | None  # the cell a gap compares with
    domain: str
    values: Mapping[str, Any]  # category of each by column; in a gap's own column, its two: ("2", "1")


def lay_out(found: Scan, stats: Sequence[Stat], gaps: Sequence[Gap]) -> list[Row]:
    """Statistic by statistic: every cell in order, then differences and ratios.

    Raises:
        Refused: for a gap in a column that is no domain, or between categories that are not there.
    """
    texts = [tuple(map(said, cell)) for cell in found.cells]
    pairs = [pair for gap in gaps for pair in _pairs(found, gap, texts)]
    rows: list[Row] = []
    for stat in stats:
        for i, cell in enumerate(found.cells):
            values = dict(zip(found.by, cell, strict=True))
            rows.append(Row(stat, "level", i, None, " ".join(texts[i]) or "all", values))
        for first, second, difference, ratio, values in pairs:
            rows.append(Row(stat, "difference", first, second, difference, values))
            rows.append(Row(stat, "ratio", first, second, ratio, values))
    return rows


def _pairs(found: Scan, gap: Gap, texts: list[tuple[str, ...]]) -> list[tuple[int, int, str, str, dict[str, Any]]]:
    """The two cells of a gap in each other domain that has both, and what the gaps are called there."""
    if gap.column not in found.by:
        mend = f"Estimate by {gap.column} too."
        raise Refused(Finding("stop", "gap-without-domain", gap.column, "is not among the domains.", mend))
    position = found.by.index(gap.column)
    there = sorted({text[position] for text in texts})
    for category in (gap.first, gap.second):
        if category not in there:
            mend = f"There are: {', '.join(there)}."
            raise Refused(Finding("stop", "no-such-category", gap.column, f"has no category {category}.", mend))
    places = {text: i for i, text in enumerate(texts)}
    pairs = []
    for text, i in places.items():
        other = (*text[:position], gap.second, *text[position + 1 :])
        if text[position] != gap.first or other not in places:
            continue
        names = [" ".join((*text[:position], f"{gap.first}{sign}{gap.second}", *text[position + 1 :])) for sign in "-/"]
        values = dict(zip(found.by, found.cells[i], strict=True)) | {gap.column: (gap.first, gap.second)}
        pairs.append((i, places[other], names[0], names[1], values))
    return pairs


def unpaired(found: Scan, gaps: Sequence[Gap]) -> list[Finding]:
    """Domains that have no gap because one of its two categories is not there."""
    texts = [tuple(map(said, cell)) for cell in found.cells]
    findings = []
    for gap in gaps:
        position = found.by.index(gap.column)
        sides = [
            {(*text[:position], *text[position + 1 :]) for text in texts if text[position] == category}
            for category in (gap.first, gap.second)
        ]
        if alone := sorted(sides[0] ^ sides[1]):
            shown = ", ".join(" ".join(text) for text in alone[:5])
            what = f"{len(alone)} domains have only one of {gap.first} and {gap.second}, and no gap: {shown}."
            findings.append(Finding("note", "no-gap", gap.column, what))
    return findings


@dataclass
class Pin:
    """Levels that are not a quotient of totals but move with one: value + slope × (quotient − that of everybody)."""

    value: Floats  # (cells,)
    slope: Floats  # (cells,) not a number: the error is not known
    low: Floats  # (cells,) ends of the interval
    high: Floats


class System:
    """Levels are quotients of totals, gaps are differences and quotients of levels; with the derivatives of both."""

    def __init__(self, found: Scan, rows: Sequence[Row], needed: Sequence[Sums], pins: Mapping[Stat, Pin]) -> None:
        """`needed` has the sums of each row. `pins` has the statistics that are quantiles."""
        self.found = found
        self.rows = rows
        self.needed = needed
        self.totals = found.totals()
        self.above = np.array([found.keys[item.above_key] for item in needed], dtype=np.int64)
        self.below = np.array([-1 if item.below_key is None else found.keys[item.below_key] for item in needed])
        self.first = np.array([row.first for row in rows], dtype=np.int64)
        self.second = np.array([-1 if row.second is None else row.second for row in rows], dtype=np.int64)
        self.gap = self.second >= 0
        self.ratio = np.array([row.kind == "ratio" for row in rows], dtype=bool)
        # Whom an estimate is about: cells × rows, few of them true.
        at = np.arange(len(rows))
        cells = np.concatenate([self.first, self.second[self.gap]])
        shape = (len(found.cells), len(rows))
        self.touched = sparse.csc_array((np.ones(len(cells)), (cells, np.concatenate([at, at[self.gap]]))), shape=shape)
        self.pins = pins
        self.value: dict[bool, Floats] = {}
        self.slope: dict[bool, Floats] = {}
        for other, cell in ((False, self.first), (True, self.second)):
            value = self._quotient(self.totals[None], cell)[0]
            slope = np.ones(len(rows))
            for i, row in enumerate(rows):
                if row.stat in pins:
                    value[i], slope[i] = pins[row.stat].value[cell[i]], pins[row.stat].slope[cell[i]]
            self.value[other], self.slope[other] = value, slope

    def _quotient(self, totals: Floats, cell: Codes) -> Floats:
        below = np.where(self.below < 0, 1.0, totals[:, cell, self.below])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(below == 0, np.nan, totals[:, cell, self.above] / below)

    def _level(self, totals: Floats, other: bool) -> Floats:
        cell = self.second if other else self.first
        moved = self._quotient(totals, cell) - self._quotient(self.totals[None], cell)
        return self.value[other] + self.slope[other] * moved

    def estimates(self) -> Floats:
        """(rows,) of the full sample; not a number where nobody answered."""
        return self._conclude(self.value[False], self.value[True])

    def replicated(self, totals: Floats) -> Floats:
        """(replicates, rows) from totals (replicates, cells, keys)."""
        return self._conclude(self._level(totals, False), self._level(totals, True))

    def uncertain(self) -> NDArray[np.bool_]:
        """(rows,) whether the error is not known."""
        known = np.isfinite(self.slope[False]) & (~self.gap | np.isfinite(self.slope[True]))
        return ~known | np.isnan(self.estimates())

    def _conclude(self, first: Floats, second: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            quotient = np.where(second == 0, np.nan, first / second)
        return np.where(self.gap, np.where(self.ratio, quotient, first - second), first)

    def gradient(self) -> sparse.csc_array:
        """(cell × key) × rows: how much each estimate moves with each total."""
        width = len(self.found.keys)
        rows = np.arange(len(self.rows))
        first, second = self.value[False], self.value[True]
        with np.errstate(invalid="ignore", divide="ignore"):
            outer = np.where(self.gap & self.ratio, 1 / second, 1.0) * self.slope[False]
            inner = np.where(self.ratio, -first / second**2, -1.0) * self.slope[True]
        entries: list[tuple[Floats, Codes, Codes]] = []
        for cell, factor, used in ((self.first, outer, np.ones(len(rows), dtype=bool)), (self.second, inner, self.gap)):
            below = np.where(self.below < 0, 1.0, self.totals[cell, self.below])
            with np.errstate(invalid="ignore", divide="ignore"):
                up = factor / below
                down = -factor * self._quotient(self.totals[None], cell)[0] / below
            over = used & (self.below >= 0)
            entries.append((up[used], (cell * width + self.above)[used], rows[used]))
            entries.append((down[over], (cell * width + self.below)[over], rows[over]))
        data, at, column = (np.concatenate(part) for part in zip(*entries, strict=True))
        # An estimate that is not known has no score; its error is blanked later.
        data = np.where(np.isfinite(data), data, 0.0)
        return sparse.csc_array((data, (at, column)), shape=(self.totals.size, len(rows)))

    def degrees(self) -> tuple[Codes, Codes]:
        """Clusters and degrees of freedom of each row."""
        clusters = np.zeros(len(self.rows), dtype=np.int64)
        df = np.zeros(len(self.rows), dtype=np.int64)
        for key in self.found.answered:
            at = np.array([i for i, item in enumerate(self.needed) if item.answered_key == key], dtype=np.int64)
            clusters[at], df[at] = degrees(self.found, key, self.touched[:, at])
        return clusters, df

    def answers(self) -> tuple[Codes, Codes, Codes]:
        """For each row the persons who answered, in a gap's smaller cell too, and those who did not."""
        inside = self.found.cell >= 0

        def count(persons: Codes) -> Floats:
            return np.bincount(self.found.cell[inside], persons[inside], len(self.found.cells)).astype(np.float64)

        everybody = count(self.found.persons)
        keys = {key: i for i, key in enumerate(self.found.answered)}
        by_key = np.array([count(persons) for persons in self.found.answered.values()])
        key = np.array([keys[item.answered_key] for item in self.needed], dtype=np.int64)
        first, second = by_key[key, self.first], np.where(self.gap, by_key[key, self.second], 0)
        there = (first + second).astype(np.int64)
        smaller = np.where(self.gap, np.minimum(first, second), first).astype(np.int64)
        all_ = everybody[self.first] + np.where(self.gap, everybody[self.second], 0)
        return there, smaller, all_.astype(np.int64) - there
