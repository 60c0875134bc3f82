"""What the journal says of one noun of this room, in words: who took which step, when and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.models import Entry
from jwp.partners.models import Person


@dataclass(frozen=True)
class Told:
    """One entry. `changes` are (field, before, after), without what has no words."""

    at: datetime
    who: str
    noun: str
    verb: str
    reason: str
    changes: list[tuple[str, Any, Any]]


def history(refs: Collection[str], *, without: Collection[str] = ()) -> list[Told]:
    """The newest first. `without` names verbs that say nothing to a reader, such as what was saved while typing."""
    entries = list(Entry.objects.filter(ref__in=refs).exclude(verb__in=without).order_by("-seq"))
    names = dict(Person.objects.filter(ref__in={entry.actor for entry in entries}).values_list("ref", "name"))
    return [
        Told(entry.at, _who(entry, names, refs), entry.noun, entry.verb, entry.reason, entry.changes)
        for entry in entries
    ]


def _who(entry: Entry, names: dict[str, str], refs: Collection[str]) -> str:
    """By a link: the applicant, whose actor is called by the reference of what the link opens."""
    if entry.via == "link" or entry.actor in refs:
        return _("applicant")
    return names.get(entry.actor, entry.actor)
