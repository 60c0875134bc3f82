"""An instrument by its pin: as it shipped, or in an edition whose wording the institution has confirmed."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from jwp.instruments.loader import shelf
from jwp.instruments.models import Edition
from jwp.instruments.rules import Classes, Criterion, Cut, Instrument, Option

CLASS = "class."  # before the code of a class, where its meaning is worded anew

Worded = TypeVar("Worded", Classes, Cut)


def instrument(pin: str) -> Instrument | None:
    """The instrument of this `id@version`, or None."""
    if (found := shelf().get(pin)) is not None:
        return found
    id_, _, version = pin.partition("@")
    edition = Edition.objects.filter(base__startswith=f"{id_}@", version=version).first()
    return worded(edition) if edition else None


def latest(id_: str) -> Instrument | None:
    """The newest version of this id, editions included. New sheets take it; old ones keep their pin."""
    editions = list(Edition.objects.filter(base__startswith=f"{id_}@"))
    found = [one for one in shelf().values() if one.id == id_]
    found += [one for edition in editions if (one := worded(edition))]
    return max(found, key=lambda one: in_order(one.version), default=None)


def instruments() -> list[Instrument]:
    """Every version there is, those of one id beside each other."""
    editions = [one for edition in Edition.objects.all() if (one := worded(edition))]
    return sorted([*shelf().values(), *editions], key=lambda one: (one.id, in_order(one.version)))


def in_order(version: str) -> tuple[int, ...]:
    """Versions by date and number.

    >>> in_order("2016.10") > in_order("2016.9") > in_order("2016")
    True
    """
    return tuple(int(part) if part.isdecimal() else 0 for part in version.split("."))


def worded(edition: Edition) -> Instrument | None:
    """The instrument of the file, in the words of this edition."""
    base = shelf().get(edition.base)
    if not isinstance(base, Classes | Cut):
        return None
    words: dict[str, dict[str, str]] = edition.wordings

    def criterion(one: Criterion) -> Criterion:
        return replace(one, name=words[one.code], wording="confirmed") if one.code in words else one

    def option(one: Option) -> Option:
        said = words.get(CLASS + one.code)
        return replace(one, means=said, wording="confirmed") if said else one

    if isinstance(base, Classes):
        return replace(
            base, version=edition.version,
            criteria=tuple(map(criterion, base.criteria)), classes=tuple(map(option, base.classes)),
        )  # fmt: skip
    return replace(
        base, version=edition.version, items=tuple(map(criterion, base.items)), codes=tuple(map(option, base.codes))
    )
