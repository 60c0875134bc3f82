"""Applications in the browser's terms: the list at any length, one page for all that was said, and its steps."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jwp.core.door import open_door
from jwp.evidence.files import keep
from jwp.grants.actions import applications as act
from jwp.grants.actions.panel import score
from jwp.grants.models import Application, Attachment, FundedItem, Sponsor
from jwp.instruments.models import AnswerSheet
from jwp.partners.models import Organisation
from tests.cast import Cast, cast
from tests.everything import today
from tests.grants.scene import application, call, country, on_panel

pytestmark = pytest.mark.django_db


def many(people: Cast, number: int, called: Any) -> None:
    """Applications in one statement, as an import makes them."""
    states = ("submitted", "eligible", "rejected", "in principle")
    with open_door(people.actor("olga")) as door:
        door.add_all([
            Application(
                ref=f"many-{n}", call=called, title=f"Street lights {n}", applicant=f"City {n % 7}", country=country(),
                contact_email="a@example.org", language="fr" if n % 2 else "en", requested=1_000_000 + n,
                state=states[n % 4], started_on=today() - timedelta(days=n % 90),
                comments_due=today() + timedelta(days=3), proposal_due=today() + timedelta(days=30),
            )
            for n in range(number)
        ])  # fmt: skip


def screened(ref: str, score: str, stage: str = "agreed") -> None:
    AnswerSheet(
        ref=f"sheet-{ref}-{stage}", instrument="oecd-gender-marker@2016", subject=ref, stage=stage, score=score,
        answered_on=today(),
    ).save()  # fmt: skip


def test_a_list_of_many_costs_what_a_list_of_few_does(client: Client, django_assert_max_num_queries: Any) -> None:
    people = cast()
    many(people, 300, call())
    people.sign_in(client, "olga")
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("grants:applications"))
    page = answer.content.decode()
    assert "300 rows" in page
    assert len(answer.content) <= 60 * 1024
    with django_assert_max_num_queries(12):
        asked = {"q": "lights", "state": "eligible", "written": "fr", "marker": "not screened", "country": "kenya"}
        narrowed = client.get(reverse("grants:applications"), asked | {"call": "call-1", "sort": "-requested"})
    first = f"Street lights {max(n for n in range(300) if n % 4 == 1)}<"
    assert "75 rows" in narrowed.content.decode()
    assert first in narrowed.content.decode().split("<tbody", 1)[1].split("</tr>", 1)[0]


def test_the_csv_is_what_the_list_shows_and_is_sent_as_it_is_read(client: Client) -> None:
    people = cast()
    many(people, 120, call())
    people.sign_in(client, "olga")
    answer: Any = client.get(reverse("grants:applications"), {"state": "rejected", "sort": "title", "export": "csv"})
    assert answer.streaming
    lines = list(csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    assert len(lines) == 30
    assert {line["State"] for line in lines} == {"rejected"}
    assert [line["Application"] for line in lines] == sorted(line["Application"] for line in lines)
    first = next(line for line in lines if line["Reference"] == "many-2")
    assert (first["Requested"], first["Currency"], first["Gender marker"]) == ("10000.02", "USD", "not screened")
    assert "a@example.org" not in str(lines)


def test_a_formula_in_a_title_stays_text_in_the_csv(client: Client) -> None:
    people = cast()
    application(call(), title='=HYPERLINK("http://bad.example")', state="submitted")
    people.sign_in(client, "olga")
    answer: Any = client.get(reverse("grants:applications"), {"export": "csv"})
    assert "'=HYPERLINK" in b"".join(answer.streaming_content).decode()


def test_not_screened_is_not_a_score_of_0(client: Client) -> None:
    people, called = cast(), call()
    for ref, agreed in (("app-blank", None), ("app-zero", "0"), ("app-two", "2")):
        application(called, ref, title=f"Title of {ref}", state="eligible")
        if agreed is not None:
            with open_door(people.actor("gita")):
                screened(ref, agreed)
    with open_door(people.actor("gita")):
        screened("app-blank", "1", stage="self")  # proposed is not agreed
    people.sign_in(client, "olga")

    def found(marker: str) -> set[str]:
        page = client.get(reverse("grants:applications"), {"marker": marker}).content.decode()
        return {ref for ref in ("app-blank", "app-zero", "app-two") if f"Title of {ref}" in page}

    assert found("not screened") == {"app-blank"}
    assert found("0") == {"app-zero"}
    assert found("2") == {"app-two"}


def test_an_organisations_applications_are_found_by_its_reference(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    people, called = cast(), call()
    with open_door(people.actor("olga")) as door:
        own = door.add(Organisation(ref="union", name="Union"))
    many(people, 40, called)
    with open_door(people.actor("olga")):
        Application.objects.filter(state="eligible").update(organisation=own)
    people.sign_in(client, "olga")
    with django_assert_max_num_queries(12):
        page = client.get(reverse("grants:applications"), {"organisation": "union"}).content.decode()
    assert "10 rows" in page


def submitted(people: Cast, **fields: Any) -> Application:
    called = call(closes_at=datetime.now(UTC) + timedelta(days=10), opens_at=datetime.now(UTC) - timedelta(days=9))
    on_panel(called, people.people["sam"])
    row = application(called, state="submitted", submitted_at=datetime.now(UTC), **fields)
    with open_door(people.actor("olga")) as door:
        letter = keep(SimpleUploadedFile("letter.pdf", b"%PDF-1.7 letter")).row()
        door.add(Sponsor(ref="sp-1", application=row, organisation=people.people["fola"].organisation, letter=letter))
    return row


def test_a_check_by_the_rules_of_the_call_then_every_step_to_a_funded_item(client: Client) -> None:
    people = cast()
    row = submitted(people, language="en")
    people.sign_in(client, "olga")
    page = reverse("grants:check_application", args=[row.ref])
    assert "USD\u00a0150,000.00 is a size this call gives." in client.get(page).content.decode()
    client.post(page, {"verdict": "eligible", "revision": row.revision})
    row.refresh_from_db()
    assert row.state == "eligible"
    assert row.checks.get().findings[0] == {
        "rule": "size", "met": True, "said": "USD 150,000.00 is a size this call gives.", "by_hand": False,
    }  # fmt: skip
    score(people.actor("sam", today()), row.ref, points={"call-1-idea": 15, "call-1-gender": 8}, submit=True)
    with open_door(people.actor("olga")) as door:
        door.change(row, comments_due=today() - timedelta(days=1))
    people.sign_in(client, "amara")
    client.post(reverse("grants:step_application", args=[row.ref]), {"verb": "approve in principle"})
    row.refresh_from_db()
    assert row.state == "in principle"
    people.sign_in(client, "olga")
    assert row.proposal_due
    later = row.proposal_due + timedelta(days=10)
    client.post(reverse("grants:extend", args=[row.ref]), {"due": later.isoformat(), "reason": "Floods."})
    with open_door(people.actor("olga")) as door:
        row.refresh_from_db()
        assert row.proposal_due == later
        door.change(row, "propose", state="proposed", proposal="In full.", proposed_on=today())
    client.post(reverse("grants:send_back", args=[row.ref]), {"reason": "The budget does not add up."})
    with open_door(people.actor("olga")) as door:
        row.refresh_from_db()
        assert row.state == "in principle"
        door.change(row, "propose", state="proposed", proposed_on=today())
    client.post(reverse("grants:appraise", args=[row.ref]), {"appraisal": "Sound."})
    assert FundedItem.objects.get(ref=row.ref).application == row
    shown = client.get(reverse("grants:application", args=[row.ref])).content.decode()
    for words in ("Sound.", "Floods.", "The budget does not add up.", "appraised", "send back"):
        assert words in shown


def test_a_button_that_cannot_be_pressed_says_why(client: Client) -> None:
    people = cast()
    row = act.find(people.actor("olga", today()), submitted(people).ref, eligible=True)
    people.sign_in(client, "amara")
    page = client.get(reverse("grants:application", args=[row.ref])).content.decode()
    steps = page.split('id="steps"', 1)[1].split("</section>", 1)[0]
    assert "needs a panel review" in steps
    assert "needs the end of donor comments" in steps
    assert "disabled" in steps
    answer = client.post(reverse("grants:step_application", args=[row.ref]), {"verb": "approve in principle"})
    assert answer.status_code == 409
    assert "needs a panel review" in answer.content.decode()


def test_a_reason_that_was_refused_is_not_lost_and_a_step_taken_twice_counts_once(client: Client) -> None:
    people = cast()
    row = submitted(people)
    people.sign_in(client, "amara")
    step = reverse("grants:step_application", args=[row.ref])
    stale = {"verb": "cancel", "reason": "The fund was closed.", "revision": "99"}
    answer = client.post(step, stale)
    assert answer.status_code == 409
    assert "The fund was closed." in answer.content.decode()
    sent = {"verb": "cancel", "reason": "The fund was closed.", "revision": str(row.revision)}
    assert client.post(step, sent).status_code == 302
    assert client.post(step, sent).status_code == 409
    row.refresh_from_db()
    assert (row.state, row.decided_because) == ("cancelled", "The fund was closed.")


def test_letters_and_attachments_go_to_whoever_sees_the_application_and_the_proposal_to_insiders(
    client: Client,
) -> None:
    people = cast()
    row = act.find(people.actor("olga", today()), submitted(people).ref, eligible=True)
    with open_door(people.actor("olga")) as door:
        for kind in ("concept note", "proposal"):
            stored = keep(SimpleUploadedFile(f"{kind}.pdf", b"%PDF-1.7 " + kind.encode())).row()
            door.add(Attachment(application=row, kind=kind, file=stored, added_on=today()))
    files = {each.kind: each.file.sha256 for each in row.attachments.all()}
    letter = row.sponsors.get().letter
    assert letter
    for name, seen in (("sam", (200, 200, 404)), ("fola", (200, 200, 404)), ("berta", (200, 200, 200))):
        people.sign_in(client, name)
        asked = (letter.sha256, files["concept note"], files["proposal"])
        assert tuple(fetched(client, row.ref, each) for each in asked) == seen, name
    people.sign_in(client, "sam")
    other = application(call("call-2"), "unseen", state="eligible")
    assert fetched(client, other.ref, letter.sha256) == 404


def fetched(client: Client, ref: str, sha256: str) -> int:
    answer: Any = client.get(reverse("grants:application_file", args=[ref, sha256]))
    if answer.streaming:
        assert b"".join(answer).startswith(b"%PDF")
    return int(answer.status_code)


def test_a_proposal_written_from_right_to_left_reads_from_right_to_left(client: Client) -> None:
    people = cast()
    row = submitted(people, title="طرق آمنة إلى السوق", summary="نمشي ونرسم الطرق.", language="ar")
    people.sign_in(client, "olga")
    page = client.get(reverse("grants:application", args=[row.ref])).content.decode()
    assert '<span dir="auto">طرق آمنة إلى السوق</span>' in page
    assert 'dir="auto" lang="ar"' in page
    assert "طرق آمنة" in client.get(reverse("grants:applications")).content.decode()


def test_linking_to_the_register_keeps_its_people_away_from_now_on(client: Client) -> None:
    people = cast()
    row = act.find(people.actor("olga", today()), submitted(people).ref, eligible=True)
    with open_door(people.actor("ida")) as door:
        own = door.add(Organisation(ref="works", name="Works department"))
        door.change(people.people["sam"], organisation=own)
    people.sign_in(client, "sam")
    assert client.get(reverse("grants:score", args=[row.ref])).status_code == 200
    staff = Client()
    people.sign_in(staff, "olga")
    staff.post(reverse("grants:register_applicant", args=[row.ref]), {"organisation": "works"})
    assert client.get(reverse("grants:score", args=[row.ref])).status_code == 404


def test_one_page_asks_the_database_a_bounded_number_of_times(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    people = cast()
    row = act.find(people.actor("olga", today()), submitted(people).ref, eligible=True)
    for name in ("sam", "nils", "tomas"):
        if name != "sam":
            on_panel(row.call, people.people[name])
        score(people.actor(name, today()), row.ref, points={"call-1-idea": 1, "call-1-gender": 1}, submit=True)
    people.sign_in(client, "olga")
    with django_assert_max_num_queries(40):
        client.get(reverse("grants:application", args=[row.ref]))
