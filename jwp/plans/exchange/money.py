"""The workbook's sheets of funds, rates, contributions and budgets. Amounts are written as amounts, not minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.evidence.models import Approval
from jwp.plans.access import FINANCE
from jwp.plans.actions import money
from jwp.plans.actions.budget import Key, set_budget
from jwp.plans.actions.round import joined
from jwp.plans.forms import minor_units
from jwp.plans.models import BudgetLine, Contribution, Fund, Plan, Rate

STAYS = gettext_lazy("It stays where it is: write another row.")
AMOUNT = Column(
    "amount", gettext_lazy("amount"), Kind.NUMBER, required=True, virtual=True,
    show=lambda row: row.money.amount.normalize(), hint=gettext_lazy("In whole units, such as 12500.50."),
)  # fmt: skip
REASON = Column(
    "reason", gettext_lazy("reason for the change"), virtual=True, hint=gettext_lazy("When you change a row."),
)  # fmt: skip


def _funds(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.before and "currency" in candidate.changed and money.is_used(candidate.before):
            candidate.refuse("currency", money.currency_stays())


def _change_fund(actor: Actor, row: Fund, changes: dict[str, Any], extra: Extra) -> Fund:
    return money.change_fund(actor, row.ref, row.revision, **changes)


def _rates(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.row.on > actor.today:
            candidate.refuse("on", _("A rate of a day to come is not known."))
        if candidate.before and candidate.changed - {"source"} and money.is_used(candidate.before):
            candidate.refuse("rate", money.rate_stays())


def _amount(candidate: Candidate, currency: str) -> int | None:
    """In minor units, of what the row says or said; None where it cannot be."""
    said: Decimal | None = candidate.extra.get("amount")
    if said is None:
        return candidate.before.minor if candidate.before else None
    try:
        if said < 0:
            raise ValidationError(_("Less than nothing cannot be written here."))
        return minor_units(said, currency)
    except ValidationError as error:
        candidate.refuse("amount", " ".join(error.messages))
        return None


def _contributions(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        minor = _amount(candidate, row.currency)
        if minor == 0:
            candidate.refuse("amount", _("The amount is more than zero."))
        if row.agreed_on > actor.today:
            candidate.refuse("agreed_on", _("The day of the agreement lies ahead."))
        if candidate.before and candidate.before.withdrawn_on:
            candidate.refuse("withdrawn_on", _("It was withdrawn: add another contribution instead."))
        if candidate.before and not candidate.extra.get("reason"):
            candidate.refuse("reason", _("Say why it changes."))


def _add_contribution(actor: Actor, row: Contribution, extra: Extra) -> Contribution:
    names = ("ref", "fund", "organisation", "agreed_on", "currency", "reference", "starts", "ends", "rate")
    fields = {name: getattr(row, name) for name in names}
    return money.add_contribution(actor, minor=minor_units(extra["amount"], row.currency), **fields)


def _change_contribution(actor: Actor, row: Contribution, changes: dict[str, Any], extra: Extra) -> Contribution:
    currency = changes.get("currency", row.currency)
    # Another currency with the same amount is another number of minor units where it has other decimals.
    if "amount" in extra or "currency" in changes:
        changes = changes | {"minor": minor_units(extra.get("amount", row.money.amount), currency)}
    return money.change_contribution(actor, row.ref, row.revision, reason=extra.get("reason", ""), **changes)


@dataclass
class _Written:
    """One row of the sheet, before anything is written: what it names may not have a reference yet."""

    row: BudgetLine
    minor: int
    approval: Approval | None
    reason: str


def _budget(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """What the rows of one plan say is written together, like its grid: an amount may move from line to line."""
    together: list[_Written] = []
    for candidate in candidates:
        row = candidate.row
        said = "amount" in candidate.extra
        minor = _amount(candidate, row.fund.currency)
        if row.plan.kind != Plan.Kind.WORK:
            candidate.refuse("plan", _("Only a work plan has a budget."))
        elif row.plan.state == "ended":
            candidate.refuse("plan", _("The plan has ended: its budget stays as it was."))
        elif row.plan.state == "adopted" and not candidate.extra.get("reason"):
            candidate.refuse("reason", _("The plan is adopted: say why its budget changes."))
        elif "allowed_by" in candidate.changed and not said:
            candidate.refuse("allowed_by", _("Name the decision with the amount that it allows."))
        elif (
            candidate.before is None
            and row.ref
            and row.ref != joined(row.plan.ref, row.business_line.ref, row.fund.ref)
        ):
            candidate.refuse("ref", _("Leave it empty: an amount gets its reference here."))
        elif minor is not None:
            together.append(_Written(row, minor, row.allowed_by, candidate.extra.get("reason", "")))
        for each in (row, candidate.before):
            if each is not None:
                each.together = together


def _set(actor: Actor, row: Any) -> BudgetLine:
    """The first row of a plan writes them all, those without a decision first; the others are there then."""
    groups: dict[Approval | None, list[_Written]] = {None: []}
    for each in row.together:
        if each.row.plan == row.plan:
            groups.setdefault(each.approval, []).append(each)
    for approval, rows in groups.items():
        wanted: dict[Key, int] = {(e.row.business_line.ref, e.row.fund.ref): e.minor for e in rows}
        reason = "; ".join(dict.fromkeys(e.reason for e in rows if e.reason))
        set_budget(actor, row.plan.ref, wanted, approval=approval, reason=reason)
    return BudgetLine.objects.get(plan=row.plan, business_line=row.business_line, fund=row.fund)


def _add_line(actor: Actor, row: BudgetLine, extra: Extra) -> BudgetLine:
    return _set(actor, row)


def _change_line(actor: Actor, row: BudgetLine, changes: dict[str, Any], extra: Extra) -> BudgetLine:
    return _set(actor, row)


FUNDS = Sheet(
    gettext_lazy("funds"), Fund,
    columns(Fund, "name", "kind", "currency", "donor", "earmarked_for", "starts", "ends"),
    FINANCE, key=("name",), check=_funds, change=_change_fund, related=("donor",),
)  # fmt: skip
RATES = Sheet(
    gettext_lazy("rates"), Rate, columns(Rate, "currency", "to", "on", "rate", "source"),
    FINANCE, key=("currency", "to", "on"), check=_rates,
)  # fmt: skip
CONTRIBUTIONS = Sheet(
    gettext_lazy("contributions"), Contribution,
    columns(
        Contribution, "fund", "organisation", "agreed_on", AMOUNT, "currency", "reference", "starts", "ends",
        column(Contribution, "rate", lasting=gettext_lazy("It keeps the rate of the day it was agreed.")),
        column(Contribution, "withdrawn_on", fixed=gettext_lazy("For reading: withdrawn on its page.")),
        REASON,
    ),
    FINANCE, key=("fund", "organisation", "agreed_on", "reference"), check=_contributions,
    add=_add_contribution, change=_change_contribution, related=("fund", "organisation", "rate"),
)  # fmt: skip
BUDGET = Sheet(
    gettext_lazy("budget"), BudgetLine,
    columns(
        BudgetLine, column(BudgetLine, "plan", lasting=STAYS), column(BudgetLine, "business_line", lasting=STAYS),
        column(BudgetLine, "fund", lasting=STAYS, hint=gettext_lazy("The amount is in the fund's currency.")),
        AMOUNT, "allowed_by", REASON,
    ),
    FINANCE, key=("plan", "business_line", "fund"), by_key=True, check=_budget, add=_add_line, change=_change_line,
    related=("plan", "business_line", "fund", "allowed_by__body"),
)  # fmt: skip

SHEETS = (FUNDS, RATES, CONTRIBUTIONS, BUDGET)
