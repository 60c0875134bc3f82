"""The portfolio: what is funded, by whatever one wants to know, with a map, and as it is shown also as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, set_response_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import FOCAL_POINT, INSIDERS, ActorRequest, acting, open_to
from jwp.core.chart import DISCLAIMER, bars, cached_svg, off_map, world
from jwp.grants.access import visible_items
from jwp.grants.portfolio import DIMENSIONS, Portfolio, Slice, by_country, portfolio
from jwp.grants.tables.items import ITEM_CSV, NOT_SCREENED, ItemTable, item_rows, listed
from jwp.grants.tables.portfolio import PortfolioFilter
from jwp.partners.tables import stream_csv

PER_PAGE = 25
# What makes a narrower view; pages, order and files do not.
ELSEWHERE = ("page", "export", "sort")


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def portfolio_page(request: ActorRequest) -> HttpResponseBase:
    actor = acting(request)
    found = PortfolioFilter(request.GET, listed(visible_items(actor)))
    table = ItemTable(found.qs)
    exported = request.GET.get("export")
    RequestConfig(request, paginate=False if exported else {"per_page": PER_PAGE}).configure(table)
    if exported == "csv":
        heading = [str(word) for word in ITEM_CSV]
        return stream_csv(heading, item_rows(table.data.data), _named(found, request.today), request.partnership)
    seen = portfolio(found.qs)
    if exported == "json":
        told = _as_json(request, found, seen, item_rows(table.data.data))
        name = f'attachment; filename="{_named(found, request.today)}.json"'
        return JsonResponse(told, headers={"Content-Disposition": name})
    context = {
        "filter": found, "narrowed": found.narrowed(), "table": table, "seen": seen,
        "dimensions": [(title, name, _linked(request, name, seen.by[name])) for name, title in _titles()],
        "marked": seen.bands,
        "bands": [(band, seen.bands.share(band), _address(request, "marker", band.key or NOT_SCREENED))
                  for band in seen.bands.rows],
        "marker_chart": cached_svg(bars([(b.label, b.n) for b in seen.bands.rows], title=_("Items by gender marker"))),
        "map": f"{reverse('grants:map')}?{_asked(request).urlencode()}",
        "off_map": _off_map(seen), "disclaimer": DISCLAIMER, "insider": actor.has(*INSIDERS),
        "csv": _address(request, "export", "csv"), "json": _address(request, "export", "json"),
    }  # fmt: skip
    return render(request, "grants/portfolio.html", context)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def portfolio_map(request: ActorRequest) -> HttpResponseBase:
    """The map of the same view, by itself: it weighs more than the page, and is drawn once for each content."""
    found = PortfolioFilter(request.GET, visible_items(acting(request)))
    countries = by_country(found.qs)
    spec = world(
        {code: one.n for code, one in countries.items()},
        title=_("Items by country"), names={code: one.label for code, one in countries.items()}, plain=_("no item"),
    )  # fmt: skip
    answer = HttpResponse(cached_svg(spec), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, no-cache"  # asked again each time, sent again only when it changed
    set_response_etag(answer)
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer


def _titles() -> list[tuple[str, str]]:
    words = {
        "line": _("Business line"), "theme": _("Theme"), "programme": _("Programme"), "country": _("Country"),
        "marker": _("Gender marker"), "state": _("State"), "fund": _("Fund"), "kind": _("Kind"),
    }  # fmt: skip
    return [(name, words[name]) for name in DIMENSIONS if name != "marker"]  # the marker has its own table


def _asked(request: HttpRequest) -> QueryDict:
    asked = request.GET.copy()
    for name in ELSEWHERE:
        asked.pop(name, None)
    return asked


def _address(request: HttpRequest, name: str, value: str) -> str:
    """This view narrowed once more, or as a file in the same order."""
    asked = _asked(request)
    if name == "export" and "sort" in request.GET:
        asked["sort"] = request.GET["sort"]
    asked[name] = value
    return f"?{asked.urlencode()}"


def _linked(request: HttpRequest, name: str, slices: list[Slice]) -> list[tuple[Slice, str]]:
    return [(one, _address(request, name, one.key) if one.key else "") for one in slices]


def _off_map(seen: Portfolio) -> list[str]:
    """Countries of the items that the map has not, or that have no code here."""
    missing = off_map(seen.countries)
    return [one.label for one in seen.by["country"] if one.key and (not one.iso or one.iso in missing)]


def _named(found: PortfolioFilter, today: date) -> str:
    """The file's name says what it was narrowed to, and the day."""
    values = [slugify(str(found.data[name])) for name in found.form.changed_data]
    return "-".join(["portfolio", *filter(None, values)])[:80] + f"-{today}"


def _as_json(
    request: ActorRequest, found: PortfolioFilter, seen: Portfolio, rows: Iterable[list[Any]]
) -> dict[str, Any]:
    heading = [str(word) for word in ITEM_CSV]

    def plain(one: Slice) -> dict[str, Any]:
        amounts = {money.currency: str(money.amount) for money in one.amounts}
        return {"key": one.key, "label": one.label, "n": one.n, "amounts": amounts, "without_amount": one.unpriced}

    return {
        "on": request.today,
        "partnership": request.partnership.name if request.partnership else "",
        "fictional": bool(request.partnership and request.partnership.fictional),
        "narrowed_to": dict(found.narrowed()),
        "all": plain(seen.whole),
        "screened": seen.bands.screened,
        "by": {
            name: [plain(one) for one in (seen.bands.rows if name == "marker" else seen.by[name])]
            for name in DIMENSIONS
        },
        "items": [dict(zip(heading, map(_cell, row), strict=True)) for row in rows],
    }


def _cell(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)
