"""The workbook's sheets of sources, documents and events, and of what bodies approved (for reading)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.evidence.access import WRITERS
from jwp.evidence.actions import keep_event
from jwp.evidence.models import Approval, Document, Event, Source
from jwp.partners.models import Organisation


def _documents(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if not (candidate.row.url or candidate.row.file_id):
            candidate.refuse("url", _("Give a link; a file is added on the page of documents."))


def _events(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.row.ends and candidate.row.ends < candidate.row.starts:
            candidate.refuse("ends", _("An event cannot end before it starts."))


def _organisers(row: Event) -> list[Organisation]:
    return sorted(row.organisers.all(), key=lambda organisation: organisation.pk)


def _add_event(actor: Actor, row: Event, extra: Extra) -> Event:
    names = [c.field for c in EVENTS.columns if not c.virtual]
    fields = {name: getattr(row, name) for name in ("ref", *names)}
    return keep_event(actor, None, extra.get("organisers", []), **fields)


def _change_event(actor: Actor, row: Event, changes: dict[str, Any], extra: Extra) -> Event:
    days = {"starts": row.starts, "ends": row.ends}
    return keep_event(actor, row, extra.get("organisers", _organisers(row)), row.revision, **days | changes)


SOURCES = Sheet(
    gettext_lazy("sources"), Source,
    columns(Source, "title", "publisher", "url", "page", "read_on", "licence"),
    WRITERS, key=("title", "publisher", "page"),
)  # fmt: skip
DOCUMENTS = Sheet(
    gettext_lazy("documents"), Document,
    columns(
        Document, "title", "kind", "version", "dated", "language", "url", "prepared_by", "reviewed_by",
        "approved_by", "public",
    ),
    WRITERS, key=("title", "version"), check=_documents,
)  # fmt: skip
EVENTS = Sheet(
    gettext_lazy("events"), Event,
    columns(
        Event, "title", "starts", "ends", column(Event, "place", heading=gettext_lazy("city or country")),
        "place_text", column(Event, "source", heading=gettext_lazy("source")),
        Column(
            "organisers", gettext_lazy("organisers"), Kind.ROWS, to=Organisation, virtual=True,
            show=_organisers,
        ),
    ),
    WRITERS, key=("title", "starts"), check=_events, add=_add_event, change=_change_event,
    related=("place", "source"), prefetch=("organisers",),
)  # fmt: skip
APPROVALS = Sheet(
    gettext_lazy("approvals"), Approval,
    columns(
        Approval, "subject", "body", "on",
        column(Approval, "reference", heading=gettext_lazy("decision or minutes")),
        column(Approval, "document", heading=gettext_lazy("document")),
    ),
    closed=gettext_lazy("Approvals are written by decisions, and when a plan is brought in."),
    related=("body", "document"),
)  # fmt: skip

SHEETS = (SOURCES, DOCUMENTS, EVENTS, APPROVALS)
