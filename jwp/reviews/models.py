"""Engagements with people, baseline assessments, and what came of them: findings, recommendations, responses."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import Document
from jwp.partners.models import Office, Place
from jwp.plans.models import Plan, PriorityArea, Target


class Engagement(Row):
    """A participatory engagement between the gender team and others, with an instrument they may answer anonymously."""

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="engagements")
    title = models.CharField(_("title"), max_length=250)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    held_on = models.DateField(_("date"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    place_text = models.CharField(_("place"), max_length=200, blank=True)
    summary = models.TextField(_("what was said"), blank=True)
    # The shared link: anonymous answers to a pinned instrument between two days.
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)  # id@version
    link_digest = models.CharField(max_length=64, blank=True, editable=False)
    link_opens = models.DateField(null=True, blank=True)
    link_closes = models.DateField(null=True, blank=True)
    min_group = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=5, help_text=_("Below this many answers nothing is shown.")
    )

    class Meta:
        ordering = ("-held_on",)

    def __str__(self) -> str:
        return self.title


class Participants(Guarded):
    """How many took part, by role and sex. Nobody is named."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="participants")
    role = models.CharField(_("role"), max_length=100)
    women = models.PositiveIntegerField(_("women"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men"), null=True, blank=True)
    not_stated = models.PositiveIntegerField(_("not stated"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("engagement", "role"), name="participants_once_a_role")
        ]

    def __str__(self) -> str:
        return self.role


class Assessment(Row):
    """A baseline assessment of one priority area, with the instrument and the document it rests on."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assessments")
    area = models.ForeignKey(PriorityArea, models.PROTECT, null=True, blank=True, related_name="assessments")
    engagement = models.ForeignKey(
        Engagement, models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    title = models.CharField(_("title"), max_length=250)
    made_on = models.DateField(_("date"))
    method = models.TextField(_("method"), blank=True)
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("-made_on",)

    def __str__(self) -> str:
        return self.title


class Finding(Row):
    class Kind(models.TextChoices):
        FINDING = "finding", _("key finding")
        PRACTICE = "good practice", _("good practice")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="findings")
    area = models.ForeignKey(PriorityArea, models.PROTECT, null=True, blank=True, related_name="findings")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, blank=True, related_name="findings")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.FINDING)
    text = models.TextField(_("finding"))
    public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class Recommendation(Row):
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="recommendations")
    text = models.TextField(_("recommendation"))
    respond_by = models.DateField(_("respond by"), null=True, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text


class Response(Row):
    """What the secretariat answers to a recommendation, and the target it led to."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly accepted", _("partly accepted")
        REJECTED = "rejected", _("rejected")

    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="responses")
    kind = models.CharField(_("response"), max_length=16, choices=Kind)
    text = models.TextField(_("what will be done, or why not"), blank=True)
    target = models.ForeignKey(Target, models.PROTECT, null=True, blank=True, related_name="responses")
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="responses")
    responded_on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="rejected") | ~Q(text=""), name="rejection_says_why",
                violation_error_message=_("Say why the recommendation is rejected."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.recommendation.ref}: {self.get_kind_display()}"
