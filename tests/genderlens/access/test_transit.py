"""Travel times by transit equal those of the plainest graph: an event for every arrival and departure."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from genderlens.access.doors import with_doors
from genderlens.access.fares import Fares, Money, no_purse, purse, read_fares
from genderlens.access.gtfs import load
from genderlens.access.network import WALKING, Network
from genderlens.access.osm import read_streets
from genderlens.access.rides import FAR
from genderlens.access.snap import snap
from genderlens.access.tables import HOMES, PLACES
from genderlens.access.timetable import Timetable
from genderlens.access.transit import Town
from genderlens.access.transit_chains import place_stops
from genderlens.access.transit_times import by_window, transit_times
from genderlens.findings import Refused
from tests.genderlens.access.transit_oracle import KINDS, MINUTE, START, Everything, random_city

LIMIT = 40 * MINUTE


class Events:
    """The time-expanded graph: event 2j is leaving by connection j, 2j + 1 arriving by it, and 2 × count + j waiting at
    the stop for it. Edges lead on in time."""

    def __init__(self, town: Town) -> None:
        self.town, links = town, town.connections
        count = len(links.departs)
        self.leaving: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for stop in np.unique(links.origin):
            rows = np.flatnonzero((links.origin == stop) & links.boards)
            self.leaving[int(stop)] = (links.departs[rows].astype(np.int64), rows)
        tails, heads = [2 * np.arange(count)], [2 * np.arange(count) + 1]
        order = np.argsort(links.trip, kind="stable")
        same = links.trip[order][1:] == links.trip[order][:-1]
        tails.append(2 * order[:-1][same] + 1)  # staying on
        heads.append(2 * order[1:][same])
        for _times, rows in self.leaving.values():  # waiting for the next one that takes passengers
            tails += [2 * count + rows[:-1], 2 * count + rows]
            heads += [2 * count + rows[1:], 2 * rows]
        for j in np.flatnonzero(links.alights):
            stop = links.target[j]
            for i in range(town.changes.starts[stop], town.changes.starts[stop + 1]):
                event = self.next(int(town.changes.targets[i]), int(links.arrives[j]) + int(town.changes.ms[i]))
                if event is not None:
                    tails.append(np.array([2 * j + 1]))
                    heads.append(np.array([event]))
        tail, head = np.concatenate(tails), np.concatenate(heads)
        self.size, self.rides = 3 * count, 2 * count
        self.tail, self.head = tail, head

    def next(self, stop: int, time: int) -> int | None:
        """Waiting for the first connection one can still get."""
        if stop not in self.leaving:
            return None
        times, rows = self.leaving[stop]
        i = int(np.searchsorted(times, time))
        return 2 * len(self.town.connections.trip) + int(rows[i]) if i < len(rows) else None

    def arrivals(
        self, access: dict[int, int], direct: NDArray[np.int64], departs: int, egress: list[tuple[int, int, int]]
    ) -> NDArray[np.int64]:
        """When one is at each target, having walked to the stops of `access`; `egress` is (stop, target, ms)."""
        found = (self.next(stop, departs + walk) for stop, walk in access.items())
        firsts = [event for event in found if event is not None]
        tail = np.concatenate([self.tail, np.full(len(firsts), self.size)])
        head = np.concatenate([self.head, np.array(firsts, np.int64)])
        graph = csr_array((np.ones(len(tail), np.int8), (tail, head)), shape=(self.size + 1, self.size + 1))
        seen = breadth_first_order(graph, self.size, return_predecessors=False)
        links = self.town.connections
        rides = seen[(seen % 2 == 1) & (seen < self.rides)] // 2
        rides = rides[links.alights[rides]]
        off = np.full(len(self.town.stops), FAR, np.int64)
        np.minimum.at(off, links.target[rides], links.arrives[rides])
        best = departs + direct
        for stop, target, walk in egress:
            best[target] = min(best[target], off[stop] + walk)
        return best


def compare(network: Network, timetable: Timetable, homes: pa.Table, places: pa.Table, departs: list[int]) -> int:
    table, _ = transit_times(network, timetable, homes, places, limit=LIMIT, departs=departs, threads=1)
    ours = {(row["home"], row["place"], row["departs"]): row["minutes"] for row in table.to_pylist()}
    doors = [snap(network, rows["lon"].to_numpy(), rows["lat"].to_numpy()) for rows in (homes, places)]
    at_stops = place_stops(network, timetable)
    joined, costs, (stop, home, place) = with_doors(network, network.walking(), [at_stops, *doors], WALKING)
    money = Money(no_purse(), np.zeros(len(timetable.route), np.int32))
    town = Town(joined, costs, timetable, stop, (home, place), money, (15 * MINUTE, 10 * MINUTE, MINUTE))
    events = Events(town)
    out = town.ground.walks(town.stops, place, 15 * MINUTE)
    egress = [
        (origin, int(out.targets[i]), int(out.ms[i]))
        for origin in range(len(town.stops))
        for i in range(out.starts[origin], out.starts[origin + 1])
    ]
    to_stops, straight = town.ground.walks(home, town.stops, 15 * MINUTE), town.ground.walks(home, place, LIMIT)
    compared = 0
    for row, name in enumerate(homes["home"].to_pylist()):
        mine = slice(to_stops.starts[row], to_stops.starts[row + 1])
        access = dict(zip(to_stops.targets[mine].tolist(), to_stops.ms[mine].tolist(), strict=True))
        direct = np.full(len(place), FAR, np.int64)
        mine = slice(straight.starts[row], straight.starts[row + 1])
        direct[straight.targets[mine]] = straight.ms[mine]
        for moment in departs:
            took = events.arrivals(access, direct, moment * 1000, egress) - moment * 1000
            want = {
                (name, place_name, moment): -(-int(ms) // MINUTE)
                for place_name, ms in zip(places["place"].to_pylist(), took, strict=True)
                if ms <= LIMIT
            }
            assert {key: value for key, value in ours.items() if key[0] == name and key[2] == moment} == want
            compared += len(want)
    return compared


@pytest.mark.rules
def test_equal_to_the_time_expanded_graph() -> None:
    compared = 0
    for seed in range(500, 540):
        city = random_city(seed)
        compared += compare(city.network, city.timetable, city.homes, city.work, [START, START + 780])
    assert compared > 200


@pytest.mark.shared_data
@pytest.mark.rules
def test_porto_alegre(shared_data: Path) -> None:
    folder = shared_data / "cities" / "porto-alegre"
    timetable = load([folder / "poa_eptc.zip", folder / "poa_trensurb.zip"], date(2019, 5, 15))
    streets, _ = read_streets(folder / "poa_osm.pbf")
    network = streets.only(streets.main)
    random = np.random.default_rng(4)
    # An hour is enough for the journeys asked for, and the plain graph of a whole day is slow to build.
    short = timetable.during(13 * 60 * MINUTE, 14 * 60 * MINUTE)

    def points(count: int) -> dict[str, list[float]]:
        nodes = random.choice(network.nodes, count, replace=False)
        return {"lon": network.lon[nodes].tolist(), "lat": network.lat[nodes].tolist()}

    homes = pa.table(
        {"home": list("abcd"), **points(4), "sex": ["f"] * 4, "age": [""] * 4, "persons": [1.0] * 4}, HOMES
    )
    no_hours = {"opens": [None] * 60, "closes": [None] * 60}
    places = pa.table(
        {"place": [str(i) for i in range(60)], **points(60), "kind": ["jobs"] * 60, "amount": [1.0] * 60, **no_hours},
        PLACES,
    )
    assert compare(network, short, homes, places, [13 * 3600, 13 * 3600 + 540]) > 50


@pytest.mark.rules
def test_budgets_by_hand() -> None:
    fares = Fares({"bus": 4.8, "rail": 4.5}, {("bus", "bus"): 7.2, ("bus", "rail"): 8.37}, frozenset({"rail"}))
    classes = ["bus", "rail"]

    def rides(budget: float, *taken: str) -> bool:
        """Whether some way to pay for these rides is within the budget."""
        one = purse(fares, budget, classes, 60 * MINUTE)
        states = {0}
        for ride in taken:
            states = {int(then) for state in states for then in one.then[state, classes.index(ride)] if then >= 0}
        return bool(states)

    assert rides(4.8, "bus")
    assert not rides(4.7, "bus")
    assert rides(7.2, "bus", "bus")
    assert not rides(7.2, "bus", "bus", "bus")  # one discount a ticket
    assert rides(12.0, "bus", "bus", "bus")
    assert rides(4.5, "rail", "rail", "rail")
    assert not rides(9.0, "rail", "bus")
    assert len(purse(fares, 9.6, classes, 60 * MINUTE).then) < 6  # what makes no difference is put together


@pytest.mark.rules
def test_a_budget_shortens_journeys() -> None:
    city = random_city(7)
    fares = Fares(dict.fromkeys(KINDS, 1.0))

    def minutes(budget: float | None) -> dict[tuple[str, str], int]:
        table, _ = transit_times(
            city.network, city.timetable, city.homes, city.work, limit=LIMIT, departs=[START],
            fares=fares if budget is not None else None, fare_budget=budget,
        )  # fmt: skip
        return {(row["home"], row["place"]): row["minutes"] for row in table.to_pylist()}

    on_foot, once, rich = minutes(0), minutes(1), minutes(99)
    assert rich == minutes(None)
    assert set(on_foot) <= set(once) <= set(rich)
    assert all(rich[key] <= once[key] <= on_foot.get(key, 99) for key in once)
    truth = Everything(city, LIMIT, MINUTE, fares=fares, budget=1)
    for row, name in enumerate(city.homes["home"].to_pylist()):
        reached = {city.work["place"][i].as_py() for i in truth.reached(row, START, care=False)[0]}
        assert reached == {place for home, place in once if home == name}


@pytest.mark.rules
def test_fares_that_miss_a_kind_or_run_out() -> None:
    city = random_city(7)

    def ask(limit: int = LIMIT, departs: int = START, fares: Fares | None = None) -> None:
        transit_times(
            city.network, city.timetable, city.homes, city.work, limit=limit, departs=[departs], fares=fares,
            fare_budget=None if fares is None else 5.0,
        )  # fmt: skip

    with pytest.raises(Refused, match="no fare for rail"):
        ask(fares=Fares({"bus": 1.0}))
    with pytest.raises(Refused, match="runs out"):
        ask(fares=Fares(dict.fromkeys(KINDS, 1.0), {("bus", "bus"): 1.5}, window=60))
    for limit, departs in ((90_500, START), (LIMIT, 30), (300 * MINUTE, START), (LIMIT, 30 * 3600)):
        with pytest.raises(Refused, match=r"minutes|multiples of 60"):
            ask(limit, departs)


@pytest.mark.rules
def test_a_feed_of_another_city() -> None:
    city, other = random_city(1), random_city(2)
    moved = Network(
        other.network.lon + 5, *(getattr(other.network, name) for name in ("lat", "starts", "heads", "lengths", "lit"))
    )
    with pytest.raises(Refused, match="of the same city"):
        place_stops(moved, city.timetable)


@pytest.mark.rules
def test_by_time_of_day() -> None:
    chains = pa.table({"home": ["a"] * 5 + ["b"], "departs": [0, 60, 120, 180, 3600, 0],
                       "chain": [1.0, 2.0, 3.0, 4.0, 9.0, None]})  # fmt: skip
    first, second, third = by_window(chains, "chain").to_pylist()
    assert (first["departures"], first["mean"], first["p50"]) == (4, 2.5, 2.5)
    assert (second["begins"], second["ends"], second["p10"]) == (3600, 7200, 9.0)
    assert (third["home"], third["departures"], third["mean"]) == ("b", 0, None)


@pytest.mark.shared_data
@pytest.mark.rules
def test_fares_of_porto_alegre(shared_data: Path) -> None:
    fares = read_fares(shared_data / "cities" / "porto-alegre" / "fares_poa.zip")
    assert fares.boarding == {"BUS": 4.8, "RAIL": 4.5}
    assert fares.together["RAIL", "BUS"] == 8.37
    assert (fares.discounts, fares.window, fares.classes["LINHA1"]) == (1, 3600, "RAIL")
    with pytest.raises(Refused, match="in the manner of r5r"):
        read_fares(shared_data / "cities" / "porto-alegre" / "poa_eptc.zip")
