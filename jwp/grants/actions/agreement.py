"""The agreement of a funded item: signed, amended, paid in tranches, completed and closed.

Every step is one of `rules.life.ITEM`; the facts it needs are gathered here, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.money import Money
from jwp.core.templatetags.jwp import money as shown
from jwp.core.words import refusal
from jwp.core.workflow import obstacles
from jwp.evidence.models import Document
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.items import locked, require_writer
from jwp.grants.actions.links import tell_grantee
from jwp.grants.actions.reports import move_completion, schedule_reports
from jwp.grants.models import Amendment, FundedItem, ProgressReport, Tranche
from jwp.grants.money import held_on, in_fund, ledger
from jwp.grants.rules.life import ITEM
from jwp.grants.rules.money import AMOUNT, CHANGES, EXTENSION, Terms, Unsound, amended, lacking, over
from jwp.plans.actions.money import pinned
from jwp.plans.models import Fund, Rate
from jwp.plans.pots import pots

MONEY = "money in the fund"


def facts_of(item: FundedItem, today: date) -> frozenset[str]:
    """Which needs of its next steps are met. A reason is given on the way."""
    facts: set[str] = set()
    if item.state == "planned":
        if item.agreement_ref.strip():
            facts.add("an agreement reference")
        if item.minor is not None and item.starts and item.ends:
            facts.add("an amount and dates")
        if not fund_lacks(item, today):
            facts.add(MONEY)
        if passage_for(item, "sign", today).open:
            facts.add("the gate")
    elif item.state == "signed":
        if item.reports.filter(kind=ProgressReport.Kind.COMPLETION, state="accepted").exists():
            facts.add("an accepted completion report")
        if passage_for(item, "complete", today).open:
            facts.add("the gate")
    elif item.state == "completed":
        if ledger(item).settled:
            facts.add("settled payments")
        if not item.conditions.filter(done_on=None).exists():
            facts.add("no condition open")
    return frozenset(facts)


def fund_lacks(item: FundedItem, today: date, more: int | None = None) -> str:
    """Why the fund cannot bear this item, or so much `more` of it, in words; "" where it can."""
    needed = item.minor if more is None else more
    if not needed or needed < 0:
        return ""
    if item.fund is None:
        return _("Say from which fund it is paid.")
    try:
        # What is signed already keeps the rate of its signature.
        rate = item.rate if more is not None and item.rate else _rate(item, today)
    except Refused as refused:
        return " ".join(refused.reasons)
    as_pinned = FundedItem(currency=item.currency, rate=rate)
    contributed = pots([item.fund])[item.fund.pk].contributed
    lacks = lacking(contributed, held_on(item.fund, but=None if more is not None else item), in_fund(as_pinned, needed))
    if not lacks:
        return ""
    told = {"fund": item.fund, "lacks": shown(Money(lacks, item.fund.currency))}
    return _("%(fund)s lacks %(lacks)s for this.") % told


def _rate(item: FundedItem, today: date) -> Rate | None:
    return pinned(item.fund, item.currency, today) if item.fund else None


def sign(actor: Actor, ref: str, revision: int | None = None, *, every: int | None = None) -> FundedItem:
    """The Director signs. With `every` so many months, the progress reports are laid out at once."""
    with open_door(actor) as door:
        item = _with_fund(door, locked(door, ref, revision))
        facts = facts_of(item, actor.today)
        if why := obstacles(ITEM, "sign", item.state, actor.roles, facts):
            lacks = fund_lacks(item, actor.today) if item.state == "planned" else ""
            raise Refused(*map(refusal, why), *filter(None, [lacks]))
        rate = _rate(item, actor.today) if item.minor else None
        door.step(item, ITEM, "sign", roles=actor.roles, facts=facts, signed_on=actor.today, rate=rate)
        schedule_reports(door, item, every)
        tell_grantee(door, item)
    return item


def _with_fund(door: Door, item: FundedItem) -> FundedItem:
    """Locks the fund, so that two who sign at once do not spend the same money."""
    if item.fund:
        item.fund = door.lock(Fund, item.fund.ref)
    return item


def complete(actor: Actor, ref: str, revision: int | None = None) -> FundedItem:
    return _step(actor, ref, "complete", revision, completed_on=actor.today)


def close(actor: Actor, ref: str, revision: int | None = None) -> FundedItem:
    return _step(actor, ref, "close", revision, closed_on=actor.today)


def end(actor: Actor, ref: str, verb: str, revision: int | None = None, *, reason: str) -> FundedItem:
    """Withdraw or cancel it. What was paid stays paid, and stays readable."""
    return _step(actor, ref, verb, revision, reason=reason, decided_because=reason)


def _step(
    actor: Actor, ref: str, verb: str, revision: int | None, *, reason: str = "", **fields: Any
) -> FundedItem:  # fmt: skip
    with open_door(actor) as door:
        item = locked(door, ref, revision)
        facts = facts_of(item, actor.today) | ({"a reason"} if reason.strip() else set())
        return door.step(item, ITEM, verb, roles=actor.roles, facts=facts, reason=reason, **fields)


def amend(
    actor: Actor,
    ref: str,
    revision: int | None = None,
    *,
    kind: str,
    value: int | date | str,
    on: date,
    reason: str,
    document: Document | None = None,
) -> Amendment:
    """Change a signed agreement: until when (extension), how much (amount) or what for (scope)."""
    if not actor.has(DIRECTOR):
        raise Refused(_("Only the Director signs amendments."))
    if not reason.strip():
        raise Refused(_("Say why the agreement changes."))
    with open_door(actor) as door:
        item = _with_fund(door, locked(door, ref, revision))
        if item.state not in ("signed", "completed") or item.signed_on is None:
            raise Refused(_("Only an agreement that is signed and not closed is amended."))
        if not item.signed_on <= on <= actor.today:
            raise Refused(_("An amendment is signed after the agreement, and not on a day to come."))
        assert item.minor is not None and item.starts and item.ends  # it could not be signed without
        terms = Terms(item.minor, item.starts, item.ends, item.purpose)
        try:
            after = amended(terms, kind, value, ledger(item).paid)
        except Unsound as unsound:
            raise Refused(_(str(unsound))) from unsound
        name = CHANGES[kind]
        pinned_now: dict[str, Any] = {}
        if kind == AMOUNT:
            _bearable(item, after.minor, actor.today)
            if item.rate is None:  # signed over nothing: only now is there something to convert
                pinned_now["rate"] = _rate(item, actor.today)
        numbers = item.amendments.order_by("-number").values_list("number", flat=True)
        row = Amendment(
            item=item, number=(numbers.first() or 0) + 1, kind=kind, on=on, reason=reason, document=document,
            before={name: _kept(getattr(terms, name))}, after={name: _kept(getattr(after, name))},
        )  # fmt: skip
        door.add(row)
        if kind == EXTENSION:
            move_completion(door, item, after.ends)
        door.change(item, "amend", reason=reason, **{name: getattr(after, name)}, **pinned_now)
        return row


def _kept(value: int | date | str) -> int | str:
    return value.isoformat() if isinstance(value, date) else value


def _bearable(item: FundedItem, minor: int, today: date) -> None:
    """More must be in the fund; less must leave room for the tranches."""
    if lacks := fund_lacks(item, today, minor - (item.minor or 0)):
        raise Refused(lacks)
    if above := over(minor, item.tranches.values_list("minor", flat=True)):
        told = {"above": shown(Money(above, item.currency))}
        raise Refused(_("The tranches are %(above)s above that: change them first.") % told)


class Instalment(TypedDict):
    minor: int
    due: date
    condition: str


def set_tranches(actor: Actor, ref: str, wanted: Sequence[Instalment], revision: int | None = None) -> list[Tranche]:
    """Make the grid say this: the first row is tranche 1. They may be less than the amount, never more."""
    require_writer(actor)
    with open_door(actor) as door:
        item = locked(door, ref, revision)
        if item.state not in ("planned", "signed"):
            raise Refused(_("It is over: its tranches stay."))
        if above := over(item.minor, (each["minor"] for each in wanted)):
            told = {"above": shown(Money(above, item.currency)), "amount": shown(item.minor, item.currency)}
            raise Refused(_("Together they are %(above)s above the amount, %(amount)s.") % told)
        here = list(item.tranches.order_by("number"))
        paid = set(Tranche.objects.filter(item=item, payments__isnull=False).values_list("pk", flat=True))
        for number, row in enumerate(here, start=1):
            fields = wanted[number - 1] if number <= len(wanted) else None
            settled = row.pk in paid or row.met_on is not None
            if settled and (fields is None or fields["minor"] != row.minor or fields["condition"] != row.condition):
                raise Refused(_("Tranche %(number)d was paid or its condition met: it stays.") % {"number": number})
            if fields is None:
                door.take_back(row, reason=_("not in the grid"))
            else:
                check(row, **fields)
                door.change(row, **fields)
        for number, fields in enumerate(wanted[len(here) :], start=len(here) + 1):
            row = Tranche(item=item, number=number, **fields)
            check(row)
            door.add(row)
        return list(item.tranches.order_by("number"))


def put_tranche(actor: Actor, ref: str, number: int, wanted: Instalment) -> Tranche:
    """One line of the grid: put right, or added as the next."""
    with open_door(actor) as door:
        item = locked(door, ref)
        grid = [Instalment(minor=t.minor, due=t.due, condition=t.condition) for t in item.tranches.order_by("number")]
        if not 1 <= number <= len(grid) + 1:
            raise Refused(_("The next tranche is number %(number)d.") % {"number": len(grid) + 1})
        grid[number - 1 : number] = [wanted]
        return set_tranches(actor, ref, grid)[number - 1]


def meet_tranche(actor: Actor, ref: str, revision: int | None = None, *, on: date, how: str) -> Tranche:
    """Its condition is met, with what shows it: it may be paid."""
    require_writer(actor)
    with open_door(actor) as door:
        row = door.lock(Tranche, ref, revision, "item")
        if row.met_on is not None:
            raise Refused(_("That was said already."))
        if not how.strip() or on > actor.today:
            raise Refused(_("Say what shows it, and on which day it was met: not one to come."))
        return door.change(row, "meet", met_on=on, met_how=how)
