"""Estimates with the errors the design gives them, by any domains, and gaps between two categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
import pyarrow as pa
from ibis.expr.types import BooleanValue, Table
from numpy.typing import NDArray
from scipy import sparse
from scipy.stats import norm
from scipy.stats import t as student

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import Design
from genderlens.surveys.reliability import ASKED, SILENT, SUPPRESSED, Reliability
from genderlens.surveys.scan import Codes, Floats, Scan, scan
from genderlens.surveys.statistics import Gap, Proportion, Quantile, Stat, Sums, said, sums
from genderlens.surveys.variance import Linearised, degrees

ESTIMATES = pa.schema([
    ("stat", pa.string()),  # such as mean(pob)
    ("domain", pa.string()),  # values of the by columns with a space between; "2-1" and "2/1" for gaps; "all"
    ("estimate", pa.float64()),  # null: not known, the flag says why
    ("se", pa.float64()),
    ("low", pa.float64()),  # ends of the interval
    ("high", pa.float64()),
    ("n", pa.int64()),  # persons who answered
    ("clusters", pa.int64()),  # with persons who answered or not; null with published replicate weights
    ("df", pa.int64()),
    ("flag", pa.string()),
])  # fmt: skip

Kind = Literal["level", "difference", "ratio"]


@dataclass(frozen=True, slots=True)
class Row:
    """What one estimate is about."""

    stat: Stat
    kind: Kind
    first: int  # cell
    second: int | None  # the cell a gap compares with
    domain: str
    values: Mapping[str, Any]  # by column -> category; a gap's own column has ("2", "1")


class Errors(Protocol):
    """Where variances come from: scores or replicates."""

    def variances(self) -> Floats: ...
    def covariance(self) -> Floats: ...


@dataclass(frozen=True)
class Estimates:
    """Figures with n, clusters and policy beside them. `table` is ESTIMATES, one row for each of `rows`."""

    rows: tuple[Row, ...]
    table: pa.Table
    policy: str
    level: float
    findings: tuple[Finding, ...]
    missing: tuple[int, ...]  # persons without an answer, for each row
    _values: Floats = field(repr=False)
    _errors: Errors = field(repr=False)
    _shape: Floats = field(repr=False)  # what turns a score's error into the estimate's, for each row

    @cached_property
    def covariance(self) -> Floats:
        """(rows, rows) covariances, in the order of `table`. Suppressed rows are in it."""
        return np.asarray(self._errors.covariance() * self._shape[:, None] * self._shape)

    def combine(self, coefficients: Mapping[tuple[str, str], float]) -> tuple[float, float]:
        """A linear combination of rows named by (stat, domain), and its standard error: R's `svycontrast`.

        Raises:
            Refused: when there is no such row, or it is suppressed.
        """
        names = {(row.stat.text, row.domain): i for i, row in enumerate(self.rows)}
        flags = self.table["flag"].to_pylist()
        weights = np.zeros(len(self.rows))
        for name, coefficient in coefficients.items():
            if name not in names or flags[names[name]] in (SUPPRESSED, SILENT):
                what = "is suppressed." if name in names else "is not among the estimates."
                raise Refused(Finding("stop", "no-such-estimate", " ".join(name), what))
            weights[names[name]] = coefficient
        return float(weights @ self._values), float(np.sqrt(weights @ self.covariance @ weights))


def estimate(
    table: Table,
    design: Design,
    stats: Sequence[Stat],
    by: Sequence[str] = (),
    gaps: Sequence[Gap] = (),
    *,
    where: BooleanValue | None = None,
    level: float = 0.95,
    small: Reliability | None = None,
) -> Estimates:
    """Estimates of each statistic in each domain of `by`, and gaps inside the other domains.

    `table` has one row a person, on any ibis backend; it is read once (quantiles: a few times more), and never held.
    `where` keeps some persons as a domain of their own, which is not the same as filtering first: clusters without
    any of them still count. Persons without an answer are left out of that statistic and counted in `missing`.

    Standard errors by linearisation, or by the design's replicates. Intervals: Student's t with the degrees of freedom
    of the domain (clusters less strata in which it has members, R's `degf` of a subset), on the logit scale for
    proportions (R's `svyciprop`), on the log scale for ratios of a gap, as read off the distribution for quantiles
    (Woodruff, Journal of the American Statistical Association 47, 1952; R's `interval.type="mean"`).

    Raises:
        Refused: when no answer would be right; its findings say why.
    """
    small = small or Reliability()
    if not stats:
        raise Refused(Finding("stop", "nothing-asked", "stats", "Nothing to estimate was named."))
    if any(isinstance(stat, Quantile) for stat in stats):
        raise NotImplementedError("quantiles")
    plain = list(stats)
    needed = [sums(stat, table) for stat in plain]
    found = scan(table, design, needed, by, where)
    return _conclude(found, design, plain, needed, gaps, level, small)


def _conclude(
    found: Scan, design: Design, stats: Sequence[Stat], needed: Sequence[Sums], gaps: Sequence[Gap], level: float,
    small: Reliability,
) -> Estimates:  # fmt: skip
    rows = _rows(found, stats, gaps)
    which = {stat: item for stat, item in zip(stats, needed, strict=True)}
    system = System(found, rows, [which[row.stat] for row in rows])
    values = system.values(found.totals()[None])[0]
    errors = Linearised(found, system.gradient(), design.lonely, system.touched)
    se = np.sqrt(errors.variances())
    se[np.isnan(values)] = np.nan
    clusters, df = system.degrees()
    answers, missing = system.answers()
    table = _table(rows, values, se, answers, clusters, df, level, small, design)
    findings = (*found.findings,)
    return Estimates(tuple(rows), table, design.policy(), level, findings, tuple(missing.tolist()), values, errors,
                     np.ones(len(rows)))  # fmt: skip


def _rows(found: Scan, stats: Sequence[Stat], gaps: Sequence[Gap]) -> list[Row]:
    texts = [tuple(map(said, cell)) for cell in found.cells]
    pairs: list[tuple[int, int, str, str, dict[str, Any]]] = []
    for gap in gaps:
        pairs += _pairs(found, gap, texts)
    rows: list[Row] = []
    for stat in stats:
        for i, cell in enumerate(found.cells):
            rows.append(
                Row(stat, "level", i, None, " ".join(texts[i]) or "all", dict(zip(found.by, cell, strict=True)))
            )
        for first, second, minus, over, values in pairs:
            rows.append(Row(stat, "difference", first, second, minus, values))
            rows.append(Row(stat, "ratio", first, second, over, values))
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


class System:
    """How estimates follow from totals: levels are above / below, gaps are differences and ratios of levels."""

    def __init__(self, found: Scan, rows: Sequence[Row], needed: Sequence[Sums]) -> None:
        self.found = found
        self.rows = rows
        self.needed = needed
        self.width = len(found.keys)
        self.above = np.array([found.keys[item.above_key] for item in needed], dtype=np.int64)
        self.below = np.array([-1 if item.below_key is None else found.keys[item.below_key] for item in needed])
        self.first = np.array([row.first for row in rows], dtype=np.int64)
        self.second = np.array([-1 if row.second is None else row.second for row in rows])
        self.ratio = np.array([row.kind == "ratio" for row in rows], dtype=bool)
        self.touched: NDArray[np.bool_] = np.zeros((len(found.cells), len(rows)), dtype=bool)
        self.touched[self.first, np.arange(len(rows))] = True
        gaps = self.second >= 0
        self.touched[self.second[gaps], np.flatnonzero(gaps)] = True

    def _level(self, totals: Floats, cell: Codes) -> Floats:
        above = totals[:, cell, self.above]
        below = np.where(self.below < 0, 1.0, totals[:, cell, self.below])
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(below == 0, np.nan, above / below)

    def values(self, totals: Floats) -> Floats:
        """(replicates, rows) from totals (replicates, cells, keys)."""
        first = self._level(totals, self.first)
        second = self._level(totals, self.second)
        with np.errstate(invalid="ignore", divide="ignore"):
            quotient = np.where(second == 0, np.nan, first / second)
        return np.where(self.second < 0, first, np.where(self.ratio, quotient, first - second))

    def gradient(self) -> sparse.csc_array:
        """(cell × key) × rows: how much each estimate moves with each total."""
        totals = self.found.totals()[None]
        first = self._level(totals, self.first)[0]
        second = self._level(totals, self.second)[0]
        rows = np.arange(len(self.rows))
        gaps = self.second >= 0
        with np.errstate(invalid="ignore", divide="ignore"):
            outer = np.where(gaps & self.ratio, 1 / second, 1.0)
            inner = np.where(self.ratio, -first / second**2, -1.0)
        entries: list[tuple[Floats, Codes, Codes]] = []
        for level, cell, factor, used in (
            (first, self.first, outer, np.ones(len(rows), dtype=bool)),
            (second, self.second, inner, gaps),
        ):
            below = np.where(self.below < 0, 1.0, totals[0, cell, self.below])
            with np.errstate(invalid="ignore", divide="ignore"):
                up = factor / below
                down = -factor * level / below
            over = used & (self.below >= 0)
            entries.append((up[used], (cell * self.width + self.above)[used], rows[used]))
            entries.append((down[over], (cell * self.width + self.below)[over], rows[over]))
        data, at, column = (np.concatenate(part) for part in zip(*entries, strict=True))
        # An estimate that is not known has no score, and its error is blanked later.
        data = np.where(np.isfinite(data), data, 0.0)
        return sparse.csc_array((data, (at, column)), shape=(len(self.found.cells) * self.width, len(rows)))

    def degrees(self) -> tuple[Codes, Codes]:
        """Clusters and degrees of freedom of each row."""
        clusters = np.zeros(len(self.rows), dtype=np.int64)
        df = np.zeros(len(self.rows), dtype=np.int64)
        for key in self.found.answered:
            at = np.array([i for i, item in enumerate(self.needed) if item.answered_key == key], dtype=np.int64)
            clusters[at], df[at] = degrees(self.found, key, self.touched[:, at])
        return clusters, df

    def answers(self) -> tuple[Codes, Codes]:
        """Persons with and without an answer, for each row; of a gap, in both its cells."""
        cells = len(self.found.cells)
        inside = self.found.cell >= 0
        everybody = np.bincount(self.found.cell[inside], self.found.persons[inside], cells)
        by_key = {
            key: np.bincount(self.found.cell[inside], counts[inside], cells)
            for key, counts in self.found.answered.items()
        }
        answered = np.zeros(len(self.rows), dtype=np.int64)
        missing = np.zeros(len(self.rows), dtype=np.int64)
        for i, (row, item) in enumerate(zip(self.rows, self.needed, strict=True)):
            for cell in (row.first,) if row.second is None else (row.first, row.second):
                answered[i] += int(by_key[item.answered_key][cell])
                missing[i] += int(everybody[cell] - by_key[item.answered_key][cell])
        return answered, missing


def _table(
    rows: Sequence[Row], values: Floats, se: Floats, n: Codes, clusters: Codes | None, df: Codes, level: float,
    small: Reliability, design: Design,
) -> pa.Table:  # fmt: skip
    low, high = _intervals(rows, values, se, df, level)
    columns: dict[str, list[Any]] = {name: [] for name in ESTIMATES.names}
    for i, row in enumerate(rows):
        share = isinstance(row.stat, Proportion) and row.kind == "level"
        flag = small.flag(int(n[i]), int(df[i]), float(values[i]), float(se[i]), share=share, gap=row.kind != "level")
        if design.weight is None and flag not in (SUPPRESSED, SILENT):
            flag = ASKED
        figures = [values[i], se[i], low[i], high[i]]
        if flag == SUPPRESSED:
            figures = [np.nan] * 4
        for name, figure in zip(("estimate", "se", "low", "high"), figures, strict=True):
            columns[name].append(float(figure) if np.isfinite(figure) else None)
        columns["stat"].append(row.stat.text)
        columns["domain"].append(row.domain)
        columns["n"].append(int(n[i]))
        columns["clusters"].append(None if clusters is None else int(clusters[i]))
        columns["df"].append(int(df[i]))
        columns["flag"].append(flag)
    return pa.table(columns, schema=ESTIMATES).replace_schema_metadata({"policy": design.policy(), "level": str(level)})


def _intervals(rows: Sequence[Row], values: Floats, se: Floats, df: Codes, level: float) -> tuple[Floats, Floats]:
    """Ends for each row; not a number where there are no degrees of freedom or nothing to learn an error from."""
    point = 0.5 + level / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = np.where(df > 0, student.ppf(point, np.maximum(df, 1)), np.nan) * se
        low, high = values - reach, values + reach
        for i, row in enumerate(rows):
            value = values[i]
            if isinstance(row.stat, Proportion) and row.kind == "level":
                middle, half = np.log(value / (1 - value)), reach[i] / (value * (1 - value))
                low[i], high[i] = 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))
            elif row.kind == "ratio" and value > 0:
                low[i], high[i] = value * np.exp(-reach[i] / value), value * np.exp(reach[i] / value)
    return low, high
