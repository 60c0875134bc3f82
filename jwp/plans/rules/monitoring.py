"""The rules of plans, rounds and reports. Pure: no Django, no clock; today is an argument.

Monitoring "every six months for the first two years": Cities Alliance, Joint Work Programme for Gender Equality.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jwp.core.workflow import Step, Workflow

PLAN = Workflow(
    "draft",
    (
        Step("submit", "draft", "submitted", by=("director",), needs=("at least one target",)),
        Step("withdraw", "submitted", "draft", by=("director", "gender team")),
        Step("adopt", "submitted", "adopted", by=("director", "gender team"), needs=("an approval",)),
        # A plan adopted before this system: one line says by whom and when.
        Step("bring in", "draft", "adopted", by=("director", "gender team"), needs=("an approval",)),
        Step("end", "adopted", "ended", by=("director", "gender team"), needs=("every target settled",)),
    ),
)

REPORT = Workflow(
    "draft",
    (
        Step(
            "submit",
            "draft",
            "submitted",
            by=("holder", "gender team"),
            needs=("an open round", "an answer", "evidence"),
        ),
        Step(
            "submit",
            "returned",
            "submitted",
            by=("holder", "gender team"),
            needs=("an open round", "an answer", "evidence"),
        ),
        Step("return", "submitted", "returned", by=("gender team",), needs=("a comment",)),
        Step("accept", "submitted", "accepted", by=("gender team",), needs=("somebody else's report",)),
    ),
)

# Which change of a promise needs which authority (issue of trust: value and date are the Board's, words are not).
BOARD_FIELDS = frozenset({"value", "value_text", "due", "kind", "indicator", "scale", "baseline"})


class Word(StrEnum):
    """The four words users see. Before a report is due there is no word, only the day it is due."""

    ACCEPTED = "accepted"
    REPORTED = "reported"
    LATE = "late"
    NOT_REPORTED = "not reported"
    NONE = ""


class Why(StrEnum):
    """Why a standing has its colour; `jwp.plans.words` says each in the reader's language."""

    ACCEPTED = "accepted"
    ACCEPTED_LATE = "accepted, reported late"
    WAITING_FOR_TEAM = "with the gender team"
    WAITING_LATE = "reported late, with the gender team"
    RETURNED = "returned with a comment"
    NOT_OPEN = "not open yet"
    OPEN = "due"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    OVERDUE_RETURNED = "returned, and overdue"
    SILENT = "silent when the round closed"
    BEFORE_US = "before this system"
    NOT_ASKED = "not asked in this round"


@dataclass(frozen=True)
class RoundDates:
    opens: date
    due: date
    closes: date
    closed_on: date | None = None


@dataclass(frozen=True)
class ReportFacts:
    """What is known of one report; None stands for no report at all (`NO_REPORT`)."""

    state: str = "draft"
    submitted_on: date | None = None
    extended_to: date | None = None
    silent_at_close: bool = False


NO_REPORT = ReportFacts()


@dataclass(frozen=True)
class Standing:
    word: Word
    why: Why
    days: int = 0  # days late, or days until due

    @property
    def tone(self) -> str:
        """The colour's name in the design: accepted, reported, late, silent or waiting."""
        if self.why == Why.ACCEPTED_LATE:
            return "accepted"
        return {
            Word.ACCEPTED: "accepted", Word.REPORTED: "reported", Word.LATE: "late",
            Word.NOT_REPORTED: "silent", Word.NONE: "waiting",
        }[self.word]  # fmt: skip


def is_silent(dates: RoundDates, facts: ReportFacts, today: date) -> bool:
    """Nothing came before the round was closed, or, where the clock was stopped, before it ran out afterwards."""
    return facts.silent_at_close or (
        facts.state == "draft" and dates.closed_on is not None and today > due_date(dates, facts)
    )


def due_date(dates: RoundDates, facts: ReportFacts) -> date:
    """An extension stops the clock, and only forwards."""
    return max(dates.due, facts.extended_to) if facts.extended_to else dates.due


def standing(dates: RoundDates, facts: ReportFacts, today: date) -> Standing:
    """How one target stands in one round on a day.

    >>> dates = RoundDates(date(2026, 8, 15), date(2026, 9, 15), date(2026, 10, 15))
    >>> s = standing(dates, NO_REPORT, date(2026, 9, 20)); s.word.value, s.why.value, s.days
    ('late', 'overdue', 5)
    >>> s = standing(dates, ReportFacts("submitted", date(2026, 9, 18)), date(2026, 9, 20)); s.word.value, s.days
    ('reported', 3)
    >>> standing(dates, ReportFacts(extended_to=date(2026, 9, 30)), date(2026, 9, 20)).why.value
    'extended'
    """
    due = due_date(dates, facts)
    late = max((facts.submitted_on - due).days, 0) if facts.submitted_on else 0
    if facts.state == "accepted":
        return Standing(Word.ACCEPTED, Why.ACCEPTED_LATE if late or facts.silent_at_close else Why.ACCEPTED, late)
    if facts.state == "submitted":
        return Standing(
            Word.REPORTED, Why.WAITING_LATE if late or facts.silent_at_close else Why.WAITING_FOR_TEAM, late
        )
    if is_silent(dates, facts, today):
        return Standing(Word.NOT_REPORTED, Why.SILENT)
    returned = facts.state == "returned"
    if today > due:
        return Standing(Word.LATE, Why.OVERDUE_RETURNED if returned else Why.OVERDUE, (today - due).days)
    if returned:
        return Standing(Word.NONE, Why.RETURNED, (due - today).days)
    if today < dates.opens:
        return Standing(Word.NONE, Why.NOT_OPEN, (due - today).days)
    return Standing(Word.NONE, Why.EXTENDED if facts.extended_to else Why.OPEN, (due - today).days)


def may_close(dates: RoundDates, today: date) -> bool:
    return dates.closed_on is None and today >= dates.closes


def lateness_is_public(due: date, grace_days: int, today: date) -> bool:
    """Lateness shows outside, and goes up to the supervisor, only after the grace period.

    >>> [lateness_is_public(date(2026, 9, 15), 14, date(2026, 9, day)) for day in (29, 30)]
    [False, True]
    """
    return today > due + timedelta(days=grace_days)


def accepts_reports(dates: RoundDates, today: date) -> bool:
    """From the opening day on, with no end: a report after closing is kept, and dated late for good."""
    return today >= dates.opens


def authority(changed: set[str]) -> str:
    """Who may make this change of a promise: the Board for its value or date, the gender team for its words or owner.

    >>> authority({"text"}), authority({"text", "due"})
    ('gender team', 'board')
    """
    return "board" if changed & BOARD_FIELDS else "gender team"


def settled(state: str) -> bool:
    """Whether a promise needs no decision any more when its plan ends."""
    return state != "stands"
