"""The streets people walk, as a graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WALKING = 4.8  # km/h


@dataclass(frozen=True)
class Network:
    """Streets in compressed rows: the arcs out of node `i` are `starts[i]:starts[i + 1]`.

    Lengths are whole millimetres and costs whole milliseconds, so that sums do not depend on their order and every
    engine gives the same answer.
    """

    lon: NDArray[np.float64]  # (nodes,)
    lat: NDArray[np.float64]  # (nodes,)
    starts: NDArray[np.int64]  # (nodes + 1,)
    heads: NDArray[np.int32]  # (arcs,) the node an arc leads to
    lengths: NDArray[np.int32]  # (arcs,) millimetres
    lit: NDArray[np.int8]  # (arcs,) 1 lit, 0 not lit, -1 not known

    @property
    def nodes(self) -> int:
        return len(self.lon)

    @property
    def arcs(self) -> int:
        return len(self.heads)

    def walking(self, speed: float = WALKING) -> NDArray[np.int32]:
        """Milliseconds to walk each arc at `speed` km/h, shape (arcs,). Never zero."""
        return np.maximum(np.rint(self.lengths * (3.6 / speed)), 1).astype(np.int32)
