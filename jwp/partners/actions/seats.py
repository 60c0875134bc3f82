"""Seats: given from a day, changed, ended on a day. A role comes and goes with them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jwp.core.access import ADMINISTRATOR, DIRECTOR, Actor
from jwp.core.door import Refused, open_door
from jwp.partners.access import may_seat
from jwp.partners.actions.register import accept
from jwp.partners.models import Body, Office, Person, Seat, on
from jwp.partners.rules import Fault, Term, seat_faults

FIELDS = frozenset({"organisation", "starts", "ends", "ex_officio", "acting", "reports_to"})


def give_seat(actor: Actor, seat: Seat, *, reason: str = "") -> Seat:
    """Seat a person in a body, or in one of its offices, if the charter's numbers and terms allow it."""
    with open_door(actor) as door:
        # Locked so that two people cannot be given the same post, or the last seat, at the same time.
        door.lock(Body, seat.body.ref)
        refuse_unless_may_seat(actor, seat.body, seat.office)
        refuse_if_gone(seat.person, seat.starts)
        accept_seat(seat)
        return door.add(seat, reason=reason)


def change_seat(actor: Actor, ref: str, revision: int | None = None, *, reason: str = "", **fields: Any) -> Seat:
    """Change a seat's days or nature. Who sits where is never changed: end the seat and give another."""
    if extra := fields.keys() - FIELDS:
        raise ValueError(f"not to be changed: {', '.join(sorted(extra))}")
    with open_door(actor) as door:
        seat = door.lock(Seat, ref, revision, "body", "office", "person")
        door.lock(Body, seat.body.ref)
        refuse_unless_may_seat(actor, seat.body, seat.office)
        door.change(seat, reason=reason, **fields)
        accept_seat(seat)
        return seat


def end_seat(actor: Actor, ref: str, day: date, revision: int | None = None, *, reason: str = "") -> Seat:
    """Make `day` the seat's last."""
    with open_door(actor) as door:
        seat = door.lock(Seat, ref, revision, "body", "office", "person")
        refuse_unless_may_seat(actor, seat.body, seat.office)
        if day < seat.starts:
            raise Refused(_("A seat cannot end before it starts, on %(day)s.") % {"day": seat.starts.isoformat()})
        if seat.ends and day > seat.ends:
            raise Refused(
                _("This seat ends on %(day)s; change its days to make it longer.") % {"day": seat.ends.isoformat()}
            )
        door.change(seat, "end", reason=reason, ends=day)
        refuse_if_nobody_keeps(day + timedelta(days=1))
        return seat


def refuse_unless_may_seat(actor: Actor, body: Body, office: Office | None) -> None:
    if not may_seat(actor, body, office):
        raise Refused(
            _(
                "Only the administrator and the Director may say who sits here; "
                "the gender team may for units, with no role above its own."
            )
        )


def refuse_if_gone(person: Person, starts: date) -> None:
    if person.left_on and starts > person.left_on:
        raise Refused(_("%(name)s left on %(day)s.") % {"name": person.name, "day": person.left_on.isoformat()})


def refuse_if_nobody_keeps(day: date) -> None:
    """Refuse to shut everybody out: on this day somebody must still be able to give seats."""
    keepers = (ADMINISTRATOR, DIRECTOR)
    left = Seat.objects.filter(
        on(day),
        Q(office__role__in=keepers) | Q(body__role__in=keepers),
        Q(person__left_on=None) | Q(person__left_on__gte=day),
    )
    if not left.exists():
        raise Refused(_("Nobody could give seats afterwards. Seat another administrator or Director first."))


def accept_seat(seat: Seat) -> None:
    """Refuse a seat that cannot stand beside those there are."""
    if seat.office and seat.office.body_id != seat.body_id:
        raise Refused(
            _("%(office)s belongs to %(body)s.") % {"office": seat.office.name, "body": seat.office.body.name}
        )
    if seat.reports_to_id and seat.reports_to_id == seat.pk:
        raise Refused(_("Nobody reports to themselves."))
    accept(seat)
    others = Seat.objects.filter(Q(body=seat.body) | Q(person=seat.person)).exclude(pk=seat.pk)
    terms = [_term(other) for other in others.select_related("office", "body")]
    if faults := seat_faults(_term(seat), terms, seat.body.seats_at_most):
        raise Refused(*(in_words(fault, seat) for fault in faults))


def _term(seat: Seat) -> Term:
    return Term(
        person=seat.person_id, body=seat.body_id, office=seat.office_id, organisation=seat.organisation_id,
        starts=seat.starts, ends=seat.ends, acting=seat.acting,
        post=seat.office is not None and seat.office.kind == Office.Kind.POST,
        roles=frozenset({seat.body.role, seat.office.role if seat.office else ""} - {""}),
    )  # fmt: skip


def in_words(fault: Fault, seat: Seat) -> str:
    said = {"name": seat.person.name, "place": str(seat.office or seat.body), "body": seat.body.name}
    match fault:
        case Fault.ENDS_FIRST:
            return _("A seat cannot end before it starts.")
        case Fault.AUDIT_OPEN:
            return _("An auditor's seat needs a last day: it is lent, not given.")
        case Fault.AUDITOR_ALONE:
            return _("An auditor holds no other seat in the same days.")
        case Fault.POST_TAKEN:
            return _("%(place)s has a holder in these days. End that seat first, or mark this one as acting.") % said
        case Fault.HELD_ALREADY:
            return _("%(name)s holds this seat in these days already.") % said
        case Fault.BODY_FULL:
            return _("%(body)s has no seat left in these days.") % said
