"""`jwp lens survey` as it is typed, and the page that describes it."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import ibis
import pytest

from genderlens.run import FIGURES
from genderlens.surveys.catalogue import catalogue, find, said
from genderlens.surveys.declaration import load
from genderlens.surveys.estimates import estimate
from genderlens.surveys.measures import chains
from genderlens.surveys.opened import design, opened
from genderlens.surveys.people import people
from genderlens.surveys.run import diagnose
from jwp.cli import main
from tests.genderlens.surveys_around.mobility import Mobility, mobility, write_csv
from tests.genderlens.surveys_around.test_small import answers

pytestmark = pytest.mark.rules

PAGE = (Path(__file__).parents[3] / "docs" / "genderlens" / "surveys.md").read_text(encoding="utf-8")
HEADING = "stat,domain,estimate,se,low,high,n,clusters,df,flag"


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Mobility:
    return mobility(tmp_path_factory.mktemp("mobility"))


@pytest.mark.shared_data
def test_the_gap_in_poverty_in_one_line(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line of the documentation, on the national survey of Chile: the covariance is in the error of the gap."""
    line = next(line for line in PAGE.splitlines() if "casen.parquet" in line)
    file = str(shared_data / "surveys" / "casen.parquet")
    typed = [file if word == "casen.parquet" else word for word in shlex.split(line)[1:]]
    assert main(typed) == 0
    told = capsys.readouterr()
    assert told.out.splitlines()[0] == HEADING
    rows = {row["domain"]: row for row in csv.DictReader(io.StringIO(told.out))}
    assert rows.keys() == {"1", "2", "2-1", "2/1"}
    assert 100 * float(rows["2-1"]["se"]) == pytest.approx(0.168, abs=0.001)
    assert float(rows["2-1"]["estimate"]) == pytest.approx(float(rows["2"]["estimate"]) - float(rows["1"]["estimate"]))
    assert "2 strata have one cluster" in told.err


def test_every_way_to_ask(survey: Mobility, capsys: pytest.CaptureFixture[str]) -> None:
    persons = str(survey.folder / "persons.csv")
    typed = [
        "lens", "survey", persons, "--mean", "age", "--proportion", "fear", "--proportion", "poor=1", "--total", "poor",
        "--ratio", "poor/age", "--quantile", "age:0.5", "--count", "--by", "p03,stratum", "--weight", "w", "--strata",
        "stratum", "--cluster", "psu", "--json",
    ]  # fmt: skip
    assert main(typed) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["stat"] for row in rows} == {
        "mean(age)", *(f"proportion(fear={code})" for code in (1, 2, 3, 4, 9)), "proportion(poor=1)", "total(poor)",
        "ratio(poor/age)", "quantile(age, 0.5)", "count",
    }  # fmt: skip
    assert ("mean(age)", "2 3") in {(row["stat"], row["domain"]) for row in rows}
    assert main([*typed[:3], "--mean", "age", "--weight", "w", "--cluster", "psu", "--replicates", "JK1"]) == 0
    assert "mean(age)" in capsys.readouterr().out


def test_published_replicate_weights_are_found_by_a_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve jackknife weights; the error written down as the definition has it."""
    rows = [{"y": i % 7 % 2, "w": 1 + i % 3} for i in range(60)]
    rows = [row | {f"rep{k}": row["w"] * (i % 12 != k) for k in range(12)} for i, row in enumerate(rows)]
    path = write_csv(tmp_path / "a.csv", rows)
    typed = ["lens", "survey", str(path), "--mean", "y", "--weight", "w", "--replicates", "jk1", "--repweights", "rep*"]
    assert main([*typed, "--csv", "-"]) == 0
    (found,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    means = [sum(r["y"] * r[f"rep{k}"] for r in rows) / sum(r[f"rep{k}"] for r in rows) for k in range(12)]
    variance = 11 / 12 * sum((mean - sum(means) / 12) ** 2 for mean in means)
    assert float(found["se"]) == pytest.approx(variance**0.5, rel=1e-9)
    assert main([*typed[:-1], "repl*"]) == 2
    assert "no column is called repl*" in capsys.readouterr().err


def test_a_declared_survey_writes_its_run(survey: Mobility, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([
        "lens", "survey", "--declaration", str(survey.declaration), "--indicator", "mobility_of_care", "--out",
        str(tmp_path / "report"), "--language", "fr", "--csv", "-",
    ]) == 0  # fmt: skip
    assert capsys.readouterr().out.startswith(HEADING)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "Mobilité du soin" in page and "Soin, recompté" in page and "rri-tools.eu" in page
    assert (tmp_path / "report" / "report.pdf").read_bytes().startswith(b"%PDF")
    record = json.loads((tmp_path / "report" / "provenance.json").read_text(encoding="utf-8"))
    assert record["inputs"].keys() == {"persons.csv", "trips.csv", "episodes.csv", "survey.yaml"}
    assert record["parameters"]["indicators"] == ["mobility_of_care"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_report_says_what_may_be_concluded(survey: Mobility, language: str) -> None:
    run = diagnose(declaration=survey.declaration, options={"indicators": ["harassment", "poverty"]}, language=language)
    assert run.figures.schema == FIGURES
    page = run.report.html()
    if language == "en":
        assert "the survey shows that they differ" in page
        assert "because their two intervals overlap" in page and "how they share inside is not observed" in page
    else:
        assert "la encuesta muestra que difieren" in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ([], "no FILE and no --declaration"),
        (["nowhere.csv"], "nowhere.csv: is not there"),
        (["{persons}", "--mean", "agee", "--weight", "w"], "there is no column “agee” (mean). Did you mean “age”?"),
        (["{persons}", "--mean", "age"], "without a design"),
        (["{persons}", "--mean", "age", "--weight", "w", "--engine", "abacus"], "abacus: is not an engine"),
        (["{persons}", "--mean", "age", "--weight", "w", "--gap", "p03"], "“p03” cannot be read. Such as sexo=2:1"),
        (["{persons}", "--weight", "w"], "nothing was asked"),
        (["--declaration", "nowhere.yaml"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(
    survey: Mobility, typed: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lens", "survey", *(word.format(persons=survey.folder / "persons.csv") for word in typed)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and why in told.err


def test_without_the_library_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "genderlens.surveys.run", None)
    assert main(["lens", "survey", "a.csv"]) == 2
    assert "pip install 'jwp[lens]'" in capsys.readouterr().err


def test_the_command_starts_without_django_and_reads_like_a_page() -> None:
    code = "import sys; from jwp.cli import main; main(['lens', 'survey', '--list']); print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("False")
    assert "mobility_of_care: Mobility of care" in done.stdout and "Series break" in done.stdout


def test_the_commands_of_the_page_run(
    survey: Mobility, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its declaration is that of the made-up survey, less the episodes; its commands are typed as they stand."""
    for name in ("persons.csv", "trips.csv"):
        (tmp_path / name).write_bytes((survey.folder / name).read_bytes())
    (tmp_path / "survey.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    write_csv(tmp_path / "answers.csv", answers(60))
    monkeypatch.chdir(tmp_path)
    lines = [line.strip() for line in PAGE.splitlines() if line.startswith("    jwp ") and "casen" not in line]
    assert len(lines) == 3
    for line in lines:
        assert main(shlex.split(line)[1:]) == 0, capsys.readouterr().err
    assert (tmp_path / "report" / "report.pdf").exists()
    names: dict[str, object] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)
    assert "Movilidad del cuidado" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_the_page_lists_the_catalogue() -> None:
    for indicator in catalogue().values():
        needs = [said(indicator.needs)] + ([" or ".join(map(said, indicator.one_of))] if indicator.one_of else [])
        assert f"| `{indicator.id}` | {indicator.name['en']} | {'; and '.join(needs)} |" in PAGE


def test_an_indicator_is_the_same_on_spark(survey: Mobility, spark: ibis.BaseBackend, tmp_path: Path) -> None:
    """Tours, because they need a join, a window and two aggregations."""
    declaration = load(survey.declaration)
    found = []
    for engine in (ibis.duckdb.connect(), spark):
        there = opened(declaration, engine, tmp_path)
        them = people(there, design(declaration.design, there.people))
        tours = chains(them, find("trip_chaining"))
        found.append(estimate(tours.table, them.design, [part.stat for part in tours.parts], them.by).table.to_pylist())
    for here, there_ in zip(*found, strict=True):
        assert there_ == {name: pytest.approx(x, rel=1e-9) if isinstance(x, float) else x for name, x in here.items()}
