"""Programmes: what they are, who drives them, and which version of the concept note each member agreed to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jwp.core.access import FOCAL_POINT, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.templatetags.jwp import day
from jwp.evidence.models import Document, Product
from jwp.grants.access import WRITERS, own_organisations
from jwp.grants.models import FundedItem, Output, Phase, Programme, ProgrammeMember, ProgrammePlace
from jwp.grants.rules.life import PROGRAMME
from jwp.partners.models import Organisation, Place

SETTLED = ("closed", "cancelled", "withdrawn")  # items that need nobody any more
GONE = "no longer in the programme"


@dataclass(frozen=True)
class PhaseLine:
    name: str
    starts: date
    ends: date | None = None
    ref: str = ""


@dataclass(frozen=True)
class OutputLine:
    text: str
    due: date | None = None
    product: Product | None = None
    ref: str = ""


@dataclass(frozen=True)
class Lines:
    """What the grids of a programme's form say, whole: what they leave out is no longer there. None: not asked."""

    members: Sequence[tuple[Organisation, str]] | None = None
    places: Sequence[tuple[Place, bool]] | None = None
    phases: Sequence[PhaseLine] | None = None
    outputs: Sequence[OutputLine] | None = None


def may_write(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only staff, the gender team and the Director keep programmes."))


def current_concept(programme: Programme) -> Document | None:
    """The newest version of its concept note."""
    current = programme.concept
    while current and (newer := Document.objects.filter(supersedes=current).first()):
        current = newer
    return current


def versions_of(concept: Document | None) -> set[int]:
    """The keys of all versions of a concept note, older and newer."""
    found, edge = set[int](), {concept.pk} if concept else set[int]()
    while edge:
        found |= edge
        beside = Document.objects.filter(Q(supersedes__in=edge) | Q(superseded_by__in=edge))
        edge = set(beside.values_list("pk", flat=True)) - found
    return found


def facts_of(programme: Programme) -> set[str]:
    """Which needs of the workflow are met. Only a joint work programme starts from what its members agreed."""
    facts = set()
    if not FundedItem.objects.filter(programme=programme).exclude(state__in=SETTLED).exists():
        facts.add("no item open")
    if programme.kind != Programme.Kind.JOINT:
        return facts | {"a chair", "a concept note", "the agreement of its members"}
    members, concept = list(programme.members.all()), current_concept(programme)
    if any(member.role == ProgrammeMember.Role.CHAIR for member in members):
        facts.add("a chair")
    if concept:
        facts.add("a concept note")
        if members and all(member.agreed_version_id == concept.pk for member in members):
            facts.add("the agreement of its members")
    return facts


def take_step(actor: Actor, ref: str, verb: str, revision: int | None, reason: str = "") -> Programme:
    with open_door(actor) as door:
        programme = door.lock(Programme, ref, revision, "concept")
        facts = facts_of(programme) | ({"a reason"} if reason.strip() else set())
        return door.step(programme, PROGRAMME, verb, roles=actor.roles, facts=facts, reason=reason)


def add_programme(actor: Actor, lines: Lines, **fields: Any) -> Programme:
    may_write(actor)
    with open_door(actor) as door:
        programme = Programme(**fields)
        check(programme)
        door.add(programme)
        _set(door, programme, lines)
        return programme


def change_programme(actor: Actor, ref: str, revision: int | None, lines: Lines, **fields: Any) -> Programme:
    may_write(actor)
    with open_door(actor) as door:
        programme = door.lock(Programme, ref, revision)
        _not_dropped(programme)
        check(programme, **fields)
        if _set(door, programme, lines):
            door.change(programme, "change its lines")
        return door.change(programme, **fields)


def agree(
    actor: Actor, ref: str, organisation: Organisation, version: str, on: date | None = None
) -> list[ProgrammeMember]:
    """Write down that a member agrees to this version: by its own focal point, or by staff who were told."""
    if not actor.has(*WRITERS):
        if not (actor.has(FOCAL_POINT) and own_organisations(actor).filter(pk=organisation.pk).exists()):
            raise Refused(_("A member’s agreement is given by its own focal point, or written down by staff."))
        on = actor.today
    on = on or actor.today
    if on > actor.today:
        raise Refused(_("That day has yet to come: %(day)s.") % {"day": day(on)})
    with open_door(actor) as door:
        programme = door.lock(Programme, ref, None, "concept")
        _not_dropped(programme)
        current = current_concept(programme)
        if current is None:
            raise Refused(_("There is no concept note to agree to yet."))
        if current.ref != version:
            raise Refused(_("There is a newer version of the concept note: %(version)s.") % {"version": current})
        places = list(programme.members.filter(organisation=organisation).select_for_update(no_key=True))
        if not places:
            raise Refused(_("%(organisation)s is not in this programme.") % {"organisation": organisation})
        for place in places:
            if place.agreed_version_id != current.pk:
                door.change(place, "agree", agreed_version=current, agreed_on=on)
        return places


def _not_dropped(programme: Programme) -> None:
    if programme.state == "dropped":
        raise Refused(_("This programme was dropped: it stays as it was."))


def _set(door: Door, programme: Programme, lines: Lines) -> bool:
    """Make members, places, phases and outputs say this. True if they said something else before."""
    before = len(door.lines)
    if lines.members is not None:
        _set_members(door, programme, lines.members)
    if lines.places is not None:
        _set_places(door, programme, lines.places)
    if lines.phases is not None:
        phases = [(line.ref, {"name": line.name, "starts": line.starts, "ends": line.ends}) for line in lines.phases]
        _set_rows(door, programme, Phase, phases)
    if lines.outputs is not None:
        outputs = [(line.ref, {"text": line.text, "due": line.due, "product": line.product}) for line in lines.outputs]
        _set_rows(door, programme, Output, outputs)
    return len(door.lines) > before


def _set_members(door: Door, programme: Programme, wanted: Sequence[tuple[Organisation, str]]) -> None:
    """Another role of the same member keeps what it agreed to; whoever chairs comes last, there is one chair."""
    if len(set(wanted)) != len(wanted):
        raise Refused(_("Each member stands in the grid once a role."))
    if sum(role == ProgrammeMember.Role.CHAIR for _member, role in wanted) > 1:
        raise Refused(_("A programme has one chair."))
    rows = {(row.organisation, row.role): row for row in programme.members.select_related("organisation")}
    spare: dict[Organisation, list[ProgrammeMember]] = {}
    for key, row in rows.items():
        if key not in wanted:
            spare.setdefault(key[0], []).append(row)
    changed, added = [], []
    new = [pair for pair in wanted if pair not in rows]
    for organisation, role in sorted(new, key=lambda pair: pair[1] == ProgrammeMember.Role.CHAIR):
        if spare.get(organisation):
            changed.append((spare[organisation].pop(), role))
        else:
            added.append((organisation, role))
    for row in [row for left in spare.values() for row in left]:
        door.take_back(row, reason=GONE)
    for row, role in changed:
        door.change(row, role=role)
    agreed = {row.organisation_id: row for row in rows.values() if row.agreed_version_id}
    for organisation, role in added:
        same = agreed.get(organisation.pk)
        door.add(
            ProgrammeMember(
                programme=programme, organisation=organisation, role=role,
                agreed_version=same.agreed_version if same else None, agreed_on=same.agreed_on if same else None,
            )
        )  # fmt: skip


def _set_places(door: Door, programme: Programme, wanted: Iterable[tuple[Place, bool]]) -> None:
    now = dict(wanted)
    rows = {row.place_id: row for row in programme.places.all()}
    if {pk: row.pilot for pk, row in rows.items()} == {place.pk: pilot for place, pilot in now.items()}:
        return
    for pk in rows.keys() - {place.pk for place in now}:
        rows[pk].delete()
    for place, pilot in now.items():
        row = rows.get(place.pk) or ProgrammePlace(programme=programme, place=place)
        row.pilot = pilot
        row.save()
    shown = sorted(f"{place.ref} (pilot)" if pilot else place.ref for place, pilot in now.items())
    door.note("places", programme, places=shown)


def _set_rows(
    door: Door, programme: Programme, model: type[Phase | Output], wanted: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    rows = {row.ref: row for row in model.objects.filter(programme=programme)}
    for ref in rows.keys() - {ref for ref, _fields in wanted}:
        door.take_back(rows[ref], reason=GONE)
    for ref, fields in wanted:
        if ref and ref not in rows:
            raise Refused(_("Somebody else removed a line while you were working on it: %(line)s.") % {"line": ref})
        row = rows[ref] if ref else model(programme=programme)
        check(row, **fields)
        if ref:
            door.change(row, **fields)
        else:
            door.add(model(programme=programme, **fields))
