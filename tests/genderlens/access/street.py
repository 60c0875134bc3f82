"""One straight street of eleven corners, a hundred metres apart: whatever is reached can be counted on the fingers.

Whoever walks takes 75 seconds from corner to corner.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from genderlens.access.network import Network
from genderlens.access.tables import HOMES, PLACES
from genderlens.access.timetable import Timetable, Transfers, in_order

CORNERS = 11
STEP = 0.0009  # degrees


def corner(number: float) -> float:
    return number * STEP


def street(lit: dict[int, int] | None = None) -> Network:
    """`lit`: number of the stretch behind a corner -> 1, 0 or -1; else it is lit."""
    pairs = sorted([(i, i + 1) for i in range(CORNERS - 1)] + [(i + 1, i) for i in range(CORNERS - 1)])
    tails, heads = (np.array(ends) for ends in zip(*pairs, strict=True))
    light = [(lit or {}).get(int(min(a, b)), 1) for a, b in pairs]
    return Network(
        lon=np.array([corner(n) for n in range(CORNERS)]), lat=np.zeros(CORNERS),
        starts=np.searchsorted(tails, np.arange(CORNERS + 1)).astype(np.int64), heads=heads.astype(np.int32),
        lengths=np.full(len(pairs), 100_000, np.int32), lit=np.array(light, np.int8),
    )  # fmt: skip


def homes(*numbers: float) -> pa.Table:
    """A woman and a man at each corner."""
    rows = [
        {"home": f"h{n:g}", "lon": corner(n), "lat": 0.0, "sex": sex, "age": "", "persons": 1.0}
        for n in numbers
        for sex in ("f", "m")
    ]
    return pa.Table.from_pylist(rows, HOMES)


def place(kind: str, number: float, amount: float = 1, opens: int | None = None, closes: int | None = None) -> pa.Table:
    row = {"place": f"{kind}-{number:g}", "lon": corner(number), "lat": 0.0, "kind": kind, "amount": amount}
    return pa.Table.from_pylist([row | {"opens": opens, "closes": closes}], PLACES)


def places(*tables: pa.Table) -> pa.Table:
    return pa.concat_tables(tables)


def bus(every: int = 20) -> Timetable:
    """Line L1 from corner 0 to corner 10 in two minutes, `every` minutes from 8:00 to 9:00."""
    departs = np.arange(8 * 60, 9 * 60 + 1, every) * 60_000
    runs, yes = np.arange(len(departs)), np.ones(len(departs), np.bool_)
    nothing = np.zeros(0, np.int32)
    return Timetable(
        day=date(2024, 3, 6), stops=("first", "last"), lon=np.array([corner(0), corner(10)]), lat=np.zeros(2),
        routes=("L1",), kinds=("bus",), route=np.zeros(len(runs), np.int32), direction=np.zeros(len(runs), np.int8),
        connections=in_order(
            departs=departs, arrives=departs + 120_000, origin=np.zeros(len(runs), np.int32),
            target=np.ones(len(runs), np.int32), trip=runs, boards=yes, alights=yes,
        ),
        transfers=Transfers(nothing, nothing, nothing),
    )  # fmt: skip
