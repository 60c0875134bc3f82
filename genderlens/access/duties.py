"""Who has care duty: a file of counts."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from genderlens.access.shares import Shares, assumed
from genderlens.findings import Finding, Refused

STRAIGHT, STOPPING = "straight", "stopping"  # goes straight there; makes the care stop


def read_shares(path: Path) -> Shares:
    """The share of women, men and others with care duty, from rows of `sex`, `duty` (1 or 0) and `persons`.

    Other columns are added up. Counts are taken as known: a survey's shares, with their errors, are the business of
    `shares.from_survey`.

    Raises:
        Refused: with the line of what cannot be meant.
    """
    counts: dict[str, dict[str, float]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            sex, profile, persons = _counted(row, f"{path.name}, line {line}")
            of = counts.setdefault(sex, {STRAIGHT: 0.0, STOPPING: 0.0})
            of[profile] += persons
    totals = {sex: sum(of.values()) for sex, of in counts.items()}
    if not {"f", "m"} <= {sex for sex, total in totals.items() if total > 0}:
        raise _refused(path.name, "women or men are not in it.", "Count both.")
    shares = {
        sex: {profile: persons / totals[sex] for profile, persons in of.items()}
        for sex, of in counts.items()
        if totals[sex] > 0
    }
    return assumed(shares, path.name)


def _counted(row: Mapping[str, str | None], where: str) -> tuple[str, str, float]:
    sex, duty = row.get("sex") or "", (row.get("duty") or "").strip()
    try:
        persons = float(row.get("persons") or "")
    except ValueError:
        persons = -1.0
    if sex not in ("f", "m", "x") or duty not in ("0", "1") or not persons >= 0:
        what = f"sex is “{sex}”, duty “{duty}”, persons “{row.get('persons')}”."
        raise _refused(where, what, "sex is f, m or x; duty is 1 or 0; persons are 0 or more.")
    return sex, STOPPING if duty == "1" else STRAIGHT, persons


def _refused(where: str, what: str, mend: str) -> Refused:
    return Refused(Finding("stop", "duties", where, what, mend))
