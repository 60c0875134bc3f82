"""Organisations and their memberships, by constituency, on any day."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import INSIDERS, Actor, acting, open_to, visible_or_404
from jwp.core.models import Partnership
from jwp.partners import actions
from jwp.partners.access import manages, visible_organisations
from jwp.partners.forms import ConstituencyForm, MembershipForm, OrganisationForm, PlaceForm
from jwp.partners.models import Constituency, Membership, Organisation, Place, Seat, on
from jwp.partners.tables import MembersTable, as_csv
from jwp.partners.views.editing import Crumb, chosen_day, edit


@open_to(*INSIDERS)
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """Each constituency with its members on the chosen day; organisations that are no member stand last."""
    actor = acting(request)
    day = chosen_day(request, actor.today)
    today = Membership.objects.filter(on(day)).select_related("organisation__country")
    if request.GET.get("export") == "csv":
        rows = today.select_related("constituency").order_by("constituency__order", "organisation__name")
        return as_csv(MembersTable(rows, orderable=False), "members", Partnership.get())
    constituencies = Constituency.objects.prefetch_related(
        Prefetch("memberships", queryset=today.order_by("organisation__name"), to_attr="on_day")
    )
    context = {
        "day": day,
        "constituencies": constituencies,
        "others": visible_organisations(actor).exclude(memberships__in=Membership.objects.filter(on(day))),
        "manages": manages(actor),
    }
    return render(request, "partners/members.html", context)


@open_to(*INSIDERS)
@require_safe
def organisation(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_organisations(actor).select_related("country"), ref)
    context = {
        "organisation": shown,
        "crumbs": _crumbs(),
        "memberships": shown.memberships.select_related("constituency").order_by("-starts"),
        "people": shown.people.filter(left_on=None),
        "seats": Seat.objects.filter(on(actor.today), organisation=shown).select_related("person", "body", "office"),
        "manages": manages(actor),
    }
    return render(request, "partners/organisation.html", context)


def _crumbs(organisation: Organisation | None = None) -> list[Crumb]:
    crumbs = [(_("Members"), reverse("partners:members"))]
    return [*crumbs, (str(organisation), _page(organisation))] if organisation else crumbs


def _page(organisation: Organisation) -> str:
    return reverse("partners:organisation", args=[organisation.ref])


def _keeper(request: HttpRequest) -> Actor:
    """The actor, if they keep the register; the page is not there for others."""
    actor = acting(request)
    if not manages(actor):
        raise Http404
    return actor


@open_to(*INSIDERS)
def organisation_add(request: HttpRequest) -> HttpResponse:
    actor = _keeper(request)
    form = OrganisationForm(request.POST or None)
    return edit(
        request, form, lambda: actions.add(actor, Organisation(**form.values)),
        heading=_("A new organisation"), crumbs=_crumbs(), then=_page,
    )  # fmt: skip


@open_to(*INSIDERS)
def organisation_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = _keeper(request)
    shown = visible_or_404(visible_organisations(actor), ref)
    form = OrganisationForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.change(actor, shown, form.opened_at, **form.values),
        heading=shown.name, crumbs=_crumbs(shown), then=_page(shown),
    )  # fmt: skip


@open_to(*INSIDERS)
def membership_add(request: HttpRequest, ref: str) -> HttpResponse:
    actor = _keeper(request)
    shown = visible_or_404(visible_organisations(actor), ref)
    form = MembershipForm(request.POST or None, instance=Membership(organisation=shown))
    return edit(
        request, form, lambda: actions.add(actor, Membership(organisation=shown, **form.values)),
        heading=_("A membership"), crumbs=_crumbs(shown), then=_page(shown),
    )  # fmt: skip


@open_to(*INSIDERS)
def membership_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = _keeper(request)
    shown = visible_or_404(Membership.objects.select_related("organisation"), ref)
    form = MembershipForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.change(actor, shown, form.opened_at, **form.values),
        heading=str(shown), crumbs=_crumbs(shown.organisation), then=_page(shown.organisation),
    )  # fmt: skip


@open_to(*INSIDERS)
def constituency_add(request: HttpRequest) -> HttpResponse:
    actor = _keeper(request)
    form = ConstituencyForm(request.POST or None)
    return edit(
        request, form, lambda: actions.add(actor, Constituency(**form.values)),
        heading=_("A new constituency"), crumbs=_crumbs(), then="partners:members",
    )  # fmt: skip


@open_to(*INSIDERS)
def constituency_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = _keeper(request)
    shown = visible_or_404(Constituency.objects.all(), ref)
    form = ConstituencyForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.change(actor, shown, form.opened_at, **form.values),
        heading=shown.name, crumbs=_crumbs(), then="partners:members",
    )  # fmt: skip


@open_to(*INSIDERS)
def place_add(request: HttpRequest) -> HttpResponse:
    actor = _keeper(request)
    form = PlaceForm(request.POST or None)
    return edit(
        request, form, lambda: actions.add(actor, Place(**form.values)),
        heading=_("A new place"), crumbs=_crumbs(), then="partners:organisation_add",
    )  # fmt: skip
