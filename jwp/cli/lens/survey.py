"""`jwp lens survey`: estimates by sex with the errors of the survey's design, or counts of a small sheet."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from jwp.cli.lens import show, shown_progress, tell

if TYPE_CHECKING:
    import pyarrow as pa

EPILOG = """\
examples
  jwp lens survey answers.csv
        a small sheet: guesses which column is sex, counts the answers, describes only those asked
  jwp lens survey casen.parquet --mean pob --by sexo --gap sexo=2:1 \\
        --weight expr --strata estrato --cluster cod_upm --csv -
        the poverty of women (2) and men (1), and the gap with its own standard error
  jwp lens survey --declaration enusc.yaml --indicator fear_walking --out report
        a declared survey: an indicator of the catalogue, with tables, report and provenance
  jwp lens survey --list
        the catalogue: definition, source and what each indicator needs

FILE is Parquet, CSV, Excel, Stata (.dta), SPSS (.sav, .zsav, .por) or SAS (.sas7bdat, .xpt)."""

# Of the options, those that Options of the library knows under the same name.
ASKED = (
    "mean", "proportion", "total", "ratio", "quantile", "count", "by", "gap",
    "weight", "strata", "cluster", "fpc", "nest", "lonely", "replicates", "repweights",
    "scale", "rscales", "rho", "mse", "number", "seed",
    "level", "engine", "indicators", "sex", "codes", "questions",
)  # fmt: skip


def options(parser: ArgumentParser) -> None:
    parser.epilog = EPILOG
    parser.add_argument(
        "files", metavar="FILE", nargs="*", type=Path, help="one file, or several with the same columns"
    )
    parser.add_argument("--declaration", metavar="FILE.yaml", type=Path, help="the survey described once, in a file")

    asked = parser.add_argument_group("what to estimate (each may be given again)")
    asked.add_argument("--mean", metavar="Y", action="append", default=[], help="mean of a number")
    asked.add_argument(
        "--proportion", metavar="X[=VALUE]", action="append", default=[], help="share of a value, or of each value"
    )
    asked.add_argument("--total", metavar="Y", action="append", default=[], help="sum over the population")
    asked.add_argument("--ratio", metavar="A/B", action="append", default=[], help="sum of A over sum of B")
    asked.add_argument("--quantile", metavar="Y:Q", action="append", default=[], help="such as income:0.5, the median")
    asked.add_argument("--count", action="store_true", help="number of people in the population")
    asked.add_argument("--indicator", dest="indicators", metavar="ID", action="append", default=[], help="see --list")
    asked.add_argument("--list", action="store_true", help="print the catalogue of indicators and stop")

    domains = parser.add_argument_group("for whom")
    domains.add_argument("--by", metavar="A[,B]", type=_comma, default=(), help="columns that make the domains")
    domains.add_argument(
        "--gap", metavar="A=X:Y", action="append", default=[],
        help="X against Y of column A, as difference and as ratio, with the covariance of the two kept",
    )  # fmt: skip
    domains.add_argument("--level", type=float, default=0.95, metavar="L", help="of the intervals (default 0.95)")

    design = parser.add_argument_group("design of the survey (without any of these FILE is a small sheet)")
    design.add_argument("--weight", metavar="W", help="column of the expansion factor")
    design.add_argument("--strata", metavar="S", help="column of the strata")
    design.add_argument("--cluster", metavar="C[,C2]", type=_comma, default=(), help="clusters, one column a stage")
    design.add_argument(
        "--fpc", metavar="F[,F2]", type=_comma, default=(), help="population counts, one column a stage"
    )
    design.add_argument("--nest", action="store_true", help="cluster numbers start again in each stratum")
    design.add_argument(
        "--lonely", choices=("adjust", "certainty", "average", "fail"), default="",
        help="what to do about a stratum with one cluster (default: adjust, and say so)",
    )  # fmt: skip
    design.add_argument("--replicates", metavar="KIND", help="BRR, Fay, JK1, JKn, bootstrap or SDR")
    design.add_argument("--repweights", metavar="PATTERN", help="columns of published replicate weights, as 'rep*'")
    design.add_argument("--scale", type=float, metavar="N", help="of published weights, if not the usual one")
    design.add_argument("--rscales", metavar="N[,N]", type=_comma, default=(), help="of each replicate, or one for all")
    design.add_argument("--rho", type=float, default=0.0, metavar="N", help="of Fay's method")
    design.add_argument("--mse", action="store_true", default=None, help="deviations from the full-sample estimate")
    design.add_argument("--number", type=int, default=1000, metavar="N", help="of bootstrap replicates made here")
    design.add_argument("--seed", type=int, default=1, metavar="N", help="of the bootstrap")

    sheet = parser.add_argument_group("a small sheet (what was guessed can be changed)")
    sheet.add_argument("--sex", metavar="COLUMN", help="the column of the sex of who answered")
    sheet.add_argument("--codes", metavar="1=m,2=f", type=_comma, default=(), help="what its codes mean")
    sheet.add_argument("--questions", metavar="A,B", type=_comma, default=(), help="the columns to count")

    out = parser.add_argument_group("where the result goes (default: a table here)")
    out.add_argument("--csv", metavar="FILE", help="- is standard output")
    out.add_argument("--json", metavar="FILE", nargs="?", const="-", help="- is standard output")
    out.add_argument("--out", metavar="FOLDER", type=Path, help="tables, provenance, and the report in HTML and PDF")
    out.add_argument("--language", choices=("en", "fr", "es"), default="en", help="of the report")
    out.add_argument("--engine", default="duckdb", metavar="ENGINE", help="duckdb, local[2] or spark://host:port")


def _comma(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def measure(typed: Namespace) -> int:
    from genderlens.findings import Refused
    from genderlens.surveys import catalogue
    from genderlens.surveys.run import Options, diagnose, measured
    from jwp.cli import Wrong

    if typed.list:
        sys.stdout.write(catalogue.listing(typed.language))
        return 0
    if not typed.files and typed.declaration is None:
        raise Wrong("no FILE and no --declaration. Try: jwp lens survey --help")
    asked = Options.of({name: getattr(typed, name) for name in ASKED})
    try:
        with shown_progress() as progress:
            if typed.out is not None:
                run = diagnose(
                    typed.files, declaration=typed.declaration, options=asked, language=typed.language,
                    progress=progress,
                )  # fmt: skip
                run.write(typed.out)
                table, findings = next(iter(run.tables.values())), run.findings
            else:
                result = measured(typed.files, declaration=typed.declaration, options=asked, progress=progress)
                table, findings = result.estimates, result.findings
    except Refused as refused:
        raise Wrong(str(refused)) from refused
    tell(findings)
    _print(table, typed)
    return 0


def _print(table: pa.Table, typed: Namespace) -> None:
    if typed.csv:
        _write(typed.csv, _as_csv(table))
    if typed.json:
        _write(typed.json, _as_json(table))
    if not typed.csv and not typed.json:
        show(table)
    if typed.out is not None:
        sys.stderr.write(f"Written: {typed.out}\n")


def _write(where: str, text: str) -> None:
    if where == "-":
        sys.stdout.write(text)
    else:
        Path(where).write_text(text, encoding="utf-8")


def _as_csv(table: pa.Table) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    writer.writerows(row.values() for row in table.to_pylist())
    return text.getvalue()


def _as_json(table: pa.Table) -> str:
    import json

    return json.dumps(table.to_pylist(), indent=1, ensure_ascii=False) + "\n"
