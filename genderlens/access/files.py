"""The files of a diagnosis that are neither homes, places nor timetables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from genderlens.access.network import Network, from_tables
from genderlens.access.places import read_table
from genderlens.findings import Finding, Refused


def read_streets(paths: tuple[Path, ...]) -> tuple[Network, tuple[Finding, ...]]:
    """From an extract, a saved network, or a table of nodes and one of links."""
    if len(paths) == 1 and paths[0].suffix == ".pbf":
        from genderlens.access.osm import read_streets as read_extract

        return read_extract(paths[0])
    if len(paths) == 1 and paths[0].suffix == ".npz":
        network = Network.load(paths[0])
        return network, network.findings()
    if len(paths) != 2:
        names = ", ".join(path.name for path in paths)
        raise Refused(
            Finding("stop", "streets", names, "are not streets.", "Give one .osm.pbf, or nodes and links as tables.")
        )
    tables = [read_table(path) for path in paths]
    if "a_node" in tables[0].column_names:
        tables.reverse()
    return from_tables(*tables)


def main_streets(paths: tuple[Path, ...]) -> list[Any]:
    """Lines to draw beneath a map, so that a reader finds the way; none where the table does not tell them apart."""
    if len(paths) != 2:
        return []
    nodes, links = sorted((read_table(path) for path in paths), key=lambda table: "a_node" in table.column_names)
    if "link_type" not in links.column_names:
        return []
    main = links.filter(pc.is_in(links["link_type"].cast(pa.string()), pa.array(["trunk", "primary", "secondary"])))
    ids = nodes["node_id"].to_numpy()
    order = np.argsort(ids)
    ends = [order[np.searchsorted(ids[order], main[end].to_numpy())] for end in ("a_node", "b_node")]
    places = np.stack([nodes["lon"].to_numpy(), nodes["lat"].to_numpy()], axis=1)
    return list(shapely.linestrings(np.stack([places[ends[0]], places[ends[1]]], axis=1)))


def read_zones(path: Path | None) -> Mapping[str, Any]:
    """Polygons by the property `zone`, or by their position."""
    if path is None:
        return {}
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {
            str((feature.get("properties") or {}).get("zone", i)): shapely.from_geojson(json.dumps(feature["geometry"]))
            for i, feature in enumerate(features)
        }
    except (ValueError, KeyError, TypeError, OSError, shapely.errors.ShapelyError) as error:
        mend = "Give GeoJSON: a FeatureCollection of polygons."
        raise Refused(Finding("stop", "zones-unreadable", path.name, f"cannot be read: {error}.", mend)) from error
