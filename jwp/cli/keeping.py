"""`jwp backup`, `restore`, `verify` and `sample`: that nothing is lost, and that it can be shown."""

from __future__ import annotations

import csv
import secrets
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn

from jwp.cli import Wrong
from jwp.core.models import Head
from jwp.desk import backup as backups
from jwp.desk import last_backup
from jwp.desk.clock import today_here
from jwp.desk.proof import prove
from jwp.desk.sample import drawn


@contextmanager
def progress(title: str) -> Iterator[backups.Progress]:
    """Counts on a terminal, silence in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield backups.quiet
        return
    with Bar(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
        task = bar.add_task(title)
        yield lambda what, done: bar.update(task, description=f"{title}: {what} {done:,}")


def backup(typed: Namespace) -> int:
    try:
        with progress("Backup") as seen:
            kept = backups.backup(typed.file, seen)
    except (backups.Unfit, OSError) as error:
        raise Wrong(str(error)) from error
    last_backup.made(today_here())
    print(f"{typed.file}: {_said(kept)}")
    for sha256 in kept.damaged:
        sys.stderr.write(f"jwp: file {sha256} is missing or was changed; a restore will lack it\n")
    return 1 if kept.damaged else 0


def restore(typed: Namespace) -> int:
    try:
        with progress("Restore") as seen:
            kept = backups.restore(typed.file, seen)
    except backups.Unfit as error:
        raise Wrong(str(error)) from error
    print(f"Restored: {_said(kept)}")
    broken = _proved()
    head = Head.objects.first() or Head()
    if (head.seq, head.hash) != (kept.journal_entries, kept.journal_head):
        sys.stderr.write(f"BROKEN  the journal ends at {head}, not where the backup says\n")
        return 1
    return broken


def _said(kept: backups.Summary) -> str:
    return (
        f"{kept.rows:,} rows, {kept.files:,} files, {kept.journal_entries:,} journal entries, "
        f"head {kept.journal_head or 'none'}"
    )


def verify(typed: Namespace) -> int:
    return _proved()


def _proved() -> int:
    found = prove()
    print(f"journal     {found.journal.entries:,} entries hold, head {found.journal.head or 'none'}")
    print(f"files       {found.files:,} looked at")
    print(f"references  {found.references:,} kinds looked at")
    for note in found.notes:
        print(f"note        {note}")
    for fault in found.broken:
        sys.stderr.write(f"BROKEN  {fault}\n")
    print("Everything holds." if not found.broken else f"{len(found.broken)} broken.")
    return 1 if found.broken else 0


def sample(typed: Namespace) -> int:
    if typed.targets < 1:
        raise Wrong("a sample has at least one target: --targets N")
    seed = typed.seed or secrets.token_hex(8)
    targets, population = drawn(typed.targets, seed, typed.plan)
    if not population:
        raise Wrong("there is no adopted plan with targets to draw from")
    head = Head.objects.first() or Head()
    sys.stderr.write(
        f"{len(targets)} of {population} targets, seed {seed}, "
        f"journal at entry {head.seq}, head {head.hash or 'none'}\n"
    )
    page = csv.writer(sys.stdout, lineterminator="\n")
    page.writerow(["draw", "target", "plan", "number", "text", "held by", "state"])
    for place, target in enumerate(targets, start=1):
        page.writerow(
            [place, target.ref, target.plan.ref, target.number, target.text, target.holder.name, target.state]
        )
    return 0
