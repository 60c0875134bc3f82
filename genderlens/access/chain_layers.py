"""Care chains by two layers of the same streets: one before the care stop, one after it.

At every care place the first layer leads up into the second, which then holds how much of the time is used up. Its
cost depends on the streets in reach and not on how many places there are, so it wins when these are many.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genderlens.access.batches import FAR, LANES, Streets, cut_out, nearest_first, spread
from genderlens.access.chain_rules import ANY, ASSIGNED, Care, Rules, Sites, remaining, within
from genderlens.access.compiled import compiled


@compiled
def climb(
    count: int,
    order: NDArray[np.int32],
    times: NDArray[np.int32],
    care: Care,
    rules: Rules,
    departs: int,
    assigned: NDArray[np.int32],
    first: int,
    lanes: int,
    used: NDArray[np.int32],
    changed: NDArray[np.uint8],
    stops: NDArray[np.int32],
    number: int,
) -> None:
    """Where the second layer is entered, and with how much of the time used up.

    The homes are `first` and the `lanes` - 1 after it; their care places are counted in column `number` of `stops`.
    """
    longest = min(rules.limit - rules.dwell, rules.cap)
    best = np.full(lanes, np.int64(1) << 62)
    chosen = np.full(lanes, -1)
    entry = np.empty(lanes, np.int64)
    for i in range(count):
        for place in range(care.starts[order[i]], care.starts[order[i] + 1]):
            rank = int(care.rank[place])
            for lane in range(lanes):
                walked = int(times[i, lane])
                if walked > longest or (rules.choice == ASSIGNED and assigned[first + lane] != rank):
                    continue
                left = remaining(walked, care.opens[place], care.closes[place], departs, rules)
                if rules.choice != ANY:
                    if (walked << 31) + rank < best[lane]:
                        best[lane] = (walked << 31) + rank
                        chosen[lane] = i
                        entry[lane] = left
                elif left >= 0:
                    stops[first + lane, number] += care.places[place]
                    used[i, lane] = min(int(used[i, lane]), longest - left)
                    changed[i] = 1
    for lane in range(lanes):
        if chosen[lane] >= 0 and entry[lane] >= 0:
            stops[first + lane, number] += 1
            used[chosen[lane], lane] = longest - entry[lane]
            changed[chosen[lane]] = 1


@compiled
def add_up(
    count: int,
    order: NDArray[np.int32],
    times: NDArray[np.int32],
    bound: int,
    sites: Sites,
    total: NDArray[np.int64],
    first: int,
    lanes: int,
    number: int,
) -> None:
    """Adds the work within `bound` to column `number` of `total`, for the home `first` and the `lanes` - 1 after it."""
    for i in range(count):
        spot = order[i]
        if sites.starts[spot] < sites.starts[spot + 1]:
            for lane in range(lanes):
                left = bound - times[i, lane]
                if left >= 0:
                    total[first + lane, number] += within(sites, spot, left)


@compiled
def fill(times: NDArray[np.int32], count: int) -> None:
    for i in range(count):  # a loop and not a slice: it compiles in a tenth of the time
        for lane in range(times.shape[1]):
            times[i, lane] = FAR


@compiled
def by_layers(
    streets: Streets,
    homes: NDArray[np.int32],
    assigned: NDArray[np.int32],
    care: Care,
    sites: Sites,
    departures: NDArray[np.int64],
    rules: Rules,
    chained: bool,
    direct: NDArray[np.int64],
    chain: NDArray[np.int64],
    stops: NDArray[np.int32],
) -> None:
    """Fills `direct` (homes, 1), and `chain` and `stops` (homes, departures) where `chained`. Homes are nodes."""
    nodes = len(streets.starts) - 1
    arcs = len(streets.arcs)
    nearest = np.full(nodes, FAR, np.int32)
    order = np.empty(nodes, np.int32)
    place = np.empty(nodes, np.int32)
    heap = np.empty(arcs + LANES + 1, np.int64)
    part = Streets(np.empty(nodes + 1, np.int32), np.empty((arcs, 2), np.int32))
    times = np.empty((nodes, LANES), np.int32)
    used = np.empty((nodes, LANES), np.int32)
    changed = np.zeros(nodes, np.uint8)
    bound = min(rules.limit, rules.cap)
    longest = min(rules.limit - rules.dwell, rules.cap)
    for first in range(0, len(homes), LANES):
        lanes = min(LANES, len(homes) - first)
        count = nearest_first(streets, homes[first : first + lanes], bound, nearest, order, heap)
        cut_out(streets, count, bound, order, nearest, place, part)
        fill(times, count)
        for lane in range(lanes):
            times[place[homes[first + lane]], lane] = 0
            changed[place[homes[first + lane]]] = 1
        spread(part, count, times, changed)
        add_up(count, order, times, bound, sites, direct, first, lanes, 0)
        if chained and longest >= 0:
            for number in range(len(departures)):
                fill(used, count)
                climb(
                    count, order, times, care, rules, departures[number], assigned, first, lanes,
                    used, changed, stops, number,
                )  # fmt: skip
                spread(part, count, used, changed)
                add_up(count, order, used, longest, sites, chain, first, lanes, number)
        for i in range(count):
            nearest[order[i]] = FAR
