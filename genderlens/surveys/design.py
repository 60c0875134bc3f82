"""How the sample was drawn: what decides the errors of everything estimated from it.

Names and meanings follow the R package `survey` (Lumley, Analysis of Complex Survey Samples, Journal of Statistical
Software 9(8), 2004): a design given there gives the same errors here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from genderlens.findings import Finding, Refused

# What to do with a stratum of which only one cluster was drawn, whose spread nobody can know. As R's survey.lonely.psu.
Lonely = Literal["fail", "certainty", "adjust", "average"]
LONELY: dict[Lonely, str] = {
    "fail": "no estimate is given",
    "certainty": "such a stratum adds nothing to the error (R also calls it remove)",
    "adjust": "such a stratum is compared with the whole sample instead of with itself",
    "average": "such a stratum adds as much as the others do on average",
}

Kind = Literal["BRR", "Fay", "JK1", "JKn", "bootstrap", "SDR"]
GENERATED: tuple[Kind, ...] = ("JK1", "JKn", "bootstrap")


@dataclass(frozen=True, slots=True)
class Replicates:
    """Replicate weights: published ones in `columns`, or made here (JK1, JKn, bootstrap) when there are none.

    variance = scale × Σ rscales[r] × (estimate[r] − centre)², the centre being the full-sample estimate when `mse`,
    else the mean of the replicates. `scale` and `rscales` as published; left out, they are those of R's `svrepdesign`:
    BRR 1/R, Fay 1/(R(1−rho)²), JK1 (R−1)/R, bootstrap 1/(R−1), SDR (successive differences, as the American Community
    Survey's 80) 4/R. JKn has no default: each survey says its own. `mse` is true for SDR and false else, unless said.

    `combined` is true when the columns are whole weights, false when they multiply the sampling weight. The bootstrap
    made here is that of Rao and Wu (Journal of the American Statistical Association 83, 1988) with n−1 draws, from
    `seed`; finite populations are ignored by it, and respected by JK1 and JKn at the first stage.
    """

    kind: Kind
    columns: tuple[str, ...] = ()
    scale: float | None = None
    rscales: tuple[float, ...] | None = None
    rho: float = 0.0
    mse: bool | None = None
    combined: bool = True
    number: int = 1000  # of bootstrap replicates made here
    seed: int = 1
    df: int | None = None  # published weights: else the rank of the weights, less one

    def __post_init__(self) -> None:
        if not self.columns and self.kind not in GENERATED:
            what = "cannot be made here; only published weights of this kind are read."
            raise Refused(Finding("stop", "replicates-needed", self.kind, what, "Name their columns."))
        if self.columns and self.kind == "JKn" and self.rscales is None:
            mend = "Give rscales, usually (n−1)/n of each replicate's stratum; the survey's documentation has them."
            raise Refused(Finding("stop", "rscales-needed", "JKn", "published weights have no usual scale.", mend))
        if self.rscales is not None and len(self.rscales) != len(self.columns):
            what = f"{len(self.rscales)} given for {len(self.columns)} replicates."
            raise Refused(Finding("stop", "rscales-length", "rscales", what))
        if self.kind == "Fay" and not 0 < self.rho < 1:
            what = f"{self.rho} is not between 0 and 1."
            raise Refused(Finding("stop", "rho-needed", "rho", what, "The survey's documentation has it."))

    @property
    def centred_on_estimate(self) -> bool:
        return self.kind == "SDR" if self.mse is None else self.mse

    def factor(self, replicates: int) -> float:
        """`scale`, or the usual one of this kind."""
        if self.scale is not None:
            return self.scale
        usual: dict[Kind, float] = {
            "BRR": 1 / replicates,
            "Fay": 1 / (replicates * (1 - self.rho) ** 2),
            "JK1": (replicates - 1) / replicates,
            "JKn": 1.0,
            "bootstrap": 1 / max(replicates - 1, 1),
            "SDR": 4 / replicates,
        }
        return usual[self.kind]


@dataclass(frozen=True, slots=True)
class Design:
    """Columns that say how people were chosen.

    - `weight`: how many people each person stands for. None: everybody counts once, which describes only those asked.
    - `strata`: the groups inside which clusters were drawn; None for one group.
    - `cluster`: what was drawn, a name, or one for each stage, first stage first; None when persons were drawn singly.
    - `fpc`: how much there was to draw from at each stage, as numbers of clusters (then persons) or as the share drawn
      (all ≤ 1); without it sampling is taken as with replacement, and only the first stage then matters.
    - `nest`: cluster numbers start again in each stratum. When false, a number found in two strata is refused.
    - `lonely`: what to do with a stratum of one cluster (see LONELY).
    """

    weight: str | None
    strata: str | None = None
    cluster: str | Sequence[str] | None = None
    fpc: str | Sequence[str] | None = None
    nest: bool = False
    lonely: Lonely = "fail"
    replicates: Replicates | None = None

    def __post_init__(self) -> None:
        if self.lonely not in LONELY:
            mend = f"One of {', '.join(LONELY)}."
            raise Refused(Finding("stop", "unknown-policy", "lonely", f"{self.lonely} is not a policy.", mend))
        if len(self.sizes) > max(len(self.stages), 1):
            what = f"{len(self.sizes)} columns for {len(self.stages)} stages."
            raise Refused(Finding("stop", "fpc-stages", "fpc", what, "Give one for each stage."))

    @property
    def stages(self) -> tuple[str, ...]:
        if self.cluster is None:
            return ()
        return (self.cluster,) if isinstance(self.cluster, str) else tuple(self.cluster)

    @property
    def sizes(self) -> tuple[str, ...]:
        if self.fpc is None:
            return ()
        return (self.fpc,) if isinstance(self.fpc, str) else tuple(self.fpc)

    @property
    def published(self) -> Replicates | None:
        """Replicates that came with the file: strata and clusters are then in them."""
        return self.replicates if self.replicates and self.replicates.columns else None

    def policy(self) -> str:
        """The design in one line, to stand beside every figure."""
        if self.weight is None:
            return "no weights: describes only those asked"
        if self.published:
            return f"weight {self.weight}; {len(self.published.columns)} published {self.published.kind} replicates"
        parts = [f"weight {self.weight}"]
        if self.strata:
            parts.append(f"strata {self.strata}")
        if self.stages:
            parts.append(f"clusters {', '.join(self.stages)}")
        parts.append(f"finite population {', '.join(self.sizes)}" if self.sizes else "with replacement")
        made = self.replicates
        errors = "linearised" if made is None else f"{made.kind} replicates"
        if made and made.kind == "bootstrap":
            errors = f"{made.number} bootstrap replicates, seed {made.seed}"
        return "; ".join([*parts, errors, f"lonely clusters: {self.lonely}"])
