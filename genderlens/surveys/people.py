"""The people of a survey with what they did beside them: their design, sex and domains joined to trips or episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis

from genderlens.findings import Finding, Refused
from genderlens.surveys import coded
from genderlens.surveys.declaration import Column
from genderlens.surveys.design import Design
from genderlens.surveys.opened import Opened

if TYPE_CHECKING:
    from ibis.expr.types import Table, Value

PERSON = "_person"  # the person, in every table here


@dataclass(frozen=True)
class People:
    """One row a person: `_person`, the columns of the design by their own names, `sex`, `age` if declared, domains.

    Persons without a trip (or an episode) stay in every table joined to them: they belong to the design.
    """

    survey: Opened
    table: Table
    design: Design
    by: tuple[str, ...]  # sex first, then the domains asked for
    sex: Column

    def with_roles(self, *roles: str) -> Table:
        """The people with columns named by roles."""
        return self.table.mutate(**{role: self.table[_own(role)] for role in roles})

    def did(self, table: str, roles: Sequence[str], **more: Value) -> Table:
        """Trips or episodes by `_person`, with columns named by roles."""
        source = self.survey.declaration.tables[table]
        rows = self.survey.tables[table]
        columns = {role: coded.role(self.survey, table, role) for role in roles}
        return rows.select(**{PERSON: _key(rows, source.link["persons"])}, **columns, **more)

    def beside(self, rows: Table) -> Table:
        """Every person with each of their `rows`; who has none, once, with nulls."""
        return self.table.left_join(rows, PERSON).drop(f"{PERSON}_right")


def people(survey: Opened, design: Design, by: Sequence[str] = ()) -> People:
    """The people of a survey, each once, with the design and their sex.

    Without clusters the person is the cluster: trips of one person are not independent.

    Raises:
        Refused: no persons, no sex, or a trip table that does not say whose trips they are.
    """
    declaration = survey.declaration
    if "persons" not in declaration.tables:
        raise Refused(
            Finding("stop", "no-persons", declaration.name, "no table of persons is declared.", "Declare it.")
        )
    source = declaration.tables["persons"]
    rows = survey.tables["persons"]
    sex, _guessed = coded.sex(survey)
    kept = {name: rows[name] for name in _design_columns(design, rows)} | {name: rows[name] for name in by}
    roles = {_own(role): coded.role(survey, "persons", role) for role in source.columns if role != "sex"}
    # Without a key nothing is linked to persons, and each row is one.
    key = _key(rows, source.key) if source.key else ibis.null("string")
    one = rows.select(**{PERSON: key}, **kept, **roles, sex=coded.sex_words(rows, sex))
    if declaration.design.table != "persons":
        one = _with_design(survey, design, one, rows)
    if source.key and not design.stages and not design.published:
        design = replace(design, cluster=PERSON)
    return People(survey, one, design, ("sex", *by), sex)


def needs_link(survey: Opened, table: str) -> None:
    """Refuses a table that does not say whose rows they are."""
    source = survey.declaration.tables[table]
    if "persons" not in source.link:
        where = survey.declaration.paths(table)[0].name
        what = f"{table} are not linked to persons."
        raise Refused(Finding("stop", "no-link", where, what, "Say `link: {persons: …}` and give persons a `key`."))


def _with_design(survey: Opened, design: Design, one: Table, persons: Table) -> Table:
    """Persons with the design that stands in another table, such as that of households."""
    table = survey.declaration.design.table
    link = survey.declaration.tables["persons"].link
    if table not in link:
        where = survey.declaration.paths("persons")[0].name
        what = f"the design is in {table}, to which persons are not linked."
        raise Refused(Finding("stop", "no-link", where, what, f"Say `link: {{{table}: …}}`."))
    there = survey.tables[table]
    columns = {name: there[name] for name in _design_columns(design, there)}
    units = there.select(_unit=_key(there, survey.declaration.tables[table].key), **columns)
    key = _key(persons, survey.declaration.tables["persons"].key)
    whose = persons.select(_member=key, _unit=_key(persons, link[table]))
    linked = whose.join(units, "_unit").drop("_unit")
    return one.join(linked, one[PERSON] == linked["_member"]).drop("_member")


def _design_columns(design: Design, rows: Table) -> list[str]:
    replicates = design.published.columns if design.published else ()
    named = (design.weight, design.strata, *design.stages, *design.sizes, *replicates)
    return [name for name in dict.fromkeys(filter(None, named)) if name in rows.columns]


def _own(role: str) -> str:
    """Our columns of roles do not collide with those of the file."""
    return f"_{role}"


def _key(rows: Table, columns: Sequence[str]) -> Any:
    """The columns of a key as one text, so that keys of several columns are compared as one."""
    parts = [coded.as_text(rows[name]).fill_null("") for name in columns]
    key = parts[0]
    for part in parts[1:]:
        key = key + "\x1f" + part
    return key


def sums_by_person(rows: Table, **sums: Any) -> Table:
    made: Mapping[str, Any] = sums
    return rows.group_by(PERSON).aggregate(**made)
