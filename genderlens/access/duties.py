"""Who has which duty or constraint: a file of counts, or a survey with its errors."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from genderlens import strict
from genderlens.access.shares import Shares, assumed, from_survey
from genderlens.findings import Finding, Refused

STRAIGHT, STOPPING = "straight", "stopping"  # the two profiles where a file knows only care duty
SURVEY = ("survey", "source", "column", "profiles", "rest", "sex", "design")
DESIGN = ("weight", "strata", "cluster", "fpc", "nest", "lonely")


def read_shares(path: Path) -> Shares:
    """The share of each profile among women, men and others.

    A CSV file counts persons: columns `sex`, `persons`, and `duty` (1 or 0) or `profile`; other columns are added up.
    Counts are taken as known. A YAML file names a survey, and its errors come along:

        survey: people.parquet                       # Parquet or CSV, a row a person
        source: Household survey of Somewhere, 2024
        column: brings_child
        profiles: {1: stopping}                      # value of the column -> profile
        rest: straight                               # the profile of everybody else
        sex: {column: sexo, codes: {1: m, 2: f}}
        design: {weight: w, strata: stratum, cluster: psu, lonely: adjust}

    Raises:
        Refused: with the line of what cannot be meant.
    """
    if path.suffix in (".yaml", ".yml"):
        return _surveyed(path)
    counts: dict[str, dict[str, float]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            sex, profile, persons = _counted(row, f"{path.name}, line {line}")
            of = counts.setdefault(sex, {})
            of[profile] = of.get(profile, 0.0) + persons
    profiles = dict.fromkeys(profile for of in counts.values() for profile in of)
    totals = {sex: sum(of.values()) for sex, of in counts.items()}
    if not {"f", "m"} <= {sex for sex, total in totals.items() if total > 0}:
        raise _refused(path.name, "women or men are not in it.", "Count both.")
    shares = {
        sex: {profile: counts[sex].get(profile, 0.0) / total for profile in profiles}
        for sex, total in totals.items()
        if total > 0
    }
    return assumed(shares, path.name)


def _counted(row: Mapping[str, str | None], where: str) -> tuple[str, str, float]:
    sex, duty, profile = row.get("sex") or "", row.get("duty"), row.get("profile") or ""
    try:
        persons = float(row.get("persons") or "")
    except ValueError:
        persons = -1.0
    if duty is not None:
        profile = {"0": STRAIGHT, "1": STOPPING}.get(duty.strip(), "")
    if sex not in ("f", "m", "x") or not profile or not persons >= 0:
        what = f"sex is “{sex}”, duty “{duty}”, profile “{profile}”, persons “{row.get('persons')}”."
        mend = "sex is f, m or x; duty is 1 or 0, or there is a profile; persons are 0 or more."
        raise _refused(where, what, mend)
    return sex, profile, persons


def _surveyed(path: Path) -> Shares:
    from genderlens.engines import connect, read
    from genderlens.surveys.design import Design
    from genderlens.surveys.estimates import estimate
    from genderlens.surveys.statistics import Proportion

    where = path.name
    found = strict.only(strict.read(path.read_text(encoding="utf-8-sig"), where), SURVEY, where,
                        needed=("survey", "column", "profiles", "rest", "sex", "design"))  # fmt: skip
    sex = strict.only(found["sex"], ("column", "codes"), f"{where}, sex", needed=("column", "codes"))
    plan = strict.only(found["design"], DESIGN, f"{where}, design", needed=("weight",))
    profiles: dict[Any, str] = {value: str(profile) for value, profile in found["profiles"].items()}
    table = read(connect("duckdb"), path.parent / str(found["survey"]))
    stats = [Proportion(str(found["column"]), value) for value in profiles]
    estimates = estimate(table, Design(**plan), stats, [str(sex["column"])])
    return from_survey(
        estimates,
        profiles=profiles,
        column=str(found["column"]),
        sex=str(sex["column"]),
        sexes={code: str(who) for code, who in sex["codes"].items()},
        source=str(found.get("source") or found["survey"]),
        rest=str(found["rest"]),
    )


def _refused(where: str, what: str, mend: str) -> Refused:
    return Refused(Finding("stop", "duties", where, what, mend))
