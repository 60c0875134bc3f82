"""Many cities at once: blocks of homes are the unit of work, in threads of this machine or on a Spark cluster.

A city is a folder that every worker can read: its network, homes and places. A worker loads it once and measures the
blocks that fall to it; results come back small, as tables, in the order of the cities and their homes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from genderlens.access.network import Network
from genderlens.access.places import one_place_each
from genderlens.access.tables import HOMES, PLACES
from genderlens.findings import Finding, Refused

if TYPE_CHECKING:
    import ibis

Found = tuple[pa.Table, tuple[Finding, ...]]
Work = Callable[[Network, pa.Table, pa.Table], Found]  # network, homes of a block, places
BLOCK = 2_000  # homes: some seconds of work

BLOCKS = pa.schema([
    ("block", pa.int64()),
    ("city", pa.string()),
    ("folder", pa.string()),
    ("first", pa.int64()),  # row of HOMES
    ("rows", pa.int64()),
])  # fmt: skip
# What a worker sends back: a table in Arrow's own bytes, and its findings in JSON.
DONE = pa.schema([("block", pa.int64()), ("table", pa.binary()), ("findings", pa.string())])


@dataclass(frozen=True)
class City:
    """A city kept in a folder by `keep`."""

    name: str
    folder: Path


def keep(folder: Path, name: str, network: Network, homes: pa.Table, places: pa.Table) -> City:
    """Put a city into a folder: `network.npz`, `homes.parquet` (the rows of a home together) and `places.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    network.save(folder / "network.npz")
    pq.write_table(one_place_each(homes.cast(HOMES).sort_by("home"), name, []), folder / "homes.parquet")
    pq.write_table(places.cast(PLACES), folder / "places.parquet")
    return City(name, folder)


def over_cities(
    cities: Sequence[City],
    work: Work,
    *,
    engine: ibis.BaseBackend | None = None,
    block: int | None = BLOCK,
    threads: int | None = None,
) -> Found:
    """What `work` measures in each city, one table with the column `city` first, and the findings of all blocks.

    Args:
        work: measures the homes of a block, such as `lambda network, homes, places: on_foot(network, homes, places,
            [Cumulative("jobs", 30)], threads=1)`. It must not depend on the other homes.
        engine: an ibis backend on Spark (`genderlens.engines.connect`); without it, threads of this process.
        block: homes of a block; None takes a city whole, as floating catchments need.
        threads: how many blocks at a time, without Spark.

    Raises:
        Refused: when a city cannot be measured; the city is named.
    """
    plan = blocks_of(cities, block)
    if engine is None:
        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            done = list(pool.map(lambda row: measured(row, work), plan.to_pylist()))
    else:
        session = engine._session

        def on_worker(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for row in batch.to_pylist():
                    yield pa.RecordBatch.from_pylist([measured(row, work)], schema=DONE)

        spread = session.createDataFrame(plan).repartition(max(len(plan), 1))
        done = spread.mapInArrow(on_worker, "block long, table binary, findings string").toArrow().to_pylist()
    tables, findings = [], []
    names = plan["city"].to_pylist()
    for each in sorted(done, key=lambda row: row["block"]):
        city = names[each["block"]]
        for fields in json.loads(each["findings"]):
            finding = Finding(**fields | {"where": f"{city}: {fields['where']}"})
            if finding not in findings:
                findings.append(finding)
        if each["table"]:
            table = pa.ipc.open_stream(each["table"]).read_all()
            tables.append(table.add_column(0, "city", pa.array([city] * len(table), pa.string())))
    if stops := [finding for finding in findings if finding.level == "stop"]:
        raise Refused(*stops)
    return (pa.concat_tables(tables) if tables else pa.table({"city": pa.array([], pa.string())})), tuple(findings)


def blocks_of(cities: Sequence[City], block: int | None) -> pa.Table:
    """The blocks of all cities, as BLOCKS. The rows of one home are never parted."""
    rows: list[tuple[int, str, str, int, int]] = []
    for city in cities:
        names = pq.read_table(city.folder / "homes.parquet", columns=["home"])["home"]
        runs = pc.run_end_encode(names.combine_chunks())  # the rows of a home lie together
        ends = [0, *runs.run_ends.to_pylist()]
        step = block or len(ends)
        cuts = [*ends[:-1:step], ends[-1]]
        for first, last in pairwise(cuts):
            rows.append((len(rows), city.name, str(city.folder), first, last - first))
    return pa.table([list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 5, schema=BLOCKS)


def measured(row: Mapping[str, Any], work: Work) -> dict[str, Any]:
    """One row of BLOCKS measured, as a row of DONE. A city that is refused comes back as its findings."""
    network, homes, places = _load(row["folder"])
    try:
        table, findings = work(network, homes.slice(row["first"], row["rows"]), places)
    except Refused as refused:
        return {"block": row["block"], "table": b"", "findings": _json(refused.findings)}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return {"block": row["block"], "table": sink.getvalue().to_pybytes(), "findings": _json(findings)}


def _json(findings: Iterable[Finding]) -> str:
    return json.dumps([finding.as_dict() for finding in findings])


@lru_cache(maxsize=2)  # a worker goes from city to city, and a city may be large
def _load(folder: str) -> tuple[Network, pa.Table, pa.Table]:
    at = Path(folder)
    return Network.load(at / "network.npz"), pq.read_table(at / "homes.parquet"), pq.read_table(at / "places.parquet")
