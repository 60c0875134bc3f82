"""The public page of the plan, as strangers read it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.door import open_door
from jwp.evidence.models import Document
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Plan, Revision, Target
from tests.cast import Cast, cast, target
from tests.site.scene import Scene, life, make_fictional, plan_with, today

pytestmark = pytest.mark.django_db
PLAN = "/gender-action-plan/"
KIB = 1024


@pytest.fixture
def people() -> Cast:
    return cast()


def page(address: str = PLAN, client: Client | None = None, **query: str) -> str:
    """What is read on the page: its words without tags and without the language of the machine."""
    answer = (client or Client()).get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_stranger_reads_what_was_promised_and_what_came_of_it(people: Cast) -> None:
    life(people)
    text = page()
    assert "adopted by Management Board" in text and "(Decision 4/2025)" in text
    assert "1.1 Train 400 community planners in land law Operations Unit" in text
    assert "Women 131 Men 120 Total 251" in text
    assert "1 of 6 promises have an accepted report" in text
    assert "under way: Draft with the legal adviser" in text


def test_the_old_promise_stands_beside_the_new(people: Cast) -> None:
    life(people)
    text = page()
    assert "Revised · Management Board, Decision 1 Before: Promised: 400 Now: Promised: 520" in text
    assert "Two more cities joined" in text
    # Old value, new value, day and reason of a corrected figure.
    assert "Before: Women 340 Men 180 Total 520 Now: Women 310 Men 170 Total 480" in text
    assert "The market of Kora was counted twice" in text


def test_what_was_not_done_says_why(people: Cast) -> None:
    life(people)
    told = page().partition("What was not done, and why")[2]
    assert "No accepted report; 20 days late." in told
    assert "not reported Nothing had been reported when the round was closed." in told
    assert "The Director: The translator of the host agency was not available" in told
    assert "Dropped" in told and "No reader asked for it" in told
    assert "no data, because: The country offices have not yet sent their lists" in told
    assert "and not done." in told  # the milestone whose own date has passed


def test_every_promise_has_a_page_of_its_own(people: Cast) -> None:
    life(people)
    text = page(f"{PLAN}gap/t8/")
    assert "Reach women traders in markets" in text
    assert "Before: Women 340 Men 180 Total 520" in text
    assert page(f"{PLAN}gap/t1/").count("Women and men") == 0
    assert "Planners meet women only when something has gone wrong." in page(f"{PLAN}gap/t1/")


def test_lateness_is_nobodys_business_within_the_days_of_grace(people: Cast) -> None:
    words = {"kind": "text", "text": "Publish figures"}
    scene = plan_with(people, {"t1": words, "t2": words, "t3": words}, days=10, first=3)
    report.explain(people.actor("amara", today()), scene.round(18).ref, "t1", "The unit moved house")
    scene.say(18, "t2", late=5, words="Published in May")
    scene.submit(18, "t3", words="Published in June")
    for address in ("", "gap/t1/", "gap/t2/", "gap/t3/", "gap/data.csv", "gap/data.json"):
        text = Client().get(PLAN + address).content.decode()
        assert " late" not in text.replace("is late, silent or dropped", ""), address
        assert "moved house" not in text and "June" not in text
    assert "Published in May" in page(f"{PLAN}gap/t2/")
    assert "No accepted report yet; the days of grace are running." in page(f"{PLAN}gap/t1/")


def test_after_the_days_of_grace_the_director_is_heard(people: Cast) -> None:
    scene = life(people, days=20)
    report.explain(people.actor("amara", today()), scene.round(18).ref, "t8", "The unit moved house")
    scene.say(18, "t5", late=18, words="Published in May")
    text = page(f"{PLAN}gap/t8/")
    assert "No accepted report; 20 days late." in text and "The Director: The unit moved house" in text
    assert "Accepted; it came 18 days late." in page(f"{PLAN}gap/t5/")


def test_what_passes_between_owner_and_team_stays_there(people: Cast) -> None:
    """Returned is not a public word, and a value that was not accepted is not a public value."""
    scene = life(people)
    sent = scene.submit(18, "t8", women="4321", men="1234")
    assert "4321" not in page() and "5555" not in page()
    report.return_(people.actor("gita", today()), sent.ref, "The lists are missing")
    text = page(f"{PLAN}gap/t8/")
    assert "No accepted report; 20 days late." in text
    assert "eturned" not in text and "The lists are missing" not in text and "4321" not in text


def test_an_extension_says_why(people: Cast) -> None:
    scene = life(people, days=1)
    on = today() + timedelta(days=30)
    round.extend(people.actor("gita", today()), scene.round(18).ref, ["t8"], on, "Floods closed the markets")
    assert "More time was given: Floods closed the markets" in page(f"{PLAN}gap/t8/")


@pytest.mark.parametrize(
    "address", ["draft/", "work/", "inside/", "gap/t7/", "gap/none/", "draft/data.csv", "work/data.json"]
)
def test_what_is_not_public_is_not_there(people: Cast, address: str) -> None:
    life(people)
    first = {"t9": {"kind": "text", "text": "Something"}}
    plan_with(people, first, ref="work", kind=Plan.Kind.WORK)
    plan_with(people, {"t10": first["t9"]}, ref="inside", public=False)
    draft = Plan(ref="draft", title="A draft", starts=today(), ends=today() + timedelta(days=700))
    with open_door(people.actor("gita")) as door:
        door.add(draft)
    for client in (Client(), signed_in(people, "gita")):
        assert client.get(PLAN + address).status_code == 404


def test_an_internal_promise_leaves_no_trace(people: Cast) -> None:
    life(people)
    for address in (PLAN, f"{PLAN}gap/data.csv", f"{PLAN}gap/data.json", "/"):
        text = Client().get(address).content.decode()
        assert "Hear staff on pay" not in text and "Pay was discussed" not in text, address
        assert "A quarrel in the unit" not in text
    assert "7 promises" in page("/")


def test_a_promise_carried_into_a_draft_does_not_show_the_draft(people: Cast) -> None:
    scene = life(people)
    with open_door(people.actor("gita")) as door:
        draft = door.add(Plan(ref="next", title="The next plan", starts=today(), ends=today() + timedelta(days=700)))
    kept = target(draft, people.offices["operations"], "n1", text="Reach twice as many", number="N1")
    with open_door(people.actor("gita", today())) as door:
        promise.carry_over(door, Target.objects.select_related("plan").get(ref="t8"), kept, "Goes on")
    text = page(f"{PLAN}{scene.plan.ref}/t8/")
    assert "Carried over" in text and "Goes on" in text
    assert "Reach twice as many" not in text and "next" not in re.findall(r'href="([^"]+)', text)


def test_a_correction_of_a_remark_is_not_news(people: Cast) -> None:
    scene = plan_with(people, {"t1": {}})
    row = scene.say(6, "t1", women="40", men="50", comment="Olga did it")
    scene.correct(row, today(), "Wrong name", women="40", men="50", comment="Nils did it")
    text = page(f"{PLAN}gap/t1/")
    assert "Wrong name" not in text and "Before:" not in text


def test_the_home_page_leads_to_the_plan_and_to_public_documents_only(people: Cast) -> None:
    life(people)
    text = page("/")
    assert "Gender Equality Strategy 2" in text and "Salaries" not in text
    with open_door(people.actor("gita")) as door:
        old = Document.objects.get(version="2")
        door.add(Document(title=old.title, version="3", url=old.url, public=True, supersedes=old))
    text = page("/")
    assert "Gender Equality Strategy 3" in text and "Gender Equality Strategy 2" not in text


def test_before_anything_is_published_the_pages_say_so() -> None:
    for address in ("/", PLAN):
        assert "No plan has been published yet" in page(address)
    assert "Four words" in page("/how-to-read/")


def test_of_several_plans_the_one_in_force_is_shown_and_leads_to_the_others(people: Cast) -> None:
    plan_with(people, {"old": {"kind": "text", "text": "Long ago"}}, ref="first", title="The first plan")
    promise.settle(people.actor("gita", today()), "old", Revision.Verb.ACHIEVE, "Done")
    with open_door(people.actor("gita")) as door:
        door.change(Plan.objects.get(ref="first"), state="ended", starts=today() - timedelta(days=3000))
    life(people)
    assert "Other plans: The first plan" in page()
    assert "Long ago" in page(f"{PLAN}first/")


def test_the_pages_are_read_in_three_languages(people: Cast) -> None:
    make_fictional()
    life(people)
    for language in ("fr", "es"):
        answer = Client().get(PLAN, {"language": language})
        assert f'<html lang="{language}"' in answer.content.decode()
        assert not answer.cookies
        # The choice goes along in the links.
        assert f'href="/gender-action-plan/gap/t1/?language={language}"' in answer.content.decode()


def test_strangers_get_no_cookie_and_copies_may_be_kept_for_minutes(people: Cast) -> None:
    life(people)
    for address in ("/", PLAN, f"{PLAN}gap/", f"{PLAN}gap/t1/", "/how-to-read/", f"{PLAN}gap/data.csv"):
        client = Client()
        answer = client.get(address, {"language": "fr"})
        assert not answer.cookies and not client.cookies, address
        assert answer["Cache-Control"] == "public, max-age=300"
        again = client.get(address, {"language": "fr"}, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304 and not again.content and not client.cookies
        assert "<script src=" not in answer.content.decode().replace('<script src="/static/', "")


def test_a_signed_in_readers_page_is_kept_by_nobody(people: Cast) -> None:
    life(people)
    answer = signed_in(people, "gita").get(PLAN)
    assert answer["Cache-Control"] == "private, no-store" and "ETag" not in answer
    assert "Train 400 community planners" in answer.content.decode()


def test_fiction_is_marked(people: Cast) -> None:
    life(people)
    assert "Fictional example." not in page()
    make_fictional()
    assert "Fictional example." in page()


def test_the_page_is_small_and_its_queries_do_not_grow(people: Cast) -> None:
    few = plan_with(people, many(5), ref="few")
    fill(few)
    small = queries(f"{PLAN}few/")
    lots = plan_with(people, {f"b{key}": given for key, given in many(50).items()}, ref="lots")
    fill(lots, "b")
    assert queries(f"{PLAN}lots/") == small <= 20
    for address in (f"{PLAN}lots/", f"{PLAN}few/", "/"):
        assert len(Client().get(address).content) <= 100 * KIB, address


def many(n: int) -> dict[str, dict[str, Any]]:
    text = "Train people in city number {} to plan together with the women who trade there"
    return {f"t{i}": {"text": text.format(i), "number": f"{i}.1", "value": Decimal(100 + i)} for i in range(n)}


def fill(scene: Scene, prefix: str = "") -> None:
    """Two rounds, every promise by sex; the third is late."""
    for i in range(scene.plan.targets.count()):
        for month in (6, 12):
            scene.say(month, f"{prefix}t{i}", women=str(20 + i * month), men=str(31 + i))


def queries(address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert Client().get(address).status_code == 200
    return len(found)


def signed_in(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client
