"""The list of programmes, and what it can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.grants.models import Programme, ProgrammePlace
from jwp.grants.rules.life import PROGRAMME
from jwp.partners.models import Place
from jwp.plans.models import BusinessLine, Theme

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class OfPeriodFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """Business lines and themes, each with the strategy period it belongs to."""

    def __init__(self, rows: type[BusinessLine | Theme], **options: Any) -> None:
        queryset = rows.objects.select_related("period")
        super().__init__(queryset=queryset, to_field_name="ref", empty_label=_("All"), **options)

    @property
    def field(self) -> Any:
        field = super().field
        field.label_from_instance = lambda row: f"{row} ({row.period})"
        return field


def within(country: Place, path: str = "place") -> Q:
    """Rows whose place is this country, or a city or area of it."""
    return Q(**{path: country}) | Q(**{f"{path}__within": country}) | Q(**{f"{path}__within__within": country})


class ProgrammeFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Programme.Kind.choices, empty_label=_("All"))
    line = OfPeriodFilter(BusinessLine, label=_("Business line"), field_name="business_line")
    theme = OfPeriodFilter(Theme, label=_("Theme"))
    country = django_filters.ModelChoiceFilter(
        label=_("Country"), queryset=Place.objects.filter(kind=Place.Kind.COUNTRY), to_field_name="ref",
        method="of_country", empty_label=_("All"),
    )  # fmt: skip
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=lambda: [(s, _now(s)) for s in PROGRAMME.states], empty_label=_("All")
    )

    class Meta:
        model = Programme
        fields = ("q", "kind", "line", "theme", "country", "state")

    def words(self, rows: QuerySet[Programme], _name: str, value: str) -> QuerySet[Programme]:
        for word in value.split():
            rows = rows.filter(Q(name__icontains=word) | Q(summary__icontains=word))
        return rows

    def of_country(self, rows: QuerySet[Programme], _name: str, value: Place) -> QuerySet[Programme]:
        return rows.filter(pk__in=ProgrammePlace.objects.filter(within(value)).values("programme"))


def with_members(rows: QuerySet[Programme]) -> QuerySet[Programme]:
    """Each with its places and how many members drive it."""
    counted = rows.annotate(driven_by=Count("members__organisation", distinct=True))
    return counted.prefetch_related("places__place").select_related("business_line__period", "theme")


class ProgrammeTable(tables.Table):  # type: ignore[misc]
    name = tables.Column(linkify=("grants:programme", {"ref": tables.A("ref")}))
    business_line = tables.Column(order_by=("business_line__name", "name"))
    where = tables.Column(verbose_name=_("Where"), accessor="places", orderable=False, empty_values=())
    driven_by = tables.Column(verbose_name=_("Members"), attrs=NUMBER)
    starts = tables.TemplateColumn("{{ record.starts|day }}")
    ends = tables.TemplateColumn("{{ record.ends|day }}")
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        model = Programme
        fields = ("name", "kind", "business_line", "theme", "where", "driven_by", "starts", "ends", "state")
        empty_text = _("No programme matches.")

    def render_where(self, record: Any) -> str:
        names = [place.place.name for place in record.places.all()]
        return ", ".join(names[:3]) + ("…" if len(names) > 3 else "")

    def value_where(self, record: Any) -> str:
        return "; ".join(place.place.name for place in record.places.all())

    def render_state(self, value: str) -> str:
        return _now(value)

    def value_starts(self, record: Programme) -> str:
        return record.starts.isoformat()

    def value_ends(self, record: Programme) -> str:
        return record.ends.isoformat() if record.ends else ""
