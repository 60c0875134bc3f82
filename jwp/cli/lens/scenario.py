"""`jwp lens scenario`: the gap under what people must do and may use, and who gains from a change."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from jwp.cli.lens import show, shown_progress, tell, write_csv

EPILOG = """\
examples
  jwp lens scenario constraints.yaml --out report
        report, tables and provenance
  jwp lens scenario constraints.yaml --csv -
        the figures

The file names profiles of constraints, the survey that says how many women and men have each, and perhaps changes: a
place opens, moves, closes or keeps other hours, a street is lit, a bus comes more often. See
docs/genderlens/constraints.md."""


def options(parser: ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("study", metavar="FILE.yaml", type=Path, help="profiles, shares and changes")
    parser.add_argument("--language", choices=("en", "fr", "es"), default="en", help="of the report")
    parser.add_argument("--csv", metavar="FILE", help="the figures; - is standard output")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="tables, provenance, and the report in HTML and PDF")


def measure(typed: Namespace) -> int:
    from genderlens.access.study import diagnose_study, load
    from genderlens.findings import Refused
    from jwp.cli import Wrong

    if not typed.study.is_file():
        raise Wrong(f"there is no file {typed.study}")
    try:
        with shown_progress() as progress:
            run = diagnose_study(load(typed.study), language=typed.language, progress=progress)
    except Refused as refused:
        raise Wrong(str(refused)) from refused
    tell(run.findings)
    if typed.out is not None:
        run.write(typed.out)
        sys.stderr.write(f"Written: {typed.out}\n")
    if typed.csv:
        write_csv(run.figures, typed.csv)
    elif typed.out is None:
        show(run.figures.select(["key", "value", "low", "high", "n", "unit", "flag"]))
    return 0
