"""Estimates as the figures of a run: in percent and points, with sex, group and the words of the reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from genderlens.run import FIGURES
from genderlens.surveys import coded
from genderlens.surveys.asked import Options
from genderlens.surveys.estimates import ESTIMATES, Estimates
from genderlens.surveys.guess import heading_words, known
from genderlens.surveys.opened import Opened
from genderlens.surveys.statistics import Mean, Proportion, Stat
from genderlens.words import say, sentences

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from genderlens.surveys.catalogue import Indicator
    from genderlens.surveys.measures import Part

LEVEL_UNIT = {"percent": "points"}  # what a difference is said in


@dataclass(frozen=True)
class Named:
    """How a statistic is told: its key, its label, its unit."""

    key: str
    label: str
    unit: str


def none() -> pa.Table:
    return FIGURES.empty_table()


def no_estimates() -> pa.Table:
    return ESTIMATES.empty_table()


def of_indicator(
    found: Estimates, indicator: Indicator, parts: Sequence[Part], language: str,
    labels: Mapping[str, Mapping[str, str]],
) -> pa.Table:  # fmt: skip
    names = {part.stat: Named(f"{indicator.id}.{part.word}", label(part.word, language), part.unit) for part in parts}
    return _figures(found, names, {"sex": {"f": "f", "m": "m", "x": "x"}}, labels, indicator.id)


def of_asked(found: Estimates, survey: Opened, options: Options, language: str) -> pa.Table:
    """Figures of statistics asked for by column names; women and men are told apart where the codes say which."""
    table = survey.declaration.design.table
    stats = dict.fromkeys(row.stat for row in found.rows)
    labels = survey.labels[table]
    shares = _zero_or_one(survey.people, [stat.column for stat in stats if isinstance(stat, Mean)])
    names = {stat: Named(stat.text, _label(stat, labels), _unit(stat, shares)) for stat in stats}
    sexes = {column: codes for column in options.domains if (codes := sex_codes(survey, column, options))}
    return _figures(found, names, sexes, labels, "")


def sex_codes(survey: Opened, column: str, options: Options) -> dict[str, str]:
    """Code -> f, m, x of a column of the table of the design, if it is the sex and its codes are known."""
    table = survey.declaration.design.table
    declared = survey.declaration.tables[table].columns.get("sex")
    if declared is not None and declared.column == column and declared.codes:
        return {code: word or "x" for code, word in declared.codes.items()}
    called = (declared is not None and declared.column == column) or heading_words(column) & set(known()["sex"])
    if options.sex == column or (not options.sex and called and options.codes):
        return options.sex_codes or coded.told(survey.tables[table], column, survey.labels[table].get(column, {}))
    if not called:
        return {}
    return coded.told(survey.tables[table], column, survey.labels[table].get(column, {}))


def label(word: str, language: str) -> str:
    """A part of an indicator in the reader's words; a survey's own word as it is."""
    return say(language, f"survey.part_{word}") if f"part_{word}" in sentences("survey") else word


def _label(stat: Stat, labels: Mapping[str, Mapping[str, str]]) -> str:
    if isinstance(stat, Proportion):
        code = coded.as_code(stat.value)
        return f"{stat.column}: {labels.get(stat.column, {}).get(code, code)}"
    return stat.column if isinstance(stat, Mean) else stat.text


def _unit(stat: Stat, shares: Collection[str]) -> str:
    share = isinstance(stat, Proportion) or (isinstance(stat, Mean) and stat.column in shares)
    return "percent" if share else ""


def _zero_or_one(table: Table, columns: Sequence[str]) -> set[str]:
    """The columns that hold nothing but 0 and 1: their mean is a share."""
    numbers = [name for name in columns if table[name].type().is_numeric()]
    if not numbers:
        return set()
    odd = {f"c{i}": (~table[name].isin([0, 1])).sum() for i, name in enumerate(numbers)}
    row = table.aggregate(**odd).to_pyarrow().to_pylist()[0]
    return {name for i, name in enumerate(numbers) if not row[f"c{i}"]}


def _figures(
    found: Estimates, names: Mapping[Stat, Named], sexes: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, Mapping[str, str]], indicator: str,
) -> pa.Table:  # fmt: skip
    rows: list[dict[str, Any]] = []
    for row, figure in zip(found.rows, found.table.to_pylist(), strict=True):
        named = names[row.stat]
        sex, group = _who(row.values, row.kind, sexes, labels)
        factor = 100.0 if named.unit == "percent" and row.kind != "ratio" else 1.0
        unit = {"level": named.unit, "ratio": "ratio"}.get(row.kind, LEVEL_UNIT.get(named.unit, named.unit))
        rows.append({
            "key": ".".join(filter(None, (named.key, sex or ("" if group else "all"), group))),
            "indicator": indicator, "label": named.label, "sex": sex, "group": group, "place": "",
            **{name: None if figure[of] is None else figure[of] * factor
               for name, of in (("value", "estimate"), ("se", "se"), ("low", "low"), ("high", "high"))},
            "n": figure["n"], "clusters": figure["clusters"], "unit": unit, "flag": figure["flag"],
        })  # fmt: skip
    return pa.Table.from_pylist(rows, FIGURES)


def _who(
    values: Mapping[str, Any], kind: str, sexes: Mapping[str, Mapping[str, str]],
    labels: Mapping[str, Mapping[str, str]],
) -> tuple[str, str]:  # fmt: skip
    """The sex, "f-m" or "f/m" for a gap, and the other domains in words."""
    sex, groups = "", []
    sign = {"difference": "-", "ratio": "/"}.get(kind, "")
    for column, value in values.items():
        codes = [coded.as_code(one) for one in (value if isinstance(value, tuple) else (value,))]
        if column in sexes:
            sex = sign.join(sexes[column].get(code, "x") for code in codes)
        else:
            words = [labels.get(column, {}).get(code, code) for code in codes]
            groups.append(f"{column}={sign.join(words)}")
    return sex, ", ".join(groups)
