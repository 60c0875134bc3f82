"""What a chain of rides costs, and which rides a budget still allows.

A fare is paid at each boarding, by the class of the route. Where a change is discounted, both rides together cost the
joint price if the second begins within the window after the full fare was paid. A rider takes the discounts that suit
her: what counts is the least money the rules let her pay. Discounts last over a care stop.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genderlens.access.timetable import Timetable
from genderlens.findings import Finding, Refused

MANY = 8  # rides in one chain, as many as anybody takes
STATES = 1000
FREE = 3  # options at a boarding: change for nothing, change at a discount, pay in full


@dataclass(frozen=True)
class Fares:
    """Prices in the city's money. A class is a kind of vehicle ("bus"), or what `classes` says of a route."""

    boarding: Mapping[str, float]
    together: Mapping[tuple[str, str], float] = field(default_factory=dict)  # two rides with a discounted change
    unlimited: frozenset[str] = frozenset()  # classes within which one changes for nothing
    discounts: int = 1  # discounted changes for each full fare
    window: int | None = None  # seconds after the full fare was paid; None: no end
    classes: Mapping[str, str] = field(default_factory=dict)  # route -> class
    findings: tuple[Finding, ...] = ()

    def of(self, timetable: Timetable) -> tuple[list[str], NDArray[np.int32]]:
        """The classes, and the number of the class of each run, shape (trips,).

        Raises:
            Refused: some route that runs has no price.
        """
        names = [self.classes.get(route, kind) for route, kind in zip(timetable.routes, timetable.kinds, strict=True)]
        known = sorted(self.boarding)
        used = sorted({names[route] for route in np.unique(timetable.route)})
        if bare := [name for name in used if name not in self.boarding]:
            what = f"There is no fare for {', '.join(bare)}."
            raise Refused(Finding("stop", "fare missing", "fares", what, "Give one, 0 where the ride is free."))
        numbers = np.array([known.index(name) if name in known else -1 for name in names], np.int32)
        return known, numbers[timetable.route]


class Purse(NamedTuple):
    """How rides use up a budget: state 0 at the door, `then[state, class, option]` after boarding, -1 if too dear.

    `needs`: only within the window of the ticket; `starts`: a new ticket, from now. `beats[a, b]`: whatever can be
    ridden from state b can be ridden from state a.
    """

    then: NDArray[np.int32]  # (states, classes, 3)
    needs: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    beats: NDArray[np.bool_]  # (states, states)
    window: int  # milliseconds


class Money(NamedTuple):
    """A purse, and the class of each run in it, shape (trips,)."""

    purse: Purse
    fare: NDArray[np.int32]


def no_purse() -> Purse:
    """Money plays no part: one state and one class."""
    no = np.zeros((1, 1, FREE), np.bool_)
    return Purse(np.array([[[0, -1, -1]]], np.int32), no, no, np.ones((1, 1), np.bool_), 0)


def purse(fares: Fares, budget: float, classes: list[str], limit: int) -> Purse:
    """Every way to spend at most `budget` within `limit` milliseconds, with what makes no difference put together.

    A budget that pays for eight rides at the dearest full fare binds nobody.

    Raises:
        Refused: there are too many ways to spend it, which are fares of very unequal prices.
    """
    if budget >= MANY * max(fares.boarding.values()):
        free = no_purse()
        return free._replace(
            then=np.repeat(free.then, len(classes), axis=1),
            needs=np.repeat(free.needs, len(classes), axis=1),
            starts=np.repeat(free.starts, len(classes), axis=1),
        )
    cent = {name: round(price * 100) for name, price in fares.boarding.items()}
    joint = {pair: round(price * 100) for pair, price in fares.together.items()}
    timed = fares.window is not None and fares.window * 1000 < limit
    most = round(budget * 100)
    # A state: what was paid, the class ridden last, the discounts left.
    start: tuple[int, str, int] = (0, "", 0)
    numbers = {start: 0}
    queue = [start]
    moves: list[tuple[int, int, int, int, bool, bool]] = []
    for state in queue:  # grows while it is read
        paid, last, left = state
        for number, name in enumerate(classes):
            options: list[tuple[int, tuple[int, str, int], bool, bool]] = []
            if last == name and name in fares.unlimited:
                options.append((0, state, False, False))
            if left and (last, name) in joint:
                more = max(joint[last, name] - cent[last], 0)
                options.append((1, (paid + more, name, left - 1), timed, False))
            options.append((2, (paid + cent[name], name, fares.discounts), False, timed))
            for option, after, needs, starts in options:
                if after[0] <= most:
                    if after not in numbers:
                        numbers[after] = len(numbers)
                        queue.append(after)
                        if len(numbers) > STATES:
                            what = f"There are more than {STATES} ways to spend {budget:g}."
                            raise Refused(Finding("stop", "budget-too-large", "fares", what, "Leave the budget out."))
                    moves.append((numbers[state], number, option, numbers[after], needs, starts))
    shape = (len(numbers), len(classes), FREE)
    then, needed, started = np.full(shape, -1, np.int32), np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    for origin, number, option, target, needs, starts in moves:
        then[origin, number, option] = target
        needed[origin, number, option] = needs
        started[origin, number, option] = starts
    return _smallest(Purse(then, needed, started, _beats(then, needed, started), (fares.window or 0) * 1000))


def _beats(then: NDArray[np.int32], needs: NDArray[np.bool_], starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest relation in which a better state answers every ride of a worse one with a ride as good."""
    count = len(then)
    beats = np.ones((count, count), np.bool_)
    while True:
        new = np.ones_like(beats)
        for option in range(FREE):
            answered = np.zeros((count, count, then.shape[1]), np.bool_)
            for other in range(FREE):
                mine, yours = then[:, None, :, other], then[None, :, :, option]
                fits = (mine >= 0) & beats[mine, yours]
                fits &= ~needs[:, None, :, other] | needs[None, :, :, option]
                fits &= starts[:, None, :, other] | ~starts[None, :, :, option]
                answered |= fits
            new &= (answered | (then[None, :, :, option] < 0)).all(axis=2)
        if (new == beats).all():
            return beats
        beats = new


def _smallest(whole: Purse) -> Purse:
    """Of states that are as good as each other, the first; of two rides the better."""
    same = whole.beats & whole.beats.T
    leads = same.argmax(axis=1)
    keep = np.flatnonzero(leads == np.arange(len(leads)))
    number = np.searchsorted(keep, leads)
    then = np.where(whole.then[keep] >= 0, number[whole.then[keep]], -1).astype(np.int32)
    needs, starts, beats = whole.needs[keep], whole.starts[keep], whole.beats[np.ix_(keep, keep)]
    for one in range(FREE):
        for other in range(FREE):
            if one != other:
                a, b = then[:, :, one], then[:, :, other]
                better = (a >= 0) & (b >= 0) & beats[a, b] & (~needs[:, :, one] | needs[:, :, other])
                better &= starts[:, :, one] | ~starts[:, :, other]
                then[:, :, other] = np.where(better, -1, b)
    reached = np.zeros(len(keep), np.bool_)
    queue = [0]
    while queue:
        state = queue.pop()
        if not reached[state]:
            reached[state] = True
            queue += [int(after) for after in then[state].ravel() if after >= 0]
    left = np.flatnonzero(reached)
    then = np.where(then[left] >= 0, np.searchsorted(left, then[left]), -1).astype(np.int32)
    return Purse(then, needs[left], starts[left], np.ascontiguousarray(beats[np.ix_(left, left)]), whole.window)


def read_fares(path: Path) -> Fares:
    """Fares in the files that r5r (Ipea's routing package) uses: per type, per transfer, per route, and settings.

    Raises:
        Refused: a file or column is missing, or a price cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            types, changes, routes, settings = (
                list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))
                for name in ("fares_per_type", "fares_per_transfer", "fares_per_route", "global_settings")
            )
        said = {row["setting"]: row["value"] for row in settings}
        boarding = {row["type"]: float(row["fare"]) for row in types}
        own = {row["type"] for row in types if row["use_route_fare"].upper() == "TRUE"}
        classes = {}
        for row in routes:
            classes[row["route_id"]] = row["fare_type"]
            if row["fare_type"] in own:
                classes[row["route_id"]] = f"{row['fare_type']} {row['route_fare']}"
                boarding[f"{row['fare_type']} {row['route_fare']}"] = float(row["route_fare"])
        found = []
        if any(row["allow_same_route_transfer"].upper() == "FALSE" for row in types):
            what = "A discount is also counted for a change to the same line, which these fares do not give."
            found.append(Finding("note", "same line", path.name, what))
        return Fares(
            boarding,
            {(row["first_leg"], row["second_leg"]): float(row["fare"]) for row in changes},
            frozenset(row["type"] for row in types if row["unlimited_transfers"].upper() == "TRUE"),
            int(said["max_discounted_transfers"]),
            int(float(said["transfer_time_allowance"]) * 60),
            classes,
            tuple(found),
        )
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        what = f"These are no fares in the manner of r5r ({error})."
        raise Refused(Finding("stop", "fares unreadable", path.name, what, "See r5r::setup_fare_structure.")) from error
