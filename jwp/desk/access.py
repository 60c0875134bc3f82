"""Which letters somebody may see. One that opens an account is a key: for the administrator only."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, Actor
from jwp.core.models import Letter

READERS = (ADMINISTRATOR, GENDER_TEAM, DIRECTOR)
KEYS = Q(body__contains="/join/") | Q(body__contains="/accounts/")


def visible_letters(actor: Actor) -> QuerySet[Letter]:
    """That a letter waits or went: to whom, about what."""
    if actor.has(ADMINISTRATOR):
        return Letter.objects.all()
    return Letter.objects.exclude(KEYS) if actor.has(*READERS) else Letter.objects.none()


def may_open(actor: Actor) -> bool:
    """What a letter says: it may carry a colleague's personal link."""
    return actor.has(ADMINISTRATOR, GENDER_TEAM)
