"""On a telephone, with JavaScript and without: what is filled in is kept and sent once; axe is content."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from jwp.instruments.models import AnswerSheet
from jwp.reviews.actions.answers import agree, answer
from jwp.reviews.actions.engagement import change_engagement
from jwp.reviews.actions.finding import add_assessment, respond
from jwp.reviews.actions.link import close_link
from jwp.reviews.models import Engagement
from tests.cast import Cast, cast, plan, target
from tests.reviews.scene import address, finding, opened, signed_in, today, web

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}


def accessible(page: Page, name: str) -> None:
    """No violation that axe knows; and a picture to look at, where a folder for it is named."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    if folder := os.environ.get("SCREENSHOTS"):
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def test_a_draft_survives_a_reload_and_is_gone_once_sent(browser: Browser, live_server: Any) -> None:
    row = opened(cast())
    page = browser.new_context(**PHONE).new_page()  # type: ignore[arg-type]
    page.goto(live_server.url + address(row))
    accessible(page, "shared")
    page.locator("[name=policy][value=weak]").check()
    expect(page.locator(".kept")).to_contain_text("Kept on this device")
    page.reload()
    expect(page.locator("[name=policy][value=weak]")).to_be_checked()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    accessible(page, "thanks")
    page.get_by_role("link", name="Somebody else answers").click()
    expect(page.locator("[name=policy][value='']")).to_be_checked()  # the next person starts afresh
    assert page.evaluate("Object.keys(localStorage)") == []
    assert AnswerSheet.objects.count() == 1


def test_without_javascript_people_answer_too(browser: Browser, live_server: Any) -> None:
    row = opened(cast())
    page = browser.new_context(**PHONE, java_script_enabled=False, locale="es").new_page()  # type: ignore[arg-type]
    page.goto(live_server.url + address(row))
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("alert")).to_contain_text("Califique al menos un elemento.")
    page.get_by_role("group", name="Recursos").get_by_label("medio").check()
    page.get_by_role("button", name="Enviar").click()
    expect(page.get_by_role("heading", name="Gracias")).to_be_visible()
    assert AnswerSheet.objects.get().answers.get().value == "medium"


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_is_accessible(browser: Browser, live_server: Any, width: int) -> None:
    people = cast()
    row, closed = opened(people), discussed(people)
    context = browser.new_context(viewport={"width": width, "height": 800})
    session = signed_in(people, "gita").cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    at = f"/engagements/engagement/{closed.ref}/"
    paths = {
        "chain": "/engagements/", "open": f"/engagements/engagement/{row.ref}/", "results": at,
        "agreed": f"{at}agreed/", "edit": f"{at}change/", "new": "/engagements/new/",
        "poster": f"/engagements/engagement/{row.ref}/poster/", "finding": "/engagements/plan/gap/finding/",
        "unknown": "/e/unknown/",
    }  # fmt: skip
    for name, path in paths.items():
        page.goto(live_server.url + path)
        accessible(page, name)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} is {wide} px wide"


def discussed(people: Cast) -> Engagement:
    """A workshop with answers and an agreement, and a plan whose chain it began."""
    gita, gap = people.actor("gita", today()), plan()
    row = opened(people)
    change_engagement(
        gita, row.ref, None, [{"role": "City officials", "women": 4, "men": 3, "not_stated": None}],
        summary="Much was said.", plan=gap,
    )  # fmt: skip
    values = ("strong", "weak", "weak", "medium", "weak", "medium", "medium")
    for n in range(7):
        given = {item.code: values[(n * place) % 7] for place, item in enumerate(web().items)}
        answer(row.ref, given, str(n), today())
    row = close_link(gita, row.ref)
    agree(gita, row.ref, {"policy": ("medium", "There is a policy since May."), "resources": ("weak", "")})
    base = add_assessment(
        gita, plan=gap, area=gap.areas.get(), engagement=row, title="Baseline", made_on=today(),
        summary="3 of 20 staff had been trained.",
    )  # fmt: skip
    promised = target(gap, people.offices["operations"])
    first, second = finding(people, gap, 2, assessment=base).recommendations.all()
    finding(people, gap, 0, kind="good practice", public=True)
    respond(people.actor("amara", today()), first.ref, kind="rejected", text="Too dear.")
    respond(people.actor("amara", today()), first.ref, kind="accepted", text="Money was found.", target=promised)
    respond(people.actor("amara", today()), second.ref, kind="partly accepted", text="Half of it.")
    return row
