"""People: the list, one person's page, and what can be done for or about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import GENDER_TEAM, INSIDERS, SIGNED_IN, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.partners import actions
from jwp.partners.access import manages, may_change_person, supervisors, visible_people
from jwp.partners.forms import AbsenceForm, LeavingForm, OwnForm, PersonForm, ReasonForm
from jwp.partners.models import Absence, Person, PersonalLink, Seat
from jwp.partners.tables import PeopleFilter, PeopleTable, as_csv, sign_in_state, with_seats
from jwp.partners.views.editing import Crumb, edit

PER_PAGE = 25


@open_to(*INSIDERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    asked = request.GET if request.GET else {"standing": "here"}
    found = PeopleFilter(asked, visible_people(actor), today=actor.today)
    table = PeopleTable(with_seats(found.qs, actor.today), today=actor.today, order_by="name")
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "people", Partnership.get())
    query = request.GET.copy()
    query["export"] = "csv"
    query.setdefault("standing", "" if request.GET else "here")
    table.export_url = f"?{query.urlencode()}"
    return render(
        request,
        "partners/home.html",
        {"table": table, "filter": found, "may_add": _keeps_people(actor)},
    )


def _keeps_people(actor: Actor) -> bool:
    return manages(actor) or actor.has(GENDER_TEAM)


def _crumbs(request: HttpRequest, person: Person | None = None) -> list[Crumb]:
    crumbs = [(_("People"), reverse("partners:home"))] if acting(request).has(*INSIDERS) else []
    return [*crumbs, (person.name, _page(person))] if person else crumbs


def _page(person: Person) -> str:
    return reverse("partners:person", args=[person.ref])


@open_to(SIGNED_IN)
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    return redirect("partners:person", ref=acting(request).ref)


@open_to(SIGNED_IN)
@require_safe
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """Seats and absences; contact details; for oneself also how to sign in."""
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    seats = list(
        Seat.objects.filter(person=shown).select_related(
            "body", "office__body", "office__reports_to", "organisation", "reports_to__person"
        )
    )
    today = [seat for seat in seats if seat.starts <= actor.today and not (seat.ends and seat.ends < actor.today)]
    invitations = list(PersonalLink.open(shown, actor.today).filter(purpose=PersonalLink.Purpose.JOIN))
    changes = may_change_person(actor, shown)
    myself = actor.person_id == shown.pk
    context = {
        "person": shown,
        "crumbs": _crumbs(request),
        "myself": myself,
        "may_change": changes,
        "manages": manages(actor),
        "insider": actor.has(*INSIDERS),
        "seats_today": [(seat, _reports_to(seat, actor)) for seat in today],
        "seats_other": [seat for seat in seats if seat not in today],
        "absences": Absence.objects.filter(person=shown, ends__gte=actor.today).select_related("delegate"),
        "stands_in": Absence.objects.filter(delegate=shown, ends__gte=actor.today).select_related("person"),
        "sign_in": sign_in_state(shown, invitations, actor.today),
        "signs_in": bool(shown.user and shown.user.is_active and shown.user.has_usable_password()),
        "invitation": invitations[0] if invitations else None,
        "links": PersonalLink.open(shown, actor.today).count() if changes else 0,
        "gone": bool(shown.left_on and shown.left_on < actor.today),
    }
    return render(request, "partners/person.html", context)


def _reports_to(seat: Seat, actor: Actor) -> str:
    """The person above: as the seat says, else whoever holds the office above."""
    if seat.reports_to:
        return seat.reports_to.person.name
    if seat.office is None or seat.office.reports_to is None:
        return ""
    found = ", ".join(above.name for above in supervisors(seat.office, actor.today))
    return found or seat.office.reports_to.name


@open_to(*INSIDERS)
def add(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    if not _keeps_people(actor):
        raise Http404
    form = PersonForm(request.POST or None, initial={"organisation": request.GET.get("organisation")})
    return edit(
        request, form, lambda: actions.add_person(actor, Person(**form.values)),
        heading=_("A new person"), crumbs=_crumbs(request), then=_page,
        done=_("Saved. Give them a seat on the page of their body."),
    )  # fmt: skip


@open_to(SIGNED_IN)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Everything, for those who may; telephone and language, for oneself."""
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    posted = request.POST or None
    if may_change_person(actor, shown):
        whole = PersonForm(posted, instance=shown)
        return edit(
            request, whole, lambda: actions.change_person(actor, ref, whole.opened_at, **whole.values),
            heading=shown.name, crumbs=_crumbs(request, shown), then=_page(shown),
        )  # fmt: skip
    if actor.person_id != shown.pk:
        raise Http404
    own = OwnForm(posted, instance=shown)
    return edit(
        request, own, lambda: actions.change_own(actor, own.opened_at, **own.values),
        heading=shown.name, crumbs=_crumbs(request, shown), then=_page(shown),
    )  # fmt: skip


@open_to(SIGNED_IN)
def absence(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    if actor.person_id != shown.pk and not may_change_person(actor, shown):
        raise Http404
    form = AbsenceForm(request.POST or None, actor=actor, person=shown)
    return edit(
        request, form, lambda: actions.set_absence(actor, shown, **form.cleaned_data),
        heading=_("Away"), crumbs=_crumbs(request, shown), then=_page(shown),
    )  # fmt: skip


@open_to(SIGNED_IN)
@require_POST
def absence_end(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    away = Absence.objects.filter(ref=ref, person__in=visible_people(actor)).select_related("person").first()
    if away is None:
        raise Http404
    actions.end_absence(actor, ref, actor.today)
    return redirect(_page(away.person))


@open_to(*INSIDERS)
@require_POST
def invite(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    actions.invite(actor, ref)
    messages.success(request, _("An invitation to %(name)s is in the outbox.") % {"name": shown.name})
    return redirect(_page(shown))


@open_to(*INSIDERS)
@require_POST
def revoke(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    actions.revoke_links(actor, ref)
    messages.success(request, _("The links of %(name)s no longer work.") % {"name": shown.name})
    return redirect(_page(shown))


@open_to(*INSIDERS)
def leaving(request: HttpRequest, ref: str) -> HttpResponse:
    """First the day and the successor, then everything that moves, then one button."""
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    if not may_change_person(actor, shown):
        raise Http404
    sent = request.POST or request.GET
    form = LeavingForm(sent or None, actor=actor, person=shown)
    if request.method == "POST":
        left = attempt(
            form,
            lambda: actions.leave(
                actor, ref, form.cleaned_data["day"], form.cleaned_data["successor"],
                passing=set(request.POST.getlist("passing")), reason=request.POST.get("reason", ""),
            ),
        )  # fmt: skip
        if left is not None:
            messages.success(request, _("Done: everything of %(name)s ends and moves as shown.") % {"name": shown.name})
            return redirect(_page(shown))
    context = {
        "person": shown,
        "form": form,
        "crumbs": _crumbs(request, shown),
        "heading": _("%(name)s leaves") % {"name": shown.name},
    }
    form.is_valid()
    if day := getattr(form, "cleaned_data", {}).get("day"):
        context |= {
            "left": actions.handover(shown, day, actor.today),
            "successor": form.cleaned_data.get("successor"),
            "passing": request.POST.getlist("passing") if request.method == "POST" else None,
            "reason": request.POST.get("reason", ""),
        }
    return render(request, "partners/leaving.html", context)


@open_to(*INSIDERS)
@require_POST
def come_back(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    actions.come_back(actor, ref)
    messages.success(request, _("%(name)s is back. Their seats are given anew.") % {"name": shown.name})
    return redirect(_page(shown))


@open_to(*INSIDERS)
def erase(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_people(actor), ref)
    if not manages(actor):
        raise Http404
    form = ReasonForm(request.POST or None)
    return edit(
        request, form, lambda: actions.erase_person(actor, ref, reason=form.cleaned_data["reason"]),
        heading=_("Erase what we know of %(name)s") % {"name": shown.name}, crumbs=_crumbs(request, shown),
        then="partners:home", button=_("Erase"), done=_("Erased."),
        lead=_(
            "Name, e-mail and telephone are blanked here, in letters and in the journal. "
            "The sign-in is closed. What they did stays, under a reference. This cannot be undone."
        ),
    )  # fmt: skip
