"""Engagements with people, baseline assessments, and what came of them: findings and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import Document
from jwp.instruments.rules import SMALLEST_GROUP
from jwp.partners.models import Office, Place
from jwp.plans.models import Plan, PriorityArea, Target
from jwp.reviews.rules import LinkStanding, link_standing


class Engagement(Row):
    """The gender team met others, who may answer an instrument anonymously."""

    secret = ("link_digest",)

    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="engagements", verbose_name=_("plan")
    )
    title = models.CharField(_("title"), max_length=250)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    held_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("country or city"))
    place_text = models.CharField(_("place"), max_length=200, blank=True)
    summary = models.TextField(_("what was said"), blank=True)
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)  # id@version
    # The shared link: anonymous answers to the pinned instrument, from a first to a last day.
    link_number = models.PositiveSmallIntegerField(default=0, editable=False)  # counts the links made
    link_digest = models.CharField(max_length=64, blank=True, editable=False)
    link_opens = models.DateField(_("open from"), null=True, blank=True)
    link_closes = models.DateField(_("last day to answer"), null=True, blank=True)
    link_closed_on = models.DateField(null=True, blank=True, editable=False)  # by hand, before its last day
    min_group = models.PositiveSmallIntegerField(
        _("smallest group shown"), default=SMALLEST_GROUP, validators=[MinValueValidator(SMALLEST_GROUP)],
        help_text=_("Below this many answers nothing is shown."),
    )  # fmt: skip

    class Meta:
        ordering = ("-held_on",)

    def __str__(self) -> str:
        return self.title

    def link_standing(self, today: date) -> LinkStanding:
        return link_standing(self.link_digest, self.link_opens, self.link_closes, self.link_closed_on, today)


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


def headcount(groups: Iterable[Participants]) -> dict[str, int | None]:
    """Everybody by sex; None where nobody was counted, which is not zero."""
    found: dict[str, int | None] = {}
    for sex in ("women", "men", "not_stated"):
        counted = [n for group in groups if (n := getattr(group, sex)) is not None]
        found[sex] = sum(counted) if counted else None
    return found


class AnswersOfDay(Guarded):
    """How many anonymous answers came in on a day: all that is known about when, and all the journal gets."""

    engagement = models.ForeignKey(Engagement, models.CASCADE, related_name="days")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    journalled = models.PositiveIntegerField(default=0)  # how many of them the journal has

    class Meta:
        ordering = ("day",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("engagement", "day"), name="answers_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.engagement}: {self.day}"


class Receipt(Guarded):
    """That a form was received, so that sending it again on a bad line counts once. Leads to no answer."""

    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.digest[:8]


class Assessment(Row):
    """A baseline assessment of one priority area, with the instrument and the document it rests on."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="assessments")
    area = models.ForeignKey(
        PriorityArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("priority area"),
    )
    engagement = models.ForeignKey(
        Engagement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("rests on the engagement"),
    )
    title = models.CharField(_("title"), max_length=250)
    made_on = models.DateField(_("date"))
    method = models.TextField(_("method"), blank=True)
    instrument = models.CharField(_("instrument"), max_length=80, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name=_("document"))

    class Meta:
        ordering = ("-made_on",)

    def __str__(self) -> str:
        return self.title


class Finding(Row):
    class Kind(models.TextChoices):
        FINDING = "finding", _("key finding")
        PRACTICE = "good practice", _("good practice")

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="findings")
    area = models.ForeignKey(
        PriorityArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("priority area"),
    )
    assessment = models.ForeignKey(
        Assessment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("found in"),
    )
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
    target = models.ForeignKey(
        Target,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="responses",
        verbose_name=_("leads to the target"),
    )
    owner = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="responses", verbose_name=_("done by")
    )
    responded_on = models.DateField()

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="accepted") | ~Q(text=""), name="response_says_why_not",
                violation_error_message=_("Say why the recommendation is not, or only partly, accepted."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.recommendation.ref}: {self.get_kind_display()}"
