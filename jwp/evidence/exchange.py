"""The workbook's sheets: sources, documents, events, approvals (for reading), products and what was done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.door import Refused
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.evidence.access import USERS, WRITERS
from jwp.evidence.actions import keep_event, may_offer, record_use
from jwp.evidence.forms import LANGUAGES
from jwp.evidence.models import Approval, Document, Event, Product, ProductUse, Source
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


def _products(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        try:
            may_offer(candidate.row.public, candidate.row.document)
        except Refused as refused:
            candidate.refuse("public", refused.reasons[0])


def _uses(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        if candidate.before is None and row.ref:
            candidate.refuse("ref", _("Leave it empty: a use gets its reference here."))
        if row.used_on and row.used_on > actor.today:
            candidate.refuse("used_on", _("That day has yet to come: %(day)s.") % {"day": row.used_on})


def _add_use(actor: Actor, row: ProductUse, extra: Extra) -> ProductUse:
    names = ("used_on", "organisation", "organisation_name", "place", "how")
    return record_use(actor, row.product, **{name: getattr(row, name) for name in names})


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

PRODUCTS = Sheet(
    gettext_lazy("products"), Product,
    columns(
        Product, "title", "kind", "summary", column(Product, "language", choices=tuple(LANGUAGES)),
        column(Product, "document", heading=gettext_lazy("document")), "published_on", "licence", "public",
    ),
    WRITERS, key=("title", "language"), check=_products, related=("document",),
)  # fmt: skip
USES = Sheet(
    gettext_lazy("product uses"), ProductUse,
    columns(
        ProductUse,
        column(
            ProductUse, "product", heading=gettext_lazy("product"),
            lasting=gettext_lazy("A use stays with its product."),
        ),
        "used_on",
        column(ProductUse, "organisation", heading=gettext_lazy("organisation in the register")),
        column(ProductUse, "organisation_name", heading=gettext_lazy("organisation")),
        column(ProductUse, "place", heading=gettext_lazy("city or country")), "how",
        column(ProductUse, "state", fixed=gettext_lazy("For reading: a use is confirmed on its page.")),
    ),
    USERS, key=("product", "used_on", "how"), check=_uses, add=_add_use,
    related=("product", "organisation", "place"),
)  # fmt: skip

SHEETS = (SOURCES, DOCUMENTS, EVENTS, APPROVALS, PRODUCTS, USES)
