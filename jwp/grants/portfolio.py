"""The portfolio in sums, along each dimension: one query over the items that are shown.

Amounts are per currency, never mixed. Marker shares are by band, not screened first, with what they cover: a band
of score 1 is not money for gender equality (OECD: the marker is qualitative), so no weighted figure is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import CharField, Count, F, QuerySet, Sum, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from jwp.core.money import Money
from jwp.grants.models import FundedItem, Programme
from jwp.grants.screening import BAND, SHORT, Coverage
from jwp.partners.models import Place
from jwp.plans.models import BusinessLine, Fund, Theme

CLASSES = ("0", "1", "2")  # of the OECD-DAC marker, side by side
BANDS = ("", SHORT, *CLASSES)
DIMENSIONS = ("line", "country", "state", "fund", "theme", "programme", "kind", "marker")

# The dimensions that are rows of their own, with their column here.
_ROWS = {
    "line": ("business_line", BusinessLine.objects),
    "theme": ("theme", Theme.objects),
    "programme": ("programme", Programme.objects),
    "country": ("country", Place.objects),
    "fund": ("fund", Fund.objects),
}


@dataclass
class Slice:
    """One value of a dimension: how many items, and what was agreed for them by currency."""

    key: str  # "" where the items say nothing here
    label: str
    iso: str = ""  # of a country
    n: int = 0
    minors: dict[str, int] = field(default_factory=dict)
    unpriced: int = 0  # items without an amount: not zero

    def count(self, n: int, currency: str, minor: int | None, unpriced: int) -> None:
        self.n += n
        self.unpriced += unpriced
        if minor is not None:
            self.minors[currency] = self.minors.get(currency, 0) + minor

    def add(self, one: _Sum) -> None:
        self.count(one.n, one.currency, one.minor, one.n - one.priced)

    @property
    def amounts(self) -> list[Money]:
        return [Money(minor, currency) for currency, minor in sorted(self.minors.items())]


@dataclass
class Bands:
    """The marker's classes side by side, each there even when empty, not screened first. Never weighed or added up."""

    rows: list[Slice]

    @classmethod
    def of(cls, slices: Iterable[Slice]) -> Bands:
        found = {one.key: one for one in slices}
        known = [found.pop(key, Slice(key, band_word(key))) for key in BANDS]
        return cls(known + list(found.values()))

    @property
    def n(self) -> int:
        return sum(band.n for band in self.rows)

    @property
    def screened(self) -> int:
        return sum(band.n for band in self.rows if band.key)

    @property
    def marked(self) -> int:
        return sum(band.n for band in self.rows if band.key in CLASSES)

    @property
    def coverage(self) -> int | None:
        """How much was screened, in whole per cent; None of nothing."""
        return Coverage(self.screened, self.n).share

    def share(self, band: Slice) -> float | None:
        """The share of a class in what has a marker, in per cent."""
        return 100 * band.n / self.marked if self.marked and band.key in CLASSES else None

    def share_of_amount(self, band: Slice, currency: str) -> float | None:
        """The same by what was agreed in one currency; None where nothing marked has an amount in it."""
        marked = sum(each.minors.get(currency, 0) for each in self.rows if each.key in CLASSES)
        return 100 * band.minors.get(currency, 0) / marked if marked and band.key in CLASSES else None


@dataclass
class Portfolio:
    whole: Slice
    by: dict[str, list[Slice]]
    countries: dict[str, Slice]  # by ISO 3166 code, where a country has one

    @property
    def bands(self) -> Bands:
        return Bands.of(self.by["marker"])


def band_word(key: str) -> str:
    return {
        "": _("not screened"), SHORT: _("short screening, no marker"),
        "0": _("0, not targeted"), "1": _("1, significant"), "2": _("2, principal"),
    }.get(key, key)  # fmt: skip


def portfolio(items: QuerySet[FundedItem]) -> Portfolio:
    """Every sum of the page in one query, and the names that stand beside them in another."""
    sums = list(_sums(items, DIMENSIONS))
    named = _names(sums)
    by = {name: _slices(name, sums, named) for name in DIMENSIONS}
    whole = Slice("", _("all"))
    for one in sums:
        if one.dimension == DIMENSIONS[0]:
            whole.add(one)
    return Portfolio(whole, by, _with_code(by["country"]))


def by_country(items: QuerySet[FundedItem]) -> dict[str, Slice]:
    """By ISO 3166 code."""
    sums = list(_sums(items, ("country",)))
    return _with_code(_slices("country", sums, _names(sums)))


def _slices(name: str, sums: Iterable[_Sum], named: Mapping[tuple[str, str], _Name]) -> list[Slice]:
    """Of one dimension, the most frequent first."""
    found: dict[str, Slice] = {}
    for one in sums:
        if one.dimension == name:
            key = one.key or ""
            known = named.get((name, key))
            if key not in found:
                found[key] = Slice(*known) if known else Slice(key, _word(name, key))
            found[key].add(one)
    return sorted(found.values(), key=lambda each: (-each.n, each.label))


def _with_code(countries: Iterable[Slice]) -> dict[str, Slice]:
    return {one.iso: one for one in countries if one.iso}


class _Sum(NamedTuple):
    """Of the items with one value of a dimension, in one currency."""

    dimension: str
    key: str | None  # of the row, as text; or the word itself
    currency: str
    n: int
    minor: int | None
    priced: int


def _sums(items: QuerySet[FundedItem], dimensions: Iterable[str]) -> Iterable[_Sum]:
    """Each dimension by itself: grouped by all at once there would be almost as many groups as items."""
    items = items.order_by().select_related(None)
    parts = []
    for name in dimensions:
        column = Cast(_ROWS[name][0], CharField()) if name in _ROWS else BAND if name == "marker" else F(name)
        grouped = items.annotate(dimension=Value(name), key=column).values_list("dimension", "key", "currency")
        parts.append(grouped.annotate(Count("pk"), Sum("minor"), Count("minor")))
    return map(_Sum._make, parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0])


class _Name(NamedTuple):
    ref: str
    name: str
    iso: str


def _names(sums: Iterable[_Sum]) -> dict[tuple[str, str], _Name]:
    """What the rows of the dimensions are called, by dimension and key."""
    keys: dict[str, set[int]] = {name: set() for name in _ROWS}
    for one in sums:
        if one.key and one.dimension in keys:
            keys[one.dimension].add(int(one.key))
    parts = [
        rows.order_by()
        .filter(pk__in=keys[name])
        .values_list(Value(name), "pk", "ref", "name", F("iso") if name == "country" else Value(""))
        for name, (_column, rows) in _ROWS.items()
        if keys[name]
    ]
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True)
    return {(dimension, str(key)): _Name(*said) for dimension, key, *said in found}


def _word(name: str, key: str) -> str:
    """What a value is called that is no row."""
    if name == "marker":
        return band_word(key)
    if not key:
        return _("none named")
    return _(key) if name == "state" else str(FundedItem.Kind(key).label)
