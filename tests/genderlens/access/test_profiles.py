"""What somebody reaches depends on what she must do and may use, on one street that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from genderlens.access.constrained import reach_by_profile
from genderlens.access.fares import Fares
from genderlens.access.profiles import Night, Profile, read_profiles
from genderlens.findings import Refused
from tests.genderlens.access.street import bus, homes, place, places, street

pytestmark = pytest.mark.rules

SOME = """
profiles:
  free: {}
  nursery:
    label: {en: Brings a child, fr: Accompagne un enfant}
    care: {kind: childcare, minutes: 10}
    modes: [walk, bus]
    fare_budget: 900
    walking_cap: 30
    speed: 4
    night: {dusk: "19:30", dawn: 6:15, unlit: leave out, unknown: 1.5, score_below: 4, poor: 2}
    hours: "06:00-21:00"
"""
EIGHT = 8 * 3600
JOBS = [place("jobs", n, amount) for n, amount in ((2, 1), (6, 10), (10, 100))]


def of(found: tuple[pa.Table, object]) -> dict[tuple[str, str, int | None], float | None]:
    rows = found[0].to_pylist()
    return {(row["profile"], row["home"], row["departs"]): row["value"] for row in rows}


def test_profiles_are_read_from_yaml() -> None:
    free, nursery = read_profiles(SOME, "profiles.yaml")
    assert free == Profile("free")
    assert (nursery.care, nursery.dwell, nursery.vehicles, nursery.speed) == ("childcare", 10, ("bus",), 4)
    assert nursery.hours == (21_600, 75_600) and nursery.said("fr") == "Accompagne un enfant"
    assert nursery.said("es") == "Brings a child" and free.said("es") == "free"
    assert nursery.night == Night(70_200, 22_500, float("inf"), 1.5, 4, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("profiles: {a: {nigth: {}}}", "Did you mean “night”"),
        ("profiles: {a: {}, a: {}}", "stands here twice"),
        ("profiles: {a: {speed: fast}}", "line 1: speed: 'fast' is not a number from 0.5 to 10"),
        ("profiles: {a: {walking_cap: -1}}", "not a number of 0 or more"),
        ("profiles: {a: {care: {kind: childcare}}}", "“minutes” is missing"),
        ("profiles: {a: {modes: [bus]}}", "nobody gets to a stop without walking"),
        ("profiles: {a: {modes: walk}}", "is not a list"),
        ("profiles: {a: {night: {dusk: noon}}}", "'noon' is not a time of day"),
        ("profiles: {a: {night: {unlit: 0.5}}}", "not a number of 1 or more"),
        ("profiles: {a: {hours: all}}", "not a time of day"),
        ("profiles: []", "not a mapping of profiles"),
        ("profils: {}", "“profils” is not known"),
    ],
)
def test_a_profile_that_cannot_be_understood_is_refused(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_profiles(text, "profiles.yaml")


def test_a_duty_takes_the_way_and_the_time() -> None:
    """Ten minutes from corner 4: six corners on take 7.5; by the nursery at 3, and two minutes in it, 10 is too far."""
    profiles = [Profile("free"), Profile("duty", care="childcare", dwell=2), Profile("slow", speed=2.4)]
    where = places(*JOBS, place("childcare", 3))
    found = of(reach_by_profile(profiles, street(), homes(4), where, limit=10))
    assert found == {("free", "h4", None): 111, ("duty", "h4", None): 11, ("slow", "h4", None): 11}


def test_a_walking_cap_bounds_the_whole_way() -> None:
    found = of(reach_by_profile([Profile("tired", walking_cap=5)], street(), homes(4), places(*JOBS), limit=30))
    assert found["tired", "h4", None] == 11


def test_after_dark_unlit_streets_are_left_out_and_badly_rated_ones_seem_longer() -> None:
    dark = street({8: 0})
    profiles = [
        Profile("careful", night=Night(unlit=float("inf"))),
        Profile("rated", night=Night(score_below=5, poor=4.0)),
        Profile("home-early", hours=(6 * 3600, 20 * 3600)),
    ]
    scores = np.where(dark.heads == 5, 2.0, np.nan)
    late = 22 * 3600
    found = of(
        reach_by_profile(
            profiles, dark, homes(4), places(*JOBS), limit=10, departs=[EIGHT, late], scores=scores
        )
    )  # fmt: skip
    assert found["careful", "h4", EIGHT] == 111 and found["careful", "h4", late] == 11
    # From 4 to 5 takes five minutes instead of one and a quarter: corner 10 is out of reach.
    assert found["rated", "h4", EIGHT] == 111 and found["rated", "h4", late] == 11
    assert found["home-early", "h4", late] == 0


def test_a_home_without_an_answer_has_none_also_at_night() -> None:
    found = of(
        reach_by_profile(
            [Profile("home-early", hours=(6 * 3600, 20 * 3600))], street(), homes(4, 90), places(*JOBS), limit=10,
            departs=[22 * 3600],
        )
    )  # fmt: skip
    assert found == {("home-early", "h4", 79_200): 0, ("home-early", "h90", 79_200): None}


def test_a_bus_is_for_those_who_may_ride_and_can_pay() -> None:
    """From corner 0, six minutes: walking reaches corner 4; the bus at 8:02 at the latest brings one to corner 10."""
    profiles = [
        Profile("walks"), Profile("rides", modes=("walk", "bus")), Profile("all", modes=("walk", "transit")),
        Profile("poor", modes=("walk", "bus"), fare_budget=5), Profile("train", modes=("walk", "rail")),
        Profile("paid", modes=("walk", "bus"), fare_budget=10),
    ]  # fmt: skip
    found = of(
        reach_by_profile(
            profiles, street(), homes(0), places(*JOBS), limit=6, departs=[EIGHT - 120], timetable=bus(),
            fares=Fares({"bus": 10.0}),
        )
    )  # fmt: skip
    values = {profile: value for (profile, _, _), value in found.items()}
    assert values == {"walks": 1, "rides": 101, "all": 101, "poor": 1, "train": 1, "paid": 101}


@pytest.mark.parametrize(
    ("profile", "says"),
    [
        (Profile("p", care="childcar", dwell=5), "Did you mean “childcare”"),
        (Profile("p", night=Night()), "Give the departures"),
        (Profile("p", modes=("walk", "bus")), "no timetable"),
        (Profile("p", night=Night(score_below=3)), "Join an audit"),
    ],
)
def test_what_a_profile_needs_and_is_not_given_is_said(profile: Profile, says: str) -> None:
    with pytest.raises(Refused, match=says):
        reach_by_profile([profile], street(), homes(4), places(*JOBS, place("childcare", 3)), limit=10)
