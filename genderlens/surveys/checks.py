"""A declaration held against its files. Every check is a query: nothing is loaded but its few answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from genderlens.findings import Finding
from genderlens.strict import near
from genderlens.surveys import coded
from genderlens.surveys.declaration import Column, roles
from genderlens.surveys.design import LONELY
from genderlens.surveys.opened import UNSAID, Opened, values

if TYPE_CHECKING:
    from ibis.expr.types import Table

SHOWN = 5  # examples in a finding


def checked(survey: Opened) -> tuple[Finding, ...]:
    """What is wrong with the survey, or worth knowing. Findings that stop forbid estimates."""
    found: list[Finding] = list(survey.findings)
    for name in survey.tables:
        found += _keys(survey, name)
        found += _links(survey, name)
        found += _codes(survey, name)
    weight = list(_weights(survey))
    found += weight
    if survey.declaration.design.replicates is None or not survey.declaration.design.replicates.columns:
        found += _clusters(survey)
    if "persons" in survey.tables and survey.declaration.has("persons", "sex"):
        found += _sexes(survey)
    return tuple(found)


def _where(survey: Opened, table: str, column: str = "") -> str:
    name = survey.declaration.paths(table)[0].name
    return f"{name}, {column}" if column else name


def _one(table: Table, **answers: Any) -> dict[str, Any]:
    row: dict[str, Any] = table.aggregate(**answers).to_pyarrow().to_pylist()[0]
    return row


# --- design -----------------------------------------------------------------------------------------------------------


def _weights(survey: Opened) -> Iterator[Finding]:
    plan = survey.declaration.design
    where = _where(survey, plan.table, plan.weight)
    if not plan.weight:
        if plan.replicates is None or not plan.replicates.columns:
            what = "no weight is declared: the figures describe only those asked."
            yield Finding(
                "warning", "no-weights", _where(survey, plan.table), what, "Declare `weight:` if there is one."
            )
        return
    column = survey.people[plan.weight]
    if not column.type().is_numeric():
        what = f"the weight holds {column.type()}, not numbers."
        yield Finding("stop", "weight-text", where, what, "Look at its decimal signs.")
        return
    value = column.cast("float64")
    row = _one(
        survey.people, rows=survey.people.count(), missing=column.isnull().sum(), zero=(value == 0).sum(),
        negative=(value < 0).sum(), endless=(value.isinf() | value.isnan()).sum(),
    )  # fmt: skip
    if row["missing"] or row["endless"]:
        lost = (row["missing"] or 0) + (row["endless"] or 0)
        what = f"{lost} of {row['rows']} rows have no weight."
        yield Finding(
            "stop", "weight-missing", where, what, "Ask who made the file; leave out rows that were not asked."
        )
    if row["negative"]:
        what = f"{row['negative']} of {row['rows']} weights are negative: nobody stands for fewer than no people."
        yield Finding("stop", "weight-negative", where, what, "Ask who made the file.")
    if row["zero"]:
        what = (
            f"{row['zero']} of {row['rows']} weights are zero: these people count for nothing but stay in the design."
        )
        yield Finding("warning", "weight-zero", where, what, "Right for a subsample; else ask who made the file.")


def _clusters(survey: Opened) -> Iterator[Finding]:
    plan, people = survey.declaration.design, survey.people
    if not plan.cluster:
        return
    where = _where(survey, plan.table, plan.cluster[0])
    nothing = _one(people, it=people[plan.cluster[0]].isnull().sum())["it"]
    if nothing:
        yield Finding("stop", "cluster-missing", where, f"{nothing} rows have no cluster.", "Ask who made the file.")
    if not plan.strata:
        return
    pairs = people.select(stratum=people[plan.strata], cluster=people[plan.cluster[0]]).distinct()
    if not plan.nest:
        twice = pairs.group_by("cluster").aggregate(n=pairs.count()).filter(lambda t: t.n > 1)
        count, shown = _count_and_some(twice, "cluster")
        if count:
            what = f"{count} clusters stand in more than one stratum ({shown})."
            mend = "If cluster numbers start again in each stratum say `nest: true` (--nest)."
            yield Finding("stop", "cluster-in-two-strata", where, what, mend)
    alone = pairs.group_by("stratum").aggregate(n=pairs.count()).filter(lambda t: t.n == 1)
    count, shown = _count_and_some(alone, "stratum")
    if count:
        what = f"{count} strata have one cluster ({shown}): the spread between clusters cannot be known there."
        mend = "Say what to do: `lonely: adjust` (--lonely), certainty, average or fail; or join strata."
        if plan.lonely == "fail":
            yield Finding("stop", "lonely-cluster", where, what, mend)
        elif plan.lonely in LONELY:
            yield Finding("note", "lonely-cluster", where, f"{what} By “{plan.lonely}”, {LONELY[plan.lonely]}.")
        else:
            what = f"{what} Nobody said what to do: by “{UNSAID}”, {LONELY[UNSAID]}."
            yield Finding("warning", "lonely-cluster", where, what, mend)


def _count_and_some(table: Table, column: str) -> tuple[int, str]:
    count = int(table.count().to_pyarrow().as_py())
    if not count:
        return 0, ""
    some = table.order_by(column).select(column).limit(SHOWN).to_pyarrow().column(column).to_pylist()
    return count, ", ".join(map(coded.as_code, some)) + (", …" if count > SHOWN else "")


# --- codes ------------------------------------------------------------------------------------------------------------


def _sexes(survey: Opened) -> Iterator[Finding]:
    column, guessed = coded.sex(survey)
    yield from guessed
    people = survey.tables["persons"]
    where = _where(survey, "persons", column.column)
    counts = (
        people.group_by(code=people[column.column]).aggregate(n=people.count()).limit(1000).to_pyarrow().to_pylist()
    )
    unlabelled = {c["code"]: c["n"] for c in counts if c["code"] is not None and _word(column, c["code"]) is None}
    nobody = sum(c["n"] for c in counts if c["code"] is None)
    third = sum(c["n"] for c in counts if c["code"] is not None and _word(column, c["code"]) == "x")
    for code, n in sorted(unlabelled.items(), key=str)[:SHOWN]:
        what = f"code {coded.as_code(code)} ({n} persons) is not said to be f, m or x; it is reported as x."
        yield Finding("warning", "sex-unlabelled", where, what, f"Add {coded.as_code(code)} to the codes.")
    if third:
        what = f"{third} persons gave a third answer; they are kept and reported as x."
        yield Finding("note", "sex-third", where, what)
    if nobody:
        what = f"{nobody} persons have no sex recorded; they are kept and reported as x."
        yield Finding("warning", "sex-missing", where, what)
    for word, name in (("f", "women"), ("m", "men")):
        if not any(_word(column, c["code"]) == word for c in counts if c["code"] is not None):
            yield Finding("warning", "sex-absent", where, f"there are no {name} by these codes.", "Look at the codes.")


def _word(column: Column, value: object) -> str | None:
    return column.codes.get(coded.as_code(value))


def _codes(survey: Opened, table: str) -> Iterator[Finding]:
    for role, column in survey.declaration.tables[table].columns.items():
        if role == "sex":
            continue
        where = _where(survey, table, column.column)
        known = roles()[table][role]
        if "number" in known:
            yield from _not_numbers(survey.tables[table], column, where)
            continue
        if not column.codes and "words" not in known:
            continue
        there = [coded.as_code(value) for value in values(survey.tables[table], column.column)]
        if column.codes:
            odd = [code for code in there if code not in column.codes]
            absent = [code for code in column.codes if code not in there]
            what = f"{len(odd)} codes have no label ({_some(odd)}); they count as no answer."
            mend = "Add them to the codes; null is no answer."
            if absent:
                yield Finding("note", "code-unused", where, f"no row has {_some(absent)}.")
        else:
            odd = [code for code in there if code not in known["words"]]
            what = f"{_some(odd)}: not among the words of this column ({', '.join(known['words'])})."
            mend = "Translate them with `codes:`."
        if odd:
            yield Finding("warning" if column.codes else "stop", "code-unlabelled", where, what, mend)


def _not_numbers(rows: Table, column: Column, where: str) -> Iterator[Finding]:
    raw = rows[column.column]
    if not raw.type().is_string():
        return
    lost = _one(rows, it=(raw.notnull() & coded.number(rows, column).isnull()).sum())["it"]
    if lost:
        yield Finding("warning", "not-numbers", where, f"{lost} answers are no numbers; they count as no answer.")


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:SHOWN]) + (", …" if len(codes) > SHOWN else "")


# --- tables -----------------------------------------------------------------------------------------------------------


def _keys(survey: Opened, table: str) -> Iterator[Finding]:
    key = survey.declaration.tables[table].key
    if not key:
        return
    rows = survey.tables[table]
    twice = rows.group_by(key).aggregate(n=rows.count()).filter(lambda t: t.n > 1)
    count = int(twice.count().to_pyarrow().as_py())
    if count:
        some = twice.order_by(key).limit(SHOWN).to_pyarrow().to_pylist()
        shown = ", ".join(" ".join(coded.as_code(row[name]) for name in key) for row in some)
        shown += ", …" if count > SHOWN else ""
        what = f"{count} keys stand in more than one row ({shown})."
        mend = f"One row, one of {table}: join the columns that make it so, or take the double rows out."
        yield Finding("stop", "key-twice", _where(survey, table, " + ".join(key)), what, mend)


def _links(survey: Opened, table: str) -> Iterator[Finding]:
    for other, columns in survey.declaration.tables[table].link.items():
        rows, there = survey.tables[table], survey.tables[other]
        key = survey.declaration.tables[other].key
        where = _where(survey, table, " + ".join(columns))
        kinds = {c: (rows[c].type(), there[k].type()) for c, k in zip(columns, key, strict=True)}
        if odd := [c for c, (here, at) in kinds.items() if here.is_numeric() != at.is_numeric()]:
            what = f"{odd[0]} holds {kinds[odd[0]][0]} here and {kinds[odd[0]][1]} in {other}: they cannot match."
            yield Finding("stop", "link-types", where, what, "Make both numbers or both text.")
            continue
        matches = list(zip(columns, key, strict=True))
        lost = rows.anti_join(there, matches).count().to_pyarrow().as_py()
        total = rows.count().to_pyarrow().as_py()
        if lost == total:
            what = f"no row of {table} belongs to one of {other}."
            yield Finding("stop", "link-none", where, what, near(columns[0], there.columns))
        elif lost:
            what = f"{lost} of {total} rows of {table} belong to nobody in {other}; they are left out."
            yield Finding("warning", "link-lost", where, what, "Ask who made the files.")


def labels_missing(survey: Opened, by: Mapping[str, tuple[Any, ...]]) -> Iterator[Finding]:
    """Codes that make domains but have no words in a file that has words for others of that column."""
    table = survey.declaration.design.table
    for column, there in by.items():
        known = survey.labels[table].get(column)
        if known and (odd := [coded.as_code(v) for v in there if coded.as_code(v) not in known]):
            what = f"{_some(odd)}: no label, although others of this column have one."
            yield Finding("warning", "code-unlabelled", _where(survey, table, column), what)
