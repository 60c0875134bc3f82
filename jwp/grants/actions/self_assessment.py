"""The IASC Gender with Age Marker: a team codes its own item, and nobody decides anything by it.

"In no way tied to project acceptance or funding", self-applied, and seen in full by the team alone: whoever vets may
look at one or two of its measures, and not through the gender adviser (IASC GAM tip sheets 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, STAFF, Actor
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.grants.access import visible_items
from jwp.grants.models import FundedItem
from jwp.grants.rules.marking import LIVING, SELF_ASSESSMENT
from jwp.instruments.actions import fill
from jwp.instruments.editions import latest
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer, Cut

MOST = 2
SPOT_CHECKS = CHOSEN, FOUND = "spot check", "spot check found"  # for the team and who checks: not in the item's history


def gam() -> Cut:
    found = latest(SELF_ASSESSMENT)
    assert isinstance(found, Cut)  # ships
    return found


def phase_of(item: FundedItem) -> str:
    return "design" if item.state == "planned" else "monitoring"


def in_team(actor: Actor, item: FundedItem) -> bool:
    """Whose work it is: the office that manages it."""
    return item.manager_id is not None and item.manager_id in actor.offices


def may_check(actor: Actor, item: FundedItem) -> bool:
    """Somebody of the secretariat outside the team, who is not the gender adviser."""
    return actor.has(STAFF, DIRECTOR) and not actor.has(GENDER_TEAM) and not in_team(actor, item)


def assess(actor: Actor, ref: str, answers: Sequence[Answer], reason: str = "") -> AnswerSheet:
    item = _item(actor, ref)
    if not in_team(actor, item):
        raise Refused(_("Only the team whose work it is codes it."))
    if item.state not in LIVING:
        raise Refused(_("It is over: there is nothing to assess any more."))
    return fill(actor, gam().pin, ref, AnswerSheet.Stage.SELF, answers, phase=phase_of(item), reason=reason)


def choose(actor: Actor, ref: str, measures: Sequence[str]) -> None:
    """Say which one or two measures are looked at: once for a phase, so that nobody looks at them all by turns."""
    item, picked = _item(actor, ref), list(dict.fromkeys(measures))
    if not may_check(actor, item):
        raise Refused(_("Somebody outside the team checks, and not the gender adviser."))
    if not 1 <= len(picked) <= MOST or not set(picked) <= set(gam().phases[phase_of(item)]):
        raise Refused(_("Choose one or two measures."))
    with open_door(actor) as door:
        item = door.lock(FundedItem, ref)
        if spot_check(item) is not None:
            raise Refused(_("What is looked at in this phase was chosen already."))
        door.note(CHOSEN, item, phase=phase_of(item), measures=picked)


def found(actor: Actor, ref: str, said: str) -> None:
    """What the look at those measures showed, for the team to read."""
    item = _item(actor, ref)
    if not may_check(actor, item):
        raise Refused(_("Somebody outside the team checks, and not the gender adviser."))
    if spot_check(item) is None:
        raise Refused(_("Choose first what to look at."))
    if not said.strip():
        raise Refused(_("Say what you found."))
    with open_door(actor) as door:
        door.note(FOUND, door.lock(FundedItem, ref), phase=phase_of(item), said=said)


@dataclass(frozen=True)
class SpotCheck:
    """The measures looked at in this phase, and what was said of them since."""

    measures: list[str]
    said: list[tuple[datetime, str]]


def spot_check(item: FundedItem) -> SpotCheck | None:
    entries = Entry.objects.filter(ref=item.ref, verb__in=(CHOSEN, FOUND)).order_by("seq")
    now = [(entry, _facts(entry)) for entry in entries if _facts(entry).get("phase") == phase_of(item)]
    chosen = next((facts for entry, facts in now if entry.verb == CHOSEN), None)
    if chosen is None:
        return None
    return SpotCheck(chosen["measures"], [(entry.at, facts["said"]) for entry, facts in now if entry.verb == FOUND])


def _facts(entry: Entry) -> dict[str, Any]:
    facts: dict[str, Any] = entry.facts.get("after", {})
    return facts


def _item(actor: Actor, ref: str) -> FundedItem:
    item = visible_items(actor).filter(ref=ref).first()
    if item is None:
        raise Refused(_("There is nothing called %(ref)s.") % {"ref": ref})
    return item
