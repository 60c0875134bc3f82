"""An engagement, and who took part: counts by role and sex, never names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.reviews.access import require_team
from jwp.reviews.models import Engagement, Participants


class Group(TypedDict):
    role: str
    women: int | None
    men: int | None
    not_stated: int | None


def add_engagement(actor: Actor, groups: Sequence[Group] = (), **fields: Any) -> Engagement:
    require_team(actor)
    engagement = Engagement(**fields)
    check(engagement)
    with open_door(actor) as door:
        door.add(engagement)
        _set_participants(door, engagement, groups)
    return engagement


def change_engagement(
    actor: Actor, ref: str, revision: int | None, groups: Sequence[Group], **fields: Any
) -> Engagement:
    require_team(actor)
    with open_door(actor) as door:
        engagement = door.lock(Engagement, ref, revision)
        asked = engagement.instrument
        if engagement.link_digest and fields.get("instrument", asked) != asked:
            raise Refused(_("The shared link asks this instrument already. Start another engagement instead."))
        if _set_participants(door, engagement, groups):
            door.change(engagement, "count participants")
        return door.change(engagement, **fields)


def _set_participants(door: Door, engagement: Engagement, groups: Sequence[Group]) -> bool:
    """Make the grid say this, and write down what it says now. True if it said something else before."""
    wanted = {group["role"]: group for group in groups}
    if len(wanted) != len(groups):
        raise Refused(_("Each role stands in the grid once."))
    rows = {row.role: row for row in engagement.participants.all()}
    before = {role: _counts(row) for role, row in rows.items()}
    for role in rows.keys() - wanted.keys():
        rows.pop(role).delete()
    for role, group in wanted.items():
        row = rows.get(role) or Participants(engagement=engagement, role=role)
        row.women, row.men, row.not_stated = group["women"], group["men"], group["not_stated"]
        if before.get(role) != _counts(row):
            row.save()
        rows[role] = row
    after = {role: _counts(row) for role, row in rows.items()}
    if before != after:
        door.note("count participants", engagement, women_men_not_stated=after)
    return before != after


def _counts(row: Participants) -> tuple[int | None, int | None, int | None]:
    return row.women, row.men, row.not_stated
