"""Care chains by lists: for each care place, the homes and the work around it, nearest first.

One search from each care place (and one to it, where streets are one-way) gives the lists; a home then reads the work
list of each of its care places as far as the time that is left goes. It wins while care places are few. Where lists
overlap much, their beginnings are also kept as bitsets, one for every so many entries, and joined by the word.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.chain_rules import ANY, ASSIGNED, Care, Rules, Sites, past, remaining, within
from genderlens.access.compiled import compiled

BITS = 64


class Lists(NamedTuple):
    """Sparse rows: those of row `i` are `starts[i]:starts[i + 1]`."""

    starts: NDArray[np.int64]  # (rows + 1,)
    items: NDArray[np.int32]
    times: NDArray[np.int32]  # milliseconds


class Prefixes(NamedTuple):
    """The first `step`, `2 * step`, ... items of each list as bits: level `k` of row `i` is `starts[i] + k - 1`."""

    step: int
    starts: NDArray[np.int64]  # (rows + 1,)
    bits: NDArray[np.uint64]  # (levels, words)


@compiled
def prefixes(work: Lists, words: int, step: int) -> Prefixes:
    """The beginnings of every list as bitsets."""
    rows = len(work.starts) - 1
    starts = np.zeros(rows + 1, np.int64)
    for row in range(rows):
        starts[row + 1] = starts[row] + (work.starts[row + 1] - work.starts[row]) // step
    bits = np.zeros((starts[rows], words), np.uint64)
    for row in range(rows):
        for level in range(starts[row], starts[row + 1]):
            if level > starts[row]:
                for word in range(words):  # loops and no slices: they compile in a tenth of the time
                    bits[level, word] = bits[level - 1, word]
            begin = work.starts[row] + (level - starts[row]) * step
            for entry in range(begin, begin + step):
                item = work.items[entry]
                bits[level, item >> 6] |= np.uint64(1) << np.uint64(item & 63)
    return Prefixes(step, starts, bits)


@compiled
def reached_through(
    begin: int, end: int, near: Lists, care: Care, rules: Rules, departs: int, assigned: int, left: NDArray[np.int64]
) -> int:
    """For the care nodes `begin:end` of a home: the walking time `left` after the stop, negative where there is none.

    Gives how many places serve.
    """
    stops = 0
    chosen, walked_chosen, rank_chosen = -1, 0, 0
    for entry in range(begin, end):
        spot, walked = near.items[entry], int(near.times[entry])
        left[entry - begin] = -1
        for place in range(care.starts[spot], care.starts[spot + 1]):
            rank = int(care.rank[place])
            if rules.choice == ASSIGNED and assigned != rank:
                continue
            after = remaining(walked, care.opens[place], care.closes[place], departs, rules)
            if rules.choice == ANY:
                left[entry - begin] = max(left[entry - begin], after)
                stops += care.places[place] if after >= 0 else 0
            elif chosen < 0 or walked < walked_chosen or (walked == walked_chosen and rank < rank_chosen):
                if chosen >= 0:
                    left[chosen] = -1
                chosen, walked_chosen, rank_chosen = entry - begin, walked, rank
                left[chosen] = after
                stops = 1 if after >= 0 else 0
    return stops


@compiled
def by_lists(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    near: Lists,
    work: Lists,
    assigned: NDArray[np.int32],
    care: Care,
    sites: Sites,
    departures: NDArray[np.int64],
    rules: Rules,
    chain: NDArray[np.int64],
    stops: NDArray[np.int32],
) -> None:
    """Fills `chain` and `stops` (homes, departures). A home's care nodes are `near`'s entries `starts:ends`.

    The items of `work` are the spots of `sites`.
    """
    most = np.full(len(sites.starts), -1, np.int32)  # the time left at each spot, by the best way
    reached = np.empty(len(sites.starts), np.int32)
    left = np.empty(len(care.starts), np.int64)
    for number in range(len(departures)):
        for home in range(len(assigned)):
            begin, end = starts[home], ends[home]
            stops[home, number] = reached_through(
                begin, end, near, care, rules, departures[number], assigned[home], left
            )
            count = 0
            for entry in range(begin, end):
                spot, after = near.items[entry], left[entry - begin]
                for item in range(work.starts[spot], work.starts[spot + 1]):
                    rest = after - work.times[item]
                    if rest < 0:
                        break
                    site = work.items[item]
                    if rest > most[site]:
                        if most[site] < 0:
                            reached[count] = site
                            count += 1
                        most[site] = rest
            total = 0
            for i in range(count):
                site = reached[i]
                total += within(sites, site, most[site])
                most[site] = -1
            chain[home, number] = total


@compiled
def by_bitsets(
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    near: Lists,
    work: Lists,
    begun: Prefixes,
    assigned: NDArray[np.int32],
    care: Care,
    amounts: NDArray[np.int64],
    departures: NDArray[np.int64],
    rules: Rules,
    chain: NDArray[np.int64],
    stops: NDArray[np.int32],
) -> None:
    """As `by_lists`: joins the longest beginning within the time left, and reads on from there.

    The items of `work` are doors, with their `amounts`.
    """
    words = begun.bits.shape[1]
    reached = np.empty(words, np.uint64)
    left = np.empty(len(care.starts), np.int64)
    for number in range(len(departures)):
        for home in range(len(assigned)):
            begin, finish = starts[home], ends[home]
            stops[home, number] = reached_through(
                begin, finish, near, care, rules, departures[number], assigned[home], left
            )
            for word in range(words):
                reached[word] = 0
            for entry in range(begin, finish):
                spot, after = near.items[entry], left[entry - begin]
                if after < 0:
                    continue
                first, last = work.starts[spot], work.starts[spot + 1]
                end = past(work.times, first, last, after)
                level = (end - first) // begun.step
                if level:
                    row = begun.starts[spot] + level - 1
                    for word in range(words):
                        reached[word] |= begun.bits[row, word]
                for item in range(first + level * begun.step, end):
                    door = work.items[item]
                    reached[door >> 6] |= np.uint64(1) << np.uint64(door & 63)
            total = 0
            for word in range(words):
                rest = reached[word]
                if rest:
                    for bit in range(BITS):
                        if rest >> np.uint64(bit) & np.uint64(1):
                            total += amounts[word * BITS + bit]
            chain[home, number] = total
