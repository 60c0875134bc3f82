"""Homes and places from tables: read, checked, and what is wrong with them said.

Everything is done on whole columns, so that ten million places take seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from genderlens.access.hours import seconds, spans
from genderlens.access.tables import HOMES, PLACES
from genderlens.findings import Finding, Refused

# Names other tables give the same columns.
ALIASES = {
    "lon": ("longitude", "lng", "long"),
    "lat": ("latitude",),
    "home": ("id", "cell", "zone"),
    "place": ("id", "name"),
    "persons": ("population", "people", "pop"),
    "amount": ("count", "opportunities"),
}
# Words for sex that mean one thing only. M alone does not: it is Mujer in one language and male in another.
SEXES = {
    **dict.fromkeys(
        ("f", "female", "woman", "women", "femme", "femmes", "mujer", "mujeres", "mulher", "feminino"), "f"
    ),
    **dict.fromkeys(("male", "man", "men", "homme", "hommes", "hombre", "hombres", "homem", "masculino"), "m"),
    **dict.fromkeys(("x", "other", "another", "not stated", "unknown", "otro", "autre"), "x"),
}


def read_homes(path: Path, *, sexes: Mapping[str, str] | None = None) -> tuple[pa.Table, tuple[Finding, ...]]:
    """HOMES from a CSV or Parquet file; see `homes`."""
    return homes(read_table(path), where=path.name, sexes=sexes)


def read_places(path: Path, *, kind: str | None = None) -> tuple[pa.Table, tuple[Finding, ...]]:
    """PLACES from a CSV or Parquet file; see `places`."""
    return places(read_table(path), where=path.name, kind=kind)


def homes(
    table: pa.Table, *, where: str = "homes", sexes: Mapping[str, str] | None = None
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """A table of who lives where as HOMES.

    It needs `home`, `lon` and `lat` (or a name in `ALIASES`). Without `sex` all persons are of sex x, and a finding
    says that women and men cannot be told apart; without `age` they are not split; without `persons` each row is one.
    Rows without a number of persons are left out, and said; a second row for the same home, sex and age is added to
    the first.

    Args:
        sexes: which code is f, m or x, where `SEXES` does not know it. A code in neither is kept as x, and said.

    Raises:
        Refused: when a column is missing, nothing is left, or the codes for sex can mean either.
    """
    table = renamed(table, ("home", "lon", "lat", "persons"))
    needs(table, ("home", "lon", "lat"), where)
    findings: list[Finding] = []
    count = len(table)
    persons = number(table, "persons", where) if "persons" in table.column_names else pa.array(np.ones(count))
    if "sex" in table.column_names:
        sex, found = sex_of(table["sex"], f"{where}.sex", sexes)
        findings += found
    else:
        sex = pa.array(["x"] * count, pa.string())
        what = "There is no column sex: women and men cannot be told apart."
        findings.append(
            Finding("warning", "no-sex", where, what, "Give persons by sex: one row for each home and sex.")
        )
    age = pc.fill_null(table["age"].cast(pa.string()), "") if "age" in table.column_names else pa.array([""] * count)
    made = pa.table([table["home"].cast(pa.string()), *coordinates(table, where), sex, age, persons], names=HOMES.names)
    wrong = pc.fill_null(pc.less(made["persons"], 0), True)
    made = made.filter(pc.invert(wrong))
    findings += left_out(wrong, "persons-missing", f"{where}.persons", "no number of persons, or one below zero")
    unnamed = pc.is_null(made["home"])
    made = made.filter(pc.invert(unnamed))
    findings += left_out(unnamed, "home-unnamed", f"{where}.home", "no name")
    if not len(made):
        raise Refused(*findings, Finding("stop", "no-homes", where, "There is no home in it."))
    grouped = made.group_by(["home", "sex", "age"], use_threads=False).aggregate([
        ("lon", "first"), ("lat", "first"), ("persons", "sum"), ("persons", "count"),
    ])  # fmt: skip
    if (twice := len(made) - len(grouped)) > 0:
        what = f"{twice} rows are of a home, sex and age that stands there already; their persons are added up."
        findings.append(Finding("warning", "rows-repeated", where, what, "Check that nobody is counted twice."))
    first = grouped.rename_columns(["home", "sex", "age", "lon", "lat", "persons", "rows"])
    return one_place_each(first, where, findings), tuple(findings)


def one_place_each(table: pa.Table, where: str, findings: list[Finding]) -> pa.Table:
    """Every row of a home at the coordinates of its first row."""
    unique = pc.unique(table["home"])
    at = pc.index_in(table["home"], value_set=unique)
    first = pc.index_in(unique, value_set=table["home"].combine_chunks())
    lon, lat = table["lon"].take(first).take(at), table["lat"].take(first).take(at)
    moved = pc.or_(pc.not_equal(lon, table["lon"]), pc.not_equal(lat, table["lat"]))
    if pc.any(moved).as_py():
        homes_moved = pc.count_distinct(table["home"].filter(pc.fill_null(moved, False))).as_py()
        what = f"{homes_moved} homes have rows with different coordinates; the first are used."
        findings.append(Finding("warning", "home-in-two-places", where, what, "Give each place its own home."))
    columns = [table["home"], lon, lat, table["sex"], table["age"], table["persons"]]
    return pa.table([pa.chunked_array([column.combine_chunks()]) for column in columns], names=HOMES.names).cast(HOMES)


def places(table: pa.Table, *, where: str = "places", kind: str | None = None) -> tuple[pa.Table, tuple[Finding, ...]]:
    """A table of where people go as PLACES.

    It needs `lon` and `lat`, and `kind` unless all are of the `kind` given. Without `amount` each counts 1. Hours are a
    column `hours` such as 08:00-18:00, 20:00-02:00 (closes the day after) or 24/7, or two columns `opens` and
    `closes`, as times or seconds after midnight; without them a place is open all day. What cannot be read is left out
    and said: a place with wrong hours is not one that is always open.

    Raises:
        Refused: when a column is missing or nothing is left.
    """
    table = renamed(table, ("place", "lon", "lat", "amount"))
    needs(table, ("lon", "lat") if kind is not None else ("lon", "lat", "kind"), where)
    findings: list[Finding] = []
    count = len(table)
    named = table["place"] if "place" in table.column_names else pa.array(np.arange(1, count + 1))
    kinds = pa.array([kind]).take(pa.array(np.zeros(count, np.int64))) if kind is not None else table["kind"]
    amount = number(table, "amount", where) if "amount" in table.column_names else pa.array(np.ones(count))
    none = pa.nulls(count, pa.int32())
    opens, closes, unread = none, none, pa.array(np.zeros(count, np.bool_))
    if "hours" in table.column_names:
        opens, closes, unread = spans(table["hours"])
    elif {"opens", "closes"} <= set(table.column_names):
        (opens, wrong_opens), (closes, wrong_closes) = seconds(table["opens"]), seconds(table["closes"])
        half = pc.xor(pc.is_null(opens), pc.is_null(closes))
        over = pc.fill_null(pc.less(closes, opens), False)
        closes = pc.if_else(over, pc.add(closes, 86_400), closes)
        unread = pc.or_(pc.or_(wrong_opens, wrong_closes), pc.or_(half, pc.fill_null(pc.equal(opens, closes), False)))
    columns = [named.cast(pa.string()), *coordinates(table, where), kinds.cast(pa.string()), amount, opens, closes]
    made = pa.table(columns, names=PLACES.names)
    what = "hours that cannot be read (one span, such as 08:00-18:00; a break at noon needs two rows)"
    findings += left_out(unread, "hours-unreadable", f"{where}.hours", what)
    wrong = pc.fill_null(pc.less(made["amount"], 0), True)
    findings += left_out(wrong, "amount-missing", f"{where}.amount", "no amount, or one below zero")
    unkind = pc.is_null(made["kind"])
    findings += left_out(unkind, "kind-missing", f"{where}.kind", "no kind")
    made = made.filter(pc.invert(pc.or_(pc.or_(unread, wrong), unkind)))
    if not len(made):
        raise Refused(*findings, Finding("stop", "no-places", where, "There is no place in it that can be used."))
    return made.combine_chunks().cast(PLACES), tuple(findings)


def grid(
    table: pa.Table, columns: Mapping[str, tuple[str, str]], *, where: str = "grid"
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """HOMES from a grid with a column of persons for each sex and age, such as modelled populations have.

    Args:
        table: one row a cell, with `home`, `lon`, `lat` (or a name in `ALIASES`).
        columns: sex (f, m, x) and age band ("" where there is none) of each column of persons.
    """
    table = renamed(table, ("home", "lon", "lat"))
    needs(table, ("home", "lon", "lat", *columns), where)
    rows = [
        pa.table(
            [
                table["home"].cast(pa.string()),
                *coordinates(table, where),
                pa.array([sex] * len(table)),
                pa.array([age] * len(table)),
                number(table, column, where),
            ],
            names=HOMES.names,
        )
        for column, (sex, age) in columns.items()
    ]
    return homes(pa.concat_tables(rows), where=where)


def grid_places(
    table: pa.Table, columns: Mapping[str, str], *, where: str = "grid"
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """PLACES from a grid with a column of how much there is of each kind; a cell with nothing of a kind has no place.

    Args:
        table: one row a cell, with `place` or `id`, `lon`, `lat`.
        columns: the kind of each column, such as {"jobs": "jobs", "schools": "school"}.
    """
    table = renamed(table, ("place", "lon", "lat"))
    needs(table, ("place", "lon", "lat", *columns), where)
    parts = []
    for column, kind in columns.items():
        amount = number(table, column, where)
        cells = pa.table([table["place"], *coordinates(table, where), amount], names=["place", "lon", "lat", "amount"])
        some = cells.filter(pc.fill_null(pc.not_equal(amount, 0), True))  # null is not zero: it is said below
        parts.append(some.append_column("kind", pa.array([kind]).take(pa.array(np.zeros(len(some), np.int64)))))
    return places(pa.concat_tables(parts), where=where)


def read_table(path: Path) -> pa.Table:
    """A Parquet or CSV file.

    Raises:
        Refused: when it is neither.
    """
    from pyarrow import csv, parquet

    try:
        return parquet.read_table(path) if path.suffix == ".parquet" else csv.read_csv(path)
    except (pa.ArrowInvalid, OSError) as error:
        what = f"It cannot be read ({str(error).splitlines()[0]})."
        raise Refused(Finding("stop", "table-unreadable", path.name, what, "Give CSV (UTF-8) or Parquet.")) from error


def renamed(table: pa.Table, wanted: Iterable[str]) -> pa.Table:
    """With our names for columns that have another name for the same."""
    names = list(table.column_names)
    for want in wanted:
        if want not in names and (other := next((name for name in ALIASES.get(want, ()) if name in names), None)):
            names[names.index(other)] = want
    return table.rename_columns(names)


def needs(table: pa.Table, wanted: Iterable[str], where: str) -> None:
    if missing := [name for name in wanted if name not in table.column_names]:
        what = f"There is no column {', '.join(missing)}."
        mend = f"It has {', '.join(table.column_names)}."
        raise Refused(Finding("stop", "columns-missing", where, what, mend))


def coordinates(table: pa.Table, where: str) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    return number(table, "lon", where), number(table, "lat", where)


def number(table: pa.Table, name: str, where: str) -> pa.ChunkedArray:
    try:
        return table[name].cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        what = f"It has something that is not a number ({str(error).splitlines()[0]})."
        mend = "Write 12.5, with a point and no unit."
        raise Refused(Finding("stop", "not-a-number", f"{where}.{name}", what, mend)) from error


def left_out(wrong: pa.Array | pa.ChunkedArray, code: str, where: str, what: str) -> list[Finding]:
    rows = pc.sum(wrong).as_py() or 0
    if not rows:
        return []
    return [Finding("warning", code, where, f"{rows} rows have {what}; they are left out.", "Mend them.")]


def sex_of(column: pa.ChunkedArray, where: str, given: Mapping[str, str] | None) -> tuple[pa.Array, list[Finding]]:
    """f, m or x for each row.

    Raises:
        Refused: when nobody said what a code means that can mean either.
    """
    coded = pc.fill_null(column.cast(pa.string()), "").combine_chunks().dictionary_encode()
    codes = coded.dictionary.to_pylist()
    known = {**SEXES, **{code.lower(): sex for code, sex in (given or {}).items()}}
    # m stands beside f where it is male; beside h it is mujer.
    if given is None and {"f"} & {code.strip().lower() for code in codes}:
        known["m"] = "m"
    unclear = [code for code in codes if code.strip().lower() not in known and code.strip().lower() in CODES]
    if unclear:
        what = f"It is not said which sex {', '.join(sorted(unclear))} is."
        mend = "Write f, m and x, or say which code is which."
        raise Refused(Finding("stop", "sex-unclear", where, what, mend))
    if wrong := sorted(set(known.values()) - {"f", "m", "x"}):
        what = f"{', '.join(wrong)} is not f, m or x."
        raise Refused(Finding("stop", "sex-unclear", where, what))
    findings = []
    if others := sorted(code for code in codes if code.strip().lower() not in known):
        what = f"{', '.join(repr(code) for code in others[:5])} is counted as x (another, or not stated)."
        findings.append(Finding("note", "sex-other", where, what, "Say if it is f or m."))
    sexes = pa.array([known.get(code.strip().lower(), "x") for code in codes], pa.string())
    return sexes.take(coded.indices), findings


CODES = frozenset({"m", "h", "1", "2", "1.0", "2.0"})  # that mean one sex here and another there
