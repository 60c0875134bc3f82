"""The pages at their edges: sent twice, opened by outsiders, exported to a spreadsheet, typed by hand."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.models import Letter
from jwp.core.period import add_months
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Evidence, Plan, Report, Round
from tests.cast import Cast, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    """The third round of a plan, due thirty days ago: beyond its days of grace."""
    today = timezone.localdate()
    adopted = add_months(today - timedelta(days=30), -18)
    made = make_plan(starts=adopted, ends=adopted + timedelta(days=365 * 3))
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a policy")
    plans.bring_in(people.actor("gita", today), made, people.board, adopted, "Decision 1")
    found: Round = Round.objects.get(month=18)
    return found


def sign_in(people: Cast, name: str) -> Client:
    client = Client()
    people.sign_in(client, name)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def link(people: Cast, m18: Round) -> str:
    round.send_links(people.actor("gita", timezone.localdate()), m18.ref)
    body = Letter.objects.get(to="olga@example.org").body
    return body[body.index("/l/") :].split()[0]


def test_a_report_sent_again_on_a_bad_line_is_thanked_for_and_counts_once(people: Cast, m18: Round) -> None:
    path = link(people, m18)
    for _time in range(2):
        photo = SimpleUploadedFile("list.pdf", b"%PDF-1.7\nlist")
        sent = {"t1:women": "7", "t1:men": "5", "t1:revision": "0", "t1:file": photo, "once": "abc"}
        answer = Client().post(path, sent, follow=True)
        assert "1 report has arrived" in text(answer)
    assert Report.objects.get().revision == 2
    assert Evidence.objects.count() == 1


def test_a_personal_page_is_kept_by_nobody_in_between(people: Cast, m18: Round) -> None:
    assert "private" in Client().get(link(people, m18))["Cache-Control"]


def test_a_formula_in_a_target_is_text_in_the_spreadsheet(people: Cast, m18: Round) -> None:
    today = timezone.localdate()
    promise.revise(people.actor("gita", today), "t2", reason="why", text='=HYPERLINK("http://evil.example")')
    promise.revise(people.actor("gita", today), "t1", reason="why", number="-1")
    table = text(sign_in(people, "gita").get(reverse("gender:export", args=["gap", "csv"])))
    assert "'=HYPERLINK" in table
    assert ",'-1," in table


def test_a_focal_point_sees_what_was_accepted_and_nothing_between_owner_and_team(people: Cast, m18: Round) -> None:
    today = timezone.localdate()
    gita, olga, fola = people.actor("gita", today), people.actor("olga", today), sign_in(people, "fola")
    pages = [
        reverse("gender:target", args=["t1"]), reverse("gender:plan", args=["gap"]),
        reverse("gender:export", args=["gap", "csv"]), reverse("gender:export", args=["gap", "json"]),
        reverse("gender:results", args=["gap"]),
    ]  # fmt: skip
    row = report.submit(
        gita, m18.ref, "t1", {"women": "7001", "men": "5002", "comment": "Between us"},
        via="call", source="Olga, on her mobile",
    )  # fmt: skip
    secret = ("7001", "7,001", "12003", "12,003", "Between us", "on her mobile", "Which list")

    def seen() -> list[str]:
        shown = [text(fola.get(page)) for page in pages]
        return [word for word in secret if any(word in page for page in shown)]

    assert seen() == []
    assert "7,001" in text(sign_in(people, "olga").get(pages[0]))
    report.return_(gita, row.ref, "Which list?")
    assert seen() == []
    report.submit(olga, m18.ref, "t1", {"women": "7001", "men": "5002"})
    report.accept(gita, row.ref)
    shown = [text(fola.get(page)) for page in pages]
    assert all("7001" in page or "7,001" in page or "12,003" in page for page in shown)
    assert "on her mobile" not in "".join(shown)


@pytest.mark.parametrize("typed", ["²", "9" * 5000, "one", "-1"])
def test_a_revision_nobody_has_does_not_break_a_page(people: Cast, m18: Round, typed: str) -> None:
    olga, gita, today = sign_in(people, "olga"), sign_in(people, "gita"), timezone.localdate()
    sent = {"t1:women": "7", "t1:men": "5", "t1:revision": typed, "revision": typed}
    assert olga.post(reverse("gender:keep_draft", args=[m18.ref, "t1"]), sent).status_code < 500
    assert olga.post(reverse("gender:grid", args=[m18.ref]), sent).status_code < 500
    assert olga.get(link(people, m18), {"sent": typed}).status_code < 500
    row = report.submit(people.actor("olga", today), m18.ref, "t2", {"progress": "done"})
    for name in ("gender:judge", "gender:correct"):
        answer = gita.post(reverse(name, args=[row.ref]), sent | {"verb": "accept", "reason": "why"})
        assert answer.status_code < 500
    assert gita.post(reverse("gender:dates", args=[m18.ref]), sent).status_code < 500


def test_a_cadence_that_makes_no_sense_comes_back_in_the_form(people: Cast) -> None:
    sent = {
        "title": "Plan", "starts": "2027-01-01", "ends": "2028-01-01", "months": "6, 12", "then_every": "0",
        "opens_before": "30", "closes_after": "30", "grace_days": "14",
    }  # fmt: skip
    answer = sign_in(people, "gita").post(reverse("gender:new"), sent)
    assert answer.status_code == 200
    assert "a month or more apart" in text(answer)
    assert not Plan.objects.exists()


def test_a_plan_may_arrive_in_a_later_round_than_its_first_four(people: Cast) -> None:
    made = make_plan(months=[6, 12], then_every=12)
    target(made, people.offices["operations"], "t1", kind="text", value=None)
    page = text(sign_in(people, "gita").get(reverse("gender:bring_in", args=["gap"])))
    assert "M24" in page


def test_what_an_owner_is_typing_is_not_in_the_auditors_file(people: Cast, m18: Round) -> None:
    report.save_draft(people.actor("olga", timezone.localdate()), m18.ref, "t1", {"women": "7001"})
    answer: Any = sign_in(people, "aldo").get(reverse("gender:audit_file", args=["t1"]))
    book = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.namelist()[:2] == ["target.json", "journal.jsonl"]
    assert b"7001" not in book.read("target.json") + book.read("journal.jsonl")


def test_a_character_no_database_keeps_does_not_break_a_page(people: Cast, m18: Round) -> None:
    url = reverse("gender:keep_draft", args=[m18.ref, "t2"])
    answer = sign_in(people, "olga").post(url, {"t2:words": "half\0way"})
    assert answer.status_code == 200
    assert Report.objects.get().draft == {"words": "halfway"}
