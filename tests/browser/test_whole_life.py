"""The whole life of a plan, as different people: submitted, adopted, reported, returned, closed, shown.

One path is walked with the keyboard only, one with JavaScript off.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from jwp.core.period import add_months
from jwp.governance.actions import meeting as meetings
from jwp.plans.actions import plan as plans
from jwp.plans.actions import round as rounds
from jwp.plans.models import Plan, Report, Round
from tests.browser.walker import Walker, link_in_letter
from tests.cast import PASSWORD, Cast, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = timezone.localdate


@pytest.fixture
def site(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "BASE_URL", live_server.url)
    return str(live_server.url)


@pytest.fixture
def people() -> Cast:
    return cast()


def draft(people: Cast, months_ago: int) -> Plan:
    starts = add_months(TODAY(), -months_ago)
    made = make_plan(starts=starts, ends=add_months(starts, 36))
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a gender policy")
    return made


def running(people: Cast) -> Round:
    """A plan whose first round is due 35 days ago, so that it may be closed."""
    made = draft(people, 7)
    adopted = add_months(TODAY() - timedelta(days=35), -6)
    plans.bring_in(people.actor("gita", TODAY()), made, people.board, adopted, "Decision 1")
    found: Round = Round.objects.get(month=6)
    return found


def as_(browser: Browser, site: str, name: str, **how: bool) -> Walker:
    return Walker(browser, site, **how).sign_in(f"{name}@example.org", PASSWORD)


def test_from_the_directors_draft_to_a_decision(browser: Browser, site: str, people: Cast) -> None:
    draft(people, 1)
    held = TODAY() - timedelta(days=2)
    meeting = meetings.plan_meeting(people.actor("gita", TODAY()), body=people.board, starts=held)
    both = [people.people["berta"], people.people["carl"]]
    meetings.record_attendance(people.actor("gita", TODAY()), meeting.ref, None, both)

    amara = as_(browser, site, "amara")
    amara.visit("/plan/gap/").press("Submit").says("submitted by the Director")
    amara.close()

    gita = as_(browser, site, "gita")
    gita.visit(f"/meetings/{meeting.ref}/").visit(f"/meetings/{meeting.ref}/decide/")
    gita.page.locator("textarea[name=text]").fill("The Gender Action Plan is adopted.")
    gita.page.locator("select[name=adopts]").select_option("gap")
    gita.press("Record the decision")
    gita.visit("/plan/gap/").says("adopted by the Management Board")
    assert Plan.objects.get().state == "adopted"
    assert Round.objects.count() == 4
    gita.close()


def test_a_round_from_report_to_public_page(browser: Browser, site: str, people: Cast) -> None:
    round = running(people)
    olga = as_(browser, site, "olga")
    olga.visit(f"/plan/round/{round.ref}/report/")
    olga.page.locator("input[name='t1:women']").fill("7")
    olga.page.locator("input[name='t1:men']").fill("5")
    olga.page.locator("text=saved").first.wait_for()
    assert Report.objects.get().draft["women"] == "7"
    olga.press("Send my report").says("1 reported")

    gita = as_(browser, site, "gita")
    gita.visit(f"/plan/round/{round.ref}/")
    gita.fill("Comment, to return it", "Which seven?").press("Return", exact=True)
    olga.visit(f"/plan/round/{round.ref}/report/").says("Which seven?")
    olga.page.locator("input[name='t1:women']").fill("8")
    olga.press("Send my report").says("1 reported")
    gita.visit(f"/plan/round/{round.ref}/").press("Accept").press("Close the round")
    gita.says("The note for the Director is ready")
    states = {r.target.ref: (r.state, r.silent_at_close) for r in Report.objects.select_related("target")}
    assert states == {"t1": ("accepted", False), "t2": ("draft", True)}
    for path in (
        "/plan/gap/",
        "/plan/target/t1/",
        "/plan/gap/results/",
        "/plan/target/t1/change/",
        "/plan/strategy/",
    ):
        gita.visit(path)

    outside = Walker(browser, site, phone=True)
    outside.visit("/gender-action-plan/")
    shown = outside.page.inner_text("main")
    assert "not reported" in shown
    assert "Olga" not in shown
    for walker in (olga, gita, outside):
        walker.close()


def test_a_report_with_the_keyboard_only(browser: Browser, site: str, people: Cast) -> None:
    round = running(people)
    olga = as_(browser, site, "olga")
    olga.visit(f"/plan/round/{round.ref}/report/")
    keys = olga.page.keyboard
    keys.press("Tab")  # the skip link comes first
    keys.press("Enter")
    for _step in range(40):
        keys.press("Tab")
        if olga.page.evaluate("document.activeElement.name") == "t1:women":
            break
    keys.type("9")
    keys.press("Tab")
    keys.type("4")
    olga.page.locator("text=saved").first.wait_for()
    keys.press("Control+Enter")
    olga.says("1 reported")
    assert Report.objects.get(state="submitted").value == 13
    olga.close()


def test_a_report_with_javascript_off(browser: Browser, site: str, people: Cast) -> None:
    round = running(people)
    rounds.send_links(people.actor("gita", TODAY()), round.ref)
    phone = Walker(browser, site, phone=True, javascript=False)
    phone.visit(link_in_letter("olga@example.org"))
    phone.page.locator("input[name='t1:women']").fill("seven")
    phone.press("Send my report").says("is not a number")
    assert phone.page.locator("input[name='t1:women']").input_value() == "seven"
    phone.page.locator("input[name='t1:women']").fill("7")
    phone.page.locator("input[name='t1:men']").fill("5")
    phone.press("Send my report").says("Thank you")
    assert Report.objects.get(state="submitted").value == 12
    phone.close()


def test_every_room_is_accessible(browser: Browser, site: str, people: Cast) -> None:
    running(people)
    gita = as_(browser, site, "gita")
    for path in (
        "/desk/", "/plan/?all", "/plan/gap/headings/", "/plan/gap/edit/", "/engagements/", "/meetings/", "/documents/",
        "/indicators/", "/instruments/", "/people/", "/journal/", "/outbox/", "/search/?q=train",
        "/bring/", "/calendar/",
    ):  # fmt: skip
        gita.visit(path)
    gita.visit("/no-such-page/", status=404)
    gita.close()
    phone = as_(browser, site, "gita", phone=True)
    for path in ("/desk/", "/plan/gap/", "/meetings/", "/people/", "/bring/"):
        phone.visit(path)
    phone.close()
