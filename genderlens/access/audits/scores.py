"""What the ratings of an audit come to: scores by a versioned formula, spreads, comparisons on the same places.

There are no standard errors: nobody was drawn by lot, and one person rates many places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.audits.form import FEELING, INDEPENDENT, PARAMETERS, RATINGS

SMALLEST = 5  # ratings behind a figure, at least
SCORE = "score"
SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Formula:
    """The mean of what was rated of `parameters`, from 0 to 10, where at least `needs` of them were.

    Ours. Safetipin publishes a score of its own, by a rule that was not found; the two are not comparable. Another
    rule gets another id, and raw ratings are kept, so that an old audit can be scored anew.
    """

    id: str
    parameters: tuple[str, ...]
    needs: int


PLACE = Formula("jwp-place@2026", INDEPENDENT, 6)
FELT = Formula("jwp-feeling@2026", (FEELING,), 1)
FORMULAS = {formula.id: formula for formula in (PLACE, FELT)}


def scored(answers: pa.Table, formula: Formula = PLACE) -> pa.Table:
    """`answers` with a column `score`, 0 (worst) to 10, null where too little was rated."""
    ratings = np.array([_numbers(answers[name]) for name in formula.parameters])
    rated = np.isfinite(ratings)
    count = rated.sum(axis=0)
    total = np.where(rated, ratings, 0).sum(axis=0)
    enough = count >= formula.needs
    value = total / np.maximum(count, 1) * (10 / max(RATINGS))
    return answers.append_column(SCORE, pa.array(value, mask=~enough))


def cells(
    rated: pa.Table, by: Sequence[str] = (), *, sums_over: Sequence[str] = (), smallest: int = SMALLEST
) -> pa.Table:
    """The spread of each parameter, and of the score, for each combination of `by`.

    Args:
        rated: ANSWERS, with or without a score.
        by: of segment, light, round, sex, age.
        sums_over: those of `by` over which a sum is published as well: there a second cell is suppressed where a
            single one could be worked out.
        smallest: a cell with fewer ratings has null for mean and spread, and the flag `suppressed`.

    Returns:
        `by`, parameter, n (ratings), mean, rated_0 … rated_3 (null for the score), flag.
    """
    tables = []
    for name in (*PARAMETERS, SCORE):
        if name not in rated.column_names:
            continue
        part = rated.select([*by, name]).filter(pc.is_valid(rated[name]))
        columns = {key: part[key] for key in by} | {"value": pc.cast(part[name], pa.float64())}
        spread = name != SCORE
        columns |= {f"rated_{value}": pc.cast(pc.equal(part[name], value), pa.int64()) for value in RATINGS if spread}
        sums = [(f"rated_{value}", "sum") for value in RATINGS if spread]
        counted = pa.table(columns).group_by(list(by)).aggregate([("value", "count"), ("value", "mean"), *sums])
        nothing = pa.nulls(counted.num_rows, pa.int64())
        tables.append(
            pa.table(
                {key: counted[key] for key in by}
                | {
                    "parameter": pa.repeat(name, counted.num_rows),
                    "n": counted["value_count"],
                    "mean": counted["value_mean"],
                }
                | {f"rated_{v}": counted[f"rated_{v}_sum"] if spread else nothing for v in RATINGS}
            )
        )
    found = pa.concat_tables(tables)
    found = found.filter(pc.greater(found["n"], 0))
    found = found.sort_by([(key, "ascending") for key in by]) if by else found
    return _hide(found, by, sums_over, smallest)


def _hide(found: pa.Table, by: Sequence[str], sums_over: Sequence[str], smallest: int) -> pa.Table:
    count = _numbers(found["n"])
    hidden = count < smallest
    keys = [np.array(found[key].to_pylist(), dtype=object) for key in ("parameter", *by)]
    # One hidden cell in a line is the line's sum less the others: hide the smallest of these, too.
    changed = True
    while changed:
        changed = False
        for left_out in [1 + by.index(name) for name in sums_over]:
            lines: dict[tuple[object, ...], list[int]] = {}
            for place in range(len(count)):
                line = tuple(key[place] for number, key in enumerate(keys) if number != left_out)
                lines.setdefault(line, []).append(place)
            for line_cells in lines.values():
                shown = [place for place in line_cells if not hidden[place]]
                if shown and len(line_cells) - len(shown) == 1:
                    hidden[min(shown, key=lambda place: count[place])] = changed = True
    for name in ("mean", *(f"rated_{value}" for value in RATINGS)):
        column = pc.if_else(pa.array(hidden), pa.scalar(None, found[name].type), found[name])
        found = found.set_column(found.column_names.index(name), name, column)
    return found.append_column("flag", pa.array(np.where(hidden, SUPPRESSED, "").tolist(), pa.string()))


@dataclass(frozen=True)
class Compared:
    """Two sets of ratings at the same places in the same light; every place counts once."""

    places: int  # rated in both
    of: int  # rated in the first
    n: int  # ratings behind it
    change: float | None  # mean over the places of second minus first; null where too few ratings stand behind it
    up: int
    down: int
    table: pa.Table  # segment, light, first, second, change, n_first, n_second, flag


def compare(rated: pa.Table, column: str, first: object, second: object, *, smallest: int = SMALLEST) -> Compared:
    """The score of `second` against that of `first` at the same segments in the same light.

    Args:
        rated: ANSWERS with a score.
        column: what tells the two sets apart: `round`, or `sex`.
        first, second: its two values.
        smallest: as in `cells`; the change over all places needs as many ratings on either side.
    """
    one, other = (_by_place(rated.filter(pc.equal(rated[column], value))) for value in (first, second))
    both = sorted(one.keys() & other.keys())
    a, b = ([where[key] for key in both] for where in (one, other))
    kept = [min(x[1], y[1]) >= smallest for x, y in zip(a, b, strict=True)]
    change = [y[0] - x[0] for x, y in zip(a, b, strict=True)]
    counts = [sum(n for _, n in side) for side in (a, b)]
    known = bool(both) and min(counts) >= smallest
    table = pa.table(
        {
            "segment": pa.array([segment for segment, _ in both], pa.string()),
            "light": pa.array([light for _, light in both], pa.string()),
            "first": pa.array([x[0] if keep else None for x, keep in zip(a, kept, strict=True)], pa.float64()),
            "second": pa.array([y[0] if keep else None for y, keep in zip(b, kept, strict=True)], pa.float64()),
            "change": pa.array([c if keep else None for c, keep in zip(change, kept, strict=True)], pa.float64()),
            "n_first": pa.array([n for _, n in a], pa.int64()),
            "n_second": pa.array([n for _, n in b], pa.int64()),
            "flag": pa.array(["" if keep else SUPPRESSED for keep in kept], pa.string()),
        }
    )
    return Compared(
        places=len(both),
        of=len(one),
        n=sum(counts),
        change=float(np.mean(change)) if known else None,
        up=sum(c > 0 for c in change),
        down=sum(c < 0 for c in change),
        table=table,
    )


def _by_place(rated: pa.Table) -> dict[tuple[str, str], tuple[float, int]]:
    part = rated.filter(pc.is_valid(rated[SCORE])).group_by(["segment", "light"])
    found = part.aggregate([(SCORE, "mean"), (SCORE, "count")]).to_pydict()
    places = zip(found["segment"], found["light"], strict=True)
    return dict(zip(places, zip(found[f"{SCORE}_mean"], found[f"{SCORE}_count"], strict=True), strict=True))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """Null as not a number."""
    found: NDArray[np.float64] = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    return found
