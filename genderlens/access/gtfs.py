"""Loads GTFS feeds for one date and says what is wrong with them.

Source: General Transit Feed Specification, https://gtfs.org/documentation/schedule/reference/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.access.feed import Feed, look_up, milliseconds, numbers, read_feed
from genderlens.access.gtfs_checks import check_hours, check_overlap, check_stops, too_fast, too_much_left_out, warn
from genderlens.access.service import Calendar, check_date
from genderlens.access.timetable import DAY, HORIZON, Timetable, Transfers, in_order, kind, spread
from genderlens.findings import Finding, Refused, refuse_if_stopped

EARTH = 6_371_008.8  # metres, mean radius (IUGG)


@dataclass(frozen=True)
class Runs:
    """Runs of one feed on the date: the driven order of stops with times, `shift` milliseconds later."""

    template: NDArray[np.int64]  # (runs,) row of trips.txt
    shift: NDArray[np.int64]


@dataclass(frozen=True)
class Driven:
    """Stop times that hold, by trip and order. `bounds[t]:bounds[t + 1]` are the rows of trip `t`, none if left out."""

    bounds: NDArray[np.int64]
    stop: NDArray[np.int64]
    arrives: NDArray[np.int64]
    departs: NDArray[np.int64]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]


def load(paths: Sequence[Path], day: date) -> Timetable:
    """The timetable of one or several feeds on a date.

    Blank times are filled in along the way between the timed stops (by shape_dist_traveled, else by straight
    lines). Runs by headway leave at the start of each period and every headway after. What transfers.txt says of
    single trips or routes, and in-seat transfers, are not used, and a note says so.

    Raises:
        Refused: a feed cannot be read, has no service on that date, or nothing in it holds.
    """
    if not paths:
        raise ValueError("Name at least one feed.")
    feeds = [read_feed(path) for path in paths]
    calendars = [Calendar(feed) for feed in feeds]
    found = [finding for feed in feeds for finding in feed.findings]
    found += [finding for calendar in calendars for finding in calendar.findings]
    serving = [bool(calendar.on(day)) for calendar in calendars]
    for feed, calendar in zip(feeds, calendars, strict=True):
        found += check_date(feed, calendar, day, any(serving))
    refuse_if_stopped(found)

    stop_ids = _names([feed.column("stops.txt", "stop_id").to_pylist() for feed in feeds], "stop", feeds, found)
    route_ids = _names([feed.column("routes.txt", "route_id").to_pylist() for feed in feeds], "route", feeds, found)
    stops, routes, trips = 0, 0, 0
    parts: list[dict[str, NDArray[Any]]] = []
    places: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    kinds: list[str] = []
    per_trip: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    changes: list[tuple[NDArray[np.int64], ...]] = []
    for feed, calendar in zip(feeds, calendars, strict=True):
        lon, lat, own = check_stops(feed, found)
        places.append((lon, lat))
        kinds += _kinds(feed, found)
        trip_route = look_up(feed.column("trips.txt", "route_id"), feed.column("routes.txt", "route_id"))
        driven = _driven(feed, trip_route, lon, lat, found)
        runs = _runs(feed, calendar, driven, day, found)
        part = _connections(driven, runs)
        parts.append(part | {"origin": part["origin"] + stops, "target": part["target"] + stops,
                             "trip": part["trip"] + trips})  # fmt: skip
        said = numbers(feed.column("trips.txt", "direction_id"))
        direction = np.where(np.isnan(said), -1, said).astype(np.int64)
        per_trip.append((trip_route[runs.template] + routes, direction[runs.template]))
        changes.append(_transfers(feed, own, stops, found))
        stops, routes, trips = stops + len(lon), routes + len(feed.tables["routes.txt"]), trips + len(runs.template)
    refuse_if_stopped(found)
    check_overlap([feed.name for feed in feeds], parts, places, found)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = (joined["departs"] >= 0) & (joined["departs"] < HORIZON)
    if not kept.any():
        raise Refused(*found, Finding("stop", "nothing runs", feeds[0].name, f"No run is left on {day}."))
    check_hours(" and ".join(feed.name for feed in feeds), joined["departs"][kept].astype(np.int64), found)
    origin, target, ms = (np.concatenate(column).astype(np.int32) for column in zip(*changes, strict=True))
    return Timetable(
        day=day,
        stops=tuple(stop_ids),
        lon=np.concatenate([lon for lon, _ in places]),
        lat=np.concatenate([lat for _, lat in places]),
        routes=tuple(route_ids),
        kinds=tuple(kinds),
        route=np.concatenate([route for route, _ in per_trip]).astype(np.int32),
        direction=np.concatenate([direction for _, direction in per_trip]).astype(np.int8),
        transfers=Transfers(origin, target, ms),
        findings=tuple(found),
        connections=in_order(**{name: column[kept] for name, column in joined.items()}),
    )


def _names(ids: list[list[str]], what: str, feeds: list[Feed], found: list[Finding]) -> list[str]:
    """The ids of all feeds; with the feed's name before them where two feeds use the same."""
    flat = [one for own in ids for one in own]
    if len(set(flat)) == len(flat):
        return flat
    said = f"Feeds use the same {what} ids for their own {what}s; ours carry the feed's name."
    found.append(Finding("note", f"same {what} ids", ", ".join(feed.name for feed in feeds), said))
    return [f"{feed.name}:{one}" for feed, own in zip(feeds, ids, strict=True) for one in own]


def _kinds(feed: Feed, found: list[Finding]) -> list[str]:
    types = numbers(feed.column("routes.txt", "route_type"))
    kinds = ["other" if np.isnan(number) else kind(int(number)) for number in types]
    odd = [row for row, name in enumerate(kinds) if name == "other"]
    warn(found, "route type", f"{feed.name}/routes.txt", "routes have a type GTFS does not know (kept as other)",
         feed.column("routes.txt", "route_id").take(pa.array(odd, pa.int64())).to_pylist())  # fmt: skip
    return kinds


def _driven(
    feed: Feed, trip_route: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64], found: list[Finding]
) -> Driven:
    """The stop times of the trips that hold; every trip left out is counted in a finding."""
    where = f"{feed.name}/stop_times.txt"
    ids = feed.column("trips.txt", "trip_id")
    trip = look_up(feed.column("stop_times.txt", "trip_id"), ids)
    stop = look_up(feed.column("stop_times.txt", "stop_id"), feed.column("stops.txt", "stop_id"))
    sequence = numbers(feed.column("stop_times.txt", "stop_sequence"))
    arrives, bad_arrival = milliseconds(feed.column("stop_times.txt", "arrival_time"))
    departs, bad_departure = milliseconds(feed.column("stop_times.txt", "departure_time"))
    unknown = feed.column("stop_times.txt", "trip_id").filter(pa.array(trip < 0)).unique().to_pylist()
    warn(found, "unknown trip", where, "trips are not in trips.txt and were left out", unknown)
    out = np.zeros(len(ids), bool)

    def leave_out(code: str, what: str, trips: NDArray[np.int64]) -> None:
        new = np.unique(trips[trips >= 0])
        new = new[~out[new]]
        warn(found, code, where, f"trips {what} and were left out", ids.take(pa.array(new)).to_pylist())
        out[new] = True

    services = feed.column("trips.txt", "service_id")
    known = pa.concat_arrays([feed.column(file, "service_id") for file in ("calendar.txt", "calendar_dates.txt")])
    leave_out("unknown route", "name a route that routes.txt does not have", np.flatnonzero(trip_route < 0))
    leave_out(
        "unknown service", "name a service without any day", np.flatnonzero(look_up(services, known.unique()) < 0)
    )
    leave_out("unknown stop", "call at a stop that stops.txt does not have", trip[stop < 0])
    leave_out("bad sequence", "have a stop_sequence that is no number", trip[np.isnan(sequence)])
    leave_out("bad time", "have a time that is not H:MM:SS", trip[bad_arrival | bad_departure])
    rows = np.flatnonzero(trip >= 0)
    rows = rows[~out[trip[rows]]]
    rows = rows[np.lexsort((sequence[rows], trip[rows]))]
    trip, stop, arrives, departs = trip[rows], stop[rows], arrives[rows], departs[rows]
    arrives, departs = np.where(arrives < 0, departs, arrives), np.where(departs < 0, arrives, departs)
    last = np.append(trip[1:] != trip[:-1], True) if len(trip) else np.zeros(0, bool)
    first = np.roll(last, 1)
    leave_out("one stop", "call at one stop only", trip[first & last])
    leave_out("no end time", "have no time at their first or last stop", trip[(first | last) & (arrives < 0)])
    hold = ~out[trip]
    rows, trip, stop, arrives, departs = rows[hold], trip[hold], stop[hold], arrives[hold], departs[hold]
    metres = _metres(feed, rows, trip, lon[stop], lat[stop])
    blank = arrives < 0
    if blank.any():
        arrives, departs = _filled(arrives, departs, metres)
        what = f"{int(blank.sum())} of {len(blank)} blank times were filled in along the way between timed stops."
        found.append(Finding("note", "times filled in", where, what))
    same = trip[1:] == trip[:-1]
    back = np.concatenate([trip[departs < arrives], trip[1:][same & (arrives[1:] < departs[:-1])]])
    leave_out("backwards", "go back in time", back)
    too_fast(where, ids, trip, arrives, departs, lon[stop], lat[stop], found)
    too_much_left_out(where, out, found)
    hold = ~out[trip]
    boards = feed.column("stop_times.txt", "pickup_type").to_numpy(zero_copy_only=False)[rows] != "1"
    alights = feed.column("stop_times.txt", "drop_off_type").to_numpy(zero_copy_only=False)[rows] != "1"
    bounds = np.searchsorted(trip[hold], np.arange(len(ids) + 1))
    return Driven(bounds, stop[hold], arrives[hold], departs[hold], boards[hold], alights[hold])


def _metres(
    feed: Feed, rows: NDArray[np.int64], trip: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far along each row is: grows within a trip, and from one trip to the next."""
    if not len(rows):
        return np.zeros(0)
    step = np.append(0, apart(lon[:-1], lat[:-1], lon[1:], lat[1:]))
    said = numbers(feed.column("stop_times.txt", "shape_dist_traveled"))[rows]
    apart_as_said = np.append(0, np.diff(said))
    inside = np.append(False, trip[1:] == trip[:-1])
    good = np.ones(int(trip.max()) + 1, bool)
    good[trip[np.isnan(said) | (inside & ~(apart_as_said >= 0))]] = False
    step = np.where(good[trip] & inside, apart_as_said, step)
    return np.cumsum(np.maximum(np.nan_to_num(step), 1e-3))


def _filled(
    arrives: NDArray[np.int64], departs: NDArray[np.int64], along: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every trip has a time at both ends, so that the timed rows around a blank one are of the same trip."""
    timed = np.flatnonzero(arrives >= 0)
    blank = np.flatnonzero(arrives < 0)
    after = np.searchsorted(timed, blank)
    low, high = timed[after - 1], timed[after]
    share = (along[blank] - along[low]) / (along[high] - along[low])
    arrives, departs = arrives.copy(), departs.copy()
    arrives[blank] = departs[low] + np.rint(share * (arrives[high] - departs[low])).astype(np.int64)
    departs[blank] = arrives[blank]
    return arrives, departs


def apart(
    lon: NDArray[np.float64], lat: NDArray[np.float64], lon2: NDArray[np.float64], lat2: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Metres between points, on a sphere."""
    a, b = np.radians(lat), np.radians(lat2)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon) / 2) ** 2
    metres: NDArray[np.float64] = 2 * EARTH * np.arcsin(np.sqrt(half))
    return metres


def _runs(feed: Feed, calendar: Calendar, driven: Driven, day: date, found: list[Finding]) -> Runs:
    """Of the evening before (which end after midnight), of the day, and of the morning after."""
    services = feed.column("trips.txt", "service_id").to_numpy(zero_copy_only=False)
    holds = np.diff(driven.bounds) > 0
    start = np.zeros(len(services), np.int64)
    end = start.copy()
    start[holds] = driven.departs[driven.bounds[:-1][holds]]
    end[holds] = driven.arrives[driven.bounds[1:][holds] - 1]
    headways, by_headway = _headways(feed, found)
    template: list[NDArray[np.int64]] = []
    shift: list[NDArray[np.int64]] = []
    for offset in (-1, 0, 1):
        running = calendar.on(day + timedelta(offset))
        active = holds & np.isin(services, list(running))
        once = np.flatnonzero(active & ~by_headway)
        template.append(once)
        shift.append(np.full(len(once), offset * DAY))
        for trip, first, until, every in headways:
            if active[trip]:
                leaves = np.arange(first, until, every)
                template.append(np.full(len(leaves), trip))
                shift.append(leaves - start[trip] + offset * DAY)
    every_template, every_shift = np.concatenate(template), np.concatenate(shift).astype(np.int64)
    seen = (end[every_template] + every_shift > 0) & (start[every_template] + every_shift < HORIZON)
    return Runs(every_template[seen], every_shift[seen])


def _headways(feed: Feed, found: list[Finding]) -> tuple[list[tuple[int, int, int, int]], NDArray[np.bool_]]:
    """(trip, first departure, end, headway) in milliseconds, and which trips run by headway only."""
    where = f"{feed.name}/frequencies.txt"
    trips = look_up(feed.column("frequencies.txt", "trip_id"), feed.column("trips.txt", "trip_id"))
    starts, _ = milliseconds(feed.column("frequencies.txt", "start_time"))
    ends, _ = milliseconds(feed.column("frequencies.txt", "end_time"))
    every = numbers(feed.column("frequencies.txt", "headway_secs"))
    good = (trips >= 0) & (starts >= 0) & (ends > starts) & (every > 0)
    warn(found, "bad headway", where, "rows name an unknown trip, or no period or headway, and were left out",
         feed.column("frequencies.txt", "trip_id").filter(pa.array(~good)).to_pylist())  # fmt: skip
    by_headway = np.zeros(feed.tables["trips.txt"].num_rows, bool)
    by_headway[trips[trips >= 0]] = True
    loose = feed.column("frequencies.txt", "exact_times").to_numpy(zero_copy_only=False) != "1"
    if loose.any():
        what = "Runs by headway are placed at the start of each period and every headway after; the real ones drift."
        found.append(Finding("note", "by headway", where, what))
    rows = zip(trips[good], starts[good], ends[good], np.rint(every[good] * 1000).astype(np.int64), strict=True)
    return [(int(trip), int(start), int(end), int(step)) for trip, start, end, step in rows], by_headway


def _connections(driven: Driven, runs: Runs) -> dict[str, NDArray[Any]]:
    counts = np.diff(driven.bounds)[runs.template] - 1
    rows = spread(driven.bounds[runs.template], counts)
    shift = np.repeat(runs.shift, counts)
    return {
        "departs": driven.departs[rows] + shift,
        "arrives": driven.arrives[rows + 1] + shift,
        "origin": driven.stop[rows],
        "target": driven.stop[rows + 1],
        "trip": np.repeat(np.arange(len(runs.template)), counts),
        "boards": driven.boards[rows],
        "alights": driven.alights[rows + 1],
    }


def _transfers(
    feed: Feed, children: dict[int, list[int]], offset: int, found: list[Finding]
) -> tuple[NDArray[np.int64], ...]:
    """Least changing times between stops, a station standing for all its stops."""
    where = f"{feed.name}/transfers.txt"
    ids = feed.column("stops.txt", "stop_id")
    origin = look_up(feed.column("transfers.txt", "from_stop_id"), ids)
    target = look_up(feed.column("transfers.txt", "to_stop_id"), ids)
    kinds = feed.column("transfers.txt", "transfer_type").to_pylist()
    least = np.nan_to_num(numbers(feed.column("transfers.txt", "min_transfer_time")))
    narrow = np.zeros(len(origin), bool)
    for name in ("from_trip_id", "to_trip_id", "from_route_id", "to_route_id"):
        narrow |= feed.column("transfers.txt", name).to_numpy(zero_copy_only=False) != ""
    ignored = int((narrow | np.isin(kinds, ["4", "5"])).sum())
    if ignored:
        what = f"{ignored} rules for single trips or routes, or for staying on board, are not used."
        found.append(Finding("note", "transfers not used", where, what))
    pairs: dict[tuple[int, int], int] = {}
    unknown: list[str] = []
    for row, (a, b, how) in enumerate(zip(origin, target, kinds, strict=True)):
        if narrow[row] or how in ("4", "5"):
            continue
        if a < 0 or b < 0:
            unknown.append(feed.column("transfers.txt", "from_stop_id")[row].as_py())
            continue
        ms = {"1": 0, "2": int(least[row] * 1000), "3": -1}.get(how)
        if ms is None:  # recommended, with no time of its own: the walk decides
            continue
        for one in children.get(int(a), [int(a)]):
            for other in children.get(int(b), [int(b)]):
                pairs[one + offset, other + offset] = ms
    warn(found, "unknown stop", where, "transfers name a stop that stops.txt does not have", unknown)
    keys = np.array(list(pairs), np.int64).reshape(-1, 2)
    return keys[:, 0], keys[:, 1], np.array(list(pairs.values()), np.int64)
