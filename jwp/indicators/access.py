"""Definitions are for everybody signed in; readings for the secretariat, the Board and whoever gave them."""

from __future__ import annotations

from django.db.models import QuerySet

from jwp.core.access import GENDER_TEAM, INSIDERS, Actor
from jwp.indicators.models import Indicator, Reading
from jwp.partners.models import Office

DEFINERS = (GENDER_TEAM,)


def visible_indicators(actor: Actor) -> QuerySet[Indicator]:
    return Indicator.objects.select_related("source", "supersedes")


def visible_readings(actor: Actor) -> QuerySet[Reading]:
    """Others see what came from an office they hold."""
    readings = Reading.objects.current()
    if actor.has(*INSIDERS):
        return readings
    mine = Office.objects.filter(pk__in=actor.offices).values("ref")
    return readings.filter(contributor__in=mine)
