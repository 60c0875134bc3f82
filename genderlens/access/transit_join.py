"""Both legs of a care chain put together, and work counted, minute by minute. Times here are whole slices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from genderlens.access.compiled import compiled
from genderlens.access.rides import NONE


@compiled
def leaves(arrives: int, opens: int, closes: int, dwell: int, day: int) -> int:
    """When the care stop ends for one who is there at `arrives`; -1 when it cannot be made.

    Whoever is early waits for the opening, or takes a later bus; all leave before closing.
    """
    if opens < 0:
        return arrives + dwell
    ends = -1
    for shift in (-day, 0, day):  # last night's opening may last into today, and this trip into tomorrow
        begins = max(arrives, opens + shift)
        if begins + dwell <= closes + shift and (ends < 0 or begins + dwell < ends):
            ends = begins + dwell
    return ends


@compiled
def soonest(
    backward: NDArray[np.uint8], first: int, departs: NDArray[np.int64], limit: int, into: NDArray[np.uint8]
) -> None:
    """From "who must leave how long before each time of arrival" to "who is there how long after each departure".

    `backward` (arrivals, homes): slices before arrival `first + row` by which one must have left. Writes `into`
    (departures, homes).
    """
    arrivals, homes = backward.shape
    for home in range(homes):
        row = 0
        for i in range(len(departs)):
            row = max(row, departs[i] - first)
            while row < arrivals and (backward[row, home] == NONE or first + row - backward[row, home] < departs[i]):
                row += 1
            took = first + row - departs[i]
            into[i, home] = took if row < arrivals and took <= limit else NONE


@compiled
def count(
    home: int,
    departs: NDArray[np.int64],
    to_care: NDArray[np.uint8],
    to_work: NDArray[np.uint8],
    first: int,
    opens: NDArray[np.int64],
    closes: NDArray[np.int64],
    dwell: int,
    limit: int,
    day: int,
    amounts: NDArray[np.int64],
    chain: NDArray[np.int64],
    stops: NDArray[np.int32],
) -> None:
    """Work reached by way of any care place, and care places from which anything is left of the time.

    `to_care` (care, states, departures, homes) slices; `to_work` (care, states, departures from care, work), the first
    of which is at slice `first`. Writes row `home` of `chain` and `stops` (homes, departures).
    """
    places, states = to_care.shape[0], to_care.shape[1]
    reached = np.empty(len(amounts), np.bool_)
    for i in range(len(departs)):
        reached[:] = False
        able = 0
        for place in range(places):
            serves = False
            for state in range(states):
                took = to_care[place, state, i, home]
                if took == NONE:
                    continue
                end = leaves(departs[i] + took, opens[place], closes[place], dwell, day)
                left = departs[i] + limit - end
                if end < 0 or left < 0:
                    continue
                serves = True
                lasts = to_work[place, state, end - first]
                budget = np.uint8(left)
                for j in range(len(reached)):
                    reached[j] |= lasts[j] <= budget
            able += serves
        total = 0
        for j in range(len(reached)):
            total += amounts[j] * reached[j]
        chain[home, i] = total
        stops[home, i] = able


@compiled
def count_direct(
    lasts: NDArray[np.uint8], rows: NDArray[np.int64], amounts: NDArray[np.int64], into: NDArray[np.int64]
) -> None:
    """Work reached within the limit in each row of `lasts` (slots, work)."""
    for i in range(len(rows)):
        total = 0
        for j in range(len(amounts)):
            total += amounts[j] * (lasts[rows[i], j] != NONE)
        into[i] = total
