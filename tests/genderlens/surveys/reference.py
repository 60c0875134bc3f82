"""The designs of the data sets in shared surveys/reference.csv, as R was told them."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis

from genderlens.engines import read
from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.statistics import Gap, Mean, Ratio, Stat, Total

NHANES = Design("WTMEC2YR", "SDMVSTRA", "SDMVPSU", nest=True)
DESIGNS = {
    "apistrat": Design("pw", "stype", fpc="fpc"),
    "apiclus1": Design("pw", cluster="dnum", fpc="fpc"),
    "apiclus2": Design("pw", cluster=("dnum", "snum"), fpc=("fpc1", "fpc2")),
    "nhanes": NHANES,
    "nhanes jkn": Design("WTMEC2YR", "SDMVSTRA", "SDMVPSU", nest=True, replicates=Replicates("JKn")),
}
STATS: dict[tuple[str, str], Stat] = {
    ("apiclus1", "total"): Total("enroll"),
    ("apiclus1", "ratio"): Ratio("api.stu", "enroll"),
}
GAPS = {"apistrat": Gap("sch.wide", "Yes", "No"), "nhanes": Gap("RIAGENDR", "2", "1")}
DOMAINS = {"apistrat": ("sch.wide",), "apiclus1": ("stype",), "nhanes": ("RIAGENDR",)}


@dataclass(frozen=True)
class Expected:
    data: str
    stat: str
    domain: str
    estimate: float
    se: float

    @property
    def outcome(self) -> Stat:
        usual = Mean("HI_CHOL" if self.data == "nhanes" else "api00")
        return STATS.get((self.data, self.stat), usual)

    @property
    def design(self) -> Design:
        return DESIGNS[f"{self.data} jkn" if self.stat.startswith("jkn") else self.data]

    @property
    def by(self) -> tuple[str, ...]:
        if self.domain == "all":
            return ()
        return ("RIAGENDR", "race") if " " in self.domain else DOMAINS[self.data]


def expected(folder: Path) -> list[Expected]:
    with (folder / "surveys" / "reference.csv").open() as lines:
        rows = csv.DictReader(lines)
        return [Expected(r["ds"], r["stat"], r["dom"], float(r["est"]), float(r["se"])) for r in rows]


def ours(engine: ibis.BaseBackend, folder: Path, wanted: list[Expected]) -> Iterator[tuple[Expected, float, float]]:
    """What we get for each row, each question asked once."""
    answers: dict[object, Estimates] = {}
    tables = {name: read(engine, folder / "surveys" / f"{name}.csv") for name in {row.data for row in wanted}}
    for row in wanted:
        question = (row.data, row.outcome, row.by, row.design)
        if question not in answers:
            gaps = [GAPS[row.data]] if len(row.by) == 1 and row.data in GAPS else []
            answers[question] = estimate(tables[row.data], row.design, [row.outcome], row.by, gaps)
        got = {line["domain"]: line for line in answers[question].table.to_pylist()}[row.domain]
        yield row, got["estimate"], got["se"]
