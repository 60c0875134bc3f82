"""The public pages of programmes: those under way or ended, what they put out and what they fund.

Members and units are named, persons never. What an item pays to whom is shown of grants only: the other side of a
contract may be a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import ANYONE, ActorRequest, open_to, visible_or_404
from jwp.evidence.access import visible_products
from jwp.evidence.models import Product
from jwp.evidence.views.products import export_address
from jwp.grants.access import public_items, public_programmes
from jwp.grants.models import Call, FundedItem, Programme, ProgrammeMember
from jwp.grants.tables.programmes import ProgrammeFilter, ProgrammeTable, with_members
from jwp.grants.views.public_call import public_calls
from jwp.partners.tables import as_csv
from jwp.site.content import Clean
from jwp.site.reading import no_names
from jwp.site.views import kept, page

PER_PAGE = 50
ITEMS_SHOWN = 100
GRANTS = (FundedItem.Kind.COMPETITIVE, FundedItem.Kind.DIRECT)


class PublicProgrammeFilter(ProgrammeFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=lambda: [(s, _now(s)) for s in ("running", "closed")], empty_label=_("All")
    )


class PublicProgrammeTable(ProgrammeTable):
    name = tables.Column()

    @cached_property
    def clean(self) -> Clean:
        return no_names()

    def render_name(self, record: Programme) -> str:
        address = reverse("public_programme", args=[record.ref]) + self.context.get("q", "")
        return format_html('<a href="{}" dir="auto">{}</a>', address, self.clean(record.name))

    def value_name(self, record: Programme) -> str:
        return self.clean(record.name)


@dataclass(frozen=True)
class PublicOutput:
    text: str
    due: date | None
    product: Product | None


@dataclass(frozen=True)
class PublicItem:
    title: str
    kind: str
    state: str
    place: str
    partner: str
    minor: int | None
    currency: str


@open_to(ANYONE)
@require_safe
def programmes(request: ActorRequest) -> HttpResponseBase:
    found = PublicProgrammeFilter(request.GET, with_members(public_programmes()))
    table = PublicProgrammeTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return kept(request, as_csv(table, "programmes", request.partnership))
    table.export_url = export_address(request)
    return page(request, "site/programmes.html", {"table": table, "filter": found})


@open_to(ANYONE)
@require_safe
def programme(request: ActorRequest, ref: str) -> HttpResponseBase:
    rows = public_programmes().select_related("business_line__period", "theme")
    shown, clean = visible_or_404(rows, ref), no_names()
    found = public_items().filter(programme=shown)
    items = [_item(row, clean) for row in found.select_related("country", "organisation")[:ITEMS_SHOWN]]
    context = {
        "programme": shown,
        "name": clean(shown.name),
        "summary": clean(shown.summary),
        "members": [(row.organisation.name, row.get_role_display()) for row in _members(shown)],
        "places": shown.places.select_related("place__within"),
        "phases": [(clean(row.name), row) for row in shown.phases.all()],
        "outputs": _outputs(shown, clean),
        "calls": [(row, clean(row.title)) for row in _calls(shown)],
        "items": items,
        "items_in_all": found.count() if len(items) == ITEMS_SHOWN else len(items),
    }
    return page(request, "site/programme.html", context)


def _calls(programme: Programme) -> QuerySet[Call]:
    return public_calls().filter(programme=programme).exclude(state="cancelled").prefetch_related(None)


def _members(programme: Programme) -> QuerySet[ProgrammeMember]:
    found: QuerySet[ProgrammeMember] = programme.members.select_related("organisation")
    return found


def _outputs(programme: Programme, clean: Clean) -> list[PublicOutput]:
    """With its product where that is public too."""
    products = {row.pk: row for row in visible_products(None).filter(outputs__programme=programme)}
    return [PublicOutput(clean(row.text), row.due, products.get(row.product_id)) for row in programme.outputs.all()]


def _item(row: FundedItem, clean: Clean) -> PublicItem:
    grant = row.kind in GRANTS
    partner = row.organisation.name if row.organisation else clean(row.partner)
    return PublicItem(
        clean(row.title), row.get_kind_display(), row.state, str(row.country or ""),
        partner if grant else "", row.minor if grant else None, row.currency,
    )  # fmt: skip
