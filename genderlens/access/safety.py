"""Which streets somebody takes after dark: unlit or badly rated ones are left out, or count as longer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genderlens.access.network import WALKING, Network
from genderlens.findings import Finding, Refused

DAY = 86_400
NOT_WALKED = float("inf")


@dataclass(frozen=True, eq=False)
class Safety:
    """A choice of streets between `dusk` and `dawn` (seconds after midnight), the same for both legs of a chain.

    A factor says how much longer a street seems: 1 changes nothing, 1.5 makes a minute count as a minute and a half,
    `NOT_WALKED` leaves the street out. `scores` are those of a safety audit for each arc, NaN where nobody rated;
    what lies below `threshold` takes the factor `poor`. An arc that is unlit and poor takes both.
    """

    dusk: int = 19 * 3600
    dawn: int = 6 * 3600
    unlit: float = 1.0
    unknown: float = 1.0  # where the map does not say whether the street is lit
    scores: NDArray[np.float64] | None = None  # (arcs,)
    threshold: float = 0.0
    poor: float = 1.0

    def __post_init__(self) -> None:
        if min(self.unlit, self.unknown, self.poor) < 1:
            raise Refused(
                Finding("stop", "safety-factor", "safety", "A factor below 1 would make a dark street shorter.",
                        "Give 1 or more; infinity leaves the street out.")
            )  # fmt: skip

    def dark(self, departs: int) -> bool:
        """Whether one who leaves at this second after midnight chooses so."""
        time = departs % DAY
        if self.dusk <= self.dawn:
            return self.dusk <= time < self.dawn
        return time >= self.dusk or time < self.dawn

    def factors(self, network: Network) -> NDArray[np.float64]:
        """How much longer each arc counts, shape (arcs,)."""
        factors = np.choose(network.lit.astype(np.int64) + 1, (self.unknown, self.unlit, 1.0)).astype(np.float64)
        if self.scores is not None:
            if len(self.scores) != network.arcs:
                raise Refused(
                    Finding("stop", "safety-scores", "safety",
                            f"{len(self.scores)} scores for {network.arcs} arcs of the network.",
                            "Join the audit to this network.")
                )  # fmt: skip
            factors = np.where(self.scores < self.threshold, factors * self.poor, factors)  # NaN is not below
        return factors


def costs(network: Network, speed: float = WALKING, safety: Safety | None = None) -> NDArray[np.int32]:
    """Milliseconds for each arc at `speed` km/h; where `safety` is given after dark, and -1 for an arc not walked."""
    walking = network.walking(speed)
    if safety is None:
        return walking
    factors = safety.factors(network)
    walked = np.isfinite(factors)
    seeming = np.minimum(np.rint(walking * np.where(walked, factors, 1)), np.iinfo(np.int32).max)
    longer: NDArray[np.int32] = np.where(walked, seeming, -1).astype(np.int32)
    return longer
