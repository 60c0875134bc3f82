"""The user, the journal, and what every row has in common: a ref that never changes and a revision."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from jwp.core import door as doors

REF = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    _("Use letters, digits, dots, dashes and underscores; start with a letter or digit."),
)
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"  # no vowels (no words), nothing that reads like something else


def new_ref(prefix: str) -> str:
    """Long enough that a table of ten thousand rows, brought in at once, does not meet itself (27 to the ninth)."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(9))}"


class GuardedRows(models.QuerySet[Any]):
    """Set-based writes need the door too; nothing at all may be deleted but what the door itself takes back."""

    def update(self, **fields: Any) -> int:
        doors.must_be_open(self.model)
        return super().update(**fields)

    def mark(self, **fields: Any) -> int:
        """Facts about delivery, not about the world: set without the door and without a journal line."""
        return super().update(**fields)

    def bulk_create(self, rows: Any, *args: Any, **options: Any) -> list[Any]:  # type: ignore[override]
        doors.must_be_open(self.model)
        return super().bulk_create(rows, *args, **options)

    def bulk_update(self, rows: Any, *args: Any, **options: Any) -> int:  # type: ignore[override]
        doors.must_be_open(self.model)
        return super().bulk_update(rows, *args, **options)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise doors.ShutDoor(f"{self.model.__name__} rows are never deleted: close, supersede or withdraw them")


class Guarded(models.Model):
    """A table that only the door writes."""

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(GuardedRows)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        doors.must_be_open(type(self))
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        doors.must_be_open(type(self))
        return super().delete(*args, **options)


class Row(Guarded):
    """A noun: an immutable unique `ref`, used in addresses and workbooks, and a `revision` that counts its changes."""

    ref = models.CharField(
        _("reference"), max_length=80, unique=True, validators=[REF], blank=True,
        help_text=_("A short name that never changes, used in addresses and workbooks. Left empty, one is made."),
    )  # fmt: skip
    revision = models.PositiveIntegerField(default=1, editable=False)

    prefix: ClassVar[str] = ""
    personal: ClassVar[tuple[str, ...]] = ()  # fields that may one day have to be erased from the journal
    secret: ClassVar[tuple[str, ...]] = ()  # fields that the journal never sees

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        self.ref = self.ref or new_ref(self.prefix or type(self).__name__.lower())
        super().save(*args, **options)

    @classmethod
    def noun(cls) -> str:
        return cls._meta.label_lower


class Users(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A sign-in, and nothing more: who somebody is stands in `partners.Person`, what they may do in their seats."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="en")
    # A demonstration sign-in: exists only in example data, and a real start refuses it.
    demonstration = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[Users] = Users()

    def __str__(self) -> str:
        return self.email


class Partnership(Row):
    """The partnership this installation serves: one row, made by the first-run guide."""

    secret = ("mail_password",)

    name = models.CharField(_("name"), max_length=200)
    languages = models.JSONField(_("languages"), default=list)
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Brussels")
    fictional = models.BooleanField(default=False)
    # Mail. Without a host, letters stay on the outbox page.
    mail_host = models.CharField(_("mail server"), max_length=200, blank=True)
    mail_port = models.PositiveIntegerField(_("port"), default=587)
    mail_user = models.CharField(_("mail user"), max_length=200, blank=True)
    mail_password = models.CharField(_("mail password"), max_length=200, blank=True)
    mail_from = models.EmailField(_("sender address"), blank=True)
    reply_domain = models.CharField(_("domain for replies"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def get(cls) -> Partnership | None:
        return cls.objects.first()


class Letter(Guarded):
    """An e-mail, kept in the outbox until a mail server takes it. `key` makes sending the same thing twice a no-op."""

    key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    person = models.CharField(max_length=80, blank=True)  # ref of the person written to
    subject = models.CharField(max_length=300)
    body = models.TextField()
    reply_to = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class Entry(models.Model):
    """One line of the journal: who did what to which row, when and why; chained to the line before by hash.

    The hash covers the digest of `facts` and of `personal`, not the texts, so that personal data can be erased by
    law and the chain still holds. `personal` carries a salt, so that an erased name cannot be guessed back.
    """

    seq = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)  # ref of a person, or "system"
    via = models.CharField(max_length=20)
    verb = models.CharField(max_length=60)
    noun = models.CharField(max_length=60)
    ref = models.CharField(max_length=80, db_index=True)
    batch = models.CharField(max_length=32, db_index=True)  # entries written by one opening of the door
    facts = models.JSONField()
    personal = models.JSONField(null=True)
    facts_digest = models.CharField(max_length=64)
    personal_digest = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.seq} {self.actor} {self.verb} {self.ref}"

    @property
    def reason(self) -> str:
        return str(self.facts.get("reason", ""))

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(field, before, after), personal fields included while they are kept."""
        before = self.facts.get("before", {}) | (self.personal or {}).get("before", {})
        after = self.facts.get("after", {}) | (self.personal or {}).get("after", {})
        return [(name, before.get(name), after.get(name)) for name in after]


class Head(models.Model):
    """The journal's last line: its number and hash. One row; whoever appends locks it first."""

    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash[:12]}"
