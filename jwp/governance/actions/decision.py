"""What a body decides, by which rule and with which reservations; and what that sets in motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.evidence.actions import approve
from jwp.evidence.models import Approval, Document
from jwp.governance.actions.meeting import lock_open, require_keeper
from jwp.governance.models import AgendaItem, Attendance, Decision, Meeting, Reservation
from jwp.governance.rules import Fault, Vote, faults
from jwp.partners.models import Body, Person
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise
from jwp.plans.models import Plan, Target


@dataclass(frozen=True)
class Change:
    """What a decision does to one promise: new `fields` (value, value_text, due), or it is dropped."""

    target: Target
    reason: str
    fields: dict[str, Any] = field(default_factory=dict)
    drop: bool = False


@dataclass(frozen=True)
class Reserved:
    """A reservation of somebody who took part, for the organisation they sit for where there is one."""

    person: Person
    text: str


def decide(
    actor: Actor,
    meeting_ref: str,
    revision: int | None = None,
    *,
    text: str,
    number: str = "",
    item: AgendaItem | None = None,
    rule: str = Decision.Rule.CONSENSUS,
    taken: bool = True,
    vote: Vote = Vote(),  # noqa: B008 (frozen)
    reservations: Sequence[Reserved] = (),
    adopts: Plan | None = None,
    allows: Plan | None = None,
    approves: Document | None = None,
    changes: Sequence[Change] = (),
) -> Decision:
    """Record a decision. One that adopts, revises or approves something does so in the same transaction."""
    require_keeper(actor)
    with open_door(actor) as door:
        meeting = lock_open(door, meeting_ref, revision)
        present = _may_decide(actor, meeting)
        _check_vote(meeting.body, rule, vote, present, taken)
        if item and item.meeting_id != meeting.pk:
            raise Refused(_("That item is on another agenda."))
        number = number or str(meeting.decisions.count() + 1)
        if meeting.decisions.filter(number=number).exists():
            raise Refused(_("Decision %(number)s is recorded already.") % {"number": number})
        if not taken and (adopts or allows or approves or changes):
            raise Refused(_("What was not carried changes nothing."))
        decision = Decision(
            meeting=meeting, item=item, number=number, text=text, rule=rule, taken=taken, plan=adopts or allows
        )
        if rule == Decision.Rule.VOTE:
            counted = vote.counted(present)
            decision.votes_for, decision.votes_against = counted.votes_for, counted.votes_against
            decision.abstentions = counted.abstentions
        decision.approval = _carry_out(door, decision, adopts, allows, approves, changes)
        if changes:
            decision.plan = changes[0].target.plan
        door.add(decision, verb="decide")
        door.change(meeting, "decide")  # the same form sent twice is told so, not recorded twice
        _reserve(door, decision, reservations)
        return decision


def _may_decide(actor: Actor, meeting: Meeting) -> int:
    """How many take part, where the day has come and they are a quorum."""
    if meeting.starts > actor.today:
        raise Refused(_("The meeting has not taken place yet."))
    quorum = meeting.quorum()
    if not quorum.holds and quorum.needed:
        raise Refused(
            _("No quorum: %(present)d of %(seats)d seats took part, %(needed)d are needed.")
            % {"present": quorum.present, "seats": quorum.seats, "needed": quorum.needed}
        )
    if not quorum.holds:
        raise Refused(_("Record who attended first."))
    return quorum.present


def _check_vote(body: Body, rule: str, vote: Vote, present: int, taken: bool) -> None:
    words = {
        Fault.NO_CHARTER: _("%(body)s decides by consensus: its charter has no vote.") % {"body": body},
        Fault.NO_COUNT: _("A vote needs the votes for and against."),
        Fault.WRONG_SUM: _("For, against and abstentions must add up to the %(n)d who took part.") % {"n": present},
        Fault.NOT_CARRIED: _("With no more votes for than against it was not carried."),
        Fault.COUNTED_CONSENSUS: _("Consensus is not counted: leave the votes empty."),
    }
    found = faults(
        by_vote=rule == Decision.Rule.VOTE, charter_votes=body.decides_by == Body.Rule.VOTE,
        vote=vote, present=present, carried=taken,
    )  # fmt: skip
    if found:
        raise Refused(*(words[fault] for fault in found))


def _carry_out(
    door: Door,
    decision: Decision,
    adopts: Plan | None,
    allows: Plan | None,
    approves: Document | None,
    changes: Sequence[Change],
) -> Approval | None:
    """Write the approval this decision is, and do what it approves."""
    if sum(map(bool, (adopts, allows, approves, changes))) > 1:
        raise Refused(_("Record one decision for each thing: a plan, a paper, or changes to one plan."))
    if adopts:
        _may_adopt(decision.meeting.body)
        approval = _approval(door, decision, adopts.ref)
        plans.adopt(door, adopts, approval)
        return approval
    if approves:
        return _approval(door, decision, approves.ref, approves)
    if allows:
        return _approval(door, decision, _changeable(door, decision.meeting.body, allows.ref).ref)
    if not changes:
        return None
    plan = _one_plan(door, decision.meeting.body, changes)
    approval = _approval(door, decision, plan.ref)
    for change in changes:
        _change_promise(door, change, approval)
    return approval


def _approval(door: Door, decision: Decision, subject: str, document: Document | None = None) -> Approval:
    meeting = decision.meeting
    paper = decision.item.paper if decision.item else None
    day = min(meeting.ends or meeting.starts, door.actor.today)
    reference = _("Decision %(number)s") % {"number": decision.number}
    if meeting.title:
        reference = f"{meeting.title}, {reference}"
    return approve(door, meeting.body, subject, day, reference, document or paper)


def _may_adopt(body: Body) -> None:
    if body.kind not in (Body.Kind.ASSEMBLY, Body.Kind.BOARD):
        raise Refused(_("A plan is adopted by a board or an assembly; %(body)s is neither.") % {"body": body})


def _one_plan(door: Door, body: Body, changes: Sequence[Change]) -> Plan:
    found = {change.target.plan.ref for change in changes}
    if len(found) > 1:
        raise Refused(_("Record one decision for each plan."))
    return _changeable(door, body, found.pop())


def _changeable(door: Door, body: Body, ref: str) -> Plan:
    """A plan whose promises this body changes: the one that adopted it, or the assembly."""
    plan = door.lock(Plan, ref, None, "adoption__body")
    if plan.state != "adopted" or plan.adoption is None:
        raise Refused(_("%(plan)s is not adopted: its targets change without a decision.") % {"plan": plan})
    if body.kind != Body.Kind.ASSEMBLY and plan.adoption.body_id != body.pk:
        raise Refused(
            _("%(plan)s was adopted by %(body)s: that body, or the assembly, changes it.")
            % {"plan": plan, "body": plan.adoption.body}
        )
    return plan


def _change_promise(door: Door, change: Change, approval: Approval) -> None:
    target = door.lock(Target, change.target.ref, None, "plan")
    if change.drop:
        promise.drop(door, target, change.reason, approval)
        return
    if all(getattr(target, name) == value for name, value in change.fields.items()):
        raise Refused(_("Nothing changes for target %(target)s.") % {"target": target})
    try:
        for name, value in change.fields.items():  # before the database sees it
            cast("models.Field[Any, Any]", Target._meta.get_field(name)).clean(value, target)
        promise.revise(door.actor, target.ref, reason=change.reason, approval=approval, **change.fields)
    except ValidationError as error:
        raise Refused(*error.messages) from error


def _reserve(door: Door, decision: Decision, reservations: Sequence[Reserved]) -> None:
    """Reservations beside a consensus; whoever votes against has said so by the vote."""
    if not reservations:
        return
    if decision.rule == Decision.Rule.VOTE or not decision.taken:
        raise Refused(_("Reservations belong to a decision taken by consensus."))
    there = {row.person_id: row for row in Attendance.objects.filter(meeting=decision.meeting, votes=True)}
    for reserved in reservations:
        row = there.pop(reserved.person.pk, None)
        if row is None:
            raise Refused(
                _("%(person)s did not take part in deciding, or has a reservation already.")
                % {"person": reserved.person}
            )
        Reservation(
            decision=decision, organisation_id=row.organisation_id, person=reserved.person, text=reserved.text
        ).save()
        door.note("reserve", decision, person=reserved.person.ref, text=reserved.text)
