"""How far it is on foot to the nearest of some places, and what is reached without a stop."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.access.averages import Values
from genderlens.access.doors import with_doors
from genderlens.access.network import Network
from genderlens.access.search import prepare, search
from genderlens.access.snap import Snapped
from genderlens.access.timetable import Timetable

MINUTE = 60_000  # milliseconds


def within(
    network: Network, homes: Snapped, places: Snapped, amounts: NDArray[np.float64], *, minutes: float, speed: float
) -> Values:  # fmt: skip
    """The amounts each home reaches on foot in so many minutes, NaN for a home without a street."""
    from genderlens.access.measures import cumulative

    joined, costs, (home, place) = with_doors(network, network.walking(speed), [homes, places], speed)
    spots, spot = np.unique(place[place >= 0], return_inverse=True)
    together = np.bincount(spot, amounts[place >= 0], minlength=len(spots))
    graph = prepare(joined, costs, np.concatenate([home, spots]))
    found: Values = cumulative(search(graph, home, spots, round(minutes * MINUTE)), together, minutes)
    return found


def minutes_to(network: Network, homes: Snapped, places: Snapped, speed: float) -> Values:
    """Minutes on foot from each home to the nearest place, however far; NaN for a home without a street."""
    joined, costs, (home, place) = with_doors(network, network.walking(speed), [homes, places], speed)
    return np.where(home >= 0, to_nearest(joined, costs, place)[home] / MINUTE, np.nan)


def near_stop(network: Network, homes: Snapped, stops: Snapped, metres: float) -> Values:
    """1 where a stop is within so many metres along streets, 0 where none is, NaN for a home without a street."""
    joined, lengths, (home, stop) = with_doors(network, network.lengths, [homes, stops], 3.6)  # 1 mm is 1 ms
    away = to_nearest(joined, lengths, stop)[home] / 1000
    return np.where(home >= 0, (away <= metres).astype(np.float64), np.nan)


def served_stops(timetable: Timetable) -> pa.Table:
    """Where anybody can get on that day."""
    served = np.unique(timetable.connections.origin[timetable.connections.boards])
    stops = pa.table({"stop": timetable.stops, "lon": timetable.lon, "lat": timetable.lat})
    return stops.take(pa.array(served))


def to_nearest(network: Network, costs: NDArray[np.int32], places: Sequence[int] | NDArray[np.int32]) -> Values:
    """Of each node the cost to the nearest of the places' nodes, shape (nodes,); infinite where none is reached."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    # Of parallel arcs the cheapest: the sparse matrix would add them up.
    order = np.lexsort((costs, network.tails, network.heads))
    heads, tails = network.heads[order], network.tails[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (np.diff(heads) != 0) | (np.diff(tails) != 0)
    arcs = (costs[order][first].astype(np.float64), (heads[first], tails[first]))
    nodes = np.asarray(places)
    found: Values = dijkstra(
        csr_array(arcs, shape=(network.nodes, network.nodes)), indices=np.unique(nodes[nodes >= 0]), min_only=True
    )
    return found
