"""From homes to places on foot: how far the nearest is, and the measures of `genderlens.access.measures` for each home.

The way from the door to the street counts, at both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.beside import Beside, later
from genderlens.access.chain_input import each_home
from genderlens.access.decay import Decay
from genderlens.access.doors import with_doors
from genderlens.access.measures import MINUTE, Floats, Method, catchment, gravity, nearest
from genderlens.access.network import WALKING, Network
from genderlens.access.search import BLOCK, Reach, prepare, search_blocks
from genderlens.access.snap import Snapped, snap
from genderlens.access.tables import REACH
from genderlens.findings import Finding, Refused

METRE = 1000  # millimetres
PAIRS = 4_000_000  # of homes and places in a block, at the most


@dataclass(frozen=True)
class Cumulative:
    """How much of a kind is reached within a time."""

    kind: str
    minutes: float

    @property
    def name(self) -> str:
        return f"{self.kind} within {self.minutes:g} minutes"

    @property
    def within(self) -> float:
        return self.minutes


@dataclass(frozen=True)
class Nearest:
    """Minutes until so many of a kind are reached; null where they are not within `within` minutes."""

    kind: str
    count: float = 1
    within: float = 120

    @property
    def name(self) -> str:
        return f"minutes to the nearest {self.kind}" if self.count == 1 else f"minutes to {self.count:g} {self.kind}"

    def measure(self, reach: Reach, amounts: Floats) -> Floats:
        return nearest(reach, amounts, self.count)


@dataclass(frozen=True)
class Gravity:
    """How much of a kind is reached, each weighted by how near it is; nothing beyond `within` minutes."""

    kind: str
    decay: Decay
    within: float
    called: str = "gravity"

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.called}"

    def measure(self, reach: Reach, amounts: Floats) -> Floats:
        return gravity(reach, amounts, self.decay)


@dataclass(frozen=True)
class Catchment:
    """How much of a kind there is for a person, with others' demand counted; see `measures.catchment`."""

    kind: str
    decay: Decay
    within: float
    method: Method = "2SFCA"

    @property
    def name(self) -> str:
        return f"{self.kind} for each person, {self.method}"


Measure = Cumulative | Nearest | Gravity | Catchment


def on_foot(
    network: Network,
    homes: pa.Table,
    places: pa.Table,
    measures: Sequence[Measure],
    *,
    speed: float = WALKING,
    threads: int | None = None,
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """The measures for each home, as REACH.

    Places of a kind are looked for together, as far as the farthest of its measures needs. Opening hours play no part.
    Homes are measured block by block, so that memory does not grow with pairs of homes and places.

    Args:
        homes: HOMES; persons of all sexes and ages are the demand of floating catchments.
        places: PLACES.

    Raises:
        Refused: when there is no place of a kind that is measured.
    """
    names, rows = each_home(homes)
    doors = snap(network, rows["lon"], rows["lat"], names, where="homes")
    findings = list(doors.findings)
    tables = []
    for kind in dict.fromkeys(measure.kind for measure in measures):
        asked = [measure for measure in measures if measure.kind == kind]
        chosen = places.filter(pc.equal(places["kind"], kind))
        at = snap(network, chosen["lon"], chosen["lat"], chosen["place"], where=f"places ({kind})")
        findings += at.findings
        if not (at.node >= 0).any():
            what = f"There is no {kind} that a street leads to."
            raise Refused(*findings, Finding("stop", "no-places", "places", what, "Give their coordinates."))
        beside = Beside.of(at.node, at.walk(speed), np.nan_to_num(chosen["amount"].to_numpy().astype(np.float64)))
        pairs = not all(isinstance(measure, Cumulative) for measure in asked)
        farthest = max(measure.within for measure in asked)
        blocks = _walks(network, doors, beside, farthest, speed, threads, pairs)
        for measure, values in zip(asked, _measured(blocks, beside, asked, names, homes), strict=True):
            tables.append(reach_table(names, measure.name, values))
    return (pa.concat_tables(tables) if tables else REACH.empty_table()), tuple(findings)


def reach_table(names: pa.Array, measure: str, values: Floats) -> pa.Table:
    """One measure of each home as REACH; NaN becomes null."""
    count = len(names)
    columns = [names, [measure] * count, [""] * count, pa.nulls(count, pa.int32()), pa.array(values, from_pandas=True)]
    return pa.table(columns, schema=REACH)


def metres_to_nearest(
    network: Network, homes: pa.Table, places: pa.Table, *, where: str = "places"
) -> tuple[pa.Array, NDArray[np.float64], tuple[Finding, ...]]:
    """How far it is from each home to the nearest place along the streets, door to door.

    Args:
        homes: HOMES. places: anything with `lon`, `lat` and, if they have names, `place`.

    Returns:
        The homes, each once; metres, shape (homes,), infinite where no place can be walked to and NaN where a home has
        no answer; and what was found in the input.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    names, rows = each_home(homes)
    doors = snap(network, rows["lon"], rows["lat"], names, where="homes")
    called = places["place"] if "place" in places.column_names else None
    at = snap(network, places["lon"], places["lat"], called, where=where)
    # At 3.6 km/h a millisecond is a millimetre.
    joined, millimetres, (home, place) = with_doors(network, network.walking(3.6), [doors, at], 3.6)
    found = np.full(len(names), np.inf)
    if (place >= 0).any():
        # Of parallel streets the shortest: the sparse matrix would add their lengths up.
        order = np.lexsort((millimetres, joined.tails, joined.heads))
        heads, tails = joined.heads[order], joined.tails[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = (np.diff(heads) != 0) | (np.diff(tails) != 0)
        back = (millimetres[order][first].astype(np.float64), (heads[first], tails[first]))
        streets = csr_array(back, shape=(joined.nodes, joined.nodes))
        away = dijkstra(streets, indices=np.unique(place[place >= 0]), min_only=True)
        found = away[home] / METRE
    found[home < 0] = np.nan
    return names, found, (*doors.findings, *at.findings)


def _walks(
    network: Network,
    doors: Snapped,
    beside: Beside,
    minutes: float,
    speed: float,
    threads: int | None,
    pairs: bool,
) -> Callable[[], Iterator[tuple[int, Reach]]]:
    """What gives, block by block, the way from each home's door to the street nodes that places are beside.

    With `pairs` each pair of home and place will be looked at, and blocks are small enough for that.
    """
    graph = prepare(network, network.walking(speed), np.concatenate([doors.node, beside.nodes]))
    limit, walks = round(minutes * MINUTE), doors.walk(speed)
    block = max(1, min(BLOCK, PAIRS // len(beside.walks))) if pairs else BLOCK

    def blocks() -> Iterator[tuple[int, Reach]]:
        nodes = beside.nodes
        found = search_blocks(graph, doors.node, nodes, limit, order="none", threads=threads, block=block)
        return ((first, later(reach, walks[first : first + len(reach.known)], limit)) for first, reach in found)

    return blocks


def _measured(
    blocks: Callable[[], Iterator[tuple[int, Reach]]],
    beside: Beside,
    measures: Sequence[Measure],
    names: pa.Array,
    homes: pa.Table,
) -> list[Floats]:
    number = pc.index_in(homes["home"], value_set=names).to_numpy()
    people = np.bincount(number, np.nan_to_num(homes["persons"].to_numpy()), minlength=len(names))
    values = [np.full(len(names), np.nan) for _measure in measures]
    simple = [(m, value) for m, value in zip(measures, values, strict=True) if not isinstance(m, Catchment)]
    for first, reach in blocks() if simple else ():
        for measure, value in simple:
            limit = round(measure.within * MINUTE)
            value[first : first + len(reach.known)] = (
                beside.within(reach, limit)
                if isinstance(measure, Cumulative)
                else measure.measure(beside.each(reach, limit), beside.amounts)
            )
    for asked, value in zip(measures, values, strict=True):
        if isinstance(asked, Catchment):
            limit = round(asked.within * MINUTE)

            def each(limit: int = limit) -> Iterator[tuple[int, Reach]]:
                return ((first, beside.each(reach, limit)) for first, reach in blocks())

            value[:] = catchment(each, beside.amounts, people, asked.decay, asked.method)
    return values
