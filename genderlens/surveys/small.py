"""A small sheet is welcome: answers of those asked, counted by sex. No design, so no errors are pretended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa

from genderlens.findings import Finding, Refused
from genderlens.run import FIGURES
from genderlens.strict import near
from genderlens.surveys import coded
from genderlens.surveys.asked import Options
from genderlens.surveys.declaration import Column
from genderlens.surveys.guess import Guess, guess
from genderlens.surveys.opened import Opened
from genderlens.surveys.reliability import ASKED, SUPPRESSED

if TYPE_CHECKING:
    from ibis.expr.types import Table

FEWEST = 5  # a cell of fewer persons is kept back: ours, a usual threshold; it is a choice, not a law
EVERYBODY = ""

COUNTS = pa.schema([
    ("question", pa.string()),
    ("answer", pa.string()),  # "" for a number
    ("sex", pa.string()),  # f, m, x, "" (everybody)
    ("count", pa.int64()),  # who gave this answer; of a number, who gave one. Null: kept back
    ("asked", pa.int64()),  # who answered the question
    ("share", pa.float64()),  # count / asked
    ("mean", pa.float64()),  # of a number
    ("flag", pa.string()),  # "only those asked" or "suppressed"
])  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What was guessed or chosen, and what was counted."""

    guess: Guess
    counts: pa.Table  # COUNTS
    figures: pa.Table  # FIGURES
    findings: tuple[Finding, ...]
    sexes: Mapping[str, int]  # f, m, x -> persons; empty when the sex is not known
    fewest: int = FEWEST

    @property
    def few(self) -> frozenset[str]:
        """The sexes of so few persons that their number is not said."""
        return frozenset(sex for sex, n in self.sexes.items() if 0 < n < self.fewest)

    @property
    def told(self) -> int:
        """How many persons the page speaks of: without the few, or subtraction would count them."""
        return self.guess.rows - sum(self.sexes[sex] for sex in self.few)


def counted(survey: Opened, options: Options, language: str = "en") -> Sheet:
    """Counts and shares of each answer by sex.

    A count of one to four is kept back, and with it another of the same question and sex, or the first would follow
    by subtraction; for everybody together, every answer that is kept back for one sex.

    Raises:
        Refused: a column that was named is not there, or no answer can be counted.
    """
    people = survey.tables["persons"]
    where = survey.declaration.paths("persons")[0].name
    found = _chosen(guess(people, survey.labels["persons"]), options, where)
    if found.sex and not found.codes:
        codes = coded.told(people, found.sex, survey.labels["persons"].get(found.sex, {}))
        found = replace(found, codes=codes)
    findings = list(_said(found, options, where))
    if not (found.questions or found.numbers):
        raise Refused(
            Finding("stop", "no-questions", where, "no column holds answers that can be counted.", "Name them.")
        )
    sex = ibis.literal(EVERYBODY)
    if found.sex and found.codes:
        sex = coded.sex_words(people, Column(found.sex, found.codes))
    rows: list[dict[str, Any]] = []
    for question in found.questions:
        words = survey.labels["persons"].get(question, {})
        rows += _question(people, sex, question, words)
    for question in found.numbers:
        rows += _number(people, sex, question)
    counts = pa.Table.from_pylist(rows, COUNTS)
    if hidden := sum(row["flag"] == SUPPRESSED for row in rows):
        what = f"{hidden} counts are kept back: fewer than {FEWEST} persons, or they would tell one that is."
        findings.append(Finding("note", "suppressed", where, what))
    return Sheet(found, counts, _figures(rows), tuple(findings), _sexes(people, found))


def _sexes(people: Table, found: Guess) -> dict[str, int]:
    if not (found.sex and found.codes):
        return {}
    sex = coded.sex_words(people, Column(found.sex, found.codes))
    rows = people.group_by(sex=sex).aggregate(n=people.count()).to_pyarrow().to_pylist()
    return {row["sex"]: int(row["n"]) for row in rows}


def _chosen(found: Guess, options: Options, where: str) -> Guess:
    """The guess with what was chosen instead."""
    named = [*([options.sex] if options.sex else []), *options.questions]
    if missing := [name for name in named if name not in found.columns]:
        raise Refused(*(_no_column(name, found.columns, where) for name in missing))
    if options.sex:
        codes = found.codes if options.sex == found.sex else {}
        found = replace(found, sex=options.sex, codes=codes)
    if options.codes:
        found = replace(found, codes=options.sex_codes)
    if options.questions:
        # A name, a telephone or a place stays out, even when asked for.
        numbers = tuple(name for name in options.questions if name in found.numbers)
        questions = tuple(q for q in options.questions if q not in numbers and q not in found.left_out)
        found = replace(found, questions=questions, numbers=numbers)
    sex = {found.sex}
    return replace(found, questions=tuple(q for q in found.questions if q not in sex))


def _no_column(name: str, columns: Sequence[str], where: str) -> Finding:
    return Finding("stop", "no-column", where, f"there is no column “{name}”.", near(name, columns))


def _said(found: Guess, options: Options, where: str) -> Iterator[Finding]:
    what = f"a small sheet: it describes only those asked, {found.rows} people, so no errors are given."
    yield Finding("note", "only-asked", where, what)
    if not found.sex:
        yield Finding("warning", "no-sex", where, "no column looks like the sex of who answered: everybody is counted"
                      " together.", "Name it: sex (--sex COLUMN).")  # fmt: skip
    elif not found.codes:
        what = f"“{found.sex}” looks like the sex, but what its codes mean is not said: everybody is counted together."
        yield Finding("warning", "sex-codes", where, what, "Say so: codes (--codes 1=m,2=f).")
    elif not options.sex:
        said = ", ".join(f"{code} is {word}" for code, word in found.codes.items())
        yield Finding("note", "sex-guessed", where, f"“{found.sex}” is taken as the sex: {said}.",
                      "Change it with sex (--sex) and codes (--codes).")  # fmt: skip
    if not options.questions:
        many = ", ".join((*found.questions, *found.numbers))
        yield Finding(
            "note", "questions-guessed", where, f"counted: {many}.", "Change it with questions (--questions)."
        )
    if out := {n: why for n, why in found.left_out.items() if not options.questions or n in options.questions}:
        said = "; ".join(f"{', '.join(n for n in out if out[n] == why)} ({why})" for why in dict.fromkeys(out.values()))
        yield Finding("note", "left-out", where, f"left out: {said}.")
    if found.design:
        said = ", ".join(f"{part} {name}" for part, name in found.design.items())
        what = f"looks like a sample with a design ({said}), which was not used."
        yield Finding("warning", "design-seen", where, what, "Give it, and the figures speak for the population.")


# --- counting ---------------------------------------------------------------------------------------------------------


def _question(people: Table, sex: Any, question: str, words: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = coded.as_text(people[question])
    chosen = people.select(answer=answer, sex=sex).filter(lambda t: t.answer.notnull())
    cells = chosen.group_by("answer", "sex").aggregate(n=chosen.count()).to_pyarrow().to_pylist()
    counts = {(row["sex"], row["answer"]): int(row["n"]) for row in cells}
    answers = sorted({answer for _sex, answer in counts}, key=_natural)
    groups = [group for group in ("f", "m", "x", EVERYBODY) if any(group == one for one, _ in counts)]
    if groups != [EVERYBODY]:
        groups.append(EVERYBODY)
        for answer in answers:
            counts[EVERYBODY, answer] = sum(counts.get((one, answer), 0) for one in groups[:-1])
    kept_back = hidden(counts, answers, groups)
    rows = []
    for group in groups:
        asked = sum(counts.get((group, answer), 0) for answer in answers)
        for answer in answers:
            kept = (group, answer) in kept_back
            n = None if kept else counts.get((group, answer), 0)
            rows.append({
                "question": question, "answer": words.get(answer, answer), "sex": group, "count": n,
                "asked": None if asked < FEWEST else asked, "share": None if n is None or not asked else n / asked,
                "mean": None, "flag": SUPPRESSED if kept else ASKED,
            })  # fmt: skip
    return rows


def hidden(
    counts: Mapping[tuple[str, str], int], answers: Sequence[str], groups: Sequence[str]
) -> set[tuple[str, str]]:
    """The cells (sex, answer) to keep back: small ones, and those that would give them away by subtraction."""
    kept: set[tuple[str, str]] = set()
    sexes = [group for group in groups if group != EVERYBODY] or [EVERYBODY]
    for group in sexes:
        cells = {answer: counts.get((group, answer), 0) for answer in answers}
        small = {answer for answer, n in cells.items() if 0 < n < FEWEST}
        if 0 < sum(cells.values()) < FEWEST:
            small = set(answers)
        elif len(small) == 1 and len(answers) > 1:
            small.add(min((a for a in answers if a not in small), key=lambda a: (not cells[a], cells[a], a)))
        kept |= {(group, answer) for answer in small}
    if EVERYBODY in groups:
        kept |= {(EVERYBODY, answer) for _, answer in kept}
    return kept


def _number(people: Table, sex: Any, question: str) -> list[dict[str, Any]]:
    chosen = people.select(value=people[question].cast("float64"), sex=sex).filter(lambda t: t.value.notnull())
    cells = chosen.group_by("sex").aggregate(n=chosen.count(), total=chosen["value"].sum()).to_pyarrow().to_pylist()
    groups = {row["sex"]: (int(row["n"]), float(row["total"])) for row in cells}
    order = [group for group in ("f", "m", "x", EVERYBODY) if group in groups]
    hidden = {group for group in order if groups[group][0] < FEWEST}
    if order != [EVERYBODY]:
        groups[EVERYBODY] = (sum(n for n, _ in groups.values()), sum(total for _, total in groups.values()))
        order.append(EVERYBODY)
        hidden |= {EVERYBODY} if hidden else set()
    return [
        {
            "question": question, "answer": "", "sex": group, "count": None if group in hidden else groups[group][0],
            "asked": None if group in hidden else groups[group][0], "share": None,
            "mean": None if group in hidden else groups[group][1] / groups[group][0],
            "flag": SUPPRESSED if group in hidden else ASKED,
        }
        for group in order
    ]  # fmt: skip


def _natural(answer: str) -> tuple[float, str]:
    try:
        return float(answer), answer
    except ValueError:
        return float("inf"), answer


def _figures(rows: list[dict[str, Any]]) -> pa.Table:
    made = []
    for row in rows:
        number = row["answer"] == "" and row["share"] is None and row["flag"] != SUPPRESSED
        value = row["mean"] if number else None if row["share"] is None else 100 * row["share"]
        made.append({
            "key": ".".join(filter(None, (row["question"], row["answer"], row["sex"] or "all"))),
            "indicator": "", "label": f"{row['question']}: {row['answer']}".removesuffix(": "), "sex": row["sex"],
            "group": "", "place": "", "value": value, "se": None, "low": None, "high": None, "n": row["asked"],
            "clusters": None, "unit": "" if row["answer"] == "" else "percent", "flag": row["flag"],
        })  # fmt: skip
    return pa.Table.from_pylist(made, FIGURES)
