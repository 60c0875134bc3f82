"""Funds, rates, contributions and budgets in the workbook."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from jwp.core.door import Refused
from jwp.desk.imports import undo
from jwp.desk.workbook import export
from jwp.plans.actions.budget import set_budget
from jwp.plans.models import BudgetLine, Contribution, Fund, Plan, Rate
from jwp.plans.pots import pots
from tests.cast import approval
from tests.desk.books import book, bring, check, faults
from tests.plans.money import Purse, purse

pytestmark = pytest.mark.django_db

PLAN = "Work plan 2026"
HEAD = ["Work plan", "Business line", "Fund", "Amount", "Allowed by", "Reason for the change"]


@pytest.fixture
def our() -> Purse:
    return purse()


def test_all_of_money_comes_in_one_workbook(our: Purse) -> None:
    """The rate, the contribution at that rate and the budget from it, none of which was here before."""
    file = book(
        Funds=[["Name", "Kind", "Currency", "From"], ["Care in yen", "core", "JPY", "2026-01-01"]],
        Rates=[["One unit of", "In", "Date", "Rate", "Source"], ["USD", "JPY", "2026-02-01", 150.5, "UN"]],
        Contributions=[
            ["Fund", "Organisation", "Agreed on", "Amount", "Currency"],
            ["Care in yen", "A member", "2026-02-03", 1000.01, "USD"],
        ],
        Budget=[HEAD, [PLAN, "Country", "Care in yen", 150_000], [PLAN, "Global", "Care in yen", 501]],
    )
    done = bring(our.people.actor("ida"), file)
    fund = Fund.objects.get(name="Care in yen")
    assert Contribution.objects.get(fund=fund).rate == Rate.objects.get(to="JPY")
    pot = pots([fund])[fund.pk]
    assert (pot.contributed, pot.budgeted) == (150_502, 150_501)  # 1,000.01 × 150.5 = 150,501.505
    undo(our.people.actor("ida"), done.ref)
    assert not Fund.objects.filter(name="Care in yen").exists() and not BudgetLine.objects.exists()


def test_an_export_brought_in_again_changes_nothing(our: Purse) -> None:
    set_budget(our.people.actor("olga"), "wp26", {("country", "core"): 1_050, ("global", "euro"): 0})
    ida = our.people.actor("ida")
    found = check(ida, export(ida))
    assert {fate: n for fate, n in found.counts.items() if n} == {"unchanged": found.counts["unchanged"]}
    sheet = load_workbook(io.BytesIO(export(ida)))["Budget"]
    assert [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)] == [10.5, 0]


def test_an_amount_moves_from_line_to_line_in_a_full_fund(our: Purse) -> None:
    """Row by row the fund would be overdrawn; together it is not."""
    set_budget(our.people.actor("olga"), "wp26", {("country", "core"): 0, ("global", "core"): 10_000_000})
    bring(
        our.people.actor("ida"),
        book(Budget=[HEAD, [PLAN, "Country", "Core fund", 70_000], [PLAN, "Global", "Core fund", 30_000]]),
    )
    assert {row.business_line.ref: row.minor for row in BudgetLine.objects.all()} == {
        "country": 7_000_000, "global": 3_000_000,
    }  # fmt: skip


def test_above_the_financing_the_row_names_its_decision(our: Purse) -> None:
    ida = our.people.actor("ida")
    over = book(Budget=[HEAD, [PLAN, "Country", "Core fund", 100_001]])
    with pytest.raises(Refused, match=r"lacks USD.1\.00"):
        bring(ida, over)
    decision = approval(our.people.board, "wp26")
    bring(ida, book(Budget=[HEAD, [PLAN, "Country", "Core fund", 100_001, decision.ref]]))
    assert BudgetLine.objects.get().allowed_by == decision


def test_each_mistake_is_told_in_its_row(our: Purse) -> None:
    ida = our.people.actor("ida")
    Plan.objects.filter(pk=our.plan.pk).mark(state="adopted")
    file = book(
        Funds=[["Reference", "Revision", "Currency"], ["core", 1, "EUR"]],
        Rates=[
            ["One unit of", "In", "Date", "Rate", "Source"],
            ["USD", "KES", "2030-01-01", 129, "UN"],
            ["USD", "USD", "2026-01-01", 1, "UN"],
        ],
        Contributions=[
            ["Fund", "Organisation", "Agreed on", "Amount", "Currency"],
            ["Core fund", "A member", "2026-02-03", 0, "USD"],
            ["Core fund", "A member", "2026-02-04", 1.001, "USD"],
            ["Core fund", "A member", "2030-02-04", 1, "USD"],
            ["Core fund", "A member", "2026-02-05", None, "USD"],
        ],
        Budget=[HEAD, [PLAN, "Country", "Core fund", 5], [PLAN, "Global", "Core fund", -5, None, "Why not"]],
    )  # fmt: skip
    said = "\n".join(faults(ida, check(ida, file)))
    for sentence in (
        "Funds, row 2, Currency: Amounts stand in this fund's currency",
        "Rates, row 2, Date: A rate of a day to come",
        "Rates, row 3, : A rate stands between two currencies",
        "Contributions, row 2, Amount: The amount is more than zero",
        "Contributions, row 3, Amount: 1.001 has more decimals",
        "Contributions, row 4, Agreed on: The day of the agreement lies ahead",
        "Contributions, row 5, Amount: This cell may not be empty",
        "Budget, row 2, Reason for the change: The plan is adopted",
        "Budget, row 3, Amount: Less than nothing",
    ):
        assert sentence in said


def test_a_contribution_changes_with_its_reason(our: Purse) -> None:
    ida = our.people.actor("ida")
    head = ["Reference", "Revision", "Amount", "Reason for the change"]
    assert "say why" in "\n".join(faults(ida, check(ida, book(Contributions=[head, ["first", 1, 90_000]])))).lower()
    bring(ida, book(Contributions=[head, ["first", 1, 90_000, "Paid in part"]]))
    assert Contribution.objects.get().minor == 9_000_000
