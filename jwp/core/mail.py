"""Letters: written to the outbox inside the door, sent afterwards by whoever runs `send_letters`."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from jwp.core.door import Door
from jwp.core.models import Letter, Partnership

# Whoever holds such an address is taken for the person it was sent to: personal and shared links, invitations
# and the address that sets a new password.
LIVE = re.compile(r"(/(?:l|e|a|join)/|/accounts/password/reset/key/)[A-Za-z0-9_-]+")


def write_letter(
    door: Door, *, key: str, to: str, subject: str, body: str, person: str = "", reply_to: str = ""
) -> bool:
    """Put a letter in the outbox. The same key twice writes nothing: False."""
    if Letter.objects.filter(key=key).exists():
        return False
    subject = " ".join(subject.split())[:300]  # one line, as long as the outbox takes
    Letter(key=key, to=to, person=person, subject=subject, body=body, reply_to=reply_to, written_at=door.at).save()
    return True


def without_live_links(body: str) -> str:
    """The text with …/l/…/ where somebody's personal link stood."""
    return LIVE.sub(r"\1…", body)


def mark_sent(letter: Letter) -> None:
    """The letter has left: what stays here opens nothing any more."""
    Letter.objects.filter(pk=letter.pk).mark(sent_at=datetime.now(UTC), error="", body=without_live_links(letter.body))


def send_letters(partnership: Partnership, limit: int = 200) -> tuple[int, int]:
    """Hand unsent letters to the partnership's mail server: (sent, failed). Without a server they wait."""
    if not partnership.mail_host:
        return 0, 0
    with _only_sender() as alone:
        return _send(partnership, limit) if alone else (0, 0)


@contextmanager
def _only_sender() -> Iterator[bool]:
    """Two who send at once would send everything twice: the second leaves it to the first."""
    with (Path(settings.DATA) / "sending").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _send(partnership: Partnership, limit: int) -> tuple[int, int]:
    sent = failed = 0
    server = EmailBackend(
        host=partnership.mail_host, port=partnership.mail_port, username=partnership.mail_user or None,
        password=partnership.mail_password or None, use_tls=partnership.mail_port == 587,
        use_ssl=partnership.mail_port == 465, timeout=20,
    )  # fmt: skip
    for letter in Letter.objects.filter(sent_at=None).order_by("error", "pk")[:limit]:
        message = EmailMessage(
            letter.subject, letter.body, partnership.mail_from, [letter.to],
            reply_to=[letter.reply_to] if letter.reply_to else None,
        )  # fmt: skip
        try:
            server.send_messages([message])
        except OSError as error:  # includes every smtplib error
            failed += 1
            Letter.objects.filter(pk=letter.pk).mark(error=str(error))
            if failed > 3:
                break
        else:
            sent += 1
            mark_sent(letter)
    return sent, failed
