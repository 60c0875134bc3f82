"""Documents, sources, events and approvals: what a promise, a figure or a page can stand on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, Row
from jwp.partners.models import Body, Organisation, Person, Place


class StoredFile(Guarded):
    """A file kept under its SHA-256 in the data folder. The same content is kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class Source(Row):
    """Where something outside was read: enough for another to find it again."""

    title = models.CharField(_("title"), max_length=400)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    page = models.CharField(_("page or place"), max_length=100, blank=True)
    read_on = models.DateField(_("read on"), null=True, blank=True)
    licence = models.CharField(_("licence"), max_length=100, blank=True)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Document(Row):
    """One version of a controlled document: who prepared, reviewed and approved it."""

    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    prepared_by = models.CharField(_("prepared by"), max_length=200, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=200, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=200, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ("title", "-dated")

    def __str__(self) -> str:
        return f"{self.title} {self.version}".strip()


class Event(Row):
    """Something that took place: an expert group meeting, a workshop, a launch."""

    title = models.CharField(_("title"), max_length=300)
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    place_text = models.CharField(_("place"), max_length=200, blank=True)
    organisers = models.ManyToManyField(Organisation, blank=True, through="EventOrganiser")
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("-starts",)

    def __str__(self) -> str:
        return self.title


class EventOrganiser(Guarded):
    event = models.ForeignKey(Event, models.CASCADE)
    organisation = models.ForeignKey(Organisation, models.PROTECT)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("event", "organisation"), name="event_organiser_once")]

    def __str__(self) -> str:
        return f"{self.event}: {self.organisation}"


class Approval(Row):
    """That a body approved something, on a day. A decision taken here, or one before us, stands on it."""

    subject = models.CharField(_("what"), max_length=80)  # ref of the row approved
    body = models.ForeignKey(Body, models.PROTECT, verbose_name=_("body"))
    on = models.DateField(_("date"))
    reference = models.CharField(
        _("reference"), max_length=200, blank=True, help_text=_("Decision number, minutes, page.")
    )
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"{self.body}, {self.on}" + (f" ({self.reference})" if self.reference else "")
