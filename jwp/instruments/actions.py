"""Verbs: fill in a signed answer sheet; confirm an instrument's wording. Anonymous answers belong to engagements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.instruments.access import MAY_CONFIRM, MAY_FILL, OWN_ONLY
from jwp.instruments.editions import base_of, next_version, wordings
from jwp.instruments.editions import instrument as find
from jwp.instruments.models import Answer, AnswerSheet, Edition, Wording
from jwp.instruments.rules import SCORE, Classes, Instrument, Profile, in_full, score, wrong_answers
from jwp.instruments.rules import Answer as Given
from jwp.instruments.words import lacks, question, tell


def fill(
    actor: Actor,
    pin: str,
    subject: str,
    stage: str,
    answers: Sequence[Given],
    *,
    phase: str = "",
    unit: str = "",
    reason: str = "",
) -> AnswerSheet:
    """Answer one instrument on one thing, by its ref. In each phase, each stage is the work of a different person.

    Filled in again, the sheet changes and the journal keeps what it said before; another score needs a reason.
    """
    instrument = find(pin)
    if instrument is None:
        raise Refused(_("There is no instrument %(pin)s.") % {"pin": pin})
    if not actor.has(*MAY_FILL[AnswerSheet.Stage(stage)]):
        raise Refused(_("You may not fill in this sheet."))
    if instrument.id == OWN_ONLY and stage != AnswerSheet.Stage.SELF:
        raise Refused(_("A team applies this to its own work: nobody reviews or agrees to its codes."))
    # Every row has gone through the door, so the journal knows them all, in whatever room they are.
    if not Entry.objects.filter(ref=subject).exists():
        raise Refused(_("There is nothing called %(ref)s.") % {"ref": subject})
    if phase and phase not in AnswerSheet.Phase.values:
        raise Refused(_("There is no phase called “%(phase)s”.") % {"phase": phase})
    if unit and unit not in instrument.units:
        raise Refused(_("This instrument does not code a %(unit)s.") % {"unit": unit})
    if wrong := wrong_answers(instrument, answers, phase):
        raise Refused(*(tell(instrument, one) for one in wrong))
    given = in_full(instrument, answers)
    # What is a team's own stays on its sheet: the journal, which every insider reads, only says that it was filled in.
    own = instrument.id == OWN_ONLY
    scored = "" if own else _score(instrument, given, stage, phase)
    with open_door(actor) as door:
        signed = AnswerSheet.objects.filter(instrument=pin, subject=subject, phase=phase, anonymous=False)
        others = {sheet.stage: sheet for sheet in signed.select_for_update(of=("self",))}
        mine = others.pop(stage, None)
        if any(sheet.by_id is not None and sheet.by_id == actor.person_id for sheet in others.values()):
            raise Refused(_("Self-assessed, reviewed and agreed are for different people: you did one of the others."))
        if stage != AnswerSheet.Stage.SELF and AnswerSheet.Stage.SELF not in others:
            raise Refused(_("There is no self-assessment yet to look at."))
        if mine is None:
            sheet = AnswerSheet(
                instrument=pin, subject=subject, stage=stage, phase=phase, unit=unit, score=scored, reason=reason,
                by_id=actor.person_id, answered_on=actor.today,
            )  # fmt: skip
            door.add(sheet, verb="answer", reason=reason)
        else:
            if not reason.strip() and (scored != mine.score or _declared(given) != _declared(mine.given())):
                raise Refused(_("The score changes: say why."))
            sheet = door.change(
                mine, "answer", reason=reason, by_id=actor.person_id, answered_on=actor.today,
                unit=unit or mine.unit, score=scored,
            )  # fmt: skip
            if reason.strip():  # the door takes a reason for its journal; the sheet shows the latest
                sheet.reason = reason
                AnswerSheet.objects.filter(pk=sheet.pk).update(reason=reason)
        _write(sheet, given)
        said = {one.item: [one.value, one.quote, one.link] for one in given}
        door.note("answers", sheet, answers=len(given) if own else said)
        return sheet


def confirm(
    actor: Actor, pin: str, words: Mapping[str, Mapping[str, str]], *, source: str, page: str = "", version: str = ""
) -> Edition:
    """Confirm or correct how an instrument words its criteria: always a new version. Old sheets keep theirs."""
    instrument = find(pin)
    base = base_of(instrument) if instrument else None
    if instrument is None or base is None:
        raise Refused(_("There is no instrument %(pin)s whose wording can be confirmed.") % {"pin": pin})
    if not actor.has(*MAY_CONFIRM):
        raise Refused(_("Only the gender team confirms the wording of an instrument."))
    if unknown := [item for item in words if item not in wordings(instrument)]:
        raise Refused(_("This instrument has no “%(item)s”.") % {"item": unknown[0]})
    if not words:
        raise Refused(_("Say which wordings you confirm."))
    if not source.strip():
        raise Refused(_("Say which document the wording comes from."))
    if empty := [item for item, text in words.items() if not text.get("en", "").strip()]:
        raise Refused(_("Write the English wording of “%(item)s”.") % {"item": empty[0]})
    taken = list(Edition.objects.filter(base=base).values_list("version", flat=True))
    due = next_version(base, taken)
    if version not in ("", due):
        raise Refused(_("The next version is %(due)s, not %(version)s.") % {"due": due, "version": version})
    try:
        with open_door(actor) as door:
            edition = door.add(
                Edition(
                    base=base, version=due, confirmed_on=actor.today, by_id=actor.person_id, source=source, page=page
                ),
                verb="confirm",
            )
            texts = {item: {one: text.get(one, "") for one in ("en", "fr", "es")} for item, text in words.items()}
            door.add_all([Wording(edition=edition, item=item, **text) for item, text in texts.items()], verb="confirm")
            return edition
    except IntegrityError as error:
        raise Refused(
            _("Somebody confirmed this instrument at the same moment. Look at theirs, then try again.")
        ) from error


def _score(instrument: Instrument, answers: Sequence[Given], stage: str, phase: str) -> str:
    """What the answers support. Nobody agrees to a class that the documents do not show."""
    if isinstance(instrument, Profile):
        return ""
    scored = score(instrument, answers, phase=phase)
    if isinstance(instrument, Classes) and stage == AnswerSheet.Stage.AGREED:
        if scored.declared is None:
            raise Refused(_("Say which class you agree to."))
        if scored.lacking:
            raise Refused(
                *(
                    _("%(item)s: %(lacks)s. A score is agreed once every criterion it needs is shown.")
                    % {"item": question(instrument, one.item), "lacks": lacks(one.lacks)}
                    for one in scored.lacking
                )
            )
    return scored.code


def _declared(answers: Iterable[Given]) -> str:
    return next((answer.value for answer in answers if answer.item == SCORE), "")


def _write(sheet: AnswerSheet, answers: Sequence[Given]) -> None:
    rows = {row.item: row for row in sheet.answers.all()}
    for given in answers:
        row = rows.pop(given.item, None) or Answer(sheet=sheet, item=given.item)
        row.value, row.quote, row.link = given.value, given.quote, given.link
        row.save()
    for gone in rows.values():  # taken out of the sheet; the journal has it
        gone.delete()
