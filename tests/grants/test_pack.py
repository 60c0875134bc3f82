"""What a member gets once a year: shares with their coverage, its own contributions, and how to read them."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Head
from jwp.grants.models import FundedItem
from jwp.grants.pack import pack_of
from jwp.grants.pack.content import chosen_of, tidy
from jwp.grants.screening import SHORT
from jwp.partners.models import Organisation
from jwp.plans.models import Contribution
from tests.cast import TODAY, cast
from tests.grants.scene import fund, item

pytestmark = pytest.mark.django_db
YEAR = TODAY.year - 1


def signed(ref: str, on: date, **fields: Any) -> FundedItem:
    return item(ref, **{"state": "signed", "signed_on": on, "starts": None, "ends": None} | fields)


def given(to: str, by: str, minor: int, **fields: Any) -> Contribution:
    with open_door(system(TODAY)) as door:
        member = Organisation.objects.filter(ref=by).first() or door.add(Organisation(ref=by, name=by.title()))
        values = {"agreed_on": date(YEAR, 3, 1), "currency": "USD"} | fields
        return door.add(Contribution(ref=f"{by}-{minor}", fund=fund(to), organisation=member, minor=minor, **values))


def a_year() -> None:
    signed("two", date(YEAR, 2, 1), marker="2", minor=30_000_00)
    signed("one", date(YEAR, 12, 31), marker="1", minor=10_000_00)
    signed("unscreened", date(YEAR, 5, 1), marker="", minor=5_000_00)
    signed("in-francs", date(YEAR, 6, 1), marker="1", minor=7_000, currency="XOF", fund=fund("other"))
    signed("before", date(YEAR - 1, 6, 1), marker="0", minor=20_000_00)
    signed("over", date(YEAR - 2, 6, 1), marker="2", state="closed", closed_on=date(YEAR - 1, 12, 31))
    signed("after", date(YEAR + 1, 1, 1), marker="2")
    signed("cancelled", date(YEAR, 4, 1), marker="2", state="cancelled")
    item("planned", marker="2")


def test_signed_in_the_year_and_running_in_it_are_two_answers() -> None:
    cast()
    a_year()
    signed_, running = chosen_of(FundedItem.objects.all(), YEAR)
    assert {band.key: band.n for band in signed_.whole.rows} == {"": 1, SHORT: 0, "0": 0, "1": 2, "2": 1}
    assert {band.key: band.n for band in running.whole.rows} == {"": 1, SHORT: 0, "0": 1, "1": 2, "2": 1}
    assert (signed_.whole.n, signed_.whole.screened, signed_.whole.coverage) == (4, 3, 75)


def test_shares_by_amount_stay_in_their_currency() -> None:
    cast()
    a_year()
    whole = chosen_of(FundedItem.objects.all(), YEAR)[0].whole
    _blank, _short, _zero, one, two = whole.rows
    assert whole.share_of_amount(two, "USD") == 75.0
    assert (whole.share_of_amount(one, "USD"), whole.share_of_amount(one, "XOF")) == (25.0, 100.0)
    assert whole.share_of_amount(whole.rows[0], "USD") is None
    assert whole.share_of_amount(two, "EUR") is None


def test_a_member_that_gave_to_one_fund_finds_that_fund() -> None:
    cast()
    a_year()
    funds = dict(chosen_of(FundedItem.objects.all(), YEAR)[0].funds)
    assert {name: bands.n for name, bands in funds.items()} == {"Fund core": 3, "Fund other": 1}


def test_the_pack_names_its_day_its_method_and_the_journal() -> None:
    cast()
    a_year()
    pack = pack_of(FundedItem.objects.all(), Contribution.objects.all(), YEAR, TODAY)
    assert pack.subtitle == "as known on 20 Sep 2026"
    assert pack.bases[0].whole.covered.startswith("3 of 4 screened (75 %)")
    assert pack.head == Head.objects.get().hash != ""
    assert "cancelled or withdrawn since: 1." in pack.method[-2]
    assert pack.method[-1].startswith("An inference of ours")
    assert (
        "the year is not over" in pack_of(FundedItem.objects.none(), Contribution.objects.none(), 2026, TODAY).subtitle
    )


def test_no_figure_weighs_the_classes() -> None:
    """30,000 of class 2 and 10,000 of class 1: neither 40,000 nor 35,000 may stand anywhere."""
    cast()
    a_year()
    said = str(pack_of(FundedItem.objects.all(), Contribution.objects.all(), YEAR, TODAY).plain())
    assert "30,000" in said and "10,000" in said
    assert "40,000" not in said and "35,000" not in said


def test_a_focal_point_reads_its_own_contributions_and_no_others(client: Client) -> None:
    people = cast()
    a_year()
    given("core", "member", 900_000_00)
    given("core", "neighbour", 800_000_00)
    given("core", "member", 700_000_00, withdrawn_on=date(YEAR, 9, 1))
    people.sign_in(client, "fola")
    page = client.get("/grants/pack/").content.decode()
    assert f"Member pack {YEAR}" in page and "900,000" in page
    assert "Neighbour" not in page and "700,000" not in page
    people.sign_in(client, "olga")
    assert "Neighbour" in client.get(f"/grants/pack/{YEAR}/").content.decode()


def test_a_year_without_anything_says_so_and_one_to_come_is_not_there(client: Client) -> None:
    people = cast()
    people.sign_in(client, "olga")
    page = client.get(f"/grants/pack/{YEAR}/").content.decode()
    assert "No item." in page and "None is recorded." in page
    assert client.get("/grants/pack/2999/").status_code == 404
    assert client.get("/grants/pack/12/").status_code == 404


def test_the_pdf_and_the_csv_hold_the_same(client: Client) -> None:
    people = cast()
    a_year()
    people.sign_in(client, "olga")
    pdf = client.get(f"/grants/pack/{YEAR}/pack.pdf")
    assert pdf["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    text = b"".join(client.get(f"/grants/pack/{YEAR}/pack.csv")).decode()
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    two = next(r for r in rows if r["Gender marker"].startswith("2") and r["Fund"] == "whole portfolio")
    assert (two["Items"], two["Screened"], two["Of"], two["Agreed"], two["Currency"]) == (
        "1",
        "3",
        "4",
        "30000.00",
        "USD",
    )
    assert len(list(tidy(FundedItem.objects.all(), YEAR, TODAY))) == len(rows)


def test_many_items_cost_no_more_queries(client: Client) -> None:
    people = cast()
    a_year()
    people.sign_in(client, "olga")
    client.get("/grants/pack/")
    with CaptureQueriesContext(connection) as few:
        client.get("/grants/pack/")
    for n in range(20):
        signed(f"more-{n}", date(YEAR, 7, 1), fund=fund(f"f{n}"), marker="1")
    with CaptureQueriesContext(connection) as many:
        client.get("/grants/pack/")
    assert len(many) == len(few) <= 15
