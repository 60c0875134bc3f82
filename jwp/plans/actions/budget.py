"""The budget of a work plan: which cells change, what a fund can bear, and which decision lets it bear more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.money import Money
from jwp.core.templatetags.jwp import day
from jwp.core.templatetags.jwp import money as shown
from jwp.evidence.actions import approve
from jwp.evidence.models import Approval
from jwp.partners.models import Body
from jwp.plans.access import require_finance
from jwp.plans.actions.round import joined
from jwp.plans.models import BudgetLine, BusinessLine, Fund, Plan
from jwp.plans.pots import pots
from jwp.plans.rules.money import exceeds

Key = tuple[str, str]  # refs of a business line and a fund


@dataclass(frozen=True)
class Decided:
    """A body's decision that lets a budget be above its financing, taken outside the meetings kept here."""

    body: Body
    on: date
    reference: str = ""


def set_budget(
    actor: Actor,
    ref: str,
    wanted: Mapping[Key, int],
    *,
    was: Mapping[Key, int | None] | None = None,
    approval: Approval | None = None,
    decided: Decided | None = None,
    reason: str = "",
) -> list[BudgetLine]:
    """Write the cells of a work plan's budget that differ. More than a fund's financing takes a body's decision.

    `was` is what the writer saw: a cell that somebody else changed since is refused.
    """
    require_finance(actor)
    with open_door(actor) as door:
        plan = door.lock(Plan, ref, None, "period")
        here = {(row.business_line.ref, row.fund.ref): row for row in _lines(plan)}
        moved = {key: minor for key, minor in wanted.items() if minor != (here[key].minor if key in here else None)}
        if not moved:
            return []
        _may_budget(plan, reason)
        _still(here, moved, was or {})
        # Locked in one order, whoever writes: another plan's budget from the same fund waits here.
        funds = {fund: door.lock(Fund, fund) for fund in sorted({fund for _line, fund in moved})}
        lines = {row.ref: row for row in BusinessLine.objects.filter(ref__in={line for line, _fund in moved})}
        for line, fund in moved:
            _belongs(plan, lines.get(line), funds[fund], line)
        lacking = _lacks(funds.values(), here, moved)
        if lacking:
            approval = _allowance(door, plan, lacking, approval, decided)
        return [
            _write(door, plan, lines[line], funds[fund], minor, here.get((line, fund)), reason,
                   approval if fund in lacking else None)
            for (line, fund), minor in moved.items()
        ]  # fmt: skip


def _lines(plan: Plan) -> Sequence[BudgetLine]:
    return list(BudgetLine.objects.filter(plan=plan).select_related("business_line", "fund", "allowed_by"))


def _may_budget(plan: Plan, reason: str) -> None:
    if plan.kind != Plan.Kind.WORK:
        raise Refused(_("Only a work plan has a budget."))
    if plan.state == "ended":
        raise Refused(_("The plan has ended: its budget stays as it was."))
    if plan.state == "adopted" and not reason.strip():
        raise Refused(_("The plan is adopted: say why its budget changes."))


def _still(here: Mapping[Key, BudgetLine], moved: Mapping[Key, int], was: Mapping[Key, int | None]) -> None:
    """Refuse to write over what the writer has not seen."""
    clashes = [key for key in moved if key in was and was[key] != (here[key].minor if key in here else None)]
    if clashes:
        names = "; ".join(str(here[key]) if key in here else " × ".join(key) for key in clashes)
        raise Refused(_("Somebody else changed this while you were working on it: %(cells)s.") % {"cells": names})


def _belongs(plan: Plan, line: BusinessLine | None, fund: Fund, ref: str) -> None:
    if line is None:
        raise Refused(_("%(ref)s does not exist.") % {"ref": ref})
    if plan.period_id and line.period_id != plan.period_id:
        raise Refused(_("%(line)s is not a business line of this plan's strategy period.") % {"line": line})
    if fund.starts > plan.ends or (fund.ends and fund.ends < plan.starts):
        raise Refused(_("%(fund)s does not run in the plan's years.") % {"fund": fund})


def _lacks(funds: Iterable[Fund], here: Mapping[Key, BudgetLine], moved: Mapping[Key, int]) -> dict[str, str]:
    """Of each fund that would be overdrawn: a sentence with how much it lacks."""
    found = {}
    asked = list(funds)
    standing = pots(asked)
    for fund in asked:
        pot = standing[fund.pk]
        more = sum(m - (here[k].minor if k in here else 0) for k, m in moved.items() if k[1] == fund.ref)
        if over := exceeds(pot, pot.budgeted + more):
            found[fund.ref] = _(
                "%(fund)s lacks %(over)s: %(contributed)s was contributed, and %(budgeted)s would be budgeted."
            ) % {
                "fund": fund,
                "over": shown(Money(over, fund.currency)),
                "contributed": shown(Money(pot.contributed, fund.currency)),
                "budgeted": shown(Money(pot.budgeted + more, fund.currency)),
            }
    return found


def _allowance(
    door: Door, plan: Plan, lacking: Mapping[str, str], approval: Approval | None, decided: Decided | None
) -> Approval:
    if approval is not None:
        if not plan.is_changed_by(approval):
            raise Refused(_("That decision is not about a change of this plan."))
        return approval
    if decided is not None:
        if decided.on > door.actor.today:
            raise Refused(_("An approval cannot lie in the future: %(day)s.") % {"day": day(decided.on)})
        return approve(door, decided.body, plan.ref, decided.on, decided.reference)
    raise Refused(*lacking.values(), _("Lower it, or name the decision that allows it."))


def cell_ref(plan: Plan, line: BusinessLine, fund: Fund) -> str:
    """The same wherever the plan is kept; empty, so that one is made, where another row happens to have it."""
    ref = joined(plan.ref, line.ref, fund.ref)
    return "" if BudgetLine.objects.filter(ref=ref).exists() else ref


def _write(
    door: Door, plan: Plan, line: BusinessLine, fund: Fund, minor: int, row: BudgetLine | None, reason: str,
    approval: Approval | None,
) -> BudgetLine:  # fmt: skip
    """One cell. Only what was raised stands on the decision."""
    if row is None:
        row = BudgetLine(plan=plan, business_line=line, fund=fund, minor=minor, allowed_by=approval)
        row.ref = cell_ref(plan, line, fund)
        check(row)
        return door.add(row, reason=reason)
    allowed: dict[str, Any] = {"allowed_by": approval} if approval and minor > row.minor else {}
    check(row, minor=minor)
    return door.change(row, reason=reason, minor=minor, **allowed)
