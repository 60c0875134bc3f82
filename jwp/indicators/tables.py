"""What the pages show: the list of indicators with their totals, and one indicator period by period."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.chart import Point, Spec, target_over_rounds
from jwp.core.templatetags.jwp import figure
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.rollup import Totals, by_period, overall
from jwp.indicators.rules import FEMALE, MALE, NOT_STATED, Problem, Rollup, not_disaggregated, sex_coverage
from jwp.indicators.words import tell
from jwp.partners.models import Office, Organisation

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


@dataclass(frozen=True)
class Line:
    """One total in words and numbers: of an indicator over all periods, or of one period."""

    indicator: Indicator
    label: str
    short: str = ""  # the label as a chart has room for it
    women: Decimal | None = None
    men: Decimal | None = None
    unstated: Decimal | None = None
    total: Decimal | None = None
    known: Decimal | None = None  # per cent of the total whose sex is known
    coverage: str = ""
    note: str = ""

    @property
    def point(self) -> Point:
        return Point(self.short, self.women, self.men, self.total, self.note)


def line(indicator: Indicator, label: str, totals: Totals, short: str = "") -> Line:
    if isinstance(totals, Problem):
        return Line(indicator, label, short, note=tell(totals))
    definition = indicator.facts(series="")
    values = {cell.sex: cell.value for cell in totals.cells}
    share = sex_coverage(definition, totals.cells)
    whole_people = definition.counts == "people" and definition.aggregation != "ratio"
    if not (whole_people or "sex" in definition.disaggregations or {FEMALE, MALE} & values.keys()):
        share = values[NOT_STATED] = None  # markets have no sex that could be stated, nor has the share of women
    return Line(
        indicator, label, short, values.get(FEMALE), values.get(MALE), values.get(NOT_STATED), values.get(""),
        None if share is None else (share * 100).quantize(Decimal(1)), _coverage(totals),
        _note(indicator, totals),
    )  # fmt: skip


def _coverage(totals: Rollup) -> str:
    return _now("%(n)d of %(all)d") % {"n": totals.reported, "all": totals.expected}


def _note(indicator: Indicator, totals: Rollup) -> str:
    definition = indicator.facts(series="")
    said = []
    if not totals.cells:
        said.append(_now("no data"))
    if any(cell.estimated for cell in totals.cells):
        said.append(_now("partly estimated"))
    if "sex" in not_disaggregated(definition, totals.cells):
        said.append(_now("not disaggregated"))
    return ", ".join(said)


def summaries(indicators: Iterable[Indicator]) -> list[Line]:
    """One line an indicator, in two queries whatever their number."""
    chosen = list(indicators)
    totals = overall(chosen)
    return [line(one, one.name, totals[one.ref]) for one in chosen]


def periods(indicator: Indicator) -> list[Line]:
    """One line a period, the earliest first. Who has reported once is expected in every period after that."""
    found = by_period([indicator])[indicator.ref]
    current = Reading.objects.current().filter(indicator=indicator).order_by()
    since = list(current.values("contributor").annotate(first=Min("starts")).values_list("first", flat=True))
    lines = []
    for (starts, ends), totals in sorted(found.items()):
        if isinstance(totals, Rollup):
            totals = replace(totals, expected=sum(first <= starts for first in since))
        short = date_format(ends - timedelta(days=1), "M y")
        lines.append(line(indicator, span_label(starts, ends), totals, short))
    return lines


def span_label(starts: date, ends: date) -> str:
    """The period in words; `ends` is the first day after it."""
    first, last = date_format(starts, "M Y"), date_format(ends - timedelta(days=1), "M Y")
    return first if first == last else f"{first} – {last}"


def chart(indicator: Indicator, lines: Sequence[Line]) -> Spec | None:
    """Women, men and total period by period; None where there is nothing to draw."""
    points = [one.point for one in lines]
    if not any(point.total is not None or point.women is not None or point.men is not None for point in points):
        return None
    return target_over_rounds(points, title=indicator.name, unit=indicator.unit)


def contributors(refs: Collection[str]) -> dict[str, str]:
    """Names of the units and organisations that these refs stand for; the ref itself for anything else."""
    names = {ref: ref for ref in refs}
    for model in (Office, Organisation):
        names |= dict(model.objects.filter(ref__in=refs).values_list("ref", "name"))
    return names


class _Figures(tables.Table):  # type: ignore[misc]
    women = tables.Column(verbose_name=_("Women"), attrs=NUMBER, orderable=False)
    men = tables.Column(verbose_name=_("Men"), attrs=NUMBER, orderable=False)
    unstated = tables.Column(verbose_name=_("Not stated"), attrs=NUMBER, orderable=False)
    total = tables.Column(verbose_name=_("Total"), attrs=NUMBER, orderable=False)
    known = tables.Column(verbose_name=_("Sex known, %"), attrs=NUMBER, orderable=False)
    coverage = tables.Column(verbose_name=_("Reported"), attrs=NUMBER, orderable=False)
    note = tables.Column(verbose_name=_("Note"), orderable=False, default="")

    def render_women(self, value: Any) -> str:
        return figure(value)

    render_men = render_unstated = render_total = render_known = render_women


class IndicatorsTable(_Figures):
    name = tables.Column(
        verbose_name=_("Indicator"), orderable=False, accessor="indicator__name",
        linkify=("indicators:detail", {"ref": tables.A("indicator__ref")}),
    )  # fmt: skip
    unit = tables.Column(verbose_name=_("Unit"), orderable=False, accessor="indicator__unit", default="")

    class Meta:
        sequence = ("name", "unit", "...")
        exclude = ("coverage",)
        empty_text = _("No indicator yet.")


class PeriodsTable(_Figures):
    label = tables.Column(verbose_name=_("Period"), orderable=False)

    class Meta:
        sequence = ("label", "...")
        empty_text = _("No value yet.")
