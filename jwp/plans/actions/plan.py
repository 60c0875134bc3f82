"""The life of a plan: drawn up, submitted, adopted (or brought in already adopted), ended, and copied into the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.models import Row
from jwp.core.period import Cadence, rounds_owed
from jwp.evidence.models import Approval
from jwp.indicators.models import Indicator
from jwp.partners.models import Body
from jwp.plans.actions.round import joined
from jwp.plans.models import Objective, Plan, PriorityArea, Revision, Round, Target
from jwp.plans.rules import PLAN, settled

R = TypeVar("R", bound=Row)


PLANNERS = (GENDER_TEAM, DIRECTOR)


def require_planner(actor: Actor) -> None:
    if not actor.has(*PLANNERS):
        raise Refused(_("Only the gender team or the Director may do this."))


def create_plan(actor: Actor, **fields: Any) -> Plan:
    require_planner(actor)
    fields.setdefault("months", [6, 12, 18, 24])
    plan = Plan(**fields)
    _check_plan(plan)
    with open_door(actor) as door:
        return door.add(plan)


def _check_plan(plan: Plan, **changes: Any) -> None:
    check(plan, **changes)
    cadence = {name: changes.get(name, getattr(plan, name)) for name in ("months", "then_every")}
    try:
        Cadence(tuple(cadence["months"]) or Cadence.months, cadence["then_every"])
    except ValueError as error:
        raise Refused(
            _("Write months that rise, from 1 up, such as 6, 12, 18, 24; later rounds are a month or more apart.")
        ) from error


def change_plan(actor: Actor, ref: str, revision: int | None, **fields: Any) -> Plan:
    """Change a plan's own words and settings; once adopted its cadence and dates stay."""
    require_planner(actor)
    with open_door(actor) as door:
        plan = door.lock(Plan, ref, revision, "adoption")
        fixed = {"starts", "ends", "months", "then_every"} & {k for k, v in fields.items() if getattr(plan, k) != v}
        if plan.state not in ("draft", "submitted") and fixed:
            raise Refused(_("The plan is adopted: its dates and rounds stay. Move a round's dates instead."))
        _check_plan(plan, **fields)
        return door.change(plan, **fields)


def add_area(actor: Actor, plan: Plan, name: str, level: str = PriorityArea.Level.SECRETARIAT) -> PriorityArea:
    return add_row(actor, PriorityArea(plan=plan, name=name, level=level, order=plan.areas.count() + 1))


def add_row(actor: Actor, row: R) -> R:
    """A plan's furniture: an area, an objective, a strategy period, a business line, a theme."""
    require_planner(actor)
    with open_door(actor) as door:
        check(row)
        return door.add(row)


def change_row(actor: Actor, model: type[R], ref: str, revision: int | None, **fields: Any) -> R:
    require_planner(actor)
    with open_door(actor) as door:
        row = door.lock(model, ref, revision)
        check(row, **fields)
        return door.change(row, **fields)


def add_objective(actor: Actor, plan: Plan, text: str, area: PriorityArea | None = None) -> Objective:
    return add_row(actor, Objective(plan=plan, text=text, area=area, order=plan.objectives.count() + 1))


def add_target(actor: Actor, plan: Plan, **fields: Any) -> Target:
    """A new promise. In an adopted plan it needs the body that adopted it: use `promise.split` or a decision.

    A number without an indicator gets one of its own, so that its values are cells like any other.
    """
    require_planner(actor)
    with open_door(actor) as door:
        plan = door.lock(Plan, plan.ref)
        if plan.state not in ("draft", "submitted") and plan.state != "adopted":
            raise Refused(_("The plan has ended: nothing can be added to it."))
        if plan.state == "adopted" and not fields.get("approval"):
            raise Refused(_("The plan is adopted: a new target needs the decision that adds it."))
        approval = fields.pop("approval", None)
        if approval and not plan.is_changed_by(approval):
            raise Refused(_("That decision is not about a change of this plan."))
        unit, by_sex = fields.pop("unit", ""), fields.pop("by_sex", None)
        target = Target(plan=plan, order=fields.pop("order", plan.targets.count() + 1), **fields)
        if target.kind == Target.Kind.NUMBER and target.indicator is None:
            target.indicator = own_indicator(door, target, unit, by_sex)
        check(target)
        door.add(target)
        if approval:
            _record_addition(door, target, approval)
        return target


def own_indicator(door: Door, target: Target, unit: str = "", by_sex: bool | None = None) -> Indicator:
    """The indicator of a number that has none. Without a unit it counts people, and people are counted by sex."""
    people = unit.lower() in ("", "people", "persons", "personnes", "personas") if by_sex is None else by_sex
    indicator = Indicator(
        name=target.text[:250], unit=unit or "people", aggregation="latest",
        disaggregations=["sex"] if people else [], counts="people" if people else "things",
    )  # fmt: skip
    return door.add(indicator)


def _record_addition(door: Door, target: Target, approval: Approval) -> None:
    door.add(
        Revision(
            target=target, verb=Revision.Verb.REVISE, on=approval.on, reason=_("Added by decision"), approval=approval,
            after={"text": target.text},
        )
    )  # fmt: skip


def submit(actor: Actor, ref: str) -> Plan:
    """The Director submits a draft to the body that adopts it."""
    with open_door(actor) as door:
        plan = door.lock(Plan, ref)
        facts = {"at least one target"} if plan.targets.exists() else set()
        return door.step(plan, PLAN, "submit", roles=actor.roles, facts=facts)


def withdraw(actor: Actor, ref: str, reason: str) -> Plan:
    with open_door(actor) as door:
        return door.step(door.lock(Plan, ref), PLAN, "withdraw", roles=actor.roles, reason=reason)


def adopt(door: Door, plan: Plan, approval: Approval) -> Plan:
    """A body's decision adopts a submitted plan; its rounds are owed from that day. Called by the decision."""
    plan = door.lock(Plan, plan.ref)
    door.step(plan, PLAN, "adopt", roles=door.actor.roles, facts={"an approval"}, adoption=approval)
    make_rounds(door, plan)
    return plan


def bring_in(actor: Actor, plan: Plan, body: Body, on: date, reference: str = "", first_round: int = 1) -> Plan:
    """A plan adopted before this system, in one line: by whom, when, with which reference.

    `first_round` is the first one kept here; earlier ones are shown as *before this system*.
    """
    require_planner(actor)
    with open_door(actor) as door:
        plan = door.lock(Plan, plan.ref)
        if not plan.targets.exists():
            raise Refused(_("A plan needs at least one target before it can be adopted."))
        if on > actor.today:
            raise Refused(_("The date of adoption lies ahead: %(on)s.") % {"on": on})
        owed = len(rounds_owed(on, plan.cadence, plan.ends))
        if owed and not 1 <= first_round <= owed:
            raise Refused(_("The first round kept here is one of 1 to %(last)d.") % {"last": owed})
        approval = door.add(
            Approval(subject=plan.ref, body=body, on=on, reference=reference, recorded_by_id=actor.person_id)
        )
        door.step(
            plan, PLAN, "bring in", roles=actor.roles, facts={"an approval"}, adoption=approval,
            first_round_here=first_round,
        )  # fmt: skip
        make_rounds(door, plan)
        return plan


def make_rounds(door: Door, plan: Plan) -> list[Round]:
    """The rounds the cadence owes until the plan ends."""
    owed = rounds_owed(plan.counted_from, plan.cadence, plan.ends)
    if not owed:
        raise Refused(
            _("No round would fall before the plan ends on %(ends)s: change its end or its months.")
            % {"ends": plan.ends}
        )
    return door.add_all([
        Round(
            ref=joined(plan.ref, f"m{o.month}"), plan=plan, number=o.number, month=o.month,
            opens=o.opens, due=o.due, closes=o.closes
        )
        for o in owed
    ])  # fmt: skip


def end(actor: Actor, ref: str) -> Plan:
    """End a plan in which every target is achieved, carried over, merged, split or dropped."""
    with open_door(actor) as door:
        plan = door.lock(Plan, ref)
        facts = set() if any(not settled(t.state) for t in plan.targets.all()) else {"every target settled"}
        return door.step(plan, PLAN, "end", roles=actor.roles, facts=facts)


def copy(
    actor: Actor,
    old_ref: str,
    *,
    title: str,
    starts: date,
    ends: date,
    decided: Mapping[str, str],
    reason: str,
    ref: str = "",
) -> Plan:
    """The next plan starts as a copy of the last; `decided` says of every unfinished target: carry, drop or achieve."""
    from jwp.plans.actions import promise

    require_planner(actor)
    with open_door(actor) as door:
        old = door.lock(Plan, old_ref, None, "adoption")
        standing = [t for t in old.targets.select_related("area", "objective", "indicator") if not settled(t.state)]
        missing = [t.number or t.ref for t in standing if decided.get(t.ref) not in ("carry", "drop", "achieve")]
        if missing:
            asked = _("Say for each of these whether it is carried, dropped or achieved: %(targets)s.")
            raise Refused(asked % {"targets": ", ".join(missing)})
        new = Plan(
            ref=ref, title=title, kind=old.kind, summary=old.summary, period=old.period, starts=starts, ends=ends,
            months=old.months, then_every=old.then_every, opens_before=old.opens_before,
            closes_after=old.closes_after, grace_days=old.grace_days, previous=old, public=old.public,
        )  # fmt: skip
        check(new)
        door.add(new)
        areas = {
            a.pk: door.add(PriorityArea(plan=new, name=a.name, level=a.level, order=a.order)) for a in old.areas.all()
        }
        for target in standing:
            match decided[target.ref]:
                case "carry":
                    carried = _copied(target, new, areas.get(target.area_id or 0))
                    promise.carry_over(door, target, door.add(carried), reason)
                case "drop":
                    promise.drop(door, target, reason)
                case _:
                    promise.achieve(door, target, reason)
        return new


def _copied(target: Target, plan: Plan, area: PriorityArea | None) -> Target:
    kept = (
        "number", "text", "kind", "indicator", "baseline", "baseline_text", "value", "value_text", "scale", "due",
        "holder", "theme", "business_line", "evidence_required", "public", "order",
    )  # fmt: skip
    return Target(plan=plan, area=area, **{name: getattr(target, name) for name in kept})
