"""Answer sheets: what somebody, or an anonymous group, answered to one pinned version of an instrument."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row


class AnswerSheet(Row):
    """One filled-in instrument. An anonymous sheet keeps no person, address or time."""

    class Stage(models.TextChoices):
        SELF = "self", _("self-assessed")
        REVIEWED = "reviewed", _("reviewed")
        AGREED = "agreed", _("agreed")

    prefix = "sheet"

    instrument = models.CharField(max_length=80)  # id@version, never the latest
    subject = models.CharField(max_length=80, db_index=True)  # ref of what was looked at
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.SELF)
    anonymous = models.BooleanField(default=False)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(anonymous=False) | models.Q(answered_on=None), name="anonymous_has_no_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.subject}"


class Answer(Guarded):
    sheet = models.ForeignKey(AnswerSheet, models.CASCADE, related_name="answers")
    item = models.CharField(max_length=60)
    value = models.CharField(max_length=40)
    quote = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("sheet", "item"), name="one_answer_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.value}"
