"""A focal point reads the portfolio on a telephone, narrows it, sends the link on, and takes the yearly pack along."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.walker import Walker
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import country, fund, item, line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLACES = (("kenya", "Kenya", "KE"), ("ghana", "Ghana", "GH"), ("india", "India", "IN"), ("atlantis", "Atlantis", ""))
LINES = (("catf", "Catalytic Fund"), ("asa", "Analytic work and city diagnostics"), ("adv", "Advocacy"))


def fourteen_items(day: date) -> None:
    for n in range(14):
        item(
            f"item-{n}", title=f"Safe ways to market {n}", country=country(*PLACES[n % 4]),
            business_line=line(*LINES[n % 3]), fund=fund(("core", "trust")[n % 2]), marker=("", "0", "1", "2")[n % 4],
            minor=None if n == 13 else 1_234_567 * (n + 1), currency=("USD", "EUR")[n % 5 == 0], state="signed",
            signed_on=day - timedelta(days=40 * n), starts=None, ends=None,
        )  # fmt: skip


def walker(browser: Browser, live_server: LiveServer, people: Cast, name: str, *, phone: bool) -> Walker:
    client = Client()
    people.sign_in(client, name)
    found = Walker(browser, live_server.url, phone=phone)
    key = client.cookies["sessionid"].value
    found.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return found


@pytest.mark.parametrize("phone", [True, False])
def test_a_view_is_narrowed_and_its_link_shows_the_same(
    browser: Browser, live_server: LiveServer, tmp_path: Path, phone: bool
) -> None:
    people, day = cast(), today()
    fourteen_items(day)
    fola = walker(browser, live_server, people, "fola", phone=phone).visit("/grants/")
    page = fola.page
    expect(page.get_by_text("10 of 14 screened (71 %)", exact=False)).to_be_visible()
    expect(page.get_by_text("Not on this map: Atlantis")).to_be_visible()

    # By keyboard: choose, and Enter shows.
    page.get_by_label("Country", exact=True).select_option("Kenya")
    page.get_by_label("Words").fill("market")
    page.get_by_label("Words").press("Enter")
    fola.look()
    expect(page.get_by_text("4 items")).to_be_visible()
    map_ = page.get_by_role("img", name="A map of the items by country.")
    map_.scroll_into_view_if_needed()
    page.wait_for_function("img => img.complete && img.naturalWidth > 0", arg=map_.element_handle())
    olga = walker(browser, live_server, people, "olga", phone=phone)
    olga.page.goto(page.url)
    expect(olga.page.get_by_text("4 items")).to_be_visible()
    saved = fola.download("CSV", tmp_path)
    assert "market-kenya" in saved.name and len(saved.read_text().splitlines()) == 5

    fola.visit("/grants/").follow("Member pack")
    expect(page.get_by_role("heading", name=f"Member pack {day.year - 1}")).to_be_visible()
    expect(page.get_by_text("An inference of ours", exact=False)).to_be_visible()
    page.get_by_text("By fund (2)").first.click()
    fola.look()
