"""The `jwp` command: reads what was typed, settles which data folder is meant, then calls one function.

Nothing of Django is imported before the data folder is known, because the settings read it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from jwp.cli.lens import add as add_subjects

EPILOG = """\
the first minutes
  jwp run                       make the data folder, start, and print the address of the first-run guide
  jwp init --example            fill an empty data folder with a fictional partnership to look around in

keeping it
  jwp backup monday.zip         everything in one file: database, files, head of the journal
  jwp verify                    prove the journal, the files and the references

exit codes: 0 done · 1 a check found something · 2 the command cannot be carried out as typed"""

NO_DATABASE = ("docs", "marker")


class Wrong(Exception):
    """What was asked for cannot be done; the text says why and what to type instead."""


class Parser(argparse.ArgumentParser):
    """One that starts its errors like the rest of the command."""

    def error(self, message: str) -> None:  # type: ignore[override]
        sys.stderr.write(f"{self.prog}: {message}\nTry: {self.prog} --help\n")
        raise SystemExit(2)


def parser() -> Parser:
    shared = Parser(add_help=False)
    shared.add_argument(
        "--data", metavar="DIR", type=Path, help="the folder of the database and the files (default ./data)"
    )
    main = Parser(
        prog="jwp",
        description="The programme platform of a development partnership: promises, rounds, reports, proof.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main.add_argument("--version", action="version", version=f"jwp {version('jwp')}")
    commands = main.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    def command(name: str, handler: str, help_: str, more: str = "", *, makes: bool = False) -> Parser:
        """A command whose function, `module:name` in this package, is imported only when it is run."""
        made: Parser = commands.add_parser(
            name, parents=[shared], help=help_, description=f"{help_[0].upper()}{help_[1:]}. {more}".strip()
        )
        made.set_defaults(handler=handler, makes=makes, django=True, ready=not makes and name not in NO_DATABASE)
        return made

    init = command(
        "init", "installation:init", "make the data folder, its secret and the database",
        "An existing database is brought up to date.", makes=True,
    )  # fmt: skip
    init.add_argument("--example", action="store_true", help="with a fictional partnership to look around in")

    run = command(
        "run", "installation:run", "start the web server and its clock",
        "Makes the data folder on the first start. Ctrl-C stops both.", makes=True,
    )  # fmt: skip
    run.add_argument("--port", type=int, default=8000, metavar="N", help="default 8000")
    run.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")

    work = command(
        "work", "installation:work", "send letters and reminders every minute",
        "`jwp run` starts it; type it only where another server runs the pages.",
    )  # fmt: skip
    work.add_argument("--every", type=float, default=60, metavar="SECONDS", help="default 60")
    compute = command(
        "compute", "installation:compute", "compute the diagnostics that wait",
        "`jwp run` starts it where the measuring library is installed. One runs at a time in a data folder.",
    )  # fmt: skip
    compute.add_argument("--every", type=float, default=1, metavar="SECONDS", help="how often to look (default 1)")
    compute.add_argument("--once", action="store_true", help="stop when nothing waits any more")
    command("remind", "installation:remind", "send what is due now: reminders first, then letters")
    command(
        "reply", "letters:reply", "turn an answered letter, read from standard input, into a comment",
        "For the mail server, such as a pipe of Postfix. Exit code 2, with the reason, if it cannot.",
    )  # fmt: skip

    for name, help_ in (
        ("template", "write an empty workbook to fill in"),
        ("export", "write everything into a workbook"),
    ):
        book = command(name, f"book:{name}", help_)
        book.add_argument("book", metavar="BOOK.xlsx", type=Path)
        book.add_argument("--language", choices=("en", "fr", "es"), default="en", help="of its headings")
    book = command(
        "import", "book:bring_in", "bring a workbook in",
        "Shows what would change and asks before it does anything.",
    )  # fmt: skip
    book.add_argument("book", metavar="BOOK.xlsx", type=Path)
    book.add_argument("--check", action="store_true", help="only show what would change")
    book.add_argument("--yes", action="store_true", help="do not ask")
    book.add_argument(
        "--refused", metavar="FILE.xlsx", type=Path,
        help="bring the good rows in and write the refused ones here, each with its reason",
    )  # fmt: skip

    backup = command(
        "backup", "keeping:backup", "write database, files and journal head into one file",
        "People may go on working. The file holds everything: keep it as safe as the data folder.",
    )  # fmt: skip
    backup.add_argument("file", metavar="FILE.zip", type=Path)
    restore = command(
        "restore", "keeping:restore", "bring a backup back into an empty database, on SQLite or PostgreSQL",
        "Refuses a database that already holds something. Proves afterwards that everything arrived.",
        makes=True,
    )  # fmt: skip
    restore.add_argument("file", metavar="FILE.zip", type=Path)
    command("verify", "keeping:verify", "prove the journal, the files and the references (1 if broken)")
    sample = command(
        "sample", "keeping:sample", "draw a random sample of targets for an audit",
        "The same seed draws the same targets; anybody can draw it again by hand: the targets whose "
        "SHA-256 of `seed:reference` is smallest.",
    )  # fmt: skip
    sample.add_argument("--targets", type=int, required=True, metavar="N", help="how many")
    sample.add_argument("--plan", metavar="REF", help="only of this plan")
    sample.add_argument("--seed", help="default: a new one, printed")

    marker = command(
        "marker", "marker:listed", "score a file of answers by a marker, or print an empty one",
        "Needs no database: only the instruments as they ship.",
    )  # fmt: skip
    verbs = marker.add_subparsers(title="what to do", metavar="WHAT", required=True)
    verbs.add_parser("list", help="every instrument, with its version").set_defaults(handler="marker:listed")
    blank = verbs.add_parser("template", help="print an empty ANSWERS.yaml")
    score = verbs.add_parser("score", help="print the score, or *not screened*, and what is unproven")
    for verb, handler in ((blank, "marker:blank"), (score, "marker:scored")):
        verb.add_argument("instrument", metavar="ID@VERSION", help="such as oecd-gender-marker@2016")
        verb.set_defaults(handler=handler)
    score.add_argument("answers", metavar="ANSWERS.yaml", type=Path, help="- reads standard input")
    score.add_argument("--phase", default="", help="design or monitoring, where the instrument asks")

    add_subjects(
        command(
            "lens", "lens", "measure how differently women and men live in and use a city",
            "Needs no database: files in, figures with their errors out.",
        )
    )  # fmt: skip

    docs = command("docs", "documentation:docs", "write the generated tables in docs/ anew")
    docs.add_argument("--check", action="store_true", help="change nothing; 1 if a table is out of date")
    return main


def main(arguments: Sequence[str] | None = None) -> int:
    typed = parser().parse_args(arguments)
    if typed.data is not None:
        os.environ["JWP_DATA"] = str(typed.data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jwp.settings")
    try:
        if typed.makes:
            make_folder(Path(os.environ.get("JWP_DATA", "data")).resolve())
        return _function(typed.handler, ready=typed.ready, django=typed.django)(typed)
    except Wrong as wrong:
        sys.stderr.write(f"jwp: {wrong}\n")
        return 2
    except ModuleNotFoundError as missing:
        if typed.django:
            raise
        sys.stderr.write(f"jwp: {missing.name} is not installed. Install what measures: pip install 'jwp[lens]'\n")
        return 2
    except KeyboardInterrupt:
        return 130


def make_folder(folder: Path) -> None:
    """The data folder, closed to others. One that holds something else is refused."""
    if folder.is_dir() and (inside := {path.name for path in folder.iterdir()}):
        if inside.isdisjoint({"secret", "files", "jwp.sqlite3"}):
            raise Wrong(f"{folder} holds other things. Name an empty or new folder: --data DIR")
    elif folder.exists() and not folder.is_dir():
        raise Wrong(f"{folder} is a file, not a folder")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _function(where: str, *, ready: bool, django: bool) -> Callable[[argparse.Namespace], int]:
    """The command's function, with Django set up and a database that is up to date, where it needs them."""
    module, name = where.split(":")
    if django:
        _set_up(ready=ready)
    found: Callable[[argparse.Namespace], int] = getattr(import_module(f"jwp.cli.{module}"), name)
    return found


def _set_up(*, ready: bool) -> None:
    from django import setup
    from django.core.exceptions import ImproperlyConfigured

    try:
        setup()
        if ready:
            import_module("jwp.cli.installation").must_be_ready()
    except ImproperlyConfigured as error:
        raise Wrong(str(error)) from error
