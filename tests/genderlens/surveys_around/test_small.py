"""A small sheet of answers: guessed, counted, told; nothing that could name anybody leaves it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genderlens.findings import Refused
from genderlens.surveys.run import diagnose, look, measured
from genderlens.surveys.small import FEWEST, hidden
from tests.genderlens.surveys_around.mobility import write_csv

pytestmark = pytest.mark.rules


def answers(number: int = 300) -> list[dict[str, Any]]:
    draw = random.Random(1)
    rows = []
    for i in range(number):
        woman = i % 5 < 3
        rows.append({
            "start": f"2026-01-{1 + i % 28:02d}T10:00:00", "_uuid": f"u-{i}", "Nombre completo": f"Persona {i}",
            "Datos/Teléfono": f"+569{10_000_000 + i}", "correo": f"p{i}@example.org",
            "Sexo": "Otro" if i % 20 == 0 else "Mujer" if woman else "Hombre", "Edad": draw.randint(15, 80),
            "¿Se siente segura en la calle?": draw.choice(["Sí", "No", "A veces"]),
            "Modo": draw.choice(["bus", "taxi", "a pie"]), "modo/bus": draw.randint(0, 1),
            "Comentarios": f"me parece que {i} " + "bla " * draw.randint(0, 30),
            "_GPS_latitude": -29.9 - i / 1e4, "_GPS_longitude": -71.25, "lugar": f"-29.9{i:04d} -71.2500 0 0",
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("sheet") / "answers.csv", answers())


def test_what_the_columns_are_is_guessed(sheet: Path) -> None:
    found = look(sheet)
    assert found.sex == "Sexo"
    assert found.codes == {"Mujer": "f", "Hombre": "m", "Otro": "x"}
    assert found.questions == ("¿Se siente segura en la calle?", "Modo", "modo/bus")
    assert found.numbers == ("Edad",)
    assert found.left_out == {
        "start": "written by the form itself", "_uuid": "written by the form itself", "Nombre completo": "a name",
        "Datos/Teléfono": "a telephone", "correo": "an address for letters", "Comentarios": "text people wrote",
        "_GPS_latitude": "a place on the map", "_GPS_longitude": "a place on the map", "lugar": "a place on the map",
    }  # fmt: skip


def test_answers_are_counted_by_sex(sheet: Path) -> None:
    rows = measured(sheet).estimates.to_pylist()
    found = {(row["question"], row["answer"], row["sex"]): row for row in rows}
    for sex, word in (("f", "Mujer"), ("m", "Hombre"), ("x", "Otro")):
        who = [row for row in answers() if row["Sexo"] == word]
        safe = sum(row["¿Se siente segura en la calle?"] == "Sí" for row in who)
        cell = found["¿Se siente segura en la calle?", "Sí", sex]
        if safe >= FEWEST and cell["flag"] != "suppressed":
            assert (cell["count"], cell["asked"]) == (safe, len(who))
            assert cell["share"] == pytest.approx(safe / len(who))
        if sex != "x":
            assert found["Edad", "", sex]["mean"] == pytest.approx(sum(row["Edad"] for row in who) / len(who))
    assert {row["flag"] for row in rows} <= {"only those asked", "suppressed"}


def test_nothing_that_names_anybody_is_in_the_report(sheet: Path) -> None:
    run = diagnose(sheet, language="es")
    page = run.report.html()
    for word in ("Persona", "+569", "example.org", "me parece", "-29.9", "u-1"):
        assert word not in page
    assert "describe solo a las 300 personas" in page and "165 mujeres" in page
    assert set(run.figures["se"].to_pylist()) == {None}
    assert run.provenance()["inputs"].keys() == {"answers.csv"}


def test_a_guess_can_be_changed(sheet: Path) -> None:
    found = measured(sheet, options={"sex": "modo/bus", "codes": ["1=f", "0=m"], "questions": ["Modo", "Edad"]})
    assert set(found.estimates["question"].to_pylist()) == {"Modo", "Edad"}
    assert found.sheet is not None and found.sheet.sexes.keys() == {"f", "m"}
    with pytest.raises(Refused, match="Did you mean “Sexo”"):
        measured(sheet, options={"sex": "sexos"})
    with pytest.raises(Refused, match="no column holds answers that can be counted"):
        measured(sheet, options={"questions": ["Nombre completo"]})


def test_a_workbook_is_as_good_as_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    rows = answers(60)
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        book.active.append(row)
    book.save(tmp_path / "answers.xlsx")
    write_csv(tmp_path / "answers.csv", rows)
    assert measured(tmp_path / "answers.xlsx").estimates == measured(tmp_path / "answers.csv").estimates


def test_without_a_sex_everybody_is_counted_together_and_it_is_said(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"safe": "no" if i % 3 else "yes"} for i in range(30)])
    found = measured(path)
    assert [(row["answer"], row["sex"], row["count"]) for row in found.estimates.to_pylist()] == [
        ("no", "", 20),
        ("yes", "", 10),
    ]
    assert any(finding.code == "no-sex" for finding in found.findings)
    assert "describes only those asked, 30 people" in found.findings[0].what


def test_bare_codes_of_the_sex_are_asked_for(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"sexo": 1 + i % 2, "safe": "yes"} for i in range(30)])
    assert any(finding.code == "sex-codes" for finding in measured(path).findings)
    counted = measured(path, options={"codes": ["1=m", "2=f"]}).estimates.to_pylist()
    assert {row["sex"]: row["count"] for row in counted} == {"f": 15, "m": 15, "": 30}


def test_a_sample_with_a_design_is_noticed(tmp_path: Path) -> None:
    rows = [{"sexo": "Mujer", "safe": "yes", "expr": 1.5 + i, "estrato": i % 2, "cod_upm": i % 9} for i in range(30)]
    found = measured(write_csv(tmp_path / "a.csv", rows))
    said = next(finding for finding in found.findings if finding.code == "design-seen")
    assert "weight expr, strata estrato, cluster cod_upm" in said.what
    with pytest.raises(Refused, match="without a design"):
        measured(tmp_path / "a.csv", options={"mean": ["safe"]})


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("fmx"), st.sampled_from("abcd")), st.integers(0, 12), min_size=1, max_size=12
)


@settings(max_examples=150)
@given(COUNTS)
def test_a_small_count_does_not_follow_from_the_others(counts: dict[tuple[str, str], int]) -> None:
    """Whoever sees the page knows sums over answers and over sexes; no small count may follow from one of them."""
    options = sorted({answer for _, answer in counts})
    sexes = sorted({sex for sex, _ in counts})
    cells = {(sex, answer): counts.get((sex, answer), 0) for sex in sexes for answer in options}
    cells |= {("", answer): sum(cells[sex, answer] for sex in sexes) for answer in options}
    kept = hidden(cells, options, [*sexes, ""])
    for cell, number in cells.items():
        assert cell in kept or not 0 < number < FEWEST
    for line in lines(sexes, options):
        small = [cell for cell in line if cell in kept]
        if len(options) > 1:
            assert len(small) != 1, line


def lines(sexes: list[str], options: list[str]) -> Iterator[list[tuple[str, str]]]:
    yield from ([(sex, answer) for answer in options] for sex in [*sexes, ""])
    yield from ([(sex, answer) for sex in [*sexes, ""]] for answer in options)


def test_every_question_is_told_once(sheet: Path) -> None:
    questions = [row["question"] for row in measured(sheet).estimates.to_pylist()]
    assert len([name for name, _ in groupby(questions)]) == len(set(questions))


def test_a_group_of_few_is_not_counted_aloud(tmp_path: Path) -> None:
    """Nor by taking women and men from the whole."""
    page = diagnose(write_csv(tmp_path / "answers.csv", answers(60)), language="es").report.html()
    assert "menos de 5 otros" in page and "3 otros" not in page
    assert "describe solo a las 57 personas" in page and "60" not in page.split("</style>")[-1]
