"""Conditions of an item: set, and met. Who passed a gate on a condition owes it; nothing closes before it is met."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.grants.access import WRITERS
from jwp.grants.actions.gate import set_condition
from jwp.grants.actions.items import locked, require_writer
from jwp.grants.models import Condition
from jwp.partners.models import Office


def add_condition(actor: Actor, ref: str, *, text: str, owner: Office, due: date) -> Condition:
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref)
        if item.state not in ("planned", "signed", "completed"):
            raise Refused(_("It is over: nothing can be asked of it any more."))
        return set_condition(door, item, text, owner, due)


def may_meet(actor: Actor, condition: Condition) -> bool:
    """The office that owes it, or who writes items."""
    return actor.has(*WRITERS) or condition.owner_id in actor.offices


def meet_condition(actor: Actor, ref: str, revision: int | None = None, *, on: date, how: str) -> Condition:
    with open_door(actor) as door:
        row = door.lock(Condition, ref, revision, "item", "owner")
        if not may_meet(actor, row):
            raise Refused(_("Only the office that owes it, or the secretariat's staff, says that it is met."))
        if row.done_on is not None:
            raise Refused(_("That was said already."))
        if not how.strip() or on > actor.today:
            raise Refused(_("Say how it was met, and on which day: not one to come."))
        return door.change(row, "meet", done_on=on, done_how=how)
