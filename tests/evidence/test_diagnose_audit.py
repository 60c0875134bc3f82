"""A safety audit by the pages alone: the form is fetched, people walk, the answers give a page the same day."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from genderlens.access.audits.form import PARAMETERS
from genderlens.report.document import Report
from jwp.evidence.models import Run
from tests.cast import cast
from tests.evidence.runs import city, work

pytestmark = pytest.mark.django_db

HEAD = ",".join(["consent", "sex", "light", "round", "lat", "lon", *PARAMETERS, "What happened?"])
WALK = "\n".join(
    [
        HEAD,
        *(
            ",".join(["yes", "fm"[n % 2], "dark", "1", "-29.9", "-71.25", *["012"[n % 3]] * 9, "shh"])
            for n in range(24)
        ),
    ]
)


@pytest.fixture
def olga(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(Report, "pdf", lambda self: b"%PDF-1.7")  # a second each, tried where reports are
    cast().sign_in(client, "olga")
    city()
    return client


def send(client: Client, text: str) -> Run:
    file = SimpleUploadedFile("ratings.csv", text.encode())
    sent = {"title": "Walks in Lagoon", "place": "lagoon", "language": "es", "source": "A trial", "ratings": file}
    assert client.post("/diagnostics/new/audit/", sent).status_code == 302
    return Run.objects.get()


def test_the_form_to_walk_with_is_on_the_page_that_takes_its_answers(olga: Client) -> None:
    assert "/diagnostics/new/audit/form.xlsx" in olga.get("/diagnostics/new/audit/").content.decode()
    response = olga.get("/diagnostics/new/audit/form.xlsx")
    book = load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["survey", "choices", "settings"]


def test_ratings_become_figures_and_nobodys_story_is_read(olga: Client) -> None:
    run = send(olga, WALK)
    page = olga.get(f"/diagnostics/{run.ref}/choices/").content.decode()
    assert "parece contener relatos" in page
    assert olga.post(f"/diagnostics/{run.ref}/choices/", {"revision": run.revision}).status_code == 302
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("done", "")
    assert run.figures.get(key="lighting.f.round-1").value == 1.0
    page = olga.get(f"/diagnostics/{run.ref}/").content.decode()
    assert "no es el de Safetipin" in page and "shh" not in page


def test_a_sheet_that_is_no_audit_is_said_before_it_starts(olga: Client) -> None:
    run = send(olga, "a,b\n1,2\n")
    assert run.guess["stop"] and "lighting" in run.guess["findings"][0]["mend"]
