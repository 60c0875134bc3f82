"""The rules asked of many rows in memory are Django's own, and the grammar of the sheets holds together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import translation

from jwp.core.workbook.cells import text
from jwp.core.workbook.constraints import broken
from jwp.core.workbook.sheets import REF, REVISION, WHY, Kind, Sheet, in_every_language
from jwp.desk.workbook import BOOK

WITH_CHECKS = [
    sheet.model for sheet in BOOK if any(isinstance(c, CheckConstraint) for c in sheet.model._meta.constraints)
]


def fields_of(condition: Any) -> Iterator[str]:
    if isinstance(condition, Q):
        for child in condition.children:
            yield from fields_of(child)
        return
    path, asked = condition
    yield path.partition("__")[0]
    if isinstance(asked, F):
        yield asked.name  # type: ignore[attr-defined]


def samples(field: Any) -> list[Any]:
    if isinstance(field, models.DateTimeField):
        return [None, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)]
    if isinstance(field, models.DateField):
        return [None, date(2026, 1, 1), date(2026, 1, 2)]
    if isinstance(field, models.DecimalField):
        return [None, Decimal(1), Decimal(2)]
    if isinstance(field, models.IntegerField):
        return [None, 0, 1, 2]
    if field.choices:
        return [value for value, _label in field.choices]
    return ["", "x"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", WITH_CHECKS, ids=lambda model: model.__name__)
def test_check_constraints_mean_the_same_here_as_in_the_database(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        if not isinstance(constraint, CheckConstraint):
            continue
        names = sorted(set(fields_of(constraint.condition)))
        plain = [name for name in names if not isinstance(model._meta.get_field(name), models.ForeignKey)]
        for values in itertools.islice(
            itertools.product(*(samples(model._meta.get_field(name)) for name in plain)), 200
        ):
            row = model(**dict(zip(plain, values, strict=True)))
            try:
                constraint.validate(model, row)
                said = ""
            except ValidationError as error:
                said = error.messages[0]
            assert (said in set(broken(row))) is bool(said), (constraint.name, values)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_sheets_and_headings_are_told_apart_in_every_language(language: str) -> None:
    with translation.override(language):
        titles = [str(sheet).casefold() for sheet in BOOK]
        assert len(set(titles)) == len(titles) and all(len(title) <= 31 for title in titles)
        assert not any(set("[]:*?/\\") & set(title) for title in titles)
        for sheet in BOOK:
            headings = [str(column).casefold() for column in (*sheet.columns, REF, REVISION, WHY)]
            assert len(set(headings)) == len(headings), (sheet.code, headings)


@pytest.mark.parametrize("sheet", BOOK, ids=lambda sheet: sheet.code)
def test_no_heading_of_one_language_means_another_column_in_the_next(sheet: Sheet) -> None:
    meant: dict[str, str] = {}
    for column in (*sheet.columns, REF, REVISION, WHY):
        for word in in_every_language(column.heading):
            assert meant.setdefault(word, column.field) == column.field, word


@pytest.mark.parametrize("sheet", BOOK, ids=lambda sheet: sheet.code)
def test_every_sheet_is_written_by_somebody_or_says_how_else(sheet: Sheet) -> None:
    assert sheet.may or text(str(sheet.closed))
    known = {other.model for other in BOOK}
    for column in sheet.columns:
        assert column.to is None or column.to in known
        assert (column.to is not None) == (column.kind in (Kind.ROW, Kind.ROWS))
        assert (column.kind == Kind.CHOICE) == bool(column.choices)
        if not column.virtual:
            sheet.model._meta.get_field(column.field)
