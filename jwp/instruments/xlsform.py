"""An instrument as an XLSForm for Kobo and ODK (https://xlsform.org/), and what such a form brings back."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, override
from openpyxl import Workbook

from jwp.core.door import Refused
from jwp.core.workbook import cells
from jwp.core.workbook.foreign import Table, from_book, from_csv
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import (
    MET,
    SCORE,
    Choice,
    Classes,
    Cut,
    Instrument,
    Option,
    Profile,
    Text,
    options,
    questions,
    say,
)  # fmt: skip
from jwp.instruments.words import question

LANGUAGES = {"en": "English (en)", "fr": "Français (fr)", "es": "Español (es)"}
SURVEY = ("type", "name", *(f"label::{name}" for name in LANGUAGES.values()), "required", "relevant", "constraint")
CHOICES = ("list_name", "name", *(f"label::{name}" for name in LANGUAGES.values()))
SETTINGS = ("form_title", "form_id", "version", "default_language")
ONCE = (
    "_uuid",
    "meta/instanceid",
    "meta-instanceid",
    "instanceid",
    "key",
)  # Kobo's and ODK's own number of one filled-in form

ALONE = gettext_lazy(
    "Rate for yourself. Nothing is asked about who you are; leave out what you cannot say, and stop whenever you like."
)
CODE = gettext_lazy("Code what you see: what is met needs a quoted passage and a link to where it stands.")
ABOUT = gettext_lazy("What it is about: the reference of the unit, project or target")
PHASE = gettext_lazy("Phase")
SHOWS = gettext_lazy("Quoted passage")
LINK = gettext_lazy("Link")

Row = Mapping[str, str]


def as_form(instrument: Instrument, language: str = "en") -> bytes:
    """The workbook, in three languages, opening in `language`. Names are the codes of the instrument."""
    lists: dict[str, tuple[Option, ...]] = {}
    survey = list(_survey(instrument, lists))
    coded = isinstance(instrument, Classes | Cut)
    choices: list[Row] = [
        {"list_name": name, "name": option.code, **_labels(_option(option, coded and name != "met"))}
        for name, found in lists.items()
        for option in found
    ]
    if isinstance(instrument, Cut):
        names = dict(AnswerSheet.Phase.choices)
        choices += [{"list_name": "phase", "name": phase, **_said(names[phase])} for phase in instrument.phases]
    chosen = {
        "form_title": say(instrument.name, language),
        "form_id": re.sub(r"\W", "_", instrument.id),
        "version": instrument.version,
        "default_language": LANGUAGES.get(language, LANGUAGES["en"]),
    }
    return _book(survey=(SURVEY, survey), choices=(CHOICES, choices), settings=(SETTINGS, [chosen]))


def _survey(instrument: Instrument, lists: dict[str, tuple[Option, ...]]) -> Iterator[Row]:
    """The questions, in order; the lists of answers they choose from are added to `lists`."""

    def asks(item: str, list_: str = "scale", **more: str) -> Row:
        lists[list_] = options(instrument, item)
        return {"type": f"select_one {list_}", "name": item, **_question(instrument, item), **more}

    yield {"type": "note", "name": "about", **_labels(instrument.about)}
    if isinstance(instrument, Profile):
        yield {"type": "note", "name": "alone", **_said(ALONE)}
        for group in instrument.groups:
            yield {"type": "begin_group", "name": f"group_{group.code}", **_labels(group.name)}
            yield from (asks(item.code) for item in group.items)
            yield {"type": "end_group"}
        return
    yield {"type": "text", "name": "subject", **_said(ABOUT), "required": "yes"}
    if isinstance(instrument, Choice):
        yield asks(instrument.item, required="yes")
        yield from _proof(instrument.item, "")
    elif isinstance(instrument, Classes):
        yield {"type": "note", "name": "code", **_said(CODE)}
        yield asks(SCORE, "class")
        for criterion in instrument.criteria:
            yield asks(criterion.code, "met")
            yield from _proof(criterion.code, f"${{{criterion.code}}} = '{MET}'")
    elif isinstance(instrument, Cut):
        yield {"type": "select_one phase", "name": "phase", **_said(PHASE), "required": "yes"}
        for item in questions(instrument):
            if item == instrument.item_suffix:
                yield asks(item, "suffix")
            elif item in {one.code for one in instrument.exempt}:
                yield asks(item, "yes_no")
            else:
                phases = [phase for phase, coded in instrument.phases.items() if item in coded]
                yield asks(item, "code", relevant=" or ".join(f"${{phase}} = '{phase}'" for phase in phases))


def _proof(item: str, relevant: str) -> Iterator[Row]:
    yield {"type": "text", "name": f"{item}.quote", **_said(SHOWS), "relevant": relevant}
    link = {"type": "text", "name": f"{item}.link", **_said(LINK), "relevant": relevant}
    yield link | {"constraint": "regex(., '^https?://.+')"}


def _option(option: Option, coded: bool) -> Text:
    """As on the page: the code first where it is what people say, and what it means behind."""
    found = {}
    for language in LANGUAGES:
        name = say(option.name, language)
        name = f"{option.code} {name}" if coded else name
        found[language] = f"{name}: {say(option.means, language)}" if option.means else name
    return found


def _question(instrument: Instrument, item: str) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = question(instrument, item)
    return _labels(found)


def _labels(text: Text) -> dict[str, str]:
    return {f"label::{name}": say(text, language) for language, name in LANGUAGES.items()}


def _said(words: Any) -> dict[str, str]:
    """Words of the interface in each language."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = str(words)
    return _labels(found)


def _book(**sheets: tuple[tuple[str, ...], list[Row]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column, "") for column in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class Filled:
    """One filled-in form: its line in the file, its own number, its answers, and what is wrong with it."""

    line: int
    once: str
    answers: dict[str, str]
    wrong: str = ""


def read_forms(instrument: Profile, file: IO[bytes], name: str, size: int) -> list[Filled]:
    """What people rated, out of the export of Kobo or ODK with names or labels. Every other column stays unread.

    Raises:
        Refused: it is no table, or has none of the questions.
    """
    if size > settings.BOOK_LIMIT:
        raise Refused(gettext("%(name)s is too large. Bring it in by parts.") % {"name": name})
    table = from_book(file, name, size)[0] if name.lower().endswith(".xlsx") else from_csv(file.read(), name)
    asked = _asked(instrument)
    places = {item: n for n, head in reversed([*enumerate(table.headings)]) if (item := asked.get(_last(head)))}
    if not places:
        raise Refused(gettext("%(name)s asks nothing that this instrument asks. Export its own form.") % {"name": name})
    once = next((n for n, head in enumerate(table.headings) if head.casefold() in ONCE), None)
    return list(_filled(instrument, table, places, once))


def _filled(instrument: Profile, table: Table, places: Mapping[str, int], once: int | None) -> Iterator[Filled]:
    codes = {_plain(say(option.name, language)): option.code for option in instrument.scale for language in LANGUAGES}
    codes |= {_plain(option.code): option.code for option in instrument.scale}

    def cell(row: list[Any], place: int | None) -> str:
        return cells.text(row[place]).strip() if place is not None and place < len(row) else ""

    for line, row in table.rows:
        said = {item: text for item, place in places.items() if (text := cell(row, place))}
        unknown = [(item, text) for item, text in said.items() if _plain(text) not in codes]
        wrong = "" if said else gettext("nothing is rated")
        if unknown:
            item, text = unknown[0]
            facts = {"item": question(instrument, item), "value": text}
            wrong = gettext("%(item)s: “%(value)s” is not one of the answers.") % facts
        answers = {} if wrong else {item: codes[_plain(text)] for item, text in said.items()}
        yield Filled(line, cell(row, once), answers, wrong)


def _asked(instrument: Profile) -> dict[str, str]:
    """Heading -> item, by its label in any language, its code, or its code behind that of its group (ODK)."""
    found = {_plain(say(item.name, language)): item.code for item in instrument.items for language in LANGUAGES}
    for group in instrument.groups:
        for item in group.items:
            found[_plain(item.code)] = found[_plain(f"group_{group.code}-{item.code}")] = item.code
    return found


def _last(heading: str) -> str:
    """The question behind the groups that Kobo writes before it."""
    return _plain(heading.rsplit("/", 1)[-1])


def _plain(text: str) -> str:
    """Kobo changes apostrophes and spaces; people's spreadsheets, capitals."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("’", "'").replace("_", " ").replace("-", " ").split())
