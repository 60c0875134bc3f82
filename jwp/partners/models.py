"""Organisations and people, bodies and offices, and the dated seats that join them.

A role is never given to a person: it comes with a seat in a body or an office, while the seat lasts.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from jwp.core.access import ROLES
from jwp.core.models import Guarded, Row, User

ROLE_CHOICES = [(role, role) for role in ROLES]


def on(day: date, prefix: str = "") -> Q:
    """Dated rows that count on this day (`ends` is the last day)."""
    return Q(**{f"{prefix}starts__lte": day}) & (Q(**{f"{prefix}ends": None}) | Q(**{f"{prefix}ends__gte": day}))


class Place(Row):
    """A country, a city or an area within one."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country")
        CITY = "city", _("city")
        AREA = "area", _("area")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    within = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="places")
    iso = models.CharField(_("ISO 3166 code"), max_length=6, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Constituency(Row):
    """A group of members that share an interest, such as associations of local governments."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "name")
        verbose_name_plural = "constituencies"

    def __str__(self) -> str:
        return self.name


class Organisation(Row):
    prefix = "org"

    name = models.CharField(_("name"), max_length=250)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    website = models.URLField(_("website"), blank=True)
    country = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, verbose_name=_("country"))

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.short_name or self.name


class Membership(Row):
    """An organisation's membership of the partnership, in one constituency, for a time."""

    class Kind(models.TextChoices):
        FULL = "full", _("full member")
        ASSOCIATE = "associate", _("associate member")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    constituency = models.ForeignKey(Constituency, models.PROTECT, related_name="memberships")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FULL)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("organisation__name", "starts")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="membership_ends_after"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_kind_display()})"


class Person(Row):
    """Somebody we work with. With a `user` they can sign in; without, a personal link is enough to report."""

    # A sign-in is called by its e-mail address, which must be as erasable as the address itself.
    personal = ("name", "email", "phone", "user")

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("organisation"),
    )
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="person")
    left_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "people"
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="person_email_unique",
                violation_error_message=_("Somebody with this e-mail address is here already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Absence(Row):
    """Somebody is on leave; the delegate acts and is written to in their place."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    delegate = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="stands_in_for")
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))

    class Meta:
        ordering = ("-starts",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="absence_ends_after"),
            models.CheckConstraint(condition=~Q(delegate=F("person")), name="absence_delegate_is_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts} – {self.ends}"


class Body(Row):
    """An organ that meets or works: assembly, board, committee, secretariat, unit."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", _("assembly")
        BOARD = "board", _("board")
        COMMITTEE = "committee", _("committee")
        SECRETARIAT = "secretariat", _("secretariat")
        UNIT = "unit", _("unit")

    class Rule(models.TextChoices):
        CONSENSUS = "consensus", _("consensus, with reservations recorded")
        VOTE = "vote", _("vote")

    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    decides_by = models.CharField(_("decides by"), max_length=10, choices=Rule, default=Rule.CONSENSUS)
    quorum = models.PositiveSmallIntegerField(_("quorum"), null=True, blank=True)
    seats_at_most = models.PositiveSmallIntegerField(_("seats at most"), null=True, blank=True)
    # The role that comes with any seat here, beside the office's own.
    role = models.CharField(_("role"), max_length=20, choices=ROLE_CHOICES, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return self.name


class Office(Row):
    """A post (Director) or a unit (Operations Unit) in a body. It holds promises; holders come and go."""

    class Kind(models.TextChoices):
        POST = "post", _("post")
        UNIT = "unit", _("unit")

    body = models.ForeignKey(Body, models.PROTECT, related_name="offices")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.POST)
    role = models.CharField(_("role"), max_length=20, choices=ROLE_CHOICES, blank=True)
    reports_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="supervises")

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("body", "name"), name="office_name_unique_in_body"),
        ]

    def __str__(self) -> str:
        return self.name


class Seat(Row):
    """A person in a body or one of its offices, from a first to a last day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="seats", verbose_name=_("person"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="seats", verbose_name=_("body"))
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("office")
    )
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("for the organisation"),
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Empty: no end set."))
    ex_officio = models.BooleanField(_("ex officio"), default=False)
    acting = models.BooleanField(_("acting"), default=False)
    reports_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="supervises")

    class Meta:
        ordering = ("-starts",)
        indexes: ClassVar = [models.Index(fields=("person", "starts", "ends"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("starts")), name="seat_ends_after_it_starts",
                violation_error_message=_("A seat cannot end before it starts."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person}, {self.office or self.body}"


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class PersonalLink(Guarded):
    """A link that stands for one person and one purpose, until it expires or is revoked. Kept as a digest."""

    class Purpose(models.TextChoices):
        JOIN = "join", _("set a password")
        REPORT = "report", _("report")
        CALENDAR = "calendar", _("calendar")

    person = models.ForeignKey(Person, models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=10, choices=Purpose)
    subject = models.CharField(max_length=80, blank=True)  # ref of what it opens, such as a round
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateField()
    revoked_on = models.DateField(null=True)
    used_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject} {self.person}"

    @classmethod
    def open(cls, person: Person, today: date) -> models.QuerySet[PersonalLink]:
        """The links of this person that still open something: an invitation works once, all others until the end."""
        spent = Q(purpose=cls.Purpose.JOIN, used_on__isnull=False)
        found: models.QuerySet[PersonalLink] = cls.objects.filter(
            ~spent, person=person, revoked_on=None, expires__gte=today
        )
        return found

    @classmethod
    def issue(cls, person: Person, purpose: str, subject: str, expires: date) -> str:
        """A new link's token. It is shown once, in the letter; call it from inside the door."""
        token = secrets.token_urlsafe(24)
        cls(person=person, purpose=purpose, subject=subject, digest=token_digest(token), expires=expires).save()
        return token

    @classmethod
    def holding(cls, token: str, purpose: str, today: date) -> PersonalLink | None:
        found: Any = cls.objects.filter(
            Q(person__left_on=None) | Q(person__left_on__gte=today),
            digest=token_digest(token), purpose=purpose, revoked_on=None, expires__gte=today,
        ).select_related("person__user")  # fmt: skip
        link: PersonalLink | None = found.first()
        return link
