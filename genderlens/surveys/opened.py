"""A declared survey, opened: its tables on an engine, its columns known to be there, its design ready to use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pyarrow.parquet as pq

from genderlens import engines
from genderlens.findings import Finding, Refused
from genderlens.strict import near
from genderlens.surveys import files
from genderlens.surveys.declaration import Declaration, Plan
from genderlens.surveys.design import LONELY, Design, Kind, Lonely, Replicates

if TYPE_CHECKING:
    import ibis
    from ibis.expr.types import Table

# Nobody said what to do about a stratum of one cluster: compare it with the whole sample, which errs on the safe side.
UNSAID: Lonely = "adjust"


@dataclass(frozen=True)
class Opened:
    declaration: Declaration
    engine: ibis.BaseBackend
    tables: Mapping[str, Table]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]  # table -> column -> code -> words
    findings: tuple[Finding, ...]
    told: dict[str, dict[str, str]] = field(default_factory=dict)  # codes of the sex, read from its words once

    @property
    def people(self) -> Table:
        """The table that carries the design."""
        return self.tables[self.declaration.design.table]


def opened(declaration: Declaration, engine: ibis.BaseBackend, scratch: Path) -> Opened:
    """The survey's files as tables; what is not Parquet is converted into `scratch` first.

    Raises:
        Refused: a file cannot be read, or a column that is named is not there (with the nearest name that is).
    """
    tables, labels, findings = {}, {}, list[Finding]()
    made: dict[tuple[tuple[Path, ...], str, str], tuple[Path, ...]] = {}  # one file may hold several tables
    for name, source in declaration.tables.items():
        what = declaration.paths(name), source.encoding, source.separator
        if what not in made:
            made[what], noted = files.as_parquet(what[0], scratch, encoding=what[1], separator=what[2])
            findings += noted
        paths = made[what]
        _alike(paths, declaration.paths(name))
        tables[name] = engines.read(engine, paths, "parquet")
        labels[name] = {**files.labels(paths[0]), **source.labels}
    missing = [finding for name, table in tables.items() for finding in _missing(declaration, name, table)]
    if missing:
        raise Refused(*missing)
    for name, source in declaration.tables.items():
        if source.distinct:
            tables[name], found = _distinct(declaration, name, tables[name])
            findings += found
    return Opened(declaration, engine, tables, labels, tuple(findings))


def _distinct(declaration: Declaration, name: str, table: Table) -> tuple[Table, list[Finding]]:
    """The rows that a file repeats, once each; a row without a key belongs to another table only."""
    key = declaration.tables[name].key
    columns = list(dict.fromkeys(column for column, _why in named(declaration, name)))
    there = table.filter(*(table[column].notnull() for column in key)).select(*columns).distinct()
    without = table.filter(reduce(or_, (table[column].isnull() for column in key)))
    count = int(without.count().to_pyarrow().as_py())
    if not count:
        return there, []
    where = f"{declaration.paths(name)[0].name}, {' + '.join(key)}"
    return there, [Finding("note", "no-key", where, f"{count} rows have no such key; they are not among the {name}.")]


def design(plan: Plan, table: Table) -> Design:
    """The design of `plan`, its patterns of replicate weights filled in from the table's columns."""
    replicates = None
    if plan.replicates is not None:
        said = plan.replicates
        columns = tuple(column for pattern in said.columns for column in matching(table.columns, pattern))
        if said.columns and not columns:
            what = f"no column is called {', '.join(said.columns)}."
            raise Refused(Finding("stop", "no-column", "replicate weights", what, "A pattern is written as 'rep*'."))
        rscales = said.rscales * len(columns) if len(said.rscales) == 1 else said.rscales
        kinds: dict[str, Kind] = {kind.lower(): kind for kind in get_args(Kind)}
        if (kind := kinds.get(said.kind.lower())) is None:
            mend = f"One of {', '.join(kinds.values())}."
            raise Refused(Finding("stop", "unknown-replicates", "replicates", f"“{said.kind}” is no kind.", mend))
        replicates = Replicates(
            kind, columns, said.scale, rscales or None, said.rho, said.mse, said.combined, said.number, said.seed,
            said.df,
        )  # fmt: skip
    if plan.lonely and plan.lonely not in LONELY:
        what = f"“{plan.lonely}” is not a policy."
        raise Refused(Finding("stop", "unknown-policy", "lonely", what, near(plan.lonely, LONELY)))
    return Design(
        plan.weight or None, plan.strata or None, plan.cluster or None, plan.fpc or None, plan.nest,
        plan.lonely or UNSAID, replicates,
    )  # fmt: skip


def matching(columns: tuple[str, ...], pattern: str) -> tuple[str, ...]:
    """Columns of a pattern, those that end in numbers in the order of the numbers: rep2 before rep10."""
    found = [column for column in columns if fnmatchcase(column, pattern)]
    return tuple(sorted(found, key=_number_last))


def _number_last(name: str) -> tuple[str, int, str]:
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or 0), name


def _alike(made: tuple[Path, ...], given: tuple[Path, ...]) -> None:
    first = set(pq.read_schema(made[0]).names)
    for path, name in zip(made[1:], given[1:], strict=True):
        if (names := set(pq.read_schema(path).names)) != first:
            odd = ", ".join(sorted(names ^ first)[:5])
            what = f"has other columns than {given[0].name}: {odd}."
            raise Refused(Finding("stop", "columns-differ", name.name, what, "Give files of the same columns."))


def _missing(declaration: Declaration, name: str, table: Table) -> Iterator[Finding]:
    for column, why in named(declaration, name):
        if column not in table.columns and "*" not in column:
            what = f"there is no column “{column}” ({why})."
            yield Finding("stop", "no-column", declaration.paths(name)[0].name, what, near(column, table.columns))


def near_columns(survey: Opened, wanted: Mapping[str, str]) -> Iterator[Finding]:
    """A finding for each column of the table of the design that is asked for and not there."""
    table = survey.declaration.design.table
    where = survey.declaration.paths(table)[0].name
    for column, why in wanted.items():
        if column not in survey.people.columns:
            what = f"there is no column “{column}” ({why})."
            yield Finding("stop", "no-column", where, what, near(column, survey.people.columns))


def named(declaration: Declaration, table: str) -> Iterator[tuple[str, str]]:
    """Every column of a table that the declaration names, with what for."""
    source, plan = declaration.tables[table], declaration.design
    yield from ((column, "key") for column in source.key)
    yield from ((column, f"link to {other}") for other, columns in source.link.items() for column in columns)
    yield from ((column.column, role) for role, column in source.columns.items())
    if table == plan.table:
        yield from ((column, "design") for column in plan.columns())
        if plan.replicates is not None:
            yield from ((column, "replicate weight") for column in plan.replicates.columns)


def values(table: Table, column: str, most: int = 1000) -> list[Any]:
    """The distinct values of a column, sorted, without null; at most `most` of them."""
    chosen = table.select(it=table[column]).distinct().filter(lambda t: t.it.notnull()).limit(most)
    return sorted(chosen.to_pyarrow().column("it").to_pylist(), key=lambda v: (str(type(v)), v))
