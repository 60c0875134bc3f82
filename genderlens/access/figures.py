"""The figures of a diagnosis of access: by sex, with the gap, as rows of FIGURES."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from genderlens.access.averages import Measured, People, Values
from genderlens.access.choices import Choices
from genderlens.access.inequality import gini
from genderlens.access.sdg import SPACE as PUBLIC_SPACE
from genderlens.run import FIGURES
from genderlens.words import say, sentences

ILLUSTRATIVE = "illustrative places"
GIVEN = "stops of the timetables given"
Mean = Callable[[str], float | None]


def kind_words(language: str, kind: str) -> str:
    """A kind of place in words; one we do not know by its own name."""
    known = sentences("access").get(f"kind_{kind}")
    return known[language] if known else say(language, "access.kind_other", kind=kind)


def reach_words(language: str, choices: Choices, *, chain: bool = False) -> str:
    key = "access.chain" if chain else "access.direct"
    words = say(language, key, work=kind_words(language, choices.work), limit=round(choices.limit))
    return words[:1].upper() + words[1:]


def unevenness(people: People, values: Values, sex: str = "") -> float | None:
    """The Gini index of what people of a sex reach: 0 when all reach the same."""
    found = gini(values, people.weight(sex))
    return found if math.isfinite(found) else None


def figures(measured: Measured, choices: Choices, language: str) -> pa.Table:
    """Counts come from a census or a grid: no standard error, and the interval is empty."""
    return pa.Table.from_pylist(list(_rows(measured, choices, language)), schema=FIGURES)


def _rows(measured: Measured, choices: Choices, language: str) -> Iterator[dict[str, Any]]:
    people = measured.people
    invented = {choices.care, choices.work} & set(choices.illustrative)

    def mean_of(values: Values) -> Mean:
        return lambda sex: people.mean(values, sex)

    for way in measured.ways:
        mode = say(language, f"access.{way.code}")
        flag = ILLUSTRATIVE if choices.work in choices.illustrative else ""
        what = f"{reach_words(language, choices)}, {mode}"
        yield from _family(measured, f"reach.{way.code}", what, choices.work, mean_of(way.direct), way.direct, flag)
        what = f"{say(language, 'access.gini')}, {mode}"
        spread = partial(unevenness, people, way.direct)
        yield from _family(measured, f"gini.{way.code}", what, "index", spread, way.direct, flag, gap=False)
        if way.chain is None:
            continue
        flag = ILLUSTRATIVE if invented else ""
        what = f"{reach_words(language, choices, chain=True)}, {mode}"
        yield from _family(measured, f"chain.{way.code}", what, choices.work, mean_of(way.chain), way.chain, flag)
        what = f"{say(language, 'access.penalty')}, {mode}"

        def penalty(sex: str, way: Any = way) -> float | None:
            share = measured.mean_lost(way, sex)
            return None if share is None else 100 * share

        yield from _family(measured, f"penalty.{way.code}", what, "percent", penalty, way.chain, flag)
    flag = ILLUSTRATIVE if invented else ""
    for code, duty in measured.gaps.items():
        what = f"{say(language, 'access.plot_duty')}, {say(language, f'access.{code}')}"
        for row in duty.figures(f"with_duty.{code}", what, choices.work).to_pylist():
            yield row | {"flag": flag or row["flag"]}
    if measured.nearest is not None:
        flag = ILLUSTRATIVE if choices.care in choices.illustrative else ""
        what = say(language, "access.nearest")
        yield from _family(
            measured, "nearest_care", what, "minutes", mean_of(measured.nearest), measured.nearest, flag
        )  # fmt: skip
    everybody = replace(measured, people=measured.everybody or people)
    stop = ("near_stop", "11.2.1", "stop", choices.stop_distance, measured.stop, GIVEN)
    space = ("near_space", "11.7.1", "space", PUBLIC_SPACE, measured.space, "")
    for key, indicator, word, metres, near, flag in (stop, space):
        if near is None:
            continue
        shares = 100 * near

        def share(sex: str, shares: Values = shares) -> float | None:
            return everybody.people.mean(shares, sex)

        what = say(language, f"access.{word}", metres=round(metres))
        yield from _family(everybody, key, what, "percent", share, shares, flag, indicator=indicator)


def _family(
    measured: Measured,
    key: str,
    label: str,
    unit: str,
    mean: Mean,
    values: Values,
    flag: str,
    *,
    indicator: str = "",
    gap: bool = True,
) -> Iterator[dict[str, Any]]:
    """Everybody, each sex, and women against men as difference and ratio."""
    people = measured.people
    row = {"indicator": indicator, "label": label, "group": "", "place": "", "se": None, "low": None, "high": None,
           "clusters": None, "unit": unit, "flag": flag}  # fmt: skip
    found = {sex: mean(sex) for sex in ("", *people.sexes)}
    for sex, value in found.items():
        yield row | {"key": f"{key}.{sex or 'all'}", "sex": sex, "value": value, "n": people.answered(values, sex)}
    women, men = found.get("f"), found.get("m")
    if not gap or women is None or men is None:
        return
    difference = {"key": f"{key}.f-m", "sex": "f-m", "value": women - men, "n": None}
    yield row | difference | {"unit": "points" if unit == "percent" else unit}
    yield row | {"key": f"{key}.f/m", "sex": "f/m", "value": women / men if men else None, "n": None, "unit": "ratio"}
