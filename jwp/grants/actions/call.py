"""A call: written, published with its rules, extended, closed or cancelled; and who sits on its panel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.mail import write_letter
from jwp.grants.access import WRITERS
from jwp.grants.actions.applicant_link import letter_language
from jwp.grants.actions.applications import settle
from jwp.grants.actions.eligibility import clock_of
from jwp.grants.models import Call, CallCountry, Criterion, PanelMember
from jwp.grants.rules.life import APPLICATION, CALL, OPEN
from jwp.partners.models import Person, Place

# What may still change once applicants read it: whom it concerns inside, and a deadline moved later.
AFTER_PUBLISHING = frozenset({"programme", "theme", "fund", "manager", "envelope", "closes_at", "panel_due", "source"})
UNSETTLED = OPEN[1:]  # a draft that was never sent keeps nobody waiting


class Line(TypedDict):
    """One criterion of the grid. `ref` is "" for a new one."""

    ref: str
    name: str
    about: str
    points: int
    gender: bool


def require_writer(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the secretariat may do this."))


def add_call(actor: Actor, countries: Collection[Place], criteria: Sequence[Line], **fields: Any) -> Call:
    require_writer(actor)
    call = Call(**fields)
    check(call)
    with open_door(actor) as door:
        door.add(call)
        _set_countries(door, call, countries)
        _set_criteria(door, call, criteria)
    return call


def change_call(
    actor: Actor, ref: str, revision: int | None, countries: Collection[Place], criteria: Sequence[Line], **fields: Any
) -> Call:
    """Anything while it is a draft. Once published, what applicants read stays, but for a later deadline."""
    require_writer(actor)
    with open_door(actor) as door:
        call = door.lock(Call, ref, revision)
        if call.state not in ("draft", "published"):
            raise Refused(_("This call is over: it stays as it was."))
        if call.state == "published":
            refuse_other_rules(call, fields)
        check(call, **fields)
        door.change(call, **fields)
        if call.state == "draft":
            _set_countries(door, call, countries)
            _set_criteria(door, call, criteria)
        return call


def refuse_other_rules(call: Call, fields: dict[str, Any]) -> None:
    """Raises Refused where a published call would say something else than what applicants have read."""
    changed = {name for name, value in fields.items() if getattr(call, name) != value}
    if closes := fields.get("closes_at") if "closes_at" in changed else None:
        if call.closes_at and closes < call.closes_at:
            raise Refused(_("A deadline that applicants have read is only moved later."))
    elif "closes_at" in changed:
        raise Refused(_("A deadline that applicants have read is only moved later."))
    if changed - AFTER_PUBLISHING:
        named = {field.name: str(field.verbose_name) for field in Call._meta.fields}
        labels = ", ".join(named[name] for name in sorted(changed - AFTER_PUBLISHING))
        raise Refused(_("Applicants have read these rules, so they stay: %(fields)s.") % {"fields": labels})


def _set_countries(door: Door, call: Call, countries: Collection[Place]) -> None:
    before = {row.place_id: row for row in call.countries.all()}
    wanted = {place.pk: place for place in countries}
    for gone in before.keys() - wanted.keys():
        before[gone].delete()
    for pk in wanted.keys() - before.keys():
        CallCountry(call=call, place=wanted[pk]).save()
    if before.keys() != wanted.keys():
        door.note("set countries", call, countries=sorted(place.ref for place in countries))


def _set_criteria(door: Door, call: Call, lines: Sequence[Line]) -> None:
    """Make the grid say this: lines that are no longer there are taken back, nobody has scored by them yet."""
    if len({line["name"].casefold() for line in lines}) != len(lines):
        raise Refused(_("Each criterion stands in the grid once."))
    if sum(line["gender"] for line in lines) > 1:
        raise Refused(_("One criterion is the gender criterion."))
    before = {row.ref: row for row in call.criteria.all()}
    kept = {line["ref"] for line in lines}
    if gone := [row for ref, row in before.items() if ref not in kept]:
        door.take_back_all(gone, reason="left out of the grid")
    for order, line in enumerate(lines):
        fields: dict[str, Any] = {name: line[name] for name in ("name", "about", "points", "gender")}
        row = before.get(line["ref"])
        if row is None:
            door.add(Criterion(call=call, order=order, **fields))
        else:
            door.change(row, order=order, **fields)


def call_facts(call: Call, now: datetime) -> set[str]:
    """What the steps of a call need. A call run elsewhere has its dates and criteria there."""
    outside = call.kind == Call.Kind.OUTSIDE
    facts = set()
    if call.closes_at and (call.opens_at or outside) and (call.outside_url or not outside):
        facts.add("dates")
    if call.gender_statement.strip():
        facts.add("a gender statement")
    if outside or call.criteria.exists():
        facts.add("criteria")
    over = clock_of(call, now) == "closed"
    if over and not call.applications.filter(state__in=UNSETTLED).exists():
        facts.add("every application settled")
    return facts


def take_step(actor: Actor, ref: str, revision: int | None, verb: str, reason: str, now: datetime) -> Call:
    with open_door(actor) as door:
        call = door.lock(Call, ref, revision)
        facts = call_facts(call, now) | ({"a reason"} if reason.strip() else set())
        more = {"published_on": actor.today} if verb == "publish" else {}
        door.step(call, CALL, verb, roles=actor.roles, facts=facts, reason=reason.strip(), **more)
        if verb == "cancel":
            _cancel_applications(door, call, reason.strip())
        return call


def _cancel_applications(door: Door, call: Call, reason: str) -> None:
    """Nobody waits for a call that is no more: each application is cancelled too, and who was writing one is told."""
    for ref in call.applications.filter(state__in=UNSETTLED).values_list("ref", flat=True):
        settle(door.actor, ref, "cancel", reason=reason)
    for draft in call.applications.filter(state="draft").exclude(contact_email=""):
        with translation.override(letter_language(draft)):
            words = {"call": call.title, "reason": reason}
            subject = _("The call is cancelled: %(call)s") % words
            body = (
                _("The call “%(call)s”, to which you were writing an application, is cancelled:\n\n%(reason)s") % words
            )
        write_letter(door, key=f"call-cancelled:{draft.ref}", to=draft.contact_email, subject=subject[:300], body=body)


def add_to_panel(actor: Actor, call_ref: str, person: Person) -> PanelMember:
    require_writer(actor)
    with open_door(actor) as door:
        call = door.lock(Call, call_ref)
        found: PanelMember | None = call.panel.filter(person=person).first()
        if found is None:
            return door.add(PanelMember(call=call, person=person))
        if found.left_on is None:
            raise Refused(_("%(person)s is on this panel already.") % {"person": person})
        return door.change(found, left_on=None)


def leave_panel(actor: Actor, member_ref: str) -> PanelMember:
    """What they have scored stays; from today they see nothing more."""
    require_writer(actor)
    with open_door(actor) as door:
        return door.change(door.lock(PanelMember, member_ref), "leave", left_on=actor.today)


def stages(call: Call) -> list[tuple[str, int]]:
    """How many applications are in each state, in the order of the workflow; states without any are left out."""
    rows = call.applications.values_list("state").annotate(n=Count("pk")).order_by()
    counted = dict(rows)
    return [(state, counted[state]) for state in APPLICATION.states if state in counted]
