"""Plain Python, person by person: what the engine must equal. Written from the textbook formulas, sharing nothing."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    stratum: int
    cluster: int
    flat: int  # second stage
    weight: float
    y: float | None
    x: float | None
    sex: str
    area: int
    clusters_there: int  # in the stratum's population
    flats_there: int  # in the cluster's population


People = Sequence[Person]
Member = Callable[[Person], bool]


def mean(people: People, member: Member) -> tuple[float, list[float]]:
    """The estimate and each person's score."""
    asked = [p for p in people if member(p) and p.y is not None]
    total = sum(p.weight for p in asked)
    value = sum(p.weight * (p.y or 0) for p in asked) / total
    scores = [p.weight * (p.y - value) / total if member(p) and p.y is not None else 0.0 for p in people]
    return value, scores


def total(people: People, member: Member) -> tuple[float, list[float]]:
    scores = [p.weight * p.y if member(p) and p.y is not None else 0.0 for p in people]
    return sum(scores), scores


def ratio(people: People, member: Member) -> tuple[float, list[float]]:
    asked = [p for p in people if member(p) and p.y is not None and p.x is not None]
    below = sum(p.weight * (p.x or 0) for p in asked)
    value = sum(p.weight * (p.y or 0) for p in asked) / below
    mine = {id(p) for p in asked}
    return value, [p.weight * ((p.y or 0) - value * (p.x or 0)) / below if id(p) in mine else 0.0 for p in people]


def difference(first: tuple[float, list[float]], second: tuple[float, list[float]]) -> tuple[float, list[float]]:
    return first[0] - second[0], [a - b for a, b in zip(first[1], second[1], strict=True)]


def quotient(first: tuple[float, list[float]], second: tuple[float, list[float]]) -> tuple[float, list[float]]:
    value = first[0] / second[0]
    return value, [(a - value * b) / second[0] for a, b in zip(first[1], second[1], strict=True)]


def error(people: People, scores: Sequence[float], stages: int, finite: bool, lonely: str) -> float:
    """Standard error under strata, clusters and, with a finite population, flats within clusters."""
    by_stratum: dict[int, list[int]] = defaultdict(list)
    for i, person in enumerate(people):
        by_stratum[person.stratum].append(i)
    variance = 0.0
    for rows in by_stratum.values():
        clusters = _totals(rows, scores, lambda p: p.cluster, people)
        there = people[rows[0]].clusters_there if finite else math.inf
        variance += _spread(list(clusters.values()), there, lonely)
        if stages == 2 and finite:
            for cluster in clusters:
                mine = [i for i in rows if people[i].cluster == cluster]
                flats = _totals(mine, scores, lambda p: p.flat, people)
                within = _spread(list(flats.values()), people[mine[0]].flats_there, lonely)
                variance += len(clusters) / there * within
    return math.sqrt(variance)


def _totals(
    rows: Sequence[int], scores: Sequence[float], unit: Callable[[Person], int], people: People
) -> Mapping[int, float]:
    totals: dict[int, float] = defaultdict(float)
    for i in rows:
        totals[unit(people[i])] += scores[i]
    return totals


def _spread(totals: Sequence[float], there: float, lonely: str) -> float:
    drawn = len(totals)
    left = 1 - drawn / there
    if left <= 0:
        return 0.0
    if drawn == 1:
        return left * totals[0] ** 2 if lonely == "adjust" else 0.0
    middle = sum(totals) / drawn
    return left * drawn / (drawn - 1) * sum((t - middle) ** 2 for t in totals)


def jackknife(people: People, value: Callable[[People], float]) -> float:
    """JKn: leave each cluster out, weigh the others of its stratum up, and compare with the mean of the answers."""
    clusters = sorted({(p.stratum, p.cluster) for p in people})
    drawn: dict[int, int] = defaultdict(int)
    for stratum, _cluster in clusters:
        drawn[stratum] += 1
    answers, scales = [], []
    for stratum, cluster in clusters:
        if drawn[stratum] == 1:
            continue
        n = drawn[stratum]
        left = [
            Person(**{**p.__dict__, "weight": p.weight * (n / (n - 1) if p.stratum == stratum else 1)})
            for p in people
            if (p.stratum, p.cluster) != (stratum, cluster)
        ]
        answers.append(value(left))
        scales.append((n - 1) / n)
    middle = sum(answers) / len(answers)
    return math.sqrt(sum(s * (a - middle) ** 2 for s, a in zip(scales, answers, strict=True)))


def columns(people: People) -> dict[str, list[Any]]:
    return {name: [getattr(p, name) for p in people] for name in Person.__dataclass_fields__}
