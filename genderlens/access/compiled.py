"""Functions compiled to machine code. They run without Python's lock, so threads run them side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled at its first call and kept on disk: a plain loop over arrays, with the speed of C."""
    faster: Callable[P, R] = njit(cache=True, nogil=True)(function)
    return faster
