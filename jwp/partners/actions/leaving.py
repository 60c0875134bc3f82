"""Somebody leaves: every seat, link and sign-in ends on one day, and a successor takes the seats up the next.

Promises are held by offices, so they follow the seat without being touched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.partners.access import manages
from jwp.partners.actions.people import refuse_unless_may_change
from jwp.partners.actions.seats import (
    accept_seat,
    refuse_if_gone,
    refuse_if_nobody_keeps,
    refuse_unless_may_seat,
)
from jwp.partners.models import Absence, Office, Person, PersonalLink, Seat


@dataclass(frozen=True)
class Holding:
    """One seat of the leaver and what their office has in hand: "12 targets", "1 action"."""

    seat: Seat
    work: list[str] = field(default_factory=list)
    others: tuple[str, ...] = ()  # who else holds the office the day after


@dataclass(frozen=True)
class Handover:
    """What happens when this person leaves after `day`: shown before, and exactly what `leave` then does."""

    person: Person
    day: date
    running: list[Holding]
    not_begun: list[Holding]
    stands_in: list[Absence]
    links: int
    signs_in: bool

    @property
    def next_day(self) -> date:
        return self.day + timedelta(days=1)


def handover(person: Person, day: date, today: date) -> Handover:
    """What somebody who leaves after `day` leaves behind."""
    seats = list(
        Seat.objects.filter(Q(ends=None) | Q(ends__gt=day), person=person).select_related(
            "body", "office", "organisation", "reports_to", "person"
        )
    )
    holdings = [Holding(seat, _work(seat.office), _others(seat, day)) for seat in seats]
    return Handover(
        person=person,
        day=day,
        running=[holding for holding in holdings if holding.seat.starts <= day],
        not_begun=[holding for holding in holdings if holding.seat.starts > day],
        stands_in=list(Absence.objects.filter(delegate=person, ends__gt=day).select_related("person")),
        links=PersonalLink.open(person, today).count(),
        signs_in=bool(person.user and person.user.is_active),
    )


def _work(office: Office | None) -> list[str]:
    """What this office has in hand in the rooms above, counted by kind."""
    if office is None:
        return []
    work = []
    for relation in Office._meta.related_objects:
        model = relation.related_model
        if isinstance(model, str) or model._meta.app_label == Office._meta.app_label:
            continue
        if count := model._default_manager.filter(**{relation.field.name: office}).count():
            noun = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            work.append(f"{count} {noun}")
    return work


def _others(seat: Seat, day: date) -> tuple[str, ...]:
    if seat.office_id is None:
        return ()
    after = day + timedelta(days=1)
    held = Seat.objects.filter(Q(ends=None) | Q(ends__gte=after), office=seat.office_id, starts__lte=after)
    return tuple(held.exclude(person=seat.person_id).values_list("person__name", flat=True))


def leave(
    actor: Actor,
    ref: str,
    day: date,
    successor: Person | None = None,
    *,
    revision: int | None = None,
    passing: Collection[str] | None = None,
    reason: str = "",
) -> Handover:
    """End everything after `day`; the successor takes up the seats named in `passing` (None: every one).

    One step: either all of it happens or nothing does.
    """
    with open_door(actor) as door:
        person = door.lock(Person, ref, revision)
        refuse_unless_may_change(actor, person)
        if person.left_on and person.left_on < actor.today:
            raise Refused(_("%(name)s has left already.") % {"name": person.name})
        if successor == person:
            raise Refused(_("Name somebody else as the successor."))
        if successor is not None:
            refuse_if_gone(successor, day + timedelta(days=1))
        left = handover(person, day, actor.today)
        for holding in (*left.running, *left.not_begun):
            refuse_unless_may_seat(actor, holding.seat.body, holding.seat.office)
        named = {h.seat.ref for h in (*left.running, *left.not_begun)} if passing is None else set(passing)
        _hand_over(door, left, successor, named, reason)
        for absence in left.stands_in:
            heir = successor if successor and successor.pk != absence.person_id else None
            door.change(absence, delegate=heir, reason=reason)
        _stop(door, person, day)
        door.change(person, "leave", left_on=day, reason=reason)
        refuse_if_nobody_keeps(left.next_day)
        return left


def _hand_over(door: Door, left: Handover, successor: Person | None, passing: set[str], reason: str) -> None:
    for holding in left.running:
        taken = _for_successor(holding.seat, left.next_day)
        door.change(holding.seat, "end", ends=left.day, reason=reason)
        if successor is not None and holding.seat.ref in passing:
            _take_up(door, taken, successor, reason)
    for holding in left.not_begun:
        taken = _for_successor(holding.seat, holding.seat.starts)
        for below in Seat.objects.filter(reports_to=holding.seat):
            door.change(below, reports_to=None, reason=reason)
        passes = holding.seat.ref in passing
        door.take_back(holding.seat, reason=reason or _("left before this seat began"))
        if successor is not None and passes:
            _take_up(door, taken, successor, reason)


def _for_successor(seat: Seat, starts: date) -> Seat:
    return Seat(
        body=seat.body, office=seat.office, organisation=seat.organisation, starts=starts, ends=seat.ends,
        ex_officio=seat.ex_officio, acting=seat.acting, reports_to=seat.reports_to,
    )  # fmt: skip


def _take_up(door: Door, seat: Seat, successor: Person, reason: str) -> None:
    """Give the successor this seat, unless they hold it anyway."""
    seat.person = successor
    held = Seat.objects.filter(
        Q(ends=None) | Q(ends__gte=seat.starts), person=successor, body=seat.body, office=seat.office,
        organisation=seat.organisation, starts__lte=seat.starts,
    )  # fmt: skip
    if not held.exists():
        accept_seat(seat)
        door.add(seat, reason=reason)


def _stop(door: Door, person: Person, day: date) -> None:
    """Links and sign-in end with the last day: now where it is past, of themselves where it is to come."""
    today = door.actor.today
    links = list(PersonalLink.open(person, today))
    for link in links:
        if day < today:
            link.revoked_on = today
        else:
            link.expires = min(link.expires, day)
        link.save()
    if links:
        door.note("withdraw links", person, links=len(links), after=day)
    if person.user and day < today:
        person.user.is_active = False
        person.user.save(update_fields=["is_active"])


def come_back(actor: Actor, ref: str, *, revision: int | None = None, reason: str = "") -> Person:
    """Somebody returns, or was said to leave by mistake. Seats are given anew; the sign-in works again."""
    if not manages(actor):
        raise Refused(_("Only the administrator and the Director may do this."))
    with open_door(actor) as door:
        person = door.lock(Person, ref, revision)
        if person.left_on is None:
            raise Refused(_("%(name)s has not left.") % {"name": person.name})
        door.change(person, "come back", left_on=None, reason=reason)
        if person.user and person.user.has_usable_password():
            person.user.is_active = True
            person.user.save(update_fields=["is_active"])
        return person
