"""The budget of one work plan as a grid: business lines down, funds across, read in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from jwp.core.money import Money
from jwp.plans.actions.budget import Key
from jwp.plans.models import BudgetLine, BusinessLine, Fund, Plan
from jwp.plans.pots import pots
from jwp.plans.rules.money import Cell, Pot, by_fund, by_line


@dataclass(frozen=True)
class FundStanding:
    """One fund beside the grid: what this plan takes of it, and what others do."""

    fund: Fund
    pot: Pot
    here: int

    def _money(self, minor: int) -> Money:
        return Money(minor, self.fund.currency)

    @property
    def contributed(self) -> Money:
        return self._money(self.pot.contributed)

    @property
    def in_this_plan(self) -> Money:
        return self._money(self.here)

    @property
    def in_others(self) -> Money:
        return self._money(self.pot.budgeted - self.here)

    @property
    def left(self) -> Money:
        return self._money(self.pot.left)


@dataclass(frozen=True)
class Grid:
    plan: Plan
    lines: Sequence[BusinessLine]
    funds: Sequence[Fund]
    here: dict[Key, BudgetLine]

    @property
    def cells(self) -> list[Cell]:
        return [Cell(line, fund, row.minor) for (line, fund), row in self.here.items()]

    def line_totals(self) -> dict[str, list[Money]]:
        """By the ref of a business line, a sum for each currency."""
        return by_line(self.cells, {fund.ref: fund.currency for fund in self.funds})

    def fund_totals(self) -> dict[str, int]:
        return by_fund(self.cells)

    def standings(self) -> list[FundStanding]:
        found, here = pots(self.funds), self.fund_totals()
        return [FundStanding(fund, found[fund.pk], here.get(fund.ref, 0)) for fund in self.funds]


def read_grid(plan: Plan) -> Grid:
    """Every business line of the plan's strategy period and every fund of its years, and what stands in the cells."""
    rows = BudgetLine.objects.filter(plan=plan).select_related("plan", "business_line", "fund", "allowed_by__body")
    here = {(row.business_line.ref, row.fund.ref): row for row in rows}
    used = [row.pk for row in here.values()]
    of_period = (
        Q(period=plan.period_id) if plan.period_id else Q(period__starts__lte=plan.ends, period__ends__gte=plan.starts)
    )
    lines = BusinessLine.objects.filter(of_period | Q(budget__in=used)).select_related("period").distinct()
    runs = Q(starts__lte=plan.ends) & (Q(ends=None) | Q(ends__gte=plan.starts))
    funds = Fund.objects.filter(runs | Q(budget__in=used)).distinct()
    return Grid(plan, list(lines), list(funds), here)
