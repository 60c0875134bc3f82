"""Small random cities with vehicles, and the plainest way to find what can be reached in them: try everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from genderlens.access.fares import Fares
from genderlens.access.network import Network, from_arcs
from genderlens.access.tables import HOMES, PLACES
from genderlens.access.timetable import Timetable, Transfers, in_order

MINUTE = 60_000
START = 8 * 3600  # the first departure of a test, seconds
KINDS = ("bus", "rail")


@dataclass(frozen=True)
class City:
    network: Network
    timetable: Timetable
    homes: pa.Table
    care: pa.Table
    work: pa.Table
    home_nodes: list[int]
    care_nodes: list[int]
    work_nodes: list[int]
    stop_nodes: list[int]


def random_city(seed: int, *, hours: bool = False) -> City:
    random = np.random.default_rng(seed)
    nodes = int(random.integers(8, 14))
    lon, lat = (start + random.permutation(nodes).astype(np.float64) * 0.004 for start in (-71.3, -29.9))
    ring = np.arange(nodes)
    more = random.integers(0, nodes, (nodes, 2))
    tails = np.concatenate([ring, more[:, 0]])
    heads = np.concatenate([np.roll(ring, -1), more[:, 1]])
    # Some streets are one way on foot too: the search backwards must not take them the wrong way.
    both = random.random(len(tails)) < 0.6
    lengths = random.integers(150_000, 900_000, len(tails))
    network = from_arcs(
        lon, lat, np.concatenate([tails, heads[both]]), np.concatenate([heads, tails[both]]),
        np.concatenate([lengths, lengths[both]]),
    )  # fmt: skip
    stop_nodes = random.choice(nodes, int(random.integers(3, 7)), replace=False)
    chosen = [random.choice(nodes, size) for size in (3, 2, 4)]
    tables = []
    for name, kind, picked in zip(("home", "place", "place"), ("", "childcare", "jobs"), chosen, strict=True):
        columns = {
            name: [f"{name} {i}" for i in range(len(picked))],
            "lon": lon[picked],
            "lat": lat[picked],
        }
        if name == "home":
            columns |= {"sex": ["f"] * len(picked), "age": [""] * len(picked), "persons": [1.0] * len(picked)}
        else:
            opens: list[int | None] = [None] * len(picked)
            closes: list[int | None] = [None] * len(picked)
            if hours and kind == "childcare":
                at = START + 60 * random.integers(-20, 30, len(picked))
                opens, closes = at.tolist(), (at + 60 * random.integers(8, 40, len(picked))).tolist()
            columns |= {"kind": [kind] * len(picked), "amount": random.integers(1, 9, len(picked)).astype(float),
                        "opens": opens, "closes": closes}  # fmt: skip
        tables.append(pa.table(columns, HOMES if name == "home" else PLACES))
    return City(
        network, random_timetable(random, lon[stop_nodes], lat[stop_nodes]), *tables,
        *(list(map(int, picked)) for picked in (*chosen, stop_nodes)),
    )  # fmt: skip


def random_timetable(random: np.random.Generator, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Timetable:
    stops, trips = len(lon), int(random.integers(3, 9))
    columns: dict[str, list[int]] = {name: [] for name in ("departs", "arrives", "origin", "target", "trip")}
    free: dict[str, list[bool]] = {"boards": [], "alights": []}
    for trip in range(trips):
        time = START * 1000 + int(random.integers(-5 * MINUTE, 40 * MINUTE))
        if random.random() < 0.5:
            time -= time % MINUTE  # on the minute, where ties are
        at = int(random.integers(stops))
        for _hop in range(int(random.integers(1, 5))):
            to = int(random.integers(stops))  # also round to where it was
            ride = int(random.integers(0, 9)) * MINUTE
            for name, value in zip(columns, (time, time + ride, at, to, trip), strict=True):
                columns[name].append(value)
            free["boards"].append(bool(random.random() < 0.9))
            free["alights"].append(bool(random.random() < 0.9))
            time, at = time + ride + int(random.integers(0, 2)) * 30_000, to
    routes = random.integers(0, 2, trips)
    pairs = np.unique(random.integers(0, stops, (2, 2)), axis=0).astype(np.int32)
    least = random.choice([-1, 0, 90_000, 6 * MINUTE], len(pairs)).astype(np.int32)
    return Timetable(
        day=date(2019, 5, 15),
        stops=tuple(f"stop {i}" for i in range(stops)),
        lon=lon,
        lat=lat,
        routes=KINDS,
        kinds=KINDS,
        route=routes.astype(np.int32),
        direction=np.full(trips, -1, np.int8),
        connections=in_order(
            **{name: np.array(values) for name, values in columns.items()},
            **{name: np.array(values) for name, values in free.items()},
        ),
        transfers=Transfers(pairs[:, 0].copy(), pairs[:, 1].copy(), least),
    )


def walks(network: Network, speed: float = 4.8) -> NDArray[np.float64]:
    """Milliseconds from each node to each, infinite where there is no way."""
    # Parallel streets: a sparse matrix would add them up.
    cost: dict[tuple[int, int], int] = {}
    for tail, head, ms in zip(network.tails, network.heads, network.walking(speed), strict=True):
        key = (int(tail), int(head))
        cost[key] = min(cost.get(key, 1 << 40), int(ms))
    rows, columns = np.array(list(cost)).T
    graph = csr_array((np.array(list(cost.values()), float), (rows, columns)), shape=(network.nodes, network.nodes))
    times: NDArray[np.float64] = dijkstra(graph)
    return times


def cheapest(rides: tuple[tuple[str, int], ...], fares: Fares) -> float:
    """The least that rides (class, boarded at which millisecond) can cost, every choice of tickets tried."""

    def pay(i: int, last: str, left: int, bought: int) -> int:
        if i == len(rides):
            return 0
        name, at = rides[i]
        costs = [round(fares.boarding[name] * 100) + pay(i + 1, name, fares.discounts, at)]
        if last == name and name in fares.unlimited:
            costs.append(pay(i + 1, last, left, bought))
        within = fares.window is None or at <= bought + fares.window * 1000
        if left and within and (last, name) in fares.together:
            more = round(fares.together[last, name] * 100) - round(fares.boarding[last] * 100)
            costs.append(max(more, 0) + pay(i + 1, name, left - 1, bought))
        return min(costs)

    return pay(0, "", 0, 0) / 100


@dataclass
class Everything:
    """All that one can do in a city within a limit from a departure."""

    city: City
    limit: int
    dwell: int
    fares: Fares | None = None
    budget: float = 0
    cap: float = float("inf")
    walk: int = 15 * MINUTE
    change_walk: int = 10 * MINUTE
    change: int = MINUTE

    def __post_init__(self) -> None:
        self.times = walks(self.city.network)
        timetable = self.city.timetable
        order = np.argsort(timetable.connections.trip, kind="stable")
        self.hops: dict[int, list[tuple[int, ...]]] = {}
        for row in zip(*(column[order].tolist() for column in timetable.connections), strict=True):
            self.hops.setdefault(row[4], []).append(row)
        said = timetable.transfers
        self.rules = dict(
            zip(zip(said.origin.tolist(), said.target.tolist(), strict=True), said.ms.tolist(), strict=True)
        )

    def change_of(self, a: int, b: int) -> tuple[float, float] | None:
        """Time and time on foot of a change, None where there is none."""
        walk = float(self.times[self.city.stop_nodes[a], self.city.stop_nodes[b]])
        rule = self.rules.get((a, b))
        if rule == -1:
            return None
        if walk > self.change_walk:
            return (float(rule), float(rule)) if rule else None
        return (walk + self.change, walk) if rule is None else (max(walk, rule, 1), walk)

    def reached(self, home: int, departs: int, *, care: bool) -> tuple[set[int], set[int]]:
        """Rows of work reached, and of care places from which one leaves in time. `departs` in seconds."""
        city, end = self.city, departs * 1000 + self.limit
        work: set[int] = set()
        served: set[int] = set()
        seen: set[tuple[object, ...]] = set()

        def at_node(node: int, time: float, walked: float, rides: tuple[tuple[str, int], ...], before: bool) -> None:
            """Whoever is at a door: walks to stops and to what is looked for."""
            look_for(node, time, walked, rides, before, float("inf"))
            for stop, there in enumerate(city.stop_nodes):
                walk = float(self.times[node, there])
                if walk <= self.walk and walked + walk <= self.cap:
                    at_stop(stop, time + walk, walked + walk, rides, before)

        def look_for(
            node: int, time: float, walked: float, rides: tuple[tuple[str, int], ...], before: bool, most: float
        ) -> None:
            for row, there in enumerate(city.care_nodes if before else city.work_nodes):
                walk = float(self.times[node, there])
                if walk > most or walked + walk > self.cap or time + walk > end:
                    continue
                if not before:
                    work.add(row)
                elif (leaves := self.leaves(row, time + walk)) is not None and leaves <= end:
                    served.add(row)
                    at_node(there, leaves, walked + walk, rides, False)

        def at_stop(stop: int, time: float, walked: float, rides: tuple[tuple[str, int], ...], before: bool) -> None:
            key = (stop, time, walked, rides, before)
            if time > end or key in seen:
                return
            seen.add(key)
            for trip, hops in self.hops.items():
                for i, hop in enumerate(hops):
                    if hop[2] == stop and hop[5] and time <= hop[0] <= end:
                        paid = (*rides, (KINDS[city.timetable.route[trip]], hop[0]))
                        if self.fares is None:
                            paid = ()
                        elif cheapest(paid, self.fares) > self.budget:
                            continue
                        for later in hops[i:]:
                            if later[6] and later[1] <= end:
                                get_off(later[3], later[1], walked, paid, before)

        def get_off(stop: int, time: int, walked: float, rides: tuple[tuple[str, int], ...], before: bool) -> None:
            look_for(city.stop_nodes[stop], time, walked, rides, before, self.walk)
            for other in range(len(city.stop_nodes)):
                change = self.change_of(stop, other)
                if change and walked + change[1] <= self.cap:
                    at_stop(other, time + change[0], walked + change[1], rides, before)

        at_node(city.home_nodes[home], departs * 1000, 0, (), care)
        return work, served

    def leaves(self, place: int, arrives: float) -> float | None:
        """When the stop ends: on whole minutes. (The hours of these cities do not go past midnight.)"""
        begins = -(-arrives // MINUTE) * MINUTE
        opens, closes = (self.city.care[name][place].as_py() for name in ("opens", "closes"))
        dwell = -(-self.dwell // MINUTE) * MINUTE
        if opens is not None:
            begins = max(begins, opens * 1000)
            if begins + dwell > closes * 1000:
                return None
        return float(begins + dwell)
