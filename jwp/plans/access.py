"""Which plans, targets and rounds a person may see, and which targets they report on."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jwp.core.access import ADMINISTRATOR, AUDITOR, DIRECTOR, FOCAL_POINT, GENDER_TEAM, INSIDERS, STAFF, Actor
from jwp.core.door import Refused
from jwp.partners.models import Seat, on
from jwp.plans.models import BudgetLine, Contribution, Fund, Plan, Rate, Report, Round, Target

HOLDER = "holder"
PROMISED = ("adopted", "ended")
# Who writes funds, contributions, rates and budgets.
FINANCE = (STAFF, DIRECTOR, ADMINISTRATOR)


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


def visible_funds(actor: Actor) -> QuerySet[Fund]:
    rows = Fund.objects.select_related("donor")
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_rates(actor: Actor) -> QuerySet[Rate]:
    rows: QuerySet[Rate] = Rate.objects.all()
    return rows if actor.has(*INSIDERS) else rows.none()


def visible_contributions(actor: Actor) -> QuerySet[Contribution]:
    """Insiders see every contribution, a focal point those of the organisation they sit for or belong to."""
    rows = Contribution.objects.select_related("fund", "organisation", "rate")
    if actor.has(*INSIDERS):
        return rows
    if not actor.has(FOCAL_POINT):
        return rows.none()
    seats = Seat.objects.filter(on(actor.today), person_id=actor.person_id or 0)
    return rows.filter(Q(organisation__seats__in=seats) | Q(organisation__people=actor.person_id or 0)).distinct()


def work_plans(actor: Actor) -> QuerySet[Plan]:
    """The plans that have a budget."""
    plans = Plan.objects.filter(kind=Plan.Kind.WORK).select_related("period", "adoption__body")
    return plans if actor.has(*INSIDERS) else plans.none()


def visible_budget(actor: Actor) -> QuerySet[BudgetLine]:
    rows = BudgetLine.objects.select_related("plan", "business_line", "fund", "allowed_by__body")
    return rows if actor.has(*INSIDERS) else rows.none()


def keeps_money(actor: Actor) -> bool:
    return actor.has(*FINANCE)


def require_finance(actor: Actor) -> None:
    if not keeps_money(actor):
        raise Refused(_("Only the staff, the Director or an administrator may do this."))
