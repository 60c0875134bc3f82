"""Quantiles, intervals, lonely clusters and made replicates, as R's survey package gives them."""

import csv
from pathlib import Path
from typing import Any

import ibis
import pytest

from genderlens.engines import read
from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.estimates import estimate
from genderlens.surveys.statistics import Gap, Mean, Proportion, Quantile, Ratio, Stat, Total

pytestmark = [pytest.mark.rules, pytest.mark.shared_data]

CASES = Path(__file__).parents[2] / "cases" / "surveys" / "r_survey_4.1-1.csv"


def cases() -> list[dict[str, str]]:
    with CASES.open() as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def asked(text: str) -> Stat:
    name, *words = text.split()
    match name:
        case "quantile":
            return Quantile(words[0], float(words[1]))
        case "proportion":
            return Proportion(words[0], int(words[1]))
        case "ratio":
            return Ratio(*words)
        case "total":
            return Total(*words)
        case _:
            return Mean(*words)


def design(case: dict[str, str]) -> Design:
    made: Any = Replicates(case["replicates"]) if case["replicates"] else None  # type: ignore[arg-type]
    return Design(
        case["weight"], case["strata"] or None, case["cluster"].split() or None, case["fpc"].split() or None,
        nest=bool(case["nest"]), lonely=case["lonely"], replicates=made,  # type: ignore[arg-type]
    )  # fmt: skip


def together(case: dict[str, str]) -> tuple[str, ...]:
    """What cases that one question answers have alike."""
    return tuple(case[name] for name in ("data", "fpc", "lonely", "replicates", "by", "gap"))


@pytest.mark.parametrize("question", sorted({together(case) for case in cases()}), ids=" ".join)
def test_as_r(question: tuple[str, ...], duck: ibis.BaseBackend, shared_data: Path) -> None:
    mine = [case for case in cases() if together(case) == question]
    data, by, gap = mine[0]["data"], mine[0]["by"].split(), mine[0]["gap"].split()
    people = read(duck, shared_data / "surveys" / f"{data.removesuffix('-lonely')}.csv")
    if data == "nhanes-lonely":
        people = people.filter((people.SDMVSTRA != 83) | (people.SDMVPSU != 2))
    stats = list(dict.fromkeys(asked(case["stat"]) for case in mine))
    found = estimate(people, design(mine[0]), stats, by, [Gap(by[0], *gap)] if gap else [])
    got = {(row["stat"], row["domain"]): row for row in found.table.to_pylist()}
    for case in mine:
        stat = asked(case["stat"])
        row = got[stat.text, case["domain"]]
        # R finds a share with its interval by iteration, to some ten digits.
        close = 1e-9 if isinstance(stat, Proportion) else 1e-12
        for name in ("estimate", "se", "low", "high"):
            if case[name]:
                assert row[name] == pytest.approx(float(case[name]), rel=close, abs=1e-15), (case, name)
        if case["df"]:
            assert row["df"] == int(case["df"]), case
