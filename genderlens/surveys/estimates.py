"""Estimates with the errors the design gives them, by any domains, and gaps between two categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from ibis.expr.types import BooleanValue, Table
from scipy.special import stdtrit

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import LONELY, Design
from genderlens.surveys.quantiles import below, quantiles
from genderlens.surveys.reliability import ASKED, SILENT, SUPPRESSED, Reliability
from genderlens.surveys.replicates import independent, replicated
from genderlens.surveys.rows import Pin, Row, System, lay_out, unpaired
from genderlens.surveys.scan import Codes, Floats, NotANumber, Scan, scan, without_nan
from genderlens.surveys.statistics import Gap, Proportion, Quantile, Stat, Sums, sums
from genderlens.surveys.variance import Linearised, Singles

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
    missing: tuple[int, ...]  # persons without an answer, for each row
    findings: tuple[Finding, ...]
    _values: Floats = field(repr=False)
    _errors: Errors = field(repr=False)

    @cached_property
    def covariance(self) -> Floats:
        """(rows, rows) covariances, in the order of `table`. Suppressed rows are in it."""
        return self._errors.covariance()

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
                what = "is suppressed or has no answers." if name in names else "is not among the estimates."
                raise Refused(Finding("stop", "no-such-estimate", " ".join(name), what))
            weights[names[name]] = coefficient
        used = weights != 0
        return float(weights[used] @ self._values[used]), float(np.sqrt(weights @ self.covariance @ weights))


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
    inside = None
    if where is not None:
        inside = "inside_"
        table = table.mutate(inside_=where).mutate(inside_=lambda t: t.inside_.fill_null(False))
    asked = [stat for stat in stats if isinstance(stat, Quantile)]
    sorted_out = quantiles(table, design, asked, by, inside) if asked else None
    if sorted_out:
        table = sorted_out.beside()

    def add_up(table: Table, cleaned: bool) -> tuple[dict[Stat, Sums], Scan]:
        needed = {
            stat: sums(stat, table) if not isinstance(stat, Quantile) else below(stat, table, asked) for stat in stats
        }
        return needed, scan(table, design, list(needed.values()), by, inside, cleaned)

    try:
        needed, found = add_up(table, cleaned=False)
    except NotANumber:
        needed, found = add_up(without_nan(table), cleaned=True)
    df = independent(table, design) if design.published else None
    pins: Mapping[Stat, Pin] = {}
    if sorted_out:
        pins = sorted_out.pins(found.cells, _shares(found, design, asked, needed, df), level)
    system = System(found, rows := lay_out(found, stats, gaps), [needed[row.stat] for row in rows], pins)
    errors = _errors(found, design, system)
    missing = tuple(system.answers()[2].tolist())
    concluded = _table(system, errors, df, level, small, design)
    findings = (*found.findings, *_lonely(found, design), *unpaired(found, gaps))
    return Estimates(tuple(rows), concluded, design.policy(), level, missing, findings, system.estimates(), errors)


def _lonely(found: Scan, design: Design) -> list[Finding]:
    """Strata whose spread the policy had to make up."""
    if design.published or not (alone := int((found.stages[0].drawn == 1).sum())):
        return []
    what = f"{alone} of {len(found.strata)} strata have only one cluster: {LONELY[design.lonely]}."
    return [Finding("warning", "lonely-cluster", f"strata {design.strata or '(none)'}", what)]


def _errors(found: Scan, design: Design, system: System) -> Errors:
    if design.replicates:
        return replicated(found, design, system)
    linear = Singles if found.singly else Linearised
    return linear(found, system.gradient(), design.lonely, system.touched)


def _shares(
    found: Scan, design: Design, asked: Sequence[Quantile], needed: Mapping[Stat, Sums], df: int | None
) -> dict[Quantile, tuple[Floats, Floats, Codes]]:
    """For each quantile the share at or below it, that share's error and degrees of freedom, in each cell."""
    shares = {}
    for stat in asked:
        rows = lay_out(found, [stat], [])
        system = System(found, rows, [needed[stat]] * len(rows), {})
        errors = np.sqrt(_errors(found, design, system).variances())
        freedom = system.degrees()[1] if df is None else np.full(len(rows), df)
        shares[stat] = (system.estimates(), errors, freedom)
    return shares


def _table(
    system: System, errors: Errors, freedom: int | None, level: float, small: Reliability, design: Design
) -> pa.Table:
    values = system.estimates()
    se = np.where(system.uncertain(), np.nan, np.sqrt(errors.variances()))
    n, smaller, _missing = system.answers()
    clusters: Codes | None = None
    df = np.full(len(values), freedom if freedom is not None else 0)
    if freedom is None:
        clusters, df = system.degrees()
    low, high = _intervals(system, values, se, df, level)
    columns: dict[str, list[Any]] = {name: [] for name in ESTIMATES.names}
    for i, row in enumerate(system.rows):
        share = isinstance(row.stat, Proportion) and row.kind == "level"
        gap = row.kind != "level"
        flag = small.flag(int(smaller[i]), int(df[i]), float(values[i]), float(se[i]), share=share, gap=gap)
        if design.weight is None and flag not in (SUPPRESSED, SILENT):
            flag = ASKED
        figures = [np.nan] * 4 if flag == SUPPRESSED else [values[i], se[i], low[i], high[i]]
        for name, figure in zip(("estimate", "se", "low", "high"), figures, strict=True):
            columns[name].append(float(figure) if np.isfinite(figure) else None)
        columns["stat"].append(row.stat.text)
        columns["domain"].append(row.domain)
        columns["n"].append(int(n[i]))
        columns["clusters"].append(None if clusters is None else int(clusters[i]))
        columns["df"].append(int(df[i]))
        columns["flag"].append(flag)
    return pa.table(columns, schema=ESTIMATES).replace_schema_metadata({"policy": design.policy(), "level": str(level)})


def _intervals(system: System, values: Floats, se: Floats, df: Codes, level: float) -> tuple[Floats, Floats]:
    """Ends for each row; not a number where there are no degrees of freedom or nothing to learn an error from."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        reach = np.where(df > 0, stdtrit(np.maximum(df, 1), 0.5 + level / 2), np.nan) * se
        low, high = values - reach, values + reach
        for i, row in enumerate(system.rows):
            value = values[i]
            if row.kind == "level" and isinstance(row.stat, Proportion):
                middle, half = np.log(value / (1 - value)), reach[i] / (value * (1 - value))
                low[i], high[i] = 1 / (1 + np.exp(half - middle)), 1 / (1 + np.exp(-half - middle))
            elif row.kind == "level" and row.stat in system.pins:
                low[i], high[i] = system.pins[row.stat].low[row.first], system.pins[row.stat].high[row.first]
            elif row.kind == "ratio" and value > 0:
                low[i], high[i] = value * np.exp(-reach[i] / value), value * np.exp(reach[i] / value)
    return low, high
