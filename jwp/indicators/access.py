"""The secretariat, the Board and auditors read this room; the gender team defines and records."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jwp.core.access import GENDER_TEAM, INSIDERS, Actor
from jwp.core.door import Refused
from jwp.indicators.models import Indicator, Reading


def visible_indicators(actor: Actor) -> QuerySet[Indicator]:
    rows = Indicator.objects.select_related("source", "supersedes")
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_readings(actor: Actor) -> QuerySet[Reading]:
    """Current readings; what they superseded stays in the database and in the journal."""
    rows = Reading.objects.current().select_related("indicator")
    return rows if actor.has(*INSIDERS) else rows.none()


def writes(actor: Actor) -> bool:
    return actor.has(GENDER_TEAM)


def require_team(actor: Actor) -> None:
    if not writes(actor):
        raise Refused(_("Only the gender team may do this."))
