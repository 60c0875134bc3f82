"""Care chains by transit, computed: searches from and to the care places only, then both legs put together.

For each care place two searches: backwards in time, who is there by each minute; and forwards, what work can be
reached from it at each minute. That is 2 × care places searches, however many homes there are, each over all minutes
at once (`rides.sweep`). With fares there is one for each state of the purse. One more search a home gives the direct
access. Where walking is capped, or a ticket may run out under way, `labels` follows every way worth taking instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.access.labels import Bounds, Stops, follow
from genderlens.access.timetable import DAY
from genderlens.access.transit import MINUTE, Ends, Town, lasts
from genderlens.access.transit_join import count, count_direct, soonest

HELD = 200_000_000  # bytes of travel times held at once
Answer = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True)
class Question:
    """Everything checked and put on the streets. Milliseconds; hours as `chain_input.opening` gives them."""

    town: Town
    homes: NDArray[np.int32]  # nodes
    care: NDArray[np.int32]
    work: NDArray[np.int32]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    amounts: NDArray[np.int64]
    limit: int
    dwell: int
    walking_cap: int | None
    threads: int

    def answer(self, departs: NDArray[np.int64]) -> Answer:
        """Chain, direct access and care places that serve, shape (homes, departures); any order of departures."""
        shape = (len(self.homes), len(departs))
        chain, direct, stops = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int32)
        home, each_home = np.unique(self.homes, return_inverse=True)
        site, each_site = np.unique(self.work, return_inverse=True)
        amounts = np.zeros(len(site), np.int64)
        np.add.at(amounts, each_site, self.amounts)
        moment, each_moment = np.unique(departs // MINUTE, return_inverse=True)
        simple = self.walking_cap is None and not self.town.purse.needs.any()
        for part in self.parts(moment, len(home), len(site)):
            answer = (self.legs if simple else self.ways)(home, site, amounts, moment[part])
            mine = np.flatnonzero((each_moment >= part.start) & (each_moment < part.stop))
            cells = np.ix_(each_home, each_moment[mine] - part.start)
            chain[:, mine], direct[:, mine], stops[:, mine] = (found[cells] for found in answer)
        return chain, direct, stops

    def parts(self, moments: NDArray[np.int64], homes: int, sites: int) -> Iterator[slice]:
        """Runs of departures that are near one another and whose travel times fit into memory."""
        limit = self.limit // MINUTE
        a_minute = len(self.care) * len(self.town.purse.then) * (homes + sites)
        longest = max(HELD // max(a_minute, 1) - 2 * limit, limit, 1)
        start = 0
        for i in range(1, len(moments) + 1):
            if i == len(moments) or moments[i] - moments[i - 1] > limit or moments[i] - moments[start] >= longest:
                yield slice(start, i)
                start = i

    def legs(
        self, homes: NDArray[np.int32], sites: NDArray[np.int32], amounts: NDArray[np.int64], moments: NDArray[np.int64]
    ) -> Answer:
        """For departures (minutes, rising) close to one another, homes and work at different nodes each."""
        town, limit = self.town, self.limit
        dwell, minutes = -(-self.dwell // MINUTE), limit // MINUTE
        states = len(town.purse.then)
        away = minutes - dwell  # what is left for both legs
        shape = (len(homes), len(moments))
        chain, direct, stops = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int32)
        first, last = int(moments[0]), int(moments[-1])
        anyhow = np.ones(states, np.bool_)
        forward = town.rides_to(sites)
        if away >= 0:
            slots = last - first + away + 1
            to_care = np.empty((len(self.care), states, len(moments), len(homes)), np.uint8)
            to_work = np.empty((len(self.care), states, slots, len(sites)), np.uint8)
            backward = town.rides_from(homes)
            arrival = Ends.of(town, self.care, homes, away * MINUTE, backwards=True)
            onward = Ends.of(town, self.care, sites, away * MINUTE)
            at_door = np.arange(states) == 0

            def place(number: int) -> None:
                before = np.empty((slots, len(homes)), np.uint8)
                for state in range(states):
                    # Backwards in time the first departure is the last arrival.
                    lasts(backward, arrival, number, len(homes), -(last + away) * MINUTE, slots, MINUTE, away * MINUTE,
                          state, at_door, before)  # fmt: skip
                    soonest(before[::-1], first, moments, away, to_care[number, state])
                    lasts(forward, onward, number, len(sites), (first + dwell) * MINUTE, slots, MINUTE, away * MINUTE,
                          state, anyhow, to_work[number, state])  # fmt: skip

            self.each(place, len(self.care))
            opens, closes = self.hours()

            def join(home: int) -> None:
                count(home, moments, to_care, to_work, first + dwell, opens, closes, dwell, minutes, DAY // MINUTE,
                      amounts, chain, stops)  # fmt: skip

            self.each(join, len(homes))
        straight = Ends.of(town, homes, sites, limit)
        span = last - first + 1

        def go(home: int) -> None:
            took = np.empty((span, len(sites)), np.uint8)
            lasts(forward, straight, home, len(sites), first * MINUTE, span, MINUTE, limit, 0, anyhow, took)
            count_direct(took, moments - first, amounts, direct[home])

        self.each(go, len(homes))
        return chain, direct, stops

    def ways(
        self, homes: NDArray[np.int32], sites: NDArray[np.int32], amounts: NDArray[np.int64], moments: NDArray[np.int64]
    ) -> Answer:
        """As `legs`, following every way worth taking, for each home and departure by itself."""
        town, limit = self.town, self.limit
        cap = limit if self.walking_cap is None else min(self.walking_cap, limit)
        rides, purse = town.rides_to(sites), town.purse
        care = Stops(
            town.ground.walks(town.stops, self.care, town.walk),
            town.ground.walks(self.care, town.stops, min(town.walk, cap)),
            town.ground.walks(self.care, sites, cap),
            *self.hours(),
        )
        bounds = Bounds(limit, cap, MINUTE, -(-self.dwell // MINUTE), DAY // MINUTE)
        to_stops = town.ground.walks(homes, town.stops, min(town.walk, cap))
        to_care, to_work = town.ground.walks(homes, self.care, cap), town.ground.walks(homes, sites, cap)
        shape = (len(homes), len(moments))
        chain, direct, stops = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int32)

        def go(home: int) -> None:
            a, b, c = (slice(*walks.starts[home : home + 2]) for walks in (to_stops, to_care, to_work))
            from_home = (to_stops.targets[a], to_stops.ms[a], to_care.targets[b], to_care.ms[b])
            for i, moment in enumerate(moments * MINUTE):
                served = np.zeros(len(self.care), np.bool_)
                for by_care, into in ((True, chain), (False, direct)):
                    reached = np.zeros(len(sites), np.bool_)
                    if not by_care:
                        reached[to_work.targets[c]] = True
                    follow(rides, purse, care, bounds, int(moment), *from_home, by_care, reached, served)
                    into[home, i] = amounts[reached].sum()
                stops[home, i] = served.sum()

        self.each(go, len(homes))
        return chain, direct, stops

    def hours(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When care places open, rounded up to minutes (-1: always), and close, rounded down."""
        return np.where(self.opens < 0, -1, -(-self.opens // MINUTE)), self.closes // MINUTE

    def each(self, do: Callable[[int], None], many: int) -> None:
        with ThreadPoolExecutor(max(self.threads, 1)) as pool:
            for _done in pool.map(do, range(many)):
                pass
