"""What is asked of a survey: the same words in a terminal, on a page and from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from genderlens.findings import Finding, Refused
from genderlens.strict import near
from genderlens.surveys.declaration import Plan, Replication
from genderlens.surveys.statistics import Count, Gap, Mean, Proportion, Quantile, Ratio, Stat, Total


@dataclass(frozen=True)
class Options:
    """Everything that can be chosen. Column names are those of the file."""

    mean: tuple[str, ...] = ()  # "pob"
    proportion: tuple[str, ...] = ()  # "x=1", or "x" for the share of each value
    total: tuple[str, ...] = ()
    ratio: tuple[str, ...] = ()  # "a/b"
    quantile: tuple[str, ...] = ()  # "income:0.5"
    count: bool = False
    by: tuple[str, ...] = ()
    gap: tuple[str, ...] = ()  # "sexo=2:1"
    weight: str = ""
    strata: str = ""
    cluster: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    lonely: str = ""  # adjust, with a warning where it matters
    replicates: str = ""
    repweights: str = ""  # columns of published weights, as "rep*"
    scale: float | None = None
    rscales: tuple[str, ...] = ()
    rho: float = 0.0
    mse: bool | None = None
    number: int = 1000  # of bootstrap replicates made here
    seed: int = 1
    level: float = 0.95
    engine: str = "duckdb"
    indicators: tuple[str, ...] = ()
    sex: str = ""  # of a small sheet: its column
    codes: tuple[str, ...] = ()  # of the sex column: "1=m", "2=f"
    questions: tuple[str, ...] = ()  # of a small sheet: the columns to count

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise Refused(Finding("stop", "level", "level", f"{self.level} is not between 0 and 1.", "Such as 0.95."))

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Options:
        """From a mapping, such as a form or the arguments of a command. A name it does not have is refused."""
        known = {field.name: field for field in fields(cls)}
        if unknown := [name for name in said if name not in known]:
            raise Refused(
                *(Finding("stop", "unknown-option", name, "is not known.", near(name, known)) for name in unknown)
            )
        empty = cls()
        made: dict[str, Any] = {}
        for name, value in said.items():
            if value is None:
                continue
            several = isinstance(getattr(empty, name), tuple)
            made[name] = tuple(map(str, [value] if isinstance(value, str) else value)) if several else value
        return cls(**made)

    @property
    def plan(self) -> Plan:
        """The design by these options alone."""
        replicates = None
        if self.replicates or self.repweights:
            kind = self.replicates or ("JKn" if self.strata else "JK1")
            columns = (self.repweights,) if self.repweights else ()
            scales = tuple(_share(one, "rscales") for one in self.rscales)
            replicates = Replication(
                kind, columns, self.scale, scales, self.rho, self.mse, number=self.number, seed=self.seed
            )
        return Plan("persons", self.weight, self.strata, self.cluster, self.fpc, self.nest, self.lonely, replicates)

    @property
    def sex_codes(self) -> dict[str, str]:
        """Code -> f, m or x, as given."""
        made = dict(_two(said, "=", "codes", "1=m,2=f") for said in self.codes)
        if odd := [word for word in made.values() if word not in ("f", "m", "x")]:
            raise Refused(Finding("stop", "unknown-word", "codes", f"“{odd[0]}” is not f, m or x.", "Such as 1=m,2=f."))
        return made

    @property
    def asks(self) -> bool:
        """Whether a statistic is asked for by name."""
        return bool(self.mean or self.proportion or self.total or self.ratio or self.quantile or self.count)

    def stats(self, values: Mapping[str, tuple[Any, ...]]) -> tuple[Stat, ...]:
        """The statistics asked for; `values` has the answers of each column in `shares`."""
        made: list[Stat] = [Mean(column) for column in self.mean]
        for said in self.proportion:
            column, _, value = said.partition("=")
            wanted = [value] if value else values.get(column, ())
            made += [Proportion(column, one) for one in wanted]
        made += [Total(column) for column in self.total]
        for said in self.ratio:
            above, below = _two(said, "/", "ratio", "A/B")
            made.append(Ratio(above, below))
        for said in self.quantile:
            column, share = _two(said, ":", "quantile", "income:0.5")
            made.append(Quantile(column, _share(share, said)))
        return (*made, Count()) if self.count else tuple(made)

    @property
    def shares(self) -> tuple[str, ...]:
        """The columns whose every value is to be estimated."""
        return tuple(said for said in self.proportion if "=" not in said)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        made = []
        for said in self.gap:
            column, pair = _two(said, "=", "gap", "sexo=2:1")
            made.append(Gap(column, *_two(pair, ":", "gap", "sexo=2:1")))
        return tuple(made)

    @property
    def domains(self) -> tuple[str, ...]:
        """The columns that make the domains; one with a gap is always among them."""
        return tuple(dict.fromkeys((*self.by, *(gap.column for gap in self.gaps))))

    def columns(self) -> dict[str, str]:
        """Every column of the file that is named, with the option that names it."""
        named = dict.fromkeys(self.by, "--by")
        named |= {gap.column: "--gap" for gap in self.gaps}
        for stat in self.stats(dict.fromkeys(self.shares, ("",))):
            for part in ("column", "above", "below"):
                if hasattr(stat, part):
                    named[getattr(stat, part)] = type(stat).__name__.lower()
        return named


def _two(said: str, mark: str, option: str, example: str) -> tuple[str, str]:
    first, found, second = said.partition(mark)
    if not (found and first.strip() and second.strip()):
        raise Refused(Finding("stop", "unreadable-option", option, f"“{said}” cannot be read.", f"Such as {example}."))
    return first.strip(), second.strip()


def _share(said: str, whole: str) -> float:
    try:
        return float(said)
    except ValueError as error:
        raise Refused(
            Finding("stop", "unreadable-option", whole, f"{said} is not a number.", "Such as 0.5.")
        ) from error
