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


# What the prose says, with the figures it says it of: {key:format:column}.
BUS = "proportion(bus=1)"
PROSE = {
    "tutorial-enusc.md": [
        f"In a bus {{{BUS}.f:.1f:value}} % of women and {{{BUS}.m:.1f:value}} % of men feel unsafe.",
        f"The difference is {{{BUS}.f-m:.1f:value}} points",
        f"here {{{BUS}.f-m:.1f:low}} to {{{BUS}.f-m:.1f:high}}",
    ],
    "tutorial-la-serena.md": [
        "A woman reaches {reach.by_transit.f/m:.3f:value} of what a man does",
        "{penalty.by_transit.all:.1f:value} % of what can be reached in an hour is gone",
        "women reach {with_duty.by_transit.f/m:.3f:value} of what men do",
        "Of the difference of {with_duty.by_transit.f-m:.0f:value} jobs",
        "{with_duty.by_transit.residence:.0f:value} come from where they live",
        "and {with_duty.by_transit.constraints:.0f:value} from the stop",
        "{near_stop.f:.1f:value} % of women, {near_stop.m:.1f:value} % of men",
        "instead of {penalty.by_transit.all:.1f:value} %",
    ],
}


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
    with (report / "figures.csv").open() as file:
        figures = {row["key"]: row for row in csv.DictReader(file)}
    text = " ".join((DOCS / document).read_text().split())
    for sentence in PROSE[document]:
        told = re.sub(r"{([^:}]+):([^}:]+):(\w+)}", lambda m: format(abs(float(figures[m[1]][m[3]])), m[2]), sentence)
        assert told in text
    if document == "tutorial-la-serena.md":
        assert "Illustrative places, not real ones." in (report / "report.html").read_text()
        flags = {key.split(".")[0]: row["flag"] for key, row in figures.items()}
        assert flags.pop("near_stop") == "stops of the timetables given"
        assert set(flags.values()) == {"illustrative places"}
        record = json.loads((report / "provenance.json").read_text())
        assert record["parameters"]["illustrative"] == ["childcare", "jobs"]


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
