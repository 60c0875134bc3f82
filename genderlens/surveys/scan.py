"""The one pass over the persons: weighted sums for each cluster and domain. Everything else happens on its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Column, Table
from numpy.typing import NDArray
from scipy import sparse

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import Design
from genderlens.surveys.statistics import Sums, existing, number

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Cell = tuple[Any, ...]  # one category of each of the `by` columns


class NotANumber(Exception):
    """Some file writes "missing" as NaN, which poisons sums: read it again from `without_nan`."""


@dataclass(frozen=True)
class Stage:
    """The units drawn at one stage, each from its group: a stratum, or at lower stages the unit above it."""

    unit: Codes  # of each row of the scan
    group: Codes  # (units,)
    drawn: Codes  # (groups,) how many units
    size: Floats | None  # (groups,) how many units there were to draw from


@dataclass(frozen=True)
class Singly:
    """What stands for persons drawn one by one, who are too many to be units each."""

    products: Floats  # (rows, keys, keys) sums over persons of the product of two weighted values
    answered: dict[str, Codes]  # key -> (rows,) persons with a weight who answered


@dataclass(frozen=True)
class Scan:
    """Sums for each smallest unit and domain.

    A row of the scan is a unit within a cell (one combination of the `by` columns); rows outside every domain have
    cell -1 and only keep their cluster in the design.
    """

    by: tuple[str, ...]
    cells: list[Cell]  # values of the by columns, sorted
    cell: Codes  # (rows,)
    stages: list[Stage]
    keys: dict[str, int]  # sum -> column of values
    values: Floats  # (rows, keys) weighted sums; zero where nobody answered
    answered: dict[str, Codes]  # key -> (rows,) persons who answered
    persons: Codes  # (rows,) with or without an answer
    weighted: NDArray[np.bool_]  # (rows,) whether anybody there has a weight above zero
    strata: list[Any]  # name of each first-stage group
    replicated: Floats  # (replicates, cells, keys) totals under published replicate weights
    singly: Singly | None  # when persons were drawn one by one; a unit of the only stage is then a whole stratum
    findings: tuple[Finding, ...]

    def matrix(self, stage: int) -> sparse.csr_array:
        """Sums as (units of the stage) × (cell × key), sparse."""
        inside = self.cell >= 0
        width = len(self.keys)
        unit = np.repeat(self.stages[stage].unit[inside], width)
        column = (self.cell[inside, None] * width + np.arange(width)).ravel()
        shape = (len(self.stages[stage].group), len(self.cells) * width)
        return sparse.csr_array((self.values[inside].ravel(), (unit, column)), shape=shape)

    def totals(self) -> Floats:
        """(cells, keys) over all units."""
        inside = self.cell >= 0
        found = np.zeros((len(self.cells), len(self.keys)))
        for key in range(len(self.keys)):
            found[:, key] = np.bincount(self.cell[inside], self.values[inside, key], len(self.cells))
        return found


def scan(
    table: Table,
    design: Design,
    needed: Sequence[Sums],
    by: Sequence[str],
    inside: str | None = None,
    cleaned: bool = False,
) -> Scan:
    """Read the persons once and add up. `inside` names a column of who is asked about (true or false, never null).

    Raises:
        Refused: for a missing column, weight, stratum or cluster, negative weights, a cluster in two strata, or
            population sizes that cannot be.
    """
    small = _read(table, design, needed, by, inside, careful=False)
    keys, answered = _keys(needed)
    if "odd" in small.column_names and _floats(small, "odd").any():
        # Weights that are not above zero are rare; only then is a slower pass worth knowing what they are.
        small = _read(table, design, needed, by, inside, careful=True)
    if design.replicates and not design.published:
        # An engine gives groups in any order, and a seed draws the same clusters only from the same order.
        small = small.sort_by([(name, "ascending") for name in small.column_names])
    values = np.column_stack([_floats(small, f"v{i}") for i in range(len(keys))]) if keys else np.zeros((len(small), 0))
    if np.isnan(values).any() and not cleaned:
        raise NotANumber
    if not np.isfinite(values).all():
        worst = [key for key, i in keys.items() if not np.isfinite(values[:, i]).all()]
        raise Refused(Finding("stop", "infinite", worst[0], "has infinite values.", "Replace them by real ones."))
    persons = _floats(small, "persons").astype(np.int64)
    if not persons.sum():
        raise Refused(Finding("stop", "empty", "table", "has no rows."))
    findings = _weights(small, design, persons)
    cell, cells = cells_of(small, by)
    if not cells:
        raise Refused(Finding("stop", "nobody", ", ".join(by) or "where", "Nobody is in any of the domains asked for."))
    # Published replicates carry strata and clusters in them.
    together = one_by_one(design)
    stages, strata = ([], []) if design.published else _stages(small, design, persons, together)
    if by and (lost := int(persons[cell < 0].sum())) and inside is None:
        what = f"{lost} rows have no category and are in no domain; they stay in the design."
        findings.append(Finding("warning", "no-category", ", ".join(by), what))
    counts = {key: _floats(small, f"n{i}").astype(np.int64) for key, i in answered.items()}
    weighted = _floats(small, "heavy") > 0 if "heavy" in small.column_names else np.ones(len(cell), dtype=bool)
    again = _replicated(small, design, cell, len(cells), len(keys))
    singly = _singly(small, len(keys), answered, counts) if together else None
    return Scan(tuple(by), cells, cell, stages, keys, values, counts, persons, weighted, strata, again, singly,
                tuple(findings))  # fmt: skip


def one_by_one(design: Design) -> bool:
    """Whether sums of squares stand for persons. Replicates made here need each person by themselves."""
    return not design.stages and design.replicates is None


def _singly(small: pa.Table, width: int, answered: dict[str, int], counts: dict[str, Codes]) -> Singly:
    products = np.zeros((len(small), width, width))
    for i in range(width):
        for j in range(i + 1):
            products[:, i, j] = products[:, j, i] = _floats(small, f"p{j}_{i}")
    if "u0" in small.column_names:
        return Singly(products, {key: _floats(small, f"u{i}").astype(np.int64) for key, i in answered.items()})
    return Singly(products, counts)


def without_nan(table: Table) -> Table:
    """The table with its NaN as null. Not always used: it costs time, and few files need it."""
    floating = [name for name, kind in table.schema().items() if kind.is_floating()]
    return table.mutate(**{name: table[name].nullif(float("nan")) for name in floating})


def _replicated(small: pa.Table, design: Design, cell: Codes, cells: int, keys: int) -> Floats:
    columns = design.published.columns if design.published else ()
    found = np.zeros((len(columns), cells, keys))
    for r in range(len(columns)):
        for key in range(keys):
            found[r, :, key] = np.bincount(cell[cell >= 0], _floats(small, f"r{r}v{key}")[cell >= 0], cells)
    return found


def _keys(needed: Sequence[Sums]) -> tuple[dict[str, int], dict[str, int]]:
    keys: dict[str, int] = {}
    answered: dict[str, int] = {}
    for item in needed:
        for key in (item.above_key, item.below_key):
            if key is not None:
                keys.setdefault(key, len(keys))
        answered.setdefault(item.answered_key, len(answered))
    return keys, answered


def _read(
    table: Table, design: Design, needed: Sequence[Sums], by: Sequence[str], inside: str | None, careful: bool
) -> pa.Table:
    """The small table. Columns: stratum, s0 s1…, d0 d1…, inside, persons, odd or light and heavy, v0…, n0…, f0a f0z…"""
    weight = ibis.literal(1.0) if design.weight is None else existing(table, design.weight).cast("float64")
    groups: dict[str, Any] = {}
    published = design.published
    if design.strata and not published:
        groups["stratum"] = existing(table, design.strata)
    # Stages below those whose population is known add nothing to the error.
    stages = () if published else design.stages[: max(len(design.sizes), 1)]
    for i, name in enumerate(stages):
        groups[f"s{i}"] = existing(table, name)
    for i, name in enumerate(by):
        column = existing(table, name)
        groups[f"d{i}"] = column if inside is None else ibis.ifelse(table[inside], column, ibis.null(column.type()))
    if inside is not None:
        groups["inside"] = table[inside]
    sums: dict[str, Any] = {}
    keys, answered = _keys(needed)
    for item in needed:
        for key, value in ((item.above_key, item.above), (item.below_key, item.below)):
            if key is not None and value is not None:
                sums[f"v{keys[key]}"] = weight * value
                for r, name in enumerate(published.columns if published else ()):
                    factor = number(table, name) if published and published.combined else weight * number(table, name)
                    sums[f"r{r}v{keys[key]}"] = factor * value
        sums[f"n{answered[item.answered_key]}"] = item.answered
    sizes = {f"f{i}": existing(table, name).cast("float64") for i, name in enumerate(design.sizes)}
    if not stages and not published and not one_by_one(design):
        columns = {name: value.cast("float64").fill_null(0.0) for name, value in sums.items()}
        columns |= {"persons": ibis.literal(1), "light": weight.fill_null(-1.0), "heavy": weight}
        columns |= {f"{name}{end}": value for name, value in sizes.items() for end in "az"}
        return table.select(**groups, **columns).to_pyarrow()
    added = {
        name: table.count(where=value) if name[0] == "n" else _sum(table, value).fill_null(0.0)
        for name, value in sums.items()
    }
    if one_by_one(design):
        weighed = [sums[f"v{i}"].fill_null(0.0) for i in range(len(keys))]
        added |= {f"p{j}_{i}": _sum(table, weighed[i] * weighed[j]) for i in range(len(keys)) for j in range(i + 1)}
        if careful:
            added |= {f"u{i}": table.count(where=sums[f"n{i}"] & (weight > 0)) for i in answered.values()}
    added["persons"] = table.count()
    if design.weight is not None:
        if careful:
            added |= {"light": weight.fill_null(-1.0).min(), "heavy": weight.max()}
        else:
            added["odd"] = table.count(where=~(weight > 0).fill_null(False))
    for name, value in sizes.items():
        added |= {f"{name}a": value.min(), f"{name}z": value.max()}
    grouped = table.group_by(**groups) if groups else table
    return grouped.agg(**added).to_pyarrow()


def _sum(table: Table, value: Any) -> Any:
    """The sum over persons, also of something that is the same for all."""
    return value.sum() if isinstance(value, Column) else value * table.count()


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)


def _codes(table: pa.Table, name: str) -> tuple[Codes, list[Any]]:
    """A code for each row, -1 where null, and what the codes stand for."""
    column = table[name].combine_chunks()
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    column = column.dictionary_encode()
    codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, column.dictionary.to_pylist()


def _weights(small: pa.Table, design: Design, persons: Codes) -> list[Finding]:
    if design.weight is None:
        what = "No weights: the figures describe only those asked."
        return [Finding("note", "no-weights", "design", what)]
    if "light" not in small.column_names:
        return []
    light = _floats(small, "light")
    if (light < 0).any() or np.isnan(light).any():
        where = f"weight {design.weight}"
        what = f"is missing or negative in {int((~(light >= 0)).sum())} clusters or more."
        raise Refused(Finding("stop", "weight-wrong", where, what, "Give every person a weight of zero or more."))
    if (light == 0).any():
        what = "is zero for some rows: they stand for nobody and only keep their cluster in the design."
        return [Finding("warning", "weight-zero", f"weight {design.weight}", what)]
    return []


def cells_of(small: pa.Table, by: Sequence[str]) -> tuple[Codes, list[Cell]]:
    """The cell of each row, -1 outside. Cells are sorted by their values."""
    cell = np.zeros(len(small), dtype=np.int64)
    outside = np.zeros(len(small), dtype=bool)
    if "inside" in small.column_names:
        outside |= ~small["inside"].to_numpy().astype(bool)
    names: list[list[Any]] = []
    for i in range(len(by)):
        codes, values = _codes(small, f"d{i}")
        outside |= codes < 0
        order = np.array(sorted(range(len(values)), key=lambda code: values[code]), dtype=np.int64)
        rank = np.empty(len(values), dtype=np.int64)
        rank[order] = np.arange(len(values))
        names.append([values[code] for code in order])
        cell = cell * max(len(values), 1) + np.where(codes < 0, 0, rank[codes] if len(values) else 0)
    cell[outside] = -1
    found = np.unique(cell[~outside])
    renamed = np.where(outside, -1, np.searchsorted(found, cell))
    cells: list[Cell] = []
    for code in found.tolist():
        values_of: list[Any] = []
        for options in reversed(names):
            code, position = divmod(code, len(options))
            values_of.append(options[position])
        cells.append(tuple(reversed(values_of)))
    return renamed, cells


def _stages(small: pa.Table, design: Design, persons: Codes, together: bool) -> tuple[list[Stage], list[Any]]:
    rows = len(small)
    strata: list[Any] = [""]
    group = np.zeros(rows, dtype=np.int64)
    if design.strata:
        group, strata = _codes(small, "stratum")
        _complete(group, persons, f"stratum {design.strata}")
    if together:
        drawn = np.bincount(group, persons).astype(np.int64)
        size = _sizes(small, design, 0, group, drawn) if design.sizes else None
        return [Stage(group, np.arange(len(drawn)), drawn, size)], strata
    stages: list[Stage] = []
    names = design.stages[: max(len(design.sizes), 1)]
    for i in range(max(len(names), 1)):
        if not names:
            unit = np.arange(rows)
        else:
            codes, labels = _codes(small, f"s{i}")
            _complete(codes, persons, f"cluster {names[i]}")
            if i == 0 and not design.nest:
                unit = codes
                _nested(unit, group, labels, design)
            else:
                unit = np.unique(group * len(labels) + codes, return_inverse=True)[1]
        parent = np.zeros(int(unit.max(initial=-1)) + 1, dtype=np.int64)
        parent[unit] = group
        drawn = np.bincount(parent)
        size = _sizes(small, design, i, group, drawn) if i < len(design.sizes) else None
        stages.append(Stage(unit, parent, drawn, size))
        group = unit
    return stages, strata


def _complete(codes: Codes, persons: Codes, where: str) -> None:
    if (codes < 0).any():
        what = f"is missing for {int(persons[codes < 0].sum())} rows."
        raise Refused(Finding("stop", "design-missing", where, what, "Everybody was drawn from somewhere: fill it in."))


def _nested(unit: Codes, group: Codes, labels: list[Any], design: Design) -> None:
    last = np.zeros(len(labels), dtype=np.int64)
    last[unit] = group
    if len(torn := np.unique(unit[last[unit] != group])):
        shown = ", ".join(str(labels[code]) for code in torn[:5])
        what = f"{len(torn)} clusters are in more than one stratum, such as {shown}."
        mend = "If numbers start again in each stratum, say nest."
        raise Refused(Finding("stop", "cluster-in-two-strata", f"cluster {design.stages[0]}", what, mend))


def _sizes(small: pa.Table, design: Design, stage: int, group: Codes, drawn: Codes) -> Floats:
    """How many units there were to draw from, for each group."""
    where = f"fpc {design.sizes[stage]}"
    low, high = _floats(small, f"f{stage}a"), _floats(small, f"f{stage}z")
    if np.isnan(low).any():
        raise Refused(Finding("stop", "fpc-missing", where, "is missing in some rows.", "Fill it in."))
    smallest = np.full(len(drawn), np.inf)
    largest = np.full(len(drawn), -np.inf)
    np.minimum.at(smallest, group, low)
    np.maximum.at(largest, group, high)
    if (smallest != largest).any():
        what = f"differs inside {int((smallest != largest).sum())} of the groups drawn from."
        raise Refused(Finding("stop", "fpc-varies", where, what, "It is one number for each stratum."))
    if (largest > 1).any() and (smallest < 1).any():
        what = "mixes shares (below 1) and numbers (above 1)."
        raise Refused(Finding("stop", "fpc-mixed", where, what, "Give one or the other."))
    if (smallest <= 0).any():
        raise Refused(Finding("stop", "fpc-wrong", where, "is zero or negative.", "It is a number or a share drawn."))
    size = smallest if (largest > 1).any() else drawn / smallest
    if (size < drawn * (1 - 1e-12)).any():
        what = f"is below the number drawn in {int((size < drawn).sum())} of the groups drawn from."
        raise Refused(Finding("stop", "fpc-too-small", where, what, "Nobody draws more than there is."))
    return np.asarray(size, dtype=np.float64)
