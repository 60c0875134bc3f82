"""What the columns of a sheet seem to be: sex, answers to count, and what must not leave it (names, telephones).

A guess is shown and can be changed; it is never a silent choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from genderlens import strict
from genderlens.surveys import coded, sexes
from genderlens.surveys.opened import values

if TYPE_CHECKING:
    from ibis.expr.types import Table

CHOICES = 12  # a column of more different answers is a number or a text
LONG = 60  # characters: an answer of such a length was written, not chosen
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
PHONE = r"^\+?[\d\s().-]{7,17}$"
POINT = r"^-?\d{1,3}\.\d{3,}[ ,;]+-?\d{1,3}\.\d{3,}"


@cache
def known() -> Mapping[str, Any]:
    """The words of headings, from guess.yaml."""
    text = resources.files("genderlens.surveys").joinpath("guess.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = strict.read(text, "guess.yaml")
    return found


@dataclass(frozen=True)
class Guess:
    """What each column seems to be. `codes` are those of the sex column: code -> f, m or x."""

    rows: int
    columns: tuple[str, ...]
    sex: str
    codes: Mapping[str, str]
    questions: tuple[str, ...]  # columns with few different answers
    numbers: tuple[str, ...]
    left_out: Mapping[str, str]  # column -> why
    design: Mapping[str, str]  # weight, strata, cluster -> the column that looks like it


@dataclass(frozen=True)
class _Column:
    name: str
    number: bool
    dated: bool
    answers: int
    different: int
    longest: int
    emails: int
    phones: int
    points: int


def guess(table: Table, labels: Mapping[str, Mapping[str, str]] | None = None) -> Guess:
    """Looks at every column in one query, then at the words of those that may be the sex."""
    columns = _profile(table)
    rows = int(table.count().to_pyarrow().as_py())
    sex, codes = _sex(table, columns, labels or {})
    design = {part: name for part, words in known()["design"].items() if (name := _named(table.columns, words))}
    left_out: dict[str, str] = {}
    questions: list[str] = []
    numbers: list[str] = []
    for column in columns:
        if column.name == sex:
            continue
        if column.name in design.values():
            left_out[column.name] = "part of the design of a sample"
        elif why := _why_not(column, rows):
            left_out[column.name] = why
        elif column.number and column.different > CHOICES:
            numbers.append(column.name)
        else:
            questions.append(column.name)
    return Guess(rows, tuple(table.columns), sex, codes, tuple(questions), tuple(numbers), left_out, design)


def heading_words(heading: str) -> set[str]:
    """The words of a heading as people and forms write them, and the heading itself.

    >>> sorted(heading_words("_GPS_latitude")), sorted(heading_words("Datos/Teléfono"))
    (['_gps_latitude', 'gps', 'gps_latitude', 'latitude'], ['datos', 'datos/telefono', 'telefono'])
    """
    return set(_parts(heading)) | _whole(heading)


def _parts(heading: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9-]+", sexes.plain(heading)) if word]


def _whole(heading: str) -> set[str]:
    """The heading as one word; of a grouped question, its last part too."""
    plain = sexes.plain(heading)
    return {plain, plain.strip("_"), plain.rpartition("/")[2]}


def _profile(table: Table) -> list[_Column]:
    answers: dict[str, Any] = {}
    for i, name in enumerate(table.columns):
        text = coded.as_text(table[name])
        answers |= {
            f"n{i}": table[name].count(), f"d{i}": text.nunique(), f"l{i}": text.length().max(),
            f"e{i}": text.re_search(EMAIL).sum(), f"p{i}": text.re_search(PHONE).sum(),
            f"g{i}": text.re_search(POINT).sum(),
        }  # fmt: skip
    row = table.aggregate(**answers).to_pyarrow().to_pylist()[0]
    kinds = [table[name].type() for name in table.columns]
    return [
        _Column(name, kind.is_numeric(), kind.is_temporal(), *(int(row[f"{letter}{i}"] or 0) for letter in "ndlepg"))
        for i, (name, kind) in enumerate(zip(table.columns, kinds, strict=True))
    ]


def _why_not(column: _Column, rows: int) -> str:
    """Why a column is left out; empty if it may be counted."""
    if not column.answers:
        return "nobody answered"
    # "Do you feel safe in the street?" is a question; a column called street with many different answers is not.
    many = column.different > CHOICES or column.different > column.answers / 2
    for why, listed in known()["left_out_always"].items():
        if set(_parts(column.name)) & set(listed):
            return str(why)
    for why, listed in known()["left_out"].items():
        if _whole(column.name) & set(listed) or (many and set(_parts(column.name)) & set(listed)):
            return str(why)
    most = column.answers / 2
    if column.emails > most:
        return "an address for letters"
    if column.points > most:
        return "a place on the map"
    if column.phones > most and column.different > most and column.longest >= 7:
        return "a telephone, or a number that names a person"
    if column.dated:
        return "dates"
    written = column.longest > LONG and column.different > column.answers / 4
    if not column.number and (column.different > CHOICES or written):
        return "text people wrote"
    if column.number and column.different == rows > CHOICES:
        return "a number that names each row"
    return ""


def _sex(
    table: Table, columns: Sequence[_Column], labels: Mapping[str, Mapping[str, str]]
) -> tuple[str, dict[str, str]]:
    """The column that is called sex, else the one whose words are women's and men's."""
    few = [column for column in columns if 0 < column.different <= CHOICES]
    called = [column for column in few if heading_words(column.name) & set(known()["sex"])]
    for column in called:
        if codes := coded.told(table, column.name, labels.get(column.name, {})):
            return column.name, codes
    for column in few:
        if not column.number and not column.dated and column not in called:
            codes = sexes.told([coded.as_code(value) for value in values(table, column.name, CHOICES + 1)])
            if {"f", "m"} <= set(codes.values()):
                return column.name, codes
    return (called[0].name, {}) if called else ("", {})


def _named(columns: Iterable[str], words: Sequence[str]) -> str:
    plain = {sexes.plain(column): column for column in columns}
    return next((plain[word] for word in words if word in plain), "")
