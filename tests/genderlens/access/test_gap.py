"""The gap in access has the error of the survey that says how many live under what, women and men together."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from genderlens.access.gap import AccessGap, access_gap
from genderlens.access.shares import SHARES, Shares, assumed, from_survey
from genderlens.access.tables import HOMES, REACH
from genderlens.engines import connect
from genderlens.findings import Refused
from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.statistics import Gap, Mean, Proportion

pytestmark = pytest.mark.rules


def homes(*rows: tuple[str, str, str, float]) -> pa.Table:
    named = [dict(zip(("home", "sex", "age", "persons"), row, strict=True)) for row in rows]
    return pa.Table.from_pylist([{"lon": 0.0, "lat": 0.0} | row for row in named], HOMES)


def reach(values: dict[str, dict[str, float | None]]) -> pa.Table:
    """profile -> home -> value."""
    rows = [
        {"home": home, "measure": "jobs", "profile": profile, "value": value}
        for profile, of in values.items()
        for home, value in of.items()
    ]
    return pa.Table.from_pylist(rows, REACH)


EQUAL = homes(("a", "f", "", 100), ("a", "m", "", 100), ("b", "f", "", 100), ("b", "m", "", 100))
FAR = reach({"care": {"a": 10, "b": 30}, "free": {"a": 100, "b": 60}})


def stated(women: float, men: float, covariance: list[list[float]], df: int = 40) -> Shares:
    """Shares of the profiles care and free; `covariance` is that of women's and men's share with care."""
    rows = [
        {"sex": sex, "age": "", "profile": profile, "share": share if profile == "care" else 1 - share, "n": 100}
        for sex, share in (("f", women), ("m", men))
        for profile in ("care", "free")
    ]
    turn = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    return Shares(pa.Table.from_pylist(rows, SHARES), turn @ np.array(covariance) @ turn.T, df, "a survey")


def test_a_case_worked_by_hand() -> None:
    """Women 50 % with care, men 20 %; mean reach 20 with care and 80 without, for both.

    M(f) = 0.5·20 + 0.5·80 = 50; M(m) = 0.2·20 + 0.8·80 = 68. Each share moves M by 20 − 80 = −60.
    Var(M(f) − M(m)) = 60²·(0.0004 + 0.0009 − 2·0.0003) = 2.52.
    """
    found = access_gap(FAR, EQUAL, stated(0.5, 0.2, [[0.0004, 0.0003], [0.0003, 0.0009]]))
    assert (found.levels["f"].value, found.levels["m"].value) == pytest.approx((50, 68))
    assert found.difference.value == pytest.approx(-18)
    assert found.difference.se == pytest.approx(2.52**0.5)
    assert found.difference.high == pytest.approx(-18 + 2.0210754 * 2.52**0.5)  # Student's t with 40 degrees
    relative = 60**2 * (0.0004 / 50**2 + 0.0009 / 68**2 - 2 * 0.0003 / (50 * 68))
    assert found.ratio.value == pytest.approx(50 / 68)
    assert found.ratio.se == pytest.approx(50 / 68 * relative**0.5)
    assert found.n == 200


def test_where_people_live_says_nothing_and_what_they_must_do_says_all() -> None:
    found = access_gap(FAR, EQUAL, stated(0.5, 0.2, [[0.0004, 0], [0, 0.0009]]))
    assert (found.residence.value, found.residence.se) == pytest.approx((0, 0))
    assert found.constraints.value == pytest.approx(-18)
    moved = homes(("a", "f", "", 150), ("a", "m", "", 100), ("b", "f", "", 50), ("b", "m", "", 100))
    found = access_gap(FAR, moved, stated(0.5, 0.2, [[0.0004, 0], [0, 0.0009]]))
    assert found.residence.value and found.constraints.value and found.difference.value
    assert found.residence.value + found.constraints.value == pytest.approx(found.difference.value)
    same = access_gap(FAR, moved, assumed({"f": {"free": 1}, "m": {"free": 1}}, "nobody has a duty"))
    assert same.constraints.value == pytest.approx(0) and same.residence.value == pytest.approx(10)


def test_the_error_is_that_of_many_surveys_drawn_again() -> None:
    covariance = [[0.0004, 0.0003], [0.0003, 0.0009]]
    found = access_gap(FAR, EQUAL, stated(0.5, 0.2, covariance))
    drawn = np.random.default_rng(4).multivariate_normal([0.5, 0.2], covariance, 20_000)
    women, men = (80 - 60 * drawn[:, i] for i in (0, 1))
    assert found.difference.se == pytest.approx((women - men).std(), rel=0.02)
    assert found.ratio.se == pytest.approx((women / men).std(), rel=0.02)


@pytest.fixture(scope="module")
def asked() -> ibis.Table:
    """Households with a woman and a man, in clusters: their duties go together."""
    dice = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    for cluster in range(24):
        usual = dice.uniform(0.1, 0.6)
        for _ in range(int(dice.integers(5, 9))):
            weight = float(dice.uniform(50, 150))
            for sexo, more in ((2, 0.25), (1, 0.0)):
                duty = "care" if dice.random() < usual + more else "free"
                rows.append({"sexo": sexo, "duty": duty, "cluster": cluster, "stratum": cluster % 4, "weight": weight})
    return connect("duckdb").create_table("asked", pa.Table.from_pylist(rows))


DESIGN = Design(weight="weight", strata="stratum", cluster=("cluster",))
LIVES = homes(("a", "f", "", 130), ("a", "m", "", 100), ("b", "f", "", 70), ("b", "m", "", 120))


def gap_of(found: Estimates) -> AccessGap:
    shares = from_survey(
        found, profiles={"care": "care", "free": "free"}, column="duty", sex="sexo", sexes={2: "f", 1: "m"},
        source="a survey",
    )  # fmt: skip
    return access_gap(FAR, LIVES, shares)


@pytest.mark.parametrize("replicates", [None, Replicates("JKn")])
def test_it_equals_the_gap_in_means_when_every_person_carries_her_reach(
    asked: ibis.Table, replicates: Replicates | None
) -> None:
    """The difference is linear: the survey estimates it itself, from each person's mean reach under her profile."""
    design = Design(weight="weight", strata="stratum", cluster=("cluster",), replicates=replicates)
    stats = [Proportion("duty", "care"), Proportion("duty", "free")]
    found = gap_of(estimate(asked, design, stats, by=["sexo"]))
    means = {(row["sex"], row["profile"]): row["reach"] for row in found.table.to_pylist()}
    table = asked.mutate(
        reached=ibis.cases(
            ((asked.sexo == 2) & (asked.duty == "care"), means["f", "care"]),
            ((asked.sexo == 2) & (asked.duty == "free"), means["f", "free"]),
            ((asked.sexo == 1) & (asked.duty == "care"), means["m", "care"]),
            else_=means["m", "free"],
        )
    )
    direct = estimate(table, design, [Mean("reached")], by=["sexo"], gaps=[Gap("sexo", "2", "1")])
    rows = {row["domain"]: row for row in direct.table.to_pylist()}
    assert found.levels["f"].value == pytest.approx(rows["2"]["estimate"], rel=1e-12)
    assert found.levels["f"].se == pytest.approx(rows["2"]["se"], rel=1e-9)
    for measured, domain in ((found.difference, "2-1"), (found.ratio, "2/1")):
        assert measured.value == pytest.approx(rows[domain]["estimate"], rel=1e-12)
    assert found.difference.se == pytest.approx(rows["2-1"]["se"], rel=1e-9)
    assert found.difference.low == pytest.approx(rows["2-1"]["low"], rel=1e-9)
    if replicates is None:  # replicates of a ratio are not its linear form
        assert found.ratio.se == pytest.approx(rows["2/1"]["se"], rel=1e-9)
        assert found.ratio.low == pytest.approx(rows["2/1"]["low"], rel=1e-9)
    assert found.n == asked.count().to_pyarrow().as_py()
    alone = sum(one.se**2 for one in found.levels.values() if one.se) ** 0.5
    assert found.difference.se and found.difference.se != pytest.approx(alone, rel=0.01)


def test_the_rest_has_what_the_others_leave(asked: ibis.Table) -> None:
    whole = gap_of(estimate(asked, DESIGN, [Proportion("duty", "care"), Proportion("duty", "free")], by=["sexo"]))
    shares = from_survey(
        estimate(asked, DESIGN, [Proportion("duty", "care")], by=["sexo"]), profiles={"care": "care"}, column="duty",
        sex="sexo", sexes={2: "f", 1: "m"}, source="a survey", rest="free",
    )  # fmt: skip
    found = access_gap(FAR, LIVES, shares)
    assert found.difference.se == pytest.approx(whole.difference.se)
    assert found.difference.value == pytest.approx(whole.difference.value)


def test_ages_weigh_as_in_the_census() -> None:
    rows = [
        {"sex": sex, "age": age, "profile": profile, "share": share}
        for sex, age, care in (("f", "young", 0.6), ("f", "old", 0.2), ("m", "young", 0.1), ("m", "old", 0.1))
        for profile, share in (("care", care), ("free", 1 - care))
    ]
    shares = Shares(pa.Table.from_pylist(rows, SHARES), np.eye(8) * 1e-4, 20, "a survey")
    lives = homes(("a", "f", "young", 30), ("b", "f", "old", 70), ("a", "m", "young", 50), ("b", "m", "old", 50))
    found = access_gap(FAR, lives, shares)
    assert found.levels["f"].value == pytest.approx(0.3 * (0.6 * 10 + 0.4 * 100) + 0.7 * (0.2 * 30 + 0.8 * 60))
    assert found.residence.value is not None and found.constraints.value is not None
    assert found.residence.value + found.constraints.value == pytest.approx(found.difference.value)
    with pytest.raises(Refused, match="no shares"):
        access_gap(FAR, homes(("a", "f", "child", 3), ("a", "m", "old", 3)), shares)


def test_a_home_without_an_answer_is_left_out_and_said_never_zero() -> None:
    lives = homes(("a", "f", "", 100), ("a", "m", "", 100), ("island", "f", "", 25), ("island", "m", "", 10))
    nowhere = reach({"care": {"a": 10, "island": None}, "free": {"a": 100, "island": 5}})
    found = access_gap(nowhere, lives, stated(0.5, 0.2, [[1e-4, 0], [0, 1e-4]]))
    assert found.levels["f"].value == pytest.approx(55)
    assert [str(finding)[:30] for finding in found.findings] == [
        "homes, f: 25 of 125 persons li",
        "homes, m: 10 of 110 persons li",
    ]


def test_a_third_sex_is_kept_and_without_shares_it_is_said() -> None:
    lives = pa.concat_tables([EQUAL, homes(("b", "x", "", 5))])
    found = access_gap(FAR, lives, stated(0.5, 0.2, [[1e-4, 0], [0, 1e-4]]))
    assert "homes, x" in str(found.findings[0])
    three = {"f": {"free": 1.0}, "m": {"free": 1.0}, "x": {"care": 0.5, "free": 0.5}}
    found = access_gap(FAR, lives, assumed(three, "as stated"))
    assert found.levels["x"].value == pytest.approx(45)
    figures = {row["key"]: row for row in found.figures("jobs", "Jobs", "jobs").to_pylist()}
    assert figures["jobs.x"]["flag"] == "no survey error" and figures["jobs.x"]["low"] is None
    assert figures["jobs.f/m"]["unit"] == "ratio"


def test_wrong_shares_are_refused() -> None:
    with pytest.raises(Refused, match=r"add up to 0\.9000"):
        assumed({"f": {"care": 0.5, "free": 0.4}, "m": {"free": 1}}, "")
    with pytest.raises(Refused, match="not between 0 and 1"):
        assumed({"f": {"care": 1.5, "free": -0.5}}, "")
    with pytest.raises(Refused, match="no value for other"):
        access_gap(FAR, EQUAL, assumed({"f": {"other": 1}, "m": {"other": 1}}, ""))
    with pytest.raises(Refused, match="A gap needs women and men"):
        access_gap(FAR, homes(("a", "f", "", 1)), assumed({"f": {"free": 1}, "m": {"free": 1}}, ""))


def test_nothing_in_reach_of_men_has_no_ratio() -> None:
    found = access_gap(reach({"free": {"a": 0, "b": 0}}), EQUAL, assumed({"f": {"free": 1}, "m": {"free": 1}}, ""))
    assert found.difference.value == 0 and found.ratio.value is None
