"""The same expressions on Spark give the same answers."""

from pathlib import Path

import ibis
import pytest

from genderlens.engines import read
from genderlens.surveys.design import Design
from genderlens.surveys.estimates import estimate
from genderlens.surveys.statistics import Gap, Mean, Quantile, Stat
from tests.genderlens.surveys.reference import expected, ours

pytestmark = [pytest.mark.rules, pytest.mark.shared_data]


def test_every_row_of_the_reference(spark: ibis.BaseBackend, shared_data: Path) -> None:
    for row, value, se in ours(spark, shared_data, expected(shared_data)):
        assert value == pytest.approx(row.estimate, rel=1e-9), row
        assert se == pytest.approx(row.se, rel=1e-9), row


def test_a_national_survey_is_equal_on_both(spark: ibis.BaseBackend, duck: ibis.BaseBackend, shared_data: Path) -> None:
    design = Design("expr", "estrato", "cod_upm", lonely="adjust")
    tables = []
    for engine in (duck, spark):
        casen = read(engine, shared_data / "surveys" / "casen.parquet")
        stats: list[Stat] = [Mean("pob"), Quantile("ing_aut_hog")]
        found = estimate(casen, design, stats, ["sexo"], [Gap("sexo", "2", "1")], where=casen.edad >= 15)
        tables.append(found.table.to_pylist())
    for here, there in zip(*tables, strict=True):
        assert here.keys() == there.keys()
        for name, value in here.items():
            assert there[name] == (pytest.approx(value, rel=1e-10) if isinstance(value, float) else value)
