"""Inequality against the definitions written out, and against the R package `accessibility`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genderlens.access.inequality import concentration, gini, palma, theil

pytestmark = pytest.mark.rules

PEOPLE = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 4), st.integers(1, 1000)), min_size=2, max_size=12
)  # access, persons, income


@given(PEOPLE)
def test_equal_to_the_definitions_over_single_persons(places: list[tuple[int, int, int]]) -> None:
    access, people, income = (np.array(column, float) for column in zip(*places, strict=True))
    each = np.repeat(access, people.astype(int))
    if each.sum() == 0:
        assert np.isnan(gini(access, people))
        assert np.isnan(theil(access, people).total)
        return
    mean = each.mean()
    apart = np.abs(each[:, None] - each[None, :]).mean()
    assert gini(access, people) == pytest.approx(apart / (2 * mean), abs=1e-12)
    share = each[each > 0] / mean
    whole = theil(access, people, groups=income)
    assert whole.total == pytest.approx((share * np.log(share)).sum() / len(each), abs=1e-12)
    assert whole.between + whole.within == pytest.approx(theil(access, people).total, abs=1e-12)
    rich, poor = each * 3, people * 3
    assert gini(access * 3, people) == pytest.approx(gini(access, poor))
    assert theil(access, people).total == pytest.approx(theil(access * 3, poor).total, abs=1e-12)
    assert rich.sum() >= each.sum()


def test_who_has_no_answer_is_passed_over_and_not_zero() -> None:
    access, people, income = [1.0, 3.0, np.nan, 9.0], [2, 2, 5, 0], [10.0, 20.0, 30.0, 40.0]
    known = [1.0, 3.0], [2, 2]
    assert gini(access, people) == gini(*known)
    assert theil(access, people) == theil(*known)
    assert concentration(access, people, income) == concentration(*known, [10.0, 20.0])


def test_palma_compares_the_richest_tenth_with_the_poorest_four() -> None:
    income = np.arange(1, 11, dtype=float)
    assert palma(income * 2, np.ones(10), income) == pytest.approx(20 / 5)
    assert np.isnan(palma(income, np.ones(10), np.ones(10)))  # nobody is richer than the rest
    assert np.isnan(palma([1.0], [0], [1.0]))
    # Weighted quantiles fall between the incomes of two places, as in Hmisc::wtd.quantile.
    assert palma([5.0, 1.0, 8.0], [4, 5, 1], [1.0, 2.0, 3.0]) == pytest.approx(8 / 5)


def test_concentration_has_a_sign() -> None:
    income, people = [1.0, 2.0, 3.0, 4.0], [1, 1, 1, 1]
    assert concentration([1.0, 2.0, 3.0, 4.0], people, income) > 0
    assert concentration([4.0, 3.0, 2.0, 1.0], people, income) < 0
    assert concentration([2.0, 1.0, 1.0, 2.0], people, income, corrected=False) == pytest.approx(0)
    # One person has it all: the standard index is 1 - 1/n.
    assert concentration([0.0, 0.0, 0.0, 1.0], people, income, corrected=False) == pytest.approx(0.75)
    assert np.isnan(concentration([1.0, 1.0, 1.0, 1.0], people, income))
