"""Quantiles and their errors by Woodruff's method (Journal of the American Statistical Association 47, 1952).

The share of people at or below the quantile is a mean, with an error like any other; the interval of that share, read
back through the distribution, is the interval of the quantile. This is R's `svyquantile` with its defaults
(`interval.type="mean"`, `qrule="math"`): standard error = width of the interval / (2 × Student's t).

Each column costs four passes: weights by bins, the values inside the bins where the quantiles lie, the shares with
their errors (shared with all other statistics), and the values where the intervals end. Nothing is sorted whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from scipy.special import stdtrit

from genderlens.surveys.design import Design
from genderlens.surveys.rows import Pin
from genderlens.surveys.scan import Cell, Codes, Floats, cells_of
from genderlens.surveys.statistics import Quantile, Stat, Sums, existing, number

EQUAL = 1e-12  # shares this near each other are the same: sums of weights round differently in each order
FINENESS = 300  # bins for each factor e: values less than a third of a percent apart share one


class Distribution:
    """How the weight of each domain lies over the values of a column."""

    def __init__(self, table: Table, design: Design, by: Sequence[str], inside: str | None, column: str) -> None:
        weight = ibis.literal(1.0) if design.weight is None else existing(table, design.weight).cast("float64")
        value = number(table, column).nullif(float("nan"))
        domains = {f"d{i}": existing(table, name) for i, name in enumerate(by)}
        rows = table.select(
            y=value, w=weight, bin=_bin(value), inside=table[inside] if inside else ibis.literal(True), **domains
        )
        rows = rows.filter(rows.inside, rows.y.notnull(), rows.w > 0, *[rows[name].notnull() for name in domains])
        self.by = by
        self.rows = rows
        self.keys = list(domains)
        small = rows.group_by(*self.keys, "bin").agg(w=rows.w.sum()).to_pyarrow()
        cell, self.cells = cells_of(small, by)
        bins = np.asarray(small["bin"].to_numpy(), dtype=np.int64)
        order = np.lexsort((bins, cell))
        order = order[cell[order] >= 0]
        self.bin = bins[order]
        self.weight = np.asarray(small["w"].to_numpy(), dtype=np.float64)[order]
        self.starts = np.searchsorted(cell[order], np.arange(len(self.cells) + 1))

    def read(self, shares: Mapping[Cell, Sequence[float]]) -> dict[Cell, tuple[float, ...]]:
        """For each domain the smallest values at or below which at least these shares of its weight lie.

        Not a number for a share that is none.
        """
        places: list[tuple[Cell, int, int, float, float]] = []  # cell, which share, bin, weight before the bin, target
        for i, cell in enumerate(self.cells):
            so_far = np.cumsum(self.weight[self.starts[i] : self.starts[i + 1]])
            for k, share in enumerate(shares.get(cell, ())):
                if np.isnan(share):
                    continue
                target = share * so_far[-1] * (1 - EQUAL)
                at = min(int(np.searchsorted(so_far, target)), len(so_far) - 1)
                before = float(so_far[at - 1]) if at else 0.0
                places.append((cell, k, int(self.bin[self.starts[i] + at]), before, target))
        values = self._values(sorted({(cell, number_of) for cell, _k, number_of, _before, _target in places}, key=str))
        found = {cell: [np.nan] * len(wanted) for cell, wanted in shares.items()}
        for cell, k, number_of, before, target in places:
            steps, weights = values[cell, number_of]
            at = int(np.searchsorted(before + np.cumsum(weights), target))
            found[cell][k] = float(steps[min(at, len(steps) - 1)])
        return {cell: tuple(row) for cell, row in found.items()}

    def _values(self, wanted: Sequence[tuple[Cell, int]]) -> dict[tuple[Cell, int], tuple[Floats, Floats]]:
        """The values in some bins, ascending, and the weight at each."""
        if not wanted:
            return {}
        columns: dict[str, Any] = {f"k{i}": [cell[i] for cell, _bin in wanted] for i in range(len(self.keys))}
        columns["kbin"] = [number_of for _cell, number_of in wanted]
        chosen = ibis.memtable(pa.table(columns))
        on = [self.rows[name] == chosen[f"k{name[1:]}"] for name in self.keys] + [self.rows.bin == chosen.kbin]
        some = self.rows.inner_join(chosen, on)
        some = some.group_by(*self.keys, "bin", "y").agg(w=some.w.sum()).to_pyarrow()
        cell, cells = cells_of(some, self.by)
        bins, steps, weights = (np.asarray(some[name].to_numpy()) for name in ("bin", "y", "w"))
        order = np.lexsort((steps, bins, cell))
        edges = np.flatnonzero(np.diff(cell[order]) | np.diff(bins[order])) + 1
        return {
            (cells[cell[part[0]]], int(bins[part[0]])): (steps[part], weights[part]) for part in np.split(order, edges)
        }


def _bin(value: Any) -> Any:
    """A whole number that never falls when the value rises, finer near zero."""
    size = ((value.abs() + 1).ln() * FINENESS).floor()
    return (size * value.sign()).cast("int64")


@dataclass(frozen=True)
class Quantiles:
    """Quantiles of each domain, as found in the distributions."""

    table: Table
    by: tuple[str, ...]
    stats: tuple[Quantile, ...]
    distributions: Mapping[str, Distribution]
    found: Mapping[Quantile, Mapping[Cell, float]]

    def beside(self) -> Table:
        """The persons with the quantiles of their domain in columns q0_, q1_…, as `below` needs them."""
        cells = sorted({cell for values in self.found.values() for cell in values}, key=str)
        columns = {
            f"q{i}_": pa.array([self.found[stat].get(cell) for cell in cells], pa.float64())
            for i, stat in enumerate(self.stats)
        }
        if not self.by:
            missing = ibis.null("float64")
            return self.table.mutate(
                **{name: ibis.literal(value[0].as_py()) if len(value) else missing for name, value in columns.items()}
            )
        keys = {f"k{i}_": pa.array([cell[i] for cell in cells]) for i in range(len(self.by))}
        thresholds = ibis.memtable(pa.table(keys | columns))
        on = [self.table[name] == thresholds[f"k{i}_"] for i, name in enumerate(self.by)]
        return self.table.left_join(thresholds, on)

    def pins(
        self, cells: Sequence[Cell], shares: Mapping[Quantile, tuple[Floats, Floats, Codes]], level: float
    ) -> dict[Stat, Pin]:
        """Each quantile with its interval and how it moves with the share below it.

        `shares` has for each the share below it in each cell, the standard error of that share, and the degrees of
        freedom. An end of the interval beyond all the people is not known, nor is the error then.
        """
        pins: dict[Stat, Pin] = {}
        for stat in self.stats:
            share, se, df = shares[stat]
            with np.errstate(invalid="ignore"):
                t = np.where(df > 0, stdtrit(np.maximum(df, 1), 0.5 + level / 2), np.nan)
            low, high = share - t * se, share + t * se
            ends = np.column_stack([np.where(low < 0, np.nan, low), np.where(high > 1, np.nan, high)])
            read = self.distributions[stat.column].read(dict(zip(cells, ends.tolist(), strict=True)))
            places = np.array([read[cell] for cell in cells], dtype=np.float64).reshape(-1, 2)
            value = np.array([self.found[stat].get(cell, np.nan) for cell in cells], dtype=np.float64)
            with np.errstate(invalid="ignore", divide="ignore"):
                slope = -(places[:, 1] - places[:, 0]) / (2 * t * se)
            pins[stat] = Pin(value, np.where(se == 0, 0.0, slope), places[:, 0], places[:, 1])
        return pins


def quantiles(
    table: Table, design: Design, stats: Sequence[Quantile], by: Sequence[str], inside: str | None
) -> Quantiles:
    """Find them, not yet their errors."""
    found: dict[Quantile, dict[Cell, float]] = {}
    distributions: dict[str, Distribution] = {}
    for column in dict.fromkeys(stat.column for stat in stats):
        distributions[column] = Distribution(table, design, by, inside, column)
        mine = [stat for stat in stats if stat.column == column]
        shares = [stat.p for stat in mine]
        read = distributions[column].read(dict.fromkeys(distributions[column].cells, shares))
        for i, stat in enumerate(mine):
            found[stat] = {cell: values[i] for cell, values in read.items()}
    return Quantiles(table, tuple(by), tuple(stats), distributions, found)


def below(stat: Quantile, beside: Table, stats: Sequence[Quantile]) -> Sums:
    """The sums of the share at or below a quantile, over the table that `beside` gave for these `stats`."""
    answer = number(beside, stat.column).nullif(float("nan"))
    there = answer.notnull()
    under = (answer <= beside[f"q{list(stats).index(stat)}_"]).cast("float64")
    one = ibis.ifelse(there, ibis.literal(1.0), ibis.null("float64"))
    return Sums(f"{stat.text} under", under, f"{stat.text} all", one, f"{stat.text} n", there)
