"""The workbook's sheets of people and organisations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import ADMINISTRATOR, DIRECTOR, GENDER_TEAM, Actor
from jwp.core.workbook.sheets import Candidate, Extra, Sheet, column, columns
from jwp.partners.access import in_gift, manages, may_change_person, may_seat
from jwp.partners.actions.people import change_person, erased
from jwp.partners.actions.seats import change_seat, in_words
from jwp.partners.models import Body, Constituency, Membership, Office, Organisation, Person, Place, Seat
from jwp.partners.rules import Term, in_a_circle, seat_faults

KEEPERS = (ADMINISTRATOR, DIRECTOR)
TEAM = (*KEEPERS, GENDER_TEAM)
SEAT_ANEW = gettext_lazy("Who sits where is not changed: give this seat a last day, and add another.")


def _memberships(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """One membership at a time for each organisation."""
    touched = {c.before.pk for c in candidates if c.before}
    others: dict[Any, list[Any]] = defaultdict(list)
    for row in Membership.objects.exclude(pk__in=touched):
        others[row.organisation_id].append(row)
    for candidate in candidates:
        row = candidate.row
        beside = others[row.organisation.pk or id(row.organisation)]
        for other in beside:
            apart = (row.ends and row.ends < other.starts) or (other.ends and other.ends < row.starts)
            if not apart:
                candidate.refuse(
                    "starts",
                    _("A member in these days already (since %(day)s). Give that membership a last day first.")
                    % {"day": other.starts.isoformat()},
                )
                break
        beside.append(row)


def _people(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.before is None:
            continue
        if erased(candidate.before):
            candidate.refuse("name", _("What we knew of this person was erased at their request."))
        elif not may_change_person(actor, candidate.before):
            candidate.refuse("name", _("Only the administrator and the Director may change this person."))


def _change_person(actor: Actor, row: Person, changes: dict[str, Any], extra: Extra) -> Person:
    return change_person(actor, row.ref, row.revision, **changes)


def _restore_person(actor: Actor, row: Person, fields: dict[str, Any], reason: str) -> Person:
    return change_person(actor, row.ref, reason=reason, **fields)


def _bodies(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        if row.quorum and row.seats_at_most and row.quorum > row.seats_at_most:
            candidate.refuse("quorum", _("A quorum larger than the number of seats can never be reached."))


def _offices(actor: Actor, candidates: Sequence[Candidate]) -> None:
    above: dict[Any, Any] = dict(Office.objects.values_list("pk", "reports_to_id"))
    for candidate in candidates:
        above[_who(candidate.row)] = _who(candidate.row.reports_to)
    for candidate in candidates:
        row = candidate.row
        # As it stands and as it would be: else a role above one's own could be taken from its office.
        kept = (office for office in (row, candidate.before) if office is not None)
        if not (manages(actor) or all(in_gift(office.body, office) for office in kept)):
            candidate.refuse(
                "role", _("The gender team may keep units, and no role above its own. Ask the administrator.")
            )
        if in_a_circle(_who(row), _who(row.reports_to), above):
            candidate.refuse("reports_to", _("It would report to itself, directly or through others."))


def _who(row: Any) -> Any:
    """A row that may not be saved yet, as a key."""
    return None if row is None else row.pk or id(row)


def _seats(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Terms, numbers and roles, among the seats that are and those this workbook adds."""
    touched = {c.before.pk for c in candidates if c.before}
    by_body: dict[Any, list[Term]] = defaultdict(list)
    by_person: dict[Any, list[Term]] = defaultdict(list)

    def seat(term: Term) -> None:
        by_body[term.body].append(term)
        by_person[term.person].append(term)

    for row in Seat.objects.exclude(pk__in=touched).select_related("body", "office", "organisation", "person"):
        seat(_term(row))
    for candidate in candidates:
        row = candidate.row
        if row.office and row.office.body != row.body:
            candidate.refuse("office", _("%(office)s is not of this body.") % {"office": row.office.name})
            continue
        if not may_seat(actor, row.body, row.office):
            candidate.refuse("office", _("The gender team may fill units only, with no role above its own."))
        if row.person.left_on and row.starts > row.person.left_on:
            candidate.refuse("starts", _("They left on %(day)s.") % {"day": row.person.left_on.isoformat()})
        term = _term(row)
        elsewhere = [other for other in by_person[term.person] if other.body != term.body]
        for fault in seat_faults(term, [*by_body[term.body], *elsewhere], row.body.seats_at_most):
            candidate.refuse("starts", in_words(fault, row))
        seat(term)


def _term(seat: Seat) -> Term:
    return Term(
        person=_who(seat.person), body=_who(seat.body), office=_who(seat.office),
        organisation=_who(seat.organisation), starts=seat.starts, ends=seat.ends, acting=seat.acting,
        post=seat.office is not None and seat.office.kind == Office.Kind.POST,
        roles=frozenset({seat.body.role, seat.office.role if seat.office else ""} - {""}),
    )  # fmt: skip


def _change_seat(actor: Actor, row: Seat, changes: dict[str, Any], extra: Extra) -> Seat:
    return change_seat(actor, row.ref, row.revision, **changes)


def _named_person(row: Person) -> tuple[str, ...]:
    return row.name, row.email


def _named_organisation(row: Organisation) -> tuple[str, ...]:
    return row.name, row.short_name


PLACES = Sheet(
    gettext_lazy("places"), Place,
    columns(Place, "name", "kind", column(Place, "within", heading=gettext_lazy("within")), "iso"),
    KEEPERS, key=("name", "kind"), related=("within",),
)  # fmt: skip
CONSTITUENCIES = Sheet(
    gettext_lazy("constituencies"), Constituency,
    columns(Constituency, "name", column(Constituency, "order", heading=gettext_lazy("order"))),
    KEEPERS, key=("name",),
)  # fmt: skip
ORGANISATIONS = Sheet(
    gettext_lazy("organisations"), Organisation,
    columns(Organisation, "name", "short_name", "website", "country"),
    KEEPERS, key=("name",), names=_named_organisation, related=("country",),
)  # fmt: skip
MEMBERSHIPS = Sheet(
    gettext_lazy("memberships"), Membership,
    columns(
        Membership, column(Membership, "organisation", heading=gettext_lazy("organisation")),
        column(Membership, "constituency", heading=gettext_lazy("constituency")), "kind", "starts", "ends",
    ),
    KEEPERS, key=("organisation", "starts"), check=_memberships, related=("organisation", "constituency"),
)  # fmt: skip
PEOPLE = Sheet(
    gettext_lazy("people"), Person,
    columns(
        Person, "name", "email", "phone", column(Person, "language", choices=tuple(settings.LANGUAGES)),
        "organisation",
        column(
            Person, "left_on",
            fixed=gettext_lazy("Somebody leaves on their own page, where their work is passed on."),
        ),
    ),
    TEAM, key=("name", "email"), names=_named_person, check=_people, change=_change_person,
    restore=_restore_person, related=("organisation",),
)  # fmt: skip
BODIES = Sheet(
    gettext_lazy("bodies"), Body,
    columns(Body, "name", "kind", "decides_by", "quorum", "seats_at_most", "role"),
    KEEPERS, key=("name",), check=_bodies,
)  # fmt: skip
OFFICES = Sheet(
    gettext_lazy("units and posts"), Office,
    columns(
        Office,
        column(
            Office, "body", heading=gettext_lazy("body"),
            lasting=gettext_lazy("A unit or post stays in its body: add another there."),
        ),
        "name", "kind", "role", column(Office, "reports_to", heading=gettext_lazy("reports to")),
    ),
    TEAM, key=("body", "name"), check=_offices, related=("body", "reports_to"),
)  # fmt: skip
SEATS = Sheet(
    gettext_lazy("seats"), Seat,
    columns(
        Seat, column(Seat, "person", lasting=SEAT_ANEW), column(Seat, "body", lasting=SEAT_ANEW),
        column(Seat, "office", heading=gettext_lazy("unit or post"), lasting=SEAT_ANEW), "organisation",
        "starts", "ends", "ex_officio", "acting",
    ),
    TEAM, key=("person", "body", "office", "starts"), check=_seats, change=_change_seat,
    related=("person", "body", "office", "organisation"),
)  # fmt: skip

SHEETS = (PLACES, CONSTITUENCIES, ORGANISATIONS, MEMBERSHIPS, PEOPLE, BODIES, OFFICES, SEATS)
