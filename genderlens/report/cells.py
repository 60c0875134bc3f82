"""The cells of a table as people read them, for the page and for paper alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from genderlens.words import day, number, say


@dataclass(frozen=True)
class Column:
    name: str
    numeric: bool
    texts: list[str]


def columns(rows: pa.Table, language: str) -> list[Column]:
    """A missing figure is said, never an empty cell or a zero.

    A column of texts that stand for numbers ("12.0", "−3", "–") is set like numbers.
    """
    shown = []
    for field, values in zip(rows.schema, rows.columns, strict=True):
        texts = [_text(value, field.type, language) for value in values.to_pylist()]
        numeric = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or _look_like_numbers(texts)
        shown.append(Column(field.name, numeric, texts))
    return shown


def _text(value: Any, of: pa.DataType, language: str) -> str:
    if value is None or (pa.types.is_floating(of) and value != value):
        return "–"
    if pa.types.is_boolean(of):
        return say(language, "report.yes" if value else "report.no")
    if pa.types.is_integer(of):
        return number(language, value, 0)
    if pa.types.is_floating(of):
        return number(language, value)
    return day(language, value) if pa.types.is_date(of) else str(value)


def _look_like_numbers(texts: list[str]) -> bool:
    signs = set("0123456789.,%−-–+ \u00a0()")
    return any(text != "–" for text in texts) and all(text and set(text) <= signs for text in texts)
