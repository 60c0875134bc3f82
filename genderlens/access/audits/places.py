"""Where an audit was walked: its map, and its scores on the streets of a network."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.audits.answers import METRES_A_DEGREE
from genderlens.access.audits.scores import SCORE, SMALLEST, cells
from genderlens.access.network import Network

REACH = 75.0  # metres: the farthest that a rating still speaks for a street (half the diagonal of a square)

PLACES = pa.schema([
    ("segment", pa.string()),
    ("lon", pa.float64()),  # null: a section named without coordinates
    ("lat", pa.float64()),
    ("n", pa.int64()),
    ("score", pa.float64()),  # 0 to 10; null with the flag `suppressed`
    ("flag", pa.string()),
])  # fmt: skip


def places(rated: pa.Table, *, light: str | None = None, smallest: int = SMALLEST) -> pa.Table:
    """Each segment with its score (PLACES), of all ratings or of those in one `light`."""
    part = rated if light is None else rated.filter(pc.equal(rated["light"], light))
    found = cells(part.select(["segment", SCORE]), ["segment"], sums_over=["segment"], smallest=smallest)
    where = part.group_by("segment").aggregate([("lon", "min"), ("lat", "min")])
    joined = found.join(where, "segment").sort_by("segment")
    columns = {"lon": "lon_min", "lat": "lat_min", "score": "mean"}
    return pa.table({name: joined[columns.get(name, name)] for name in PLACES.names}, schema=PLACES)


def as_geojson(found: pa.Table) -> str:
    """PLACES as a FeatureCollection of points; a suppressed score is null."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(row["lon"], 5), round(row["lat"], 5)]},
            "properties": {name: row[name] for name in ("segment", "n", "score", "flag")},
        }
        for row in found.to_pylist()
        if row["lon"] is not None
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def on_streets(network: Network, found: pa.Table, *, reach: float = REACH) -> NDArray[np.float64]:
    """The score of every arc, (arcs,): that of the nearest segment within `reach` metres of its middle.

    Not a number where nobody rated, or where the score is suppressed: unknown is neither safe nor unsafe.
    """
    from scipy.spatial import cKDTree

    known = found.filter(pc.and_(pc.is_valid(found["score"]), pc.is_valid(found["lon"])))
    scores = np.full(network.arcs, np.nan)
    if not known.num_rows or not network.arcs:
        return scores
    tails = np.repeat(np.arange(network.nodes), np.diff(network.starts))
    middle_lat = (network.lat[tails] + network.lat[network.heads]) / 2
    middle_lon = (network.lon[tails] + network.lon[network.heads]) / 2
    lat, lon = known["lat"].to_numpy(), known["lon"].to_numpy()
    # A city is small enough to be flat.
    shrink = np.cos(np.radians(lat.mean()))
    tree = cKDTree(np.column_stack([lat, lon * shrink]) * METRES_A_DEGREE)
    asked = np.column_stack([middle_lat, middle_lon * shrink]) * METRES_A_DEGREE
    distance, nearest = tree.query(asked, distance_upper_bound=reach)
    near = np.isfinite(distance)
    scores[near] = known["score"].to_numpy()[nearest[near]]
    return scores
