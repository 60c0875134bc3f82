"""Plans with their areas and objectives, and the rounds that monitor them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.core.period import Cadence
from jwp.evidence.models import Approval
from jwp.plans.models.strategy import StrategyPeriod

# First words of addresses below a plan's: a plan of this ref could not be opened.
TAKEN = {"new", "strategy", "area", "objective", "target", "action", "round", "report", "evidence", "screening"}


class Plan(Row):
    """A promise with a beginning and an end: draft, submitted by the Director, adopted by a body's decision."""

    class Kind(models.TextChoices):
        GENDER = "gender", _("Gender Action Plan")
        WORK = "work", _("Work plan")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.GENDER)
    summary = models.TextField(_("what it promises"), blank=True)
    period = models.ForeignKey(StrategyPeriod, models.PROTECT, null=True, blank=True, related_name="plans")
    starts = models.DateField(_("from"), help_text=_("Rounds are counted from adoption, or from here until then."))
    ends = models.DateField(_("until"))
    state = models.CharField(max_length=12, default="draft", editable=False)
    adoption = models.ForeignKey(Approval, models.PROTECT, null=True, blank=True, related_name="adopted_plans")
    # Cadence: months from adoption of the first rounds, then every so many months.
    months = models.JSONField(_("rounds in months"), default=list)
    then_every = models.PositiveSmallIntegerField(_("then every … months"), null=True, blank=True)
    opens_before = models.PositiveSmallIntegerField(_("opens … days before due"), default=30)
    closes_after = models.PositiveSmallIntegerField(_("may close … days after due"), default=30)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=14, help_text=_("Lateness is public, and goes to the supervisor, only after this.")
    )  # fmt: skip
    # A plan that arrives mid-life: rounds before this one were kept elsewhere.
    first_round_here = models.PositiveSmallIntegerField(_("first round kept here"), default=1)
    previous = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="next_plans")
    public = models.BooleanField(_("on the public page"), default=True)

    class Meta:
        ordering = ("-starts",)
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="plan_ends_after")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self._state.adding and self.ref in TAKEN:
            raise ValidationError({"ref": _("“%(ref)s” is a page's own address: choose another.") % {"ref": self.ref}})

    @property
    def cadence(self) -> Cadence:
        return Cadence(tuple(self.months) or Cadence.months, self.then_every, self.opens_before, self.closes_after)

    def is_changed_by(self, approval: Approval) -> bool:
        """Whether a decision is about this plan's promises, and not the one that made them."""
        return approval.subject == self.ref and approval.pk != self.adoption_id

    @property
    def counted_from(self) -> date:
        return self.adoption.on if self.adoption else self.starts


class PriorityArea(Row):
    """A heading of the plan, on one of its three levels (Cities Alliance 2015)."""

    class Level(models.TextChoices):
        WORK_PROGRAMME = "work programme", _("Work programme")
        MEMBERS = "members", _("Members")
        SECRETARIAT = "secretariat", _("Secretariat")

    prefix = "area"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="areas")
    name = models.CharField(_("name"), max_length=200)
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.SECRETARIAT)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.name


class Objective(Row):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="objectives")
    area = models.ForeignKey(PriorityArea, models.PROTECT, null=True, blank=True, related_name="objectives")
    text = models.TextField(_("objective"))
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.text


class Round(Row):
    """One monitoring round of a plan. Rounds come from adoption; their dates may be moved, with a reason."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    opens = models.DateField(_("opens"))
    due = models.DateField(_("due"))
    closes = models.DateField(_("may close from"))
    moved_because = models.TextField(_("why the dates were moved"), blank=True)
    closed_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("plan", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("plan", "number"), name="round_once_in_plan"),
            models.CheckConstraint(
                condition=Q(due__gte=F("opens")) & Q(closes__gte=F("due")), name="round_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"M{self.month}"
