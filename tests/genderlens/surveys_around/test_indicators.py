"""The catalogue against the same figures computed by hand, without the library."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from genderlens.findings import Refused
from genderlens.surveys.catalogue import catalogue
from genderlens.surveys.declaration import Column, Declaration, Plan, Source
from genderlens.surveys.measures import FUNCTIONS
from genderlens.surveys.run import Measured, measured
from genderlens.words import LANGUAGES, sentences
from tests.genderlens.surveys_around.mobility import Mobility, mobility, ratio_by_hand

pytestmark = pytest.mark.rules

CITIES = ("accra", "cape_town", "coquimbo_laserena", "delhi", "kisumu", "nairobi")
Person = dict[str, Any]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Mobility:
    return mobility(tmp_path_factory.mktemp("mobility"))


@pytest.fixture(scope="module")
def everything(survey: Mobility) -> Measured:
    """Nothing asked: every indicator that the survey has the columns for."""
    return measured(declaration=survey.declaration)


def figure(result: Measured, stat: str, domain: str) -> dict[str, Any]:
    rows = [row for row in result.estimates.to_pylist() if row["stat"] == stat and row["domain"] == domain]
    assert len(rows) == 1, stat
    return dict(rows[0])


def by_hand(survey: Mobility, sexes: tuple[int, ...], above: Callable[[Person, list[Person]], float],
            below: Callable[[Person, list[Person]], float], rows: list[Person]) -> tuple[float, float]:  # fmt: skip
    whose: dict[tuple[int, int], list[Person]] = defaultdict(list)
    for row in rows:
        whose[row["hh"], row["pp"]].append(row)
    over, under = [], []
    for person in survey.persons:
        mine = whose[person["household"], person["person"]]
        inside = person["w"] * (person["p03"] in sexes)
        over.append(inside * above(person, mine))
        under.append(inside * below(person, mine))
    strata, clusters = ([p[name] for p in survey.persons] for name in ("stratum", "psu"))
    return ratio_by_hand(np.array(over, float), np.array(under, float), strata, clusters)


def check(found: dict[str, Any], expected: tuple[float, float]) -> None:
    assert found["estimate"] == pytest.approx(expected[0], rel=1e-9)
    assert found["se"] == pytest.approx(expected[1], rel=1e-9)


def test_the_share_of_trips_walked(survey: Mobility, everything: Measured) -> None:
    found = figure(everything, "trip_share_by_mode: proportion(mode=walk)", "f")
    check(found, by_hand(survey, (2,), lambda p, t: sum(x["mode"] == 1 for x in t), lambda p, t: len(t), survey.trips))
    assert found["n"] == sum(1 for t in survey.trips if t["pp"] == 2 and t["hh"] % 30)


def test_ways_back_home_are_no_purpose(survey: Mobility, everything: Measured) -> None:
    def out(person: Person, trips: list[Person]) -> int:
        return sum(trip["why"] != 6 for trip in trips)

    found = figure(everything, "trip_share_by_purpose: proportion(purpose=escort)", "m")
    check(found, by_hand(survey, (1,), lambda p, t: sum(x["why"] == 2 for x in t), out, survey.trips))


def test_care_is_recounted_beside_the_usual_count(survey: Mobility, everything: Measured) -> None:
    def care(trip: Person) -> bool:
        return bool(trip["why"] in (2, 3, 5) or (trip["why"] == 4 and trip["company"] == 1))

    def short(trip: Person) -> bool:
        return bool(trip["mode"] == 1 and trip["minutes"] < 10)

    def out(person: Person, trips: list[Person]) -> int:
        return sum(trip["why"] != 6 for trip in trips)

    recounted = figure(everything, "mobility_of_care: proportion(care=1)", "f")
    check(recounted, by_hand(survey, (2,), lambda p, t: sum(map(care, t)), out, survey.trips))
    usual = figure(everything, "mobility_of_care: proportion(usual=1)", "f")
    check(usual, by_hand(survey, (2,), lambda p, t: sum(x["why"] == 5 for x in t), out, survey.trips))
    assert usual["estimate"] < recounted["estimate"] / 3
    without = figure(everything, "mobility_of_care: proportion(without_short_walks=1)", "f")
    check(without, by_hand(
        survey, (2,), lambda p, t: sum(care(x) and not short(x) for x in t),
        lambda p, t: sum(x["why"] != 6 and not short(x) for x in t), survey.trips,
    ))  # fmt: skip
    parts = [f"mobility_of_care: proportion(care_{word}=1)" for word in ("care", "escort", "shop", "in_company")]
    assert sum(figure(everything, part, "f")["estimate"] for part in parts) == pytest.approx(recounted["estimate"])


def test_a_purpose_nobody_asked_for_is_not_a_zero(everything: Measured) -> None:
    assert not any("errand" in row["stat"] for row in everything.estimates.to_pylist())
    assert any("no purpose “errand” of trips" in finding.what for finding in everything.findings)


def test_tours_go_from_home_to_home(survey: Mobility, everything: Measured) -> None:
    def tours(trips: list[Person]) -> list[list[Person]]:
        found: list[list[Person]] = [[]]
        for trip in sorted(trips, key=lambda trip: trip["start"]):
            found[-1].append(trip)
            if trip["why"] == 6:
                found.append([])
        return [tour for tour in found if tour]

    def number(person: Person, trips: list[Person]) -> int:
        return len(tours(trips))

    chained = figure(everything, "trip_chaining: proportion(chained=1)", "f")
    check(chained, by_hand(survey, (2,), lambda p, t: sum(len(x) >= 3 for x in tours(t)), number, survey.trips))
    stops = figure(everything, "trip_chaining: proportion(care=1)", "f")
    check(stops, by_hand(
        survey, (2,), lambda p, t: sum(any(y["why"] in (2, 3, 5) for y in x) for x in tours(t)), number, survey.trips
    ))  # fmt: skip
    trips = figure(everything, "trip_chaining: mean(trips)", "all")
    check(trips, by_hand(survey, (1, 2, 3), lambda p, t: len(t), number, survey.trips))


def test_who_did_not_travel_counts_with_no_minutes(survey: Mobility, everything: Measured) -> None:
    found = figure(everything, "travel_time: mean(minutes)", "m")
    check(found, by_hand(survey, (1,), lambda p, t: sum(x["minutes"] for x in t), lambda p, t: 1, survey.trips))
    moved = figure(everything, "travel_time: proportion(moved=1)", "m")
    check(moved, by_hand(survey, (1,), lambda p, t: bool(t), lambda p, t: 1, survey.trips))


def test_unpaid_work_as_a_share_of_the_day(survey: Mobility, everything: Measured) -> None:
    for stat, acts in (("unpaid", (2, 3)), ("care", (2,)), ("housework", (3,))):
        found = figure(everything, f"unpaid_care: mean({stat})", "f")

        def share(person: Person, episodes: list[Person], acts: tuple[int, ...] = acts) -> float:
            return float(sum(e["minutes"] for e in episodes if e["act"] in acts)) / 1440

        check(found, by_hand(survey, (2,), share, lambda p, t: 1, survey.episodes))


def test_the_line_of_time_poverty_is_the_surveys_own(survey: Mobility, everything: Measured) -> None:
    work: dict[tuple[int, int], int] = defaultdict(int)
    for episode in survey.episodes:
        if episode["act"] in (1, 2, 3):
            work[episode["hh"], episode["pp"]] += episode["minutes"]
    weighted = sorted((work[p["household"], p["person"]], p["w"]) for p in survey.persons)
    half = sum(w for _, w in weighted) / 2
    passed, median = 0.0, 0
    for minutes, weight in weighted:
        passed, median = passed + weight, minutes
        if passed >= half:
            break
    found = figure(everything, "time_poverty: proportion(time_poor=1)", "f")

    def poor(person: Person, episodes: list[Person]) -> bool:
        return work[person["household"], person["person"]] > 1.5 * median

    check(found, by_hand(survey, (2,), poor, lambda p, t: 1, survey.episodes))
    assert any(finding.code == "time-line" and str(median) in finding.what for finding in everything.findings)


def test_who_never_walks_at_night_answered_and_children_are_not_adults(survey: Mobility, everything: Measured) -> None:
    found = figure(everything, "fear_walking: proportion(safe_walking=1)", "f")
    check(found, by_hand(
        survey, (2,), lambda p, t: p["fear"] in (1, 2) and p["age"] >= 16,
        lambda p, t: p["fear"] != 9 and p["age"] >= 16, [],
    ))  # fmt: skip


def test_the_third_sex_category_is_reported(survey: Mobility, everything: Measured) -> None:
    found = figure(everything, "poverty: proportion(poor=1)", "x")
    check(found, by_hand(survey, (3,), lambda p, t: p["poor"], lambda p, t: 1, []))
    assert found["n"] == 10
    assert any(finding.code == "sex-third" and "10 persons" in finding.what for finding in everything.findings)


def test_women_and_men_together_are_everybody(everything: Measured) -> None:
    rows = everything.figures.to_pylist()
    assert {row["sex"] for row in rows} == {"f", "m", "x", "f-m", "f/m", ""}
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    women = next(row for row in rows if row["key"] == "poverty.poor.f")
    assert women["unit"] == "percent" and 0 < women["low"] < women["value"] < women["high"] < 100


@pytest.mark.shared_data
@pytest.mark.parametrize("city", CITIES)
def test_trips_walked_by_women_and_men_in_six_cities(shared_data: Path, city: str) -> None:
    path = shared_data / "diaries" / f"trips_{city}.csv"
    key = KEYS.get(city, ("participant_id",))
    found = measured(declaration=diary(path, key), options={"indicators": ["trip_share_by_mode"]})
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    whose = [tuple(row[name] for name in (*key, "sex")) for row in rows]
    trips = {(who, r["trip_id"], r["trip_mode"]) for who, r in zip(whose, rows, strict=True) if r["trip_id"] != "NA"}
    people = sorted(set(whose))
    walked: dict[tuple[str, ...], float] = defaultdict(float)
    made: dict[tuple[str, ...], float] = defaultdict(float)
    for person, _trip, mode in trips:
        walked[person] += mode == "pedestrian"
        made[person] += mode != "NA"
    for sex, word in (("Female", "f"), ("Male", "m")):
        above = np.array([walked[person] * (person[-1] == sex) for person in people])
        below = np.array([made[person] * (person[-1] == sex) for person in people])
        expected = ratio_by_hand(above, below, ["all"] * len(people), people)
        check(figure(found, WALKED, word), expected)
    assert figure(found, WALKED, "f-m")["flag"] == "only those asked"


KEYS = {"nairobi": ("participant_id", "sex", "age")}  # there two people may have one number
WALKED = "trip_share_by_mode: proportion(mode=pedestrian)"


def diary(path: Path, key: tuple[str, ...]) -> Declaration:
    """Persons and their trips stand in one file, the legs of a trip on rows of their own."""
    persons = Source((str(path),), key, columns={"sex": Column("sex")}, distinct=True)
    trips = Source(
        (str(path),), (*key, "trip_id", "trip_mode"), {"persons": key}, {"mode": Column("trip_mode")}, distinct=True
    )
    return Declaration(path.stem, {"persons": persons, "trips": trips}, Plan())


@pytest.mark.shared_data
def test_a_number_that_two_people_have_is_found(shared_data: Path) -> None:
    path = shared_data / "diaries" / "trips_nairobi.csv"
    persons = Source((str(path),), ("participant_id",), columns={"sex": Column("sex")}, distinct=True)
    with pytest.raises(Refused, match="382 keys stand in more than one row"):
        measured(declaration=Declaration("Nairobi", {"persons": persons}), options={"indicators": ["poverty"]})


def test_what_a_survey_lacks_is_said(survey: Mobility) -> None:
    with pytest.raises(Refused, match="needs persons tenure_documents or persons tenure_secure"):
        measured(declaration=survey.declaration, options={"indicators": ["tenure"]})
    found = measured(declaration=survey.declaration, options={"indicators": ["tenure", "poverty"]})
    assert any(finding.code == "cannot-be-computed" for finding in found.findings)
    assert {row["indicator"] for row in found.figures.to_pylist()} == {"poverty"}
    with pytest.raises(Refused, match="Did you mean “poverty”"):
        measured(declaration=survey.declaration, options={"indicators": ["povrty"]})


def test_every_indicator_is_defined_cited_and_can_be_told() -> None:
    assert len(catalogue()) == 11
    for indicator in catalogue().values():
        assert indicator.measure in FUNCTIONS
        assert tuple(indicator.name) == LANGUAGES == tuple(indicator.definition)
        assert indicator.sources and all(address.startswith("https://") for _, address in indicator.sources)
        assert all(f"caution_{name}" in sentences("survey") for name in indicator.cautions), indicator.id


def test_domains_are_told_in_the_words_of_the_file(survey: Mobility) -> None:
    text = survey.declaration.read_text(encoding="utf-8")
    labelled = text.replace(
        "key: [household, person]", 'key: [household, person]\n    labels: {stratum: {0: "the port"}}'
    )
    declaration = survey.folder / "labelled.yaml"
    declaration.write_text(labelled, encoding="utf-8")
    found = measured(declaration=declaration, options={"indicators": ["poverty"], "by": ["stratum"]})
    rows = {row["key"]: row for row in found.figures.to_pylist()}
    assert rows["poverty.poor.f.stratum=the port"]["group"] == "stratum=the port"
    assert rows["poverty.poor.f-m.stratum=the port"]["unit"] == "points"
