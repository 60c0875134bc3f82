"""Screening: somebody declares, another agrees, and the agreed marker stands on the item from that moment.

The answer sheet is the record (`jwp.instruments`). Here it meets what is funded: which instrument is asked, in which
phase, who may still sign, and what follows in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from jwp.core.access import GENDER_TEAM, SECRETARIAT, Actor
from jwp.core.door import Door, Refused, open_door
from jwp.grants.access import visible_applications, visible_items
from jwp.grants.actions.gate import asked_of, in_time, set_condition
from jwp.grants.models import Application, FundedItem, Part
from jwp.grants.rules.gate import DEFAULT, Policy
from jwp.grants.rules.life import FUNDED
from jwp.grants.rules.marking import MARKER, RESULT, STATEMENT, owed
from jwp.instruments.actions import fill
from jwp.instruments.editions import instrument as find
from jwp.instruments.editions import latest
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import NOT_MET, SCORE, Answer, Choice, Classes, Instrument
from jwp.partners.models import Office

Subject = Application | FundedItem | Part
Stage = AnswerSheet.Stage


@dataclass(frozen=True)
class Promise:
    """A condition on which somebody agrees."""

    text: str
    owner: Office
    due: date


def subject_of(actor: Actor, ref: str) -> Subject | None:
    """What this ref names among what the actor may see. An item has the ref of the application it grew from."""
    items = visible_items(actor)
    return (
        items.filter(ref=ref).first()
        or visible_applications(actor).select_related("call__business_line").filter(ref=ref).first()
        or Part.objects.filter(ref=ref, item__in=items).select_related("item__business_line").first()
    )


def whole(subject: Subject) -> Application | FundedItem:
    return subject.item if isinstance(subject, Part) else subject


def phase_of(subject: Subject, today: date) -> str:
    """The phase in which it is marked now; "" where nothing is marked yet, or any more."""
    of = whole(subject)
    if isinstance(of, Application):
        if of.state == "eligible" and _policy(of, today):
            return "design"  # this line's gate stands before approval in principle already
        found = owed("", of.state, None, None, today, application=True)
    else:
        found = owed(of.kind, of.state, of.starts, of.ends, today)
    return found[-1] if found else ""


def asked(subject: Subject, today: date) -> Classes:
    """The instrument asked of it: what the gate ahead asks, in its newest version."""
    policy = _policy(whole(subject), today)
    found = latest(policy.instrument if policy else DEFAULT[0].instrument)
    assert isinstance(found, Classes)  # only these may gate
    return found


def readers(subject: Subject, today: date) -> int:
    """How many must sign: who declares and who agrees, and a third where the policy says so."""
    policy = _policy(whole(subject), today)
    return policy.readers if policy else DEFAULT[0].readers


def _policy(of: Application | FundedItem, today: date) -> Policy | None:
    """What the gate ahead asks: before approval in principle or completion where one stands, else before signing."""
    if isinstance(of, Application) and of.state == "eligible":
        return asked_of(of, "approve in principle", today)
    later = asked_of(of, "complete", today) if isinstance(of, FundedItem) and of.state in FUNDED else None
    return later or asked_of(of, "sign", today)


def screen(
    actor: Actor,
    ref: str,
    stage: str,
    answers: Sequence[Answer],
    *,
    pin: str = "",
    phase: str = "",
    reason: str = "",
    condition: Promise | None = None,
) -> AnswerSheet:
    """Sign one sheet: `self` declares, `reviewed` reads where a third must, `agreed` makes it the screening.

    Without a pin it is the instrument asked for; without a phase, the one of today. An agreed marker is written on
    the item in the same transaction.
    """
    subject = subject_of(actor, ref)
    if subject is None:
        raise Refused(_("There is nothing called %(ref)s.") % {"ref": ref})
    now = phase_of(subject, actor.today)
    if not now:
        raise Refused(_("Nothing is screened in this state."))
    if phase and phase != now:
        raise Refused(_("It is marked in the phase “%(now)s” now; what was said earlier stays.") % {"now": _(now)})
    with open_door(actor) as door:
        subject = door.lock(type(subject), ref)
        before = _signed(ref, now)
        # Whoever agrees looks at the version that was filled in, even where a newer one has come out since.
        wanted = asked(subject, actor.today)
        same = (sheet.instrument for sheet in before if sheet.instrument.startswith(f"{wanted.id}@"))
        pin = pin or next(same, wanted.pin)
        asking = _gating(pin)
        beside = {sheet.stage: sheet for sheet in before if sheet.instrument == asking.pin}
        _may_sign(actor, subject, stage, beside)
        if _changes(beside, stage, asking, answers) and not reason.strip():
            raise Refused(_("You say something else than was proposed: say why."))
        if stage == Stage.SELF and not beside and not reason.strip() and _moves(ref, asking, answers):
            raise Refused(_("This is another class than was agreed in an earlier phase: say why."))
        unit = next((one for one in _units(subject) if one in asking.units), "")
        sheet = fill(actor, asking.pin, ref, stage, answers, phase=now, unit=unit, reason=reason)
        if stage == Stage.AGREED:
            _write_marker(door, subject)
            if condition is not None:
                _set(door, subject, condition)
        return sheet


def marker_of(ref: str) -> dict[str, str]:
    """The fields of an item's agreed marker: of its latest phase; all empty is not screened.

    What was screened without the marker, by a short screening, has its instrument and phase and no class.
    """
    agreed = in_time(AnswerSheet.objects.filter(subject=ref, stage=Stage.AGREED, anonymous=False))
    marked = [sheet for sheet in agreed if sheet.instrument.startswith(f"{MARKER}@")]
    screened = marked or [sheet for sheet in agreed if isinstance(find(sheet.instrument), Classes)]
    last = next(reversed(screened), None)
    if last is None:
        return {"marker": "", "marker_pin": "", "marker_phase": ""}
    score = last.score if marked else ""
    return {"marker": score, "marker_pin": last.instrument, "marker_phase": last.phase}


def read_statement(actor: Actor, ref: str, answer: str, sentence: str, reason: str = "") -> AnswerSheet:
    """A concept note's gender statement, read: one choice and one sentence. The worksheet is for those invited."""
    subject = subject_of(actor, ref)
    if not isinstance(subject, Application):
        raise Refused(_("Only a concept note's statement is read so."))
    if subject.state not in ("submitted", "eligible"):
        raise Refused(_("The statement is read before approval in principle; after it, the worksheet is filled in."))
    said = [Answer(Choice.item, answer, sentence)]
    return fill(actor, _newest(STATEMENT).pin, ref, Stage.SELF, said, phase="", reason=reason)


def rate_result(
    actor: Actor, ref: str, level: str, quote: str, link: str, *,
    owner: Office | None = None, due: date | None = None, reason: str = "",
) -> AnswerSheet:  # fmt: skip
    """An evaluator's level for what an item brought about. A negative one opens a condition to protect people."""
    subject = subject_of(actor, ref)
    if not isinstance(subject, FundedItem) or subject.state not in FUNDED:
        raise Refused(_("Results are rated of what was signed for."))
    if not actor.has(*SECRETARIAT):
        raise Refused(_("Only the secretariat rates results."))
    if subject.manager_id in actor.offices:
        raise Refused(_("This item is yours: somebody else rates its results."))
    with open_door(actor) as door:
        item = door.lock(FundedItem, ref)
        answers = [Answer(Choice.item, level, quote, link)]
        sheet = fill(actor, _newest(RESULT).pin, ref, Stage.SELF, answers, reason=reason)
        if level == "negative":
            answerable = owner or item.manager
            if answerable is None or due is None:
                raise Refused(_("A negative result is acted on: say which office answers for it, and by when."))
            said = _("Safeguarding: a result made things worse. %(quote)s") % {"quote": quote or link}
            set_condition(door, item, said[:500], answerable, due)
        return sheet


def _signed(ref: str, phase: str) -> list[AnswerSheet]:
    """What is signed on it in this phase, by instruments that may gate, the last first."""
    sheets = AnswerSheet.objects.filter(subject=ref, phase=phase, anonymous=False).prefetch_related("answers")
    return [sheet for sheet in sheets.order_by("-answered_on", "-pk") if isinstance(find(sheet.instrument), Classes)]


def _gating(pin: str) -> Classes:
    found = find(pin)
    if not isinstance(found, Classes):
        raise Refused(_("%(pin)s does not screen: it has no criteria to show.") % {"pin": pin})
    return found


def _newest(id_: str) -> Instrument:
    found = latest(id_)
    assert found is not None  # ships
    return found


def _may_sign(actor: Actor, subject: Subject, stage: str, beside: dict[str, AnswerSheet]) -> None:
    if stage == Stage.SELF and Stage.AGREED in beside:
        raise Refused(_("This is agreed. Whoever agreed may change it, or it changes in the next phase."))
    if stage == Stage.AGREED:
        if not actor.has(GENDER_TEAM):
            raise Refused(_("Only the gender team agrees to a screening."))
        if readers(subject, actor.today) == 3 and Stage.REVIEWED not in beside:
            raise Refused(_("A third person reads it before it is agreed."))


def _changes(
    beside: dict[str, AnswerSheet], stage: str, asking: Classes, answers: Sequence[Answer]
) -> dict[str, tuple[str, str]]:
    """What a later stage says otherwise than the proposer: the class, or whether a criterion is met."""
    if stage == Stage.SELF or Stage.SELF not in beside:
        return {}
    return said_otherwise(asking, beside[Stage.SELF].given(), answers)


def _moves(ref: str, asking: Classes, answers: Sequence[Answer]) -> bool:
    """Whether another class is declared than the one agreed last, in a phase before this one."""
    agreed = AnswerSheet.objects.filter(
        subject=ref, stage=Stage.AGREED, anonymous=False, instrument__startswith=f"{asking.id}@"
    )
    last = next(reversed(in_time(agreed)), None)
    declared = asking.find(next((one.value for one in answers if one.item == SCORE), ""))
    return last is not None and declared is not None and last.score != declared.code


def said_otherwise(
    asking: Classes, proposed: Sequence[Answer], answers: Sequence[Answer]
) -> dict[str, tuple[str, str]]:
    """Item → what was proposed and what is said now: the class, and which criteria are claimed as met.

    Quotes and links may be mended without a word; not met and not answered both claim nothing.
    """

    def words(given: Sequence[Answer]) -> dict[str, str]:
        found = {one.item: one.value for one in given if one.value != NOT_MET}
        declared = asking.find(found.get(SCORE, ""))
        return found | ({SCORE: declared.code} if declared else {})

    mine, theirs = words(proposed), words(answers)
    return {
        item: (mine.get(item, ""), theirs.get(item, ""))
        for item in (SCORE, *(c.code for c in asking.criteria))
        if mine.get(item, "") != theirs.get(item, "")
    }


def _units(subject: Subject) -> tuple[str, ...]:
    """What an instrument may call it."""
    if isinstance(subject, Part):
        return ("activity",) if subject.within_id else ("objective",)
    if isinstance(subject, Application):
        return ("grant",)
    kind = str(subject.kind)
    return ("communication",) if kind == "campaign" else (kind, "grant")


def _write_marker(door: Door, subject: Subject) -> None:
    found = marker_of(subject.ref)
    if isinstance(subject, FundedItem):
        door.change(subject, "mark", **found)
    elif isinstance(subject, Part) and subject.marker != found["marker"]:
        door.change(subject, "mark", marker=found["marker"])


def _set(door: Door, subject: Subject, condition: Promise) -> None:
    of = whole(subject)
    if isinstance(of, Application):
        raise Refused(_("A condition belongs to a funded item: agree first, and set it once the item is there."))
    set_condition(door, of, condition.text, condition.owner, condition.due)
