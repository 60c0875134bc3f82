"""One audit from its sheet of answers to a page that can be read the same day, in the language of the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from genderlens.access.audits.answers import SQUARE, Answers, read_answers
from genderlens.access.audits.form import FEELING, LIGHTS, PARAMETERS, RATINGS, form
from genderlens.access.audits.places import places
from genderlens.access.audits.scores import (
    FORMULAS,
    PLACE,
    SCORE,
    SMALLEST,
    SUPPRESSED,
    Compared,
    Formula,
    cells,
    compare,
    scored,
)
from genderlens.findings import Finding, Refused
from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Picture, Report
from genderlens.run import FIGURES, Progress, Run, quiet, sha256
from genderlens.words import number, percent, say

ASKED = "only those asked"
INDICATOR = "safety_audit"
SEXES = {"f": "report.women", "m": "report.men", "x": "report.others"}


def diagnose_audit(
    file: Path,
    *,
    place: str = "",
    formula: str = PLACE.id,
    smallest: int = SMALLEST,
    square: int = SQUARE,
    language: str | None = None,
    progress: Progress = quiet,
) -> Run:
    """What those who walked say of the places they walked: figures, tables, map and a page.

    Args:
        file: the answers as Kobo or ODK export them, or a sheet made by hand (CSV, XLSX, Parquet).
        place: the name of the city or quarter, for the title.
        formula: one of FORMULAS.
        smallest: ratings that must stand behind a figure, never fewer than 3.
        square: metres of the squares in which places are kept.
        language: en, fr or es; without it, the one in which the form was filled in.
        progress: is told how far it is.

    Raises:
        Refused: the file is no audit, no row can be taken, or there is no such formula.
    """
    if formula not in FORMULAS:
        what = f"There is no formula “{formula}”."
        raise Refused(Finding("stop", "formula", "formula", what, f"It may be: {', '.join(FORMULAS)}."))
    if smallest < 3:
        what = f"A figure from fewer than {smallest + 1} ratings could give a person away."
        raise Refused(Finding("stop", "smallest", "smallest", what, "Take 3 or more."))
    progress(0.1, file.name)
    answers = read_answers(file, language=language, square=square)
    progress(0.5, say(answers.language, "audit.score"))
    page = _Page(answers, FORMULAS[formula], place, smallest, square)
    run = Run(
        kind="audit",
        title=page.title,
        language=answers.language,
        parameters={"place": place, "formula": formula, "smallest": smallest, "square": square},
        inputs={file.name: sha256(file)},
        figures=page.figures(),
        tables=page.tables(),
        findings=answers.findings,
        report=Report(page.title, answers.language, tuple(page.parts())),
    )
    progress(1.0, "")
    return run


class _Page:
    """What is shown is of the last round; earlier ones are in the figures, and in the comparison."""

    def __init__(self, answers: Answers, formula: Formula, place: str, smallest: int, square: int) -> None:
        self.answers, self.formula, self.place = answers, formula, place
        self.smallest, self.square, self.language = smallest, square, answers.language
        self.title = self.say("title_place", place=place) if place else self.say("title")
        self.all = scored(answers.table, formula)
        self.rounds = sorted(set(self.all["round"].to_pylist()))
        self.last = self.all.filter(pc.equal(self.all["round"], self.rounds[-1]))
        self.by_sex = cells(self.last, ["sex"], smallest=smallest)
        self.by_light = cells(self.last, ["light", "sex"], sums_over=["light"], smallest=smallest)
        self.whole = self.total(self.last, self.by_sex)
        self.places = places(self.last, smallest=smallest)
        self.sexes = compare(self.last, "sex", "m", "f", smallest=smallest)
        self.change = self.changed()

    def total(self, rated: pa.Table, by_sex: pa.Table) -> pa.Table:
        """Of everybody; kept back where it would give away the sex that is kept back.

        Means are published with one decimal. Where many stand beside the few, what that leaves open is wider than
        the scale, and the few are safe.
        """
        found = cells(rated, smallest=self.smallest)
        hidden: Counter[str] = Counter()
        for row in by_sex.filter(pc.equal(by_sex["flag"], SUPPRESSED)).to_pylist():
            hidden[row["parameter"]] += row["n"]
        rows = found.to_pylist()
        for row in rows:
            few, scale = hidden[row["parameter"]], 10 if row["parameter"] == SCORE else max(RATINGS)
            if few and 0.05 * (row["n"] - few) / few < scale / 2:
                row |= {"mean": None, "flag": SUPPRESSED} | {f"rated_{value}": None for value in RATINGS}
        return pa.Table.from_pylist(rows, found.schema)

    def changed(self) -> Compared | None:
        if len(self.rounds) < 2:
            return None
        return compare(self.all, "round", self.rounds[0], self.rounds[-1], smallest=self.smallest)

    def figures(self) -> pa.Table:
        return pa.Table.from_pylist(list(self._figures()), FIGURES)

    def _figures(self) -> Iterator[dict[str, Any]]:
        for round_ in self.rounds:
            rated = self.all.filter(pc.equal(self.all["round"], round_))
            by_sex = cells(rated, ["sex"], smallest=self.smallest)
            by_light = cells(rated, ["light", "sex"], sums_over=["light"], smallest=self.smallest)
            lit = by_light.filter(pc.and_(pc.equal(by_light["parameter"], SCORE), pc.not_equal(by_light["light"], "")))
            for row in [*self.total(rated, by_sex).to_pylist(), *by_sex.to_pylist(), *lit.to_pylist()]:
                yield self.figure(row, round_)
        if self.sexes.change is not None:
            key = f"{SCORE}.f-m.round-{self.rounds[-1]}"
            yield self.row(key, self.say("score"), "f-m", self.sexes.change, self.sexes.n, "points")
        if self.change is not None and self.change.change is not None:
            key = f"{SCORE}.change.round-{self.rounds[0]}-{self.rounds[-1]}"
            yield self.row(key, self.say("score"), "", self.change.change, self.change.n, "points")

    def figure(self, row: dict[str, Any], round_: int) -> dict[str, Any]:
        sex, light, name = row.get("sex", ""), row.get("light", ""), row["parameter"]
        key = ".".join(part for part in (name, sex, light, f"round-{round_}") if part)
        group = form().options["light"][light][self.language] if light else ""
        unit = "score" if name == SCORE else "rating"
        return self.row(key, self.name(name), sex, row["mean"], row["n"], unit, group, row["flag"] or ASKED)

    def row(
        self, key: str, label: str, sex: str, value: float | None, n: int, unit: str, group: str = "",
        flag: str = ASKED,
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "key": key, "indicator": INDICATOR, "label": label, "sex": sex, "group": group, "place": self.place,
            "value": _rounded(value), "n": n, "unit": unit, "flag": flag,
        }  # fmt: skip

    def tables(self) -> dict[str, pa.Table]:
        """Nothing here stands for one answer: raw ratings stay with those who asked."""
        found = {"places": self.places, "rows": self.answers.rows, "everybody": self.whole}
        for name, table in (("by_sex", self.by_sex), ("by_light", self.by_light)):
            means = pa.array([_rounded(mean) for mean in table["mean"].to_pylist()], pa.float64())
            kept = table.drop_columns([f"rated_{value}" for value in RATINGS])
            found[name] = kept.set_column(kept.column_names.index("mean"), "mean", means)
        found["women_and_men"] = self.sexes.table
        return found | ({"rounds": self.change.table} if self.change is not None else {})

    def parts(self) -> Iterator[Part]:
        count = {row["values"]: row["counts"] for row in pc.value_counts(self.last["sex"]).to_pylist()}
        yield Paragraph(
            self.say(
                "summary", n=self.last.num_rows, women=count.get("f", 0), men=count.get("m", 0),
                places=pc.count_distinct(self.last["segment"]).as_py(),
            )
        )  # fmt: skip
        if not self.whole.filter(pc.equal(self.whole["parameter"], SCORE)).num_rows:
            yield Paragraph(self.say("no_score", needs=self.formula.needs))
        elif chart := self.chart():
            yield chart
        yield Paragraph(self.said_of_sexes())
        if self.change is not None:
            yield Paragraph(self.said_of_rounds(self.change))
        yield Grid(self.say("table_parameters"), self.grid())
        yield Heading(say(self.language, "report.concluded"))
        yield Listing((self.say("may_place"), self.say("may_act")))
        yield Heading(say(self.language, "report.not_concluded"))
        yield Listing(
            tuple(self.say(f"not_{what}") for what in ("city", "persons", "crime", "poor", "safetipin"))
        )  # fmt: skip
        yield self.map()
        yield Heading(say(self.language, "report.how"))
        how = "how_feeling" if self.formula.parameters == (FEELING,) else "how_score"
        yield Paragraph(
            " ".join((
                self.say(how, formula=self.formula.id, needs=self.formula.needs),
                self.say("how_places", metres=self.square, smallest=self.smallest),
                *([self.say("how_rounds")] if self.change is not None else ()),
            ))
        )  # fmt: skip
        if self.answers.findings:
            yield Heading(say(self.language, "report.findings"))
            yield Listing(tuple(str(finding) for finding in self.answers.findings))

    def chart(self) -> Picture | None:
        """The score by women and men in each light."""
        from genderlens.report.plots import Mark, women_and_men

        scores = {
            (row["light"], row["sex"]): row for row in self.by_light.to_pylist() if row["parameter"] == SCORE
        }  # fmt: skip
        kept_back = say(self.language, "report.suppressed")
        marks = [
            Mark(form().options["light"][light][self.language], sex, _rounded(row["mean"]), note=kept_back)
            for light in LIGHTS
            for sex in SEXES
            if (row := scores.get((light, sex)))
        ]
        if not marks:
            return None
        return women_and_men(
            marks, title=self.say("score"), language=self.language, note=self.say("table_lights")
        )  # fmt: skip

    def grid(self) -> pa.Table:
        """A row a parameter: women's and men's mean, how often each rating was given, and n."""
        means = {(row["parameter"], row["sex"]): row for row in self.by_sex.to_pylist()}
        rows = [row for row in self.whole.to_pylist() if row["parameter"] in PARAMETERS]
        columns: dict[str, list[str]] = {self.say("parameter"): [self.name(row["parameter"]) for row in rows]}
        for sex in [sex for sex in SEXES if any(key[1] == sex for key in means)]:
            head = f"{say(self.language, SEXES[sex])} ({self.say('mean').lower()})"
            columns[head] = [self.mean(means.get((row["parameter"], sex))) for row in rows]
        for value in RATINGS:
            head = self.say("rated", rating=value)
            columns[head] = [number(self.language, row[f"rated_{value}"], 0) for row in rows]
        columns[self.say("ratings")] = [number(self.language, row["n"], 0) for row in rows]
        return pa.table(columns)

    def mean(self, row: dict[str, Any] | None) -> str:
        if row is None or row["flag"]:
            return self.say("too_few", smallest=self.smallest)
        return number(self.language, row["mean"], 1)

    def map(self) -> Part:
        located = self.places.filter(pc.is_valid(self.places["lon"])).to_pylist()
        shown = [row["score"] for row in located if row["score"] is not None]
        if not shown:
            return Paragraph(self.say("map_none", smallest=self.smallest))
        from shapely import Point

        from genderlens.report.maps import shaded

        note = self.say(
            "map_text", shown=len(shown), low=number(self.language, min(shown), 1),
            high=number(self.language, max(shown), 1), hidden=len(located) - len(shown), smallest=self.smallest,
        )  # fmt: skip
        return shaded(
            {row["segment"]: Point(row["lon"], row["lat"]) for row in located},
            {row["segment"]: row["score"] for row in located},
            title=self.say("map_title"),
            language=self.language,
            kept_back=[row["segment"] for row in located if row["flag"]],
            note=note,
        )

    def said_of_sexes(self) -> str:
        if self.sexes.change is None:
            return self.say("no_same_places")
        gap = round(self.sexes.change, 1)
        key = "women_lower" if gap < 0 else "women_higher" if gap > 0 else "women_same"
        return self.say(key, pairs=self.sexes.places, gap=number(self.language, abs(gap), 1))

    def said_of_rounds(self, change: Compared) -> str:
        ends = {"first": self.rounds[0], "last": self.rounds[-1]}
        if change.change is None:
            return self.say("no_rounds", **ends)
        return self.say(
            "rounds", pairs=change.places, share=percent(self.language, change.places / change.of, 0),
            change=number(self.language, change.change, 1), up=change.up, down=change.down, **ends,
        )  # fmt: skip

    def name(self, parameter: str) -> str:
        return self.say("score") if parameter == SCORE else form().name[parameter][self.language]

    def say(self, key: str, **fields: object) -> str:
        return say(self.language, f"audit.{key}", **fields)


def _rounded(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 1)
