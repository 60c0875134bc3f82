"""Adding and changing the plain entries: organisations, memberships, bodies, offices and the like."""

from __future__ import annotations

from typing import Any, TypeVar

from django.utils.translation import gettext as _

from jwp.core.access import GENDER_TEAM, Actor
from jwp.core.door import Refused, check, open_door
from jwp.core.models import Row
from jwp.partners.access import in_gift, manages
from jwp.partners.models import Body, Constituency, Membership, Office, Organisation, Place
from jwp.partners.rules import in_a_circle

R = TypeVar("R", bound=Row)
# People and seats have verbs of their own, because more hangs on them.
PLAIN = (Place, Constituency, Organisation, Membership, Body, Office)


def add(actor: Actor, row: R, *, reason: str = "") -> R:
    """Enter a new row that its own rules and this room's accept."""
    with open_door(actor) as door:
        _permit(actor, row)
        accept(row)
        return door.add(row, reason=reason)


def change(actor: Actor, row: R, revision: int | None = None, *, reason: str = "", **fields: Any) -> R:
    """Change these fields of the row, unless somebody else changed it since `revision`."""
    with open_door(actor) as door:
        # Not what the caller holds, which a form may have written into, but what stands.
        row = door.lock(type(row), row.ref, revision)
        _permit(actor, row)
        door.change(row, reason=reason, **fields)
        _permit(actor, row)
        accept(row)
        return row


def _permit(actor: Actor, row: Row) -> None:
    if not isinstance(row, PLAIN):
        raise TypeError(f"{type(row).__name__} is not written here")
    if manages(actor):
        return
    if isinstance(row, Office) and actor.has(GENDER_TEAM):
        if in_gift(row.body, row):
            return
        raise Refused(
            _("The gender team may keep units, and no role above its own. Ask the administrator or the Director.")
        )
    raise Refused(_("Only the administrator and the Director may do this."))


def accept(row: Row) -> None:
    """Refuse, in words, what the row's own rules or the row's place among others rule out."""
    check(row)
    if isinstance(row, Office) and row.reports_to_id:
        above = dict(Office.objects.exclude(pk=row.pk).values_list("pk", "reports_to_id"))
        if row.pk and in_a_circle(row.pk, row.reports_to_id, above):
            raise Refused(
                _("%(office)s cannot report to %(above)s, which already reports to it, directly or not.")
                % {"office": row.name, "above": row.reports_to.name if row.reports_to else ""}
            )  # fmt: skip
    if isinstance(row, Membership):
        _accept_membership(row)
    if isinstance(row, Body) and row.quorum and row.seats_at_most and row.quorum > row.seats_at_most:
        raise Refused(_("A quorum larger than the number of seats can never be reached."))


def _accept_membership(row: Membership) -> None:
    others = Membership.objects.filter(organisation=row.organisation_id).exclude(pk=row.pk)
    for other in others:
        if (row.ends is None or other.starts <= row.ends) and (other.ends is None or row.starts <= other.ends):
            raise Refused(
                _(
                    "%(organisation)s is a member in these days already (since %(day)s). "
                    "Give that membership a last day first."
                )
                % {"organisation": row.organisation, "day": other.starts.isoformat()}
            )  # fmt: skip
