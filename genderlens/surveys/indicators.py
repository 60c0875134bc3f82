"""Indicators of the catalogue, estimated from a declared survey by sex, with the gap between women and men."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from operator import or_
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from genderlens.findings import Finding, Refused
from genderlens.surveys import figures, measures, people
from genderlens.surveys.asked import Options
from genderlens.surveys.catalogue import Indicator, Roles, catalogue, find, said
from genderlens.surveys.coded import as_code
from genderlens.surveys.design import Design
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.opened import Opened
from genderlens.surveys.people import PERSON
from genderlens.surveys.reliability import SUPPRESSED, Reliability
from genderlens.surveys.statistics import Gap, Mean, Proportion

if TYPE_CHECKING:
    from genderlens.surveys.measures import Measure
    from genderlens.surveys.people import People

FEWEST = 5  # a figure of fewer answers is kept back: ours


@dataclass(frozen=True)
class Indicated:
    indicator: Indicator
    estimates: pa.Table  # ESTIMATES, its stat led by the indicator's id
    figures: pa.Table  # FIGURES
    findings: tuple[Finding, ...]


def possible(survey: Opened) -> tuple[str, ...]:
    """The indicators that the survey declares enough for."""
    return tuple(name for name, indicator in catalogue().items() if not lacking(survey, indicator))


def lacking(survey: Opened, indicator: Indicator) -> str:
    """What the survey has not that the indicator needs, in words; empty if it can be computed."""
    missing = [*_missing(survey, indicator.needs)]
    if indicator.one_of and all([*_missing(survey, roles)] for roles in indicator.one_of):
        missing.append(" or ".join(map(said, indicator.one_of)))
    return "; ".join(missing)


def _missing(survey: Opened, roles: Roles) -> Iterator[str]:
    for table, names in roles.items():
        lacks = [name for name in names if not survey.declaration.has(table, name)]
        if lacks:
            yield f"{table} {', '.join(lacks)}"


def indicated(
    survey: Opened, design: Design, name: str, options: Options, language: str, *, alone: bool = False
) -> Indicated:
    """One indicator by sex (and by the domains of `options`), women against men, and everybody.

    What the survey lacks is said: no figure, and a finding that names what is needed.

    Raises:
        Refused: there is no such indicator; or, when it is `alone`, it cannot be computed.
    """
    indicator = find(name)
    if lacks := lacking(survey, indicator):
        mend = "Declare these columns, if the survey asked."
        finding = Finding("stop" if alone else "warning", "cannot-be-computed", name,
                          f"cannot be computed: needs {lacks}.", mend)  # fmt: skip
        if alone:
            raise Refused(finding)
        return Indicated(indicator, figures.no_estimates(), figures.none(), (finding,))
    for table in {table for roles in (indicator.needs, *indicator.one_of) for table in roles} - {"persons"}:
        if table in survey.tables:
            people.needs_link(survey, table)
    them = people.people(survey, design, options.by)
    try:
        measure = measures.FUNCTIONS[indicator.measure](them, indicator)
    except Refused as refused:
        if alone:
            raise
        return Indicated(indicator, figures.no_estimates(), figures.none(), refused.findings)
    if not measure.parts:
        finding = Finding("warning", "no-answers", name, "cannot be computed: nobody answered.")
        return Indicated(indicator, figures.no_estimates(), figures.none(), (*measure.findings, finding))
    found = _by_sex_and_everybody(them, indicator, measure, options)
    table = pa.concat_tables([one.table.replace_schema_metadata(None) for one in found])
    named = pc.binary_join_element_wise(pa.scalar(f"{name}: "), table["stat"], "")
    table = table.set_column(0, table.schema.field("stat"), named)
    labels = survey.labels["persons"]
    told = [figures.of_indicator(one, indicator, measure.parts, language, labels) for one in found]
    findings = [*measure.findings, *(finding for one in found for finding in one.findings)]
    return Indicated(indicator, table, pa.concat_tables(told), tuple(dict.fromkeys(findings)))


def _by_sex_and_everybody(
    them: People, indicator: Indicator, measure: Measure, options: Options
) -> Sequence[Estimates]:
    stats = [part.stat for part in measure.parts]
    answered = _answered(them, indicator, measure)
    few = {cell for cell, persons in answered.items() if persons < FEWEST}
    gaps = (Gap("sex", "f", "m"),) if {"f", "m"} <= {cell[0] for cell in answered} else ()
    small = Reliability(hide=FEWEST)
    by_sex = estimate(
        measure.table, them.design, stats, them.by, gaps, where=measure.where, level=options.level, small=small
    )
    everybody = estimate(
        measure.table, them.design, stats, them.by[1:], where=measure.where, level=options.level, small=small
    )
    return _kept_back(by_sex, few), _kept_back(everybody, few)


def _answered(them: People, indicator: Indicator, measure: Measure) -> dict[tuple[str, ...], int]:
    """How many persons answered in each domain, however many trips they made."""
    table = measure.table
    columns = {part.stat.column for part in measure.parts if isinstance(part.stat, Mean | Proportion)}
    answered = [table[column].notnull() for column in sorted(columns)]
    people = table.filter(reduce(or_, answered), *([] if measure.where is None else [measure.where]))
    linked = {table for roles in (indicator.needs, *indicator.one_of) for table in roles} - {"persons"}
    count = people[PERSON].nunique() if linked else people.count()
    cells = people.group_by(*them.by).aggregate(n=count).to_pyarrow().to_pylist()
    return {tuple(as_code(cell[column]) for column in them.by): cell["n"] for cell in cells}


def _kept_back(found: Estimates, few: set[tuple[str, ...]]) -> Estimates:
    """The estimates without those of few persons, nor gaps with them. Without sex in the domain all are kept."""
    if not few:
        return found
    rows = found.table.to_pylist()
    for row, figure in zip(found.rows, rows, strict=True):
        pairs = [value if isinstance(value, tuple) else (value,) for value in row.values.values()]
        if any(tuple(map(as_code, cell)) in few for cell in product(*pairs)):
            figure |= {"estimate": None, "se": None, "low": None, "high": None, "flag": SUPPRESSED}
    return replace(found, table=pa.Table.from_pylist(rows, found.table.schema))
