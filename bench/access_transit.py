"""Care chains by public transport, every minute a departure: Porto Alegre's served hours and La Serena's whole day.

Porto Alegre: the hexagons where anybody lives are homes, those with schools care places, those with jobs work; its bus
feed runs from 12:00 to 16:00, so departures are those of 12:00 to 15:59. La Serena: one operator, every minute of a
Wednesday; its street nodes drawn with a seed are homes, care places and work, since we have no real ones. 60 minutes,
a stop of 5. Timed from tables in memory to the table of results, on all cores. A sample of homes and departures is
computed again by the other algorithm (`labels`), which follows every way worth taking, and must be equal.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from genderlens.access.doors import with_doors
from genderlens.access.fares import Money, no_purse, read_fares
from genderlens.access.gtfs import load
from genderlens.access.network import WALKING, Network, from_tables
from genderlens.access.osm import read_streets
from genderlens.access.snap import snap
from genderlens.access.tables import HOMES, PLACES
from genderlens.access.timetable import Timetable
from genderlens.access.transit import MINUTE, Ends, Town, lasts
from genderlens.access.transit_chains import CHANGE_WALK, WALK, care_chains_by_transit, place_stops

CITIES = Path(os.environ.get("JWP_SHARED_DATA") or Path(__file__).parent.parent.parent / "shared" / "data") / "cities"
LIMIT, DWELL = 60 * MINUTE, 5 * MINUTE
SEED = 20260101
THREADS = os.cpu_count() or 1
City = tuple[Network, Timetable, pa.Table, pa.Table, pa.Table]


def porto_alegre() -> City:
    folder = CITIES / "porto-alegre"
    streets, _ = read_streets(folder / "poa_osm.pbf")
    timetable = load([folder / "poa_eptc.zip", folder / "poa_trensurb.zip"], date(2019, 5, 15))
    hexagons = csv.read_csv(folder / "poa_hexgrid.csv").to_pylist()

    def where(column: str, schema: pa.Schema, name: str, amount: str) -> pa.Table:
        rows = [row for row in hexagons if row[column]]
        fixed = {"sex": "", "age": "", "kind": column, "opens": None, "closes": None}
        columns = [{**fixed, **row, name: row["id"], amount: float(row[column])} for row in rows]
        return pa.Table.from_pylist([{key: row[key] for key in schema.names} for row in columns], schema)

    homes = where("population", HOMES, "home", "persons")
    care, work = (where(column, PLACES, "place", "amount") for column in ("schools", "jobs"))
    return streets.only(streets.main), timetable, homes, care, work


def la_serena(homes: int, care: int, work: int) -> City:
    folder = CITIES / "la-serena"
    streets, _ = from_tables(csv.read_csv(folder / "street_nodes.csv"), csv.read_csv(folder / "street_links.csv"))
    network = streets.only(streets.main)
    timetable = load([folder / "gtfs_coquimbo.zip"], date(2017, 5, 17))
    random = np.random.default_rng(SEED)

    def draw(count: int, schema: pa.Schema, name: str, **fixed: Any) -> pa.Table:
        nodes = random.choice(network.nodes, count, replace=False)
        columns: dict[str, Any] = {key: [value] * count for key, value in fixed.items()}
        columns |= {name: [str(node) for node in nodes], "lon": network.lon[nodes], "lat": network.lat[nodes]}
        return pa.table({key: columns[key] for key in schema.names}, schema)

    places = {"amount": 1.0, "opens": None, "closes": None}
    return (
        network,
        timetable,
        draw(homes, HOMES, "home", sex="", age="", persons=1.0),
        draw(care, PLACES, "place", kind="childcare", **places),
        draw(work, PLACES, "place", kind="jobs", **places),
    )


def timed(city: City, departs: Sequence[int], **choices: Any) -> tuple[float, float, pa.Table]:
    """Seconds, seconds of the processor, the table."""
    start, cpu = time.perf_counter(), time.process_time()
    table, _ = care_chains_by_transit(*city, limit=LIMIT, dwell=DWELL, departs=departs, threads=THREADS, **choices)
    return time.perf_counter() - start, time.process_time() - cpu, table


def line(what: str, seconds: float, cpu: float, asked: str = "") -> None:
    print(f"{what:<86} {seconds:>8.2f} s {cpu:>8.2f} s {asked:>8}", flush=True)


def sample(city: City, table: pa.Table, departs: Sequence[int], homes: int) -> float:
    """Checks a few homes and departures by the other algorithm; milliseconds it takes for one."""
    network, timetable, every, care, work = city
    few = every.take(np.linspace(0, len(every) - 1, homes).astype(int))
    start = time.perf_counter()
    again, _ = care_chains_by_transit(
        network, timetable, few, care, work, limit=LIMIT, dwell=DWELL, departs=departs, threads=THREADS,
        walking_cap=LIMIT,  # binds nobody, and asks for the labels
    )  # fmt: skip
    took = (time.perf_counter() - start) / (homes * len(departs)) * 1000
    same = pc.and_(
        pc.is_in(table["home"], few["home"].combine_chunks()), pc.is_in(table["departs"], pa.array(departs, pa.int32()))
    )
    ours = {(row["home"], row["departs"]): row for row in table.filter(same).to_pylist()}
    for row in again.to_pylist():
        assert row == ours[row["home"], row["departs"]], (row, ours[row["home"], row["departs"]])
    return took


def model(city: City, minutes: int) -> None:
    """Connections one core looks at in a second, for all departures of one place at once."""
    network, timetable, _homes, care, work = city
    doors = [snap(network, rows["lon"].to_numpy(), rows["lat"].to_numpy()) for rows in (care, work)]
    points = [place_stops(network, timetable), *doors]
    joined, costs, (stop, place, site) = with_doors(network, network.walking(), points, WALKING)
    money = Money(no_purse(), np.zeros(len(timetable.route), np.int32))
    town = Town(joined, costs, timetable, stop, (place, site), money, (WALK, CHANGE_WALK, MINUTE))
    rides, ends = town.rides_to(site), Ends.of(town, place, site, LIMIT)
    took = np.empty((minutes, len(site)), np.uint8)
    first = 12 * 60 * MINUTE
    links = town.connections
    seen = int(((links.departs >= first) & (links.departs <= first + minutes * MINUTE + LIMIT)).sum())
    many = min(20, len(place))
    lasts(rides, ends, 0, len(site), first, minutes, MINUTE, LIMIT, 0, np.ones(1, np.bool_), took)
    start = time.process_time()
    for number in range(many):
        lasts(rides, ends, number, len(site), first, minutes, MINUTE, LIMIT, 0, np.ones(1, np.bool_), took)
    each = (time.process_time() - start) / many
    print(
        f"  model: one place, {minutes} departures: {each * 1000:.1f} ms for {seen:,} connections "
        f"({seen / each / 1e6:.1f} million a core-second; as one scan a departure {seen * minutes / each / 1e6:,.0f})"
    )


def main() -> None:
    print(f"{THREADS} threads; seconds, seconds of the processor, asked")
    tiny = la_serena(3, 2, 3)
    timed(tiny, [8 * 3600])  # compiles
    timed(tiny, [8 * 3600], walking_cap=LIMIT)
    city = porto_alegre()
    homes, care, work = (len(rows) for rows in city[2:])
    hours = list(range(12 * 3600, 16 * 3600, 60))
    seconds, cpu, table = timed(city, hours)
    line(f"Porto Alegre 12:00-15:59, {len(hours)} departures, {homes} homes, {care} care, {work} work", seconds, cpu,
         "20")  # fmt: skip
    took = sample(city, table, hours[::60], 4)
    print(f"  16 of them again by labels: equal; {took:.0f} ms each")
    model(city, len(hours))
    for part in (4, 2):
        some = (*city[:2], city[2].slice(0, homes // part), *city[3:])
        line(f"  growth: {homes // part} homes", *timed(some, hours)[:2])
    some = (*city[:3], city[3].slice(0, care // 2), city[4])
    line(f"  growth: {care // 2} care places", *timed(some, hours)[:2])
    fares = read_fares(CITIES / "porto-alegre" / "fares_poa.zip")
    hour = hours[60:120]
    for budget in (4.8, 9.6):
        what = f"  with its fares, {budget} BRL for the whole chain, 60 departures"
        line(what, *timed(city, hour, fares=fares, fare_budget=budget)[:2])
    few = (*city[:2], city[2].take(np.linspace(0, homes - 1, 20).astype(int)), *city[3:])
    choices: dict[str, Any] = {"walking_cap": 20 * MINUTE, "fares": fares, "fare_budget": 9.6}
    line("  and 20 minutes of walking at most: 20 homes, 4 departures", *timed(few, hours[::60], **choices)[:2])

    size = (1_000, 100, 1_000)
    city = la_serena(*size)
    day = list(range(0, 86_400, 60))
    seconds, cpu, table = timed(city, day)
    what = f"La Serena 00:00-23:59, {len(day)} departures, {size[0]} homes, {size[1]} care, {size[2]} work, seeded"
    line(what, seconds, cpu, "60")
    took = sample(city, table, day[7 * 60 :: 240], 5)
    print(f"  25 of them again by labels: equal; {took:.0f} ms each")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
