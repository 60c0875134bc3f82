"""From a home or place to the street it is reached from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from genderlens.access.network import Network, metres
from genderlens.findings import Finding

FARTHEST = 500.0  # metres from a home to a street, beyond which one of the two is wrong
CUT_OFF = 100.0  # metres more to the streets of the rest than to a street of its own piece
MANY = 100_000  # points, beyond which threads are worth starting
NAMED = 5  # of those concerned, so many are named in a finding


@dataclass(frozen=True)
class Snapped:
    """For each point the street node it is reached from."""

    node: NDArray[np.int32]  # (points,) -1: there is none, and so no answer
    metres: NDArray[np.float64]  # (points,) as the crow flies, NaN where there is none
    findings: tuple[Finding, ...]

    def walk(self, speed: float) -> NDArray[np.int32]:
        """Milliseconds from the point to its node at `speed` km/h, shape (points,); 0 where there is none."""
        walk: NDArray[np.int32] = np.rint(np.nan_to_num(self.metres) * (3600 / speed)).astype(np.int32)
        return walk


def snap(
    network: Network,
    lon: ArrayLike,
    lat: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    where: str = "homes",
    farthest: float = FARTHEST,
) -> Snapped:
    """The nearest node of the main network (`Network.main`) to each point.

    A point has none, and a finding says which and why, when it has no coordinates, when no street is within `farthest`
    metres, or when it is on an island: nearer by more than `CUT_OFF` metres to streets that are not joined to the rest.
    Such points have no answer, which is not the same as reaching nothing.

    Args:
        lon, lat: degrees, shape (points,).
        names: of the points, for findings; else their positions.
        where: the name of the table, for findings.
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    node = np.full(len(x), -1, np.int32)
    away = np.full(len(x), np.nan)
    findings: list[Finding] = []

    def tell(code: str, wrong: NDArray[np.bool_], what: str, mend: str) -> None:
        if count := int(wrong.sum()):
            some = ", ".join(str(names[i]) if names is not None else str(i) for i in np.flatnonzero(wrong)[:NAMED])
            more = ", …" if count > NAMED else ""
            findings.append(Finding("warning", code, where, f"{count} {what} ({some}{more}).", mend))

    placed = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    tell("no-coordinates", ~placed, "have no longitude and latitude in degrees", "They have no answer. Give both.")
    if placed.any() and network.main.any():
        # Nearest in a plane laid on the middle of the network: over a city the error is far below a metre.
        def nearest(
            of: NDArray[np.bool_], among: NDArray[np.bool_], tree: Any
        ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
            points = np.stack([x[of] * network.east, y[of]], axis=1)
            _distance, best = tree.query(points, workers=1 if len(points) < MANY else -1)
            found: NDArray[np.int32] = np.flatnonzero(among).astype(np.int32)[best]
            return found, metres(x[of], y[of], network.lon[found], network.lat[found])

        node[placed], away[placed] = nearest(placed, network.main, network.main_tree)
        island = np.zeros(len(x), np.bool_)
        aside = placed & (away > CUT_OFF)  # nobody else can be on an island
        if aside.any() and not network.main.all():
            _other, to_other = nearest(aside, ~network.main, network.tree(~network.main))
            island[aside] = (to_other <= farthest) & (to_other + CUT_OFF < away[aside])
        far = placed & ~island & (away > farthest)
        # The mistake that is made most often puts a city into another sea.
        west, south, to_east, north = network.lon.min(), network.lat.min(), network.lon.max(), network.lat.max()
        swapped = far & (y >= west) & (y <= to_east) & (x >= south) & (x <= north)
        mend = "They have no answer. "
        tell("coordinates-swapped", swapped, "have longitude and latitude swapped", mend + "Swap the columns.")
        what = f"are more than {farthest:g} m from any street, perhaps at sea or in another city"
        tell("far-from-streets", far & ~swapped, what, mend + "Check the coordinates, or use a larger extract.")
        what = "are on an island: their streets are not joined to the rest"
        tell("on-an-island", island, what, mend + "Check that bridges and ferries are in the map.")
        node[island | far], away[island | far] = -1, np.nan
    return Snapped(node, away, tuple(findings))
