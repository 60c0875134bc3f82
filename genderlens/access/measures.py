"""What can be reached: cumulative opportunities, the nearest, gravity and floating catchments.

All are measured from a `Reach`, which comes from a search of the streets (`genderlens.access.search`) or from a table
of travel times (`from_table`). A source without an answer (`Reach.known`) has NaN, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from genderlens.access.decay import Decay
from genderlens.access.search import Reach
from genderlens.findings import Finding, Refused

MINUTE = 60_000  # milliseconds
Floats = NDArray[np.float64]
Method = Literal["2SFCA", "3SFCA", "BFCA"]
Blocks = Callable[[], Iterable[tuple[int, Reach]]]


def from_table(
    times: pa.Table,
    origins: pa.Array | pa.ChunkedArray,
    destinations: pa.Array | pa.ChunkedArray,
    *,
    origin: str = "from_id",
    destination: str = "to_id",
    minutes: str = "travel_time",
) -> tuple[Reach, tuple[Finding, ...]]:
    """A table of travel times as a `Reach`, its sources and targets in the order of `origins` and `destinations`.

    A pair that stands more than once counts with its shortest time. Origins that the table does not know have no
    answer.

    Args:
        times: one row a pair, with the columns `origin`, `destination` and `minutes` (not negative; null: no way).

    Raises:
        Refused: when a column is missing or a time is negative.
    """
    if missing := [name for name in (origin, destination, minutes) if name not in times.column_names]:
        what = f"There is no column {', '.join(missing)}."
        raise Refused(Finding("stop", "columns-missing", "travel times", what, "Name the columns there are."))
    source, target = _positions(times[origin], origins), _positions(times[destination], destinations)
    took = times[minutes].to_numpy().astype(np.float64) * MINUTE
    if (took < 0).any():
        what = f"{int((took < 0).sum())} times are negative."
        raise Refused(Finding("stop", "negative-times", f"travel times.{minutes}", what, "Give minutes."))
    findings: list[Finding] = []
    usable = (source >= 0) & (target >= 0) & np.isfinite(took)
    if strange := int(((source < 0) | (target < 0)).sum()):
        what = f"{strange} rows have an origin or destination that is not in the table of places; they are left out."
        findings.append(Finding("warning", "unknown-places", "travel times", what, "Use the same ids in both."))
    known = np.zeros(len(origins), np.bool_)
    known[source[source >= 0]] = True
    if not known.all():
        what = f"{int((~known).sum())} origins have no travel times; they have no answer."
        findings.append(Finding("warning", "origins-without-times", "travel times", what, "Add them."))
    source, target = source[usable], target[usable]
    exact = np.rint(took[usable]).astype(np.int32)
    order = np.lexsort((exact, target, source))
    source, target, exact = source[order], target[order], exact[order]
    first = np.ones(len(source), np.bool_)
    first[1:] = (np.diff(source) != 0) | (np.diff(target) != 0)
    starts = np.zeros(len(origins) + 1, np.int64)
    np.cumsum(np.bincount(source[first], minlength=len(origins)), out=starts[1:])
    return Reach(starts, target[first], exact[first], known), tuple(findings)


def cumulative(reach: Reach, amounts: ArrayLike, limit: float) -> Floats:
    """What is reached within `limit` minutes, that minute included, shape (sources,).

    Args:
        amounts: opportunities at each target, shape (targets,).
    """
    here = np.asarray(amounts, np.float64)[reach.targets] * (reach.times <= round(limit * MINUTE))
    return _answers(reach, _sums(reach, here))


def gravity(reach: Reach, amounts: ArrayLike, decay: Decay) -> Floats:
    """Opportunities, each counted with the weight `decay` gives its distance, shape (sources,).

    What was not reached within the limit of the search counts nothing: search as far as the weights are worth telling.
    """
    return _answers(reach, _sums(reach, np.asarray(amounts, np.float64)[reach.targets] * _weights(reach, decay)))


def nearest(reach: Reach, amounts: ArrayLike, count: float = 1) -> Floats:
    """Minutes until the nearest places offer `count` opportunities together, shape (sources,); NaN: not within reach.

    With amounts of 1 it is the time to the `count`-th nearest place.
    """
    if count <= 0:
        raise ValueError("The number of opportunities must be more than zero.")
    amount = np.asarray(amounts, np.float64)[reach.targets]
    order = np.lexsort((reach.times, reach.sources))
    order = order[amount[order] > 0]
    source, time = reach.sources[order], reach.times[order]
    so_far = np.cumsum(amount[order])
    before = np.concatenate([[0.0], so_far])[np.searchsorted(source, source)]  # what other sources' pairs added
    enough = np.flatnonzero(so_far - before >= count * (1 - 1e-9))  # amounts may be fractions
    found = np.full(len(reach.starts) - 1, np.nan)
    who, first = np.unique(source[enough], return_index=True)
    found[who] = time[enough[first]] / MINUTE
    return _answers(reach, found)


def catchment(
    blocks: Reach | Blocks, supply: ArrayLike, demand: ArrayLike, decay: Decay, method: Method = "2SFCA"
) -> Floats:
    """Floating catchment: opportunities a person, with others' demand for them counted, shape (sources,).

    - 2SFCA (Luo and Wang 2003, doi:10.1068/b29120): with `decay.binary`. With `decay.stepped` it is the enhanced form,
      E2SFCA (Luo and Qi 2009, doi:10.1016/j.healthplace.2009.06.002).
    - 3SFCA (Wan, Zou and Sternberg 2012, doi:10.1080/13658816.2011.624987): people choose among places, so each weight
      also carries its share of all weights of its source.
    - BFCA (Paez, Higgins and Vivona 2019, doi:10.1371/journal.pone.0218773): weights made to add up to one, by source
      for demand and by place for supply, so that neither people nor opportunities are counted twice.

    2SFCA and BFCA are as in the R package `accessibility` of Ipea.

    Args:
        blocks: a `Reach`, or what gives it block by block, called twice (see `search_blocks`): then the whole never
            needs to be in memory.
        supply: opportunities at each target, shape (targets,).
        demand: people at each source, shape (sources,).
    """
    if isinstance(blocks, Reach):
        whole = blocks
        return catchment(lambda: [(0, whole)], supply, demand, decay, method)
    offered, asking = np.asarray(supply, np.float64), np.nan_to_num(np.asarray(demand, np.float64))
    asked, weight_at = np.zeros(len(offered)), np.zeros(len(offered))
    for first, reach in blocks():
        weight, share = _chosen(reach, decay)
        pull = {"2SFCA": weight, "3SFCA": weight * share, "BFCA": share}[method]
        asked += np.bincount(reach.targets, pull * asking[first + reach.sources], minlength=len(offered))
        weight_at += np.bincount(reach.targets, weight, minlength=len(offered))
    # What nobody lives near cannot be shared out: where only uninhabited sources reach it, they have no answer.
    ratio = np.divide(offered, asked, out=np.where(offered > 0, np.nan, 0.0), where=asked > 0)
    found = np.full(len(asking), np.nan)
    for first, reach in blocks():
        weight, share = _chosen(reach, decay)
        if method == "3SFCA":
            weight = weight * share
        elif method == "BFCA":
            weight = weight / np.maximum(weight_at, np.finfo(np.float64).tiny)[reach.targets]
        found[first : first + len(reach.known)] = _answers(
            reach, _sums(reach, np.where(weight > 0, ratio[reach.targets], 0) * weight)
        )
    return found


def _chosen(reach: Reach, decay: Decay) -> tuple[Floats, Floats]:
    """Of each pair its weight, and the share of that in all weights of its source."""
    weight = _weights(reach, decay)
    total = _sums(reach, weight)[reach.sources]
    return weight, np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def _weights(reach: Reach, decay: Decay) -> Floats:
    return decay(reach.times / MINUTE)


def _sums(reach: Reach, values: Floats) -> Floats:
    sums: Floats = np.bincount(reach.sources, values, minlength=len(reach.known)).astype(np.float64)
    return sums


def _answers(reach: Reach, values: Floats) -> Floats:
    return np.where(reach.known, values, np.nan)


def _positions(ids: pa.ChunkedArray, among: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
    values = among.combine_chunks() if isinstance(among, pa.ChunkedArray) else among
    found: NDArray[np.int32] = pc.fill_null(pc.index_in(ids, value_set=values), -1).to_numpy().astype(np.int32)
    return found
