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
from jwp.partners.models import Organisation
from jwp.plans.actions import money
from jwp.plans.actions.budget import set_budget
from jwp.plans.models import BudgetLine, Contribution, Fund, Rate
from jwp.plans.pots import pots
from jwp.plans.rules.money import DatedRate
from tests.cast import TODAY
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
    assert "EUR and USD" in said and "20 May 2026" in said and "1 Mar 2026" in said
    assert olga.post("/money/new-contribution/", sent | {"currency": "KES"}).status_code == 422
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("12.3456", "USD", "more decimals"),
        ("1,234", "KWD", "read two ways"),
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


def test_thousands_are_clear_where_the_currency_has_no_thousandths(our: Purse, olga: Client) -> None:
    sent = {"fund": "core", "organisation": "member", "agreed_on": "2026-03-20", "amount": "85,000", "currency": "usd"}
    assert olga.post("/money/new-contribution/", sent).status_code == 302
    assert Contribution.objects.latest("pk").minor == 8_500_000


def test_a_withdrawn_contribution_stays_readable_and_finances_nothing(our: Purse, olga: Client) -> None:
    assert olga.post("/money/contribution/first/withdraw/", {"reason": "", "revision": 1}).status_code == 422
    page = olga.post("/money/contribution/first/withdraw/", {"reason": "Cut", "revision": 1}, follow=True)
    assert "finances nothing" in page.content.decode()
    assert pots([our.core])[our.core.pk].contributed == 0
    assert rows(olga.get("/money/contributions/?export=csv")) == []
    assert rows(olga.get("/money/contributions/?old=on&export=csv"))[0]["Withdrawn on"] != ""
    assert "Together" not in olga.get("/money/contributions/?old=on").content.decode()
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
    with pytest.raises(Refused, match="currency: it stays"):
        money.change_fund(olga, "core", 1, currency="EUR")
    assert money.change_fund(olga, "euro", 1, currency="CHF").currency == "CHF"
    with pytest.raises(Refused, match="earmarked for"):
        money.change_fund(olga, "euro", 2, earmarked_for="")


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
    assert "Together, in" not in stale and "No rate between EUR and USD holds on 20 Sep 2026" in stale


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
