"""The journal: append-only, hash-chained, provable by anyone who holds a printed head hash."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder

if TYPE_CHECKING:
    from jwp.core.models import Entry

ERASED = {"erased": True}


def canonical(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(value: Any) -> str:
    return _sha(canonical(value))


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def chained(previous: str, entry: Entry) -> str:
    """The hash of an entry: everything it says, by digest where it may one day be erased."""
    return digest([
        previous, entry.seq, entry.at.astimezone(UTC).isoformat(), entry.actor, entry.via, entry.verb, entry.noun,
        entry.ref, entry.batch, entry.facts_digest, entry.personal_digest,
    ])  # fmt: skip


@dataclass
class Line:
    """What the door wants written down, before it has a number."""

    verb: str
    noun: str
    ref: str
    facts: dict[str, Any]
    personal: dict[str, Any] | None = None


def append(actor: str, via: str, at: datetime, batch: str, lines: Sequence[Line]) -> None:
    """Chain `lines` to the journal. Called once, at the end of the door's transaction: the head is locked briefly."""
    from jwp.core.models import Entry, Head

    if not lines:
        return
    head = next(iter(Head.objects.select_for_update()), None)
    if head is None:  # the first entry of all; two may be about to write it
        Head.objects.get_or_create(pk=1)
        head = Head.objects.select_for_update().get(pk=1)
    seq, previous, entries = head.seq, head.hash, []
    for line in lines:
        seq += 1
        # Stored as it will be read back, so that its digest can be taken again.
        facts = canonical(line.facts)
        personal = canonical(line.personal | {"salt": secrets.token_hex(16)}) if line.personal else ""
        entry = Entry(
            seq=seq, at=at, actor=actor, via=via, verb=line.verb, noun=line.noun, ref=line.ref, batch=batch,
            facts=json.loads(facts), personal=json.loads(personal) if personal else None,
            facts_digest=_sha(facts), personal_digest=_sha(personal) if personal else "",
        )  # fmt: skip
        entry.hash = previous = chained(previous, entry)
        entries.append(entry)
    Entry.objects.bulk_create(entries, batch_size=500)
    head.seq, head.hash = seq, previous
    head.save()


@dataclass(frozen=True)
class Proof:
    """What `verify` found: how many entries hold, and the first that does not (None: all do)."""

    entries: int
    head: str
    broken: int | None = None
    why: str = ""


def verify() -> Proof:
    """Recompute the whole chain and name the first broken entry."""
    from jwp.core.models import Entry, Head

    # As far as the head reaches now. No transaction: entries only follow, and SQLite would stop all writers.
    head = Head.objects.first() or Head()
    previous, expected = "", 0
    for entry in Entry.objects.filter(seq__lte=head.seq).iterator(chunk_size=2000):
        expected += 1
        if why := _fault(previous, expected, entry):
            return Proof(expected - 1, head.hash, entry.seq if entry.seq == expected else expected, why)
        previous = entry.hash
    if expected != head.seq or previous != head.hash:
        return Proof(expected, head.hash, expected + 1, "entries are missing at the end")
    return Proof(expected, head.hash)


def _fault(previous: str, expected: int, entry: Entry) -> str:
    if entry.seq != expected:
        return f"entry {expected} is missing"
    if digest(entry.facts) != entry.facts_digest:
        return "its facts were changed after it was written"
    if entry.personal and entry.personal != ERASED and digest(entry.personal) != entry.personal_digest:
        return "its personal part was changed after it was written"
    if chained(previous, entry) != entry.hash:
        return "it does not follow from the entry before"
    return ""


def erase_personal(ref: str) -> int:
    """Erase the personal part of every entry about one row. The chain still holds. Call it from inside the door."""
    from jwp.core.models import Entry

    return Entry.objects.filter(ref=ref, personal__isnull=False).update(personal=ERASED)


def history(ref: str) -> Iterator[Entry]:
    from jwp.core.models import Entry

    return Entry.objects.filter(ref=ref).order_by("-seq").iterator()
