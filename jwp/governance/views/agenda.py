"""Pages of the agenda: an item, its words and paper, and the Director's comment beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jwp.core.access import DIRECTOR, INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.governance.access import WRITERS, visible_items, visible_meetings
from jwp.governance.actions import agenda as actions
from jwp.governance.forms import CommentForm, ItemForm, ReasonForm
from jwp.governance.models import AgendaItem
from jwp.governance.views import crumbs, form_page


def _after(item: AgendaItem) -> HttpResponse:
    return redirect("governance:meeting", item.meeting.ref) if item.meeting else redirect("governance:meetings")


@open_to(*INSIDERS)
@require_safe
def item(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_items(actor), ref)
    open_still = row.meeting is None or row.meeting.closed_on is None
    ahead = visible_meetings(actor).filter(body=row.body, closed_on=None, starts__gte=actor.today)
    context = {
        "item": row,
        "crumbs": crumbs(row.meeting),
        "may_write": actor.has(*WRITERS) and open_still,
        "may_comment": actor.has(DIRECTOR) and open_still,
        "ahead": ahead if row.meeting is None and not row.stays else [],
        "decisions": row.decisions.all(),
    }
    return render(request, "governance/item.html", context)


@open_to(*WRITERS)
def new(request: HttpRequest, ref: str) -> HttpResponse:
    meeting = visible_or_404(visible_meetings(acting(request)), ref)
    form = ItemForm(request.POST or None)
    made = attempt(form, lambda: actions.add_item(acting(request), ref, **form.values))
    if made:
        return _after(made)
    return form_page(request, form, _("Add an agenda item"), meeting)


@open_to(*WRITERS)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_items(acting(request)), ref)
    form = ItemForm(request.POST or None, instance=row)
    if attempt(form, lambda: actions.change_item(acting(request), ref, form.opened_at, **form.values)):
        return _after(row)
    lead = ""
    if row.report_id:
        lead = _("Its words stay: it stands because a report is missing.")
    elif row.override_id:
        lead = _("Its words stay: it stands because the gate was overridden.")
    return form_page(request, form, _("Change the agenda item"), row.meeting, lead)


@open_to(DIRECTOR)
def comment(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_items(acting(request)), ref)
    form = CommentForm(request.POST or None, instance=row)
    if attempt(form, lambda: actions.comment(acting(request), ref, form.opened_at, **form.values)):
        return redirect("governance:item", ref)
    lead = _("The body reads your comment beside the item: %(item)s") % {"item": row.title}
    return form_page(request, form, _("The Director's comment"), row.meeting, lead)


@open_to(*WRITERS)
def take_off(request: HttpRequest, ref: str) -> HttpResponse:
    row = visible_or_404(visible_items(acting(request)), ref)
    form = ReasonForm(request.POST or None)
    if attempt(form, lambda: actions.take_off(acting(request), ref, **form.cleaned_data)):
        return _after(row)
    return form_page(request, form, _("Take it off the agenda"), row.meeting, row.title)


@open_to(*WRITERS)
@require_POST
def put_on(request: HttpRequest, ref: str) -> HttpResponse:
    visible_or_404(visible_items(acting(request)), ref)
    return _after(actions.put_on(acting(request), ref, request.POST.get("meeting", "")))
