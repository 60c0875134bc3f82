"""How many women and how many men live under each constraint, as a survey estimates it, with their joint errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from genderlens.findings import Finding, Refused

if TYPE_CHECKING:
    from genderlens.surveys.estimates import Estimates

SHARES = pa.schema([
    ("sex", pa.string()),  # f, m, x
    ("age", pa.string()),  # a band of HOMES, "" for all ages
    ("profile", pa.string()),
    ("share", pa.float64()),  # of persons of that sex and age
    ("n", pa.int64()),  # persons asked, of that sex and age; null where nobody was
    ("clusters", pa.int64()),
])  # fmt: skip
CLOSE = 1e-6  # shares of one sex and age add up to 1, but for the rounding of a printed table
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shares:
    """SHARES with the covariance of its rows: women and men were asked in the same households and clusters.

    `df` are the degrees of freedom of the survey; None: as good as known (a census, or an assumption), and then the
    covariance is zero and no interval is given.
    """

    table: pa.Table  # SHARES
    covariance: Floats  # (rows, rows)
    df: int | None
    source: str  # the survey and its year, or the words that say it is an assumption
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        rows = self.table.cast(SHARES).to_pylist()
        sums: dict[tuple[str, str], float] = {}
        for row in rows:
            if row["share"] is None or not 0 <= row["share"] <= 1:
                raise Refused(_wrong(row, f"has the share {row['share']}, which is not between 0 and 1."))
            sums[row["sex"], row["age"]] = sums.get((row["sex"], row["age"]), 0.0) + row["share"]
        if len({(row["sex"], row["age"], row["profile"]) for row in rows}) < len(rows):
            raise Refused(Finding("stop", "share-twice", "shares", "a profile has two shares for one sex and age."))
        if self.covariance.shape != (len(rows), len(rows)):
            what = f"{len(rows)} shares come with a covariance of {self.covariance.shape}."
            raise Refused(Finding("stop", "share-covariance", "shares", what))
        for (sex, age), total in sums.items():
            if abs(total - 1) > CLOSE:
                what = f"add up to {total:.4f}, so that some persons have no profile, or two."
                mend = "Give every person one profile; the rest may have one of its own."
                raise Refused(Finding("stop", "share-sum", f"shares of {sex} {age}".strip(), what, mend))


def assumed(shares: Mapping[str, Mapping[str, float]], source: str) -> Shares:
    """Shares by sex and profile that somebody states, without errors. `source` says who."""
    rows = [
        {"sex": sex, "age": "", "profile": profile, "share": share}
        for sex, of in shares.items()
        for profile, share in of.items()
    ]
    table = pa.Table.from_pylist(rows, SHARES)
    return Shares(table, np.zeros((len(rows), len(rows))), None, source)


def from_survey(
    estimates: Estimates,
    *,
    profiles: Mapping[Any, str],
    column: str,
    sex: str,
    sexes: Mapping[Any, str],
    source: str,
    age: str | None = None,
    ages: Mapping[Any, str] | None = None,
    rest: str | None = None,
) -> Shares:
    """Shares out of `surveys.estimate(…, [Proportion(column, value), …], by=[sex, age])`.

    Args:
        estimates: with a proportion of `column` for each key of `profiles`, by `sex` (and `age`).
        profiles: value of `column` -> id of the profile. Values may share a profile.
        column: of the survey, that says what people live under.
        sex, sexes: the column of sex, and its code -> f, m or x.
        source: the survey and its year.
        age, ages: the column of age, and its code -> band as in the homes.
        rest: the profile of everybody who has none of `profiles`.

    Raises:
        Refused: a proportion is not there, is suppressed, or a code is unknown.
    """
    figures = estimates.table.to_pylist()
    rows: list[tuple[tuple[str, str, str], int]] = []
    for number, about in enumerate(estimates.rows):
        stat = about.stat
        if about.kind != "level" or getattr(stat, "column", None) != column or not hasattr(stat, "value"):
            continue
        if stat.value not in profiles:
            continue
        who = _code(sexes, about.values.get(sex), sex)
        band = _code(ages or {}, about.values.get(age), age) if age is not None else ""
        if figures[number]["estimate"] is None:
            what = f"the share of {stat.text} among {figures[number]['domain']} is {figures[number]['flag']}."
            mend = "Ask for fewer profiles, or for all ages together."
            raise Refused(Finding("stop", "share-hidden", column, what, mend))
        rows.append(((who, band, profiles[stat.value]), number))
    if not rows:
        what = f"there is no proportion of “{column}” by “{sex}” among the estimates."
        raise Refused(Finding("stop", "share-missing", column, what, "Estimate one for each profile, by sex."))
    return _gathered(estimates, figures, rows, rest, source)


def _gathered(
    estimates: Estimates,
    figures: Sequence[Mapping[str, Any]],
    rows: Sequence[tuple[tuple[str, str, str], int]],
    rest: str | None,
    source: str,
) -> Shares:
    """Rows of one profile added up, and the rest as one minus the others: both are linear, so errors follow exactly."""
    keys = list(dict.fromkeys(key for key, _ in rows))
    if rest is not None:
        groups = dict.fromkeys((who, band) for (who, band, _), _ in rows)
        keys += [key for who, band in groups if (key := (who, band, rest)) not in keys]
    place = {key: number for number, key in enumerate(keys)}
    used = [number for _, number in rows]
    matrix = np.zeros((len(keys), len(used)))
    constant = np.zeros(len(keys))
    for across, (key, _) in enumerate(rows):
        matrix[place[key], across] += 1
        if rest is not None:
            matrix[place[key[0], key[1], rest], across] -= 1
    if rest is not None:
        constant[[place[key] for key in keys if key[2] == rest]] = 1
    values = np.array([figures[number]["estimate"] for number in used])
    shares = np.clip(constant + matrix @ values, 0, 1)  # rounding may leave -1e-17
    covariance = matrix @ estimates.covariance[np.ix_(used, used)] @ matrix.T
    asked = {key[:2]: figures[number] for key, number in rows}
    table = pa.Table.from_pylist(
        [
            {"sex": key[0], "age": key[1], "profile": key[2], "share": share}
            | {name: asked[key[:2]][name] for name in ("n", "clusters")}
            for key, share in zip(keys, shares.tolist(), strict=True)
        ],
        SHARES,
    )
    df = min(int(figures[number]["df"]) for number in used)
    flags = {figures[number]["flag"] for number in used} - {""}
    what = f"some shares are flagged: {', '.join(sorted(flags))}."
    findings = (Finding("warning", "share-flag", source, what, "Read the interval, not the figure."),) if flags else ()
    return Shares(table, covariance, df, source, findings)


def _code(codes: Mapping[Any, str], value: Any, column: str | None) -> str:
    if value in codes:
        return codes[value]
    if str(value) in codes:
        return codes[str(value)]
    what = f"the code {value!r} has no meaning."
    raise Refused(Finding("stop", "share-code", str(column), what, f"Say what it means; known: {list(codes)}."))


def _wrong(row: Mapping[str, Any], what: str) -> Finding:
    where = " ".join(str(row[name]) for name in ("sex", "age", "profile") if row[name])
    return Finding("stop", "share", f"shares, {where}", what)
