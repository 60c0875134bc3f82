"""The calendar's address, and the calendar itself for the programs that know it."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jwp.core.access import LINK, SIGNED_IN, acting, open_to
from jwp.desk.calendar import addresses, feed, make_address, withdraw_address
from jwp.partners.access import actor_for_person
from jwp.partners.models import PersonalLink


@open_to(SIGNED_IN)
@never_cache
def address(request: HttpRequest) -> HttpResponse:
    """What the calendar is; its address, shown once; and how to withdraw it."""
    actor = acting(request)
    made = ""
    if request.method == "POST":
        if request.POST.get("verb") == "withdraw":
            withdraw_address(actor)
            messages.success(request, _("The address no longer works."))
            return redirect("calendar")
        made = make_address(actor)
    known = addresses(actor.person_id, actor.today)
    return render(request, "desk/calendar.html", {"made": made, "known": known[0] if known else None})


@open_to(LINK)
@require_safe
def subscribed(request: HttpRequest, token: str) -> HttpResponse:
    """All dates of whoever this address was made for, with what they may see today."""
    today: date = request.today  # type: ignore[attr-defined]
    link = PersonalLink.holding(token, PersonalLink.Purpose.CALENDAR, today)
    if link is None:
        raise Http404
    with translation.override(link.person.language):
        body = feed(actor_for_person(link.person, today, via="link"))
    headers = {"Content-Disposition": 'inline; filename="jwp.ics"', "Cache-Control": "private, max-age=3600"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
