"""How much work each home reaches by way of care, between nodes of the network: the algorithm is chosen by its cost.

All of them are exact and give the same whole numbers; see `chain_lists` and `chain_layers` for how they work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from genderlens.access.batches import LANES, Streets, both_ways
from genderlens.access.chain_layers import by_layers
from genderlens.access.chain_lists import BITS, Lists, by_bitsets, by_lists, prefixes
from genderlens.access.chain_rules import ALWAYS, Care, Rules, Sites
from genderlens.access.network import Network
from genderlens.access.search import Graph, Reach, prepare, search

Algorithm = Literal["lists", "bitsets", "layers"]
BATCHES = 16  # of homes, that a thread takes at a time
SAMPLE = 16  # care nodes to judge the costs by
MEMORY = 100_000_000  # bytes that lists or bitsets may take


@dataclass(frozen=True, eq=False)
class Places:
    """Care places on the network, one row a place; times of day in milliseconds after midnight."""

    nodes: NDArray[np.int32]
    opens: NDArray[np.int64]  # ALWAYS where no hours are given
    closes: NDArray[np.int64]

    def grouped(self) -> tuple[NDArray[np.int32], Care, NDArray[np.int32]]:
        """The nodes with care, in order; the places there, those with the same hours together; each place's rank."""
        keys = np.stack([self.nodes.astype(np.int64), self.opens, self.closes])
        _unique, first, group, count = np.unique(
            keys, axis=1, return_index=True, return_inverse=True, return_counts=True
        )
        rank = np.empty(len(first), np.int32)
        rank[np.argsort(first)] = np.arange(len(first), dtype=np.int32)
        spots, starts = np.unique(self.nodes[first], return_index=True)
        care = Care(
            np.append(starts, len(first)).astype(np.int64),
            rank,
            count.astype(np.int32),
            self.opens[first],
            self.closes[first],
        )
        return spots.astype(np.int32), care, rank[group.reshape(-1)]


@dataclass(frozen=True, eq=False)
class Work:
    """What is to be reached, one row a place."""

    nodes: NDArray[np.int32]
    walks: NDArray[np.int32]  # milliseconds from the node to the door
    amounts: NDArray[np.int64]

    def grouped(self) -> tuple[NDArray[np.int32], Sites]:
        """The nodes with work, in order, and what is behind their doors."""
        doors, number = np.unique(self.nodes.astype(np.int64) << 32 | self.walks, return_inverse=True)
        amounts = np.zeros(len(doors), np.int64)
        np.add.at(amounts, number, self.amounts)
        nodes, starts = np.unique(doors >> 32, return_index=True)
        starts = np.append(starts, len(doors)).astype(np.int64)
        sums = np.concatenate(([0], np.cumsum(amounts)))
        within = sums[1:] - np.repeat(sums[starts[:-1]], np.diff(starts))
        return nodes.astype(np.int32), Sites(starts, (doors & 0xFFFFFFFF).astype(np.int32), within)


class Counts(NamedTuple):
    """What homes reach, in the unit of the work's amounts."""

    direct: NDArray[np.int64]  # (homes,)
    chain: NDArray[np.int64]  # (homes, departures)
    stops: NDArray[np.int32]  # (homes, departures) the care places that serve
    algorithm: Algorithm


def count_chains(
    network: Network,
    costs: NDArray[np.int32],
    homes: NDArray[np.int32],
    assigned: NDArray[np.int32],
    places: Places,
    work: Work,
    departures: NDArray[np.int64],
    rules: Rules,
    *,
    algorithm: Algorithm | None = None,
    threads: int = 2,
) -> Counts:
    """What each home reaches directly and by way of care.

    Args:
        network: the streets; `costs`: milliseconds for each arc, shape (arcs,), negative for one that is not walked.
        homes: nodes; `assigned`: the row of `places` that is each home's own, or -1. Shape (homes,).
        departures: milliseconds after midnight, or one -1 where time of day plays no part.
        rules: what all chains have in common.
        algorithm: instead of the one that costs least; for tests and measurements.
    """
    if algorithm not in (None, *get_args(Algorithm)):
        raise ValueError(f"There is no algorithm {algorithm}.")
    spots, care, rank = places.grouped()
    own = np.where(assigned >= 0, rank[assigned] if len(rank) else -1, -1).astype(np.int32)
    if (care.opens == ALWAYS).all():
        departures, asked = departures[:1], len(departures)
    else:
        asked = 1
    keep = np.concatenate([homes, spots, work.nodes])
    graph = prepare(network, costs, keep)
    # Homes at one node (with one place of their own) are one; in the graph's order neighbours follow one another.
    (nodes, own), unit = np.unique(np.stack([graph.number[homes], own]), axis=1, return_inverse=True)
    ask = Question(
        network, costs, keep, graph, np.ascontiguousarray(nodes), np.ascontiguousarray(own), spots, care,
        *work.grouped(), departures, rules, threads,
    )  # fmt: skip
    chosen = algorithm or cheapest(ask.around(), len(departures))
    direct, chain, stops = ask.by_layers() if chosen == "layers" else ask.by_lists(chosen == "bitsets")
    unit = unit.reshape(-1)
    return Counts(direct[unit], np.tile(chain[unit], asked), np.tile(stops[unit], asked), chosen)


@dataclass(frozen=True, eq=False)
class Question:
    """Everything the algorithms work on."""

    network: Network
    costs: NDArray[np.int32]
    keep: NDArray[np.int32]
    graph: Graph
    homes: NDArray[np.int32]  # numbers in the graph, ascending
    own: NDArray[np.int32]  # the rank of each home's own place
    spots: NDArray[np.int32]
    care: Care
    work: NDArray[np.int32]  # nodes, ascending
    sites: Sites
    departures: NDArray[np.int64]
    rules: Rules
    threads: int

    def by_layers(self, chained: bool = True) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Direct access, and the chains where `chained`."""
        starts, rows = self.by_node(self.spots, self.care.starts)
        _starts, rank, places, opens, closes = self.care
        care = Care(starts, rank[rows], places[rows], opens[rows], closes[rows])
        starts, rows = self.by_node(self.work, self.sites.starts)
        sites = Sites(starts, self.sites.walks[rows], self.sites.sums[rows])
        direct, chain, stops = self.empty()
        streets = Streets(self.graph.starts, self.graph.arcs)

        def block(part: slice) -> None:
            by_layers(
                streets, self.homes[part], self.own[part], care, sites, self.departures, self.rules, chained,
                direct[part], chain[part], stops[part],
            )  # fmt: skip

        self.each_block(block)
        return direct[:, 0], chain, stops

    def by_lists(self, bits: bool) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """The chains by lists or bitsets; direct access from each home."""
        direct, _chain, _stops = self.by_layers(chained=False)
        _direct, chain, stops = self.empty()
        units, unit = np.unique(self.graph.node[self.homes], return_inverse=True)
        near, work = self.lists(units)
        starts, ends = near.starts[unit], near.starts[unit + 1]
        if bits:
            doors = self.to_doors(work)
            words = -(-len(self.sites.walks) // BITS)
            begun = prefixes(doors, words, step(len(doors.items), words))
            amounts = np.zeros(words * BITS, np.int64)
            amounts[: len(self.sites.walks)] = self.sites.amounts()

        def block(part: slice) -> None:
            if bits:
                by_bitsets(
                    starts[part], ends[part], near, doors, begun, self.own[part], self.care, amounts,
                    self.departures, self.rules, chain[part], stops[part],
                )  # fmt: skip
            else:
                by_lists(
                    starts[part], ends[part], near, work, self.own[part], self.care, self.sites,
                    self.departures, self.rules, chain[part], stops[part],
                )  # fmt: skip

        self.each_block(block)
        return direct, chain, stops

    def lists(self, homes: NDArray[np.int32]) -> tuple[Lists, Lists]:
        """For each of `homes` the care nodes near it, and for each care node the work near it, nearest first."""
        longest = self.rules.longest
        targets = np.unique(np.concatenate([homes, self.work]))
        reach = search(self.graph, self.spots, targets, longest, order="time", threads=self.threads)
        work = chosen(reach, targets, self.work)
        if not both_ways(Streets(self.graph.starts, self.graph.arcs)):
            back = prepare(self.network, self.costs, self.keep, backwards=True)
            reach = search(back, self.spots, homes, longest, order="time", threads=self.threads)
            targets = homes
        around = chosen(reach, targets, homes)
        order = np.argsort(around.items, kind="stable")
        rows = np.repeat(np.arange(len(self.spots), dtype=np.int32), np.diff(around.starts))
        starts = np.searchsorted(around.items[order], np.arange(len(homes) + 1)).astype(np.int64)
        return Lists(starts, rows[order], around.times[order]), work

    def by_node(
        self, spots: NDArray[np.int32], starts: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For rows that stand by spot: where those of each node of the graph start, and the rows in that order."""
        at = self.graph.number[spots]
        order = np.argsort(at)
        rows, sizes = ranges(starts, order)
        by_node = np.zeros(len(self.graph.node) + 1, np.int64)
        by_node[at[order] + 1] = sizes
        return np.cumsum(by_node), rows

    def to_doors(self, work: Lists) -> Lists:
        """Lists of work up to its doors, nearest first."""
        if not self.sites.walks.any():
            return work  # every door is its street
        rows, sizes = ranges(self.sites.starts, work.items.astype(np.int64))
        times = np.repeat(work.times, sizes) + self.sites.walks[rows]
        source = np.repeat(np.repeat(np.arange(len(work.starts) - 1), np.diff(work.starts)), sizes)
        order = np.lexsort((times, source))
        order = order[times[order] <= self.rules.longest]
        starts = np.searchsorted(source[order], np.arange(len(work.starts))).astype(np.int64)
        return Lists(starts, rows[order].astype(np.int32), times[order].astype(np.int32))

    def around(self) -> Around:
        """What a few care nodes see around them, for all of them."""
        longest = self.rules.longest
        if longest < 0 or not len(self.spots):
            return Around(len(self.homes), 0, 0, 0, 0, 0, 0, 0)
        some = self.spots[np.linspace(0, len(self.spots) - 1, min(SAMPLE, len(self.spots))).astype(np.int64)]
        reach = search(self.graph, some, self.graph.node, longest, order="time", threads=self.threads)
        living = np.bincount(self.homes, minlength=len(self.graph.node))
        sites = np.isin(self.graph.node, self.work)
        pairs = entries = read = 0
        for first, last in pairwise(reach.starts):
            targets, times = reach.targets[first:last], reach.times[first:last]
            homes, work = living[targets], times[sites[targets]]
            pairs += int(homes.sum())
            entries += len(work)
            read += int((np.searchsorted(work, longest - times, side="right") * homes).sum())
        scale = len(self.spots) / len(some)
        return Around(
            len(self.homes), len(self.sites.walks) / max(len(self.work), 1), len(self.work),
            len(self.spots), len(reach.targets) / len(some), pairs * scale, entries * scale, read * scale,
        )  # fmt: skip

    def empty(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        homes, departures = len(self.homes), len(self.departures)
        return (
            np.zeros((homes, 1), np.int64),
            np.zeros((homes, departures), np.int64),
            np.zeros((homes, departures), np.int32),
        )

    def each_block(self, work: Callable[[slice], None]) -> None:
        """`work` on blocks of homes, in threads."""
        blocks = list(self.blocks())
        with ThreadPoolExecutor(self.threads) as pool:
            for _done in pool.map(work, blocks):
                pass

    def blocks(self) -> Iterator[slice]:
        size = LANES * BATCHES
        for first in range(0, len(self.homes), size):
            yield slice(first, first + size)


class Around(NamedTuple):
    """How much there is to do."""

    homes: int
    doors: float  # of work, at each node that has any
    work: int  # nodes with work
    spots: int  # nodes with care
    nodes: float  # that a search from one of them settles
    pairs: float  # of a home and a care node
    entries: float  # in the lists of work
    read: float  # entries that homes read


def cheapest(around: Around, departures: int) -> Algorithm:
    """By prices in nanoseconds on one core, as bench/access_chains has them; what all have in common is left out."""
    doors, entries = around.work * around.doors, around.entries * around.doors
    words = doors / BITS
    apart = step(int(entries), int(words) + 1)
    searches = around.spots * around.nodes * 100
    beginnings = entries * 200 + entries / apart * words
    joins = around.pairs * (20 + words / 8 + apart / 3) + around.homes * doors * 0.5
    price: dict[Algorithm, float] = {
        "lists": searches + departures * (around.pairs * 15 + around.read * 1.2),
        "bitsets": searches + beginnings + departures * joins,
        "layers": departures * around.homes / LANES * around.nodes * 300,
    }
    if (around.pairs + entries) * 8 > MEMORY:
        del price["bitsets"]
    if (around.pairs + around.entries) * 8 > MEMORY:
        del price["lists"]
    return min(price, key=lambda name: price[name])


def step(entries: int, words: int) -> int:
    """List entries between two beginnings kept as bits: as few as the memory allows."""
    return max(BITS, -(-entries * words * 8 // MEMORY))


def ranges(starts: NDArray[np.int64], order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows `starts[i]:starts[i + 1]` of each `i` in `order`, one after the other, and how many each has."""
    sizes = np.diff(starts)[order]
    ends = np.cumsum(sizes)
    rows = np.arange(int(sizes.sum())) + np.repeat(starts[:-1][order] - (ends - sizes), sizes)
    return rows, sizes


def chosen(reach: Reach, targets: NDArray[np.int32], items: NDArray[np.int32]) -> Lists:
    """Of what is reached, only `items` (sorted, each once), by their number."""
    number = np.full(len(targets), -1, np.int32)
    number[np.searchsorted(targets, items)] = np.arange(len(items), dtype=np.int32)
    found = number[reach.targets]
    kept = found >= 0
    starts = np.concatenate(([0], np.cumsum(kept)))[reach.starts].astype(np.int64)
    return Lists(starts, found[kept], reach.times[kept])
