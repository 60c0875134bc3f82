"""`jwp verify` finds what was tampered with, and a killed process leaves nothing for it to find."""

from __future__ import annotations

import random
import signal
import sqlite3
import threading
import time

import pytest
from django.db import connection

from jwp.core import door, journal
from jwp.core.access import system
from jwp.core.models import Entry
from jwp.partners.models import Organisation
from tests.cast import TODAY, cast
from tests.desk.installation import Installation


def tampered(where: Installation, statement: str) -> None:
    with sqlite3.connect(where.data / "jwp.sqlite3") as database:
        database.execute(statement)
    database.close()


def broken(where: Installation) -> str:
    found = where.jwp("verify")
    assert found.returncode == 1
    return found.stderr


def test_an_untouched_installation_holds(filled: Installation) -> None:
    found = filled.jwp("verify")
    assert (found.returncode, found.stderr) == (0, "")
    assert "Everything holds." in found.stdout


def test_the_first_broken_entry_is_named(filled: Installation) -> None:
    tampered(filled, "UPDATE core_entry SET verb = 'forged' WHERE seq IN (7, 9)")
    assert "entry 7: it does not follow from the entry before" in broken(filled)


def test_a_missing_or_changed_file_is_named(filled: Installation) -> None:
    file = next(filled.data.glob("files/??/*"))
    file.write_text("forged")
    assert f"file {file.name} (minutes.txt) was changed" in broken(filled)
    file.unlink()
    assert f"file {file.name} (minutes.txt) is missing" in broken(filled)


def test_a_file_that_belongs_to_nothing_is_only_noted(filled: Installation) -> None:
    orphan = filled.data / "files" / "ab" / ("ab" * 32)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_text("uploaded, then the transaction failed")
    found = filled.jwp("verify")
    assert found.returncode == 0
    assert f"{orphan.name} belongs to nothing" in found.stdout


def test_a_reference_that_leads_nowhere_is_named(filled: Installation) -> None:
    tampered(filled, "DELETE FROM plans_priorityarea")
    assert "plans.target.area: nothing there for row" in broken(filled)


@pytest.mark.django_db(transaction=True)
def test_people_go_on_writing_while_the_journal_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    cast()
    before, fault = Entry.objects.count(), journal._fault

    def somebody_adds() -> None:
        try:
            with door.open_door(system(TODAY)) as opened:
                opened.add(Organisation(name="Added meanwhile"))
        finally:
            connection.close()

    def slowly(previous: str, expected: int, entry: Entry) -> str:
        if expected == 3:
            other = threading.Thread(target=somebody_adds)
            other.start()
            other.join()
        return fault(previous, expected, entry)

    monkeypatch.setattr(journal, "_fault", slowly)
    proof = journal.verify()
    assert (proof.entries, proof.broken) == (before, None)
    assert Entry.objects.count() == before + 1


# Two moments to die at: rows written and the journal not; both written and nothing committed.
HALFWAY = """
import django; django.setup()
import time
from datetime import date
from jwp.core import door, journal
from jwp.core.access import system
from jwp.partners.models import Organisation, Person
from jwp.partners.access import actor_for_person
from jwp.plans.actions.round import close_round
append = journal.append
def stall(*given):
    if {moment!r} == "after the journal":
        append(*given)
    print("half", flush=True)
    time.sleep(60)
door.journal.append = stall
"""
IMPORT = """
with door.open_door(system(date(2026, 9, 20))) as opened:
    opened.add_all([Organisation(name=f"Row {n}") for n in range(5000)])
"""
CLOSE = """
close_round(actor_for_person(Person.objects.get(ref="gita"), date(2026, 9, 20)), "r1")
"""
MODELS = "from jwp.partners.models import Organisation; from jwp.plans.models import Report, Round"
LEFT = "Organisation.objects.count(), Report.objects.count(), Round.objects.exclude(closed_on=None).count()"


@pytest.mark.django_db
def test_killed_halfway_nothing_is_half_written(ours: Installation) -> None:
    for moment, work in (("before the journal", IMPORT), ("after the journal", CLOSE)):
        child = ours.start("-c", HALFWAY.replace("{moment!r}", repr(moment)) + work)
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        child.send_signal(signal.SIGKILL)
        child.communicate()
    assert ours.ask(LEFT, MODELS) == "1 0 0"
    assert ours.jwp("verify").returncode == 0


MANY = """
import django; django.setup()
from datetime import date
from jwp.core.access import system
from jwp.core.door import open_door
from jwp.partners.access import actor_for_person
from jwp.partners.models import Person
from jwp.plans.actions.round import close_round
from jwp.plans.models import Plan, Round
plan = Plan.objects.get()
with open_door(system(date(2026, 9, 20))) as door:
    door.add_all([
        Round(ref=f"x{n}", plan=plan, number=n, month=n, opens=date(2025, 8, 1), due=date(2025, 9, 1),
              closes=date(2025, 10, 1)) for n in range(10, 3000)
    ])
gita = actor_for_person(Person.objects.get(ref="gita"), date(2026, 9, 20))
print("started", flush=True)
for n in range(10, 3000):
    close_round(gita, f"x{n}")
"""
CLOSED = """[
    (r.closed_on is not None, r.reports.filter(silent_at_close=True).count())
    for r in Round.objects.filter(number__gte=10)
]"""


@pytest.mark.django_db
def test_killed_at_any_moment_a_round_is_closed_whole_or_not_at_all(ours: Installation) -> None:
    child = ours.start("-c", MANY)
    assert child.stdout is not None
    assert child.stdout.readline() == "started\n"
    time.sleep(random.uniform(0.4, 1.2))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    rounds = eval(ours.ask(CLOSED, MODELS))
    assert set(rounds) == {(True, 3), (False, 0)}
    assert ours.jwp("verify").returncode == 0
