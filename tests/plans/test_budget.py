"""The budget of a work plan: one grid, no more than the funds have, and what a decision allows."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.evidence.models import Approval
from jwp.plans.actions import money
from jwp.plans.actions.budget import set_budget
from jwp.plans.actions.plan import copy, create_plan
from jwp.plans.models import BudgetLine, Plan
from jwp.plans.models.plan import TAKEN
from jwp.plans.pots import pots
from tests.cast import TODAY, approval, plan
from tests.plans.money import AGREED, Purse, purse

pytestmark = pytest.mark.django_db


@pytest.fixture
def our() -> Purse:
    return purse()


@pytest.fixture
def olga(our: Purse, client: Client) -> Client:
    """The finance desk, signed in."""
    our.people.sign_in(client, "olga")
    return client


def rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def grid(**cells: str) -> dict[str, str]:
    """What the grid sends where nothing stood before: line__fund="amount"."""
    return {name.replace("__", ":"): amount for name, amount in cells.items()}


def test_one_grid_is_written_at_once(our: Purse, olga: Client) -> None:
    assert olga.get("/money/budget/wp26/").status_code == 200
    sent = grid(country__core="60,000.50", global__core="20000", country__euro="0")
    page = olga.post("/money/budget/wp26/change/", sent, follow=True)
    assert "3 amounts written" in page.content.decode()
    found = {(row.business_line.ref, row.fund.ref): row.minor for row in BudgetLine.objects.all()}
    # An empty cell is no amount; a zero is one.
    assert found == {("country", "core"): 6_000_050, ("global", "core"): 2_000_000, ("country", "euro"): 0}
    assert rows(olga.get("/money/budget/wp26/?export=csv")) == [
        {"Business line": "Country", "Care fund (EUR)": "0.00", "Core fund (USD)": "60000.50"},
        {"Business line": "Global", "Care fund (EUR)": "", "Core fund (USD)": "20000.00"},
    ]
    # A second fund in dollars: their total is shown too, and euro is never in it.
    money.add_fund(our.people.actor("olga"), name="Second", currency="USD", starts=date(2026, 1, 1))
    assert [row["All USD"] for row in rows(olga.get("/money/budget/wp26/?export=csv"))] == ["60000.50", "20000.00"]
    assert "USD\u00a080,000.50" in olga.get("/money/budget/wp26/").content.decode()


def test_a_budget_above_the_financing_is_refused_and_says_which_fund_lacks_how_much(our: Purse, olga: Client) -> None:
    sent = grid(country__core="60000", global__core="50000", country__euro="1000")
    refused = olga.post("/money/budget/wp26/change/", sent)
    said = refused.content.decode()
    assert refused.status_code == 422
    assert "Core fund lacks USD\u00a010,000.00" in said
    assert "Care fund lacks EUR\u00a01,000.00" in said
    assert 'value="60000"' in said  # what was typed is kept
    assert not BudgetLine.objects.exists()


def test_a_decision_about_this_plan_allows_more(our: Purse) -> None:
    olga = our.people.actor("olga")
    more = {("country", "core"): 12_000_000, ("country", "euro"): 0}
    with pytest.raises(Refused, match="lacks"):
        set_budget(olga, "wp26", more)
    elsewhere = approval(our.people.board, plan("gap").ref)
    with pytest.raises(Refused, match="not about a change of this plan"):
        set_budget(olga, "wp26", more, approval=elsewhere)
    allowed = approval(our.people.board, "wp26", AGREED)
    set_budget(olga, "wp26", more, approval=allowed)
    # Only the amount of the fund that lacks stands on it.
    assert {row.fund.ref: row.allowed_by for row in BudgetLine.objects.all()} == {"core": allowed, "euro": None}
    set_budget(olga, "wp26", {("country", "core"): 11_000_000})  # lowering needs nobody
    with pytest.raises(Refused, match=r"lacks USD.10,001\.00"):
        set_budget(olga, "wp26", {("country", "core"): 11_000_100})


def test_a_decision_taken_elsewhere_is_written_down_with_the_budget(our: Purse, client: Client) -> None:
    our.people.sign_in(client, "amara")
    sent = grid(country__core="150000") | {"body": "board", "on": "2026-04-01", "decision": "Minutes 4"}
    assert client.post("/money/budget/wp26/change/", sent | {"on": ""}).status_code == 422
    assert client.post("/money/budget/wp26/change/", sent | {"on": "2027-04-01"}).status_code == 422
    assert not Approval.objects.filter(subject="wp26").exists()
    page = client.post("/money/budget/wp26/change/", sent, follow=True).content.decode()
    assert "Minutes 4" in page
    assert BudgetLine.objects.get().allowed_by == Approval.objects.get(subject="wp26")
    assert "more than there is" in client.get("/money/").content.decode()


def test_two_plans_share_one_fund(our: Purse) -> None:
    olga = our.people.actor("olga")
    with open_door(system(TODAY)) as door:
        door.add(Plan(ref="wp27", title="2027", kind="work", period=our.plan.period, starts=date(2027, 1, 1),
                      ends=date(2027, 12, 31), months=[6]))  # fmt: skip
    set_budget(olga, "wp26", {("country", "core"): 9_000_000})
    with pytest.raises(Refused, match="lacks"):
        set_budget(olga, "wp27", {("global", "core"): 1_000_001})
    set_budget(olga, "wp27", {("global", "core"): 1_000_000})
    assert pots([our.core])[our.core.pk].left == 0


def test_two_people_write_the_same_cell(our: Purse, olga: Client) -> None:
    """Nobody writes over what they have not seen; cells they left alone are nobody's quarrel."""
    set_budget(our.people.actor("amara"), "wp26", {("country", "core"): 500, ("global", "core"): 700})
    seen_empty = grid(country__core="9", global__core="", country__euro="0")
    refused = olga.post("/money/budget/wp26/change/", seen_empty)
    said = refused.content.decode()
    assert refused.status_code == 422 and "It now says: 5" in said
    assert BudgetLine.objects.count() == 2
    # The page now shows what stands; sent once more, what was typed replaces it, and only that.
    again = seen_empty | {"was:country:core": "500", "global:core": "7", "was:global:core": "700"}
    assert olga.post("/money/budget/wp26/change/", again).status_code == 302
    found = {row.ref: row.minor for row in BudgetLine.objects.all()}
    assert found == {"wp26-country-core": 900, "wp26-global-core": 700, "wp26-country-euro": 0}


def test_an_emptied_cell_is_nothing_and_an_adopted_plan_wants_a_reason(our: Purse, olga: Client) -> None:
    set_budget(our.people.actor("olga"), "wp26", {("country", "core"): 500})
    with open_door(system(TODAY)) as door:
        door.change(our.plan, state="adopted", adoption=approval(our.people.board, "wp26"))
    sent = {"country:core": "", "was:country:core": "500"}
    assert olga.post("/money/budget/wp26/change/", sent).status_code == 422
    assert olga.post("/money/budget/wp26/change/", sent | {"reason": "Moved to next year"}).status_code == 302
    assert BudgetLine.objects.get().minor == 0
    # The decision that adopted the plan allows nothing beyond it.
    with pytest.raises(Refused, match="not about a change"):
        set_budget(
            our.people.actor("olga"), "wp26", {("country", "core"): 10**9}, approval=our.plan.adoption, reason="More"
        )
    with open_door(system(TODAY)) as door:
        door.change(our.plan, state="ended")
    with pytest.raises(Refused, match="ended"):
        set_budget(our.people.actor("olga"), "wp26", {("country", "core"): 5}, reason="Late")


def test_a_cell_belongs_to_the_plans_period_and_years(our: Purse) -> None:
    olga = our.people.actor("olga")
    plan("gap")
    money.change_fund(olga, "euro", 1, starts=date(2030, 1, 1))
    for ref, key, why in (
        ("gap", ("country", "core"), "Only a work plan"),
        ("wp26", ("country", "euro"), "does not run"),
        ("wp26", ("nowhere", "core"), "does not exist"),
    ):
        with pytest.raises(Refused, match=why):
            set_budget(olga, ref, {key: 1})


def test_the_gender_team_and_the_board_write_no_money(our: Purse) -> None:
    for name in ("gita", "berta", "aldo", "fola", "sam"):
        actor = our.people.actor(name)
        for act in (
            lambda who: set_budget(who, "wp26", {("country", "core"): 1}),
            lambda who: money.add_fund(who, name="Mine", currency="USD", starts=TODAY),
            lambda who: money.add_rates(who, []),
            lambda who: money.withdraw_contribution(who, "first", 1, "because"),
        ):
            with pytest.raises(Refused, match="Only the staff"):
                act(actor)


def test_a_work_plan_begins_on_the_pages_of_money(our: Purse, client: Client) -> None:
    our.people.sign_in(client, "amara")
    sent = {"title": "Work plan 2027", "period": "sp", "starts": "2027-01-01", "ends": "2027-12-31"}
    page = client.post("/money/new-work-plan/", sent, follow=True)
    assert page.status_code == 200 and "Change the budget" in page.content.decode()
    assert Plan.objects.get(title="Work plan 2027").kind == Plan.Kind.WORK


# In passing


@pytest.mark.parametrize("ref", sorted(TAKEN))
def test_a_plan_does_not_take_the_address_of_a_page(our: Purse, ref: str) -> None:
    fields: dict[str, Any] = {"title": "A plan", "starts": date(2026, 1, 1), "ends": date(2027, 1, 1)}
    with pytest.raises(Refused, match="own address"):
        create_plan(our.people.actor("amara"), ref=ref, **fields)
    with pytest.raises(Refused, match="own address"):
        copy(our.people.actor("amara"), plan("old").ref, decided={}, reason="", ref=ref, **fields)


def test_every_first_word_of_an_address_below_a_plan_is_taken() -> None:
    (below,) = [each for each in get_resolver().url_patterns if str(each.pattern) == "plan/"]
    assert isinstance(below, URLResolver)
    words = {str(each.pattern).split("/")[0] for each in below.url_patterns} - {"", "<ref:ref>"}
    assert len(words) > 5 and words - TAKEN == set()
