"""What can be reached on foot by way of care: home, a care stop, work, all within a time.

A direct journey is home → work. Whoever brings a child on the way makes another one: home → childcare, the time at its
door, childcare → work. **Chain access** counts the work that this journey reaches within the same time:

    time(home, care) + waiting + dwell + time(care, work) ≤ limit,   for at least one care place that serves

and the **care penalty** is the share of the direct access that is lost: 1 − chain / direct. It is null where there is
no direct access to lose. Both are exact: times are whole milliseconds, and every algorithm gives the same numbers.

The measure is ours. It extends cumulative opportunities (Hansen, "How accessibility shapes land use", 1959; a step
function as decay) by a stop that must be made; a stop between anchors is the space-time prism of Hägerstrand ("What
about people in regional science?", 1970), counted over all places where the stop can be made.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.chain_counts import Algorithm, Places, Work, count_chains
from genderlens.access.chain_input import (
    CHOICES,
    MILLIONTHS,
    Stop,
    amounts_of,
    each_home,
    opening,
    own_places,
    refuse_columns,
    refuse_nothing,
    refuse_question,
)
from genderlens.access.chain_rules import DAY, Rules
from genderlens.access.doors import with_doors
from genderlens.access.network import WALKING, Network
from genderlens.access.safety import Safety, costs
from genderlens.access.snap import snap
from genderlens.findings import Finding

NO_CAP = 1 << 28  # milliseconds: three days

# One row a home and departure. Null where there is no answer, never zero for it.
CHAINS = pa.schema([
    ("home", pa.string()),
    ("departs", pa.int32()),  # seconds after midnight; null where time of day plays no part
    ("chain", pa.float64()),  # work reached by way of care, in the unit of its amounts
    ("direct", pa.float64()),  # work reached without the stop
    ("penalty", pa.float64()),  # 1 - chain / direct; null where nothing is reached directly
    ("stops", pa.int32()),  # care places that can be reached, serve at that time and leave any time
])  # fmt: skip


def care_chains(
    network: Network,
    homes: pa.Table,
    care: pa.Table,
    work: pa.Table,
    *,
    limit: int,
    dwell: int,
    departs: Sequence[int] | None = None,
    stop: Stop = "any",
    waits: bool = False,
    speed: float = WALKING,
    walking_cap: int | None = None,
    safety: Safety | None = None,
    threads: int = 2,
    algorithm: Algorithm | None = None,
) -> tuple[pa.Table, tuple[Finding, ...]]:
    """Chain access, direct access and care penalty of each home, as CHAINS, with what was found in the input.

    Args:
        network: the streets. Doors count too: whoever lives off the street walks to its nearest node first.
        homes: HOMES; a home of several rows (sex, age) is measured once. With `stop="assigned"` a column `care` says
            which place is each home's own.
        care: PLACES where the stop can be made. How many a place can take is not looked at.
        work: PLACES to be reached, counted by `amount` (to a millionth). Their hours are not looked at.
        limit: milliseconds for the whole journey, below a day.
        dwell: milliseconds at the care place.
        departs: seconds after midnight. Without them time of day plays no part: all care places are open, and
            `safety` counts if it is given.
        stop: "any" care place will do, and each work place may be reached by another one; "nearest": only the nearest
            on foot, open or not (of two equally near ones the first in the table); "assigned": only the home's own.
        waits: may arrive early and wait for the place to open. The stop must end before it closes in any case.
        speed: km/h.
        walking_cap: milliseconds on foot in the whole journey, of the direct one too.
        safety: which streets are taken by those who leave in the dark. It is settled at the departure.
        threads: blocks of homes measured side by side; the result does not depend on it.
        algorithm: instead of the cheapest one.

    Raises:
        Refused: when there is no home, care or work to measure, or a question makes no sense.
    """
    refuse_question(limit, dwell, speed, walking_cap, departs, stop)
    refuse_columns(homes=homes, care=care, work=work)
    names, rows = each_home(homes)
    doors = [
        snap(network, table["lon"].to_numpy(), table["lat"].to_numpy(), table[name], where=where)
        for table, name, where in ((rows, "home", "homes"), (care, "place", "care"), (work, "place", "work"))
    ]
    opens, closes, open_ever, found_hours = opening(care, timed=departs is not None)
    amounts, found_amounts = amounts_of(work)
    own, found_own = own_places(rows, care) if stop == "assigned" else (np.full(len(rows), -1, np.int32), ())
    findings = (*(each for door in doors for each in door.findings), *found_hours, *found_amounts, *found_own)

    measured = (doors[0].node >= 0) & ((own >= 0) if stop == "assigned" else True)
    serving = (doors[1].node >= 0) & open_ever
    counted = (doors[2].node >= 0) & (amounts >= 0)
    refuse_nothing(findings, homes=measured, care=serving, work=counted)
    number = np.cumsum(serving, dtype=np.int32) - 1  # a place's row among those that serve
    own = np.where((own >= 0) & serving[own], number[own], -1).astype(np.int32)

    sites = Work(doors[2].node[counted], doors[2].walk(speed)[counted], amounts[counted])
    moments = np.array([-1] if departs is None else departs, np.int64)
    chain = np.zeros((int(measured.sum()), len(moments)), np.int64)
    direct, stops = np.zeros_like(chain), np.zeros(chain.shape, np.int32)
    dark = np.array([safety is not None and (departs is None or safety.dark(int(moment))) for moment in moments])
    rules = Rules(limit, dwell, NO_CAP if walking_cap is None else walking_cap, int(waits), CHOICES[stop])
    for choice, when in ((safety, dark), (None, ~dark)):
        if when.any():
            streets, cost, (home, place) = with_doors(network, costs(network, speed, choice), doors[:2], speed)
            counts = count_chains(
                streets, cost, home[measured], own[measured],
                Places(place[serving], opens[serving], closes[serving]), sites,
                moments[when] if departs is None else moments[when] * 1000 % DAY, rules,
                algorithm=algorithm, threads=threads,
            )  # fmt: skip
            direct[:, when] = counts.direct[:, None]
            chain[:, when], stops[:, when] = counts.chain, counts.stops
    return answers(names, measured, departs, chain, direct, stops), findings


def answers(
    names: pa.Array,
    measured: NDArray[np.bool_],
    departs: Sequence[int] | None,
    chain: NDArray[np.int64],
    direct: NDArray[np.int64],
    stops: NDArray[np.int32],
) -> pa.Table:
    """CHAINS of the counts, shape (measured homes, departures); null for the homes that were not measured."""
    moments = pa.nulls(1, pa.int32()) if departs is None else pa.array(departs, pa.int32())
    missing = np.repeat(~measured, len(moments))

    def column(counts: NDArray[np.int64] | NDArray[np.int32], kind: pa.DataType, unit: int = 1) -> pa.Array:
        values = np.zeros((len(names), len(moments)))
        values[measured] = counts / unit
        return pa.array(values.reshape(-1), mask=missing).cast(kind)

    through, straight = column(chain, pa.float64(), MILLIONTHS), column(direct, pa.float64(), MILLIONTHS)
    some = pc.if_else(pc.greater(straight, 0.0), straight, None)
    columns = {
        "home": names.take(np.repeat(np.arange(len(names)), len(moments))),
        "departs": pa.concat_arrays([moments] * len(names)),
        "chain": through,
        "direct": straight,
        "penalty": pc.subtract(1.0, pc.divide(through, some)),
        "stops": column(stops, pa.int32()),
    }
    return pa.table(columns, CHAINS)
