"""Quantiles and their errors by Woodruff's method (Journal of the American Statistical Association 47, 1952).

The share of people at or below the quantile is a mean, with an error like any other; the interval of that share, read
back through the distribution, is the interval of the quantile. This is R's `svyquantile` with its defaults
(`interval.type="mean"`, `qrule="math"`): standard error = width of the interval / (2 × Student's t).

Distributions are sorted and added up where the data are, so quantiles cost some passes more than sums do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from scipy.stats import t as student

from genderlens.surveys.design import Design
from genderlens.surveys.rows import Pin
from genderlens.surveys.scan import Codes, Floats
from genderlens.surveys.statistics import Quantile, Sums, existing, number

Cell = tuple[Any, ...]
EQUAL = 1e-12  # shares this near each other are the same: sums of weights round differently in each order


@dataclass(frozen=True)
class Quantiles:
    """Quantiles of each domain, as found in the distribution."""

    table: Table
    design: Design
    by: tuple[str, ...]
    inside: str | None  # column: who is asked about
    stats: tuple[Quantile, ...]
    found: Mapping[Quantile, Mapping[Cell, float]]

    def beside(self) -> Table:
        """The persons with the quantiles of their domain in columns q0_, q1_…, as `below` needs them."""
        cells = sorted({cell for values in self.found.values() for cell in values}, key=str)
        if not self.by:
            only = {name: ibis.literal(value) for name, value in self._columns([()]).items()}
            return self.table.mutate(**only)
        thresholds = ibis.memtable(pa.table(self._columns(cells) | _keys(cells, len(self.by))))
        return self.table.left_join(
            thresholds, [self.table[name] == thresholds[f"d{i}_"] for i, name in enumerate(self.by)]
        )

    def _columns(self, cells: Sequence[Cell]) -> dict[str, Any]:
        columns = {f"q{i}_": [self.found[stat].get(cell) for cell in cells] for i, stat in enumerate(self.stats)}
        return columns if self.by else {name: values[0] for name, values in columns.items()}

    def pins(
        self, cells: Sequence[Cell], shares: Mapping[Quantile, tuple[Floats, Floats, Codes]], level: float
    ) -> dict[Any, Pin]:
        """Each quantile with its interval and how it moves with the share below it.

        `shares` has for each the share below it in each cell, the standard error of that share, and the degrees of
        freedom. An end of the interval beyond all the people is not known, nor is the error then.
        """
        pins: dict[Any, Pin] = {}
        for stat in self.stats:
            share, se, df = shares[stat]
            with np.errstate(invalid="ignore"):
                t = np.where(df > 0, student.ppf(0.5 + level / 2, np.maximum(df, 1)), np.nan)
            low, high = share - t * se, share + t * se
            ends = np.column_stack([np.where(low < 0, np.nan, low), np.where(high > 1, np.nan, high)])
            read = distribution(
                self.table, self.design, self.by, self.inside, stat.column, dict(zip(cells, ends, strict=True))
            )
            places = np.array([read.get(cell, (np.nan, np.nan)) for cell in cells], dtype=np.float64).reshape(-1, 2)
            value = np.array([self.found[stat].get(cell, np.nan) for cell in cells], dtype=np.float64)
            with np.errstate(invalid="ignore", divide="ignore"):
                slope = -(places[:, 1] - places[:, 0]) / (2 * t * se)
            pins[stat] = Pin(value, np.where(se == 0, 0.0, slope), places[:, 0], places[:, 1])
        return pins


def below(stat: Quantile, beside: Table, stats: Sequence[Quantile]) -> Sums:
    """The sums of the share at or below a quantile, over the table that `beside` gave for these `stats`."""
    answer = number(beside, stat.column).nullif(float("nan"))
    there = answer.notnull()
    under = (answer <= beside[f"q{list(stats).index(stat)}_"]).cast("float64")
    one = ibis.ifelse(there, ibis.literal(1.0), ibis.null("float64"))
    return Sums(f"{stat.text} under", under, f"{stat.text} all", one, f"{stat.text} n", there)


def quantiles(
    table: Table, design: Design, stats: Sequence[Quantile], by: Sequence[str], inside: str | None
) -> Quantiles:
    """Find them: one pass for each column that has some."""
    found: dict[Quantile, dict[Cell, float]] = {}
    for column in dict.fromkeys(stat.column for stat in stats):
        mine = [stat for stat in stats if stat.column == column]
        read = distribution(table, design, by, inside, column, [stat.p for stat in mine])
        for i, stat in enumerate(mine):
            found[stat] = {cell: values[i] for cell, values in read.items()}
    return Quantiles(table, design, tuple(by), inside, tuple(stats), found)


def distribution(
    table: Table,
    design: Design,
    by: Sequence[str],
    inside: str | None,
    column: str,
    shares: Sequence[float] | Mapping[Cell, Floats],
) -> dict[Cell, tuple[float, ...]]:
    """For each domain the smallest values at or below which at least these shares of the weight lie.

    `shares` are the same everywhere, or given for each domain (not a number: not asked).
    """
    weight = ibis.literal(1.0) if design.weight is None else existing(table, design.weight).cast("float64")
    rows = table.select(
        y_=number(table, column).nullif(float("nan")),
        w_=weight,
        **{f"d{i}_": existing(table, name) for i, name in enumerate(by)},
        **({"in_": table[inside]} if inside else {}),
    )
    rows = rows.filter(rows.y_.notnull(), rows.w_ > 0)
    keys = [f"d{i}_" for i in range(len(by))]
    for name in keys:
        rows = rows.filter(rows[name].notnull())
    if inside:
        rows = rows.filter(rows.in_)
    values = rows.group_by(*keys, "y_").agg(w_=rows.w_.sum())
    together = {"group_by": keys} if keys else {}
    so_far = values.mutate(
        c_=values.w_.sum().over(ibis.cumulative_window(order_by="y_", **together)),
        all_=values.w_.sum().over(ibis.window(**together)),
    )
    if isinstance(shares, Mapping):
        cells = list(shares)
        width = len(next(iter(shares.values()))) if cells else 0
        columns = {f"p{k}_": [_known(shares[cell][k]) for cell in cells] for k in range(width)}
        if keys:
            wanted = ibis.memtable(
                pa.table(_keys(cells, len(by), "k") | {k: pa.array(v, pa.float64()) for k, v in columns.items()})
            )
            so_far = so_far.inner_join(wanted, [so_far[name] == wanted[f"k{name[1:]}"] for name in keys])
        else:
            so_far = so_far.mutate(**{k: ibis.literal(v[0], "float64") for k, v in columns.items()})
        targets = [so_far[f"p{k}_"] for k in range(width)]
    else:
        targets = [ibis.literal(float(p)) for p in shares]
    ends = {
        f"r{k}": so_far.y_.min(where=so_far.c_ >= target * so_far.all_ * (1 - EQUAL))
        for k, target in enumerate(targets)
    }
    read = (so_far.group_by(*keys) if keys else so_far).agg(**ends).to_pyarrow().to_pylist()
    return {
        tuple(row[name] for name in keys): tuple(np.nan if row[k] is None else row[k] for k in ends) for row in read
    }


def _keys(cells: Sequence[Cell], width: int, letter: str = "d") -> dict[str, Any]:
    return {f"{letter}{i}_": [cell[i] for cell in cells] for i in range(width)}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
