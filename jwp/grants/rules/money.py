"""What an agreement is worth, what was paid and what may still be: whole minor units of one currency. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from jwp.core.period import add_months
from jwp.grants.rules.life import FUNDED

# Our policy: a report is due so many days after the time it is about.
REPORT_DAYS = 30


@dataclass(frozen=True)
class Ledger:
    """An agreement in its own currency. `agreed` is None while nobody has said how much.

    >>> ledger = Ledger("USD", 100_00, committed=100_00, paid=40_00)
    >>> ledger.left, ledger.settled, Ledger("USD", None).left
    (6000, False, None)
    """

    currency: str
    agreed: int | None = None
    committed: int = 0
    paid: int = 0

    @property
    def left(self) -> int | None:
        """What has yet to be paid; below zero where more was paid than agreed."""
        return None if self.agreed is None else self.agreed - self.paid

    @property
    def settled(self) -> bool:
        return self.paid == (self.agreed or 0)


def held(state: str, agreed: int, paid: int) -> int:
    """What an item takes out of its fund: what was signed, or what was paid before it was cancelled.

    >>> held("signed", 100, 40), held("cancelled", 100, 40), held("planned", 100, 0)
    (100, 40, 0)
    """
    if state in FUNDED:
        return agreed
    return paid if state == "cancelled" else 0


def lacking(contributed: int, held_already: int, more: int) -> int:
    """How much a fund lacks for this. To take less, or nothing more, is never refused.

    >>> lacking(100, 60, 50), lacking(100, 60, 40), lacking(100, 120, 0)
    (10, 0, 0)
    """
    return max(held_already + more - contributed, 0) if more > 0 else 0


def over(amount: int | None, tranches: Iterable[int]) -> int:
    """By how much tranches are above the amount they are parts of.

    >>> over(100, [60, 50]), over(100, [60]), over(None, [1])
    (10, 0, 1)
    """
    return max(sum(tranches) - (amount or 0), 0)


@dataclass(frozen=True)
class Terms:
    """What only an amendment changes after a signature."""

    minor: int
    starts: date
    ends: date
    purpose: str = ""


EXTENSION, AMOUNT, SCOPE = "no-cost extension", "amount", "scope"
CHANGES = {EXTENSION: "ends", AMOUNT: "minor", SCOPE: "purpose"}


class Unsound(ValueError):
    """An amendment that is none; its message names why, in words of `jwp.grants.words`."""


def amended(terms: Terms, kind: str, value: int | date | str, paid: int = 0) -> Terms:
    """The terms after an amendment of this kind.

    >>> terms = Terms(100, date(2026, 1, 1), date(2026, 12, 31))
    >>> amended(terms, "amount", 80, paid=80).minor
    80
    >>> amended(terms, "amount", 79, paid=80)
    Traceback (most recent call last):
        ...
    jwp.grants.rules.money.Unsound: more than that was paid already
    """
    field: dict[str, Any] = {CHANGES[kind]: value}
    changed = replace(terms, **field)
    if changed == terms:
        raise Unsound("nothing changes")
    if kind == EXTENSION and changed.ends <= terms.ends:
        raise Unsound("an extension ends later")
    if kind == AMOUNT and changed.minor < 0:
        raise Unsound("an amount cannot be negative")
    if kind == AMOUNT and changed.minor < paid:
        raise Unsound("more than that was paid already")
    return changed


@dataclass(frozen=True)
class Span:
    """A time that is reported on, and when the report is due."""

    starts: date
    ends: date
    due: date


def spans(starts: date, ends: date, months: int) -> list[Span]:
    """Every so many months of an agreement; the last ends with it.

    >>> [str(span.ends) for span in spans(date(2026, 1, 1), date(2026, 8, 15), 6)]
    ['2026-06-30', '2026-08-15']
    """
    found, first = list[Span](), starts
    while first <= ends:
        following = add_months(starts, months * (len(found) + 1))
        last = min(following - timedelta(days=1), ends)
        found.append(Span(first, last, due_after(last)))
        first = following
    return found


def due_after(last: date) -> date:
    return last + timedelta(days=REPORT_DAYS)


def faults_of_counts(women: int | None, men: int | None, not_stated: int | None, total: int | None) -> Sequence[str]:
    """What does not fit between the counts of a report. Null is not zero: who was not counted is not among them.

    >>> list(faults_of_counts(3, 4, None, 7)), list(faults_of_counts(3, 4, None, 6))
    ([], ['the parts are more than the total'])
    """
    parts = [count for count in (women, men, not_stated) if count is not None]
    if total is None:
        return ()
    if sum(parts) > total:
        return ("the parts are more than the total",)
    if len(parts) == 3 and sum(parts) < total:
        return ("the parts are less than the total",)
    return ()
