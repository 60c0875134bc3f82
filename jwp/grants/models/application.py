"""An application, from concept note to appraisal, and what everybody said about it on the way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import StoredFile
from jwp.grants.models.call import Call, PanelMember
from jwp.partners.models import Organisation, Person, Place


class Application(Row):
    """One proposal to one call. Amounts are in the minor units of the call's currency.

    The applicant has no account: a personal link, sent by e-mail, opens it. What they typed and have not sent
    is `draft`.
    """

    prefix = "app"
    personal = ("contact_name", "contact_email", "contact_phone")
    secret = ("link_digest", "draft", "once")

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    # Who applies. `organisation` once somebody of ours knows the applicant in the register.
    applicant = models.CharField(_("organisation that applies"), max_length=250, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="applications",
        verbose_name=_("in our register"),
    )  # fmt: skip
    contact_name = models.CharField(_("contact"), max_length=200, blank=True)
    contact_email = models.EmailField(_("e-mail"))
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)
    country = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="applications", verbose_name=_("country")
    )
    city = models.CharField(_("city or cities"), max_length=250, blank=True)
    # The concept note.
    title = models.CharField(_("title"), max_length=250, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    summary = models.TextField(_("what you want to do"), blank=True)
    gender_statement = models.TextField(_("how it serves women and men"), blank=True)
    requested = models.BigIntegerField(_("amount requested"), null=True, blank=True)
    own_cash = models.BigIntegerField(_("co-financing in cash"), null=True, blank=True)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    # The full proposal, of those approved in principle.
    proposal = models.TextField(_("full proposal"), blank=True)
    # How far it has come, on which days.
    state = models.CharField(max_length=12, default="draft", editable=False, db_index=True)
    started_on = models.DateField(editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    comments_from = models.DateField(null=True, blank=True, editable=False)  # the donors' clock starts
    comments_due = models.DateField(null=True, blank=True, editable=False)
    recommended_on = models.DateField(null=True, blank=True, editable=False)  # members are asked a second time
    approved_on = models.DateField(null=True, blank=True, editable=False)  # in principle
    proposal_due = models.DateField(null=True, blank=True, editable=False)
    proposed_on = models.DateField(null=True, blank=True, editable=False)
    decided_because = models.TextField(blank=True, editable=False)  # why refused, withdrawn or cancelled
    appraisal = models.TextField(_("appraisal"), blank=True, editable=False)
    award = models.CharField(_("award"), max_length=120, blank=True, editable=False)  # of a prize: category, place
    outside_ref = models.CharField(max_length=120, blank=True, editable=False)  # on the other portal
    # The applicant's link, and what was typed and not yet sent. A lost link is replaced: its number counts up.
    link_number = models.PositiveSmallIntegerField(default=1, editable=False)
    link_digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    draft = models.JSONField(default=dict, blank=True, editable=False)
    once = models.CharField(max_length=64, blank=True, editable=False)  # the same form sent twice counts once

    class Meta:
        ordering = ("-started_on", "-pk")
        indexes: ClassVar = [
            models.Index(fields=("call", "state")),
            models.Index(fields=("organisation",)),
            models.Index(fields=("-started_on", "-id")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("call", "outside_ref"), condition=~Q(outside_ref=""), name="outside_application_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.applicant or self.ref


class CoApplicant(Guarded):
    application = models.ForeignKey(Application, models.CASCADE, related_name="co_applicants")
    name = models.CharField(_("organisation"), max_length=250)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(_("what it does"), max_length=250, blank=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Sponsor(Row):
    """A member that stands behind an application, with its letter."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="sponsors")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sponsors", verbose_name=_("member"))
    role = models.CharField(_("what the sponsor will do"), max_length=500, blank=True)
    letter = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, verbose_name=_("letter"))
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)

    class Meta:
        ordering = ("organisation__name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("application", "organisation"), name="sponsor_once")]

    def __str__(self) -> str:
        return str(self.organisation)


class Attachment(Row):
    class Kind(models.TextChoices):
        CONCEPT = "concept note", _("concept note")
        PROPOSAL = "proposal", _("full proposal")
        NO_OBJECTION = "no objection", _("the government's no objection")
        OTHER = "other", _("other")

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    kind = models.CharField(_("what it is"), max_length=14, choices=Kind, default=Kind.OTHER)
    file = models.ForeignKey(StoredFile, models.PROTECT)
    added_on = models.DateField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.file)


class Check(Row):
    """An eligibility check: what the call's rules say of the application, and what somebody made of it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="checks")
    findings = models.JSONField(default=list)  # [{"rule": "size", "met": true, "said": "…"}]
    eligible = models.BooleanField(_("eligible"))
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)
    on = models.DateField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.application}: {self.on}"


class PanelReview(Row):
    """One panel member's points, by criterion: {"criterion ref": points}. Of no marker and no scale of results."""

    prefix = "review"

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="reviews")
    points = models.JSONField(default=dict)
    comment = models.TextField(_("comment"), blank=True)
    conflict = models.BooleanField(_("I have a conflict of interest"), default=False)
    submitted_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("application", "member"), name="one_review_a_panel_member")
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.member}"


class DonorComment(Row):
    """What a member says about a concept note before anything is approved."""

    class View(models.TextChoices):
        SUPPORT = "support", _("we support it")
        NO_OBJECTION = "no objection", _("no objection")
        CONCERN = "concern", _("we have a concern")

    prefix = "comment"

    application = models.ForeignKey(Application, models.PROTECT, related_name="comments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="donor_comments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="donor_comments")
    round = models.PositiveSmallIntegerField(default=1, editable=False)  # 2: of those recommended
    view = models.CharField(_("view"), max_length=12, choices=View, default=View.NO_OBJECTION)
    text = models.TextField(_("comment"), blank=True)
    on = models.DateField()

    class Meta:
        ordering = ("on", "pk")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("application", "organisation", "round"), name="one_comment_a_member_and_round"
            ),
            models.CheckConstraint(
                condition=~Q(view="concern") | ~Q(text=""), name="concern_says_which",
                violation_error_message=_("Say what the concern is."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_view_display()}"
