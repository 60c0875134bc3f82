"""Letters wait where those who may can hand them on; once they have left, their links open nothing here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.test import Client

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.mail import send_letters, write_letter
from jwp.core.models import Letter, Partnership
from jwp.desk.clock import Done, tick
from tests.cast import TODAY, Cast, cast
from tests.desk.test_journal import signed_in

pytestmark = pytest.mark.django_db
LINK = "https://example.org/l/abcDEF_123-x/"
JOIN = "https://example.org/join/secret-token/"
RESET = "https://example.org/accounts/password/reset/key/3-cx2abc-99/"


@pytest.fixture
def people() -> Cast:
    return cast()


def letter(key: str, body: str, to: str = "olga@example.org") -> Letter:
    with open_door(system(TODAY)) as door:
        write_letter(door, key=key, to=to, subject=f"About {key}", body=body)
    return Letter.objects.get(key=key)


def with_server() -> Partnership:
    with open_door(system(TODAY)) as door:
        here = door.lock(Partnership, "partnership")
        return door.change(here, mail_host="mail.example.org", mail_from="jwp@example.org")


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a mail server that takes everything but letters to `bad@` was given."""
    taken: list[Any] = []

    def take(self: EmailBackend, messages: list[Any]) -> int:
        if messages[0].to == ["bad@example.org"]:
            raise ConnectionRefusedError("no such mailbox")
        taken.extend(messages)
        return 1

    monkeypatch.setattr(EmailBackend, "send_messages", take)
    return taken


def test_the_same_letter_is_written_once(people: Cast) -> None:
    letter("once", "Hello")
    with open_door(system(TODAY)) as door:
        assert not write_letter(door, key="once", to="x@example.org", subject="", body="")
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("name", ["amara", "gita", "ida"])
def test_those_who_may_see_what_waits(people: Cast, name: str) -> None:
    letter("round", LINK)
    html = signed_in(people, name).get("/outbox/").content.decode()
    assert "About round" in html
    assert "waiting" in html
    assert LINK not in html


@pytest.mark.parametrize("name", ["olga", "berta", "aldo", "fola", "sam"])
def test_others_are_told_nothing(people: Cast, name: str) -> None:
    sent = letter("round", LINK)
    for url in ("/outbox/", f"/outbox/{sent.pk}/", "/outbox/send/"):
        assert signed_in(people, name).get(url).status_code == 404


def test_the_gender_team_opens_a_letter_and_the_director_does_not(people: Cast) -> None:
    waiting = letter("round", LINK)
    assert LINK in signed_in(people, "gita").get(f"/outbox/{waiting.pk}/").content.decode()
    assert signed_in(people, "amara").get(f"/outbox/{waiting.pk}/").status_code == 404


@pytest.mark.parametrize("body", [JOIN, RESET])
def test_a_letter_that_opens_an_account_is_for_the_administrator_only(people: Cast, body: str) -> None:
    key = letter("key", f"Choose a password: {body}")
    for name in ("gita", "amara"):
        client = signed_in(people, name)
        assert "About key" not in client.get("/outbox/").content.decode()
        assert client.get(f"/outbox/{key.pk}/").status_code == 404
    assert body in signed_in(people, "ida").get(f"/outbox/{key.pk}/").content.decode()


def test_letters_are_searched(people: Cast) -> None:
    letter("first", "x")
    letter("second", "x", to="tomas@example.org")
    Letter.objects.filter(key="first").mark(sent_at=datetime(2026, 9, 1, tzinfo=UTC))
    client = signed_in(people, "gita")

    def subjects(query: str) -> list[str]:
        return [seen.subject for seen in client.get(f"/outbox/?{query}").context["page"]]

    assert subjects("") == ["About second", "About first"]
    assert subjects("q=TOMAS") == ["About second"]
    assert subjects("show=waiting") == ["About second"]
    assert subjects("show=sent") == ["About first"]
    assert subjects("q=nothing") == []


def test_a_letter_handed_on_by_hand_keeps_no_live_link(people: Cast) -> None:
    waiting = letter("round", f"Report here: {LINK} by Friday")
    client = signed_in(people, "gita")
    assert "mailto:olga%40example.org" in client.get(f"/outbox/{waiting.pk}/").content.decode()
    client.post(f"/outbox/{waiting.pk}/")
    waiting.refresh_from_db()
    assert waiting.sent_at is not None
    assert waiting.body == "Report here: https://example.org/l/…/ by Friday"


def test_without_a_mail_server_letters_wait(people: Cast, posted: list[Any]) -> None:
    letter("round", LINK)
    assert tick(TODAY) == Done()
    response = signed_in(people, "gita").post("/outbox/send/", follow=True)
    assert "No mail server is set" in response.content.decode()
    assert not posted
    assert Letter.objects.get().body == LINK


def test_sending_blanks_every_link_that_stands_for_a_person(people: Cast, posted: list[Any]) -> None:
    with_server()
    letter("all", f"{LINK} {JOIN} {RESET} https://example.org/plan/t1/")
    assert tick(TODAY) == Done(sent=1)
    assert posted[0].body.startswith(LINK)
    assert posted[0].to == ["olga@example.org"]
    kept = Letter.objects.get().body
    for secret in ("abcDEF", "secret-token", "3-cx2abc"):
        assert secret not in kept
    assert "https://example.org/plan/t1/" in kept
    assert tick(TODAY) == Done()


def test_letters_that_cannot_be_sent_do_not_hold_up_the_rest(people: Cast, posted: list[Any]) -> None:
    partnership = with_server()
    for number in range(5):
        letter(f"bad{number}", LINK, to="bad@example.org")
    letter("good", "Hello")
    assert send_letters(partnership) == (0, 4)
    assert send_letters(partnership)[0] == 1
    assert posted[0].subject == "About good"
    failed = Letter.objects.get(key="bad0")
    assert failed.error == "no such mailbox"
    assert failed.body == LINK
    assert "not accepted" in signed_in(people, "gita").get("/outbox/").content.decode()


def test_the_gender_team_sends_now(people: Cast, posted: list[Any]) -> None:
    with_server()
    letter("round", LINK)
    response = signed_in(people, "gita").post("/outbox/send/", follow=True)
    assert "1 sent, 0 failed." in response.content.decode()
    assert len(posted) == 1


def test_the_list_costs_the_same_whatever_it_shows(people: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        letter(f"k{number}", "x")
    client: Client = signed_in(people, "gita")
    with django_assert_max_num_queries(9):
        assert len(client.get("/outbox/").context["page"].object_list) == 50
