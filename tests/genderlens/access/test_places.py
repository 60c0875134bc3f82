"""Homes and places from the tables people have, and what is wrong with those said."""

import json
from collections.abc import Sequence
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from genderlens.access.census import census_homes, read_zones, spread
from genderlens.access.network import from_arcs
from genderlens.access.places import grid, grid_places, homes, places, read_homes, read_places
from genderlens.access.tables import HOMES, PLACES
from genderlens.engines import read
from genderlens.findings import Finding, Refused

pytestmark = pytest.mark.rules


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


def some_homes(**columns: Sequence[object]) -> pa.Table:
    rows = len(next(iter(columns.values())))
    return pa.table({"home": ["a"] * rows, "lon": [1.0] * rows, "lat": [2.0] * rows} | columns)


def some_places(**columns: Sequence[object]) -> pa.Table:
    rows = len(next(iter(columns.values())))
    return pa.table({"kind": ["school"] * rows, "lon": [1.0] * rows, "lat": [2.0] * rows} | columns)


def test_homes_keep_every_sex_and_add_up_rows_of_the_same() -> None:
    table, findings = homes(
        some_homes(
            sex=["Mujer", "hombre", "no binario", None, "female", "f"],
            age=["0-5", None, "", "", "", ""],
            persons=[1, 2, 3, 4, None, -1],
        )
    )
    assert table.schema == HOMES
    assert {(row["sex"], row["age"]): row["persons"] for row in table.to_pylist()} == {
        ("f", "0-5"): 1, ("m", ""): 2, ("x", ""): 7,
    }  # fmt: skip
    assert codes(findings) == ["sex-other", "persons-missing", "rows-repeated"]


def test_a_grid_without_sex_says_so(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text("id,longitude,latitude,population\n8901,-51.2,-30.0,12\n8902,-51.3,-30.1,0\n")
    table, findings = read_homes(path)
    assert table["sex"].to_pylist() == ["x", "x"]
    assert table["home"].to_pylist() == ["8901", "8902"]
    assert codes(findings) == ["no-sex"]


def test_a_grid_with_a_column_for_each_sex_and_age() -> None:
    cells = pa.table({"id": ["a", "b"], "lon": [1.0, 2.0], "lat": [0.0, 0.0], "f_0": [1.5, 2.0], "m_0": [0.5, 1.0]})
    table, findings = grid(cells, {"f_0": ("f", "0-4"), "m_0": ("m", "0-4")})
    assert findings == ()
    assert pc.sum(table.filter(pc.equal(table["sex"], "f"))["persons"]).as_py() == 3.5


def test_a_grid_with_a_column_for_each_kind_of_place() -> None:
    cells = pa.table({"id": ["a", "b"], "lon": [1.0, 2.0], "lat": [0.0, 0.0], "jobs": [5, 0], "schools": [1, None]})
    table, findings = grid_places(cells, {"jobs": "jobs", "schools": "school"})
    assert [(row["place"], row["kind"], row["amount"]) for row in table.to_pylist()] == [
        ("a", "jobs", 5.0), ("a", "school", 1.0),
    ]  # fmt: skip
    assert codes(findings) == ["amount-missing"]


@pytest.mark.parametrize("sex", [["M", "H"], ["1", "2"], [1, 2], ["m"]])
def test_codes_that_can_mean_either_sex_are_refused(sex: list[object]) -> None:
    with pytest.raises(Refused, match="not said which sex"):
        homes(some_homes(sex=sex))


def test_codes_are_what_somebody_said_they_are() -> None:
    table, findings = homes(some_homes(sex=[1, 2, 9]), sexes={"1": "m", "2": "f"})
    assert table["sex"].to_pylist() == ["m", "f", "x"]
    assert codes(findings) == ["sex-other"]
    with pytest.raises(Refused, match="not f, m or x"):
        homes(some_homes(sex=[1]), sexes={"1": "male"})


def test_a_home_is_in_one_place() -> None:
    table, findings = homes(some_homes(sex=["f", "m"], lon=[1.0, 1.5]))
    assert table["lon"].to_pylist() == [1.0, 1.0]
    assert codes(findings) == ["home-in-two-places"]


def test_hours_over_midnight_all_day_and_unreadable() -> None:
    hours = ["08:00-18:00", "20:00-02:00", "24/7", None, "9-17", "08:00-08:00", "mornings", "08:00-12:00;14:00-18:00"]
    table, findings = places(some_places(hours=hours))
    assert table.schema == PLACES
    assert list(zip(table["opens"].to_pylist(), table["closes"].to_pylist(), strict=True)) == [
        (28_800, 64_800), (72_000, 93_600), (None, None), (None, None), (32_400, 61_200),
    ]  # fmt: skip
    assert table["amount"].to_pylist() == [1.0] * 5
    assert codes(findings) == ["hours-unreadable"]
    assert findings[0].what.startswith("3 rows")


def test_hours_in_two_columns() -> None:
    table, findings = places(
        some_places(opens=["08:00", "22:00", "08:00", None], closes=["18:00", "04:00", None, None])
    )
    assert table["closes"].to_pylist() == [64_800, 100_800, None]
    assert codes(findings) == ["hours-unreadable"]
    table, _findings = places(some_places(opens=[28_800], closes=[64_800]))
    assert table["opens"].to_pylist() == [28_800]


def test_places_that_say_too_little() -> None:
    table, findings = places(some_places(amount=[1, None, -5], place=["a", "b", "c"]))
    assert table["place"].to_pylist() == ["a"]
    assert codes(findings) == ["amount-missing"]
    with pytest.raises(Refused, match="no column kind"):
        places(pa.table({"lon": [0.0], "lat": [0.0]}))
    with pytest.raises(Refused, match="not a number"):
        places(some_places(amount=["many"]))
    with pytest.raises(Refused, match="can be used"):
        places(some_places(hours=["sometimes"]))
    assert places(pa.table({"lon": [0.0], "lat": [0.0]}), kind="market")[0]["kind"].to_pylist() == ["market"]


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        read_places(tmp_path / "missing.csv")
    (tmp_path / "bad.parquet").write_text("a,b")
    with pytest.raises(Refused, match="cannot be read"):
        read_places(tmp_path / "bad.parquet")


def test_ten_million_places_are_read_as_columns() -> None:
    """A hundredth of them here; nothing goes row by row, so the time does not grow beyond the columns."""
    count = 100_000
    which = np.arange(count) % 3
    table = pa.table({
        "lon": np.zeros(count), "lat": np.zeros(count),
        "kind": pa.array(["jobs", "school", "market"]).take(which),
        "hours": pa.array(["08:00-18:00", "20:00-02:00", "?"]).take(which),
    })  # fmt: skip
    kept, findings = places(table)
    assert len(kept) == 66_667
    assert findings[0].what.startswith("33333 rows")


def test_a_census_is_spread_over_the_corners_of_its_zones(duck: ibis.BaseBackend, tmp_path: Path) -> None:
    square = [[[-0.5, -0.5], [9.5, -0.5], [9.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]]]
    beside = [[[[20.0, 0.0], [21.0, 0.0], [21.0, 1.0], [20.0, 0.0]]]]
    features = [
        {"properties": {"town": "01", "zone": 1}, "geometry": {"type": "Polygon", "coordinates": square}},
        {"properties": {"town": "01", "zone": 2}, "geometry": {"type": "MultiPolygon", "coordinates": beside}},
        {"properties": {"town": "01", "zone": 3}, "geometry": {"type": "Polygon", "coordinates": square}},
    ]
    outline = tmp_path / "zones.geojson"
    outline.write_text(json.dumps({"features": features}))
    zones = read_zones(outline, ("town", "zone"))
    network = from_arcs(np.arange(10.0), np.zeros(10), range(9), range(1, 10), [1] * 9, both_ways=True)
    people = pa.table({
        "town": [1] * 8, "zone": [1, 1, 1, 1, 1, 2, 2, 9],
        "sex": ["Mujer", "Mujer", "Hombre", "Hombre", "NB", "Mujer", "Mujer", "Mujer"],
        "age": [3, 3, 40, None, 80, 17, 18, 30],
    })  # fmt: skip
    table, findings = census_homes(
        duck.create_table("people", people, overwrite=True), zones, network,
        zone=("town", "zone"), sex="sex", age="age", corners=4,
    )  # fmt: skip
    assert table.schema == HOMES
    assert codes(findings) == ["zones-without-outline", "zones-without-streets", "sex-other"]
    assert sorted(pc.unique(table["home"]).to_pylist()) == ["1-1/1", "1-1/2", "1-1/3", "1-1/4", "1-2/1"]
    assert pc.sum(table["persons"]).as_py() == 7
    young = table.filter(pc.and_(pc.equal(table["age"], "0-5"), pc.equal(table["sex"], "f")))
    assert young["persons"].to_pylist() == [0.5] * 4
    assert set(table["age"].to_pylist()) == {"0-5", "40-59", "80+", "", "15-17", "18-24"}
    spots, _findings = spread(zones, network, 4)
    assert spots.lon[:4].tolist() == [0, 3, 6, 9]
    with pytest.raises(Refused, match="no column zon"):
        read_zones(outline, ("zon",))


@pytest.mark.shared_data
def test_la_serena_of_the_census(duck: ibis.BaseBackend, shared_data: Path) -> None:
    folder = shared_data / "cities/la-serena"
    zones = read_zones(folder / "census2017_zones/ZONA_C17.shp", ("COMUNA", "DISTRITO", "LOC_ZON"))
    assert len(zones.codes) == 181
    people = read(duck, folder / "census2017_persons_region4.parquet").filter(ibis._.COMUNA == 4101)
    corner = from_arcs([-71.25, -71.251], [-29.9, -29.9], [0], [1], [96_000], both_ways=True)
    table, findings = census_homes(people, zones, corner, zone=("COMUNA", "DC", "ZC_LOC"), sex="P08", age="P09")
    inside = pc.sum(table["persons"]).as_py()
    assert 0.9 < inside / 221_054 < 1
    assert codes(findings) == ["zones-without-outline", "zones-without-streets"]
    assert sorted(set(table["sex"].to_pylist())) == ["f", "m"]
