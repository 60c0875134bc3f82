"""Money to test with: two business lines, a fund in dollars and one in euro, a rate, and a work plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.plans.actions import money
from jwp.plans.models import BusinessLine, Contribution, Fund, Plan, Rate, StrategyPeriod
from tests.cast import TODAY, Cast, cast

AGREED = date(2026, 3, 10)


@dataclass
class Purse:
    people: Cast
    plan: Plan
    core: Fund  # in dollars
    euro: Fund  # earmarked, in euro
    rate: Rate  # 1 EUR = 1.085 USD on 1 March 2026
    given: Contribution  # USD 100,000.00 to core


def purse() -> Purse:
    people = cast()
    olga = people.actor("olga")
    with open_door(system(TODAY)) as door:
        period = door.add(StrategyPeriod(ref="sp", name="2026–2029", starts=date(2026, 1, 1), ends=date(2029, 12, 31)))
        for order, ref in enumerate(("country", "global")):
            door.add(BusinessLine(ref=ref, period=period, name=ref.capitalize(), order=order))
        plan = door.add(
            Plan(
                ref="wp26", title="Work plan 2026", kind=Plan.Kind.WORK, period=period, public=False,
                starts=date(2026, 1, 1), ends=date(2026, 12, 31), months=[6, 12],
            )
        )  # fmt: skip
    core = money.add_fund(olga, ref="core", name="Core fund", currency="USD", starts=date(2026, 1, 1))
    euro = money.add_fund(
        olga, ref="euro", name="Care fund", kind=Fund.Kind.EARMARKED, currency="EUR", earmarked_for="Care",
        donor=people.people["fola"].organisation, starts=date(2026, 1, 1),
    )  # fmt: skip
    with open_door(system(TODAY)) as door:
        rate = door.add(
            Rate(ref="march", currency="EUR", to="USD", on=date(2026, 3, 1), rate=Decimal("1.085"), source="ECB")
        )
    given = money.add_contribution(
        olga, ref="first", fund=core, organisation=people.people["fola"].organisation, agreed_on=AGREED,
        minor=10_000_000, currency="USD", reference="A-1",
    )  # fmt: skip
    return Purse(people, plan, core, euro, rate, given)
