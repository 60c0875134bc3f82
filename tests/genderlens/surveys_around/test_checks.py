"""A declaration held against its file: bad input gives a finding, a refusal or a right answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from genderlens.findings import Finding, Refused
from genderlens.surveys.declaration import Column, Declaration, Plan, Source
from genderlens.surveys.run import measured
from tests.genderlens.surveys_around.mobility import write_csv

pytestmark = pytest.mark.rules

SEX = Column("sex", {"1": "m", "2": "f"})


def people(**columns: Any) -> list[dict[str, Any]]:
    """Eighty people in eight clusters of two strata; a column may be a value or a function of the row."""
    rows = []
    for i in range(80):
        row: dict[str, Any] = {
            "id": i, "sex": 1 + i % 2, "w": 1 + i % 3, "stratum": i // 40, "cluster": i // 10, "y": i % 5,
            "poor": int(i % 3 == 0),
        }  # fmt: skip
        rows.append(row | {name: value(i) if callable(value) else value for name, value in columns.items()})
    return rows


def survey(folder: Path, rows: list[dict[str, Any]], sex: Column = SEX, **plan: Any) -> Declaration:
    path = write_csv(folder / "people.csv", rows)
    design = Plan(**({"weight": "w", "strata": "stratum", "cluster": ("cluster",)} | plan))
    poor = Column("poor", {"1": "yes", "0": "no"})
    return Declaration("s", {"persons": Source((str(path),), ("id",), columns={"sex": sex, "poor": poor})}, design)


def found(declaration: Declaration) -> dict[str, Finding]:
    return {one.code: one for one in measured(declaration=declaration, options={"indicators": ["poverty"]}).findings}


@pytest.mark.parametrize(
    ("rows", "plan", "why"),
    [
        (people(w=lambda i: None if i == 3 else 1), {}, "1 of 80 rows have no weight"),
        (people(w=lambda i: -1 if i == 3 else 1), {}, "1 of 80 weights are negative"),
        (people(w="much"), {}, "the weight holds string, not numbers"),
        (people(cluster=lambda i: i % 8), {}, "8 clusters stand in more than one stratum (0, 1, 2, 3, 4, …)"),
        (people(stratum=lambda i: i // 10), {"lonely": "fail"}, "8 strata have one cluster"),
        (people(cluster=lambda i: None if i < 10 else i // 10), {}, "10 rows have no cluster"),
        (people(id=lambda i: i // 2), {}, "40 keys stand in more than one row (0, 1, 2, 3, 4, …)"),
        (people(), {"weight": "W"}, "there is no column “W” (design). Did you mean “w”?"),
        (people(), {"cluster": ("clusters",)}, "Did you mean “cluster”?"),
        (people(), {"lonely": "ajust"}, "Did you mean “adjust”?"),
    ],
)
def test_what_forbids_a_right_answer_is_refused(
    tmp_path: Path, rows: list[dict[str, Any]], plan: dict[str, Any], why: str
) -> None:
    with pytest.raises(Refused) as refused:
        found(survey(tmp_path, rows, **plan))
    assert why in str(refused.value)


def test_cluster_numbers_may_start_again_in_each_stratum(tmp_path: Path) -> None:
    assert "cluster-in-two-strata" not in found(survey(tmp_path, people(cluster=lambda i: i // 10 % 4), nest=True))


def test_a_lonely_cluster_is_said_when_nobody_said_what_to_do(tmp_path: Path) -> None:
    rows = people(stratum=lambda i: 0 if i < 70 else 1)
    assert "Nobody said what to do: by “adjust”" in found(survey(tmp_path, rows))["lonely-cluster"].what
    assert found(survey(tmp_path, rows, lonely="certainty"))["lonely-cluster"].level == "note"


def test_weights_of_zero_and_none_at_all_are_said(tmp_path: Path) -> None:
    assert found(survey(tmp_path, people(w=lambda i: i % 2)))["weight-zero"].level == "warning"
    assert "only those asked" in found(survey(tmp_path, people(), weight=""))["no-weights"].what


def test_a_sex_code_nobody_explained_is_kept_as_a_third_answer(tmp_path: Path) -> None:
    rows = people(sex=lambda i: 7 if i % 8 == 0 else None if i == 1 else 1 + i % 2)
    result = measured(declaration=survey(tmp_path, rows), options={"indicators": ["poverty"]})
    said = {one.code: one.what for one in result.findings}
    assert "code 7 (10 persons) is not said to be f, m or x" in said["sex-unlabelled"]
    assert "1 persons have no sex recorded" in said["sex-missing"]
    third = next(row for row in result.figures.to_pylist() if row["key"] == "poverty.poor.x")
    assert third["n"] == 11


def test_bare_sex_codes_are_not_guessed_and_words_are(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="nobody said what the codes of “sex” mean"):
        found(survey(tmp_path, people(), sex=Column("sex")))
    words = found(survey(tmp_path, people(sex=lambda i: ("Mujer", "Hombre")[i % 2]), sex=Column("sex")))
    assert words["sex-guessed"].what == "read from its words: Hombre is m, Mujer is f."
    assert "there are no men" in found(survey(tmp_path, people(sex=2)))["sex-absent"].what


def test_a_code_without_a_label_counts_as_no_answer_and_is_said(tmp_path: Path) -> None:
    result = measured(
        declaration=survey(tmp_path, people(poor=lambda i: 9 if i < 20 else i % 2)), options={"indicators": ["poverty"]}
    )
    assert any(one.code == "code-unlabelled" and "(9)" in one.what for one in result.findings)
    assert next(r for r in result.figures.to_pylist() if r["key"] == "poverty.poor.all")["n"] == 60


@pytest.mark.parametrize(
    ("whose", "why"),
    [
        (lambda i: i, "1 of 81 rows of trips belong to nobody in persons"),
        (lambda i: 1000 + i, "no row of trips belongs to one of persons"),
        (lambda i: f"p{i}", "they cannot match"),
    ],
)
def test_trips_of_nobody_are_found(tmp_path: Path, whose: Any, why: str) -> None:
    one = survey(tmp_path, people())
    trips = write_csv(tmp_path / "trips.csv", [{"who": whose(i), "mode": "walk"} for i in range(81)])
    tables = {**one.tables, "trips": Source((str(trips),), (), {"persons": ("who",)}, {"mode": Column("mode")})}
    both = Declaration("s", tables, one.design)
    try:
        said = [str(f) for f in measured(declaration=both, options={"indicators": ["trip_share_by_mode"]}).findings]
    except Refused as refused:
        said = [str(refused)]
    assert any(why in one for one in said)


def test_a_table_that_says_not_whose_it_is_is_refused(tmp_path: Path) -> None:
    one = survey(tmp_path, people())
    trips = write_csv(tmp_path / "trips.csv", [{"mode": "walk"}])
    both = Declaration(
        "s", {**one.tables, "trips": Source((str(trips),), columns={"mode": Column("mode")})}, one.design
    )
    with pytest.raises(Refused, match="trips are not linked to persons"):
        measured(declaration=both, options={"indicators": ["trip_share_by_mode"]})


def test_a_figure_of_few_persons_is_kept_back(tmp_path: Path) -> None:
    rows = people(sex=lambda i: 3 if i < 4 else 1 + i % 2)
    sex = Column("sex", {"1": "m", "2": "f", "3": "x"})
    result = measured(declaration=survey(tmp_path, rows, sex=sex), options={"indicators": ["poverty"]})
    third = next(row for row in result.figures.to_pylist() if row["key"] == "poverty.poor.x")
    assert (third["value"], third["se"], third["flag"]) == (None, None, "suppressed")


def test_the_design_may_stand_with_the_households(tmp_path: Path) -> None:
    rows = [row | {"household": row["id"] // 2} for row in people()]
    together = measured(declaration=survey(tmp_path, rows), options={"indicators": ["poverty"]})
    inside = [{name: row[name] for name in ("id", "sex", "poor", "household")} for row in rows]
    homes = {row["household"]: {name: row[name] for name in ("household", "stratum", "cluster")} for row in rows}
    weights = {row["household"]: 1 + row["household"] % 3 for row in rows}
    write_csv(tmp_path / "homes.csv", [home | {"w": weights[number]} for number, home in homes.items()])
    write_csv(tmp_path / "members.csv", inside)
    columns = together.declaration.tables["persons"].columns
    apart = Declaration("s", {
        "persons": Source((str(tmp_path / "members.csv"),), ("id",), {"households": ("household",)}, columns),
        "households": Source((str(tmp_path / "homes.csv"),), ("household",)),
    }, Plan("households", "w", "stratum", ("cluster",)))  # fmt: skip
    result = measured(declaration=apart, options={"indicators": ["poverty"]})
    same = measured(
        declaration=survey(tmp_path, [row | {"w": weights[row["household"]]} for row in rows]),
        options={"indicators": ["poverty"]},
    )
    for name in ("stat", "domain", "n", "clusters", "df"):
        assert result.estimates[name] == same.estimates[name]
    assert result.estimates["se"].to_pylist() == pytest.approx(same.estimates["se"].to_pylist())


def test_files_of_other_columns_are_not_one_table(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", people())
    write_csv(tmp_path / "b.csv", [{"id": 1}])
    with pytest.raises(Refused, match=r"b.csv: has other columns than a.csv"):
        measured([tmp_path / "a.csv", tmp_path / "b.csv"], options={"weight": "w", "mean": ["y"]})
