"""Check, without network, that the lock files answer pyproject.toml and name no host."""

import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Pins = dict[str, set[str]]


def pins(lock: str) -> Pins:
    """Versions by package; a package may have two, for different Pythons."""
    found: Pins = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def unanswered(requirements: list[str], pinned: Pins, lock: str) -> list[str]:
    """One sentence for each requirement the lock does not satisfy."""
    problems = []
    for requirement in map(Requirement, requirements):
        versions = pinned.get(canonicalize_name(requirement.name), set())
        if not any(requirement.specifier.contains(version) for version in versions):
            problems.append(f"{lock} does not answer {requirement}; run make locks")
    return problems


def main() -> int:
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + extras["build"] + extras["lens"]
    texts, problems = {}, []
    run: Pins = {}
    for lock, added in (
        ("requirements.lock", []),
        ("requirements-test.lock", extras["spark"] + extras["test"]),
        ("requirements-bench.lock", extras["bench"]),
    ):
        texts[lock] = Path(lock).read_text()
        found = pins(texts[lock])
        asked = asked + added
        problems += unanswered(asked, found, lock)
        # Several locks, one truth: what is tested and measured is what runs.
        problems += [
            f"{name} is pinned differently in {lock}; run make locks" for name in run if run[name] != found.get(name)
        ]
        run = found
    problems += [f"{name} names a host" for name, text in texts.items() if "://" in text]
    print("\n".join(problems) or "Locks answer pyproject.toml.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
