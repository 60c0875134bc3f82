"""Public transport on one date, as the connections a traveller can take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.findings import Finding

DAY = 86_400_000
HORIZON = DAY + DAY // 4  # we keep what leaves before six the next morning

# Kinds of vehicle by GTFS route_type, with the ranges of the extended types.
KINDS = {0: "tram", 1: "metro", 2: "rail", 3: "bus", 4: "ferry", 5: "cable tram", 6: "aerial lift", 7: "funicular",
         11: "trolleybus", 12: "monorail"}  # fmt: skip
EXTENDED = ((100, 199, "rail"), (200, 299, "bus"), (400, 400, "rail"), (401, 402, "metro"), (403, 404, "rail"),
            (405, 405, "monorail"), (700, 799, "bus"), (800, 899, "trolleybus"), (900, 999, "tram"),
            (1000, 1099, "ferry"), (1200, 1299, "ferry"), (1300, 1399, "aerial lift"),
            (1400, 1499, "funicular"))  # fmt: skip


def kind(route_type: int) -> str:
    """The vehicle, or "other".

    >>> kind(3), kind(109), kind(1700)
    ('bus', 'rail', 'other')
    """
    if route_type in KINDS:
        return KINDS[route_type]
    return next((name for low, high, name in EXTENDED if low <= route_type <= high), "other")


@dataclass(frozen=True)
class Transfers:
    """What transfers.txt says of changing between two stops: `ms` is the least time, -1 where one may not change."""

    origin: NDArray[np.int32]
    target: NDArray[np.int32]
    ms: NDArray[np.int32]


class Connections(NamedTuple):
    """Vehicle run `trip` goes from stop `origin` to the next one, `target`. Times are milliseconds after midnight.

    Sorted by departure, then run; within a run in the order it is driven.
    """

    departs: NDArray[np.int32]
    arrives: NDArray[np.int32]
    origin: NDArray[np.int32]
    target: NDArray[np.int32]
    trip: NDArray[np.int32]
    boards: NDArray[np.bool_]  # whether one may get on at `origin`
    alights: NDArray[np.bool_]  # whether one may get off at `target`

    def calling(self, at: NDArray[np.bool_]) -> Connections:
        """The same runs past every stop where nobody can get on or off: not `at` it (stops,), or not allowed to."""
        order = np.argsort(self.trip, kind="stable")
        trip = self.trip[order]
        first = np.append(True, trip[1:] != trip[:-1]) if len(trip) else np.zeros(0, np.bool_)
        # One visit for each connection's target, and one more where the run begins.
        row = np.arange(len(trip)) + np.cumsum(first)
        begins = row[first] - 1
        size = len(trip) + len(begins)
        stop, run = np.empty(size, np.int32), np.empty(size, np.int32)
        arrives, departs = np.zeros(size, np.int32), np.zeros(size, np.int32)
        boards, alights = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
        for column, ends, begin in ((stop, self.target, self.origin), (run, self.trip, self.trip)):
            column[row], column[begins] = ends[order], begin[order][first]
        arrives[row], alights[row] = self.arrives[order], self.alights[order]
        departs[row - 1], boards[row - 1] = self.departs[order], self.boards[order]
        kept = np.flatnonzero(at[stop] & (boards | alights))
        a, b = kept[:-1], kept[1:]
        together = run[a] == run[b]
        a, b = a[together], b[together]
        return in_order(
            departs=departs[a],
            arrives=arrives[b],
            origin=stop[a],
            target=stop[b],
            trip=run[a],
            boards=boards[a],
            alights=alights[b],
        )


@dataclass(frozen=True)
class Timetable:
    """Everything that runs on `day`, with the runs of the evening before and of the morning after.

    Departures are never below zero, and past 86,400,000 in the night after.
    """

    day: date
    stops: tuple[str, ...]
    lon: NDArray[np.float64]  # (stops,), NaN where a stop has no place
    lat: NDArray[np.float64]
    routes: tuple[str, ...]
    kinds: tuple[str, ...]  # (routes,)
    route: NDArray[np.int32]  # (trips,)
    direction: NDArray[np.int8]  # (trips,) -1: not said
    connections: Connections
    transfers: Transfers
    findings: tuple[Finding, ...] = ()

    def only(self, kinds: Iterable[str] | None = None, routes: Iterable[str] | None = None) -> Timetable:
        """The same without every other kind of vehicle, or route."""
        keep = np.ones(len(self.routes), bool)
        if kinds is not None:
            keep &= np.isin(self.kinds, list(kinds))
        if routes is not None:
            keep &= np.isin(self.routes, list(routes))
        return self._runs(np.flatnonzero(keep[self.route]))

    def during(self, begins: int, ends: int) -> Timetable:
        """The same with what leaves and arrives between two times, milliseconds after midnight."""
        links = self.connections
        rows = np.flatnonzero((links.departs >= begins) & (links.arrives <= ends))
        kept = Connections(
            links.departs[rows],
            links.arrives[rows],
            links.origin[rows],
            links.target[rows],
            links.trip[rows],
            links.boards[rows],
            links.alights[rows],
        )
        return replace(self, connections=kept)

    def with_headway(self, route: str, minutes: float) -> Timetable:
        """The same with a vehicle of `route` every `minutes` in each direction, from its first to its last departure.

        Each new run drives as the last one before it did: same stops, same times between them.

        Raises:
            ValueError: no such route, or no headway.
        """
        if route not in self.routes:
            raise ValueError(f"There is no route {route}.")
        if not minutes > 0:
            raise ValueError("A headway is more than zero minutes.")
        changed = self.routes.index(route)
        first = np.full(len(self.route), np.iinfo(np.int32).max, np.int32)
        np.minimum.at(first, self.connections.trip, self.connections.departs)
        runs = list(np.flatnonzero(self.route != changed))
        shifts = [0] * len(runs)
        for direction in np.unique(self.direction[self.route == changed]):
            own = np.flatnonzero((self.route == changed) & (self.direction == direction))
            own = own[np.argsort(first[own], kind="stable")]
            starts = first[own].astype(np.int64)
            new = np.arange(starts[0], starts[-1] + 1, round(minutes * 60_000))
            model = own[np.searchsorted(starts, new, side="right") - 1]
            runs += list(model)
            shifts += list(new - first[model])
        return self._runs(np.array(runs, np.int64), np.array(shifts, np.int64))

    def _runs(self, runs: NDArray[np.int64], shifts: NDArray[np.int64] | None = None) -> Timetable:
        """The runs named, each moved by its milliseconds."""
        old = self.connections
        by_trip = np.argsort(old.trip, kind="stable")
        bounds = np.searchsorted(old.trip[by_trip], np.arange(len(self.route) + 1))
        counts = np.diff(bounds)[runs]
        rows = by_trip[spread(bounds[runs], counts)]
        later = np.repeat(np.zeros(len(runs), np.int64) if shifts is None else shifts, counts)
        new = in_order(
            departs=old.departs[rows] + later,
            arrives=old.arrives[rows] + later,
            origin=old.origin[rows],
            target=old.target[rows],
            trip=np.repeat(np.arange(len(runs)), counts),
            boards=old.boards[rows],
            alights=old.alights[rows],
        )
        return replace(self, route=self.route[runs], direction=self.direction[runs], connections=new)


def in_order(
    *,
    departs: NDArray[np.integer],
    arrives: NDArray[np.integer],
    origin: NDArray[np.integer],
    target: NDArray[np.integer],
    trip: NDArray[np.integer],
    boards: NDArray[np.bool_],
    alights: NDArray[np.bool_],
) -> Connections:
    """Connections from columns in which those of a run stand in the order they are driven."""
    order = np.lexsort((np.arange(len(trip)), trip, departs))

    def whole(column: NDArray[np.integer]) -> NDArray[np.int32]:
        return column[order].astype(np.int32)

    return Connections(
        whole(departs), whole(arrives), whole(origin), whole(target), whole(trip), boards[order], alights[order]
    )


def spread(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The whole numbers from each start on, as many as its count, one after the other.

    >>> spread(np.array([10, 3]), np.array([2, 3]))
    array([10, 11,  3,  4,  5])
    """
    ends = np.cumsum(counts)
    rows: NDArray[np.int64] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
    return rows
