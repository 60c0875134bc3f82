"""What the desk remembers: imports that can be undone, and how a foreign table's columns were mapped."""

from __future__ import annotations

from django.db import models

from jwp.core.models import Row
from jwp.evidence.models import StoredFile
from jwp.partners.models import Person


class Import(Row):
    """One workbook or table brought in: what it changed is the journal batch of the same name."""

    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, default="checked")  # checked, applied, undone
    batch = models.CharField(max_length=32, blank=True)
    counts = models.JSONField(default=dict)  # {"add": 19, "change": 0, "unchanged": 0, "refused": 0}
    rows = models.JSONField(default=list)  # the rows as read, until applied; the refused ones afterwards

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
