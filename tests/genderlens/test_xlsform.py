"""The audit's form is one that Kobo and ODK take, and its answers come back."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from pyxform.xls2xform import convert

from genderlens.access.audits.form import PARAMETERS, form
from genderlens.access.xlsform import LANGUAGES, SURVEY, audit_form

pytestmark = pytest.mark.rules


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_valid_in_each_language(language: str) -> None:
    warnings: list[str] = []
    made = convert(audit_form(language=language), warnings=warnings, file_type=".xlsx").xform
    assert warnings == []
    assert all(f'lang="{name}"' in made for name in LANGUAGES.values())


def rows(book: bytes, sheet: str) -> list[dict[str, str]]:
    head, *found = load_workbook(BytesIO(book))[sheet].iter_rows(values_only=True)
    return [{str(key): str(cell or "") for key, cell in zip(head, row, strict=True)} for row in found]


def test_consent_and_stopping_come_first_and_everything_else_hangs_on_them() -> None:
    survey = rows(audit_form(), "survey")
    assert [row["name"] for row in survey[:4]] == ["welcome", "help", "consent", "stopped"]
    groups = [row for row in survey if row["type"] == "begin_group"]
    assert len(groups) == 3 and all(row["relevant"] == "${consent} = 'yes'" for row in groups)
    assert not any(row["required"] for row in survey if row["name"] in PARAMETERS)


def test_nobody_can_tell_a_story_or_be_followed() -> None:
    """No free words but the code of a street, no telephone, no name, of the time only the hour."""
    survey = rows(audit_form(), "survey")
    kinds = {row["type"].split()[0] for row in survey}
    assert kinds == {"note", "select_one", "begin_group", "end_group", "integer", "text", "geopoint", "calculate"}
    (written,) = [row for row in survey if row["type"] == "text"]
    assert written["constraint"] == "regex(., '^[A-Za-z0-9._-]{1,20}$')"


def test_a_city_may_say_who_helps() -> None:
    survey = rows(audit_form({"en": "Call 149.", "es": "Llame al 149."}), "survey")
    help_ = next(row for row in survey if row["name"] == "help")
    assert [help_[label] for label in SURVEY[2:5]] == ["Call 149.", "Call 149.", "Llame al 149."]


def test_every_rating_has_four_answers_in_three_languages() -> None:
    asked = form()
    for name in PARAMETERS:
        assert list(asked.options[name]) == ["0", "1", "2", "3"]
        assert all(set(words) == set(LANGUAGES) for words in (*asked.options[name].values(), asked.name[name]))
