"""The tutorials are run as they stand: every command, and every line they say it prints."""

import csv
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from jwp.cli import main

pytestmark = pytest.mark.rules

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "genderlens"


def commands(document: str) -> list[tuple[str, list[str]]]:
    """Each command of the console blocks with the lines it is said to print; `…` stands for lines left out."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (DOCS / document).read_text(), re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line.rstrip())
    return found


def printed_in_order(said: list[str], printed: str) -> list[str]:
    """The lines that are said to be printed and are not, or not in this order. How wide a column is plays no part."""
    lines = iter([line.split() for line in printed.splitlines()])
    return [line for line in said if line != "…" and line.split() not in lines]


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", ["tutorial-enusc.md", "tutorial-la-serena.md"])
def test_what_a_tutorial_shows_is_what_is_printed(
    document: str, examples: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command, said in commands(document):
        name, *arguments = shlex.split(command)
        if name == "cd":
            monkeypatch.chdir(arguments[0])
            continue
        assert name == "jwp"
        assert main(arguments) == 0
        printed = capsys.readouterr().out
        assert said, command
        assert printed_in_order(said, printed) == [], printed
    report = Path("report")
    assert {path.name for path in report.iterdir()} >= {"report.html", "report.pdf", "figures.csv", "provenance.json"}
    if document == "tutorial-la-serena.md":
        html = (report / "report.html").read_text()
        assert "Illustrative places, not real ones." in html
        with (report / "figures.csv").open() as file:
            flags = {row["key"].split(".")[0]: row["flag"] for row in csv.DictReader(file)}
        assert flags.pop("near_stop") == "stops of the timetables given"
        assert set(flags.values()) == {"illustrative places"}
        assert json.loads((report / "provenance.json").read_text())["parameters"]["illustrative"] == [
            "childcare",
            "jobs",
        ]


def test_what_the_census_says_of_work_and_small_children() -> None:
    with (ROOT / "examples" / "la-serena" / "duties.csv").open() as file:
        rows = [
            {key: value if key == "sex" else int(value) for key, value in row.items()} for row in csv.DictReader(file)
        ]

    def share(sex: str, of: str, among: dict[str, int]) -> str:
        chosen = [row for row in rows if row["sex"] == sex and all(row[key] == value for key, value in among.items())]
        total = sum(int(row["persons"]) for row in chosen)
        return f"{100 * sum(int(row['persons']) for row in chosen if row[of]) / total:.1f} %"

    text = (DOCS / "tutorial-la-serena.md").read_text()
    assert f"under six, {share('f', 'works_for_pay', {'duty': 1})} work for pay; of men who do, " in text
    assert f"of men who do, {share('m', 'works_for_pay', {'duty': 1})}." in text
    assert f"under six: {share('f', 'duty', {})} of women and {share('m', 'duty', {})} of men" in text


def test_links_in_the_pages_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (DOCS / target).exists(), f"{page.name}: {target}"
