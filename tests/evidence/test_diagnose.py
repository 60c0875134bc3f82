"""From files to a result by the pages alone, with the measuring library itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from genderlens.report.document import Report
from jwp.evidence.models import Run
from tests.cast import Cast, cast
from tests.evidence.runs import SHEET, city, work
from tests.genderlens.access.test_diagnosis import HOMES, LINKS, NODES, PLACES

pytestmark = pytest.mark.django_db
SURVEY = "hh,estrato,peso,sexo,safe\n" + "".join(
    f"{n // 2},{n // 60},{1 + n % 3},{1 + n % 2},{int(n % 7 > 2 + n % 2)}\n" for n in range(240)
)


@pytest.fixture
def olga(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(Report, "pdf", lambda self: b"%PDF-1.7")  # a second each, tried where reports are
    people: Cast = cast()
    people.sign_in(client, "olga")
    city()
    return client


def send(client: Client, kind: str, **files: str) -> Run:
    sent: dict[str, Any] = {"title": "Lagoon", "place": "lagoon", "language": "en", "source": "A trial"}
    sent |= {role: SimpleUploadedFile(f"{role}.csv", text.encode()) for role, text in files.items()}
    answer = client.post(f"/diagnostics/new/{kind}/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return Run.objects.get()


def test_a_sheet_is_guessed_put_right_and_counted(olga: Client) -> None:
    run = send(olga, "sheet", answers=SHEET)
    page = olga.get(f"/diagnostics/{run.ref}/choices/").content.decode()
    assert "60 rows" in page and "name (" in page  # left out, with why
    assert run.guess["choices"]["sex"] == "sex" and run.guess["choices"]["codes"] == {"F": "f", "M": "m"}
    sent = {"revision": run.revision, "sex": "sex", "code-0": "f", "code-1": "", "questions": "safe"}
    assert "which are men" in olga.post(f"/diagnostics/{run.ref}/choices/", sent).content.decode()
    answer = olga.post(f"/diagnostics/{run.ref}/choices/", sent | {"code-1": "m"})
    assert answer["Location"] == f"/diagnostics/{run.ref}/"
    assert "Waits for its turn" in olga.get(f"/diagnostics/{run.ref}/").content.decode()
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("done", "")
    women = {one.label: (one.value, one.n) for one in run.figures.filter(sex="f")}
    assert women == {"safe: no": (pytest.approx(100 / 3), 30), "safe: yes": (pytest.approx(200 / 3), 30)}
    page = olga.get(f"/diagnostics/{run.ref}/").content.decode()
    assert "66.7" in page and "describes only those asked" in page


def test_a_sample_gives_estimates_and_the_gap(olga: Client) -> None:
    run = send(olga, "survey", survey=SURVEY)
    chosen = run.guess["choices"]
    assert (chosen["sex"], chosen["weight"], chosen["strata"]) == ("sexo", "peso", "estrato")
    sent = {
        "revision": run.revision, "sex": "sexo", "code-0": "m", "code-1": "f", "weight": "peso", "strata": "estrato",
        "cluster": "hh", "proportion": "safe",
    }  # fmt: skip
    answer = olga.post(f"/diagnostics/{run.ref}/choices/", sent)
    assert answer.status_code == 302, answer.content.decode()
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("done", "")
    sexes = set(run.figures.values_list("sex", flat=True))
    assert {"f", "m", "f-m"} <= sexes
    assert all(one.se is not None and one.n for one in run.figures.filter(sex__in=("f", "m"), value__gt=0))


def test_a_declared_survey_asks_only_what_to_measure(olga: Client) -> None:
    said = (
        "survey: Lagoon 2025\ntables:\n  persons:\n    file: survey.csv\n    columns:\n"
        "      sex: {column: sexo, codes: {1: m, 2: f}}\ndesign: {weight: peso, strata: estrato, cluster: hh}\n"
    )
    sent: dict[str, Any] = {"title": "Lagoon", "language": "en"}
    sent |= {"survey": SimpleUploadedFile("survey.csv", SURVEY.encode())}
    olga.post("/diagnostics/new/survey/", sent | {"declaration": SimpleUploadedFile("s.yaml", said.encode())})
    run = Run.objects.get()
    assert (run.guess["declared"], run.guess["rows"], run.guess["proportion"]) == (True, 240, ["safe"])
    chosen = {"revision": run.revision, "proportion": "safe"}
    assert olga.post(f"/diagnostics/{run.ref}/choices/", chosen).status_code == 302
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("done", "")
    assert {"f", "m", "f-m"} <= set(run.figures.values_list("sex", flat=True))


def test_streets_homes_and_places_give_what_women_and_men_reach(olga: Client) -> None:
    streets = [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in (("nodes", NODES), ("links", LINKS))]
    sent: dict[str, Any] = {"title": "One street", "place": "lagoon", "language": "en", "streets": streets}
    for role, text in (("homes", HOMES), ("places", PLACES)):
        sent[role] = SimpleUploadedFile(f"{role}.csv", text.encode())
    assert olga.post("/diagnostics/new/access/", sent).status_code == 302
    run = Run.objects.get()
    assert run.guess["kinds"] == ["childcare", "jobs"] and run.guess["choices"]["care"] == "childcare"
    chosen = {"limit": 20, "dwell": 10, "speed": 4.8, "care": "childcare", "work": "jobs", "illustrative": "jobs"}
    answer = olga.post(f"/diagnostics/{run.ref}/choices/", chosen | {"revision": run.revision})
    assert answer.status_code == 302, answer.content.decode()
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("done", "")
    # By hand, as in the library's own tests: after the childcare stop ten jobs are in reach from the woman's corner.
    assert run.figures.get(key="chain.on_foot.f").value == 10
    assert run.figures.get(key="chain.on_foot.f").family == run.figures.get(key="chain.on_foot.m").family
    page = olga.get(f"/diagnostics/{run.ref}/").content.decode()
    assert "<svg" in page and "Lagoon" in page


def test_codes_of_another_column_are_asked_for(olga: Client) -> None:
    run = send(olga, "survey", survey=SURVEY)
    sent = {"revision": run.revision, "verb": "look", "sex": "safe", "weight": "peso"}
    page = olga.post(f"/diagnostics/{run.ref}/choices/", sent).content.decode()
    assert 'name="code-1"' in page and Run.objects.get().state == "prepared"


def test_what_cannot_be_read_is_said_and_kept(olga: Client) -> None:
    run = send(olga, "sheet", answers="sex,safe\n")
    page = olga.get(f"/diagnostics/{run.ref}/choices/").content.decode()
    assert run.guess["stop"] and "Send mended files" in page and run.guess["findings"][0]["what"] in page
    mended: dict[str, Any] = {"title": "Lagoon", "language": "en", "revision": run.revision}
    mended |= {"answers": SimpleUploadedFile("mended.csv", SHEET.encode())}
    assert olga.post(f"/diagnostics/{run.ref}/files/", mended).status_code == 302
    run.refresh_from_db()
    assert run.guess["rows"] == 60 and [one.file.name for one in run.files.all()] == ["mended.csv"]


def test_a_declaration_reads_no_other_file_of_the_server(olga: Client, tmp_path: Path) -> None:
    (secret := tmp_path / "secret.csv").write_text("sex,safe\nf,1\n")
    said = f"survey: x\ntables:\n  persons:\n    file: {secret}\n    columns:\n      sex: sex\n"
    sent: dict[str, Any] = {"title": "Lagoon", "language": "en", "survey": SimpleUploadedFile("s.csv", b"sex,safe\n")}
    olga.post("/diagnostics/new/survey/", sent | {"declaration": SimpleUploadedFile("s.yaml", said.encode())})
    run = Run.objects.get()
    assert [finding["code"] for finding in run.guess["findings"]] == ["not-sent"]
    olga.post(f"/diagnostics/{run.ref}/", {"revision": run.revision})
    work()
    run.refresh_from_db()
    assert (run.state, run.findings[0]["code"]) == ("failed", "not-sent")
