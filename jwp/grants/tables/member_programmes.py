"""The register of members' own gender programmes, and which of them lie beside a programme of ours."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jwp.grants.models import MemberProgramme, Programme
from jwp.grants.tables.programmes import within
from jwp.partners.models import Organisation, Place


class MemberProgrammeFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    member = django_filters.ModelChoiceFilter(
        label=_("Member"), field_name="organisation", to_field_name="ref", empty_label=_("All"),
        queryset=Organisation.objects.filter(own_programmes__isnull=False).distinct(),
    )  # fmt: skip
    country = django_filters.ModelChoiceFilter(
        label=_("Country"), queryset=Place.objects.filter(kind=Place.Kind.COUNTRY), to_field_name="ref",
        method="of_country", empty_label=_("All"),
    )  # fmt: skip
    now = django_filters.BooleanFilter(
        label=_("Running now"), method="running", widget=forms.CheckboxInput, initial=False
    )

    class Meta:
        model = MemberProgramme
        fields = ("q", "member", "country", "now")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def words(self, rows: QuerySet[MemberProgramme], _name: str, value: str) -> QuerySet[MemberProgramme]:
        for word in value.split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(about__icontains=word) | Q(organisation__name__icontains=word)
            )
        return rows

    def of_country(self, rows: QuerySet[MemberProgramme], _name: str, value: Place) -> QuerySet[MemberProgramme]:
        return rows.filter(within(value))

    def running(self, rows: QuerySet[MemberProgramme], _name: str, value: bool) -> QuerySet[MemberProgramme]:
        return rows.filter(running_on(self.today)) if value else rows


def running_on(day: date) -> Q:
    """An entry without a date is not known to have ended, or not to have begun."""
    return (Q(starts=None) | Q(starts__lte=day)) & (Q(ends=None) | Q(ends__gte=day))


def beside(programme: Programme, rows: QuerySet[MemberProgramme]) -> QuerySet[MemberProgramme]:
    """Those in a programme's countries; for a joint work programme also its members', wherever they are."""
    found = Q(pk__in=())
    places = [row.place for row in programme.places.select_related("place__within__within")]
    for country in {_country(place) for place in places}:
        found |= within(country)
    if programme.kind == Programme.Kind.JOINT:
        found |= Q(organisation__in=programme.members.values("organisation"))
    return rows.filter(found)


def _country(place: Place) -> Place:
    return _country(place.within) if place.within else place


class MemberProgrammeTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(linkify=("grants:member_programme", {"ref": tables.A("ref")}))
    organisation = tables.Column(order_by=("organisation__name", "title"))
    place = tables.Column(order_by=("place__name", "title"))
    starts = tables.TemplateColumn("{{ record.starts|day }}")
    ends = tables.TemplateColumn("{{ record.ends|day }}")

    class Meta:
        model = MemberProgramme
        fields = ("title", "organisation", "place", "starts", "ends", "contact")
        empty_text = _("No programme of a member’s own matches.")

    def value_starts(self, record: MemberProgramme) -> str:
        return record.starts.isoformat() if record.starts else ""

    def value_ends(self, record: MemberProgramme) -> str:
        return record.ends.isoformat() if record.ends else ""
