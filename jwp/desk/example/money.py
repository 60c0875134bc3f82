"""Where the money comes from: funds, contributions in three currencies, the rates of the day, a work plan's budget."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from jwp.core.period import add_months
from jwp.desk.example.diary import Diary, minor
from jwp.desk.example.story import Story, got, office, told
from jwp.partners.models import Body, Organisation
from jwp.plans.actions import budget, money
from jwp.plans.actions import plan as plans
from jwp.plans.models import Contribution, Fund, Plan, StrategyPeriod
from jwp.plans.rules.money import DatedRate

WORK = "work-plan"
RATES = "Fictional rates of the example"


def told_money(diary: Diary) -> None:
    """Write down what happens with money; grants draw on it."""
    said = told("money")
    for row in said["funds"]:
        diary.on(row["from"], _fund, row)
    for row in said["rates"]:
        diary.on(row["on"], _rate, row)
    for row in said["contributions"]:
        diary.on(row["on"], _contribution, row)
        if "withdrawn" in row:
            diary.on(row["withdrawn"], _withdraw, row)
    _budget(diary, said["budget"])


def _fund(story: Story, day: date, row: dict[str, str]) -> None:
    money.add_fund(
        story.actor("bastian", day), ref=row["ref"], name=row["name"], kind=row["kind"], currency=row["currency"],
        starts=day, earmarked_for=row.get("earmarked_for", ""),
        donor=got(Organisation, row["donor"]) if "donor" in row else None,
    )  # fmt: skip


def _rate(story: Story, day: date, row: dict[str, str]) -> None:
    rate = DatedRate(row["currency"], row["to"], day, Decimal(row["rate"]), RATES)
    money.add_rates(story.actor("bastian", day), [rate])


def _contribution(story: Story, day: date, row: dict[str, str]) -> None:
    money.add_contribution(
        story.actor("bastian", day), ref=f"contribution-{row['agreement'].lower()}", fund=got(Fund, row["fund"]),
        organisation=got(Organisation, row["who"]), agreed_on=day, minor=minor(row["amount"], row["currency"]),
        currency=row["currency"], reference=row["agreement"], starts=day, ends=add_months(day, 36),
    )  # fmt: skip


def _withdraw(story: Story, day: date, row: dict[str, str]) -> None:
    given = Contribution.objects.get(reference=row["agreement"])
    money.withdraw_contribution(story.actor("bastian", day), given.ref, None, row["because"])


def _budget(diary: Diary, said: dict[str, Any]) -> None:
    dates = said["plan"]
    diary.on(dates["written"], _write_plan, dates)
    diary.on(dates["written"], _set, said["lines"])
    diary.on(dates["adopted"], _adopt)
    diary.on(said["above"]["on"], _above, said["above"])
    diary.on(said["changed"]["on"], _set, [said["changed"]], reason=said["changed"]["because"])


def _write_plan(story: Story, day: date, dates: dict[str, str]) -> None:
    team, starts, ends = story.actor("thandeka", day), story.ago(int(dates["from"])), story.ago(int(dates["until"]))
    made = plans.create_plan(
        team, ref=WORK, title="Work plan of the second year", kind=Plan.Kind.WORK, public=False, months=[12],
        starts=starts, ends=ends, period=got(StrategyPeriod, "period-2"),
    )  # fmt: skip
    plans.add_target(
        team, made, number="1", kind="milestone", holder=office("people-finance"), value_text="nothing unspent",
        area=plans.add_area(team, made, "Money"), text="Every fund is spent on what it was given for",
        due=add_months(story.ago(int(dates["adopted"])), 12),
    )  # fmt: skip


def _adopt(story: Story, day: date) -> None:
    plans.bring_in(story.actor("thandeka", day), got(Plan, WORK), got(Body, "board"), day, "Board decision 21")


def _above(story: Story, day: date, row: dict[str, str]) -> None:
    decided = budget.Decided(got(Body, "board"), day, row["reference"])
    _set(story, day, [row], decided, row["because"])


def _set(
    story: Story, day: date, rows: list[dict[str, str]], decided: budget.Decided | None = None, reason: str = ""
) -> None:
    currencies = dict(Fund.objects.values_list("ref", "currency"))
    wanted = {(f"line-{r['line']}-2", r["fund"]): minor(r["amount"], currencies[r["fund"]]) for r in rows}
    # What a body decided is written down by the Director.
    who = story.actor("ilsabet" if decided else "bastian", day)
    budget.set_budget(who, WORK, wanted, decided=decided, reason=reason)
