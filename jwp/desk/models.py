"""What the desk remembers: imports that can be undone, and how a foreign table's columns were mapped."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import StoredFile
from jwp.partners.models import Person
from jwp.plans.models import Round, Target


class Import(Row):
    """One workbook or table brought in: what it changed is the journal batch of the same name."""

    class Kind(models.TextChoices):
        BOOK = "book", _("workbook")
        TABLE = "table", _("table")

    # Rows hold names and addresses: the journal has them from the rows they become, not twice.
    secret = ("rows", "mapping")

    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.BOOK)
    file_name = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, default="checked")  # checked, applied, undone
    batch = models.CharField(max_length=32, blank=True)
    counts = models.JSONField(default=dict)  # {"add": 19, "change": 0, "unchanged": 0, "refused": 0}
    rows = models.JSONField(default=list)  # the rows as read, until applied; the refused ones afterwards
    mapping = models.JSONField(default=dict)  # of somebody's own table: what was chosen so far

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.file_name or self.ref


class ColumnMapping(Row):
    """How columns with these headings were mapped last time, so that next time is one click."""

    headings = models.CharField(max_length=64, unique=True)  # digest of the headings, in order
    mapping = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.headings


class Notice(Guarded):
    """That somebody was told about a report still missing, so that nobody is told the same thing twice.

    Of an owner's reminder `rung` is empty and `person` is who was written to; of a rung `person` is empty.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="notices")
    target = models.ForeignKey(Target, models.PROTECT, related_name="notices")
    rung = models.CharField(max_length=12, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("round", "target", "person", "on"), condition=models.Q(rung=""), name="told_once_a_day"
            ),
            models.UniqueConstraint(
                fields=("round", "target", "rung", "on"), condition=~models.Q(rung=""), name="climbed_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target.ref} {self.rung or self.person} {self.on}"
