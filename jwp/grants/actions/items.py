"""A funded item: added where it did not grow from an application, put right while it is planned, and its parts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.money import Money
from jwp.core.templatetags.jwp import money as shown
from jwp.grants.access import WRITERS, visible_items
from jwp.grants.models import FundedItem, ItemPlace, Part
from jwp.grants.rules.life import FUNDED
from jwp.grants.rules.money import over
from jwp.grants.rules.parts import Pasted, Unnumbered, parts
from jwp.instruments.models import AnswerSheet
from jwp.partners.models import Place

# What was agreed: only an amendment changes it.
AGREED = ("kind", "business_line", "fund", "minor", "currency", "starts", "ends", "purpose")


def require_writer(actor: Actor) -> None:
    if not actor.has(*WRITERS):
        raise Refused(_("Only the staff, the gender team or the Director may do this."))


def locked(door: Door, ref: str, revision: int | None = None) -> FundedItem:
    """The item, if the actor may see it: whoever may not is told what a stranger is told."""
    if not visible_items(door.actor).filter(ref=ref).exists():
        raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
    return door.lock(FundedItem, ref, revision, "business_line", "fund", "rate", "application", "manager")


def add_item(actor: Actor, places: Collection[Place] = (), **fields: Any) -> FundedItem:
    """A direct grant, contract, product, event or campaign; a competitive grant grows from its application."""
    require_writer(actor)
    item = FundedItem(**fields)
    if item.kind == FundedItem.Kind.COMPETITIVE:
        raise Refused(_("A competitive grant comes out of an application that was appraised."))
    check(item)
    with open_door(actor) as door:
        door.add(item)
        _work_in(door, item, places)
    return item


def change_item(
    actor: Actor, ref: str, revision: int | None, places: Collection[Place] | None = None, **fields: Any
) -> FundedItem:
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref, revision)
        may_change(item, {name for name, value in fields.items() if getattr(item, name) != value})
        check(item, **fields)
        if "minor" in fields and (above := over(fields["minor"], item.tranches.values_list("minor", flat=True))):
            told = {"above": shown(Money(above, item.currency))}
            raise Refused(_("The tranches are %(above)s above that: change them first.") % told)
        if places is not None:
            _work_in(door, item, places)
        return door.change(item, **fields)


def may_change(item: FundedItem, names: Collection[str]) -> None:
    """What may be put right in an item of this state."""
    if item.state in ("closed", "cancelled", "withdrawn") and names:
        raise Refused(_("It is over: it stays as it was."))
    if item.state in FUNDED and not set(AGREED).isdisjoint(names):
        raise Refused(_("It is signed: an amendment changes its amount, its dates or what it is for."))
    if "agreement_ref" in names and item.transactions.exists():
        raise Refused(_("Payments came under this agreement reference: it stays."))
    if "currency" in names and item.tranches.exists():
        raise Refused(_("It has tranches: its currency stays."))


def _work_in(door: Door, item: FundedItem, places: Collection[Place]) -> None:
    before = {row.place_id: row for row in item.places.all()}
    now = {place.pk for place in places}
    if before.keys() == now:
        return
    for gone in before.keys() - now:
        before[gone].delete()
    for new in now - before.keys():
        ItemPlace(item=item, place_id=new).save()
    door.note("places", item, places=sorted(place.ref for place in places))


def set_parts(actor: Actor, ref: str, text: str, revision: int | None = None) -> list[Part]:
    """Make the objectives and activities of a planned item those of a numbered text."""
    require_writer(actor)
    try:
        wanted = parts(text)
    except Unnumbered as line:
        told = _("This line has no number of its own, or stands under no objective: %(line)s") % {"line": line}
        raise Refused(told) from line
    with open_door(actor) as door:
        item = locked(door, ref, revision)
        if item.state != "planned":
            raise Refused(_("It is signed: its objectives and activities stay."))
        here = {part.number: part for part in item.parts.all()}
        _drop(door, [part for number, part in here.items() if number not in {each.number for each in wanted}])
        kept: dict[str, Part] = {}
        for each in wanted:
            kept[each.number] = _put(door, item, each, here.get(each.number), kept.get(each.within))
        return list(kept.values())


def _put(door: Door, item: FundedItem, wanted: Pasted, part: Part | None, within: Part | None) -> Part:
    if part is None:
        return door.add(Part(item=item, number=wanted.number, text=wanted.text, within=within))
    return door.change(part, text=wanted.text, within=within)


def _drop(door: Door, gone: list[Part]) -> None:
    refs = [part.ref for part in gone]
    if screened := AnswerSheet.objects.filter(subject__in=refs).values_list("subject", flat=True).first():
        number = next(part.number for part in gone if part.ref == screened)
        raise Refused(_("%(number)s was screened: keep it, and change its words.") % {"number": number})
    # The deepest first: an objective goes after its activities.
    for part in sorted(gone, key=lambda part: part.number.count("."), reverse=True):
        door.take_back(part, reason=_("not in the pasted text"))


def put_part(actor: Actor, item_ref: str, part: Part | None = None, **fields: Any) -> Part:
    """One objective or activity, added or put right by itself. Its number says what it stands under."""
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, item_ref)
        if item.state != "planned":
            raise Refused(_("It is signed: its objectives and activities stay."))
        row = door.lock(Part, part.ref) if part else Part(item=item)
        number = fields.get("number", row.number)
        above = Pasted(number, "").within
        fields["within"] = item.parts.filter(number=above).first() if above else None
        if above and fields["within"] is None:
            raise Refused(_("%(number)s stands under no objective.") % {"number": number})
        check(row, **fields)
        if part:
            return door.change(row, **fields)
        for name, value in fields.items():
            setattr(row, name, value)
        return door.add(row)
