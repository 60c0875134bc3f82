"""Bounded searches against scipy: every engine, every order, on random streets and on a real city."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from genderlens.access.network import Network, from_arcs
from genderlens.access.osm import read_streets
from genderlens.access.search import Reach, prepare, search, search_all, search_blocks

pytestmark = pytest.mark.rules

LONGEST = 400_000  # milliseconds


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, NDArray[np.int32]]:
    """Random streets: one-way, parallel, in pieces, with dead ends, long chains and ties."""
    seed = draw(st.integers(0, 2**32 - 1))
    dice = np.random.default_rng(seed)
    size = draw(st.integers(1, 60))
    arcs = draw(st.integers(0, 3 * size))
    tails, heads = dice.integers(0, size, (2, arcs))
    chain = np.arange(size - 1)[: draw(st.integers(0, max(size - 1, 0)))]
    tails, heads = np.concatenate([tails, chain, chain + 1]), np.concatenate([heads, chain + 1, chain])
    network = from_arcs(dice.random(size), dice.random(size), tails, heads, np.ones(len(tails)))
    costs = dice.choice([1, 7, 7_000, 8_192, 60_000, LONGEST], network.arcs).astype(np.int32)
    costs[dice.random(network.arcs) < draw(st.sampled_from([0.0, 0.1]))] = -1  # closed
    return network, costs


def expected(network: Network, costs: NDArray[np.int32], limit: int) -> NDArray[np.float64]:
    """Times between all nodes, infinite beyond the limit."""
    best: dict[tuple[int, int], int] = {}
    for tail, head, cost in zip(network.tails.tolist(), network.heads.tolist(), costs.tolist(), strict=True):
        if cost >= 0:
            best[tail, head] = min(cost, best.get((tail, head), cost))
    ends = np.array(list(best), np.int64).reshape(-1, 2)
    graph = csr_array((np.array(list(best.values()), float), ends.T), shape=(network.nodes, network.nodes))
    times: NDArray[np.float64] = dijkstra(graph, limit=limit)
    return times


def table(reach: Reach, width: int) -> NDArray[np.float64]:
    times = np.full((len(reach.known), width), np.inf)
    times[reach.sources, reach.targets] = reach.times
    return times


@given(networks(), st.integers(0, 5 * LONGEST), st.integers(0, 3), st.booleans(), st.data())
@settings(max_examples=150)
def test_equal_to_scipy(
    streets: tuple[Network, NDArray[np.int32]], limit: int, joins: int, backwards: bool, data: st.DataObject
) -> None:
    network, costs = streets
    nodes = st.lists(st.integers(0, network.nodes - 1), min_size=1, max_size=8)
    sources, targets = data.draw(nodes), sorted(set(data.draw(nodes)))
    graph = prepare(network, costs, [*sources, *targets], joins=joins, backwards=backwards)
    times = expected(network, costs, limit)
    if backwards:
        times = times.T
    found = search(graph, sources, targets, limit, threads=1)
    assert (table(found, len(targets)) == times[np.ix_(sources, targets)]).all()
    assert len(found.targets) == np.isfinite(times[np.ix_(sources, targets)]).sum()
    nearest = search(graph, sources, targets, limit, order="time", threads=2)
    assert (table(nearest, len(targets)) == table(found, len(targets))).all()
    for i in range(len(sources)):
        times_there = nearest.times[nearest.starts[i] : nearest.starts[i + 1]]
        assert (np.diff(times_there) >= 0).all()
        assert (np.diff(found.targets[found.starts[i] : found.starts[i + 1]]) > 0).all()
    hanging = joins > 0
    graph = prepare(network, costs, sources if hanging else None, joins=joins, backwards=backwards, hanging=hanging)
    everything = search_all(graph, sources, limit, threads=1)
    assert (table(everything, network.nodes) == times[sources]).all()


def test_blocks_are_the_whole_in_order_and_do_not_depend_on_threads() -> None:
    dice = np.random.default_rng(7)
    tails, heads = dice.integers(0, 300, (2, 900))
    network = from_arcs(dice.random(300), dice.random(300), tails, heads, np.ones(900))
    graph = prepare(network, dice.integers(1, 90_000, network.arcs).astype(np.int32))
    sources = dice.integers(-1, 300, 100)
    whole = search(graph, sources, np.arange(300), 150_000, threads=1)
    assert whole.known.tolist() == (sources >= 0).tolist()
    blocks = list(search_blocks(graph, sources, np.arange(300), 150_000, threads=3, block=9))
    assert [first for first, _reach in blocks] == list(range(0, 100, 9))
    assert np.concatenate([reach.times for _first, reach in blocks]).tolist() == whole.times.tolist()
    near = whole.within(60_000)
    assert near.times.tolist() == search(graph, sources, np.arange(300), 60_000).times.tolist()
    assert near.starts[-1] == len(near.times)


def test_questions_that_make_no_sense() -> None:
    network = from_arcs([0.0, 1.0, 2.0], [0.0, 0.0, 0.0], [0, 1], [1, 2], [5, 5], both_ways=True)
    graph = prepare(network, network.walking(), [0, 2])
    assert search(graph, [0], [2], 10**12).times.tolist() == [8]
    assert len(search(graph, [0], [0], -1).times) == 0
    for sources, targets in (([1], [2]), ([0], [1]), ([0], [2, 2]), ([0], [-1]), ([7], [0])):
        with pytest.raises(ValueError):
            search(graph, sources, targets, 10)
    with pytest.raises(ValueError):
        prepare(network, network.walking()[1:])


@pytest.mark.shared_data
def test_porto_alegre_equals_scipy(shared_data: Path) -> None:
    """All engines, every node of the city, to the millisecond."""
    network, _findings = read_streets(shared_data / "cities/porto-alegre/poa_osm.pbf")
    costs = network.walking()
    limit = 30 * 60_000
    dice = np.random.default_rng(3)
    sources, targets = dice.choice(np.flatnonzero(network.main), (2, 60), replace=False)
    graph = csr_array((costs.astype(float), network.heads, network.starts), shape=(network.nodes, network.nodes))
    times = dijkstra(graph, indices=sources, limit=limit)
    for graph in (prepare(network, costs), prepare(network, costs, sources, hanging=True)):
        whole = search_all(graph, sources, limit)
        assert (table(whole, network.nodes) == times).all()
    for joins in (0, 2, 3):
        found = search(prepare(network, costs, [*sources, *targets], joins=joins), sources, targets, limit)
        assert (table(found, 60) == times[:, targets]).all()
    back = search(prepare(network, costs, [*sources, *targets], backwards=True), targets, sources, limit)
    assert (times[:, targets] == table(back, 60).T).all()
