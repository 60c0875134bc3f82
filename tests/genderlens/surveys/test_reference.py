"""Equal to R's survey package, row by row, and to what is known of a real national survey."""

from pathlib import Path

import ibis
import pytest

from genderlens.engines import read
from genderlens.surveys.design import Design, Lonely
from genderlens.surveys.estimates import estimate
from genderlens.surveys.statistics import Gap, Mean, Proportion, Quantile
from tests.genderlens.surveys.reference import DESIGNS, expected, ours

pytestmark = [pytest.mark.rules, pytest.mark.shared_data]


def test_every_row_of_the_reference(duck: ibis.BaseBackend, shared_data: Path) -> None:
    rows = list(ours(duck, shared_data, expected(shared_data)))
    assert len(rows) == 25
    for row, value, se in rows:
        assert value == pytest.approx(row.estimate, rel=1e-9), row
        assert se == pytest.approx(row.se, rel=1e-9), row


@pytest.mark.parametrize("lonely", ["certainty", "adjust", "average"])
def test_the_gap_in_poverty_keeps_its_covariance(duck: ibis.BaseBackend, shared_data: Path, lonely: Lonely) -> None:
    casen = read(duck, shared_data / "surveys" / "casen.parquet")
    design = Design("expr", "estrato", "cod_upm", lonely=lonely)
    found = estimate(casen, design, [Mean("pob")], ["sexo"], [Gap("sexo", "2", "1")])
    men, women, gap = found.table.to_pylist()[:3]
    assert 100 * gap["se"] == pytest.approx(0.168, abs=0.001)
    assert 100 * (men["se"] ** 2 + women["se"] ** 2) ** 0.5 == pytest.approx(0.326, abs=0.001)
    assert gap["low"] > 0
    # The same from the covariance; `average` weighs each domain by its own strata, hence a little apart.
    combined, se = found.combine({("mean(pob)", "2"): 1, ("mean(pob)", "1"): -1})
    assert combined == pytest.approx(gap["estimate"], rel=1e-12)
    assert se == pytest.approx(gap["se"], rel=1e-3 if lonely == "average" else 1e-12)
    assert lonely in found.policy
    assert [finding.code for finding in found.findings] == ["lonely-cluster"]


def test_quantiles_as_in_the_documentation_of_r(duck: ibis.BaseBackend, shared_data: Path) -> None:
    """The first example of `?svyquantile` (survey 4.1): quartiles of api00, 15 districts without their population."""
    api = read(duck, shared_data / "surveys" / "apiclus1.csv")
    found = estimate(api, DESIGNS["apiclus1"], [Quantile("api00", p) for p in (0.25, 0.5, 0.75)])
    rows = [(row["estimate"], row["low"], row["high"]) for row in found.table.to_pylist()]
    assert rows[:2] == [(552, 492, 627), (652, 561, 714)]


def test_proportions_have_logit_intervals(duck: ibis.BaseBackend, shared_data: Path) -> None:
    """An independent implementation: the interval of the mean, carried to the logit scale and back."""
    import math

    from scipy.stats import t

    table = read(duck, shared_data / "surveys" / "nhanes.csv")
    found = estimate(table, DESIGNS["nhanes"], [Proportion("HI_CHOL", 1)])
    (row,) = found.table.to_pylist()
    p, se = row["estimate"], row["se"]
    half = t.ppf(0.975, 16) * se / (p * (1 - p))
    assert row["df"] == 16
    for end, sign in (("low", -1), ("high", 1)):
        assert math.log(row[end] / (1 - row[end])) == pytest.approx(math.log(p / (1 - p)) + sign * half)
