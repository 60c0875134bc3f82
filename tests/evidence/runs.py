"""Runs for tests, and a small result as the measuring library would give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from genderlens.findings import Finding
from genderlens.report.document import Heading, Listing, Report
from genderlens.run import FIGURES
from genderlens.run import Run as Result
from jwp.core.access import Actor, system
from jwp.core.door import open_door
from jwp.evidence import actions, tasks
from jwp.evidence.files import keep_data
from jwp.evidence.models import Run
from jwp.evidence.rules import UPLOADS
from jwp.partners.models import Place
from tests.cast import TODAY

SHEET = "name,sex,safe\n" + "".join(f"Ada {n},{'F' if n % 2 else 'M'},{'yes' if n % 3 else 'no'}\n" for n in range(60))
CHOSEN = {"sex": "sex", "codes": {"F": "f", "M": "m"}, "questions": ["safe"]}


def city(ref: str = "lagoon") -> Place:
    found: Place | None = Place.objects.filter(ref=ref).first()
    if found is not None:
        return found
    with open_door(system(TODAY)) as door:
        return door.add(Place(ref=ref, name=ref.title(), kind=Place.Kind.CITY))


def uploaded(actor: Actor, **fields: Any) -> Run:
    kept = keep_data(SimpleUploadedFile("answers.csv", SHEET.encode()), UPLOADS["sheet"][0].endings)
    about = {"title": "Asked in Lagoon", "place": city(), "parameters": CHOSEN} | fields
    return actions.upload_run(actor, "sheet", [("answers", kept)], **about)


def figure(key: str, sex: str, value: float | None = None, **fields: Any) -> dict[str, Any]:
    blank = dict.fromkeys(FIGURES.names)
    texts = dict.fromkeys(("indicator", "group", "place", "flag"), "")
    return blank | texts | {"key": key, "sex": sex, "value": value, "label": "Feels safe", "unit": "percent"} | fields


WOMEN_AND_MEN = (
    figure("safe.f", "f", 41.2, se=2.0, low=37.3, high=45.2, n=400),
    figure("safe.m", "m", 62.5, se=2.5, low=57.6, high=67.4, n=350),
    figure("safe.all", "", 51.0, se=1.5, low=48.1, high=53.9, n=750),
    figure("safe.f-m", "f-m", -21.3, se=3.0, low=-27.1, high=-15.4, unit="points"),
)


def result(*figures: dict[str, Any]) -> Result:
    rows = list(figures or WOMEN_AND_MEN)
    said = Finding("warning", "few", "answers.csv", "Two rows say nothing of sex.", "Ask again.")
    report = Report("Asked in Lagoon", "en", (Heading("What it says"), Listing(("Women feel less safe <here>.",))))
    return Result(
        "survey", "Asked in Lagoon", "en", {}, {"answers.csv": "0" * 64}, pa.Table.from_pylist(rows, FIGURES),
        {"counts": pa.table({"answer": ["yes", "no"], "n": [3, 4]})}, (said,), report,
    )  # fmt: skip


@pytest.fixture
def measures(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], None]:
    """Puts something in the place of the library, which has tests of its own. The paper takes a second: left out."""
    monkeypatch.setattr(Report, "pdf", lambda self: b"%PDF-1.7")
    return lambda instead: monkeypatch.setitem(tasks.MEASURES, "sheet", instead)


def work() -> None:
    """What the process beside the server does, until nothing waits."""
    worker = Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id="test", excluded_queue_names=[],
    )  # fmt: skip
    while (waiting := DBTaskResult.objects.ready().first()) is not None:
        waiting.claim("test")
        worker.run_task(waiting)


def finished(actor: Actor, **fields: Any) -> Run:
    run = uploaded(actor, **fields)
    tasks.start(actor, run.ref, run.revision)
    work()
    run.refresh_from_db()
    return run
