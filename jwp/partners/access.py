"""Roles and offices from dated seats: what turns a signed-in user, or the holder of a link, into an Actor."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, INSIDERS, Actor
from jwp.core.models import User
from jwp.partners.models import Absence, Body, Office, Organisation, Person, Seat, on
from jwp.partners.rules import GIFT


def seats_of(person_ids: set[int], today: date) -> QuerySet[Seat]:
    return Seat.objects.filter(on(today), person_id__in=person_ids).select_related("office", "body")


def actor_for_person(person: Person, today: date, via: str = "sign-in") -> Actor:
    """The person with the roles of their own seats, and the offices of those they stand in for."""
    absent = set(Absence.objects.filter(on(today), delegate=person).values_list("person_id", flat=True))
    roles: set[str] = set()
    offices: set[int] = set()
    if person.left_on is None or today <= person.left_on:
        for seat in seats_of({person.pk} | absent, today):
            if seat.office_id:
                offices.add(seat.office_id)
            # A delegate reports for an absent colleague; they do not inherit the colleague's authority.
            if seat.person_id == person.pk:
                roles |= {seat.body.role, seat.office.role if seat.office else ""} - {""}
    return Actor(
        today=today, roles=frozenset(roles), user_id=person.user_id, person_id=person.pk, ref=person.ref,
        name=person.name, offices=frozenset(offices), via=via,
    )  # fmt: skip


def actor_for(user: User, today: date) -> Actor | None:
    """None where the user is no longer anybody here: a person must stand behind every sign-in."""
    person = Person.objects.filter(user=user).first()
    if person is None or not user.is_active or (person.left_on and today > person.left_on):
        return None
    return actor_for_person(person, today)


def holders(office_ids: set[int], today: date) -> dict[int, list[Person]]:
    """Who holds these offices today: an acting holder before the one acted for."""
    found: dict[int, list[Seat]] = {}
    for seat in Seat.objects.filter(on(today), office_id__in=office_ids).select_related("person"):
        if seat.office_id is not None and (seat.person.left_on is None or today <= seat.person.left_on):
            found.setdefault(seat.office_id, []).append(seat)
    return {
        office: [seat.person for seat in sorted(seats, key=lambda s: (not s.acting, s.starts, s.pk))]
        for office, seats in found.items()
    }


def supervisors(office: Office, today: date) -> list[Person]:
    """Who holds the nearest office above this one that anybody holds."""
    above, seen = office.reports_to, {office.pk}
    while above is not None and above.pk not in seen:
        if found := holders({above.pk}, today).get(above.pk):
            return found
        seen.add(above.pk)
        above = above.reports_to
    return []


def manages(actor: Actor) -> bool:
    """Whether this actor keeps the register: every entry of it."""
    return actor.has(ADMINISTRATOR, DIRECTOR)


def may_seat(actor: Actor, body: Body, office: Office | None) -> bool:
    """Whether this actor may say who sits here: the gender team in units, never above its own role."""
    return manages(actor) or (actor.has(GENDER_TEAM) and office is not None and in_gift(body, office))


def in_gift(body: Body, office: Office) -> bool:
    return office.kind == Office.Kind.UNIT and {body.role, office.role} <= GIFT


def may_change_person(actor: Actor, person: Person) -> bool:
    """The gender team may change people, but nobody who holds, or will hold, a role above its own:
    whoever changes an e-mail address can have a new password sent to it."""
    if manages(actor) or not actor.has(GENDER_TEAM):
        return manages(actor)
    held = Seat.objects.filter(Q(ends=None) | Q(ends__gte=actor.today), person=person)
    return all({body, office or ""} <= GIFT for body, office in held.values_list("body__role", "office__role"))


def visible_bodies(actor: Actor) -> QuerySet[Body]:
    return Body.objects.all() if actor.has(*INSIDERS) else Body.objects.none()


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    return Organisation.objects.all() if actor.has(*INSIDERS) else Organisation.objects.none()


def visible_people(actor: Actor) -> QuerySet[Person]:
    """Insiders see everyone; a member's focal point their own organisation; others themselves."""
    people = Person.objects.select_related("organisation", "user")
    if actor.has(*INSIDERS):
        return people
    mine = Q(pk=actor.person_id)
    if actor.has("focal point"):
        mine |= Q(organisation__people=actor.person_id)
    return people.filter(mine).distinct()
