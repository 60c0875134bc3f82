"""A call and its own rules, kept as data: no two calls of a fund have had the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import Source
from jwp.grants.models.programme import Programme
from jwp.grants.rules.deadlines import COMMENT_DAYS, PROPOSAL_MONTHS
from jwp.partners.models import Office, Person, Place
from jwp.plans.models import BusinessLine, Fund, Theme
from jwp.plans.models.money import CURRENCY


class Call(Row):
    """An invitation to apply. Amounts are in the minor units of `currency`."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("grants")
        PRIZE = "prize", _("a prize, without a grant")
        OUTSIDE = "outside", _("run on another portal")

    class CoFinancing(models.TextChoices):
        NOT_ASKED = "not asked", _("not asked for")
        ENCOURAGED = "encouraged", _("encouraged")
        REQUIRED = "required", _("required")

    title = models.CharField(_("title"), max_length=250)
    kind = models.CharField(_("what it gives"), max_length=10, choices=Kind, default=Kind.GRANT)
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="calls", verbose_name=_("business line")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("programme")
    )
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, verbose_name=_("theme"))
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("fund"))
    manager = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("task manager")
    )
    about = models.TextField(_("what it is for"))
    gender_statement = models.TextField(
        _("what it asks on gender"), blank=True,
        help_text=_("As applicants read it, such as: all proposals show how gender is mainstreamed."),
    )  # fmt: skip
    languages = models.JSONField(_("languages"), default=list, blank=True, help_text=_("Of applications."))
    # Size and co-financing.
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    smallest = models.BigIntegerField(null=True, blank=True)
    largest = models.BigIntegerField(null=True, blank=True)
    envelope = models.BigIntegerField(null=True, blank=True)
    co_financing = models.CharField(
        _("co-financing"), max_length=12, choices=CoFinancing, default=CoFinancing.NOT_ASKED
    )
    paid_at_most = models.DecimalField(
        _("we pay at most … % of the total in cash"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )  # fmt: skip
    # Who may apply: from which countries (none named: any), with how many sponsors among the members.
    countries_text = models.CharField(_("eligible countries, in words"), max_length=300, blank=True)
    sponsors = models.PositiveSmallIntegerField(_("sponsors required"), default=0)
    no_objection = models.BooleanField(_("the government's no objection is required"), default=False)
    # Deadlines are instants, said in the call's own zone.
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    zone = models.CharField(_("time zone of the deadline"), max_length=60, default="Europe/Brussels")
    panel_due = models.DateField(_("panel reviews due"), null=True, blank=True)
    comment_days = models.PositiveSmallIntegerField(_("business days for donor comments"), default=COMMENT_DAYS)
    proposal_months = models.PositiveSmallIntegerField(_("months for the full proposal"), default=PROPOSAL_MONTHS)
    # Run elsewhere, or before us: where to read on, and the numbers published there ({"received": 239, …}).
    outside_url = models.URLField(_("where it is run"), max_length=500, blank=True)
    outside_columns = models.JSONField(default=dict, blank=True, editable=False)
    published_numbers = models.JSONField(default=dict, blank=True, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name=_("source"))
    state = models.CharField(max_length=12, default="draft", editable=False)
    published_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-closes_at", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="call_closes_after", violation_error_message=_("A call cannot close before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(smallest=None) | Q(largest=None) | Q(largest__gte=F("smallest")),
                name="call_sizes_in_order",
                violation_error_message=_("The largest grant cannot be smaller than the smallest."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """What a form offers as a list, or counts by clocks that end one day, is held to it in a workbook too."""
        wrong: dict[str, Any] = {}
        try:
            ZoneInfo(self.zone)
        except (ValueError, ZoneInfoNotFoundError, OSError):
            wrong["zone"] = _("Choose a time zone, such as Africa/Nairobi.")
        for name, most in (("comment_days", 365), ("proposal_months", 60)):
            if (getattr(self, name) or 0) > most:
                wrong[name] = _("At most %(n)d.") % {"n": most}
        wrong |= no_currency(self.currency)
        if wrong:
            raise ValidationError(wrong)


def no_currency(said: str) -> dict[str, Any]:
    """Under its field, what is wrong with a currency."""
    try:
        CURRENCY(said)
    except ValidationError as error:
        return {"currency": error}
    return {}


class CallCountry(Guarded):
    call = models.ForeignKey(Call, models.CASCADE, related_name="countries")
    place = models.ForeignKey(Place, models.PROTECT)

    class Meta:
        ordering = ("place__name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("call", "place"), name="call_country_once")]

    def __str__(self) -> str:
        return str(self.place)


class Criterion(Row):
    """What the panel gives points for. The gender criterion is one of them, apart from any marker."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="criteria")
    name = models.CharField(_("criterion"), max_length=200)
    about = models.TextField(_("what to look for"), blank=True)
    points = models.PositiveSmallIntegerField(_("points at most"), default=10)
    gender = models.BooleanField(_("the gender criterion"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")
        verbose_name_plural = "criteria"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(points__gte=1), name="criterion_gives_points"),
            models.UniqueConstraint(fields=("call", "name"), name="criterion_once_in_call"),
        ]

    def __str__(self) -> str:
        return self.name


class PanelMember(Row):
    """Somebody outside the secretariat, usually, who scores the applications of one call."""

    prefix = "panel"

    call = models.ForeignKey(Call, models.PROTECT, related_name="panel")
    person = models.ForeignKey(Person, models.PROTECT, related_name="panels")
    left_on = models.DateField(_("left the panel on"), null=True, blank=True)

    class Meta:
        ordering = ("person__name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("call", "person"), name="on_a_panel_once")]

    def __str__(self) -> str:
        return str(self.person)
