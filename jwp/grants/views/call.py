"""The pages of calls inside: the list, one call with its rules and stages, its form, its steps, its panel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import INSIDERS, SIGNED_IN, STAFF, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt, whole
from jwp.core.models import Partnership
from jwp.core.words import refusal
from jwp.core.workflow import obstacles
from jwp.evidence.views.products import export_address
from jwp.grants.access import WRITERS, visible_calls
from jwp.grants.actions import call as actions
from jwp.grants.actions.apply import is_open
from jwp.grants.actions.eligibility import clock_of
from jwp.grants.call_words import STANDINGS, instant, rules_in_words
from jwp.grants.forms.call import CallForm, CriterionForms, PanelForm, copied, grid_of, lines
from jwp.grants.models import Call, PanelMember
from jwp.grants.rules.eligibility import days_left
from jwp.grants.rules.life import CALL
from jwp.grants.tables.call import CallFilter, CallTable, with_received
from jwp.grants.views.steps import Offer, offers
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50


@open_to(SIGNED_IN)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = CallFilter(request.GET, with_received(visible_calls(actor)))
    table = CallTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "calls", Partnership.get())
    table.export_url = export_address(request)
    context = {"table": table, "filter": found, "may_write": actor.has(*WRITERS)}
    return render(request, "grants/calls.html", context)


@open_to(SIGNED_IN)
@require_safe
def call(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_calls(actor), ref)
    return render(request, "grants/call.html", _shown(actor, shown))


def _shown(actor: Actor, call: Call, panel: PanelForm | None = None) -> dict[str, Any]:
    now, may_write = timezone.now(), actor.has(*WRITERS)
    criteria = list(call.criteria.all())
    return {
        "call": call,
        "crumbs": _crumbs(),
        "rules": rules_in_words(call),
        "criteria": criteria,
        "points": sum(row.points for row in criteria),
        "standing": _standing(call, now),
        "opens": instant(call.opens_at, call.zone) if call.opens_at else "",
        "closes": instant(call.closes_at, call.zone) if call.closes_at else "",
        "days": days_left(call.closes_at, call.zone, now) if call.closes_at and is_open(call, now) else None,
        "stages": actions.stages(call) if actor.has(*INSIDERS) else None,
        "panel": call.panel.select_related("person__organisation") if actor.has(*WRITERS, "auditor") else [],
        "panel_form": (panel or PanelForm(call, actor)) if may_write and _runs(call) else None,
        "offers": _offers(call, actor, actions.call_facts(call, now)),
        "may_write": may_write,
        "may_change": may_write and call.state in ("draft", "published"),
        "brings_in": call.kind == Call.Kind.OUTSIDE and actor.has(STAFF),
        "types_in": call.kind != Call.Kind.OUTSIDE and call.state == "published" and actor.has(STAFF),
        "public": call.published_on is not None,
        "published": sorted(call.published_numbers.items()),
    }


def _offers(call: Call, actor: Actor, facts: Collection[str]) -> list[Offer]:
    """The reader's steps; who wrote a draft and cannot publish it reads who can, and what is missing."""
    found = offers(CALL, call.state, actor.roles, facts)
    if not found and call.state == "draft" and actor.has(*WRITERS):
        why = obstacles(CALL, "publish", call.state, actor.roles, facts)
        found = [Offer("publish", tuple(map(refusal, why)), False)]
    return found


def _standing(call: Call, now: Any) -> str:
    """In a word: its state; of a published one, where its clock stands."""
    word = clock_of(call, now) if call.state == "published" else call.state
    return _(STANDINGS.get(word, word))


def _runs(call: Call) -> bool:
    return call.state in ("draft", "published") and call.kind != Call.Kind.OUTSIDE


def _crumbs(call: Call | None = None) -> list[Crumb]:
    found = [(_("Calls"), reverse("grants:calls"))]
    return [*found, (call.title, reverse("grants:call", args=[call.ref]))] if call else found


@open_to(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    """From nothing, or from an earlier call's rules (?copy=ref)."""
    actor = acting(request)
    earlier = visible_calls(actor).filter(ref=request.GET.get("copy", "")).first()
    form = CallForm(request.POST or None, initial=copied(earlier) if earlier else None)
    grid = CriterionForms(request.POST or None, initial=grid_of(earlier, copy=True) if earlier else None)
    if request.method == "POST" and grid.is_valid():
        made = attempt(form, lambda: actions.add_call(actor, form.cleaned_data["countries"], lines(grid), **form.rules))
        if made:
            messages.success(request, _("Saved."))
            return redirect("grants:call", made.ref)
    context = {
        "form": form, "grid": grid, "heading": _("New call"), "crumbs": _crumbs(),
        "earlier": None if earlier or request.POST else visible_calls(actor)[:20],
    }  # fmt: skip
    return render(request, "grants/call_form.html", context, status=422 if request.method == "POST" else 200)


@open_to(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def change_call(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_calls(actor), ref)
    form = CallForm(request.POST or None, instance=row)
    grid = CriterionForms(request.POST or None, initial=grid_of(row))
    if request.method == "POST" and grid.is_valid():
        kept = attempt(
            form,
            lambda: actions.change_call(
                actor, ref, form.opened_at, form.cleaned_data["countries"], lines(grid), **form.rules
            ),
        )
        if kept:
            messages.success(request, _("Saved."))
            return redirect("grants:call", ref)
    context = {
        "form": form, "grid": grid, "heading": _("Change the call"), "crumbs": _crumbs(row),
        "fixed": row.state == "published",
    }  # fmt: skip
    return render(request, "grants/call_form.html", context, status=422 if request.method == "POST" else 200)


@open_to(*WRITERS)
@require_POST
def step_call(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(visible_calls(actor), ref)
    revision = whole(request.POST.get("revision", ""))
    reason = request.POST.get("reason", "")
    done = actions.take_step(actor, ref, revision, request.POST.get("verb", ""), reason, timezone.now())
    messages.success(request, _("Done: %(state)s.") % {"state": _(done.state)})
    return redirect("grants:call", ref)


@open_to(*WRITERS)
@require_POST
def add_panel_member(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_calls(actor), ref)
    form = PanelForm(row, actor, request.POST)
    if attempt(form, lambda: actions.add_to_panel(actor, ref, form.cleaned_data["person"])):
        return redirect(reverse("grants:call", args=[ref]) + "#panel")
    return render(request, "grants/call.html", _shown(actor, row, form), status=422)


@open_to(*WRITERS)
@require_POST
def leave_panel(request: HttpRequest, ref: str, member: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_calls(actor), ref)
    found = visible_or_404(PanelMember.objects.filter(call=row), member)
    actions.leave_panel(actor, found.ref)
    return redirect(reverse("grants:call", args=[ref]) + "#panel")
