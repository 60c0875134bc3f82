"""The search for rides: one pass over the connections of a day answers every departure of a place.

A connection scan (Dibbelt, Pasquet, Strasser and Wagner, "Connection Scan Algorithm", ACM JEA 2018) that keeps for
each stop and vehicle not how early one is there, but how late one may have left: whoever left later and is there as
early needs no second look. Turned round in time, the same search tells who gets to a place by a given minute.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled
from genderlens.access.timetable import Connections

FAR = 1 << 30  # milliseconds; any time of day plus any walk is less
NONE = 255  # slices: not within the limit


class Walks(NamedTuple):
    """From row `i`, `starts[i]:starts[i + 1]` can be walked to: where, and in how many milliseconds, nearest first."""

    starts: NDArray[np.int64]
    targets: NDArray[np.int32]
    ms: NDArray[np.int32]


class Changes(NamedTuple):
    """From stop `i` one can change at `starts[i]:starts[i + 1]`: where, in how many milliseconds, how many of them on
    foot; quickest first."""

    starts: NDArray[np.int64]
    targets: NDArray[np.int32]
    ms: NDArray[np.int32]
    walked: NDArray[np.int32]


class Rides(NamedTuple):
    """A timetable with the walks around its stops, in one direction of time."""

    connections: Connections
    fare: NDArray[np.int32]  # (trips,) class
    changes: Changes  # stop to stop
    egress: Walks  # stop to target
    then: NDArray[np.int32]  # (states, classes, options), see fares.Purse


@compiled
def sweep(
    rides: Rides,
    state: int,
    accepted: NDArray[np.bool_],
    access: NDArray[np.int32],
    direct: NDArray[np.int32],
    first: int,
    slots: int,
    slice_ms: int,
    limit: int,
    lasts: NDArray[np.uint8],
) -> None:
    """How many slices, rounded up, it takes to each target from each departure: slot `k` leaves at first + k * slice.

    One starts in fare state `state`, walks to a stop in `access` (stops,) or all the way in `direct` (targets,)
    milliseconds, FAR where one does not, and may end in any state that is `accepted` (states,). Writes `lasts` (slots,
    targets): NONE where it takes more than `limit` milliseconds.
    """
    departs, arrives = rides.connections.departs, rides.connections.arrives
    origin, target, trip = rides.connections.origin, rides.connections.target, rides.connections.trip
    boards, alights = rides.connections.boards, rides.connections.alights
    states, stops, targets = rides.then.shape[0], len(access), len(direct)
    ready = np.full((states, stops, slots), FAR, np.int32)  # having left in the slot, when one can get on
    latest = np.full((states, stops), -1, np.int32)  # slot of whoever left last among those who can get on
    soonest = np.full((states, stops), FAR, np.int32)  # when the next of those not yet there can get on
    off = np.full((stops, slots), FAR, np.int32)  # when one can have got off
    used = np.zeros(stops, np.bool_)
    there = np.full((targets, slots), FAR, np.int32)
    aboard = np.full((states, len(rides.fare)), -1, np.int32)  # the latest slot in which one may have left
    off_slot = np.full((states, stops), -1, np.int32)  # of whoever left last among those who got off: slot and time
    off_time = np.full((states, stops), FAR, np.int32)
    oldest, newest = 0, -1  # slots: who left before is late everywhere, who leaves after has not left yet
    for j in range(np.searchsorted(departs, first), len(departs)):
        time = departs[j]
        while first + oldest * slice_ms + limit < time:
            oldest += 1
        while newest < slots - 1 and first + (newest + 1) * slice_ms <= time:
            newest += 1
        if oldest >= slots:
            break
        run = trip[j]
        if boards[j]:
            stop = origin[j]
            for q in range(states):
                slot = latest[q, stop]
                if q == state and access[stop] < FAR:
                    slot = max(slot, min(slots - 1, (time - access[stop] - first) // slice_ms))
                if soonest[q, stop] <= time:
                    pending = FAR
                    for k in range(newest, max(slot, oldest - 1), -1):
                        if ready[q, stop, k] <= time:
                            slot = k
                            break
                        pending = min(pending, ready[q, stop, k])
                    soonest[q, stop] = pending
                latest[q, stop] = slot
                if slot >= oldest:
                    for option in range(rides.then.shape[2]):
                        p = rides.then[q, rides.fare[run], option]
                        if p >= 0 and aboard[p, run] < slot:
                            aboard[p, run] = slot
        if alights[j]:
            time = arrives[j]
            stop = target[j]
            for q in range(states):
                slot = aboard[q, run]
                if slot < oldest or (slot <= off_slot[q, stop] and time >= off_time[q, stop]):
                    continue
                if slot > off_slot[q, stop] or time < off_time[q, stop]:
                    off_slot[q, stop] = slot
                    off_time[q, stop] = time
                left = first + slot * slice_ms + limit - time
                for i in range(rides.changes.starts[stop], rides.changes.starts[stop + 1]):
                    if rides.changes.ms[i] > left:
                        break
                    other = rides.changes.targets[i]
                    at = time + rides.changes.ms[i]
                    ready[q, other, slot] = min(ready[q, other, slot], at)
                    soonest[q, other] = min(soonest[q, other], at)
                if accepted[q]:
                    off[stop, slot] = min(off[stop, slot], time)
                    used[stop] = True
    for stop in range(stops):  # all slots side by side: the processor takes many at once
        if used[stop]:
            left_at = off[stop]
            for i in range(rides.egress.starts[stop], rides.egress.starts[stop + 1]):
                arrived, ms = there[rides.egress.targets[i]], rides.egress.ms[i]
                for slot in range(slots):
                    arrived[slot] = min(arrived[slot], left_at[slot] + ms)
    for i in range(targets):
        straight = direct[i] if accepted[state] else FAR
        best = FAR
        for slot in range(slots - 1, -1, -1):  # whoever may leave later may leave now
            best = min(best, there[i, slot])
            took = min(best - first - slot * slice_ms, straight)
            # Of numbers so small the quotient of floats is exact, and quicker than that of integers.
            lasts[slot, i] = np.uint8(np.ceil(took / slice_ms)) if took <= limit else NONE
