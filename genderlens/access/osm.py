"""Streets for walkers from an OpenStreetMap extract (.osm.pbf)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from genderlens.access.network import Network, from_arcs, metres
from genderlens.findings import Finding, Refused

# Not a street (yet, or any more), or not one for walkers.
NOT_WALKED = frozenset({
    "abandoned", "construction", "no", "planned", "platform", "proposed", "raceway", "razed", "rest_area", "services",
    "bus_guideway", "cycleway", "motor", "motorway", "motorway_link",
})  # fmt: skip
CLOSED = frozenset({"no", "private"})
# Their pavement is a way of its own, which would count twice.
PAVEMENTS = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
LIT = frozenset({"yes", "24/7", "automatic", "dusk-dawn", "sunset-sunrise", "operating_times", "limited", "interval"})
UNLIT = frozenset({"no", "disused"})


SMALLEST = 40  # nodes: pieces with fewer are slips of the map, such as a yard whose gate is not drawn


def read_streets(path: Path, *, smallest: int = SMALLEST) -> tuple[Network, tuple[Finding, ...]]:
    """The ways people may walk, both ways, every OpenStreetMap node of them a node of the network.

    Which ways: those of the walking network of pyrosm 0.25 (itself after OSMnx), so that results can be compared; see
    `walked`. Lengths are great-circle distances between nodes. A way that the extract cuts keeps what is inside.

    Pieces of fewer than `smallest` nodes are left out, so that nobody is found on one; larger ones stay and are told.

    Raises:
        Refused: when the file is no extract or has no street in it.
    """
    import osmium

    refs: list[int] = []
    lon: list[float] = []
    lat: list[float] = []
    ends: list[int] = []
    lit: list[int] = []
    cut = 0
    ways = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(osmium.filter.KeyFilter("highway"))
    try:
        for way in ways:
            assert isinstance(way, osmium.osm.Way)  # the filter's promise, for the type checker
            tags = dict(way.tags)
            if not walked(tags):
                continue
            for node in way.nodes:
                if node.location.valid():
                    refs.append(node.ref)
                    lon.append(node.location.lon)
                    lat.append(node.location.lat)
                else:  # what follows is not joined to what came before
                    cut += 1
                    ends.append(len(refs))
                    lit.append(light(tags.get("lit")))
            ends.append(len(refs))
            lit.append(light(tags.get("lit")))
    except RuntimeError as error:
        what = f"This is not an OpenStreetMap extract ({error})."
        raise Refused(Finding("stop", "extract-unreadable", path.name, what, "Give an .osm.pbf file.")) from error
    if not refs:
        what = "There is no street for walkers in it."
        raise Refused(Finding("stop", "network-empty", path.name, what, "Was the extract made without its ways?"))
    _ids, first, number = np.unique(np.array(refs, np.int64), return_index=True, return_inverse=True)
    inner = np.ones(len(refs) - 1, np.bool_)
    between = np.unique(ends)  # one way's last node to the next way's first
    inner[between[(between > 0) & (between < len(refs))] - 1] = False
    tail, head = number[:-1][inner], number[1:][inner]
    light_of = np.repeat(np.array(lit, np.int8), np.diff(ends, prepend=0))[:-1][inner]
    x, y = np.array(lon)[first], np.array(lat)[first]
    length = np.rint(metres(x[tail], y[tail], x[head], y[head]) * 1000)
    network = from_arcs(x, y, tail, head, length, light_of, both_ways=True)
    size = np.bincount(network.pieces)[network.pieces]
    slips = (size < smallest) & ~network.main
    findings = []
    if slips.any():
        what = f"{int(slips.sum())} points of streets are in pieces of fewer than {smallest}; they are left out."
        findings.append(Finding("note", "slips-left-out", path.name, what))
        network = network.only(~slips)
    findings += network.findings()
    if cut:
        what = f"{cut} points of streets are outside the extract; people near its edge reach less than they can."
        findings.append(Finding("note", "streets-cut", path.name, what, "Use an extract larger than the city."))
    return network, tuple(findings)


def walked(tags: Mapping[str, str]) -> bool:
    """Whether people on foot may use a way with these tags.

    >>> walked({"highway": "steps"}), walked({"highway": "cycleway"})
    (True, False)
    >>> walked({"highway": "service", "access": "private"})
    False
    >>> walked({"highway": "service", "access": "private", "foot": "yes"})
    True
    """
    access = tags.get("foot") or tags.get("access")
    return not (
        among(tags.get("highway"), NOT_WALKED)
        or among(tags.get("area"), {"yes"})
        or among(tags.get("service"), {"private"})
        or among(access, CLOSED)
        or any(among(tags.get(key), {"separate"}) for key in PAVEMENTS)
    )


def among(value: str | None, values: set[str] | frozenset[str]) -> bool:
    """Whether any of the values a tag lists (`a;b`) is one of `values`."""
    return value is not None and any(part.strip() in values for part in value.split(";"))


def light(value: str | None) -> int:
    """A `lit` tag as 1 (lit), 0 (not) or -1 (not known)."""
    return 1 if value in LIT else 0 if value in UNLIT else -1
