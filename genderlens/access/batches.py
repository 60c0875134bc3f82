"""Sixteen origins searched at once: neighbours see nearly the same streets in nearly the same order.

One search from all of them together gives the streets that any of them reaches, nearest first. In that order each
arc is then walked for the sixteen side by side, in the wide registers of the processor; a street whose time got
shorter is walked again, before any farther one, until nothing changes. What remains are exact shortest times.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled

LANES = 16
FAR = 1 << 29  # milliseconds: six days. Two of them still fit into 32 bits.


class Streets(NamedTuple):
    """The arrays of a `search.Graph`: the arcs out of node `i` are `starts[i]:starts[i + 1]`."""

    starts: NDArray[np.int32]  # (nodes + 1,)
    arcs: NDArray[np.int32]  # (arcs, 2): head, milliseconds


@compiled
def both_ways(streets: Streets) -> bool:
    """Whether every arc has one back that takes as long, so that the way back is always as long as the way there.

    Yes is certain; where there are parallel arcs, no need not be right.
    """
    for node in range(len(streets.starts) - 1):
        for arc in range(streets.starts[node], streets.starts[node + 1]):
            head, back = streets.arcs[arc, 0], False
            for other in range(streets.starts[head], streets.starts[head + 1]):
                if streets.arcs[other, 0] == node and streets.arcs[other, 1] == streets.arcs[arc, 1]:
                    back = True
            if not back:
                return False
    return True


@compiled
def nearest_first(
    streets: Streets,
    sources: NDArray[np.int32],
    bound: int,
    times: NDArray[np.int32],
    order: NDArray[np.int32],
    heap: NDArray[np.int64],
) -> int:
    """Dijkstra's search from all `sources` at once: how many nodes lie within `bound` of any.

    `times` (nodes,) must come full of FAR; it and `order` hold the answer. `heap` has room for one more than there
    are arcs and sources. An entry is time and node in one number.
    """
    size = 0
    count = 0
    for source in sources:
        if times[source] != 0:
            times[source] = 0
            heap[size] = source
            size += 1
    while size:
        top = heap[0]
        size -= 1
        last = heap[size]
        hole = 0
        while True:
            child = 4 * hole + 1
            if child >= size:
                break
            least = child
            for other in range(child + 1, min(child + 4, size)):
                if heap[other] < heap[least]:
                    least = other
            if heap[least] >= last:
                break
            heap[hole] = heap[least]
            hole = least
        heap[hole] = last
        time = top >> 32
        node = top & 0xFFFFFFFF
        if time > times[node]:
            continue
        order[count] = node
        count += 1
        for arc in range(streets.starts[node], streets.starts[node + 1]):
            head = streets.arcs[arc, 0]
            later = time + streets.arcs[arc, 1]
            if later <= bound and later < times[head]:
                times[head] = later
                entry = (later << 32) | head
                hole = size
                size += 1
                while hole > 0:
                    parent = (hole - 1) >> 2
                    if heap[parent] <= entry:
                        break
                    heap[hole] = heap[parent]
                    hole = parent
                heap[hole] = entry
    return count


@compiled
def cut_out(
    streets: Streets,
    count: int,
    bound: int,
    order: NDArray[np.int32],
    times: NDArray[np.int32],
    place: NDArray[np.int32],
    part: Streets,
) -> None:
    """The streets among the first `count` nodes of `order`, renumbered in that order, into `part`.

    Arcs longer than `bound` stay out: with FAR they might be more than 32 bits hold.
    """
    for i in range(count):
        place[order[i]] = i
    arcs = 0
    for i in range(count):
        part.starts[i] = arcs
        for arc in range(streets.starts[order[i]], streets.starts[order[i] + 1]):
            head = streets.arcs[arc, 0]
            if times[head] < FAR and streets.arcs[arc, 1] <= bound:
                part.arcs[arcs, 0] = place[head]
                part.arcs[arcs, 1] = streets.arcs[arc, 1]
                arcs += 1
    part.starts[count] = arcs


@compiled
def spread(part: Streets, count: int, times: NDArray[np.int32], changed: NDArray[np.uint8]) -> int:
    """Shortest `times` (nodes, lanes) from those of the `changed` nodes; how many nodes were walked from.

    The nearest changed node is always next, so that far streets wait until the near ones are certain.
    """
    work = 0
    node = 0
    lanes = times.shape[1]  # not the constant: a loop of known length would not be put into wide registers
    while node < count:
        if not changed[node]:
            node += 1
            continue
        changed[node] = 0
        work += 1
        here = times[node]
        following = node + 1
        for arc in range(part.starts[node], part.starts[node + 1]):
            head = part.arcs[arc, 0]
            cost = part.arcs[arc, 1]
            there = times[head]
            shorter = 0
            for lane in range(lanes):
                shorter += np.int32(here[lane] + cost) < there[lane]
            if shorter:
                for lane in range(lanes):
                    later = np.int32(here[lane] + cost)
                    there[lane] = later if later < there[lane] else there[lane]
                changed[head] = 1
                following = min(following, int(head))
        node = following
    return work
