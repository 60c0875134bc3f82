"""The register of members' own gender programmes: each member keeps its own entries, staff keep any."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import FOCAL_POINT, Actor
from jwp.core.door import Refused, check, open_door
from jwp.grants.access import WRITERS, own_organisations
from jwp.grants.models import MemberProgramme
from jwp.partners.models import Organisation


def keeps(actor: Actor, organisation: Organisation | None) -> bool:
    """Whether this actor keeps the entries of this member."""
    if actor.has(*WRITERS):
        return True
    own = own_organisations(actor).filter(pk=organisation.pk if organisation else 0)
    return actor.has(FOCAL_POINT) and own.exists()


def keep_member_programme(
    actor: Actor, row: MemberProgramme | None, revision: int | None = None, **fields: Any
) -> MemberProgramme:
    """Add an entry, or put the given one right."""
    for organisation in filter(None, (row and row.organisation, fields.get("organisation"))):
        if not keeps(actor, organisation):
            raise Refused(_("A member’s own programmes are kept by its focal point, or by staff."))
    starts, ends = (fields.get(name, getattr(row, name, None)) for name in ("starts", "ends"))
    if starts and ends and ends < starts:
        raise Refused(_("It cannot end before it starts."))
    with open_door(actor) as door:
        if row is None:
            check(made := MemberProgramme(**fields))
            return door.add(made)
        kept = door.lock(MemberProgramme, row.ref, revision)
        check(kept, **fields)
        return door.change(kept, **fields)
