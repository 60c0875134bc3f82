"""The list of calls, and what it can be narrowed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.grants.call_words import instant
from jwp.grants.models import Call, Programme
from jwp.grants.rules.life import CALL
from jwp.grants.tables.programmes import NUMBER, OfPeriodFilter
from jwp.plans.models import BusinessLine


class CallFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=lambda: [(s, _now(s)) for s in CALL.states], empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(label=_("What it gives"), choices=Call.Kind.choices, empty_label=_("All"))
    line = OfPeriodFilter(BusinessLine, label=_("Business line"), field_name="business_line")
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), queryset=Programme.objects.all(), to_field_name="ref", empty_label=_("All")
    )

    class Meta:
        model = Call
        fields = ("q", "state", "kind", "line", "programme")

    def words(self, calls: QuerySet[Call], _name: str, value: str) -> QuerySet[Call]:
        for word in value.split():
            calls = calls.filter(Q(title__icontains=word) | Q(about__icontains=word))
        return calls


def with_received(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Each with how many applications were sent: drafts are nobody's business yet."""
    return calls.annotate(received=Count("applications", filter=~Q(applications__state="draft")))


class CallTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(linkify=("grants:call", {"ref": tables.A("ref")}))
    closes_at = tables.Column(verbose_name=_("Closes"))
    received = tables.Column(verbose_name=_("Applications"), attrs=NUMBER, empty_values=())
    state = tables.Column(verbose_name=_("State"))

    class Meta:
        model = Call
        fields = ("title", "kind", "business_line", "closes_at", "received", "state")
        empty_text = _("No call matches.")

    def render_closes_at(self, value: datetime, record: Call) -> str:
        return instant(value, record.zone)

    def value_closes_at(self, value: datetime | None) -> str:
        return value.isoformat() if value else ""

    def render_received(self, record: Any) -> int:
        published: int | None = record.published_numbers.get("received")
        return record.received or published or 0

    def render_state(self, value: str) -> str:
        return _now(value)
