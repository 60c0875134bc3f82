"""What the gate says of an application or an item, from its signed sheets and the policy of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.grants.models import Application, Condition, FundedItem, GatePolicy, Override
from jwp.grants.rules.gate import DEFAULT, NEVER, Passage, Policy, Screening, passage, policy_for
from jwp.grants.rules.marking import order
from jwp.instruments.editions import instruments
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Instrument
from jwp.instruments.rules.gate import may_decide
from jwp.partners.models import Office
from jwp.plans.models import BusinessLine

MET = "met"
POLICY_WRITERS = (DIRECTOR, GENDER_TEAM)


def policies() -> tuple[Policy, ...]:
    """Those set here, the newest first, before the default: to set one for one line never opens another's gate."""
    rows = GatePolicy.objects.select_related("business_line").order_by("-starts", "-pk")
    return tuple(row.policy() for row in rows) + DEFAULT


def gating_instruments() -> list[Instrument]:
    """The newest version of each instrument that a gate may ask for."""
    return list({one.id: one for one in instruments() if may_decide(one)}.values())


def set_policy(
    actor: Actor,
    *,
    stage: str,
    instrument: str,
    starts: date,
    reason: str,
    business_line: BusinessLine | None = None,
    kind: str = "",
    unit: str = "item",
    readers: int = 2,
    ends: date | None = None,
) -> GatePolicy:
    """What the gate asks from a day on. What was in force before that day stays as it was."""
    if not actor.has(*POLICY_WRITERS):
        raise Refused(_("Only the Director or the gender team sets what the gate asks."))
    if instrument in NEVER:
        raise Refused(_("This instrument may never decide on money."))
    if instrument not in {one.id for one in gating_instruments()}:
        raise Refused(_("There is no instrument %(name)s that a gate may ask for.") % {"name": instrument})
    if not reason.strip():
        raise Refused(_("Say why the gate asks this."))
    if starts < actor.today:
        raise Refused(_("A policy holds from today or a later day: the past stays as it was."))
    row = GatePolicy(
        business_line=business_line, kind=kind, stage=stage, instrument=instrument, unit=unit, readers=readers,
        starts=starts, ends=ends, reason=reason,
    )  # fmt: skip
    check(row)
    with open_door(actor) as door:
        return door.add(row, verb="set the gate", reason=reason)


def set_condition(door: Door, item: FundedItem, text: str, owner: Office, due: date) -> Condition:
    """What must still be done, by whom and by when, for a gate passed on that condition."""
    if due < door.actor.today:
        raise Refused(_("A condition is met on a day to come."))
    row = Condition(item=item, text=text, owner=owner, due=due, set_on=door.actor.today)
    check(row)
    return door.add(row, verb="set a condition")


def asked_of(subject: Application | FundedItem, stage: str, today: date) -> Policy | None:
    """What the gate asks at this stage, by the line and kind of what stands before it."""
    line = (subject.call if isinstance(subject, Application) else subject).business_line.ref
    kind = subject.kind if isinstance(subject, FundedItem) else FundedItem.Kind.COMPETITIVE
    return policy_for(policies(), stage, line, str(kind), today)


def passage_for(subject: Application | FundedItem, stage: str, today: date) -> Passage:
    """Whether this step may be taken, and what is missing."""
    policy = asked_of(subject, stage, today)
    if policy is None:
        return passage(None, ())
    units = units_of(subject, policy)
    overridden = Override.objects.filter(stage=stage, **_of(subject)).exists()
    return passage(policy, screenings(units, policy.instrument), overridden=overridden)


def units_of(subject: Application | FundedItem, policy: Policy) -> list[str]:
    """The refs of what is coded: the whole, or each of its objectives or activities."""
    row = GatePolicy.objects.filter(ref=policy.ref).first() if policy.ref else None
    if row is None or row.unit == GatePolicy.Unit.ITEM or isinstance(subject, Application):
        return [subject.ref]
    objectives = row.unit == GatePolicy.Unit.OBJECTIVE
    return list(subject.parts.filter(within__isnull=objectives).values_list("ref", flat=True))


def screenings(units: Iterable[str], instrument: str) -> list[Screening]:
    """For each unit what its latest agreed sheet of this instrument, of whatever version, has met and proven."""
    if instrument in NEVER:
        raise ValueError(f"{instrument} may never decide on money")
    units = list(units)
    signed = AnswerSheet.objects.filter(
        subject__in=units, anonymous=False, instrument__startswith=f"{instrument}@"
    ).prefetch_related("answers")
    by_unit: dict[str, list[AnswerSheet]] = defaultdict(list)
    for sheet in signed:
        by_unit[sheet.subject].append(sheet)
    return [_screening(instrument, by_unit[unit]) for unit in units]


def in_time(sheets: Iterable[AnswerSheet]) -> list[AnswerSheet]:
    """Sheets on one thing by their phase, then by the day they were signed."""
    return sorted(sheets, key=lambda sheet: (order(sheet.phase), sheet.answered_on or date.min, sheet.pk))


def _screening(instrument: str, sheets: Sequence[AnswerSheet]) -> Screening:
    agreed = next((sheet for sheet in reversed(in_time(sheets)) if sheet.stage == AnswerSheet.Stage.AGREED), None)
    if agreed is None:
        return Screening(instrument)
    beside = [sheet for sheet in sheets if (sheet.instrument, sheet.phase) == (agreed.instrument, agreed.phase)]
    met = frozenset(a.item for a in agreed.answers.all() if a.value == MET and a.quote.strip() and a.link.strip())
    return Screening(instrument, met, agreed=True, readers=len({sheet.by_id for sheet in beside}))


def _of(subject: Application | FundedItem) -> dict[str, Application | FundedItem]:
    return {"item" if isinstance(subject, FundedItem) else "application": subject}
