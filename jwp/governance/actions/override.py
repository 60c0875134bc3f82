"""The Director lets a step pass that the gender gate holds back. The reason goes to the Board, and stays there."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jwp.core.access import BOARD, DIRECTOR, Actor
from jwp.core.door import Refused, open_door
from jwp.governance.actions.agenda import place_waiting
from jwp.governance.models import AgendaItem
from jwp.grants.access import visible_applications, visible_items
from jwp.grants.actions.gate import passage_for
from jwp.grants.models import Application, FundedItem, GatePolicy, Override
from jwp.grants.words import gate_lacks
from jwp.partners.models import Body


def override(actor: Actor, ref: str, stage: str, reason: str) -> AgendaItem:
    """Open the gate before one step of one item or application, and put that on the Board's next agenda."""
    if not actor.has(DIRECTOR) or actor.person_id is None:
        raise Refused(_("Only the Director may override the gate."))
    if stage not in GatePolicy.Stage.values:
        raise Refused(_("No gate stands there."))
    if not reason.strip():
        raise Refused(_("Say why: the Board reads it."))
    with open_door(actor) as door:
        subject = gated(actor, ref)
        if subject is None:
            raise Refused(_("There is nothing called %(ref)s.") % {"ref": ref})
        subject = door.lock(type(subject), ref)
        if stage != stands_before(subject):
            raise Refused(_("It does not stand before this gate now."))
        found = passage_for(subject, stage, actor.today)
        if found.overridden:
            raise Refused(_("This was overridden already: the Board has it."))
        if found.open:
            raise Refused(_("The gate is open: there is nothing to override."))
        board = Body.objects.filter(role=BOARD).order_by("pk").first()
        if board is None:
            raise Refused(_("There is no Board yet to tell of it: add the body first."))
        of: dict[str, FundedItem | Application]
        of = {"item" if isinstance(subject, FundedItem) else "application": subject}
        row = Override(stage=stage, missing=list(found.missing), reason=reason, by_id=actor.person_id, on=actor.today)
        for name, value in of.items():
            setattr(row, name, value)
        door.add(row, verb="override", reason=reason)
        door.note("override the gate", subject, reason=reason, stage=stage, missing=list(found.missing))
        title = _("The gender gate was overridden: %(what)s") % {"what": subject}
        text = _("%(stage)s. Missing: %(missing)s. The Director’s reason: %(reason)s") % {
            "stage": row.get_stage_display().capitalize(),
            "missing": "; ".join(gate_lacks(one) for one in found.missing),
            "reason": reason,
        }
        item = door.add(AgendaItem(override=row, body=board, title=title[:250], text=text), verb="tell the board")
        place_waiting(door, board)
        item.refresh_from_db()
        return item


def stands_before(subject: FundedItem | Application) -> str:
    """The gated step that it could take next; "" where none is."""
    if isinstance(subject, FundedItem):
        return {"planned": "sign", "signed": "complete"}.get(subject.state, "")
    return "approve in principle" if subject.state == "eligible" else ""


def gated(actor: Actor, ref: str) -> FundedItem | Application | None:
    """What stands before a gate under this ref: the item, once there is one."""
    found: FundedItem | Application | None = visible_items(actor).filter(ref=ref).first()
    return found or visible_applications(actor).filter(ref=ref).first()
