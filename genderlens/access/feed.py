"""A GTFS feed as it lies in its zip: tables of text, with everything that could not be read said.

Source: General Transit Feed Specification, https://gtfs.org/documentation/schedule/reference/
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from genderlens.findings import Finding, Level, Refused

# What we read of each file. The first columns (before the bar) must be there; the others are empty if missing.
FILES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "stops.txt": (("stop_id", "stop_lat", "stop_lon"), ("stop_name", "location_type", "parent_station")),
    "routes.txt": (("route_id", "route_type"), ("route_short_name", "route_long_name")),
    "trips.txt": (("trip_id", "route_id", "service_id"), ("direction_id",)),
    "stop_times.txt": (
        ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
        ("pickup_type", "drop_off_type", "shape_dist_traveled"),
    ),
    "calendar.txt": (
        ("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
         "start_date", "end_date"), ()),
    "calendar_dates.txt": (("service_id", "date", "exception_type"), ()),
    "frequencies.txt": (("trip_id", "start_time", "end_time", "headway_secs"), ("exact_times",)),
    "transfers.txt": (("from_stop_id", "to_stop_id", "transfer_type"), ("min_transfer_time", "from_trip_id",
                      "to_trip_id", "from_route_id", "to_route_id")),
}  # fmt: skip
NEEDED = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
# One row for each of these; a second with the same key says something else about the same thing.
KEYS = {
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id",),
    "trips.txt": ("trip_id",),
    "stop_times.txt": ("trip_id", "stop_sequence"),
    "calendar.txt": ("service_id",),
    "calendar_dates.txt": ("service_id", "date"),
    "frequencies.txt": ("trip_id", "start_time"),
}


@dataclass(frozen=True)
class Feed:
    """The tables of one feed, every cell text without blanks around it, an empty cell ""."""

    name: str
    tables: dict[str, pa.Table]
    findings: tuple[Finding, ...]

    def column(self, file: str, name: str) -> pa.Array:
        return self.tables[file][name].combine_chunks()


def read_feed(path: Path) -> Feed:
    """Reads one zip.

    Raises:
        Refused: it is no zip, lacks a file or column that no timetable can do without, or a file cannot be read.
    """
    name = path.name
    if not path.is_file() or not zipfile.is_zipfile(path):
        mend = "Give the GTFS zip as the operator publishes it."
        raise Refused(Finding("stop", "not a zip", name, "This is no zip file.", mend))
    found: list[Finding] = []
    tables: dict[str, pa.Table] = {}
    with zipfile.ZipFile(path) as archive:
        inside = {PurePosixPath(entry).name: entry for entry in archive.namelist() if "__MACOSX" not in entry}
        missing = [file for file in NEEDED if file not in inside]
        if not {"calendar.txt", "calendar_dates.txt"} & set(inside):
            missing.append("calendar.txt or calendar_dates.txt")
        if missing:
            raise Refused(
                Finding("stop", "file missing", name, f"The feed has no {', '.join(missing)}.", "Ask for a whole feed.")
            )
        for file, (must, may) in FILES.items():
            if file in inside:
                tables[file] = _table(archive.read(inside[file]), f"{name}/{file}", must, may, found)
            else:
                tables[file] = pa.table({column: pa.array([], pa.string()) for column in must + may})
    for file, key in KEYS.items():
        tables[file] = _unique(tables[file], key, f"{name}/{file}", found)
    return Feed(name, tables, tuple(found))


def _table(data: bytes, where: str, must: Iterable[str], may: Iterable[str], found: list[Finding]) -> pa.Table:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
        what = "The file is not UTF-8 as GTFS asks; it was read as Latin-1."
        found.append(Finding("warning", "encoding", where, what, "Check accented names, and save it as UTF-8."))
    if not text.strip():
        raise Refused(Finding("stop", "empty file", where, "The file is empty."))
    header, _, rest = text.partition("\n")
    names = [cell.strip().strip('"').strip() for cell in header.strip("\r").split(",")]
    if absent := [column for column in must if column not in names]:
        what = f"Column {', '.join(absent)} is missing."
        raise Refused(Finding("stop", "column missing", where, what, "GTFS cannot be read without it."))
    wrong: list[int] = []

    def skip(row: csv.InvalidRow) -> str:
        wrong.append(row.number or 0)
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(rest.encode()),
            read_options=csv.ReadOptions(column_names=names, use_threads=False),
            parse_options=csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=csv.ConvertOptions(
                column_types={column: pa.string() for column in names},
                strings_can_be_null=False,
                include_columns=[*must, *may],
                include_missing_columns=True,
            ),
        ) if rest.strip() else pa.table({column: pa.array([], pa.string()) for column in (*must, *may)})  # fmt: skip
    except pa.ArrowInvalid as error:
        raise Refused(Finding("stop", "unreadable", where, f"The file is no CSV: {error}")) from error
    if wrong:
        what = f"{len(wrong)} rows have another number of cells than the header and were left out"
        found.append(Finding("warning", "broken rows", where, f"{what}.", "Quote cells that hold commas."))
    columns = {c: pc.utf8_trim_whitespace(pc.fill_null(table[c].cast(pa.string()), "")) for c in table.column_names}
    return pa.table(columns)


def _unique(table: pa.Table, key: tuple[str, ...], where: str, found: list[Finding]) -> pa.Table:
    """The first row of each key."""
    if not table.num_rows:
        return table
    joined = pc.binary_join_element_wise(*[table[column] for column in key], "\x1f")
    _, first = np.unique(codes(joined), return_index=True)
    if len(first) == table.num_rows:
        return table
    again = np.setdiff1d(np.arange(table.num_rows), first)
    sample = ", ".join(str(table[key[0]][int(row)]) for row in again[:3])
    what = f"{len(again)} rows repeat a {' and '.join(key)} (such as {sample}); the first of each was kept."
    alike = len(table.group_by(table.column_names).aggregate([])) == len(first)
    level: Level = "note" if alike else "warning"
    found.append(Finding(level, "duplicate key", where, what, "" if alike else "Ask which one is meant."))
    return table.take(pa.array(np.sort(first)))


def codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A whole number for each different text."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)


def milliseconds(column: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Times of day H:MM:SS (also past 24:00) as milliseconds after midnight, -1 where blank; and which are wrong."""
    parts = pc.extract_regex(column, r"^(?P<h>\d{1,3}):(?P<m>[0-5]?\d):(?P<s>[0-5]?\d)$")
    number = {key: pc.fill_null(pc.struct_field(parts, key).cast(pa.int64()), 0) for key in "hms"}
    total = pc.add(pc.add(pc.multiply(number["h"], 3600), pc.multiply(number["m"], 60)), number["s"])
    ms = np.where(pc.is_valid(parts).to_numpy(zero_copy_only=False), total.to_numpy(zero_copy_only=False) * 1000, -1)
    blank = pc.equal(column, "").to_numpy(zero_copy_only=False)
    return ms.astype(np.int64), (ms < 0) & ~blank


def numbers(column: pa.Array) -> NDArray[np.float64]:
    """Decimal numbers, NaN where blank or no number."""
    plain = pc.match_substring_regex(column, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
    kept = pc.if_else(plain, pc.utf8_ltrim(column, "+"), None)
    return np.array(kept.cast(pa.float64()).fill_null(float("nan")), np.float64)


def look_up(values: pa.Array, keys: pa.Array) -> NDArray[np.int64]:
    """The row of each value among the keys, -1 where it is unknown."""
    return np.asarray(pc.fill_null(pc.index_in(values, keys), -1).to_numpy(zero_copy_only=False), np.int64)
