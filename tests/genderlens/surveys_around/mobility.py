"""A made-up mobility survey whose every answer is known: 600 people of 300 households in 60 clusters of 6 strata."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

DECLARATION = """\
survey: Made-up mobility survey
source: made for a test
universe: nobody
adult: 16
tables:
  persons:
    file: persons.csv
    key: [household, person]
    columns:
      sex: {column: p03, codes: {1: m, 2: f, 3: x}}
      age: age
      safe_walking: {column: fear, codes: {1: safe, 2: safe, 3: unsafe, 4: never, 9: null}}
      harassed: {column: harassed, codes: {1: "yes", 2: "no"}}
      poor: {column: poor, codes: {1: "yes", 0: "no"}}
  trips:
    file: trips.csv
    link: {persons: [hh, pp]}
    columns:
      mode: {column: mode, codes: {1: walk, 2: bus, 3: car}}
      purpose: {column: why, codes: {1: work, 2: escort, 3: shop, 4: visit, 5: care, 6: home}}
      minutes: minutes
      start: start
      accompanied: {column: company, codes: {1: "yes", 0: "no"}}
  episodes:
    file: episodes.csv
    link: {persons: [hh, pp]}
    columns:
      activity: {column: act, codes: {1: paid, 2: care, 3: housework, 4: personal}}
      minutes: minutes
design: {weight: w, strata: stratum, cluster: psu}
"""


@dataclass(frozen=True)
class Mobility:
    """The files in a folder, and the same rows for whoever wants to compute by hand."""

    folder: Path
    persons: list[dict[str, Any]]
    trips: list[dict[str, Any]]
    episodes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def declaration(self) -> Path:
        return self.folder / "survey.yaml"


def mobility(folder: Path) -> Mobility:
    draw = np.random.default_rng(7)
    persons: list[dict[str, Any]] = []
    trips: list[dict[str, Any]] = []
    episodes: list[dict[str, Any]] = []
    for household in range(300):
        cluster = household // 5
        for person in (1, 2):
            woman = person == 2
            code = 3 if household % 30 == 0 and woman else 1 + woman
            who = {"hh": household, "pp": person}
            persons.append({
                "household": household, "person": person, "stratum": cluster % 6, "psu": cluster,
                "w": 1 + cluster % 7, "p03": code, "age": int(draw.integers(10, 80)),
                "fear": int(draw.choice([1, 2, 3, 4, 9], p=[0.2, 0.3, 0.3, 0.1, 0.1])),
                "harassed": 1 if draw.random() < 0.1 + 0.15 * woman else 2, "poor": int(draw.random() < 0.3),
            })  # fmt: skip
            start = 400
            for _tour in range(int(draw.integers(0, 3))):
                stops = int(draw.integers(1, 4))
                for stop in range(stops + 1):
                    start += int(draw.integers(20, 90))
                    why = 6 if stop == stops else int(draw.choice([1, 2, 3, 4, 5], p=_purposes(woman=woman)))
                    trips.append({
                        **who, "mode": int(draw.integers(1, 4)), "why": why, "minutes": int(draw.integers(3, 60)),
                        "start": start, "company": int(draw.random() < 0.3),
                    })  # fmt: skip
            for activity, most in ((1, 600 - 200 * woman), (2, 60 + 120 * woman), (3, 60 + 120 * woman), (4, 500)):
                episodes.append({**who, "act": activity, "minutes": int(draw.integers(0, most))})
    for name, rows in (("persons", persons), ("trips", trips), ("episodes", episodes)):
        write_csv(folder / f"{name}.csv", rows)
    (folder / "survey.yaml").write_text(DECLARATION, encoding="utf-8")
    return Mobility(folder, persons, trips, episodes)


def _purposes(*, woman: bool) -> list[float]:
    return [0.2, 0.3, 0.25, 0.15, 0.1] if woman else [0.6, 0.1, 0.1, 0.15, 0.05]


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def ratio_by_hand(
    above: np.ndarray[Any, np.dtype[np.float64]],
    below: np.ndarray[Any, np.dtype[np.float64]],
    strata: Sequence[Any],
    clusters: Sequence[Any],
) -> tuple[float, float]:
    """A ratio of weighted totals and its linearised error, written down as in the textbook.

    One row a person, weights already in `above` and `below`; clusters with replacement inside strata.
    """
    estimate = above.sum() / below.sum()
    score = (above - estimate * below) / below.sum()
    totals: dict[Any, dict[Any, float]] = {}
    for stratum, cluster, value in zip(strata, clusters, score, strict=True):
        inside = totals.setdefault(stratum, {})
        inside[cluster] = inside.get(cluster, 0.0) + float(value)
    variance = 0.0
    for inside in totals.values():
        values = np.array(list(inside.values()))
        variance += len(values) / (len(values) - 1) * float(((values - values.mean()) ** 2).sum())
    return float(estimate), float(np.sqrt(variance))
