"""A table becomes a plan: areas, units, people, seats, targets, adoption; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jwp.core.access import GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, open_door
from jwp.core.period import Cadence, rounds_owed
from jwp.core.workbook import cells
from jwp.core.workbook.foreign import Table
from jwp.desk.foreign.columns import Part, digest, folded, guess
from jwp.desk.foreign.promises import NUMBER, Owner, Promise, level_of, owners, span, understand
from jwp.desk.imports import APPLIED, CHECKED, require_importer
from jwp.desk.models import ColumnMapping, Import
from jwp.indicators.models import Indicator
from jwp.partners.actions.people import add_person
from jwp.partners.actions.register import add
from jwp.partners.actions.seats import give_seat
from jwp.partners.models import Body, Office, Person, Seat
from jwp.plans.actions.plan import add_area, add_objective, add_target, bring_in, create_plan, require_planner
from jwp.plans.models import Action, Comment, Objective, Plan, PriorityArea, Target


@dataclass(frozen=True)
class Terms:
    """The plan around the promises: a draft that is here, or a new one, and by whom it was adopted."""

    title: str
    starts: date
    ends: date
    months: list[int]
    plan: Plan | None = None
    body: Body | None = None
    new_body: str = ""
    adopted_on: date | None = None
    reference: str = ""
    first_round: int | None = None  # None: the next one due


@dataclass
class Draft:
    """A table as far as it is understood, with the reader's corrections."""

    table: Table
    parts: list[Part]
    remembered: bool
    promises: list[Promise] = field(default_factory=list)
    owners: list[Owner] = field(default_factory=list)

    @property
    def taken(self) -> list[Promise]:
        return [promise for promise in self.promises if promise.take]

    def faults(self) -> list[str]:
        found = [] if self.taken else [_("No row is chosen.")]
        for promise in self.taken:
            found += [_("Row %(row)d: %(why)s") % {"row": promise.line, "why": why} for why in promise.faults()]
        held = {folded(promise.holder) for promise in self.taken}
        for owner in self.owners:
            if folded(owner.key) in held:
                found += [f"{owner.key}: {why}" for why in owner.faults()]
        numbers = [promise.number for promise in self.taken if promise.number]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            found.append(_("These numbers stand twice: %(numbers)s.") % {"numbers": ", ".join(twice)})
        return found


def start(actor: Actor, found: Sequence[Table], name: str) -> Import:
    """Keep a pasted or uploaded table, its columns guessed or as they were mapped last time."""
    require_importer(actor)
    require_planner(actor)
    with open_door(actor) as door:
        return door.add(
            Import(
                kind=Import.Kind.TABLE,
                file_name=name[:255],
                by_id=actor.person_id,
                at=door.at,
                state=CHECKED,
                rows=[table.as_json() for table in found],
                mapping=_columns_of(found[0]) | {"sheet": 0},
            ),
            verb="check",
        )


def _columns_of(table: Table) -> dict[str, Any]:
    known: ColumnMapping | None = ColumnMapping.objects.filter(headings=digest(table.headings)).first()
    parts = known.mapping.get("parts", []) if known else []
    if len(parts) == len(table.headings):
        return {"parts": parts, "remembered": True}
    return {"parts": [part.value for part in guess(table)], "remembered": False}


def choose_sheet(actor: Actor, ref: str, sheet: int) -> Import:
    """Take another sheet of the same file."""
    return _keep(actor, ref, lambda imported: _columns_of(Table.from_json(imported.rows[sheet])) | {"sheet": sheet})


def choose_columns(actor: Actor, ref: str, parts: Sequence[str]) -> Import:
    """Say which column is what; what was corrected under another choice is understood anew."""
    chosen = [Part(part) for part in parts]
    if chosen.count(Part.TEXT) != 1:
        raise Refused(_("Choose one column as “the promise, in words”."))
    for part in chosen:
        if part not in (Part.REMARK, Part.NOTHING, Part.ACTION, Part.TEXT) and chosen.count(part) > 1:
            raise Refused(_("Two columns cannot be the same: make one of them a remark."))

    def mapping(imported: Import) -> dict[str, Any]:
        before = imported.mapping.get("typed", {})
        terms = {name: value for name, value in before.items() if not name.startswith(("row-", "owner-"))}
        return {**imported.mapping, "parts": [*parts], "typed": terms}

    return _keep(actor, ref, mapping)


def keep_typed(actor: Actor, ref: str, typed: Mapping[str, str]) -> Import:
    """Keep the reader's corrections as typed, right or wrong."""
    return _keep(actor, ref, lambda imported: {**imported.mapping, "typed": dict(typed)})


def _keep(actor: Actor, ref: str, mapping: Any) -> Import:
    require_importer(actor)
    with open_door(actor) as door:
        imported = door.lock(Import, ref)
        if imported.state != CHECKED:
            raise Refused(_("This was brought in already."))
        return door.change(imported, "map", mapping=mapping(imported))


def draft(imported: Import) -> Draft:
    """What stands in the table, with the corrections typed so far."""
    table = Table.from_json(imported.rows[imported.mapping["sheet"]])
    parts = [Part(part) for part in imported.mapping["parts"]]
    typed = imported.mapping.get("typed", {})
    made = Draft(table, parts, imported.mapping.get("remembered", False), understand(table, parts))
    for promise in made.promises:
        promise.holder = promise.holder or _("nobody named")
        promise.changed(typed)
    made.owners = owners(table, parts, made.promises)
    for place, owner in enumerate(made.owners):
        if owner.key == _("nobody named"):
            owner.unit, owner.person = _own_unit(), ""
        _as_known(owner)
        if typed.get(f"owner-{place}-key") == owner.key:
            owner.changed(typed, place)
    return made


def _own_unit() -> str:
    """Who keeps the plan also holds what nobody is named for, until they say otherwise."""
    office = Office.objects.filter(role=GENDER_TEAM).first()
    return office.name if office else ""


def _as_known(owner: Owner) -> None:
    """Somebody we know by their address: their name, and the unit or post they hold."""
    known = Person.objects.filter(email__iexact=owner.email).first() if owner.email else None
    if known is None and owner.person:
        known = Person.objects.filter(name__iexact=owner.person, left_on=None).first()
    if known is not None:
        owner.person, owner.email = known.name, owner.email or known.email
        seat = Seat.objects.filter(person=known, office__isnull=False, ends=None).select_related("office").first()
        if seat is not None and seat.office is not None and not owner.unit:
            owner.unit = seat.office.name


def proposed(imported: Import, made: Draft, today: date) -> dict[str, Any]:
    """The plan's terms as far as the table tells."""
    starts, ends = span(made.table, understand(made.table, made.parts), today)
    areas = {promise.area for promise in made.promises}
    titles = (words for words in made.table.above if 8 <= len(words) <= 200 and words not in areas)
    title = next(titles, _("Gender Action Plan"))
    return {"title": title, "starts": starts, "ends": ends, "months": "6, 12, 18, 24"}


def next_round(adopted: date, months: Sequence[int], ends: date, today: date) -> int:
    """The first round that can still be reported on here; the last where all are over."""
    owed = rounds_owed(adopted, Cadence(tuple(months)), ends)
    return next((each.number for each in owed if each.closes >= today), len(owed) or 1)


def bring(actor: Actor, ref: str, terms: Terms) -> Plan:
    """Make the plan. Everything goes through the rooms' own verbs, in one transaction: all of it or none."""
    require_importer(actor)
    with open_door(actor) as door:
        imported = door.lock(Import, ref)
        if imported.state != CHECKED:
            raise Refused(_("This was brought in already."))
        made = draft(imported)
        if faults := made.faults():
            raise Refused(*faults)
        plan = terms.plan or create_plan(
            actor, title=terms.title, starts=terms.starts, ends=terms.ends, months=terms.months
        )
        held = {folded(promise.holder) for promise in made.taken}
        offices = {
            folded(owner.key): _office(door, owner, plan.starts) for owner in made.owners if folded(owner.key) in held
        }
        maker = _Targets(door, plan, offices)
        for promise in made.taken:
            maker.make(promise)
        if terms.adopted_on and (body := terms.body or _new_body(door, terms.new_body)):
            first = terms.first_round or next_round(terms.adopted_on, plan.months, plan.ends, actor.today)
            bring_in(actor, plan, body, terms.adopted_on, terms.reference, first)
        _remember(door, made)
        counts = {"add": len(made.taken), "change": 0, "unchanged": 0, "refused": 0}
        door.change(imported, "bring in", state=APPLIED, batch=door.batch, counts=counts, rows=[], mapping={})
        return plan


def _new_body(door: Door, name: str) -> Body | None:
    """A body that is not here yet. It gives no role to anybody."""
    if not name:
        return None
    found: Body | None = Body.objects.filter(name__iexact=name).first()
    return found or door.add(Body(name=name, kind=Body.Kind.BOARD))


def _office(door: Door, owner: Owner, starts: date) -> Office:
    """The unit or post of this name, made in the secretariat if it is new, with its person in it."""
    actor = door.actor
    office = Office.objects.filter(name__iexact=owner.unit).select_related("body").order_by("pk").first()
    if office is None:
        home = Body.objects.filter(kind=Body.Kind.SECRETARIAT).order_by("pk").first() or door.add(
            Body(name=_("Secretariat"), kind=Body.Kind.SECRETARIAT)
        )
        office = add(actor, Office(body=home, name=owner.unit, kind=Office.Kind.UNIT))
    if owner.person:
        person = _person(actor, owner)
        ending = Q(ends=None) | Q(ends__gte=actor.today)
        if not Seat.objects.filter(ending, person=person, office=office).exists():
            give_seat(actor, Seat(person=person, body=office.body, office=office, starts=starts))
    return office


def _person(actor: Actor, owner: Owner) -> Person:
    known: Person | None = None
    if owner.email:
        known = Person.objects.filter(email__iexact=owner.email).first()
    elif Person.objects.filter(name__iexact=owner.person).count() == 1:
        known = Person.objects.get(name__iexact=owner.person)
    language = (get_language() or "en")[:2]
    return known or add_person(actor, Person(name=owner.person, email=owner.email, language=language))


class _Targets:
    """Makes targets of promises, and each area and objective they name once."""

    def __init__(self, door: Door, plan: Plan, offices: Mapping[str, Office]) -> None:
        self.door, self.plan, self.offices = door, plan, offices
        self.areas: dict[tuple[str, str], PriorityArea] = {
            (folded(area.name), area.level): area for area in plan.areas.all()
        }
        self.objectives: dict[str, Objective] = {folded(each.text): each for each in plan.objectives.all()}

    def make(self, promise: Promise) -> Target:
        actor, holder = self.door.actor, self.offices[folded(promise.holder)]
        area = self._area(promise)
        target = add_target(
            actor,
            self.plan,
            area=area,
            objective=self._objective(promise, area),
            holder=holder,
            indicator=self._indicator(promise) if promise.kind == NUMBER else None,
            **promise.fields(),
        )
        for words in promise.actions:
            self.door.add(Action(target=target, text=words[:500], owner=holder))
        if promise.remarks and actor.person_id:
            text = "\n".join(promise.remarks)
            self.door.add(Comment(target=target, author_id=actor.person_id, text=text, at=self.door.at))
        return target

    def _area(self, promise: Promise) -> PriorityArea | None:
        name = promise.area or (promise.level if not level_of(promise.level) else "")
        if not name:
            return None
        key = folded(name), level_of(promise.level) or PriorityArea.Level.SECRETARIAT
        if key not in self.areas:
            self.areas[key] = add_area(self.door.actor, self.plan, name[:200], key[1])
        return self.areas[key]

    def _objective(self, promise: Promise, area: PriorityArea | None) -> Objective | None:
        if not promise.objective:
            return None
        key = folded(promise.objective)
        if key not in self.objectives:
            self.objectives[key] = add_objective(self.door.actor, self.plan, promise.objective, area)
        return self.objectives[key]

    def _indicator(self, promise: Promise) -> Indicator:
        """What the number counts. Shares do not add up; small counts of people are hidden in public."""
        counts = Indicator.Counts.PEOPLE if promise.by_sex else Indicator.Counts.THINGS
        if promise.unit == "%":
            counts = Indicator.Counts.SCORE
        places = -int(cells.number(promise.value).as_tuple().exponent)
        unit = promise.unit or (_("people") if promise.by_sex else "")
        return self.door.add(
            Indicator(
                name=promise.text[:250],
                unit=unit[:60],
                aggregation=Indicator.Aggregation.LATEST,
                counts=counts,
                disaggregations=["sex"] if promise.by_sex else [],
                decimals=max(places, promise.unit == "%", 0),
            )
        )


def _remember(door: Door, made: Draft) -> None:
    """The next table with these headings is mapped the same way."""
    mapping = {"parts": [part.value for part in made.parts]}
    headings = digest(made.table.headings)
    known: ColumnMapping | None = ColumnMapping.objects.select_for_update().filter(headings=headings).first()
    if known is None:
        door.add(ColumnMapping(headings=headings, mapping=mapping))
    else:
        door.change(known, mapping=mapping)
