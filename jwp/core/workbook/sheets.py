"""The grammar of the workbook: a sheet a noun, a column a field, declared in each room's `exchange.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.models import Row
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell, Unreadable

Words = str | Promise


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    COUNT = "count"  # a number, or so many out of so many: 12/40
    DATE = "date"
    YES = "yes"
    CHOICE = "choice"
    ROW = "row"  # names a row of another sheet
    ROWS = "rows"
    LIST = "list"
    WHOLES = "wholes"


@dataclass(frozen=True, eq=False)
class Column:
    """One column. `to` is the noun a cell names. `fixed` says why a cell is for reading only, and where its
    value changes; `lasting` the same of a cell that is written once, with its row."""

    field: str
    heading: Words
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: tuple[tuple[Any, Words], ...] = ()
    to: type[Row] | None = None
    hint: Words = ""
    fixed: Words = ""
    lasting: Words = ""
    # Not a field of the row: `show` reads it, the sheet's `add` and `change` write it. Without `show` it only
    # says something about the change, such as its reason.
    virtual: bool = False
    show: Callable[[Any], Any] | None = None
    personal: bool = False

    def __str__(self) -> str:
        return capfirst(str(self.heading))

    @property
    def prompt(self) -> str:
        """What Excel says beside the cell."""
        return str(self.fixed or self.hint) or {
            Kind.DATE: _("A date, such as 2026-12-31."),
            Kind.NUMBER: _("A number, such as 1234.5."),
            Kind.WHOLE: _("A whole number."),
            Kind.YES: _("Yes or no."),
            Kind.CHOICE: _("Choose one of the list."),
            Kind.COUNT: _("A number, or so many out of so many, such as 12/40."),
            Kind.ROW: _("Choose one of the list, or write its name or reference."),
            Kind.ROWS: _("Names or references, with semicolons between them."),
            Kind.LIST: _("Several, with semicolons between them."),
            Kind.WHOLES: _("Whole numbers, with commas between them."),
        }.get(self.kind, "")

    def read(self, cell: Cell) -> Any:
        """The value a cell stands for; of a row the words that name it. Raises Unreadable."""
        if cells.text(cell) == "":
            many: list[Any] = []
            none = dict.fromkeys((Kind.LIST, Kind.ROWS, Kind.WHOLES), many)
            return none.get(self.kind, "" if self.kind in (Kind.TEXT, Kind.CHOICE, Kind.COUNT) else None)
        match self.kind:
            case Kind.NUMBER:
                return cells.number(cell)
            case Kind.WHOLE:
                return cells.whole(cell)
            case Kind.DATE:
                return cells.day(cell)
            case Kind.YES:
                return cells.yes(cell)
            case Kind.CHOICE:
                return self._choice(cells.text(cell))
            case Kind.COUNT:
                part, slash, of = cells.text(cell).partition("/") if isinstance(cell, str) else (cell, "", "")
                return cells.digits(cells.number(part)) + (f"/{cells.digits(cells.number(of))}" if slash else "")
            case Kind.LIST | Kind.ROWS:
                return [word.strip() for word in cells.text(cell).split(";") if word.strip()]
            case Kind.WHOLES:
                words = cells.text(cell).replace(";", ",").split(",")
                return [cells.whole(word) for word in words if word.strip()]
            case _:
                return cells.text(cell)

    def _choice(self, word: str) -> Any:
        for value, label in self.choices:
            if word.casefold() == str(value).casefold() or word.casefold() in in_every_language(label):
                return value
        known = ", ".join(str(label) for _value, label in self.choices)
        raise Unreadable(_("“%(cell)s” is not in the list. Write one of: %(known)s.") % {"cell": word, "known": known})

    def cell(self, value: Any) -> Cell | date | Decimal:
        """A value as the workbook shows it (a row is shown by its sheet's label)."""
        if value is None or value == "":
            return None
        match self.kind:
            case Kind.YES:
                return _("yes") if value else _("no")
            case Kind.CHOICE:
                return next((str(label) for code, label in self.choices if code == value), str(value))
            case Kind.COUNT:
                return value if "/" in value else Decimal(value)
            case Kind.LIST:
                return "; ".join(map(str, value)) or None
            case Kind.WHOLES:
                return ", ".join(map(str, value)) or None
            case Kind.TEXT:
                return cells.text(value)
            case _:
                return value  # type: ignore[no-any-return]


Extra = Mapping[str, Any]


@dataclass
class Candidate:
    """A row that would be added (`before` is None) or changed; `refuse(field, what to write instead)`."""

    row: Any
    before: Any
    changed: frozenset[str]
    extra: Extra
    refuse: Callable[[str, str], None]


def _named(row: Any) -> tuple[str, ...]:
    return (str(row),)


@dataclass(frozen=True, eq=False)
class Sheet:
    """One noun's sheet, written by the roles in `may`; where nobody may, `closed` says how else.

    `key`: the fields by which a row without a reference is recognised as one already here.
    `by_key`: such a row may also be changed, because its key is all there is to know it by.
    `names`: how other sheets may name a row; the first is what their lists show.
    `check`: the room's rules, asked of all candidates at once, outside the lock.
    `add`, `change`: the room's own verbs, where writing a row is more than writing its fields.
    `finish`: what is left to do for a new row once every sheet is written. `restore`: how a change is undone.
    """

    title: Words
    model: type[Row]
    columns: tuple[Column, ...]
    may: tuple[str, ...] = ()
    closed: Words = ""
    key: tuple[str, ...] = ()
    by_key: bool = False
    names: Callable[[Any], tuple[str, ...]] = _named
    check: Callable[[Actor, Sequence[Candidate]], None] | None = None
    prepare: Callable[[Actor, Any], None] | None = None
    add: Callable[[Actor, Any, Extra], Any] | None = None
    change: Callable[[Actor, Any, dict[str, Any], Extra], Any] | None = None
    finish: Callable[[Actor, Any, Extra], None] | None = None
    restore: Callable[[Actor, Any, dict[str, Any], str], Any] | None = None
    related: tuple[str, ...] = ()
    prefetch: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        return self.model._meta.label_lower

    def __str__(self) -> str:
        return capfirst(str(self.title))[:31]

    def rows(self) -> models.QuerySet[Any]:
        """Every row, oldest first, so that an export reads the same every day."""
        rows: models.QuerySet[Any] = self.model.objects.order_by("pk")
        return rows.select_related(*self.related).prefetch_related(*self.prefetch)

    def label(self, row: Any) -> str:
        """A row as other sheets name it: readable, and never mistaken for another."""
        name = self.names(row)[0]
        return f"{name if len(name) <= 60 else name[:59] + '…'} [{row.ref}]"

    def column(self, field: str) -> Column | None:
        return next((column for column in self.columns if column.field == field), None)


REF = Column("ref", gettext_lazy("reference"), hint=gettext_lazy("Leave empty for a new row. It never changes."))
REVISION = Column(
    "revision",
    gettext_lazy("revision"),
    Kind.WHOLE,
    hint=gettext_lazy("Leave as it is. Empty for a new row."),
)
WHY = Column("why refused", gettext_lazy("what to put right"))


def column(model: type[Row], name: str, **given: Any) -> Column:
    """The column of a field: heading, kind, list and whether it is required all come from the model."""
    field: Any = model._meta.get_field(name)
    known: dict[str, Any] = {
        "heading": field.verbose_name,
        "kind": _kind(field),
        "personal": name in model.personal,
    }
    known["required"] = not (field.blank or field.null or field.has_default()) and known["kind"] != Kind.YES
    if field.choices:
        known["choices"] = tuple((value, label) for value, label in field.choices if value != "")
    if known["kind"] == Kind.ROW:
        known["to"] = field.related_model if field.related_model != "self" else model
    if field.help_text:
        known["hint"] = field.help_text
    known |= given
    if known.get("choices"):
        known["kind"] = Kind.CHOICE
    return Column(name, **known)


def columns(model: type[Row], *names: str | Column) -> tuple[Column, ...]:
    return tuple(name if isinstance(name, Column) else column(model, name) for name in names)


def _kind(field: models.Field[Any, Any]) -> Kind:
    if field.choices:
        return Kind.CHOICE
    kinds: tuple[tuple[type, Kind], ...] = (
        (models.ForeignKey, Kind.ROW),
        (models.BooleanField, Kind.YES),
        (models.DateField, Kind.DATE),
        (models.DecimalField, Kind.NUMBER),
        (models.IntegerField, Kind.WHOLE),
        (models.JSONField, Kind.LIST),
    )
    return next((kind for of, kind in kinds if isinstance(field, of)), Kind.TEXT)


def in_every_language(words: Words | Sheet) -> set[str]:
    """How these words may be written in a workbook, whoever made it."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(words).strip().casefold())
    return found
