"""Pages of meetings: the list, one meeting and its minutes, who was there, and what it asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import INSIDERS, SECRETARIAT, SIGNED_IN, Actor, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt
from jwp.core.models import Head
from jwp.governance.access import WRITERS, visible_actions, visible_items, visible_meetings
from jwp.governance.actions import meeting as actions
from jwp.governance.forms import ActionForm, AttendanceForm, MeetingForm, ReasonForm
from jwp.governance.models import Meeting
from jwp.governance.rules import Quorum
from jwp.governance.tables import ActionFilter, ActionTable, MeetingFilter, MeetingTable, counted
from jwp.governance.views import crumbs, form_page

PER_PAGE = 50


@open_to(*INSIDERS)
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = MeetingFilter(request.GET, counted(visible_meetings(actor)), today=actor.today)
    table = MeetingTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    waiting = visible_items(actor).filter(meeting=None) if actor.has(*SECRETARIAT) else []
    context = {"table": table, "filter": found, "waiting": waiting, "may_write": actor.has(*WRITERS)}
    return render(request, "governance/meetings.html", context)


@open_to(*INSIDERS)
@require_safe
def meeting(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_meetings(actor), ref)
    writes = actor.has(*WRITERS)
    context = _record(actor, shown) | {
        "crumbs": crumbs(),
        "may_write": writes and not shown.closed_on,
        "may_ask": writes,
        "taken_place": shown.starts <= actor.today,
    }
    return render(request, "governance/meeting.html", context)


@open_to(*INSIDERS)
@require_safe
def minutes(request: HttpRequest, ref: str) -> HttpResponse:
    """The record to print, with the journal's head on it: whoever holds the paper can prove the journal."""
    shown = visible_or_404(visible_meetings(acting(request)), ref)
    context = _record(acting(request), shown) | {"crumbs": crumbs(shown), "head": Head.objects.first()}
    return render(request, "governance/minutes.html", context)


def _record(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    seats = meeting.seats()
    attended = list(meeting.attendance.select_related("person", "organisation").order_by("-votes", "person__name"))
    present = [row for row in attended if row.votes]
    there = {row.person_id for row in attended}
    decisions = meeting.decisions.select_related("item", "plan", "approval").prefetch_related(
        "reservations__organisation", "reservations__person", "approval__promise_changes__target"
    )
    return {
        "meeting": meeting,
        "attended": attended,
        "absent": [seat for seat in seats if seat.person_id not in there] if attended else [],
        "quorum": Quorum(meeting.body.quorum, len(seats), len(present)),
        "agenda": visible_items(actor).filter(meeting=meeting),
        "decisions": decisions,
        "arising": visible_actions(actor).filter(meeting=meeting),
    }


@open_to(*WRITERS)
def new(request: HttpRequest) -> HttpResponse:
    form = MeetingForm(request.POST or None)
    made = attempt(form, lambda: actions.plan_meeting(acting(request), **form.values))
    if made:
        return redirect("governance:meeting", made.ref)
    return form_page(request, form, _("Plan a meeting"))


@open_to(*WRITERS)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_meetings(acting(request)), ref)
    form = MeetingForm(request.POST or None, instance=row)
    if attempt(form, lambda: actions.change_meeting(acting(request), ref, form.opened_at, **form.values)):
        return redirect("governance:meeting", ref)
    return form_page(request, form, _("Change the meeting"), _fresh(row))


def _fresh(row: Meeting) -> Meeting:
    """As it is kept: a form writes what was typed on the row it shows."""
    kept: Meeting = Meeting.objects.select_related("body").get(pk=row.pk)
    return kept


@open_to(*WRITERS)
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_meetings(acting(request)), ref)
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda: actions.cancel(acting(request), ref, None, **form.cleaned_data)):
        return redirect("governance:meeting", ref)
    lead = _("The meeting stays readable as cancelled; its agenda waits for the next one.")
    return form_page(request, form, _("The meeting does not take place"), row, lead)


@open_to(*WRITERS)
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    visible_or_404(visible_meetings(acting(request)), ref)
    actions.close(acting(request), ref)
    return redirect("governance:meeting", ref)


@open_to(*WRITERS)
def attendance(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_meetings(acting(request)), ref)
    form = AttendanceForm(request.POST or None, meeting=row, seats=row.seats())
    done = attempt(
        form,
        lambda: actions.record_attendance(
            acting(request), ref, form.cleaned_data["revision"],
            form.those(form.DECIDES), form.those(form.OBSERVES),
        ),
    )  # fmt: skip
    if done:
        return redirect("governance:meeting", ref)
    context = {"form": form, "meeting": row, "crumbs": crumbs(row), "heading": _("Who attended")}
    return render(request, "governance/attendance.html", context)


@open_to(*INSIDERS)
@require_safe
def arising(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = ActionFilter(request.GET, visible_actions(actor), today=actor.today)
    table = ActionTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return render(request, "governance/actions.html", {"table": table, "filter": found, "crumbs": crumbs()})


@open_to(*WRITERS)
def new_action(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_meetings(acting(request)), ref)
    form = ActionForm(request.POST or None, meeting=row)
    if attempt(form, lambda: actions.add_action(acting(request), ref, **form.values)):
        return redirect("governance:meeting", ref)
    return form_page(request, form, _("Add an action"), row)


@open_to(SIGNED_IN)
def action(request: HttpRequest, ref: str) -> HttpResponse:
    """What a meeting asked an office to do: read by its holder, put right by those who keep the record."""
    actor = acting(request)
    row = visible_or_404(visible_actions(actor), ref)
    writes = actor.has(*WRITERS)
    if request.method == "POST" and not writes:
        raise Refused(_("Only those who keep the record put it right."))
    form = ActionForm(request.POST or None, instance=row, meeting=row.meeting) if writes else None
    if form and attempt(form, lambda: actions.change_action(actor, ref, form.opened_at, **form.values)):
        return redirect("governance:action", ref)
    may_finish = not row.done_on and (writes or row.owner_id in actor.offices)
    context = {"action": row, "form": form, "may_finish": may_finish, "insider": actor.has(*INSIDERS)}
    return render(request, "governance/action.html", context)


@open_to(SIGNED_IN)
@require_POST
def done(request: HttpRequest, ref: str) -> HttpResponse:
    visible_or_404(visible_actions(acting(request)), ref)
    actions.finish_action(acting(request), ref)
    return redirect("governance:action", ref)
