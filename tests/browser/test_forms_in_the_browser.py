"""What app.js and light.js promise: nothing typed is lost, nothing is sent twice, the keyboard is enough.

The server is played by the test, so that it can be slow, refuse, or be away.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.template import engines
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

import jwp

pytestmark = pytest.mark.browser
STATIC = Path(jwp.__file__).parent / "static"
SITE = "http://jwp.test"

GRID = """{% include "components/confirm.html" %}{% include "components/words.html" %}
<form method="post" action="/whole"><p class="kept" data-autosave-status aria-live="polite"></p>
<table class="grid"><tr data-autosave-url="/save"><td><input type="hidden" name="revision" value="1">
<input name="women" aria-label="Women" value="3"></td>
<td><textarea name="note" aria-label="Note"></textarea></td></tr>
<tr><td><input name="second" aria-label="Second"></td><td></td></tr></table>
<label><input type="checkbox" data-check-all="who"> all</label>
<input type="checkbox" name="who" value="a"><input type="checkbox" name="who" value="b">
<button>Send</button><button name="drop" value="1" data-confirm="Really drop it?">Drop</button></form>"""
REPORT = """{% extends "light.html" %}{% block heading %}Your report{% endblock %}{% block content %}
<form method="post" data-keep><input type="hidden" name="once" value="first">
<label for="n">What happened</label><textarea id="n" name="note" data-left="20"></textarea>
<button>Send</button></form>
{% endblock %}"""


def html(body: str) -> str:
    content = engines["django"].from_string(body).render({})
    if "<!doctype" in content:
        return content
    script = '<script src="/static/js/app.js"></script>'
    return f'<!doctype html><html lang="en"><title>t</title><body>{content}{script}'


class Server:
    """Answers for the product: keeps what was posted and says what the test tells it to."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.posts: list[dict[str, list[str]]] = []
        self.addresses: list[str] = []
        self.answer: Callable[[Route], None] = lambda route: route.fulfill(json={"revision": 2})

    def __call__(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif route.request.method == "POST":
            self.addresses.append(path)
            self.posts.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
            self.answer(route)
        elif path == "/done":
            route.fulfill(body="<!doctype html><main><h1>Thank you</h1></main>", content_type="text/html")
        else:
            route.fulfill(body=self.page, content_type="text/html; charset=utf-8")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def visit(context: BrowserContext, server: Server, path: str = "/page") -> Page:
    context.unroute_all()
    context.route("**/*", server)
    page = context.new_page()
    page.goto(SITE + path)
    return page


def test_a_row_is_saved_while_it_is_typed_in(context: BrowserContext) -> None:
    server = Server(html(GRID))
    page = visit(context, server)
    page.get_by_label("Women").fill("42")
    expect(page.locator(".kept")).to_contain_text("saved")
    assert server.posts == [{"revision": ["1"], "women": ["42"], "note": [""]}]
    assert page.locator("[name=revision]").input_value() == "2"


def test_when_somebody_else_changed_it_both_values_are_shown_and_nothing_is_lost(
    context: BrowserContext,
) -> None:
    server = Server(html(GRID))
    theirs = {"who": "Amina", "revision": 7, "values": {"women": "40", "note": ""}}
    server.answer = lambda route: route.fulfill(status=409, json=theirs)
    page = visit(context, server)
    page.get_by_label("Women").fill("42")
    clash = page.get_by_role("alert")
    expect(clash).to_contain_text("Amina changed this")
    expect(clash).to_contain_text("Theirs: 40")
    expect(clash).to_contain_text("Yours: 42")
    assert page.get_by_label("Women").input_value() == "42"
    server.answer = lambda route: route.fulfill(json={"revision": 8})
    page.get_by_role("button", name="Keep mine").click()
    expect(page.locator(".kept")).to_contain_text("saved")
    assert server.posts[-1] == {"revision": ["7"], "women": ["42"], "note": [""]}


def test_theirs_can_be_taken_instead(context: BrowserContext) -> None:
    server = Server(html(GRID))
    server.answer = lambda route: route.fulfill(status=409, json={"revision": 7, "values": {"women": "40"}})
    page = visit(context, server)
    page.get_by_label("Women").fill("42")
    page.get_by_role("button", name="Take theirs").click()
    assert page.get_by_label("Women").input_value() == "40"
    assert page.locator("[name=revision]").input_value() == "7"
    assert len(server.posts) == 1


def test_a_wrong_value_is_told_beside_its_field(context: BrowserContext) -> None:
    server = Server(html(GRID))
    server.answer = lambda route: route.fulfill(status=400, json={"errors": {"women": ["Write a whole number."]}})
    page = visit(context, server)
    page.get_by_label("Women").fill("many")
    expect(page.locator(".invalid-feedback")).to_have_text("Write a whole number.")
    expect(page.get_by_label("Women")).to_have_attribute("aria-invalid", "true")
    server.answer = lambda route: route.fulfill(json={"revision": 2})
    page.get_by_label("Women").fill("4")
    expect(page.locator(".invalid-feedback")).to_have_count(0)


def test_a_row_is_saved_once_the_connection_is_back(context: BrowserContext) -> None:
    server = Server(html(GRID))
    server.answer = lambda route: route.abort()
    page = visit(context, server)
    page.get_by_label("Women").fill("42")
    expect(page.locator(".kept.wrong")).to_contain_text("no connection")
    server.answer = lambda route: route.fulfill(json={"revision": 2})
    expect(page.locator(".kept")).to_contain_text("saved", timeout=8000)
    assert server.posts[-1]["women"] == ["42"]


def test_sending_the_whole_form_waits_for_the_row_being_saved(context: BrowserContext) -> None:
    server = Server(html(GRID))
    page = visit(context, server)
    page.get_by_label("Women").fill("42")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("performance.getEntriesByType('navigation')[0].type")
    expect(page.locator("body")).to_contain_text("revision")  # the played answer to the whole form
    assert server.addresses == ["/save", "/whole"]
    assert server.posts[1]["revision"] == ["2"]


def test_the_keyboard_is_enough_in_a_grid(context: BrowserContext) -> None:
    server = Server(html(GRID))
    page = visit(context, server)
    page.get_by_label("Women").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Second")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Women")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_contain_text("revision")
    assert server.addresses == ["/whole"]


def test_a_button_that_cannot_be_undone_asks_first(context: BrowserContext) -> None:
    server = Server(html(GRID))
    page = visit(context, server)
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_role("dialog")).to_contain_text("Really drop it?")
    page.get_by_role("button", name="Cancel").click()
    assert server.posts == []
    page.get_by_role("button", name="Drop").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.locator("body")).to_contain_text("revision")
    assert server.posts[0]["drop"] == ["1"]


def test_one_box_selects_all(context: BrowserContext) -> None:
    page = visit(context, Server(html(GRID)))
    page.get_by_label("all").check()
    assert page.locator("[name=who]:checked").count() == 2
    page.locator("[name=who]").first.uncheck()
    assert page.get_by_label("all").evaluate("box => box.indeterminate")


def test_a_draft_is_kept_on_the_device_and_put_back(context: BrowserContext) -> None:
    server = Server(html(REPORT))
    page = visit(context, server)
    page.get_by_label("What happened").fill("Half of a sent")
    expect(page.locator(".kept")).to_contain_text("Kept on this device")
    expect(page.get_by_text("6 characters left")).to_be_visible()
    page.close()
    again = visit(context, server)
    assert again.get_by_label("What happened").input_value() == "Half of a sent"
    expect(again.locator(".kept")).to_contain_text("We put back")
    again.get_by_role("button", name="Forget it").click()
    expect(again.get_by_label("What happened")).to_have_value("")
    assert server.posts == []


def test_a_report_sent_without_a_connection_goes_out_once_and_with_the_same_key(
    context: BrowserContext,
) -> None:
    server = Server(html(REPORT))
    bodies: list[str] = []

    def away(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.abort()

    def back(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        route.fulfill(body="<!doctype html><main><h1>Thank you</h1></main>", content_type="text/html")

    server.answer = away
    page = visit(context, server)
    page.get_by_label("What happened").fill("Nine cities")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".kept.wrong")).to_contain_text("No connection")
    page.close()

    server.answer = back
    server.page = html(REPORT.replace('value="first"', 'value="second"'))  # the page made a new key; ours must win
    again = visit(context, server)
    expect(again.locator("h1")).to_have_text("Thank you")
    assert len(bodies) == 2
    assert all('name="once"\r\n\r\nfirst\r\n' in body and "Nine cities" in body for body in bodies)
    assert again.evaluate("localStorage.length") == 0


def test_a_personal_link_works_without_javascript(browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    server = Server(html(REPORT))
    server.answer = lambda route: route.fulfill(body="<h1>Thank you</h1>", content_type="text/html")
    page = visit(context, server)
    page.get_by_label("What happened").fill("Nine cities")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1")).to_have_text("Thank you")
    assert server.posts == [{"once": ["first"], "note": ["Nine cities"]}]
    context.close()


def test_the_words_of_the_scripts_are_all_there() -> None:
    for script, template in (("app.js", "components/words.html"), ("light.js", "light.html")):
        used = set(re.findall(r"say\(\"(\w+)\"", (STATIC / "js" / script).read_text())) | {"left", "over"}
        given = set(re.findall(r"data-(\w+)=\"", render_to_string(template)))
        assert used <= given, (script, used - given)
