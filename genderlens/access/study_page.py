"""The figures and the report of a study of constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from genderlens.access.figures import ILLUSTRATIVE, reach_words
from genderlens.access.gap import Measured
from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Picture, Report
from genderlens.report.maps import shaded
from genderlens.report.plots import Mark, gaps, women_and_men
from genderlens.words import number, percent, say

if TYPE_CHECKING:
    from genderlens.access.study import Result, Study

SEXES = {"f": "report.women", "m": "report.men", "x": "report.others"}


def figures(study: Study, result: Result, language: str) -> pa.Table:
    """FIGURES: keys begin with `constrained`; with a scenario `constrained.before`, `.after` and `.gain`."""
    label, unit = _Words(study, language).reached, study.choices.work
    source = result.gains or result.now
    table = source.figures("constrained", label, unit, place=study.choices.title)
    if not study.choices.illustrative:
        return table
    flags = ["; ".join(filter(None, (ILLUSTRATIVE, flag))) for flag in table["flag"].to_pylist()]
    return table.set_column(table.column_names.index("flag"), "flag", pa.array(flags))


def report(study: Study, result: Result, language: str) -> Report:
    words = _Words(study, language)
    return Report(words.title, language, tuple(_parts(words, study, result)))


class _Words:
    def __init__(self, study: Study, language: str) -> None:
        self.language = language
        place = study.choices.title
        scenario = study.scenario.said(language) if study.scenario else ""
        self.title = " – ".join(filter(None, (scenario, place))) or self.say("title")
        self.reached = reach_words(language, study.choices)
        self.named = {profile.id: profile.said(language) for profile in study.profiles}

    def say(self, key: str, **fields: object) -> str:
        return say(self.language, f"profiles.{key}", **fields)

    def interval(self, one: Measured) -> str:
        value = number(self.language, one.value)
        if one.low is None or one.high is None:
            return value
        ends = {"low": number(self.language, one.low), "high": number(self.language, one.high)}
        return f"{value} ({say(self.language, 'report.interval', **ends)})"


def _parts(words: _Words, study: Study, result: Result) -> Iterator[Part]:
    if study.choices.illustrative:
        yield Paragraph(say(words.language, "access.illustrative", kinds=", ".join(study.choices.illustrative)))
    now = result.now
    yield Paragraph(words.say("summary", women=words.interval(now.levels["f"]), men=words.interval(now.levels["m"]),
                              reached=words.reached, gap=words.interval(now.difference)))  # fmt: skip
    yield Paragraph(words.say("split", residence=words.interval(now.residence),
                              constraints=words.interval(now.constraints)))  # fmt: skip
    moments = {"now": now} if result.gains is None else {"now": result.gains.before, "then": result.gains.after}
    marks = [
        Mark(words.say(name), sex, one.value, one.low, one.high)
        for name, gap in moments.items()
        for sex, one in gap.levels.items()
    ]
    yield women_and_men(marks, title=words.reached, language=words.language)
    yield Grid(words.say("by_profile"), _by_profile(words, result))
    if result.gains is not None:
        yield from _gained(words, result)
    yield Heading(say(words.language, "report.concluded"))
    may = "may_gap" if study.shares.df is not None else "may_stated"
    yield Listing((words.say(may), *([words.say("may_gain")] if result.gains else ())))
    yield Heading(say(words.language, "report.not_concluded"))
    yield Listing(
        (now.covers, now.leaves_out, words.say("not_other"), *([words.say("not_future")] if result.gains else ()))
    )
    if study.choices.where_from:
        yield Heading(say(words.language, "report.how"))
        yield Paragraph(study.choices.where_from)
    if result.findings:
        yield Heading(say(words.language, "report.findings"))
        yield Listing(tuple(map(str, result.findings)))


def _by_profile(words: _Words, result: Result) -> pa.Table:
    """A row a profile: the share of each sex that has it, and what each would reach with it."""
    rows = result.now.table.to_pylist()
    sexes = list(dict.fromkeys(row["sex"] for row in rows))
    columns: dict[str, list[str]] = {words.say("profile"): []}
    for profile in dict.fromkeys(row["profile"] for row in rows):
        columns[words.say("profile")].append(words.named[profile])
        for sex in sexes:
            mine = [row for row in rows if (row["sex"], row["profile"]) == (sex, profile)]
            persons = sum(row["persons"] for row in mine)
            for key, head in (("share", "share"), ("reach", "reaches")):
                known = [row for row in mine if row[key] is not None and persons]
                value = sum(row[key] * row["persons"] for row in known) / persons if known else None
                said = percent(words.language, value) if key == "share" else number(words.language, value)
                columns.setdefault(words.say(head, who=say(words.language, SEXES[sex])), []).append(said)
    return pa.table(columns)


def _gained(words: _Words, result: Result) -> Iterator[Part]:
    assert result.gains is not None
    gain, language = result.gains.gain, words.language
    yield Heading(words.say("gain"))
    yield Paragraph(words.say("gained", women=words.interval(gain.levels["f"]), men=words.interval(gain.levels["m"]),
                              gap=words.interval(gain.difference), reached=words.reached))  # fmt: skip
    marks = [
        Mark(words.say(name), "", gap.difference.value, gap.difference.low, gap.difference.high)
        for name, gap in (("now", result.gains.before), ("then", result.gains.after))
    ]
    yield gaps(marks, title=words.say("gap"), language=language)
    rows = list(result.gains.winners.items())
    yield Grid(
        words.say("winners"),
        pa.table({
            words.say("profile"): [words.named[profile] for profile, _ in rows],
            words.say("more"): [more for _, (more, _) in rows],
            words.say("less"): [less for _, (_, less) in rows],
        }),
    )  # fmt: skip
    if (picture := _map(words, result)) is not None:
        yield picture


def _map(words: _Words, result: Result) -> Picture | None:
    """The gain of each home under the profile that gains most."""
    from shapely import Point

    assert result.gains is not None
    where = result.where
    by_profile = result.gains.homes.group_by(["profile"]).aggregate([("gain", "mean")]).to_pylist()
    best = max(by_profile, key=lambda row: abs(row["gain_mean"] or 0))
    if not best["gain_mean"]:
        return None
    part = result.gains.homes.filter(pc.equal(result.gains.homes["profile"], best["profile"]))
    mean = part.group_by("home").aggregate([("gain", "mean")])
    values = dict(zip(mean["home"].to_pylist(), mean["gain_mean"].to_pylist(), strict=True))
    shapes = {home: Point(*at) for home, at in where.items() if home in values}
    title = words.say("map", profile=words.named[best["profile"]])
    return shaded(shapes, values, title=title, language=words.language) if shapes else None
