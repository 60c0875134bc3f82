"""What the gate asks on one day, by stage, business line and kind of item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from jwp.grants.actions.gate import policies
from jwp.grants.models import FundedItem, GatePolicy
from jwp.grants.rules.gate import Policy, policy_for
from jwp.instruments.editions import latest
from jwp.instruments.words import local
from jwp.plans.models import BusinessLine


@dataclass(frozen=True)
class Row:
    """One line of the table: these kinds of item, at this stage, are asked this."""

    stage: str
    line: str
    kinds: str
    asked: str  # "" where no gate stands there
    readers: int
    since: date | None
    ours: bool  # set here, not the default


def lines_of_periods() -> list[tuple[str, str]]:
    """Every business line with its period: the next may call its own by the same name."""
    rows = BusinessLine.objects.select_related("period").order_by("-period__starts", "order", "pk")
    return [(row.ref, f"{row} ({row.period})") for row in rows]


def in_force(day: date) -> list[Row]:
    """For every stage and line; kinds that are asked the same stand in one row."""
    held = policies()
    lines = [("", _("every business line")), *lines_of_periods()]
    found = []
    for stage in GatePolicy.Stage:
        for ref, name in lines:
            if ref and not any(policy.line == ref and policy.stage == stage for policy in held):
                continue  # asked what every line is
            alike: dict[Policy | None, list[str]] = {}
            for kind in FundedItem.Kind:
                policy = policy_for(held, stage, ref or None, kind, day)
                same = replace(policy, kind="") if policy else None
                alike.setdefault(same, []).append(str(kind.label))
            found += [_row(stage, name, kinds, policy) for policy, kinds in alike.items()]
    return found


def _row(stage: GatePolicy.Stage, line: str, kinds: list[str], policy: Policy | None) -> Row:
    all_kinds = len(kinds) == len(FundedItem.Kind)
    said = _("every kind") if all_kinds else ", ".join(kinds)
    if policy is None:
        return Row(str(stage.label), line, said, "", 0, None, False)
    instrument = latest(policy.instrument)
    asked = local(instrument.name) if instrument else policy.instrument
    return Row(
        str(stage.label), line, said, asked, policy.readers, policy.starts if policy.ref else None, bool(policy.ref)
    )
