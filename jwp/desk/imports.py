"""Bringing a workbook in: checked, applied wholly or in its good rows, undone while nobody built on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, open_door
from jwp.core.journal import ERASED
from jwp.core.models import Entry, Row
from jwp.core.workbook.reading import Line, check_file, read
from jwp.core.workbook.sheets import WHY, Sheet
from jwp.core.workbook.writing import Book, Page
from jwp.desk.models import Import
from jwp.desk.weighing import Fate, Verdict, weigh
from jwp.desk.workbook import BOOK, SHEETS

IMPORTERS = (GENDER_TEAM, DIRECTOR, ADMINISTRATOR)
CHECKED, APPLIED, UNDONE, DROPPED = "checked", "applied", "undone", "dropped"


def require_importer(actor: Actor) -> None:
    if not actor.has(*IMPORTERS):
        raise Refused(_("Only the gender team, the Director and the administrator may bring data in."))


def visible_imports(actor: Actor) -> QuerySet[Import]:
    imports = Import.objects.select_related("by")
    return imports if actor.has(*IMPORTERS) else imports.none()


def check_book(actor: Actor, file: IO[bytes], name: str, size: int) -> Import:
    """Read a workbook and keep what it would change, for `apply`. Nothing else is written."""
    require_importer(actor)
    check_file(file, name, size, settings.BOOK_LIMIT)
    lines = read(file, name, BOOK)
    if not lines:
        raise Refused(_("%(name)s holds no rows: write some below the headings first.") % {"name": name})
    verdicts = weigh(actor, lines)
    rows = [verdict.line.as_json() for verdict in verdicts if verdict.fate != Fate.UNCHANGED]
    with open_door(actor) as door:
        return door.add(
            Import(
                file_name=name[:255],
                by_id=actor.person_id,
                at=door.at,
                state=CHECKED,
                counts=counts(verdicts),
                rows=rows,
            ),
            verb="check",
        )


def difference(actor: Actor, imported: Import) -> list[Verdict]:
    """What it would change, as things stand now."""
    return weigh(actor, map(Line.from_json, imported.rows))


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    found = Counter(verdict.fate.value for verdict in verdicts)
    return {fate.value: found[fate.value] for fate in Fate}


def apply(actor: Actor, ref: str, revision: int | None = None, *, good_only: bool = False) -> Import:
    """Write every row in one transaction; with `good_only` the refused ones stay, to be put right."""
    require_importer(actor)
    imported = visible_imports(actor).filter(ref=ref).first()
    if imported is None:
        raise Refused(_("There is no such import."))
    verdicts = difference(actor, imported)
    refused = [verdict for verdict in verdicts if verdict.fate == Fate.REFUSED]
    if refused and not good_only:
        raise Refused(
            _("%(n)d rows are refused. Put them right, or bring in the good rows only.") % {"n": len(refused)}
        )
    with open_door(actor) as door:
        imported = door.lock(Import, ref, revision)
        if imported.state != CHECKED:
            raise Refused(_("This was brought in already."))
        write(door, verdicts)
        kept = counts(verdicts) | {"unchanged": imported.counts.get("unchanged", 0)}
        rows = [_with_faults(verdict).as_json() for verdict in refused]
        return door.change(imported, "bring in", state=APPLIED, batch=door.batch, counts=kept, rows=rows)


def drop(actor: Actor, ref: str) -> Import:
    """Forget what was checked and not brought in."""
    require_importer(actor)
    with open_door(actor) as door:
        imported = door.lock(Import, ref)
        if imported.state != CHECKED:
            raise Refused(_("This was brought in already."))
        return door.change(imported, "drop", state=DROPPED, rows=[], mapping={})


def write(door: Door, verdicts: Sequence[Verdict]) -> None:
    """Add and change in the order of the sheets. If a room's verb refuses, nothing is written at all."""
    try:
        for sheet in BOOK:
            mine = [verdict for verdict in verdicts if verdict.sheet is sheet]
            _add(door, sheet, [verdict for verdict in mine if verdict.fate == Fate.ADD])
            _change(door, sheet, [verdict for verdict in mine if verdict.fate == Fate.CHANGE])
        for verdict in verdicts:
            if verdict.fate == Fate.ADD and verdict.sheet and verdict.sheet.finish:
                with _told(verdict):
                    verdict.sheet.finish(door.actor, verdict.row, verdict.extra)
    except IntegrityError as error:
        raise Refused(
            _("Somebody changed something that this builds on, just now. Nothing was written: try again.")
        ) from error


@contextmanager
def _told(verdict: Verdict) -> Iterator[None]:
    """A refusal says which row of the workbook it is about."""
    try:
        yield
    except Refused as error:
        raise Refused(*(f"{verdict.where}: {reason}" for reason in error.reasons)) from error
    except ValidationError as error:
        raise Refused(*(f"{verdict.where}: {reason}" for reason in error.messages)) from error


def _add(door: Door, sheet: Sheet, verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        with _told(verdict):
            if sheet.add:
                made = sheet.add(door.actor, verdict.row, verdict.extra)
                # Later sheets point at the row we read, which the verb may have made anew.
                verdict.row.pk, verdict.row.ref, verdict.row.revision = made.pk, made.ref, made.revision
            elif sheet.prepare:
                sheet.prepare(door.actor, verdict.row)
    selves = [column.field for column in sheet.columns if column.to is sheet.model]
    waiting = [] if sheet.add else [verdict.row for verdict in verdicts]
    while waiting:
        ready = [row for row in waiting if all(_is_saved(getattr(row, name)) for name in selves)]
        if not ready:
            raise Refused(_("Rows of “%(sheet)s” name each other in a circle.") % {"sheet": sheet})
        door.add_all(ready)
        waiting = [row for row in waiting if row.pk is None]


def _is_saved(row: Row | None) -> bool:
    return row is None or row.pk is not None


def _change(door: Door, sheet: Sheet, verdicts: list[Verdict]) -> None:
    if sheet.change:
        for verdict in verdicts:
            with _told(verdict):
                sheet.change(door.actor, verdict.before, verdict.changes, verdict.extra)
        return
    refs = [verdict.before.ref for verdict in verdicts]
    locked: dict[str, Any] = {}
    for start in range(0, len(refs), 500):
        rows = sheet.model.objects.select_for_update().filter(ref__in=refs[start : start + 500])
        locked |= {row.ref: row for row in rows}
    for verdict in verdicts:
        row = locked[verdict.before.ref]
        if row.revision != verdict.before.revision:
            raise Refused(_("%(where)s: somebody changed this row just now. Try again.") % {"where": verdict.where})
        door.change(row, **verdict.changes)


def _with_faults(verdict: Verdict) -> Line:
    return Line(verdict.line.sheet, verdict.line.number, verdict.line.cells, verdict.faults)


def refused_book(actor: Actor, imported: Import) -> bytes:
    """The refused rows as a workbook of their own, each with what to put right."""
    lines = [Line.from_json(kept) for kept in imported.rows]
    if imported.state == CHECKED:
        lines = [_with_faults(v) for v in difference(actor, imported) if v.fate == Fate.REFUSED]
    pages = []
    for sheet in BOOK:
        if mine := [line for line in lines if line.sheet == sheet.code and line.faults]:
            page = Page(sheet, (), refused=True)
            fields = [column.field for column in page.heads if column is not WHY]
            page.rows = [[*(line.cells.get(field) for field in fields), _reasons(line)] for line in mine]
            pages.append(page)
    about = [
        _("Rows that were not brought in"),
        _("The last column says what to put right. Mend the rows and bring this workbook in."),
    ]
    return Book(pages, about).write()


def _reasons(line: Line) -> str:
    return "\n".join(f"{heading}: {why}" if heading else why for heading, why in line.faults)


def undo(actor: Actor, ref: str) -> Import:
    """Take back what an import added and put back what it changed, unless somebody edited it since."""
    require_importer(actor)
    with open_door(actor) as door:
        imported = door.lock(Import, ref)
        if imported.state != APPLIED:
            raise Refused(_("Only what was brought in can be undone."))
        entries = [
            entry
            for entry in Entry.objects.filter(batch=imported.batch).order_by("-seq")
            if entry.noun != Import.noun() and "revision" in entry.facts
        ]
        rows = _as_left(entries)
        reason = _("undone: %(import)s") % {"import": imported}
        # Rows that were added one after the other are taken back together.
        for (noun, added), group in groupby(entries, key=lambda entry: (entry.noun, _adds(entry))):
            here = [(rows[noun, entry.ref], entry) for entry in group]
            if added:
                _take_back(door, [row for row, _entry in here], reason)
            else:
                for row, entry in here:
                    _put_back(door, row, entry, reason)
        return door.change(imported, "undo", state=UNDONE, rows=[], mapping={})


def _as_left(entries: Sequence[Entry]) -> dict[tuple[str, str], Any]:
    """The rows an import wrote, locked, if each still stands as the import left it."""
    left: dict[tuple[str, str], int] = {}
    for entry in entries:
        left.setdefault((entry.noun, entry.ref), entry.facts["revision"])
    rows: dict[tuple[str, str], Any] = {}
    for noun in {noun for noun, _ref in left}:
        refs = [ref for known, ref in left if known == noun]
        for start in range(0, len(refs), 500):
            found = apps.get_model(noun)._default_manager.select_for_update().filter(ref__in=refs[start : start + 500])
            rows |= {(noun, row.ref): row for row in found}
    edited = [
        ref for (noun, ref), revision in left.items() if getattr(rows.get((noun, ref)), "revision", 0) != revision
    ]
    erased = [entry.ref for entry in entries if entry.personal == ERASED]
    if edited or erased:
        shown = ", ".join(sorted({*edited, *erased})[:10])
        raise Refused(
            _("This can no longer be undone: somebody has edited %(n)d of its rows since (%(refs)s).")
            % {"n": len({*edited, *erased}), "refs": shown}
        )
    return rows


def _adds(entry: Entry) -> bool:
    parts = (entry.facts, entry.personal or {})
    return any("after" in part for part in parts) and not any("before" in part for part in parts)


def _take_back(door: Door, rows: list[Any], reason: str) -> None:
    try:
        door.take_back_all(rows, reason=reason)
    except ProtectedError as error:
        used = sorted({str(other) for other in error.protected_objects})[:3]
        raise Refused(
            _("This can no longer be undone: what it added is used by %(others)s.") % {"others": "; ".join(used)}
        ) from error


def _put_back(door: Door, row: Any, entry: Entry, reason: str) -> None:
    before = entry.facts.get("before", {}) | (entry.personal or {}).get("before", {})
    fields = {name: _from_journal(row, name, value) for name, value in before.items()}
    sheet = SHEETS.get(type(row))
    if sheet and sheet.restore:
        sheet.restore(door.actor, row, fields, reason)
    elif fields:
        door.change(row, "restore", reason=reason, **fields)


def _from_journal(row: Row, name: str, value: Any) -> Any:
    """A value as the journal kept it, back as the field's own."""
    field = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey):
        related: Any = field.related_model
        return related._default_manager.filter(ref=value).first() if value is not None else None
    assert isinstance(field, models.Field)
    return value if isinstance(field, models.JSONField) else field.to_python(value)
