"""Reading a workbook that anybody may have sent: checked before it is opened, streamed, bounded in memory.

The zip directory is looked at first (a bomb, a macro), then the sheets are read row by row. Nothing is
guessed and nothing dropped: a cell that cannot be read is named, with what to write instead.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from jwp.core.door import Refused
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell
from jwp.core.workbook.sheets import REF, REVISION, WHY, Column, Sheet, in_every_language

MB = 2**20
UNPACKED_LIMIT = 64 * MB
MEMBER_LIMIT = 2_000
RATIO_LIMIT = 200  # text in a real workbook packs 5 to 30 times
ROW_LIMIT = 20_000  # rows with something in them, in one sheet
COLUMN_LIMIT = 200
MERGED_LIMIT = 500
# Sheets we write beside the nouns', under these names in every language.
ABOUT, LISTS = "jwp", "lists"
ASIDE = {ABOUT, LISTS}
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')


@dataclass(frozen=True)
class Unusable:
    """A cell that holds something we do not read; `why` says what to write instead."""

    why: str


Read = Cell | Unusable


@dataclass
class Table:
    """One worksheet: its rows by number, and merged ranges (first column and row, last column and row)."""

    title: str
    rows: Iterable[tuple[int, list[Read]]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass
class Line:
    """One row of one sheet, as read. `faults` are (heading, what to write instead)."""

    sheet: str
    number: int
    cells: dict[str, Cell] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> list[Any]:
        return [self.sheet, self.number, self.cells, self.faults]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> Line:
        return cls(kept[0], kept[1], dict(kept[2]), [(heading, why) for heading, why in kept[3]])


def check_file(file: IO[bytes], name: str, size: int, limit: int) -> None:
    """Refuse what cannot be a harmless workbook, before any of it is unpacked."""
    if size > limit:
        raise Refused(
            _("%(name)s has %(size)d MB; a workbook may have %(limit)d MB. Save only the rows you want to bring in.")
            % {"name": name, "size": size // MB, "limit": limit // MB}
        )
    file.seek(0)
    start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            _("%(name)s is an old .xls file or has a password. Open it and save it as .xlsx, without a password.")
            % {"name": name}
        )
    try:
        members = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise Refused(_("%(name)s is not an Excel workbook. Save it as .xlsx.") % {"name": name}) from None
    names = {member.filename for member in members}
    if name.lower().endswith((".xlsm", ".xltm", ".xlsb")) or any("vbaproject" in n.lower() for n in names):
        raise Refused(
            _("%(name)s holds macros (programs), which are not read here. Save it as .xlsx.") % {"name": name}
        )
    if "xl/workbook.xml" not in names:
        raise Refused(_("%(name)s is not an Excel workbook. Save it as .xlsx.") % {"name": name})
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MEMBER_LIMIT or unpacked > UNPACKED_LIMIT or (unpacked > MB and unpacked / packed > RATIO_LIMIT):
        raise Refused(
            _(
                "%(name)s unpacks to %(size)d MB in %(parts)d parts: "
                "more than a workbook of %(rows)d rows can need. "
                "Copy only the rows you want to bring in to a new workbook."
            )
            % {"name": name, "size": unpacked // MB, "parts": len(members), "rows": ROW_LIMIT}
        )


def tables(file: IO[bytes], name: str, *, computed: bool = False) -> Iterator[Table]:
    """The worksheets, one after the other; `computed` takes what formulas last gave."""
    file.seek(0)
    with _damage(name), warnings.catch_warnings():
        # It warns of styles and extensions that nobody reads here.
        warnings.filterwarnings("ignore", module="openpyxl")
        book = load_workbook(file, read_only=True, data_only=computed, keep_links=False)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # what a file says of its own size may be wrong
                yield Table(sheet.title, _rows(sheet, name), _merged(file, sheet))
        finally:
            book.close()


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """openpyxl and the XML reader raise anything at all on a damaged file."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise Refused(
            _("%(name)s is damaged and cannot be read (%(why)s). Open it in Excel and save it again.")
            % {"name": name, "why": type(error).__name__}
        ) from error


def _rows(sheet: Any, name: str) -> Iterator[tuple[int, list[Read]]]:
    found = 0
    with _damage(name):
        for number, row in enumerate(sheet.iter_rows(), start=1):
            values = [_cell(cell) for cell in row[:COLUMN_LIMIT]]
            while values and values[-1] in (None, ""):
                values.pop()
            if not values:
                continue
            found += 1
            if found > ROW_LIMIT:
                raise Refused(
                    _("“%(sheet)s” has more than %(limit)d rows. Bring them in by parts.")
                    % {"sheet": sheet.title, "limit": ROW_LIMIT}
                )
            yield number, values


def _cell(cell: Any) -> Read:
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if cell.data_type == "f":
        return Unusable(_("Cell %(cell)s holds a formula: write its result.") % {"cell": _where(cell)})
    if cell.data_type == "e":
        return Unusable(_("Cell %(cell)s holds an Excel error (%(error)s).") % {"cell": _where(cell), "error": value})
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        if "%" in (cell.number_format or ""):
            return f"{cells.plain(value * 100):f} %"
        return value
    return cells.text(str(value)) or None


def _where(cell: Any) -> str:
    return f"{get_column_letter(cell.column)}{cell.row}"


def _merged(file: IO[bytes], sheet: Any) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a sheet: openpyxl does not tell while streaming, so the text is searched."""
    found, rest = [], b""
    with zipfile.ZipFile(file) as book, book.open(sheet._worksheet_path) as xml:
        while piece := xml.read(MB):
            searched = rest + piece
            found += MERGED.findall(searched)
            rest = searched[searched.rfind(b">") + 1 :][-1024:]  # a tag that was cut
    if len(found) > MERGED_LIMIT:
        raise Refused(_("“%(sheet)s” has %(n)d merged ranges: unmerge them.") % {"sheet": sheet.title, "n": len(found)})
    return [range_boundaries(ref.decode()) for ref in found]  # type: ignore[misc]


def read(file: IO[bytes], name: str, sheets: Sequence[Sheet]) -> list[Line]:
    """Every row of every known sheet, and a fault for each unknown sheet that holds something."""
    known = {word: sheet for sheet in sheets for word in (sheet.code, *in_every_language(sheet))}
    lines: list[Line] = []
    for table in tables(file, name):
        sheet = known.get(table.title.strip().casefold())
        if sheet is not None:
            lines += _lines(sheet, table)
        elif table.title.strip().casefold() not in ASIDE:
            lines += _stray(table)
    return lines


def knows(file: IO[bytes], name: str, sheets: Sequence[Sheet]) -> bool:
    """Whether this is one of our workbooks: its sheets and headings are ours."""
    known = {word: sheet for sheet in sheets for word in (sheet.code, *in_every_language(sheet))}
    for table in tables(file, name):
        title = table.title.strip().casefold()
        if title == ABOUT:
            return True
        if title in known and (head := next(iter(table.rows), None)):
            found, unknown, _doubled = _columns(known[title], head[1])
            if len(found) > 1 and not any(unknown.values()):
                return True
    return False


def _stray(table: Table) -> list[Line]:
    first = next(iter(table.rows), None)
    if first is None:
        return []
    why = _("No sheet of this name is known here, so none of its rows is read. Rename it, or remove it.")
    return [Line(table.title, first[0], {}, [("", why)])]


def _lines(sheet: Sheet, table: Table) -> list[Line]:
    rows = iter(table.rows)
    head = next(rows, None)
    if head is None:
        return []
    heading_row, headings = head
    found, unknown, doubled = _columns(sheet, headings)
    if doubled:
        why = _("This heading stands above two columns: keep one.")
        return [Line(sheet.code, heading_row, {}, [(heading, why) for heading in doubled])]
    lines = []
    for number, values in rows:
        line = Line(sheet.code, number)
        for place, value in enumerate(values):
            if value in (None, ""):
                continue
            if place not in found:
                line.faults.append((unknown.get(place) or get_column_letter(place + 1), _unknown()))
            elif isinstance(value, Unusable):
                line.faults.append((str(found[place]), value.why))
            elif found[place] is not WHY:
                line.cells[found[place].field] = value
        for place, column in found.items():
            if column is not WHY:
                line.cells.setdefault(column.field, None)
                if merged := _touching(table, place + 1, number):
                    line.faults.append((str(column), merged))
        # A row of blanks, or one that a merged range only passes through.
        if any(value not in (None, "") for value in line.cells.values()) or line.faults:
            lines.append(line)
    return lines


def _columns(sheet: Sheet, headings: Sequence[Read]) -> tuple[dict[int, Column], dict[int, str], list[str]]:
    """(known columns by place, unknown headings by place, headings that stand twice)"""
    columns = (*sheet.columns, REF, REVISION, WHY)
    # A heading in any language; a field's own name only where it is nobody's heading.
    names: dict[str, Column] = {column.field: column for column in columns}
    names |= {word: column for column in columns for word in in_every_language(column.heading)}
    found: dict[int, Column] = {}
    unknown: dict[int, str] = {}
    doubled = []
    for place, heading in enumerate(headings):
        words = cells.text(heading) if not isinstance(heading, Unusable) else ""
        column = names.get(words.removesuffix("*").strip().casefold())
        if column is None:
            unknown[place] = words
        elif column in found.values():
            doubled.append(words)
        else:
            found[place] = column
    return found, unknown, doubled


def _unknown() -> str:
    return _("This column is not known here. Clear it, or take its heading from the empty workbook.")


def _touching(table: Table, column: int, row: int) -> str:
    for first_column, first_row, last_column, last_row in table.merged:
        if first_column <= column <= last_column and first_row <= row <= last_row:
            area = f"{get_column_letter(first_column)}{first_row}:{get_column_letter(last_column)}{last_row}"
            return _("Cells %(cells)s are merged: unmerge them and fill in each row.") % {"cells": area}
    return ""
