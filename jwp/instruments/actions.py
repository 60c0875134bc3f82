"""Verbs: fill in a signed answer sheet. Anonymous answers belong to the engagement that asked for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.instruments.access import MAY_FILL
from jwp.instruments.loader import shelf
from jwp.instruments.models import Answer, AnswerSheet
from jwp.instruments.rules import Answer as Given
from jwp.instruments.rules import wrong_answers
from jwp.instruments.words import tell


def fill(actor: Actor, pin: str, subject: str, stage: str, answers: Sequence[Given]) -> AnswerSheet:
    """Answer one instrument on one thing, by its ref. Each stage is the work of a different person.

    Filled in again, the sheet changes and the journal keeps what it said before.
    """
    instrument = shelf().get(pin)
    if instrument is None:
        raise Refused(_("There is no instrument %(pin)s.") % {"pin": pin})
    if not actor.has(*MAY_FILL[AnswerSheet.Stage(stage)]):
        raise Refused(_("You may not fill in this sheet."))
    # Every row has gone through the door, so the journal knows them all, in whatever room they are.
    if not Entry.objects.filter(ref=subject).exists():
        raise Refused(_("There is nothing called %(ref)s.") % {"ref": subject})
    if wrong := wrong_answers(instrument, answers):
        raise Refused(*(tell(instrument, one) for one in wrong))
    with open_door(actor) as door:
        signed = AnswerSheet.objects.filter(instrument=pin, subject=subject, anonymous=False)
        others = {sheet.stage: sheet for sheet in signed.select_for_update(of=("self",))}
        mine = others.pop(stage, None)
        if any(sheet.by_id is not None and sheet.by_id == actor.person_id for sheet in others.values()):
            raise Refused(_("Self-assessed, reviewed and agreed are for different people: you did one of the others."))
        if stage != AnswerSheet.Stage.SELF and AnswerSheet.Stage.SELF not in others:
            raise Refused(_("There is no self-assessment yet to look at."))
        if mine is None:
            sheet = AnswerSheet(instrument=pin, subject=subject, stage=stage, by_id=actor.person_id)
            sheet.answered_on = actor.today
            door.add(sheet, verb="answer")
        else:
            sheet = door.change(mine, "answer", by_id=actor.person_id, answered_on=actor.today)
        _write(sheet, answers)
        said = {one.item: [one.value, one.quote, one.link] for one in answers}
        door.note("answers", sheet, answers=said)
        return sheet


def _write(sheet: AnswerSheet, answers: Sequence[Given]) -> None:
    rows = {row.item: row for row in sheet.answers.all()}
    for given in answers:
        row = rows.pop(given.item, None) or Answer(sheet=sheet, item=given.item)
        row.value, row.quote, row.link = given.value, given.quote, given.link
        row.save()
    for gone in rows.values():  # taken out of the sheet; the journal has it
        gone.delete()
