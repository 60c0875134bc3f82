"""The pages of members' own gender programmes: the register, one entry, its form."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import FOCAL_POINT, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.evidence.views.products import export_address
from jwp.grants.access import WRITERS, own_organisations, visible_member_programmes
from jwp.grants.actions.member_programmes import keep_member_programme, keeps
from jwp.grants.forms.member_programmes import MemberProgrammeForm
from jwp.grants.tables.member_programmes import MemberProgrammeFilter, MemberProgrammeTable
from jwp.grants.views.programmes import PER_PAGE, READERS
from jwp.grants.views.programmes import crumbs as above
from jwp.partners.models import Organisation
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb


@open_to(*READERS)
@require_safe
def member_programmes(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = MemberProgrammeFilter(request.GET, visible_member_programmes(actor), today=actor.today)
    table = MemberProgrammeTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "members-programmes", Partnership.get())
    table.export_url = export_address(request)
    context = {"table": table, "filter": found, "may_write": _offered(actor).exists(), "crumbs": above()}
    return render(request, "grants/member_programmes.html", context)


@open_to(*READERS)
@require_safe
def member_programme(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_member_programmes(actor), ref)
    context = {"row": row, "may_write": keeps(actor, row.organisation), "crumbs": _crumbs()}
    return render(request, "grants/member_programme.html", context)


@open_to(*WRITERS, FOCAL_POINT)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: str = "") -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_member_programmes(actor), ref) if ref else None
    if row and not keeps(actor, row.organisation):
        raise Http404
    offered = _offered(actor)
    first = {"organisation": offered.first()} if row is None and not actor.has(*WRITERS) else {}
    form = MemberProgrammeForm(offered, request.POST or None, instance=row, initial=first)
    if kept := attempt(form, lambda: keep_member_programme(actor, row, form.opened_at, **form.values)):
        messages.success(request, _("Saved."))
        return redirect("grants:member_programme", kept.ref)
    trail = _crumbs(ref, row.title) if row else _crumbs()
    context = {
        "form": form, "heading": _("Change this entry") if row else _("Add a member’s own programme"),
        "crumbs": trail, "back": trail[-1][1],
    }  # fmt: skip
    return render(request, "grants/member_programme_form.html", context)


def _offered(actor: Actor) -> QuerySet[Organisation]:
    """Whose entries this reader keeps."""
    if actor.has(*WRITERS):
        return Organisation.objects.all()
    return own_organisations(actor) if actor.has(FOCAL_POINT) else Organisation.objects.none()


def _crumbs(ref: str = "", title: str = "") -> list[Crumb]:
    found = [*above(), (_("Members’ own programmes"), reverse("grants:member_programmes"))]
    return [*found, (title, reverse("grants:member_programme", args=[ref]))] if ref else found
