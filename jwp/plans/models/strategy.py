"""Strategy periods, and the business lines and themes that belong to each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.evidence.models import Document


class StrategyPeriod(Row):
    """The years one strategic plan covers. Business lines and themes belong to a period and change with it."""

    name = models.CharField(_("name"), max_length=200)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("-starts",)
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="period_ends_after")]

    def __str__(self) -> str:
        return self.name


class BusinessLine(Row):
    """A business line or window of one strategy period; `successor` is what it became in the next."""

    period = models.ForeignKey(StrategyPeriod, models.PROTECT, related_name="business_lines")
    name = models.CharField(_("name"), max_length=200)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("period", "order")

    def __str__(self) -> str:
        return self.name


class Theme(Row):
    period = models.ForeignKey(StrategyPeriod, models.PROTECT, related_name="themes")
    name = models.CharField(_("name"), max_length=200)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        ordering = ("period", "name")

    def __str__(self) -> str:
        return self.name
