"""What we measure: dated definitions, and readings made of cells by sex, age and place."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jwp.core.models import Guarded, GuardedRows, Row
from jwp.evidence.models import Run, Source
from jwp.indicators import rules
from jwp.partners.models import Place


class Indicator(Row):
    """A definition others could measure by. A changed one is a new version, and may break the series."""

    class Aggregation(models.TextChoices):
        SUM = "sum", _("sum")
        RATIO = "ratio", _("ratio of sums")
        LATEST = "latest", _("latest value")
        CUMULATIVE = "cumulative", _("cumulative")
        UNIQUE = "unique", _("unique people (never added)")

    class Counts(models.TextChoices):
        PEOPLE = "people", _("people (small counts are hidden in public)")
        THINGS = "things", _("things")
        SCORE = "score", _("a score or rating (its parts do not add up)")

    name = models.CharField(_("name"), max_length=250)
    definition = models.TextField(_("definition"), blank=True)
    universe = models.CharField(_("universe"), max_length=300, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    frequency = models.CharField(_("frequency"), max_length=60, blank=True)
    method = models.TextField(_("method"), blank=True)
    aggregation = models.CharField(_("adds up as"), max_length=12, choices=Aggregation, default=Aggregation.SUM)
    counts = models.CharField(_("what is counted"), max_length=8, choices=Counts, default=Counts.PEOPLE)
    disaggregations = models.JSONField(_("required splits"), default=list, blank=True)  # of "sex", "age", "place"
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")
    series_break = models.TextField(_("series break"), blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def series(self) -> Indicator:
        """The first version that this one can still be compared with (one query for each version back)."""
        version = self
        while version.supersedes is not None and not version.series_break:
            version = version.supersedes
        return version

    def facts(self, series: str | None = None) -> rules.Definition:
        """What the rules need to know; `series` saves the look-up where only one version is at hand."""
        return rules.Definition(
            ref=self.ref,
            unit=self.unit,
            aggregation=self.aggregation,
            disaggregations=tuple(self.disaggregations),
            counts=self.counts,
            decimals=self.decimals,
            series=self.series().ref if series is None else series,
            series_break=self.series_break,
        )


class ReadingRows(GuardedRows):
    def current(self) -> Self:
        """Without those that a correction has superseded."""
        return self.filter(superseded_by=None)


Readings = models.Manager.from_queryset(ReadingRows)


class Reading(Row):
    """One reported set of cells for one indicator, period and contributor."""

    personal = ("source",)  # may name who said so

    class Status(models.TextChoices):
        REPORTED = "reported", _("reported")
        ESTIMATED = "estimated", _("estimated")
        NO_DATA = "no data", _("no data")

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings")
    contributor = models.CharField(_("contributor"), max_length=80, blank=True)  # ref of a unit, project or member
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))  # half-open: the first day that no longer counts
    coverage_n = models.PositiveIntegerField(_("covered"), null=True, blank=True)
    coverage_of = models.PositiveIntegerField(_("out of"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    # The run of the measuring library that it was taken from.
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="readings", editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REPORTED)
    why = models.CharField(_("why no data, or how estimated"), max_length=500, blank=True)
    recorded_on = models.DateField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    objects: ClassVar[Readings[Reading]] = Readings()

    class Meta:
        ordering = ("indicator", "starts")
        indexes: ClassVar = [models.Index(fields=("indicator", "starts"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="reading_ends_after"),
            models.CheckConstraint(condition=~Q(status="no data") | ~Q(why=""), name="no_data_says_why"),
            models.CheckConstraint(
                condition=Q(coverage_of=None) | Q(coverage_n__lte=F("coverage_of")),
                name="coverage_within_whole",
            ),
            # Whatever comes later for the same period is a correction, and says so.
            models.UniqueConstraint(
                fields=("indicator", "contributor", "starts", "ends"),
                condition=Q(supersedes=None),
                name="one_first_reading_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.starts} {self.contributor}"

    def figures(self, definition: rules.Definition) -> rules.Figures:
        """The reading as the rules know it. Reads `cells` with their places: prefetch both."""
        cells = tuple(cell.as_cell(estimated=self.status == self.Status.ESTIMATED) for cell in self.cells.all())
        return rules.Figures(definition, self.contributor, self.starts, self.ends, cells)


class Observation(Guarded):
    """One cell of a reading. `sex` is "" for the total, f, m, or x where it was not stated."""

    class Sex(models.TextChoices):
        TOTAL = "", _("total")
        WOMEN = "f", _("women")
        MEN = "m", _("men")
        NOT_STATED = "x", _("not stated")

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="cells")
    sex = models.CharField(_("sex"), max_length=1, choices=Sex, blank=True)
    age = models.CharField(_("age band"), max_length=20, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=4, null=True, blank=True)
    numerator = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    denominator = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("reading", "sex", "age", "place"), name="one_cell_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.sex or 'total'} {self.age}".strip()

    def as_cell(self, *, estimated: bool = False) -> rules.Cell:
        place = self.place.ref if self.place else ""
        return rules.Cell(self.value, self.sex, self.age, place, self.numerator, self.denominator, estimated)
