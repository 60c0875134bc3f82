"""Calls as anybody reads them. Nothing is kept on a stranger's device, and applying starts with an e-mail address."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from jwp.core.access import ANYONE, ActorRequest, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.grants.actions.apply import ask_for_link, is_open
from jwp.grants.actions.eligibility import clock_of
from jwp.grants.call_words import instant, rules_in_words
from jwp.grants.forms.apply import AskForm
from jwp.grants.models import Call
from jwp.grants.rules.eligibility import days_left

CLOSED_SHOWN = 20


def public_calls() -> QuerySet[Call]:
    """What was ever published, a cancelled one too: its address is in letters and newspapers."""
    return Call.objects.filter(published_on__isnull=False).prefetch_related("countries__place", "criteria")


def standing(call: Call, now: datetime) -> str:
    """coming, open or closed; closed early, or cancelled, where somebody said so."""
    if call.state == "published":
        return clock_of(call, now)
    return "cancelled" if call.state == "cancelled" else "closed"


def _cookieless(request: ActorRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """Nothing is kept on a stranger's device: the language that was asked for goes along in our links."""
    asked = request.GET.get("language", "")
    context["q"] = f"?language={asked}" if asked in {code for code, _name in settings.LANGUAGES} else ""
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "private, no-store" if request.actor or request.method == "POST" else "public, max-age=60"
    answer.cookieless = True  # type: ignore[attr-defined]
    return answer


@open_to(ANYONE)
@require_safe
def calls(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    groups: dict[str, list[tuple[Call, str, int | None]]] = {"open": [], "coming": [], "closed": []}
    for call in public_calls().exclude(state="cancelled"):
        word = standing(call, now)
        at = call.opens_at if word == "coming" else call.closes_at
        days = days_left(at, call.zone, now) if at and word != "closed" else None
        groups[word].append((call, instant(at, call.zone) if at else "", days))
    groups["open"].sort(key=lambda each: each[0].closes_at.timestamp() if each[0].closes_at else 0)
    groups["closed"] = groups["closed"][:CLOSED_SHOWN]
    return _cookieless(request, "grants/call_public_list.html", {"groups": groups})


@open_to(ANYONE)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: ActorRequest, ref: str) -> HttpResponse:
    """The rules in plain words; a posted address gets its link by mail, and the same answer whoever it is."""
    shown, now = visible_or_404(public_calls(), ref), timezone.now()
    form, asked = AskForm(request.POST or None), False
    if request.method == "POST" and shown.kind != Call.Kind.OUTSIDE:
        language = get_language() or "en"

        def ask() -> bool:
            ask_for_link(ref, form.cleaned_data["email"], language, request.today, now)
            return True

        asked = bool(attempt(form, ask))
    word = standing(shown, now)
    context: dict[str, object] = {
        "call": shown,
        "standing": word,
        "opens": instant(shown.opens_at, shown.zone) if shown.opens_at else "",
        "closes": instant(shown.closes_at, shown.zone) if shown.closes_at else "",
        "days": days_left(shown.closes_at, shown.zone, now) if shown.closes_at and word == "open" else None,
        "rules": rules_in_words(shown),
        "criteria": shown.criteria.all(),
        "points": sum(row.points for row in shown.criteria.all()),
        "takes": is_open(shown, now),
        "form": form,
        "asked": asked,
    }
    status = 422 if request.method == "POST" and not asked else 200
    return _cookieless(request, "grants/call_public.html", context, status)
