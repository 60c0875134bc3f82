"""A plan's results: every indicator over every round, women and men, added up from all who contribute.

Totals are sums over the cells as they stand: there is no stored total, so none can be out of date.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from jwp.indicators.models import Indicator
from jwp.indicators.rollup import by_period
from jwp.indicators.rules import Problem
from jwp.indicators.words import tell
from jwp.plans.models import Plan, Round, Target


@dataclass(frozen=True)
class Figure:
    """One indicator in one round; `why` says why there is no figure, where there is none."""

    women: Decimal | None = None
    men: Decimal | None = None
    total: Decimal | None = None
    reported: int = 0
    expected: int = 0
    why: str = ""


@dataclass(frozen=True)
class ResultRow:
    indicator: Indicator
    contributors: int
    promised: Decimal | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Results:
    plan: Plan
    rounds: list[Round]
    rows: list[ResultRow]


def results(plan: Plan, *, only_accepted: bool = False) -> Results:
    """Four queries, whatever the number of indicators, rounds and contributors."""
    rounds = list(Round.objects.filter(plan=plan, number__gte=plan.first_round_here).order_by("number"))
    targets: dict[int, list[Target]] = {}
    for target in Target.objects.filter(plan=plan, indicator__isnull=False).select_related("indicator"):
        targets.setdefault(target.indicator_id or 0, []).append(target)
    indicators = [found[0].indicator for found in targets.values() if found[0].indicator]
    among = Q(reports__state="accepted") if only_accepted else None
    totals = by_period(indicators, [target.ref for found in targets.values() for target in found], among)
    rows = []
    for indicator in indicators:
        found = targets[indicator.pk]
        ends = {span[1]: total for span, total in totals[indicator.ref].items()}
        rows.append(
            ResultRow(
                indicator, len(found), _promised(indicator, found),
                tuple(_figure(ends.get(round.due), len(found)) for round in rounds),
            )
        )  # fmt: skip
    return Results(plan, rounds, rows)


def _promised(indicator: Indicator, targets: list[Target]) -> Decimal | None:
    """The sum of what was promised, where such promises add up and every contributor made one."""
    values = [target.value for target in targets if target.value is not None]
    if len(values) < len(targets) or (len(targets) > 1 and indicator.aggregation in ("ratio", "unique")):
        return None
    return sum(values, Decimal(0))


def _figure(total: object, expected: int) -> Figure:
    if total is None:
        return Figure(expected=expected)
    if isinstance(total, Problem):
        return Figure(expected=expected, why=tell(total))
    cells = {cell.sex: cell.value for cell in total.cells}  # type: ignore[attr-defined]
    return Figure(cells.get("f"), cells.get("m"), cells.get(""), total.reported, expected)  # type: ignore[attr-defined]
