"""Lists of documents, sources, events, products and uses, and what they can be narrowed to."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from jwp.core.period import add_months
from jwp.evidence.forms import LANGUAGES
from jwp.evidence.models import Approval, Document, Event, Product, ProductDownloads, ProductUse, Source


class DocumentFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.AllValuesFilter(label=_("Kind"), empty_label=_("All"))
    old = django_filters.BooleanFilter(
        label=_("Also superseded versions"), method="superseded", widget=forms.CheckboxInput, initial=False
    )

    class Meta:
        model = Document
        fields = ("q", "kind", "old")

    def words(self, documents: QuerySet[Document], _name: str, value: str) -> QuerySet[Document]:
        for word in value.split():
            documents = documents.filter(
                Q(title__icontains=word) | Q(version__icontains=word) | Q(prepared_by__icontains=word)
            )
        return documents

    def superseded(self, documents: QuerySet[Document], _name: str, value: bool) -> QuerySet[Document]:
        return documents if value else documents.filter(superseded_by=None)


def with_latest_approval(documents: QuerySet[Document]) -> QuerySet[Document]:
    latest = Approval.objects.filter(subject=OuterRef("ref")).order_by("-on", "-pk")
    return documents.annotate(
        body=Subquery(latest.values("body__name")[:1]), approved_on=Subquery(latest.values("on")[:1])
    )


class DocumentTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(linkify=("evidence:document", {"ref": tables.A("ref")}))
    approved = tables.TemplateColumn(
        "{% if record.body %}{{ record.body }}, {{ record.approved_on|day }}"
        "{% else %}{{ record.approved_by }}{% endif %}",
        verbose_name=_("Approved by"), order_by=("approved_on",),
    )  # fmt: skip
    dated = tables.TemplateColumn("{{ record.dated|day }}")

    class Meta:
        model = Document
        fields = ("title", "kind", "version", "dated", "approved")
        empty_text = _("No document matches.")


class SourceTable(tables.Table):  # type: ignore[misc]
    title = tables.TemplateColumn(
        '{% if record.url %}<a href="{{ record.url }}" rel="noreferrer">{{ record.title }}</a>'
        "{% else %}{{ record.title }}{% endif %}"
    )
    read_on = tables.TemplateColumn("{{ record.read_on|day }}")
    ref = tables.Column(verbose_name=_("Change"), linkify=("evidence:source", {"ref": tables.A("ref")}))

    class Meta:
        model = Source
        fields = ("title", "publisher", "page", "read_on", "licence", "ref")
        empty_text = _("No source is kept here yet.")


class EventTable(tables.Table):  # type: ignore[misc]
    title = tables.Column()
    starts = tables.TemplateColumn("{{ record.starts|day }}{% if record.ends %} – {{ record.ends|day }}{% endif %}")
    where = tables.TemplateColumn(
        "{{ record.place|default:'' }} {{ record.place_text }}", verbose_name=_("Place"), orderable=False
    )
    organisers = tables.TemplateColumn(
        "{% for o in record.organisers.all %}{{ o }}{% if not forloop.last %}, {% endif %}{% endfor %}",
        orderable=False,
    )
    ref = tables.Column(verbose_name=_("Change"), linkify=("evidence:event", {"ref": tables.A("ref")}))

    class Meta:
        model = Event
        fields = ("title", "starts", "where", "organisers", "ref")
        empty_text = _("No event is kept here yet.")


def language_name(code: str) -> str:
    return str(dict(LANGUAGES).get(code, code))


NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class ProductFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Product.Kind.choices, empty_label=_("All"))
    # Not "language": that is the language of the page.
    written = django_filters.ChoiceFilter(
        label=_("Language"), field_name="language", choices=LANGUAGES, empty_label=_("All")
    )

    class Meta:
        model = Product
        fields = ("q", "kind", "written")

    def words(self, products: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        for word in value.split():
            products = products.filter(Q(title__icontains=word) | Q(summary__icontains=word))
        return products


def with_counts(products: QuerySet[Product]) -> QuerySet[Product]:
    """Each with how often it was downloaded, None where nobody counted, and how many uses are confirmed."""

    def each(rows: QuerySet[Any], total: Any) -> Subquery:
        return Subquery(rows.filter(product=OuterRef("pk")).order_by().values("product").annotate(n=total).values("n"))

    confirmed = ProductUse.objects.filter(state=ProductUse.State.CONFIRMED)
    return products.annotate(
        downloaded=each(ProductDownloads.objects.all(), Sum("count")), used=each(confirmed, Count("pk"))
    )


def by_month(product: Product, today: date, most: int = 12) -> list[tuple[date, int]]:
    """Downloads of the last months, newest first; back to the month of the first, and none left out between."""
    rows = product.downloads.annotate(month=TruncMonth("day")).order_by("month").values_list("month")
    counted: dict[date, int] = dict(rows.annotate(n=Sum("count")))
    month, found = today.replace(day=1), list[tuple[date, int]]()
    while counted and month >= min(counted) and len(found) < most:
        found.append((month, counted.get(month, 0)))
        month = add_months(month, -1)
    return found


class ProductTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(linkify=("evidence:product", {"ref": tables.A("ref")}))
    published_on = tables.TemplateColumn("{{ record.published_on|day }}")
    downloaded = tables.Column(verbose_name=_("Downloads"), attrs=NUMBER, empty_values=())
    used = tables.Column(verbose_name=_("Uses recorded"), attrs=NUMBER, empty_values=())

    class Meta:
        model = Product
        fields = ("title", "kind", "language", "published_on", "downloaded", "used", "public")
        empty_text = _("No product matches.")

    def render_language(self, value: str) -> str:
        return language_name(value)

    def render_downloaded(self, record: Any) -> int | str:
        """Nothing is counted while strangers cannot download it."""
        return record.downloaded or (0 if record.public else "–")

    def render_used(self, value: int | None) -> int:
        return value or 0

    def value_published_on(self, record: Product) -> str:
        return record.published_on.isoformat() if record.published_on else ""


class UseFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=ProductUse.State.choices, empty_label=_("All"))
    kind = django_filters.ChoiceFilter(
        label=_("Kind of product"), field_name="product__kind", choices=Product.Kind.choices, empty_label=_("All")
    )

    class Meta:
        model = ProductUse
        fields = ("q", "state", "kind")

    def words(self, uses: QuerySet[ProductUse], _name: str, value: str) -> QuerySet[ProductUse]:
        for word in value.split():
            uses = uses.filter(
                Q(how__icontains=word)
                | Q(organisation_name__icontains=word)
                | Q(organisation__name__icontains=word)
                | Q(product__title__icontains=word)
            )
        return uses


class UseTable(tables.Table):  # type: ignore[misc]
    used_on = tables.TemplateColumn("{{ record.used_on|day }}")
    used_by = tables.Column(verbose_name=_("Organisation"), order_by=("organisation__name", "organisation_name"))
    product = tables.Column(linkify=("evidence:product", {"ref": tables.A("product__ref")}))
    ref = tables.Column(
        verbose_name=_("Change"), linkify=("evidence:use", {"ref": tables.A("ref")}), exclude_from_export=True
    )

    class Meta:
        model = ProductUse
        fields = ("used_on", "used_by", "place", "product", "how", "state", "ref")
        empty_text = _("No use matches.")

    def value_used_on(self, record: ProductUse) -> str:
        return record.used_on.isoformat()
