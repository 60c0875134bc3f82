"""People walk, rate what they see, and read the result the same day; nobody can be found in it."""

from __future__ import annotations

import csv
import json
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from openpyxl import Workbook

from genderlens.access.audits import (
    ANSWERS,
    as_geojson,
    cells,
    compare,
    diagnose_audit,
    on_streets,
    places,
    read_answers,
    scored,
)  # fmt: skip
from genderlens.access.audits.answers import square_of
from genderlens.access.audits.columns import find_columns
from genderlens.access.audits.form import INDEPENDENT, PARAMETERS, form
from genderlens.access.audits.scores import FELT
from genderlens.access.network import Network
from genderlens.access.safety import Safety
from genderlens.findings import Refused
from jwp.cli import Wrong
from jwp.cli.lens import audit as command
from tests.genderlens.access.street import corner, street

pytestmark = pytest.mark.rules

HEAD = ("consent", "sex", "age", "round", "light", "segment", "lat", "lon", *PARAMETERS)


def answer(**said: object) -> dict[str, object]:
    plain = {"consent": "yes", "sex": "f", "age": "25-39", "round": 1, "light": "dark", "segment": "A1"}
    return plain | dict.fromkeys(PARAMETERS, 2) | {"lat": -29.9, "lon": -71.25} | said


def sheet(folder: Path, *rows: Mapping[str, object], name: str = "answers.csv") -> Path:
    columns = list(dict.fromkeys([*HEAD, *(key for row in rows for key in row)]))
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path


def ratings(*rows: Mapping[str, object]) -> pa.Table:
    """Answers as they are kept."""
    plain: dict[str, object] = {
        "segment": "A1", "lon": -71.25, "lat": -29.9, "light": "dark", "round": 1, "sex": "f", "age": "",
    }  # fmt: skip
    return pa.Table.from_pylist([plain | dict.fromkeys(PARAMETERS, 2) | dict(row) for row in rows], ANSWERS)


def test_the_score_is_the_mean_of_eight_from_nought_to_ten() -> None:
    rated = dict(zip(INDEPENDENT, (0, 1, 2, 3, 3, 2, 1, 0), strict=True))
    few = dict.fromkeys(INDEPENDENT[:3])
    found = scored(ratings(rated, dict.fromkeys(INDEPENDENT, 3), dict.fromkeys(INDEPENDENT[:2]), few))
    assert found["score"].to_pylist() == pytest.approx([5.0, 10.0, 20 / 3, None])
    # How safe it feels depends on the others: it has a score of its own.
    assert scored(ratings({"feeling": 3}, {"feeling": None}), FELT)["score"].to_pylist() == [10.0, None]


def test_a_small_cell_is_kept_back_and_so_is_the_one_that_would_give_it_away() -> None:
    many = [{"segment": name} for name, count in (("A", 3), ("B", 6), ("C", 9)) for _ in range(count)]
    found = cells(ratings(*many), ["segment"], sums_over=["segment"])
    lit = [row for row in found.to_pylist() if row["parameter"] == "lighting"]
    assert [(row["segment"], row["n"], row["mean"], row["flag"]) for row in lit] == [
        ("A", 3, None, "suppressed"), ("B", 6, None, "suppressed"), ("C", 9, 2.0, ""),
    ]  # fmt: skip
    assert lit[0]["rated_2"] is None and lit[2]["rated_2"] == 9
    alone = cells(ratings(*many), ["segment"]).to_pylist()
    assert [row["flag"] for row in alone if row["parameter"] == "lighting"] == ["suppressed", "", ""]


def test_rounds_are_compared_on_the_same_places_in_the_same_light_only() -> None:
    def walk(segment: str, light: str, round_: int, value: int, times: int) -> list[dict[str, object]]:
        return [
            {"segment": segment, "light": light, "round": round_} | dict.fromkeys(INDEPENDENT, value)
        ] * times  # fmt: skip

    rows = [*walk("A", "dark", 1, 0, 5), *walk("A", "dark", 2, 3, 5), *walk("B", "dark", 1, 1, 5)]
    rows += [*walk("B", "day", 2, 3, 5), *walk("C", "day", 1, 3, 5), *walk("C", "day", 2, 0, 4)]
    found = compare(scored(ratings(*rows)), "round", 1, 2)
    assert (found.places, found.of, found.up, found.down, found.n) == (2, 3, 1, 1, 19)
    assert found.change == pytest.approx(0.0)
    assert found.table["change"].to_pylist() == [10.0, None]  # four ratings are too few to show C alone
    assert compare(scored(ratings(*rows[:5])), "round", 1, 2).change is None


def test_where_somebody_stood_is_moved_to_a_square(tmp_path: Path) -> None:
    here = {"segment": "", "lat": -29.90012, "lon": -71.25034}
    near = {"segment": "", "lat": -29.90013, "lon": -71.25036}
    table = read_answers(sheet(tmp_path, answer(**here), answer(**near))).table
    assert len(set(table["segment"].to_pylist())) == 1
    lat, lon = table["lat"][0].as_py(), table["lon"][0].as_py()
    assert (lat, lon) != (here["lat"], here["lon"])
    assert abs(lat - -29.90012) * 111_195 <= 50 and abs(lon - -71.25034) * 111_195 * 0.867 <= 50.5
    assert square_of(lat, lon) == pytest.approx((lat, lon))  # the middle of a square lies in it
    alone = read_answers(sheet(tmp_path, answer(**here | {"segment": "A1"}))).table
    assert (alone["segment"][0].as_py(), alone["lat"][0].as_py()) == ("A1", lat)  # also where a section is named


def test_names_telephones_and_stories_are_never_read(tmp_path: Path) -> None:
    story = "Two men followed me from the corner to the market and nobody did anything about it."
    told = {"Your name": "Ana", "phone": "555-1234", "What happened?": "followed", "remarks": "", "Q7": story}
    answers = read_answers(sheet(tmp_path, answer(**told), answer()))
    codes = {finding.where.partition(", ")[2]: finding.code for finding in answers.findings}
    assert codes["Your name"] == codes["phone"] == "private"
    assert codes["What happened?"] == codes["Q7"] == "story"
    run = diagnose_audit(sheet(tmp_path, *[answer(**told)] * 6))
    kept = json.dumps([run.provenance(), *(table.to_pylist() for table in run.tables.values())]) + run.report.html()
    assert not any(secret in kept for secret in ("Ana", "555-1234", "followed"))


def test_a_row_that_cannot_be_taken_says_why(tmp_path: Path) -> None:
    rows = [
        answer(), answer(consent="no"), answer(segment="", lat="", lon=""), answer(lat=0, lon=0, segment=""),
        answer(lat=-71.25, lon=-29.9), answer(**dict.fromkeys(PARAMETERS, "")), answer(lighting=7, _uuid="a"),
        answer(_uuid="a"), answer(sex="robot"), answer(lat=-129.9, lon=3), *[answer()] * 3,
    ]  # fmt: skip
    found = read_answers(sheet(tmp_path, *rows))
    assert [(row["row"], row["taken"], row["what"]) for row in found.rows.to_pylist()] == [
        (3, False, "did not take part"),
        (4, False, "has no place"),
        (5, False, "has coordinates that are nowhere: is latitude swapped with longitude?"),
        (6, False, "lies far from all others: is latitude swapped with longitude?"),
        (7, False, "rates nothing"),
        (8, True, "has a rating that is not 0, 1, 2 or 3"),
        (9, False, "was sent twice"),
        (10, True, "has a sex that we do not know: kept as another or not stated"),
        (11, False, "has coordinates that are nowhere: is latitude swapped with longitude?"),
    ]
    assert found.table.num_rows == 6 and found.table["lighting"].null_count == 1
    assert found.table["sex"].to_pylist().count("x") == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file-empty"), ("lighting,lat,lon\n", "file-empty"), ("a,b\n1,2\n", "no-ratings"),
        ("lighting,sex\n1,f\n", "no-place"), ("lighting,segment,consent\n1,A,no\n", "none-taken"),
    ],
)  # fmt: skip
def test_what_is_no_audit_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(Refused) as refused:
        read_answers(path)
    assert [finding.code for finding in refused.value.findings] == [code]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_save_as_it_likes(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "answers.csv"
    rows = (("Éclairage", "sexe", "segment"), ("3", "femme", "A1"), ("pas du tout", "homme", "A1"))
    path.write_bytes("\n".join(map(delimiter.join, rows)).encode(encoding))
    table = read_answers(path).table
    assert (table["lighting"].to_pylist(), table["sex"].to_pylist()) == ([3, 0], ["f", "m"])


def test_a_broken_or_foreign_file_is_refused(tmp_path: Path) -> None:
    for name, code in (("answers.xlsx", "file-broken"), ("answers.pdf", "file-kind"), ("x.parquet", "file-broken")):
        (tmp_path / name).write_bytes(b"PK not a book")
        with pytest.raises(Refused) as refused:
            read_answers(tmp_path / name)
        assert refused.value.findings[0].code == code


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_page_speaks_the_language_of_the_answers(tmp_path: Path, language: str) -> None:
    """Kobo's export with labels, groups before a slash, and a point split into columns."""
    asked = form()
    book = Workbook()
    page = book.worksheets[0]
    columns = ["consent", "sex", "light", "round", *PARAMETERS]
    head = [f"{asked.groups['ratings'][language]}/{asked.text[name][language]}" for name in columns]
    page.append([*head, "_point_latitude", "_point_longitude", "_uuid"])
    for number in range(12):
        codes = {"consent": "yes", "sex": "fm"[number % 2], "light": "dark"}
        said = [asked.options[name][code][language] for name, code in codes.items()]
        said += ["1", *(asked.options[name][str(number % 4)][language] for name in PARAMETERS)]
        page.append([*said, -29.9, -71.25, f"uuid-{number}"])
    path = tmp_path / "kobo.xlsx"
    book.save(path)
    run = diagnose_audit(path, place="La Serena")
    assert run.language == language and run.report.language == language
    assert not [finding for finding in run.findings if finding.level != "note"]
    figures = {row["key"]: row for row in run.figures.to_pylist()}
    assert figures["lighting.round-1"]["value"] == 1.5
    assert figures["lighting.f.round-1"]["value"] == 1.0 and figures["lighting.f.round-1"]["n"] == 6
    assert figures["score.f-m.round-1"]["value"] == -3.3  # of a scale of ten, to one decimal
    assert asked.name["lighting"][language] in run.report.html()


def test_the_few_of_another_sex_do_not_show_through_the_whole(tmp_path: Path) -> None:
    rows = [answer()] * 8 + [answer(sex="m")] * 8 + [answer(sex="x", lighting=0)]
    figures = {row["key"]: row for row in diagnose_audit(sheet(tmp_path, *rows)).figures.to_pylist()}
    assert figures["lighting.x.round-1"]["n"] == 1  # kept and reported, without the rating
    assert figures["lighting.x.round-1"]["value"] is None
    assert figures["lighting.f.round-1"]["value"] == 2.0
    assert figures["lighting.round-1"]["flag"] == "suppressed"
    # Among many, one decimal leaves open what the one said.
    figures = {row["key"]: row for row in diagnose_audit(sheet(tmp_path, *rows * 8)).figures.to_pylist()}
    assert figures["lighting.round-1"]["value"] == 1.9


def test_ratings_on_streets_steer_who_walks_after_dark() -> None:
    network = Network(
        lon=np.array([-71.25, -71.249, -71.20]), lat=np.array([-29.9, -29.9, -29.9]), starts=np.array([0, 1, 3, 3]),
        heads=np.array([1, 0, 2], np.int32), lengths=np.array([96_000, 96_000, 4_700_000], np.int32),
        lit=np.ones(3, np.int8),
    )  # fmt: skip
    rated = scored(ratings(*[dict.fromkeys(INDEPENDENT, 0) | {"lon": -71.2495}] * 5))
    found = places(rated)
    scores = on_streets(network, found)
    assert scores[:2].tolist() == [0.0, 0.0] and np.isnan(scores[2])
    assert Safety(scores=scores, threshold=5.0, poor=2.0).factors(network).tolist() == [2.0, 2.0, 1.0]
    few = places(scored(ratings({"lon": -71.2495})))
    assert np.isnan(on_streets(network, few)).all()
    told = json.loads(as_geojson(few))["features"][0]
    assert told["properties"] == {"segment": "A1", "n": 1, "score": None, "flag": "suppressed"}


def test_columns_are_known_by_name_group_and_label() -> None:
    found = find_columns(["ratings/lighting", "¿Cuánta gente hay?", "_Where you stand_latitude", "Trottoir", "Sexe"])
    assert found == {"lighting": 0, "people": 1, "lat": 2, "walk_path": 3, "sex": 4}
    odk = find_columns(["SubmissionDate", "where-point-Latitude", "where-point-Longitude", "ratings-walk_path", "KEY"])
    assert odk == {"lat": 1, "lon": 2, "walk_path": 3, "uuid": 4}


def options(*typed: str) -> Namespace:
    parser = ArgumentParser()
    command.options(parser)
    return parser.parse_args(typed)


def test_the_command_writes_the_form_and_reads_the_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form_file = tmp_path / "form.xlsx"
    assert (
        command.measure(options("--form", str(form_file), "--language", "es")) == 0 and form_file.stat().st_size > 5_000
    )
    answers = sheet(tmp_path, *[answer()] * 6)
    assert command.measure(options(str(answers), "--csv", "-")) == 0
    assert '"lighting.f.round-1","safety_audit","Lighting","f"' in capsys.readouterr().out
    for typed, says in (
        ((), "no FILE"),
        (("none.csv",), "there is no file"),
        ((str(answers), "--smallest", "2"), "3 or more"),
    ):
        with pytest.raises(Wrong, match=says):
            command.measure(options(*typed))


def test_the_documented_lines_join_an_audit_to_the_streets(tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs/genderlens/audits.md").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    known: dict[str, object] = {
        "network": street(),
        "path": sheet(tmp_path, *[answer(lat=0, lon=corner(2), lighting=0)] * 6),
    }
    exec(block, known)
    assert isinstance(known["safety"], Safety) and known["safety"].poor == 2
    assert np.isfinite(np.asarray(known["scores"])).sum() == 4  # both stretches at the corner, there and back
