"""Lines of a statement beside what we know: what is booked, what is known already, and where the two differ. Pure.

The ERP's books are what was paid: a line that names an agreement is booked even where it should not have been paid,
and the difference says so. Only what contradicts something booked before, or stands twice, is not booked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from jwp.core.money import Money
from jwp.grants.rules.life import FUNDED
from jwp.grants.rules.statement import COMMITMENT, PAYMENT, Line
from jwp.plans.rules.money import DatedRate, NoRate, convert, rate_on

# A payment typed here is the one of the statement if the rest agrees and their days lie no further apart.
SAME = timedelta(days=31)

NO_AGREEMENT, NO_RATE, OTHER, TWICE = "no such agreement", "no rate", "other amount", "twice in the file"
ABOVE, BEFORE, ENDED = "above the agreement", "before signature", "agreement not running"
ABSENT, COMMITTED, CONDITION = "not in the file", "commitment differs", "condition not met"
KINDS = (NO_AGREEMENT, NO_RATE, OTHER, TWICE, ABOVE, BEFORE, ENDED, ABSENT, COMMITTED, CONDITION)


@dataclass(frozen=True)
class Instalment:
    """A tranche nothing was paid of yet."""

    ref: str
    minor: int
    met_on: date | None
    conditional: bool


@dataclass
class Agreement:
    """An item that has this agreement reference, with what is booked so far in its currency."""

    item: str
    currency: str
    minor: int | None
    state: str
    signed_on: date | None
    committed: int = 0
    paid: int = 0
    open: list[Instalment] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """A movement that is booked here: by a statement, or typed (`reference` may be empty)."""

    row: str
    agreement: str
    reference: str
    kind: str
    on: date
    money: Money
    typed: bool = False

    def same(self, line: Line) -> bool:
        return (self.agreement, self.kind, self.on, self.money) == (line.agreement, line.kind, line.on, line.money)

    def taken_over_by(self, line: Line) -> bool:
        alike = (self.agreement, self.kind, self.money) == (line.agreement, line.kind, line.money)
        return self.typed and not self.reference and alike and abs(self.on - line.on) <= SAME


@dataclass(frozen=True)
class Booking:
    """A line to write down. `item` is empty where nothing of ours has its agreement yet; `typed` is the row it is."""

    line: Line
    item: str = ""
    rate: DatedRate | None = None
    tranche: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Difference:
    kind: str
    agreement: str
    reference: str = ""
    line: int | None = None
    ours: Money | None = None
    theirs: Money | None = None
    on: date | None = None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same difference on two statements is one."""
        # What was typed has no reference: its amount and day tell it from another.
        typed = "" if self.reference or self.theirs else f"{self.ours}, {self.on}"
        return self.kind, self.agreement, self.reference, str(self.theirs or typed)


@dataclass
class Result:
    bookings: list[Booking] = field(default_factory=list)
    known: int = 0
    differences: list[Difference] = field(default_factory=list)


def reconcile(
    lines: Iterable[Line],
    known: Collection[Known],
    agreements: Mapping[str, Agreement],
    rates: Collection[DatedRate],
    span: tuple[date, date],
) -> Result:
    """Note: counts what it books into `agreements`."""
    found, seen, touched = Result(), dict[str, Line](), dict[tuple[str, str], None]()
    by_reference = {each.reference: each for each in known if each.reference}
    typed = [each for each in known if each.typed and not each.reference]
    for line in lines:
        here = by_reference.get(line.reference)
        if line.reference in seen:
            found.differences.append(_of(TWICE, line, ours=seen[line.reference].money))
        elif here and here.same(line):
            found.known += 1
        elif here:
            found.differences.append(_of(OTHER, line, ours=here.money))
        elif mine := next((each for each in typed if each.taken_over_by(line)), None):
            typed.remove(mine)
            found.bookings.append(Booking(line, typed=mine.row))
        else:
            _book(found, line, agreements.get(line.agreement), rates)
            touched[line.agreement, line.kind] = None
        seen.setdefault(line.reference, line)
    _agreements(found, touched, agreements)
    for each in [*by_reference.values(), *typed]:
        if span[0] <= each.on <= span[1] and each.reference not in seen:
            found.differences.append(
                Difference(ABSENT, each.agreement, each.reference, ours=each.money, on=each.on)
            )  # fmt: skip
    return found


def _of(kind: str, line: Line, ours: Money | None = None) -> Difference:
    return Difference(kind, line.agreement, line.reference, line.number, ours, line.money, line.on)


def _book(found: Result, line: Line, agreement: Agreement | None, rates: Collection[DatedRate]) -> None:
    if agreement is None:
        found.bookings.append(Booking(line))
        found.differences.append(_of(NO_AGREEMENT, line))
        return
    rate, money = None, line.money
    if money.currency != agreement.currency:
        try:
            rate = rate_on(rates, money.currency, agreement.currency, line.on)
        except NoRate:
            found.bookings.append(Booking(line))
            found.differences.append(_of(NO_RATE, line))
            return
        money = convert(money, rate).money
    tranche = _tranche(agreement, line, money)
    found.bookings.append(Booking(line, agreement.item, rate, tranche.ref if tranche else ""))
    if tranche and tranche.conditional and (tranche.met_on is None or tranche.met_on > line.on):
        found.differences.append(_of(CONDITION, line))
    if agreement.signed_on is None or line.on < agreement.signed_on:
        found.differences.append(_of(BEFORE, line))
    elif agreement.state not in FUNDED[:2]:
        found.differences.append(_of(ENDED, line))
    if line.kind == PAYMENT:
        agreement.paid += money.minor
    else:
        agreement.committed += money.minor


def _tranche(agreement: Agreement, line: Line, money: Money) -> Instalment | None:
    """The first tranche that is still open, where the payment is exactly that much."""
    first = agreement.open[0] if agreement.open else None
    if line.kind != PAYMENT or first is None or first.minor != money.minor:
        return None
    return agreement.open.pop(0)


def _agreements(found: Result, touched: Iterable[tuple[str, str]], agreements: Mapping[str, Agreement]) -> None:
    """What the sums of an agreement say once every line of the file is booked."""
    for ref, kind in touched:
        agreement = agreements.get(ref)
        if agreement is None or agreement.minor is None:
            continue
        agreed = Money(agreement.minor, agreement.currency)
        if kind == PAYMENT and agreement.paid > agreement.minor:
            theirs = Money(agreement.paid, agreement.currency)
            found.differences.append(Difference(ABOVE, ref, ours=agreed, theirs=theirs))
        if kind == COMMITMENT and agreement.committed != agreement.minor:
            theirs = Money(agreement.committed, agreement.currency)
            found.differences.append(Difference(COMMITTED, ref, ours=agreed, theirs=theirs))
