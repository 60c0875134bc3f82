"""The public page of a city: what published runs of the measuring library say of the women and men who live there.

A hidden figure stays hidden: its numbers are not even kept, and whatever would give it away is hidden with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import django_tables2 as tables
from django.db.models import Max, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from jwp.core.access import ANYONE, ActorRequest, open_to, visible_or_404
from jwp.evidence.access import visible_files, visible_runs
from jwp.evidence.models import Run, RunFigure
from jwp.evidence.run_tables import Family, FigureTable, columns, families
from jwp.evidence.views.runs import SHOWN, body_of, untold
from jwp.partners.models import Place
from jwp.partners.tables import as_csv
from jwp.site.content import Clean
from jwp.site.reading import no_names
from jwp.site.rules import open_sexes
from jwp.site.views import kept, page

NUMBERS = ("value", "se", "low", "high", "n", "clusters")


class CityTable(FigureTable):
    """Of all runs about a city: keys are told apart by their run."""

    run = tables.Column(accessor="run__ref")

    class Meta(FigureTable.Meta):
        sequence = ("run", "...")


@dataclass(frozen=True)
class PublicRun:
    """What strangers read of a run: never who made it, nor the data that went in."""

    ref: str
    title: str
    kind: str
    language: str
    source: str
    published_on: date | None
    withdrawn: bool
    why: str
    lines: list[Family] = field(default_factory=list)
    has: dict[str, bool] = field(default_factory=dict)
    more: int = 0
    findings: list[dict[str, str]] = field(default_factory=list)
    body: SafeString = field(default_factory=SafeString)
    files: list[tuple[str, str, int]] = field(default_factory=list)


def published() -> QuerySet[Run]:
    return visible_runs(None)


def cities() -> QuerySet[Place]:
    """Places with at least one run that is, or was, published."""
    latest = Max("runs__published_on", filter=Q(runs__in=published()))
    return Place.objects.annotate(latest=latest).filter(latest__isnull=False).select_related("within").order_by("name")


@open_to(ANYONE)
@require_safe
def index(request: ActorRequest) -> HttpResponseBase:
    found = cities()
    for word in request.GET.get("q", "").split()[:8]:
        found = found.filter(Q(name__icontains=word) | Q(within__name__icontains=word))
    return page(request, "site/cities.html", {"cities": found})


@open_to(ANYONE)
@require_safe
def city(request: ActorRequest, ref: str) -> HttpResponseBase:
    place = visible_or_404(cities(), ref)
    clean = no_names()
    runs = [_read(run, clean) for run in published().filter(place=place).order_by("-published_on", "-pk")]
    return page(request, "site/city.html", {"city": place, "runs": runs})


@open_to(ANYONE)
@require_safe
def city_csv(request: ActorRequest, ref: str) -> HttpResponseBase:
    place = visible_or_404(cities(), ref)
    rows = [one for run in _open(place) for one in shown(run)]
    return kept(request, as_csv(CityTable(rows), f"{place.ref}-figures", request.partnership))


@open_to(ANYONE)
@require_safe
def city_json(request: ActorRequest, ref: str) -> HttpResponseBase:
    place, clean = visible_or_404(cities(), ref), no_names()
    tree = {
        "city": place.name,
        "as_of": request.today.isoformat(),
        "fictional": bool(request.partnership and request.partnership.fictional),
        "runs": [
            {
                "ref": run.ref, "title": clean(run.title), "kind": run.kind, "data_from": clean(run.source),
                "published_on": str(run.published_on), "figures": [_plain(one) for one in shown(run)],
            }
            for run in _open(place)
        ],
    }  # fmt: skip
    text = json.dumps(tree, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"  # it is public: other sites may read it
    return kept(request, answer)


def shown(run: Run) -> list[RunFigure]:
    """The run's figures, without the numbers of those that are hidden or would give a hidden one away."""
    found = list(run.figures.all())
    by_family: dict[str, list[RunFigure]] = {}
    for one in found:
        by_family.setdefault(one.family, []).append(one)
    for together in by_family.values():
        may = open_sexes({one.sex: one.n if one.flag != "suppressed" else 1 for one in together})
        for one in together:
            if one.sex not in may:
                one.flag = "suppressed"
                for name in NUMBERS:
                    setattr(one, name, None)
    return found


def _open(place: Place) -> QuerySet[Run]:
    runs = published().filter(place=place, state=Run.State.PUBLISHED)
    return runs.order_by("-published_on", "-pk").prefetch_related("figures")


def _read(run: Run, clean: Clean) -> PublicRun:
    told = PublicRun(
        run.ref, clean(run.title), str(run.get_kind_display()), run.language, clean(run.source), run.published_on,
        run.state == Run.State.WITHDRAWN, clean(run.why),
    )  # fmt: skip
    if told.withdrawn:
        return told
    lines, body = families(shown(run)), body_of(run)
    files = run.files.filter(file__in=visible_files(None)).select_related("file")
    return replace(
        told,
        lines=lines[:SHOWN],
        has=columns(lines),
        more=max(len(lines) - SHOWN, 0),
        findings=[finding for finding in untold(run.findings, body) if finding["level"] != "note"],
        body=body,
        files=[(one.role, reverse("evidence:file", args=[one.file.sha256]), one.file.size) for one in files],
    )


def _plain(one: RunFigure) -> dict[str, Any]:
    names: Iterable[str] = ("key", "indicator", "label", "sex", "group", "place", *NUMBERS, "unit", "flag")
    return {name: getattr(one, name) for name in names}
