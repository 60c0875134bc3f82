"""Files of every usual kind, and what is wrong with them."""

from __future__ import annotations

import doctest
from pathlib import Path

import openpyxl
import pandas as pd  # type: ignore[import-untyped]
import pyarrow.parquet as pq
import pyreadstat
import pytest

from genderlens.findings import Refused
from genderlens.surveys import files, guess, sexes
from genderlens.surveys.files import as_parquet, labels
from genderlens.surveys.run import diagnose, measured

pytestmark = pytest.mark.rules


def rows(path: Path, scratch: Path, **said: str) -> list[dict[str, object]]:
    (made,), _ = as_parquet([path], scratch, **said)
    found: list[dict[str, object]] = pq.read_table(made).to_pylist()
    return found


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta"])
def test_statistics_packages_keep_their_labels(
    tmp_path: Path, scratch: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ROWS", 3)
    table = pd.DataFrame({"sexo": [1.0, 2, 2, None, 1], "peso": [1.5, 2, 3, 4, 5], "región": ["a", "", "ñ", "b", "c"]})
    path = tmp_path / f"survey.{kind}"
    codes: dict[str, dict[int | float, str]] = {"sexo": {1: "Hombre", 2: "Mujer"}}
    if kind == "dta":
        pyreadstat.write_dta(table, path, variable_value_labels=codes)
    else:
        pyreadstat.write_sav(table, path, variable_value_labels=codes, compress=kind == "zsav")
    (made,), found = as_parquet([path], scratch)
    assert not found
    assert labels(made) == {"sexo": {"1": "Hombre", "2": "Mujer"}}
    assert str(pq.read_schema(made).field("sexo").type) == "int64"
    read = pq.read_table(made).to_pylist()
    assert [row["sexo"] for row in read] == [1, 2, 2, None, 1]
    assert [row["peso"] for row in read] == [1.5, 2, 3, 4, 5]
    assert [row["región"] for row in read] == ["a", None, "ñ", "b", "c"]


def test_a_labelled_file_is_told_in_its_own_words(tmp_path: Path) -> None:
    """Bare codes, but the file says that 2 is a woman."""
    table = pd.DataFrame({"p1": [1.0, 2.0] * 20, "safe": [1.0, 1.0, 2.0, 9.0] * 10, "w": [1.5] * 40})
    path = tmp_path / "survey.sav"
    codes: dict[str, dict[int | float, str]] = {"p1": {1: "Hombre", 2: "Mujer"}, "safe": {1: "Sí", 2: "No"}}
    pyreadstat.write_sav(table, path, variable_value_labels=codes)
    sheet = measured(path, options={"questions": ["safe"], "sex": "p1"})
    assert ("Sí", "f", 10) in {(row["answer"], row["sex"], row["count"]) for row in sheet.estimates.to_pylist()}
    run = diagnose(path, options={"proportion": ["safe=1"], "by": ["p1", "safe"], "sex": "p1", "weight": "w"})
    assert any("9: no label" in finding.what for finding in run.findings)
    figure = next(row for row in run.figures.to_pylist() if row["sex"] == "f" and row["group"] == "safe=Sí")
    assert (figure["label"], figure["value"]) == ("safe: Sí", 100)


def test_words_of_sexes_and_headings() -> None:
    assert [doctest.testmod(module).failed for module in (sexes, guess)] == [0, 0]


def test_sas_transport_files_are_read(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "survey.xpt"
    pyreadstat.write_xport(pd.DataFrame({"SEX": [1.0, 2.0]}), path)
    assert rows(path, scratch) == [{"SEX": 1}, {"SEX": 2}]


def test_a_sheet_of_excel_is_read_to_the_width_of_its_heading(tmp_path: Path, scratch: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["sexo", "edad", None], ["Mujer", 30, None], [None, None, None], ["Hombre", None, "note"]):
        sheet.append(row)
    book.save(tmp_path / "answers.xlsx")
    assert rows(tmp_path / "answers.xlsx", scratch) == [{"sexo": "Mujer", "edad": 30}, {"sexo": "Hombre", "edad": None}]


def test_yes_is_a_word_and_na_is_no_answer(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("safe;n\nYes;1\nNo;NA\n")
    assert rows(path, scratch) == [{"safe": "Yes", "n": 1}, {"safe": "No", "n": None}]


def test_decimal_commas_are_numbers(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("peso;n\n1,5;2\n3;4\n", encoding="utf-8")
    assert rows(path, scratch) == [{"peso": 1.5, "n": 2}, {"peso": 3.0, "n": 4}]


def test_accents_of_another_encoding_are_read_with_a_warning(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("sexo,región\nMujer,Biobío\n".encode("cp1252"))
    (made,), (warning,) = as_parquet([path], scratch)
    assert pq.read_table(made).to_pylist() == [{"sexo": "Mujer", "región": "Biobío"}]
    assert warning.level == "warning" and "line 1 has byte 0xF3" in warning.what
    path.write_bytes("a,b\n1,2\n".encode("utf-16"))
    assert rows(path, scratch) == [{"a": 1, "b": 2}]
    path.write_bytes("a,b\nñ,2\n".encode("mac_roman"))
    assert rows(path, scratch, encoding="mac_roman") == [{"a": "ñ", "b": 2}]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "is empty: not even a heading"),
        ("a.csv", b"a,b\n", "has a heading but no rows"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n4,5\n", "line 3 has 3 cells, the heading 2"),
        ("a.csv", b"a\n" * 30 + b"\x81\n", "line 31 has byte 0x81"),
        ("a.pdf", b"%PDF", "is of a kind that is not read"),
        ("a.xlsx", b"no", "is not an Excel workbook"),
        ("a.sav", b"no", "cannot be read"),
        ("a.parquet", b"no", "is not a Parquet file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, scratch: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused) as refused:
        as_parquet([tmp_path / name], scratch)
    assert why in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
