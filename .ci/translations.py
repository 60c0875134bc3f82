"""Check that translations answer the sources; with --write, bring them up to the sources.

The compiled .mo are committed, so that running jwp needs no gettext.
"""

import argparse
import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

from jwp.settings import LANGUAGE_CODE, LANGUAGES

Key = tuple[str | None, str, str]


def keys(catalogue: polib.POFile) -> set[Key]:
    return {(each.msgctxt, each.msgid, each.msgid_plural) for each in catalogue if not each.obsolete}


def translations(entries: Iterable[polib.POEntry | polib.MOEntry]) -> dict[Key, object]:
    return {(each.msgctxt, each.msgid, each.msgid_plural): each.msgstr_plural or each.msgstr for each in entries}


class Extract(Command):
    """Django's makemessages without gettext's guesses: a new text waits for a person.

    `_now` is gettext in the files whose `_` is lazy.
    """

    xgettext_options = [*Command.xgettext_options, "--keyword=_now"]

    msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]


def extract(package: Path) -> None:
    """Read every source below `package` and merge what is found into the .po files there."""
    languages = [code for code, _ in LANGUAGES if code != LANGUAGE_CODE]
    with contextlib.chdir(package):
        Path("locale").mkdir(exist_ok=True)
        call_command(Extract(), locale=languages, no_obsolete=True, no_wrap=True, add_location="file", verbosity=0)


def compile_(po: Path) -> None:
    polib.pofile(str(po)).save_as_mofile(str(po.with_suffix(".mo")))


def catalogues(package: Path) -> list[Path]:
    return sorted(package.glob("**/locale/*/LC_MESSAGES/django.po"))


def problems(po: Path, fresh: Path) -> list[str]:
    """What is wrong with one .po, compared with one extracted just now."""
    if not po.exists():
        return [f"{po} is missing; run make messages"]
    old = polib.pofile(str(po))
    new = polib.pofile(str(fresh))
    found = []
    if missing := keys(new) - keys(old):
        first = min(key[1] for key in missing)
        found.append(f"{po}: {len(missing)} new texts, such as {first!r}; run make messages")
    if gone := keys(old) - keys(new):
        found.append(f"{po}: {len(gone)} texts no longer used; run make messages")
    if fuzzy := old.fuzzy_entries():
        found.append(f"{po}: {len(fuzzy)} guesses to confirm, such as {fuzzy[0].msgid!r}")
    mo = po.with_suffix(".mo")
    if not mo.exists() or translations(polib.mofile(str(mo))) != translations(old.translated_entries()):
        found.append(f"{mo} is not what its .po says; run make messages")
    print(f"{po}: {old.percent_translated()}% translated")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="update the .po and .mo instead")
    write = parser.parse_args().write
    package = Path("jwp")
    if write:
        extract(package)
        for po in catalogues(package):
            compile_(po)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        # A check must not write into the tree it checks.
        copy = Path(folder) / "jwp"
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
        extract(copy)
        fresh = catalogues(copy)
        found = [line for po in fresh for line in problems(package / po.relative_to(copy), po)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found or not fresh else 0


if __name__ == "__main__":
    sys.exit(main())
