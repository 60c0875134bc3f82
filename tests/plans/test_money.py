"""Funds, contributions, rates and budgets, as people write and read them."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.core.money import Money
from jwp.core.templatetags.jwp import money as shown
from jwp.evidence.models import Approval
from jwp.partners.models import Organisation
from jwp.plans.actions import money
from jwp.plans.actions.budget import set_budget
from jwp.plans.actions.plan import copy, create_plan
from jwp.plans.models import BudgetLine, Contribution, Fund, Plan, Rate
from jwp.plans.models.plan import TAKEN
from jwp.plans.pots import pots
from jwp.plans.rules.money import DatedRate
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


# Contributions and rates


def test_a_contribution_in_another_currency_keeps_the_rate_of_its_day(our: Purse, olga: Client) -> None:
    sent = {
        "fund": "core", "organisation": "member", "agreed_on": "2026-03-20", "amount": "1 000.10", "currency": "eur",
        "reference": "A-2",
    }  # fmt: skip
    page = olga.post("/money/new-contribution/", sent, follow=True)
    row = Contribution.objects.get(reference="A-2")
    assert (row.minor, row.currency, row.rate) == (100_010, "EUR", our.rate)
    assert "USD\u00a01,085.11" in page.content.decode()  # 1,000.10 × 1.085 = 1,085.1085
    assert pots([our.core])[our.core.pk].contributed == 10_000_000 + 108_511
    # A later and better rate changes nothing of what was agreed.
    money.add_rates(our.people.actor("olga"), [DatedRate("EUR", "USD", date(2026, 3, 15), Decimal(2), "ECB")])
    assert pots([our.core])[our.core.pk].contributed == 10_108_511


def test_without_a_rate_the_refusal_names_the_currency_and_the_day(our: Purse, olga: Client) -> None:
    sent = {
        "fund": "core", "organisation": "member", "agreed_on": "2026-05-20", "amount": "10", "currency": "EUR",
    }  # fmt: skip
    refused = olga.post("/money/new-contribution/", sent)
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "EUR and USD" in said and "May 20, 2026" in said and "March 1, 2026" in said
    assert olga.post("/money/new-contribution/", sent | {"currency": "KES"}).status_code == 422
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("12.3456", "USD", "more decimals"),
        ("1,234", "USD", "read two ways"),
        ("-5", "USD", "Less than nothing"),
        ("0", "USD", "more than zero"),
        ("1e3", "USD", "not a number"),
        ("99999999999999999", "USD", "more than anybody has"),
        ("10", "US", "three capitals"),
    ],
)
def test_an_amount_that_cannot_be_is_told_how_to_be_written(
    our: Purse, olga: Client, amount: str, currency: str, said: str
) -> None:
    sent = {"fund": "core", "organisation": "member", "agreed_on": "2026-03-20", "amount": amount, "currency": currency}
    refused = olga.post("/money/new-contribution/", sent)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert Contribution.objects.count() == 1


def test_a_withdrawn_contribution_stays_readable_and_finances_nothing(our: Purse, olga: Client) -> None:
    assert olga.post("/money/contribution/first/withdraw/", {"reason": "", "revision": 1}).status_code == 422
    page = olga.post("/money/contribution/first/withdraw/", {"reason": "Cut", "revision": 1}, follow=True)
    assert "finances nothing" in page.content.decode()
    assert pots([our.core])[our.core.pk].contributed == 0
    assert rows(olga.get("/money/contributions/?export=csv")) == []
    assert rows(olga.get("/money/contributions/?old=on&export=csv"))[0]["Withdrawn on"] != ""
    with pytest.raises(Refused, match="withdrawn"):
        money.change_contribution(our.people.actor("olga"), "first", 2, minor=5, reason="again")


def test_changing_the_day_takes_that_days_rate_and_says_why(our: Purse) -> None:
    olga = our.people.actor("olga")
    row = money.add_contribution(
        olga, fund=our.euro, organisation=our.given.organisation, agreed_on=AGREED, minor=21_700, currency="USD"
    )
    assert row.rate == our.rate  # read backwards: 217.00 / 1.085 = 200.00
    assert pots([our.euro])[our.euro.pk].contributed == 20_000
    money.add_rates(olga, [DatedRate("USD", "EUR", date(2026, 4, 1), Decimal("0.5"), "ECB")])
    changed = money.change_contribution(olga, row.ref, 1, agreed_on=date(2026, 4, 2), reason="Signed later")
    assert changed.rate is not None and changed.rate.on == date(2026, 4, 1)
    assert pots([our.euro])[our.euro.pk].contributed == 10_850
    assert Entry.objects.filter(ref=row.ref, verb="change").get().reason == "Signed later"


def test_rates_are_pasted_at_once_all_or_none(our: Purse, olga: Client) -> None:
    sent = "KES USD 2026-08-01 0.0077\nEUR;USD;2026-08-01;1,1;Central bank\n\nEUR USD 2026-03-01 1.085"
    assert "say where the rate comes from" in olga.post("/money/new-rates/", {"lines": sent}).content.decode()
    page = olga.post("/money/new-rates/", {"lines": sent, "source": "UN"}, follow=True)
    assert "2 rates added" in page.content.decode()  # the third was here already
    assert Rate.objects.get(currency="KES").source == "UN"
    assert Rate.objects.get(on=date(2026, 8, 1), currency="EUR").source == "Central bank"
    bad = "JPY USD 2026-08-01 0.0067\nEUR USD 2026-03-01 1.2\nGBP GBP 2026-08-01 1\nCHF USD 2026-12-31 1.1\nnonsense"
    for lines in (bad, bad.removesuffix("\nnonsense")):
        assert olga.post("/money/new-rates/", {"lines": lines, "source": "UN"}).status_code == 422
    assert Rate.objects.count() == 3


def test_a_rate_that_amounts_stand_on_stays(our: Purse) -> None:
    olga = our.people.actor("olga")
    money.change_rate(olga, "march", 1, rate=Decimal("1.09"))
    money.add_contribution(
        olga, fund=our.core, organisation=our.given.organisation, agreed_on=AGREED, minor=100, currency="EUR"
    )
    with pytest.raises(Refused, match="it stays"):
        money.change_rate(olga, "march", 2, rate=Decimal("1.10"))
    assert money.change_rate(olga, "march", 2, source="European Central Bank").source == "European Central Bank"


def test_a_fund_with_money_keeps_its_currency(our: Purse) -> None:
    olga = our.people.actor("olga")
    with pytest.raises(Refused, match="its currency stays"):
        money.change_fund(olga, "core", 1, currency="EUR")
    assert money.change_fund(olga, "euro", 1, currency="CHF").currency == "CHF"
    with pytest.raises(Refused, match="earmarked for"):
        money.change_fund(olga, "euro", 2, earmarked_for="")


# Budgets


def test_one_grid_is_written_at_once(our: Purse, olga: Client) -> None:
    assert olga.get("/money/budget/wp26/").status_code == 200
    sent = grid(country__core="60,000.50", global__core="20000", country__euro="0")
    page = olga.post("/money/budget/wp26/change/", sent, follow=True)
    assert "3 amounts written" in page.content.decode()
    found = {(row.business_line.ref, row.fund.ref): row.minor for row in BudgetLine.objects.all()}
    # An empty cell is no amount; a zero is one.
    assert found == {("country", "core"): 6_000_050, ("global", "core"): 2_000_000, ("country", "euro"): 0}
    assert rows(olga.get("/money/budget/wp26/?export=csv")) == [
        {"Business line": "Country", "Care fund (EUR)": "0.00", "Core fund (USD)": "60000.50", "All EUR": "0.00",
         "All USD": "60000.50"},
        {"Business line": "Global", "Care fund (EUR)": "", "Core fund (USD)": "20000.00", "All EUR": "",
         "All USD": "20000.00"},
    ]  # fmt: skip


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


# Pages


def test_the_page_reconciles_with_the_tables_to_the_cent(our: Purse, olga: Client) -> None:
    actor = our.people.actor("olga")
    for n, (fund, currency, minor) in enumerate(
        [(our.core, "USD", 333), (our.core, "EUR", 12_345), (our.euro, "EUR", 1), (our.euro, "USD", 99_999)]
    ):
        money.add_contribution(
            actor, fund=fund, organisation=our.given.organisation, agreed_on=AGREED, minor=minor, currency=currency,
            reference=f"B-{n}",
        )  # fmt: skip
    set_budget(actor, "wp26", {("country", "core"): 1_234_567, ("global", "core"): 1, ("global", "euro"): 777})
    page = {row["Fund"]: row for row in rows(olga.get("/money/?export=csv"))}
    plain = Contribution.objects.filter(currency=F("fund__currency"), withdrawn_on=None)
    # Worked by hand: 123.45 × 1.085 = 133.94325; 999.99 / 1.085 = 921.6497…
    by_hand = {"Core fund": 13_394, "Care fund": 92_165}
    for fund in Fund.objects.all():
        given = plain.filter(fund=fund).aggregate(sum=Sum("minor"))["sum"] + by_hand[fund.name]
        budgeted = BudgetLine.objects.filter(fund=fund).aggregate(sum=Sum("minor"))["sum"]
        assert Decimal(page[fund.name]["Contributed"]) == Money(given, fund.currency).amount
        assert Decimal(page[fund.name]["Budgeted"]) == Money(budgeted, fund.currency).amount
        assert Decimal(page[fund.name]["Left"]) == Money(given - budgeted, fund.currency).amount
    said = olga.get("/money/").content.decode()
    for currency, name in (("USD", "Core fund"), ("EUR", "Care fund")):
        assert shown(Money(int(Decimal(page[name]["Left"]) * 100), currency)) in said


def test_one_total_comes_only_when_asked_and_names_its_rates(our: Purse, olga: Client) -> None:
    money.add_contribution(
        our.people.actor("olga"), fund=our.euro, organisation=our.given.organisation, agreed_on=AGREED, minor=100_000,
        currency="EUR",
    )  # fmt: skip
    plainly = olga.get("/money/").content.decode()
    assert "Together, in" not in plainly and "101,085.00" not in plainly
    asked = olga.get("/money/?one-currency=usd&one-on=2026-03-20").content.decode()
    assert "Together, in USD" in asked and "USD\u00a0101,085.00" in asked
    assert "1 EUR = 1.085 USD on 1 Mar 2026" in asked and "(ECB)" in asked
    stale = olga.get("/money/?one-currency=USD&one-on=2026-09-20").content.decode()
    assert "Together, in" not in stale and "No rate between EUR and USD holds on Sept. 20, 2026" in stale


def test_a_focal_point_reads_what_their_own_organisation_gave(our: Purse, client: Client) -> None:
    with open_door(system(TODAY)) as door:
        other = door.add(Organisation(ref="other", name="Other giver"))
    money.add_contribution(
        our.people.actor("olga"), ref="theirs", fund=our.core, organisation=other, agreed_on=AGREED, minor=1,
        currency="USD",
    )  # fmt: skip
    our.people.sign_in(client, "fola")
    page = client.get("/money/contributions/")
    assert page.status_code == 200 and "Other giver" not in page.content.decode()
    assert [row["Organisation"] for row in rows(client.get("/money/contributions/?export=csv"))] == ["A member"]
    assert client.get("/money/contribution/first/").status_code == 200
    assert client.get("/money/contribution/theirs/").status_code == 404
    assert client.get("/money/").status_code == 404


def test_lists_are_narrowed_and_exported_as_they_stand(our: Purse, olga: Client) -> None:
    assert [row["Fund"] for row in rows(olga.get("/money/?kind=earmarked&export=csv"))] == ["Care fund"]
    assert [row["Fund"] for row in rows(olga.get("/money/?q=care&export=csv"))] == ["Care fund"]
    assert rows(olga.get("/money/contributions/?fund=euro&export=csv")) == []
    found = rows(olga.get("/money/contributions/?year=2026&organisation=member&q=a-1&export=csv"))
    assert [(row["Amount"], row["Currency"], row["Agreed on"]) for row in found] == [("100000.00", "USD", "2026-03-10")]
    assert rows(olga.get("/money/rates/?currency=eur&export=csv"))[0]["Rate"] == "1.085"


@pytest.mark.parametrize(
    "address",
    ["/money/", "/money/contributions/", "/money/rates/", "/money/fund/core/", "/money/budget/wp26/",
     "/money/budget/wp26/change/"],
)  # fmt: skip
def test_a_page_asks_as_often_for_many_rows_as_for_few(our: Purse, olga: Client, address: str) -> None:
    actor = our.people.actor("olga")
    set_budget(actor, "wp26", {("country", "core"): 1})
    money.add_contribution(
        actor, fund=our.core, organisation=our.given.organisation, agreed_on=AGREED, minor=1, currency="EUR"
    )

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert olga.get(address).status_code == 200
        return len(seen)

    few = queries()
    for n in range(12):
        fund = money.add_fund(actor, name=f"Fund {n}", currency="USD", starts=date(2026, 1, 1))
        for currency in ("USD", "EUR"):
            for into in (fund, our.core):
                money.add_contribution(
                    actor, fund=into, organisation=our.given.organisation, agreed_on=AGREED, minor=1_000,
                    currency=currency, reference=f"C-{n}",
                )  # fmt: skip
        set_budget(actor, "wp26", {("country", fund.ref): 1, ("global", fund.ref): 2})
        money.add_rates(actor, [DatedRate("KES", "USD", date(2026, 1, 1 + n), Decimal(1), "UN")])
    assert queries() == few <= 20


def test_amounts_are_shown_as_the_reader_writes_them() -> None:
    from django.utils import translation

    assert shown(Money(123_456_789, "USD")) == "USD\u00a01,234,567.89"
    assert shown(-1_050, "EUR") == "EUR\u00a0-10.50"
    assert shown(500, "XOF") == "XOF\u00a0500"
    assert shown(None) == "–"
    with translation.override("fr"):
        assert shown(Money(123_456_789, "USD")).replace("\u202f", "\u00a0").count("\u00a0") == 3
        assert ",89" in shown(Money(123_456_789, "USD"))


# In passing


@pytest.mark.parametrize("ref", sorted(TAKEN))
def test_a_plan_does_not_take_the_address_of_a_page(our: Purse, ref: str) -> None:
    fields: dict[str, Any] = {"title": "A plan", "starts": date(2026, 1, 1), "ends": date(2027, 1, 1)}
    with pytest.raises(Refused, match="own address"):
        create_plan(our.people.actor("amara"), ref=ref, **fields)
    with pytest.raises(Refused, match="own address"):
        copy(our.people.actor("amara"), plan("old").ref, decided={}, reason="", ref=ref, **fields)


def test_every_first_word_of_an_address_below_a_plan_is_taken() -> None:
    from jwp.gender.urls import urlpatterns

    words = {str(pattern.pattern).split("/")[0] for pattern in urlpatterns} - {"", "<ref:ref>"}
    assert words == TAKEN
