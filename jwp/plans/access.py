"""Which plans, targets and rounds a person may see, and which targets they report on."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from jwp.core.access import AUDITOR, FOCAL_POINT, GENDER_TEAM, INSIDERS, Actor
from jwp.plans.models import Plan, Report, Round, Target

HOLDER = "holder"
PROMISED = ("adopted", "ended")


def visible_plans(actor: Actor) -> QuerySet[Plan]:
    """Insiders see every plan, focal points what was adopted, holders the plans they report on."""
    plans = Plan.objects.select_related("adoption__body", "period")
    if actor.has(*INSIDERS):
        return plans
    mine = Q(targets__holder__in=actor.offices)
    if actor.has(FOCAL_POINT):
        mine |= Q(state__in=PROMISED)
    return plans.filter(mine).distinct()


def public_plans() -> QuerySet[Plan]:
    """What the public page may show."""
    return Plan.objects.filter(public=True, state__in=PROMISED).select_related("adoption__body", "period")


def visible_targets(actor: Actor) -> QuerySet[Target]:
    targets = Target.objects.select_related("plan", "plan__adoption", "area", "holder__body", "indicator", "theme")
    if actor.has(*INSIDERS):
        return targets
    mine = Q(holder__in=actor.offices)
    if actor.has(FOCAL_POINT):
        mine |= Q(plan__state__in=PROMISED)
    return targets.filter(mine)


def visible_rounds(actor: Actor) -> QuerySet[Round]:
    return Round.objects.filter(plan__in=visible_plans(actor).values("pk")).select_related("plan__adoption")


def visible_reports(actor: Actor) -> QuerySet[Report]:
    return Report.objects.filter(target__in=visible_targets(actor).values("pk")).select_related("round", "target")


def reportable_targets(actor: Actor) -> QuerySet[Target]:
    """Targets this person fills in: the team any of them, everybody else those of the offices they hold."""
    targets = visible_targets(actor).filter(plan__state="adopted")
    return targets if actor.has(GENDER_TEAM) else targets.filter(holder__in=actor.offices)


def works_on(actor: Actor, target: Target) -> bool:
    """Who reads the remarks, evidence and findings behind a target: insiders, and whoever holds it."""
    return actor.has(*INSIDERS) or HOLDER in roles_for(actor, target)


def may_comment(actor: Actor, target: Target) -> bool:
    """An auditor reads everything and writes nothing."""
    return works_on(actor, target) and not actor.has(AUDITOR)


def roles_for(actor: Actor, target: Target) -> frozenset[str]:
    """The actor's roles, and `holder` where an office they hold today holds the target."""
    return actor.roles | {HOLDER} if target.holder_id in actor.offices else actor.roles
