"""An application on its way, by keyboard and on a telephone: checked, scored, commented on, ranked, approved."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from jwp.core.door import open_door
from jwp.grants.actions.panel import declare_conflict, score
from jwp.grants.models import Application, DonorComment, PanelReview
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import application, call, on_panel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}


def look(page: Page, name: str) -> None:
    """No violation that axe knows, nothing wider than the screen; a picture, where a folder for it is named."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def opened(browser: Browser, site: str, people: Cast, name: str, **options: Any) -> Page:
    """A page of somebody who is signed in."""
    client = Client()
    people.sign_in(client, name)
    context = browser.new_context(locale="en-GB", **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return context.new_page()


def scene() -> tuple[Cast, Application]:
    people = cast()
    called = call(panel_due=today() + timedelta(days=5), envelope=40_000_000, opens_at=None, closes_at=None, sponsors=0)
    on_panel(called, people.people["sam"])
    on_panel(called, people.people["tomas"])
    row = application(called, state="submitted")
    for number, title in enumerate(("Toilets at the bus station", "Lights in Eastleigh", "طرق آمنة إلى السوق")):
        application(called, f"other-{number}", title=title, state="eligible", comments_due=today() - timedelta(days=1))
    return people, row


def test_from_the_check_to_the_approval(browser: Browser, live_server: Any) -> None:
    people, row = scene()
    at = f"{live_server.url}/grants"

    olga = opened(browser, live_server.url, people, "olga", **DESK)
    olga.goto(f"{at}/applications/?state=submitted")
    look(olga, "applications")
    olga.get_by_role("link", name=row.title).click()
    look(olga, "application-submitted")
    olga.get_by_role("link", name="Check eligibility").click()
    look(olga, "application-check")
    olga.get_by_label("eligible", exact=True).check()
    olga.get_by_role("button", name="Write it down").click()
    expect(olga.get_by_text("10 business days left")).to_be_visible()

    sam = opened(browser, live_server.url, people, "sam", **PHONE)
    sam.goto(f"{at}/panel/")
    look(sam, "panel")
    sam.get_by_role("link", name=row.title).click()
    look(sam, "panel-score")
    sam.get_by_label("The idea").fill("17")
    sam.get_by_label("Women and men").fill("9")
    sam.get_by_label("Comment").fill("Clear, and the women of the market lead it.")
    sam.get_by_label("Comment").press("Tab")
    expect(sam.get_by_role("button", name="Submit")).to_be_focused()
    sam.keyboard.press("Enter")
    expect(sam.get_by_text("Your review is submitted.")).to_be_visible()
    assert PanelReview.objects.get().points == {"call-1-idea": 17, "call-1-gender": 9}

    fola = opened(browser, live_server.url, people, "fola", **PHONE)
    fola.goto(f"{at}/donors/?clock=running")
    look(fola, "donors")
    fola.get_by_role("link", name=row.title).click()
    fola.get_by_label("we have a concern").check()
    fola.get_by_role("button", name="Send").click()
    expect(fola.get_by_text("Say what the concern is.")).to_be_visible()
    look(fola, "donor-comment")
    fola.get_by_role("textbox", name="Comment").fill("The city plans a tram there.")
    fola.get_by_role("button", name="Send").click()
    expect(fola.get_by_text("Thank you")).to_be_visible()
    assert DonorComment.objects.get().text == "The city plans a tram there."

    for ref, points in (("other-0", (12, 3)), ("other-1", (20, 10))):
        given = {"call-1-idea": points[0], "call-1-gender": points[1]}
        score(people.actor("sam", today()), ref, points=given, submit=True)
    score(people.actor("tomas", today()), row.ref, points={"call-1-idea": 11, "call-1-gender": 4}, submit=True)
    declare_conflict(people.actor("tomas", today()), "other-0")

    amara = opened(browser, live_server.url, people, "amara", **DESK)
    amara.goto(f"{at}/applications/{row.ref}/")
    look(amara, "application-eligible")
    expect(amara.get_by_role("button", name="Approve in principle")).to_be_disabled()
    with open_door(people.actor("olga")) as door:
        row.refresh_from_db()
        door.change(row, comments_due=today() - timedelta(days=1))
    amara.get_by_role("link", name="Ranking of the call").click()
    look(amara, "panel-results")
    amara.get_by_label(row.title).check()
    amara.get_by_label("Lights in Eastleigh").check()
    amara.get_by_role("button", name="Approve in principle").click()
    amara.locator("dialog[open] button[value=yes]").click()
    expect(amara.get_by_text("2 applications: done.")).to_be_visible()
    amara.goto(f"{at}/applications/{row.ref}/")
    amara.get_by_text("Reject", exact=True).first.click()
    look(amara, "application-in-principle")


def test_on_a_telephone_without_javascript(browser: Browser, live_server: Any) -> None:
    people, row = scene()
    page = opened(browser, live_server.url, people, "amara", **PHONE)
    for path, name in (
        (f"applications/{row.ref}/", "application-phone"), ("applications/", "applications-phone"),
        (f"calls/{row.call.ref}/ranking/", "ranking-phone"),
    ):  # fmt: skip
        page.goto(f"{live_server.url}/grants/{path}")
        look(page, name)
    plain = opened(browser, live_server.url, people, "amara", java_script_enabled=False, **PHONE)
    plain.goto(f"{live_server.url}/grants/applications/{row.ref}/")
    plain.get_by_text("Cancel", exact=True).first.click()
    plain.get_by_label("Reason").first.fill("The fund was closed.")
    plain.get_by_role("button", name="Cancel", exact=True).first.click()
    expect(plain.get_by_text("Done, and written down.")).to_be_visible()
    row.refresh_from_db()
    assert (row.state, row.decided_because) == ("cancelled", "The fund was closed.")
