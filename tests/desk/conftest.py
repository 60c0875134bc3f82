"""A filled installation, made once and copied for each test that needs one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.installation import FILL, Installation, installation


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pattern") / "data"
    made = Installation(folder)
    assert made.jwp("init").returncode == 0
    made.python(FILL)
    return folder


@pytest.fixture(scope="session")
def kept(pattern: Path) -> Path:
    """A backup of it."""
    file = pattern.parent / "kept.zip"
    done = Installation(pattern).jwp("backup", file)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture
def filled(pattern: Path, tmp_path: Path) -> Installation:
    """A filled installation on SQLite."""
    folder = tmp_path / "filled"
    shutil.copytree(pattern, folder)
    return Installation(folder)


@pytest.fixture
def ours(pattern: Path, kept: Path, tmp_path: Path) -> Iterator[Installation]:
    """A filled installation on the engine of this run."""
    with installation(tmp_path / "ours", pattern, kept) as place:
        yield place
