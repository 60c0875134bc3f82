"""The gate before a signature: policy by date, conditions set on the way through, and the Director's override."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Row
from jwp.grants.models.application import Application
from jwp.grants.models.item import FundedItem
from jwp.grants.rules.gate import NEVER, Policy
from jwp.partners.models import Office, Person
from jwp.plans.models import BusinessLine


class GatePolicy(Row):
    """What must have been screened before a step, from a day on. Where nothing is set, `rules.gate.DEFAULT` holds."""

    class Stage(models.TextChoices):
        IN_PRINCIPLE = "approve in principle", _("before approval in principle")
        SIGN = "sign", _("before the agreement is signed")
        COMPLETE = "complete", _("before it is completed")

    class Unit(models.TextChoices):
        ITEM = "item", _("the whole item")
        OBJECTIVE = "objective", _("each objective")
        ACTIVITY = "activity", _("each activity")

    prefix = "gate"

    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, null=True, blank=True, related_name="gates", verbose_name=_("business line"),
        help_text=_("Empty: every business line."),
    )  # fmt: skip
    kind = models.CharField(
        _("kind of item"), max_length=18, choices=FundedItem.Kind, blank=True, help_text=_("Empty: every kind.")
    )
    stage = models.CharField(_("stands"), max_length=20, choices=Stage, default=Stage.SIGN)
    instrument = models.CharField(_("instrument"), max_length=80)  # its id: any version of it
    unit = models.CharField(_("what is coded"), max_length=10, choices=Unit, default=Unit.ITEM)
    readers = models.PositiveSmallIntegerField(
        _("people who sign"), default=2, help_text=_("2: who proposes and who agrees. 3: somebody reads in between.")
    )
    starts = models.DateField(_("in force from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("why"), blank=True)

    class Meta:
        ordering = ("-starts",)
        verbose_name_plural = "gate policies"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(instrument__in=sorted(NEVER)), name="gate_never_by_gam_or_gres",
                violation_error_message=_("This instrument may never decide on money."),
            ),
            models.CheckConstraint(condition=Q(readers__in=(2, 3)), name="gate_two_or_three_readers"),
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="gate_ends_after"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.instrument}"

    def clean(self) -> None:
        if self.instrument in NEVER:
            raise ValidationError({"instrument": _("This instrument may never decide on money.")})

    def policy(self) -> Policy:
        line = self.business_line.ref if self.business_line else None
        return Policy(
            self.stage, self.instrument, self.starts, self.ends, line, self.kind, readers=self.readers, ref=self.ref
        )


class Condition(Row):
    """Something that must still be done, by whom and when, for a gate passed on that condition."""

    item = models.ForeignKey(FundedItem, models.PROTECT, related_name="conditions")
    text = models.CharField(_("condition"), max_length=500)
    owner = models.ForeignKey(Office, models.PROTECT, related_name="conditions", verbose_name=_("owner"))
    due = models.DateField(_("due"))
    set_on = models.DateField(editable=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_how = models.CharField(_("how it was met"), max_length=500, blank=True)

    class Meta:
        ordering = ("due", "pk")

    def __str__(self) -> str:
        return self.text


class Override(Row):
    """The Director let a step pass without what the gate asks for, and said why. It goes to the Board."""

    item = models.ForeignKey(FundedItem, models.PROTECT, null=True, blank=True, related_name="overrides")
    application = models.ForeignKey(Application, models.PROTECT, null=True, blank=True, related_name="overrides")
    stage = models.CharField(max_length=20, choices=GatePolicy.Stage)
    missing = models.JSONField(default=list)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(Person, models.PROTECT)
    on = models.DateField()

    class Meta:
        ordering = ("-on", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="override_says_why"),
            models.CheckConstraint(
                condition=Q(item=None, application__isnull=False) | Q(item__isnull=False, application=None),
                name="override_of_one_thing",
            ),
            models.UniqueConstraint(fields=("item", "stage"), name="one_override_a_stage"),
            models.UniqueConstraint(fields=("application", "stage"), name="one_override_a_stage_before"),
        ]

    def __str__(self) -> str:
        return f"{self.item or self.application}: {self.on}"
