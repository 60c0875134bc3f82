"""The public pages. They never write, set no cookie for a stranger, and may be kept for a few minutes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from jwp.core.access import ANYONE, ActorRequest, open_to, visible_or_404
from jwp.partners.middleware import navigation
from jwp.plans.models import Plan
from jwp.site import charts
from jwp.site.access import gender_plans, public_documents
from jwp.site.content import PublicPlan
from jwp.site.exchange import COLUMNS, REUSE, Encoder, Publication, as_csv, as_tree
from jwp.site.reading import document_link, no_names, read_plan
from jwp.site.rules import SMALLEST_SHOWN

# How many charts, and how many rounds as columns, so that a page stays under 100 KiB whatever the plan;
# what is left out stands on the promises' own pages.
LARGE = 25  # promises
CHARTS, CHARTS_IF_LARGE = 9, 4
ROUNDS, ROUNDS_IF_LARGE = 4, 2
DOCUMENTS = 50
MINUTES = 5


@open_to(ANYONE)
@require_safe
def home(request: ActorRequest) -> HttpResponseBase:
    found = _current(gender_plans())
    plan = read_plan(found, request.today) if found else None
    clean = no_names()
    documents = [(d, link) for d in public_documents()[:DOCUMENTS] if (link := document_link(d, clean))]
    context = {
        "plan": plan,
        "documents": documents,
        "strip": _strip(plan),
        "start": _start(request),
        "accepted": plan.counts(plan.latest).get("accepted", 0) if plan else 0,
        "asked": sum(plan.counts(plan.latest).values()) if plan else 0,
    }
    return page(request, "site/home.html", context)


@open_to(ANYONE)
@require_safe
def how_to_read(request: ActorRequest) -> HttpResponseBase:
    found = _current(gender_plans())
    context = {"plan": found, "smallest": SMALLEST_SHOWN, "columns": COLUMNS, "reuse": REUSE}
    return page(request, "site/how_to_read.html", context)


@open_to(ANYONE)
@require_safe
def plan(request: ActorRequest, ref: str = "") -> HttpResponseBase:
    plans = list(gender_plans())
    if ref:
        found: Plan | None = visible_or_404(gender_plans(), ref)
    else:
        found = next((one for one in plans if one.state == "adopted"), plans[0] if plans else None)
    if found is None:
        return page(request, "site/none.html", {})
    shown = read_plan(found, request.today)
    opened = [round for round in shown.rounds if round.opens <= request.today] or shown.rounds[:1]
    large = len(shown.targets) > LARGE
    columns, drawn = (ROUNDS_IF_LARGE, CHARTS_IF_LARGE) if large else (ROUNDS, CHARTS)
    charted = [target for target in shown.targets if target.charted]
    context = {
        "plan": shown,
        "strip": _strip(shown),
        "rounds": opened[-columns:],
        "others": [one for one in plans if one != found],
        "charts": [(target, charts.over_rounds(target, request.today)) for target in charted[:drawn]],
        "more_charts": len(charted) - drawn,
        "smallest": SMALLEST_SHOWN,
        "reuse": REUSE,
        "accepted": shown.counts(shown.latest).get("accepted", 0),
        "asked": sum(shown.counts(shown.latest).values()),
    }
    return page(request, "site/plan.html", context)


@open_to(ANYONE)
@require_safe
def target(request: ActorRequest, ref: str, target: str) -> HttpResponseBase:
    shown = read_plan(visible_or_404(gender_plans(), ref), request.today, target)
    if not shown.targets:
        raise Http404
    one = shown.targets[0]
    context = {
        "plan": shown,
        "target": one,
        "chart": charts.over_rounds(one, request.today),
        "smallest": SMALLEST_SHOWN,
        "sexes": one.sexes,
        "steps": [step for step in shown.chain if step.target_ref == one.ref],
    }
    return page(request, "site/target.html", context)


@open_to(ANYONE)
@require_safe
def data_csv(request: ActorRequest, ref: str) -> HttpResponseBase:
    with translation.override("en"):  # one table for all readers, whose columns mean the same tomorrow
        plan = read_plan(visible_or_404(gender_plans(), ref), request.today)
        answer = HttpResponse(as_csv(plan, _publication(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{ref}.csv"'
    return kept(request, answer)


@open_to(ANYONE)
@require_safe
def data_json(request: ActorRequest, ref: str) -> HttpResponseBase:
    with translation.override("en"):
        plan = read_plan(visible_or_404(gender_plans(), ref), request.today)
        tree = as_tree(plan, _publication(request))
    text = json.dumps(tree, cls=Encoder, ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Access-Control-Allow-Origin"] = "*"  # it is public: other sites may read it
    return kept(request, answer)


def _current(plans: QuerySet[Plan]) -> Plan | None:
    """The plan in force; where there is none, the last that was."""
    return plans.filter(state="adopted").first() or plans.first()


def _strip(plan: PublicPlan | None) -> str:
    return charts.strip(plan, plan.latest) if plan and plan.latest else ""


def _start(request: ActorRequest) -> str:
    """Where a new installation begins, while nobody has named the partnership."""
    return "" if request.partnership else reverse("start")


def _publication(request: ActorRequest) -> Publication:
    partnership = request.partnership
    return Publication(
        partnership.name if partnership else "", request.today, bool(partnership and partnership.fictional)
    )


def page(request: ActorRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """A page in the language asked for; it goes along in our links, so that no cookie is needed."""
    known = {code for code, _name in settings.LANGUAGES}
    asked = request.GET.get("language", "")
    context["q"] = f"?language={asked}" if asked in known else ""
    if request.actor is None:
        nav = navigation(request, None)
        context["nav"] = [(label, url + context["q"], active) for label, url, active in nav]
    return kept(request, render(request, template, context))


def kept(request: HttpRequest, answer: HttpResponse) -> HttpResponseBase:
    """Copies may be kept a few minutes, then asked about again; a signed-in reader's never."""
    if getattr(request, "actor", None) is not None:
        answer["Cache-Control"] = "private, no-store"
        return answer
    answer["Cache-Control"] = f"public, max-age={MINUTES * 60}"
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    patch_vary_headers(answer, ["Accept-Language"])
    given = get_conditional_response(request, etag=answer["ETag"], response=answer) or answer
    given.cookieless = True  # type: ignore[attr-defined]
    return given
