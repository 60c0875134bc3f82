"""A survey, or a small sheet, told to people: pictures, tables, and plain sentences on what may be concluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Report
from genderlens.report.plots import Mark, gaps, women_and_men
from genderlens.run import Run
from genderlens.surveys.opened import UNSAID
from genderlens.surveys.reliability import ASKED, SILENT, SUPPRESSED, UNRELIABLE
from genderlens.words import number, percent, say

if TYPE_CHECKING:
    from genderlens.surveys.indicators import Indicated
    from genderlens.surveys.run import Measured
    from genderlens.surveys.small import Sheet

NAMES = {"f": "report.women", "m": "report.men", "x": "report.others", "": "report.everybody",
         "f-m": "report.gap", "f/m": "report.ratio"}  # fmt: skip
QUOTABLE = ("", "use with care")  # flags of figures that a sentence may rest on
MOST = 40  # rows of a picture
Row = Mapping[str, Any]


def run(result: Measured, language: str) -> Run:
    """The run of what was measured, its report in `language`."""
    teller = Teller(result, language)
    parameters = {name: value for name, value in asdict(result.options).items() if value not in ((), "", None, False)}
    if result.policy:
        parameters["design"] = result.policy
    tables = {"estimates" if result.sheet is None else "counts": result.estimates}
    return Run(
        kind="survey", title=teller.title, language=language, parameters=parameters, inputs=result.inputs,
        figures=result.figures, tables=tables, findings=result.findings,
        report=Report(teller.title, language, tuple(teller.parts())),
        seed=result.options.seed if result.options.replicates == "bootstrap" else None,
    )  # fmt: skip


class Teller:
    def __init__(self, result: Measured, language: str) -> None:
        self.result, self.language = result, language
        self.rows: list[Row] = result.figures.to_pylist()
        sheet = result.sheet
        self.title = result.declaration.name if sheet is None else self.say("title_sheet", n=sheet.told)

    @property
    def sign(self) -> str:
        """Per cent, as the language writes it behind a number."""
        return "%" if self.language == "en" else "\u00a0%"

    def say(self, key: str, **fields: object) -> str:
        return say(self.language, f"survey.{key}", **fields)

    def parts(self) -> Iterator[Part]:
        if self.result.sheet is None:
            yield from self.survey()
        else:
            yield from self.sheet(self.result.sheet)

    # ------------------------------------------------------------------------------------------- a declared survey

    def survey(self) -> Iterator[Part]:
        declared, level = self.result.declaration, percent(self.language, self.result.options.level, 0)
        if declared.source:
            yield Paragraph(declared.source)
        weighted = bool(declared.design.weight or self.result.policy.startswith("weight"))
        yield Paragraph(self.say("design", policy=self.policy(), level=level))
        if not weighted:
            yield Paragraph(self.say("unweighted"))
        asked = [row for row in self.rows if not row["indicator"]]
        if asked:
            yield Heading(self.say("estimates"))
            yield from self.shown(asked, self.say("estimates"))
        for one in self.result.indicated:
            yield from self.indicator(one)
        yield from self.findings()
        yield from self.concluded()

    def policy(self) -> str:
        """The design in the reader's language; the library's own line stands in the provenance."""
        plan = self.result.declaration.design
        said = [
            (plan.weight, self.say("design_weight", column=plan.weight)),
            (plan.strata, self.say("design_strata", column=plan.strata)),
            (plan.cluster, self.say("design_clusters", columns=", ".join(plan.cluster))),
            (plan.fpc, self.say("design_fpc", columns=", ".join(plan.fpc))),
            (plan.replicates, self.say("design_replicates", kind=plan.replicates.kind if plan.replicates else "")),
            (plan.strata and plan.cluster, self.say("design_lonely", policy=plan.lonely or UNSAID)),
        ]
        return "; ".join(words for there, words in said if there) or self.say("design_none")

    def indicator(self, one: Indicated) -> Iterator[Part]:
        indicator = one.indicator
        name = indicator.name[self.language]
        rows = [row for row in self.rows if row["indicator"] == indicator.id]
        yield Heading(name)
        yield Paragraph(indicator.definition[self.language])
        if not rows:
            yield Listing(tuple(str(finding) for finding in one.findings))
            return
        yield from self.shown(rows, name)
        sources = "; ".join(f"{title}. {where}" for title, where in indicator.sources)
        yield Paragraph(f"{self.say('sources')}: {sources}")

    def shown(self, rows: Sequence[Row], name: str) -> Iterator[Part]:
        """Sentences on the gaps, the picture, the gaps' picture, and the table of everything."""
        told = [sentence for row in rows if row["sex"] == "f-m" and (sentence := self.gap(row, rows))]
        if told:
            yield Listing(tuple(told))
        unit = "%" if all(row["unit"] in ("percent", "points", "ratio") for row in rows) else ""
        levels = [row for row in rows if row["sex"] not in ("f-m", "f/m") and row["unit"] not in ("points", "ratio")]
        sexed = [row for row in levels if row["sex"] in ("f", "m", "x")]
        for group, some in _by_unit(sexed or levels):
            marks = [self.mark(row) for row in some[:MOST]]
            title = name if not group else f"{name} ({self.unit(group)})"
            note = self.say("first_rows", shown=MOST, all=len(some)) if len(some) > MOST else ""
            yield women_and_men(marks, title=title, unit=unit or self.unit(group), language=self.language, note=note)
        for group, some in _by_unit([row for row in rows if row["sex"] == "f-m"]):
            marks = [self.mark(row, "") for row in some[:MOST]]
            yield gaps(marks, title=self.say("gap_title", name=name), unit=self.unit(group), language=self.language)
        yield self.grid(rows, name)

    def mark(self, row: Row, sex: str | None = None) -> Mark:
        note = self.flag(row["flag"]) if row["flag"] not in ("", ASKED) else ""
        return Mark(_named(row), row["sex"] if sex is None else sex, row["value"], row["low"], row["high"], note)

    def gap(self, row: Row, rows: Sequence[Row]) -> str:
        """What the interval of a difference says; nothing where a figure is not good enough to be read."""
        both = [one for one in rows if one["sex"] in ("f", "m") and _named(one) == _named(row)]
        if row["low"] is None or len(both) != 2 or any(one["flag"] not in QUOTABLE for one in (*both, row)):
            return ""
        women, men = (next(one["value"] for one in both if one["sex"] == sex) for sex in ("f", "m"))
        unit = self.unit(row["unit"])
        sure = row["low"] > 0 or row["high"] < 0
        ends = {end: number(self.language, row[end]) for end in ("low", "high")}
        per = self.sign if row["unit"] == "points" else ""
        return self.say(
            "differ" if sure else "do_not_differ", label=_named(row), unit=unit,
            women=number(self.language, women) + per, men=number(self.language, men) + per,
            gap=number(self.language, row["value"]), **ends,
        )  # fmt: skip

    def grid(self, rows: Sequence[Row], caption: str) -> Grid:
        heads = [self.say(key) for key in ("answer", "who", "value", "interval", "people", "clusters", "remark")]
        cells = [
            (
                _named(row), self.who(row["sex"]), self.value(row), self.interval(row),
                number(self.language, row["n"], 0), number(self.language, row["clusters"], 0), self.flag(row["flag"]),
            )
            for row in rows
        ]  # fmt: skip
        columns = [list(column) for column in zip(*cells, strict=True)]
        return Grid(caption, pa.table(dict(zip(heads, columns, strict=True))))

    def who(self, sex: str) -> str:
        return say(self.language, NAMES[sex]) if sex in NAMES else sex

    def value(self, row: Row) -> str:
        if row["value"] is None:
            return say(self.language, "report.no_figure")
        unit = row["unit"]
        said = number(self.language, row["value"])
        if unit == "percent":
            return said + self.sign
        return f"{said} {self.unit(unit)}" if unit not in ("", "ratio") else said

    def unit(self, unit: str) -> str:
        return self.say(unit) if unit in ("points", "minutes", "trips") else unit

    def interval(self, row: Row) -> str:
        if row["low"] is None or row["high"] is None:
            return "–"
        low, high = (number(self.language, row[end]) for end in ("low", "high"))
        return say(self.language, "report.interval", low=low, high=high)

    def flag(self, flag: str) -> str:
        return self.say("flag_" + flag.replace(" ", "_")) if flag else ""

    def findings(self, *told: str) -> Iterator[Part]:
        """What was found in the data, except what the report has told in its own words."""
        findings = [finding for finding in self.result.findings if finding.code not in told]
        if findings:
            yield Heading(say(self.language, "report.findings"))
            levels = {level: say(self.language, f"report.level_{level}") for level in ("stop", "warning", "note")}
            yield Listing(tuple(f"{levels[finding.level]}. {finding}" for finding in findings))

    def concluded(self) -> Iterator[Part]:
        may = [self.say("may_gap")] if any(row["sex"] == "f-m" for row in self.rows) else []
        universe = self.result.declaration.universe
        if universe:
            may.append(self.say("may_universe", universe=universe))
        may_not = [self.say("may_not_overlap"), self.say("may_not_cause")]
        if any(row["flag"] in (SUPPRESSED, UNRELIABLE, SILENT) for row in self.rows):
            may_not.append(self.say("may_not_unreliable"))
        named = dict.fromkeys(name for one in self.result.indicated for name in one.indicator.cautions)
        may_not += [self.say(f"caution_{name}") for name in named]
        may_not += self.result.declaration.breaks
        if may:
            yield Heading(say(self.language, "report.concluded"))
            yield Listing(tuple(may))
        yield Heading(say(self.language, "report.not_concluded"))
        yield Listing(tuple(may_not))

    # ------------------------------------------------------------------------------------------------ a small sheet

    def sheet(self, sheet: Sheet) -> Iterator[Part]:
        yield Paragraph(self.say("sheet_only_asked", n=sheet.told))
        if sheet.sexes:
            hidden = self.say("sheet_few", fewest=sheet.fewest)
            numbers = {
                name: hidden if sex in sheet.few else sheet.sexes.get(sex, 0)
                for sex, name in (("f", "women"), ("m", "men"), ("x", "others"))
            }
            yield Paragraph(self.say("sheet_by_sex", column=sheet.guess.sex, **numbers))
        yield Heading(self.say("sheet_counts"))
        for question, rows in groupby(sheet.counts.to_pylist(), key=lambda row: str(row["question"])):
            yield self.counts(question, list(rows))
        if any(row["flag"] == SUPPRESSED for row in sheet.counts.to_pylist()):
            yield Paragraph(self.say("sheet_small", fewest=sheet.fewest))
        if sheet.guess.left_out:
            yield Paragraph(self.say("sheet_left_out", columns=", ".join(sheet.guess.left_out)))
        yield from self.findings("only-asked", "sex-guessed", "questions-guessed", "left-out", "suppressed")
        yield Heading(say(self.language, "report.concluded"))
        yield Listing((self.say("sheet_may"),))
        yield Heading(say(self.language, "report.not_concluded"))
        yield Listing((self.say("sheet_may_not"),))

    def counts(self, question: str, rows: Sequence[Row]) -> Grid:
        """Answers down, women and men across: number and share."""
        # Everybody together is left away where nothing of it may be shown.
        shown = [row for row in rows if row["sex"] or row["flag"] != SUPPRESSED]
        sexes = [sex for sex in ("f", "m", "x", "") if any(row["sex"] == sex for row in shown)]
        answers = list(dict.fromkeys(row["answer"] for row in rows))
        cells = {(row["answer"], row["sex"]): self.cell(row) for row in rows}
        table: dict[str, list[str]] = {self.say("answer"): [answer or self.say("mean") for answer in answers]}
        for sex in sexes:
            table[self.who(sex)] = [cells.get((answer, sex), "–") for answer in answers]
        return Grid(question, pa.table(table))

    def cell(self, row: Row) -> str:
        if row["flag"] == SUPPRESSED:
            return self.flag(SUPPRESSED)
        if row["mean"] is not None:
            return f"{number(self.language, row['mean'])} (n = {number(self.language, row['count'], 0)})"
        return f"{number(self.language, row['count'], 0)} ({percent(self.language, row['share'], 0)})"


def _named(row: Row) -> str:
    return f"{row['label']} ({row['group']})" if row["group"] else str(row["label"])


def _by_unit(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Figures of one unit on one axis, in their order; the percents are named by nothing."""
    units = dict.fromkeys(row["unit"] for row in rows)
    for unit in units:
        some = [row for row in rows if row["unit"] == unit]
        order = {name: i for i, name in enumerate(dict.fromkeys(map(_named, some)))}
        yield ("" if unit == "percent" else unit), sorted(some, key=lambda row: order[_named(row)])
