"""An instrument by its pin: as it shipped, or in an edition whose wording the institution has confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from jwp.instruments.loader import shelf
from jwp.instruments.models import Wording
from jwp.instruments.rules import Classes, Criterion, Cut, Instrument, Option, Text

CLASS = "class."  # before the code of a class, where its meaning is worded anew

Coded = TypeVar("Coded", bound=Option)


def instrument(pin: str) -> Instrument | None:
    """The instrument of this `id@version`, or None."""
    if (found := shelf().get(pin)) is not None:
        return found
    return next((one for one in editions(pin.partition("@")[0]) if one.pin == pin), None)


def latest(id_: str) -> Instrument | None:
    """The newest version of this id, editions included. New sheets take it; old ones keep their pin."""
    found = [one for one in shelf().values() if one.id == id_] + editions(id_)
    return max(found, key=lambda one: in_order(one.version), default=None)


def instruments() -> list[Instrument]:
    """Every version there is, those of one id beside each other, the newest first."""
    found = [*shelf().values(), *editions()]
    found.sort(key=lambda one: in_order(one.version), reverse=True)
    return sorted(found, key=lambda one: one.id)


def editions(id_: str = "") -> list[Instrument]:
    """Editions of one id, or of all: each holds its own wordings and those of the editions before it."""
    rows = Wording.objects.select_related("edition").order_by("pk")
    rows = rows.filter(edition__base__startswith=f"{id_}@") if id_ else rows
    by_edition: dict[tuple[str, str], list[Wording]] = {}
    for row in rows:
        by_edition.setdefault((row.edition.base, row.edition.version), []).append(row)
    words: dict[str, dict[str, Text]] = {}
    found = []
    for base, version in sorted(by_edition, key=lambda one: in_order(one[1])):
        words[base] = words.get(base, {}) | {row.item: row.text for row in by_edition[base, version]}
        if one := worded(base, version, words[base]):
            found.append(one)
    return found


def in_order(version: str) -> tuple[int, ...]:
    """Versions by date and number.

    >>> in_order("2016.10") > in_order("2016.9") > in_order("2016")
    True
    """
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def next_version(base: str, taken: Iterable[str]) -> str:
    """The version after those taken.

    >>> next_version("oecd-gender-marker@2016", ["2016.1", "2016.2"])
    '2016.3'
    """
    shipped = base.partition("@")[2]
    numbers = [in_order(version)[-1] for version in taken if version.startswith(f"{shipped}.")]
    return f"{shipped}.{max(numbers, default=0) + 1}"


def base_of(one: Instrument) -> str | None:
    """The file that an instrument, or an edition of it, comes from; None where its wording is not confirmed here."""
    return next(
        (pin for pin, shipped in shelf().items() if shipped.id == one.id and _same_or_edition(shipped, one)), None
    )


def _same_or_edition(shipped: Instrument, one: Instrument) -> bool:
    worded_here = isinstance(shipped, Classes | Cut)
    return worded_here and (one.version == shipped.version or one.version.startswith(f"{shipped.version}."))


def wordings(one: Instrument) -> dict[str, Text]:
    """What an edition may word: each criterion or measure, and what each class means."""
    if not isinstance(one, Classes | Cut):
        return {}
    asked: tuple[Criterion, ...] = one.criteria if isinstance(one, Classes) else one.items
    coded: tuple[Option, ...] = one.classes if isinstance(one, Classes) else one.codes
    return {item.code: item.name for item in asked} | {CLASS + c.code: c.means or c.name for c in coded}


def worded(base: str, version: str, words: Mapping[str, Text]) -> Instrument | None:
    """The instrument of a file, in these words."""
    shipped = shelf().get(base)
    if isinstance(shipped, Classes):
        criteria = tuple(_criterion(one, words) for one in shipped.criteria)
        return replace(
            shipped, version=version, criteria=criteria, classes=tuple(_option(one, words) for one in shipped.classes)
        )
    if isinstance(shipped, Cut):
        items = tuple(_criterion(one, words) for one in shipped.items)
        return replace(shipped, version=version, items=items, codes=tuple(_option(one, words) for one in shipped.codes))
    return None


def _criterion(one: Criterion, words: Mapping[str, Text]) -> Criterion:
    return replace(one, name=words[one.code], wording="confirmed") if one.code in words else one


def _option(one: Coded, words: Mapping[str, Text]) -> Coded:
    said = words.get(CLASS + one.code)
    if said is None:
        return one
    # A code of a cut has a name only; a class keeps its name and is said to mean something else.
    if one.means:
        return replace(one, wording="confirmed", means=said)
    return replace(one, wording="confirmed", name=said)
