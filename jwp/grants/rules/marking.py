"""When something funded is marked, and marked again. Pure; the phases are ours, after the standards' own advice.

The DAC marker is set on intentions at design and may move at approval, mid-term and closure; who marked what when
stays. An application is marked at design; an item at approval, halfway through its agreement, and once completed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

PHASES = ("design", "approval", "mid-term", "closure")
MARKER = "oecd-gender-marker"  # the one whose score stands on the item: only it is reported as a DAC score
RESULT = "gender-results-effectiveness-scale"
STATEMENT = "gender-statement-reading"
SELF_ASSESSMENT = "iasc-gender-with-age-marker"
MARKED_STATES = ("in principle", "proposed", "appraised")  # invited: a full worksheet is not asked before
LIVING = ("planned", "signed", "completed", "closed")
# Over before there is a middle to look at, and screened by a few questions.
BRIEF = ("event", "campaign")
PRINCIPAL = "2"


def halfway(starts: date, ends: date) -> date:
    """
    >>> halfway(date(2026, 1, 1), date(2026, 12, 31))
    datetime.date(2026, 7, 2)
    """
    return starts + (ends - starts) / 2


def owed(
    kind: str, state: str, starts: date | None, ends: date | None, today: date, *, application: bool = False
) -> tuple[str, ...]:
    """The phases in which something should have been marked by now, the latest last.

    >>> owed("", "proposed", None, None, date(2026, 7, 2), application=True)
    ('design',)
    >>> owed("direct grant", "signed", date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 2))
    ('approval', 'mid-term')
    >>> owed("event", "completed", date(2026, 1, 1), date(2026, 12, 31), date(2026, 7, 2))
    ('approval', 'closure')
    """
    if application:
        return ("design",) if state in MARKED_STATES else ()
    if state not in LIVING:
        return ()
    found = ["approval"]
    begun = state != "planned" and starts is not None and ends is not None and today >= halfway(starts, ends)
    if begun and kind not in BRIEF:
        found.append("mid-term")
    if state in ("completed", "closed"):
        found.append("closure")
    return tuple(found)


def order(phase: str) -> int:
    """Where a phase stands in time; a sheet without one came first."""
    return PHASES.index(phase) + 1 if phase in PHASES else 0


def moves(histories: Collection[Collection[str]]) -> dict[tuple[str, str], int]:
    """How often a score went from this to that, of the first and the last score of each history.

    Scores are classes, not steps: a move is neither up nor down.

    >>> moves([("1", "2"), ("1", "1"), ("0",)])
    {('1', '2'): 1, ('1', '1'): 1}
    """
    found: dict[tuple[str, str], int] = {}
    for scores in histories:
        if len(scores) > 1:
            first, *_, last = scores
            found[(first, last)] = found.get((first, last), 0) + 1
    return found
