"""The clocks of a call. Donor comments are due "in ten business days", a full proposal "within two months"
(Cities Alliance, donor coordination of 2011, rules of the Catalytic Fund 2011); a call may say otherwise.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from jwp.core.period import add_months

COMMENT_DAYS = 10
PROPOSAL_MONTHS = 2


def business_day_after(day: date, days: int, holidays: Collection[date] = ()) -> date:
    """The day on which so many business days have passed: Monday to Friday, holidays not counted.

    >>> business_day_after(date(2026, 11, 20), 1), business_day_after(date(2026, 11, 20), 10)
    (datetime.date(2026, 11, 23), datetime.date(2026, 12, 4))
    >>> business_day_after(date(2026, 12, 23), 2, {date(2026, 12, 25)})
    datetime.date(2026, 12, 28)
    """
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def business_days_left(today: date, due: date, holidays: Collection[date] = ()) -> int:
    """Business days from tomorrow to the due day; 0 on the day itself, negative after it.

    >>> business_days_left(date(2026, 11, 20), date(2026, 12, 4))
    10
    >>> business_days_left(date(2026, 12, 7), date(2026, 12, 4))
    -1
    """
    step = 1 if due >= today else -1
    days, day = 0, min(today, due)
    while day < max(today, due):
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days += step
    return days


def proposal_due(approved: date, months: int = PROPOSAL_MONTHS) -> date:
    """
    >>> proposal_due(date(2026, 12, 31))
    datetime.date(2027, 2, 28)
    """
    return add_months(approved, months)
