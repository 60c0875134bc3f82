"""The rules of this room: of plans and their rounds here by name, of money in `rules.money`."""

from __future__ import annotations

from jwp.plans.rules.monitoring import (
    BOARD_FIELDS,
    NO_REPORT,
    PLAN,
    REPORT,
    ReportFacts,
    RoundDates,
    Standing,
    Why,
    Word,
    accepts_reports,
    authority,
    due_date,
    is_silent,
    lateness_is_public,
    may_close,
    settled,
    standing,
)

__all__ = [
    "BOARD_FIELDS", "NO_REPORT", "PLAN", "REPORT", "ReportFacts", "RoundDates", "Standing", "Why", "Word",
    "accepts_reports", "authority", "due_date", "is_silent", "lateness_is_public", "may_close", "settled", "standing",
]  # fmt: skip
