"""Checks, roll-ups and suppression of measured values, by example and for any values at all."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwp.indicators.rules import (
    Cell,
    Definition,
    Figures,
    Problem,
    Rollup,
    change,
    not_disaggregated,
    problems,
    roll_up,
    sex_coverage,
    suppress,
    with_totals,
)

pytestmark = pytest.mark.rules

PEOPLE = Definition("I-1", "people", "sum", ("sex",))
SHARE = Definition("I-2", "%", "ratio", ("sex",), decimals=1)
STOCK = Definition("I-3", "people", "latest")
RATING = Definition("I-4", "score", "latest", counts="score")
UNIQUE = Definition("I-5", "people", "unique")
FIRST_HALF = (date(2026, 1, 1), date(2026, 7, 1))
SECOND_HALF = (date(2026, 7, 1), date(2027, 1, 1))

counts = st.integers(0, 10_000).map(Decimal)
maybe = st.none() | counts


def n(value: int, sex: str = "", age: str = "") -> Cell:
    return Cell(Decimal(value), sex, age)


def ratio(numerator: int, denominator: int, sex: str = "") -> Cell:
    return Cell(None, sex, numerator=Decimal(numerator), denominator=Decimal(denominator))


def codes(definition: Definition, *cells: Cell, why: str = "") -> list[str]:
    return [problem.code for problem in problems(definition, cells, why)]


def rolled(figures: list[Figures], contributors: tuple[str, ...] = ()) -> Rollup:
    answer = roll_up(figures, contributors)
    assert isinstance(answer, Rollup), answer
    return answer


def values(rollup: Rollup) -> dict[str, Decimal | None]:
    return {cell.sex: cell.value for cell in rollup.cells}


# Checks


@pytest.mark.parametrize(
    ("definition", "cells", "expected"),
    [
        (PEOPLE, [n(7), n(3, "f"), n(4, "m")], []),
        (PEOPLE, [n(9), n(3, "f"), n(4, "m")], ["does not add up"]),
        (PEOPLE, [n(9), n(3, "f"), n(4, "m"), n(2, "x")], []),
        (PEOPLE, [n(3, "f", "18-24"), n(4, "f", "25+"), n(8, "f")], ["does not add up"]),
        (PEOPLE, [n(3, "f"), n(4, "m"), n(5, "", "18-24"), n(1, "", "25+")], ["does not add up"]),
        (PEOPLE, [n(30), n(10, "f"), n(20, "m"), n(4, "f", "18-24"), n(6, "f", "25+")], []),
        (PEOPLE, [n(30), n(4, "f", "18-24"), n(6, "f", "25+"), n(20, "m")], []),
        (PEOPLE, [n(30), n(4, "f", "18-24"), n(6, "f", "25+"), n(19, "m")], ["does not add up"]),
        (PEOPLE, [n(3, "f"), n(3, "f")], ["twice"]),
        (PEOPLE, [n(3, "woman")], ["unknown sex"]),
        (PEOPLE, [n(-3)], ["below zero"]),
        (PEOPLE, [Cell(Decimal("1e12"))], ["too many digits"]),
        (PEOPLE, [Cell(Decimal("0.12345"))], ["too many digits"]),
        (PEOPLE, [Cell(Decimal("NaN"))], ["not a number"]),
        (PEOPLE, [], ["no reason"]),
        (PEOPLE, [n(3, "f"), Cell(None, "m")], ["no reason"]),
        (SHARE, [n(50)], ["no numerator or denominator"]),
        (SHARE, [ratio(1, 0)], ["denominator not above zero"]),
        (SHARE, [replace(ratio(1, 3), value=Decimal("33.3"))], []),
        (SHARE, [replace(ratio(1, 3), value=Decimal("34"))], ["not the quotient"]),
        (SHARE, [ratio(3, 10), ratio(1, 4, "f"), ratio(2, 5, "m")], ["does not add up"]),
        (RATING, [n(4), n(3, "f"), n(5, "m")], []),  # the parts of a rating add up to nothing
    ],
)
def test_a_set_of_cells_is_checked(definition: Definition, cells: list[Cell], expected: list[str]) -> None:
    assert codes(definition, *cells) == expected


def test_no_data_is_recorded_with_its_reason() -> None:
    assert codes(PEOPLE, Cell(), why="the survey was postponed") == []


def test_known_parts_may_not_exceed_the_total_though_another_is_unknown() -> None:
    assert codes(PEOPLE, n(5), n(6, "f"), Cell(None, "m"), why="not counted") == ["does not add up"]
    assert codes(PEOPLE, n(5), n(4, "f"), Cell(None, "m"), why="not counted") == []


def test_a_person_met_in_two_places_does_not_break_a_count_of_unique_people() -> None:
    cells = [n(10), replace(n(7), place="lima"), replace(n(6), place="accra")]
    assert codes(UNIQUE, *cells) == []
    assert codes(PEOPLE, *cells) == ["does not add up"]


def test_places_may_be_some_of_many_but_not_more_than_all() -> None:
    lima, accra = (replace(n(4), place=place) for place in ("lima", "accra"))
    assert codes(PEOPLE, n(10), lima, accra) == []
    assert codes(PEOPLE, n(7), lima, accra) == ["does not add up"]


def test_women_alone_are_not_everybody() -> None:
    assert figures(PEOPLE, "a", n(3, "f")).known().keys() == {"f"}
    assert figures(PEOPLE, "a", n(3, "f"), n(0, "m")).known()[""].value == 3


def test_a_value_without_its_split_is_not_disaggregated() -> None:
    assert not_disaggregated(PEOPLE, [n(10)]) == ("sex",)
    assert not_disaggregated(PEOPLE, [n(10, "f")]) == ()
    assert not_disaggregated(PEOPLE, [Cell()]) == ()


def test_sex_coverage_of_a_ratio_is_of_its_denominator() -> None:
    assert sex_coverage(SHARE, [ratio(4, 20), ratio(1, 5, "f"), ratio(1, 10, "m")]) == Decimal("0.75")
    assert sex_coverage(RATING, [n(4)]) is None


# Roll-ups


def figures(definition: Definition, name: str, *cells: Cell, when: tuple[date, date] = FIRST_HALF) -> Figures:
    return Figures(definition, name, *when, cells)


def test_ratios_are_never_averaged() -> None:
    small, large = figures(SHARE, "a", ratio(1, 2)), figures(SHARE, "b", ratio(10, 100))
    assert values(rolled([small, large]))[""] == Decimal("10.8")


def test_a_state_counts_once_however_often_it_was_reported() -> None:
    reports = [
        figures(STOCK, "a", n(10)),
        figures(STOCK, "a", n(12), when=SECOND_HALF),
        figures(STOCK, "b", n(5)),
    ]
    assert values(rolled(reports))[""] == 17


def test_unique_people_and_ratings_are_not_added() -> None:
    for definition, code in ((UNIQUE, "unique people"), (RATING, "score")):
        one, two = figures(definition, "a", n(4)), figures(definition, "b", n(5))
        refusal = roll_up([one, two])
        assert isinstance(refusal, Problem) and refusal.code == code
        assert values(rolled([one]))[""] == 4


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (replace(PEOPLE, unit="households"), "mixed unit"),
        (replace(PEOPLE, aggregation="latest"), "mixed aggregation"),
        (replace(PEOPLE, counts="things"), "mixed counts"),
        (replace(PEOPLE, series="I-1-2", series_break="counts tenants too"), "series break"),
    ],
)
def test_what_cannot_be_compared_is_not_added(other: Definition, code: str) -> None:
    refusal = roll_up([figures(PEOPLE, "a", n(4)), figures(other, "b", n(5))])
    assert isinstance(refusal, Problem) and refusal.code == code


def test_the_same_period_twice_from_one_contributor_is_refused() -> None:
    refusal = roll_up([figures(PEOPLE, "a", n(4)), figures(PEOPLE, "a", n(5))])
    assert isinstance(refusal, Problem) and refusal.code == "overlap"


def test_a_missing_contributor_lowers_coverage_and_not_the_value() -> None:
    answer = rolled([figures(PEOPLE, "a", n(4)), figures(PEOPLE, "b", Cell())], ("a", "b", "c"))
    assert (values(answer)[""], answer.reported, answer.expected) == (Decimal(4), 1, 3)
    assert rolled([], ("a", "b")).cells == ()


def test_change_is_unknown_where_a_value_is() -> None:
    before, after = figures(PEOPLE, "a", n(4)), figures(PEOPLE, "a", n(9), when=SECOND_HALF)
    assert change(before, after) == 5
    assert change(before, after, "f") is None


@st.composite
def reports(draw: st.DrawFn, definition: Definition = PEOPLE) -> list[Figures]:
    """Any number of contributors over two periods, with totals, splits and gaps that are consistent."""
    found = []
    for name, when in product("abcd", (FIRST_HALF, SECOND_HALF)):
        women, men, unstated = draw(maybe), draw(maybe), draw(st.sampled_from([None, Decimal(3)]))
        known = [part for part in (women, men, unstated) if part is not None]
        extra = draw(maybe)
        total = None if extra is None else sum(known, extra)
        if draw(st.booleans()):
            pairs = (("f", women), ("m", men), ("x", unstated), ("", total))
            cells = tuple(_cell(definition, value, sex) for sex, value in pairs)
            found.append(Figures(definition, name, *when, cells))
    return found


def _cell(definition: Definition, value: Decimal | None, sex: str) -> Cell:
    if definition.aggregation != "ratio" or value is None:
        return Cell(value, sex)
    return Cell(None, sex, numerator=value, denominator=2 * value + 1)


@given(st.data())
def test_the_order_of_contributors_does_not_matter(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from([PEOPLE, SHARE, STOCK]))
    given_reports = data.draw(reports(definition))
    shuffled = data.draw(st.permutations(given_reports))
    assert roll_up(given_reports) == roll_up(shuffled)


@given(reports(), st.data())
def test_adding_in_two_steps_gives_the_same_as_in_one(found: list[Figures], data: st.DataObject) -> None:
    first = set(data.draw(st.lists(st.sampled_from(range(8)))))
    parts = [rolled([one for i, one in enumerate(found) if (i in first) == inside]) for inside in (True, False)]
    whole = values(rolled(found))
    for sex in ("", "f", "m", "x"):
        by_part = [part_value for part in parts if (part_value := values(part).get(sex)) is not None]
        assert whole.get(sex) == (sum(by_part) if by_part else None)


@given(reports())
def test_a_roll_up_of_full_reports_adds_up(found: list[Figures]) -> None:
    full = [one for one in found if "" in one.known()]
    answer = rolled(full)
    total = answer.by_sex()
    if total is not None:
        assert total.value == sum(cell.value or 0 for cell in answer.cells if cell.sex)
        assert problems(replace(PEOPLE, aggregation="sum"), answer.cells) == []


@given(reports())
def test_reporting_nothing_never_changes_a_value(found: list[Figures]) -> None:
    silent = Figures(PEOPLE, "silent", *FIRST_HALF, (Cell(),))
    assert values(rolled([*found, silent])) == values(rolled(found))


@given(st.lists(counts, min_size=2, max_size=2), st.lists(counts, min_size=2, max_size=2))
def test_totals_come_from_any_split_alike(women: list[Decimal], men: list[Decimal]) -> None:
    crossed = [
        Cell(value, sex, age)
        for sex, ages in (("f", women), ("m", men))
        for age, value in zip(("18-24", "25+"), ages, strict=True)
    ]
    whole = {cell.at: cell.value for cell in with_totals(PEOPLE, crossed)}
    assert whole[("", "", "")] == sum(women) + sum(men)
    assert whole[("f", "", "")] == sum(women)
    assert problems(PEOPLE, with_totals(PEOPLE, crossed)) == []


# Suppression


def possible(cells: list[Cell], minimum: int) -> dict[tuple[str, str, str], set[int]]:
    """What each hidden cell of a table by sex could be, for a reader who tries every whole number."""
    shown = {one.cell.at: one for one in suppress(PEOPLE, cells, minimum)}
    ceiling = 40
    ranges = [range(ceiling) if shown[(s, "", "")].hidden else [int(shown[(s, "", "")].cell.value or 0)] for s in "fmx"]
    total = shown[("", "", "")]
    fits = [guess for guess in product(*ranges) if total.hidden or sum(guess) == int(total.cell.value or 0)]
    answer = {(s, "", ""): {guess[i] for guess in fits} for i, s in enumerate("fmx") if shown[(s, "", "")].hidden}
    if total.hidden:
        answer[("", "", "")] = {sum(guess) for guess in fits}
    return answer


@given(st.tuples(*[st.integers(0, 12)] * 3), st.integers(2, 6))
def test_no_hidden_cell_by_sex_can_be_worked_out(parts: tuple[int, int, int], minimum: int) -> None:
    cells = [n(sum(parts)), *(n(part, sex) for part, sex in zip(parts, "fmx", strict=True))]
    shown = suppress(PEOPLE, cells, minimum)
    assert not [s for s in shown if s.cell.value is not None and 0 < s.cell.value < minimum]
    for at, guesses in possible(cells, minimum).items():
        assert len(guesses) > 1, at


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6), st.integers(2, 6))
def test_no_hidden_cell_by_sex_and_age_follows_from_the_shown(inner: list[int], minimum: int) -> None:
    crossed = [n(v, s, a) for v, (s, a) in zip(inner, product("fmx", ("18-24", "25+")), strict=True)]
    ages = [n(sum(inner[i::2]), "", a) for i, a in enumerate(("18-24", "25+"))]
    cells = [*with_totals(PEOPLE, crossed), *ages]
    shown = suppress(PEOPLE, cells, minimum)
    hidden = {one.cell.at for one in shown if one.hidden}
    assert {c.at for c in cells if c.value and c.value < minimum} <= hidden
    for at in hidden:
        assert _another_table_looks_the_same(at, hidden), at


def _another_table_looks_the_same(at: tuple[str, str, str], hidden: set[tuple[str, str, str]]) -> bool:
    """Is there a change to the inner cells that moves `at` and leaves every shown cell as it is?"""
    inner = list(product("fmx", ("18-24", "25+")))
    return any(
        _moved(at, steps, inner) != 0
        and all(_moved(place, steps, inner) == 0 for place in _all_places() if place not in hidden)
        for steps in product((-1, 0, 1), repeat=6)
    )


def _moved(at: tuple[str, str, str], steps: tuple[int, ...], inner: list[tuple[str, str]]) -> int:
    return sum(step for step, (s, a) in zip(steps, inner, strict=True) if at[0] in ("", s) and at[1] in ("", a))


def _all_places() -> list[tuple[str, str, str]]:
    return [(s, a, "") for s in ("", "f", "m", "x") for a in ("", "18-24", "25+")]


def test_a_total_that_is_not_in_the_table_can_give_a_cell_away_too() -> None:
    """Women by age are hidden, yet total less men would be women, and women of one age are shown."""
    cells = [n(50), n(30, "m"), n(18, "f", "18-24"), n(2, "f", "25+")]
    hidden = {one.cell.at for one in suppress(PEOPLE, cells, 5) if one.hidden}
    assert hidden == {("f", "25+", ""), ("f", "18-24", "")}


def test_a_ratio_is_hidden_whole() -> None:
    cells = [ratio(20, 60), ratio(2, 30, "f"), ratio(18, 30, "m")]
    shown = {one.cell.sex: one for one in suppress(SHARE, cells, 5)}
    assert shown["f"].hidden and shown["m"].hidden and not shown[""].hidden
    assert shown["f"].cell == Cell(None, "f")


def test_counts_of_things_are_shown_however_few() -> None:
    plans = replace(PEOPLE, counts="things")
    assert [one.hidden for one in suppress(plans, [n(3)], 5)] == [False]
