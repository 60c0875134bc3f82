"""The workbook as a whole: every room's sheets in the order they build on each other, empty or full."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.models import Partnership, Row
from jwp.core.workbook.sheets import Kind, Sheet
from jwp.core.workbook.writing import Book, Page
from jwp.evidence import exchange as evidence
from jwp.governance import exchange as governance
from jwp.grants import exchange as grants
from jwp.grants.access import refs_kept_from
from jwp.indicators import exchange as indicators
from jwp.instruments import exchange as instruments
from jwp.partners import exchange as partners
from jwp.plans import exchange as plans
from jwp.reviews import exchange as reviews

BOOK: tuple[Sheet, ...] = (
    *partners.SHEETS, *evidence.SHEETS, *indicators.SHEETS, *instruments.SHEETS, *plans.SHEETS,
    *grants.SHEETS, *reviews.SHEETS, *governance.SHEETS,
)  # fmt: skip
SHEETS: dict[type[Row], Sheet] = {sheet.model: sheet for sheet in BOOK}


def template() -> bytes:
    """The empty workbook, in the language of the moment. Its lists offer what is here already."""
    labels = {model: dict(_labels(model)) for model in _referred(BOOK)}
    about = [_("A workbook for your data"), *_how_to()]
    names = {model: list(known.values()) for model, known in labels.items()}
    return Book([Page(sheet, ()) for sheet in BOOK], about, names).write()


def export(actor: Actor) -> bytes:
    """Everything, as a workbook that brought in again changes nothing."""
    partnership = Partnership.get()
    kept = refs_kept_from(actor)  # by a conflict of interest
    labels = {model: dict(_labels(model, kept)) for model in _referred(BOOK)}
    about = [
        partnership.name if partnership else _("Workbook"),
        _("As of %(day)s.") % {"day": date_format(actor.today)},
    ]
    if partnership and partnership.fictional:
        about.append(_("Everything in this workbook is a fictional example."))
    pages = [Page(sheet, _rows(sheet, labels, kept)) for sheet in BOOK]
    return Book(pages, [*about, *_how_to()], {model: list(known.values()) for model, known in labels.items()}).write()


def _how_to() -> list[str]:
    return [
        _("Each sheet is one noun; each row one of them. Headings with * must be filled in."),
        _("To add: write a new row and leave its reference and revision empty. To change: change the row."),
        _("A row you remove stays as it is here: nothing is ever deleted by a workbook."),
        _("Click on a cell to see what belongs there. Grey cells are for reading only."),
        _("Dates: 2026-12-31. A row of another sheet is chosen from the list, or named."),
        _("Bring it back under “Bring your data in”: you see every change and mistake before it counts."),
    ]


def _referred(sheets: Sequence[Sheet]) -> set[type[Row]]:
    return {column.to for sheet in sheets for column in sheet.columns if column.to is not None}


def _labels(model: type[Row], kept: Collection[str] = ()) -> Iterator[tuple[Any, str]]:
    sheet = SHEETS[model]
    return ((row.pk, sheet.label(row)) for row in sheet.rows() if row.ref not in kept)


def _rows(
    sheet: Sheet, labels: dict[type[Row], dict[Any, str]], kept: Collection[str]
) -> Iterator[Sequence[Any]]:  # fmt: skip
    for row in sheet.rows().iterator(chunk_size=2000):
        if row.ref in kept:
            continue
        yield [row.ref, row.revision, *_cells(sheet, row, labels)]


def _cells(sheet: Sheet, row: Any, labels: dict[type[Row], dict[Any, str]]) -> Iterable[Any]:
    for column in sheet.columns:
        if column.virtual:
            value = column.show(row) if column.show else None
            if column.to is None:
                yield column.cell(value) if value is not None else None
            else:
                rows = value if isinstance(value, list) else [value] if value else []
                yield "; ".join(labels[column.to][row.pk] for row in rows) or None
        elif column.kind == Kind.ROW and column.to is not None:
            yield labels[column.to].get(getattr(row, f"{column.field}_id"))
        else:
            yield column.cell(getattr(row, column.field))
