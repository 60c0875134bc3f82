"""The plan: what is promised, where each target stands, and the life of the plan itself."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jwp.core.access import DIRECTOR, GENDER_TEAM, SIGNED_IN, Actor, acting, open_to, visible_or_404
from jwp.core.chart import cached_svg, status_strip
from jwp.core.forms import attempt
from jwp.gender.forms import BringInForm, NextPlanForm, PlanForm
from jwp.gender.views.results import READERS as RESULTS_READERS
from jwp.partners.tables import harmless
from jwp.plans.access import visible_plans, visible_targets
from jwp.plans.actions import plan as plans
from jwp.plans.models import Plan, PriorityArea, Target
from jwp.plans.overview import Overview, TargetRow, as_seen_by, overview

TEAM = (GENDER_TEAM, DIRECTOR)


@open_to(SIGNED_IN)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The plan in force; where there are several, or none, the list of plans."""
    actor = acting(request)
    found = list(visible_plans(actor))
    adopted = [plan for plan in found if plan.state == "adopted"]
    if len(adopted) == 1 and "all" not in request.GET:
        return redirect("gender:plan", adopted[0].ref)
    return render(request, "gender/home.html", {"plans": found, "team": actor.has(*TEAM)})


def read(request: HttpRequest, ref: str) -> tuple[Actor, Plan, Overview]:
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    targets = visible_targets(actor).filter(plan=plan)
    return actor, plan, as_seen_by(actor, overview(plan, actor.today, targets))


@open_to(SIGNED_IN)
@require_GET
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor, plan, seen = read(request, ref)
    current = seen.current
    counts = seen.counts(current)
    rows = list(filtered(seen, request))
    context = {
        "plan": plan, "overview": seen, "current": current, "counts": counts, "team": actor.has(*TEAM),
        "is_team": actor.has(GENDER_TEAM), "is_director": actor.has(DIRECTOR),
        "reads_results": actor.has(*RESULTS_READERS),
        "levels": grouped(rows), "shown": len(rows), "all_rows": seen.rows,
        "holders": sorted({row.target.holder for row in seen.rows}, key=str),
        "areas": sorted({row.target.area for row in seen.rows if row.target.area}, key=lambda a: a.order),
        "mine": [r for r in seen.rows if r.target.holder_id in actor.offices and r.target.state == Target.STANDS],
        "strip": cached_svg(status_strip(counts, title=_("Where the targets stand in this round"))) if counts else "",
        "query": request.GET.urlencode(),
        "tones": [
            ("accepted", _("accepted")), ("reported", _("reported")), ("late", _("late")),
            ("silent", _("not reported")), ("waiting", _("due")),
        ],
    }  # fmt: skip
    return render(request, "gender/plan.html", context)


def filtered(seen: Overview, request: HttpRequest) -> Iterator[TargetRow]:
    """The rows the reader asked for: by words, area, holder and standing in the current round."""
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "area", "holder", "word")}
    for row in seen.rows:
        target, spot = row.target, row.at(seen.current)
        text = f"{target.number} {target.text} {target.holder} {target.area or ''}".lower()
        if (
            all(part in text for part in asked["q"].lower().split())
            and asked["area"] in ("", target.area.ref if target.area else "")
            and asked["holder"] in ("", target.holder.ref)
            and asked["word"] in ("", spot.tone if spot else "")
        ):
            yield row


def grouped(rows: list[TargetRow]) -> list[tuple[str, list[tuple[PriorityArea | None, list[TargetRow]]]]]:
    """Rows under their level and priority area, in the plan's order."""
    labels = dict(PriorityArea.Level.choices)
    groups: dict[str, dict[PriorityArea | None, list[TargetRow]]] = {level: {} for level in (*labels, "")}
    for row in sorted(rows, key=lambda r: (r.target.area.order if r.target.area else 999, r.target.order, r.target.pk)):
        area = row.target.area
        groups[area.level if area else ""].setdefault(area, []).append(row)
    return [(str(labels.get(level, "")), list(areas.items())) for level, areas in groups.items() if areas]


COLUMNS = (
    "plan", "number", "ref", "target", "level", "area", "held by", "due", "state", "target value", "unit", "round",
    "standing", "days late", "women", "men", "not stated", "total", "in words", "no data because", "accepted on",
)  # fmt: skip


def lines(seen: Overview, rows: list[TargetRow]) -> Iterator[list[Any]]:
    """One line per target and round, as on the screen."""
    for row in rows:
        t = row.target
        for spot in row.spots:
            r = spot.report
            yield [
                seen.plan.title, t.number, t.ref, t.text, t.area.level if t.area else "", t.area.name if t.area else "",
                t.holder.name, t.due, t.state, t.value if t.value is not None else t.value_text,
                t.indicator.unit if t.indicator else "", str(spot.round), str(spot.standing.word) or "due",
                spot.standing.days if spot.standing.word == "late" else "", spot.women, spot.men, spot.amount("x"),
                spot.total, spot.said, r.no_data_because if r else "", r.accepted_on if r else "",
            ]  # fmt: skip


@open_to(SIGNED_IN)
@require_GET
def export(request: HttpRequest, ref: str, form: str) -> HttpResponse | StreamingHttpResponse:
    """Exactly what is on the screen, as CSV or JSON."""
    _actor, plan, seen = read(request, ref)
    rows = list(filtered(seen, request))
    fictional = bool(getattr(request, "partnership", None) and request.partnership.fictional)  # type: ignore[attr-defined]
    if form == "json":
        body = [dict(zip(COLUMNS, line, strict=True)) for line in lines(seen, rows)]
        return JsonResponse({"fictional": fictional, "plan": plan.ref, "as_of": str(seen.today), "rows": body})
    if form != "csv":
        raise Http404
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{plan.ref}.csv"'
    response.write("\ufeff")  # so that Excel reads the accents
    writer = csv.writer(response)
    writer.writerow([*COLUMNS, *(["note"] if fictional else [])])
    for line in lines(seen, rows):
        cells = [harmless(cell) if isinstance(cell, str) else cell for cell in line]
        writer.writerow([*cells, *(["fictional example"] if fictional else [])])
    return response


@open_to(*TEAM)
def new(request: HttpRequest) -> HttpResponse:
    form = PlanForm(request.POST or None)
    if request.method == "POST" and (plan := attempt(form, lambda: plans.create_plan(acting(request), **form.values))):
        messages.success(request, _("The plan is here as a draft. Add its targets, or bring them in from a table."))
        return redirect("gender:plan", plan.ref)
    return render(
        request,
        "gender/form.html",
        {"form": form, "heading": _("A new plan"), "button": _("Create the draft")},
    )


@open_to(*TEAM)
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    form = PlanForm(request.POST or None, instance=Plan.objects.get(pk=plan.pk))

    def changed() -> Plan:
        return plans.change_plan(actor, ref, form.opened_at, **form.values)

    if request.method == "POST" and attempt(form, changed) is not None:
        return redirect("gender:plan", ref)
    context = {"form": form, "heading": _("Change the plan"), "crumbs": [(plan.title, f"/plan/{ref}/")]}
    return render(request, "gender/form.html", context)


@open_to(DIRECTOR)
@require_POST
def submit(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(visible_plans(actor), ref)
    plans.submit(actor, ref)
    messages.success(request, _("Submitted. The body adopts it by a decision, recorded under Meetings."))
    return redirect("gender:plan", ref)


@open_to(*TEAM)
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(visible_plans(actor), ref)
    plans.withdraw(actor, ref, request.POST.get("reason", ""))
    return redirect("gender:plan", ref)


@open_to(*TEAM)
@require_POST
def end(request: HttpRequest, ref: str) -> HttpResponse:
    """The plan is over: every target was achieved, carried over, merged, split or dropped."""
    actor = acting(request)
    visible_or_404(visible_plans(actor), ref)
    plans.end(actor, ref)
    messages.success(request, _("The plan has ended. What it promised stays readable."))
    return redirect("gender:plan", ref)


@open_to(*TEAM)
def bring_in(request: HttpRequest, ref: str) -> HttpResponse:
    """A plan that was adopted before this system, in one line."""
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    form = BringInForm(plan, request.POST or None)

    def adopted() -> Plan:
        return plans.bring_in(actor, plan, **form.cleaned_data)

    if request.method == "POST" and attempt(form, adopted) is not None:
        messages.success(request, _("The plan is in force here. Its rounds are owed from the day of adoption."))
        return redirect("gender:plan", ref)
    context = {
        "form": form, "heading": _("Adopted before this system"), "button": _("Put the plan in force"),
        "crumbs": [(plan.title, f"/plan/{ref}/")],
        "lead": _("One line is enough: which body adopted it, when, and where that is written."),
    }  # fmt: skip
    return render(request, "gender/form.html", context)


@open_to(*TEAM)
def next_plan(request: HttpRequest, ref: str) -> HttpResponse:
    """The next plan as a copy of this one: every unfinished target is carried, dropped or achieved."""
    actor = acting(request)
    plan = visible_or_404(visible_plans(actor), ref)
    standing = Target.objects.filter(plan=plan, state=Target.STANDS).select_related("holder")
    form = NextPlanForm(request.POST or None)
    decided = {target.ref: request.POST.get(f"decide-{target.ref}", "") for target in standing}
    if request.method == "POST" and (
        made := attempt(form, lambda: plans.copy(actor, ref, decided=decided, **form.cleaned_data))
    ):
        messages.success(request, _("The next plan is here as a draft; the old one keeps what was promised."))
        return redirect("gender:plan", made.ref)
    return render(request, "gender/next.html", {"form": form, "plan": plan, "targets": standing})
