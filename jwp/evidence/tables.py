"""Lists of documents, sources and events, and what they can be narrowed to."""

from __future__ import annotations

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from jwp.evidence.models import Approval, Document, Event, Source


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
