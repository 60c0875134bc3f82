"""Two people spend the same money at the same moment: the fund is never overdrawn."""

from __future__ import annotations

from datetime import date

import pytest

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.plans.actions.budget import set_budget
from jwp.plans.models import BudgetLine, Plan
from jwp.plans.pots import pots
from tests.cast import TODAY
from tests.plans.money import purse
from tests.plans.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_plans_reach_for_the_last_of_a_fund() -> None:
    our = purse()
    with open_door(system(TODAY)) as door:
        door.add(
            Plan(
                ref="wp27", title="2027", kind=Plan.Kind.WORK, period=our.plan.period, months=[6],
                starts=date(2027, 1, 1), ends=date(2027, 12, 31),
            )
        )  # fmt: skip
    olga, amara = our.people.actor("olga"), our.people.actor("amara")
    found = at_once(
        lambda: set_budget(olga, "wp26", {("country", "core"): 6_000_000}),
        lambda: set_budget(amara, "wp27", {("country", "core"): 6_000_000}),
    )
    assert [type(each) for each in found if isinstance(each, Exception)] == [Refused]
    assert BudgetLine.objects.count() == 1
    assert pots([our.core])[our.core.pk].left == 4_000_000


def test_two_write_the_same_empty_cell() -> None:
    our = purse()
    key = ("country", "core")
    found = at_once(
        *(
            lambda minor=minor: set_budget(our.people.actor("olga"), "wp26", {key: minor}, was={key: None})
            for minor in (100, 200)
        )
    )
    refused = [each for each in found if isinstance(each, Exception)]
    assert [type(each) for each in refused] == [Refused] and "Somebody else changed this" in str(refused[0])
    assert BudgetLine.objects.get().minor in (100, 200)
