"""Who lives near transport and public space, by sex."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from genderlens.access.gtfs import load
from genderlens.access.network import Network, from_arcs
from genderlens.access.sdg import NEAR, definitions, near_space, near_transport, stops_of
from genderlens.access.tables import HOMES
from genderlens.findings import Refused

pytestmark = pytest.mark.rules


def street() -> Network:
    """Eleven corners, 100 m apart, going east; a wall lies between the sixth and the seventh."""
    lon = [i * 0.1 / 111.195 for i in range(11)]
    ends = [i for i in range(10) if i != 5]
    return from_arcs(lon, [0.0] * 11, ends, [i + 1 for i in ends], [100_000] * 9, both_ways=True)


def homes(network: Network) -> pa.Table:
    rows = [("h0", 0, "f", "0-14", 3.0), ("h0", 0, "m", "", 1.0), ("h5", 5, "f", "", 2.0), ("h9", 9, "x", "", 4.0)]
    names, at, sex, age, persons = zip(*rows, strict=True)
    return pa.table([names, network.lon[list(at)], [0.0] * 4, sex, age, persons], schema=HOMES)


def stops(network: Network, *at: tuple[int, str]) -> pa.Table:
    return pa.table({
        "place": [f"s{i}" for i, _capacity in at],
        "lon": network.lon[[i for i, _capacity in at]],
        "lat": [0.0] * len(at),
        "capacity": [capacity for _i, capacity in at],
    })  # fmt: skip


def people(table: pa.Table) -> dict[tuple[str, str], tuple[float, float, float | None, float]]:
    assert table.schema == NEAR
    return {(r["sex"], r["age"]): (r["persons"], r["near"], r["percent"], r["unanswered"]) for r in table.to_pylist()}


def test_five_hundred_metres_to_a_bus_a_thousand_to_a_train() -> None:
    network = street()
    bus = near_transport(network, homes(network), stops(network, (5, "low")))
    assert people(bus.people) == {
        ("", ""): (6.0, 6.0, 100.0, 4.0),  # who lives beyond the wall has no answer
        ("f", ""): (5.0, 5.0, 100.0, 0.0),
        ("f", "0-14"): (3.0, 3.0, 100.0, 0.0),
        ("m", ""): (1.0, 1.0, 100.0, 0.0),
        ("x", ""): (0.0, 0.0, None, 4.0),
    }
    assert [finding.code for finding in bus.findings] == ["on-an-island"]
    nearer = near_transport(network, homes(network), stops(network, (5, "low")), low=499)
    assert nearer.near[:2].tolist() == [0.0, 1.0]
    train = near_transport(network, homes(network), stops(network, (5, "high")), low=1, high=500)
    assert train.near[:2].tolist() == [1.0, 1.0]


def test_public_space_within_four_hundred_metres() -> None:
    network = street()
    near = near_space(network, homes(network), stops(network, (4, "low")))
    assert near.near[:2].tolist() == [1.0, 1.0]
    assert near_space(network, homes(network), stops(network, (5, "low"))).near[:2].tolist() == [0.0, 1.0]


def test_no_stop_is_not_zero_people() -> None:
    network = street()
    with pytest.raises(Refused, match="no stop"):
        near_transport(network, homes(network), stops(network))
    with pytest.raises(Refused, match="capacity"):
        near_transport(network, homes(network), stops(network, (1, "bus")))
    with pytest.raises(Refused, match="no public space"):
        near_space(network, homes(network), stops(network))


def test_definitions_have_their_sources() -> None:
    for definition in definitions().values():
        assert set(definition["name"]) == set(definition["definition"]) == {"en", "fr", "es"}
        assert all(source["address"].startswith("https://") for source in definition["sources"])


@pytest.mark.shared_data
def test_stops_of_a_timetable_have_their_capacity(shared_data: Path) -> None:
    folder = shared_data / "cities/porto-alegre"
    timetable = load([folder / "poa_eptc.zip", folder / "poa_trensurb.zip"], date(2019, 5, 13))
    capacity = stops_of(timetable)["capacity"].to_pylist()
    assert 0 < capacity.count("high") < capacity.count("low")
