"""The shared link: the one page that everybody may open and that must not know who they are.

This view reads and writes no session, looks at no address and sets no token against forgery: that would mark
the device, and whoever can forge an answer can as well give one. Refused answers come back with status 200,
because a 4xx would leave a line with the time in the server's log.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from jwp.core.access import LINK, ActorRequest, open_to
from jwp.core.door import Refused
from jwp.instruments.rules import Profile, say
from jwp.reviews.actions.answers import answer, instrument_of, smallest_group
from jwp.reviews.actions.link import find
from jwp.reviews.models import Engagement
from jwp.reviews.rules import LinkStanding

ANSWERED = "answered"  # the cookie's whole content: not who, not what, not when


@open_to(LINK)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared_link(request: ActorRequest, token: str) -> HttpResponse:
    engagement = find(token)
    standing = engagement.link_standing(request.today) if engagement else LinkStanding.NONE
    if engagement is None or standing is LinkStanding.NONE:
        return render(request, "reviews/shared_unknown.html", status=404)
    instrument = instrument_of(engagement)
    if standing is LinkStanding.CLOSED or not isinstance(instrument, Profile):
        return render(request, "reviews/shared_closed.html", {"engagement": engagement}, status=410)
    if standing is LinkStanding.NOT_YET:
        return render(request, "reviews/shared_early.html", {"engagement": engagement})
    if request.method == "POST":
        return _take(request, engagement, instrument)
    if request.COOKIES.get(ANSWERED) and "another" not in request.GET:
        return render(request, "reviews/shared_thanks.html", {"engagement": engagement})
    return _form(request, engagement, instrument)


def _take(request: ActorRequest, engagement: Engagement, instrument: Profile) -> HttpResponse:
    given = {item.code: request.POST[item.code] for item in instrument.items if request.POST.get(item.code)}
    try:
        answer(engagement.ref, given, request.POST.get("once", ""), request.today)
    except Refused as refused:
        return _form(request, engagement, instrument, given, refused.reasons)
    response = HttpResponseRedirect(request.path)
    response.set_cookie(
        ANSWERED, "1", path=request.path, max_age=_seconds_left(request, engagement),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def _seconds_left(request: ActorRequest, engagement: Engagement) -> int:
    assert engagement.link_closes is not None
    return 86_400 * ((engagement.link_closes - request.today).days + 1)


def _form(
    request: ActorRequest,
    engagement: Engagement,
    instrument: Profile,
    given: dict[str, str] | None = None,
    refused: tuple[str, ...] = (),
) -> HttpResponse:
    language, chosen = get_language() or "en", given or {}
    scale = [(option.code, say(option.name, language)) for option in instrument.scale]

    def item(code: str, name: str) -> dict[str, Any]:
        options = [*scale, ("", _("cannot say"))]
        return {
            "code": code,
            "name": name,
            "options": [(value, word, value == chosen.get(code, "")) for value, word in options],
        }

    context = {
        "engagement": engagement,
        "about": say(instrument.about, language),
        "sources": instrument.sources,
        "smallest_group": smallest_group(engagement),
        "spheres": [
            (say(group.name, language), [item(each.code, say(each.name, language)) for each in group.items])
            for group in instrument.groups
        ],
        "refused": refused,
        "once": request.POST.get("once") or secrets.token_urlsafe(12),
    }
    return render(request, "reviews/shared.html", context)
