"""What the gate says of an application or an item, from its signed sheets and the policy of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from jwp.grants.models import Application, FundedItem, GatePolicy, Override
from jwp.grants.rules.gate import DEFAULT, NEVER, Passage, Policy, Screening, passage, policy_for
from jwp.instruments.models import AnswerSheet

MET = "met"


def policies() -> tuple[Policy, ...]:
    """Those set here; where none is, the default."""
    rows = GatePolicy.objects.select_related("business_line")
    return tuple(row.policy() for row in rows) or DEFAULT


def passage_for(subject: Application | FundedItem, stage: str, today: date) -> Passage:
    """Whether this step may be taken, and what is missing."""
    call = subject.call if isinstance(subject, Application) else None
    line = (call or subject).business_line.ref  # type: ignore[union-attr]
    kind = subject.kind if isinstance(subject, FundedItem) else FundedItem.Kind.COMPETITIVE
    policy = policy_for(policies(), stage, line, str(kind), today)
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
    signed = (
        AnswerSheet.objects.filter(subject__in=units, anonymous=False, instrument__startswith=f"{instrument}@")
        .prefetch_related("answers")
        .order_by("answered_on", "pk")
    )
    by_unit: dict[str, list[AnswerSheet]] = defaultdict(list)
    for sheet in signed:
        by_unit[sheet.subject].append(sheet)
    return [_screening(instrument, by_unit[unit]) for unit in units]


def _screening(instrument: str, sheets: list[AnswerSheet]) -> Screening:
    agreed = next((sheet for sheet in reversed(sheets) if sheet.stage == AnswerSheet.Stage.AGREED), None)
    if agreed is None:
        return Screening(instrument)
    beside = [sheet for sheet in sheets if (sheet.instrument, sheet.phase) == (agreed.instrument, agreed.phase)]
    met = frozenset(a.item for a in agreed.answers.all() if a.value == MET and a.quote.strip() and a.link.strip())
    return Screening(instrument, met, agreed=True, readers=len({sheet.by_id for sheet in beside}))


def _of(subject: Application | FundedItem) -> dict[str, Application | FundedItem]:
    return {"item" if isinstance(subject, FundedItem) else "application": subject}
