"""Money as integer minor units and a currency. Pure. Sums never mix currencies.

Minor units per currency: ISO 4217.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# Currencies whose minor unit is not a hundredth (ISO 4217, list one).
EXPONENTS = {"BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3, "CLP": 0, "JPY": 0, "KRW": 0, "RWF": 0, "UGX": 0,
             "VND": 0, "XAF": 0, "XOF": 0}  # fmt: skip


@dataclass(frozen=True)
class Money:
    """
    >>> Money.of("12.50", "USD") + Money.of("0.50", "USD")
    Money(minor=1300, currency='USD')
    >>> str(Money.of("1234567.8", "EUR"))
    'EUR 1,234,567.80'
    >>> Money.of("1.005", "USD")
    Traceback (most recent call last):
        ...
    ValueError: 1.005 has more decimals than USD knows
    >>> Money.of("1", "USD") + Money.of("1", "EUR")
    Traceback (most recent call last):
        ...
    ValueError: cannot add EUR to USD: convert it first, at a dated rate
    """

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Money:
        minor = Decimal(amount).scaleb(EXPONENTS.get(currency, 2))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} has more decimals than {currency} knows")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-EXPONENTS.get(self.currency, 2))

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}: convert it first, at a dated rate")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,f}"


def totals(amounts: Iterable[Money]) -> dict[str, Money]:
    """One sum per currency.

    >>> totals([Money(100, "USD"), Money(5, "EUR"), Money(1, "USD")])["USD"].minor
    101
    """
    sums: dict[str, Money] = {}
    for money in amounts:
        sums[money.currency] = sums[money.currency] + money if money.currency in sums else money
    return sums
