"""Bodies: who sits there on any day, who sat there before, and giving seats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import GENDER_TEAM, INSIDERS, Actor, acting, open_to, visible_or_404
from jwp.partners import actions
from jwp.partners.access import in_gift, manages, may_seat, visible_bodies
from jwp.partners.forms import BodyForm, OfficeForm, SeatChangeForm, SeatEndForm, SeatForm
from jwp.partners.models import Body, Office, Seat, on
from jwp.partners.tables import BodiesTable, counted
from jwp.partners.views.editing import Crumb, chosen_day, edit

TERMS_PER_PAGE = 25


@open_to(*INSIDERS)
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    table = BodiesTable(counted(visible_bodies(actor), actor.today), order_by="name")
    RequestConfig(request, paginate=False).configure(table)
    return render(request, "partners/bodies.html", {"table": table, "may_add": manages(actor)})


@dataclass
class Place:
    """An office of the body, or the body itself, with who sits in it on the chosen day."""

    office: Office | None
    seats: list[Seat] = field(default_factory=list)
    may_change: bool = False

    @property
    def vacant(self) -> bool:
        return self.office is not None and self.office.kind == Office.Kind.POST and not self.seats


@open_to(*INSIDERS)
@require_safe
def body(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_bodies(actor), ref)
    day = chosen_day(request, actor.today)
    terms = Paginator(
        Seat.objects.filter(body=shown)
        .select_related("person", "office", "organisation")
        .order_by("-starts", "person__name"),
        TERMS_PER_PAGE,
    )
    places = _places(shown, day, actor)
    context = {
        "body": shown,
        "crumbs": _crumbs(),
        "day": day,
        "places": places,
        "seated": sum(len(place.seats) for place in places),
        "terms": terms.get_page(request.GET.get("terms")),
        "manages": manages(actor),
        "may_add": manages(actor) or actor.has(GENDER_TEAM),
    }
    return render(request, "partners/body.html", context)


def _places(body: Body, day: date, actor: Actor) -> list[Place]:
    places = {
        office.pk: Place(office, may_change=may_seat(actor, body, office))
        for office in body.offices.select_related("reports_to", "body")
    }
    without = Place(None, may_change=manages(actor))
    seats = Seat.objects.filter(on(day), body=body).select_related(
        "person", "office__reports_to", "organisation", "reports_to__person"
    )
    # A holder before whoever acts for them.
    for seat in seats.order_by("acting", "organisation__name", "person__name"):
        (places[seat.office_id] if seat.office_id else without).seats.append(seat)
    return [*places.values(), *([without] if without.seats else [])]


def _crumbs(body: Body | None = None) -> list[Crumb]:
    crumbs = [(_("Bodies"), reverse("partners:bodies"))]
    return [*crumbs, (body.name, _page(body))] if body else crumbs


def _page(body: Body) -> str:
    return reverse("partners:body", args=[body.ref])


@open_to(*INSIDERS)
def body_add(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not manages(actor):
        raise Http404
    form = BodyForm(request.POST or None)
    return edit(
        request, form, lambda: actions.add(actor, Body(**form.values)),
        heading=_("A new body"), crumbs=_crumbs(), then=_page,
    )  # fmt: skip


@open_to(*INSIDERS)
def body_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_bodies(actor), ref)
    if not manages(actor):
        raise Http404
    form = BodyForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.change(actor, shown, form.opened_at, **form.values),
        heading=shown.name, crumbs=_crumbs(shown), then=_page(shown),
    )  # fmt: skip


@open_to(*INSIDERS)
def office_add(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_bodies(actor), ref)
    if not (manages(actor) or actor.has(GENDER_TEAM)):
        raise Http404
    form = OfficeForm(request.POST or None, instance=Office(body=shown))
    return edit(
        request, form, lambda: actions.add(actor, Office(body=shown, **form.values)),
        heading=_("A new post or unit"), crumbs=_crumbs(shown), then=_page(shown),
    )  # fmt: skip


@open_to(*INSIDERS)
def office_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(Office.objects.filter(body__in=visible_bodies(actor)).select_related("body"), ref)
    if not (manages(actor) or (actor.has(GENDER_TEAM) and in_gift(shown.body, shown))):
        raise Http404
    form = OfficeForm(request.POST or None, instance=shown)
    return edit(
        request, form, lambda: actions.change(actor, shown, form.opened_at, **form.values),
        heading=shown.name, crumbs=_crumbs(shown.body), then=_page(shown.body),
    )  # fmt: skip


@open_to(*INSIDERS)
def seat_add(request: HttpRequest, ref: str) -> HttpResponse:
    """Seat somebody; ?office= and ?person= fill the form in."""
    actor = acting(request)
    shown = visible_or_404(visible_bodies(actor), ref)
    if not (manages(actor) or actor.has(GENDER_TEAM)):
        raise Http404
    office = shown.offices.filter(ref=request.GET.get("office", "")).first()
    form = SeatForm(
        request.POST or None,
        instance=Seat(body=shown),
        actor=actor,
        initial={"office": office, "person": request.GET.get("person"), "starts": actor.today},
    )
    return edit(
        request, form, lambda: actions.give_seat(actor, Seat(body=shown, **form.values)),
        heading=_("A seat in %(body)s") % {"body": shown.name}, crumbs=_crumbs(shown), then=_page(shown),
    )  # fmt: skip


def _seat_or_404(actor: Actor, ref: str) -> Seat:
    seats = Seat.objects.filter(body__in=visible_bodies(actor)).select_related("body", "office", "person")
    seat: Seat = visible_or_404(seats, ref)
    if not may_seat(actor, seat.body, seat.office):
        raise Http404
    return seat


@open_to(*INSIDERS)
def seat_change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    seat = _seat_or_404(actor, ref)
    form = SeatChangeForm(request.POST or None, instance=seat, actor=actor)
    return edit(
        request, form, lambda: actions.change_seat(actor, ref, form.opened_at, **form.values),
        heading=str(seat), crumbs=_crumbs(seat.body), then=_page(seat.body),
    )  # fmt: skip


@open_to(*INSIDERS)
def seat_end(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    seat = _seat_or_404(actor, ref)
    form = SeatEndForm(request.POST or None, initial={"day": actor.today})
    return edit(
        request, form,
        lambda: actions.end_seat(actor, ref, form.cleaned_data["day"], reason=form.cleaned_data["reason"]),
        heading=_("%(seat)s: the last day") % {"seat": seat}, crumbs=_crumbs(seat.body),
        then=_page(seat.body), button=_("End this seat"),
    )  # fmt: skip
