"""Insiders read all of this room, the gender team writes it, the Director and supervisors answer it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, INSIDERS, Actor
from jwp.core.door import Refused
from jwp.partners.models import Office, Seat, on
from jwp.plans.models import Plan
from jwp.reviews.models import Assessment, Engagement, Finding, Recommendation


def visible_engagements(actor: Actor) -> QuerySet[Engagement]:
    rows = Engagement.objects.select_related("plan", "place")
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_assessments(actor: Actor) -> QuerySet[Assessment]:
    rows = Assessment.objects.select_related("plan", "area", "engagement", "document")
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_findings(actor: Actor) -> QuerySet[Finding]:
    rows = Finding.objects.select_related("plan", "area", "assessment")
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_recommendations(actor: Actor) -> QuerySet[Recommendation]:
    rows = Recommendation.objects.select_related("finding__plan", "finding__area")
    return rows if actor.has(*INSIDERS) else rows.none()


def writes(actor: Actor) -> bool:
    """Findings are the gender team's alone: those they are about, the Director included, do not edit them."""
    return actor.has(GENDER_TEAM)


def require_team(actor: Actor) -> None:
    if not writes(actor):
        raise Refused(_("Only the gender team may do this."))


def supervised(actor: Actor) -> QuerySet[Office]:
    """Offices that report to one this person sits in. Standing in for somebody on leave is not enough."""
    seats = Seat.objects.filter(on(actor.today), person_id=actor.person_id or 0)
    return Office.objects.filter(reports_to__seats__in=seats).distinct()


def may_respond(actor: Actor, plan: Plan) -> bool:
    """The Director, or whoever supervises an office that holds one of the plan's targets."""
    return actor.has(DIRECTOR) or supervised(actor).filter(targets__plan=plan).exists()
