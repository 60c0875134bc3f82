"""How funds stand: what was contributed, what all work plans budget, what is left. Three queries for any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, Sum

from jwp.core.money import Money, totals
from jwp.plans.models import BudgetLine, Contribution, Fund, Rate
from jwp.plans.rules.money import Converted, DatedRate, Pot, convert, financing, in_currency


def dated(rate: Rate) -> DatedRate:
    return DatedRate(rate.currency, rate.to, rate.on, rate.rate, rate.source)


def in_fund(contribution: Contribution) -> Converted:
    """What a contribution is in its fund's currency, at the rate pinned to it. Note: reads fund and rate."""
    if contribution.rate is None:
        return Converted(contribution.money, contribution.money)
    return convert(contribution.money, dated(contribution.rate))


def pots(funds: Iterable[Fund]) -> dict[int, Pot]:
    """By key. Contributions that were withdrawn finance nothing."""
    found = {fund.pk: fund for fund in funds}
    given = Contribution.objects.filter(fund__in=found, withdrawn_on=None)
    plain = given.filter(currency=F("fund__currency")).order_by().values_list("fund").annotate(Sum("minor"))
    contributed: dict[int, int] = dict(plain)
    for row in given.filter(~Q(currency=F("fund__currency"))).select_related("rate").order_by("pk"):
        contributed[row.fund_id] = contributed.get(row.fund_id, 0) + in_fund(row).money.minor
    lines = BudgetLine.objects.filter(fund__in=found).order_by().values_list("fund").annotate(Sum("minor"))
    budgeted: dict[int, int] = dict(lines)
    return {pk: Pot(fund.currency, contributed.get(pk, 0), budgeted.get(pk, 0)) for pk, fund in found.items()}


@dataclass(frozen=True)
class Totals:
    """The sums of one currency, never of two."""

    contributed: Money
    budgeted: Money

    @property
    def left(self) -> Money:
        return self.contributed + -self.budgeted


def by_currency(found: Iterable[Pot]) -> list[Totals]:
    pots = list(found)
    contributed = totals(Money(pot.contributed, pot.currency) for pot in pots)
    budgeted = totals(Money(pot.budgeted, pot.currency) for pot in pots)
    return [Totals(contributed[currency], budgeted[currency]) for currency in sorted(contributed)]


@dataclass(frozen=True)
class InOne:
    """The sums of several currencies in one, because somebody asked; each step names its rate."""

    steps: list[tuple[Converted, Converted]]  # contributed and budgeted, of each currency
    total: Totals


def in_one(sums: Sequence[Totals], currency: str, day: date) -> InOne:
    """Raises NoRate."""
    known = [dated(rate) for rate in Rate.objects.filter(Q(currency=currency) | Q(to=currency), on__lte=day)]
    steps = [
        (in_currency(each.contributed, currency, known, day), in_currency(each.budgeted, currency, known, day))
        for each in sums
    ]
    contributed, budgeted = (financing(column, currency) for column in zip(*steps, strict=True))
    return InOne(steps, Totals(contributed, budgeted))
