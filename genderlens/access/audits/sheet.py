"""A sheet of answers as Kobo, ODK or a hand made it: every cell as text, rows numbered as a reader sees them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from genderlens.findings import Finding, Refused


@dataclass(frozen=True)
class Sheet:
    columns: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]  # number in the file (the head is 1), cells


def read_sheet(path: Path) -> Sheet:
    """CSV (comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252), XLSX (its first sheet) or Parquet.

    Raises:
        Refused: another kind of file, or one that is empty or broken.
    """
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
    if (reader := readers.get(path.suffix.lower())) is None:
        mend = "Export the answers as XLSX or CSV."
        raise Refused(Finding("stop", "file-kind", path.name, "is not a sheet of answers.", mend))
    try:
        rows = [tuple(_text(cell) for cell in row) for row in reader(path)]
    except (OSError, ValueError, KeyError, csv.Error) as error:
        mend = "Export it again; a file cut short on its way cannot be read."
        raise Refused(Finding("stop", "file-broken", path.name, f"cannot be read: {error}.", mend)) from error
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if len(numbered) < 2:
        raise Refused(Finding("stop", "file-empty", path.name, "has no answers.", "Export it again, with answers."))
    (_, columns), *answers = numbered
    width = len(columns)
    return Sheet(columns, [(number, (row + ("",) * width)[:width]) for number, row in answers])


def _csv(path: Path) -> Iterator[Any]:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    yield from csv.reader(StringIO(text), delimiter=max(",;\t", key=head.count))


def _xlsx(path: Path) -> Iterator[Any]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except BadZipFile as error:
        raise ValueError("it is not XLSX") from error
    yield from book.worksheets[0].iter_rows(values_only=True)
    book.close()


def _parquet(path: Path) -> Iterator[Any]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    yield table.column_names
    yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def _text(cell: Any) -> str:
    """Spreadsheets keep whole numbers as decimals."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, datetime) else str(cell).strip()
