"""What holders report in a round, its evidence and its corrections."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.evidence.models import StoredFile
from jwp.indicators.models import Reading
from jwp.partners.models import Person
from jwp.plans.models.plan import Round
from jwp.plans.models.promise import Target


class Report(Row):
    """What the holder of a target says in one round; written by them, or for them by the team, who name the source."""

    secret = ("draft",)  # what is being typed is nobody's business yet
    personal = ("source",)  # names who said so

    class Via(models.TextChoices):
        OWN = "own", _("own report")
        MAIL = "mail", _("by mail")
        CALL = "call", _("by call")
        MEETING = "meeting", _("in a meeting")

    class Progress(models.TextChoices):
        NOT_STARTED = "not started", _("not started")
        UNDER_WAY = "under way", _("under way")
        DONE = "done", _("done")

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    target = models.ForeignKey(Target, models.PROTECT, related_name="reports")
    state = models.CharField(max_length=12, default="draft", editable=False)
    # What is reported: a reading with cells for numbers and ratings by sex; words for the others.
    reading = models.ForeignKey(Reading, models.PROTECT, null=True, blank=True, related_name="reports")
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=4, null=True, blank=True)
    progress = models.CharField(_("progress"), max_length=12, choices=Progress, blank=True)
    value_text = models.CharField(_("in words"), max_length=1000, blank=True)
    no_data_because = models.CharField(_("no data, because"), max_length=500, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    # What was typed and not yet sent: {"total": "12", "f": "7", ...}, as typed, so that nothing is lost.
    draft = models.JSONField(default=dict, blank=True)
    # How it came in.
    submitted_on = models.DateField(null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    via = models.CharField(_("how it came"), max_length=10, choices=Via, default=Via.OWN)
    source = models.CharField(_("who said so, when"), max_length=300, blank=True)
    evidence_follows = models.BooleanField(_("evidence follows"), default=False)
    # What the team did with it.
    accepted_on = models.DateField(null=True, blank=True, editable=False)
    returned_because = models.TextField(blank=True, editable=False)
    # Silence is a fact once the round is closed; a report after that is late and says so for good.
    silent_at_close = models.BooleanField(default=False, editable=False)
    # An extension stops the clock.
    extended_to = models.DateField(_("extended to"), null=True, blank=True, editable=False)
    extended_because = models.TextField(blank=True, editable=False)
    explanation = models.TextField(_("the Director's explanation"), blank=True, editable=False)
    # The last resubmission key, so that a form sent twice on a bad line counts once.
    once = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ("round", "target__order")
        constraints: ClassVar = [models.UniqueConstraint(fields=("round", "target"), name="one_report_a_round")]

    def __str__(self) -> str:
        return f"{self.target.ref} {self.round}"


class Correction(Row):
    """A published value put right without reopening the round: old, new, date, reason."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="corrections")
    on = models.DateField(_("date"))
    reason = models.TextField(_("reason"))
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.report}: {self.on}"


class Evidence(Row):
    """What a report stands on: a file, a link, or who saw it and when."""

    personal = ("seen_by",)

    report = models.ForeignKey(Report, models.PROTECT, related_name="evidence")
    title = models.CharField(_("what it is"), max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    seen_by = models.CharField(_("seen by"), max_length=200, blank=True)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    added_on = models.DateField()
    public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "evidence"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(url="") | (~Q(seen_by="") & Q(seen_on__isnull=False)),
                name="evidence_is_something",
                violation_error_message=_("Give a file, a link, or who saw it and when."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.url or self.seen_by
