"""Money never appears or vanishes, and no way through the steps reaches a signature past the gate."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jwp.core.access import Actor
from jwp.core.door import Refused
from jwp.core.money import Money
from jwp.governance.actions.override import override
from jwp.grants.actions import agreement, items
from jwp.grants.actions.agreement import set_tranches
from jwp.grants.actions.screening import screen
from jwp.grants.models import FundedItem, Override
from jwp.grants.rules.life import FUNDED, ITEM
from jwp.grants.rules.money import Ledger, Terms, Unsound, amended, held, lacking, over
from jwp.grants.rules.reconcile import ABSENT, Agreement, Known, reconcile
from jwp.grants.rules.statement import COMMITMENT, PAYMENT, Line
from jwp.instruments.models import AnswerSheet
from jwp.plans.rules.money import DatedRate, convert
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import give
from tests.grants.scene import item
from tests.grants.screened import answers

DAY = date(2026, 3, 1)
SPAN = (DAY, DAY + timedelta(days=60))
RATES = [DatedRate("EUR", "USD", DAY, Decimal("1.0853"), "UN")]
AMOUNTS = st.integers(-(10**9), 10**9).filter(bool)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "nobody"]),
        st.integers(0, 30),
        st.sampled_from([PAYMENT, COMMITMENT]),
        st.integers(0, 60),
        AMOUNTS,
        st.sampled_from(["USD", "EUR", "XOF"]),
    ),
    max_size=25,
)


def lines_of(drawn: list[Any]) -> list[Line]:
    return [
        Line(n, agreement, f"V{reference}", kind, DAY + timedelta(days=days), Money(minor, currency))
        for n, (agreement, reference, kind, days, minor, currency) in enumerate(drawn, start=2)
    ]


def agreements() -> dict[str, Agreement]:
    return {ref: Agreement(ref, "USD", 10**8, "signed", DAY) for ref in ("A", "B")}


@given(LINES)
def test_every_line_of_a_statement_is_booked_known_or_told(drawn: Any) -> None:
    lines = lines_of(drawn)
    found = reconcile(lines, [], agreements(), RATES, SPAN)
    booked = {each.line.number for each in found.bookings}
    told = {each.line for each in found.differences}
    assert all(line.number in booked or line.number in told for line in lines)
    assert len(booked) == len(found.bookings) == len({line.reference for line in lines})


@given(LINES)
def test_what_is_booked_is_what_the_file_says_to_the_cent(drawn: Any) -> None:
    lines, ours = lines_of(drawn), agreements()
    found = reconcile(lines, [], ours, RATES, SPAN)
    for ref, agreement_ in ours.items():
        here = [each for each in found.bookings if each.item == ref]
        worth = [convert(b.line.money, b.rate).money if b.rate else b.line.money for b in here]
        assert {money.currency for money in worth} <= {"USD"}
        paid = sum(money.minor for b, money in zip(here, worth, strict=True) if b.line.kind == PAYMENT)
        committed = sum(money.minor for b, money in zip(here, worth, strict=True) if b.line.kind == COMMITMENT)
        assert (agreement_.paid, agreement_.committed) == (paid, committed)


@given(LINES, st.integers(0, 25))
def test_one_file_or_two_book_the_same(drawn: Any, cut: Any) -> None:
    """Periods: what was read before is known, whatever file brings it again."""
    lines = lines_of(drawn)
    whole = reconcile(lines, [], agreements(), RATES, SPAN).bookings
    first = reconcile(lines[:cut], [], agreements(), RATES, SPAN).bookings
    known = [
        Known(str(n), b.line.agreement, b.line.reference, b.line.kind, b.line.on, b.line.money)
        for n, b in enumerate(first)
    ]
    then = reconcile(lines, known, agreements(), RATES, SPAN)
    assert [b.line for b in [*first, *then.bookings]] == [b.line for b in whole]
    assert ABSENT not in {each.kind for each in then.differences}


TERMS = Terms(10_000, DAY, DAY + timedelta(days=365))
CHANGES = st.one_of(
    st.tuples(st.just("amount"), st.integers(-1, 30_000)),
    st.tuples(st.just("no-cost extension"), st.dates(DAY, DAY + timedelta(days=900))),
    st.tuples(st.just("scope"), st.sampled_from(["", "Lights", "Lights and markets"])),
)


@given(st.lists(CHANGES, max_size=12), st.integers(0, 12_000))
def test_amendments_change_one_thing_each_and_never_take_back_what_was_paid(changes: Any, paid: Any) -> None:
    terms, agreed = TERMS, TERMS.minor
    for kind, value in changes:
        try:
            after = amended(terms, kind, value, paid)
        except Unsound:
            continue
        names = [
            name for name in ("minor", "starts", "ends", "purpose") if getattr(after, name) != getattr(terms, name)
        ]
        assert len(names) == 1
        agreed += after.minor - terms.minor
        terms = after
        assert terms.ends >= TERMS.ends
        if kind == "amount":
            assert terms.minor >= paid
    # What was agreed is the first amount and every step since: nothing appears, nothing vanishes.
    assert terms.minor == agreed
    ledger = Ledger("USD", terms.minor, paid=paid)
    assert ledger.left is not None
    assert ledger.left + ledger.paid == terms.minor


@given(st.integers(0, 10**9), st.lists(st.tuples(st.sampled_from([*ITEM.states]), st.integers(0, 10**6))))
def test_a_fund_never_holds_more_than_was_contributed(contributed: Any, wanted: Any) -> None:
    """Whatever is signed one after the other, in any state afterwards."""
    taken = 0
    for state, minor in wanted:
        if not lacking(contributed, taken, minor):
            taken += held(state, minor, min(minor, 10))
    assert taken <= contributed


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6)))
def test_tranches_fit_or_are_refused_by_what_is_above(amount: Any, tranches: Any) -> None:
    above = over(amount, tranches)
    assert sum(tranches) - above <= amount
    assert (above == 0) == (sum(tranches) <= amount)


# Through the actions, whoever tries and in whatever order.


def _verbs(people: Cast) -> dict[str, Any]:
    olga, gita, amara = (people.actor(name) for name in ("olga", "gita", "amara"))

    def wrong(who: Actor, stage: str, score: str) -> Any:
        return lambda: screen(who, "item-1", stage, answers(score), reason="So it is.")

    def part(who: Actor) -> Any:
        given_ = answers("1", without=("do-no-harm",))
        return lambda: screen(who, "item-1", "agreed", given_, reason="So it is.")

    return {
        "sign": lambda: agreement.sign(amara, "item-1"),
        "sign by staff": lambda: agreement.sign(olga, "item-1"),
        "declare": wrong(olga, "self", "1"),
        "agree with oneself": wrong(olga, "agreed", "1"),
        "agree": wrong(gita, "agreed", "0"),
        "agree without do-no-harm": part(gita),
        "override": lambda: override(amara, "item-1", "sign", "The women of the market asked us not to wait."),
        "override by the team": lambda: override(gita, "item-1", "sign", "We know it well."),
        "complete": lambda: agreement.complete(olga, "item-1"),
        "close": lambda: agreement.close(amara, "item-1"),
        "cancel": lambda: agreement.end(amara, "item-1", "cancel", reason="Floods"),
        "amend": lambda: agreement.amend(amara, "item-1", kind="amount", value=5, on=TODAY, reason="Less"),
        "raise": lambda: items.change_item(olga, "item-1", None, minor=9_000_000),
        "tranches": lambda: set_tranches(olga, "item-1", [{"minor": 5, "due": TODAY, "condition": ""}]),
    }


NAMES = ("sign", "sign by staff", "declare", "agree with oneself", "agree", "agree without do-no-harm", "override",
         "override by the team", "complete", "close", "cancel", "amend", "raise", "tranches")  # fmt: skip


@pytest.fixture
def verbs(db: None) -> dict[str, Any]:
    people = cast()
    item()
    give()
    return _verbs(people)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.sampled_from(NAMES), min_size=2, max_size=7))
@example(tries=["sign", "declare", "agree"])
@example(tries=["declare", "agree without do-no-harm", "override by the team"])
@example(tries=["override", "sign", "amend"])
def test_no_sequence_of_verbs_is_signed_without_an_agreed_worksheet_or_an_override(verbs: Any, tries: Any) -> None:
    assert set(verbs) == set(NAMES)
    with transaction.atomic():
        for name in [*tries, "sign"]:
            try:
                verbs[name]()
            except Refused:
                continue
            row = FundedItem.objects.get()
            if row.state in FUNDED:
                assert _agreed_whole() or Override.objects.filter(item=row, stage="sign").exists(), tries
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("tries", "state"),
    [
        (["declare", "agree"], "signed"),
        (["override"], "signed"),
        (["declare", "agree without do-no-harm"], "planned"),
        (["declare", "agree with oneself"], "planned"),
        (["override by the team"], "planned"),
    ],
)
def test_which_ways_do_reach_it(verbs: Any, tries: Any, state: Any) -> None:
    for name in [*tries, "sign"]:
        with suppress(Refused):
            verbs[name]()
    assert FundedItem.objects.get().state == state


def _agreed_whole() -> bool:
    """Somebody agreed, another declared, and both criteria are shown."""
    agreed = AnswerSheet.objects.filter(subject="item-1", stage="agreed").first()
    if agreed is None:
        return False
    shown = {row.item for row in agreed.answers.all() if row.value == "met" and row.quote and row.link}
    by = AnswerSheet.objects.filter(subject="item-1").values_list("by", flat=True).distinct()
    return {"gender-analysis", "do-no-harm"} <= shown and len(set(by)) >= 2
