"""Donor coordination: the concept notes members are asked about, and a member's comment."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import FOCAL_POINT, INSIDERS, ActorRequest, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.evidence.views.products import export_address
from jwp.grants.access import visible_applications
from jwp.grants.actions import donor as act
from jwp.grants.clocks import clocks, left
from jwp.grants.forms.applications import CommentForm
from jwp.grants.models import Attachment, DonorComment
from jwp.grants.rules.clocks import COMMENT
from jwp.grants.tables.donor import DonorFilter, DonorTable, commented
from jwp.partners.tables import as_csv

PER_PAGE = 50


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def inbox(request: ActorRequest) -> HttpResponse:
    """Eligible concept notes, the first due first. A focal point sees their own comments, insiders how many spoke."""
    actor = acting(request)
    found = DonorFilter(request.GET, commented(actor), today=request.today)
    speaks = act.speaks_for(actor).exists()
    table = DonorTable(found.qs, today=request.today, page="donor_comment" if speaks else "application")
    hidden = [] if speaks else ["mine"]
    table.exclude = hidden if actor.has(*INSIDERS) else [*hidden, "spoke", "concerns"]
    if not speaks:
        found.form.fields.pop("mine")
    exported = request.GET.get("export") == "csv"
    RequestConfig(request, paginate=False if exported else {"per_page": PER_PAGE}).configure(table)
    if exported:
        return as_csv(table, "donor-comments", Partnership.get())
    table.export_url = export_address(request)
    return render(request, "grants/donor_inbox.html", {"table": table, "filter": found})


@open_to(FOCAL_POINT)
def comment(request: ActorRequest, ref: str) -> HttpResponse:
    """A concept note as members read it, and the form for their view."""
    actor = acting(request)
    row = visible_or_404(visible_applications(actor), ref)
    speaks = act.speaks_for(actor)
    said = list(row.comments.filter(organisation__in=speaks).select_related("organisation"))
    latest = next((each for each in said if each.round == act.round_of(row)), None)
    first = {"view": latest.view, "text": latest.text, "organisation": latest.organisation.ref} if latest else None
    form = CommentForm(speaks, request.POST or None, initial=first)

    def save() -> DonorComment:
        given = form.cleaned_data
        return act.comment(actor, ref, organisation=given["organisation"], view=given["view"], text=given["text"])

    if attempt(form, save):
        messages.success(request, _("Thank you: the secretariat reads it."))
        return redirect("grants:donor_inbox")
    running = [clock for clock in clocks(row, request.today) if clock.what == COMMENT]
    context = {
        "application": row,
        "form": form,
        "said": said,
        "clocks": [(clock, left(clock)) for clock in running],
        "open": any(not clock.over for clock in running),
        "sponsors": row.sponsors.select_related("organisation"),
        "attachments": row.attachments.exclude(kind=Attachment.Kind.PROPOSAL).select_related("file"),
        "crumbs": [(_("Donor comments"), reverse("grants:donor_inbox"))],
    }
    return render(request, "grants/donor_comment.html", context)
