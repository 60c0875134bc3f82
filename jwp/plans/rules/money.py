"""Which rate holds on a day, what an amount is in another currency, and whether a budget fits. Pure: no Django.

Amounts are whole minor units. A conversion rounds once, half to even, at one dated rate that it names. What lies in
two currencies is never one sum: it is converted amount by amount, or shown side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from jwp.core.money import EXPONENTS, Money

# Our policy: rates are published monthly; one older than this says nothing about the day.
RATE_LASTS = timedelta(days=31)


@dataclass(frozen=True)
class DatedRate:
    """One unit of `currency` was worth `rate` units of `to` on that day."""

    currency: str
    to: str
    on: date
    rate: Decimal
    source: str = ""

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.to}"


class NoRate(LookupError):
    """No rate holds between two currencies on a day. `last` is the newest one before it, where there is one."""

    def __init__(self, currency: str, to: str, day: date, last: date | None = None) -> None:
        super().__init__(f"no rate between {currency} and {to} that holds on {day}")
        self.currency, self.to, self.day, self.last = currency, to, day, last


def rate_on(rates: Iterable[DatedRate], currency: str, to: str, day: date) -> DatedRate:
    """The last rate between the two dated on or before the day, if not older than `RATE_LASTS`.

    Many are published as so many units of a currency for one dollar, so either direction serves; of two of the same
    day the one written in our direction.

    >>> march, may = (DatedRate("EUR", "USD", date(2026, m, 1), Decimal("1.08")) for m in (3, 5))
    >>> rate_on([march, may], "EUR", "USD", date(2026, 3, 20)).on
    datetime.date(2026, 3, 1)
    >>> rate_on([march, may], "USD", "EUR", date(2026, 4, 2))
    Traceback (most recent call last):
        ...
    jwp.plans.rules.money.NoRate: no rate between USD and EUR that holds on 2026-04-02
    """
    found = [r for r in rates if {r.currency, r.to} == {currency, to} and r.on <= day]
    last = max(found, key=lambda r: (r.on, r.currency == currency), default=None)
    if last is None or day - last.on > RATE_LASTS:
        raise NoRate(currency, to, day, last.on if last else None)
    return last


@dataclass(frozen=True)
class Converted:
    """What an amount is in another currency, and at which rate; without a rate it was in that currency already."""

    of: Money
    money: Money
    rate: DatedRate | None = None


def convert(money: Money, rate: DatedRate) -> Converted:
    """
    >>> rate = DatedRate("EUR", "USD", date(2026, 3, 1), Decimal("1.085"))
    >>> convert(Money.of("100.10", "EUR"), rate).money
    Money(minor=10861, currency='USD')
    >>> convert(Money.of("108.50", "USD"), rate).money
    Money(minor=10000, currency='EUR')
    """
    worth = Fraction(rate.rate)
    if money.currency == rate.currency:
        to, factor = rate.to, worth
    elif money.currency == rate.to:
        to, factor = rate.currency, 1 / worth
    else:
        raise ValueError(f"a rate between {rate.currency} and {rate.to} says nothing about {money.currency}")
    places = EXPONENTS.get(to, 2) - EXPONENTS.get(money.currency, 2)
    # Fractions are exact, and `round` of one is half to even.
    return Converted(money, Money(round(money.minor * factor * Fraction(10) ** places), to), rate)


def in_currency(money: Money, currency: str, rates: Iterable[DatedRate], day: date) -> Converted:
    """An amount in this currency on this day; raises NoRate."""
    if money.currency == currency:
        return Converted(money, money)
    return convert(money, rate_on(rates, money.currency, currency, day))


def financing(contributions: Iterable[Converted], currency: str) -> Money:
    """What a fund has: its contributions, each converted by itself at its own rate, so that the parts add up."""
    return sum((c.money for c in contributions), start=Money(0, currency))


@dataclass(frozen=True)
class Pot:
    """How a fund stands, in its currency: what was contributed to it, what all work plans together budget from it."""

    currency: str
    contributed: int = 0
    budgeted: int = 0

    @property
    def left(self) -> int:
        return self.contributed - self.budgeted

    @property
    def lacks(self) -> int:
        return max(-self.left, 0)


def exceeds(before: Pot, budgeted: int) -> int:
    """By how much a new budget is above the financing. Lowering one that is too high is always allowed: zero.

    >>> exceeds(Pot("USD", contributed=100, budgeted=40), 130), exceeds(Pot("USD", 100, 150), 120)
    (30, 0)
    """
    return max(budgeted - before.contributed, 0) if budgeted > before.budgeted else 0


@dataclass(frozen=True)
class Cell:
    """One amount of a work plan: a business line and a fund, by their refs."""

    line: str
    fund: str
    minor: int


def by_fund(cells: Iterable[Cell]) -> dict[str, int]:
    """
    >>> by_fund([Cell("cities", "core", 5), Cell("global", "core", 7)])
    {'core': 12}
    """
    sums: dict[str, int] = {}
    for cell in cells:
        sums[cell.fund] = sums.get(cell.fund, 0) + cell.minor
    return sums


def by_line(cells: Iterable[Cell], currencies: Mapping[str, str]) -> dict[str, list[Money]]:
    """One sum for each business line and currency; `currencies` says each fund's."""
    keyed = sorted((cell.line, currencies[cell.fund], cell.minor) for cell in cells)
    sums: dict[str, list[Money]] = {}
    for (line, currency), group in groupby(keyed, key=lambda key: key[:2]):
        sums.setdefault(line, []).append(Money(sum(minor for _line, _currency, minor in group), currency))
    return sums


class Unclear(ValueError):
    """A pasted line that is no rate; its message is the line."""


def split_line(line: str) -> Sequence[str]:
    """The four words of a pasted rate and its source, whether between tabs, semicolons or spaces.

    >>> split_line("EUR USD 2026-03-01 1.085 UN operational rate")
    ['EUR', 'USD', '2026-03-01', '1.085', 'UN operational rate']
    >>> split_line("eur;usd;2026-03-01;1,085")
    ['EUR', 'USD', '2026-03-01', '1,085', '']
    """
    between = next((mark for mark in ("\t", ";") if mark in line), None)
    words = [word.strip() for word in line.strip().split(between, 4)]
    if len(words) < 4:
        raise Unclear(line.strip())
    return [words[0].upper(), words[1].upper(), *words[2:4], words[4] if len(words) > 4 else ""]
