"""When a body may decide, and what a count of votes allows. Pure: no Django, no clock.

No charter text we could read gives a quorum or a majority, and the practice of Cities Alliance is consensus
("all decisions were taken by consensus, as is also the tradition", Hanoi 2012). So the quorum is data of each
body, consensus with recorded reservations is the default, and only a body whose charter has a vote may vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Quorum:
    """How many of the seats held on the day take part, against how many must. No quorum set: one is enough.

    >>> Quorum(needed=6, seats=11, present=5).holds, Quorum(6, 11, 6).holds
    (False, True)
    >>> Quorum(None, 11, 0).holds, Quorum(None, 11, 1).holds
    (False, True)
    """

    needed: int | None
    seats: int
    present: int

    @property
    def holds(self) -> bool:
        return self.present >= max(self.needed or 1, 1)


class Fault(StrEnum):
    """What is wrong with a count of votes."""

    NO_CHARTER = "the charter has no vote"
    NO_COUNT = "a vote needs its counts"
    WRONG_SUM = "the counts are not those who took part"
    NOT_CARRIED = "fewer for than against"
    COUNTED_CONSENSUS = "consensus is not counted"


@dataclass(frozen=True)
class Vote:
    """The counts; abstentions left out are those who took part and neither approved nor refused.

    >>> Vote(7, 2).counted(11)
    Vote(votes_for=7, votes_against=2, abstentions=2)
    """

    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None

    def counted(self, present: int) -> Vote:
        if self.abstentions is not None or self.votes_for is None or self.votes_against is None:
            return self
        return Vote(self.votes_for, self.votes_against, max(present - self.votes_for - self.votes_against, 0))

    @property
    def total(self) -> int:
        return (self.votes_for or 0) + (self.votes_against or 0) + (self.abstentions or 0)


def faults(*, by_vote: bool, charter_votes: bool, vote: Vote, present: int, carried: bool) -> list[Fault]:
    """What stands against recording a decision like this; empty means nothing.

    Which majority a charter asks for is not known here: what has no more for than against is never carried,
    and what has more may still be recorded as not carried.

    >>> faults(by_vote=True, charter_votes=False, vote=Vote(3, 0), present=3, carried=True)
    [<Fault.NO_CHARTER: 'the charter has no vote'>]
    >>> faults(by_vote=True, charter_votes=True, vote=Vote(2, 2), present=5, carried=True)
    [<Fault.NOT_CARRIED: 'fewer for than against'>]
    >>> faults(by_vote=True, charter_votes=True, vote=Vote(4, 0, 0), present=5, carried=True)
    [<Fault.WRONG_SUM: 'the counts are not those who took part'>]
    """
    if not by_vote:
        return [Fault.COUNTED_CONSENSUS] if vote != Vote() else []
    if not charter_votes:
        return [Fault.NO_CHARTER]
    if vote.votes_for is None or vote.votes_against is None:
        return [Fault.NO_COUNT]
    found = [] if vote.counted(present).total == present else [Fault.WRONG_SUM]
    if carried and vote.votes_for <= vote.votes_against:
        found.append(Fault.NOT_CARRIED)
    return found
