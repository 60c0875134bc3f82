"""The portfolio in sums: one grouped query over the items that are shown, added up along each dimension.

Amounts are per currency, never mixed. Marker shares are by band, not screened first, with what they cover: a band
of score 1 is not money for gender equality (OECD: the marker is qualitative), so no weighted figure is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _

from jwp.core.money import Money
from jwp.grants.models import FundedItem

BANDS = ("", "0", "1", "2")  # not screened, and the classes of the OECD-DAC marker, side by side
DIMENSIONS = ("line", "theme", "programme", "country", "marker", "state", "fund", "kind")

_KEYS = {
    "line": ("business_line__ref", "business_line__name"),
    "theme": ("theme__ref", "theme__name"),
    "programme": ("programme__ref", "programme__name"),
    "country": ("country__ref", "country__name"),
    "marker": ("marker", "marker"),
    "state": ("state", "state"),
    "fund": ("fund__ref", "fund__name"),
    "kind": ("kind", "kind"),
}


@dataclass
class Slice:
    """One value of a dimension: how many items, and what was agreed for them by currency."""

    key: str  # "" where the items say nothing here
    label: str
    n: int = 0
    minors: dict[str, int] = field(default_factory=dict)
    unpriced: int = 0  # items without an amount: not zero

    def add(self, n: int, currency: str, minor: int | None, unpriced: int) -> None:
        self.n += n
        self.unpriced += unpriced
        if minor is not None:
            self.minors[currency] = self.minors.get(currency, 0) + minor

    @property
    def amounts(self) -> list[Money]:
        return [Money(minor, currency) for currency, minor in sorted(self.minors.items())]


@dataclass
class Portfolio:
    whole: Slice
    by: dict[str, list[Slice]]
    countries: dict[str, int]  # ISO 3166 code → items

    @property
    def bands(self) -> list[Slice]:
        """The marker's bands, each there even when empty, not screened first."""
        found = {one.key: one for one in self.by["marker"]}
        known = [found.pop(key, Slice(key, band_word(key))) for key in BANDS]
        return known + list(found.values())

    @property
    def screened(self) -> int:
        return sum(band.n for band in self.bands if band.key)

    @property
    def coverage(self) -> float | None:
        """How much of the portfolio was screened, in per cent; None of nothing."""
        return 100 * self.screened / self.whole.n if self.whole.n else None

    def share(self, band: Slice) -> float | None:
        """The share of a band in what was screened, in per cent."""
        return 100 * band.n / self.screened if self.screened and band.key else None


def band_word(key: str) -> str:
    return {
        "": _("not screened"), "0": _("0, not targeted"), "1": _("1, significant"), "2": _("2, principal"),
    }.get(key, key)  # fmt: skip


def portfolio(items: QuerySet[FundedItem]) -> Portfolio:
    """Every sum of the page in one query."""
    columns = {f"{name}_key": F(key) for name, (key, _label) in _KEYS.items() if key != name}
    names = {f"{name}_name": F(label) for name, (key, label) in _KEYS.items() if label != key}
    keys = [f"{name}_key" if key != name else name for name, (key, _label) in _KEYS.items()]
    rows = (
        items.order_by()
        .select_related(None)
        .annotate(**columns, **names, iso=F("country__iso"))
        .values(*keys, *names, "iso", "currency")
        .annotate(n=Count("pk"), total=Sum("minor"), priced=Count("minor"))
    )
    return _added(rows)


def _added(rows: Iterable[dict[str, Any]]) -> Portfolio:
    whole = Slice("", _("all"))
    found: dict[str, dict[str, Slice]] = {name: {} for name in DIMENSIONS}
    countries: dict[str, int] = {}
    for row in rows:
        given = (row["n"], row["currency"], row["total"], row["n"] - row["priced"])
        whole.add(*given)
        if row["iso"]:
            countries[row["iso"]] = countries.get(row["iso"], 0) + row["n"]
        for name in DIMENSIONS:
            key = row.get(f"{name}_key", row.get(name)) or ""
            slices = found[name]
            if key not in slices:
                slices[key] = Slice(key, _word(name, key, row.get(f"{name}_name")))
            slices[key].add(*given)
    by = {name: sorted(slices.values(), key=lambda one: (-one.n, one.label)) for name, slices in found.items()}
    return Portfolio(whole, by, countries)


def _word(name: str, key: str, label: str | None) -> str:
    match name:
        case "marker":
            return band_word(key)
        case "state":
            return _(key)
        case "kind":
            return str(FundedItem.Kind(key).label)
    return label or _("none named")
