"""Quantiles at the ends of what was answered."""

import ibis
import pyarrow as pa
import pytest

from genderlens.surveys.design import Design
from genderlens.surveys.estimates import estimate
from genderlens.surveys.statistics import Quantile

pytestmark = pytest.mark.rules


def test_a_quantile_that_is_the_largest_value_leaves_nobody_above() -> None:
    """Everybody is at or below it: the share has no error, and that is not a failure."""
    people = ibis.memtable(pa.table({"owns": [0, 1, 1, 1, 0, 1], "w": [1.0] * 6, "block": [1, 1, 2, 2, 3, 3]}))
    found = estimate(people, Design("w", cluster="block"), [Quantile("owns", 0.9)]).table.to_pylist()[0]
    assert (found["estimate"], found["se"], found["low"], found["high"]) == (1.0, 0.0, 1.0, 1.0)
