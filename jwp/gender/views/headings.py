"""A plan's headings: its priority areas on three levels, and the objectives under them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.gender.forms import AreaForm, ObjectiveForm
from jwp.plans.access import visible_plans
from jwp.plans.actions import plan as plans
from jwp.plans.models import Objective, PriorityArea

TEAM = (GENDER_TEAM, DIRECTOR)


@open_to(*TEAM)
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """Both lists, and a line to add to each."""
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    adding = request.POST.get("add", "")
    areas = AreaForm(request.POST if adding == "area" else None, instance=PriorityArea(plan=plan), prefix="area")
    objectives = ObjectiveForm(
        plan,
        request.POST if adding == "objective" else None,
        instance=Objective(plan=plan),
        prefix="objective",
    )
    form = {"area": areas, "objective": objectives}.get(adding)

    def added() -> PriorityArea | Objective:
        model = PriorityArea if adding == "area" else Objective
        assert form is not None
        return plans.add_row(actor, model(plan=plan, **form.values))

    if form is not None and attempt(form, added) is not None:
        return redirect("gender:headings", ref)
    context = {
        "plan": plan, "area_form": areas, "objective_form": objectives, "areas": plan.areas.all(),
        "objectives": plan.objectives.select_related("area"),
        "crumbs": [(plan.title, reverse("gender:plan", args=[ref]))],
    }  # fmt: skip
    return render(request, "gender/headings.html", context)


@open_to(*TEAM)
def area(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible = PriorityArea.objects.filter(plan__in=visible_plans(actor).values("pk")).select_related("plan")
    row = visible_or_404(visible, ref)
    form = AreaForm(request.POST or None, instance=row)

    def changed() -> PriorityArea:
        return plans.change_row(actor, PriorityArea, ref, form.opened_at, **form.values)

    if request.method == "POST" and attempt(form, changed) is not None:
        return redirect("gender:headings", row.plan.ref)
    crumbs = [(row.plan.title, reverse("gender:headings", args=[row.plan.ref]))]
    return render(request, "gender/form.html", {"form": form, "heading": _("Priority area"), "crumbs": crumbs})


@open_to(*TEAM)
def objective(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible = Objective.objects.filter(plan__in=visible_plans(actor).values("pk")).select_related("plan")
    row = visible_or_404(visible, ref)
    form = ObjectiveForm(row.plan, request.POST or None, instance=row)

    def changed() -> Objective:
        return plans.change_row(actor, Objective, ref, form.opened_at, **form.values)

    if request.method == "POST" and attempt(form, changed) is not None:
        return redirect("gender:headings", row.plan.ref)
    crumbs = [(row.plan.title, reverse("gender:headings", args=[row.plan.ref]))]
    return render(request, "gender/form.html", {"form": form, "heading": _("Objective"), "crumbs": crumbs})
