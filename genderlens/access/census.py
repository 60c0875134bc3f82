"""Homes from a census: persons by sex and age, counted by zone and spread over the street corners of the zone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.network import Network, hilbert
from genderlens.access.places import homes, needs
from genderlens.findings import Finding, Refused

if TYPE_CHECKING:
    import ibis

BANDS = (0, 6, 15, 18, 25, 40, 60, 80)  # the first year of each band of age
CORNERS = 12  # over so many at most a zone's persons are spread


@dataclass(frozen=True)
class Zones:
    """Areas with a code, as shapely geometries in degrees."""

    codes: tuple[str, ...]
    shapes: NDArray[np.object_]


def read_zones(path: Path, code: Sequence[str]) -> Zones:
    """Zones from a shapefile or GeoJSON in degrees.

    Args:
        code: the columns that name a zone together, outermost first.

    Raises:
        Refused: when it cannot be read, or a column is missing.
    """
    import shapely

    try:
        if path.suffix == ".shp":
            import shapefile

            with shapefile.Reader(str(path)) as reader:
                found: list[tuple[Mapping[str, Any], Any]] = [
                    (each.record.as_dict(), each.shape.__geo_interface__) for each in reader.iterShapeRecords()
                ]
        else:
            features = json.loads(path.read_text(encoding="utf-8"))["features"]
            found = [(each["properties"], each["geometry"]) for each in features]
    except (OSError, ValueError, KeyError, shapefile_error()) as error:
        what = f"It cannot be read ({error})."
        raise Refused(Finding("stop", "zones-unreadable", path.name, what, "Give a shapefile or GeoJSON.")) from error
    if found and (missing := [name for name in code if name not in found[0][0]]):
        what = f"There is no column {', '.join(missing)}."
        raise Refused(Finding("stop", "columns-missing", path.name, what, f"It has {', '.join(found[0][0])}."))
    shapes = np.array([shapely.geometry.shape(shape) for _row, shape in found], dtype=object)
    return Zones(tuple(joined([row[name] for name in code]) for row, _shape in found), shapes)


def census_homes(
    persons: ibis.Table,
    zones: Zones,
    network: Network,
    *,
    zone: Sequence[str],
    sex: str,
    age: str | None = None,
    weight: str | None = None,
    sexes: Mapping[str, str] | None = None,
    bands: Sequence[int] = BANDS,
    corners: int = CORNERS,
    where: str = "census",
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """HOMES from one row a person, counted by the engine that holds them, so that a whole country may be given.

    Where in a zone people live is not known: they are spread evenly over up to `corners` street corners of the main
    network inside it, or put at a point inside it where there is none, and said.

    Args:
        persons: one row a person (see `genderlens.engines.read`).
        zone: the columns that name the zone, in the order of the code of `zones`.
        sexes: see `places.homes`.
        bands: the first year of each band; a person without an age has the band "".

    Raises:
        Refused: when a column is missing, or nobody lives in any of the zones.
    """
    import ibis

    columns = [*zone, sex, *([age] if age else []), *([weight] if weight else [])]
    needs(pa.table({name: pa.array([], pa.null()) for name in persons.columns}), columns, where)
    keys = {f"zone_{i}": persons[name] for i, name in enumerate(zone)}
    keys |= {"sex": persons[sex].cast("string")}
    keys |= {"age": band(persons[age], bands) if age else ibis.literal("")}
    count = persons[weight].sum() if weight else persons.count()
    counted = persons.group_by(**keys).aggregate(persons=count.cast("float64")).to_pyarrow()
    parts = zip(*(counted[f"zone_{i}"].to_pylist() for i in range(len(zone))), strict=True)
    codes = pa.array([joined(each) for each in parts], pa.string())
    at = pc.index_in(codes, value_set=pa.array(zones.codes, pa.string()))
    findings: list[Finding] = []
    lost = pc.is_null(at)
    if missing := pc.sum(counted["persons"].filter(lost)).as_py():
        share = missing / pc.sum(counted["persons"]).as_py()
        names = ", ".join(pc.unique(codes.filter(lost)).slice(0, 5).to_pylist())
        what = f"{missing:,.0f} persons ({share:.0%}) live in zones without an outline ({names}); they are left out."
        findings.append(Finding("warning", "zones-without-outline", where, what, "Add the outlines."))
    kept = pc.invert(lost)
    counted, place = counted.filter(kept), at.filter(kept).to_numpy()
    if not len(counted):
        raise Refused(*findings, Finding("stop", "no-homes", where, "Nobody lives in any of the zones."))
    lived_in, place = np.unique(place, return_inverse=True)
    zones = Zones(tuple(zones.codes[i] for i in lived_in), zones.shapes[lived_in])
    spots, found = spread(zones, network, corners)
    findings += found
    spots_of = [np.flatnonzero(spots.zone == i) for i in range(len(zones.codes))]
    rows = np.repeat(np.arange(len(place)), [len(spots_of[i]) for i in place])
    spot = np.concatenate([spots_of[i] for i in place])
    share_of = np.array([len(spots_of[i]) for i in place])[rows]
    names_of = np.array([f"{zones.codes[z]}/{n}" for z, n in zip(spots.zone, spots.number, strict=True)])
    table = pa.table({
        "home": pa.array(names_of[spot], pa.string()), "lon": spots.lon[spot], "lat": spots.lat[spot],
        "sex": counted["sex"].take(rows), "age": counted["age"].take(rows),
        "persons": counted["persons"].to_numpy()[rows] / share_of,
    })  # fmt: skip
    made, more = homes(table, where=where, sexes=sexes)
    return made, (*findings, *more)


@dataclass(frozen=True)
class Spots:
    """Points inside zones."""

    zone: NDArray[np.int64]  # position in the zones
    number: NDArray[np.int64]  # from 1, within the zone
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


def spread(zones: Zones, network: Network, corners: int = CORNERS) -> tuple[Spots, tuple[Finding, ...]]:
    """Up to `corners` corners of the main network in each zone, far from one another; else a point inside it."""
    import shapely

    node = np.flatnonzero(network.main)
    node = node[hilbert(network.lon[node], network.lat[node])]  # so that evenly chosen is evenly spread
    tree = shapely.STRtree(shapely.points(network.lon[node], network.lat[node]))
    inside, which = tree.query(zones.shapes, predicate="contains")
    zone, number, lon, lat = [], [], [], []
    bare = []
    for i, shape in enumerate(zones.shapes):
        here = np.sort(which[inside == i])
        if len(here):
            chosen = node[here[np.unique(np.linspace(0, len(here) - 1, corners).round().astype(int))]]
            x, y = network.lon[chosen], network.lat[chosen]
        else:
            point = shape.representative_point()
            x, y = np.array([float(point.x)]), np.array([float(point.y)])
            bare.append(zones.codes[i])
        zone.append(np.full(len(x), i))
        number.append(np.arange(1, len(x) + 1))
        lon.append(x)
        lat.append(y)
    findings: tuple[Finding, ...] = ()
    if bare:
        some = ", ".join(bare[:5]) + (", …" if len(bare) > 5 else "")
        what = f"{len(bare)} zones have no street corner inside ({some}); their people are put at a point inside."
        findings = (Finding("note", "zones-without-streets", "zones", what, "Use an extract of the whole area."),)
    none = np.zeros(0)
    return Spots(
        np.concatenate([none.astype(np.int64), *zone]),
        np.concatenate([none.astype(np.int64), *number]),
        np.concatenate([none, *lon]),
        np.concatenate([none, *lat]),
    ), findings


def band(age: ibis.Column, bands: Sequence[int]) -> ibis.Column:
    """The band of an age, such as 25-39 or 80+.

    Raises:
        ValueError: when the bands do not ascend.
    """
    import ibis

    if list(bands) != sorted(set(bands)) or not bands:
        raise ValueError("Give ascending years.")
    ends = [f"-{after - 1}" for after in bands[1:]] + ["+"]
    cases = [(age >= first, f"{first}{end}") for first, end in zip(bands, ends, strict=True)]
    return ibis.cases(*reversed(cases), else_="")


def joined(parts: Sequence[object]) -> str:
    """One code of several columns, numbers without leading zeros: 4302 and "04302" are one zone.

    >>> joined([4302, "02", 1.0])
    '4302-2-1'
    """
    texts = []
    for part in parts:
        text = str(part).strip()
        number = text.removesuffix(".0")
        texts.append(str(int(number)) if number.isdigit() else text)
    return "-".join(texts)


def shapefile_error() -> type[Exception]:
    import shapefile

    error: type[Exception] = shapefile.ShapefileException
    return error
