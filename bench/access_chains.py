"""Care chains on foot in a metropolis: 20,000 homes, 1,000 care places, 20,000 job sites, 60 minutes, dwell 5.

The metropolis is sixteen copies of Porto Alegre's largest walking component in a grid of four by four, neighbouring
copies joined at 20 nodes of their borders: 591,088 nodes. Places are nodes drawn with a seed. What is measured begins
with the network and the tables in memory, and ends with the table of results: chain, direct access and penalty of
every home. Beside it stand the model of this machine (nodes settled and list entries read in a second) and how the
cost grows. The answers of a sample of homes are checked against scipy, and those of all homes against the other
algorithms.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.access.batches import FAR, Streets, nearest_first
from genderlens.access.chain_counts import Algorithm
from genderlens.access.chain_lists import Lists, by_lists
from genderlens.access.chain_rules import ALWAYS, ANY, Care, Rules, Sites
from genderlens.access.chains import care_chains
from genderlens.access.network import Network, from_arcs, metres
from genderlens.access.osm import read_streets
from genderlens.access.search import prepare
from genderlens.access.tables import HOMES, PLACES

SHARED = Path(os.environ.get("JWP_SHARED_DATA") or Path(__file__).parent.parent.parent / "shared" / "data")
EXTRACT = SHARED / "cities" / "porto-alegre" / "poa_osm.pbf"
SEED = 20260101
JOINTS = 20
MINUTE = 60_000
LIMIT, DWELL = 60 * MINUTE, 5 * MINUTE
HOMES_, CARE_, WORK_ = 20_000, 1_000, 20_000
RUNS = 3
CHECKED = 40  # homes, against scipy


def border(city: Network, axis: NDArray[np.float64], along: NDArray[np.float64], far: bool) -> NDArray[np.int64]:
    """The outermost node in each of 20 bands along one side of the city."""
    edges = np.quantile(along, np.linspace(0, 1, JOINTS + 1))
    found = []
    for low, high in pairwise(edges):
        band = np.flatnonzero((along >= low) & (along <= high))
        found.append(band[axis[band].argmax() if far else axis[band].argmin()])
    return np.array(found)


def metropolis(city: Network, side: int) -> Network:
    """`side` times `side` copies of a city, neighbours joined at their borders."""
    width, height = np.ptp(city.lon) + 0.001, np.ptp(city.lat) + 0.001
    copies = [(x, y) for y in range(side) for x in range(side)]
    lon = np.concatenate([city.lon + x * width for x, _y in copies])
    lat = np.concatenate([city.lat + y * height for _x, y in copies])
    shift = np.repeat(np.arange(side * side) * city.nodes, city.arcs)
    east, west = border(city, city.lon, city.lat, True), border(city, city.lon, city.lat, False)
    north, south = border(city, city.lat, city.lon, True), border(city, city.lat, city.lon, False)
    ends: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for number, (x, y) in enumerate(copies):
        if x + 1 < side:
            ends.append((east + number * city.nodes, west + (number + 1) * city.nodes))
        if y + 1 < side:
            ends.append((north + number * city.nodes, south + (number + side) * city.nodes))
    a = np.concatenate([np.zeros(0, np.int64), *(from_ for from_, _to in ends)])
    b = np.concatenate([np.zeros(0, np.int64), *(to for _from, to in ends)])
    joints = np.rint(metres(lon[a], lat[a], lon[b], lat[b]) * 1000)
    return from_arcs(
        lon,
        lat,
        np.concatenate([np.tile(city.tails, side * side) + shift, a, b]),
        np.concatenate([np.tile(city.heads, side * side) + shift, b, a]),
        np.concatenate([np.tile(city.lengths, side * side), joints, joints]),
    )


def places(network: Network, count: int, seed: int, kind: str) -> pa.Table:
    nodes = np.random.default_rng(seed).integers(0, network.nodes, count)
    return pa.table(
        {
            "place": [f"{kind}-{number}" for number in range(count)],
            "lon": network.lon[nodes],
            "lat": network.lat[nodes],
            "kind": [kind] * count,
            "amount": np.ones(count),
            "opens": pa.nulls(count, pa.int32()),
            "closes": pa.nulls(count, pa.int32()),
        },
        PLACES,
    )


def homes(network: Network, count: int, seed: int) -> pa.Table:
    nodes = np.random.default_rng(seed).integers(0, network.nodes, count)
    return pa.table(
        {
            "home": [f"home-{number}" for number in range(count)],
            "lon": network.lon[nodes],
            "lat": network.lat[nodes],
            "sex": ["f"] * count,
            "age": [""] * count,
            "persons": np.ones(count),
        },
        HOMES,
    )


class Case:
    """One metropolis with its homes and places, and the seconds a measurement takes."""

    def __init__(self, network: Network, count: int = HOMES_, care: int = CARE_, work: int = WORK_) -> None:
        self.network = network
        self.homes = homes(network, count, SEED)
        self.care = places(network, care, SEED + 1, "childcare")
        self.work = places(network, work, SEED + 2, "jobs")

    def run(
        self, algorithm: Algorithm | None = None, threads: int = 2, departs: Sequence[int] | None = None
    ) -> pa.Table:
        table, findings = care_chains(
            self.network, self.homes, self.care, self.work,
            limit=LIMIT, dwell=DWELL, departs=departs, threads=threads, algorithm=algorithm,
        )  # fmt: skip
        assert not findings
        return table

    def seconds(self, algorithm: Algorithm | None = None, threads: int = 2, runs: int = RUNS) -> float:
        took = []
        for _run in range(runs):
            start = time.perf_counter()
            self.run(algorithm, threads)
            took.append(time.perf_counter() - start)
        return statistics.median(took)


def check(case: Case) -> None:
    """Every home by every algorithm, some by scipy."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    tables = [case.run(algorithm) for algorithm in get_args(Algorithm)]
    assert all(table.equals(tables[0]) for table in tables), "two algorithms disagree"
    network = case.network
    least: dict[tuple[int, int], int] = {}
    for tail, head, cost in zip(*(a.tolist() for a in (network.tails, network.heads, network.walking())), strict=True):
        least[tail, head] = min(cost, least.get((tail, head), FAR))  # scipy would add parallel arcs up
    tails, heads = np.array(list(least)).T
    graph = csr_array((np.array(list(least.values()), float), (tails, heads)), shape=(network.nodes,) * 2)
    at = {(x, y): node for node, (x, y) in enumerate(zip(network.lon, network.lat, strict=True))}
    home, care, work = (
        np.array([at[point] for point in zip(table["lon"].to_pylist(), table["lat"].to_pylist(), strict=True)])
        for table in (case.homes.slice(0, CHECKED), case.care, case.work)
    )
    for row, node in enumerate(home):
        away = dijkstra(graph, indices=node, limit=LIMIT)
        near = care[away[care] <= LIMIT - DWELL]
        reached = np.zeros(len(work), np.bool_)
        for place in np.unique(near):
            onwards = dijkstra(graph, indices=place, limit=LIMIT)
            reached |= away[place] + DWELL + onwards[work] <= LIMIT
        found = tables[0].slice(row, 1).to_pylist()[0]
        expected = (reached.sum(), (away[work] <= LIMIT).sum(), len(near))
        assert (found["chain"], found["direct"], found["stops"]) == expected, found
    print(f"exact: {len(case.homes):,} homes by three algorithms, {CHECKED} of them by scipy", flush=True)


def model(case: Case) -> None:
    """What this machine does in a second, on one core, in the two loops everything rests on."""
    network = case.network
    graph = prepare(network, network.walking(), np.arange(0, network.nodes, 14))
    streets = Streets(graph.starts, graph.arcs)
    times, order = np.full(len(graph.node), FAR, np.int32), np.empty(len(graph.node), np.int32)
    heap = np.empty(len(graph.arcs) + 2, np.int64)
    settled, start = 0, time.perf_counter()
    for source in np.random.default_rng(SEED).integers(0, len(graph.node), 300).astype(np.int32):
        count = nearest_first(streets, np.array([source], np.int32), LIMIT, times, order, heap)
        times[order[:count]] = FAR
        settled += count
    took = time.perf_counter() - start
    dice = np.random.default_rng(SEED)
    rows, length, asked = 1_000, 400, 20_000
    starts = np.arange(rows + 1, dtype=np.int64) * length
    work = Lists(starts, dice.integers(0, WORK_, rows * length).astype(np.int32), np.zeros(rows * length, np.int32))
    near = Lists(starts, dice.integers(0, rows, asked * 10).astype(np.int32), np.zeros(asked * 10, np.int32))
    always = np.full(rows, ALWAYS, np.int64)
    ones = np.ones(rows, np.int32)
    care = Care(np.arange(rows + 1, dtype=np.int64), np.arange(rows, dtype=np.int32), ones, always, always)
    sites = Sites(np.arange(WORK_ + 1, dtype=np.int64), np.zeros(WORK_, np.int32), np.ones(WORK_, np.int64))
    begin = np.arange(asked, dtype=np.int64) * 10
    out = np.zeros((asked, 1), np.int64), np.zeros((asked, 1), np.int32)
    rest = (near, work, np.full(asked, -1, np.int32), care, sites, np.array([-1]))
    for _run in range(2):  # the first compiles
        begun = time.perf_counter()
        by_lists(begin, begin + 10, *rest, Rules(LIMIT, DWELL, FAR, 0, ANY), *out)
    joined = time.perf_counter() - begun
    print(f"one core: {settled / took / 1e6:.1f} million nodes settled in a second, ", end="")
    print(f"{asked * 10 * length / joined / 1e6:.0f} million list entries read", flush=True)


def growth(city: Network, full: Network) -> None:
    print("growth (seconds on two threads; the algorithm is the one that was chosen as cheapest):")
    for count in (5_000, 10_000, 20_000, 40_000, 80_000):
        print(f"  homes {count:,}: {Case(full, count).seconds(runs=1):.2f}", flush=True)
    for care in (100, 1_000, 5_000, 20_000):
        print(f"  care places {care:,}: {Case(full, care=care).seconds(runs=1):.2f}", flush=True)
    for side in (1, 2, 3, 4):
        network = metropolis(city, side)
        print(f"  nodes {network.nodes:,}, homes and places per node the same: ", end="")
        part = side * side / 16
        case = Case(network, int(HOMES_ * part), int(CARE_ * part), int(WORK_ * part))
        print(f"{case.seconds(runs=1):.2f}", flush=True)


def alone(path: Path) -> None:
    """In a process of its own, so that its peak is that of the measurement."""
    case = Case(Network.load(path))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    case.run()  # compiles, or reads what was compiled
    spent = time.process_time()
    first = case.seconds()
    spent = (time.process_time() - spent) / RUNS
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"care chains with direct access: {first:.2f} s on two threads (median of {RUNS}; at most 3 wanted), ", end=""
    )
    print(f"{spent:.2f} s of processor time")
    print(f"peak memory: {peak:.0f} MB, of which {before:.0f} with everything loaded (at most 500 wanted)")
    for algorithm in get_args(Algorithm):
        print(f"by {algorithm}: {case.seconds(algorithm):.2f} s; ", end="")
    print(f"one thread: {case.seconds(threads=1):.2f} s", flush=True)
    hours = [pa.array(np.repeat(second, CARE_), pa.int32()) for second in (8 * 3600, 18 * 3600)]
    case.care = case.care.set_column(5, "opens", hours[0]).set_column(6, "closes", hours[1])
    start = time.perf_counter()
    case.run(departs=range(0, 86_400, 3600))
    print(f"open from 8 to 18, leaving at each of 24 hours: {time.perf_counter() - start:.2f} s", flush=True)
    model(case)


def main() -> None:
    if len(sys.argv) == 2:
        alone(Path(sys.argv[1]))
        return
    streets, _findings = read_streets(EXTRACT)
    city = streets.only(streets.main)
    full = metropolis(city, 4)
    print(f"# Care chains on foot: {full.nodes:,} nodes, {full.arcs:,} arcs; {HOMES_:,} homes, ", end="")
    print(f"{CARE_:,} care places, {WORK_:,} job sites, 60 minutes, dwell 5", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metropolis.npz"
        full.save(path)
        subprocess.run([sys.executable, "-m", "bench.access_chains", str(path)], check=True)
    check(Case(full))
    growth(city, full)


if __name__ == "__main__":
    main()
