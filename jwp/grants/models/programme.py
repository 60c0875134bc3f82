"""Programmes, who drives and funds them, what they put out; and the register of members' own gender programmes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.evidence.models import Document, Product
from jwp.partners.models import Office, Organisation, Place
from jwp.plans.models import BusinessLine, Theme


class Programme(Row):
    """A country programme, a joint work programme driven by members, a global or a regional one."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country programme")
        JOINT = "joint", _("joint work programme")
        GLOBAL = "global", _("global programme")
        REGIONAL = "regional", _("regional programme")

    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    business_line = models.ForeignKey(
        BusinessLine, models.PROTECT, related_name="programmes", verbose_name=_("business line")
    )
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, verbose_name=_("theme"))
    summary = models.TextField(_("what it is for"), blank=True)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    # A joint work programme starts from a concept note; its versions are the document's.
    concept = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name=_("concept note"))
    manager = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="programmes", verbose_name=_("task manager")
    )
    public = models.BooleanField(_("on the public page"), default=True)
    state = models.CharField(max_length=12, default="concept", editable=False)

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="programme_ends_after",
                violation_error_message=_("A programme cannot end before it starts."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class ProgrammeMember(Row):
    """What a member is to a programme, and which version of its concept note it agreed to, when."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("chair")
        FUNDER = "funder", _("funder")
        PARTICIPANT = "participant", _("participant")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="in_programmes", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT)
    agreed_version = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agreed version")
    )
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)

    class Meta:
        ordering = ("role", "organisation__name")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("programme", "organisation", "role"), name="member_once_a_role"),
            models.UniqueConstraint(
                fields=("programme",), condition=Q(role="chair"), name="one_chair_a_programme",
                violation_error_message=_("This programme has a chair already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"


class ProgrammePlace(Guarded):
    """Where a programme works; a pilot is a city that tries something for the others."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="programmes")
    pilot = models.BooleanField(_("pilot"), default=False)

    class Meta:
        ordering = ("place__name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("programme", "place"), name="programme_place_once")]

    def __str__(self) -> str:
        return str(self.place)


class Phase(Row):
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="phases")
    name = models.CharField(_("phase"), max_length=120)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("starts",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="phase_ends_after")
        ]

    def __str__(self) -> str:
        return self.name


class Output(Row):
    """Something a programme will put out; `product` once it is there."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="outputs")
    text = models.CharField(_("output"), max_length=400)
    due = models.DateField(_("due"), null=True, blank=True)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="outputs", verbose_name=_("product")
    )

    class Meta:
        ordering = ("due", "pk")

    def __str__(self) -> str:
        return self.text


class MemberProgramme(Row):
    """A gender programme of a member's own, so that ours does not work beside it unaware."""

    personal = ("contact",)

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="own_programmes", verbose_name=_("member")
    )
    title = models.CharField(_("title"), max_length=250)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="member_programmes", verbose_name=_("place")
    )
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("until"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=250, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    about = models.TextField(_("about"), blank=True)

    class Meta:
        ordering = ("organisation__name", "title")

    def __str__(self) -> str:
        return self.title
