"""`jwp compute`, killed in the middle as by a power cut, and started again."""

from __future__ import annotations

import sqlite3
import time

from tests.desk.installation import Installation

BEGIN = """
import django; django.setup()
import time
from jwp.cli import main
from jwp.evidence import tasks
from jwp.evidence.models import Run, RunFigure
from jwp.partners.access import actor_for_person
from jwp.partners.models import Person
from tests.cast import TODAY
from tests.evidence.runs import result, uploaded
olga = actor_for_person(Person.objects.get(ref="olga"), TODAY)
"""
KILLED = """
def slow(run, given, progress):
    progress(0.3, "half way")
    time.sleep(120)

for title in ("first", "second"):
    tasks.start(olga, uploaded(olga, title=title, place=None).ref, None)
tasks.MEASURES["sheet"] = slow
main(["compute", "--once"])
"""
AFTER = """
tasks.MEASURES["sheet"] = lambda run, given, progress: result()
main(["compute", "--once"])
first = Run.objects.get(title="first")
print(first.state, "interrupted" in first.why, first.figures.count(), Run.objects.get(title="second").state)
tasks.start(olga, first.ref, None)
main(["compute", "--once"])
print(*Run.objects.values_list("state", flat=True), RunFigure.objects.count())
"""


def test_a_run_that_was_killed_has_failed_and_those_behind_it_go_on(filled: Installation) -> None:
    worker = filled.start("-c", BEGIN + KILLED)
    with sqlite3.connect(filled.data / "jwp.sqlite3", timeout=20) as base:
        for _wait in range(600):
            if base.execute("SELECT 1 FROM evidence_run WHERE step = 'half way'").fetchone():
                break
            assert worker.poll() is None, worker.communicate()[1]
            time.sleep(0.1)
    worker.kill()
    worker.communicate()
    assert filled.python(BEGIN + AFTER).splitlines() == ["failed True 0 done", "done done 8"]
