"""The demonstration sign-ins, for the sign-in page of a fictional partnership."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Prefetch

from jwp.partners.models import Person, Seat, on

register = template.Library()


@register.inclusion_tag("partners/sign_ins.html", takes_context=True)
def demonstration_sign_ins(context: dict[str, Any]) -> dict[str, Any]:
    """One button a person, with what they do; nobody where the partnership is real."""
    partnership, request = context.get("partnership"), context["request"]
    if partnership is None or not partnership.fictional:
        return {"people": []}
    seats = Prefetch(
        "seats",
        queryset=Seat.objects.filter(on(request.today)).select_related("office", "body"),
        to_attr="seats_today",
    )
    people = Person.objects.filter(user__demonstration=True, user__is_active=True).prefetch_related(seats)
    return {"people": people.order_by("pk"), "request": request, "csrf_token": context.get("csrf_token")}
