"""Random small surveys: equal to plain Python, and the same whatever the order or the scale of weights."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.statistics import Count, Gap, Mean, Proportion, Ratio, Stat, Total
from tests.genderlens.surveys import oracle
from tests.genderlens.surveys.oracle import Person

pytestmark = pytest.mark.rules

FEW = settings(max_examples=15)
GAP = Gap("sex", "f", "m")
ONE = Design("weight", "stratum", "cluster", nest=True, lonely="certainty")
SINGLY = Design("weight", "stratum", lonely="certainty")
TWO = Design(
    "weight", "stratum", ("cluster", "flat"), fpc=("clusters_there", "flats_there"), nest=True, lonely="certainty"
)


@st.composite
def surveys(draw: st.DrawFn) -> list[Person]:
    """Up to four strata of one to four clusters; women, men and a third category; answers that are missing."""
    seed = draw(st.integers(0, 2**32))
    strata = draw(st.integers(1, 4))
    random_ = random.Random(seed)
    people = []
    for stratum in range(strata):
        drawn = random_.choice([1, 2, 2, 3, 4])
        clusters_there = drawn + random_.choice([0, 1, 5, 100])
        for cluster in range(drawn):
            flats = random_.choice([1, 2, 3])
            flats_there = flats + random_.choice([0, 1, 20])
            for flat in range(flats):
                for _person in range(random_.choice([1, 2, 3])):
                    y = None if random_.random() < 0.1 else random_.choice([0.0, 1.0, 2.5, 1000.0])
                    x = None if random_.random() < 0.1 else random_.uniform(1, 3)
                    weight = random_.choice([0.5, 1.0, 7.0, 120.0])
                    sex = random_.choice(["f", "f", "m", "m", "x"])
                    area = random_.choice([1, 2])
                    people.append(Person(stratum, cluster, flat, weight, y, x, sex, area, clusters_there, flats_there))
    return people


def ours(people: Sequence[Person], design: Design, stats: Sequence[Stat], by: Sequence[str] = ("sex",)) -> Estimates:
    gaps = [GAP] if "sex" in by else []
    return estimate(ibis.memtable(pa.table(oracle.columns(people))), design, stats, by, gaps)


def found(estimates: Estimates) -> dict[tuple[str, str], tuple[Any, Any]]:
    return {(row["stat"], row["domain"]): (row["estimate"], row["se"]) for row in estimates.table.to_pylist()}


def usable(people: Sequence[Person]) -> bool:
    """Women and men answer, and not all of them nothing: else there is no quotient to compare."""
    both = [{p.sex for p in people if p.y and p.x and p.sex == sex} for sex in "fm"]
    return all(both) and len({(p.stratum, p.cluster) for p in people}) > 1


@pytest.mark.parametrize(
    "design",
    [ONE, replace(ONE, lonely="adjust"), TWO, replace(TWO, lonely="adjust"), SINGLY, replace(SINGLY, lonely="adjust")],
)
@given(people=surveys())
@FEW
def test_equal_to_plain_python(design: Design, people: list[Person]) -> None:
    assume(usable(people))
    got = found(ours(people, design, [Mean("y"), Total("y"), Ratio("y", "x")]))
    if design.strata and not design.stages:
        # Everybody is a cluster.
        people = [replace(p, cluster=i) for i, p in enumerate(people)]
    stages, finite = len(design.stages), bool(design.sizes)
    for name, how in (("mean(y)", oracle.mean), ("total(y)", oracle.total), ("ratio(y/x)", oracle.ratio)):
        women, men = (how(people, lambda p, sex=sex: p.sex == sex) for sex in "fm")  # type: ignore[misc]
        wanted = {"f": women, "m": men, "f-m": oracle.difference(women, men), "f/m": oracle.quotient(women, men)}
        for domain, (value, scores) in wanted.items():
            se = oracle.error(people, scores, stages, finite, design.lonely)
            size = max(abs(score) for score in scores)
            assert got[name, domain][0] == pytest.approx(value, rel=1e-10, abs=1e-9)
            # Sums of products round to some millionths of the estimate, scores to much less.
            least = 1e-6 * max(abs(value), 1) if not design.stages else 1e-9 * max(size, 1)
            assert got[name, domain][1] == pytest.approx(se, rel=1e-7, abs=least)


@given(people=surveys())
@FEW
def test_jackknife_equals_leaving_clusters_out(people: list[Person]) -> None:
    assume(usable(people))
    drawn = {p.stratum: len({q.cluster for q in people if q.stratum == p.stratum}) for p in people}
    assume(max(drawn.values()) > 1)
    # Each cluster left out must leave somebody of each sex.
    for sex in "fm":
        assume(len({(p.stratum, p.cluster) for p in people if p.sex == sex and p.y is not None}) > 1)
    got = found(ours(people, replace(ONE, replicates=Replicates("JKn")), [Mean("y")]))

    def gap(some: Sequence[Person]) -> float:
        women, men = (oracle.mean(some, lambda p, sex=sex: p.sex == sex)[0] for sex in "fm")  # type: ignore[misc]
        return women - men

    assert got["mean(y)", "f-m"][1] == pytest.approx(oracle.jackknife(people, gap), rel=1e-7, abs=1e-8)


@given(people=surveys(), scale=st.sampled_from([1e-3, 3.0, 1e6]), seed=st.integers(0, 99))
@FEW
def test_means_ignore_the_scale_of_weights_and_the_order(people: list[Person], scale: float, seed: int) -> None:
    assume(usable(people))
    other = [replace(p, weight=p.weight * scale) for p in people]
    random.Random(seed).shuffle(other)
    here, there = (found(ours(some, TWO, [Mean("y"), Total("y")])) for some in (people, other))
    for name, (value, se) in here.items():
        if value is None:
            assert there[name][0] is None
            continue
        factor = scale if name[0] == "total(y)" and "/" not in name[1] else 1
        assert there[name][0] == pytest.approx(value * factor, rel=1e-9, abs=1e-9 * factor)
        assert (there[name][1] or 0) == pytest.approx((se or 0) * factor, rel=1e-6, abs=1e-6 * factor)


@given(people=surveys())
@FEW
def test_domains_add_up(people: list[Person]) -> None:
    """The sexes together are everybody, in the total and, with the covariances, in its error."""
    split = ours(people_with_f_and_m(people), ONE, [Total("y"), Count()])
    everybody = found(ours(people_with_f_and_m(people), ONE, [Total("y"), Count()], by=()))
    for name in ("total(y)", "count"):
        sexes = [row.domain for row in split.rows if row.stat.text == name and row.kind == "level"]
        silent = {r["domain"] for r in split.table.to_pylist() if r["stat"] == name and r["flag"] == "no answers"}
        value, se = split.combine({(name, sex): 1 for sex in sexes if sex not in silent})
        assert value == pytest.approx(everybody[name, "all"][0] or 0, rel=1e-9)
        assert se == pytest.approx(everybody[name, "all"][1] or 0, rel=1e-6, abs=1e-6)


def people_with_f_and_m(people: list[Person]) -> list[Person]:
    """The gap needs both to be there."""
    return [replace(people[0], sex="f"), replace(people[0], sex="m"), *people]


def test_a_third_category_is_kept() -> None:
    people = [Person(s, c, 0, 1.0, float(i), 1.0, sex, 1, 9, 9) for s in (0, 1) for c in (0, 1)
              for i, sex in enumerate("fmx")]  # fmt: skip
    rows = [row["domain"] for row in ours(people, ONE, [Mean("y")]).table.to_pylist()]
    assert rows == ["f", "m", "x", "f-m", "f/m"]


def test_two_domains_and_their_gaps() -> None:
    people = [Person(s, c, 0, 1.0, float(i + a), 1.0, sex, a, 9, 9) for s in (0, 1) for c in (0, 1) for a in (1, 2)
              for i, sex in enumerate("fm")]  # fmt: skip
    got = ours(people, ONE, [Mean("y"), Proportion("y", 1)], by=("sex", "area"))
    rows = [row["domain"] for row in got.table.to_pylist() if row["stat"] == "mean(y)"]
    assert rows == ["f 1", "f 2", "m 1", "m 2", "f-m 1", "f/m 1", "f-m 2", "f/m 2"]
    assert got.rows[4].values == {"sex": ("f", "m"), "area": 1}


@given(people=surveys())
@FEW
def test_persons_drawn_singly_are_clusters_of_one(people: list[Person]) -> None:
    """Sums of products over persons give what persons as clusters give, covariances and degrees of freedom too."""
    assume(usable(people))
    alone = [replace(p, cluster=i) for i, p in enumerate(people)]
    stats: list[Stat] = [Mean("y"), Total("x"), Count()]
    singly = ours(alone, SINGLY, stats)
    clustered = ours(alone, ONE, stats)
    for here, there in zip(singly.table.to_pylist(), clustered.table.to_pylist(), strict=True):
        assert (here["n"], here["clusters"], here["df"]) == (there["n"], there["clusters"], there["df"])
    size = np.sqrt(np.abs(clustered.covariance).max())
    assert singly.covariance == pytest.approx(clustered.covariance, rel=1e-6, abs=1e-9 * size**2)
