"""The portfolio adds up, narrows, and leaves as exactly what is shown."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.money import Money
from jwp.grants.models import FundedItem
from jwp.grants.portfolio import portfolio
from jwp.grants.screening import SHORT
from tests.cast import cast
from tests.grants.scene import country, item, line

pytestmark = pytest.mark.django_db


def some_items() -> None:
    ghana = country("ghana", "Ghana", "GH")
    item("a", marker="2", state="signed", minor=10_000_01)
    item("b", marker="", state="signed", minor=20_000_00, country=ghana)
    item("c", marker="0", state="planned", minor=None)
    item("d", marker="1", state="signed", minor=5_000, currency="XOF", business_line=line("asa", "Analytic"))


def test_every_dimension_adds_up_to_the_whole_and_currencies_never_mix() -> None:
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
    assert {code: one.n for code, one in seen.countries.items()} == {"KE": 3, "GH": 1}


def test_not_screened_is_a_band_of_its_own_and_shares_are_of_what_was_screened() -> None:
    cast()
    some_items()
    seen = portfolio(FundedItem.objects.all())
    assert [(band.key, band.n) for band in seen.bands.rows] == [("", 1), (SHORT, 0), ("0", 1), ("1", 1), ("2", 1)]
    assert (seen.bands.screened, seen.bands.coverage) == (3, 75)
    assert [seen.bands.share(band) for band in seen.bands.rows] == [None, None, *[pytest.approx(100 / 3)] * 3]


def test_of_nothing_there_is_no_share() -> None:
    cast()
    seen = portfolio(FundedItem.objects.none())
    assert seen.bands.coverage is None
    assert [band.n for band in seen.bands.rows] == [0, 0, 0, 0, 0]


def test_the_file_holds_exactly_what_is_shown(client: Client) -> None:
    people = cast()
    some_items()
    people.sign_in(client, "olga")
    address = "/grants/?line=catf&state=signed"
    page = client.get(address).content.decode()
    assert "Business line: Catalytic Fund" in page.replace("<bdi>", "").replace("</bdi>", "")
    text = b"".join(client.get(address + "&export=csv")).decode()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert sorted(row[0] for row in rows if row and row[0] in "abcd") == ["a", "b"]
    told = json.loads(client.get(address + "&export=json").content)
    assert told["all"]["n"] == 2 and told["all"]["amounts"] == {"USD": "30000.01"}
    assert [band["n"] for band in told["by"]["marker"]] == [1, 0, 0, 0, 1]
    assert {row["Reference"] for row in told["items"]} == {"a", "b"}


def test_a_focal_point_sees_what_is_signed_and_strangers_nothing(client: Client) -> None:
    people = cast()
    some_items()
    people.sign_in(client, "fola")
    assert "3 items" in client.get("/grants/").content.decode()
    people.sign_in(client, "sam")
    assert client.get("/grants/").status_code == 404


def test_the_page_asks_as_often_for_many_items_as_for_few(client: Client) -> None:
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


def test_the_map_is_drawn_of_the_same_view_and_sent_once(client: Client) -> None:
    people = cast()
    some_items()
    item("nowhere", state="signed", country=country("atlantis", "Atlantis", ""))
    people.sign_in(client, "olga")
    page = client.get("/grants/?line=catf&sort=title").content.decode()
    assert '<img src="/grants/map.svg?line=catf"' in page
    assert "Not on this map:" in page and "Atlantis" in page
    drawn = client.get("/grants/map.svg?state=signed")
    assert drawn["Content-Type"] == "image/svg+xml"
    assert "Kenya 2, Ghana 1" in drawn.content.decode()
    assert client.get("/grants/map.svg?state=signed", headers={"if-none-match": drawn["ETag"]}).status_code == 304


def test_a_file_is_named_by_what_it_was_narrowed_to_and_keeps_the_order(client: Client) -> None:
    people = cast()
    some_items()
    people.sign_in(client, "olga")
    answer = client.get('/grants/?q=Lights"%0d%0aX: y&line=catf&export=csv')
    named = r'attachment; filename="portfolio-lights-x-y-catf-\d{4}-\d\d-\d\d\.csv"'
    assert re.fullmatch(named, answer["Content-Disposition"])
    told = json.loads(client.get("/grants/?line=catf&sort=marker&export=json").content)
    assert [row["Reference"] for row in told["items"]] == ["b", "c", "a"]


def test_a_year_can_be_chosen_where_something_was_signed(client: Client) -> None:
    people = cast()
    item("old", state="signed", signed_on=date(2023, 5, 1))
    item("new", state="signed", signed_on=date(2025, 5, 1))
    people.sign_in(client, "olga")
    page = client.get("/grants/?year=2023").content.decode()
    assert [f'value="{year}"' in page for year in (2022, 2023, 2024, 2025, 2026)] == [False, True, True, True, False]
    assert "1 item" in page and "Signed in: <bdi>2023</bdi>" in page


def test_an_empty_portfolio_says_what_will_stand_there(client: Client) -> None:
    people = cast()
    people.sign_in(client, "olga")
    assert "Nothing is funded yet." in client.get("/grants/").content.decode()
    some_items()
    assert "No item matches." in client.get("/grants/?q=zeppelin").content.decode()


def test_a_row_leads_to_its_item_from_both_lists(client: Client) -> None:
    people = cast()
    some_items()
    people.sign_in(client, "olga")
    for address in ("/grants/", "/grants/items/"):
        assert 'href="/grants/items/a/"' in client.get(address).content.decode()


def test_what_a_short_screening_agreed_is_screened_and_has_no_class(client: Client) -> None:
    people = cast()
    item("screened", kind="event", state="signed", marker_pin="event-screening@2026", marker_phase="approval")
    item("marked", state="signed", marker="1", marker_pin="oecd-gender-marker@2016")
    item("neither", state="signed")
    bands = portfolio(FundedItem.objects.all()).bands
    assert (bands.screened, bands.marked, bands.n) == (2, 1, 3)
    assert [bands.share(band) for band in bands.rows] == [None, None, 0, 100, 0]
    people.sign_in(client, "olga")
    told = json.loads(client.get("/grants/?marker=short+screening&export=json").content)
    assert [row["Reference"] for row in told["items"]] == ["screened"]
    assert told["items"][0]["Gender marker"] == "short screening"
