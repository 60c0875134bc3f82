"""Forms for Kobo and ODK: the workbook they read (https://xlsform.org/), with every label in three languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from genderlens.access.audits.form import PARAMETERS, Form, Text, form

LANGUAGES = {"en": "English (en)", "fr": "Français (fr)", "es": "Español (es)"}
LABELS = tuple(f"label::{name}" for name in LANGUAGES.values())
SURVEY = ("type", "name", *LABELS, "required", "relevant", "constraint", "calculation", "default")
CHOICES = ("list_name", "name", *LABELS)
SETTINGS = ("form_title", "form_id", "version", "default_language")

TAKES_PART = "${consent} = 'yes'"
Row = Mapping[str, str]


def audit_form(help_: Text | None = None, *, language: str = "en") -> bytes:
    """The women's safety audit as XLSX.

    Consent and the way to stop come first. Nothing is written in free words, so that nobody's story is taken down; of
    the time only the hour is kept, of the telephone nothing.

    Args:
        help_: who helps in this city, by language; without it the form sends people to whoever leads the walk.
        language: the one the form opens in (en, fr, es).
    """
    asked = form()
    choices = [
        {"list_name": name, "name": code, **labels(words)}
        for name, options in asked.options.items()
        for code, words in options.items()
    ]
    settings = {
        "form_title": asked.title[language],
        "form_id": asked.id,
        "version": asked.version,
        "default_language": LANGUAGES[language],
    }
    return workbook(_survey(asked, help_), choices, settings)


def _survey(asked: Form, help_: Text | None) -> list[Row]:
    def question(name: str, type_: str = "", **more: str) -> Row:
        return {"type": type_ or f"select_one {name}", "name": name, **labels(asked.text[name]), **more}

    def note(name: str, words: Text, **more: str) -> Row:
        return {"type": "note", "name": name, **labels(words), **more}

    def group(name: str, *rows: Row) -> list[Row]:
        opened = {"type": "begin_group", "name": name, **labels(asked.groups[name]), "relevant": TAKES_PART}
        return [opened, *rows, {"type": "end_group"}]

    return [
        note("welcome", asked.notes["welcome"]),
        note("help", help_ or asked.notes["help"]),
        question("consent", required="yes"),
        note("stopped", asked.notes["stopped"], relevant="${consent} = 'no'"),
        *group("who", question("sex"), question("age")),
        *group(
            "where",
            question("round", "integer", required="yes", constraint=". >= 1 and . <= 99", default="1"),
            question("light", required="yes"),
            question("segment", "text", constraint="regex(., '^[A-Za-z0-9._-]{1,20}$')"),
            question("point", "geopoint", required="yes"),
        ),
        *group("ratings", *(question(name) for name in PARAMETERS)),
        {"type": "calculate", "name": "hour", "calculation": "once(format-date-time(now(), '%H'))"},
        # The words of the answer tell in which language the form was read.
        {"type": "calculate", "name": "language", "calculation": "jr:choice-name(${consent}, '${consent}')"},
    ]


def labels(words: Text) -> dict[str, str]:
    """The label columns; a language without words has those of English."""
    return {f"label::{name}": words.get(code, words["en"]) for code, name in LANGUAGES.items()}


def workbook(survey: Sequence[Row], choices: Sequence[Row], settings: Row) -> bytes:
    """The three sheets of an XLSForm."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, columns, rows in (
        ("survey", SURVEY, survey),
        ("choices", CHOICES, choices),
        ("settings", SETTINGS, [settings]),
    ):
        sheet = book.create_sheet(name)
        for row in [dict(zip(columns, columns, strict=True)), *rows]:
            sheet.append([row.get(column, "") for column in columns])
    file = BytesIO()
    book.save(file)
    return file.getvalue()
