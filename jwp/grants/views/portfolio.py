"""The portfolio: what is funded, by whatever one wants to know, with a map, and as it is shown also as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from jwp.core.access import FOCAL_POINT, INSIDERS, ActorRequest, acting, open_to
from jwp.core.chart import DISCLAIMER, bars, cached_svg, off_map, world
from jwp.grants.access import visible_items
from jwp.grants.portfolio import DIMENSIONS, Portfolio, Slice, portfolio
from jwp.grants.tables.items import ITEM_CSV, NOT_SCREENED, ItemTable, item_rows
from jwp.grants.tables.portfolio import PortfolioFilter
from jwp.partners.models import Place
from jwp.partners.tables import stream_csv

PER_PAGE = 25


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def portfolio_page(request: ActorRequest) -> HttpResponseBase:
    actor = acting(request)
    found = PortfolioFilter(request.GET, visible_items(actor))
    table = ItemTable(found.qs)
    exported = request.GET.get("export")
    RequestConfig(request, paginate=False if exported else {"per_page": PER_PAGE}).configure(table)
    if exported == "csv":
        heading = [str(word) for word in ITEM_CSV]
        return stream_csv(heading, item_rows(table.data.data), _named(found), request.partnership)
    seen = portfolio(found.qs)
    if exported == "json":
        return JsonResponse(_as_json(request, found, seen))
    context = {
        "filter": found, "narrowed": found.narrowed(), "table": table, "seen": seen,
        "dimensions": [(title, name, _linked(request, name, seen.by[name])) for name, title in _titles()],
        "bands": [(band, seen.share(band), _address(request, "marker", band.key or NOT_SCREENED))
                  for band in seen.bands],
        "marker_chart": cached_svg(bars([(b.label, b.n) for b in seen.bands], title=_("Items by gender marker"))),
        "line_chart": cached_svg(bars([(b.label, b.n) for b in seen.by["line"]], title=_("Items by business line"))),
        "map": _map(seen), "disclaimer": DISCLAIMER, "insider": actor.has(*INSIDERS),
        "csv": _address(request, "export", "csv"), "json": _address(request, "export", "json"),
    }  # fmt: skip
    return render(request, "grants/portfolio.html", context)


def _titles() -> list[tuple[str, str]]:
    words = {
        "line": _("Business line"), "theme": _("Theme"), "programme": _("Programme"), "country": _("Country"),
        "marker": _("Gender marker"), "state": _("State"), "fund": _("Fund"), "kind": _("Kind"),
    }  # fmt: skip
    return [(name, words[name]) for name in DIMENSIONS if name != "marker"]  # the marker has its own table


def _address(request: HttpRequest, name: str, value: str) -> str:
    """This view narrowed once more."""
    asked = request.GET.copy()
    asked.pop("page", None)
    asked.pop("export", None)
    asked[name] = value
    return f"?{asked.urlencode()}"


def _linked(request: HttpRequest, name: str, slices: list[Slice]) -> list[tuple[Slice, str]]:
    return [(one, _address(request, name, one.key) if one.key else "") for one in slices]


def _map(seen: Portfolio) -> dict[str, Any]:
    named = Place.objects.filter(kind=Place.Kind.COUNTRY, iso__in=seen.countries)
    names = dict(named.values_list("iso", "name"))
    missing = [names.get(code, code) for code in off_map(seen.countries)]
    drawn = cached_svg(world(seen.countries, title=_("Items by country"), names=names, plain=_("no item")))
    return {"svg": drawn, "missing": missing, "n": sum(seen.countries.values())}


def _named(found: PortfolioFilter) -> str:
    """The file's name says what it was narrowed to."""
    return "-".join(["portfolio", *(str(found.data[name]) for name in found.form.changed_data)])[:80]


def _as_json(request: ActorRequest, found: PortfolioFilter, seen: Portfolio) -> dict[str, Any]:
    def plain(one: Slice) -> dict[str, Any]:
        amounts = {money.currency: str(money.amount) for money in one.amounts}
        return {"key": one.key, "label": one.label, "n": one.n, "amounts": amounts, "without_amount": one.unpriced}

    return {
        "on": request.today,
        "partnership": request.partnership.name if request.partnership else "",
        "fictional": bool(request.partnership and request.partnership.fictional),
        "narrowed_to": dict(found.narrowed()),
        "all": plain(seen.whole),
        "screened": seen.screened,
        "by": {
            name: [plain(one) for one in (seen.bands if name == "marker" else seen.by[name])] for name in DIMENSIONS
        },
        "items": [dict(zip(map(str, ITEM_CSV), map(str, row), strict=True)) for row in item_rows(found.qs)],
    }
