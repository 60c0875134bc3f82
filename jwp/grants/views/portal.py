"""Bringing in the applications of a call that another portal runs: upload, look at every row, apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jwp.core.access import STAFF, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt
from jwp.evidence.files import Kept
from jwp.grants.access import visible_calls
from jwp.grants.actions import portal as actions
from jwp.grants.forms.portal import ColumnsForm, PortalForm
from jwp.grants.models import Call
from jwp.partners.views.editing import Crumb

SHOWN = 300  # rows on the page; the counts say how many there are
SALT = "jwp.grants.portal"


def _crumbs(call: Call) -> list[Crumb]:
    return [(_("Calls"), reverse("grants:calls")), (call.title, reverse("grants:call", args=[call.ref]))]


@open_to(STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def portal(request: HttpRequest, ref: str) -> HttpResponse:
    """Upload the export; then, with its columns said, see what would come of each row, and bring it in."""
    call = visible_or_404(visible_calls(acting(request)).filter(kind=Call.Kind.OUTSIDE), ref)
    if "sent" in request.POST:
        return _again(request, call)
    form = PortalForm(request.POST or None, request.FILES or None)
    kept = attempt(form, form.kept)
    if kept is not None:
        try:
            return _checked(request, call, kept)
        except Refused as refused:
            for reason in refused.reasons:
                form.add_error("file", reason)
    context = {"call": call, "form": form, "crumbs": _crumbs(call)}
    return render(request, "grants/call_portal.html", context, status=422 if request.method == "POST" else 200)


def _again(request: HttpRequest, call: Call) -> HttpResponse:
    """The same file with other columns, or now for good. What is brought in is what was checked: it is signed."""
    try:
        kept = Kept(*signing.loads(request.POST["sent"], salt=SALT))
    except (signing.BadSignature, TypeError) as bad:
        raise Refused(_("Send the file again.")) from bad
    if request.POST.get("do") != "apply":
        return _checked(request, call, kept, request.POST)
    form = ColumnsForm(actions.read_table(kept).headings, {}, request.POST)
    if not form.is_valid():
        return _checked(request, call, kept, request.POST)
    counted = actions.bring_in(acting(request), call.ref, kept, form.cleaned_data)
    told = {"new": counted[actions.NEW], "changed": counted[actions.CHANGED], "refused": counted[actions.REFUSED]}
    messages.success(request, _("Brought in: %(new)d new, %(changed)d changed, %(refused)d left out.") % told)
    return redirect("grants:call", call.ref)


def _checked(request: HttpRequest, call: Call, kept: Kept, sent: Mapping[str, Any] | None = None) -> HttpResponse:
    table = actions.read_table(kept)
    form = ColumnsForm(table.headings, actions.columns_of(call, table.headings), sent)
    columns = form.initial if sent is None else form.cleaned_data if form.is_valid() else {}
    why: tuple[str, ...] = ()
    weighed: list[actions.Weighed] = []
    try:
        weighed = actions.weigh(call, table, columns) if columns else []
    except Refused as refused:
        why = refused.reasons
    counts = {fate: sum(row.fate == fate for row in weighed) for fate in ("new", "changed", "same", "refused")}
    weighed.sort(key=lambda row: (row.fate != actions.REFUSED, row.line))
    context = {
        "call": call,
        "crumbs": [*_crumbs(call), (_("Bring in applications"), reverse("grants:portal", args=[call.ref]))],
        "name": kept.name,
        "form": form,
        "why": why,
        "notes": table.notes,
        "rows": weighed[:SHOWN],
        "counts": counts,
        "writes": counts["new"] + counts["changed"],
        "sent": signing.dumps([kept.sha256, kept.name, kept.size, kept.media_type], salt=SALT),
    }
    return render(request, "grants/call_portal_check.html", context, status=422 if why or form.errors else 200)
