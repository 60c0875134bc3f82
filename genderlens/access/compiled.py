"""Functions compiled to machine code. They run without Python's lock, so threads run them side by side."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")

HERE = Path(__file__).parent
NEEDED = re.compile(r"^from genderlens\.access\.(\w+) import", re.MULTILINE)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled at its first call and kept on disk: a plain loop over arrays, with the speed of C."""
    config: Any = numba.config
    before = config.CACHE_DIR
    # numba would take what is on disk for good as long as the function's own file is the same, and a rule changed in
    # another file would not reach it. So each state of all the sources it stands on has a folder of its own.
    ours = HERE / "__pycache__" if os.access(HERE, os.W_OK) else Path.home() / ".cache" / "jwp"
    config.CACHE_DIR = str(Path(before or ours) / f"compiled-{state(function.__module__)}")
    try:
        faster: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    finally:
        config.CACHE_DIR = before
    return faster


def state(module: str) -> str:
    """A short hash of a module's source and of all it imports from this package."""
    names, waiting = set[str](), [module.rpartition(".")[2]]
    while waiting:
        name = waiting.pop()
        if name not in names and (HERE / f"{name}.py").is_file():
            names.add(name)
            waiting += NEEDED.findall((HERE / f"{name}.py").read_text(encoding="utf-8"))
    text = b"".join((HERE / f"{name}.py").read_bytes() for name in sorted(names))
    return hashlib.sha256(text).hexdigest()[:16]
