"""How much an opportunity counts the farther away it is: weights from 1 to 0 by minutes of travel.

Named and parametrised as in the R package `accessibility` of Ipea, so that results can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Decay = Callable[[Floats], Floats]  # minutes to weights, of the same shape


def binary(cutoff: float) -> Decay:
    """1 up to `cutoff` minutes, that minute included, then 0.

    >>> binary(30)(np.array([29.0, 30.0, 31.0])).tolist()
    [1.0, 1.0, 0.0]
    """
    return lambda minutes: (minutes <= cutoff).astype(np.float64)


def exponential(rate: float) -> Decay:
    """e to the power of -`rate` × minutes."""
    return lambda minutes: np.exp(-rate * minutes)


def power(exponent: float) -> Decay:
    """Minutes to the power of -`exponent`, never more than 1.

    >>> power(0.5)(np.array([0.25, 4.0, 25.0])).tolist()
    [1.0, 0.5, 0.2]
    """
    return lambda minutes: np.maximum(minutes, 1.0) ** -exponent


def linear(cutoff: float) -> Decay:
    """Falling from 1 at once to 0 at `cutoff` minutes.

    >>> linear(40)(np.array([0.0, 10.0, 50.0])).tolist()
    [1.0, 0.75, 0.0]
    """
    return lambda minutes: np.maximum(1 - minutes / cutoff, 0.0)


def stepped(steps: Sequence[float], weights: Sequence[float]) -> Decay:
    """1 before the first step, and from each step (that minute included) its weight.

    >>> stepped([10, 20, 30], [0.6, 0.3, 0])(np.array([5.0, 10.0, 25.0, 30.0])).tolist()
    [1.0, 0.6, 0.3, 0.0]

    Raises:
        ValueError: when steps do not ascend, or have not as many weights.
    """
    if len(steps) != len(weights) or any(a >= b for a, b in pairwise(steps)):
        raise ValueError("Give ascending steps, and a weight for each.")
    levels = np.array([1.0, *weights])
    return lambda minutes: levels[np.searchsorted(np.asarray(steps, np.float64), minutes, side="right")]


def logistic(median: float, deviation: float) -> Decay:
    """The share of a logistic distribution that would travel farther, scaled to 1 at once; both in minutes."""
    scale = np.pi / (deviation * np.sqrt(3))
    at_once = 1 + np.exp(-median * scale)
    return lambda minutes: at_once / (1 + np.exp((minutes - median) * scale))


DECAYS: dict[str, Callable[..., Decay]] = {
    "binary": binary,
    "exponential": exponential,
    "power": power,
    "linear": linear,
    "stepped": stepped,
    "logistic": logistic,
}
