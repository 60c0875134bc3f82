"""On a telephone, with JavaScript and without: what an applicant types is saved, and sent once; axe is content."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.grants.models import Application
from jwp.partners.models import Person
from tests.cast import TODAY
from tests.grants.applying import link_of, open_call, started
from tests.grants.scene import application, country, on_panel

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}


def accessible(page: Page, name: str) -> None:
    """No violation that axe knows; and a picture to look at, where a folder for it is named."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_the_public_page_to_an_application_that_is_sent(browser: Browser, live_server: Any) -> None:
    row = open_call()
    country()
    page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    page.goto(live_server.url + reverse("public_calls"))
    accessible(page, "calls")
    page.get_by_role("link", name=row.title).click()
    accessible(page, "call")
    page.get_by_label("Your e-mail address").fill("rita@riverside.example")
    page.get_by_role("button", name="Send me my link").click()
    expect(page.get_by_role("status")).to_contain_text("Look into your mail.")
    assert page.context.cookies() == []
    link = live_server.url + link_of()
    page.goto(link)
    accessible(page, "draft")
    page.get_by_label("Title", exact=True).fill("Safe ways to the market")
    page.get_by_label("Organisation 1").or_(page.get_by_text("Who applies with you")).first.click()
    page.get_by_label("Organisation 1").fill("Market traders")
    expect(page.locator(".kept")).to_contain_text("Saved")
    expect(page.locator("#look")).not_to_contain_text("a title")
    assert page.evaluate("Object.keys(localStorage)") == []  # it is on the server: the device need not keep it
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Safe ways to the market")
    expect(page.get_by_label("Organisation 1")).to_have_value("Market traders")
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("alert").first).to_contain_text("Still missing: the organisation that applies.")
    accessible(page, "refused")
    for label, text in (
        ("Organisation that applies", "Riverside Women’s Union"), ("Whom we may ask", "Rita"),
        ("What you want to do", "We walk and map the ways."), ("Amount requested", "150,000"),
        ("How it serves women and men", "Women choose which ways are mapped."),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_text("Received on")).to_be_visible()
    accessible(page, "sent")
    found = Application.objects.get()
    assert (found.state, found.requested) == ("submitted", 15_000_000)
    assert [each.name for each in found.co_applicants.all()] == ["Market traders"]


def test_without_a_connection_the_device_keeps_it(browser: Browser, live_server: Any) -> None:
    row = open_call()
    link = live_server.url + started(row)
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link)
    context.set_offline(True)
    page.get_by_label("Title", exact=True).fill("Typed on the bus")
    expect(page.locator(".kept")).to_contain_text("Kept on this device")
    context.set_offline(False)  # and once there is one again, it is saved
    expect(page.locator(".kept")).to_contain_text("Saved")
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed on the bus")
    assert Application.objects.get().draft["title"] == "Typed on the bus"


def test_two_windows_are_told_of_each_other(browser: Browser, live_server: Any) -> None:
    link = live_server.url + started(open_call())
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    one, two = context.new_page(), context.new_page()
    for page in (one, two):
        page.goto(link)
    one.get_by_label("Title", exact=True).fill("From the first")
    expect(one.locator(".kept")).to_contain_text("Saved")
    two.get_by_label("Title", exact=True).fill("From the second")
    expect(two.locator(".kept")).to_contain_text("This was changed in another window.")
    assert Application.objects.get().draft["title"] == "From the first"


def test_without_javascript_it_is_saved_and_sent_by_buttons(browser: Browser, live_server: Any) -> None:
    row = open_call()
    link = live_server.url + started(row)
    page = browser.new_context(**PHONE, java_script_enabled=False, locale="fr").new_page()  # type: ignore[arg-type]
    page.goto(link + "?language=en")
    page.get_by_label("Title", exact=True).fill("Safe ways")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Safe ways")
    assert Application.objects.get().draft["title"] == "Safe ways"


def test_staff_write_a_call_and_look_at_it(browser: Browser, live_server: Any) -> None:
    row = open_call()
    on_panel(row, Person.objects.get(ref="sam"))
    application(row, state="submitted")
    client = Client()
    client.force_login(Person.objects.get(ref="olga").user)  # type: ignore[arg-type]
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    for name, args in (("calls", []), ("call", [row.ref]), ("new_call", []), ("change_call", [row.ref])):
        page.goto(live_server.url + reverse(f"grants:{name}", args=args))
        accessible(page, f"inside-{name}")
    with open_door(system(TODAY)) as door:
        door.change(row, kind="outside", outside_url="https://portal.example")
    page.goto(live_server.url + reverse("grants:portal", args=[row.ref]))
    export = "Reference,Title,Amount requested\nA-1,Street lights,1000\n,Nameless,\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": export.encode()}
    )
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("1 new, 0 changed, 0 as they are, 1 refused.")).to_be_visible()
    accessible(page, "inside-portal")
    page.get_by_role("button", name="Bring in what is not refused").click()
    expect(page.get_by_text("Brought in: 1 new")).to_be_visible()
