"""Who reads meetings: insiders. Who keeps them: the Director, the gender team, an administrator."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, INSIDERS, SECRETARIAT, Actor
from jwp.governance.models import ActionArising, AgendaItem, Decision, Meeting

WRITERS = (DIRECTOR, GENDER_TEAM, ADMINISTRATOR)


def visible_meetings(actor: Actor) -> QuerySet[Meeting]:
    meetings = Meeting.objects.select_related("body")
    return meetings if actor.has(*INSIDERS) else meetings.none()


def visible_items(actor: Actor) -> QuerySet[AgendaItem]:
    """A draft that still waits for its meeting is seen by the secretariat, which may comment on it first."""
    items = AgendaItem.objects.select_related(
        "meeting__body", "body", "paper", "report__target", "override__item", "override__application"
    )
    if actor.has(*SECRETARIAT):
        return items
    return items.filter(meeting__isnull=False) if actor.has(*INSIDERS) else items.none()


def visible_decisions(actor: Actor) -> QuerySet[Decision]:
    decisions = Decision.objects.select_related("meeting__body", "item__paper", "approval", "plan")
    return decisions if actor.has(*INSIDERS) else decisions.none()


def visible_actions(actor: Actor) -> QuerySet[ActionArising]:
    """Insiders see every action a meeting asked for; anybody else those of the offices they hold."""
    actions = ActionArising.objects.select_related("meeting__body", "decision", "owner")
    return actions if actor.has(*INSIDERS) else actions.filter(Q(owner__in=actor.offices))
