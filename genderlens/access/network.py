"""The streets people walk, as a graph."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from genderlens.findings import Finding, Refused

WALKING = 4.8  # km/h
Kind = TypeVar("Kind", bound=np.generic)

LONGEST = 2**31 - 2  # of lengths and of costs: the greatest number stands for "never"
EARTH = 6_371_008.8  # metres, the mean radius (IUGG)


@dataclass(frozen=True)
class Network:
    """Streets in compressed rows: the arcs out of node `i` are `starts[i]:starts[i + 1]`.

    Lengths are whole millimetres and costs whole milliseconds, so that sums do not depend on their order and every
    engine gives the same answer.
    """

    lon: NDArray[np.float64]  # (nodes,)
    lat: NDArray[np.float64]  # (nodes,)
    starts: NDArray[np.int64]  # (nodes + 1,)
    heads: NDArray[np.int32]  # (arcs,) the node an arc leads to
    lengths: NDArray[np.int32]  # (arcs,) millimetres
    lit: NDArray[np.int8]  # (arcs,) 1 lit, 0 not lit, -1 not known

    @property
    def nodes(self) -> int:
        return len(self.lon)

    @property
    def arcs(self) -> int:
        return len(self.heads)

    @cached_property
    def tails(self) -> NDArray[np.int32]:
        """The node each arc leaves, shape (arcs,)."""
        tails: NDArray[np.int32] = np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.starts))
        return tails

    @cached_property
    def pieces(self) -> NDArray[np.int32]:
        """The number of the piece of each node, shape (nodes,): in a piece everybody gets everywhere and back."""
        # Imported here: scipy costs a third of a second, and most of what imports networks never asks.
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        if not self.nodes:
            return np.zeros(0, np.int32)
        graph = csr_array((np.ones(self.arcs, np.int8), self.heads, self.starts), shape=(self.nodes, self.nodes))
        piece: NDArray[np.int32] = connected_components(graph, directed=True, connection="strong")[1]
        return piece

    @cached_property
    def main(self) -> NDArray[np.bool_]:
        """The nodes of the largest piece, shape (nodes,)."""
        largest: NDArray[np.bool_] = self.pieces == np.bincount(self.pieces, minlength=1).argmax()
        return largest

    @cached_property
    def east(self) -> float:
        """How long a degree of longitude is here, in degrees of latitude; over a city it hardly changes."""
        return float(np.cos(np.radians(self.lat.mean())))

    def tree(self, among: NDArray[np.bool_]) -> Any:
        """Some nodes for finding the nearest (scipy's cKDTree), in the plane of `east` and latitude."""
        from scipy.spatial import cKDTree

        return cKDTree(np.stack([self.lon[among] * self.east, self.lat[among]], axis=1))

    @cached_property
    def main_tree(self) -> Any:
        return self.tree(self.main)

    def walking(self, speed: float = WALKING) -> NDArray[np.int32]:
        """Milliseconds to walk each arc at `speed` km/h, shape (arcs,). Never zero.

        Raises:
            ValueError: when nobody gets anywhere at that speed.
        """
        if not speed > 0:
            raise ValueError(f"A speed of {speed} km/h.")
        cost: NDArray[np.int32] = np.clip(np.rint(self.lengths * (3.6 / speed)), 1, LONGEST).astype(np.int32)
        return cost

    def findings(self) -> tuple[Finding, ...]:
        """What is worth knowing before anything is measured on it: pieces nobody gets to."""
        lost = self.nodes - int(self.main.sum())
        if not lost:
            return ()
        what = f"{lost} of {self.nodes} street nodes are not joined to the rest."
        mend = "Homes and places there have no answer. Check that bridges and ferries are in the map."
        # A town on two banks without its bridge is a different thing from a few courtyards.
        level = "warning" if lost > self.nodes / 20 else "note"
        return (Finding(level, "network-in-pieces", "network", what, mend),)  # type: ignore[arg-type]

    def only(self, keep: NDArray[np.bool_]) -> Network:
        """The same with the nodes of `keep`, shape (nodes,), and the arcs between them; their order stays."""
        number = np.cumsum(keep, dtype=np.int32) - 1
        arcs = keep[self.tails] & keep[self.heads]
        return from_arcs(
            self.lon[keep],
            self.lat[keep],
            number[self.tails[arcs]],
            number[self.heads[arcs]],
            self.lengths[arcs],
            self.lit[arcs],
        )

    def save(self, path: Path) -> None:
        """One compressed file (.npz) that `load` reads."""
        np.savez_compressed(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Network:
        """
        Raises:
            Refused: when the file is not a network.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(**{field.name: file[field.name] for field in fields(cls)})
        except (KeyError, ValueError, OSError, EOFError) as error:
            what = f"This is not a saved network ({error})."
            raise Refused(Finding("stop", "network-unreadable", path.name, what, "Build it again.")) from error


def from_arcs(
    lon: ArrayLike,
    lat: ArrayLike,
    tails: ArrayLike,
    heads: ArrayLike,
    lengths: ArrayLike,
    lit: ArrayLike = -1,
    *,
    both_ways: bool = False,
) -> Network:
    """A network of arcs in any order, each walked from tail to head only, or both ways.

    `lengths` are millimetres. Arcs from a node to itself lead nowhere and are left out; parallel arcs stay, since one
    may be lit and the other not. A length beyond LONGEST (2,147 km, of a node that is somewhere else) counts as that.

    Raises:
        ValueError: when a length is negative or not a number.
    """
    far = np.asarray(lengths, np.float64)
    if not (far >= 0).all():
        raise ValueError("A length is negative or not a number.")
    size = len(np.asarray(lon))
    tail, head = np.asarray(tails, np.int32), np.asarray(heads, np.int32)
    length = np.minimum(far, LONGEST).astype(np.int32)
    light = np.broadcast_to(np.asarray(lit, np.int8), tail.shape)
    if both_ways:
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
        length, light = np.tile(length, 2), np.tile(light, 2)
    keep = tail != head
    tail, head, length, light = tail[keep], head[keep], length[keep], light[keep]
    order = np.lexsort((head, tail))
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=size), out=starts[1:])
    return Network(
        np.asarray(lon, np.float64),
        np.asarray(lat, np.float64),
        starts,
        head[order],
        length[order],
        np.ascontiguousarray(light[order]),
    )


def metres(lon: ArrayLike, lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distances on a sphere (haversine), in metres. Coordinates in degrees."""
    x, y, to_x, to_y = (np.radians(np.asarray(angle, np.float64)) for angle in (lon, lat, to_lon, to_lat))
    half = np.sin((to_y - y) / 2) ** 2 + np.cos(y) * np.cos(to_y) * np.sin((to_x - x) / 2) ** 2
    distance: NDArray[np.float64] = 2 * EARTH * np.arcsin(np.sqrt(half))
    return distance


def from_tables(nodes: pa.Table, links: pa.Table, *, one_way: bool = False) -> tuple[Network, tuple[Finding, ...]]:
    """A network from tables in the manner of AequilibraE: nodes and links with their lengths.

    `nodes` has `node_id`, `lon`, `lat`; `links` has `a_node`, `b_node`, `length_m` and, if there are, `direction` (1 a
    to b, -1 b to a, 0 both) and `lit` (1, 0, null). Walkers may go against the traffic, so `direction` counts only with
    `one_way`. A link without a length gets that of the straight line.

    Raises:
        Refused: when columns are missing, a node appears twice or no link can be used.
    """
    for table, name, wanted in (
        (nodes, "nodes", ("node_id", "lon", "lat")),
        (links, "links", ("a_node", "b_node", "length_m")),
    ):
        if missing := [column for column in wanted if column not in table.column_names]:
            what = f"There is no column {', '.join(missing)}."
            raise Refused(Finding("stop", "columns-missing", name, what, f"It needs {', '.join(wanted)}."))
    ids = column(nodes, "node_id", np.int64)
    order = np.argsort(ids)
    if len(ids) and (np.diff(ids[order]) == 0).any():
        raise Refused(Finding("stop", "node-twice", "nodes", "A node_id appears twice.", "Give each node its own."))
    lon, lat = column(nodes, "lon", np.float64)[order], column(nodes, "lat", np.float64)[order]
    a, b = column(links, "a_node", np.int64), column(links, "b_node", np.int64)
    from_a, from_b = np.searchsorted(ids[order], a), np.searchsorted(ids[order], b)
    known = np.isin(a, ids) & np.isin(b, ids)
    length = column(links, "length_m", np.float64)
    wrong = known & ~(np.nan_to_num(length, nan=1) > 0)
    findings: list[Finding] = []
    if (~known).any():
        what = f"{int((~known).sum())} links end at a node that is not in the table; they are left out."
        findings.append(Finding("warning", "link-without-node", "links", what, "Add the nodes."))
    if wrong.any():
        what = f"{int(wrong.sum())} links have a length of zero or less; they get that of the straight line."
        findings.append(Finding("warning", "link-without-length", "links.length_m", what))
    if not known.any():
        raise Refused(*findings, Finding("stop", "network-empty", "links", "No link can be used."))
    tail, head, length = from_a[known], from_b[known], length[known]
    straight = metres(lon[tail], lat[tail], lon[head], lat[head])
    millimetres = np.rint(np.where(np.nan_to_num(length) > 0, length, straight) * 1000)
    lit = column(links, "lit", np.float64)[known] if "lit" in links.column_names else np.full(len(tail), np.nan)
    light = np.nan_to_num(lit, nan=-1)
    if not one_way or "direction" not in links.column_names:
        network = from_arcs(lon, lat, tail, head, millimetres, light, both_ways=True)
    else:
        direction = column(links, "direction", np.int64)[known]
        there, back = direction >= 0, direction <= 0
        network = from_arcs(
            lon,
            lat,
            np.concatenate([tail[there], head[back]]),
            np.concatenate([head[there], tail[back]]),
            np.concatenate([millimetres[there], millimetres[back]]),
            np.concatenate([light[there], light[back]]),
        )
    return network, (*findings, *network.findings())


def column(table: pa.Table, name: str, kind: type[Kind]) -> NDArray[Kind]:
    """A column as an array; where it is floating, null is NaN."""
    array: NDArray[Kind] = table[name].to_numpy().astype(kind)
    return array


def hilbert(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
    """An order of points in which neighbours on the ground are near one another in memory."""
    span = 1 << 16
    x, y = (
        ((axis - axis.min()) / max(float(np.ptp(axis)), 1e-12) * (span - 1)).astype(np.int64) for axis in (lon, lat)
    )
    distance = np.zeros(len(lon), np.int64)
    side = span >> 1
    while side:
        right, up = (x & side) > 0, (y & side) > 0
        distance += side * side * ((3 * right) ^ up)
        # Turn the quarter, so that the curve leaves it where the next begins.
        flip = ~up & right
        x, y = np.where(flip, span - 1 - x, x), np.where(flip, span - 1 - y, y)
        x, y = np.where(up, x, y), np.where(up, y, x)
        side >>= 1
    return np.argsort(distance, kind="stable")
