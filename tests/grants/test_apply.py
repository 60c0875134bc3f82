"""Somebody without an account applies: a letter with a link, a draft that is kept, one application sent."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Letter
from jwp.grants.actions import apply
from jwp.grants.models import Application
from tests.cast import TODAY, cast
from tests.grants.applying import PDF, RITA, ask, filled, link_of, member, open_call, started
from tests.grants.scene import application

pytestmark = pytest.mark.django_db


def test_an_address_gets_its_link_and_the_page_says_the_same_to_everybody() -> None:
    row = open_call()
    first, again = ask(Client(), row), ask(Client(), row)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert Application.objects.count() == 1  # the second letter has the same link
    page = first.content.decode()
    assert (
        page.index('id="apply"') < page.index("Look into your mail") < page.index("<form method")
    )  # where it scrolls to
    assert {link_of()} == {re.search(r"/a/[\w-]+/", letter.body).group() for letter in Letter.objects.all()}  # type: ignore[union-attr]


def test_a_few_letters_a_day_and_no_more() -> None:
    row = open_call()
    answers = {ask(Client(), row).content for _ in range(6)}
    assert Letter.objects.filter(to=RITA).count() == 3
    assert len(answers) == 1


def test_no_cookie_is_set_on_who_reads_and_asks() -> None:
    row, client = open_call(), Client()
    client.get(reverse("public_calls"))
    client.get(reverse("public_call", args=[row.ref]) + "?language=fr")
    ask(client, row)
    assert not client.cookies


def test_what_is_typed_is_saved_as_typed_and_the_page_says_what_is_missing() -> None:
    row, client = open_call(), Client()
    link = started(row)
    page = client.get(link).content.decode()
    assert "Still missing" in page
    answer = client.post(link + "draft/", filled(requested="about a lot", revision="1"))
    assert answer.status_code == 200
    assert "the amount requested" in answer.json()["live"]
    found = Application.objects.get()
    assert found.draft["requested"] == "about a lot"
    assert found.title == ""  # not sent: nobody's business yet
    assert "about a lot" in client.get(link).content.decode()


def test_saving_by_the_button_says_so_without_javascript() -> None:
    link, client = started(open_call()), Client()
    answer = client.post(link, filled(do="save", revision="1"), follow=True)
    assert "Saved. It is not submitted yet." in answer.content.decode()
    assert "Saved. It is" not in client.get(link).content.decode()


def test_two_windows_do_not_overwrite_each_other() -> None:
    row, client = open_call(), Client()
    link = started(row)
    client.post(link + "draft/", filled(title="Newer", revision="1"))
    answer = client.post(link + "draft/", filled(title="Older", revision="1"))
    assert answer.status_code == 409
    assert Application.objects.get().draft["title"] == "Newer"
    sent = client.post(link, filled(title="Older", revision="1", do="save"))
    assert sent.status_code == 409
    assert "Older" in sent.content.decode()


def test_sent_once_however_often_the_button_is_pressed() -> None:
    row, client = open_call(), Client()
    link = started(row)
    for _ in range(2):
        assert client.post(link, filled(do="submit", starts="2027-06-01")).status_code == 302
    found = Application.objects.get()
    assert (found.state, found.requested, found.own_cash, found.draft) == ("submitted", 15_000_000, 5_000_000, {})
    assert found.country is not None
    assert found.country.ref == "kenya"
    assert Letter.objects.filter(subject__startswith="Received").count() == 1
    again = client.post(link, filled(do="submit", once="two", summary="Something newer"))
    assert again.status_code == 409
    shown = again.content.decode()
    assert "Something newer" in shown  # what was typed is shown, and not taken
    assert "<dt>Gender statement</dt>" in shown
    assert "<dt>once</dt>" not in shown.lower()  # nobody typed that
    page = client.get(link).content.decode()
    assert "Received on" in page
    assert "We look whether it fits" in page
    assert "1 Jun 2027" in page


def test_a_button_pressed_twice_at_once_sends_once(monkeypatch: pytest.MonkeyPatch) -> None:
    row, client = open_call(), Client()
    link = started(row)
    seen = [apply.find(link.split("/")[2])]  # the second press looked while it was still a draft
    client.post(link, filled(do="submit", revision="1"))
    find = apply.find
    monkeypatch.setattr(apply, "find", lambda token: seen.pop() if seen else find(token))
    again = client.post(link, filled(do="submit", revision="1"))
    assert (again.status_code, seen) == (302, [])
    assert Letter.objects.filter(subject__startswith="Received").count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost() -> None:
    row, client = open_call(), Client()
    link = started(row)
    answer = client.post(link, filled(do="submit", title="", requested=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Still missing: a title." in page
    assert "Still missing: the amount requested." in page
    assert "We walk and map the ways." in page
    assert Application.objects.get().draft["summary"] == "We walk and map the ways."


def test_what_does_not_fit_is_said_and_may_be_sent_all_the_same() -> None:
    row, client = open_call(smallest=20_000_000, largest=None), Client()
    link = started(row)
    client.post(link, filled(do="save"))
    assert "is less than" in client.get(link).content.decode()
    client.post(link, filled(do="submit"))
    assert Application.objects.get().state == "submitted"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Lima"])
def test_after_the_deadline_it_says_when_it_was_in_which_zone_and_keeps_the_text(zone: str) -> None:
    row, client = open_call(zone=zone), Client()
    link = started(row)
    closed = timezone.now() - timedelta(minutes=1)
    with open_door(system(TODAY)) as door:
        door.change(row, closes_at=closed)
    answer = client.post(link, filled(do="submit"))
    page = answer.content.decode()
    assert answer.status_code == 422
    there = closed.astimezone(ZoneInfo(zone))
    assert f"{there:%H:%M}, time of {zone.rsplit('/')[-1]}" in page
    assert Application.objects.get().state == "draft"
    assert Application.objects.get().draft["summary"] == "We walk and map the ways."


def test_a_link_is_sent_again_after_the_deadline_but_none_is_started() -> None:
    row = open_call()
    started(row)
    with open_door(system(TODAY)) as door:
        door.change(row, closes_at=timezone.now() - timedelta(minutes=1))
    seen = {ask(Client(), row).status_code, ask(Client(), row, "late@example.org").status_code}
    assert seen == {200}
    assert Letter.objects.filter(to=RITA).count() == 2
    assert not Letter.objects.filter(to="late@example.org").exists()


def test_a_proposal_from_right_to_left() -> None:
    row, client = open_call(languages=["ar", "en"]), Client()
    link = started(row)
    arabic = "نمشي ونرسم الطرق الآمنة إلى السوق"
    assert client.post(link, filled(language="ar", title=arabic, summary=arabic, do="submit")).status_code == 302
    found = Application.objects.get()
    assert (found.title, found.summary, found.language) == (arabic, arabic, "ar")
    assert re.search(r'<h1[^>]*><span dir="auto">' + arabic, client.get(link).content.decode())
    assert Letter.objects.filter(subject=f"Received: {arabic}").exists()


def test_characters_that_a_database_does_not_keep_break_nothing() -> None:
    row, client = open_call(), Client()
    link = started(row)
    assert ask(client, row, "a\0b@example.org").status_code == 422
    typed = filled(title="Safe\0 ways", once="o\0ne", **{"co-0-name": "Ve\0ndors"})
    assert client.post(link + "draft/", typed | {"revision": "1"}).status_code == 200
    assert client.post(link, typed | {"do": "submit"}).status_code == 302
    assert Application.objects.get().title == "Safe ways"
    assert client.post(link + "withdraw/", {"reason": "No\0 money"}).status_code == 409


def archive() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as zipped:
        zipped.writestr("run.exe", b"MZ")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tool.exe", b"MZ", "this kind of file cannot be evidence"),
        ("proposal.docx", archive(), "is not what its name says"),
        ("proposal.pdf", archive(), "is not what its name says"),
        ("proposal.pdf", PDF + b"0" * 2000, "is larger than"),
        ("proposal.pdf", b"", "empty"),
    ],
)
def test_files_that_are_not_taken_say_why_and_lose_nothing(name: str, content: bytes, said: str, settings: Any) -> None:
    settings.FILE_LIMIT = 1000
    row, client = open_call(), Client()
    link = started(row)
    upload = SimpleUploadedFile(name, content)
    answer = client.post(link, filled(do="submit") | {"kind": "other", "file": upload})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    found = Application.objects.get()
    assert (found.state, found.draft["title"]) == ("draft", "Safe ways to the market")
    assert not found.attachments.exists()


def test_sponsors_files_and_co_applicants_come_with_the_form() -> None:
    row, client, organisation = open_call(sponsors=1), Client(), member()
    link = started(row)
    without = client.post(link, filled(do="submit"))
    assert "a sponsor among the members" in without.content.decode()
    letter = {
        "sponsor": organisation.ref,
        "sponsor_role": "Technical help",
        "co-0-name": "Market traders",
        "co-0-role": "",
    }
    assert client.post(link, filled(do="save", **letter)).status_code == 302
    found = Application.objects.get()
    sponsor = found.sponsors.get()
    assert (sponsor.organisation, sponsor.role, sponsor.letter) == (organisation, "Technical help", None)
    assert [row.name for row in found.co_applicants.all()] == ["Market traders"]
    assert "the sponsor’s letter" in client.post(link, filled(do="submit")).content.decode()
    upload = {f"letter-{sponsor.ref}": SimpleUploadedFile("letter.pdf", PDF)}
    assert client.post(link, filled(do="submit", **{"co-0-name": "Market traders"}) | upload).status_code == 302
    found.refresh_from_db()
    assert found.state == "submitted"
    kept = found.sponsors.get().letter
    assert kept is not None
    mine: Any = client.get(f"{link}file/{kept.sha256}/")
    assert b"".join(mine.streaming_content) == PDF
    other = application(row, "other", link_digest="")
    assert client.get(reverse("grants_link_file", args=["x" * 24, kept.sha256])).status_code == 404
    assert other.sponsors.count() == 0


def test_a_file_can_be_removed_while_it_is_a_draft() -> None:
    row, client = open_call(), Client()
    link = started(row)
    client.post(link, filled(do="save") | {"kind": "other", "file": SimpleUploadedFile("note.pdf", PDF)})
    found = Application.objects.get().attachments.get()
    client.post(link, filled(do="save") | {"remove": found.ref})
    assert not Application.objects.get().attachments.exists()


@pytest.mark.parametrize("address", ["", "draft/", "withdraw/", "proposal/", f"file/{'0' * 64}/"])
def test_a_link_that_is_none_leads_nowhere(address: str) -> None:
    cast()
    client = Client()
    link = f"/a/{'x' * 24}/{address}"
    method = client.get if address.startswith("file") or not address else client.post
    assert method(link).status_code == 404


def test_pages_are_small() -> None:
    row, client = open_call(), Client()
    link = started(row)
    assert len(client.get(reverse("public_call", args=[row.ref])).content) < 20_000
    assert len(client.get(link).content) < 40_000


def test_a_call_says_its_deadline_in_its_own_zone() -> None:
    at = datetime(2099, 12, 9, 13, 0, tzinfo=ZoneInfo("UTC"))
    row = open_call(zone="Africa/Nairobi", closes_at=at)
    page = Client().get(reverse("public_call", args=[row.ref])).content.decode()
    assert "9 December 2099, 16:00, time of Nairobi" in page
    assert "9 December 2099, 14:00, time of Brussels" in page
