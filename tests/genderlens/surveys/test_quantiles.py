"""Quantiles: the smallest value that reaches the share, its interval read through the distribution."""

import math
import random
from collections.abc import Sequence

import ibis
import pyarrow as pa
import pytest
from scipy.stats import t

from genderlens.surveys.design import Design
from genderlens.surveys.estimates import estimate
from genderlens.surveys.statistics import Gap, Mean, Quantile, Stat
from tests.genderlens.surveys import oracle
from tests.genderlens.surveys.oracle import Person

pytestmark = pytest.mark.rules

DESIGN = Design("weight", "stratum", "cluster", nest=True)


def people(seed: int) -> list[Person]:
    chance = random.Random(seed)
    far = chance.choice([1.0, 1e6, 1e-3])
    whole = chance.random() < 0.5

    def answer() -> float | None:
        if chance.random() < 0.1:
            return None
        return float(round(chance.gauss(40, 20))) if whole else far * chance.gauss(0, 1)

    return [
        Person(s, c, 0, chance.choice([0.5, 3.0, 11.0]), answer(), 1.0, chance.choice("fm"), 1, 9, 9)
        for s in range(4)
        for c in range(6)
        for _ in range(chance.choice([3, 9]))
    ]


def quantile(some: Sequence[Person], p: float) -> float:
    asked = sorted((q.y, q.weight) for q in some if q.y is not None)
    total, so_far = sum(w for _y, w in asked), 0.0
    for y, w in asked:
        so_far += w
        if so_far >= p * total * (1 - 1e-12):
            return y
    raise AssertionError


def woodruff(some: Sequence[Person], sex: str, p: float) -> tuple[float, float, float, float]:
    mine = [q for q in some if q.sex == sex]
    value = quantile(mine, p)
    below = [Person(**{**q.__dict__, "y": None if q.y is None else float(q.y <= value)}) for q in some]
    share, scores = oracle.mean(below, lambda q: q.sex == sex)
    half = t.ppf(0.975, _df(mine)) * oracle.error(below, scores, 1, False, "fail")
    low = quantile(mine, share - half) if share - half >= 0 else math.nan
    high = quantile(mine, share + half) if share + half <= 1 else math.nan
    return value, low, high, (high - low) / (2 * t.ppf(0.975, _df(mine)))


def _df(mine: Sequence[Person]) -> int:
    asked = [q for q in mine if q.y is not None]
    return len({(q.stratum, q.cluster) for q in asked}) - len({q.stratum for q in asked})


@pytest.mark.parametrize("seed", range(8))
def test_equal_to_plain_python(seed: int) -> None:
    some = people(seed)
    table = ibis.memtable(pa.table(oracle.columns(some)))
    stats: list[Stat] = [Quantile("y", 0.5), Quantile("y", 0.2), Mean("y")]
    found = estimate(table, DESIGN, stats, ["sex"], [Gap("sex", "f", "m")])
    rows = {(row["stat"], row["domain"]): row for row in found.table.to_pylist()}
    for p in (0.5, 0.2):
        for sex in "fm":
            row = rows[f"quantile(y, {p:g})", sex]
            wanted = woodruff(some, sex, p)
            got = [math.nan if row[name] is None else row[name] for name in ("estimate", "low", "high", "se")]
            assert got == pytest.approx(wanted, rel=1e-9, nan_ok=True)
        gap = rows[f"quantile(y, {p:g})", "f-m"]
        levels = [rows[f"quantile(y, {p:g})", sex] for sex in "fm"]
        assert gap["estimate"] == pytest.approx(levels[0]["estimate"] - levels[1]["estimate"], rel=1e-12)
        if all(level["se"] is not None for level in levels):
            # Women and men share clusters, but not so that they could move together more than wholly.
            assert gap["se"] <= sum(level["se"] for level in levels)


def test_a_share_reached_exactly_takes_that_value() -> None:
    table = ibis.memtable(pa.table({"w": [0.1] * 10, "c": list(range(10)), "y": list(range(1, 11))}))
    stats = [Quantile("y", p / 10) for p in range(1, 10)]
    found = estimate(table, Design("w", cluster="c"), stats)
    assert found.table["estimate"].to_pylist() == list(range(1, 10))


def test_without_domains_and_among_some() -> None:
    some = people(1)
    table = ibis.memtable(pa.table(oracle.columns(some)))
    found = estimate(table, DESIGN, [Quantile("y")], where=table.sex == "f")
    (row,) = found.table.to_pylist()
    assert (row["estimate"], row["low"], row["high"], row["se"]) == pytest.approx(woodruff(some, "f", 0.5))


def test_a_domain_without_answers_has_no_median() -> None:
    data = {"w": [1.0] * 6, "c": list(range(6)), "y": [1.0, 2.0, 3.0, None, None, None], "sex": list("fffmmm")}
    found = estimate(ibis.memtable(pa.table(data)), Design("w", cluster="c"), [Quantile("y")], ["sex"])
    women, men = found.table.to_pylist()
    assert women["estimate"] == 2
    assert (men["estimate"], men["flag"]) == (None, "no answers")
