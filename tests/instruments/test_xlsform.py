"""Somebody takes an instrument to where there is no network, on Kobo or ODK, and brings the answers back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook
from pyxform.xls2xform import convert

from jwp.core.door import Refused
from jwp.instruments.loader import shelf
from jwp.instruments.rules import Classes, Cut, Profile, questions
from jwp.instruments.xlsform import LANGUAGES, Filled, as_form, read_forms
from tests.cast import cast

WEB = "web-of-institutionalisation@1996"


def sheet(book: bytes, name: str) -> list[dict[str, str]]:
    head, *rows = load_workbook(io.BytesIO(book))[name].iter_rows(values_only=True)
    return [{str(key): str(cell or "") for key, cell in zip(head, row, strict=True)} for row in rows]


def web() -> Profile:
    found = shelf()[WEB]
    assert isinstance(found, Profile)
    return found


def export(*rows: Mapping[str, Any]) -> io.BytesIO:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    book = Workbook()
    book.worksheets[0].append(columns)
    for row in rows:
        book.worksheets[0].append([row.get(column) for column in columns])
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def filled(*rows: Mapping[str, Any]) -> list[Filled]:
    file = export(*rows)
    return read_forms(web(), file, "export.xlsx", file.getbuffer().nbytes)


@pytest.mark.rules
@pytest.mark.parametrize("pin", shelf())
def test_every_instrument_is_a_valid_form_in_three_languages(pin: str) -> None:
    warnings: list[str] = []
    instrument = shelf()[pin]
    book = as_form(instrument, "es")
    made = convert(book, warnings=warnings, file_type=".xlsx").xform
    assert warnings == [] and all(f'lang="{name}"' in made for name in LANGUAGES.values())
    (settings,) = sheet(book, "settings")
    assert (settings["version"], settings["default_language"]) == (instrument.version, "Español (es)")
    asked = {row["name"] for row in sheet(book, "survey")}
    if not isinstance(instrument, Cut):
        assert set(questions(instrument)) <= asked
    if not isinstance(instrument, Profile):
        assert "subject" in asked


@pytest.mark.rules
def test_a_criterion_asks_for_what_shows_it_and_a_cut_for_what_its_phase_codes() -> None:
    marker = next(one for one in shelf().values() if isinstance(one, Classes))
    rows = {row["name"]: row for row in sheet(as_form(marker), "survey")}
    code = marker.criteria[0].code
    assert rows[f"{code}.quote"]["relevant"] == rows[f"{code}.link"]["relevant"] == f"${{{code}}} = 'met'"
    cut = next(one for one in shelf().values() if isinstance(one, Cut))
    rows = {row["name"]: row for row in sheet(as_form(cut), "survey")}
    phase, coded = next(iter(cut.phases.items()))
    assert f"${{phase}} = '{phase}'" in rows[coded[0]]["relevant"]


@pytest.mark.rules
def test_nobody_who_rates_a_group_is_asked_who_they_are() -> None:
    kinds = {row["type"].split()[0] for row in sheet(as_form(web()), "survey")}
    assert kinds == {"note", "begin_group", "end_group", "select_one"}


@pytest.mark.rules
def test_answers_come_back_by_name_or_by_label_in_any_language() -> None:
    policy = next(item for item in web().items if item.code == "policy")
    strong = web().scale[0]
    for language in LANGUAGES:
        head, said = f"Groupe/{policy.name[language]}", strong.name[language]
        assert filled({"_uuid": "a", head: said, "x": 1})[0].answers == {"policy": "strong"}
    (found,) = filled({"_uuid": "a", "group_policy/policy": "weak", "group_policy/resources": None, "_id": 3})
    assert (found.line, found.once, found.answers, found.wrong) == (2, "a", {"policy": "weak"}, "")
    odk = filled({"SubmissionDate": "2026-01-01", "group_citizen-roles-needs-perspectives": "strong", "KEY": "uuid:1"})
    assert (odk[0].once, odk[0].answers) == ("uuid:1", {"roles-needs-perspectives": "strong"})


@pytest.mark.rules
def test_a_form_that_cannot_be_taken_says_why_and_a_foreign_table_is_refused() -> None:
    good, odd, empty = filled(
        {"_uuid": "a", "policy": "weak"}, {"_uuid": "b", "policy": "9"}, {"_uuid": "c", "policy": ""}
    )
    assert not good.wrong and "“9” is not one of the answers" in odd.wrong and empty.wrong == "nothing is rated"
    with pytest.raises(Refused, match="asks nothing that this instrument asks"):
        filled({"_uuid": "a", "colour": "blue"})
    with pytest.raises(Refused):
        read_forms(web(), io.BytesIO(b"PK no book"), "export.xlsx", 10)
    text = b"_uuid;policy\nu1;fort\n"
    assert read_forms(web(), io.BytesIO(text), "export.csv", len(text))[0].answers == {"policy": "strong"}


@pytest.mark.django_db
def test_the_page_of_an_instrument_offers_its_form() -> None:
    client = Client()
    client.force_login(cast().people["sam"].user)  # type: ignore[arg-type]
    page = client.get("/instruments/web-of-institutionalisation/1996/").content.decode()
    address = "/instruments/web-of-institutionalisation/1996/form.xlsx"
    assert address in page
    response = client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="web-of-institutionalisation-1996.xlsx"'
    assert sheet(response.content, "settings")[0]["default_language"] == "English (en)"
    assert client.get("/instruments/web-of-institutionalisation/2031/form.xlsx").status_code == 404
