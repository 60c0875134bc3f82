"""When somebody is reminded of a report, and when its lateness goes up. Pure: no Django, no clock.

The ladder: the owner, then whom the owner reports to, then the Director, then the body that adopted the plan.
Nobody jumps a rung, also when the system was down for weeks: every rung is given its days to act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

BEFORE = (14, 7, 1)  # days before the due date
AFTER = (1, 7)  # days after it; one more when the days of grace are over
FRESH = 30  # days after which a reminder that nobody wrote is not made up for
APART = 7  # days each rung has before the next is told


class Rung(StrEnum):
    """Who is told of a missing report once the days of grace are over, from the bottom up."""

    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    BOARD = "board"


def grace_over(due: date, grace_days: int) -> date:
    """The first day on which lateness shows outside (`jwp.plans.rules.lateness_is_public`)."""
    return due + timedelta(days=grace_days + 1)


def reminder_days(due: date, grace_days: int) -> list[date]:
    """
    >>> [day.isoformat()[5:] for day in reminder_days(date(2026, 9, 15), 14)]
    ['09-01', '09-08', '09-14', '09-16', '09-22', '09-30']
    """
    days = [due - timedelta(days=n) for n in BEFORE] + [due + timedelta(days=n) for n in AFTER]
    return sorted({*days, grace_over(due, grace_days)})


def mark(
    due: date, since: date, today: date, before: Collection[int] = BEFORE, after: Collection[int] = AFTER
) -> date | None:
    """The day to remind that came last; none where it came before anybody owed this, or is long past.

    >>> due, since = date(2026, 9, 15), date(2026, 7, 1)
    >>> mark(due, since, date(2026, 8, 31)), mark(due, since, date(2026, 9, 3))
    (None, datetime.date(2026, 9, 1))
    >>> mark(due, date(2026, 9, 2), date(2026, 9, 3)), mark(due, since, date(2026, 12, 1))
    (None, None)
    """
    days = [due - timedelta(days=n) for n in before] + [due + timedelta(days=n) for n in after]
    come = [day for day in days if since < day <= today and (today - day).days <= FRESH]
    return max(come, default=None)


def reminder_owed(due: date, grace_days: int, told: date | None, today: date) -> bool:
    """Whether a day to remind has come since this person was last told. After a gap: once, never a burst.

    >>> due = date(2026, 9, 15)
    >>> reminder_owed(due, 14, None, date(2026, 8, 31)), reminder_owed(due, 14, None, date(2026, 9, 1))
    (False, True)
    >>> told = date(2026, 9, 17)
    >>> reminder_owed(due, 14, told, date(2026, 9, 21)), reminder_owed(due, 14, told, date(2026, 9, 25))
    (False, True)
    """
    come = [day for day in reminder_days(due, grace_days) if day <= today]
    return bool(come) and (told is None or told < come[-1])


def rung_day(
    due: date, grace_days: int, climbed: Mapping[Rung, date], owner_told: date | None = None
) -> tuple[Rung, date] | None:
    """The next rung and the first day it may be climbed; None at the top.

    `climbed` says when the lower ones were climbed: what was before the date was extended does not count.
    An owner who was first told late, of a plan that arrived overdue, has the same days as everybody.

    >>> due = date(2026, 9, 15)
    >>> rung_day(due, 14, {})
    (<Rung.SUPERVISOR: 'supervisor'>, datetime.date(2026, 9, 30))
    >>> rung_day(due, 14, {}, owner_told=date(2026, 9, 28))
    (<Rung.SUPERVISOR: 'supervisor'>, datetime.date(2026, 10, 5))
    >>> rung_day(due, 14, {Rung.SUPERVISOR: date(2026, 10, 5)})
    (<Rung.DIRECTOR: 'director'>, datetime.date(2026, 10, 12))
    """
    apart = timedelta(days=APART)
    day = max(grace_over(due, grace_days), owner_told + apart if owner_told else due)
    for rung in Rung:
        reached = climbed.get(rung)
        if reached is None or reached <= due:
            return rung, day
        day = reached + apart
    return None


def rung_owed(
    due: date, grace_days: int, climbed: Mapping[Rung, date], today: date, owner_told: date | None = None
) -> Rung | None:
    """The rung to climb today, if any: one at a time."""
    above = rung_day(due, grace_days, climbed, owner_told)
    return above[0] if above is not None and above[1] <= today else None
