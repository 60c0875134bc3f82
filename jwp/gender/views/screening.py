"""Pages of screening: the list, what moved, what to look at, and the marker beside what came of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import INSIDERS, acting, open_to
from jwp.core.models import Partnership
from jwp.gender.screening.lines import Counted, LinesTable, lines
from jwp.grants.access import visible_items
from jwp.grants.rules.marking import MARKER, PHASES, RESULT
from jwp.grants.screening import Crossed, Moved, alerts, cells, crossed, drift, living
from jwp.instruments.editions import latest
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Classes, options
from jwp.instruments.words import local
from jwp.partners.tables import as_csv, stream_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50


def crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("Screening"), reverse("gender:screening")), *more]


@open_to(*INSIDERS)
@require_safe
def screening(request: HttpRequest) -> HttpResponse:
    found = lines(acting(request), request.GET)
    table = LinesTable(found.rows)
    pages = partial(Counted, known=found.count)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "paginator_class": pages}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "screening", Partnership.get())
    asked = request.GET.copy()
    asked["export"] = "csv"
    table.export_url = f"?{asked.urlencode()}"
    words = dict(class_words())
    context = {
        "lines": found,
        "table": table,
        "classes": [(code, words.get(code, ""), n) for code, n in found.classes.items()],
        "alerts": alerts(visible_items(acting(request))).count(),
    }
    return render(request, "gender/screening.html", context)


@open_to(*INSIDERS)
@require_safe
def moved(request: HttpRequest) -> HttpResponseBase:
    """From which first score to which last one, and why."""
    items = living(visible_items(acting(request)))
    found = drift(items)
    if request.GET.get("export") == "csv":
        heading = ["ref", "title", "business_line", "from", "phase", "on", "to", "phase", "on", "by", "reason"]
        return stream_csv(heading, map(_moved_line, found.moved), "marker-moves", Partnership.get())
    codes = sorted({score for pair in found.counts for score in pair} | {code for code, _word in class_words()})
    words = dict(class_words())
    context = {
        "drift": found,
        "codes": [(code, words.get(code, "")) for code in codes],
        "matrix": [(code, words.get(code, ""), [found.counts.get((code, to), 0) for to in codes]) for code in codes],
        "phases": PHASES,
        "crumbs": crumbs(),
    }
    return render(request, "gender/moved.html", context)


def _moved_line(one: Moved) -> list[Any]:
    said: list[Any] = [one.item.ref, one.item.title, one.item.business_line.name]
    for sheet in (one.first, one.last):
        said += [sheet.score, sheet.phase, sheet.answered_on]
    return [*said, one.last.by.name if one.last.by else "", one.why]


@open_to(*INSIDERS)
@require_safe
def to_look_at(request: HttpRequest) -> HttpResponse:
    items = alerts(visible_items(acting(request))).order_by("title")
    context = {"items": items, "crumbs": crumbs()}
    return render(request, "gender/alerts.html", context)


@open_to(*INSIDERS)
@require_safe
def results(request: HttpRequest) -> HttpResponseBase:
    """The marker (what was intended) beside the results scale (what an evaluator saw)."""
    items = living(visible_items(acting(request)))
    found = crossed(items)
    if request.GET.get("export") == "csv":
        heading = ["ref", "title", "business_line", "marker", "phase", "result", "rated_on"]
        return stream_csv(heading, map(_crossed_line, found), "marker-and-results", Partnership.get())
    scale = latest(RESULT)
    levels = [(one.code, local(one.name)) for one in options(scale)] if scale else []
    table = cells(found)
    rows = [
        (code, word, [(level, name, table.get((code, level), [])) for level, name in levels])
        for code, word in class_words()
    ]
    chosen = (request.GET.get("marker", ""), request.GET.get("level", ""))
    context = {
        "n": len(found),
        "of": items.exclude(marker="").count(),
        "levels": levels,
        "rows": rows,
        "listed": table.get(chosen, []) if any(chosen) else found,
        "narrowed": any(chosen),
        "crumbs": crumbs(),
    }
    return render(request, "gender/crossed.html", context)


def _crossed_line(one: Crossed) -> list[Any]:
    of = one.item
    return [of.ref, of.title, of.business_line.name, of.marker, of.marker_phase, one.level, one.rated.answered_on]


def class_words() -> list[tuple[str, str]]:
    """The marker's classes in words; side by side, in the order of their codes, which is not a ranking."""
    marker = latest(MARKER)
    return [(one.code, local(one.name)) for one in marker.classes] if isinstance(marker, Classes) else []


def phase_word(phase: str) -> str:
    return str(AnswerSheet.Phase(phase).label) if phase else ""
