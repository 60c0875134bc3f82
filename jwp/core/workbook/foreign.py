"""Anybody’s own table, pasted, .csv or .xlsx, as rows. Headings may stand below a title; merged cells fill."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from jwp.core.door import Refused
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell
from jwp.core.workbook.reading import Unusable, check_file, tables

ROW_LIMIT = 2_000  # promises, not measurements: a longer table is another kind of table
COLUMN_LIMIT = 60
ENCODINGS = ("utf-8-sig", "cp1252")


@dataclass
class Table:
    """`above` are the words over the headings; `rows` are (line in the sheet, cells)."""

    title: str
    above: list[str]
    headings: list[str]
    rows: list[tuple[int, list[Cell]]]
    notes: list[str] = field(default_factory=list)

    def column(self, place: int) -> list[Cell]:
        return [row[place] if place < len(row) else None for _line, row in self.rows]

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "above": self.above,
            "headings": self.headings,
            "rows": self.rows,
            "notes": self.notes,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Table:
        return cls(
            kept["title"],
            kept["above"],
            kept["headings"],
            [(n, row) for n, row in kept["rows"]],
            kept["notes"],
        )


def from_text(text: str, title: str = "") -> Table:
    """Rows as spreadsheets put them on the clipboard (tabs between cells), or the text of a .csv file."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not text.strip():
        raise Refused(_("Nothing was pasted. Select your table in Excel, copy it, and paste it here."))
    # A character that stands in most lines parts the cells; tabs win, then what CSV files use.
    marks = {mark: sum(mark in line for line in text.split("\n")) for mark in "\t;,|"}
    mark = "\t" if marks["\t"] else max(marks, key=lambda m: (marks[m], m == ";"))
    try:
        read = list(csv.reader(io.StringIO(text), delimiter=mark, strict=False))
    except csv.Error as error:
        raise Refused(
            _("This table cannot be read (%(why)s). Save it as .xlsx and upload that.") % {"why": error}
        ) from error
    numbered = [(number, list[Cell]([cells.text(cell) or None for cell in row])) for number, row in enumerate(read, 1)]
    return shaped(title, numbered, [])


def from_csv(content: bytes, name: str) -> Table:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return from_text(content.decode("utf-16", "replace"), name)
    for encoding in ENCODINGS:
        try:
            return from_text(content.decode(encoding), name)
        except UnicodeDecodeError:
            continue
    raise Refused(_("%(name)s is not text. Save it as .xlsx or .csv.") % {"name": name})


def from_book(file: IO[bytes], name: str, size: int) -> list[Table]:
    """Every sheet that looks like a table, the largest first. Formulas count with what they last gave."""
    check_file(file, name, size, settings.BOOK_LIMIT)
    found = []
    for sheet in tables(file, name, computed=True):
        rows = [(number, row) for number, row in sheet.rows]
        notes = [value.why for _number, row in rows for value in row if isinstance(value, Unusable)]
        plain = [(number, [None if isinstance(v, Unusable) else v for v in row]) for number, row in rows]
        if sheet.merged:
            _fill(plain, sheet.merged)
        try:
            found.append(shaped(sheet.title, plain, notes))
        except Refused:
            continue
    if not found:
        raise Refused(_("%(name)s holds no table: a row of headings with rows below it.") % {"name": name})
    return sorted(found, key=lambda table: -len(table.rows))


def _fill(rows: list[tuple[int, list[Cell]]], merged: Sequence[tuple[int, int, int, int]]) -> None:
    """What stands once in cells merged downwards holds for each of their rows."""
    by_line = dict(rows)
    for column, first, _last_column, last in merged:
        start = by_line.get(first, [])
        value = start[column - 1] if column <= len(start) else None
        for line in range(first + 1, min(last, first + ROW_LIMIT) + 1):
            if value is not None and (row := by_line.get(line)) is not None:
                row += [None] * (column - len(row))
                row[column - 1] = value


def shaped(title: str, rows: list[tuple[int, list[Cell]]], notes: list[str]) -> Table:
    """Find the headings: the first row that fills most of the table's width, with words."""
    rows = [(line, row[:COLUMN_LIMIT]) for line, row in rows if any(cell not in (None, "") for cell in row)]
    width = max((sum(cell is not None for cell in row) for _line, row in rows), default=0)
    if len(rows) < 2 or width < 2:
        raise Refused(_("A table needs a row of headings, at least two columns, and rows below."))
    if len(rows) > ROW_LIMIT:
        raise Refused(_("This table has more than %(limit)d rows. Bring it in by parts.") % {"limit": ROW_LIMIT})
    start = next(
        (n for n, (_line, row) in enumerate(rows) if sum(isinstance(c, str) for c in row) >= max(2, width * 0.6)),
        0,
    )
    headings = [" ".join(cells.text(cell).split()) for cell in rows[start][1]]
    below = rows[start + 1 :]
    if not below:
        raise Refused(_("There are no rows below the headings."))
    longest = max(len(row) for _line, row in below)
    headings += [""] * (longest - len(headings))
    above = [cells.text(cell) for _line, row in rows[:start] for cell in row if cell not in (None, "")]
    return Table(title, above, headings, below, notes)
