"""`jwp marker`: score a file of answers by an instrument, without a database and without an account."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from jwp.cli import Wrong
from jwp.instruments.loader import InstrumentError, shelf
from jwp.instruments.rules import Choice, Classes, Cut, Instrument, Profile, Scored, may_decide, score, wrong_answers
from jwp.instruments.words import lacks, question, result, tell, trap
from jwp.instruments.worksheet import read_answers, template


def listed(typed: Namespace) -> int:
    for pin, instrument in shelf().items():
        gates = "; a gate may ask for it" if may_decide(instrument) else ""
        shown = "shown as a spread, no score" if isinstance(instrument, Profile) else type(instrument).__name__.lower()
        sys.stdout.write(f"{pin}: {instrument.name['en']} ({shown}{gates})\n")
    return 0


def blank(typed: Namespace) -> int:
    sys.stdout.write(template(_instrument(typed.instrument)))
    return 0


def scored(typed: Namespace) -> int:
    instrument = _instrument(typed.instrument)
    try:
        filled = read_answers(_text(typed.answers), str(typed.answers), instrument)
    except InstrumentError as error:
        raise Wrong(str(error)) from error
    phase = typed.phase or filled.phase
    if filled.answers and (wrong := wrong_answers(instrument, filled.answers, phase)):
        raise Wrong(f"{typed.answers}: " + "\n".join(tell(instrument, one) for one in wrong))
    _print(instrument, score(instrument, filled.answers, phase=phase, text=filled.text))
    return 0


def _instrument(pin: str) -> Classes | Cut | Choice:
    found = shelf().get(pin)
    versions = [one for one in shelf().values() if one.id == pin]
    if found is None and len(versions) == 1:
        found = versions[0]
    if found is None:
        raise Wrong(f"there is no instrument {pin}. Type one of: {', '.join(shelf())}")
    if not isinstance(found, Classes | Cut | Choice):
        raise Wrong(f"{found.pin} has no score: it is rated by a group and shown as a spread")
    return found


def _text(path: Path) -> str:
    try:
        if str(path) == "-":
            return sys.stdin.read()
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong(f"{path} is not text. Write it as YAML: jwp marker template PIN > {path.stem}.yaml") from error
    except OSError as error:
        raise Wrong(f"{path} cannot be read: {error.strerror}. jwp marker template PIN prints an empty one") from error


def _print(instrument: Instrument, found: Scored) -> None:
    lines = [f"instrument: {found.pin}"]
    if isinstance(instrument, Classes):
        lines.append(f"declared: {found.declared or 'nothing'}")
    lines.append(f"score: {result(found)}")
    if found.undecided:
        lines.append("  no source says what follows from this mix: the team decides, and says why")
    lines += _several("met" if isinstance(instrument, Classes) else "answered", found.met, instrument)
    lines += ["unproven:" if found.lacking else "unproven: none"]
    lines += [f"  {one.item}: {lacks(one.lacks)} ({question(instrument, one.item)})" for one in found.lacking]
    lines += ["warnings:" if found.warnings else "warnings: none"]
    for one in found.warnings:
        lines.append(f"  {one.item or 'text'}: “{one.passage}”: {trap(one.trap)}")
    sys.stdout.write("\n".join(lines) + "\n")


def _several(heading: str, items: tuple[str, ...], instrument: Instrument) -> list[str]:
    if not items:
        return [f"{heading}: none"]
    return [f"{heading}:", *(f"  {item} ({question(instrument, item)})" for item in items)]
