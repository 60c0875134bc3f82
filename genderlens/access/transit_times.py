"""Travel times by public transport, and how what is reached changes with the time of day."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.access.doors import with_doors
from genderlens.access.fares import Fares
from genderlens.access.network import WALKING, Network
from genderlens.access.rides import NONE
from genderlens.access.safety import Safety, costs
from genderlens.access.snap import snap
from genderlens.access.timetable import Timetable
from genderlens.access.transit import MINUTE, Ends, Town, lasts
from genderlens.access.transit_chains import CHANGE_WALK, WALK, money_of, place_stops, refuse_minutes
from genderlens.findings import Finding, Refused

# One row for each place reached within the limit; who is not reached has no row.
TIMES = pa.schema([
    ("home", pa.string()),
    ("place", pa.string()),
    ("departs", pa.int32()),  # seconds after midnight
    ("minutes", pa.int32()),  # from the door to the door, rounded up
])  # fmt: skip

# A measure over a part of the day: each departure counts alike.
WINDOWS = pa.schema([
    ("home", pa.string()),
    ("begins", pa.int32()),  # seconds after midnight
    ("ends", pa.int32()),
    ("departures", pa.int32()),  # that have an answer
    ("mean", pa.float64()),
    ("p10", pa.float64()),
    ("p50", pa.float64()),
    ("p90", pa.float64()),
])  # fmt: skip


def transit_times(
    network: Network,
    timetable: Timetable,
    homes: pa.Table,
    places: pa.Table,
    *,
    limit: int,
    departs: Sequence[int],
    fares: Fares | None = None,
    fare_budget: float | None = None,
    walk: int = WALK,
    change_walk: int = CHANGE_WALK,
    change: int = MINUTE,
    speed: float = WALKING,
    safety: Safety | None = None,
    threads: int = 2,
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """From each home to each place, as TIMES: earliest arrivals, exact, with findings.

    Arguments are those of `transit_chains.care_chains_by_transit`. `fares` whose tickets run out within the limit are
    refused here, since who arrives first may then not be who rides on.

    Raises:
        Refused: a question makes no sense, or no stop is on these streets.
    """
    refuse_minutes(limit, MINUTE, departs, fares, fare_budget, (walk, change_walk, change))
    homes = homes.group_by("home", use_threads=False).aggregate([("lon", "first"), ("lat", "first")])
    homes = homes.rename_columns(["home", "lon", "lat"])
    doors = [
        snap(network, table["lon"].to_numpy(), table["lat"].to_numpy(), table[name].to_pylist(), where=where)
        for table, name, where in ((homes, "home", "homes"), (places, "place", "places"))
    ]
    at_stops = place_stops(network, timetable)
    findings = (*timetable.findings, *at_stops.findings, *(each for door in doors for each in door.findings))
    money = money_of(fares, fare_budget, timetable, limit)
    if money.purse.needs.any():
        what = "A ticket runs out within the limit."
        raise Refused(Finding("stop", "ticket-runs-out", "fares", what, "Ask for a limit within its window."))
    accepted = np.ones(len(money.purse.then), np.bool_)
    seconds = np.unique(np.asarray(departs, np.int64))
    dark = np.array([safety is not None and safety.dark(int(moment)) for moment in seconds], np.bool_)
    parts: list[tuple[NDArray[np.integer], ...]] = []
    for choice, when in ((safety, dark), (None, ~dark)):
        if not when.any():
            continue
        joined, cost, (stop, home, place) = with_doors(
            network, costs(network, speed, choice), [at_stops, *doors], speed
        )
        town = Town(joined, cost, timetable, stop, (home, place), money, (walk, change_walk, change))
        rides, ends = town.rides_to(place), Ends.of(town, home, place, limit)
        minutes = seconds[when] // 60
        first, slots = int(minutes[0]), int(minutes[-1] - minutes[0]) + 1

        def one(number: int) -> tuple[NDArray[np.integer], ...]:
            took = np.empty((slots, len(place)), np.uint8)  # noqa: B023 - run at once, below
            lasts(rides, ends, number, len(place), first * MINUTE, slots, MINUTE, limit, 0, accepted, took)  # noqa: B023
            row, to = np.nonzero(took[minutes - first] != NONE)  # noqa: B023
            return np.full(len(row), number), to, minutes[row] * 60, took[minutes[row] - first, to]  # noqa: B023

        with ThreadPoolExecutor(max(threads, 1)) as pool:
            parts += pool.map(one, np.flatnonzero(home >= 0).tolist())
    none = np.zeros(0, np.int64)
    row, to, moment, took = (np.concatenate(column) for column in zip((none,) * 4, *parts, strict=True))
    columns = [homes["home"].take(pa.array(row)), places["place"].take(pa.array(to)), moment, took]
    return pa.table(columns, names=TIMES.names).cast(TIMES), findings


def by_window(chains: pa.Table, measure: str, width: int = 3600) -> pa.Table:
    """A measure of `chains.CHAINS` ("chain", "direct", "penalty") by part of the day, as WINDOWS.

    `width` in seconds. Percentiles are over departures, linear between neighbours. A home without an answer at any
    departure of a window has nulls there.
    """
    homes, row = np.unique(chains["home"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    part = chains["departs"].to_numpy() // width
    values = chains[measure].to_numpy().astype(np.float64)
    order = np.lexsort((part, row))
    keys = np.stack([row[order], part[order]])
    firsts = np.flatnonzero(np.append(True, (np.diff(keys) != 0).any(axis=0))) if len(order) else np.zeros(0, np.int64)
    columns: dict[str, list[object]] = {name: [] for name in WINDOWS.names}
    for first, last in zip(firsts, np.append(firsts[1:], len(order)), strict=True):
        known = values[order[first:last]]
        known = known[~np.isnan(known)]
        figures = [None] * 4 if not len(known) else [known.mean(), *np.percentile(known, [10, 50, 90])]
        begins = int(keys[1, first]) * width
        row_of = (homes[keys[0, first]], begins, begins + width, len(known), *figures)
        for name, value in zip(WINDOWS.names, row_of, strict=True):
            columns[name].append(value)
    return pa.table(columns, WINDOWS)
