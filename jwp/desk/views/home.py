"""My work: the first page after signing in, and the auditor's sample."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import AUDITOR, DIRECTOR, GENDER_TEAM, SIGNED_IN, acting, open_to
from jwp.core.models import Head
from jwp.desk.calendar import addresses
from jwp.desk.imports import IMPORTERS
from jwp.desk.sample import drawn
from jwp.desk.work import Work

MOST = 200  # targets in one sample


@open_to(SIGNED_IN)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    context = {
        "work": Work(actor, request.partnership),  # type: ignore[attr-defined]
        "brings_in": actor.has(*IMPORTERS),
        "audits": actor.has(AUDITOR),
        "has_calendar": bool(addresses(actor.person_id, actor.today)),
        "seed": secrets.token_hex(8) if actor.has(AUDITOR) else "",
    }
    return render(request, "desk/home.html", context)


@open_to(AUDITOR, GENDER_TEAM, DIRECTOR)
@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """A random sample of targets that anybody can draw again: the same seed draws the same."""
    asked = request.GET.get("targets", "")
    size = min(int(asked), MOST) if asked.isdecimal() and int(asked) else 10
    seed = request.GET.get("seed", "").strip() or secrets.token_hex(8)
    targets, population = drawn(size, seed)
    context = {
        "targets": targets, "population": population, "size": size, "seed": seed,
        "head": Head.objects.first(), "heading": _("A random sample"),
    }  # fmt: skip
    return render(request, "desk/sample.html", context)
