"""Where "today" and the actor enter: once per request, in the right time zone and language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from jwp.core.access import BOARD, CHAIR, FOCAL_POINT, INSIDERS, SECRETARIAT, ActorRequest
from jwp.core.models import Partnership
from jwp.partners.access import actor_for
from jwp.partners.signin import refuses_demonstration

Handler = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Gives every request its `partnership`, `today` and `actor` (None for a stranger)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        partnership = Partnership.get()
        zone = ZoneInfo(partnership.time_zone if partnership else "UTC")
        timezone.activate(zone)
        request.partnership = partnership
        request.today = timezone.localdate(timezone=zone)
        request.actor = None
        if request.user.is_authenticated:
            if not refuses_demonstration(request.user, partnership):
                request.actor = actor_for(request.user, request.today)
            if request.actor is None:  # somebody who has left, and whose session has not
                logout(request)
        response = self.get_response(request)
        if request.actor is not None and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True)  # nobody else's proxy keeps it
        return response


class ReadersLanguageMiddleware:
    """The reader's language: asked for (?language=fr, kept in a cookie), their own, or their browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        known = {code for code, _name in settings.LANGUAGES}
        asked = request.GET.get("language", "")
        chosen = asked if asked in known else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in known:
            own = request.user.language if request.user.is_authenticated else ""
            chosen = own or translation.get_language_from_request(request)
        translation.activate(chosen)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        # The public site keeps nothing on a stranger's device: there the language stays in the address.
        if asked in known and not getattr(response, "cookieless", False):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=31_536_000, samesite="Lax")
        return response


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What every page needs: the partnership, the navigation this reader may use, today."""
    actor = getattr(request, "actor", None)
    return {
        "partnership": getattr(request, "partnership", None),
        "today": getattr(request, "today", None),
        "insider": actor is not None and actor.has(*INSIDERS),  # else a link to an insiders' page is a dead end
        "nav": navigation(request, actor) if isinstance(request, HttpRequest) else [],
    }


def navigation(request: HttpRequest | ActorRequest, actor: Any) -> list[tuple[str, str, bool]]:
    """(label, address, is this where we are): one line per room this reader may enter."""
    entries: list[tuple[str, str]] = []
    if actor is not None:
        entries.append((_("My work"), "desk"))
        entries.append((_("Gender Action Plan"), "gender:home"))
        if actor.has(*INSIDERS, FOCAL_POINT):
            entries.append((_("Portfolio"), "grants:portfolio"))
        if actor.has(*INSIDERS):
            entries += [
                (_("Engagements"), "reviews:home"),
                (_("Money"), "plans:money"),
                (_("Meetings"), "governance:meetings"),
                (_("Documents"), "evidence:documents"),
                (_("Indicators"), "indicators:list"),
                (_("Diagnostics"), "runs:list"),
                (_("People and bodies"), "partners:home"),
            ]
        elif actor.has(FOCAL_POINT):
            entries.append((_("Contributions"), "plans:contributions"))
        if actor.has(*SECRETARIAT, CHAIR, BOARD, "auditor"):
            entries.append((_("Journal"), "journal"))
    else:
        entries += [
            (_("Gender Action Plan"), "public_plan"),
            (_("Programmes"), "public_programmes"),
            (_("Calls"), "public_calls"),
            (_("Cities"), "public_cities"),
            (_("Products"), "public_products"),
        ]
    links = [(label, reverse(name)) for label, name in entries]
    current = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
    return [(label, url, url == current) for label, url in links]
