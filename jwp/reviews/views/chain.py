"""The chain on one page per plan: baseline → finding → recommendation → response → target; and its forms."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.core.access import (
    GENDER_TEAM,
    INSIDERS,
    ActorRequest,
    acting,
    open_to,
    visible_or_404,
)
from jwp.core.forms import attempt
from jwp.plans.access import visible_plans, visible_targets
from jwp.plans.models import Plan, PriorityArea
from jwp.reviews.access import (
    may_respond,
    visible_assessments,
    visible_engagements,
    visible_findings,
    visible_recommendations,
    writes,
)
from jwp.reviews.actions import finding as chain
from jwp.reviews.forms import (
    AssessmentForm,
    FindingForm,
    NewFindingForm,
    RecommendationForm,
    ResponseForm,
)
from jwp.reviews.models import Finding, Recommendation, Response, headcount
from jwp.reviews.views.engagement import crumbs


@open_to(*INSIDERS)
def home(request: ActorRequest) -> HttpResponse:
    """Engagements, and the chain of one plan area by area."""
    actor = acting(request)
    plans = list(visible_plans(actor))
    wanted = request.GET.get("plan")
    plan = next((each for each in plans if each.ref == wanted), None) or next(
        iter(sorted(plans, key=lambda each: each.kind != Plan.Kind.GENDER)), None
    )
    engagements = visible_engagements(actor).prefetch_related("participants")
    context: dict[str, Any] = {
        "plans": plans,
        "plan": plan,
        "engagements": [
            (row, row.link_standing(request.today).value, headcount(row.participants.all())) for row in engagements
        ],
        "writes": writes(actor),
        "areas": [],
    }
    if plan is not None:
        areas = list(plan.areas.all())
        chosen = next((area for area in areas if area.ref == request.GET.get("area")), None)
        context |= {
            "areas": areas,
            "area": chosen,
            "sections": _sections(request, plan, [chosen] if chosen else [*areas, None]),
            "responds": may_respond(actor, plan),
        }
    return render(request, "reviews/home.html", context)


def _sections(request: ActorRequest, plan: Plan, areas: list[PriorityArea | None]) -> list[dict[str, Any]]:
    """Per priority area: what it was found in, what follows, and targets that nothing recommended."""
    actor = acting(request)
    assessments = list(visible_assessments(actor).filter(plan=plan))
    findings = list(visible_findings(actor).filter(plan=plan).prefetch_related(_recommendations()))
    others = list(visible_targets(actor).filter(plan=plan, responses__isnull=True, state="stands"))
    sections = []
    for area in areas:
        key = area.pk if area else None
        section = {
            "area": area,
            "assessments": [row for row in assessments if row.area_id == key],
            "findings": [(row, _lines(row, request)) for row in findings if row.area_id == key],
            "targets": [row for row in others if row.area_id == key],
        }
        if area or any(section.values()):
            sections.append(section)
    return sections


def _recommendations() -> Prefetch[str, QuerySet[Any], str]:
    responses = Response.objects.select_related("target", "owner").order_by("-pk")
    return Prefetch("recommendations", Recommendation.objects.prefetch_related(Prefetch("responses", responses)))


def _lines(finding: Finding, request: ActorRequest) -> list[dict[str, Any]]:
    """What was recommended because of it, and the answer: the last one stands, the earlier stay readable."""
    lines = []
    for row in finding.recommendations.all():
        responses = list(row.responses.all())
        late = not responses and row.respond_by is not None and row.respond_by < request.today
        line = {"row": row, "response": responses[0] if responses else None, "earlier": responses[1:]}
        lines.append(line | {"late": late})
    return lines


def _chain_of(plan: Plan) -> str:
    return f"{reverse('reviews:home')}?plan={plan.ref}"


def _form_page(request: ActorRequest, form: BaseForm, plan: Plan, heading: str, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "crumbs": crumbs((plan.title, _chain_of(plan))),
        "back": _chain_of(plan),
        **more,
    }
    return render(request, "reviews/form.html", context)


def _area(request: ActorRequest, plan: Plan) -> PriorityArea | None:
    """The priority area that the page was opened for."""
    found: PriorityArea | None = plan.areas.filter(ref=request.GET.get("area", "")).first()
    return found


@open_to(GENDER_TEAM)
def assessment_new(request: ActorRequest, plan: str) -> HttpResponse:
    actor = acting(request)
    of = visible_or_404(visible_plans(actor), plan)
    first = {"area": _area(request, of), "made_on": request.today}
    form = AssessmentForm(of, request.POST or None, initial=first)
    if attempt(form, lambda: chain.add_assessment(actor, plan=of, **form.values)):
        return redirect(_chain_of(of))
    return _form_page(request, form, of, _("New baseline assessment"))


@open_to(GENDER_TEAM)
def assessment_edit(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_assessments(actor), ref)
    form = AssessmentForm(row.plan, request.POST or None, instance=row)
    if attempt(form, lambda: chain.change_assessment(actor, ref, form.opened_at, **form.values)):
        return redirect(_chain_of(row.plan))
    return _form_page(request, form, row.plan, _("Change the assessment"))


@open_to(GENDER_TEAM)
def finding_new(request: ActorRequest, plan: str) -> HttpResponse:
    """A finding and its recommendation together; "save and add another" keeps the area."""
    actor = acting(request)
    of = visible_or_404(visible_plans(actor), plan)
    form = NewFindingForm(of, request.POST or None, initial={"area": _area(request, of)})

    def add() -> Finding:
        given = form.values
        text, respond_by = given.pop("recommendation"), given.pop("respond_by")
        recommended = [(text, respond_by)] if text.strip() else []
        return chain.add_finding(actor, plan=of, recommendations=recommended, **given)

    if row := attempt(form, add):
        if "another" not in request.POST:
            return redirect(f"{_chain_of(of)}#{row.ref}")
        again = f"?area={row.area.ref}" if row.area else ""
        return redirect(reverse("reviews:finding_new", args=[of.ref]) + again)
    return _form_page(request, form, of, _("New finding"), another=True)


@open_to(GENDER_TEAM)
def finding_edit(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_findings(actor), ref)
    form = FindingForm(row.plan, request.POST or None, instance=row)
    if attempt(form, lambda: chain.change_finding(actor, ref, form.opened_at, **form.values)):
        return redirect(f"{_chain_of(row.plan)}#{ref}")
    return _form_page(request, form, row.plan, _("Change the finding"))


@open_to(GENDER_TEAM)
def recommendation_new(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    finding = visible_or_404(visible_findings(actor), ref)
    form = RecommendationForm(request.POST or None)
    if attempt(form, lambda: chain.add_recommendation(actor, ref, **form.values)):
        return redirect(f"{_chain_of(finding.plan)}#{ref}")
    return _form_page(request, form, finding.plan, _("New recommendation"), about=finding.text)


@open_to(GENDER_TEAM)
def recommendation_edit(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_recommendations(actor), ref)
    finding = row.finding
    form = RecommendationForm(request.POST or None, instance=row)
    if attempt(form, lambda: chain.change_recommendation(actor, ref, form.opened_at, **form.values)):
        return redirect(f"{_chain_of(finding.plan)}#{finding.ref}")
    return _form_page(request, form, finding.plan, _("Change the recommendation"), about=finding.text)


@open_to(*INSIDERS)
def respond(request: ActorRequest, ref: str) -> HttpResponse:
    """The Director's answer, or a supervisor's."""
    actor = acting(request)
    row = visible_or_404(visible_recommendations(actor), ref)
    plan = row.finding.plan
    if not may_respond(actor, plan):
        raise Http404
    form = ResponseForm(plan, request.POST or None)
    if attempt(form, lambda: chain.respond(actor, ref, **form.values)):
        return redirect(f"{_chain_of(plan)}#{row.finding.ref}")
    return _form_page(request, form, plan, _("Answer the recommendation"), about=row.text)
