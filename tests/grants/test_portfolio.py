"""The portfolio adds up, narrows, and leaves as exactly what is shown."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.money import Money
from jwp.grants.models import FundedItem
from jwp.grants.portfolio import portfolio
from tests.cast import cast
from tests.grants.scene import country, item, line

pytestmark = pytest.mark.django_db


def some_items() -> None:
    ghana = country("ghana", "Ghana", "GH")
    item("a", marker="2", state="signed", minor=10_000_01)
    item("b", marker="", state="signed", minor=20_000_00, country=ghana)
    item("c", marker="0", state="planned", minor=None)
    item("d", marker="1", state="signed", minor=5_000, currency="XOF", business_line=line("asa", "Analytic"))


def test_every_dimension_adds_up_to_the_whole_and_currencies_never_mix():
    cast()
    some_items()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        seen = portfolio(FundedItem.objects.all())
    assert len(asked) == 2
    assert seen.whole.n == 4 and seen.whole.unpriced == 1
    assert seen.whole.amounts == [Money(30_000_01, "USD"), Money(5_000, "XOF")]
    for slices in seen.by.values():
        assert sum(one.n for one in slices) == 4
        for currency, minor in seen.whole.minors.items():
            assert sum(one.minors.get(currency, 0) for one in slices) == minor
    assert seen.countries == {"KE": 3, "GH": 1}


def test_not_screened_is_a_band_of_its_own_and_shares_are_of_what_was_screened():
    cast()
    some_items()
    seen = portfolio(FundedItem.objects.all())
    assert [(band.key, band.n) for band in seen.bands] == [("", 1), ("0", 1), ("1", 1), ("2", 1)]
    assert (seen.screened, seen.coverage) == (3, 75.0)
    assert [seen.share(band) for band in seen.bands] == [None, *[pytest.approx(100 / 3)] * 3]


def test_of_nothing_there_is_no_share():
    cast()
    seen = portfolio(FundedItem.objects.none())
    assert seen.coverage is None
    assert [band.n for band in seen.bands] == [0, 0, 0, 0]


def test_the_file_holds_exactly_what_is_shown(client: Client):
    people = cast()
    some_items()
    people.sign_in(client, "olga")
    address = "/grants/?line=catf&state=signed"
    page = client.get(address).content.decode()
    assert "Business line: Catalytic Fund" in page.replace("<bdi>", "").replace("</bdi>", "")
    text = b"".join(client.get(address + "&export=csv").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert sorted(row[0] for row in rows if row and row[0] in "abcd") == ["a", "b"]
    told = json.loads(client.get(address + "&export=json").content)
    assert told["all"]["n"] == 2 and told["all"]["amounts"] == {"USD": "30000.01"}
    assert [band["n"] for band in told["by"]["marker"]] == [1, 0, 0, 1]
    assert {row["Reference"] for row in told["items"]} == {"a", "b"}


def test_a_focal_point_sees_what_is_signed_and_strangers_nothing(client: Client):
    people = cast()
    some_items()
    people.sign_in(client, "fola")
    assert "3 items" in client.get("/grants/").content.decode()
    people.sign_in(client, "sam")
    assert client.get("/grants/").status_code == 404


def test_the_page_asks_as_often_for_many_items_as_for_few(client: Client):
    people = cast()
    some_items()
    people.sign_in(client, "olga")
    client.get("/grants/")
    with CaptureQueriesContext(connection) as few:
        client.get("/grants/")
    for n in range(30):
        item(f"more-{n}", state="signed", country=country(f"c{n}", f"Land {n}", ""))
    with CaptureQueriesContext(connection) as many:
        client.get("/grants/")
    assert len(many) == len(few) <= 18
