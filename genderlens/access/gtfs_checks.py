"""What can be wrong with a feed, each said once with examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.access.feed import Feed, look_up, numbers
from genderlens.access.timetable import DAY
from genderlens.findings import Finding

HOUR = 3_600_000
NARROW, MOST = 6, 0.9  # nine in ten departures within six hours (our threshold)
FASTEST = 250  # km/h; what is faster is a wrong place or time (our threshold, above any vehicle within a city)


def warn(found: list[Finding], code: str, where: str, what: str, examples: Sequence[str]) -> None:
    """One warning for all cases of a kind, if there are any: how many, and the first three."""
    if examples:
        few = ", ".join(map(str, examples[:3]))
        found.append(Finding("warning", code, where, f"{len(examples)} {what}: {few}.", "Ask the operator."))


def check_stops(
    feed: Feed, found: list[Finding]
) -> tuple[NDArray[np.float64], NDArray[np.float64], dict[int, list[int]]]:
    """Longitude and latitude of each stop (a stop without them has its station's; NaN when it has no place on earth),
    and the stops of each station."""
    where = f"{feed.name}/stops.txt"
    ids = feed.column("stops.txt", "stop_id")
    lon, lat = numbers(feed.column("stops.txt", "stop_lon")), numbers(feed.column("stops.txt", "stop_lat"))
    named = feed.column("stops.txt", "parent_station")
    parent = look_up(named, ids)
    orphan = (parent < 0) & (named.to_numpy(zero_copy_only=False) != "")
    warn(found, "unknown station", where, "stops name a station that is not there", _names(ids, orphan))
    bare = (np.isnan(lon) | np.isnan(lat)) & (parent >= 0)
    lon[bare], lat[bare] = lon[parent[bare]], lat[parent[bare]]
    nowhere = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)) | ((np.abs(lon) < 0.01) & (np.abs(lat) < 0.01))
    called = np.unique(look_up(feed.column("stop_times.txt", "stop_id"), ids))
    used = np.zeros(len(ids), bool)
    used[called[called >= 0]] = True
    warn(found, "no place", where, "stops have no place on earth, or 0, 0; nobody can get on or off there",
         _names(ids, nowhere & used))  # fmt: skip
    lon[nowhere], lat[nowhere] = np.nan, np.nan
    children: dict[int, list[int]] = {}
    for child in np.flatnonzero(parent >= 0):
        children.setdefault(int(parent[child]), []).append(int(child))
    return lon, lat, children


def _names(ids: pa.Array, which: NDArray[np.bool_]) -> list[str]:
    names: list[str] = ids.filter(pa.array(which)).to_pylist()
    return names


def too_fast(
    where: str,
    ids: pa.Array,
    trip: NDArray[np.int64],
    arrives: NDArray[np.int64],
    departs: NDArray[np.int64],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    found: list[Finding],
) -> None:
    """Trips that would have to fly. A minute is allowed for times that were rounded."""
    from genderlens.access.gtfs import apart

    km = apart(lon[:-1], lat[:-1], lon[1:], lat[1:]) / 1000
    hours = (arrives[1:] - departs[:-1] + 60_000) / 3_600_000
    with np.errstate(divide="ignore", invalid="ignore"):
        flying = (trip[1:] == trip[:-1]) & (hours > 0) & (km / hours > FASTEST)
    names = ids.take(pa.array(np.unique(trip[1:][flying]))).to_pylist()
    warn(found, "too fast", where, f"trips go faster than {FASTEST} km/h, so a stop or a time is wrong", names)


def too_much_left_out(where: str, out: NDArray[np.bool_], found: list[Finding]) -> None:
    """Half a timetable is no timetable."""
    if out.sum() * 2 > len(out):
        what = f"{int(out.sum())} of {len(out)} trips cannot be used."
        found.append(Finding("stop", "mostly wrong", where, what, "Mend what the other findings say first."))


def check_overlap(
    names: list[str],
    parts: Sequence[dict[str, NDArray[Any]]],
    places: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
    found: list[Finding],
) -> None:
    """The same vehicle in two feeds would run twice: same place, same time, same next place."""
    if len(names) == 1:
        return
    seen: list[set[tuple[float, ...]]] = []
    offset = 0
    for name, part, (lon, lat) in zip(names, parts, places, strict=True):
        origin, target = part["origin"].astype(np.int64) - offset, part["target"].astype(np.int64) - offset
        offset += len(lon)
        rows = np.column_stack([lon[origin], lat[origin], lon[target], lat[target]]).round(3)
        times = part["departs"].astype(np.float64)[:, None]
        own = set(map(tuple, np.hstack([rows, times]).tolist()))
        for other, before in zip(names, seen, strict=False):
            both = len(own & before)
            if both > len(own) // 10:
                what = f"{both} of {len(own)} hops are in {other} at the same place and time, too."
                found.append(Finding("warning", "overlap", name, what, "Leave out one feed, or they count twice."))
        seen.append(own)


def check_hours(where: str, departs: NDArray[np.int64], found: list[Finding]) -> None:
    """A feed cut to a few hours looks whole but for its times of day."""
    hours = np.bincount(departs[departs < DAY] // HOUR, minlength=24)
    ends = np.append(0, hours.cumsum())
    for length in range(1, NARROW + 1):
        inside = ends[length:] - ends[:-length]
        start = int(inside.argmax())
        if inside[start] >= MOST * ends[-1]:
            what = f"Nine in ten departures lie between {start:02}:00 and {start + length:02}:00."
            mend = "Results for other hours say little; was the feed cut?"
            found.append(Finding("warning", "few hours", where, what, mend))
            return
