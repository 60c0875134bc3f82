"""Somebody sends a sheet of answers, puts a guess right, leaves while it is computed, and publishes what came out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.people import signed_in
from tests.browser.walker import Walker
from tests.cast import cast
from tests.evidence.runs import city, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANSWERS = "phone,who,feels safe after dark\n" + "".join(
    f"+56 9 {n:04} {n:04},{1 + n % 2},{'yes' if n % (3 - n % 2) else 'no'}\n" for n in range(80)
)


def test_from_a_sheet_to_a_page_for_everybody(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    """She on a telephone; whoever reads it later on a large screen, without JavaScript."""
    people = cast()
    city()
    (sheet := tmp_path / "answers.csv").write_text(ANSWERS)
    gita = signed_in(browser, live_server.url, people, "gita", phone=True)
    page = gita.page
    gita.visit("/diagnostics/").says("No city has been diagnosed yet")
    gita.follow("Diagnose a city").picture("kinds").follow("A survey sheet")
    gita.fill("Title", "After dark in Lagoon").choose("City", "Lagoon")
    page.get_by_label("The sheet").set_input_files(sheet)
    gita.picture("upload").press("Send and look").says("80 rows.").says("phone (")

    # Nothing says that "who" is the sex, nor what 1 and 2 mean: somebody does.
    page.get_by_label("The column that says sex").select_option("who")
    gita.press("show its codes")
    page.get_by_label("1", exact=True).select_option("men")
    page.get_by_label("2", exact=True).select_option("women")
    page.get_by_label("feels safe after dark").check()
    if page.get_by_label("who", exact=True).is_visible():
        page.get_by_label("who", exact=True).uncheck()
    gita.picture("choices").press("Start", exact=True).says("Waits for its turn").picture("waits")

    # The script sees by itself that it is done; nobody had to wait on the page.
    work()
    expect(page.get_by_role("heading", name="All figures")).to_be_visible()
    gita.look().picture("result").says("describes only those asked")
    gita.follow("Publish").picture("publish").press("Publish", exact=True).says("Anybody may read it now.")

    stranger = Walker(browser, live_server.url, javascript=False)
    stranger.visit("/cities/").follow("Lagoon").says("After dark in Lagoon")
    for who in (gita, stranger):
        who.close()
