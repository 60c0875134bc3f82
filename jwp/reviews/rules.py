"""When a shared link takes answers, and when what was answered may be seen. Pure: today is an argument.

Anonymous colours first, the spread before the talk: the web of institutionalisation as it is taught.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class LinkStanding(StrEnum):
    NONE = "none"
    NOT_YET = "not yet open"
    OPEN = "open"
    CLOSED = "closed"


def link_standing(
    made: object, opens: date | None, closes: date | None, closed_on: date | None, today: date
) -> LinkStanding:
    """Both the first and the last day take answers; closed by hand, none is taken any more.

    >>> first, last = date(2026, 9, 1), date(2026, 9, 3)
    >>> [link_standing("made", first, last, None, date(2026, 9, day)).value for day in (3, 4)]
    ['open', 'closed']
    """
    if not made or opens is None or closes is None:
        return LinkStanding.NONE
    if closed_on is not None or today > closes:
        return LinkStanding.CLOSED
    return LinkStanding.NOT_YET if today < opens else LinkStanding.OPEN


def may_show(standing: LinkStanding, answers: int, smallest_group: int) -> bool:
    """Only once no more answers can come, and never of a small group.

    Were results shown while answers come in, two looks would give away the answer between them. So there is
    one result, and a link whose result could be seen is never opened again.

    >>> may_show(LinkStanding.OPEN, 40, 5)
    False
    >>> may_show(LinkStanding.CLOSED, 4, 5), may_show(LinkStanding.CLOSED, 5, 5)
    (False, True)
    """
    return standing is LinkStanding.CLOSED and answers >= smallest_group


def at_least(answers: int, smallest_group: int) -> int:
    """How many answers may be spoken of while they come in: whole groups only; 0 is "fewer than one group".

    >>> [at_least(n, 5) for n in (0, 4, 5, 9, 10)]
    [0, 0, 5, 5, 10]
    """
    return answers // smallest_group * smallest_group
