"""Which seats can stand beside each other, and who may give which. Pure: no Django, no clock.

Both days of a term count: a seat from 1 January to 31 December is held on 31 December.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Roles the gender team may pass on: its own and lesser ones, so that it lifts nobody above itself.
GIFT = frozenset({"", "gender team", "staff", "focal point"})


class Fault(StrEnum):
    """Why a seat cannot be given; `jwp.partners.actions.seats` says each in the reader's language."""

    ENDS_FIRST = "ends before it starts"
    AUDIT_OPEN = "an auditor's seat needs a last day"
    AUDITOR_ALONE = "an auditor holds no other seat"
    POST_TAKEN = "the post has a holder"
    HELD_ALREADY = "the same person holds the same seat"
    BODY_FULL = "the body is full"


@dataclass(frozen=True)
class Term:
    """What the rules need to know about one seat. Who sits, where, for whom, from when until when."""

    person: Hashable
    body: Hashable
    starts: date
    ends: date | None = None
    office: Hashable = None
    organisation: Hashable = None
    post: bool = False
    acting: bool = False
    roles: frozenset[str] = frozenset()

    def overlaps(self, other: Term) -> bool:
        """
        >>> first = Term("a", "board", date(2025, 1, 1), date(2025, 12, 31))
        >>> first.overlaps(Term("b", "board", date(2025, 12, 31)))
        True
        >>> first.overlaps(Term("b", "board", date(2026, 1, 1)))
        False
        """
        return (other.ends is None or self.starts <= other.ends) and (self.ends is None or other.starts <= self.ends)


def most_at_once(terms: Iterable[Term]) -> int:
    """The largest number of seats held on any one day.

    >>> one, two = date(2025, 1, 1), date(2026, 1, 1)
    >>> most_at_once([Term("a", "b", one, date(2025, 12, 31)), Term("c", "b", two), Term("d", "b", one)])
    2
    """
    steps = [(term.starts, 1) for term in terms]
    steps += [(term.ends + timedelta(days=1), -1) for term in terms if term.ends]
    held = most = 0
    # On the same day somebody leaves before somebody else sits down.
    for _day, step in sorted(steps):
        held += step
        most = max(most, held)
    return most


def seat_faults(new: Term, others: Iterable[Term], seats_at_most: int | None = None) -> list[Fault]:
    """Why this seat cannot be given beside the others; empty means it can.

    An acting holder sits beside the one acted for; a post may have one holder for each organisation.

    >>> director = Term("amara", "secretariat", date(2025, 1, 1), office="director", post=True)
    >>> from dataclasses import replace
    >>> seat_faults(replace(director, person="olga"), [director])
    [<Fault.POST_TAKEN: 'the post has a holder'>]
    >>> seat_faults(replace(director, person="olga", acting=True), [director])
    []
    """
    if new.ends is not None and new.ends < new.starts:
        return [Fault.ENDS_FIRST]
    beside = [other for other in others if new.overlaps(other)]
    mine = [other for other in beside if other.person == new.person]
    faults = []
    if "auditor" in new.roles and new.ends is None:
        faults.append(Fault.AUDIT_OPEN)
    if any("auditor" in new.roles | other.roles for other in mine):
        faults.append(Fault.AUDITOR_ALONE)
    place = (new.body, new.office, new.organisation)
    same = [other for other in beside if (other.body, other.office, other.organisation) == place]
    if any(other.person == new.person for other in same):
        faults.append(Fault.HELD_ALREADY)
    elif new.post and not new.acting and any(not other.acting for other in same):
        faults.append(Fault.POST_TAKEN)
    if seats_at_most is not None and not new.acting:
        in_body = [other for other in beside if other.body == new.body and not other.acting]
        # Only days inside the new term matter: cut the others to it.
        cut = [Term(o.person, o.body, max(o.starts, new.starts), _earlier(o.ends, new.ends)) for o in in_body]
        if most_at_once(cut) + 1 > seats_at_most:
            faults.append(Fault.BODY_FULL)
    return faults


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def in_a_circle(start: Hashable, above: Hashable, reports_to: Mapping[Hashable, Hashable]) -> bool:
    """Whether `start` would, through `above` and those above it, report to itself.

    >>> in_a_circle("unit", "head", {"head": "director", "director": None})
    False
    >>> in_a_circle("director", "unit", {"unit": "head", "head": "director"})
    True
    """
    seen = {start}
    at = above
    while at is not None:
        if at in seen:
            return True
        seen.add(at)
        at = reports_to.get(at)
    return False
