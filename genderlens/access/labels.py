"""Every way worth taking, where sooner is not all that counts: walking is capped, or a discount runs out.

A label says: here at this time, having walked so long, with this purse and a ticket until then. It is dropped where
another one is no worse in all four. Connections are looked at as they leave, so a label is complete when it is used
(Dibbelt and others, as `rides`; the Pareto sets are those of Hansen, "Bicriterion Path Problems", 1980). Exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled
from genderlens.access.fares import Purse
from genderlens.access.rides import FAR, Rides, Walks
from genderlens.access.transit_join import leaves

TIME, WALKED, STATE, UNTIL, NEXT, KEY = range(6)
ROOM = 1 << 12


class Stops(NamedTuple):
    """The care places: who gets there from a stop, where one goes from there, and when they are open (slices)."""

    egress: Walks  # stop to care place
    access: Walks  # care place to stop
    direct: Walks  # care place to work
    opens: NDArray[np.int64]  # -1: always
    closes: NDArray[np.int64]


class Bounds(NamedTuple):
    """Milliseconds, and slices for `dwell` and `day`."""

    limit: int
    cap: int
    slice_ms: int
    dwell: int
    day: int


@compiled
def enter(
    pool: NDArray[np.int64],
    count: int,
    heads: NDArray[np.int64],
    key: int,
    time: int,
    walked: int,
    state: int,
    until: int,
    beats: NDArray[np.bool_],
) -> int:
    """Adds a label to the list of `key` unless one there is as good; takes out those that it beats.

    Gives the number of labels in the pool, which must have room for one more.
    """
    before = -1
    at = heads[key]
    while at >= 0:
        label = pool[at]
        if label[TIME] <= time and label[WALKED] <= walked and label[UNTIL] >= until and beats[label[STATE], state]:
            return count
        if label[TIME] >= time and label[WALKED] >= walked and label[UNTIL] <= until and beats[state, label[STATE]]:
            if before < 0:
                heads[key] = label[NEXT]
            else:
                pool[before, NEXT] = label[NEXT]
        else:
            before = at
        at = label[NEXT]
    new = pool[count]
    new[TIME], new[WALKED], new[STATE], new[UNTIL], new[NEXT], new[KEY] = time, walked, state, until, heads[key], key
    heads[key] = count
    return count + 1


@compiled
def roomy(pool: NDArray[np.int64], count: int, more: int) -> NDArray[np.int64]:
    """The pool, with room for so many more labels."""
    if count + more <= len(pool):
        return pool
    larger = np.empty((max(2 * len(pool), count + more), pool.shape[1]), np.int64)
    larger[:count] = pool[:count]
    return larger


@compiled
def follow(
    rides: Rides,
    purse: Purse,
    care: Stops,
    bounds: Bounds,
    departs: int,
    first_stop: NDArray[np.int32],
    first_walk: NDArray[np.int32],
    first_care: NDArray[np.int32],
    care_walk: NDArray[np.int32],
    chain: bool,
    reached: NDArray[np.bool_],
    served: NDArray[np.bool_],
) -> None:
    """Marks the work reached from a home that one leaves at `departs` (milliseconds), and the care places served.

    From home one walks to `first_stop` in `first_walk` and to `first_care` in `care_walk` milliseconds. Without `chain`
    one goes to work directly; the walk all the way is then the caller's.
    """
    links = rides.connections
    stops = len(rides.changes.starts) - 1
    places = len(care.opens)
    # Lists of labels: waiting at stops before and after care, at care places, and just got off, before and after.
    off = 2 * stops + places
    heads = np.full(off + 2 * stops, -1, np.int64)
    pool = np.empty((ROOM, 6), np.int64)
    seats = np.full(2 * len(rides.fare), -1, np.int64)
    aboard = np.empty((ROOM, 6), np.int64)
    count, sitting, looked = 0, 0, 0
    end = departs + bounds.limit
    never = -FAR
    begin = 0 if chain else 1
    pool = roomy(pool, count, len(first_stop) + len(first_care))
    for i in range(len(first_stop)):
        walked = int(first_walk[i])
        if walked <= bounds.cap:
            key = begin * stops + int(first_stop[i])
            count = enter(pool, count, heads, key, departs + walked, walked, 0, never, purse.beats)
    if chain:
        for i in range(len(first_care)):
            place, walked = int(first_care[i]), int(care_walk[i])
            arrives = (departs + walked + bounds.slice_ms - 1) // bounds.slice_ms
            goes = leaves(arrives, care.opens[place], care.closes[place], bounds.dwell, bounds.day) * bounds.slice_ms
            if 0 <= goes <= end and walked <= bounds.cap:
                count = enter(pool, count, heads, 2 * stops + place, goes, walked, 0, never, purse.beats)
    j = np.searchsorted(links.departs, departs)
    while True:
        while looked < count:  # who came to a care place goes on from there
            place = pool[looked, KEY] - 2 * stops
            if 0 <= place < places:
                served[place] = True
                time, walked, state, until = pool[looked, :4]
                pool = roomy(pool, count, care.access.starts[place + 1] - care.access.starts[place])
                for i in range(care.access.starts[place], care.access.starts[place + 1]):
                    more = int(care.access.ms[i])
                    if time + more > end or walked + more > bounds.cap:
                        break
                    key = stops + int(care.access.targets[i])
                    count = enter(pool, count, heads, key, time + more, walked + more, state, until, purse.beats)
                for i in range(care.direct.starts[place], care.direct.starts[place + 1]):
                    if time + care.direct.ms[i] > end or walked + care.direct.ms[i] > bounds.cap:
                        break
                    reached[care.direct.targets[i]] = True
            looked += 1
        if j == len(links.departs) or links.departs[j] > end:
            break
        run = int(links.trip[j])
        fare = rides.fare[run]
        for phase in range(begin, 2):
            seat = phase * len(rides.fare) + run
            at = heads[phase * stops + links.origin[j]] if links.boards[j] else -1
            while at >= 0:
                time, walked, state, until = pool[at, :4]
                at = pool[at, NEXT]
                if time > links.departs[j]:
                    continue
                aboard = roomy(aboard, sitting, purse.then.shape[2])
                for option in range(purse.then.shape[2]):
                    then = int(purse.then[state, fare, option])
                    if then >= 0 and not (purse.needs[state, fare, option] and links.departs[j] > until):
                        new = links.departs[j] + purse.window if purse.starts[state, fare, option] else until
                        sitting = enter(aboard, sitting, seats, seat, 0, walked, then, new, purse.beats)
            if not links.alights[j] or links.arrives[j] > end:
                continue
            stop, time = int(links.target[j]), int(links.arrives[j])
            at = seats[seat]
            while at >= 0:
                walked, state, until = aboard[at, 1:4]
                at = aboard[at, NEXT]
                a, b = rides.changes.starts[stop], rides.changes.starts[stop + 1]
                c, d = care.egress.starts[stop], care.egress.starts[stop + 1]
                pool = roomy(pool, count, b - a + d - c + 1)
                before = count
                count = enter(pool, count, heads, off + phase * stops + stop, time, walked, state, until, purse.beats)
                if count == before:
                    continue
                for i in range(a, b):
                    if time + rides.changes.ms[i] > end:
                        break
                    more = walked + int(rides.changes.walked[i])
                    if more <= bounds.cap:
                        key = phase * stops + int(rides.changes.targets[i])
                        when = time + int(rides.changes.ms[i])
                        count = enter(pool, count, heads, key, when, more, state, until, purse.beats)
                if phase == 0:
                    for i in range(c, d):
                        place, more = int(care.egress.targets[i]), walked + int(care.egress.ms[i])
                        if time + care.egress.ms[i] > end or more > bounds.cap:
                            break
                        arrives = (time + int(care.egress.ms[i]) + bounds.slice_ms - 1) // bounds.slice_ms
                        goes = leaves(arrives, care.opens[place], care.closes[place], bounds.dwell, bounds.day)
                        goes *= bounds.slice_ms
                        if 0 <= goes <= end:
                            count = enter(pool, count, heads, 2 * stops + place, goes, more, state, until, purse.beats)
                else:
                    for i in range(rides.egress.starts[stop], rides.egress.starts[stop + 1]):
                        if time + rides.egress.ms[i] > end or walked + rides.egress.ms[i] > bounds.cap:
                            break
                        reached[rides.egress.targets[i]] = True
        j += 1
