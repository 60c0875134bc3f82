"""A tool goes out and word of it comes back: a stranger on a telephone, then the secretariat at a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from jwp.evidence.models import ProductDownloads
from tests.browser.walker import Walker
from tests.cast import PASSWORD, cast
from tests.evidence.test_products import PDF, product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_tool_is_taken_used_told_of_and_confirmed(
    browser: Browser, live_server: Any, tmp_path: Path, javascript: bool
) -> None:
    people = cast()
    product(people, summary="Twelve questions for a street budget.")

    stranger = Walker(browser, live_server.url, phone=True, javascript=javascript)
    stranger.visit("/products/").fill("Words", "street").press("Show").follow("Gender checklist")
    kept = stranger.download(f"Download ({len(PDF)}\xa0bytes)", tmp_path)
    assert kept.read_bytes() == PDF
    assert ProductDownloads.objects.get().count == 1
    stranger.follow("Tell us how you used it")
    stranger.fill("Which organisation used it?", "City of Lagoon").fill("What was done with it?", "Asked in a ward.")
    stranger.press("Send").says("Thank you")
    stranger.follow("Back to the product").says("Nothing has been recorded yet.")
    assert stranger.context.cookies() == []
    stranger.close()

    olga = Walker(browser, live_server.url, javascript=javascript).sign_in("olga@example.org", PASSWORD)
    olga.visit("/documents/products/").follow("1 use was told and waits to be confirmed")
    olga.follow("use-").press("Confirm").says("Asked in a ward.").says("1 download in all")
    olga.fill("Which organisation used it?", "A member").fill("What was done with it?", "Taught to engineers.")
    olga.press("Record").says("Taught to engineers.")
    olga.close()

    reader = Walker(browser, live_server.url, javascript=javascript).visit("/products/")
    reader.follow("Gender checklist").says("Asked in a ward.").says("Taught to engineers.")
    reader.close()
