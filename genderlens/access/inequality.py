"""How unequally access is spread over people: Palma, Gini, Theil, concentration index.

All weigh places by the people who live there, and pass over places with no people or no answer (NaN): no answer is not
zero access. Definitions are those of the R package `accessibility` of Ipea (palma_ratio, gini_index, theil_t,
concentration_index); results are equal to its results on its own data. NaN is returned where a measure has no value,
as when nobody reaches anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Theil:
    """Theil T, and its parts between and within groups; they add up to `total`."""

    total: float
    between: float
    within: float


def palma(access: ArrayLike, people: ArrayLike, income: ArrayLike) -> float:
    """Mean access of the richest tenth of people over that of the poorest four tenths.

    The limits of the groups are weighted quantiles of income per person over all places with people, also those without
    an answer (as `Hmisc::wtd.quantile` has them); a place at a limit belongs to the poorer side.

    Args:
        access, people, income: of places, shape (places,); income is per person.
    """
    x, weight, rank = _floats(access, people, income)
    placed = (weight > 0) & np.isfinite(rank)
    if not placed.any():
        return np.nan
    forty, ninety = _quantiles(rank[placed], weight[placed], np.array([0.4, 0.9]))
    known = placed & np.isfinite(x)
    poor, rich = known & (rank <= forty), known & (rank > ninety)
    if not poor.any() or not rich.any():
        return np.nan
    return _ratio(float(np.average(x[rich], weights=weight[rich])), float(np.average(x[poor], weights=weight[poor])))


def gini(access: ArrayLike, people: ArrayLike) -> float:
    """The Gini index: 0 when all have the same access, towards 1 when one has it all.

    Args:
        access, people: of places, shape (places,).
    """
    x, weight = _known(access, people)
    order = np.argsort(x, kind="stable")
    x, weight = x[order], weight[order]
    total = float(x @ weight)
    if not total > 0:
        return np.nan
    share = np.cumsum(x * weight) / total
    before = np.concatenate([[0.0], share[:-1]])
    return float(1 - ((before + share) * weight).sum() / weight.sum())


def theil(access: ArrayLike, people: ArrayLike, groups: ArrayLike | None = None) -> Theil:
    """The Theil T index: 0 when all have the same access, ln(people) when one has it all.

    A place with no access adds nothing (x ln x tends to 0), where the R package would give no result.

    Args:
        access, people: of places, shape (places,).
        groups: the group of each place, such as an income decile; without it all is within one group. Places whose
            group is NaN are passed over.
    """
    x, weight = _floats(access, people)
    group = np.zeros(len(x)) if groups is None else np.asarray(groups)
    known = (weight > 0) & np.isfinite(x)
    if np.issubdtype(group.dtype, np.floating):
        known &= ~np.isnan(group)
    x, weight = x[known], weight[known]
    _names, group = np.unique(group[known], return_inverse=True)
    total = float(x @ weight)
    if not total > 0:
        return Theil(np.nan, np.nan, np.nan)
    people_in, access_in = _by(group, weight), _by(group, x * weight)
    # Each as a sum of shares of access times the log of how far they exceed the share of people.
    between = _gain(access_in / total, people_in / weight.sum())
    share = _divide(x * weight, access_in[group])
    within = share * np.log(np.where(share > 0, share * people_in[group] / weight, 1))
    inside = float((_by(group, within) * access_in).sum() / total)
    return Theil(between + inside, between, inside)


def concentration(access: ArrayLike, people: ArrayLike, income: ArrayLike, *, corrected: bool = True) -> float:
    """How far access goes to the richer (above 0) or to the poorer (below 0), from -1 to 1.

    The corrected index of Erreygers (2009) with the least and the greatest access found as its bounds, or the standard
    relative index. The rank of people is fractional, each place at the middle of its people; places of equal income are
    ranked by their number of people, as in the R package.

    Args:
        access, people, income: of places, shape (places,); income is per person.
    """
    x, weight, rank = _floats(access, people, income)
    known = (weight > 0) & np.isfinite(x) & np.isfinite(rank)
    x, weight, rank = x[known], weight[known], rank[known]
    if not len(x):
        return np.nan
    order = np.lexsort((weight, rank))
    x, weight = x[order], weight[order] / weight.sum()
    place = np.cumsum(weight) - weight / 2
    mean = float(x @ weight)
    lean = 2 * float((weight * (x - mean) * place).sum())
    return _ratio(4 * lean, float(np.ptp(x))) if corrected else _ratio(lean, mean)


def _quantiles(x: Floats, weight: Floats, at: Floats) -> Floats:
    """Weighted quantiles as if each value stood there `weight` times (`Hmisc::wtd.quantile`, type "quantile")."""
    values, which = np.unique(x, return_inverse=True)
    last = np.cumsum(np.bincount(which, weight))  # the position of the last of each value
    order = 1 + (last[-1] - 1) * at
    low = np.maximum(np.floor(order), 1)
    high = np.minimum(low + 1, last[-1])
    part = order % 1
    value_at = [values[np.minimum(np.searchsorted(last, position), len(values) - 1)] for position in (low, high)]
    quantiles: Floats = (1 - part) * value_at[0] + part * value_at[1]
    return quantiles


def _by(group: NDArray[np.intp], values: Floats) -> Floats:
    sums: Floats = np.bincount(group, values).astype(np.float64)
    return sums


def _gain(share: Floats, of: Floats) -> float:
    return float((share * np.log(np.where(share > 0, share / of, 1))).sum())


def _divide(a: Floats, b: Floats) -> Floats:
    return np.divide(a, b, out=np.zeros_like(a), where=b > 0)


def _ratio(a: float, b: float) -> float:
    return a / b if b else float("nan")


def _floats(*columns: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(column, np.float64) for column in columns)


def _known(access: ArrayLike, people: ArrayLike) -> tuple[Floats, Floats]:
    x, weight = _floats(access, people)
    known = (weight > 0) & np.isfinite(x)
    return x[known], weight[known]
