"""Plans and their targets, the rounds that monitor them and the reports those rounds receive.

What the date decides (open, due, late) is never a column here: `rules.standing` computes it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.models import Row
from jwp.core.period import Cadence
from jwp.evidence.models import Approval, Document, StoredFile
from jwp.indicators.models import Indicator, Reading
from jwp.partners.models import Office, Person


class StrategyPeriod(Row):
    """The years one strategic plan covers. Business lines and themes belong to a period and change with it."""

    name = models.CharField(_("name"), max_length=200)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("-starts",)
        constraints: ClassVar = [models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="period_ends_after")]

    def __str__(self) -> str:
        return self.name


class BusinessLine(Row):
    """A business line or window of one strategy period; `successor` is what it became in the next."""

    period = models.ForeignKey(StrategyPeriod, models.PROTECT, related_name="business_lines")
    name = models.CharField(_("name"), max_length=200)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("period", "order")

    def __str__(self) -> str:
        return self.name


class Theme(Row):
    period = models.ForeignKey(StrategyPeriod, models.PROTECT, related_name="themes")
    name = models.CharField(_("name"), max_length=200)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        ordering = ("period", "name")

    def __str__(self) -> str:
        return self.name


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
