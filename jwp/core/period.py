"""Spans of dates and the cadence of monitoring rounds. Pure: no Django, no clock.

Source of the default cadence: Cities Alliance, Joint Work Programme for Gender Equality: "Monitoring will take
place every six months for the first two years."
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where that day does not exist.

    >>> add_months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    >>> add_months(date(2025, 3, 15), -3)
    datetime.date(2024, 12, 15)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, order=True)
class Period:
    """A half-open span of dates: `start` is inside, `end` is not. An end of None is open.

    >>> year = Period(date(2025, 1, 1), date(2026, 1, 1))
    >>> date(2025, 12, 31) in year, date(2026, 1, 1) in year
    (True, False)
    >>> date(2099, 1, 1) in Period(date(2025, 1, 1))
    True
    >>> Period(date(2025, 1, 1), date(2024, 1, 1))
    Traceback (most recent call last):
        ...
    ValueError: a period must end after it starts: 2025-01-01 to 2024-01-01
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise ValueError(f"a period must end after it starts: {self.start} to {self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        """
        >>> a = Period(date(2025, 1, 1), date(2025, 7, 1))
        >>> a.overlaps(Period(date(2025, 7, 1))), a.overlaps(Period(date(2025, 6, 30)))
        (False, True)
        """
        return (other.end is None or self.start < other.end) and (self.end is None or other.start < self.end)


@dataclass(frozen=True)
class Cadence:
    """Which rounds a plan owes, in months from its adoption, and how long each stays open.

    `months` are the first rounds; afterwards one more every `then_every` months (None: no more).
    A round opens `opens_before` days before it is due, and may be closed from `closes_after` days after.
    """

    months: tuple[int, ...] = (6, 12, 18, 24)
    then_every: int | None = None
    opens_before: int = 30
    closes_after: int = 30

    def __post_init__(self) -> None:
        if not self.months or list(self.months) != sorted(set(self.months)) or self.months[0] < 1:
            raise ValueError(f"a cadence needs rising months from 1 up, not {self.months}")
        if self.months[-1] > 1200:
            raise ValueError("a cadence ends within a century")
        if self.then_every is not None and self.then_every < 1:
            raise ValueError("later rounds need at least one month between them")

    def numbers(self) -> Iterator[int]:
        """The months of every round owed, without an end where later rounds are asked for."""
        yield from self.months
        month = self.months[-1]
        while self.then_every is not None:
            month += self.then_every
            yield month


@dataclass(frozen=True)
class OwedRound:
    """One monitoring round a plan owes: its number, the month (M6...) and its three dates."""

    number: int
    month: int
    opens: date
    due: date
    closes: date


def rounds_owed(adopted: date, cadence: Cadence, ends: date) -> list[OwedRound]:
    """Every round owed from adoption until the plan ends (a round due on the last day counts).

    >>> owed = rounds_owed(date(2025, 3, 15), Cadence(), date(2027, 3, 15))
    >>> [(f"M{r.month}", r.due.isoformat()) for r in owed]
    [('M6', '2025-09-15'), ('M12', '2026-03-15'), ('M18', '2026-09-15'), ('M24', '2027-03-15')]
    >>> later = rounds_owed(date(2025, 3, 15), Cadence(then_every=12), date(2028, 12, 31))
    >>> [r.month for r in later]
    [6, 12, 18, 24, 36]
    """
    owed = []
    for number, month in enumerate(cadence.numbers(), start=1):
        due = add_months(adopted, month)
        if due > ends:
            break
        owed.append(
            OwedRound(
                number,
                month,
                due - timedelta(days=cadence.opens_before),
                due,
                due + timedelta(days=cadence.closes_after),
            )
        )
    return owed
