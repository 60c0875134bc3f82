"""A study in one file, from a survey and a street to figures with intervals; and the documents that show how."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import yaml

from genderlens.access.profiles import read_profiles
from genderlens.access.scenarios import read_scenario
from genderlens.access.study import diagnose_study, load, measured
from genderlens.findings import Refused
from jwp.cli.lens import scenario as command
from tests.genderlens.access.street import CORNERS, corner, homes, place, places

pytestmark = pytest.mark.rules

ROOT = Path(__file__).parents[3]
STUDY: dict[str, Any] = {
    "access": "access.yaml",
    "profiles": {"free": {}, "duty": {"care": {"kind": "childcare", "minutes": 2}}},
    "shares": {
        "source": "A survey",
        "survey": {
            "file": "survey.parquet", "weight": "w", "cluster": ["psu"], "sex": {"column": "sexo", "f": 2, "m": 1},
            "profile": {"column": "duty", "values": {1: "duty"}}, "rest": "free",
        },
    },
    "title": {"en": "A nursery nearer by", "fr": "Une crèche plus proche"},
    "changes": [{"move": {"place": "childcare-0", "lon": corner(5), "lat": 0}}],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One street with a home at corner 4, and a survey of forty households in ten clusters."""
    here = tmp_path_factory.mktemp("study")
    nodes = {"node_id": list(range(CORNERS)), "lon": [corner(n) for n in range(CORNERS)], "lat": [0.0] * CORNERS}
    ends = {"a_node": list(range(CORNERS - 1)), "b_node": list(range(1, CORNERS))}
    city = places(place("jobs", 2), place("jobs", 6, 10), place("jobs", 10, 100), place("childcare", 0))
    tables = {"nodes": nodes, "links": ends | {"length_m": [100.0] * (CORNERS - 1)}}
    for name, table in (
        *((name, pa.table(columns)) for name, columns in tables.items()),
        ("homes", homes(4)),
        ("places", city),
    ):
        pyarrow.csv.write_csv(table, here / f"{name}.csv")
    asked = [
        {"sexo": sexo, "duty": int((house * step + house // 7) % 10 < often), "psu": house // 4, "w": 1.0 + house % 3}
        for house in range(40)
        for sexo, step, often in ((2, 3, 5), (1, 7, 2))
    ]
    pq.write_table(pa.Table.from_pylist(asked), here / "survey.parquet")
    (here / "access.yaml").write_text(
        "title: A street\nstreets: [nodes.csv, links.csv]\nhomes: homes.csv\nplaces: [places.csv]\nlimit: 10\n"
    )
    return here


def study(folder: Path, **changed: Any) -> Path:
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(STUDY | changed))
    return path


def test_a_study_gives_the_gap_with_its_interval_and_who_gains(folder: Path) -> None:
    run = diagnose_study(load(study(folder)), language="fr")
    figures = {row["key"]: row for row in run.figures.to_pylist()}
    gap, gain = figures["constrained.before.f-m"], figures["constrained.gain.f-m"]
    shares = {(row["sex"], row["profile"]): row["share"] for row in run.tables["profiles"].to_pylist()}
    more = shares["f", "duty"] - shares["m", "duty"]
    assert gap["value"] == pytest.approx(-110 * more) and gain["value"] == pytest.approx(110 * more)
    assert gap["low"] < gap["value"] < gap["high"] and gap["se"] == pytest.approx(gain["se"])
    assert (gap["n"], gap["clusters"], gap["place"]) == (80, 10, "A street")
    assert figures["constrained.after.f/m"]["value"] == 1
    assert run.title == "Une crèche plus proche – A street" and run.report.language == "fr"
    assert {"reach", "profiles", "gains"} <= run.tables.keys()
    assert set(run.inputs) == {"nodes.csv", "links.csv", "homes.csv", "places.csv", "survey.parquet"}
    assert "Une crèche plus proche" in run.report.html()


def test_stated_shares_have_no_interval_and_without_changes_there_is_only_the_gap(folder: Path) -> None:
    stated = {"source": "as stated", "stated": {"f": {"free": 0.5, "duty": 0.5}, "m": {"free": 1}}}
    path = study(folder, shares=stated)
    path.write_text(
        yaml.safe_dump({k: v for k, v in yaml.safe_load(path.read_text()).items() if k not in ("title", "changes")})
    )
    found = measured(load(path))
    assert found.gains is None and found.now.difference.value == -55 and found.now.difference.low is None
    assert "stated" in found.now.covers


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"profile": {}}, "Did you mean “profiles”"),
        ({"shares": {"source": "x"}}, "neither stated nor from a survey"),
        ({"shares": {"source": "x", "stated": {"f": {"fre": 1}, "m": {"free": 1}}}}, "Did you mean “free”"),
        ({"shares": {"source": "x", "stated": {"f": {"free": "most"}, "m": {"free": 1}}}}, "a share is no number"),
        ({"shares": STUDY["shares"] | {"survey": {"file": "none.parquet"}}}, "“weight” is missing"),
        ({"profiles": []}, "not a mapping of profiles"),
    ],
)
def test_a_study_that_cannot_be_understood_is_refused(folder: Path, changed: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        load(study(folder, **changed))


def test_the_documented_file_is_one_that_is_read() -> None:
    text = (ROOT / "docs/genderlens/constraints.md").read_text()
    shown = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)[0])
    free, nursery = read_profiles(yaml.safe_dump({"profiles": shown["profiles"]}), "doc")
    assert free.care == "" and nursery.fare_budget == 900 and nursery.night is not None
    changes = read_scenario(yaml.safe_dump({"title": shown["title"], "changes": shown["changes"]}), "doc").changes
    assert [change.kind for change in changes] == ["open", "move", "close", "hours", "light", "headway"]


def test_the_example_runs_as_documented(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from argparse import ArgumentParser

    parser = ArgumentParser()
    command.options(parser)
    example = ROOT / "examples/la-serena/constraints.yaml"
    assert command.measure(parser.parse_args([str(example), "--out", str(tmp_path), "--csv", "-"])) == 0
    table = capsys.readouterr().out
    assert '"constrained.gain.f-m"' in table and "illustrative places" in table
    assert (tmp_path / "report.pdf").stat().st_size > 10_000
