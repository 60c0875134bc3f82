"""Which deadlines run for an application in its state, and how long they still do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jwp.grants.rules.deadlines import business_days_left

APPLY, COMMENT, SCORE, PROPOSE = "applications", "donor comments", "panel reviews", "full proposal"


@dataclass(frozen=True)
class Clock:
    """`left` counts business days from tomorrow; on the due day itself none is left, and it is not over."""

    what: str
    due: date
    left: int
    over: bool


def running(
    state: str,
    today: date,
    *,
    closes: date | None = None,
    comments_due: date | None = None,
    panel_due: date | None = None,
    proposal_due: date | None = None,
) -> list[Clock]:
    """The next deadlines, the nearest first; over ones too while their state lasts.

    >>> [(c.what, c.left, c.over) for c in running("eligible", date(2026, 11, 20), comments_due=date(2026, 12, 4),
    ...                                            panel_due=date(2026, 11, 19))]
    [('panel reviews', -1, True), ('donor comments', 10, False)]
    >>> running("rejected", date(2026, 11, 20), comments_due=date(2026, 12, 4))
    []
    >>> running("in principle", date(2026, 11, 22), proposal_due=date(2026, 11, 21))[0].over  # both a weekend's day
    True
    """
    dues = {
        "draft": [(APPLY, closes)],
        "eligible": [(COMMENT, comments_due), (SCORE, panel_due)],
        "in principle": [(PROPOSE, proposal_due)],
    }.get(state, [])
    found = [Clock(what, due, business_days_left(today, due), due < today) for what, due in dues if due is not None]
    return sorted(found, key=lambda clock: clock.due)
