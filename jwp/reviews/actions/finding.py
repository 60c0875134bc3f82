"""The chain: baseline assessment → finding → recommendation → response → target."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.plans.models import Plan, PriorityArea
from jwp.reviews.access import require_team, supervised
from jwp.reviews.models import Assessment, Finding, Recommendation, Response


def add_assessment(actor: Actor, **fields: Any) -> Assessment:
    require_team(actor)
    assessment = Assessment(**fields)
    check(assessment)
    _same_plan(assessment.plan, assessment.area)
    with open_door(actor) as door:
        return door.add(assessment)


def change_assessment(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Assessment:
    require_team(actor)
    with open_door(actor) as door:
        assessment = door.lock(Assessment, ref, revision, "plan")
        _same_plan(assessment.plan, fields.get("area"))
        return door.change(assessment, **fields)


def add_finding(actor: Actor, *, recommendations: Sequence[tuple[str, date | None]] = (), **fields: Any) -> Finding:
    """A finding, with what is recommended because of it: (text, answer expected by)."""
    require_team(actor)
    finding = Finding(**fields)
    check(finding)
    _same_plan(finding.plan, finding.area, finding.assessment)
    with open_door(actor) as door:
        door.add(finding)
        for text, respond_by in recommendations:
            door.add(Recommendation(finding=finding, text=text, respond_by=respond_by))
        return finding


def change_finding(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Finding:
    require_team(actor)
    with open_door(actor) as door:
        finding = door.lock(Finding, ref, revision, "plan")
        if fields.get("text", finding.text) != finding.text:
            _refuse_if_answered(finding.recommendations.filter(responses__isnull=False).exists())
        _same_plan(finding.plan, fields.get("area"), fields.get("assessment"))
        return door.change(finding, **fields)


def add_recommendation(actor: Actor, finding_ref: str, text: str, respond_by: date | None = None) -> Recommendation:
    require_team(actor)
    with open_door(actor) as door:
        finding = door.lock(Finding, finding_ref)
        return door.add(Recommendation(finding=finding, text=text, respond_by=respond_by))


def change_recommendation(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Recommendation:
    require_team(actor)
    with open_door(actor) as door:
        recommendation = door.lock(Recommendation, ref, revision)
        _refuse_if_answered(recommendation.responses.exists())
        return door.change(recommendation, **fields)


def respond(actor: Actor, ref: str, **fields: Any) -> Response:
    """Answer a recommendation. A later response stands in place of the earlier, which stays readable."""
    with open_door(actor) as door:
        recommendation = door.lock(Recommendation, ref, None, "finding__plan")
        response = Response(recommendation=recommendation, responded_on=actor.today, **fields)
        _require_responder(door, response)
        if response.target and response.target.plan_id != recommendation.finding.plan_id:
            raise Refused(_("The target belongs to another plan."))
        if response.kind != Response.Kind.ACCEPTED and not response.text.strip():
            raise Refused(_("Say why the recommendation is not, or only partly, accepted."))
        return door.add(response, verb="respond")


def _require_responder(door: Door, response: Response) -> None:
    """The Director, or the supervisor of the office that will do it."""
    if door.actor.has(DIRECTOR):
        return
    named = (response.owner_id, response.target.holder_id if response.target else None)
    doers = {office for office in named if office is not None}
    if not doers or len(doers) != supervised(door.actor).filter(pk__in=doers).count():
        raise Refused(_("Only the Director may answer this, or the supervisor of the offices that the answer names."))


def _same_plan(plan: Plan, area: PriorityArea | None, assessment: Assessment | None = None) -> None:
    if any(row is not None and row.plan_id != plan.pk for row in (area, assessment)):
        raise Refused(_("The priority area and the assessment must belong to the same plan."))


def _refuse_if_answered(answered: bool) -> None:
    if answered:
        raise Refused(_("This was answered as it stands. Add a new finding or recommendation instead."))
