"""Streets and timetable put together: who gets where by the minute, walking and riding.

What a journey is here: one walks from the door to a stop, rides, changes any number of times, and walks to the
destination; or walks all the way. The walk to a stop and that from a stop take at most `walk`, one between stops at
most `change_walk`; a change takes this walk and `change` (getting off, finding the way, getting on), or what
transfers.txt says. Stops off the streets are passed without getting on or off. Earliest arrivals are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.access.fares import Money
from genderlens.access.network import Network, hilbert
from genderlens.access.rides import FAR, Changes, Rides, Walks, sweep
from genderlens.access.search import Graph, prepare, search
from genderlens.access.timetable import Connections, Timetable, Transfers, in_order, spread

MINUTE = 60_000
STOPS_AWAY = 250.0  # metres from a stop to the street beyond which it is not used


class Ground:
    """The streets, ready to be asked from and to some nodes."""

    def __init__(self, network: Network, costs: NDArray[np.int32], nodes: NDArray[np.int32]) -> None:
        self.there: Graph = prepare(network, costs, nodes)
        self.back: Graph = prepare(network, costs, nodes, backwards=True)

    def walks(
        self, origins: NDArray[np.int32], targets: NDArray[np.int32], limit: int, *, backwards: bool = False
    ) -> Walks:
        """From each origin to each target (positions; -1 reaches nothing) within `limit`; backwards: to each origin."""
        from_nodes, from_each = np.unique(origins, return_inverse=True)
        to_nodes, to_each = np.unique(targets[targets >= 0], return_inverse=True)
        reach = search(self.back if backwards else self.there, from_nodes, to_nodes, limit, order="time")
        # A node stands for every target at it.
        order = np.argsort(to_each, kind="stable")
        members = np.flatnonzero(targets >= 0)[order]
        first = np.searchsorted(to_each[order], np.arange(len(to_nodes) + 1))
        times = np.diff(first)[reach.targets]
        found = spread(first[reach.targets], times)
        ends = np.append(0, np.cumsum(times))[reach.starts]
        counts = np.diff(ends)[from_each]
        rows = spread(ends[:-1][from_each], counts)
        starts = np.append(0, np.cumsum(counts)).astype(np.int64)
        return Walks(starts, members[found][rows].astype(np.int32), np.repeat(reach.times, times)[rows])


def turned(connections: Connections) -> Connections:
    """The same driven backwards in time, times below zero."""
    return in_order(
        departs=-connections.arrives[::-1],
        arrives=-connections.departs[::-1],
        origin=connections.target[::-1],
        target=connections.origin[::-1],
        trip=connections.trip[::-1],
        boards=connections.alights[::-1],
        alights=connections.boards[::-1],
    )


def changes(rules: Transfers, stop_nodes: NDArray[np.int32], ground: Ground, walk: int, change: int) -> Changes:
    """What a change from stop to stop takes: a walk of at most `walk`, and `change`, or as transfers.txt says."""
    walks = ground.walks(stop_nodes, stop_nodes, walk)
    size = len(stop_nodes)
    pairs = np.repeat(np.arange(size), np.diff(walks.starts)) * size + walks.targets
    order = np.argsort(pairs)
    pairs, walked = pairs[order], walks.ms[order].astype(np.int64)
    time = walked + change
    said = rules.origin.astype(np.int64) * size + rules.target
    least = rules.ms.astype(np.int64)
    at = np.searchsorted(pairs, said)
    known = np.isin(said, pairs)
    time[at[known]] = np.where(least[known] < 0, -1, np.maximum(walked[at[known]], least[known]))
    new = ~known & (least > 0)  # within a station, by ways the street map does not have
    pairs, time = np.concatenate([pairs, said[new]]), np.concatenate([time, least[new]])
    walked = np.concatenate([walked, least[new]])
    kept = np.flatnonzero(time >= 0)
    kept = kept[np.lexsort((time[kept], pairs[kept] // size))]
    return _changes(size, pairs[kept], np.maximum(time[kept], 1), walked[kept])


def _changes(size: int, pairs: NDArray[np.int64], ms: NDArray[np.int64], walked: NDArray[np.int64]) -> Changes:
    starts = np.searchsorted(pairs // size, np.arange(size + 1)).astype(np.int64)
    return Changes(starts, (pairs % size).astype(np.int32), ms.astype(np.int32), walked.astype(np.int32))


def turned_changes(there: Changes) -> Changes:
    """The same changes made backwards in time."""
    size = len(there.starts) - 1
    pairs = there.targets.astype(np.int64) * size + np.repeat(np.arange(size), np.diff(there.starts))
    order = np.lexsort((there.ms, pairs // size))
    return _changes(size, pairs[order], there.ms[order].astype(np.int64), there.walked[order].astype(np.int64))


def turned_purse(then: NDArray[np.int32]) -> NDArray[np.int32]:
    """From the state after boarding to those before it, shape (states, classes, most of them)."""
    states, classes, _options = then.shape
    before: list[list[list[int]]] = [[[] for _ in range(classes)] for _ in range(states)]
    for origin, number, option in np.argwhere(then >= 0):
        into = before[then[origin, number, option]][number]
        if origin not in into:
            into.append(int(origin))
    back = np.full((states, classes, max(1, max(len(one) for row in before for one in row))), -1, np.int32)
    for state, row in enumerate(before):
        for number, origins in enumerate(row):
            back[state, number, : len(origins)] = origins
    return back


class Town:
    """Streets by day or after dark, timetable and choices, ready for the searches of one question.

    `walks`: milliseconds of the longest walk to or from a stop, between stops, and what a change takes besides.
    `stops` are the nodes of the timetable's stops, `places` those between which anything will be asked; -1: none.
    """

    def __init__(
        self, network: Network, costs: NDArray[np.int32], timetable: Timetable, stops: NDArray[np.int32],
        places: Sequence[NDArray[np.int32]], money: Money, walks: tuple[int, int, int],
    ) -> None:  # fmt: skip
        self.walk = walks[0]
        self.purse, self.fare = money
        self.ground = Ground(network, costs, np.concatenate([stops, *places]))
        links = timetable.connections.calling(stops >= 0)
        # Only stops that are served, and those near one another on the ground also in memory.
        served = np.unique(np.concatenate([links.origin, links.target]))
        served = served[hilbert(timetable.lon[served], timetable.lat[served])] if len(served) else served
        number = np.full(len(stops), -1, np.int32)
        number[served] = np.arange(len(served), dtype=np.int32)
        self.stops = stops[served]
        self.connections = links._replace(origin=number[links.origin], target=number[links.target])
        said = timetable.transfers
        known = (number[said.origin] >= 0) & (number[said.target] >= 0)
        rules = Transfers(number[said.origin][known], number[said.target][known], said.ms[known])
        self.changes = changes(rules, self.stops, self.ground, *walks[1:])

    def rides_to(self, nodes: NDArray[np.int32]) -> Rides:
        """For searches from a place to these nodes."""
        egress = self.ground.walks(self.stops, nodes, self.walk)
        return Rides(self.connections, self.fare, self.changes, egress, self.purse.then)

    def rides_from(self, nodes: NDArray[np.int32]) -> Rides:
        """For searches backwards in time, from a place to those who get there from these nodes."""
        egress = self.ground.walks(self.stops, nodes, self.walk, backwards=True)
        then = turned_purse(self.purse.then)
        return Rides(turned(self.connections), self.fare, turned_changes(self.changes), egress, then)


@dataclass(frozen=True)
class Ends:
    """The walks at the other end: from each place to the stops, and all the way to the targets."""

    access: Walks
    direct: Walks

    @classmethod
    def of(
        cls, town: Town, places: NDArray[np.int32], targets: NDArray[np.int32], limit: int, *, backwards: bool = False
    ) -> Ends:
        ground, walk = town.ground, min(town.walk, limit)
        return cls(
            ground.walks(places, town.stops, walk, backwards=backwards),
            ground.walks(places, targets, limit, backwards=backwards),
        )


def lasts(
    rides: Rides, ends: Ends, place: int, targets: int, first: int, slots: int, slice_ms: int, limit: int,
    state: int, accepted: NDArray[np.bool_], into: NDArray[np.uint8],
) -> None:  # fmt: skip
    """`sweep` for one of the places."""
    mine = slice(ends.access.starts[place], ends.access.starts[place + 1])
    access = np.full(len(rides.changes.starts) - 1, FAR, np.int32)
    access[ends.access.targets[mine]] = ends.access.ms[mine]
    mine = slice(ends.direct.starts[place], ends.direct.starts[place + 1])
    direct = np.full(targets, FAR, np.int32)
    direct[ends.direct.targets[mine]] = ends.direct.ms[mine]
    sweep(rides, state, accepted, access, direct, first, slots, slice_ms, limit, into)
