"""One form on one page: shown, refused with reasons beside what was typed, or saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from jwp.core.forms import attempt

Crumb = tuple[str, str]


def edit(
    request: HttpRequest,
    form: BaseForm,
    act: Callable[[], object],
    *,
    heading: str,
    crumbs: list[Crumb],
    then: str | Callable[[Any], str],
    button: str = "",
    lead: str = "",
    done: str = "",
) -> HttpResponse:
    """Act on a form that was sent in and go to `then`; show it otherwise. The last crumb is the way back."""
    if request.method == "POST" and (result := attempt(form, act)) is not None:
        messages.success(request, done or _("Saved."))
        return redirect(then if isinstance(then, str) else then(result))
    context = {
        "form": form,
        "heading": heading,
        "crumbs": crumbs,
        "back": crumbs[-1][1],
        "button": button or _("Save"),
        "lead": lead,
    }
    return render(request, "partners/form.html", context)


def chosen_day(request: HttpRequest, today: date) -> date:
    """The day asked for with ?on=, or today where none or nonsense was."""
    try:
        return parse_date(request.GET.get("on", "")) or today
    except ValueError:  # such as 2026-02-30
        return today
