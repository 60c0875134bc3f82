"""What a grantee reports, and the investments that followed."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import Document, StoredFile
from jwp.grants.models.call import no_currency
from jwp.grants.models.item import FundedItem


class ProgressReport(Row):
    """What was done in a span of an item's life, and for how many women and men. Null: not counted, not zero."""

    class Kind(models.TextChoices):
        PROGRESS = "progress", _("progress report")
        COMPLETION = "completion", _("completion report")

    prefix = "progress"
    secret = ("draft", "once")

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="reports")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PROGRESS)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    due = models.DateField(_("due"))
    done = models.TextField(_("what was done"), blank=True)
    for_women_and_men = models.TextField(_("what changed for women and men"), blank=True)
    women = models.PositiveIntegerField(_("women"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men"), null=True, blank=True)
    not_stated = models.PositiveIntegerField(_("not stated"), null=True, blank=True)
    total = models.PositiveIntegerField(_("people in all"), null=True, blank=True)
    not_counted_because = models.CharField(_("not counted, because"), max_length=400, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("file"))
    state = models.CharField(max_length=10, default="draft", editable=False)
    submitted_on = models.DateField(null=True, blank=True, editable=False)
    submitted_by = models.CharField(max_length=120, blank=True, editable=False)  # "applicant", or a person's ref
    accepted_on = models.DateField(null=True, blank=True, editable=False)
    returned_because = models.TextField(blank=True, editable=False)
    draft = models.JSONField(default=dict, blank=True, editable=False)
    once = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ("item", "due")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="progress_ends_after"),
            models.UniqueConstraint(fields=("item",), condition=Q(kind="completion"), name="one_completion_report"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {day(self.ends)}"

    @property
    def split_by_sex(self) -> bool:
        return self.women is not None and self.men is not None


class Investment(Row):
    """Money that others put in because of an item, with what shows it."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("public budget")
        DEVELOPMENT = "development", _("development partner")
        PRIVATE = "private", _("private")
        COMMUNITY = "community", _("community")

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="investments")
    investor = models.CharField(_("who invests"), max_length=250)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    on = models.DateField(_("date"))
    minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    text = models.CharField(_("what for"), max_length=500, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name=_("document"))
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("file"))
    url = models.URLField(_("link"), max_length=500, blank=True)

    class Meta:
        ordering = ("on", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(minor__gt=0), name="investment_of_something"),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | Q(file__isnull=False) | ~Q(url=""),
                name="investment_has_evidence",
                violation_error_message=_("Give a document, a file or a link that shows it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.investor}, {day(self.on)}"

    def clean(self) -> None:
        if wrong := no_currency(self.currency):
            raise ValidationError(wrong)
