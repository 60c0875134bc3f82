"""An answered letter becomes a comment of whoever it was written to, and of nobody else."""

from __future__ import annotations

import io
import sys
from datetime import date
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

from jwp.cli import main
from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Letter, Partnership
from jwp.desk.replies import take
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report
from jwp.plans.models import Comment
from tests.cast import TODAY, Cast, cast, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db

ENGLISH = """The list is with the city.
It comes on Friday.

On Sun, 20 Sep 2026 at 10:02, Partnership <jwp@example.org> wrote:
> Gita wrote about "Train 100 people":
> @olga when?
"""
FRENCH = """La liste arrive vendredi.

Le dim. 20 sept. 2026 à 10:02, Partnership <jwp@example.org> a écrit :
> Gita a écrit : @olga
"""
SPANISH = """La lista llega el viernes.

El dom, 20 sept 2026 a las 10:02, Partnership (<jwp@example.org>) escribió:
> Gita: @olga
"""
OUTLOOK = """The list is with the city.

________________________________
From: Partnership <jwp@example.org>
Sent: Sunday, 20 September 2026 10:02
To: Olga <olga@example.org>
Subject: Gita mentioned you

Gita wrote about it
"""


@pytest.fixture
def people() -> Cast:
    people = cast()
    with open_door(system(TODAY)) as door:
        door.change(Partnership.objects.get(), reply_domain="reply.example.org")
    made = make_plan()
    target(made, people.offices["operations"])
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15))
    report.comment(people.actor("gita"), "t1", "@olga when?")
    return people


def letter(text: str, *, sender: str = "Olga <olga@example.org>", to: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, "Re: Gita mentioned you"
    message["To"] = to or Letter.objects.get().reply_to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def answered() -> list[str]:
    return list(Comment.objects.filter(by_mail=True).values_list("text", flat=True))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (ENGLISH, "The list is with the city.\nIt comes on Friday."),
        (FRENCH, "La liste arrive vendredi."),
        (SPANISH, "La lista llega el viernes."),
        (OUTLOOK, "The list is with the city."),
        ("Done.", "Done."),
    ],
)
def test_what_is_above_the_quote_becomes_the_writers_comment(people: Cast, text: str, kept: str) -> None:
    answer = take(letter(text), TODAY)
    assert answered() == [kept]
    assert answer.comment is not None
    assert (answer.comment.author, answer.comment.target.ref) == (people.people["olga"], "t1")


def test_a_letter_in_html_alone_is_read_too(people: Cast) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "olga@example.org", Letter.objects.get().reply_to
    quoted = "<blockquote><p>Gita wrote</p></blockquote>"
    message.set_content(f"<style>p {{}}</style><p>Fran&ccedil;oise &amp; I did.</p>{quoted}", subtype="html")
    take(message.as_bytes(), TODAY)
    assert answered() == ["Françoise & I did."]


def test_the_case_of_an_address_does_not_matter(people: Cast) -> None:
    take(letter("Done.", sender="OLGA@Example.org", to=Letter.objects.get().reply_to.lower()), TODAY)
    assert answered() == ["Done."]


def test_handed_over_twice_it_is_one_comment(people: Cast) -> None:
    take(letter("Done."), TODAY)
    assert take(letter("Done."), TODAY).comment is None
    assert answered() == ["Done."]


def test_naming_somebody_in_a_letter_tells_them(people: Cast) -> None:
    take(letter("@gita it is there"), TODAY)
    assert Letter.objects.filter(to="gita@example.org").exists()


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda: letter("Done.", sender="mallory@example.net"), "address the letter was sent to"),
        (
            lambda: letter("Done.", to="reply+1.1.000000000000000000000000@reply.example.org"),
            "not one of ours",
        ),
        (lambda: letter("Done.", to="jwp@example.org"), "not sent to one of our reply addresses"),
        (lambda: letter("> only what you wrote"), "nothing new"),
        (lambda: b"x" * (10 * 1024 * 1024 + 1), "too large"),
        (lambda: b"", "not sent to one of our reply addresses"),
        (lambda: b"\xff\xfe\x00 not a letter", "not sent to one of our reply addresses"),
    ],
)
def test_a_letter_that_cannot_be_taken_says_why(people: Cast, made: Any, why: str) -> None:
    with pytest.raises(Refused, match=why):
        take(made(), TODAY)
    assert not answered()


def test_an_absence_notice_is_passed_over_in_silence(people: Cast) -> None:
    assert take(letter("I am on leave.", Auto_Submitted="auto-replied"), TODAY).comment is None
    assert not answered()


def test_somebody_who_no_longer_works_on_it_cannot_comment(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(people.people["olga"].seats.get(), ends=date(2026, 9, 1))
    with pytest.raises(Refused, match="no longer work"):
        take(letter("Done."), TODAY)


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("jwp.cli.installation.must_be_ready", lambda: None)

    def pipe(content: bytes) -> int:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        return main(["reply"])

    return pipe


def test_the_mail_servers_pipe(people: Cast, piped: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert piped(letter("Done.")) == 0 and answered() == ["Done."]
    assert piped(letter("Done?", sender="mallory@example.net")) == 2
    assert "Answer from the address" in capsys.readouterr().err
