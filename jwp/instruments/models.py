"""Answer sheets: what somebody, or an anonymous group, answered to one pinned version of an instrument."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.instruments import rules
from jwp.partners.models import Person


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
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="answer_sheets")
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(anonymous=False) | models.Q(answered_on=None), name="anonymous_has_no_date"
            ),
            models.CheckConstraint(
                condition=models.Q(anonymous=False) | models.Q(by=None), name="anonymous_has_no_person"
            ),
            models.UniqueConstraint(
                fields=("instrument", "subject", "stage"),
                condition=models.Q(anonymous=False),
                name="one_signed_sheet_a_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.subject}"

    def given(self) -> list[rules.Answer]:
        """Its answers as the rules know them: prefetch `answers`."""
        return [rules.Answer(row.item, row.value, row.quote, row.link) for row in self.answers.all()]


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
