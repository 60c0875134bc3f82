"""Places beside the street, gathered at the street node they are reached from.

A search ends at street nodes, of which a city has thousands; the places behind each, perhaps millions, are then looked
up by how far they are from it. Times are the same to the millisecond as if each place were a node.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genderlens.access.search import Reach

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Beside:
    """Places sorted by street node, and at each from the nearest to the farthest."""

    nodes: NDArray[np.int32]  # (nodes,) the street nodes, ascending
    starts: NDArray[np.int64]  # (nodes + 1,)
    walks: NDArray[np.int32]  # (places,) milliseconds from the node
    amounts: Floats  # (places,)

    @classmethod
    def of(cls, node: NDArray[np.int32], walk: NDArray[np.int32], amount: Floats) -> Beside:
        """From the node of each place, the milliseconds from it and the amount there; a place with node -1 is none."""
        placed = node >= 0
        node, walk, amount = node[placed], walk[placed], amount[placed]
        order = np.lexsort((walk, node))
        nodes, first = np.unique(node[order], return_index=True)
        return cls(nodes, np.append(first, len(order)), walk[order], amount[order])

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """A place's node and walk in one number, ascending: one search finds the last in time at a node."""
        node: NDArray[np.int64] = np.repeat(np.arange(len(self.nodes)), np.diff(self.starts))
        return (node << 32) | self.walks

    @cached_property
    def upto(self) -> Floats:
        """All amounts before each place, shape (places + 1,)."""
        return np.concatenate([[0.0], np.cumsum(self.amounts)])

    def within(self, reach: Reach, limit: int) -> Floats:
        """How much each source of a search to `nodes` reaches within `limit` milliseconds, shape (sources,)."""
        left = limit - reach.times.astype(np.int64)
        last = np.searchsorted(self.keys, (reach.targets.astype(np.int64) << 32) + np.maximum(left, -1), side="right")
        first = self.starts[reach.targets]
        here = np.where(left >= 0, self.upto[np.maximum(last, first)] - self.upto[first], 0.0)
        return np.where(reach.known, np.bincount(reach.sources, here, minlength=len(reach.known)), np.nan)

    def each(self, reach: Reach, limit: int) -> Reach:
        """A search to `nodes` as one to the places behind them, `targets` their positions in `walks`."""
        counts = np.diff(self.starts)[reach.targets]
        pair = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(pair)) - (np.cumsum(counts) - counts)[pair] + self.starts[reach.targets][pair]
        times = reach.times[pair].astype(np.int64) + self.walks[place]
        near = times <= limit
        found = np.bincount(reach.sources[pair[near]], minlength=len(reach.known))
        starts = np.concatenate([[0], np.cumsum(found)]).astype(np.int64)
        return Reach(starts, place[near].astype(np.int32), times[near].astype(np.int32), reach.known)


def later(reach: Reach, walks: NDArray[np.int32], limit: int) -> Reach:
    """A search whose sources stand so many milliseconds from their street node, shape (sources,)."""
    times = reach.times.astype(np.int64) + walks[reach.sources]
    near = times <= limit
    starts = np.concatenate([[0], np.cumsum(near)])[reach.starts]
    return Reach(starts, reach.targets[near], times[near].astype(np.int32), reach.known)
