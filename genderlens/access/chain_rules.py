"""What a care stop leaves of the time: opening hours, waiting, dwelling, and the cap on walking."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled

DAY = 86_400_000  # milliseconds, as everything here
ALWAYS = -1  # opens: no hours are given, or time of day plays no part
ANY, NEAREST, ASSIGNED = 0, 1, 2


class Rules(NamedTuple):
    """What every chain of one question has in common."""

    limit: int  # the whole chain from door to door
    dwell: int
    cap: int  # walking, both legs together
    waits: int  # 1: may wait for the place to open
    choice: int  # ANY, NEAREST or ASSIGNED care place

    @property
    def longest(self) -> int:
        """Walking left for a chain whose care stop is at the door; negative when the stop alone is too long."""
        return min(self.limit - self.dwell, self.cap)


class Care(NamedTuple):
    """Care places, those of one spot together: at spot `i` are `starts[i]:starts[i + 1]`.

    Spots are all nodes, or only the nodes with care, as the algorithm needs. Places of one spot with the same hours
    are one row.
    """

    starts: NDArray[np.int64]  # (spots + 1,)
    rank: NDArray[np.int32]  # (rows,) by where the table first names one: the earlier wins when times are equal
    places: NDArray[np.int32]  # (rows,) how many they are
    opens: NDArray[np.int64]  # (rows,) after midnight, or ALWAYS
    closes: NDArray[np.int64]  # (rows,) more than a DAY where a place is open past midnight


class Sites(NamedTuple):
    """Work behind the doors of a spot: at spot `i` are `starts[i]:starts[i + 1]`, the nearest door first."""

    starts: NDArray[np.int64]  # (spots + 1,)
    walks: NDArray[np.int32]  # (doors,) from the street to the door
    sums: NDArray[np.int64]  # (doors,) what is behind it and the nearer doors of its spot

    def amounts(self) -> NDArray[np.int64]:
        """What is behind each door alone."""
        amounts = np.diff(self.sums, prepend=0)
        first = self.starts[:-1]
        amounts[first] = self.sums[first]
        return amounts


@compiled
def past(times: NDArray[np.int32], low: int, high: int, most: int) -> int:
    """The first of the ascending `times`, from `low` to before `high`, that is more than `most`; else `high`."""
    while low < high:
        middle = (low + high) // 2
        if times[middle] <= most:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def within(sites: Sites, spot: int, left: int) -> int:
    """What somebody reaches from the street at `spot` who has so much time left for walking."""
    first = sites.starts[spot]
    end = past(sites.walks, first, sites.starts[spot + 1], left)
    return sites.sums[end - 1] if end > first else 0


@compiled
def remaining(walked: int, opens: int, closes: int, departs: int, rules: Rules) -> int:
    """Walking time left after a care stop that is `walked` away; negative when the stop cannot be made.

    One arrives after opening, or waits for it where the rules let one, and leaves before closing.
    `departs` below zero: time of day plays no part.
    """
    begins = walked
    if departs >= 0 and opens != ALWAYS:
        begins = -1
        for day in (-DAY, 0, DAY):  # last night's opening may last into today, and this trip into tomorrow
            opening = opens + day - departs
            start = max(walked, opening) if rules.waits else walked
            if start >= opening and start + rules.dwell <= closes + day - departs and (begins < 0 or start < begins):
                begins = start
        if begins < 0:
            return -1
    return min(rules.limit - begins - rules.dwell, rules.cap - walked)
