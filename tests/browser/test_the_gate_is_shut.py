"""A grant that the gender gate holds back: mended by an agreed screening at score 0, or overridden by the Director."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from jwp.governance.actions.meeting import plan_meeting
from jwp.governance.models import AgendaItem
from jwp.grants.models import FundedItem
from tests.browser.people import Clock, Somebody, answer, signed_in
from tests.browser.walker import link_in_letter
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import give
from tests.grants.scene import country, fund, item, line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = {
    "gender-analysis": "Women and men of the market were asked apart.",
    "do-no-harm": "No stall is moved.",
}
WHY = "The flood does not wait for the analysis."


@pytest.fixture
def site(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "BASE_URL", live_server.url)
    Clock(monkeypatch, datetime(2026, 9, 21, 9, tzinfo=UTC))
    return str(live_server.url)


@pytest.fixture
def people() -> Cast:
    found = cast()
    country()
    line()
    give("500000", to=fund(name="Core fund"))
    return found


def test_refused_in_words_and_mended_at_score_0(browser: Browser, site: str, people: Cast) -> None:
    olga = signed_in(browser, site, people, "olga")
    olga.follow("Portfolio").follow("Funded items").follow("direct grant")
    olga.fill("Title", "A dry market").fill("What it is for", " ".join(SAID.values()))
    olga.choose("Business line", "Catalytic Fund (2024–2027)").choose("Fund", "Core fund")
    olga.fill("Grantee", "Market traders").fill("E-mail of who reports", "tariq@market.example")
    olga.fill("Amount", "20,000.00").fill("From", "2026-10-01", exact=True).fill("Until", "2027-03-31", exact=True)
    olga.fill("Agreement reference", "GSA-7").picture("40-new-item").press("Save", exact=True)
    olga.says("Before the Director can sign:")

    amara = signed_in(browser, site, people, "amara")
    amara.follow("Portfolio").follow("Funded items").follow("A dry market")
    expect(amara.page.get_by_role("button", name="Sign the agreement")).to_be_disabled()
    amara.says("It cannot be signed yet:").says("an agreed screening; a gender analysis, shown by a quote and a link")
    amara.picture("41-refused")

    answer(olga.follow("Screen it"), "0", SAID).press("Propose").says("It waits for somebody else now.")
    gita = signed_in(browser, site, people, "gita")
    gita.follow("Portfolio").follow("Gender screening").follow("A dry market").press("Agree", exact=True)
    expect(gita.page.locator("#messages")).to_contain_text("Agreed.")

    amara.follow("Portfolio").follow("Funded items").follow("A dry market").press("Sign the agreement").says("Signed.")
    row = FundedItem.objects.get()
    assert (row.state, row.marker) == ("signed", "0")
    tariq = Somebody(browser, site, "tariq", phone=True)
    tariq.visit(link_in_letter("tariq@market.example", "/a/")).says("Your reports").picture("42-grantee")


def test_overridden_and_told_to_the_board(browser: Browser, site: str, people: Cast) -> None:
    row = item(purpose="Pumps before the rain.", agreement_ref="GSA-8")
    held = plan_meeting(people.actor("gita"), body=people.board, starts=TODAY + timedelta(days=30))
    amara = signed_in(browser, site, people, "amara")
    amara.visit(f"/grants/items/{row.ref}/").follow("Override the gate").picture("43-override")
    amara.fill("Why", WHY).press("Override", exact=True).says(WHY).picture("44-told")
    amara.visit(f"/grants/items/{row.ref}/").says("The Director let it pass the gate").picture("45-overridden")
    amara.press("Sign the agreement").says("Signed.")
    assert FundedItem.objects.get().state == "signed"

    told = AgendaItem.objects.get(override__item=row)
    assert told.meeting == held
    gita = signed_in(browser, site, people, "gita")
    gita.follow("Meetings").visit(f"/meetings/{held.ref}/").says("gate overridden").picture("46-meeting")
    gita.follow(told.title).says(WHY)
    assert gita.page.get_by_role("link", name="Take it off").count() == 0
    client = Client()
    people.sign_in(client, "gita")
    client.post(reverse("governance:take_off", args=[told.ref]), {"reason": "Embarrassing."})
    client.post(reverse("governance:change_item", args=[told.ref]), {"title": "Pumps", "text": "", "kind": "decision"})
    told.refresh_from_db()
    assert (told.meeting, WHY in told.text, "overridden" in told.title) == (held, True, True)

    berta = signed_in(browser, site, people, "berta")
    berta.follow("Meetings").visit(f"/meetings/{held.ref}/").follow(told.title).says(WHY).picture("47-board-reads")
