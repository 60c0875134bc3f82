"""`jwp lens audit`: a women's safety audit from its sheet of answers; or the form to walk with."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from jwp.cli.lens import shown_progress, tell, write_csv

EPILOG = """\
examples
  jwp lens audit --form audit.xlsx
        the form for Kobo or ODK, in English, French and Spanish
  jwp lens audit answers.xlsx --place "La Serena" --out report
        a page for those who walked, in the language they answered in, with tables and provenance
  jwp lens audit answers.csv --csv -
        the figures

FILE is what Kobo or ODK export (XLSX or CSV), or a sheet made by hand with the columns of the form. Columns that
may hold names, telephones or accounts of what happened to somebody are never read."""


def options(parser: ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="the answers")
    parser.add_argument("--form", metavar="FORM.xlsx", type=Path, help="write the form and stop")
    parser.add_argument("--place", default="", metavar="NAME", help="the city or quarter, for the title")
    parser.add_argument("--formula", default="jwp-place@2026", metavar="ID", help="of the score")
    parser.add_argument(
        "--smallest", type=int, default=5, metavar="N", help="ratings that must stand behind a figure (default 5)"
    )
    parser.add_argument(
        "--square", type=int, default=100, metavar="M", help="metres of the squares places are kept in (default 100)"
    )
    parser.add_argument("--language", choices=("en", "fr", "es"), help="of the page (default: that of the answers)")
    parser.add_argument("--csv", metavar="FILE", help="the figures; - is standard output")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="tables, provenance, and the page in HTML and PDF")


def measure(typed: Namespace) -> int:
    from genderlens.access.audits import as_geojson, diagnose_audit
    from genderlens.access.xlsform import audit_form
    from genderlens.findings import Refused
    from jwp.cli import Wrong

    if typed.form is not None:
        typed.form.write_bytes(audit_form(language=typed.language or "en"))
        sys.stderr.write(f"Written: {typed.form}\n")
        return 0
    if typed.file is None:
        raise Wrong("no FILE. Try: jwp lens audit --help")
    if not typed.file.is_file():
        raise Wrong(f"there is no file {typed.file}")
    try:
        with shown_progress() as progress:
            run = diagnose_audit(
                typed.file, place=typed.place, formula=typed.formula, smallest=typed.smallest, square=typed.square,
                language=typed.language, progress=progress,
            )  # fmt: skip
    except Refused as refused:
        raise Wrong(str(refused)) from refused
    tell(run.findings)
    if typed.out is not None:
        run.write(typed.out)
        (typed.out / "places.geojson").write_text(as_geojson(run.tables["places"]), encoding="utf-8")
        sys.stderr.write(f"Written: {typed.out}\n")
    if typed.csv or typed.out is None:
        write_csv(run.figures, typed.csv or "-")
    return 0
