"""Targets, how they were changed, and the actions and remarks that stand beside them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.models import Row
from jwp.evidence.models import Approval
from jwp.indicators.models import Indicator
from jwp.partners.models import Office, Person
from jwp.plans.models.plan import Objective, Plan, PriorityArea
from jwp.plans.models.strategy import BusinessLine, Theme


class Target(Row):
    """One promise that can be kept or not: a number, a dated milestone, a rating or a text, held by an office."""

    class Kind(models.TextChoices):
        NUMBER = "number", _("number")
        MILESTONE = "milestone", _("milestone")
        RATING = "rating", _("rating")
        TEXT = "text", _("text")

    # What became of the promise itself; what was reported against it is in its reports.
    STANDS, ACHIEVED, CARRIED, DROPPED, MERGED, SPLIT = (
        "stands",
        "achieved",
        "carried",
        "dropped",
        "merged",
        "split",
    )

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="targets")
    area = models.ForeignKey(
        PriorityArea,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("priority area"),
    )
    objective = models.ForeignKey(
        Objective, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("objective")
    )
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, verbose_name=_("theme"))
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, verbose_name=_("business line")
    )
    number = models.CharField(
        pgettext_lazy("numbering", "number"),
        max_length=20,
        blank=True,
        help_text=_("As the plan numbers it, such as 1.2."),
    )
    text = models.TextField(_("target"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NUMBER)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("indicator")
    )
    baseline = models.DecimalField(_("baseline"), max_digits=15, decimal_places=4, null=True, blank=True)
    baseline_text = models.CharField(_("baseline in words"), max_length=300, blank=True)
    value = models.DecimalField(_("target value"), max_digits=15, decimal_places=4, null=True, blank=True)
    value_text = models.CharField(_("target in words"), max_length=300, blank=True)
    scale = models.JSONField(_("rating scale"), default=list, blank=True)  # from weakest to strongest
    due = models.DateField(_("due"), null=True, blank=True)
    holder = models.ForeignKey(Office, models.PROTECT, related_name="targets", verbose_name=_("held by"))
    evidence_required = models.BooleanField(_("evidence required"), default=False)
    public = models.BooleanField(_("public"), default=True)
    state = models.CharField(max_length=10, default=STANDS, editable=False)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("plan", "number"), condition=~Q(number=""), name="target_number_once_in_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()


class Revision(Row):
    """A promise changed openly: which verb, from what to what, why, and on whose authority."""

    class Verb(models.TextChoices):
        REVISE = "revise", _("revised")
        REWORD = "reword", _("reworded")
        REASSIGN = "reassign", _("moved to another owner")
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")
        CARRY = "carry over", _("carried over")
        DROP = "drop", _("dropped")
        ACHIEVE = "achieve", _("achieved")

    target = models.ForeignKey(Target, models.PROTECT, related_name="revisions")
    verb = models.CharField(max_length=12, choices=Verb)
    on = models.DateField(_("date"))
    reason = models.TextField(_("reason"))
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, blank=True, related_name="promise_changes")
    approver = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    successor = models.ForeignKey(Target, models.PROTECT, null=True, blank=True, related_name="came_from")

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.target.ref} {self.verb} {self.on}"


class Action(Row):
    """A thing to do for a target: only text, owner, date, done."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="actions")
    text = models.CharField(_("action"), max_length=500)
    owner = models.ForeignKey(Office, models.PROTECT, related_name="actions", verbose_name=_("owner"))
    due = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        ordering = ("due", "pk")

    def __str__(self) -> str:
        return self.text


class Comment(Row):
    """A remark on a target, by page or by mail. Mentioned people get a letter."""

    target = models.ForeignKey(Target, models.PROTECT, related_name="comments")
    author = models.ForeignKey(Person, models.PROTECT)
    text = models.TextField(_("comment"))
    at = models.DateTimeField()
    by_mail = models.BooleanField(default=False)

    personal = ("text",)

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return self.text
