"""Answer sheets: what somebody, or an anonymous group, answered to one pinned version of an instrument."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
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

    class Phase(models.TextChoices):
        DESIGN = "design", _("design")
        APPROVAL = "approval", _("approval")
        MONITORING = "monitoring", _("monitoring")
        MID_TERM = "mid-term", _("mid-term")
        CLOSURE = "closure", _("closure")

    prefix = "sheet"

    instrument = models.CharField(max_length=80)  # id@version, never the latest
    subject = models.CharField(max_length=80, db_index=True)  # ref of what was looked at
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.SELF)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase, blank=True)
    unit = models.CharField(_("what is coded"), max_length=20, blank=True)  # one of the instrument's units
    # What the rules made of the answers when they were written; empty is "not screened", never 0.
    score = models.CharField(max_length=20, blank=True)
    reason = models.TextField(_("reason for the change"), blank=True)
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
                fields=("instrument", "subject", "stage", "phase"),
                condition=models.Q(anonymous=False),
                name="one_signed_sheet_a_stage_and_phase",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("instruments:subject", args=[*self.instrument.split("@"), self.subject])

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


class Edition(Row):
    """An instrument with its wording confirmed or corrected. Criteria and classes stay; old sheets keep their pin."""

    prefix = "edition"

    base = models.CharField(_("instrument"), max_length=80)  # id@version of the file it words anew
    version = models.CharField(_("version"), max_length=20)
    confirmed_on = models.DateField(_("confirmed on"))
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="editions")
    source = models.CharField(_("source"), max_length=300, help_text=_("The document that says so."))
    page = models.CharField(_("page"), max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("base", "version"), name="one_edition_a_version")]

    def __str__(self) -> str:
        return self.pin

    @property
    def pin(self) -> str:
        return f"{self.base.split('@')[0]}@{self.version}"


class Wording(Row):
    """One criterion, or what one class means, as an edition words it. It stands in every later edition too."""

    prefix = "wording"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="wordings")
    item = models.CharField(_("criterion"), max_length=60)
    en = models.TextField(_("English"))
    fr = models.TextField(_("French"), blank=True)
    es = models.TextField(_("Spanish"), blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("edition", "item"), name="one_wording_an_item")]

    def __str__(self) -> str:
        return self.item

    @property
    def text(self) -> dict[str, str]:
        return {language: said for language in ("en", "fr", "es") if (said := getattr(self, language))}
