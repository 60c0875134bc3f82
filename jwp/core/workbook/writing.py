"""Writing the workbook: a sheet a noun, lists to choose from, hints beside cells, headings in view."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from jwp.core.models import Row
from jwp.core.workbook.reading import ABOUT, LISTS
from jwp.core.workbook.sheets import REF, REVISION, WHY, Column, Kind, Sheet

SPARE_ROWS = 2_000  # rows below the last that still offer lists and hints
WIDTHS = {Kind.TEXT: 34, Kind.ROW: 34, Kind.LIST: 24, Kind.CHOICE: 18, Kind.DATE: 13}
HEAD = PatternFill("solid", fgColor="FF1F3A44")
QUIET = PatternFill("solid", fgColor="FFECECEA")


@dataclass
class Page:
    """A sheet with its rows, each in the order of `heads`."""

    sheet: Sheet
    rows: Iterable[Sequence[Any]]
    refused: bool = False  # with the column that says what to put right

    @property
    def heads(self) -> tuple[Column, ...]:
        return (REF, REVISION, *self.sheet.columns, *((WHY,) if self.refused else ()))


@dataclass
class Book:
    """What is to be written; `names` are the rows of each noun as its lists offer them."""

    pages: Sequence[Page]
    about: Sequence[str]
    names: Mapping[type[Row], Sequence[str]] = field(default_factory=dict)

    def write(self) -> bytes:
        book = Workbook(write_only=True)
        about = book.create_sheet(ABOUT)
        about.column_dimensions["A"].width = 100
        for number, words in enumerate(self.about):
            cell = _text(about, words)
            cell.font = Font(bold=number == 0, size=14 if number == 0 else 11)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            about.append([cell])
        offered = self._offered()
        for page in self.pages:
            _write_page(book.create_sheet(str(page.sheet)), page, offered)
        _write_lists(book.create_sheet(LISTS), offered)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _offered(self) -> dict[Any, tuple[str, list[str]]]:
        """Every list a cell may choose from: its place on the `lists` sheet, and its words."""
        lists: dict[Any, list[str]] = {Kind.YES: [_("yes"), _("no")]}
        for page in self.pages:
            for column in page.sheet.columns:
                if column.choices:
                    lists[column] = [str(label) for _value, label in column.choices]
                elif column.to is not None and column.to not in lists and self.names.get(column.to):
                    lists[column.to] = list(self.names[column.to])
        places = {}
        for number, (key, words) in enumerate(lists.items(), start=1):
            letter = get_column_letter(number)
            places[key] = (f"{LISTS}!${letter}$1:${letter}${len(words)}", words)
        return places


def _text(sheet: Any, words: str) -> Any:
    """A cell that stays text: what begins with = must never become a formula."""
    cell = WriteOnlyCell(sheet, value=words)
    cell.data_type = "s"
    cell.quotePrefix = words.startswith(("=", "+", "-", "@"))
    return cell


def _write_page(sheet: Any, page: Page, offered: Mapping[Any, tuple[str, list[str]]]) -> None:
    sheet.freeze_panes = "C2"
    for place, column in enumerate(page.heads, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = WIDTHS.get(column.kind, 14) if column is not REF else 18
        _offer(sheet, column, f"{letter}2:{letter}{SPARE_ROWS}", offered)
    sheet.append([_heading(sheet, column) for column in page.heads])
    heads = page.heads
    for row in page.rows:
        sheet.append([_cell(sheet, column, value) for column, value in zip(heads, row, strict=True)])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}1"


def _heading(sheet: Any, column: Column) -> Any:
    cell = _text(sheet, f"{column} *" if column.required else str(column))
    cell.font = Font(bold=True, color="FFFFFFFF")
    cell.fill = HEAD
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column.prompt:
        cell.comment = Comment(column.prompt, "jwp", height=90, width=260)
    return cell


def _cell(sheet: Any, column: Column, value: Any) -> Any:
    quiet = column in (REF, REVISION) or bool(column.fixed)
    if isinstance(value, str):
        cell = _text(sheet, value)
    elif isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=datetime.combine(value, time()))
        cell.number_format = "yyyy-mm-dd"
    elif not quiet:
        return value
    else:
        cell = WriteOnlyCell(sheet, value=value)
    if quiet:
        cell.fill = QUIET
    return cell


def _offer(sheet: Any, column: Column, cells: str, offered: Mapping[Any, tuple[str, list[str]]]) -> None:
    """The cell's list and hint. A list advises: a name that is not in it yet may be one of a new row."""
    key = Kind.YES if column.kind == Kind.YES else column if column.choices else column.to
    place = offered.get(key, ("", []))[0] if key is not None else ""
    if not place and not column.prompt:
        return
    rule = DataValidation(type="list" if place else None, formula1=place or None, allow_blank=True)
    rule.showErrorMessage = bool(column.choices)
    rule.error = str(_("Choose one of the list."))
    rule.promptTitle, rule.prompt, rule.showInputMessage = (
        str(column)[:32],
        column.prompt[:255],
        bool(column.prompt),
    )
    rule.add(cells)
    sheet.data_validations.append(rule)


def _write_lists(sheet: Any, offered: Mapping[Any, tuple[str, list[str]]]) -> None:
    sheet.sheet_state = "hidden"
    lists = [words for _place, words in offered.values()]
    for number in range(max(map(len, lists), default=0)):
        sheet.append([_text(sheet, words[number]) if number < len(words) else None for words in lists])
