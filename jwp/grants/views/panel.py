"""Panel pages: what I score, the concept note beside the criteria, and what all points together say."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import DIRECTOR, INSIDERS, SIGNED_IN, ActorRequest, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt
from jwp.evidence.views.products import export_address
from jwp.grants.access import WRITERS, visible_applications, visible_calls
from jwp.grants.actions import applications as steps
from jwp.grants.actions import panel as act
from jwp.grants.forms.panel import ScoreForm
from jwp.grants.models import Application, Attachment, Call, PanelReview
from jwp.grants.tables.panel import ScoringFilter, ScoringTable, as_rows, heading, mine, ranking
from jwp.partners.tables import stream_csv

PER_PAGE = 50
APPROVED = ("in principle", "proposed", "appraised")


@open_to(SIGNED_IN)
@require_safe
def panel(request: ActorRequest) -> HttpResponse:
    """What this person scores, or has scored, until it is decided on."""
    found = ScoringFilter(request.GET, mine(acting(request)))
    table = ScoringTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(request, "grants/panel.html", {"table": table, "filter": found})


@open_to(SIGNED_IN)
def score(request: ActorRequest, ref: str) -> HttpResponse:
    """One application. No marker and no scale of results is read here, let alone shown."""
    actor = acting(request)
    row = visible_or_404(act.to_score(actor).select_related("call", "country"), ref)
    place = act.place_of(actor, row)
    review = PanelReview.objects.filter(application=row, member=place).first()
    form = ScoreForm(list(row.call.criteria.all()), review, request.POST or None)
    submit = request.POST.get("do") == "submit"

    def save() -> PanelReview:
        return act.score(
            actor, ref, form.opened_at, points=form.points(), comment=form.cleaned_data["comment"], submit=submit
        )

    if attempt(form, save):
        messages.success(request, _("Your review is submitted.") if submit else _("Saved. It is not submitted yet."))
        return redirect("grants:panel") if submit else redirect("grants:score", ref)
    context = {
        "application": row,
        "form": form,
        "review": review,
        "over": row.call.panel_due is not None and row.call.panel_due < request.today,
        "sponsors": row.sponsors.select_related("organisation"),
        "attachments": row.attachments.exclude(kind=Attachment.Kind.PROPOSAL).select_related("file"),
        "crumbs": [(_("Panel"), reverse("grants:panel"))],
    }
    return render(request, "grants/panel_score.html", context)


@open_to(SIGNED_IN)
@require_POST
def declare_conflict(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    visible_or_404(act.to_score(actor), ref)
    act.declare_conflict(actor, ref)
    messages.success(request, _("Written down. You do not score this application, and see it no more."))
    return redirect("grants:panel")


@open_to(*WRITERS)
@require_POST
def lift_conflict(request: ActorRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    review = PanelReview.objects.filter(ref=ref, application__in=visible_applications(actor)).first()
    if review is None:
        raise Http404
    _told(request, lambda: act.lift_conflict(actor, ref, reason=request.POST.get("reason", "")), _("Written down."))
    return redirect(f"{reverse('grants:application', args=[review.application.ref])}#panel")


@open_to(*INSIDERS)
@require_safe
def results(request: ActorRequest, ref: str) -> HttpResponseBase:
    """The ranking of a call, with how far apart the panel lies, criterion by criterion; gender shown apart."""
    actor = acting(request)
    call = visible_or_404(visible_calls(actor), ref)
    ranked, criteria = ranking(actor, call), list(call.criteria.all())
    if request.GET.get("export") == "csv":
        return stream_csv(heading(criteria), as_rows(ranked, criteria), f"panel-{call.ref}", request.partnership)
    page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
    lines = [(each, [(row, each.result.by.get(row.ref) if each.result else None) for row in criteria]) for each in page]
    approved = Application.objects.filter(call=call, state__in=APPROVED).aggregate(n=Sum("requested"))["n"]
    context: dict[str, Any] = {
        "call": call,
        "criteria": criteria,
        "page": page,
        "lines": lines,
        "approved": approved or 0,
        "n": len(ranked),
        "export_url": export_address(request),
        "prize": call.kind == Call.Kind.PRIZE,
        "director": actor.has(DIRECTOR),
        "may_write": actor.has(*WRITERS),
        "crumbs": [(_("Applications"), f"{reverse('grants:applications')}?call={call.ref}")],
    }
    return render(request, "grants/panel_results.html", context)


@open_to(*WRITERS)
@require_POST
def decide(request: ActorRequest, ref: str) -> HttpResponse:
    """One step for every application ticked in the ranking; each stands by itself, and each refusal is told."""
    actor = acting(request)
    call = visible_or_404(visible_calls(actor), ref)
    verb = request.POST.get("verb", "")
    do = {steps.IN_PRINCIPLE: steps.approve, "recommend": steps.recommend}.get(verb)
    ticked = [ref for ref in request.POST.getlist("ref") if "\0" not in ref]  # which PostgreSQL would not look for
    rows = visible_applications(actor).filter(call=call, ref__in=ticked)
    done = 0
    for row in rows if do else ():
        try:
            do(actor, row.ref)  # type: ignore[misc]
            done += 1
        except Refused as refused:
            messages.error(request, f"{row}: {'; '.join(refused.reasons)}")
    if done:
        messages.success(request, ngettext("%(n)d application: done.", "%(n)d applications: done.", done) % {"n": done})
    elif not rows or do is None:
        messages.error(request, _("Tick at least one application."))
    return redirect("grants:panel_results", call.ref)


def _told(request: ActorRequest, do: Any, said: str) -> None:
    try:
        do()
        messages.success(request, said)
    except Refused as refused:
        for why in refused.reasons:
            messages.error(request, why)
