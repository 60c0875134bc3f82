"""Tranches and their conditions; commitments and payments as the host's ERP states them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.models import Row
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import StoredFile
from jwp.grants.models.item import FundedItem
from jwp.partners.models import Person
from jwp.plans.models import Rate


class Tranche(Row):
    """A part of the amount that is paid once its condition is met."""

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="tranches")
    number = models.PositiveSmallIntegerField(pgettext_lazy("numbering", "number"))
    minor = models.BigIntegerField(_("amount"))
    due = models.DateField(_("due"))
    condition = models.CharField(_("paid once"), max_length=400, blank=True)
    met_on = models.DateField(_("condition met on"), null=True, blank=True)
    met_how = models.CharField(_("what shows it"), max_length=400, blank=True)

    class Meta:
        ordering = ("item", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("item", "number"), name="tranche_number_once"),
            models.CheckConstraint(condition=Q(minor__gt=0), name="tranche_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.condition}".rstrip(": ")


class Statement(Row):
    """One file of the host's ERP: what it said, and every line that does not agree with what we know."""

    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    read_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    lines = models.PositiveIntegerField(default=0)
    # [{"line": 3, "kind": "no such agreement", "reference": "…", "said": "…", "settled": ""}]
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ("-ends", "-pk")

    def __str__(self) -> str:
        return f"{day(self.starts)} – {day(self.ends)}"


class Transaction(Row):
    """A commitment or a payment under an agreement. A refund is a payment below zero."""

    class Kind(models.TextChoices):
        COMMITMENT = "commitment", _("commitment")
        PAYMENT = "payment", _("payment")

    prefix = "transaction"

    item = models.ForeignKey(FundedItem, models.PROTECT, null=True, blank=True, related_name="transactions")
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="payments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PAYMENT)
    agreement_ref = models.CharField(_("agreement reference"), max_length=80, db_index=True)
    erp_ref = models.CharField(_("reference in the ERP"), max_length=80, blank=True)
    on = models.DateField(_("date"))
    minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.ForeignKey(Rate, models.PROTECT, null=True, blank=True)  # where it is not the item's currency
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="transactions")
    typed_because = models.CharField(_("why it was typed"), max_length=300, blank=True)

    class Meta:
        ordering = ("on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("erp_ref",), condition=~Q(erp_ref=""), name="erp_reference_once"),
            models.CheckConstraint(condition=~Q(minor=0), name="transaction_of_something"),
            models.CheckConstraint(
                condition=Q(statement__isnull=False) | ~Q(typed_because=""), name="typed_transaction_says_why",
                violation_error_message=_("Payments come from the ERP: say why this one was typed."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.erp_ref or day(self.on)}"
