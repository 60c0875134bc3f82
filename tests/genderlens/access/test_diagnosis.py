"""A diagnosis from files: by hand on one street, and what it says when something is missing or wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from genderlens.access.choices import Choices, Inputs, chosen, load, moments
from genderlens.access.run import diagnose
from genderlens.access.story import squares
from genderlens.findings import Refused

pytestmark = pytest.mark.rules

# One street of five corners, 400 m apart: five minutes each at 4.8 km/h. Corner 9 is joined to nothing.
STREET = 400 / 111_319.49
NODES = "node_id,lon,lat\n" + "".join(f"{i},{i * STREET:.9f},0\n" for i in range(5)) + "9,0.5,0\n10,0.501,0\n"
LINKS = "a_node,b_node,length_m\n" + "".join(f"{i},{i + 1},400\n" for i in range(4)) + "9,10,100\n"
HOMES = "home,lon,lat,sex,age,persons\n" + "".join(
    f"h{i},{i * STREET:.9f},0,{sex},30-44,{persons}\n" for i, sex, persons in ((0, "f", 3), (0, "m", 1), (4, "m", 2))
)
# Childcare at corner 1; ten jobs at corner 2, thirty at corner 4.
PLACES = (
    "place,lon,lat,kind,amount,opens,closes\n"
    f"c,{STREET:.9f},0,childcare,20,,\n"
    f"j,{2 * STREET:.9f},0,jobs,10,,\n"
    f"k,{4 * STREET:.9f},0,jobs,30,,\n"
)
BY_HAND = Choices(title="One street", limit=20, dwell=10)


@pytest.fixture
def town(tmp_path: Path) -> Inputs:
    for name, text in (("nodes", NODES), ("links", LINKS), ("homes", HOMES), ("places", PLACES)):
        (tmp_path / f"{name}.csv").write_text(text)
    (tmp_path / "duties.csv").write_text("sex,duty,persons\nf,1,50\nf,0,50\nm,1,0\nm,0,100\n")
    return Inputs(
        (tmp_path / "nodes.csv", tmp_path / "links.csv"),
        tmp_path / "homes.csv",
        (tmp_path / "places.csv",),
        duties=tmp_path / "duties.csv",
    )


def figures(inputs: Inputs, choices: Choices = BY_HAND) -> dict[str, float]:
    return {row["key"]: row["value"] for row in diagnose(inputs, choices).figures.to_pylist()}


def test_it_is_right_by_hand(town: Inputs) -> None:
    found = figures(town)
    # In twenty minutes both ends of the street reach everything: 40 jobs.
    assert (found["reach.on_foot.f"], found["reach.on_foot.m"], found["gini.on_foot.all"]) == (40, 40, 0)
    # From corner 0: 5 minutes, 10 at the door, 5 to the ten jobs. From corner 4 the stop alone takes 25.
    assert found["chain.on_foot.f"] == 10 and found["chain.on_foot.m"] == pytest.approx(10 / 3)
    assert found["penalty.on_foot.f"] == pytest.approx(75)
    assert found["with_duty.on_foot.f"] == 25 and found["with_duty.on_foot.m"] == 40
    assert found["with_duty.on_foot.f/m"] == pytest.approx(25 / 40)
    assert found["with_duty.on_foot.residence"] + found["with_duty.on_foot.constraints"] == pytest.approx(-15)
    assert found["nearest_care.f"] == pytest.approx(5, abs=1e-3)


def test_the_same_input_gives_the_same_run(town: Inputs, tmp_path: Path) -> None:
    first, second = (diagnose(town, BY_HAND, language="fr") for _ in range(2))
    assert first.provenance() == second.provenance()
    assert first.report.html() == second.report.html()
    assert set(first.inputs) == {"nodes.csv", "links.csv", "homes.csv", "places.csv", "duties.csv"}
    assert {path.name for path in first.write(tmp_path / "out")} >= {"report.pdf", "reach.parquet", "figures.csv"}


def test_what_is_missing_is_said_and_nothing_stands_in_for_it(town: Inputs) -> None:
    run = diagnose(Inputs(town.streets, town.homes), BY_HAND)
    assert run.figures.num_rows == 0
    html = run.report.html()
    assert "No places were given" in html and "No timetable was given" in html


@pytest.mark.parametrize(("language", "said"), [("fr", "Aucun horaire"), ("es", "No se dio ningún horario")])
def test_it_is_told_in_the_language_asked_for(town: Inputs, language: str, said: str) -> None:
    assert said in diagnose(town, BY_HAND, language=language).report.html()


def test_without_care_places_only_the_direct_way_is_measured(town: Inputs) -> None:
    run = diagnose(town, chosen({"care": "hairdresser"}, BY_HAND))
    assert "“hairdresser”" in run.report.html()
    keys = {row["key"] for row in run.figures.to_pylist()}
    assert "reach.on_foot.f" in keys and not any(key.startswith(("chain", "penalty")) for key in keys)


def test_a_home_on_an_island_has_no_answer(town: Inputs) -> None:
    with town.homes.open("a") as file:
        file.write("island,0.5,0,f,30-44,7\n")
    run = diagnose(town, BY_HAND)
    rows = {row["home"]: row["value"] for row in run.tables["reach"].to_pylist() if row["measure"] == "direct on_foot"}
    assert rows["island"] is None and rows["h0"] == 40
    assert "7 persons have no answer" in run.report.html()
    assert any(finding.code == "on-an-island" for finding in run.findings)
    assert {row["key"]: row["n"] for row in run.figures.to_pylist()}["reach.on_foot.f"] == 3


def test_a_third_sex_is_kept_and_reported(town: Inputs) -> None:
    with town.homes.open("a") as file:
        file.write("h0,0,0,x,30-44,2\n")
    run = diagnose(town, BY_HAND)
    assert {row["key"]: row["value"] for row in run.figures.to_pylist()}["chain.on_foot.x"] == 10
    assert "Another sex, or not stated" in run.report.html()


def test_places_that_are_not_real_say_so_everywhere(town: Inputs) -> None:
    run = diagnose(town, chosen({"illustrative": ["jobs"]}, BY_HAND))
    assert set(run.figures["flag"].to_pylist()) == {"illustrative places", ""}  # the way to childcare is real
    assert run.report.html().count("Illustrative places, not real ones.") >= 3


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("sex,persons\nf,3\n", "line 2"),
        ("sex,duty,persons\nf,1,3\nw,1,3\n", "line 3: sex is “w”"),
        ("sex,duty,persons\nf,1,-3\n", "persons “-3”"),
    ],
)
def test_counts_of_duties_that_make_no_sense_are_refused(town: Inputs, rows: str, said: str) -> None:
    assert town.duties is not None
    town.duties.write_text(rows)
    with pytest.raises(Refused, match=said):
        diagnose(town, BY_HAND)


def test_many_homes_are_drawn_as_squares_that_hold_them_all() -> None:
    lon, lat = np.meshgrid(np.linspace(-71.3, -71.2, 60), np.linspace(-30.0, -29.9, 60))
    found = squares(lon.ravel(), lat.ravel())
    assert 500 < len(found) < 2_500
    whole = shapely.union_all(list(found.values())).buffer(1e-9)
    assert shapely.intersects(whole, shapely.points(lon.ravel(), lat.ravel())).all()
    assert squares(lon.ravel()[:100], lat.ravel()[:100]) == {}


def test_a_title_may_stand_in_several_languages() -> None:
    assert [load(LA_SERENA, language)[1].title for language in ("en", "es")] == [
        "La Serena and Coquimbo",
        "La Serena y Coquimbo",
    ]


LA_SERENA = Path(__file__).parents[3] / "examples" / "la-serena" / "access.yaml"


def test_a_timetable_of_another_year_is_refused_before_anything_is_measured() -> None:
    inputs, choices = load(LA_SERENA)
    steps: list[str] = []
    with pytest.raises(Refused, match="2015-12-29 to 2019-12-29"):
        diagnose(inputs, chosen({"date": "2031-03-06"}, choices), progress=lambda share, step: steps.append(step))
    assert len(steps) == 1


def test_a_timetable_without_a_date_is_not_guessed_at(town: Inputs) -> None:
    run = diagnose(replace(town, timetables=load(LA_SERENA)[0].timetables), BY_HAND)
    assert "but no date and departure" in run.report.html()


def test_a_config_names_files_from_its_own_folder(town: Inputs) -> None:
    config = town.homes.with_name("access.yaml")
    config.write_text("streets: [nodes.csv, links.csv]\nhomes: homes.csv\nplaces: places.csv\nlimit: 20\ndwell: 10\n")
    inputs, choices = load(config)
    assert figures(inputs, choices)["chain.on_foot.f"] == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("streets: a.pbf\nhomes: h.csv\nlimits: 20\n", "line 3.*Did you mean “limit”"),
        ("streets: a.pbf\n", "“homes” is missing"),
        ("streets: a.pbf\nhomes: h.csv\nlimit: soon\n", "“soon” cannot be limit"),
        ("streets: a.pbf\nhomes: h.csv\nlimit: 0\n", "from 1 to 300 minutes"),
        ("streets: a.pbf\nhomes: h.csv\ndeparts: morning\n", "no time of departure"),
        ("streets: a.pbf\nhomes: h.csv\nlimit: 20\nlimit: 30\n", "twice"),
    ],
)
def test_a_config_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "access.yaml"
    config.write_text(text)
    with pytest.raises(Refused, match=said):
        load(config)


def test_a_window_may_pass_midnight_but_not_end_before_it_begins() -> None:
    assert moments("departs", "23:30-24:30 every 30") == (84_600, 86_400, 88_200)
    for window in ("09:00-07:00", "25:00", "07:00-08:00 every 0"):
        with pytest.raises(Refused):
            moments("departs", window)
