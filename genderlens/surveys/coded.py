"""Columns of a survey as the words of their roles: code 2 of p03 becomes f, " 15 min" a number or no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis

from genderlens.findings import Finding, Refused
from genderlens.surveys import sexes
from genderlens.surveys.declaration import Column, roles
from genderlens.surveys.opened import Opened, values

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, NumericColumn, StringColumn, Table
    from ibis.expr.types import Column as Values


def is_code(column: Values, code: str) -> BooleanValue:
    """Whether the column has this code, however the file stores it: 2, 2.0 and "2" are one code."""
    kind = column.type()
    if kind.is_boolean():
        return column.cast("int8") == {"true": 1, "1": 1, "false": 0, "0": 0}.get(code.lower(), -1)
    if kind.is_numeric():
        try:
            return column.cast("float64") == float(code)
        except ValueError:
            return ibis.literal(False)
    return column.cast("string").strip() == code


def words(table: Table, column: Column, *, otherwise: str | None = None) -> StringColumn:
    """The words of a coded column; codes without a word become `otherwise` (None: no answer)."""
    raw = table[column.column]
    if not column.codes:
        return as_text(raw)
    pairs = [(is_code(raw, code), ibis.literal(word, "string")) for code, word in column.codes.items()]
    return ibis.cases(*pairs, else_=ibis.literal(otherwise, "string"))


def as_text(raw: Values) -> StringColumn:
    """The column as text, codes that are whole numbers without decimals; empty is null."""
    if raw.type().is_floating():
        whole = raw == raw.floor()
        return ibis.ifelse(whole, raw.cast("int64").cast("string"), raw.cast("string"))
    text = raw.cast("string").strip()
    return text.nullif("") if raw.type().is_string() else text


def number(table: Table, column: Column) -> NumericColumn:
    """The column as a number; text that is none becomes no answer, and so do the codes said to be null."""
    raw = table[column.column]
    value = raw.strip().try_cast("float64") if raw.type().is_string() else raw.cast("float64")
    for code, word in column.codes.items():
        value = ibis.ifelse(is_code(raw, code), ibis.literal(None if word is None else float(word), "float64"), value)
    return value


def sex(survey: Opened, table: str = "persons") -> tuple[Column, tuple[Finding, ...]]:
    """The column of the sex with what its codes mean: as declared, else told from the words of the file.

    Raises:
        Refused: no sex column is declared, or its codes are bare numbers nobody explained.
    """
    declaration = survey.declaration
    where = declaration.paths(table)[0].name
    column = declaration.tables[table].columns.get("sex")
    if column is None:
        mend = "Declare it: columns: {sex: {column: …, codes: {1: m, 2: f}}}."
        raise Refused(Finding("stop", "no-sex", where, "no column is declared as the sex.", mend))
    if column.codes:
        return column, ()
    if table not in survey.told:
        labels = survey.labels[table].get(column.column, {})
        survey.told[table] = told(survey.tables[table], column.column, labels)
    found = survey.told[table]
    if not found:
        what = f"nobody said what the codes of “{column.column}” mean."
        raise Refused(Finding("stop", "sex-codes", where, what, "Say so: codes: {1: m, 2: f}."))
    said = ", ".join(f"{code} is {word}" for code, word in found.items())
    note = Finding("note", "sex-guessed", f"{where}, {column.column}", f"read from its words: {said}.", "Declare it.")
    return Column(column.column, found), (note,)


def told(table: Table, column: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Code -> f, m or x, from the labels of a labelled file, else from the words in the column."""
    if found := sexes.from_labels(labels):
        return found
    return sexes.told([as_code(value) for value in values(table, column, 50)])


def sex_words(table: Table, column: Column) -> StringColumn:
    """f, m or x; never null: another answer and none are both x, which is kept and reported."""
    return words(table, column, otherwise="x").fill_null("x")


def role(survey: Opened, table: str, name: str, *, on: Table | None = None) -> Any:
    """The column of a role as its words or its number."""
    column = survey.declaration.tables[table].columns[name]
    rows = survey.tables[table] if on is None else on
    if name == "sex":
        return sex_words(rows, sex(survey, table)[0])
    return number(rows, column) if "number" in roles()[table][name] else words(rows, column)


def as_code(value: object) -> str:
    """A value as a code is written: 2.0 is 2."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
