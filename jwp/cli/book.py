"""`jwp template`, `export` and `import`: the workbook from the command line."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.utils import translation

from jwp.cli import Wrong
from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, Actor, system
from jwp.core.door import Refused
from jwp.desk import imports, workbook
from jwp.desk.backup import Unfit, arriving
from jwp.desk.clock import today_here
from jwp.desk.models import Import
from jwp.desk.weighing import Fate, Verdict


def whoever_types() -> Actor:
    """Holds the data folder already, so every sheet is open to them. The journal calls them the system."""
    return replace(system(today_here()), roles=frozenset({ADMINISTRATOR, DIRECTOR, GENDER_TEAM}))


def template(typed: Namespace) -> int:
    with translation.override(typed.language):
        return _write(typed.book, workbook.template())


def export(typed: Namespace) -> int:
    with translation.override(typed.language):
        return _write(typed.book, workbook.export(whoever_types()))


def _write(book: Path, content: bytes) -> int:
    try:
        with arriving(book) as draft:
            draft.write(content)
    except (Unfit, OSError) as error:
        raise Wrong(str(error)) from error
    print(f"{book}: {len(content):,} bytes")
    return 0


def bring_in(typed: Namespace) -> int:
    if not (typed.check or typed.yes or sys.stdin.isatty()):
        raise Wrong("say --yes to bring it in, or --check to look only")
    actor = whoever_types()
    try:
        with typed.book.open("rb") as file:
            checked = imports.check_book(actor, file, typed.book.name, typed.book.stat().st_size)
        return _decide(typed, actor, checked)
    except OSError as error:
        raise Wrong(str(error)) from error
    except Refused as refused:
        raise Wrong("\n     ".join(refused.reasons)) from refused


def _decide(typed: Namespace, actor: Actor, checked: Import) -> int:
    verdicts = imports.difference(actor, checked)
    refused = [verdict for verdict in verdicts if verdict.fate == Fate.REFUSED]
    _show(verdicts)
    print(", ".join(f"{number} {fate}" for fate, number in checked.counts.items()))
    good = len(verdicts) - len(refused)
    # Without a place for the refused rows it is all or nothing.
    if typed.check or not good or (refused and not typed.refused) or not (typed.yes or _agreed(good)):
        imports.drop(actor, checked.ref)
        print("Nothing was brought in.")
        return 1 if refused else 0
    done = imports.apply(actor, checked.ref, good_only=bool(refused))
    print(f"Brought in as {done.ref}. It can be undone on the page of imports until somebody edits after it.")
    if refused:
        _write(typed.refused, imports.refused_book(actor, done))
    return 1 if refused else 0


def _show(verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.fate == Fate.REFUSED:
            for heading, why in verdict.faults:
                sys.stderr.write(f"refused  {verdict.where}{f', {heading}' if heading else ''}: {why}\n")
        else:
            print(f"{verdict.fate:<8} {verdict.where}: {verdict.name}")
            for heading, before, after in verdict.differences() if verdict.before else ():
                print(f"         {heading}: {before} → {after}")


def _agreed(rows: int) -> bool:
    return input(f"Bring {rows} rows in? [y/N] ").strip().lower() in ("y", "yes")
