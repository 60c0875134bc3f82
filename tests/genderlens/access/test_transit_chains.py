"""Chains by transit give what trying everything gives, on hundreds of small cities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from genderlens.access import transit_legs
from genderlens.access.fares import Fares
from genderlens.access.safety import Safety
from genderlens.access.tables import HOMES, PLACES
from genderlens.access.transit_chains import care_chains_by_transit
from genderlens.findings import Refused
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


def chains(city: City, **choices: Any) -> pa.Table:
    question: dict[str, Any] = {"limit": 40 * MINUTE, "dwell": 3 * MINUTE, "departs": DEPARTURES, "threads": 1}
    tables = {name: getattr(city, name) for name in ("network", "timetable", "homes", "care", "work")}
    return care_chains_by_transit(**{**tables, **question, **choices})[0]


def test_neither_threads_nor_memory_nor_order_change_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    city = random_city(3)
    whole = chains(city)
    assert chains(city, threads=2).equals(whole)
    back = chains(city, departs=[*reversed(DEPARTURES), START])
    assert sorted({tuple(row.values()) for row in back.to_pylist()}) == sorted(
        tuple(row.values()) for row in whole.to_pylist()
    )
    monkeypatch.setattr(transit_legs, "HELD", 1)
    many = [START + 60 * minute for minute in range(0, 90, 5)]
    small = chains(city, departs=many)
    monkeypatch.undo()
    assert small.equals(chains(city, departs=many))


def test_a_bound_that_binds_nobody_changes_nothing() -> None:
    city = random_city(11, hours=True)
    free = chains(city)
    assert chains(city, walking_cap=40 * MINUTE).equals(free)
    assert chains(city, fares=TICKETS, fare_budget=99).equals(free)
    assert chains(city, fares=TICKETS, fare_budget=38.3).equals(free)
    with pytest.raises(Refused, match="ways to spend"):
        chains(city, fares=replace(TICKETS, boarding={"bus": 9, "rail": 0.01}), fare_budget=50)


def test_care_that_is_open_past_midnight() -> None:
    city = random_city(3)
    late = 23 * 3600 + 45 * 60
    columns = {name: city.care[name] for name in city.care.column_names}

    def stops(opens: int, closes: int, departs: int) -> list[Any]:
        hours = {"opens": [opens] * len(city.care), "closes": [closes] * len(city.care)}
        care = pa.table({**columns, **hours}, PLACES)
        return list(chains(city, care=care, departs=[departs])["stops"].to_pylist())

    always = stops(0, 86_400, late)
    assert any(always)
    assert stops(20 * 3600, 26 * 3600, late) == always
    assert stops(20 * 3600, 26 * 3600, 15 * 60) == stops(0, 86_400, 15 * 60)  # last night's opening
    assert not any(stops(8 * 3600, 18 * 3600, late))


def test_after_dark_the_streets_are_others() -> None:
    city = random_city(3)
    network = replace(city.network, lit=np.zeros_like(city.network.lit))
    night = Safety(dusk=START + 600, dawn=START, unlit=float("inf"))
    rows = chains(city, network=network, safety=night, departs=[START, START + 660]).to_pylist()
    day, dark = ({row["home"]: row["direct"] for row in rows if row["departs"] == at} for at in (START, START + 660))
    assert day == {row["home"]: row["direct"] for row in chains(city, departs=[START]).to_pylist()}
    assert all(dark[home] <= day[home] for home in day)
    assert sum(dark.values()) < sum(day.values())


def test_a_home_at_sea_has_no_answer() -> None:
    city = random_city(3)
    at_sea = pa.table({**{name: city.homes[name] for name in city.homes.column_names},
                       "lon": [-75.0, *city.homes["lon"].to_pylist()[1:]]}, HOMES)  # fmt: skip
    table, findings = care_chains_by_transit(
        city.network, city.timetable, at_sea, city.care, city.work, limit=40 * MINUTE, dwell=MINUTE, departs=[START],
        waits=False,
    )  # fmt: skip
    assert [row["chain"] is None for row in table.to_pylist()] == [True, False, False]
    assert "far-from-streets" in [finding.code for finding in findings]


def test_questions_without_an_answer() -> None:
    city = random_city(3)
    nobody = city.homes.slice(0, 0)
    wrong: tuple[dict[str, Any], ...] = (
        {"limit": 30_000}, {"dwell": 0}, {"departs": [1]}, {"fare_budget": 3.0}, {"change": 0}, {"homes": nobody},
        {"fares": TICKETS, "fare_budget": -1.0},
    )  # fmt: skip
    for choice in wrong:
        with pytest.raises(Refused):
            chains(city, **choice)
