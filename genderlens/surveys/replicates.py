"""Errors by replication: do the estimate again with other weights, and see how much it moves."""

from __future__ import annotations

import numpy as np
from ibis.expr.types import Table
from numpy.typing import NDArray
from scipy import sparse

from genderlens.findings import Finding, Refused
from genderlens.surveys.design import Design, Replicates
from genderlens.surveys.rows import System
from genderlens.surveys.scan import Floats, Scan
from genderlens.surveys.statistics import number

DENSE = 20_000_000  # sums that may be held with their zeros, which multiply faster
ROWS = 20_000_000  # weights looked at to know how many of the replicates are independent


class Replicated:
    """Estimates of each replicate, ready to give variances: scale × Σ rscales × (estimate − centre)²."""

    def __init__(self, thetas: Floats, rscales: Floats, scale: float, centre: Floats | None) -> None:
        """`thetas` (replicates, rows); `centre` (rows,), or None for the mean of the replicates."""
        if not len(thetas):
            what = "Nothing was sampled: every cluster there is was taken."
            raise Refused(Finding("stop", "no-replicates", "replicates", what))
        if centre is None:
            known = thetas[rscales > 0]
            times = np.maximum((~np.isnan(known)).sum(axis=0), 1)
            centre = np.nansum(known, axis=0) / times
        # A replicate that leaves nobody in a domain says nothing about it (R drops it too).
        self.off = np.nan_to_num(thetas - centre) * np.sqrt(rscales)[:, None]
        self.scale = scale

    def variances(self) -> Floats:
        return np.asarray((self.off**2).sum(axis=0) * self.scale)

    def covariance(self) -> Floats:
        return np.asarray(self.off.T @ self.off * self.scale)


def replicated(found: Scan, design: Design, system: System) -> Replicated:
    """The design's replicates: published, or made from the sums of clusters.

    Raises:
        Refused: for JK1 in a design with strata, or lonely clusters where the policy has no replicate.
    """
    kind = design.replicates
    assert kind is not None
    if kind.columns:
        thetas = system.replicated(found.replicated)
        rscales = np.ones(len(thetas)) if kind.rscales is None else np.array(kind.rscales)
        return Replicated(thetas, rscales, kind.factor(len(thetas)), _centre(kind, system))
    if kind.kind == "bootstrap":
        return _bootstrap(found, design, kind, system)
    if kind.kind == "JK1" and design.strata:
        what = "is for designs without strata."
        raise Refused(Finding("stop", "jk1-with-strata", "replicates", f"JK1 {what}", "Use JKn."))
    return _jackknife(found, design, kind, system)


def _centre(kind: Replicates, system: System) -> Floats | None:
    return system.estimates() if kind.centred_on_estimate else None


def _jackknife(found: Scan, design: Design, kind: Replicates, system: System) -> Replicated:
    """Each cluster left out once, the others of its stratum weighing more (R's `as.svrepdesign`, JK1 and JKn)."""
    stage = found.stages[0]
    drawn = stage.drawn.astype(float)
    strata = len(drawn)
    left = np.ones(strata) if stage.size is None else 1 - drawn / stage.size
    single = (drawn == 1) & (left > 0)
    _refuse_lonely(single, design)
    units = found.matrix(0)
    total = found.totals().ravel()
    spread = drawn[stage.group] > 1
    used = spread | single[stage.group] if design.lonely == "adjust" else spread
    adder = sparse.csr_array((np.ones(len(stage.group)), (stage.group, np.arange(len(stage.group)))))
    by_stratum = (adder @ units).toarray()
    more = np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 0.0)
    rscales = np.where(drawn > 1, left * (drawn - 1) / drawn, 0.0)
    chosen = np.flatnonzero(used)
    thetas = np.empty((len(chosen), len(system.rows)))
    for start in range(0, len(chosen), 1000):
        some = chosen[start : start + 1000]
        group = stage.group[some]
        without = total + (more[group] - 1)[:, None] * by_stratum[group] - more[group][:, None] * units[some].toarray()
        if design.lonely == "adjust":
            alone = single[group]
            without[alone] = (total - by_stratum[group[alone]]) * (strata / max(strata - 1, 1))
        thetas[start : start + 1000] = system.replicated(without.reshape(len(some), *system.totals.shape))
    if design.lonely == "adjust":
        rscales[single] = (strata - 1) / strata
    scale = 1.0 if kind.scale is None else kind.scale
    if design.lonely == "average" and single.any():
        scale *= len(stage.group) / max(len(chosen), 1)
    return Replicated(thetas, rscales[stage.group[chosen]], scale, _centre(kind, system))


def _bootstrap(found: Scan, design: Design, kind: Replicates, system: System) -> Replicated:
    """n−1 clusters drawn anew from the n of each stratum, each weighing n/(n−1) times as often as it was drawn."""
    stage = found.stages[0]
    drawn = stage.drawn
    single = drawn == 1
    _refuse_lonely(single, design)
    if single.any() and design.lonely != "certainty":
        what = f"cannot be resampled by the policy {design.lonely}."
        raise Refused(Finding("stop", "lonely-bootstrap", "lonely clusters", what, "Use certainty, or JKn."))
    units = found.matrix(0)
    dense = units.toarray() if units.shape[0] * units.shape[1] < DENSE else None
    order = np.argsort(stage.group, kind="stable")
    starts = np.concatenate([[0], np.cumsum(drawn)[:-1]])
    # One draw for each place: a stratum of n clusters has n − 1 places.
    stratum = np.repeat(np.arange(len(drawn)), np.maximum(drawn - 1, 0))
    more = np.where(single, 1.0, drawn / np.maximum(drawn - 1, 1))[stage.group]
    random = np.random.default_rng(kind.seed)
    thetas = np.empty((kind.number, len(system.rows)))
    block = max(1, 2_000_000 // max(len(stage.group), 1))
    for start in range(0, kind.number, block):
        height = min(block, kind.number - start)
        place = starts[stratum] + (random.random((height, len(stratum))) * drawn[stratum]).astype(np.int64)
        place += np.arange(height)[:, None] * len(order)
        times = np.bincount(place.ravel(), minlength=height * len(order)).reshape(height, len(order)).astype(float)
        weights = np.empty_like(times)
        weights[:, order] = times
        weights[:, single[stage.group]] = 1.0
        weights *= more
        totals = (units.T @ weights.T).T if dense is None else weights @ dense
        thetas[start : start + height] = system.replicated(totals.reshape(height, *system.totals.shape))
    return Replicated(thetas, np.ones(kind.number), kind.factor(kind.number), _centre(kind, system))


def _refuse_lonely(single: NDArray[np.bool_], design: Design) -> None:
    if single.any() and design.lonely == "fail":
        what = f"{int(single.sum())} strata have only one cluster."
        mend = "Choose what to do with them: certainty, adjust or average."
        raise Refused(Finding("stop", "lonely-cluster", "design", what, mend))


def independent(table: Table, design: Design) -> int:
    """Degrees of freedom of published replicates: the rank of their weights, less one (R's `degf`).

    Looked for in as many of the first rows as give ROWS weights.
    """
    kind = design.replicates
    assert kind is not None
    if kind.df is not None:
        return kind.df
    columns = [number(table, name) for name in kind.columns]
    if not kind.combined and design.weight is not None:
        columns = [column * number(table, design.weight) for column in columns]
    some = table.select(**{f"r{i}": column for i, column in enumerate(columns)}).limit(ROWS // len(columns))
    weights = np.column_stack([np.asarray(column.to_numpy(), dtype=np.float64) for column in some.to_pyarrow().columns])
    squared = np.linalg.eigvalsh(weights.T @ weights)
    return max(int((squared > 1e-12 * squared.max(initial=0)).sum()) - 1, 0)
