"""What women and men reach on average, from what each home reaches and who lives there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from genderlens.access.gap import AccessGap

Values = NDArray[np.float64]  # (homes,), NaN where there is no answer


@dataclass(frozen=True)
class People:
    """Persons at each home, by sex: `persons[sex]` has the shape (homes,)."""

    homes: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    persons: Mapping[str, NDArray[np.float64]]

    @classmethod
    def of(cls, table: pa.Table, ages: Collection[str] = ()) -> People:
        """From HOMES. A home stands in many rows, one a sex and age; its first place counts.

        With `ages` only persons of these bands are counted, at all homes.
        """
        ids, first, number = np.unique(table["home"].to_numpy(), return_index=True, return_inverse=True)
        sexes = table["sex"].to_numpy().astype(str)
        count = np.nan_to_num(table["persons"].to_numpy().astype(np.float64))
        if ages:
            count = count * np.isin(table["age"].to_numpy().astype(str), list(ages))
        persons = {
            sex: np.bincount(number[sexes == sex], count[sexes == sex], minlength=len(ids)).astype(np.float64)
            for sex in ("f", "m", "x")
            if (sexes == sex).any()
        }
        if other := set(sexes) - set(persons):  # the split is missing altogether
            rest = np.isin(sexes, list(other))
            persons[""] = np.bincount(number[rest], count[rest], minlength=len(ids)).astype(np.float64)
        return cls(tuple(map(str, ids)), table["lon"].to_numpy()[first], table["lat"].to_numpy()[first], persons)

    @property
    def all(self) -> NDArray[np.float64]:
        whole: NDArray[np.float64] = np.sum(list(self.persons.values()), axis=0, dtype=np.float64)
        return whole

    def weight(self, sex: str) -> NDArray[np.float64]:
        """Persons of a sex at each home; "" is everybody."""
        return self.all if sex == "" else self.persons[sex]

    @property
    def sexes(self) -> tuple[str, ...]:
        return tuple(sex for sex in self.persons if sex)

    def mean(self, values: Values, sex: str = "") -> float | None:
        """Of what each person's home has; homes without an answer are in neither sum. None where nobody has one."""
        weight = np.where(np.isfinite(values), self.weight(sex), 0.0)
        total = weight.sum()
        return float((weight * np.nan_to_num(values)).sum() / total) if total > 0 else None

    def answered(self, values: Values, sex: str = "") -> int:
        """Persons whose home has an answer."""
        return round(float(self.weight(sex)[np.isfinite(values)].sum()))


@dataclass(frozen=True)
class Moment:
    """The mean of everybody for one departure."""

    departs: int  # seconds after midnight
    direct: float | None
    chain: float | None


@dataclass(frozen=True)
class Way:
    """What each home reaches one way: on foot, or by public transport; the mean over the departures chosen."""

    code: str  # on_foot, by_transit
    direct: Values
    chain: Values | None = None  # with the care stop; None: not measured
    day: tuple[Moment, ...] = ()

    @property
    def penalty(self) -> Values | None:
        return None if self.chain is None else penalties(self.direct, self.chain)


@dataclass(frozen=True)
class Measured:
    """Everything a diagnosis measured; None is what it could not."""

    people: People
    ways: tuple[Way, ...] = ()
    nearest: Values | None = None  # minutes on foot to the nearest care place
    stop: Values | None = None  # 1 within the distance of a stop, 0 not
    space: Values | None = None  # 1 within 400 m of open public space, 0 not
    gaps: Mapping[str, AccessGap] = field(default_factory=dict)  # way -> women and men with their duties
    everybody: People | None = None  # of all ages, where `people` are some

    def mean_lost(self, way: Way, sex: str = "") -> float | None:
        """The care penalty of people of a sex: of their mean reach, not the mean of the homes' penalties."""
        if way.chain is None:
            return None
        both = np.where(np.isfinite(way.chain), way.direct, np.nan)
        return lost(self.people.mean(both, sex), self.people.mean(way.chain, sex))


def lost(before: float | None, after: float | None) -> float | None:
    """The share of `before` that is not in `after`; None where there was nothing to lose.

    >>> lost(200.0, 150.0), lost(0.0, 0.0)
    (0.25, None)
    """
    return None if not before or after is None else 1 - after / before


def penalties(direct: Values, chain: Values) -> Values:
    """`lost` for each home, NaN for None."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = np.where(direct > 0, 1 - chain / direct, np.nan)
    return found
