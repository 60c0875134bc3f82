"""Errors by Taylor linearisation: how much the units drawn from the same group differ, stage by stage.

An estimate's score in a unit is what that unit adds to it, to first order; units without members of a domain score
zero. The recursion over stages is that of R's `svyrecvar` (after Bellhouse, Canadian Journal of Statistics 13, 1985).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import Lonely
from genderlens.surveys.scan import Codes, Floats, Scan, Stage

CERTAIN = 1e-7  # a group of which this little was not drawn has no error
BLOCK = 4_000_000  # numbers held at once


class Linearised:
    """Scores of estimates (columns) in units, ready to give their variances."""

    def __init__(self, scan: Scan, gradient: sparse.csc_array, lonely: Lonely, touched: NDArray[np.bool_]) -> None:
        """`gradient` is (cell × key) × estimates; `touched`, cells × estimates, says whom an estimate is about."""
        self.lonely = lonely
        self.parts: list[tuple[Stage, sparse.csc_array, Floats]] = []
        share: Floats = np.ones(len(scan.stages[0].drawn))
        for i, stage in enumerate(scan.stages):
            self.parts.append((stage, (scan.matrix(i) @ gradient).tocsc(), self._scale(stage, share, i, scan.strata)))
            if stage.size is None:
                break
            share = (share * stage.drawn / stage.size)[stage.group]
        self.estimates = gradient.shape[1]
        self.raised = self._raised(scan, touched)

    def _scale(self, stage: Stage, share: Floats, number: int, strata: list[object]) -> Floats:
        """What each group's sum of squares counts; zero for those that add nothing."""
        drawn = stage.drawn.astype(float)
        left = np.ones(len(drawn)) if stage.size is None else 1 - drawn / stage.size
        single = (drawn == 1) & (left >= CERTAIN)
        if single.any() and self.lonely == "fail":
            names = ", ".join(str(strata[i]) for i in np.flatnonzero(single)[:5]) if number == 0 else ""
            what = f"{int(single.sum())} strata have only one cluster{f', such as {names}' if names else ''}."
            mend = "Choose what to do with them: certainty, adjust or average."
            raise Refused(Finding("stop", "lonely-cluster", f"stage {number + 1} of the design", what, mend))
        scale = np.where(left < CERTAIN, 0.0, left * np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0))
        if self.lonely != "adjust":
            scale[single] = 0.0
        return share * scale

    def _raised(self, scan: Scan, touched: NDArray[np.bool_]) -> Floats:
        """(estimates,) for the policy `average`: strata in which the domain has members, over those with spread."""
        first = scan.stages[0]
        if self.lonely != "average":
            return np.ones(self.estimates)
        inside = scan.cell >= 0
        members = np.zeros((len(first.drawn), len(scan.cells)), dtype=bool)
        members[first.group[first.unit[inside]], scan.cell[inside]] = True
        present = (members.astype(float) @ touched.astype(float)) > 0
        left = np.ones(len(first.drawn)) if first.size is None else 1 - first.drawn / first.size
        spread = (first.drawn > 1) | (left < CERTAIN)
        return np.asarray(
            present.sum(axis=0) / np.maximum((present & spread[:, None]).sum(axis=0), 1), dtype=np.float64
        )

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


def degrees(scan: Scan, answered: str, touched: NDArray[np.bool_]) -> tuple[Codes, Codes]:
    """Clusters with somebody of weight who answered, and their number less that of strata, for each estimate.

    As R's `degf` of a subset: a domain found in few clusters has few degrees of freedom, however large the survey.
    `touched` is cells × estimates.
    """
    first = scan.stages[0]
    use = (scan.cell >= 0) & scan.weighted & (scan.answered[answered] > 0)
    units, strata = len(first.group), len(first.drawn)
    shape = (units, len(scan.cells))
    members = sparse.csr_array((np.ones(int(use.sum())), (first.unit[use], scan.cell[use])), shape=shape)
    about = members @ sparse.csc_array(touched.astype(float))
    adder = sparse.csr_array((np.ones(units), (first.group, np.arange(units))), shape=(strata, units))
    clusters = np.diff(about.tocsc().indptr)
    return clusters.astype(np.int64), (clusters - np.diff((adder @ about).tocsc().indptr)).astype(np.int64)
