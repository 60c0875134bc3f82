"""The door: nothing is written past it, nothing is half-written, and the journal proves what was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jwp.core import journal
from jwp.core.access import system
from jwp.core.door import Refused, ShutDoor, Stale, open_door
from jwp.core.models import Entry
from jwp.partners.models import Organisation, Person
from tests.cast import TODAY

pytestmark = pytest.mark.django_db
ME = system(TODAY)


def organisation(**fields: Any) -> Organisation:
    with open_door(ME) as door:
        return door.add(Organisation(name="UCLG", **fields))


def test_a_shut_door_writes_nothing() -> None:
    with pytest.raises(ShutDoor):
        Organisation(name="Past the door").save()
    with pytest.raises(ShutDoor):
        Organisation.objects.update(name="x")
    with pytest.raises(ShutDoor):
        Organisation.objects.bulk_create([Organisation(name="x")])
    organisation()
    with pytest.raises(ShutDoor):
        Organisation.objects.all().delete()


def test_every_write_is_journalled_with_before_and_after() -> None:
    row = organisation()
    with open_door(ME) as door:
        door.change(door.lock(Organisation, row.ref), name="Cities", reason="renamed")
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.ref, entry.reason) == ("change", row.ref, "renamed")
    assert entry.changes == [("name", "UCLG", "Cities")]
    assert Organisation.objects.get().revision == 2


def test_a_failure_leaves_neither_row_nor_entry() -> None:
    with pytest.raises(RuntimeError), open_door(ME) as door:
        door.add(Organisation(name="Half"))
        raise RuntimeError
    assert not Organisation.objects.exists()
    assert not Entry.objects.exists()


def test_the_second_of_two_editors_is_told() -> None:
    row = organisation()
    with open_door(ME) as door:
        door.change(door.lock(Organisation, row.ref, row.revision), name="First")
    with pytest.raises(Stale) as told, open_door(ME) as door:
        door.lock(Organisation, row.ref, row.revision)
    assert told.value.row.name == "First"  # type: ignore[attr-defined]


def test_a_missing_row_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="nowhere"), open_door(ME) as door:
        door.lock(Organisation, "nowhere")


def test_the_chain_holds_and_names_the_first_broken_entry() -> None:
    for _ in range(3):
        organisation()
    assert journal.verify() == journal.Proof(3, Entry.objects.get(seq=3).hash)
    Entry.objects.filter(seq=2).update(facts={"after": {"name": "forged"}})
    proof = journal.verify()
    assert (proof.entries, proof.broken) == (1, 2)
    assert "changed" in proof.why


def test_a_cut_tail_is_found() -> None:
    for _ in range(3):
        organisation()
    Entry.objects.filter(seq=3).delete()
    assert journal.verify().broken == 3


def test_a_backdated_entry_is_found() -> None:
    organisation()
    Entry.objects.update(at=datetime(2020, 1, 1, tzinfo=UTC))
    assert journal.verify().broken == 1


def test_personal_data_can_be_erased_and_the_chain_holds() -> None:
    with open_door(ME) as door:
        door.add(Person(ref="p", name="Maria", email="maria@example.org"))
    entry = Entry.objects.get()
    assert "Maria" not in str(entry.facts)
    with open_door(ME):
        assert journal.erase_personal("p") == 1
    entry.refresh_from_db()
    assert "Maria" not in str(entry.personal)
    assert journal.verify().broken is None
