"""A living plan: promises are revised, reworded, reassigned, merged, split, carried over and dropped openly.

The Board decides on a value or a due date, the gender team on wording or owner (`rules.authority`); the old promise
stays readable beside the new.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.evidence.models import Approval
from jwp.plans.models import Revision, Target
from jwp.plans.rules import authority

V = Revision.Verb


def _plain(value: Any) -> Any:
    """A value as the revision keeps it: readable by itself, years later."""
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str | int | list | None) else DjangoJSONEncoder().default(value)


def revise(
    actor: Actor,
    ref: str,
    *,
    reason: str,
    approval: Approval | None = None,
    revision: int | None = None,
    **changes: Any,
) -> Target:
    """Change a promise. In a draft plan freely; in an adopted one with a reason and the authority the change needs."""
    _require_keeper(actor)
    with open_door(actor) as door:
        target = door.lock(Target, ref, revision, "plan", "holder", "area", "theme", "business_line", "indicator")
        changed = {name: value for name, value in changes.items() if getattr(target, name) != value}
        if not changed:
            return target
        check(target, **changed)
        before = {name: _plain(getattr(target, name)) for name in changed}
        if target.plan.state in ("draft", "submitted"):
            return door.change(target, reason=reason, **changed)
        _check(target, reason, approval)
        needs_board = authority(set(changed)) == "board"
        if needs_board and approval is None:
            raise Refused(
                _("A target's value or due date changes only by decision: name the decision that changed it.")
            )
        verb = V.REVISE if needs_board else V.REASSIGN if set(changed) == {"holder"} else V.REWORD
        door.change(target, verb, reason=reason, **changed)
        after = {name: _plain(value) for name, value in changed.items()}
        _record(door, target, verb, reason, approval=approval, before=before, after=after)
        return target


def merge(actor: Actor, refs: Sequence[str], into: str, reason: str, approval: Approval) -> Target:
    """Several promises become one; the merged ones point at it."""
    with open_door(actor) as door:
        kept = door.lock(Target, into, None, "plan")
        _check(kept, reason)
        for ref in refs:
            target = door.lock(Target, ref, None, "plan")
            if target.pk == kept.pk or target.plan_id != kept.plan_id:
                raise Refused(_("A target can be merged only into another target of the same plan."))
            _settle(door, target, V.MERGE, Target.MERGED, reason, approval, kept)
        return kept


def split(actor: Actor, ref: str, parts: Sequence[dict[str, Any]], reason: str, approval: Approval) -> list[Target]:
    """One promise becomes several, each with its own text, value and holder."""
    from jwp.plans.actions.plan import own_indicator

    _require_keeper(actor)
    if len(parts) < 2:
        raise Refused(_("A split needs at least two parts."))
    with open_door(actor) as door:
        old = door.lock(Target, ref, None, "plan", "area", "holder")
        made = []
        for number, part in enumerate(parts, start=1):
            given = {
                "kind": old.kind,
                "area": old.area,
                "holder": old.holder,
                "due": old.due,
                "scale": old.scale,
            } | part
            given.setdefault("number", f"{old.number}{chr(96 + number)}" if old.number else "")
            new = Target(
                plan=old.plan,
                order=old.order,
                public=old.public,
                evidence_required=old.evidence_required,
                **given,
            )
            if new.kind == Target.Kind.NUMBER and new.indicator is None:
                new.indicator = own_indicator(door, new, old.indicator.unit if old.indicator else "")
            check(new)
            made.append(door.add(new))
        for new in made:
            _record(door, old, V.SPLIT, reason, approval=approval, successor=new)
        _check(old, reason, approval)
        door.change(old, V.SPLIT, reason=reason, state=Target.SPLIT)
        return made


def carry_over(door: Door, target: Target, successor: Target, reason: str) -> None:
    _settle(door, target, V.CARRY, Target.CARRIED, reason, None, successor)


def drop(door: Door, target: Target, reason: str, approval: Approval | None = None) -> None:
    """A promise given up, openly. The page asks for the decision; the end of a plan is decided with the next one."""
    _settle(door, target, V.DROP, Target.DROPPED, reason, approval)


def achieve(door: Door, target: Target, reason: str) -> None:
    _settle(door, target, V.ACHIEVE, Target.ACHIEVED, reason)


def settle(actor: Actor, ref: str, verb: str, reason: str, approval: Approval | None = None) -> Target:
    """Drop or achieve one target of a running plan. Dropping a promise takes the decision that allows it."""
    with open_door(actor) as door:
        target = door.lock(Target, ref, None, "plan")
        if verb == V.DROP and approval is None:
            raise Refused(_("A promise is dropped only by decision: name the decision."))
        state = {V.DROP: Target.DROPPED, V.ACHIEVE: Target.ACHIEVED}[Revision.Verb(verb)]
        _settle(door, target, Revision.Verb(verb), state, reason, approval)
        return target


def _settle(
    door: Door,
    target: Target,
    verb: Revision.Verb,
    state: str,
    reason: str,
    approval: Approval | None = None,
    successor: Target | None = None,
) -> None:
    _require_keeper(door.actor)
    _check(target, reason, approval)
    door.change(target, verb, reason=reason, state=state)
    _record(door, target, verb, reason, approval=approval, successor=successor)


def _require_keeper(actor: Actor) -> None:
    if not actor.has(GENDER_TEAM, DIRECTOR):
        raise Refused(_("Only the gender team or the Director may change a target."))


def _check(target: Target, reason: str, approval: Approval | None = None) -> None:
    if target.state != Target.STANDS:
        raise Refused(
            _("%(target)s is %(state)s already.") % {"target": target.number or target.ref, "state": target.state}
        )
    if approval is not None and not target.plan.is_changed_by(approval):
        raise Refused(_("That decision is not about a change of this promise."))
    if not reason.strip():
        raise Refused(_("Give the reason: it stands beside the old promise."))


def _record(door: Door, target: Target, verb: Revision.Verb, reason: str, **fields: Any) -> Revision:
    approval = fields.get("approval")
    return door.add(
        Revision(
            target=target, verb=verb, on=approval.on if approval else door.actor.today, reason=reason,
            approver_id=door.actor.person_id, **fields,
        )
    )  # fmt: skip
