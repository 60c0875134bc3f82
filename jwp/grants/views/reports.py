"""Progress reports: the list of all, one report, and the grantee's own behind their link."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jwp.core.access import FOCAL_POINT, INSIDERS, LINK, STAFF, Actor, ActorRequest, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt, whole
from jwp.grants.access import WRITERS, link_actor, visible_items
from jwp.grants.actions import apply
from jwp.grants.actions import reports as actions
from jwp.grants.actions.links import find_item
from jwp.grants.forms.reports import NewReportForm, ProgressForm, ScheduleForm
from jwp.grants.models import FundedItem, ProgressReport
from jwp.grants.rules.life import REPORT
from jwp.grants.rules.money import due_after
from jwp.grants.tables.items import ReportFilter, ReportTable
from jwp.grants.views.items import crumbs, seen
from jwp.grants.views.steps import offers
from jwp.partners.views.editing import edit
from jwp.plans.views.paging import list_page


def visible_progress(actor: Actor) -> Any:
    """Insiders see every report, focal points what was accepted."""
    rows = ProgressReport.objects.filter(item__in=visible_items(actor).values("pk")).select_related("item", "file")
    return rows if actor.has(*INSIDERS) else rows.filter(state="accepted")


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def report_list(request: ActorRequest) -> HttpResponse:
    rows = visible_progress(acting(request)).order_by("due", "pk")
    found = ReportFilter(request.GET, rows, today=request.today)
    table = ReportTable(found.qs, today=request.today)
    context = {"filter": found, "heading": _("Progress reports"), "crumbs": crumbs()}
    return list_page(request, table, "progress-reports", "grants/list.html", context)


@open_to(*INSIDERS, FOCAL_POINT)
def progress(request: ActorRequest, ref: str) -> HttpResponse:
    """Read; written by staff while nobody has handed it in."""
    actor = acting(request)
    row = visible_or_404(visible_progress(actor), ref)
    writes = actor.has(STAFF) and row.state in actions.OPEN and row.item.state in ("signed", "completed")
    if request.method == "POST" and not writes:
        raise Refused(_("Only the grantee and the staff write a report, and only until it is handed in."))
    form = _form(request, row) if writes else None
    if form is not None and _written(actor, request, row, form):
        messages.success(request, _("Saved."))
        return redirect("grants:progress", ref)
    return _page(request, visible_or_404(visible_progress(actor), ref), form)


def _page(request: ActorRequest, row: ProgressReport, form: ProgressForm | None = None) -> HttpResponse:
    actor = acting(request)
    facts = {"somebody else's report"} if row.submitted_by != actor.ref else set[str]()
    context = {
        "report": row,
        "form": form,
        "crumbs": crumbs(row.item),
        "late": row.state in actions.OPEN and row.due < request.today,
        "offers": [o for o in offers(REPORT, row.state, actor.roles, facts) if o.verb != "submit"],
        "inside": actor.has(*INSIDERS),
    }
    return render(request, "grants/report.html", context, status=422 if form and form.errors else 200)


def _form(request: HttpRequest, row: ProgressReport) -> ProgressForm:
    initial = {"once": secrets.token_urlsafe(12)}
    return ProgressForm(request.POST or None, request.FILES or None, instance=row, initial=initial)


def _written(actor: Actor, request: HttpRequest, row: ProgressReport, form: ProgressForm) -> bool:
    def act() -> ProgressReport:
        return actions.write(
            actor, row.ref, form.opened_at, form.kept(),
            submit=request.POST.get("do") == "submit", once=form.cleaned_data["once"], **form.values,
        )  # fmt: skip

    return attempt(form, act) is not None


@open_to(*WRITERS)
@require_POST
def step_report(request: ActorRequest, ref: str) -> HttpResponse:
    """Accept it or return it."""
    actor = acting(request)
    row = visible_or_404(visible_progress(actor), ref)
    verb, revision = request.POST.get("verb", ""), whole(request.POST.get("revision", ""))
    if verb not in ("accept", "return"):
        raise Refused(_("Choose a step."))
    actions.decide(actor, ref, verb, revision, reason=request.POST.get("reason", ""))
    messages.success(request, _("Done, and written down."))
    return redirect("grants:item", row.item.ref)


@open_to(*WRITERS)
def schedule(request: ActorRequest, ref: str) -> HttpResponse:
    """Lay out a report every so many months; those there stay."""
    item = seen(request, ref)
    form = ScheduleForm(request.POST or None, revision=item.revision)
    return edit(
        request, form, lambda: actions.schedule(acting(request), ref, every=form.cleaned_data["every"]),
        heading=_("Lay out the reports"), crumbs=crumbs(item), then=reverse("grants:item", args=[ref]) + "#reports",
    )  # fmt: skip


@open_to(*WRITERS)
def new_report(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    first = {"starts": item.starts, "ends": request.today, "due": due_after(request.today)}
    form = NewReportForm(request.POST or None, initial=first)
    return edit(
        request, form, lambda: actions.add_report(acting(request), ref, **form.values),
        heading=_("One more report"), crumbs=crumbs(item), then=reverse("grants:item", args=[ref]) + "#reports",
    )  # fmt: skip


def item_of(token: str) -> FundedItem | None:
    """The item whose grantee holds this link: its own, or the application's it grew from."""
    application = apply.find(token)
    return find_item(token) if application is None else FundedItem.objects.filter(application=application).first()


def link_reports(request: ActorRequest, item: FundedItem) -> dict[str, Any]:
    """What the partial `grants/link_reports.html` shows of an item to its grantee; nothing before it is signed."""
    rows = item.reports.all() if item.signed_on else ()
    return {"item": item, "reports": [(row, row.state in actions.OPEN and row.due < request.today) for row in rows]}


def own_item(request: ActorRequest, item: FundedItem, token: str) -> HttpResponse:
    """The page behind an item's own link: where it stands and what is to be reported."""
    return render(request, "grants/link_item.html", link_reports(request, item) | {"token": token})


@open_to(LINK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_report(request: ActorRequest, token: str, ref: str) -> HttpResponse:
    """One report of the grantee: filled in while it is not handed in, read afterwards."""
    item = item_of(token)
    row = item.reports.select_related("item", "file").filter(ref=ref).first() if item else None
    if item is None or row is None:
        raise Http404
    actor = link_actor(item.ref, request.today)
    writes = row.state in actions.OPEN
    form = _form(request, row) if writes else None
    if request.method == "POST" and form is None:
        again = row.once and row.once == request.POST.get("once")
        if not again:
            raise Refused(_("This report was handed in: it can no longer be changed."))
        return redirect(request.path)
    if form is not None and _written(actor, request, row, form):
        if request.POST.get("do") != "submit":  # what was sent, the page itself says
            messages.success(request, _("Saved."))
        return redirect(request.path)
    context = {"report": ProgressReport.objects.get(pk=row.pk), "item": item, "form": form, "token": token,
               "late": writes and row.due < request.today}  # fmt: skip
    return render(request, "grants/link_report.html", context, status=422 if form and form.errors else 200)
