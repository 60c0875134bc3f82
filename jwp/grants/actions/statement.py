"""Statements of the host's ERP: checked, applied in one go, their differences settled one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, check, open_door
from jwp.core.models import Partnership
from jwp.core.money import Money
from jwp.evidence.files import Kept, path_of
from jwp.grants.models import FundedItem, Statement, Tranche, Transaction
from jwp.grants.money import ledgers
from jwp.grants.rules.reconcile import Agreement, Booking, Difference, Instalment, Known, Result, reconcile
from jwp.grants.rules.statement import Fault, Line, Read, read
from jwp.plans.access import require_finance
from jwp.plans.actions.money import pinned
from jwp.plans.models import Fund, Rate
from jwp.plans.pots import dated
from jwp.plans.rules.money import DatedRate


@dataclass(frozen=True)
class Checked:
    """What a file says beside what we know. It can be applied where it has no faults."""

    read: Read
    result: Result
    starts: date
    ends: date
    faults: list[Fault]
    same: Statement | None = None  # this very file was applied before


def check_statement(
    kept: Kept, today: date, *, starts: date | None = None, ends: date | None = None, dates: str = ""
) -> Checked:
    """Nothing is written. Without days, its time is from its first line to its last."""
    found = read(path_of(kept.sha256).read_bytes(), dates)
    span = found.span or (today, today)
    starts, ends = starts or span[0], ends or span[1]
    faults = [*found.faults]
    faults += [Fault(line.number, "outside the period", str(line.on)) for line in found.lines
               if not starts <= line.on <= ends]  # fmt: skip
    same = Statement.objects.filter(file__sha256=kept.sha256, starts=starts, ends=ends).first()
    rates = {dated(row): row for row in Rate.objects.filter(on__lte=ends)}
    result = _reconcile(found.lines, rates, starts, ends) if not faults and not same else Result()
    return Checked(found, result, starts, ends, faults, same)


def _reconcile(lines: list[Line], rates: dict[DatedRate, Rate], starts: date, ends: date) -> Result:
    named = {line.agreement for line in lines}
    items = list(FundedItem.objects.filter(agreement_ref__in=named).exclude(agreement_ref=""))
    result = reconcile(lines, _known(lines, named, starts, ends), _agreements(items), list(rates), (starts, ends))
    told = {_key(each) for row in Statement.objects.only("differences") for each in row.differences}
    result.differences = [each for each in result.differences if each.key not in told]
    return result


def _known(lines: list[Line], named: set[str], starts: date, ends: date) -> list[Known]:
    """What is booked in this time, under these references, or typed under these agreements."""
    references = [line.reference for line in lines]
    found: dict[int, Transaction] = {}
    # Databases take only so many words in one question.
    for at in range(0, len(references), 400):
        for row in Transaction.objects.filter(erp_ref__in=references[at : at + 400]):
            found[row.pk] = row
    for row in Transaction.objects.filter(Q(on__range=(starts, ends)) | Q(statement=None, agreement_ref__in=named)):
        found[row.pk] = row
    return [
        Known(row.ref, row.agreement_ref, row.erp_ref, row.kind, row.on, Money(row.minor, row.currency),
              row.statement_id is None)
        for row in found.values()
    ]  # fmt: skip


def _agreements(items: list[FundedItem]) -> dict[str, Agreement]:
    known, tranches = ledgers(items), defaultdict[int, list[Instalment]](list)
    unpaid = Tranche.objects.filter(item__in=items, payments=None).order_by("item", "number")
    for row in unpaid:
        tranches[row.item_id].append(Instalment(row.ref, row.minor, row.met_on, bool(row.condition)))
    return {
        item.agreement_ref: Agreement(
            item.ref, item.currency, item.minor, item.state, item.signed_on,
            known[item.pk].committed, known[item.pk].paid, tranches[item.pk],
        )
        for item in items
    }  # fmt: skip


def apply_statement(
    actor: Actor, kept: Kept, *, starts: date | None = None, ends: date | None = None, dates: str = ""
) -> Statement:
    """Book what is new and keep every difference. The same file again changes nothing."""
    require_finance(actor)
    with open_door(actor) as door:
        _one_at_a_time(door)
        found = check_statement(kept, actor.today, starts=starts, ends=ends, dates=dates)
        if found.same:
            return found.same
        if found.faults:
            n = len(found.faults)
            told = ngettext("%(n)d line cannot be read.", "%(n)d lines cannot be read.", n)
            raise Refused(told % {"n": n}, _("Put it right in the ERP or the file, and send it again."))
        if found.ends > actor.today:
            raise Refused(_("A statement says what happened: %(day)s is a day to come.") % {"day": found.ends})
        statement = door.add(
            Statement(
                file=kept.row(), starts=found.starts, ends=found.ends, read_on=actor.today, by_id=actor.person_id,
                lines=len(found.read.lines), differences=[_kept(each) for each in found.result.differences],
            ),
            verb="read",
        )  # fmt: skip
        _book(door, statement, found.result.bookings)
        return statement


def _one_at_a_time(door: Door) -> None:
    """Two who apply at once would book the same lines: the second waits for the first."""
    if partnership := Partnership.get():
        door.lock(Partnership, partnership.ref)


def _book(door: Door, statement: Statement, bookings: Iterable[Booking]) -> None:
    bookings = list(bookings)
    items = {row.ref: row for row in _by_ref(FundedItem, [each.item for each in bookings])}
    tranches = {row.ref: row for row in _by_ref(Tranche, [each.tranche for each in bookings])}
    rates = {dated(row): row for row in Rate.objects.filter(on__lte=statement.ends)}
    rows = []
    for each in bookings:
        line = each.line
        if each.typed:
            typed = door.lock(Transaction, each.typed)
            door.change(typed, "confirm", erp_ref=line.reference, on=line.on, statement=statement)
            continue
        rows.append(
            Transaction(
                item=items.get(each.item), tranche=tranches.get(each.tranche), kind=line.kind,
                agreement_ref=line.agreement, erp_ref=line.reference, on=line.on, minor=line.money.minor,
                currency=line.money.currency, rate=rates[each.rate] if each.rate else None, statement=statement,
            )
        )  # fmt: skip
    door.add_all(rows)


def _by_ref(model: type[Any], refs: list[str]) -> list[Any]:
    wanted = sorted({ref for ref in refs if ref})
    return [row for at in range(0, len(wanted), 400) for row in model.objects.filter(ref__in=wanted[at : at + 400])]


def _kept(difference: Difference) -> dict[str, Any]:
    """A difference as the statement keeps it; `settled` is empty until somebody says how it was."""
    ours, theirs = difference.ours, difference.theirs
    return {
        "kind": difference.kind, "agreement": difference.agreement, "reference": difference.reference,
        "line": difference.line, "on": difference.on.isoformat() if difference.on else "",
        "ours": [ours.minor, ours.currency] if ours else None,
        "theirs": [theirs.minor, theirs.currency] if theirs else None, "settled": "",
    }  # fmt: skip


def _key(kept: dict[str, Any]) -> tuple[str, str, str, str]:
    ours, theirs = (Money(*kept[name]) if kept[name] else None for name in ("ours", "theirs"))
    on = date.fromisoformat(kept["on"]) if kept["on"] else None
    return Difference(kept["kind"], kept["agreement"], kept["reference"], None, ours, theirs, on).key


def unsettled(statement: Statement) -> int:
    return sum(not each["settled"] for each in statement.differences)


def settle(actor: Actor, ref: str, number: int, note: str, revision: int | None = None) -> Statement:
    """Say how a difference was settled. Which one: its place in the list, from 0."""
    require_finance(actor)
    if not note.strip():
        raise Refused(_("Say how it was settled."))
    with open_door(actor) as door:
        statement = door.lock(Statement, ref, revision)
        if not 0 <= number < len(statement.differences) or statement.differences[number]["settled"]:
            raise Refused(_("That difference is settled already, or is none of this statement."))
        return _settle(door, statement, {number}, note)


def _settle(door: Door, statement: Statement, numbers: set[int], note: str) -> Statement:
    said = {"settled": note, "settled_on": door.actor.today.isoformat(), "settled_by": door.actor.ref}
    differences = [
        each | said if number in numbers else each for number, each in enumerate(statement.differences)
    ]  # fmt: skip
    return door.change(statement, "settle", reason=note, differences=differences)


def match(actor: Actor, ref: str, item_ref: str = "", revision: int | None = None) -> Transaction:
    """Say which item a movement belongs to that found none: the one with its agreement reference, or this one."""
    require_finance(actor)
    with open_door(actor) as door:
        row = door.lock(Transaction, ref, revision, "statement")
        if row.item_id is not None:
            raise Refused(_("It is matched already."))
        item = _item(row.agreement_ref, item_ref)
        door.change(row, "match", item=item, rate=_pinned(item, row.currency, row.on))
        if row.statement:
            numbers = {
                number for number, each in enumerate(row.statement.differences)
                if each["reference"] == row.erp_ref and each["kind"] in ("no such agreement", "no rate")
                and not each["settled"]
            }  # fmt: skip
            if numbers:
                _settle(door, row.statement, numbers, _("matched with %(item)s") % {"item": item.ref})
        return row


def _item(agreement: str, ref: str) -> FundedItem:
    found = FundedItem.objects.filter(Q(ref=ref) | Q(agreement_ref=ref) if ref else Q(agreement_ref=agreement))
    item: FundedItem | None = found.first()
    if item is None:
        raise Refused(_("No item has the reference %(ref)s.") % {"ref": ref or agreement})
    return item


def _pinned(item: FundedItem, currency: str, day: date) -> Rate | None:
    """The rate a movement keeps; none in the agreement's own currency."""
    return pinned(Fund(currency=item.currency), currency, day)


def type_transaction(actor: Actor, item_ref: str, **fields: Any) -> Transaction:
    """A movement the ERP has not stated yet, and why it is typed. A statement that has it takes it over."""
    require_finance(actor)
    with open_door(actor) as door:
        item = door.lock(FundedItem, item_ref)
        if item.signed_on is None or fields["on"] < item.signed_on:
            raise Refused(_("Nothing is paid before the agreement is signed."))
        if fields["on"] > actor.today:
            raise Refused(_("That day has yet to come: %(day)s.") % {"day": fields["on"]})
        if Transaction.objects.filter(item=item, statement=None, **fields).exists():
            raise Refused(_("This was typed already."))
        row = Transaction(item=item, agreement_ref=item.agreement_ref, **fields)
        row.rate = _pinned(item, row.currency, row.on)
        check(row)
        return door.add(row, verb="type")
