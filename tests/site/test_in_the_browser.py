"""Strangers read the public pages on a telephone, on a screen, without JavaScript and on paper."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.cast import cast
from tests.site.scene import life, make_fictional

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PLAN = "/gender-action-plan/"
PAGES = {"home": "/", "plan": PLAN, "number": f"{PLAN}gap/t8/", "words": f"{PLAN}gap/t4/", "how": "/how-to-read/"}


def accessible(page: Page, name: str) -> None:
    """No violation that axe knows; and a picture to look at, where a folder for it is named."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(folder) / f"site-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible_and_fits(browser: Browser, live_server: Any, width: int) -> None:
    life(cast())
    make_fictional()
    context = browser.new_context(viewport={"width": width, "height": 800})
    for name, address in PAGES.items():
        page = context.new_page()
        page.goto(live_server.url + address)
        accessible(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.close()
    assert context.cookies() == []
    context.close()


def test_a_stranger_finds_out_why_without_javascript(browser: Browser, live_server: Any) -> None:
    life(cast())
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_role("link", name="Read the plan").click()
    page.get_by_role("link", name="2.1 Name a gender focal point").first.click()
    page.get_by_role("table").get_by_text("late", exact=True).click()
    expect(page.get_by_text("No accepted report; 20 days late.")).to_be_visible()
    page.get_by_role("link", name="How to read this").click()
    expect(page.get_by_role("heading", name="Days of grace")).to_be_visible()
    context.close()


def test_the_language_stays_from_page_to_page(browser: Browser, live_server: Any) -> None:
    life(cast())
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url + PLAN)
    page.get_by_role("link", name="Français").click()
    page.locator(".promises a").first.click()
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert context.cookies() == []
    context.close()


def test_the_plan_prints(browser: Browser, live_server: Any) -> None:
    """On A4, marked as fiction on every sheet, with nothing to click."""
    life(cast())
    make_fictional()
    page = browser.new_page()
    page.goto(live_server.url + PLAN)
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert 2 <= len(sheets) <= 6
    for sheet in sheets:
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
        assert "Fictional example" in sheet.extract_text()
    text = " ".join(sheet.extract_text() for sheet in sheets)
    assert "Train 400 community planners" in text and "Sign in" not in text
    page.close()
