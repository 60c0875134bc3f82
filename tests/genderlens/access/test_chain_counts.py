"""Care chains against brute force: every pair by scipy, every care place tried, every departure looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from genderlens.access.chain_counts import Algorithm, Places, Work, count_chains
from genderlens.access.chain_rules import ALWAYS, ANY, ASSIGNED, DAY, NEAREST, Rules
from genderlens.access.network import Network, from_arcs

pytestmark = pytest.mark.rules

HOUR = 3_600_000
MINUTE = 60_000
NETWORKS = 300


@dataclass
class City:
    """A small random network with homes, care and work: in pieces, with one-way streets, ties and empty corners."""

    network: Network
    homes: NDArray[np.int32]
    assigned: NDArray[np.int32]
    places: Places
    work: Work
    departures: NDArray[np.int64]
    rules: Rules


def city(seed: int) -> City:
    dice = np.random.default_rng(seed)
    nodes = int(dice.integers(2, 40))
    arcs = int(dice.integers(1, nodes * 3))
    tails, heads = dice.integers(0, nodes, (2, arcs))
    # Few different lengths, so that many ways are equally long; 4.8 km/h is 1333 1/3 mm a second.
    lengths = dice.choice([100_000, 200_000, 200_000, 300_000, 777_777], arcs)
    network = from_arcs(
        dice.random(nodes), dice.random(nodes), tails, heads, lengths, both_ways=bool(dice.random() < 0.6)
    )
    care = int(dice.integers(0, 8))
    opens = dice.integers(0, 24, care) * HOUR
    closes = opens + dice.integers(1, 24, care) * HOUR
    always = dice.random(care) < (1 if dice.random() < 0.3 else 0.3)
    work = int(dice.integers(0, 12))
    homes = int(dice.integers(1, 40))
    limit = int(dice.integers(0, 50)) * MINUTE
    timed = dice.random() < 0.8
    return City(
        network,
        dice.integers(0, nodes, homes).astype(np.int32),
        dice.integers(-1, care, homes).astype(np.int32) if care else np.full(homes, -1, np.int32),
        Places(
            dice.integers(0, nodes, care).astype(np.int32),
            np.where(always, ALWAYS, opens),
            np.where(always, ALWAYS, closes),
        ),
        Work(
            dice.integers(0, nodes, work).astype(np.int32),
            (dice.choice([0, 0, 1, 3], work) * MINUTE).astype(np.int32),
            dice.integers(0, 50, work),
        ),
        (dice.integers(0, 24 * 60, dice.integers(1, 4)) if timed else np.array([-1])) * (MINUTE if timed else 1),
        Rules(
            limit,
            int(dice.choice([0, 5, 5, 55])) * MINUTE,
            int(dice.choice([limit, limit // 2])) if dice.random() < 0.5 else 1 << 28,
            int(dice.integers(0, 2)),
            int(dice.integers(0, 3)),
        ),
    )


def every_time(network: Network) -> NDArray[np.float64]:
    """Milliseconds between all nodes, inf where there is no way."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    least = np.full((network.nodes, network.nodes), np.iinfo(np.int32).max)
    np.minimum.at(least, (network.tails, network.heads), network.walking())
    tails, heads = np.nonzero(least < np.iinfo(np.int32).max)
    graph = csr_array((least[tails, heads].astype(float), (tails, heads)), shape=least.shape)
    times: NDArray[np.float64] = dijkstra(graph)
    return times


def starts_at(arrives: float, opens: int, closes: int, rules: Rules) -> float:
    """When the care stop begins, counted from midnight; inf if it cannot be made. Minute for minute, day for day."""
    if opens == ALWAYS:
        return arrives
    best = np.inf
    for day in range(-3, 4):
        start = max(arrives, opens + day * DAY) if rules.waits else arrives
        if opens + day * DAY <= start and start + rules.dwell <= closes + day * DAY:
            best = min(best, start)
    return best


@cache
def brute_force(seed: int) -> tuple[list[int], list[list[int]], list[list[int]]]:
    """Direct access of each home, chain access and stops at each departure."""
    town = city(seed)
    times, rules, places, work = every_time(town.network), town.rules, town.places, town.work
    direct: list[int] = []
    chain: list[list[int]] = []
    stops: list[list[int]] = []
    for home, own in zip(town.homes, town.assigned, strict=True):
        near = times[home, work.nodes] + work.walks <= min(rules.limit, rules.cap)
        direct.append(int(work.amounts[near].sum()))
        chain.append([])
        stops.append([])
        candidates = list(range(len(places.nodes)))
        if rules.choice == ASSIGNED:
            candidates = [own] if own >= 0 else []
        elif rules.choice == NEAREST and candidates:
            candidates = [min(candidates, key=lambda place: (times[home, places.nodes[place]], place))]
        for departs in town.departures:
            reached: set[int] = set()
            served = 0
            for place in candidates:
                walked = times[home, places.nodes[place]]
                start = walked
                if departs >= 0:
                    start = starts_at(departs + walked, places.opens[place], places.closes[place], rules) - departs
                if start + rules.dwell > rules.limit or walked > rules.cap or not np.isfinite(start):
                    continue
                served += 1
                for number, node in enumerate(work.nodes):
                    onwards = times[places.nodes[place], node] + work.walks[number]
                    if start + rules.dwell + onwards <= rules.limit and walked + onwards <= rules.cap:
                        reached.add(number)
            chain[-1].append(int(work.amounts[list(reached)].sum()) if reached else 0)
            stops[-1].append(served)
    return direct, chain, stops


@pytest.mark.parametrize("algorithm", [*get_args(Algorithm), None])
def test_every_algorithm_equals_brute_force(algorithm: Algorithm | None) -> None:
    some = {ANY: 0, NEAREST: 0, ASSIGNED: 0}
    for seed in range(NETWORKS):
        town = city(seed)
        found = count_chains(
            town.network, town.network.walking(), town.homes, town.assigned, town.places, town.work,
            town.departures, town.rules, algorithm=algorithm,
        )  # fmt: skip
        direct, chain, stops = brute_force(seed)
        assert found.direct.tolist() == direct, seed
        assert found.chain.tolist() == chain, (seed, town.rules)
        assert found.stops.tolist() == stops, (seed, town.rules)
        some[town.rules.choice] += sum(map(sum, chain)) > 0
    assert min(some.values()) > 20  # the towns are not so bare that nothing was tested
