"""Installations for tests that start `jwp` as people do: in another process and folder, and where the run has
PostgreSQL, with a database of their own on that server."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

ROOT = Path(__file__).parent.parent.parent
SERVER = os.environ.get("JWP_DATABASE_URL", "")

# People, offices, a plan with three targets, a kept file, a letter: something of every sort.
FILL = """
import django; django.setup()
from datetime import date
from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.mail import write_letter
from jwp.core.models import Partnership
from jwp.evidence import files
from jwp.evidence.models import Document
from jwp.plans.models import Plan, Round
from tests import cast as c
people = c.cast()
plan = c.plan()
sha256, size = files.write([b"what was agreed"])
kept = files.Kept(sha256, "minutes.txt", size, "text/plain")
for n in (1, 2, 3):
    c.target(plan, people.offices["operations"], f"t{n}", baseline_text="œuvre 中", value="12.5000")
with open_door(system(c.TODAY)) as door:
    door.add(Document(ref="minutes", title="Minutes", file=kept.row()))
    door.change(plan, "bring in", state="adopted")
    for number, month in ((1, 6), (2, 12), (3, 18)):
        door.add(Round(ref=f"r{number}", plan=plan, number=number, month=month, opens=date(2025, 8, 1),
                       due=date(2025, 9, 1), closes=date(2025, 10, 1)))
    write_letter(door, key="k", to="olga@example.org", subject="Hello", body="Report here")
"""


@dataclass
class Installation:
    """A data folder and its database."""

    data: Path
    database: str = ""  # empty: SQLite in the data folder

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JWP_", "DJANGO_", "CI"))}
        chosen = {"JWP_DATABASE_URL": self.database} if self.database else {}
        return kept | chosen | {"JWP_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "jwp.settings"}

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    @contextmanager
    def serving(self, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
        """`jwp run` once it answers, and what it said; gone afterwards whatever happened."""
        child = self.start("-m", "jwp.cli", "run", "--port", str(port))
        try:
            assert child.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = child.stdout.readline()
                assert line, child.communicate()[1]
                said += line
            yield child, said
        finally:
            child.kill()
            child.communicate()

    def python(self, code: str) -> str:
        child = self.start("-c", code)
        said, complaint = child.communicate(timeout=120)
        assert child.returncode == 0, complaint
        return said

    def jwp(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        child = self.start("-m", "jwp.cli", *map(str, arguments))
        said, complaint = child.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, child.returncode, said, complaint)

    def ask(self, expression: str, imports: str = "") -> str:
        """What a line of Python says inside this installation."""
        return self.python(f"import django; django.setup()\n{imports}\nprint({expression}, end='')")


@contextmanager
def installation(folder: Path, pattern: Path, backup: Path) -> Iterator[Installation]:
    """One on the engine of this run, filled as the pattern is."""
    if not SERVER:
        shutil.copytree(pattern, folder)
        yield Installation(folder)
        return
    name = f"jwp_{secrets.token_hex(6)}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            made = Installation(folder, f"{SERVER.rsplit('/', 1)[0]}/{name}")
            restored = made.jwp("restore", backup)
            assert restored.returncode == 0, restored.stderr
            yield made
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
