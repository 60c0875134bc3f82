"""`jwp lens`: measure how differently women and men live in and use a city. Needs no database and no Django.

Each module here is one subject: `options` says what may be typed and imports nothing heavy, because every start of
`jwp` reads it; the function that does the work imports the measuring library when it is called.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from genderlens.findings import Finding
    from genderlens.run import Progress

# Subject: what it measures. The module of the same name has `options(parser)` and `measure(typed)`.
SUBJECTS = {
    "survey": "women and men in a sample survey, or in a small sheet of answers",
    "access": "what women and men can reach from home, with and without a care stop on the way",
    "scenario": "the gap under what people must do and may use, and who gains from a change",
    "audit": "places as those who walk them rate them: a women's safety audit",
}

EPILOG = "jwp lens SUBJECT --help shows what each takes."


def add(lens: argparse.ArgumentParser) -> None:
    """The subjects, as commands beneath `jwp lens`."""
    lens.epilog = EPILOG
    subjects = lens.add_subparsers(title="subjects", metavar="SUBJECT", required=True, parser_class=type(lens))
    for name, help_ in SUBJECTS.items():
        parser = subjects.add_parser(
            name,
            help=help_,
            description=f"{help_[0].upper()}{help_[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        import_module(f"jwp.cli.lens.{name}").options(parser)
        parser.set_defaults(handler=f"lens.{name}:measure", django=False)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """A bar on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda share, step: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, step: bar.update(task, completed=share, description=step)


def tell(findings: tuple[Finding, ...]) -> None:
    """Findings go to standard error, so that a pipe carries figures only."""
    for finding in findings:
        sys.stderr.write(f"{finding.level}: {finding}\n")


def write_csv(figures: pa.Table, where: str) -> None:
    """To a file, or to standard output (-)."""
    from io import BytesIO

    from pyarrow import csv

    text = BytesIO()
    csv.write_csv(figures, text)
    if where == "-":
        sys.stdout.write(text.getvalue().decode())
    else:
        Path(where).write_bytes(text.getvalue())


def show(table: pa.Table) -> None:
    """A table for people to read, numbers to six figures."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        shown.add_column(name, justify="left" if str(kind) == "string" else "right", overflow="fold")
    for row in table.to_pylist():
        shown.add_row(*(_cell(value) for value in row.values()))
    wide = None if sys.stdout.isatty() else 160
    Console(width=wide).print(shown)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
