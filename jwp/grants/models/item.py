"""A funded item: what is screened and paid for, whatever it is."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.models import Guarded, Row
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import Document, Event, Product
from jwp.grants.models.application import Application
from jwp.grants.models.call import no_currency
from jwp.grants.models.programme import Programme
from jwp.partners.models import Office, Organisation, Place
from jwp.plans.models import BusinessLine, Fund, Rate, Theme


class FundedItem(Row):
    """A grant, contract, product, event or campaign. One that grew from an application has its reference.

    The agreed marker stands here as well as in its answer sheet, so that a portfolio of thousands adds up at once;
    "" is not screened, which is not a score of 0.
    """

    class Kind(models.TextChoices):
        COMPETITIVE = "competitive grant", _("competitive grant")
        DIRECT = "direct grant", _("direct grant")
        CONTRACT = "contract", _("contract")
        PRODUCT = "product", _("product")
        EVENT = "event", _("event")
        CAMPAIGN = "campaign", _("campaign")

    prefix = "item"
    personal = ("contact_email",)
    secret = ("link_digest",)

    kind = models.CharField(_("kind"), max_length=18, choices=Kind)
    title = models.CharField(_("title"), max_length=250)
    purpose = models.TextField(_("what it is for"), blank=True)
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="items", verbose_name=_("business line")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("programme")
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("theme")
    )
    fund = models.ForeignKey(Fund, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("fund"))
    application = models.OneToOneField(Application, models.PROTECT, null=True, blank=True, related_name="item")
    partner = models.CharField(_("grantee or supplier"), max_length=250, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("in our register")
    )
    contact_email = models.EmailField(
        _("e-mail of who reports"), blank=True, help_text=_("Of who has no application: their link is sent there.")
    )
    country = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("country")
    )
    manager = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("task manager")
    )
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, verbose_name=_("product"))
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, verbose_name=_("event"))
    # The agreement. Amounts are in minor units of `currency`.
    agreement_ref = models.CharField(
        _("agreement reference"), max_length=80, blank=True,
        help_text=_("As the host’s ERP knows it: payments find the item by it."),
    )  # fmt: skip
    minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    # Pinned at signature where the fund has another currency: what the amount takes from the fund.
    rate = models.ForeignKey(
        Rate, models.PROTECT, null=True, blank=True, related_name="items", editable=False, verbose_name=_("rate")
    )
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    agreement = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreement")
    )
    public = models.BooleanField(_("on the public page"), default=True)
    # How far it has come.
    state = models.CharField(max_length=12, default="planned", editable=False, db_index=True)
    signed_on = models.DateField(null=True, blank=True, editable=False)
    completed_on = models.DateField(null=True, blank=True, editable=False)
    closed_on = models.DateField(null=True, blank=True, editable=False)
    decided_because = models.TextField(blank=True, editable=False)
    # The score of the latest agreed marker sheet: "" is not screened.
    marker = models.CharField(max_length=10, blank=True, editable=False, db_index=True)
    marker_pin = models.CharField(max_length=80, blank=True, editable=False)
    marker_phase = models.CharField(max_length=12, blank=True, editable=False)
    link_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)  # the grantee's own

    class Meta:
        ordering = ("-signed_on", "-pk")
        indexes: ClassVar = [models.Index(fields=("-signed_on", "-id"))]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("agreement_ref",), condition=~Q(agreement_ref=""), name="agreement_reference_once",
                violation_error_message=_("Another item has this agreement reference."),
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(starts=None) | Q(ends__gte=F("starts")), name="item_ends_after",
                violation_error_message=_("It cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(minor=None) | Q(minor__gte=0), name="item_amount_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if wrong := no_currency(self.currency):
            raise ValidationError(wrong)


class ItemPlace(Guarded):
    """The cities an item works in."""

    item = models.ForeignKey(FundedItem, models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="funded")

    class Meta:
        ordering = ("place__name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("item", "place"), name="item_place_once")]

    def __str__(self) -> str:
        return str(self.place)


class Part(Row):
    """An objective of an item, or an activity under it (1, 1.1, 1.2): the unit coded, where policy says so."""

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="parts")
    within = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="activities")
    number = models.CharField(pgettext_lazy("numbering", "number"), max_length=20, blank=True)
    text = models.TextField(_("objective or activity"))
    minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    marker = models.CharField(max_length=10, blank=True, editable=False)

    class Meta:
        ordering = ("number", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("item", "number"), condition=~Q(number=""), name="part_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()


class Amendment(Row):
    """An agreement changed: a no-cost extension, another amount, other words. What changed stays readable."""

    class Kind(models.TextChoices):
        EXTENSION = "no-cost extension", _("no-cost extension")
        AMOUNT = "amount", _("change of the amount")
        SCOPE = "scope", _("change of what it is for")

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=18, choices=Kind)
    on = models.DateField(_("signed on"))
    reason = models.TextField(_("reason"))
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name=_("document"))

    class Meta:
        ordering = ("item", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=("item", "number"), name="amendment_number_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {day(self.on)}"
