"""The test of the whole: a stranger pastes a table, sends links, gets a report from a phone, downloads a note."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import docx
import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from jwp.core.models import Letter
from jwp.core.period import add_months
from jwp.desk.setup_code import new_code
from jwp.plans.models import Report, Round, Target
from tests.browser.walker import Walker, link_in_letter

pytestmark = [pytest.mark.browser, pytest.mark.postgres_smoke, pytest.mark.django_db(transaction=True)]

UNITS = ["Operations", "Finance", "Communications", "Knowledge", "Human Resources", "Front Office"]
HEADINGS = "Nr\tWhat we promise\tWho\tE-mail\tBaseline 2024\tGoal\tDeadline\tArea"


def pasted() -> str:
    """Nineteen rows as people keep them: numbers and texts mixed, six owners, several ways to write a date."""
    goals = ["120", "30 %", "at least 5", "yes, adopted", "1 500", "a strategy"]
    days = ["31/12/2027", "2027-06-30", "30 June 2027"]
    rows = [HEADINGS]
    for n in range(19):
        unit = UNITS[n % 6]
        mail = f"{unit.lower().replace(' ', '.')}@example.org"
        row = [
            f"{n // 6 + 1}.{n % 6 + 1}",
            f"Promise number {n + 1} about women and men in cities",
            unit,
            mail,
        ]
        rows.append("\t".join([*row, str(n * 3), goals[n % 6], days[n % 3], ["Capacity", "Voice", "Data"][n // 7]]))
    return "\n".join(rows)


@pytest.fixture
def site(live_server: LiveServer, settings_of_site: None) -> str:
    return str(live_server.url)


@pytest.fixture
def settings_of_site(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_URL", live_server.url)


def test_a_stranger_succeeds(browser: Browser, site: str, tmp_path: Path) -> None:
    today = timezone.localdate()
    me = Walker(browser, site)
    me.visit(f"/start/?code={new_code()}")
    me.fill("Its name", "Cities for All").fill("Your name", "Ana Lima").fill("Your e-mail address", "ana@example.org")
    me.fill("A password", "a long enough secret")
    me.press("Set up, and bring in my table")

    me.page.wait_for_url("**/bring/")
    me.fill("Select it in Excel", pasted()).press("Go on")
    me.says("19 rows below the headings").press("Show what it promises")
    me.fill("Title", "Gender Action Plan")
    adopted = add_months(today, -6) + timedelta(days=5)
    page = me.page
    page.locator("input[name=starts]").fill(adopted.isoformat())
    page.locator("input[name=ends]").fill(add_months(adopted, 36).isoformat())
    page.locator("input[name=adopted_on]").fill(adopted.isoformat())
    page.locator("select[name=body]").select_option(label="Management Board")
    for unit in page.locator("input[name^=owner-][name$=-unit]").all():
        if not unit.input_value():  # “Knowledge” could be a name: the page asks
            unit.fill("Knowledge")
    me.press("Bring in")
    assert Target.objects.count() == 19

    # Six owners get a personal link.
    round = Round.objects.get(month=6)
    me.visit(f"/plan/round/{round.ref}/").press("Send owners their links")
    assert Letter.objects.filter(body__contains="/l/").count() == 6

    # One reports from a phone, without a password.
    phone = Walker(browser, site, phone=True)
    phone.visit(link_in_letter("operations@example.org"))
    target = Target.objects.filter(kind="number", holder__name="Operations")[0]
    phone.page.locator(f"input[name='{target.ref}:total']").fill("60")
    women = phone.page.locator(f"input[name='{target.ref}:women']")
    if women.count():
        women.fill("40")
        phone.page.locator(f"input[name='{target.ref}:men']").fill("20")
    phone.press("Send my report").says("Thank you")
    assert Report.objects.get(state="submitted").value == 60

    # The team accepts it, and the note is a Word document that says so.
    me.visit(f"/plan/round/{round.ref}/").press("Accept")
    assert Report.objects.get().state == "accepted"
    me.visit(f"/plan/round/{round.ref}/note/")
    note = docx.Document(str(me.download("Word", tmp_path)))
    cells = [cell.text for table in note.tables for row in table.rows for cell in row.cells]
    assert "60" in cells

    # And the public sees the promise.
    outside = Walker(browser, site)
    outside.visit("/gender-action-plan/").says("Promise number 1 about women and men in cities")
    assert "ana@example.org" not in outside.page.content()
    for walker in (me, phone, outside):
        walker.close()
