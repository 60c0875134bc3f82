"""One target: the promise and how it changed, what was reported, actions, comments, where it came from."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jwp.core import journal
from jwp.core.access import (
    AUDITOR,
    DIRECTOR,
    GENDER_TEAM,
    INSIDERS,
    SIGNED_IN,
    Actor,
    acting,
    open_to,
    visible_or_404,
)
from jwp.core.chart import Point, cached_svg, target_over_rounds
from jwp.core.door import Refused, open_door
from jwp.core.forms import attempt
from jwp.gender.audit import target_file
from jwp.gender.forms import ActionForm, MergeForm, PromiseForm, SettleForm, SplitForm, TargetForm
from jwp.plans.access import (
    HOLDER,
    may_comment,
    roles_for,
    visible_plans,
    visible_targets,
    works_on,
)
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise
from jwp.plans.actions import report as reports
from jwp.plans.answers import NotANumber, number
from jwp.plans.models import Action, Plan, Target
from jwp.plans.overview import TargetRow, as_seen_by, overview
from jwp.plans.rules import Why

TEAM = (GENDER_TEAM, DIRECTOR)


@open_to(SIGNED_IN)
@require_GET
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    target = visible_or_404(visible_targets(actor), ref)
    seen = overview(target.plan, actor.today, Target.objects.filter(pk=target.pk), evidence=True)
    seen = as_seen_by(actor, seen)
    row = seen.rows[0]
    responses = target.responses.select_related("recommendation__finding__assessment")
    context = {
        "target": row.target, "plan": target.plan, "row": row, "current": seen.current,
        "spot": row.at(seen.current), "chart": chart(row), "team": actor.has(*TEAM), "is_team": actor.has(GENDER_TEAM),
        "is_director": actor.has(DIRECTOR), "mine": HOLDER in roles_for(actor, target),
        "actions": Action.objects.filter(target=target).select_related("owner"),
        "inside": works_on(actor, target), "may_comment": may_comment(actor, target),
        "comments": target.comments.select_related("author") if works_on(actor, target) else None,
        "came_from": target.came_from.select_related("target__plan"),
        "responses": responses if works_on(actor, target) else responses.filter(recommendation__finding__public=True),
        "action_form": ActionForm(initial={"owner": target.holder}),
        "history": list(islice(journal.history(ref), 20)) if actor.has(*INSIDERS) else [],
        "crumbs": [(target.plan.title, reverse("gender:plan", args=[target.plan.ref]))],
    }  # fmt: skip
    return render(request, "gender/target.html", context)


def chart(row: TargetRow) -> str:
    """Women, men and total over the rounds, against the promise; only for numbers that anybody reported."""
    if row.target.kind != Target.Kind.NUMBER or not any(spot.cells for spot in row.spots):
        return ""
    points = [
        Point(
            str(spot.round), spot.women, spot.men, spot.total,
            note="" if spot.cells else (_("no data") if spot.report and spot.report.no_data_because else spot.word),
        )
        for spot in row.spots
        if spot.cells or spot.standing.why not in (Why.NOT_OPEN, Why.OPEN)
    ]  # fmt: skip
    spec = target_over_rounds(
        points, title=row.target.text, target=row.target.value, baseline=row.target.baseline,
        unit=row.target.indicator.unit if row.target.indicator else "",
    )  # fmt: skip
    return cached_svg(spec)


def _team_target(request: HttpRequest, ref: str) -> tuple[Actor, Target]:
    actor = acting(request)
    return actor, visible_or_404(visible_targets(actor), ref)


def _form_page(request: HttpRequest, target: Target, form: Any, heading: str, **more: Any) -> HttpResponse:
    crumbs = [
        (target.plan.title, reverse("gender:plan", args=[target.plan.ref])),
        (target.number or target.ref, reverse("gender:target", args=[target.ref])),
    ]
    return render(request, "gender/form.html", {"form": form, "heading": heading, "crumbs": crumbs} | more)


@open_to(*TEAM)
def new(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    plan: Plan = visible_or_404(visible_plans(actor), ref)
    form: TargetForm = (PromiseForm if plan.state == "adopted" else TargetForm)(plan, request.POST or None)
    if request.method == "POST" and (
        made := attempt(form, lambda: plans.add_target(actor, plan, **_without_reason(form)))
    ):
        messages.success(request, _("Added: %(target)s") % {"target": made})
        again = "another" in request.POST
        return redirect("gender:new_target", ref) if again else redirect("gender:plan", ref)
    context = {
        "form": form, "heading": _("A new target"), "button": _("Add the target"), "another": True,
        "crumbs": [(plan.title, reverse("gender:plan", args=[ref]))],
    }  # fmt: skip
    return render(request, "gender/form.html", context)


@open_to(*TEAM)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Change a promise: freely in a draft, with reason and authority once it is adopted."""
    actor, target = _team_target(request, ref)
    draft = target.plan.state in ("draft", "submitted")
    form_class = TargetForm if draft else PromiseForm
    form = form_class(target.plan, request.POST or None, instance=Target.objects.get(pk=target.pk))

    def revise() -> Target:
        given = {"reason": "draft"} | form.values
        return promise.revise(actor, ref, revision=form.opened_at, **given)

    if request.method == "POST" and attempt(form, revise) is not None:
        return redirect("gender:target", ref)
    lead = (
        ""
        if draft
        else _("The old promise stays readable beside the new. A value or a due date changes only by decision.")
    )
    return _form_page(request, target, form, _("Change the target"), lead=lead)


@open_to(*TEAM)
def settle(request: HttpRequest, ref: str) -> HttpResponse:
    actor, target = _team_target(request, ref)
    form = SettleForm(target.plan, request.POST or None)

    def settled() -> Target:
        return promise.settle(actor, ref, **form.cleaned_data)

    if request.method == "POST" and attempt(form, settled) is not None:
        return redirect("gender:target", ref)
    return _form_page(request, target, form, _("Achieved, or given up?"))


@open_to(*TEAM)
def merge(request: HttpRequest, ref: str) -> HttpResponse:
    actor, target = _team_target(request, ref)
    form = MergeForm(target, request.POST or None)

    def merged() -> Target:
        given = form.cleaned_data
        return promise.merge(actor, [ref], given["into"].ref, given["reason"], given["approval"])

    if request.method == "POST" and (kept := attempt(form, merged)):
        return redirect("gender:target", kept.ref)
    return _form_page(request, target, form, _("Merge into another target"))


@open_to(*TEAM)
def split(request: HttpRequest, ref: str) -> HttpResponse:
    actor, target = _team_target(request, ref)
    form = SplitForm(target.plan, request.POST or None)

    def divided() -> list[Target]:
        given = form.cleaned_data
        return promise.split(actor, ref, parts(given["parts"]), given["reason"], given["approval"])

    if request.method == "POST" and attempt(form, divided) is not None:
        return redirect("gender:plan", target.plan.ref)
    return _form_page(request, target, form, _("Split into several targets"))


def _without_reason(form: TargetForm) -> dict[str, Any]:
    return {name: value for name, value in form.values.items() if name != "reason"}


def parts(text: str) -> list[dict[str, Any]]:
    """ "Train planners | 60", one a line."""
    made: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        words, bar, value = line.rpartition("|")
        amount: Decimal | None = None
        if bar:
            try:
                amount = number(value)
            except NotANumber as error:
                raise Refused(str(error)) from error
        made.append({"text": (words if bar else line).strip(), "value": amount})
    return made


@open_to(SIGNED_IN)
@require_POST
def comment(request: HttpRequest, ref: str) -> HttpResponse:
    actor, target = _team_target(request, ref)
    if not may_comment(actor, target):
        raise Refused(_("Only those who work on this target comment on it."))
    reports.comment(actor, ref, request.POST.get("text", ""))
    return redirect(reverse("gender:target", args=[ref]) + "#comments")


@open_to(SIGNED_IN)
@require_POST
def add_action(request: HttpRequest, ref: str) -> HttpResponse:
    """An action carries only text, owner and date; the holder or the team adds it."""
    actor, target = _team_target(request, ref)
    if not ({HOLDER, *TEAM} & roles_for(actor, target)):
        raise Refused(_("Only the holder or the gender team adds actions."))
    form = ActionForm(request.POST)
    if not form.is_valid():
        raise Refused(*[f"{form.fields[k].label}: {' '.join(map(str, v))}" for k, v in form.errors.items()])
    with open_door(actor) as door:
        door.add(Action(target=target, **form.cleaned_data))
    return redirect(reverse("gender:target", args=[ref]) + "#actions")


@open_to(SIGNED_IN)
@require_POST
def action_done(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    action = visible_or_404(
        Action.objects.filter(target__in=visible_targets(actor).values("pk")).select_related("target"), ref
    )
    if action.owner_id not in actor.offices and not actor.has(*TEAM):
        raise Refused(_("Only the owner or the gender team marks this as done."))
    with open_door(actor) as door:
        row = door.lock(Action, ref)
        done = None if row.done_on else actor.today
        door.change(row, "done" if done else "not done", done_on=done)
    back = request.POST.get("back", "")
    return (
        redirect("desk")
        if back == "desk"
        else redirect(reverse("gender:target", args=[action.target.ref]) + "#actions")
    )


@open_to(AUDITOR, GENDER_TEAM, DIRECTOR)
@require_GET
def audit_file(request: HttpRequest, ref: str) -> FileResponse:
    """For the auditor: everything about one target in one download."""
    actor, target = _team_target(request, ref)
    return FileResponse(target_file(target, actor.today), as_attachment=True, filename=f"{ref}.zip")
