"""The pages of this room, one file per noun."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.governance.models import Meeting


def crumbs(meeting: Meeting | None = None) -> list[tuple[str, str]]:
    found = [(_("Meetings"), reverse("governance:meetings"))]
    return [*found, (str(meeting), reverse("governance:meeting", args=[meeting.ref]))] if meeting else found


def form_page(
    request: HttpRequest,
    form: forms.BaseForm,
    heading: str,
    meeting: Meeting | None = None,
    lead: str = "",
    send: str = "",
) -> HttpResponse:
    """One form on one page; going back leads to the meeting, or to the list of them."""
    path = crumbs(meeting)
    context = {
        "form": form,
        "heading": heading,
        "crumbs": path,
        "back": path[-1][1],
        "lead": lead,
        "send": send,
    }
    return render(request, "governance/form.html", context)
