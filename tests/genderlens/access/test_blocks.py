"""Many cities, block by block: the same from one process, from threads and from Spark."""

from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from genderlens.access.blocks import City, Found, blocks_of, keep, over_cities
from genderlens.access.foot import Cumulative, Nearest, on_foot
from genderlens.access.network import Network, from_arcs
from genderlens.access.tables import HOMES, PLACES
from genderlens.findings import Refused

pytestmark = pytest.mark.rules


def city(folder: Path, name: str, seed: int, kind: str = "jobs") -> City:
    """A street of forty corners with homes and places along it, and one home in the sea."""
    dice = np.random.default_rng(seed)
    lon = np.arange(40) * 0.001
    network = from_arcs(lon, lon * 0, range(39), range(1, 40), [111_195] * 39, both_ways=True)
    at = dice.integers(0, 40, 30)
    names = [f"h{i}" for i in range(30)] * 2
    homes = pa.table(
        [names, np.tile(lon[at], 2), [0.0] * 29 + [5.0] + [0.0] * 30, ["f"] * 30 + ["m"] * 30, [""] * 60, [1.0] * 60],
        schema=HOMES,
    )
    spots = dice.integers(0, 40, 8)
    none = pa.nulls(8, pa.int32())
    places = pa.table(
        [[f"p{i}" for i in range(8)], lon[spots], [0.0] * 8, [kind] * 8, dice.random(8), none, none], schema=PLACES
    )
    return keep(folder / name, name, network, homes, places)


def work(network: Network, homes: pa.Table, places: pa.Table) -> Found:
    return on_foot(network, homes, places, [Cumulative("jobs", 10), Nearest("jobs")], threads=1)


def test_blocks_never_part_a_home(tmp_path: Path) -> None:
    cities = [city(tmp_path, "a", 1), city(tmp_path, "b", 2)]
    plan = blocks_of(cities, 7).to_pylist()
    assert [row["rows"] for row in plan] == [14, 14, 14, 14, 4] * 2
    assert [row["first"] for row in plan[:5]] == [0, 14, 28, 42, 56]
    assert [row["rows"] for row in blocks_of(cities, None).to_pylist()] == [60, 60]
    assert len(blocks_of([], 7)) == 0


def test_threads_and_spark_give_the_same(tmp_path: Path, spark: ibis.BaseBackend) -> None:
    cities = [city(tmp_path, name, seed) for seed, name in enumerate("ab")]
    whole, findings = over_cities(cities, work, block=None, threads=1)
    assert len(whole) == 2 * 2 * 30
    assert {finding.code for finding in findings} == {"far-from-streets"}
    assert sorted(finding.where for finding in findings) == ["a: homes", "b: homes"]
    keys = [("city", "ascending"), ("measure", "ascending"), ("home", "ascending")]
    wanted = whole.sort_by(keys)
    assert pc.sum(pc.is_null(wanted["value"])).as_py() == 4
    for engine in (None, spark):
        parts, found = over_cities(cities, work, engine=engine, block=20)
        assert parts.sort_by(keys).equals(wanted)
        assert found == findings


def test_a_city_that_cannot_be_measured_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="b: places"):
        over_cities([city(tmp_path, "a", 1), city(tmp_path, "b", 2, kind="school")], work, threads=2)
