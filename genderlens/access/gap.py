"""What women and what men can reach, each under what they must do and may use, and the gap with its interval.

Mean access of one sex is a sum over profiles, share of persons × mean reach of those persons' homes:

    M(s) = Σ over ages a and profiles p of  share(s, a, p) · reach(s, a, p)
    reach(s, a, p) = Σ over homes h of  persons(h, s, a) · value(h, p)  /  persons(s)

Persons come from a census and reach from a network: both are taken as known. The shares come from a survey, so M is
linear in them and its gradient is `reach`. With V the covariance of all shares, of women and of men together,

    variance of M(f) − M(m) = g′ V g,   g = (reach of women's rows, − reach of men's rows)
    variance of log M(f)/M(m) = r′ V r,   r = (reach / M(f) on women's rows, − reach / M(m) on men's rows)

the second by the delta method. Leaving out the covariance between women and men, who were asked in the same
households and clusters, would give another, usually wider, interval.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens.access.shares import Floats, Shares
from genderlens.access.tables import HOMES, REACH
from genderlens.findings import Finding, Refused
from genderlens.run import FIGURES
from genderlens.words import say

Who = tuple[str, str]  # sex, age
KNOWN = "no survey error"  # shares that are stated, not estimated

BY_PROFILE = pa.schema([
    ("sex", pa.string()),
    ("age", pa.string()),
    ("profile", pa.string()),
    ("share", pa.float64()),
    ("share_se", pa.float64()),
    ("persons", pa.float64()),  # of that sex and age, in homes with an answer
    ("reach", pa.float64()),  # mean over these persons' homes, had all of them this profile
])  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One figure with its standard error and interval; all null together, se and interval also where nothing is."""

    value: float | None
    se: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AccessGap:
    """`levels` by sex; then the gap of women against men, and what it comes from.

    `residence` is what would be left of the difference if women and men had the same shares of profiles, and
    `constraints` what would be left if they lived in the same homes: the two add up to the difference (Kitagawa,
    Components of a difference between two rates, Journal of the American Statistical Association 50, 1955).
    """

    levels: Mapping[str, Measured]
    difference: Measured
    ratio: Measured
    residence: Measured
    constraints: Measured
    table: pa.Table  # BY_PROFILE
    n: int | None  # persons asked
    clusters: int | None
    covers: str  # what the interval says
    leaves_out: str  # and what it does not
    findings: tuple[Finding, ...]

    def figures(self, key: str, label: str, unit: str, *, indicator: str = "", place: str = "") -> pa.Table:
        """As FIGURES. The ratio has the unit `ratio`."""
        said = {"key": key, "indicator": indicator, "label": label, "place": place, "group": "", "unit": unit}
        rows = [said | {"key": f"{key}.{sex}", "sex": sex} | _shown(one) for sex, one in self.levels.items()]
        parts = {"f-m": self.difference, "residence": self.residence, "constraints": self.constraints}
        for name, one in parts.items():
            group = "" if name == "f-m" else name
            rows.append(said | {"key": f"{key}.{name}", "sex": "f-m", "group": group} | _shown(one))
        rows.append(said | {"key": f"{key}.f/m", "sex": "f/m", "unit": "ratio"} | _shown(self.ratio))
        asked = {"n": self.n, "clusters": self.clusters}
        return pa.Table.from_pylist([row | asked for row in rows], FIGURES)


def access_gap(
    reach: pa.Table,
    homes: pa.Table,
    shares: Shares,
    *,
    measure: str | None = None,
    level: float = 0.95,
    language: str = "en",
) -> AccessGap:
    """The access of women and of men, their difference and ratio, with intervals from the survey of shares.

    Args:
        reach: REACH, with a value for each home and each profile of `shares`. Several departures of a home are
            averaged; a home with a null at any of them, or in any profile, has no answer and is left out for all.
        homes: HOMES.
        shares: of each profile by sex (and age). With ages, every age of `homes` needs its shares.
        measure: which of `reach`, where it has several.
        level: of the intervals, by Student's t with the survey's degrees of freedom.
        language: of the two sentences on what the interval covers.

    Raises:
        Refused: a profile has no reach, a sex or age no shares, or no home has an answer.
    """
    rows = shares.table.to_pylist()
    profiles = list(dict.fromkeys(row["profile"] for row in rows))
    ids, value = _values(reach, measure, profiles)
    answered = np.asarray(np.isfinite(value).all(axis=1))
    persons, findings = _persons(homes.cast(HOMES), ids, answered, rows)
    cells = _Cells(rows, profiles, persons, np.nan_to_num(value))
    asked = {(row["sex"], row["age"]): row["n"] for row in rows}.values()
    return AccessGap(
        levels={sex: _measured(cells.level(sex), cells.gradient(sex), shares, level) for sex in cells.sexes},
        **cells.gaps(shares, level),
        table=cells.table(shares),
        n=None if None in asked else sum(asked),
        clusters=max((row["clusters"] for row in rows if row["clusters"] is not None), default=None),
        covers=say(language, "profiles.no_interval" if shares.df is None else "profiles.covers", source=shares.source),
        leaves_out=say(language, "profiles.leaves_out"),
        findings=(*shares.findings, *findings),
    )


class _Cells:
    """Mean reach and weight of each row of the shares. Everything below is linear in the shares."""

    def __init__(
        self, rows: Sequence[Mapping[str, Any]], profiles: Sequence[str], persons: Mapping[Who, Floats], value: Floats
    ) -> None:
        self.rows, self.persons = rows, persons
        self.sexes = list(dict.fromkeys(sex for sex, _ in persons))
        everybody = {sex: sum(float(of.sum()) for (who, _), of in persons.items() if who == sex) for sex in self.sexes}
        self.total = {who: float(of.sum()) for who, of in persons.items()}
        self.reach = {
            (*who, profile): float(of @ value[:, number]) / self.total[who]
            for who, of in persons.items()
            for number, profile in enumerate(profiles)
        }
        self.share = np.array([row["share"] for row in rows])
        # Of the persons of its sex, those of a row's age.
        self.weight = np.array(
            [self.total.get((row["sex"], row["age"]), 0.0) / everybody.get(row["sex"], 1.0) for row in rows]
        )

    def of(self, sex: str) -> Floats:
        """Mean reach in each row, had its persons the homes of `sex`; nothing where that sex has nobody of the age."""
        return np.array([self.reach.get((sex, row["age"], row["profile"]), np.nan) for row in self.rows])

    def sign(self, sex: str) -> Floats:
        return np.array([float(row["sex"] == sex) for row in self.rows])

    def gradient(self, sex: str) -> Floats:
        return np.asarray(np.nan_to_num(self.sign(sex) * self.weight * self.of(sex)))

    def level(self, sex: str) -> float:
        return float(self.gradient(sex) @ self.share)

    def gaps(self, shares: Shares, level: float) -> dict[str, Measured]:
        women, men = self.gradient("f"), self.gradient("m")
        f, m = self.level("f"), self.level("m")
        theirs, his = self.of("f"), self.of("m")
        # An age with nobody of one sex adds nothing to the difference by residence.
        theirs, his = np.where(np.isnan(theirs), his, theirs), np.where(np.isnan(his), theirs, his)
        residence = (self.sign("f") + self.sign("m")) * self.weight * np.nan_to_num(theirs - his) / 2
        constraints = (self.sign("f") - self.sign("m")) * self.weight * np.nan_to_num(theirs + his) / 2
        found = {"difference": women - men, "residence": residence, "constraints": constraints}
        gaps = {name: _measured(float(g @ self.share), g, shares, level) for name, g in found.items()}
        return gaps | {"ratio": _ratio(f, m, women, men, shares, level)}

    def table(self, shares: Shares) -> pa.Table:
        errors = np.sqrt(np.maximum(np.diag(shares.covariance), 0))
        found = []
        for row, error in zip(self.rows, errors.tolist(), strict=True):
            who = (row["sex"], row["age"])
            known = {"share_se": None if shares.df is None else error, "persons": self.total.get(who, 0.0)}
            reach = self.reach.get((*who, row["profile"]))
            found.append({name: row[name] for name in ("sex", "age", "profile", "share")} | known | {"reach": reach})
        return pa.Table.from_pylist(found, BY_PROFILE)


def _measured(value: float, gradient: Floats, shares: Shares, level: float) -> Measured:
    if shares.df is None:
        return Measured(value, None, None, None)
    se = _error(gradient, shares)
    half = _quantile(shares.df, level) * se
    return Measured(value, se, value - half, value + half)


def _ratio(f: float, m: float, women: Floats, men: Floats, shares: Shares, level: float) -> Measured:
    """On the scale of logarithms, so that women for men and men for women say the same."""
    if m <= 0:
        return Measured(None, None, None, None)
    if shares.df is None or f <= 0:
        return Measured(f / m, None, None, None)
    error = _error(women / f - men / m, shares)
    times = math.exp(_quantile(shares.df, level) * error)
    return Measured(f / m, f / m * error, f / m / times, f / m * times)


def _error(gradient: Floats, shares: Shares) -> float:
    return math.sqrt(max(float(gradient @ shares.covariance @ gradient), 0.0))


def _quantile(df: int, level: float) -> float:
    from scipy.stats import t as student

    return float(student.ppf(0.5 + level / 2, df)) if df > 0 else math.nan


def _values(reach: pa.Table, measure: str | None, profiles: Sequence[str]) -> tuple[pa.Array, Floats]:
    """Homes, and the value of each for each profile, (homes, profiles); not a number where there is no answer."""
    table = reach.cast(REACH)
    measures = pc.unique(table["measure"]).to_pylist()
    if measure is None and len(measures) > 1:
        what = f"holds several measures: {', '.join(sorted(measures))}."
        raise Refused(Finding("stop", "which-measure", "reach", what, "Say which."))
    table = table if measure is None else table.filter(pc.equal(table["measure"], measure))
    known = set(pc.unique(table["profile"]).to_pylist())
    if lacking := [profile for profile in profiles if profile not in known]:
        what = f"has no value for {', '.join(lacking)}."
        raise Refused(Finding("stop", "no-reach", "reach", what, "Measure it for every profile that has a share."))
    table = table.filter(pc.is_in(table["profile"], pa.array(profiles)))
    ids = pc.unique(table["home"])
    cell = _places(table["home"], ids) * len(profiles) + _places(table["profile"], pa.array(profiles))
    size = len(ids) * len(profiles)
    # A single departure without an answer leaves the home without one: nan goes through the sum.
    total = np.bincount(cell, table["value"].to_numpy(), size)
    count = np.bincount(cell, minlength=size)
    mean = np.divide(total, count, out=np.full(size, math.nan), where=count > 0)
    return ids, mean.reshape(len(ids), len(profiles))


def _persons(
    homes: pa.Table, ids: pa.Array, answered: NDArray[np.bool_], rows: Sequence[Mapping[str, Any]]
) -> tuple[dict[Who, Floats], list[Finding]]:
    """Persons of each sex and age of the shares, by home; what is left out is said."""
    split = {row["age"] for row in rows} != {""}
    known = {(row["sex"], row["age"]) for row in rows}
    at = _places(homes["home"], ids)
    measured = np.where(at >= 0, answered[np.maximum(at, 0)], False)
    count = np.nan_to_num(homes["persons"].to_numpy())
    ages = pc.fill_null(homes["age"], "") if split else pa.repeat("", homes.num_rows)
    who = pa.table({"sex": pc.fill_null(homes["sex"], "x"), "age": ages})
    persons: dict[Who, Floats] = {}
    findings: list[Finding] = []
    total: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for sex, age in sorted(tuple(group.values()) for group in who.group_by(["sex", "age"]).aggregate([]).to_pylist()):
        here = np.asarray(pc.and_(pc.equal(who["sex"], sex), pc.equal(who["age"], age)))
        total[sex] += round(float(count[here].sum()))
        if (sex, age) not in known:
            if count[here].sum():
                findings.append(_without_shares(sex, age, count[here].sum()))
            continue
        lost[sex] += round(float(count[here & ~measured].sum()))
        of = np.bincount(at[here & measured], count[here & measured], len(ids)).astype(np.float64)
        if of.sum() > 0:
            persons[sex, age] = of
    for sex in sorted(sex for sex in lost if lost[sex]):
        what = f"{lost[sex]:,} of {total[sex]:,} persons live in homes without an answer and are left out."
        findings.append(Finding("warning", "no-answer", f"homes, {sex}", what, "See what the network says of them."))
    if lacking := {"f", "m"} - {sex for sex, _ in persons}:
        what = f"nobody of sex {' or '.join(sorted(lacking))} lives in a home with an answer, or has shares."
        raise Refused(Finding("stop", "no-persons", "homes", what, "A gap needs women and men."))
    return persons, findings


def _without_shares(sex: str, age: str, count: float) -> Finding:
    """
    Raises:
        Refused: for women and men: a mean without some of them would be that of others.
    """
    where, what = f"homes, {sex} {age}".strip(), f"{count:,.0f} persons have no shares."
    if sex not in ("f", "m"):
        return Finding("warning", "no-shares", where, f"{what} They have no figure.")
    mend = "Estimate the shares for this age, too, or for all ages together."
    raise Refused(Finding("stop", "no-shares", where, what, mend))


def _places(names: pa.ChunkedArray, among: pa.Array) -> NDArray[np.int64]:
    """Where each name stands in `among`; -1 where it does not."""
    found: NDArray[np.int64] = pc.fill_null(pc.index_in(names, value_set=among), -1).to_numpy().astype(np.int64)
    return found


def _shown(one: Measured) -> dict[str, Any]:
    flag = "no answers" if one.value is None else KNOWN if one.se is None else ""
    return {"value": one.value, "se": one.se, "low": one.low, "high": one.high, "flag": flag}
