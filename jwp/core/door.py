"""The one way to write. An action opens the door, locks the row, is refused or changes it; leaving writes the journal.

    with open_door(actor) as door:
        report = door.lock(Report, ref, revision=form.revision)
        door.step(report, REPORT, "accept", roles=roles, facts=facts, accepted_on=actor.today)

Permission, transaction and journal cannot be forgotten separately: rows refuse to be saved while the door is shut.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from jwp.core import journal
from jwp.core.access import Actor
from jwp.core.words import refusal
from jwp.core.workflow import Workflow, obstacles

if TYPE_CHECKING:
    from jwp.core.models import Row

R = TypeVar("R", bound="Row")


class ShutDoor(RuntimeError):
    """A programming error: somebody tried to write past the door."""


class Refused(Exception):
    """A person may not do this, or not yet. `reasons` say why, in words they can act on."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class Stale(Refused):
    """Somebody else changed the row first. `row` is how it stands now; what was typed is not lost."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(_("Somebody else changed this while you were working on it. What you typed is kept."))
        self.row = row


_open: ContextVar[Door | None] = ContextVar("door", default=None)


def must_be_open(model: type[models.Model]) -> None:
    if _open.get() is None:
        raise ShutDoor(f"{model.__name__} is written only through the door (jwp.core.door.open_door)")


@contextmanager
def open_door(actor: Actor) -> Iterator[Door]:
    """One transaction and its journal. Opened again inside, it is the same door: both succeed or neither."""
    outer = _open.get()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        door = Door(actor)
        token = _open.set(door)
        try:
            yield door
            journal.append(actor.ref or "system", actor.via, door.at, door.batch, door.lines)
        finally:
            _open.reset(token)


class Door:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.at = datetime.now(UTC)
        self.batch = uuid.uuid4().hex
        self.lines: list[journal.Line] = []

    def lock(self, model: type[R], ref: str, revision: int | None = None, *related: str) -> R:
        """The row as it stands, locked until the door shuts. Raises Stale where `revision` is not the row's."""
        # Without the key: keys never change, and whoever adds a row that points at this one need not wait.
        rows = model.objects.select_for_update(of=("self",), no_key=True).select_related(*related)
        # A ref is unique: an order would only cost.
        row: R | None = next(iter(rows.filter(ref=ref).order_by()), None)
        if row is None:
            raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
        if revision is not None and row.revision != revision:
            raise Stale(row)
        return row

    def add(self, row: R, *, verb: str = "add", reason: str = "", **parts: Any) -> R:
        """Insert one row. `parts` are written down with it: what belongs to it and lies in another table."""
        row.ref = row.ref or _new_ref(row)
        _writable(reason, *_texts(row))
        row.save(force_insert=True)
        self._write_down(verb, row, {}, _picture(row) | parts, reason)
        return row

    def add_all(self, rows: Sequence[R], *, verb: str = "add", reason: str = "") -> list[R]:
        """Insert many rows of one kind in one statement; one journal line each."""
        if not rows:
            return []
        for row in rows:
            row.ref = row.ref or _new_ref(row)
            _writable(*_texts(row))
        type(rows[0]).objects.bulk_create(rows, batch_size=400)
        for row in rows:
            self._write_down(verb, row, {}, _picture(row), reason)
        return list(rows)

    def change(self, row: R, verb: str = "change", *, reason: str = "", **fields: Any) -> R:
        """Set these fields, if any differs, count the revision up and write down before and after."""
        _writable(reason, *fields.values())
        before = {name: _plain(row, name) for name in fields}
        for name, value in fields.items():
            setattr(row, name, value)
        after = {name: _plain(row, name) for name in fields}
        changed = [name for name in fields if before[name] != after[name]]
        if not changed and verb == "change":
            return row
        row.revision += 1
        row.save(update_fields=[*changed, "revision"])
        self._write_down(verb, row, {n: before[n] for n in changed}, {n: after[n] for n in changed}, reason)
        return row

    def step(
        self,
        row: R,
        workflow: Workflow,
        verb: str,
        *,
        roles: Collection[str],
        facts: Collection[str] = (),
        reason: str = "",
        **fields: Any,
    ) -> R:
        """Take one step of a workflow, or be refused with every obstacle named. A new row is inserted by its first."""
        state = row.state  # type: ignore[attr-defined]
        if why := obstacles(workflow, verb, state, roles, facts):
            raise Refused(*map(refusal, why))
        step = workflow.step(verb, state)
        assert step is not None
        if row._state.adding:
            for name, value in {"state": step.target, **fields}.items():
                setattr(row, name, value)
            return self.add(row, verb=verb, reason=reason)
        return self.change(row, verb, reason=reason, state=step.target, **fields)

    def note(self, verb: str, row: Row, *, reason: str = "", **facts: Any) -> None:
        """Write something down about a row that does not change it."""
        _writable(reason, *facts.values())
        self.lines.append(journal.Line(verb, row.noun(), row.ref, {"reason": reason, "after": facts}))

    def take_back(self, row: Row, *, reason: str) -> None:
        """Remove a row that was added by mistake and that nothing refers to yet (the undo of an import)."""
        self.take_back_all([row], reason=reason)

    def take_back_all(self, rows: Sequence[Row], *, reason: str) -> None:
        """The same for many rows of one kind, asking once for all whether anything refers to them."""
        pictures = [_picture(row) for row in rows]
        collector = Collector(using=router.db_for_write(type(rows[0])))
        collector.collect(rows)
        collector.delete()
        for row, picture in zip(rows, pictures, strict=True):
            self._write_down("take back", row, picture, {}, reason)

    def _write_down(self, verb: str, row: Row, before: dict[str, Any], after: dict[str, Any], reason: str) -> None:
        personal = set(row.personal)
        facts: dict[str, Any] = {"revision": row.revision}
        private: dict[str, Any] = {}
        if reason:
            facts["reason"] = reason
        for key, values in (("before", before), ("after", after)):
            values = {n: v for n, v in values.items() if n not in row.secret}
            if kept := {n: v for n, v in values.items() if n not in personal}:
                facts[key] = kept
            if hidden := {n: v for n, v in values.items() if n in personal}:
                private[key] = hidden
        self.lines.append(journal.Line(verb, row.noun(), row.ref, facts, private or None))


def _texts(row: models.Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _writable(*values: Any) -> None:
    """PostgreSQL keeps no NUL, and SQLite would: what one of them cannot hold is refused on both."""
    if any("\0" in value for value in values if isinstance(value, str)):
        raise Refused(str(ProhibitNullCharactersValidator.message))


def check(row: models.Model, **changes: Any) -> None:
    """Refuse a row that its own fields and constraints would not take, saying which field and why; changes nothing."""
    changed = copy(row)
    for name, value in changes.items():
        setattr(changed, name, value)
    try:
        changed.full_clean(exclude=None if getattr(row, "ref", "") else {"ref"})
    except ValidationError as error:
        raise Refused(*_sentences(row, error)) from error


def _sentences(row: models.Model, error: ValidationError) -> list[str]:
    labels = {field.name: getattr(field, "verbose_name", field.name) for field in row._meta.get_fields()}
    return [
        f"{capfirst(str(labels[name]))}: {text}" if name in labels else text
        for name, texts in error.message_dict.items()
        for text in texts
    ]


def _new_ref(row: Row) -> str:
    from jwp.core.models import new_ref

    return new_ref(row.prefix or type(row).__name__.lower())


def _plain(row: models.Model, name: str) -> Any:
    """A field's value for the journal: a related row by its ref, where that costs no more than one look."""
    field = row._meta.get_field(name)
    if isinstance(field, models.ForeignKey) and getattr(row, field.attname) is not None:
        related = getattr(row, name)
        return getattr(related, "ref", None) or str(related)
    return getattr(row, name)


def _picture(row: models.Model) -> dict[str, Any]:
    """Every field that says something, for the journal entry of a new row."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in ("ref", "revision"):
            continue
        if isinstance(field, models.ForeignKey):
            if getattr(row, field.attname) is None:
                continue
            if field.is_cached(row):
                values[field.name] = _plain(row, field.name)
            else:
                values[field.name] = getattr(row, field.attname)
        elif (value := getattr(row, field.name)) not in (None, ""):
            values[field.name] = value
    return values
