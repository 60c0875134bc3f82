"""A diagnosis waits, is computed, fails or is done; what it gives is whole, or not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from genderlens.findings import Finding
from genderlens.findings import Refused as NoAnswer
from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.evidence import actions, results, tasks
from jwp.evidence.files import keep_data
from jwp.evidence.models import Run, RunFigure, RunFile, StoredFile
from jwp.evidence.rules import UPLOADS
from tests.cast import TODAY, Cast, cast
from tests.evidence.runs import SHEET, WOMEN_AND_MEN, city, figure, finished, measures, result, uploaded, work

pytestmark = pytest.mark.django_db
Measures = Callable[[Callable[..., Any]], None]
assert measures  # a fixture


@pytest.fixture
def people() -> Cast:
    return cast()


def test_what_came_out_is_kept_as_rows_and_files(people: Cast, measures: Measures) -> None:
    measures(lambda run, given, progress: result())
    run = finished(people.actor("olga"))
    assert run.state == "done" and run.share == 1
    assert [(one.sex, one.told) for one in run.figures.all()] == [
        ("f", "41.2 (37.3–45.2)"), ("m", "62.5 (57.6–67.4)"), ("", "51.0 (48.1–53.9)"),
        ("f-m", "-21.3 (-27.1 – -15.4)"),
    ]  # fmt: skip
    assert {one.family for one in run.figures.all()} == {"safe.*"}
    out = run.files.filter(part=RunFile.Part.RESULT).values_list("role", flat=True)
    assert set(out) == {
        "body.html", "figures.csv", "figures.parquet", "provenance.json", "report.html", "report.pdf", "tables.zip",
    }  # fmt: skip
    assert run.findings[0]["mend"] == "Ask again."
    assert [entry.verb for entry in Entry.objects.filter(ref=run.ref)] == [
        "upload", "start", "begin", "finish", "figures",
    ]  # fmt: skip


def test_a_hidden_figure_keeps_no_number(people: Cast, measures: Measures) -> None:
    hidden = figure("safe.x", "x", 33.3, se=1.0, low=1.0, high=60.0, n=3, clusters=2, flag="suppressed")
    nothing = figure("walks.f", "f", float("nan"), flag="no answers")
    measures(lambda run, given, progress: result(*WOMEN_AND_MEN, hidden, nothing))
    run = finished(people.actor("olga"))
    for key in ("safe.x", "walks.f"):
        kept = run.figures.get(key=key)
        assert [getattr(kept, name) for name in ("value", "se", "low", "high", "n", "clusters")] == [None] * 6
        assert kept.told == "–"


def test_refused_data_are_kept_with_what_to_mend(people: Cast, measures: Measures, client: Client) -> None:
    def refuses(*_given: Any) -> Any:
        raise NoAnswer(Finding("stop", "weights", "answers.csv, w", "12 weights are negative.", "Take out the rows."))

    measures(refuses)
    run = finished(people.actor("olga"))
    assert run.state == "failed" and not run.figures.exists()
    people.sign_in(client, "olga")
    page = client.get(f"/diagnostics/{run.ref}/").content.decode()
    assert "12 weights are negative." in page and "Take out the rows." in page and "Start again" in page
    measures(lambda run, given, progress: result())
    client.post(f"/diagnostics/{run.ref}/", {"revision": run.revision})
    work()
    run.refresh_from_db()
    assert (run.state, run.why, len(run.findings)) == ("done", "", 1)


def test_a_fault_of_ours_leaves_nothing_half_written(
    people: Cast, measures: Measures, monkeypatch: pytest.MonkeyPatch
) -> None:
    measures(lambda run, given, progress: result(*WOMEN_AND_MEN, WOMEN_AND_MEN[0]))  # a key twice
    run = finished(people.actor("olga"))
    assert run.state == "failed" and "fault of this program" in run.why
    assert not run.figures.exists() and not run.files.filter(part=RunFile.Part.RESULT).exists()
    assert run.files.count() == 1  # what was sent is still there


def test_whoever_withdraws_stops_the_work(people: Cast, measures: Measures) -> None:
    olga = people.actor("olga")

    def slow(run: Run, given: Any, progress: Any) -> Any:
        progress(0.25, "reading")
        assert Run.objects.get(ref=run.ref).step == "reading"
        actions.withdraw_run(olga, run.ref, None)
        progress(0.5, "estimating")
        raise AssertionError("the work went on")

    measures(slow)
    run = finished(olga)
    assert run.state == "withdrawn" and not run.figures.exists()


def test_what_is_withdrawn_at_the_last_moment_is_not_stored(people: Cast, measures: Measures) -> None:
    olga = people.actor("olga")

    def late(run: Run, given: Any, progress: Any) -> Any:
        actions.withdraw_run(olga, run.ref, None)
        return result()

    measures(late)
    assert finished(olga).state == "withdrawn"
    assert not RunFigure.objects.exists()


def test_a_worker_that_died_leaves_a_run_that_says_so_and_can_be_started_again(
    people: Cast, measures: Measures
) -> None:
    """What a power cut leaves: the run and its place in the queue both say that somebody is at it."""
    olga = people.actor("olga")
    halfway, waiting, lost = (uploaded(olga) for _ in range(3))
    for run in (halfway, waiting, lost):
        tasks.start(olga, run.ref, None)
    first, _second, third = DBTaskResult.objects.order_by("enqueued_at")
    DBTaskResult.objects.filter(pk__in=(first.pk, third.pk)).update(status=TaskResultStatus.RUNNING)
    with open_door(system(TODAY)) as door:
        door.change(door.lock(Run, halfway.ref), state="running")
    assert tasks.give_up_interrupted() == 1
    halfway.refresh_from_db()
    assert halfway.state == "failed" and "interrupted" in halfway.why
    measures(lambda run, given, progress: result())
    work()
    assert set(Run.objects.values_list("state", flat=True)) == {"failed", "done"}
    tasks.start(olga, halfway.ref, None)
    work()
    assert set(Run.objects.values_list("state", flat=True)) == {"done"}
    assert tasks.give_up_interrupted() == 0


def test_started_twice_it_is_computed_once(people: Cast, measures: Measures) -> None:
    olga, times = people.actor("olga"), list[Run]()

    def counted(run: Run, given: Any, progress: Any) -> Any:
        times.append(run)
        return result()

    measures(counted)
    run = uploaded(olga)
    tasks.start(olga, run.ref, None)
    with pytest.raises(Refused, match="cannot start"):
        tasks.start(olga, run.ref, None)
    tasks.diagnose.enqueue(run.ref)
    work()
    assert len(times) == 1


def test_only_the_secretariat_brings_data_and_only_team_and_director_publish(people: Cast, measures: Measures) -> None:
    with pytest.raises(Refused, match="secretariat"):
        uploaded(people.actor("fola"))
    measures(lambda run, given, progress: result())
    run = finished(people.actor("olga"))
    with pytest.raises(Refused, match="gender team"):
        actions.publish_run(people.actor("olga"), run.ref, None)
    actions.publish_run(people.actor("amara"), run.ref, None)
    with pytest.raises(Refused, match="reason"):
        actions.withdraw_run(people.actor("gita"), run.ref, None)


def test_small_groups_and_a_run_without_a_city_are_not_published(people: Cast, measures: Measures) -> None:
    few = figure("safe.x", "x", 50.0, n=4)
    measures(lambda run, given, progress: result(*WOMEN_AND_MEN, few))
    run = finished(people.actor("olga"), place=None)
    with pytest.raises(Refused) as refused:
        actions.publish_run(people.actor("gita"), run.ref, None)
    assert len(refused.value.reasons) == 2


@pytest.mark.parametrize(
    ("name", "start", "good"),
    [
        ("a.parquet", b"PAR1" + bytes(20), True), ("a.parquet", b"sex,safe\n", False),
        ("a.dta", b"<stata_dta><header>", True), ("a.sav", b"$FL2@(#) SPSS", True), ("a.sav", b"no", False),
        ("a.pbf", b"\x00\x00\x00\x0e\x0a\x09OSMHeader", True), ("a.pbf", b"PK\x03\x04", False),
        ("a.csv", b"<html>", False), ("a.exe", b"MZ", False), ("a.yaml", b"survey: x\n", True),
    ],
)  # fmt: skip
def test_data_are_what_their_names_say(name: str, start: bytes, good: bool) -> None:
    every = [ending for uploads in UPLOADS.values() for one in uploads for ending in one.endings]
    upload = SimpleUploadedFile(name, start)
    if good:
        assert keep_data(upload, every).size == len(start)
    else:
        with pytest.raises(Refused):
            keep_data(upload, every)


def test_data_of_people_are_for_whoever_brought_them_and_those_who_publish(people: Cast, client: Client) -> None:
    uploaded(people.actor("olga"))
    sent = StoredFile.objects.get(name="answers.csv")
    for name, status in (("olga", 200), ("gita", 200), ("amara", 200), ("nils", 404), ("berta", 404)):
        people.sign_in(client, name)
        answer = client.get(f"/documents/files/{sent.sha256}/")
        assert answer.status_code == status, name
        assert status == 404 or b"".join(answer.streaming_content) == SHEET.encode()  # type: ignore[attr-defined]


def test_the_list_costs_the_same_for_many_runs(people: Cast, client: Client) -> None:
    people.sign_in(client, "olga")

    def queries(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page).status_code == 200
        return len(caught)

    uploaded(people.actor("olga"))
    few = queries("/diagnostics/")
    for n in range(5):
        uploaded(people.actor("olga"), place=city(f"city-{n}"))
    assert queries("/diagnostics/") == few
    assert "chip-waiting" in client.get("/diagnostics/").content.decode()
    answer = client.get("/diagnostics/?q=lagoon&state=prepared&export=csv")
    lines = answer.content.decode().splitlines()
    assert "Asked in Lagoon" in lines[1]
    assert "No diagnosis matches" in client.get("/diagnostics/?q=nowhere").content.decode()


def test_without_the_library_the_page_says_what_to_install(
    people: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "NEEDED", ("ibis", "a_library_that_is_not_here"))
    people.sign_in(client, "olga")
    assert "jwp[lens]" in client.get("/diagnostics/new/").content.decode()
    sent = {"title": "Asked", "language": "en", "answers": SimpleUploadedFile("a.csv", SHEET.encode())}
    assert client.post("/diagnostics/new/sheet/", sent).status_code == 302
    run = Run.objects.get()
    assert "a_library_that_is_not_here" in client.get(f"/diagnostics/{run.ref}/choices/").content.decode()
    with pytest.raises(Refused, match="library"):
        tasks.start(people.actor("olga"), run.ref, None)
    monkeypatch.undo()  # it is installed later
    assert "Look at the files" in client.get(f"/diagnostics/{run.ref}/choices/").content.decode()
    client.post(f"/diagnostics/{run.ref}/choices/", {"verb": "look"})
    run.refresh_from_db()
    assert run.guess["choices"]["sex"] == "sex"


def test_results_are_named_after_what_they_are() -> None:
    assert set(results.MEDIA) >= {".pdf", ".html", ".json", ".csv", ".parquet", ".zip"}
