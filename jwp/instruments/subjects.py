"""What a sheet is about, by the name it has in its own room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps

from jwp.core.models import Entry


def subjects(refs: Iterable[str]) -> dict[str, str]:
    """Each ref with its name, found by the noun the journal knows it by: one query, and one a noun."""
    by_noun: dict[str, set[str]] = defaultdict(set)
    for ref, noun in Entry.objects.filter(ref__in=set(refs)).order_by().values_list("ref", "noun").distinct():
        by_noun[noun].add(ref)
    found: dict[str, str] = {}
    for noun, those in by_noun.items():
        try:
            model = apps.get_model(noun)
        except (LookupError, ValueError):  # a noun of an earlier version
            continue
        found |= {
            row.ref: getattr(row, "title", "") or str(row) for row in model._default_manager.filter(ref__in=those)
        }
    return found
