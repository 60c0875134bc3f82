"""The search page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jwp.core.access import SIGNED_IN, acting, open_to
from jwp.desk.search import ALL, NOUNS, search, words_of


@open_to(SIGNED_IN)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    words = words_of(request.GET.get("q", ""))
    only = request.GET.get("in", "")
    only = only if only in {noun.key for noun in NOUNS} else ""
    found = search(acting(request), words, only)
    context = {"asked": " ".join(words), "words": words, "found": found, "only": only, "all": ALL}
    return render(request, "desk/search.html", context)
