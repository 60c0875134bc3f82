"""How agreements stand, in sums the database makes: a fixed number of queries for any number of items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When

from jwp.core.money import Money
from jwp.grants.models import FundedItem, Transaction
from jwp.grants.rules.life import FUNDED
from jwp.grants.rules.money import Ledger, held
from jwp.plans.models import BudgetLine, Fund, Plan
from jwp.plans.pots import dated
from jwp.plans.rules.money import DatedRate, convert

PAYMENT, COMMITMENT = Transaction.Kind.PAYMENT, Transaction.Kind.COMMITMENT


def in_item(row: Transaction) -> int:
    """A movement in its item's currency, at the rate pinned to it. Note: reads item and rate."""
    money = Money(row.minor, row.currency)
    return money.minor if row.rate is None else convert(money, dated(row.rate)).money.minor


def in_fund(item: FundedItem, minor: int) -> int:
    """An amount of an item in its fund's currency, at the rate of its signature. Note: reads rate."""
    return minor if item.rate is None else convert(Money(minor, item.currency), dated(item.rate)).money.minor


def ledgers(items: Iterable[FundedItem]) -> dict[int, Ledger]:
    """By key: agreed, committed and paid of each, in its own currency. One query."""
    found = {item.pk: item for item in items}
    sums = moved(found)
    return {
        pk: Ledger(item.currency, item.minor, sums.get((pk, COMMITMENT), 0), sums.get((pk, PAYMENT), 0))
        for pk, item in found.items()
    }


def ledger(item: FundedItem) -> Ledger:
    return ledgers([item])[item.pk]


def moved(items: Iterable[int]) -> dict[tuple[int, str], int]:
    """By item and kind, in the item's currency: what needs no rate added up by the database, the rest one by one."""
    alone = Case(When(rate=None, then=Value(0)), default=F("pk"), output_field=BigIntegerField())
    rate = [F(f"rate__{name}") for name in ("currency", "to", "on", "rate", "source")]
    found = (
        Transaction.objects.filter(item__in=list(items))
        .order_by()
        .values_list("item", "kind", "currency", alone, *rate)
        .annotate(Sum("minor"))
    )
    sums: dict[tuple[int, str], int] = {}
    for item, kind, currency, converted, *dated_rate, minor in found:
        if converted:
            minor = convert(Money(minor, currency), DatedRate(*dated_rate)).money.minor
        sums[item, kind] = sums.get((item, kind), 0) + minor
    return sums


def held_on(fund: Fund, *, but: FundedItem | None = None) -> int:
    """What items take out of a fund, in its currency: what was signed, or paid before it was cancelled."""
    others = FundedItem.objects.filter(fund=fund).exclude(pk=but.pk if but else 0)
    plain = others.filter(state__in=FUNDED, rate=None).aggregate(sum=Sum("minor"))["sum"] or 0
    # One by one: what has a rate of its own, and what was cancelled after something was paid.
    paid_for = Q(state="cancelled", transactions__isnull=False)
    rest = others.filter(Q(state__in=FUNDED, rate__isnull=False) | paid_for).select_related("rate").distinct()
    known = ledgers(items := list(rest))
    return plain + sum(in_fund(item, held(item.state, item.minor or 0, known[item.pk].paid)) for item in items)


Key = tuple[int, int]  # business line and fund


@dataclass
class Standing:
    """One business line × fund, in the fund's currency."""

    currency: str
    budget: int | None = None  # nobody budgeted anything: not zero
    signed: int = 0
    committed: int = 0
    paid: int = 0

    @property
    def left(self) -> int | None:
        """What may still be signed; below zero where more was signed than budgeted."""
        return None if self.budget is None else self.budget - self.signed


def by_fund(plan: Plan | None = None, items: QuerySet[FundedItem] | None = None) -> dict[Key, Standing]:
    """What was budgeted, signed, committed and paid, by business line and fund; of a work plan, in its time.

    Five queries, whatever their number. An item without a fund stands nowhere here.
    """
    items = (FundedItem.objects.all() if items is None else items).filter(fund__isnull=False)
    keys: QuerySet[Any] = items.order_by().values("pk")
    starts, ends = (plan.starts, plan.ends) if plan else (date.min, date.max)
    signed = items.filter(state__in=FUNDED, signed_on__range=(starts, ends))
    moved = Transaction.objects.filter(item__in=keys, on__range=(starts, ends))
    found: dict[Key, Standing] = {}

    def at(line: int, fund: int, currency: str) -> Standing:
        return found.setdefault((line, fund), Standing(currency))

    if plan:
        for row in BudgetLine.objects.filter(plan=plan).select_related("fund"):
            at(row.business_line_id, row.fund_id, row.fund.currency).budget = row.minor
    where = ("business_line", "fund", "fund__currency")
    for line, fund, currency, minor in signed.filter(rate=None).order_by().values_list(*where).annotate(Sum("minor")):
        at(line, fund, currency).signed += minor or 0
    for item in signed.filter(rate__isnull=False).select_related("rate", "fund").order_by("pk"):
        assert item.fund is not None
        at(item.business_line_id, item.fund.pk, item.fund.currency).signed += in_fund(item, item.minor or 0)
    one_currency = Q(rate=None, item__rate=None)
    through = tuple(f"item__{name}" for name in where)
    for line, fund, currency, kind, minor in (
        moved.filter(one_currency).order_by().values_list(*through, "kind").annotate(Sum("minor"))
    ):
        _move(at(line, fund, currency), kind, minor)
    for row in moved.filter(~one_currency).select_related("rate", "item__rate", "item__fund").order_by("pk"):
        own = row.item.fund.currency
        # What was paid in the fund's own currency needs no way through the agreement's.
        minor = row.minor if row.currency == own else in_fund(row.item, in_item(row))
        _move(at(row.item.business_line_id, row.item.fund_id, own), row.kind, minor)
    return found


def _move(standing: Standing, kind: str, minor: int) -> None:
    if kind == PAYMENT:
        standing.paid += minor
    else:
        standing.committed += minor


def unmatched() -> QuerySet[Transaction]:
    """Movements whose agreement nobody has here, or in a currency without a rate on their day."""
    return Transaction.objects.filter(item=None).select_related("statement")
