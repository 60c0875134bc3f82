"""What the portfolio can be narrowed to: each by its own name in the address, so that any view can be linked."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from jwp.grants.models import FundedItem, Programme
from jwp.grants.tables.items import ItemFilter, Ordered
from jwp.plans.models import Theme


def years(items: QuerySet[FundedItem]) -> list[int]:
    """From the newest year with a signature back to the first."""
    first, last = items.aggregate(first=Min("signed_on"), last=Max("signed_on")).values()
    return list(range(last.year, first.year - 1, -1)) if first else []


class PortfolioFilter(ItemFilter):
    theme = django_filters.ChoiceFilter(label=_("Theme"), field_name="theme__ref", empty_label=_("All"))
    programme = django_filters.ChoiceFilter(label=_("Programme"), field_name="programme__ref", empty_label=_("All"))
    year = django_filters.ChoiceFilter(label=_("Signed in"), field_name="signed_on__year", empty_label=_("Any year"))

    class Meta:
        model = FundedItem
        fields = ("q", "line", "theme", "programme", "country", "marker", "state", "fund", "kind", "year")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years(self.queryset)]

    def rows(self) -> dict[str, Ordered]:
        """Programmes only where an item is seen: not every reader knows of every programme."""
        seen = Programme.objects.filter(pk__in=self.queryset.order_by().values("programme"))
        return super().rows() | {
            "theme": (Theme.objects.all(), ("-period__starts", "name")), "programme": (seen, ("name",)),
        }  # fmt: skip

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
