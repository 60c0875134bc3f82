"""Replicate weights: published ones equal those made here, and each kind its own formula."""

import random
from collections.abc import Sequence
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from genderlens.findings import Refused
from genderlens.surveys.design import Design, Kind, Replicates
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.statistics import Gap, Mean, Quantile, Ratio, Stat, Total

pytestmark = pytest.mark.rules

GAP = Gap("sex", "f", "m")
STATS: list[Stat] = [Mean("y"), Total("y"), Ratio("y", "x")]


def survey(strata: int = 5, clusters: int = 4, seed: int = 1) -> dict[str, Any]:
    chance = random.Random(seed)
    rows = [(h, f"{h}-{c}", chance.choice("fm")) for h in range(strata) for c in range(clusters) for _ in range(6)]
    return {
        "h": [row[0] for row in rows],
        "c": [row[1] for row in rows],
        "sex": [row[2] for row in rows],
        "w": [chance.choice([1.0, 3.0, 20.0]) for _ in rows],
        "y": [5 + row[0] + chance.gauss(0, 1) for row in rows],
        "x": [chance.uniform(1, 2) for row in rows],
        "there": [clusters + h for h, _c, _sex in rows],
    }


def ours(data: dict[str, Any], design: Design, stats: Sequence[Stat] = tuple(STATS), **options: Any) -> Estimates:
    return estimate(ibis.memtable(pa.table(data)), design, stats, ["sex"], [GAP], **options)


def errors(found: Estimates) -> list[float]:
    return [row["se"] for row in found.table.to_pylist()]


def left_out(data: dict[str, Any]) -> tuple[dict[str, list[float]], tuple[float, ...]]:
    """JKn weights and their rscales, written out as a statistical office would publish them."""
    weights: dict[str, list[float]] = {}
    rscales: list[float] = []
    for cluster in dict.fromkeys(data["c"]):
        stratum = data["h"][data["c"].index(cluster)]
        drawn = len({c for c, h in zip(data["c"], data["h"], strict=True) if h == stratum})
        weights[f"r{len(weights)}"] = [
            0.0 if c == cluster else w * (drawn / (drawn - 1) if h == stratum else 1)
            for c, h, w in zip(data["c"], data["h"], data["w"], strict=True)
        ]
        rscales.append((drawn - 1) / drawn)
    return weights, tuple(rscales)


def test_published_jackknife_equals_the_one_made_here() -> None:
    data = survey()
    weights, rscales = left_out(data)
    made = ours(data, Design("w", "h", "c", replicates=Replicates("JKn")))
    published = ours(data | weights, Design("w", replicates=Replicates("JKn", tuple(weights), rscales=rscales)))
    assert errors(published) == pytest.approx(errors(made), rel=1e-10)
    assert published.covariance == pytest.approx(made.covariance, rel=1e-8)
    # 20 clusters in 5 strata: the rank of the weights says it too.
    assert {row["df"] for row in published.table.to_pylist()} == {15}
    assert {row["clusters"] for row in published.table.to_pylist()} == {None}
    factors = {name: [r / w for r, w in zip(column, data["w"], strict=True)] for name, column in weights.items()}
    kind = Replicates("JKn", tuple(weights), rscales=rscales, combined=False)
    assert errors(ours(data | factors, Design("w", replicates=kind))) == pytest.approx(errors(made), rel=1e-10)


def test_jackknife_without_strata_is_near_the_linearised_error() -> None:
    data = survey(strata=1, clusters=40)
    linear = errors(ours(data, Design("w", cluster="c")))
    assert errors(ours(data, Design("w", cluster="c", replicates=Replicates("JK1")))) == pytest.approx(linear, rel=0.1)
    totals = [i for i, row in enumerate(ours(data, Design("w", cluster="c")).rows) if row.stat == Total("y")][:3]
    same = errors(ours(data, Design("w", cluster="c", replicates=Replicates("JK1"))))
    # Totals are linear: nothing is lost.
    assert [same[i] for i in totals] == pytest.approx([linear[i] for i in totals], rel=1e-10)


def test_jackknife_knows_the_finite_population() -> None:
    data = survey()
    linear = ours(data, Design("w", "h", "c", fpc="there"), [Total("y")])
    made = ours(data, Design("w", "h", "c", fpc="there", replicates=Replicates("JKn")), [Total("y")])
    # The first stratum is taken whole and adds nothing to either.
    assert errors(made)[:3] == pytest.approx(errors(linear)[:3], rel=1e-10)


@pytest.mark.parametrize(
    ("kind", "options", "scale", "mse"),
    [
        ("BRR", {}, 1 / 8, False),
        ("BRR", {"mse": True}, 1 / 8, True),
        ("Fay", {"rho": 0.3}, 1 / (8 * 0.7**2), False),
        ("JK1", {}, 7 / 8, False),
        ("bootstrap", {}, 1 / 7, False),
        ("SDR", {}, 4 / 8, True),
        ("bootstrap", {"scale": 0.2}, 0.2, False),
    ],
)
def test_each_kind_has_its_formula(kind: Kind, options: dict[str, Any], scale: float, mse: bool) -> None:
    data = survey()
    chance = np.random.default_rng(3)
    names = tuple(f"r{i}" for i in range(8))
    weights = {name: np.array(data["w"]) * chance.uniform(0, 2, len(data["w"])) for name in names}
    found = ours(data | weights, Design("w", replicates=Replicates(kind, names, **options)), [Mean("y")])
    women = np.array(data["sex"]) == "f"
    y = np.array(data["y"])
    thetas = np.array([np.average(y[women], weights=w[women]) - np.average(y[~women], weights=w[~women])
                       for w in [np.array(data["w"]), *weights.values()]])  # fmt: skip
    centre = thetas[0] if mse else thetas[1:].mean()
    gap = found.table.to_pylist()[2]
    assert gap["estimate"] == pytest.approx(thetas[0], rel=1e-12)
    assert gap["se"] == pytest.approx(float(np.sqrt(scale * ((thetas[1:] - centre) ** 2).sum())), rel=1e-10)
    assert gap["df"] == 7


def test_bootstrap_nears_the_linearised_error_and_repeats_itself() -> None:
    data = survey(strata=8, clusters=12)
    linear = errors(ours(data, Design("w", "h", "c")))
    design = Design("w", "h", "c", replicates=Replicates("bootstrap", number=2000, seed=7))
    first = errors(ours(data, design))
    assert first == pytest.approx(linear, rel=0.12)
    backwards = {name: values[::-1] for name, values in data.items()}
    assert errors(ours(backwards, design)) == pytest.approx(first, rel=1e-12)
    other = Design("w", "h", "c", replicates=Replicates("bootstrap", number=2000, seed=8))
    assert errors(ours(data, other)) != pytest.approx(first, rel=1e-6)


def test_lonely_clusters_under_replication() -> None:
    data = survey()
    alone = {name: [*column, *column[-3:]] for name, column in data.items()}
    alone["h"][-3:], alone["c"][-3:] = [9, 9, 9], ["9-0"] * 3

    def se(lonely: Any, kind: Kind = "JKn") -> float:
        design = Design("w", "h", "c", lonely=lonely, replicates=Replicates(kind))
        return errors(ours(alone, design, [Total("y")]))[0]

    spread = se("certainty")
    # R's jknweights: `average` scales by replicates wanted over replicates there are.
    assert se("average") == pytest.approx(spread * (21 / 20) ** 0.5)
    assert se("adjust") > spread
    assert se("certainty", "bootstrap") == pytest.approx(spread, rel=0.2)
    for lonely, kind in (("fail", "JKn"), ("fail", "bootstrap"), ("adjust", "bootstrap")):
        with pytest.raises(Refused, match=r"one cluster|resampled"):
            se(lonely, kind)  # type: ignore[arg-type]


def test_quantiles_with_replicates() -> None:
    """The error of the share below the median comes from the replicates, the rest is Woodruff's."""
    data = survey(strata=8, clusters=12)
    weights, rscales = left_out(data)
    linear = ours(data, Design("w", "h", "c"), [Quantile("y")])
    made = ours(data, Design("w", "h", "c", replicates=Replicates("JKn")), [Quantile("y")])
    published = Replicates("JKn", tuple(weights), rscales=rscales)
    found = ours(data | weights, Design("w", replicates=published), [Quantile("y")])
    assert found.table["estimate"].to_pylist() == linear.table["estimate"].to_pylist()
    assert errors(found)[:3] == pytest.approx(errors(linear)[:3], rel=0.1)
    assert errors(made)[:2] == pytest.approx(errors(linear)[:2], rel=0.1)
