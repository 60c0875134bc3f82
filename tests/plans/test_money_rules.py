"""Money neither appears nor vanishes, whatever is converted, added, split or merged."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.money import EXPONENTS, Money, totals
from jwp.plans.rules.money import (
    RATE_LASTS,
    Cell,
    DatedRate,
    NoRate,
    Pot,
    Unclear,
    by_fund,
    by_line,
    convert,
    exceeds,
    financing,
    in_currency,
    rate_on,
    split_line,
)

pytestmark = pytest.mark.rules

DAY = date(2026, 3, 15)
HALF = Fraction(1, 2)
CURRENCIES = ("USD", "EUR", "JPY", "KWD", "XOF")
currencies = st.sampled_from(CURRENCIES)
minors = st.integers(0, 10**15)
worths = st.decimals(Decimal("0.00000001"), Decimal("9999999"), places=8, allow_nan=False)


@st.composite
def rates(draw: st.DrawFn) -> DatedRate:
    currency = draw(currencies)
    to = draw(currencies.filter(lambda other: other != currency))
    return DatedRate(currency, to, DAY - timedelta(days=draw(st.integers(-5, 60))), draw(worths))


def units(rate: DatedRate) -> Fraction:
    """How many minor units of `to` one minor unit of `currency` is worth."""
    return Fraction(rate.rate) * Fraction(10) ** (EXPONENTS.get(rate.to, 2) - EXPONENTS.get(rate.currency, 2))


@given(rates(), minors)
def test_a_conversion_rounds_once_by_at_most_half_a_unit(rate: DatedRate, minor: int) -> None:
    there = convert(Money(minor, rate.currency), rate)
    assert there.money.currency == rate.to
    assert abs(there.money.minor - minor * units(rate)) <= HALF
    back = convert(there.money, rate)
    assert back.money.currency == rate.currency
    # Back again: half a unit here, and what half a unit there is worth here.
    assert abs(back.money.minor - minor) <= HALF + HALF / units(rate)


def test_half_a_cent_goes_to_the_even_neighbour() -> None:
    half = DatedRate("USD", "EUR", DAY, Decimal("0.5"))
    assert [convert(Money(n, "USD"), half).money.minor for n in (1, 3, 5, 7)] == [0, 2, 2, 4]


def test_a_rate_says_nothing_about_a_third_currency() -> None:
    with pytest.raises(ValueError, match="says nothing about JPY"):
        convert(Money(1, "JPY"), DatedRate("USD", "EUR", DAY, Decimal("0.9")))


@given(st.lists(rates(), max_size=20), currencies, currencies)
def test_the_rate_of_a_day_is_the_newest_that_holds(known: list[DatedRate], currency: str, to: str) -> None:
    holding = [r for r in known if {r.currency, r.to} == {currency, to} and timedelta() <= DAY - r.on <= RATE_LASTS]
    try:
        found = rate_on(known, currency, to, DAY)
    except NoRate as missing:
        assert holding == []
        assert (missing.currency, missing.to, missing.day) == (currency, to, DAY)
        assert missing.last is None or DAY - missing.last > RATE_LASTS
    else:
        assert found in holding
        assert all(rate.on <= found.on for rate in holding)


def test_a_rate_holds_thirty_one_days_and_no_longer() -> None:
    rate = DatedRate("EUR", "USD", DAY, Decimal("1.1"))
    assert rate_on([rate], "EUR", "USD", DAY + timedelta(days=31)) == rate
    with pytest.raises(NoRate) as missing:
        rate_on([rate], "EUR", "USD", DAY + timedelta(days=32))
    assert missing.value.last == DAY
    with pytest.raises(NoRate) as missing:
        rate_on([rate], "EUR", "USD", DAY - timedelta(days=1))
    assert missing.value.last is None


def test_of_two_rates_of_one_day_the_one_in_our_direction_serves() -> None:
    there = DatedRate("EUR", "USD", DAY, Decimal("1.1"))
    back = DatedRate("USD", "EUR", DAY, Decimal("0.9"))
    assert rate_on([there, back], "USD", "EUR", DAY) == back
    assert rate_on([there, back], "EUR", "USD", DAY) == there


@given(st.lists(st.tuples(minors, currencies)))
def test_sums_by_currency_add_up_and_never_mix(amounts: list[tuple[int, str]]) -> None:
    sums = totals(Money(minor, currency) for minor, currency in amounts)
    expected: Counter[str] = Counter()
    for minor, currency in amounts:
        expected[currency] += minor
    assert {currency: money.minor for currency, money in sums.items()} == dict(expected)


@given(st.lists(minors, max_size=8), worths)
def test_a_fund_has_what_its_contributions_are_one_by_one(given: list[int], worth: Decimal) -> None:
    rate = DatedRate("EUR", "USD", DAY, worth)
    parts = [in_currency(Money(minor, "EUR"), "USD", [rate], DAY) for minor in given]
    parts.append(in_currency(Money(7, "USD"), "USD", [], DAY))
    assert financing(parts, "USD").minor == 7 + sum(part.money.minor for part in parts[:-1])


cells = st.lists(st.builds(Cell, st.sampled_from("abc"), st.sampled_from(["core", "euro"]), minors))


@given(cells, st.data())
def test_splitting_and_merging_lines_keeps_every_total(lines: list[Cell], data: st.DataObject) -> None:
    parts = [data.draw(st.integers(0, cell.minor)) for cell in lines]
    split = [
        piece
        for cell, part in zip(lines, parts, strict=True)
        for piece in (Cell(cell.line, cell.fund, part), Cell("new", cell.fund, cell.minor - part))
    ]
    merged = [Cell("one", cell.fund, cell.minor) for cell in split]
    assert by_fund(lines) == by_fund(split) == by_fund(merged)


@given(cells)
def test_the_grid_adds_up_down_and_across(lines: list[Cell]) -> None:
    currencies = {"core": "USD", "euro": "EUR"}
    across = totals(money for sums in by_line(lines, currencies).values() for money in sums)
    down = {currencies[fund]: minor for fund, minor in by_fund(lines).items()}
    assert {currency: money.minor for currency, money in across.items()} == down


@given(minors, minors, minors)
def test_a_budget_exceeds_by_exactly_what_is_missing_and_only_when_raised(had: int, stood: int, wanted: int) -> None:
    over = exceeds(Pot("USD", had, stood), wanted)
    assert over == (max(wanted - had, 0) if wanted > stood else 0)
    assert Pot("USD", had, wanted).left + Pot("USD", had, wanted).lacks == max(had - wanted, 0)


def test_a_pasted_line_is_four_words_and_a_source() -> None:
    assert split_line("eur\tusd\t2026-03-01\t1.085\tUN rate") == ["EUR", "USD", "2026-03-01", "1.085", "UN rate"]
    with pytest.raises(Unclear, match="EUR USD"):
        split_line("EUR USD")
