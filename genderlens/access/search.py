"""Who gets where on foot within a limit: exact bounded searches, many sources at a time.

Costs are whole milliseconds, so that every engine gives the same answer to the last digit. The street graph is first
reduced: a node where nothing starts, ends or is looked for, and that joins at most three others, is replaced by arcs
between those (`reduction`); shortest times between what is left do not change. The search itself keeps its frontier in
buckets a few seconds wide instead of a heap, and takes a node up again when a better way to it turns up within a
bucket, which costs less than keeping it in order. Nodes near one another on the ground are near one another in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genderlens.access.compiled import compiled
from genderlens.access.hanging import NOTHING, Hanging, follow, hang
from genderlens.access.network import Network, hilbert
from genderlens.access.reduction import NEVER, reduce_arcs

Order = Literal["target", "time", "none"]
ORDERS = ("target", "time", "none")
BLOCK = 64  # sources one thread takes at a time
WIDTH = 13  # a bucket is 2**13 ms wide: measured best on streets, within a tenth from 2**12 to 2**14


@dataclass(frozen=True)
class Graph:
    """A street graph prepared for searching: reduced, and numbered along a curve over the ground."""

    node: NDArray[np.int32]  # (kept,) which node of the network each is
    number: NDArray[np.int32]  # (nodes of the network,) its number here, -1 where reduced away
    starts: NDArray[np.int32]  # (kept + 1,)
    arcs: NDArray[np.int32]  # (arcs, 2) head and milliseconds
    buckets: int  # a power of two, more than the longest arc needs
    hanging: Hanging = NOTHING  # the nodes reduced away, if they may be targets

    @property
    def nbytes(self) -> int:
        arrays = (self.node, self.number, self.starts, self.arcs, *self.hanging)
        return sum(array.nbytes for array in arrays)


@dataclass(frozen=True)
class Reach:
    """What each source reaches: targets `starts[i]:starts[i + 1]`, in as many milliseconds."""

    starts: NDArray[np.int64]  # (sources + 1,)
    targets: NDArray[np.int32]  # positions in the list of targets
    times: NDArray[np.int32]  # milliseconds
    known: NDArray[np.bool_]  # (sources,) False: there is no answer, such as for a home no street leads to

    @property
    def sources(self) -> NDArray[np.int32]:
        """The position of the source of each pair, shape (pairs,)."""
        source: NDArray[np.int32] = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        return source

    def within(self, limit: int) -> Reach:
        """Only what is reached within `limit` milliseconds."""
        near = self.times <= limit
        if near.all():
            return self
        starts = np.concatenate([[0], np.cumsum(near)])[self.starts]
        return Reach(starts, self.targets[near], self.times[near], self.known)


def prepare(
    network: Network,
    costs: NDArray[np.int32],
    keep: ArrayLike | None = None,
    *,
    backwards: bool = False,
    joins: int = 3,
    hanging: bool = False,
) -> Graph:
    """The graph to search, once for a set of costs.

    Args:
        network: the streets.
        costs: milliseconds for each arc, shape (arcs,), such as `network.walking()`; a negative one closes its arc.
        keep: the nodes from or to which anything will be asked; without it all stay. Repeats and -1 are passed over.
        backwards: turn every arc round, so that a search from a place tells who gets to it.
        joins: reduce nodes that join at most so many others, 0 to 3.
        hanging: any node may be a target, also those reduced away (then only of those that join at most 2 others); only
            sources need to be kept.
    """
    if len(costs) != network.arcs:
        raise ValueError(f"{len(costs)} costs for {network.arcs} arcs.")
    if joins > 3:
        raise ValueError("Beyond three, a node would leave more arcs than it takes away.")
    open_arcs = costs >= 0
    tails, heads, cost = network.tails[open_arcs], network.heads[open_arcs], costs[open_arcs]
    if backwards:
        tails, heads = heads, tails
    fixed = np.ones(network.nodes, np.bool_)
    if keep is not None:
        kept = np.asarray(keep, np.int64)
        fixed[:] = False
        fixed[kept[kept >= 0]] = True
    joins = min(joins, 2) if hanging else joins
    stays, tails, heads, cost, away = reduce_arcs(fixed, tails, heads, np.asarray(cost, np.int32), joins)
    left = tails >= 0
    tails, heads, cost = tails[left], heads[left], cost[left]
    node = np.flatnonzero(stays).astype(np.int32)
    if len(node):
        node = node[hilbert(network.lon[node], network.lat[node])]
    number = np.full(network.nodes, -1, np.int32)
    number[node] = np.arange(len(node), dtype=np.int32)
    tails, heads = number[tails], number[heads]
    order = np.argsort(tails, kind="stable")
    starts = np.zeros(len(node) + 1, np.int32)
    np.cumsum(np.bincount(tails, minlength=len(node)), out=starts[1:])
    arcs = np.ascontiguousarray(np.stack([heads[order], cost[order]], axis=1))
    longest = int(cost.max(initial=0)) >> WIDTH
    hangs = hang(number, *away) if hanging else NOTHING
    return Graph(node, number, starts, arcs, 1 << (longest + 2).bit_length(), hangs)


def search(
    graph: Graph,
    sources: ArrayLike,
    targets: ArrayLike,
    limit: int,
    *,
    order: Order = "target",
    threads: int | None = None,
) -> Reach:
    """Which targets each source reaches within `limit` milliseconds (inclusive), and how soon. Exact.

    Args:
        graph: see `prepare`; it must have kept the sources and targets.
        sources, targets: nodes of the network; each target once. A source of -1 has no answer.
        limit: milliseconds.
        order: the targets of a source by position, or by time (ties by position: nearest first), or in no order, which
            is quickest.
        threads: how many at once; all the cores if not given. The result does not depend on it.
    """
    blocks = [reach for _first, reach in search_blocks(graph, sources, targets, limit, order=order, threads=threads)]
    starts = np.zeros(1 + sum(len(block.starts) - 1 for block in blocks), np.int64)
    if blocks:
        np.cumsum(np.concatenate([np.diff(block.starts) for block in blocks]), out=starts[1:])
    none = np.zeros(0, np.int32)
    return Reach(
        starts,
        np.concatenate([none, *(block.targets for block in blocks)]),
        np.concatenate([none, *(block.times for block in blocks)]),
        np.concatenate([none.astype(np.bool_), *(block.known for block in blocks)]),
    )


def search_blocks(
    graph: Graph,
    sources: ArrayLike,
    targets: ArrayLike,
    limit: int,
    *,
    order: Order = "target",
    threads: int | None = None,
    block: int = BLOCK,
) -> Iterator[tuple[int, Reach]]:
    """As `search`, block by block in order: the position of the first source of a block, and what the block reaches.

    No more than a few blocks are held at a time, so that any number of sources fits in memory.
    """
    froms = _numbers(graph, sources)
    position = np.full(len(graph.node) + len(graph.hanging.node), -1, np.int32)
    at = _numbers(graph, targets, away=True)
    if (at < 0).any():
        raise ValueError("A target is not a node of the graph.")
    position[at] = np.arange(len(at), dtype=np.int32)
    if len(at) != np.count_nonzero(position >= 0):
        raise ValueError("A target stands twice; put what is at one node together.")
    workers = threads or os.cpu_count() or 1
    sorting = ORDERS.index(order)
    bound = np.int32(min(max(limit, -1), int(NEVER) - 1))

    def one(first: int) -> Reach:
        some = froms[first : first + block]
        found = _block(some, bound, graph.starts, graph.arcs, graph.buckets, graph.hanging, position, sorting)
        return Reach(*found, some >= 0)

    firsts = range(0, len(froms), block)
    if workers == 1:
        yield from ((first, one(first)) for first in firsts)
        return
    with ThreadPoolExecutor(workers) as pool:
        ahead = 4 * workers
        waiting = [(first, pool.submit(one, first)) for first in firsts[:ahead]]
        for first in firsts:
            started, future = waiting.pop(0)
            assert started == first
            if (later := first + ahead * block) < len(froms):
                waiting.append((later, pool.submit(one, later)))
            yield first, future.result()


def search_all(graph: Graph, sources: ArrayLike, limit: int, *, threads: int | None = None) -> Reach:
    """As `search` to every node there is in the graph; `targets` are then nodes of the network, in no order.

    Quickest with a graph that keeps the sources only, the other nodes `hanging`.
    """
    nodes = np.concatenate([graph.node, graph.hanging.node])
    found = search(graph, sources, nodes, limit, order="none", threads=threads)
    return Reach(found.starts, nodes[found.targets], found.times, found.known)


def _numbers(graph: Graph, nodes: ArrayLike, *, away: bool = False) -> NDArray[np.int32]:
    numbers = graph.number
    if away and len(graph.hanging.node):
        numbers = numbers.copy()
        numbers[graph.hanging.node] = np.arange(len(graph.node), len(graph.node) + len(graph.hanging.node))
    asked = np.asarray(nodes, np.int64).reshape(-1)
    if len(asked) and (asked.max() >= len(graph.number) or asked.min() < -1):
        raise ValueError("A node is not one of the network.")
    number = np.where(asked >= 0, numbers[asked] if len(numbers) else -1, -1).astype(np.int32)
    if (number[asked >= 0] < 0).any():
        raise ValueError("A node was reduced away: name it in `keep` of `prepare`.")
    return number


@compiled
def settle(
    source: int,
    limit: np.int32,
    starts: NDArray[np.int32],
    arcs: NDArray[np.int32],
    distance: NDArray[np.int32],
    first: NDArray[np.int32],
    reached: NDArray[np.int32],
    pool: NDArray[np.int32],
) -> tuple[int, NDArray[np.int32]]:
    """Shortest times from `source` to all nodes within `limit` (inclusive), for use inside other kernels.

    Args:
        source: int, number of a node. limit: int32 milliseconds.
        starts, arcs: of a `Graph`.
        distance: int32 (nodes,), all NEVER on entry. The times on return, NEVER elsewhere: the caller puts NEVER back
            at the nodes in `reached`.
        first: int32 (buckets,), all -1 on entry and on return.
        reached: int32 (nodes,), the nodes reached on return, the source first, the rest in no order.
        pool: int32 (any, 3), work space; a larger one is returned when it was too small.

    Returns:
        How many were reached, and the pool.
    """
    mask = len(first) - 1
    distance[source] = 0
    reached[0] = source
    count = 1
    pool[0, 0], pool[0, 1], pool[0, 2] = source, 0, -1  # node, its time when put here, the next in its bucket
    first[0] = 0
    used = 1
    live = 1
    now = 0
    while live > 0:
        entry = first[now & mask]
        if entry < 0:
            now += 1
            continue
        node, time = pool[entry, 0], pool[entry, 1]
        first[now & mask] = pool[entry, 2]
        live -= 1
        if time != distance[node]:
            continue  # a better way to it has turned up since
        begin, end = starts[node], starts[node + 1]
        if used + end - begin > len(pool):
            larger = np.empty((2 * len(pool) + end - begin, 3), np.int32)
            for k in range(used):  # a loop and not a slice: that compiles in a tenth of the time
                larger[k, 0], larger[k, 1], larger[k, 2] = pool[k, 0], pool[k, 1], pool[k, 2]
            pool = larger
        for arc in range(begin, end):
            cost = arcs[arc, 1]
            if cost > limit - time:
                continue
            head = arcs[arc, 0]
            new = time + cost
            old = distance[head]
            if new < old:
                if old == NEVER:
                    reached[count] = head
                    count += 1
                distance[head] = new
                bucket = (new >> WIDTH) & mask
                pool[used, 0], pool[used, 1], pool[used, 2] = head, new, first[bucket]
                first[bucket] = used
                used += 1
                live += 1
    return count, pool


@compiled
def _block(
    sources: NDArray[np.int32],
    limit: np.int32,
    starts: NDArray[np.int32],
    arcs: NDArray[np.int32],
    buckets: int,
    hanging: Hanging,
    position: NDArray[np.int32],
    order: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """`settle` for each source; what is found of the targets."""
    distance = np.full(len(position), NEVER, np.int32)
    first = np.full(buckets, -1, np.int32)
    reached = np.empty(len(position), np.int32)
    pool = np.empty((4096, 3), np.int32)
    seen = np.full(len(hanging.ends) - 1, -1, np.int32)
    begins = np.zeros(len(sources) + 1, np.int64)
    targets, times = np.empty(1 << 16, np.int32), np.empty(1 << 16, np.int32)
    pairs = np.empty(len(position) if order < 2 else 0, np.int64)  # target and time in one number, to be sorted
    size = 0
    for i in range(len(sources)):
        if sources[i] >= 0 and limit >= 0:
            count, pool = settle(sources[i], limit, starts, arcs, distance, first, reached, pool)
            if len(hanging.node):
                count = follow(hanging, limit, distance, reached, count, seen, i)
            if size + count > len(targets):
                room = 2 * len(targets) + count
                more_targets, more_times = np.empty(room, np.int32), np.empty(room, np.int32)
                for k in range(size):
                    more_targets[k], more_times[k] = targets[k], times[k]
                targets, times = more_targets, more_times
            begin = size
            for k in range(count):
                node = reached[k]
                if position[node] >= 0:
                    targets[size], times[size] = position[node], distance[node]
                    size += 1
                distance[node] = NEVER
            if order < 2:
                high, low = (times, targets) if order == 1 else (targets, times)
                for k in range(begin, size):
                    pairs[k - begin] = (np.int64(high[k]) << 32) | low[k]
                pairs[: size - begin].sort()
                for k in range(begin, size):
                    high[k], low[k] = pairs[k - begin] >> 32, pairs[k - begin] & 0xFFFFFFFF
        begins[i + 1] = size
    return begins, targets[:size], times[:size]
