"""Measures of reach: by hand, against the R package `accessibility`, and on a network."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from genderlens.access import decay
from genderlens.access.foot import Catchment, Cumulative, Gravity, Measure, Nearest, on_foot
from genderlens.access.inequality import concentration, gini, palma, theil
from genderlens.access.measures import Method, catchment, cumulative, from_table, gravity, nearest
from genderlens.access.network import from_arcs
from genderlens.access.search import Reach
from genderlens.access.snap import snap
from genderlens.access.tables import HOMES, PLACES, REACH
from genderlens.findings import Refused

pytestmark = pytest.mark.rules

IDS = pa.array(["a", "b", "c"])


def minutes(*rows: tuple[str, str, float | None]) -> pa.Table:
    origins, destinations, times = zip(*rows, strict=True)
    return pa.table({"from_id": origins, "to_id": destinations, "travel_time": pa.array(times, pa.float64())})


def small() -> Reach:
    """a: itself 0, b 10, c 30. b: c 20. c has no travel times at all."""
    rows = (("a", "c", 30.0), ("a", "a", 0.0), ("a", "b", 12.0), ("a", "b", 10.0), ("b", "c", 20.0), ("b", "a", None))
    reach, findings = from_table(minutes(*rows), IDS, IDS)
    assert [finding.code for finding in findings] == ["origins-without-times"]
    return reach


def same(found: np.ndarray[tuple[int], np.dtype[np.float64]], wanted: list[float]) -> bool:
    return bool(np.allclose(found, wanted, equal_nan=True))


def test_measures_by_hand() -> None:
    reach, jobs = small(), [1.0, 10.0, 100.0]
    assert same(cumulative(reach, jobs, 30), [111, 100, np.nan])
    assert same(cumulative(reach, jobs, 29.999), [11, 100, np.nan])
    assert same(nearest(reach, jobs), [0, 20, np.nan])
    assert same(nearest(reach, jobs, 11), [10, 20, np.nan])
    assert same(nearest(reach, jobs, 101), [30, np.nan, np.nan])
    assert same(nearest(reach, [0, 0, 1]), [30, 20, np.nan])
    assert same(gravity(reach, jobs, decay.linear(40)), [1 + 7.5 + 25, 50, np.nan])


def test_tables_that_cannot_be_right() -> None:
    with pytest.raises(Refused, match="negative"):
        from_table(minutes(("a", "b", -1.0)), IDS, IDS)
    with pytest.raises(Refused, match="travel_time"):
        from_table(pa.table({"from_id": ["a"], "to_id": ["b"]}), IDS, IDS)
    _reach, findings = from_table(minutes(("a", "z", 1.0)), IDS, IDS)
    assert {finding.code for finding in findings} == {"unknown-places", "origins-without-times"}


def test_floating_catchments_by_hand() -> None:
    """Two homes of 10 and 30 persons share a place of 20; the second also has one of 6 to itself."""
    ids = pa.array(["h1", "h2"])
    reach, _findings = from_table(
        minutes(("h1", "p1", 5.0), ("h2", "p1", 5.0), ("h2", "p2", 5.0)), ids, pa.array(["p1", "p2"])
    )
    supply, demand, near = [20.0, 6.0], [10.0, 30.0], decay.binary(10)
    assert same(catchment(reach, supply, demand, near), [0.5, 0.5 + 0.2])
    assert same(catchment(reach, supply, demand, near, "3SFCA"), [20 / 25, 0.5 * 20 / 25 + 0.5 * 6 / 15])
    assert same(catchment(reach, supply, demand, near, "BFCA"), [0.5 * 20 / 25, 0.5 * 20 / 25 + 6 / 15])
    # Nobody lives where p2 is reached: it cannot be shared out.
    assert same(catchment(reach, supply, [10.0, 0.0], near), [2.0, np.nan])


@pytest.mark.parametrize("method", get_args(Method))
def test_catchments_add_up_and_may_come_in_blocks(method: Method) -> None:
    """Access times persons adds up to what there is, for the measures that promise it."""
    dice = np.random.default_rng(5)
    count = 40
    starts = np.arange(count + 1) * 10
    targets = np.concatenate([np.sort(dice.choice(30, 10, replace=False)) for _i in range(count)]).astype(np.int32)
    times = dice.integers(0, 3_600_000, len(targets)).astype(np.int32)
    reach = Reach(starts, targets, times, np.ones(count, np.bool_))
    supply, demand = dice.random(30), dice.integers(1, 9, count)

    def blocks() -> Iterator[tuple[int, Reach]]:
        for first in (0, 25):
            here = slice(first, 25 if first == 0 else count)
            pairs = slice(starts[here.start], starts[here.stop])
            size = here.stop - here.start
            yield first, Reach(starts[: size + 1], targets[pairs], times[pairs], np.ones(size, np.bool_))

    whole = catchment(reach, supply, demand, decay.exponential(0.05), method)
    assert same(catchment(blocks, supply, demand, decay.exponential(0.05), method), list(whole))
    if method != "BFCA":
        assert (whole * demand).sum() == pytest.approx(supply[np.unique(targets)].sum())


def test_on_foot_counts_the_way_to_the_door() -> None:
    lon = [0.0, 0.001, 0.002]
    network = from_arcs(lon, [0.0] * 3, [0, 1], [1, 2], [111_195] * 2, both_ways=True)
    homes = pa.table(
        [["h", "h", "far"], [0.0, 0.0, 1.0], [0.0003] * 2 + [1.0], ["f", "m", "f"], [""] * 3, [3.0, 1.0, 2.0]],
        schema=HOMES,
    )
    places = pa.table(
        [["a", "b"], [0.001, 0.002], [0.0, 0.0], ["jobs", "jobs"], [8.0, 4.0], [None] * 2, [None] * 2], schema=PLACES
    )
    measures: list[Measure] = [
        Cumulative("jobs", 2),
        Nearest("jobs"),
        Nearest("jobs", count=9, within=2),
        Gravity("jobs", decay.binary(2), 3),
        Catchment("jobs", decay.binary(2), 3),
    ]
    table, findings = on_foot(network, homes, places, measures, speed=4.8)
    assert table.schema == REACH
    values = table["value"].to_pylist()
    assert values[::2] == pytest.approx([8.0, (33.36 + 111.195) / 80, None, 8.0, 2.0], abs=0.001)
    assert values[1::2] == [None] * 5
    assert [finding.code for finding in findings] == ["far-from-streets"]
    with pytest.raises(Refused, match="no school"):
        on_foot(network, homes, places, [Cumulative("school", 5)])


def test_many_places_beside_few_streets_are_counted_one_by_one() -> None:
    """Against every pair of home and place: a street of thirty corners with 400 places around it."""
    dice = np.random.default_rng(11)
    lon = np.arange(30) * 0.001
    network = from_arcs(lon, lon * 0, range(29), range(1, 30), [111_195] * 29, both_ways=True)
    x, y = dice.uniform(0, 0.029, 400), dice.choice([0.0, 0.0005, 0.001, 0.004], 400)
    none = pa.nulls(400, pa.int32())
    columns = [[str(i) for i in range(400)], x, y, ["jobs"] * 400, dice.integers(0, 5, 400).astype(float), none, none]
    places = pa.table(columns, schema=PLACES)
    names, at = ["a", "b", "c"], dice.uniform(0, 0.029, 3)
    homes = pa.table([names, at, [0.0002, 0.0, 0.001], ["f"] * 3, [""] * 3, [1.0, 2.0, 3.0]], schema=HOMES)
    near = decay.linear(9)
    measures: list[Measure] = [
        Cumulative("jobs", 7), Cumulative("jobs", 9), Nearest("jobs", 20, within=9), Gravity("jobs", near, 9),
        Catchment("jobs", near, 9, "BFCA"),
    ]  # fmt: skip
    values = on_foot(network, homes, places, measures)[0]["value"].to_numpy().reshape(5, 3)

    home, place = snap(network, at, homes["lat"]), snap(network, x, y)
    street = np.abs(home.node[:, None] - place.node[None, :]) * network.walking()[0]
    times = street + home.walk(4.8)[:, None] + place.walk(4.8)[None, :]
    source, target = np.nonzero((place.node >= 0)[None, :] & (times <= 9 * 60_000))
    starts = np.searchsorted(source, np.arange(4))
    pairs = Reach(starts, target.astype(np.int32), times[source, target].astype(np.int32), np.ones(3, np.bool_))
    amounts = places["amount"].to_numpy()
    assert values[0] == pytest.approx(cumulative(pairs, amounts, 7))
    assert values[1] == pytest.approx(cumulative(pairs, amounts, 9))
    assert values[2] == pytest.approx(nearest(pairs, amounts, 20))
    assert values[3] == pytest.approx(gravity(pairs, amounts, near))
    assert values[4] == pytest.approx(catchment(pairs, amounts, [1.0, 2.0, 3.0], near, "BFCA"))


@pytest.mark.shared_data
def test_belo_horizonte_equals_the_r_package(shared_data: Path) -> None:
    """Figures of the package's own documentation and tests, on its own data (ipeaGIT/accessibility)."""
    folder = shared_data / "cities/belo-horizonte"
    land = pq.read_table(folder / "land_use.parquet").sort_by("id")
    times = pq.read_table(folder / "travel_times.parquet")
    reach, findings = from_table(times, land["id"], land["id"])
    assert findings == ()
    jobs, people, income = land["jobs"].to_numpy(), land["population"].to_numpy(), land["income_per_capita"].to_numpy()
    access = cumulative(reach, jobs, 30)
    assert access[:6].tolist() == [14561, 29452, 16647, 10700, 6669, 37029]
    assert nearest(reach, land["schools"].to_numpy())[:6].tolist() == [29, 24, 28, 33, 32, 17]
    assert palma(access, people, income) == pytest.approx(3.800465, abs=5e-7)
    assert gini(access, people) == pytest.approx(0.4715251, abs=5e-8)
    assert theil(access, people, land["income_decile"].to_numpy()).total == pytest.approx(0.3616631, abs=5e-8)

    first = ["89a88cdb57bffff", "89a88cdb597ffff", "89a88cdb5b3ffff", "89a88cdb5cfffff", "89a88cd909bffff"]
    at = pc.index_in(pa.array(first), value_set=land["id"].combine_chunks()).to_numpy()
    assert concentration(access[at], people[at], income[at], corrected=False) == pytest.approx(-0.0248, abs=5e-5)
    assert concentration(access[at], people[at], income[at]) == pytest.approx(-0.1314, abs=5e-5)
    two_step = catchment(reach, jobs, people, decay.binary(50))
    assert two_step[at[2:]] == pytest.approx([0.4501725, 0.5366707, 0.4280401], abs=5e-8)
    balanced = catchment(reach, jobs, people, decay.exponential(0.5), "BFCA")
    assert balanced[at] == pytest.approx([0.10280082, 0.30930287, 0.07288551, 0.09759117, 0.07390234], abs=5e-9)
    schools = gravity(reach, land["schools"].to_numpy(), decay.exponential(0.2))
    assert schools[at] == pytest.approx([0.03041853, 1.15549493, 0.56519126, 0.19852152, 0.41378042], abs=5e-9)
    # By how many people each place is reached: the same table read the other way.
    passive, _findings = from_table(times, land["id"], land["id"], origin="to_id", destination="from_id")
    assert cumulative(passive, people, 30)[:6].tolist() == [11053, 31903, 12488, 14474, 15053, 69582]
