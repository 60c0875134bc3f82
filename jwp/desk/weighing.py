"""What a workbook would change, row by row: add, change, unchanged or refused, with every reason at once.

Nothing is written and nothing locked here. `imports.apply` asks again, then writes.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.models import Entry, Row
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Unreadable
from jwp.core.workbook.constraints import broken, keys
from jwp.core.workbook.reading import Line
from jwp.core.workbook.sheets import REF, REVISION, Candidate, Column, Kind, Sheet
from jwp.desk.names import Names
from jwp.desk.workbook import BOOK


class Fate(StrEnum):
    ADD, CHANGE, UNCHANGED, REFUSED = "add", "change", "unchanged", "refused"


@dataclass
class Verdict:
    """One row of the workbook and what becomes of it."""

    line: Line
    sheet: Sheet | None
    fate: Fate = Fate.UNCHANGED
    row: Any = None  # as it would be
    before: Any = None  # as it is; None for a new one
    values: dict[str, Any] = field(default_factory=dict)  # as read, by field
    changes: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)  # (heading, what to write instead)
    recognised: bool = False  # by its key, not by a reference

    @property
    def where(self) -> str:
        return _("%(sheet)s, row %(row)d") % {"sheet": self.sheet or self.line.sheet, "row": self.line.number}

    @property
    def name(self) -> str:
        if self.sheet is None or self.row is None:
            return ""
        try:
            return self.sheet.names(self.row)[0]
        except (ValueError, AttributeError):  # its name is made of things that could not be read
            return ""

    def refuse(self, field: str, why: str) -> None:
        column = self.sheet.column(field) if self.sheet else None
        heading = column or {"ref": REF, "revision": REVISION}.get(field) or field
        self.faults.append((str(heading), why))

    def differences(self) -> list[tuple[str, str, str]]:
        """(heading, before, after) of each change."""
        assert self.sheet is not None
        found = []
        for name, value in self.changes.items():
            column = self.sheet.column(name)
            assert column is not None
            found.append((str(column), _shown(column, getattr(self.before, name)), _shown(column, value)))
        return found


def _shown(column: Column, value: Any) -> str:
    shown = value if column.kind == Kind.ROW else column.cell(value)
    return "–" if shown is None else str(shown)


def weigh(actor: Actor, lines: Iterable[Line]) -> list[Verdict]:
    """Judge every row, sheet by sheet: what an earlier sheet adds, a later one may name."""
    by_code = {sheet.code: sheet for sheet in BOOK}
    verdicts = [Verdict(line, by_code.get(line.sheet), faults=list(line.faults)) for line in lines]
    names = Names()
    for sheet in BOOK:
        # A line without cells is one about the sheet itself, such as two columns of the same heading.
        if mine := [verdict for verdict in verdicts if verdict.sheet is sheet and verdict.line.cells]:
            _weigh_sheet(actor, sheet, mine, names)
    for verdict in verdicts:
        if verdict.faults:
            verdict.fate = Fate.REFUSED
    return verdicts


def _weigh_sheet(actor: Actor, sheet: Sheet, verdicts: Sequence[Verdict], names: Names) -> None:
    selves = [column for column in sheet.columns if column.to is sheet.model]
    others = [column for column in sheet.columns if column.to is not None and column not in selves]
    for verdict in verdicts:
        _read(verdict, sheet)
    _identify(sheet, verdicts, names)
    for verdict in verdicts:
        _resolve(verdict, others, names)
    _recognise(sheet, verdicts, names)
    for verdict in verdicts:
        if verdict.fate == Fate.ADD:
            names.learn(verdict.row)
    for verdict in verdicts:
        _resolve(verdict, selves, names)
        _compare(verdict, sheet)
    _refuse_stale(verdicts)
    moving = [v for v in verdicts if v.fate in (Fate.ADD, Fate.CHANGE)]
    for verdict in moving:
        if not actor.has(*sheet.may):
            only = _("Only these may write this sheet: %(roles)s.") % {"roles": ", ".join(sheet.may)}
            verdict.refuse("", str(sheet.closed) or only)
        _clean(verdict, sheet)
    _refuse_twins(sheet, moving, names)
    good = [v for v in moving if not v.faults]
    if sheet.check and good:
        sheet.check(actor, [Candidate(v.row, v.before, frozenset(v.changes), v.extra, v.refuse) for v in good])
    _refuse_dependent(selves, verdicts)
    for verdict in verdicts:
        _publish(sheet, verdict, names)


def _read(verdict: Verdict, sheet: Sheet) -> None:
    for column in sheet.columns:
        if column.field in verdict.line.cells:
            try:
                verdict.values[column.field] = column.read(verdict.line.cells[column.field])
            except Unreadable as why:
                verdict.refuse(column.field, str(why))


def _identify(sheet: Sheet, verdicts: Sequence[Verdict], names: Names) -> None:
    """Find the row each line names by its reference, or begin a new one."""
    known = names.of(sheet.model)
    seen: dict[str, int] = {}
    for verdict in verdicts:
        ref = cells.text(verdict.line.cells.get("ref"))
        if ref in seen:
            verdict.refuse("ref", _("The same reference stands in row %(row)d.") % {"row": seen[ref]})
            continue
        if ref:
            seen[ref] = verdict.line.number
        if ref in known:
            verdict.before = known[ref]
            verdict.row = copy.copy(verdict.before)
            continue
        if ref and cells.text(verdict.line.cells.get("revision")):
            verdict.refuse("ref", _("There is no %(ref)s here. To add it, leave its revision empty.") % {"ref": ref})
        verdict.fate = Fate.ADD
        verdict.row = sheet.model(ref=ref)
        for column in sheet.columns:
            if column.to is None and not column.virtual and column.field in verdict.values:
                _set(verdict.row, column.field, verdict.values[column.field])


def _set(row: Row, name: str, value: Any) -> None:
    """An empty cell leaves a field at its default where it may not be empty."""
    field = row._meta.get_field(name)
    if value is None and not getattr(field, "null", False):
        return
    if value in ("", []) and field.has_default() and not field.blank:  # type: ignore[union-attr]
        return
    setattr(row, name, value)


def _resolve(verdict: Verdict, columns: Sequence[Column], names: Names) -> None:
    """Put the rows that cells name in place of their words."""
    for column in columns:
        if column.field not in verdict.values or verdict.row is None:
            continue
        words = verdict.values.pop(column.field)
        assert column.to is not None
        try:
            found: Any = None
            if column.kind == Kind.ROWS:
                found = [names.find(column.to, word) for word in words]
            elif words:
                found = names.find(column.to, str(words))
        except Unreadable as why:
            verdict.refuse(column.field, str(why))
            continue
        if found is not None and found in (verdict.row, verdict.before):
            verdict.refuse(column.field, _("A row cannot name itself."))
        verdict.values[column.field] = found
        if verdict.fate == Fate.ADD and not column.virtual:
            setattr(verdict.row, column.field, found)


def _recognise(sheet: Sheet, verdicts: Sequence[Verdict], names: Names) -> None:
    """A row without a reference that is here already is that row: a book brought in twice adds nothing."""
    if not sheet.key:
        return
    here = {_key(sheet, row): row for row in names.of(sheet.model).values()}
    written: dict[Any, int] = {}
    for verdict in verdicts:
        key = _key(sheet, verdict.row) if verdict.fate == Fate.ADD and not verdict.faults else ()
        if not any(key):
            continue
        if key in here and not verdict.row.ref:
            verdict.before, verdict.row = here[key], copy.copy(here[key])
            verdict.fate, verdict.recognised = Fate.UNCHANGED, True
        elif key in written:
            verdict.refuse(sheet.key[0], _("The same stands in row %(row)d.") % {"row": written[key]})
        written.setdefault(key, verdict.line.number)


def _key(sheet: Sheet, row: Any) -> tuple[Any, ...]:
    parts: list[Any] = []
    for name in sheet.key:
        part = getattr(row, name, None)
        if isinstance(part, Row):
            part = part.pk or id(part)
        parts.append(part.casefold() if isinstance(part, str) else part)
    return tuple(parts)


def _compare(verdict: Verdict, sheet: Sheet) -> None:
    """What of the row differs from how it stands."""
    for column in sheet.columns:
        if column.field not in verdict.values or verdict.row is None:
            continue
        value = verdict.values[column.field]
        if column.virtual:
            stands = column.show(verdict.before) if column.show and verdict.before else column.read(None)
            if not _same(value, stands):
                verdict.extra[column.field] = value
                _refuse_fixed(verdict, column)
        elif verdict.before is not None:
            _note_change(verdict, column, value)
        elif column.fixed and not _same(value, getattr(sheet.model(), column.field)):
            _refuse_fixed(verdict, column)
    said = {column.field for column in sheet.columns if column.virtual and column.show is None}
    if verdict.before is not None and (verdict.changes or verdict.extra.keys() - said):
        verdict.fate = Fate.CHANGE
    told = {heading for heading, _why in verdict.faults}
    for column in sheet.columns:
        asked = verdict.fate == Fate.ADD or column.field in verdict.changes
        empty = verdict.values.get(column.field) in (None, "", [])
        if column.required and asked and empty and str(column) not in told:
            verdict.refuse(column.field, _("This cell may not be empty."))
    if verdict.recognised and verdict.fate == Fate.CHANGE and not (verdict.faults or sheet.by_key):
        ref = verdict.before.ref
        verdict.refuse("ref", _("This is here already. To change it, write its reference: %(ref)s.") % {"ref": ref})


def _note_change(verdict: Verdict, column: Column, value: Any) -> None:
    before = getattr(verdict.before, column.field)
    if _same(value, before):
        return
    _set(verdict.row, column.field, value)
    if column.required or not _same(getattr(verdict.row, column.field), before):
        verdict.changes[column.field] = value
        _refuse_fixed(verdict, column)


def _refuse_fixed(verdict: Verdict, column: Column) -> None:
    if why := column.fixed or (verdict.before is not None and column.lasting):
        verdict.refuse(column.field, str(why))


def _same(value: Any, before: Any) -> bool:
    if isinstance(before, str):
        return bool(cells.text(value) == cells.text(before))
    return bool(value == before or (value in (None, "", []) and before in (None, "", [])))


def _refuse_stale(verdicts: Sequence[Verdict]) -> None:
    """Refuse a change to a row that somebody else changed since the workbook was made.

    A line nobody touched, which only shows how the row was then, changes nothing.
    """
    stale: dict[str, tuple[Verdict, int]] = {}
    for verdict in verdicts:
        if verdict.fate != Fate.CHANGE or verdict.faults or verdict.recognised:
            continue
        try:
            revision = cells.whole(verdict.line.cells.get("revision"))
        except Unreadable:
            now = verdict.before.revision
            why = _("Write the row's revision (%(now)d), or start from a new workbook.") % {"now": now}
            verdict.refuse("revision", why)
            continue
        if revision != verdict.before.revision:
            stale[verdict.before.ref] = (verdict, revision)
    for ref, past in _past({ref: revision for ref, (_v, revision) in stale.items()}).items():
        verdict, revision = stale[ref]
        if all(name in past and _was(value, past[name]) for name, value in verdict.changes.items()):
            verdict.fate, verdict.changes, verdict.extra = Fate.UNCHANGED, {}, {}
            continue
        verdict.refuse(
            "revision",
            _("Somebody changed this row since your workbook was made (revision %(now)d, yours %(then)d). "
              "Look at it as it is now, and start from a new workbook.")
            % {"now": verdict.before.revision, "then": revision},
        )  # fmt: skip


def _past(revisions: dict[str, int]) -> dict[str, dict[str, Any]]:
    """How changed fields of these rows stood at these revisions, from the journal."""
    past: dict[str, dict[str, Any]] = {ref: {} for ref in revisions}
    if revisions:
        for entry in Entry.objects.filter(ref__in=revisions).order_by("seq").iterator():
            if entry.facts.get("revision", 0) > revisions[entry.ref]:
                for name, before, _after in entry.changes:
                    past[entry.ref].setdefault(name, before if before is not None else "")
    return past


def _was(value: Any, past: Any) -> bool:
    """Whether the journal's `past` is this value: there rows are refs, numbers and dates are text."""
    if isinstance(value, Row):
        return bool(value.ref == past)
    if isinstance(value, Decimal):
        return bool(past not in (None, "") and value == Decimal(str(past)))
    return _same(value, past) or cells.text(str(value)) == cells.text(str(past))


def _clean(verdict: Verdict, sheet: Sheet) -> None:
    """The fields' own rules: lengths, addresses, choices, digits."""
    told = {heading for heading, _why in verdict.faults}
    written = verdict.changes if verdict.fate == Fate.CHANGE else {"ref": verdict.row.ref} | verdict.values
    fields = {
        column.field for column in sheet.columns if column.to is None and not column.virtual and str(column) not in told
    }
    checked = {name for name in {"ref", *fields} if written.get(name) not in (None, "", [])}
    try:
        verdict.row.clean_fields(exclude={f.name for f in verdict.row._meta.fields} - checked)
        verdict.row.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            for message in messages:
                verdict.refuse("" if name == "__all__" else name, message)
    if not verdict.faults:
        for why in broken(verdict.row):
            verdict.refuse("", why)


def _refuse_twins(sheet: Sheet, moving: Sequence[Verdict], names: Names) -> None:
    """What must be unique is so among the rows here, as they will be, and among the new."""
    changed = {v.before.pk for v in moving if v.before is not None}
    taken: dict[Any, str] = {}
    for row in names.of(sheet.model).values():
        if row.pk and row.pk not in changed:
            for name, key, _field, _why in keys(row):
                taken[name, key] = row.ref
    for verdict in moving:
        if verdict.faults:
            continue
        for name, key, last, why in keys(verdict.row):
            if other := taken.get((name, key)):
                verdict.refuse(last, f"{why} ({other})")
            taken.setdefault((name, key), verdict.where)


def _refuse_dependent(selves: Sequence[Column], verdicts: Sequence[Verdict]) -> None:
    """What names a new row that is refused is refused too, and so on."""
    while selves:
        refused = {id(v.row): v for v in verdicts if v.faults and v.before is None and v.row is not None}
        found = False
        for verdict in verdicts:
            for column in selves:
                other = refused.get(id(verdict.values.get(column.field)))
                if other and not verdict.faults:
                    why = _("The row it names is refused itself: %(where)s.") % {"where": other.where}
                    verdict.refuse(column.field, why)
                    found = True
        if not found:
            return


def _publish(sheet: Sheet, verdict: Verdict, names: Names) -> None:
    """Let later sheets name what this one adds or renames; not what is refused."""
    if verdict.row is None:
        return
    if verdict.fate == Fate.CHANGE and not verdict.faults:
        names.learn(verdict.row, as_row=verdict.before)
    elif verdict.before is None and verdict.faults:
        names.of(sheet.model).pop(verdict.row.ref, None)
        for name in names.words(verdict.row):
            others = names.named[sheet.model].get(name, [])
            names.named[sheet.model][name] = [row for row in others if row is not verdict.row]
            names.refused.setdefault(sheet.model, {})[name] = verdict.where
        if verdict.row.ref:
            names.refused.setdefault(sheet.model, {})[verdict.row.ref] = verdict.where
    elif verdict.before is None and verdict.fate == Fate.ADD:
        names.learn(verdict.row)
