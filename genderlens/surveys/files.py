"""Survey files of every usual kind made into Parquet, chunk by chunk, with the labels of their codes kept."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from genderlens.findings import Finding, Refused

STATISTICAL = (".dta", ".sav", ".zsav", ".por", ".sas7bdat", ".xpt")  # Stata, SPSS, SAS
TEXT = (".csv", ".tsv", ".txt")
KINDS = (".parquet", *TEXT, ".xlsx", *STATISTICAL)
ROWS = 100_000  # of one chunk
NOTHING = ["", "NA", "N/A", "NaN", "NULL"]  # what stands for no answer in CSV
SEPARATORS = (",", ";", "\t", "|")
# No truth values: Yes and No are answers, and a domain is named by what the file says.
TYPES = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"]
COPY = """
COPY (FROM read_csv($file, header=true, delim=$separator, nullstr=$nothing, auto_type_candidates=$types,
    decimal_separator=$decimal, sample_size=-1)) TO '{}' (FORMAT parquet)"""
LABELS = b"genderlens.labels"


def as_parquet(
    paths: Sequence[Path], scratch: Path, *, encoding: str = "", separator: str = ""
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """The same files as Parquet, written into `scratch` unless they are Parquet already, and what was found.

    Args:
        paths: one table's files.
        scratch: an existing folder for what is made here; the caller empties it.
        encoding: of a CSV file. Without it: UTF-8, else UTF-16 if it says so, else Windows-1252 with a warning.
        separator: of a CSV file. Without it DuckDB finds it out.

    Raises:
        Refused: a file is missing, empty, of an unknown kind or broken.
    """
    made: list[Path] = []
    findings: list[Finding] = []
    for number, path in enumerate(paths):
        kind = path.suffix.lower()
        if not path.is_file():
            raise Refused(Finding("stop", "no-file", str(path), "is not there.", "Look at the name and the folder."))
        if kind not in KINDS:
            what = "is of a kind that is not read."
            raise Refused(Finding("stop", "unknown-kind", path.name, what, f"Give one of {', '.join(KINDS)}."))
        if path.stat().st_size == 0:
            raise Refused(Finding("stop", "empty", path.name, "is empty: not even a heading.", "Export it again."))
        target = scratch / f"{number}-{path.stem}-{len(list(scratch.iterdir()))}.parquet"
        if kind == ".parquet":
            target = path
        elif kind in STATISTICAL:
            _from_statistics(path, target)
        else:
            text = path
            if kind == ".xlsx":
                text = _from_excel(path, target.with_suffix(".csv"))
            else:
                found, warning = _encoding(path, encoding)
                findings += warning
                if found not in ("utf-8", "utf-8-sig"):
                    text = _in_utf8(path, target.with_suffix(".csv"), found)
            _from_text(text, target, path.name, separator)
        _not_empty(target, path.name)
        made.append(target)
    return tuple(made), tuple(findings)


def labels(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Column -> code, as text -> its words, of a Parquet file that `as_parquet` made from a labelled one."""
    kept = (pq.read_schema(path).metadata or {}).get(LABELS)
    found: dict[str, dict[str, str]] = json.loads(kept) if kept else {}
    return found


def _not_empty(path: Path, name: str) -> None:
    try:
        rows = pq.read_metadata(path).num_rows
    except pa.ArrowInvalid as error:
        what = f"is not a Parquet file: {error}."
        raise Refused(Finding("stop", "broken", name, what, "Export it again.")) from error
    if rows == 0:
        raise Refused(Finding("stop", "empty", name, "has a heading but no rows.", "Export it again with its rows."))


# --- Stata, SPSS, SAS -------------------------------------------------------------------------------------------------


def _from_statistics(path: Path, target: Path) -> None:
    """Codes stay numbers; user-defined missing values are nulls; dates stay the numbers the package stores."""
    import pyreadstat

    reader: Any = {
        ".dta": pyreadstat.read_dta, ".sav": pyreadstat.read_sav, ".zsav": pyreadstat.read_sav,
        ".por": pyreadstat.read_por, ".sas7bdat": pyreadstat.read_sas7bdat, ".xpt": pyreadstat.read_xport,
    }[path.suffix.lower()]  # fmt: skip
    # Where the number of rows is not in the file, pyreadstat's plain lists overflow; its frames do not.
    form: Any = "pandas" if path.suffix.lower() in (".xpt", ".por") else "dict"
    draft, whole = target.with_suffix(".draft"), set[str]()
    try:
        chunks = pyreadstat.read_file_in_chunks(
            reader, str(path), chunksize=ROWS, output_format=form, disable_datetime_conversion=True
        )
        writer: pq.ParquetWriter | None = None
        for columns, meta in chunks:
            lists = columns if isinstance(columns, dict) else columns.to_dict("list")
            table = _typed(lists, meta.readstat_variable_types)
            if writer is None:
                schema = table.schema.with_metadata({LABELS: json.dumps(_labelled(meta)).encode()})
                writer, whole = pq.ParquetWriter(draft, schema), _numbers(schema)
            whole = {name for name in whole if _is_whole(table.column(name))}
            writer.write_table(table.replace_schema_metadata(schema.metadata))
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
        what = f"cannot be read: {error}."
        raise Refused(Finding("stop", "broken", path.name, what, "Save it again, or as CSV.")) from error
    if writer is None:
        raise Refused(Finding("stop", "empty", path.name, "has no rows.", "Export it again with its rows."))
    writer.close()
    _with_whole_numbers(draft, target, whole)
    draft.unlink()


def _typed(columns: Mapping[str, Any], kinds: Mapping[str, str]) -> pa.Table:
    made = {}
    for name, values in columns.items():
        if kinds.get(name) == "string":
            made[name] = pa.array(
                [value if isinstance(value, str) and value else None for value in values], pa.string()
            )
        else:
            made[name] = pa.array(
                [None if value is None else float(value) for value in values], pa.float64(), from_pandas=True
            )
    return pa.table(made)


def _labelled(meta: Any) -> dict[str, dict[str, str]]:
    return {
        column: {_code(code): str(words) for code, words in codes.items()}
        for column, codes in meta.variable_value_labels.items()
    }


def _code(code: object) -> str:
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _numbers(schema: pa.Schema) -> set[str]:
    return {field.name for field in schema if pa.types.is_floating(field.type)}


def _is_whole(column: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.equal(column, pc.trunc(column)), skip_nulls=True).as_py() is not False) and bool(
        pc.all(pc.less(pc.abs(column), 2.0**53), skip_nulls=True).as_py() is not False
    )


def _with_whole_numbers(draft: Path, target: Path, whole: set[str]) -> None:
    """These packages store every number as a float; codes read better, and group faster, as the integers they are."""
    kept = pq.ParquetFile(draft)
    fields = [f.with_type(pa.int64()) if f.name in whole else f for f in kept.schema_arrow]
    schema = pa.schema(fields, kept.schema_arrow.metadata)
    with pq.ParquetWriter(target, schema) as writer:
        for batch in kept.iter_batches(ROWS):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    kept.close()


# --- text and sheets --------------------------------------------------------------------------------------------------


def _encoding(path: Path, said: str) -> tuple[str, list[Finding]]:
    """The encoding of a text file, looked for in all of it."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if said:
        candidates = [said]
    elif start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "cp1252"]
    problems: list[str] = []
    for candidate in candidates:
        if (problem := _undecodable(path, candidate)) is None:
            if candidate != "cp1252" or said:
                return candidate, []
            what = f"is not UTF-8 ({problems[0]}); read as Windows-1252."
            mend = "Look at the accents; another encoding is named by `encoding:` in a declaration."
            return candidate, [Finding("warning", "encoding", path.name, what, mend)]
        problems.append(problem)
    mend = "Save it as CSV UTF-8, or name its encoding in a declaration."
    raise Refused(Finding("stop", "encoding", path.name, f"cannot be read as {said or 'text'}: {problems[0]}.", mend))


def _undecodable(path: Path, encoding: str) -> str | None:
    """Where the file is not of this encoding; None if it is."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        return f"there is no encoding “{encoding}”"
    line = 1
    with path.open("rb") as stream:
        while True:
            part = stream.read(1 << 20)
            try:
                decoder.decode(part, final=not part)
            except UnicodeDecodeError as error:
                return f"line {line + error.object[: error.start].count(10)} has byte 0x{error.object[error.start]:02X}"
            if not part:
                return None
            line += part.count(b"\n")


def _in_utf8(path: Path, target: Path, encoding: str) -> Path:
    with path.open(encoding=encoding, newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
        while part := old.read(1 << 20):
            new.write(part)
    return target


def _from_text(path: Path, target: Path, name: str, separator: str) -> None:
    """DuckDB reads it in a stream; every row is looked at before the types are settled."""
    import duckdb

    with path.open(encoding="utf-8-sig") as stream:
        heading = next((line for line in stream if line.strip()), "")
    separator = separator or max(SEPARATORS, key=heading.count)
    with duckdb.connect(config={"memory_limit": "1GB"}) as base:
        try:
            base.execute(
                COPY.format(str(target).replace("'", "''")),
                {
                    "file": str(path),
                    "separator": separator,
                    "nothing": NOTHING,
                    "types": TYPES,
                    "decimal": _decimal(path, separator),
                },
            )
        except duckdb.Error as error:
            what = _irregular(path, separator) or f"cannot be read as a table: {str(error).splitlines()[0]}"
            mend = "Give every row as many cells as the heading, or name the `separator:` in a declaration."
            raise Refused(Finding("stop", "broken", name, f"{what}.", mend)) from error


def _decimal(path: Path, separator: str) -> str:
    """A comma where the first rows have numbers such as 3,5 and none such as 3.5."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in islice(csv.reader(stream, delimiter=separator), 1000) for cell in row]
    found = {mark for mark in ".," if any(re.fullmatch(rf"-?\d+[{mark}]\d+", cell.strip()) for cell in cells)}
    return "," if found == {","} else "."


def _irregular(path: Path, separator: str) -> str:
    """The first row of another length than the heading."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, delimiter=separator)
        heading = len(next(reader, []))
        for row in reader:
            if row and len(row) != heading:
                return f"is not a regular table: line {reader.line_num} has {len(row)} cells, the heading {heading}"
    return ""


def _from_excel(path: Path, target: Path) -> Path:
    """The first sheet as CSV; its first row is the heading."""
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        with target.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(_filled(book.worksheets[0].iter_rows(values_only=True)))
        book.close()
    except (BadZipFile, InvalidFileException, KeyError, OSError) as error:
        what = f"is not an Excel workbook: {error}."
        raise Refused(Finding("stop", "broken", path.name, what, "Save it as .xlsx or CSV.")) from error
    if target.stat().st_size == 0:
        raise Refused(Finding("stop", "empty", path.name, "its first sheet is empty.", "Move the answers there."))
    return target


def _filled(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Rows with something in them, cut or filled to the width of the heading."""
    width = 0
    for row in rows:
        if not width:
            width = len(row) - next((i for i, cell in enumerate(reversed(row)) if cell is not None), len(row))
        if width and any(cell is not None for cell in row):
            yield ["" if cell is None else cell for cell in (*row[:width], *[None] * (width - len(row)))]
