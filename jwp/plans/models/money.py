"""Funds, what was contributed to them, the dated rates, and the budget: work plan × business line × fund.

Every amount is a whole number of minor units; its currency stands beside it, or is the fund's.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.core.money import Money
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import Approval
from jwp.partners.models import Organisation
from jwp.plans.models.plan import Plan
from jwp.plans.models.strategy import BusinessLine

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Write the currency as three capitals, such as USD."))


def until_after_from(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("starts")),
        name=name,
        violation_error_message=_("The end lies before the beginning."),
    )


class Fund(Row):
    """A pot with one currency. Core is for everything, earmarked for what `earmarked_for` says."""

    class Kind(models.TextChoices):
        CORE = "core", _("core")
        NON_CORE = "non-core", _("non-core")
        EARMARKED = "earmarked", _("earmarked")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CORE)
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    donor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="funds", verbose_name=_("donor")
    )
    earmarked_for = models.TextField(_("earmarked for"), blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            until_after_from("fund_ends_after"),
            models.CheckConstraint(
                condition=~Q(kind="earmarked") | ~Q(earmarked_for=""),
                name="fund_says_what_it_is_earmarked_for",
                violation_error_message=_("Say what the fund is earmarked for."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Rate(Row):
    """One unit of `currency` was worth `rate` units of `to` on that day; read backwards it divides."""

    currency = models.CharField(_("one unit of"), max_length=3, validators=[CURRENCY])
    to = models.CharField(_("in"), max_length=3, validators=[CURRENCY])
    on = models.DateField(_("date"))
    # Fifteen digits: SQLite keeps no more of a decimal.
    rate = models.DecimalField(
        _("rate"), max_digits=15, decimal_places=8, validators=[MinValueValidator(Decimal("0.00000001"))]
    )
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ("-on", "currency", "to")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("currency", "to", "on"), name="one_rate_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
            models.CheckConstraint(
                condition=~Q(currency=F("to")),
                name="rate_between_two_currencies",
                violation_error_message=_("A rate stands between two currencies."),
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.to}, {day(self.on)}"


class Contribution(Row):
    """Money an organisation agreed to give to a fund. In another currency than the fund's, its rate is pinned."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="contributions", verbose_name=_("fund"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="contributions", verbose_name=_("organisation")
    )
    agreed_on = models.DateField(_("agreed on"))
    minor = models.BigIntegerField(_("amount in minor units"))
    currency = models.CharField(_("currency"), max_length=3, validators=[CURRENCY])
    rate = models.ForeignKey(
        Rate, models.PROTECT, null=True, blank=True, related_name="contributions", verbose_name=_("rate")
    )
    reference = models.CharField(_("agreement"), max_length=200, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    # Taken back by who agreed it: it stays readable and finances nothing.
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-agreed_on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(minor__gt=0),
                name="contribution_above_zero",
                violation_error_message=_("The amount is more than zero."),
            ),
            until_after_from("contribution_ends_after"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {day(self.agreed_on)}"

    @property
    def money(self) -> Money:
        return Money(self.minor, self.currency)


class BudgetLine(Row):
    """What one work plan means to spend on a business line out of a fund, in the fund's currency."""

    prefix = "budget"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="budget", verbose_name=_("work plan"))
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="budget", verbose_name=_("business line")
    )
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="budget", verbose_name=_("fund"))
    minor = models.BigIntegerField(_("amount in minor units"))
    # The decision that lets the budget of a fund be more than its financing.
    allowed_by = models.ForeignKey(
        Approval, models.PROTECT, null=True, blank=True, related_name="budget", verbose_name=_("allowed by")
    )

    class Meta:
        ordering = ("plan", "business_line__order", "fund__name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("plan", "business_line", "fund"), name="one_amount_a_cell"),
            models.CheckConstraint(condition=Q(minor__gte=0), name="budget_not_below_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.business_line}, {self.fund}"

    @property
    def money(self) -> Money:
        """Note: reads self.fund."""
        return Money(self.minor, self.fund.currency)
