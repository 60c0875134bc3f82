"""A grant from signature to closure: the Director signs, the ERP states, the grantee reports by telephone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from jwp.grants.actions.links import give_link
from jwp.grants.models import FundedItem, ProgressReport
from tests.browser.walker import Walker
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.funded import HEAD, give
from tests.grants.scene import item
from tests.grants.screened import agreed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def walker(browser: Browser, live_server: LiveServer, people: Cast, name: str) -> Walker:
    client = Client()
    people.sign_in(client, name)
    found = Walker(browser, live_server.url)
    key = client.cookies["sessionid"].value
    found.context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return found


def test_from_signature_to_closure(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    people, day = cast(), today()
    row = item(starts=day - timedelta(days=60), ends=day + timedelta(days=300))
    address = reverse("grants:item", args=[row.ref])
    give("60000")

    # What stands in the way is said in words, and nothing can be pressed.
    amara = walker(browser, live_server, people, "amara").visit(address)
    expect(amara.page.get_by_text("It cannot be signed yet:")).to_be_visible()
    expect(amara.page.get_by_text("Fund core lacks USD\u00a040,000.00 for this.")).to_be_visible()
    expect(amara.page.get_by_role("button", name="Sign the agreement")).to_be_disabled()
    give("40000")
    agreed(people, row.ref, on=day)
    amara.visit(address)
    amara.page.get_by_role("button", name="Sign the agreement").click()
    amara.page.get_by_role("button", name="Yes, go on").click()
    expect(amara.page.get_by_text("Signed. Reports are laid out")).to_be_visible()
    amara.look()

    # Tranches in one grid; together never more than the amount.
    olga = walker(browser, live_server, people, "olga").visit(reverse("grants:tranches", args=[row.ref]))
    page = olga.page
    page.locator("[name='form-0-amount']").fill("60000")
    page.locator("[name='form-0-due']").fill(day.isoformat())
    page.locator("[name='form-1-amount']").fill("40000.01")
    page.locator("[name='form-1-due']").fill(day.isoformat())
    page.locator("[name='form-1-condition']").fill("The map is on the site.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Together they are USD\u00a00.01 above the amount")).to_be_visible()
    olga.look()
    page.locator("[name='form-1-amount']").fill("40000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("not met yet").or_(page.get_by_role("link", name="It is met"))).to_be_visible()
    olga.look()

    # The ERP's file is checked, then booked; its one difference is settled.
    file = tmp_path / "erp.csv"
    lines = (f"{row.agreement_ref};V1;payment;{day};60.000,00;USD", f"G-9;V2;payment;{day};5,00;USD")
    file.write_text("\n".join([HEAD, *lines, "Total;;;;60.005,00;USD"]), encoding="utf-8")
    olga.visit(reverse("grants:statements"))
    page.locator("[name='file']").set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("No such agreement")).to_be_visible()
    expect(page.get_by_text("1 line of totals left out")).to_be_visible()
    olga.look()
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("1 is not settled.")).to_be_visible()
    olga.look()
    page.locator("[name='note']").fill("Another office's; the ERP is put right.")
    page.get_by_role("button", name="Settled").click()
    expect(page.get_by_text("All are settled.")).to_be_visible()
    olga.visit(address)
    expect(page.locator("dt:has-text('Left to pay') + dd")).to_have_text("USD\u00a040,000.00")
    olga.visit(reverse("grants:money") + "?plan=all")
    olga.visit(reverse("grants:items"))

    # The grantee reports by telephone, without an account.
    link = reverse("grants_link", args=[give_link(people.actor("olga", day), row.ref)])
    grantee = Walker(browser, live_server.url, phone=True).visit(link)
    grantee.page.get_by_role("link", name="Completion report").click()
    grantee.look()
    grantee.page.get_by_label("what was done").fill("All lights stand.")
    grantee.page.get_by_role("button", name="Send the report").click()
    expect(grantee.page.get_by_text("Give how many women and how many men")).to_be_visible()
    grantee.look()
    expect(grantee.page.get_by_label("what was done")).to_have_value("All lights stand.")
    grantee.page.locator("[name='women']").fill("0")
    grantee.page.locator("[name='men']").fill("12")
    grantee.page.get_by_role("button", name="Send the report").click()
    expect(grantee.page.get_by_text("All lights stand.")).to_be_visible()
    grantee.look()

    report = ProgressReport.objects.get(item=row, kind="completion")
    olga.visit(reverse("grants:progress", args=[report.ref]))
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_text("Done, and written down.")).to_be_visible()
    page.get_by_role("button", name="Complete").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_text("Done, and written down.")).to_be_visible()
    olga.look()

    # What is left is released by an amendment; then nothing stands in the way of closing.
    amara.visit(address)
    expect(amara.page.get_by_text("needs settled payments")).to_be_visible()
    amara.visit(reverse("grants:amend", args=[row.ref, "amount"]))
    amara.page.locator("[name='amount']").fill("90000")
    amara.page.locator("[name='reason']").fill("Cheaper lamps.")
    amara.page.get_by_role("button", name="Sign the amendment").click()
    expect(amara.page.get_by_text("The tranches are USD\u00a010,000.00 above that")).to_be_visible()
    amara.look()
    assert FundedItem.objects.get().state == "completed"
