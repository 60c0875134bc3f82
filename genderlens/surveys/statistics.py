"""What can be estimated. Each statistic says which weighted sums it needs; the rest is arithmetic on those sums.

A person without an answer is left out of that statistic and kept in the design (R's `na.rm=TRUE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, NumericValue, Table

from genderlens.findings import Finding, Refused


@dataclass(frozen=True, slots=True)
class Mean:
    """Weighted mean of a column of numbers (true counts as 1, false as 0)."""

    column: str

    @property
    def text(self) -> str:
        return f"mean({self.column})"


@dataclass(frozen=True, slots=True)
class Proportion:
    """Weighted share of those who answered that have `value` (1 for a yes-or-no column), with a logit interval."""

    column: str
    value: Any = 1

    @property
    def text(self) -> str:
        return f"proportion({self.column}={said(self.value)})"


@dataclass(frozen=True, slots=True)
class Total:
    """Weighted total of a column of numbers."""

    column: str

    @property
    def text(self) -> str:
        return f"total({self.column})"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Weighted total of one column over that of another, among rows that have both."""

    above: str
    below: str

    @property
    def text(self) -> str:
        return f"ratio({self.above}/{self.below})"


@dataclass(frozen=True, slots=True)
class Count:
    """How many people the sample stands for: the sum of weights."""

    @property
    def text(self) -> str:
        return "count"


@dataclass(frozen=True, slots=True)
class Quantile:
    """The smallest value at or below which at least the share `p` of the weight lies (R's `qrule="math"`)."""

    column: str
    p: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.p < 1:
            raise Refused(Finding("stop", "not-a-share", self.column, f"{self.p} is not between 0 and 1."))

    @property
    def text(self) -> str:
        return f"quantile({self.column}, {self.p:g})"


Stat = Mean | Proportion | Total | Ratio | Count | Quantile


@dataclass(frozen=True, slots=True)
class Gap:
    """The first category of a column against the second, inside each other domain: `Gap("sexo", "2", "1")`.

    Given as a difference (written `2-1`) and as a ratio (written `2/1`).
    """

    column: str
    first: str
    second: str


@dataclass(frozen=True)
class Sums:
    """What one statistic adds up, before weighting. Null where there is no answer.

    The estimate is sum(weight × above) / sum(weight × below), or without `below` just the first sum. Statistics
    with equal keys share their sums.
    """

    above_key: str
    above: NumericValue
    below_key: str | None
    below: NumericValue | None
    answered_key: str
    answered: BooleanValue


def sums(stat: Mean | Proportion | Total | Ratio | Count, table: Table) -> Sums:
    """The sums of a statistic over `table`.

    Raises:
        Refused: when a column is missing or holds words where numbers are needed.
    """
    one = ibis.literal(1.0)
    if isinstance(stat, Count):
        return Sums("1", one, None, None, "all", ibis.literal(True))
    if isinstance(stat, Ratio):
        above, below = number(table, stat.above), number(table, stat.below)
        both = above.notnull() & below.notnull()
        key = f"{stat.above}|{stat.below}"
        return Sums(f"a {key}", _where(both, above), f"b {key}", _where(both, below), f"n {key}", both)
    if isinstance(stat, Proportion):
        column = existing(table, stat.column)
        value = column.cast("float64") if column.type().is_boolean() else column
        answer = (value == _alike(value, stat)).cast("float64")
        key = f"{stat.column}={said(stat.value)}"
        return Sums(f"x {key}", answer, f"w {stat.column}", _where(column.notnull(), one), f"n {stat.column}",
                    column.notnull())  # fmt: skip
    answer = number(table, stat.column)
    below = None if isinstance(stat, Total) else _where(answer.notnull(), one)
    return Sums(f"x {stat.column}", answer, None if below is None else f"w {stat.column}", below, f"n {stat.column}",
                answer.notnull())  # fmt: skip


def existing(table: Table, name: str) -> Any:
    """The column, or a refusal that says which there are."""
    if name not in table.columns:
        there = ", ".join(table.columns[:40])
        raise Refused(Finding("stop", "no-column", name, "is not a column.", f"There are: {there}."))
    return table[name]


def number(table: Table, name: str) -> NumericValue:
    """The column as floating point."""
    column = existing(table, name)
    if not (column.type().is_numeric() or column.type().is_boolean()):
        mend = f"Estimate a proportion of one of its values, such as {name}=…, or convert it."
        raise Refused(Finding("stop", "not-numbers", name, f"holds {column.type()}, not numbers.", mend))
    return column.cast("float64")


def said(value: object) -> str:
    """A category as it is written in a domain: 2 and 2.0 are `2`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _where(condition: BooleanValue, value: NumericValue) -> NumericValue:
    return ibis.ifelse(condition, value, ibis.null("float64"))


def _alike(column: Any, stat: Proportion) -> Any:
    """The value as the column's own type, so that `1` given as text finds the number 1."""
    value = stat.value
    try:
        if column.type().is_numeric():
            words = {"true": 1.0, "false": 0.0}
            return words[value] if isinstance(value, str) and value in words else float(value)
    except ValueError:
        what = f"holds {column.type()}: {value!r} cannot be one of its values."
        raise Refused(Finding("stop", "no-such-value", stat.column, what)) from None
    return said(value) if column.type().is_string() else value
