"""The pages of programmes: the list, one programme with all that belongs to it, its form, its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import DIRECTOR, FOCAL_POINT, INSIDERS, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt, whole
from jwp.core.models import Partnership
from jwp.core.words import refusal
from jwp.core.workflow import obstacles
from jwp.evidence.access import visible_documents, visible_products
from jwp.evidence.models import Document
from jwp.evidence.views.products import export_address
from jwp.grants.access import (
    WRITERS,
    own_organisations,
    visible_calls,
    visible_items,
    visible_member_programmes,
    visible_programmes,
)
from jwp.grants.actions import programmes as actions
from jwp.grants.call_words import instant
from jwp.grants.forms.member_programmes import AgreementForm
from jwp.grants.forms.programmes import Grids, ProgrammeForm
from jwp.grants.models import Programme, ProgrammeMember
from jwp.grants.rules.life import PROGRAMME
from jwp.grants.tables.member_programmes import beside
from jwp.grants.tables.programmes import ProgrammeFilter, ProgrammeTable, with_members
from jwp.grants.views.steps import offers
from jwp.partners.models import Organisation
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50
SHOWN = 25  # calls, items and members' own programmes, before "all of them"
READERS = (*INSIDERS, FOCAL_POINT)


@open_to(*READERS)
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = ProgrammeFilter(request.GET, with_members(visible_programmes(actor)))
    table = ProgrammeTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "programmes", Partnership.get())
    table.export_url = export_address(request)
    context = {"table": table, "filter": found, "may_write": actor.has(*WRITERS), "crumbs": crumbs()[:1]}
    return render(request, "grants/programmes.html", context)


@open_to(*READERS)
@require_safe
def programme(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    return render(request, "grants/programme.html", _shown(actor, visible_or_404(visible_programmes(actor), ref)))


def _shown(actor: Actor, row: Programme, agreement: AgreementForm | None = None) -> dict[str, Any]:
    concept = actions.current_concept(row)
    members = list(row.members.select_related("organisation", "agreed_version"))
    may_write = actor.has(*WRITERS) and row.state != "dropped"
    items, calls = visible_items(actor).filter(programme=row), visible_calls(actor).filter(programme=row)
    facts = actions.facts_of(row)
    register = beside(row, visible_member_programmes(actor))
    return {
        "programme": row,
        "crumbs": crumbs(),
        "joint": row.kind == Programme.Kind.JOINT,
        "concept": concept,
        "members": [(member, _agreed(member, concept)) for member in members],
        "asked": _asked(actor, row, members, concept),
        "agreement": agreement or _agreement(actor, row, members, concept),
        "places": row.places.select_related("place__within"),
        "phases": row.phases.all(),
        "outputs": row.outputs.select_related("product"),
        "products": set(visible_products(actor).filter(outputs__programme=row).values_list("ref", flat=True)),
        "calls": [(call, instant(call.closes_at, call.zone) if call.closes_at else "") for call in calls[:SHOWN]],
         "calls_in_all": calls.count(),
        "items": items[:SHOWN], "items_in_all": items.count(),
        "register": register[:SHOWN], "register_in_all": register.count(),
        "offers": offers(PROGRAMME, row.state, actor.roles, facts),
        "missing": [refusal(why) for why in obstacles(PROGRAMME, "start", row.state, (DIRECTOR,), facts)]
        if row.state == PROGRAMME.start else [],
        "may_write": may_write,
        "may_read_concept": visible_documents(actor).filter(pk=concept.pk if concept else 0).exists(),
    }  # fmt: skip


def _agreed(member: ProgrammeMember, concept: Document | None) -> str:
    """How a member's agreement stands to the newest version: current, older, or none."""
    if member.agreed_version_id is None:
        return "none"
    return "current" if concept and member.agreed_version_id == concept.pk else "older"


def _asked(
    actor: Actor, row: Programme, members: list[ProgrammeMember], concept: Document | None
) -> list[Organisation]:
    """The organisations this focal point speaks for that have yet to agree to the newest version."""
    if row.kind != Programme.Kind.JOINT or concept is None or not actor.has(FOCAL_POINT) or row.state == "dropped":
        return []
    open_still = {m.organisation_id for m in members if m.agreed_version_id != concept.pk}
    return list(own_organisations(actor).filter(pk__in=open_still))


def _agreement(
    actor: Actor, row: Programme, members: list[ProgrammeMember], concept: Document | None
) -> AgreementForm | None:
    """For staff, while a member of a joint work programme has yet to agree."""
    if row.kind != Programme.Kind.JOINT or concept is None or not actor.has(*WRITERS) or row.state == "dropped":
        return None
    waiting = {m.organisation_id for m in members if m.agreed_version_id != concept.pk}
    organisations = Organisation.objects.filter(pk__in=waiting)
    return AgreementForm(organisations, initial={"on": actor.today, "version": concept.ref}) if waiting else None


@open_to(*READERS)
@require_POST
def agree(request: HttpRequest, ref: str) -> HttpResponse:
    """A focal point's one click, or what staff write down for a member."""
    actor = acting(request)
    row = visible_or_404(visible_programmes(actor), ref)
    if not actor.has(*WRITERS, FOCAL_POINT):
        actions.may_write(actor)
    offered = Organisation.objects.filter(in_programmes__programme=row).distinct()
    if not actor.has(*WRITERS):
        offered = offered.filter(pk__in=own_organisations(actor))
    form = AgreementForm(offered, request.POST)
    if not actor.has(*WRITERS):
        del form.fields["on"]
    if attempt(form, lambda: actions.agree(actor, ref, **form.cleaned_data)):
        messages.success(request, _("The agreement is recorded."))
        return redirect("grants:programme", ref)
    return render(request, "grants/programme.html", _shown(actor, row, form), status=422)


@open_to(*WRITERS)
@require_POST
def step(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_programmes(actor), ref)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    actions.take_step(actor, row.ref, verb, whole(request.POST.get("revision", "")), reason)
    return redirect("grants:programme", ref)


@open_to(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: str = "") -> HttpResponse:
    """A new programme, or one to change: its fields and its four grids, sent in together."""
    actor = acting(request)
    row = visible_or_404(visible_programmes(actor), ref) if ref else None
    sent = request.POST or None
    form = ProgrammeForm(sent, instance=row, initial={} if row else {"starts": actor.today})
    grids = Grids(sent, row, visible_products(actor))

    def keep() -> Programme:
        if row is None:
            return actions.add_programme(actor, grids.lines, **form.values)
        return actions.change_programme(actor, ref, form.opened_at, grids.lines, **form.values)

    # Both are checked, so that every mistake shows at once.
    good = sent is not None and all([form.is_valid(), grids.is_valid()])
    if good and (kept := attempt(form, keep)):
        messages.success(request, _("Saved."))
        return redirect("grants:programme", kept.ref)
    heading = _("Change %(programme)s") % {"programme": row.name} if row else _("New programme")
    context = {"form": form, "grids": grids, "heading": heading, "crumbs": crumbs(row), "back": crumbs(row)[-1][1]}
    return render(request, "grants/programme_form.html", context)


def crumbs(row: Programme | None = None) -> list[Crumb]:
    found = [(_("Portfolio"), reverse("grants:portfolio")), (_("Programmes"), reverse("grants:programmes"))]
    return [*found, (row.name, reverse("grants:programme", args=[row.ref]))] if row else found
