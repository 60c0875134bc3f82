"""Money that others put in because of an item: never without a document, a file or a link that shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, check, open_door
from jwp.evidence.files import Kept
from jwp.grants.actions.items import locked, require_writer
from jwp.grants.models import Investment
from jwp.grants.rules.life import FUNDED


def add_investment(actor: Actor, item_ref: str, kept: Kept | None = None, **fields: Any) -> Investment:
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, item_ref)
        if item.state not in FUNDED:
            raise Refused(_("Investments follow from what was signed."))
        told = {name: fields.get(name) for name in ("investor", "on", "minor", "currency")}
        if item.investments.filter(**told).exists():
            raise Refused(_("This investment is recorded already."))
        row = Investment(item=item, **fields, **_file(kept))
        _real(actor, row)
        return door.add(row)


def change_investment(
    actor: Actor, ref: str, revision: int | None, kept: Kept | None = None, **fields: Any
) -> Investment:
    """Put it right; its item stays."""
    require_writer(actor)
    with open_door(actor) as door:
        row = door.lock(Investment, ref, revision, "item", "file", "document")
        fields |= _file(kept)
        _real(actor, row, **fields)
        return door.change(row, **fields)


def _real(actor: Actor, row: Investment, **fields: Any) -> None:
    if fields.get("on", row.on) > actor.today:
        raise Refused(_("An investment counts once it is made or firmly agreed, not on a day to come."))
    check(row, **fields)


def _file(kept: Kept | None) -> dict[str, Any]:
    return {"file": kept.row()} if kept else {}
