"""Who lives near public transport (SDG 11.2.1) and near public space (SDG 11.7.1), by sex.

The definitions, with their sources, are in `sdg.yaml`. The published series are not split by sex; with persons by sex
at each home, ours are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens import strict
from genderlens.access.foot import metres_to_nearest
from genderlens.access.network import Network
from genderlens.access.timetable import Timetable
from genderlens.findings import Finding, Refused

LOW, HIGH, SPACE = 500.0, 1000.0, 400.0  # metres along streets
# The metadata names bus and bus rapid transit as low capacity; rail, metro and ferry as high. The rest is our reading.
HIGH_CAPACITY = frozenset({"rail", "metro", "ferry", "monorail"})

# One row for each sex and age band there are, and "" for all of them.
NEAR = pa.schema([
    ("sex", pa.string()),
    ("age", pa.string()),
    ("persons", pa.float64()),  # with an answer
    ("near", pa.float64()),
    ("percent", pa.float64()),  # null where nobody has an answer
    ("unanswered", pa.float64()),  # persons whose home no street leads to: in neither number
])  # fmt: skip


@dataclass(frozen=True)
class Near:
    """Which homes are near, and how many people live there."""

    indicator: str  # of `definitions`
    homes: pa.Array  # each home once
    near: NDArray[np.float64]  # (homes,) 1 near, 0 not, NaN no answer
    people: pa.Table  # NEAR
    findings: tuple[Finding, ...]


def near_transport(network: Network, homes: pa.Table, stops: pa.Table, *, low: float = LOW, high: float = HIGH) -> Near:
    """SDG 11.2.1: persons within 500 m along streets of a low-capacity stop or 1 km of a high-capacity one.

    Args:
        homes: HOMES.
        stops: `place`, `lon`, `lat` and `capacity` (low or high), such as `stops_of` gives.

    Raises:
        Refused: when there is no stop, or a capacity is another word.
    """
    capacity = stops["capacity"].to_numpy().astype(str)
    if not len(stops) or not set(capacity) <= {"low", "high"}:
        what = "There is no stop." if not len(stops) else "A capacity is neither low nor high."
        raise Refused(Finding("stop", "stops-unusable", "stops", what, "Give stops that are served, low or high."))
    near = None
    findings: list[Finding] = []
    for word, limit in (("low", low), ("high", high)):
        chosen = stops.filter(pc.equal(stops["capacity"], word))
        if len(chosen):
            names, metres, found = metres_to_nearest(network, homes, chosen, where=f"stops ({word} capacity)")
            findings += [finding for finding in found if finding not in findings]
            within = np.where(np.isnan(metres), np.nan, metres <= limit)
            near = within if near is None else np.fmax(near, within)
    assert near is not None
    return Near("transport_access", names, near, _people(homes, names, near), tuple(findings))


def near_space(network: Network, homes: pa.Table, spaces: pa.Table, *, limit: float = SPACE) -> Near:
    """The second part of SDG 11.7.1: persons within 400 m along streets of an open public space.

    Args:
        homes: HOMES.
        spaces: entrances or middles of open public spaces, `place`, `lon`, `lat`. A park of which only the middle is
            known seems farther than it is: give its entrances where they are known.

    Raises:
        Refused: when there is no space.
    """
    if not len(spaces):
        raise Refused(Finding("stop", "no-spaces", "public space", "There is no public space.", "Give at least one."))
    names, metres, findings = metres_to_nearest(network, homes, spaces, where="public space")
    near = np.where(np.isnan(metres), np.nan, metres <= limit)
    return Near("public_space_access", names, near, _people(homes, names, near), findings)


def stops_of(timetable: Timetable) -> pa.Table:
    """The stops where anything runs on the day of a timetable: `place`, `lon`, `lat`, `capacity`.

    A stop served by both kinds of line stands there twice. `Timetable` has been checked; stops without a place are left
    out.
    """
    line = timetable.connections
    is_high = np.isin(np.array(timetable.kinds), list(HIGH_CAPACITY))[timetable.route[line.trip]]
    rows = []
    for word, chosen in (("low", ~is_high), ("high", is_high)):
        served = np.unique(np.concatenate([line.origin[chosen & line.boards], line.target[chosen & line.alights]]))
        served = served[np.isfinite(timetable.lon[served])]
        rows.append(
            pa.table({
                "place": pa.array([timetable.stops[i] for i in served], pa.string()),
                "lon": timetable.lon[served],
                "lat": timetable.lat[served],
                "capacity": pa.array([word] * len(served), pa.string()),
            })
        )  # fmt: skip
    return pa.concat_tables(rows)


@cache
def definitions() -> dict[str, Any]:
    """The indicators by name: what is published of them, and where, as in `sdg.yaml`."""
    text = (resources.files("genderlens.access") / "sdg.yaml").read_text(encoding="utf-8")
    return dict(strict.read(text, "sdg.yaml"))


def _people(homes: pa.Table, names: pa.Array, near: NDArray[np.float64]) -> pa.Table:
    """Persons near and not, by sex, by sex and age, and all together."""
    at = near[pc.index_in(homes["home"], value_set=names).to_numpy()]
    persons = np.nan_to_num(homes["persons"].to_numpy().astype(np.float64))
    sex, age = homes["sex"].to_numpy().astype(str), homes["age"].to_numpy().astype(str)
    groups = [("", "")] + [(each, "") for each in sorted(set(sex))]
    groups += [(a, b) for a, b in sorted(set(zip(sex, age, strict=True))) if b]
    rows = []
    for of_sex, of_age in groups:
        here = ((sex == of_sex) | (of_sex == "")) & ((age == of_age) | (of_age == ""))
        answered = float(persons[here & np.isfinite(at)].sum())
        close = float(persons[here & (at == 1)].sum())
        percent = 100 * close / answered if answered else None
        rows.append((of_sex, of_age, answered, close, percent, float(persons[here & np.isnan(at)].sum())))
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=NEAR)
