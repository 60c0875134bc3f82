"""The yearly member pack: on the page, as PDF, as CSV."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import FOCAL_POINT, INSIDERS, ActorRequest, acting, open_to
from jwp.core.models import Partnership
from jwp.grants.access import visible_items
from jwp.grants.pack import Pack, as_pdf, pack_of
from jwp.grants.pack.content import heading, tidy, years_of
from jwp.grants.tables.portfolio import years
from jwp.partners.tables import stream_csv
from jwp.plans.access import visible_contributions

FIRST = 1999  # no agreement of a partnership like this is older


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def latest_pack(request: ActorRequest) -> HttpResponse:
    """Of the last full year."""
    return _page(request, request.today.year - 1)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def pack(request: ActorRequest, year: int) -> HttpResponse:
    return _page(request, year)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def pack_pdf(request: ActorRequest, year: int) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{_named(year)}.pdf"'}
    return HttpResponse(as_pdf(_pack(request, year)), content_type="application/pdf", headers=headers)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def pack_csv(request: ActorRequest, year: int) -> HttpResponseBase:
    rows = tidy(visible_items(acting(request)), _known(request, year), request.today)
    return stream_csv(heading(), rows, f"member-pack-{year}", request.partnership)


def _page(request: ActorRequest, year: int) -> HttpResponse:
    found = years(visible_items(acting(request)))
    context = {
        "pack": _pack(request, year), "years": years_of(found, request.today),
        "crumbs": [(_("Portfolio"), reverse("grants:portfolio"))],
    }  # fmt: skip
    return render(request, "grants/pack.html", context)


def _pack(request: ActorRequest, year: int) -> Pack:
    actor = acting(request)
    return pack_of(visible_items(actor), visible_contributions(actor), _known(request, year), actor.today)


def _known(request: ActorRequest, year: int) -> int:
    if not FIRST <= year <= request.today.year:
        raise Http404
    return year


def _named(year: int) -> str:
    partnership = Partnership.get()
    return f"{'fictional-' if partnership and partnership.fictional else ''}member-pack-{year}"
