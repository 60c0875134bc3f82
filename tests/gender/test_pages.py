"""The pages of the Gender Action Plan, as different people open and use them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from jwp.core.models import Letter
from jwp.core.period import add_months
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report, round
from jwp.plans.models import Plan, Report, Round, StrategyPeriod, Target
from tests.cast import PASSWORD, Cast, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    """The third round of a plan, due five days ago by the calendar on the wall."""
    today = timezone.localdate()
    adopted = add_months(today - timedelta(days=5), -18)
    made = make_plan(starts=adopted, ends=adopted + timedelta(days=365 * 3))
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a policy")
    target(made, people.offices["gender"], "t3", kind="text", value=None, text="Write it down")
    plans.bring_in(people.actor("gita", today), made, people.board, adopted, "Decision 1")
    found: Round = Round.objects.get(month=18)
    return found


def sign_in(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_the_plan_page_shows_every_target_and_where_it_stands(people: Cast, m18: Round) -> None:
    text = page(sign_in(people, "gita"), "gender:plan", "gap")
    assert "Train 100 people" in text
    assert "late" in text
    assert "Operations Unit" in text


def test_home_leads_to_the_plan_in_force(people: Cast, m18: Round) -> None:
    response = sign_in(people, "gita").get(reverse("gender:home"))
    assert response["Location"] == reverse("gender:plan", args=["gap"])


def test_filters_and_the_export_agree(people: Cast, m18: Round) -> None:
    client = sign_in(people, "gita")
    text = page(client, "gender:plan", "gap", q="policy")
    assert "Adopt a policy" in text
    assert "Train 100" not in text
    rows = json.loads(page(client, "gender:export", "gap", "json", q="policy"))["rows"]
    assert {row["ref"] for row in rows} == {"t2"}
    assert "Adopt a policy" in page(client, "gender:export", "gap", "csv", q="policy")


def test_an_owner_reports_in_one_grid(people: Cast, m18: Round) -> None:
    client = sign_in(people, "olga")
    text = page(client, "gender:grid", m18.ref)
    assert "t1:women" in text
    assert "t3:" not in text
    sent = {"t1:women": "7", "t1:men": "5", "t2:progress": "under way", "once": "x"}
    client.post(reverse("gender:grid", args=[m18.ref]), sent)
    assert {r.target.ref: r.state for r in Report.objects.select_related("target")} == {
        "t1": "submitted",
        "t2": "submitted",
    }


def test_a_wrong_number_is_shown_again_and_the_rest_is_taken(people: Cast, m18: Round) -> None:
    client = sign_in(people, "olga")
    sent = {"t1:women": "seven", "t2:progress": "done"}
    response = client.post(reverse("gender:grid", args=[m18.ref]), sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "seven" in text
    assert "not a number" in text
    assert Report.objects.get(target__ref="t2").state == "submitted"


def test_typing_is_kept_and_a_second_editor_is_told(people: Cast, m18: Round) -> None:
    url = reverse("gender:keep_draft", args=[m18.ref, "t1"])
    first = sign_in(people, "olga").post(url, {"t1:women": "1", "t1:revision": "0"})
    assert first.status_code == 200
    second = sign_in(people, "gita").post(url, {"t1:women": "2", "t1:revision": "0"})
    assert second.status_code == 409
    assert second.json()["values"]["t1:women"] == "1"


def test_a_report_by_personal_link_needs_no_password(people: Cast, m18: Round) -> None:
    round.send_links(people.actor("gita", timezone.localdate()), m18.ref)
    letter = Letter.objects.get(to="olga@example.org")
    path = letter.body[letter.body.index("/l/") :].split()[0]
    phone = Client()
    response = phone.get(path)
    assert response.status_code == 200
    assert len(response.content) < 20_000
    response = phone.post(path, {"t1:women": "7", "t1:men": "5", "t1:revision": "0", "once": "abc"}, follow=True)
    assert "1 report has arrived" in response.content.decode()
    assert Report.objects.get().value == Decimal(12)
    assert "sessionid" not in phone.cookies


def test_a_guessed_link_says_what_to_do(people: Cast) -> None:
    response = Client().get("/l/guessed/")
    assert response.status_code == 404
    assert "ask the gender team" in response.content.decode()


def test_the_link_speaks_the_readers_language(people: Cast, m18: Round) -> None:
    round.send_links(people.actor("gita", timezone.localdate()), m18.ref)
    letter = Letter.objects.get(to="olga@example.org")
    path = letter.body[letter.body.index("/l/") :].split()[0]
    assert 'lang="fr"' in Client().get(path + "?language=fr").content.decode()


def test_the_team_runs_the_round(people: Cast, m18: Round) -> None:
    report.submit(people.actor("olga", timezone.localdate()), m18.ref, "t1", {"women": "7", "men": "5"})
    gita = sign_in(people, "gita")
    text = page(gita, "gender:board", m18.ref)
    assert "Waiting to be read" in text
    row = Report.objects.get()
    gita.post(reverse("gender:judge", args=[row.ref]), {"verb": "return", "comment": "Which seven?"})
    row.refresh_from_db()
    assert row.state == "returned"
    assert "Which seven?" in page(sign_in(people, "olga"), "gender:grid", m18.ref)


def test_bulk_verbs_act_on_the_ticked_targets(people: Cast, m18: Round) -> None:
    gita, url = sign_in(people, "gita"), reverse("gender:bulk", args=[m18.ref])
    gita.post(url, {"verb": "remind", "target": ["t1"]})
    assert Letter.objects.count() == 1
    later = (timezone.localdate() + timedelta(days=9)).isoformat()
    gita.post(url, {"verb": "extend", "target": ["t1"], "to": later, "reason": "floods"})
    assert Report.objects.get(target__ref="t1").extended_because == "floods"
    gita.post(url, {"verb": "owner", "target": ["t1"], "holder": "office-gender", "reason": "moved"})
    assert Target.objects.get(ref="t1").holder.ref == "office-gender"
    refused = gita.post(url, {"verb": "due", "target": ["t1"], "to": later, "reason": "later"})
    assert refused.status_code == 409
    assert "decision" in refused.content.decode()


def test_the_team_records_for_an_owner(people: Cast, m18: Round) -> None:
    url = reverse("gender:one", args=[m18.ref, "t1"])
    gita = sign_in(people, "gita")
    assert gita.get(url).status_code == 200
    gita.post(url, {"t1:women": "7", "t1:men": "5", "via": "call", "source": "Olga, today"})
    assert Report.objects.get().via == "call"


def test_the_note_is_two_pages_in_word_and_pdf(people: Cast, m18: Round) -> None:
    report.submit(people.actor("olga", timezone.localdate()), m18.ref, "t1", {"women": "7", "men": "5"})
    report.accept(people.actor("gita", timezone.localdate()), Report.objects.get().ref)
    gita = sign_in(people, "gita")
    assert "What moved" in page(gita, "gender:note", m18.ref)
    word = gita.get(reverse("gender:note_word", args=[m18.ref])).content
    book = docx.Document(io.BytesIO(word))
    assert "What moved" in [p.text for p in book.paragraphs]
    assert [c.text for c in book.tables[0].rows[1].cells][2:5] == ["7", "5", "12"]
    pdf = PdfReader(io.BytesIO(gita.get(reverse("gender:note_pdf", args=[m18.ref])).content))
    assert len(pdf.pages) <= 2
    assert "Train 100 people" in pdf.pages[0].extract_text()


def test_the_target_page_tells_its_whole_story(people: Cast, m18: Round) -> None:
    report.submit(people.actor("olga", timezone.localdate()), m18.ref, "t1", {"women": "7", "men": "5"})
    row = report.accept(people.actor("gita", timezone.localdate()), Report.objects.get().ref)
    gita = sign_in(people, "gita")
    gita.post(reverse("gender:correct", args=[row.ref]), {"women": "8", "men": "5", "reason": "missed one"})
    gita.post(reverse("gender:comment", args=["t1"]), {"text": "Well done @olga"})
    gita.post(reverse("gender:add_action", args=["t1"]), {"text": "Call them", "owner": "office-gender"})
    text = page(gita, "gender:target", "t1")
    for said in ("missed one", "Well done @olga", "Call them", "<svg"):
        assert said in text


def test_an_auditor_downloads_everything_about_a_target(people: Cast, m18: Round) -> None:
    report.submit(people.actor("olga", timezone.localdate()), m18.ref, "t1", {"women": "7", "men": "5"})
    response = sign_in(people, "aldo").get(reverse("gender:audit_file", args=["t1"]))
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    facts = json.loads(book.read("target.json"))
    assert facts["rows"]["reports"]
    assert facts["journal_head"]
    assert book.read("journal.jsonl").count(b"\n") >= 3


def test_strangers_inside_get_404_and_outside_the_sign_in_page(people: Cast, m18: Round) -> None:
    page(sign_in(people, "sam"), "gender:plan", "gap", status=404)
    page(sign_in(people, "sam"), "gender:target", "t1", status=404)
    assert Client().get(reverse("gender:plan", args=["gap"])).status_code == 302
    assert Client().get(reverse("gender:plan", args=["no-such"])).status_code == 302


def test_a_promise_is_changed_on_its_page(people: Cast, m18: Round) -> None:
    gita, url = sign_in(people, "gita"), reverse("gender:change_target", args=["t1"])
    row = Target.objects.get(ref="t1")
    form = {
        "number": "t1", "text": "Train 100 planners", "area": "gap-capacity", "kind": "number", "indicator": "trained",
        "value": "100", "holder": "office-operations", "public": "on", "reason": "clearer", "revision": row.revision,
    }  # fmt: skip
    assert gita.post(url, form).status_code == 302
    refused = gita.post(url, form | {"value": "50", "revision": row.revision + 1})
    assert "only by decision" in refused.content.decode()
    assert "Train 100 people" in page(gita, "gender:target", "t1")


def test_a_new_plan_from_nothing(people: Cast) -> None:
    gita = sign_in(people, "gita")
    today = timezone.localdate()
    gita.post(reverse("gender:new"), {
        "title": "Our plan", "starts": today, "ends": date(today.year + 3, 1, 1), "months": "6, 12, 18, 24",
        "opens_before": 30, "closes_after": 30, "grace_days": 14, "public": "on",
    })  # fmt: skip
    made = Plan.objects.get()
    target(made, people.offices["operations"], "t1")
    response = gita.post(reverse("gender:bring_in", args=[made.ref]), {"body": "board", "on": today, "first_round": 2})
    assert response.status_code == 302, response.content.decode()
    assert Round.objects.count() == 4


@pytest.mark.parametrize("count", [5, 40])
def test_a_page_costs_the_same_however_long_the_plan(
    people: Cast, m18: Round, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    plan = Plan.objects.get()
    for n in range(count):
        target(plan, people.offices["operations"], f"n{n}", indicator=indicator(f"i{n}"), order=n)
    gita, olga = sign_in(people, "gita"), sign_in(people, "olga")
    for client, most, name, ref in (
        (gita, 12, "gender:plan", "gap"), (gita, 16, "gender:board", m18.ref), (olga, 12, "gender:grid", m18.ref),
        (gita, 12, "gender:results", "gap"),
    ):  # fmt: skip
        page(client, name, ref)
        with django_assert_max_num_queries(most):
            page(client, name, ref)


def test_signing_in_with_a_password(people: Cast) -> None:
    client = Client()
    response = client.post(reverse("account_login"), {"login": "gita@example.org", "password": PASSWORD})
    assert response.status_code == 302


def test_results_add_up_over_contributors(people: Cast, m18: Round) -> None:
    with_same = target(
        Plan.objects.get(), people.offices["gender"], "t9", indicator=Target.objects.get(ref="t1").indicator
    )
    today = timezone.localdate()
    report.submit(people.actor("olga", today), m18.ref, "t1", {"women": "7", "men": "5"})
    report.submit(people.actor("gita", today), m18.ref, with_same.ref, {"women": "20", "men": "1"})
    gita = sign_in(people, "gita")
    text = page(gita, "gender:results", "gap")
    assert "<strong>33</strong>" in text
    assert "2/2" in text
    assert gita.get(reverse("gender:results_pdf", args=["gap"])).content.startswith(b"%PDF")


def test_headings_are_added_and_renamed(people: Cast, m18: Round) -> None:
    gita, url = sign_in(people, "gita"), reverse("gender:headings", args=["gap"])
    gita.post(url, {"add": "area", "area-name": "Voice", "area-level": "members", "area-order": 2})
    made = Plan.objects.get().areas.get(name="Voice")
    gita.post(
        url,
        {"add": "objective", "objective-text": "Be heard", "objective-area": made.ref, "objective-order": 1},
    )
    gita.post(
        reverse("gender:area", args=[made.ref]),
        {"name": "Voices", "level": "members", "order": 2, "revision": 1},
    )
    text = page(gita, "gender:headings", "gap")
    assert "Voices" in text
    assert "Be heard" in text


def test_business_lines_map_to_what_they_became(people: Cast) -> None:
    gita = sign_in(people, "gita")
    for name, starts, ends in (("Old", "2018-01-01", "2021-12-31"), ("New", "2022-01-01", "2025-12-31")):
        gita.post(reverse("gender:strategy_new", args=["period"]), {"name": name, "starts": starts, "ends": ends})
    old, new = (StrategyPeriod.objects.get(name=name) for name in ("Old", "New"))
    gita.post(reverse("gender:strategy_new", args=["line"]), {"period": new.ref, "name": "Global", "order": 1})
    made = new.business_lines.get()
    given = {"period": old.ref, "name": "Knowledge", "order": 1, "successor": made.ref}
    gita.post(reverse("gender:strategy_new", args=["line"]), given)
    assert "Knowledge" in page(gita, "gender:strategy")
    assert made.predecessors.get().name == "Knowledge"


def test_a_plan_ends_once_every_target_is_settled(people: Cast, m18: Round) -> None:
    gita = sign_in(people, "gita")
    refused = gita.post(reverse("gender:end", args=["gap"]))
    assert refused.status_code == 409
    for ref in ("t1", "t2", "t3"):
        gita.post(reverse("gender:settle", args=[ref]), {"verb": "achieve", "reason": "done"})
    gita.post(reverse("gender:end", args=["gap"]))
    assert Plan.objects.get().state == "ended"


def test_evidence_that_was_to_follow_is_added_on_the_page_and_by_link(people: Cast, m18: Round) -> None:
    today = timezone.localdate()
    row = report.submit(people.actor("olga", today), m18.ref, "t1", {"women": "7", "men": "5"}, evidence_follows=True)
    olga = sign_in(people, "olga")
    olga.post(reverse("gender:add_evidence", args=[row.ref]), {f"{row.ref}url": "example.org/list"})
    row.refresh_from_db()
    assert (row.evidence.get().url, row.evidence_follows) == ("https://example.org/list", False)
    round.send_links(people.actor("gita", today), m18.ref)
    letter = Letter.objects.get(to="olga@example.org", body__contains="/l/")
    path = letter.body[letter.body.index("/l/") :].split()[0]
    Client().post(path, {"t1:seen_by": "Gita", "t1:seen_on": today.isoformat()})
    assert row.evidence.count() == 2
