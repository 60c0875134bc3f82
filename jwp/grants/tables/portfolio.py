"""What the portfolio can be narrowed to: each by its own name in the address, so that any view can be linked."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jwp.grants.models import FundedItem, Programme
from jwp.grants.tables.items import ItemFilter
from jwp.plans.models import Theme


class PortfolioFilter(ItemFilter):
    theme = django_filters.ModelChoiceFilter(
        label=_("Theme"), queryset=Theme.objects.all(), to_field_name="ref", empty_label=_("All")
    )
    programme = django_filters.ModelChoiceFilter(
        label=_("Programme"), queryset=Programme.objects.all(), to_field_name="ref", empty_label=_("All")
    )
    year = django_filters.NumberFilter(
        label=_("Signed in the year"), method="signed_in", min_value=1990, max_value=2099
    )

    class Meta:
        model = FundedItem
        fields = ("q", "line", "theme", "programme", "country", "marker", "state", "fund", "kind", "year")

    def signed_in(self, rows: QuerySet[FundedItem], _name: str, value: Any) -> QuerySet[FundedItem]:
        return rows.filter(signed_on__year=int(value))

    def narrowed(self) -> list[tuple[str, str]]:
        """What the reader asked for, in words: (label, value)."""
        if not self.form.is_valid():
            return []
        found = []
        for name in self.form.changed_data:
            field, value = self.form.fields[name], self.form.cleaned_data[name]
            said = dict(getattr(field, "choices", ())).get(value) if isinstance(value, str) else None
            found.append((str(field.label or name), str(said or value)))
        return found
