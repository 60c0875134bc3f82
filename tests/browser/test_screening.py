"""One item from proposal to agreed screening by keyboard alone; refused at the gate and mended; another overridden."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from jwp.grants.actions.gate import passage_for
from jwp.grants.models import FundedItem
from tests.browser.walker import Walker
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import item

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PURPOSE = (
    "Before the lights were planned, 41 women and 38 men walked the ways to the market and said where they turn back. "
    "No pole stands where it would light a shelter. Half of the wardens are women."
)


def walker(browser: Browser, live_server: LiveServer, people: Cast, name: str, **options: bool) -> Walker:
    client = Client()
    people.sign_in(client, name)
    found = Walker(browser, live_server.url, **options)
    found.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return found


def met(page: Page, code: str, quote: str, link: str = "") -> None:
    """Tab from the first answer of a criterion to its quote and link, as somebody without a mouse does."""
    page.locator(f"input[name='{code}'][value='met']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator(f"[name='{code}.quote']")).to_be_focused()
    page.keyboard.type(quote)
    page.keyboard.press("Tab")
    expect(page.locator(f"[name='{code}.link']")).to_be_focused()
    page.keyboard.type(link)


def test_a_worksheet_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    people = cast()
    row = item(purpose=PURPOSE, manager=people.offices["operations"])
    sheet = reverse("gender:worksheet", args=[row.ref])
    olga = walker(browser, live_server, people, "olga").visit(sheet)
    page = olga.page
    expect(page.get_by_text("The gate before the agreement is shut.")).to_be_visible()
    page.locator("input[name='score'][value='1']").focus()
    page.keyboard.press("Space")
    met(page, "gender-analysis", "41 women and 38 men walked the ways to the market")
    met(page, "do-no-harm", "No pole stands where it would light a shelter.")
    met(page, "sex-disaggregated-data", "Half of the wardens are women.")
    shows = page.locator("[data-shows]")
    expect(shows).to_contain_text("Of the declared class, unproven:")
    expect(shows).to_contain_text("0 not targeted")  # what the criteria shown do support
    expect(shows).to_contain_text("Look again:")  # parity
    olga.look()
    page.locator("[name='do-no-harm.quote']").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Saved. It waits for somebody else now.")).to_be_visible()

    gita = walker(browser, live_server, people, "gita", javascript=False).visit(sheet)
    gita.page.locator("input[name='score'][value='0']").check()
    gita.page.locator("input[name='sex-disaggregated-data'][value='not-met']").check()
    gita.press("Check", exact=True)
    expect(gita.page.get_by_text("Every criterion of the declared class is shown.")).to_be_visible()
    gita.press("Agree", exact=True)
    expect(gita.page.get_by_text("You say something else than was proposed: say why.")).to_be_visible()
    gita.page.get_by_label("Why you say otherwise").fill("No objective names women.")
    gita.press("Agree", exact=True)
    expect(gita.page.get_by_text("No objective names women.").first).to_be_visible()
    done = FundedItem.objects.get(ref=row.ref)
    assert done.marker == "0"
    assert passage_for(done, "sign", today()).open


def test_the_director_overrides_and_the_board_reads_why(browser: Browser, live_server: LiveServer) -> None:
    people = cast()
    row = item(purpose=PURPOSE)
    amara = walker(browser, live_server, people, "amara").visit(reverse("gender:worksheet", args=[row.ref]))
    amara.follow("Override the gate").fill("Why", "The flood does not wait for the analysis.").press("Override")
    expect(amara.page.get_by_text("gate overridden")).to_be_visible()
    amara.visit(reverse("gender:gate"))
    expect(amara.page.get_by_text("The flood does not wait for the analysis.")).to_be_visible()
    assert passage_for(row, "sign", today()).overridden


def test_the_pages_of_screening_on_a_phone(browser: Browser, live_server: LiveServer) -> None:
    people = cast()
    row = item(purpose=PURPOSE, state="signed")
    gita = walker(browser, live_server, people, "gita", phone=True)
    for name in ("screening", "moved", "alerts", "crossed", "gate", "new_policy"):
        gita.visit(reverse(f"gender:{name}"))
    for name in ("worksheet", "rate"):
        gita.visit(reverse(f"gender:{name}", args=[row.ref]))
