"""A refusal becomes an answer: what was refused, why, and what to do; never an error page."""

from __future__ import annotations

from collections.abc import Callable

from django.core.validators import ProhibitNullCharactersValidator
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from jwp.core.door import Refused, Stale


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError) and "NUL (0x00)" in str(error):  # asked of PostgreSQL, which knows no such text
            error = Refused(str(ProhibitNullCharactersValidator.message))
        if not isinstance(error, Refused):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"refused": error.reasons}, status=409)
        unsaid = ("csrfmiddlewaretoken", "password", "once", "revision", "do")  # secrets, and what nobody typed
        typed = {
            k.replace("_", " ").capitalize(): v
            for k, v in request.POST.lists()
            if any(v) and k not in unsaid and "password" not in k
        }
        back = request.headers.get("Referer", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
            back = "/"
        context = {
            "reasons": error.reasons,
            "typed": typed,
            "stale": isinstance(error, Stale),
            "back": back,
        }
        return render(request, "refused.html", context, status=409)
