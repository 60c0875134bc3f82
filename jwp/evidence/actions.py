"""What is written here: documents and their versions, sources, events, and that a body approved something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.evidence.access import RECORDERS, WRITERS
from jwp.evidence.files import Kept
from jwp.evidence.models import Approval, Document, Event, EventOrganiser, Source
from jwp.partners.models import Body, Organisation


def may_write(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the secretariat keeps documents, sources and events."))


def add_document(actor: Actor, kept: Kept | None = None, **fields: Any) -> Document:
    may_write(actor)
    _readable(kept, fields)
    with open_door(actor) as door:
        return door.add(Document(**fields, **_file(kept)))


def new_version(actor: Actor, ref: str, revision: int | None, kept: Kept | None = None, **fields: Any) -> Document:
    """The next version of a document. The old one stays readable and says by what it was superseded."""
    may_write(actor)
    _readable(kept, fields)
    with open_door(actor) as door:
        old = door.lock(Document, ref, revision)
        if newer := Document.objects.filter(supersedes=old).first():
            raise Refused(_("%(document)s has a newer version already: %(newer)s.") % {"document": old, "newer": newer})
        if old.version and old.version == fields.get("version"):
            raise Refused(_("Version %(version)s exists: name the new one differently.") % {"version": old.version})
        return door.add(Document(supersedes=old, **fields, **_file(kept)), verb="new version")


def change_document(actor: Actor, ref: str, revision: int | None, kept: Kept | None = None, **fields: Any) -> Document:
    """Put a record right. A file once kept is not replaced: another file is another version."""
    may_write(actor)
    with open_door(actor) as door:
        document = door.lock(Document, ref, revision, "file")
        if kept and document.file and document.file.sha256 != kept.sha256:
            raise Refused(_("This version has its file. Add a new version for another file."))
        if not (kept or document.file):
            _readable(kept, fields)
        return door.change(document, **fields, **_file(kept))


def _readable(kept: Kept | None, fields: dict[str, Any]) -> None:
    if kept is None and not fields.get("url"):
        raise Refused(_("Give the file, or a link to it."))


def _file(kept: Kept | None) -> dict[str, Any]:
    return {"file": kept.row()} if kept else {}


def approve(
    door: Door, body: Body, subject: str, on: date, reference: str = "", document: Document | None = None
) -> Approval:
    """Write down that a body approved the row of this ref. Whoever needs a body's authority points at it."""
    if not door.actor.has(*RECORDERS):
        raise Refused(_("Only the director, the gender team or an administrator writes down what a body approved."))
    if on > door.actor.today:
        raise Refused(_("An approval cannot lie in the future: %(day)s.") % {"day": on})
    return door.add(
        Approval(
            subject=subject, body=body, on=on, reference=reference, document=document,
            recorded_by_id=door.actor.person_id,
        ),
        verb="approve",
    )  # fmt: skip


def approve_document(actor: Actor, ref: str, body: Body, on: date, reference: str = "") -> Approval:
    """An approval given outside the meetings kept here, such as before this system."""
    with open_door(actor) as door:
        document = door.lock(Document, ref)
        if document.dated and on < document.dated:
            raise Refused(_("This version is dated %(day)s, after that approval.") % {"day": document.dated})
        return approve(door, body, document.ref, on, reference, document)


def keep_source(actor: Actor, source: Source | None, revision: int | None = None, **fields: Any) -> Source:
    """Add a source, or put the given one right."""
    may_write(actor)
    with open_door(actor) as door:
        if source is None:
            return door.add(Source(**fields))
        return door.change(door.lock(Source, source.ref, revision), **fields)


def keep_event(
    actor: Actor,
    event: Event | None,
    organisers: Sequence[Organisation],
    revision: int | None = None,
    **fields: Any,
) -> Event:
    """Add an event with its organisers, or put the given one right."""
    may_write(actor)
    if fields.get("ends") and fields["ends"] < fields["starts"]:
        raise Refused(_("An event cannot end before it starts."))
    with open_door(actor) as door:
        if event is None:
            event = door.add(Event(**fields))
        else:
            event = door.change(door.lock(Event, event.ref, revision), **fields)
        _organise(door, event, organisers)
        return event


def _organise(door: Door, event: Event, organisers: Sequence[Organisation]) -> None:
    before = {row.organisation_id: row for row in EventOrganiser.objects.filter(event=event)}
    now = {organisation.pk for organisation in organisers}
    if before.keys() == now:
        return
    for gone in before.keys() - now:
        before[gone].delete()
    for new in now - before.keys():
        EventOrganiser(event=event, organisation_id=new).save()
    door.note("organisers", event, organisers=sorted(organisation.ref for organisation in organisers))
