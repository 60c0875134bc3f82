"""A street graph with fewer nodes and the same shortest times between those that are left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled

NEVER = np.int32(2**31 - 1)  # the time to what was not reached


@compiled
def reduce_arcs(
    fixed: NDArray[np.bool_],
    tails: NDArray[np.int32],
    heads: NDArray[np.int32],
    costs: NDArray[np.int32],
    joins: int,
) -> tuple[
    NDArray[np.bool_],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]],
]:
    """Take away nodes that are not `fixed` and join at most `joins` others, putting arcs between those in their place.

    Arcs live in slots; a node's arcs out and in are linked lists of slots. A node taken away frees at least as many
    slots as its replacement needs (with at most three neighbours), so there are never more than at the start.

    Returns:
        Which nodes are left; the tails (-1: no arc), heads and costs of the arcs between them; and of those taken away
        the nodes in that order, and by node (nodes, 3) from where it was reached then and in how many milliseconds.
    """
    nodes, arcs = len(fixed), len(tails)
    tail, head, cost = np.full(arcs, -1, np.int32), np.empty(arcs, np.int32), np.empty(arcs, np.int32)
    after_out, after_in = np.empty(arcs, np.int32), np.empty(arcs, np.int32)
    first_out, first_in = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    free, frees = np.empty(arcs, np.int32), arcs
    for k in range(arcs):
        free[k] = arcs - 1 - k
    for k in range(arcs):
        frees = _join(
            tails[k], heads[k], costs[k], tail, head, cost, after_out, after_in, first_out, first_in, free, frees
        )
    stays = np.ones(nodes, np.bool_)
    near = np.empty(4, np.int32)
    taken, away = np.empty(nodes, np.int32), 0
    before, took = np.full((nodes, 3), -1, np.int32), np.full((nodes, 3), -1, np.int32)
    # Two rounds, so that long chains are gone before any node with three neighbours is looked at.
    for most in range(min(joins, 2), joins + 1):
        if most == 0:
            break
        line = np.empty(nodes, np.int32)  # a ring of candidates, each in it at most once
        waits = np.ones(nodes, np.bool_)
        for k in range(nodes):
            line[k] = k
        begin, waiting = 0, nodes
        while waiting > 0:
            node = line[begin]
            begin = (begin + 1) % nodes
            waiting -= 1
            waits[node] = False
            if fixed[node] or not stays[node]:
                continue
            others = 0
            for k in range(2):
                slot = first_out[node] if k == 0 else first_in[node]
                while slot >= 0 and others <= most:
                    other = head[slot] if k == 0 else tail[slot]
                    new = True
                    for m in range(others):
                        if near[m] == other:
                            new = False
                    if new:
                        if others < 4:
                            near[others] = other
                        others += 1
                    slot = after_out[slot] if k == 0 else after_in[slot]
            if others > most:
                continue
            stays[node] = False
            taken[away] = node
            away += 1
            # Its arcs leave the lists of its neighbours and keep their own links until they are replaced.
            slot, ways = first_in[node], 0
            while slot >= 0:
                before[node, ways], took[node, ways] = tail[slot], cost[slot]
                ways += 1
                _unlink(tail[slot], slot, first_out, after_out)
                slot = after_in[slot]
            slot = first_out[node]
            while slot >= 0:
                _unlink(head[slot], slot, first_in, after_in)
                slot = after_out[slot]
            comes, goes = first_in[node], first_out[node]
            # The slots are free only after their costs have been read, so what replaces them is worked out first.
            new_tails, new_heads, new_costs = np.empty(9, np.int32), np.empty(9, np.int32), np.empty(9, np.int32)
            news = 0
            into = comes
            while into >= 0:
                out = goes
                while out >= 0:
                    total = np.int64(cost[into]) + np.int64(cost[out])
                    if tail[into] != head[out] and total < NEVER:
                        new_tails[news], new_heads[news], new_costs[news] = tail[into], head[out], total
                        news += 1
                    out = after_out[out]
                into = after_in[into]
            while comes >= 0:
                tail[comes] = -1
                free[frees] = comes
                frees += 1
                comes = after_in[comes]
            while goes >= 0:
                tail[goes] = -1
                free[frees] = goes
                frees += 1
                goes = after_out[goes]
            for k in range(news):
                frees = _join(
                    new_tails[k], new_heads[k], new_costs[k],
                    tail, head, cost, after_out, after_in, first_out, first_in, free, frees,
                )  # fmt: skip
            for k in range(others):
                if not waits[near[k]]:
                    waits[near[k]] = True
                    line[(begin + waiting) % nodes] = near[k]
                    waiting += 1
    return stays, tail, head, cost, (taken[:away], before, took)


@compiled
def _join(
    from_: np.int32,
    to: np.int32,
    ms: np.int32,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    cost: NDArray[np.int32],
    after_out: NDArray[np.int32],
    after_in: NDArray[np.int32],
    first_out: NDArray[np.int32],
    first_in: NDArray[np.int32],
    free: NDArray[np.int32],
    frees: int,
) -> int:
    """Put an arc in, or shorten the one that is there. Returns how many slots are free then."""
    slot = first_out[from_]
    while slot >= 0:
        if head[slot] == to:
            cost[slot] = min(cost[slot], ms)
            return frees
        slot = after_out[slot]
    slot = free[frees - 1]
    tail[slot], head[slot], cost[slot] = from_, to, ms
    after_out[slot], after_in[slot] = first_out[from_], first_in[to]
    first_out[from_] = first_in[to] = slot
    return frees - 1


@compiled
def _unlink(node: np.int32, slot: np.int32, first: NDArray[np.int32], after: NDArray[np.int32]) -> None:
    """Take a slot out of a node's list; its own link stays readable."""
    at = first[node]
    if at == slot:
        first[node] = after[slot]
        return
    while after[at] != slot:
        at = after[at]
    after[at] = after[slot]
