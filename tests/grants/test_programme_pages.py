"""The pages of programmes: one form for all of it, a member's one click, lists, the public page."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Browser

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.evidence.actions import new_version
from jwp.evidence.models import Product
from jwp.grants.actions.member_programmes import keep_member_programme
from jwp.grants.actions.programmes import Lines, OutputLine, PhaseLine, agree, change_programme
from jwp.grants.models import Programme, ProgrammeMember
from jwp.partners.models import Organisation, Place
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import call, country, item, line, programme
from tests.grants.test_programmes import concept, joint, organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def lines_sent(**grids: list[dict[str, str]]) -> dict[str, str]:
    """What a browser sends of the four grids."""
    sent: dict[str, str] = {}
    for name in ("members", "places", "phases", "outputs"):
        given = grids.get(name, [])
        sent |= {f"{name}-TOTAL_FORMS": str(len(given)), f"{name}-INITIAL_FORMS": "0"}
        sent |= {f"{name}-{n}-{key}": value for n, each in enumerate(given) for key, value in each.items()}
    return sent


def test_staff_make_a_programme_on_one_form_and_see_all_of_it(people: Cast, client: Client) -> None:
    line()
    country()
    concept()
    with open_door(system(TODAY)) as door:
        door.add(Product(ref="guide", title="A guide for mayors", kind="programming tool"))
    people.sign_in(client, "olga")
    about = {
        "name": "Equal streets", "kind": "joint", "business_line": "catf", "starts": "2026-01-01",
        "concept": "concept-1", "public": "on",
    }  # fmt: skip
    grids = lines_sent(
        members=[{"organisation": "member", "role": "chair"}, {"organisation": "", "role": "participant"}],
        places=[{"place": "kenya", "pilot": "on"}],
        phases=[{"name": "Inception", "starts": "2026-01-01", "ends": "2025-01-01"}],
        outputs=[{"text": "The guide", "due": "2026-05-01", "product": "guide"}],
    )
    refused = client.post(reverse("grants:new_programme"), about | grids)
    assert "It cannot end before it starts." in refused.content.decode()
    good = grids | {"phases-0-ends": "2026-06-30"}
    answer = client.post(reverse("grants:new_programme"), about | good, follow=True)
    page = answer.content.decode()
    for text in ("Equal streets", "A member", "chair", "not agreed yet", "Kenya", "Inception", "A guide for mayors"):
        assert text in page
    made = Programme.objects.get(name="Equal streets")
    form = client.get(reverse("grants:change_programme", args=[made.ref])).content.decode()
    assert 'value="Inception"' in form and '<option value="kenya" selected>' in form


def test_a_member_agrees_with_one_click_and_the_page_says_to_which_version(people: Cast, client: Client) -> None:
    joint(concept=concept())
    people.sign_in(client, "fola")
    page = reverse("grants:programme", args=["jwp"])
    assert "We agree to this version" in client.get(page).content.decode()
    assert client.get(reverse("evidence:document", args=["concept-1"])).status_code == 200
    sent = {"organisation": "member", "version": "concept-1"}
    answer = client.post(reverse("grants:agree_to_programme", args=["jwp"]), sent, follow=True).content.decode()
    assert "agreed to version 1 on" in answer and "We agree to this version" not in answer
    new_version(people.actor("olga"), "concept-1", 1, title="Concept note", version="2", url="https://x.example/2")
    later = client.get(page).content.decode()
    assert "agreed to version 1 on" in later and "there is a newer one" in later
    assert "We agree to this version" in later


def test_the_director_sees_what_stands_in_the_way_on_the_button_others_in_a_list(people: Cast, client: Client) -> None:
    joint(concept=concept())
    page = reverse("grants:programme", args=["jwp"])
    people.sign_in(client, "amara")
    seen = client.get(page).content.decode()
    assert 'disabled aria-describedby="not-start"' in seen and "needs the agreement of its members" in seen
    assert 'name="verb" value="drop"' in seen
    people.sign_in(client, "olga")
    seen = client.get(page).content.decode()
    assert "Before it can start:" in seen and "needs the agreement of its members" in seen
    assert 'name="verb"' not in seen
    told = {"organisation": "member", "version": "concept-1", "on": "2026-09-01"}
    client.post(reverse("grants:agree_to_programme", args=["jwp"]), told)
    people.sign_in(client, "amara")
    started = client.post(reverse("grants:step_programme", args=["jwp"]), {"verb": "start"}, follow=True)
    assert "running" in started.content.decode()
    assert Programme.objects.get().state == "running"


def test_a_blank_marker_is_not_screened_and_0_is_0(people: Cast, client: Client) -> None:
    made = programme("other", kind="country")
    item("blank", programme=made, title="Blank")
    item("zero", programme=made, title="Zero", marker="0")
    people.sign_in(client, "berta")
    page = client.get(reverse("grants:programme", args=["other"])).content.decode()
    assert page.count("not screened") == 1
    assert '<td data-label="Gender marker">0</td>' in page


def test_lists_narrow_and_say_the_same_as_csv(people: Cast, client: Client) -> None:
    chile = country("chile", "Chile", "CL")
    programme("here", name="Streets of Kenya", kind="country")
    change_programme(people.actor("olga"), "here", 1, Lines(places=[(country(), False)]))
    programme("there", name="Hills of Chile", kind="country")
    change_programme(people.actor("olga"), "there", 1, Lines(places=[(chile, False)]))
    people.sign_in(client, "aldo")
    listed = reverse("grants:programmes")
    for asked in ("country=chile", "q=hills", "state=concept&q=chile", "line=catf&kind=country&country=chile"):
        page = client.get(f"{listed}?{asked}").content.decode()
        assert "Hills of Chile" in page and "Streets of Kenya" not in page, asked
    lines = client.get(f"{listed}?country=chile&export=csv").content.decode().splitlines()
    assert len(lines) == 2 and lines[1].startswith("Hills of Chile,")


def test_the_register_tells_what_runs_now(people: Cast, client: Client) -> None:
    member = Organisation.objects.get(ref="member")
    olga = people.actor("olga")
    keep_member_programme(olga, None, organisation=member, title="Over", ends=date(2020, 1, 1), contact="Zoe")
    keep_member_programme(olga, None, organisation=member, title="Open-ended", starts=date(2020, 1, 1), contact="Zoe")
    people.sign_in(client, "fola")
    register = reverse("grants:member_programmes")
    assert "Over" in client.get(register).content.decode()
    page = client.get(f"{register}?now=on").content.decode()
    assert "Open-ended" in page and ">Over<" not in page
    people.sign_in(client, "sam")
    assert client.get(register).status_code == 404


@pytest.mark.parametrize("page", ["grants:programmes", "grants:member_programmes", "public_programmes"])
def test_a_list_asks_as_much_for_forty_as_for_two(people: Cast, client: Client, page: str) -> None:
    def more(start: int, end: int) -> int:
        kenya, member = country(), Organisation.objects.get(ref="member")
        for number in range(start, end):
            programme(f"p{number}", name=f"Programme {number}", kind="country", state="running")
            change_programme(
                people.actor("olga"), f"p{number}", None, Lines(members=[(member, "funder")], places=[(kenya, False)])
            )
            keep_member_programme(people.actor("olga"), None, organisation=member, title=f"Own {number}", place=kenya)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(page)).status_code == 200
        return len(asked)

    people.sign_in(client, "gita")
    assert more(0, 2) == more(2, 40) <= 14


def test_a_programmes_page_asks_as_much_for_twenty_items_as_for_two(people: Cast, client: Client) -> None:
    made = programme("other", kind="country")
    people.sign_in(client, "gita")
    counts = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            item(f"i{number}", programme=made)
            call(f"c{number}", programme=made)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("grants:programme", args=["other"]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_public_page_names_units_and_no_person_and_only_what_is_public(people: Cast, client: Client) -> None:
    running = programme("run", name="Streets by Amara", kind="country", state="running", summary="Led by Amara.")
    programme("hidden", state="running", public=False)
    programme("early", state="concept")
    with open_door(system(TODAY)) as door:
        member = Organisation.objects.get(ref="member")
        door.add(ProgrammeMember(programme=running, organisation=member, role="funder"))
        door.add(Product(ref="open", title="Open guide", kind="programming tool", public=True))
        door.add(Product(ref="inside", title="Inside brief", kind="programming tool"))
    products = {row.ref: row for row in Product.objects.all()}
    change_programme(
        people.actor("olga"), "run", None,
        Lines(
            members=[(member, "funder")],
            outputs=[OutputLine("First", product=products["open"]), OutputLine("Second", product=products["inside"])],
        ),
    )  # fmt: skip
    item("grant", programme=running, state="signed", title="Lights")
    item("consult", programme=running, state="signed", kind="contract", title="Advice", partner="Jane Roe")
    item("planned", programme=running, title="Not yet")
    call("open", programme=running)
    call("draft", programme=running, state="draft", published_on=None, title="Still a draft")
    item("kept", programme=running, state="signed", public=False, title="Kept back")
    page = client.get(reverse("public_programme", args=["run"])).content.decode()
    for text in (
        "A member (funder)",
        "Open guide",
        "Lights",
        "City works department",
        "100,000.00",
        "Advice",
        "Know your city",
    ):
        assert text in page, text
    for text in ("Amara", "Inside brief", "Jane Roe", "Not yet", "Kept back", "Still a draft"):
        assert text not in page, text
    for ref in ("hidden", "early"):
        assert client.get(reverse("public_programme", args=[ref])).status_code == 404
    listed = client.get(reverse("public_programmes")).content.decode()
    assert "Streets by [name withheld]" in listed and "Amara" not in listed
    table = client.get(reverse("public_programmes") + "?export=csv").content.decode()
    assert "Streets by [name withheld]" in table and "Amara" not in table


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_accessible(browser: Browser, live_server: Any, client: Client, width: int) -> None:
    people = cast()
    _a_full_programme(people)
    context = browser.new_context(viewport={"width": width, "height": 800})
    people.sign_in(client, "gita")
    session = client.cookies["sessionid"].value
    page, public = context.new_page(), browser.new_context(viewport={"width": width, "height": 800}).new_page()
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    paths = {
        "programmes": reverse("grants:programmes"), "programme": reverse("grants:programme", args=["jwp"]),
        "form": reverse("grants:change_programme", args=["jwp"]), "register": reverse("grants:member_programmes"),
        "entry": reverse("grants:new_member_programme"), "public list": reverse("public_programmes"),
        "public": reverse("public_programme", args=["night"]),
    }  # fmt: skip
    for name, path in paths.items():
        seen = public if name.startswith("public") else page
        answer = seen.goto(live_server.url + path)
        assert answer is not None and answer.status == 200, name
        found = Axe().run(seen)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert seen.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        if folder := os.environ.get("SCREENSHOTS"):
            seen.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def _a_full_programme(people: Cast) -> None:
    """A joint work programme with something in every section, and one under way for the public page."""
    olga, kenya = people.actor("olga"), country()
    city, member = organisation("city", "Association of Cities of the South"), Organisation.objects.get(ref="member")
    with open_door(system(TODAY)) as door:
        nairobi = door.add(Place(ref="nairobi", name="Nairobi", kind="city", within=kenya))
        guide = door.add(Product(ref="guide", title="A guide for mayors", kind="programming tool", public=True))
    made = joint(concept=concept(), summary="Women and men plan streets together, and measure what changes.")
    agree(people.actor("fola"), "jwp", member, "concept-1")
    night = programme("night", name="Night markets", kind="country", state="running", summary="Markets that stay lit.")
    lines = Lines(
        members=[(member, "chair"), (city, "funder")],
        places=[(kenya, False), (nairobi, True)],
        phases=[
            PhaseLine("Inception", date(2025, 1, 1), date(2025, 6, 30)), PhaseLine("Pilots", date(2025, 7, 1)),
        ],
        outputs=[OutputLine("A guide for mayors", date(2025, 5, 1), guide), OutputLine("A film", date(2026, 1, 1))],
    )  # fmt: skip
    for row in (made, night):
        change_programme(olga, row.ref, None, lines)
        item(f"lights-{row.ref}", programme=row, state="signed", marker="1")
        item(f"walks-{row.ref}", programme=row, title="Walks by night", kind="event", minor=None)
        call(f"call-{row.ref}", programme=row)
    keep_member_programme(
        olga, None, organisation=city, title="Women in city councils", place=nairobi, contact="Zoe, +254 20 000",
        starts=date(2024, 1, 1),
    )  # fmt: skip
