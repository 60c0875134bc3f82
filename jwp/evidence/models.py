"""Documents, sources, events, approvals: what a promise, a figure or a page can stand on. Products, to be used.

And runs of the measuring library, with their figures.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jwp.core.models import Guarded, Row
from jwp.core.templatetags.jwp import day, figure
from jwp.partners.models import Body, Organisation, Person, Place


class StoredFile(Guarded):
    """A file kept under its SHA-256 in the data folder. The same content lies there once, under whatever names.

    A row for each name: who sends what somebody else sent before is not shown what they called it.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=("sha256", "name"), name="file_once_a_name")]

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
        return f"{self.body}, {day(self.on)}" + (f" ({self.reference})" if self.reference else "")


class Product(Row):
    """Something made for others to use, such as a tool. Its document holds the file that is downloaded."""

    class Kind(models.TextChoices):
        TOOL = "programming tool", _("programming tool")
        ADVOCACY = "advocacy product", _("advocacy product")
        DIAGNOSTIC = "diagnostic product", _("diagnostic product")
        KNOWLEDGE = "knowledge product", _("knowledge product")
        RESEARCH = "research product", _("research product")

    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    summary = models.TextField(_("what it is for"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("document"),
        help_text=_("Its file, or its link, is what people download."),
    )  # fmt: skip
    published_on = models.DateField(_("published on"), null=True, blank=True)
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("What others may do with it, in a sentence.")
    )
    public = models.BooleanField(_("public"), default=False)

    class Meta:
        ordering = ("title", "pk")

    def __str__(self) -> str:
        return self.title


class ProductUse(Row):
    """What somebody did with a product: recorded by one of us, or told by a stranger and then confirmed."""

    class State(models.TextChoices):
        TOLD = "told", _("told")
        CONFIRMED = "confirmed", _("confirmed")
        SET_ASIDE = "set aside", _("set aside")

    prefix = "use"
    personal = ("how", "organisation_name")  # strangers may write anything

    product = models.ForeignKey(Product, models.PROTECT, related_name="uses", verbose_name=_("product"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.TOLD, editable=False)
    used_on = models.DateField(_("when"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="product_uses",
        verbose_name=_("organisation"),
    )  # fmt: skip
    organisation_name = models.CharField(_("organisation"), max_length=200, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="product_uses", verbose_name=_("country or city")
    )
    how = models.TextField(_("what was done with it"), max_length=2000)
    recorded_on = models.DateField(_("recorded on"))
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="product_uses", verbose_name=_("recorded by")
    )

    class Meta:
        ordering = ("-used_on", "-pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(organisation_name=""), name="use_says_by_whom",
                violation_error_message=_("Say which organisation used it."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.used_by}: {self.product}"

    @property
    def used_by(self) -> str:
        return str(self.organisation) if self.organisation_id else self.organisation_name


class ProductDownloads(Guarded):
    """How often a product was downloaded on a day: a count, with no address and no person."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="downloads")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("day",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("product", "day"), name="downloads_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.day}"


class Run(Row):
    """One diagnosis: what went in, what was chosen, how far it is, and what came out."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("a survey sheet")
        SURVEY = "survey", _("a survey with a sample design")
        ACCESS = "access", _("access on streets and by public transport")
        AUDIT = "audit", _("a women’s safety audit")

    class State(models.TextChoices):
        PREPARED = "prepared", _("being prepared")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("being computed")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    prefix = "run"
    secret = ("guess", "findings")  # long, and kept in the record of how it was made

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PREPARED, editable=False)
    title = models.CharField(_("title"), max_length=200)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("city"))
    language = models.CharField(_("language of the report"), max_length=5, default="en")
    source = models.CharField(
        _("where the data come from"), max_length=300, blank=True,
        help_text=_("Who collected them, when, and under which licence. It stands under every figure."),
    )  # fmt: skip
    guess = models.JSONField(default=dict, editable=False)  # what the files look like: columns, codes
    parameters = models.JSONField(default=dict, editable=False)  # what was chosen
    findings = models.JSONField(default=list, editable=False)  # what is wrong with the data, or worth knowing
    why = models.TextField(_("why it failed or was withdrawn"), blank=True)
    share = models.FloatField(default=0)  # of the work done, 0 to 1
    step = models.CharField(max_length=200, blank=True)  # being done at the moment
    started_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="runs", verbose_name=_("made by")
    )
    made_on = models.DateField(_("made on"))
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="runs_published")

    class Meta:
        ordering = ("-made_on", "-pk")

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def has_result(self) -> bool:
        """A run that was withdrawn later still shows what it said."""
        return self.state in (self.State.DONE, self.State.PUBLISHED)


class RunFile(Guarded):
    """A file that went into a run, or came out of it."""

    class Part(models.TextChoices):
        INPUT = "input", _("input")
        RESULT = "result", _("result")

    run = models.ForeignKey(Run, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="runs")
    part = models.CharField(max_length=6, choices=Part)
    role = models.CharField(max_length=40)  # such as "streets", "report.pdf"

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("run", "role", "file"), name="run_file_once")]

    def __str__(self) -> str:
        return f"{self.role}: {self.file}"


ROUGH = ("percent", "points", "minutes", "rating")  # units in which a tenth is fine enough
SEX_WORDS = {
    "f": pgettext_lazy("sex", "women"), "m": pgettext_lazy("sex", "men"),
    "x": pgettext_lazy("sex", "another, or not stated"), "": pgettext_lazy("sex", "everybody"),
}  # fmt: skip


class RunFigure(Guarded):
    """One figure of a run. `key` stays the same when the run is done again with newer data: claims may cite it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="figures")
    key = models.CharField(max_length=200)
    family = models.CharField(max_length=200)  # the key without its sex: women, men and the gap belong together
    indicator = models.CharField(_("indicator"), max_length=80, blank=True)
    label = models.CharField(_("figure"), max_length=300)
    sex = models.CharField(_("sex"), max_length=3, blank=True)  # f, m, x, "" or a gap: f-m, f/m
    group = models.CharField(_("group"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    value = models.FloatField(_("value"), null=True)
    se = models.FloatField(_("standard error"), null=True)
    low = models.FloatField(_("from"), null=True)
    high = models.FloatField(_("to"), null=True)
    n = models.BigIntegerField(_("persons"), null=True)
    clusters = models.BigIntegerField(_("clusters"), null=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    flag = models.CharField(_("caution"), max_length=80, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("run", "key"), name="run_figure_key_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def told(self) -> str:
        """With its interval, as people write it: “41 (38–44)”. A dash for what was not measured: null is not zero."""
        if self.value is None:
            return figure(None)
        size = abs(self.value)
        places = 0 if size >= 1000 else 1 if self.unit in ROUGH or size >= 100 else 2 if size >= 1 else 3
        value, low, high = (
            figure(None if one is None else round(one, places), places) for one in (self.value, self.low, self.high)
        )
        if self.low is None:
            return value
        return f"{value} ({low}{' – ' if self.low < 0 else '–'}{high})"

    @property
    def sex_told(self) -> str:
        return str(SEX_WORDS.get(self.sex, self.sex))
