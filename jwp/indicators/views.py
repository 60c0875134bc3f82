"""Pages of indicators: the list with totals, one indicator by sex and period, and the forms behind them."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import GENDER_TEAM, INSIDERS, acting, open_to, visible_or_404
from jwp.core.chart import cached_svg
from jwp.core.forms import attempt
from jwp.indicators import actions
from jwp.indicators.access import visible_indicators, visible_readings, writes
from jwp.indicators.forms import IndicatorForm, ReadingForm, VersionForm, typed
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.tables import (
    IndicatorsTable,
    PeriodsTable,
    chart,
    contributors,
    periods,
    span_label,
    summaries,
)
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb, edit

READINGS_PER_PAGE = 50


@open_to(*INSIDERS)
@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    # An older version is reached from the newer one.
    table = IndicatorsTable(summaries(visible_indicators(actor).filter(superseded_by=None)))
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    return render(request, "indicators/list.html", {"table": table, "writes": writes(actor)})


@open_to(*INSIDERS)
@require_safe
def indicator(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_indicators(actor), ref)
    lines = periods(shown)
    drawn = chart(shown, lines)
    readings = visible_readings(actor).filter(indicator=shown).prefetch_related("cells").order_by("-starts", "pk")
    page = Paginator(readings, READINGS_PER_PAGE).get_page(request.GET.get("readings"))
    names = contributors({reading.contributor for reading in page if reading.contributor})
    table = PeriodsTable(lines)
    says = ""
    if lines and lines[-1].known is not None:
        says = _("Of the total, the sex of %(share)s%% is known in the last period.") % {"share": lines[-1].known}
    table.export_url = reverse("indicators:periods_csv", args=[ref])
    splits = dict(IndicatorForm.base_fields["disaggregations"].choices)  # type: ignore[attr-defined]
    context = {
        "indicator": shown,
        "newer": Indicator.objects.filter(supersedes=shown).first(),
        "facts": [
            (_("Definition"), shown.definition),
            (_("Who or what counts"), shown.universe),
            (_("Unit"), shown.unit),
            (_("Adds up as"), shown.get_aggregation_display()),
            (_("Required splits"), ", ".join(str(splits[split]) for split in shown.disaggregations)),
            (_("How often"), shown.frequency),
            (_("Method"), shown.method),
            (_("Source"), shown.source or ""),
            (_("Version"), shown.version),
        ],
        "svg": cached_svg(drawn) if drawn else "",
        "says": says,
        "table": table,
        "page": page,
        "rows": [
            (one, names.get(one.contributor, ""), _whole(one), span_label(one.starts, one.ends))
            for one in page
        ],
        "writes": writes(actor),
        "crumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "indicators/detail.html", context)


@open_to(*INSIDERS)
@require_safe
def periods_csv(request: HttpRequest, ref: str) -> HttpResponse:
    shown = visible_or_404(visible_indicators(acting(request)), ref)
    return as_csv(PeriodsTable(periods(shown)), shown.ref, getattr(request, "partnership", None))


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def define(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    form = IndicatorForm(request.POST or None)
    return edit(
        request, form, lambda: actions.define(actor, Indicator(**form.values)),
        heading=_("New indicator"), crumbs=_crumbs(), then=_page, done=_("The indicator is defined."),
    )  # fmt: skip


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_indicators(actor), ref)
    form = IndicatorForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.amend(actor, ref, form.opened_at, **form.values),
        heading=_("Change %(name)s") % {"name": shown.name}, crumbs=_crumbs(shown), then=_page,
        lead=_("Once there are values, what they mean changes only in a new version."),
    )  # fmt: skip


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_indicators(actor), ref)
    form = VersionForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.new_version(actor, ref, form.opened_at, **form.values),
        heading=_("New version of %(name)s") % {"name": shown.name}, crumbs=_crumbs(shown), then=_page,
        lead=_("The old version keeps its values and stays readable."),
    )  # fmt: skip


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, ref: str) -> HttpResponse:
    shown = visible_or_404(visible_indicators(acting(request)), ref)
    form = ReadingForm(request.POST or None, indicator=shown)
    lead = _("Leave all numbers empty where there is no data, and say why.")
    return _reading(request, shown, form, _("A value of %(name)s") % {"name": shown.name}, lead)


@open_to(GENDER_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    old = visible_or_404(visible_readings(acting(request)), ref)
    shown = old.indicator
    form = ReadingForm(request.POST or None, indicator=shown, corrects=old, initial=typed(old))
    lead = _("The old value stays in the journal, with the new one and your reason.")
    return _reading(request, shown, form, _("Correct a value of %(name)s") % {"name": shown.name}, lead, ref)


def _reading(
    request: HttpRequest, indicator: Indicator, form: ReadingForm, heading: str, lead: str, corrects: str = ""
) -> HttpResponse:
    def act() -> Reading:
        return actions.enter(acting(request), indicator.ref, form.cells(), corrects=corrects, **form.facts())

    if request.method == "POST" and (attempt(form, act)) is not None:
        messages.success(request, _("Saved."))
        return redirect("indicators:detail", indicator.ref)
    context = {
        "form": form,
        "heading": heading,
        "lead": lead,
        "crumbs": _crumbs(indicator),
        "back": _page(indicator),
    }
    return render(request, "indicators/record.html", context)


def _page(indicator: Indicator) -> str:
    return reverse("indicators:detail", args=[indicator.ref])


def _crumbs(indicator: Indicator | None = None) -> list[Crumb]:
    crumbs = [(_("Indicators"), reverse("indicators:list"))]
    return [*crumbs, (indicator.name, _page(indicator))] if indicator else crumbs


def _whole(reading: Reading) -> object:
    return next((c.value for c in reading.cells.all() if c.sex == c.age == "" and c.place_id is None), None)
