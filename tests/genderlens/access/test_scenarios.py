"""A nursery moves, a street is lit, a bus comes more often: who gains."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from genderlens.access.constrained import reach_by_profile
from genderlens.access.profiles import Night, Profile
from genderlens.access.scenarios import City, Gains, changed, gains, read_scenario
from genderlens.access.shares import SHARES, Shares, assumed
from genderlens.findings import Refused
from tests.genderlens.access.street import bus, corner, homes, place, places, street

pytestmark = pytest.mark.rules

JOBS = [place("jobs", n, amount) for n, amount in ((2, 1), (6, 10), (10, 100))]
CITY = City(street({8: 0}), places(*JOBS, place("childcare", 0)), bus())
DUTY = [Profile("free"), Profile("duty", care="childcare", dwell=2)]
HALF = assumed({"f": {"free": 0.5, "duty": 0.5}, "m": {"free": 1, "duty": 0}}, "as stated")


def change(text: str) -> City:
    return changed(CITY, read_scenario(f"title: A test\nchanges:\n  - {text}\n", "scenario.yaml"))[0]


def who_gains(after: City, shares: Shares = HALF) -> Gains:
    lives = homes(4)
    then, now = (reach_by_profile(DUTY, one.network, lives, one.places, limit=10)[0] for one in (CITY, after))
    return gains(then, now, lives, shares)


def test_a_nursery_on_the_way_is_won_by_those_who_bring_the_child() -> None:
    """Home at corner 4, ten minutes. Nursery at 0: five minutes there, two at the door, corner 2 at 9.5.

    Moved to corner 5 the duty costs only its two minutes: 7.5 and 2 make 9.5, and all is reached.
    """
    found = who_gains(change(f"move: {{place: childcare-0, lon: {corner(5)}, lat: 0}}"))
    rows = {
        (row["home"], row["profile"]): (row["before"], row["after"], row["gain"]) for row in found.homes.to_pylist()
    }
    assert rows == {("h4", "free"): (111, 111, 0), ("h4", "duty"): (1, 111, 110)}
    assert found.winners == {"free": (0, 0), "duty": (1, 0)}
    assert (found.gain.levels["f"].value, found.gain.levels["m"].value) == (55, 0)
    assert found.before.difference.value == -55 and found.after.difference.value == 0
    figures = {row["key"]: row for row in found.figures("jobs", "Jobs", "jobs").to_pylist()}
    assert figures["jobs.gain.f"]["value"] == 55 and figures["jobs.gain.f"]["group"] == "gain"
    assert figures["jobs.after.f/m"]["value"] == 1 and "jobs.gain.f/m" not in figures


def test_the_interval_of_a_gain_knows_that_the_same_people_were_asked() -> None:
    rows = [
        {"sex": sex, "age": "", "profile": profile, "share": share}
        for sex, duty in (("f", 0.5), ("m", 0.1))
        for profile, share in (("free", 1 - duty), ("duty", duty))
    ]
    spread = np.kron(np.array([[0.0009, 0.0003], [0.0003, 0.0004]]), np.array([[1, -1], [-1, 1]]))
    found = who_gains(
        change(f"move: {{place: childcare-0, lon: {corner(5)}, lat: 0}}"),
        Shares(pa.Table.from_pylist(rows, SHARES), spread, 30, "a survey"),
    )
    assert found.gain.levels["f"].se == pytest.approx(110 * 0.03)
    assert found.gain.difference.se == pytest.approx(110 * (0.0009 + 0.0004 - 0.0006) ** 0.5)
    assert found.after.levels["f"].se == pytest.approx(0)  # where nobody is held back, it does not matter who would be


def test_places_open_close_and_keep_other_hours() -> None:
    opened = change(f'open: {{place: new, kind: childcare, lon: {corner(5)}, lat: 0, opens: "20:00", closes: "02:00"}}')
    new = opened.places.to_pylist()[-1]
    assert (new["opens"], new["closes"], new["amount"]) == (72_000, 93_600, 1)
    assert change("close: {place: childcare-0}").places.num_rows == 3
    later = change('hours: {place: childcare-0, opens: "07:00", closes: 18:30}').places.to_pylist()[-1]
    assert (later["opens"], later["closes"]) == (25_200, 66_600)
    assert CITY.places.num_rows == 4


def test_light_opens_a_street_after_dark() -> None:
    after, findings = changed(
        CITY,
        read_scenario(f"title: Light\nchanges: [light: {{along: [[{corner(8)}, 0], [{corner(9)}, 0]]}}]", "s.yaml"),
    )
    assert CITY.network.lit.tolist().count(0) == 2 and after.network.lit.tolist() == [1] * 20
    assert str(findings[0]).endswith("lights 100 m of street; 0 m along it were lit before.")
    night = [Profile("careful", night=Night(unlit=float("inf")))]
    values = [
        reach_by_profile(night, city.network, homes(4), city.places, limit=10, departs=[22 * 3600])[0][
            "value"
        ].to_pylist()
        for city in (CITY, after)
    ]
    assert values == [[11], [111]]


def test_a_bus_that_comes_more_often_is_caught_more_often() -> None:
    rides = [Profile("rides", modes=("walk", "bus"))]
    after = change("headway: {route: L1, minutes: 5}")
    minutes = [8 * 3600 + 60 * minute for minute in range(0, 20)]
    caught = []
    for city in (CITY, after):
        found, _ = reach_by_profile(
            rides, city.network, homes(0), city.places, limit=6, departs=minutes, timetable=city.timetable
        )
        caught.append(sum(value > 100 for value in found["value"].to_pylist()))
    assert caught[0] < caught[1] == 20


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("move: {place: childcare-1, lon: 0, lat: 0}", "Did you mean “childcare-0”"),
        ("open: {place: childcare-0, kind: childcare, lon: 0, lat: 0}", "already"),
        ("open: {place: new, lon: 0, lat: 0}", "“kind” is missing"),
        ("open: {place: new, kind: childcare, lon: 0, lat: 0, opens: 7:00}", "one of opens and closes"),
        ("open: {place: new, kind: childcare, lon: 0, lat: 95}", "not a number from -90 to 90"),
        ("light: {along: [[0, 5], [1, 5]]}", "no street lies along it"),
        ("light: {along: [[0, 0]]}", "not a line"),
        ("headway: {route: L2, minutes: 5}", "It may be: L1"),
        ("headway: {route: L1, minutes: 0}", "not a number from 1"),
        ("shut: {place: childcare-0}", "“shut” is not known"),
        ("{close: {place: childcare-0}, light: {along: [[0, 0], [1, 1]]}}", "is not one change"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        change(text)


def test_the_order_of_the_rows_does_not_matter() -> None:
    lives, moved = homes(4, 6, 8), change(f"move: {{place: childcare-0, lon: {corner(5)}, lat: 0}}")
    then, now = (reach_by_profile(DUTY, one.network, lives, one.places, limit=10)[0] for one in (CITY, moved))
    straight, turned = (gains(then, one, lives, HALF) for one in (now, now.take(list(range(now.num_rows))[::-1])))
    assert turned.gain.levels == straight.gain.levels
    assert sorted(turned.homes.to_pylist(), key=str) == sorted(straight.homes.to_pylist(), key=str)


def test_runs_that_do_not_belong_together_are_refused() -> None:
    then, _ = reach_by_profile(DUTY, CITY.network, homes(4), CITY.places, limit=10)
    now, _ = reach_by_profile(DUTY, CITY.network, homes(4), CITY.places, limit=12)
    with pytest.raises(Refused, match="Measure both with the same"):
        gains(then, now, homes(4), HALF)
