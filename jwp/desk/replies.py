"""Comments by mail: a letter, as the mail server hands it over, becomes a comment of who was written to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from html.parser import HTMLParser

from django.conf import settings
from django.utils.translation import gettext as _
from mailparser_reply import EmailReplyParser

from jwp.core.door import Refused
from jwp.partners.access import actor_for_person
from jwp.plans.access import visible_targets
from jwp.plans.actions import report as reports
from jwp.plans.models import Comment

LIMIT = 10 * 1024 * 1024  # bytes of one letter, attachments included
LONGEST = 10_000  # characters of one comment
ADDRESSED = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True)
class Answer:
    """What became of a letter; no comment where it was written by a machine."""

    said: str
    comment: Comment | None = None


def take(letter: bytes, today: date) -> Answer:
    """Turn a letter into a comment. Raises Refused, in words its writer can act on."""
    if len(letter) > LIMIT:
        raise Refused(_("This letter is too large: write without attachments."))
    message = message_from_bytes(letter, policy=policy.default)
    assert isinstance(message, EmailMessage)
    if written_by_a_machine(message):
        return Answer(_("An automatic answer: nothing to keep."))
    target, person = reports.reply_to(_our_address(message))
    writers = {address.casefold() for _name, address in _addresses(message, "From")}
    if not person.email or person.email.casefold() not in writers:
        raise Refused(_("Answer from the address the letter was sent to, or comment on the page."))
    actor = actor_for_person(person, today, via="mail")
    gone = person.left_on is not None and today > person.left_on
    if gone or not visible_targets(actor).filter(pk=target.pk).exists():
        raise Refused(_("You no longer work on this target: ask the gender team."))
    text = new_text(message)[:LONGEST]
    if not text:
        raise Refused(_("There is nothing new in this letter: write above the old text."))
    # A mail server that is not sure it got through hands the same letter over again.
    if Comment.objects.filter(target=target, author=person, text=text, by_mail=True).exists():
        return Answer(_("This comment is here already."))
    return Answer(_("Kept as a comment."), reports.comment(actor, target.ref, text, by_mail=True))


def written_by_a_machine(message: EmailMessage) -> bool:
    """Absence notices and the like, which must neither be kept nor be answered."""
    auto = str(message.get("Auto-Submitted", "no")).casefold()
    bulk = str(message.get("Precedence", "")).casefold()
    return auto != "no" or bulk in ("bulk", "auto_reply", "junk") or "X-Autoreply" in message


def _our_address(message: EmailMessage) -> str:
    for header in ADDRESSED:
        for _name, address in _addresses(message, header):
            if address.startswith("reply+"):
                return address
    raise Refused(_("This letter was not sent to one of our reply addresses."))


def _addresses(message: EmailMessage, header: str) -> list[tuple[str, str]]:
    return getaddresses([str(value) for value in message.get_all(header, [])])


def new_text(message: EmailMessage) -> str:
    """What was written now: without the quoted letter, signature and disclaimer."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, UnicodeError):  # a character set nobody knows
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if part.get_content_type() == "text/html":
        text = plain(text)
    languages = [code for code, _name in settings.LANGUAGES]
    replies = EmailReplyParser(languages=languages).read(text).replies
    first = (replies[0].body or replies[0].content) if replies else ""
    return re.sub(r"\n{3,}", "\n\n", unquoted(first))


def unquoted(text: str) -> str:
    """Without quoted lines and the line that announces them, in whatever language it does.

    >>> unquoted("La lista llega.\\n\\nEl dom, 20 sept 2026, Gita escribió:\\n> @olga")
    'La lista llega.'
    """
    kept: list[str] = []
    for line in text.splitlines():
        if not line.lstrip().startswith(">"):
            kept.append(line)
        elif kept and kept[-1].rstrip().endswith(":"):
            kept.pop()
    return "\n".join(kept).strip()


class _Plain(HTMLParser):
    """The words of a page, without what it quotes."""

    SILENT = ("style", "script", "head", "blockquote")
    LINES = ("p", "div", "br", "li", "tr")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.LINES:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT and self.silent > 0

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def plain(html: str) -> str:
    """
    >>> plain("<p>Done &amp; sent.</p><blockquote>Old</blockquote>").strip()
    'Done & sent.'
    """
    reader = _Plain()
    reader.feed(html)
    return "".join(reader.words)
