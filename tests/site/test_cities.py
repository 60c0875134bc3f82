"""The public page of a city: what was published, with intervals; nothing hidden, nobody named; what was taken back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.evidence import actions
from jwp.evidence.models import Run, RunFile
from tests.cast import Cast, cast
from tests.evidence.runs import WOMEN_AND_MEN, city, figure, finished, measures, result

pytestmark = pytest.mark.django_db
Measures = Callable[[Callable[..., Any]], None]
assert measures  # a fixture


@pytest.fixture
def people() -> Cast:
    return cast()


def published(people: Cast, **fields: Any) -> Run:
    run = finished(people.actor("olga"), **fields)
    return actions.publish_run(people.actor("gita"), run.ref, None)


def test_strangers_read_figures_report_and_how_it_was_made(people: Cast, measures: Measures, client: Client) -> None:
    measures(lambda run, given, progress: result())
    assert "Nothing has been published" in client.get("/cities/").content.decode()
    run = published(people, source="A household survey, CC BY 4.0")
    assert "Lagoon" in client.get("/cities/?q=lag").content.decode()
    assert "No city matches" in client.get("/cities/?q=desert").content.decode()
    answer = client.get("/cities/lagoon/")
    page = answer.content.decode()
    assert "41.2 (37.3–45.2)" in page and "-21.3 (-27.1 – -15.4)" in page
    assert "Women feel less safe &lt;here&gt;." in page and "Two rows say nothing of sex." in page
    assert "[name withheld]" not in page and "Olga" not in page and "answers.csv</a>" not in page
    assert not answer.cookies and "max-age=300" in answer["Cache-Control"]
    for role, status in (("report.pdf", 200), ("provenance.json", 200), ("tables.zip", 302), ("answers", 302)):
        one = RunFile.objects.select_related("file").get(run=run, role=role)
        given = client.get(f"/documents/files/{one.file.sha256}/")
        assert given.status_code == status, role
        assert status == 302 or b"".join(given.streaming_content)  # type: ignore[attr-defined]


def test_what_would_give_a_few_people_away_is_in_no_page_and_no_file(
    people: Cast, measures: Measures, client: Client
) -> None:
    few = figure("safe.x", "x", 77.7, n=3, flag="suppressed")
    measures(lambda run, given, progress: result(*WOMEN_AND_MEN, few))
    run = published(people)
    page = client.get("/cities/lagoon/").content.decode()
    rows = list(csv.DictReader(io.StringIO(client.get("/cities/lagoon/figures.csv").content.decode("utf-8-sig"))))
    tree = json.loads(client.get("/cities/lagoon/figures.json").content)
    told = {one["key"]: one["value"] for one in tree["runs"][0]["figures"]}
    assert told == {"safe.f": 41.2, "safe.m": 62.5, "safe.all": None, "safe.f-m": -21.3, "safe.x": None}
    assert "77.7" not in page and "51.0" not in page and "hidden: too few people" in page
    assert rows[-1]["Persons"] == rows[-1]["Value"] == "" and rows[0]["Value"] == "41.2"
    assert {row["Run"] for row in rows} == {run.ref}
    assert len(rows) == 5 and not any("51" in cell or "77" in cell for row in rows for cell in row.values() if cell)


def test_what_is_taken_back_says_so_and_why(people: Cast, measures: Measures, client: Client) -> None:
    measures(lambda run, given, progress: result())
    run = published(people)
    actions.withdraw_run(people.actor("amara"), run.ref, None, "The weights were wrong.")
    page = client.get("/cities/lagoon/").content.decode()
    assert "do not quote it" in page and "The weights were wrong." in page and "41.2" not in page
    assert json.loads(client.get("/cities/lagoon/figures.json").content)["runs"] == []
    people.sign_in(inside := Client(), "berta")
    page = inside.get(f"/diagnostics/{run.ref}/").content.decode()
    assert "The weights were wrong." in page and "41.2" in page  # nothing is deleted
    report = RunFile.objects.select_related("file").get(run=run, role="report.pdf")
    assert client.get(f"/documents/files/{report.file.sha256}/").status_code == 302


def test_what_was_never_published_has_no_page(people: Cast, measures: Measures, client: Client) -> None:
    measures(lambda run, given, progress: result())
    finished(people.actor("olga"))
    assert client.get("/cities/lagoon/").status_code == 404


def test_names_are_withheld(people: Cast, measures: Measures, client: Client) -> None:
    measures(lambda run, given, progress: result())
    run = finished(people.actor("olga"), title="Asked by Gita", source="gita@example.org")
    actions.publish_run(people.actor("gita"), run.ref, None)
    page = client.get("/cities/lagoon/").content.decode()
    assert "Gita" not in page and "gita@example.org" not in page and "[name withheld]" in page


def test_a_page_costs_the_same_for_many_figures(people: Cast, measures: Measures, client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/cities/").status_code == client.get("/cities/lagoon/").status_code == 200
            assert client.get("/cities/lagoon/figures.json").status_code == 200
        return len(caught)

    measures(lambda run, given, progress: result())
    published(people)
    few = queries()
    many = [figure(f"zone-{n}.{sex}", sex, float(n), n=50) for n in range(100) for sex in "fm"]
    measures(lambda run, given, progress: result(*many))
    published(people, place=city("other"))
    assert queries() == few
