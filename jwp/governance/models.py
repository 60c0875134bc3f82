"""Meetings of bodies, their agendas, who was there, and what they decided with which reservations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.access import AUDITOR
from jwp.core.models import Guarded, Row
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import Approval, Document
from jwp.governance.rules import Quorum
from jwp.grants.models import Override
from jwp.partners.models import Body, Office, Organisation, Person, Seat, on
from jwp.plans.models import Plan, Report


class Meeting(Row):
    """A body meets, in a room, by call or in writing."""

    class Mode(models.TextChoices):
        IN_PERSON = "in person", _("in person")
        REMOTE = "remote", _("remote")
        WRITTEN = "written", _("written round")

    body = models.ForeignKey(Body, models.PROTECT, related_name="meetings", verbose_name=_("body"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    starts = models.DateField(_("date"))
    ends = models.DateField(_("last day"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.IN_PERSON)
    closed_on = models.DateField(null=True, blank=True, editable=False)
    cancelled_because = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("-starts", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="meeting_ends_after",
                violation_error_message=_("A meeting cannot end before it starts."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or f"{self.body}, {day(self.starts)}"

    def seats(self) -> list[Seat]:
        """The body's seats held on the day, one a person. An auditor's seat reads and does not decide."""
        held = (
            Seat.objects.filter(on(self.starts), body_id=self.body_id)
            .filter(Q(person__left_on=None) | Q(person__left_on__gte=self.starts))
            .exclude(office__role=AUDITOR)
            .select_related("person", "organisation", "office")
            .order_by("person__name", "pk")
        )
        return list({seat.person_id: seat for seat in held}.values())

    def quorum(self) -> Quorum:
        present = Attendance.objects.filter(meeting=self, votes=True).count()
        return Quorum(self.body.quorum, len(self.seats()), present)


class Attendance(Guarded):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    votes = models.BooleanField(_("may decide"), default=True)  # false: observer

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("meeting", "person"), name="attends_once")]

    def __str__(self) -> str:
        return str(self.person)


class AgendaItem(Row):
    """A point of the agenda. What silence put there (`report`), or an override of the gate, stays; the Director may
    only comment."""

    prefix = "item"

    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="agenda")
    body = models.ForeignKey(Body, models.PROTECT, related_name="agenda")
    title = models.CharField(_("title"), max_length=250)
    text = models.TextField(_("text"), blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    report = models.OneToOneField(Report, models.PROTECT, null=True, blank=True, related_name="agenda_item")
    override = models.OneToOneField(Override, models.PROTECT, null=True, blank=True, related_name="agenda_item")
    directors_comment = models.TextField(_("the Director's comment"), blank=True)
    paper = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.title

    @property
    def stays(self) -> bool:
        """Whether it stands by itself: nobody takes it off or rewords it."""
        return self.report_id is not None or self.override_id is not None


class Decision(Row):
    """What was decided, by which rule; where it adopts or revises something, the approval it gives."""

    class Rule(models.TextChoices):
        CONSENSUS = "consensus", _("consensus")
        VOTE = "vote", _("vote")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="decisions")
    number = models.CharField(pgettext_lazy("numbering", "number"), max_length=40, blank=True)
    text = models.TextField(_("decision"))
    rule = models.CharField(_("decided by"), max_length=10, choices=Rule, default=Rule.CONSENSUS)
    votes_for = models.PositiveSmallIntegerField(_("for"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("against"), null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    taken = models.BooleanField(default=True)  # false: put to the body and not carried
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, blank=True, related_name="decision")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="decisions")

    class Meta:
        ordering = ("meeting", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rule="consensus") | (Q(votes_for__isnull=False) & Q(votes_against__isnull=False)),
                name="vote_has_counts", violation_error_message=_("A vote needs the votes for and against."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()


class Reservation(Guarded):
    """A member's reservation to a decision taken by consensus."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="reservations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    text = models.TextField(_("reservation"))

    def __str__(self) -> str:
        return f"{self.organisation or self.person}: {self.text}"


class ActionArising(Row):
    """Something a meeting asked somebody to do."""

    prefix = "arising"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="actions_arising")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, blank=True, related_name="actions_arising")
    text = models.CharField(_("action"), max_length=500)
    owner = models.ForeignKey(Office, models.PROTECT, related_name="actions_arising", verbose_name=_("owner"))
    due = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        ordering = ("due", "pk")

    def __str__(self) -> str:
        return self.text
