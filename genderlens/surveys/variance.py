"""Errors by Taylor linearisation: how much the units drawn from the same group differ, stage by stage.

An estimate's score in a unit is what that unit adds to it, to first order; units without members of a domain score
zero. The recursion over stages is that of R's `svyrecvar` (after Bellhouse, Canadian Journal of Statistics 13, 1985).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import Lonely
from genderlens.surveys.scan import Codes, Floats, Scan, Stage

CERTAIN = 1e-7  # a group of which this little was not drawn has no error
ROUNDING = 1e-13
BLOCK = 4_000_000  # numbers held at once


def scales(stage: Stage, share: Floats, number: int, strata: list[Any], lonely: Lonely) -> Floats:
    """What the sum of squares of each group counts; zero for those that add nothing."""
    drawn = stage.drawn.astype(float)
    left = np.ones(len(drawn)) if stage.size is None else 1 - drawn / stage.size
    single = (drawn == 1) & (left >= CERTAIN)
    if single.any() and lonely == "fail":
        names = ", ".join(str(strata[i]) for i in np.flatnonzero(single)[:5]) if number == 0 else ""
        what = f"{int(single.sum())} strata have only one cluster{f', such as {names}' if names else ''}."
        mend = "Choose what to do with them: certainty, adjust or average."
        raise Refused(Finding("stop", "lonely-cluster", f"stage {number + 1} of the design", what, mend))
    scale = np.where(left < CERTAIN, 0.0, left * np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0))
    if lonely != "adjust":
        scale[single] = 0.0
    return share * scale


def raised(scan: Scan, lonely: Lonely, touched: sparse.csc_array) -> Floats:
    """(estimates,) for the policy `average`: strata in which the domain has members, over those with spread."""
    first = scan.stages[0]
    if lonely != "average":
        return np.ones(touched.shape[1])
    inside = scan.cell >= 0
    group = first.group[first.unit[inside]]
    shape = (len(first.drawn), len(scan.cells))
    members = sparse.csr_array((np.ones(len(group)), (group, scan.cell[inside])), shape=shape)
    present = (members @ touched).toarray() > 0
    left = np.ones(len(first.drawn)) if first.size is None else 1 - first.drawn / first.size
    spread = (first.drawn > 1) | (left < CERTAIN)
    times = present.sum(axis=0) / np.maximum((present & spread[:, None]).sum(axis=0), 1)
    return np.asarray(times, dtype=np.float64)


class Linearised:
    """Scores of estimates (columns) in units, ready to give their variances."""

    def __init__(self, scan: Scan, gradient: sparse.csc_array, lonely: Lonely, touched: sparse.csc_array) -> None:
        """`gradient` is (cell × key) × estimates; `touched`, cells × estimates, says whom an estimate is about."""
        self.parts: list[tuple[Stage, sparse.csc_array, Floats]] = []
        share: Floats = np.ones(len(scan.stages[0].drawn))
        for i, stage in enumerate(scan.stages):
            self.parts.append(
                (stage, (scan.matrix(i) @ gradient).tocsc(), scales(stage, share, i, scan.strata, lonely))
            )
            if stage.size is None:
                break
            share = (share * stage.drawn / stage.size)[stage.group]
        self.estimates = gradient.shape[1]
        self.raised = raised(scan, lonely, touched)

    def _blocks(self, scores: sparse.csc_array, groups: int) -> Iterator[slice]:
        """Estimates a few at a time, so that a table groups × estimates stays small."""
        width = max(1, BLOCK // max(groups, 1))
        for start in range(0, self.estimates, width):
            yield slice(start, min(start + width, self.estimates))

    def _means(self, stage: Stage, scores: sparse.csc_array) -> Floats:
        """Mean score in each group; zero where a lonely unit is compared with the whole sample."""
        units = len(stage.group)
        adder = sparse.csr_array((np.ones(units), (stage.group, np.arange(units))), shape=(len(stage.drawn), units))
        means = (adder @ scores).toarray() / stage.drawn[:, None]
        means[stage.drawn == 1] = 0.0
        return np.asarray(means)

    def variances(self) -> Floats:
        """(estimates,)"""
        found = np.zeros(self.estimates)
        for stage, scores, scale in self.parts:
            for block in self._blocks(scores, len(stage.drawn)):
                some = scores[:, block]
                means = self._means(stage, some)
                entries = some.tocoo()
                group = stage.group[entries.row]
                off = entries.data - means[group, entries.col]
                width = some.shape[1]
                # Of nothing at all, numpy counts in whole numbers.
                part = np.bincount(entries.col, scale[group] * off * off, width).astype(float)
                # Units without members of the domain are off by the mean itself.
                there = np.bincount(group * width + entries.col, minlength=means.size).reshape(means.shape)
                part += (scale[:, None] * (stage.drawn[:, None] - there) * means * means).sum(axis=0)
                found[block] += part
        return found * self.raised

    def covariance(self) -> Floats:
        """(estimates, estimates)"""
        found = np.zeros((self.estimates, self.estimates))
        for stage, scores, scale in self.parts:
            means = self._means(stage, scores)
            rows = scores.tocsr()
            height = max(1, BLOCK // max(self.estimates, 1))
            for start in range(0, rows.shape[0], height):
                group = stage.group[start : start + height]
                off = rows[start : start + height].toarray() - means[group]
                off *= np.sqrt(scale[group])[:, None]
                found += off.T @ off
        root = np.sqrt(self.raised)
        return np.asarray(found * root[:, None] * root)


class Singles:
    """The same where persons were drawn one by one: sums of squares of scores follow from sums of products of values.

    They lose as many digits as (mean / standard deviation)² has: for a column of years still four to spare.
    """

    def __init__(self, scan: Scan, gradient: sparse.csc_array, lonely: Lonely, touched: sparse.csc_array) -> None:
        assert scan.singly is not None
        stage = scan.stages[0]
        scale = scales(stage, np.ones(len(stage.drawn)), 0, scan.strata, lonely)
        inside = scan.cell >= 0
        width = len(scan.keys)
        weighed = scan.singly.products[inside].reshape(-1, width * width) * scale[stage.unit[inside], None]
        squares = np.zeros((len(scan.cells), width * width))
        np.add.at(squares, scan.cell[inside], weighed)
        means = (scan.matrix(0) @ gradient).toarray() / stage.drawn[:, None]
        means[stage.drawn == 1] = 0.0
        # The estimates of one cell share its persons; those of different cells have none in common.
        rows = gradient.tocsr()
        self.parts: list[tuple[Codes, Floats, Floats]] = []
        self.gross = np.zeros(gradient.shape[1])
        for i in range(len(scan.cells)):
            mine = rows[width * i : width * (i + 1)]
            about = np.unique(mine.indices).astype(np.int64)
            slopes = mine[:, about].toarray()
            mine_squared = squares[i].reshape(width, width)
            self.parts.append((about, slopes, mine_squared @ slopes))
            self.gross[about] += (np.abs(slopes) * (np.abs(mine_squared) @ np.abs(slopes))).sum(axis=0)
        self.estimates = gradient.shape[1]
        self.means = means * np.sqrt(scale * stage.drawn)[:, None]
        self.raised = raised(scan, lonely, touched)

    def variances(self) -> Floats:
        """(estimates,)"""
        found = np.zeros(self.estimates)
        for about, slopes, moved in self.parts:
            found[about] += (slopes * moved).sum(axis=0)
        found -= (self.means**2).sum(axis=0)
        # What is left of so much is rounding: nobody differs.
        found[found < ROUNDING * self.gross] = 0.0
        return np.asarray(found * self.raised)

    def covariance(self) -> Floats:
        """(estimates, estimates)"""
        found = np.zeros((self.estimates, self.estimates))
        for about, slopes, moved in self.parts:
            found[np.ix_(about, about)] += slopes.T @ moved
        root = np.sqrt(self.raised)
        return np.asarray((found - self.means.T @ self.means) * root[:, None] * root)


def degrees(scan: Scan, answered: str, touched: sparse.csc_array) -> tuple[Codes, Codes]:
    """Clusters with somebody of weight who answered, and their number less that of strata, for each estimate.

    As R's `degf` of a subset: a domain found in few clusters has few degrees of freedom, however large the survey.
    `touched` is cells × estimates.
    """
    first = scan.stages[0]
    if scan.singly:
        return _persons(scan, answered, touched)
    use = (scan.cell >= 0) & scan.weighted & (scan.answered[answered] > 0)
    units, strata = len(first.group), len(first.drawn)
    shape = (units, len(scan.cells))
    members = sparse.csr_array((np.ones(int(use.sum())), (first.unit[use], scan.cell[use])), shape=shape)
    about = members @ touched
    adder = sparse.csr_array((np.ones(units), (first.group, np.arange(units))), shape=(strata, units))
    clusters = np.diff(about.tocsc().indptr)
    return clusters.astype(np.int64), (clusters - np.diff((adder @ about).tocsc().indptr)).astype(np.int64)


def _persons(scan: Scan, answered: str, touched: sparse.csc_array) -> tuple[Codes, Codes]:
    """The same where each person is a cluster."""
    assert scan.singly is not None
    inside = scan.cell >= 0
    stratum = scan.stages[0].unit[inside]
    people = np.zeros((len(scan.stages[0].drawn), len(scan.cells)))
    np.add.at(people, (stratum, scan.cell[inside]), scan.singly.answered[answered][inside])
    about = people @ touched
    clusters = about.sum(axis=0)
    return clusters.astype(np.int64), (clusters - (about > 0).sum(axis=0)).astype(np.int64)
