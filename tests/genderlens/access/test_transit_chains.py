"""Chains by transit give what trying everything gives, on hundreds of small cities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from genderlens.access.fares import Fares
from genderlens.access.transit_chains import care_chains_by_transit
from tests.genderlens.access.transit_oracle import MINUTE, START, City, Everything, random_city

pytestmark = pytest.mark.rules
DEPARTURES = [START, START + 60, START + 17 * 60]


def compare(city: City, limit: int, dwell: int, **choices: Any) -> int:
    """How many answers were alike; all must be."""
    names = {"fare_budget": "budget", "walking_cap": "cap"}
    truth = Everything(
        city, limit, dwell, **{names.get(key, key): value for key, value in choices.items() if value is not None}
    )
    table, _ = care_chains_by_transit(
        city.network, city.timetable, city.homes, city.care, city.work, limit=limit, dwell=dwell, departs=DEPARTURES,
        threads=1, **choices,
    )  # fmt: skip
    amounts = city.work["amount"].to_pylist()
    interesting = 0
    for row in table.to_pylist():
        home = city.homes["home"].to_pylist().index(row["home"])
        chain, served = truth.reached(home, row["departs"], care=True)
        direct, _ = truth.reached(home, row["departs"], care=False)
        want = (sum(amounts[i] for i in chain), sum(amounts[i] for i in direct), len(served))
        assert (row["chain"], row["direct"], row["stops"]) == want, (row, chain, direct, served)
        interesting += 0 < len(chain) < len(direct)
    return interesting


def test_equal_to_trying_everything() -> None:
    assert sum(compare(random_city(seed), 30 * MINUTE, 3 * MINUTE) for seed in range(60)) > 30


def test_opening_hours() -> None:
    for seed in range(100, 140):
        city = random_city(seed, hours=True)
        compare(city, 40 * MINUTE, 90_000)


TICKETS = Fares({"bus": 4.8, "rail": 4.5}, {("bus", "bus"): 7.2, ("rail", "bus"): 8.37, ("bus", "rail"): 8.37},
                frozenset({"rail"}))  # fmt: skip


def test_a_fare_budget_over_the_whole_chain() -> None:
    for seed in range(200, 240):
        compare(random_city(seed), 45 * MINUTE, 2 * MINUTE, fares=TICKETS, fare_budget=(4.8, 7.2, 9.3, 12.9)[seed % 4])


def test_a_cap_on_all_walking() -> None:
    for seed in range(300, 340):
        compare(random_city(seed), 40 * MINUTE, 3 * MINUTE, walking_cap=(6 + seed % 7 * 3) * MINUTE)


def test_tickets_that_run_out_with_a_cap_and_hours() -> None:
    for seed in range(400, 440):
        fares = replace(TICKETS, window=(5 + seed % 20) * 60, discounts=1 + seed % 2)
        compare(
            random_city(seed, hours=True), 45 * MINUTE, 2 * MINUTE, fares=fares, fare_budget=(7.2, 9.3, 12.9)[seed % 3],
            walking_cap=None if seed % 2 else 15 * MINUTE,
        )  # fmt: skip
