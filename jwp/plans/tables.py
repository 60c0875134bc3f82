"""Lists of funds, contributions and rates: what they show, what they can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.access import INSIDERS, acting
from jwp.core.money import Money
from jwp.core.templatetags.jwp import day, figure, money
from jwp.partners.models import Organisation
from jwp.plans.access import visible_contributions
from jwp.plans.models import Contribution, Fund, Rate
from jwp.plans.pots import in_fund
from jwp.plans.rules.money import Pot

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}


class FundFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Fund.Kind.choices, empty_label=_("All"))
    currency = django_filters.AllValuesFilter(label=_("Currency"), empty_label=_("All"))

    class Meta:
        model = Fund
        fields = ("q", "kind", "currency")

    def words(self, funds: QuerySet[Fund], _name: str, value: str) -> QuerySet[Fund]:
        for word in value.split():
            funds = funds.filter(
                Q(name__icontains=word) | Q(earmarked_for__icontains=word) | Q(donor__name__icontains=word)
            )
        return funds


class FundTable(tables.Table):  # type: ignore[misc]
    """Amounts stand in each fund's own currency."""

    name = tables.Column(verbose_name=_("Fund"), linkify=("plans:fund", {"ref": tables.A("ref")}))
    kind = tables.Column(verbose_name=_("Kind"))
    donor = tables.Column(verbose_name=_("Donor"), default="", order_by=("donor__name", "name"))
    currency = tables.Column(verbose_name=_("Currency"))
    contributed = tables.Column(verbose_name=_("Contributed"), accessor="pk", orderable=False, attrs=NUM)
    budgeted = tables.Column(verbose_name=_("Budgeted"), accessor="pk", orderable=False, attrs=NUM)
    left = tables.Column(verbose_name=pgettext_lazy("money", "Left"), accessor="pk", orderable=False, attrs=NUM)

    class Meta:
        empty_text = _("No fund matches.")

    def __init__(self, *args: Any, pots: dict[int, Pot], **options: Any) -> None:
        super().__init__(*args, **options)
        self.pots = pots

    def _money(self, record: Any, name: str) -> Money:
        return Money(getattr(self.pots[record.pk], name), record.currency)

    def render_contributed(self, record: Any) -> str:
        return money(self._money(record, "contributed"))

    def render_budgeted(self, record: Any) -> str:
        return money(self._money(record, "budgeted"))

    def render_left(self, record: Any) -> str:
        left = money(self._money(record, "left"))
        if self.pots[record.pk].lacks:
            return format_html('<span class="late">{}</span> <small>{}</small>', left, _now("more than there is"))
        return left

    def value_contributed(self, record: Any) -> str:
        return str(self._money(record, "contributed").amount)

    def value_budgeted(self, record: Any) -> str:
        return str(self._money(record, "budgeted").amount)

    def value_left(self, record: Any) -> str:
        return str(self._money(record, "left").amount)


def _seen(request: HttpRequest | None) -> QuerySet[Contribution]:
    return visible_contributions(acting(request)).order_by() if request else Contribution.objects.none()


def _funds_seen(request: HttpRequest | None) -> QuerySet[Fund]:
    """A focal point chooses among the funds of the contributions they see."""
    if request and acting(request).has(*INSIDERS):
        return Fund.objects.all()
    return Fund.objects.filter(contributions__in=_seen(request)).distinct()


def _givers_seen(request: HttpRequest | None) -> QuerySet[Organisation]:
    return Organisation.objects.filter(contributions__in=_seen(request)).distinct()


class ContributionFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    fund = django_filters.ModelChoiceFilter(
        label=_("Fund"), queryset=_funds_seen, to_field_name="ref", empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), field_name="fund__kind", choices=Fund.Kind.choices, empty_label=_("All")
    )
    organisation = django_filters.ModelChoiceFilter(
        label=_("Organisation"), queryset=_givers_seen, to_field_name="ref", empty_label=_("All")
    )
    year = django_filters.NumberFilter(label=_("Agreed in"), field_name="agreed_on", lookup_expr="year", min_value=1945)
    old = django_filters.BooleanFilter(
        label=_("Also withdrawn"), method="withdrawn", widget=forms.CheckboxInput, initial=False
    )

    class Meta:
        model = Contribution
        fields = ("q", "fund", "kind", "organisation", "year", "old")

    def words(self, rows: QuerySet[Contribution], _name: str, value: str) -> QuerySet[Contribution]:
        for word in value.split():
            rows = rows.filter(
                Q(reference__icontains=word) | Q(organisation__name__icontains=word) | Q(fund__name__icontains=word)
            )
        return rows

    def withdrawn(self, rows: QuerySet[Contribution], _name: str, value: bool) -> QuerySet[Contribution]:
        return rows if value else rows.filter(withdrawn_on=None)


class ContributionTable(tables.Table):  # type: ignore[misc]
    organisation = tables.Column(
        verbose_name=_("Organisation"), linkify=("plans:contribution", {"ref": tables.A("ref")}),
        order_by=("organisation__name", "agreed_on"),
    )  # fmt: skip
    fund = tables.Column(verbose_name=_("Fund"), order_by=("fund__name", "agreed_on"))
    agreed_on = tables.Column(verbose_name=_("Agreed on"))
    amount = tables.Column(verbose_name=_("Amount"), accessor="minor", attrs=NUM, order_by=("currency", "minor"))
    currency = tables.Column(verbose_name=_("Currency"))
    in_fund = tables.Column(verbose_name=_("In the fund's currency"), accessor="pk", attrs=NUM, orderable=False)
    rate = tables.Column(verbose_name=_("Rate"), default="", orderable=False)
    reference = tables.Column(verbose_name=_("Agreement"))
    withdrawn_on = tables.Column(verbose_name=_("Withdrawn on"), default="")

    class Meta:
        empty_text = _("No contribution matches.")

    def render_fund(self, value: Any) -> str:
        return f"{value} ({value.currency})"

    def render_agreed_on(self, value: Any) -> str:
        return day(value)

    def value_agreed_on(self, value: Any) -> str:
        return str(value)

    def render_amount(self, record: Any) -> str:
        return money(record.money)

    def value_amount(self, record: Any) -> str:
        return str(record.money.amount)

    def render_in_fund(self, record: Any) -> str:
        return money(in_fund(record).money)

    def value_in_fund(self, record: Any) -> str:
        return str(in_fund(record).money.amount)

    def render_rate(self, value: Any) -> str:
        told = {"of": value.currency, "rate": figure(value.rate), "to": value.to, "on": day(value.on)}
        return _now("1 %(of)s = %(rate)s %(to)s, %(on)s") % told

    def render_withdrawn_on(self, value: Any) -> str:
        return day(value)

    def value_withdrawn_on(self, value: Any) -> str:
        return str(value or "")


class RateFilter(django_filters.FilterSet):  # type: ignore[misc]
    currency = django_filters.CharFilter(label=_("Currency"), method="either")
    since = django_filters.DateFilter(
        label=_("Since"), field_name="on", lookup_expr="gte", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = Rate
        fields = ("currency", "since")

    def either(self, rates: QuerySet[Rate], _name: str, value: str) -> QuerySet[Rate]:
        return rates.filter(Q(currency__iexact=value.strip()) | Q(to__iexact=value.strip()))


class RateTable(tables.Table):  # type: ignore[misc]
    currency = tables.Column(verbose_name=_("One unit of"))
    to = tables.Column(verbose_name=_("In"))
    on = tables.Column(verbose_name=_("Date"))
    rate = tables.Column(verbose_name=_("Rate"), attrs=NUM)
    source = tables.Column(verbose_name=_("Source"))
    ref = tables.Column(verbose_name=_("Change"), linkify=("plans:rate", {"ref": tables.A("ref")}), orderable=False)

    class Meta:
        empty_text = _("No rate matches.")

    def render_ref(self) -> str:
        return _now("Change")

    def render_on(self, value: Any) -> str:
        return day(value)

    def value_on(self, value: Any) -> str:
        return str(value)

    def render_rate(self, value: Any) -> str:
        return figure(value)

    def value_rate(self, value: Any) -> str:
        return f"{value.normalize():f}"
