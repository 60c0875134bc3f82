"""What a panel's points add up to. Points are given for the criteria of the call and for nothing else: a marker
or a scale of results is no criterion, so that neither can feed them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class Given:
    """A criterion: at most so many points; `gender` marks the one that is also shown apart."""

    ref: str
    points: int
    gender: bool = False


@dataclass(frozen=True)
class Spread:
    """Several people's points for one thing: how far apart they lie matters as much as their mean."""

    mean: float
    least: int
    most: int
    n: int


@dataclass(frozen=True)
class Result:
    """`by` has a spread for each criterion somebody gave points for."""

    total: Spread
    possible: int
    by: Mapping[str, Spread]
    gender: Spread | None
    gender_possible: int


def spread(values: Sequence[int]) -> Spread | None:
    """
    >>> spread([10, 20, 15])
    Spread(mean=15.0, least=10, most=20, n=3)
    >>> spread([]) is None
    True
    """
    return Spread(fmean(values), min(values), max(values), len(values)) if values else None


def result(criteria: Sequence[Given], reviews: Sequence[Mapping[str, int]]) -> Result | None:
    """What the submitted reviews of one application say; None where nobody has submitted one.

    >>> found = result([Given("idea", 20), Given("women", 10, gender=True)],
    ...                [{"idea": 15, "women": 8}, {"idea": 11, "women": 4}])
    >>> found.total.mean, found.possible, found.gender.mean, found.by["idea"].least
    (19.0, 30, 6.0, 11)
    """
    total = spread([sum(review.get(each.ref, 0) for each in criteria) for review in reviews])
    if total is None:
        return None
    by = {each.ref: spread([review[each.ref] for review in reviews if each.ref in review]) for each in criteria}
    women = [each for each in criteria if each.gender]
    apart = spread([sum(review.get(each.ref, 0) for each in women) for review in reviews]) if women else None
    return Result(
        total, sum(each.points for each in criteria), {ref: found for ref, found in by.items() if found}, apart,
        sum(each.points for each in women),
    )  # fmt: skip


def places(means: Sequence[float | None]) -> list[int | None]:
    """The place of each in the ranking; equals share one; who has no review has none.

    >>> places([12.0, 15.0, None, 12.0, 9.0])
    [2, 1, None, 2, 4]
    """
    given = [mean for mean in means if mean is not None]
    return [None if mean is None else 1 + sum(other > mean for other in given) for mean in means]


UNKNOWN, OUTSIDE, MISSING = "unknown", "outside", "missing"


def wrong(criteria: Sequence[Given], points: Mapping[str, object], *, whole: bool) -> dict[str, str]:
    """What is wrong with these points, by the ref given: `whole` asks for every criterion.

    >>> wrong([Given("idea", 20)], {"idea": 21, "iasc-gam": 4}, whole=True)
    {'idea': 'outside', 'iasc-gam': 'unknown'}
    >>> wrong([Given("idea", 20)], {}, whole=True), wrong([Given("idea", 20)], {}, whole=False)
    ({'idea': 'missing'}, {})
    """
    known = {each.ref: each for each in criteria}
    found = {}
    for ref, value in points.items():
        if ref not in known:
            found[ref] = UNKNOWN
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= known[ref].points:
            found[ref] = OUTSIDE
    if whole:
        found |= {ref: MISSING for ref in known if ref not in points}
    return found
