"""What care chains are given, checked: homes once each, opening hours, amounts of work, whose place is whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.chain_rules import ALWAYS, ANY, ASSIGNED, DAY, NEAREST
from genderlens.findings import Finding, Refused

Stop = Literal["any", "nearest", "assigned"]
CHOICES = {"any": ANY, "nearest": NEAREST, "assigned": ASSIGNED}
MILLIONTHS = 1_000_000  # amounts are counted in them, so that sums do not depend on their order
MOST = 1e12  # all amounts together, so that their millionths fit into 64 bits


def refuse_question(
    limit: int, dwell: int, speed: float, walking_cap: int | None, departs: Sequence[int] | None, stop: str
) -> None:
    """
    Raises:
        Refused: when times, speed or choice make no sense.
    """
    wrong: list[tuple[str, str, str]] = []
    if not 0 <= limit < DAY:
        wrong.append(("limit", f"A journey of {limit} ms.", "Give milliseconds, from 0 to below a day (86,400,000)."))
    if not 0 <= dwell < DAY:
        wrong.append(("dwell", f"A stop of {dwell} ms.", "Give milliseconds, from 0 to below a day (86,400,000)."))
    if not speed > 0:
        wrong.append(("speed", f"A speed of {speed} km/h.", "Give more than 0."))
    if walking_cap is not None and not 0 <= walking_cap < DAY:
        wrong.append(("walking_cap", f"A cap of {walking_cap} ms.", "Give milliseconds, from 0 to below a day."))
    if departs is not None and (not len(departs) or min(departs) < 0):
        wrong.append(("departs", "No departure, or one before midnight.", "Give seconds after midnight, or None."))
    if stop not in get_args(Stop):
        wrong.append(("stop", f"There is no choice {stop!r}.", f"Choose one of {', '.join(get_args(Stop))}."))
    if wrong:
        raise Refused(*(Finding("stop", f"{where}-senseless", where, what, mend) for where, what, mend in wrong))


NEEDED = {
    "homes": ("home", "lon", "lat"),
    "care": ("place", "lon", "lat", "opens", "closes"),
    "work": ("place", "lon", "lat", "amount"),
}


def refuse_columns(**tables: pa.Table) -> None:
    """
    Raises:
        Refused: when a table lacks a column that is needed.
    """
    findings = []
    for where, table in tables.items():
        if missing := [name for name in NEEDED[where] if name not in table.column_names]:
            what = f"There is no column {', '.join(missing)}."
            findings.append(Finding("stop", "columns-missing", where, what, f"It needs {', '.join(NEEDED[where])}."))
    if findings:
        raise Refused(*findings)


def refuse_nothing(findings: Sequence[Finding], **left: NDArray[np.bool_]) -> None:
    """
    Raises:
        Refused: when of some table no row can be used: what nobody measured is not zero.
    """
    for where, rows in left.items():
        if not rows.any():
            what = "Nothing in it can be used, so there is nothing to measure."
            raise Refused(*findings, Finding("stop", f"no-{where}", where, what, "See the other findings."))


def each_home(homes: pa.Table) -> tuple[pa.Array, pa.Table]:
    """The names of the homes in the order of the table, and the first row of each."""
    names = homes["home"].combine_chunks()
    unique = pc.unique(names)
    return unique, homes.take(pc.index_in(unique, names))


def opening(
    care: pa.Table, timed: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], tuple[Finding, ...]]:
    """When places open and close, in milliseconds after midnight or ALWAYS, and whether their hours make sense."""
    opens, no_opening = seconds(care, "opens")
    closes, no_closing = seconds(care, "closes")
    findings = []
    none = no_opening & no_closing
    half = no_opening ^ no_closing
    wrong = ~none & ~half & ((closes <= opens) | (opens < 0))
    if half.any() or wrong.any():
        what = f"{int(half.sum())} places have only one of the two hours, {int(wrong.sum())} close before they open."
        mend = "They are left out. Give both; a place open from 20:00 to 2:00 closes at 26:00 (93600)."
        findings.append(Finding("warning", "hours-senseless", "care.opens, care.closes", what, mend))
    if not timed and not none.all():
        what = "Opening hours play no part, since no departure was given."
        findings.append(Finding("note", "hours-unused", "care.opens, care.closes", what, "Give `departs`."))
    begin = opens * 1000 % DAY
    end = begin + (closes - opens) * 1000
    always = none | (end - begin >= DAY)
    return (
        np.where(always, ALWAYS, begin),
        np.where(always, ALWAYS, end),
        none | ~(half | wrong),
        tuple(findings),
    )


def seconds(table: pa.Table, name: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """A column of seconds, and where it is null."""
    column = table[name]
    return pc.fill_null(column, 0).to_numpy().astype(np.int64), pc.is_null(column).to_numpy()


def amounts_of(work: pa.Table) -> tuple[NDArray[np.int64], tuple[Finding, ...]]:
    """Amounts in millionths; -1 where there is none.

    Raises:
        Refused: when they are more than can be added up.
    """
    amounts = work["amount"].to_numpy().astype(np.float64)
    findings = []
    missing = ~(amounts >= 0) | np.isinf(amounts)
    if missing.any():
        what = f"{int(missing.sum())} places have no amount, or one below zero; they are left out."
        findings.append(Finding("warning", "amount-missing", "work.amount", what, "Give how much is there, or 1."))
    if amounts[~missing].sum() > MOST:
        what = "All amounts together are more than a million million."
        raise Refused(Finding("stop", "amount-too-large", "work.amount", what, "Give a larger unit."))
    if {"opens", "closes"} <= set(work.column_names) and work["opens"].null_count < len(work):
        what = "Opening hours of work play no part: what counts is who gets there in time, whatever the hour."
        findings.append(Finding("note", "work-hours-unused", "work.opens, work.closes", what))
    return np.where(missing, -1, np.rint(np.where(missing, 0, amounts) * MILLIONTHS)).astype(np.int64), tuple(findings)


def own_places(homes: pa.Table, care: pa.Table) -> tuple[NDArray[np.int32], tuple[Finding, ...]]:
    """The row of each home's own care place, -1 where it has none: such a home has no answer.

    Raises:
        Refused: when the column is missing.
    """
    if "care" not in homes.column_names:
        what = "There is no column care, which says each home's own place."
        raise Refused(Finding("stop", "columns-missing", "homes", what, "Add it, or ask for any or the nearest place."))
    own = pc.index_in(homes["care"].combine_chunks(), care["place"].combine_chunks())
    findings = []
    if own.null_count:
        what = f"{own.null_count} homes name no care place of the table; they have no answer."
        findings.append(Finding("warning", "care-unknown", "homes.care", what, "Name a place, or ask for the nearest."))
    return pc.fill_null(own, -1).to_numpy().astype(np.int32), tuple(findings)
