"""The street nodes that a reduction took away, and how the times to them follow from those that were kept.

Nodes taken away because they joined at most two others hang together in groups: a chain between two corners, or a dead
end with its branches. A group hangs at one or two of the nodes kept, so it is looked at only when one of those was
reached, and then in one pass over memory that is read in order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled
from genderlens.access.reduction import NEVER


class Hanging(NamedTuple):
    """Numbers below `kept` are nodes kept; `kept` + i is the node i of those taken away."""

    node: NDArray[np.int32]  # (away,) which node of the network each is
    ends: NDArray[np.int32]  # (groups + 1,) the nodes of each group
    at: NDArray[np.int32]  # (kept + 1,) the groups at each node kept, in `groups`
    groups: NDArray[np.int32]
    ways: NDArray[np.int32]  # (away, 2, 2) the nodes it is reached from, all worked out before it, and milliseconds


NOTHING = Hanging(
    np.zeros(0, np.int32), np.zeros(1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32),
    np.zeros((0, 2, 2), np.int32),
)  # fmt: skip


def hang(
    number: NDArray[np.int32],
    taken: NDArray[np.int32],
    before: NDArray[np.int32],
    took: NDArray[np.int32],
) -> Hanging:
    """What hangs where.

    Args:
        number: (nodes,) number of each node kept, -1 for the others.
        taken: (away,) the nodes taken away, in that order.
        before, took: (nodes, 3) the nodes each was reached from when it was taken away, and milliseconds; -1 for none.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    kept, away = int((number >= 0).sum()), len(taken)
    nodes, own, spent = len(number), before[taken][:, :2], took[taken][:, :2]
    rank = np.full(nodes, -1, np.int64)
    rank[taken] = np.arange(away)
    # Two nodes taken away are in one group when one was reached from the other.
    mine, slot = np.nonzero((own >= 0) & (number[own] < 0))
    pairs = csr_array((np.ones(len(mine), np.int8), (mine, rank[own[mine, slot]])), shape=(away, away))
    count, group = connected_components(pairs, directed=False)
    # Groups in the order of the nodes they hang at, and within a group those taken away last first.
    mine, slot = np.nonzero((own >= 0) & (number[own] >= 0))
    first = np.full(count, nodes, np.int64)
    np.minimum.at(first, group[mine], number[own[mine, slot]])
    place = np.empty(count, np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(count)
    group = place[group]
    order = np.lexsort((-np.arange(away), group))
    ends = np.searchsorted(group[order], np.arange(count + 1)).astype(np.int32)
    combined = number.copy()
    combined[taken[order]] = kept + np.arange(away, dtype=np.int32)
    ways = np.stack([np.where(own >= 0, combined[own], -1), spent], axis=2)[order].astype(np.int32)
    hangs = np.unique(np.stack([number[own[mine, slot]], group[mine]], axis=1), axis=0)
    at = np.searchsorted(hangs[:, 0], np.arange(kept + 1)).astype(np.int32)
    return Hanging(taken[order].astype(np.int32), ends, at, hangs[:, 1].astype(np.int32), np.ascontiguousarray(ways))


@compiled
def follow(
    hanging: Hanging,
    limit: np.int32,
    distance: NDArray[np.int32],
    reached: NDArray[np.int32],
    count: int,
    seen: NDArray[np.int32],
    stamp: int,
) -> int:
    """Times within `limit` to what hangs at the `count` nodes reached, added to `distance` and `reached`.

    `seen` (groups,) tells with `stamp` which groups were looked at for this source. Returns how many are reached now.
    """
    kept = len(hanging.at) - 1
    total = count
    for i in range(count):
        for k in range(hanging.at[reached[i]], hanging.at[reached[i] + 1]):
            group = hanging.groups[k]
            if seen[group] == stamp:
                continue
            seen[group] = stamp
            for away in range(hanging.ends[group], hanging.ends[group + 1]):
                best = NEVER
                for way in range(2):
                    node = hanging.ways[away, way, 0]
                    if node >= 0:
                        time = distance[node]
                        if time <= limit and hanging.ways[away, way, 1] <= limit - time:
                            best = min(best, np.int32(time + hanging.ways[away, way, 1]))
                if best <= limit:
                    distance[kept + away] = best
                    reached[total] = kept + away
                    total += 1
    return total
