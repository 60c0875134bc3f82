"""Totals made by the database are those of the rules, and cost the same however many reported."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.indicators import actions, rules
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.rollup import by_period, overall
from jwp.indicators.rules import Cell
from tests.cast import TODAY, indicator

HALVES = [(date(2025, 1, 1), date(2025, 7, 1)), (date(2025, 7, 1), date(2026, 1, 1))]
KINDS: list[dict[str, Any]] = [
    {"aggregation": "sum"},
    {"aggregation": "ratio", "unit": "%", "decimals": 1},
    {"aggregation": "latest"},
    {"aggregation": "cumulative", "counts": "things"},
    {"aggregation": "unique"},
    {"aggregation": "latest", "counts": "score"},
]
counts = st.integers(0, 5_000_000).map(lambda n: Decimal(n) / 4)


@st.composite
def consistent_cells(draw: st.DrawFn, kind: dict[str, Any]) -> tuple[Cell, ...]:
    """A total, a full split with its remainder, a split alone, women alone, or nothing at all."""
    women, men, rest = draw(counts), draw(counts), draw(counts | st.just(Decimal(0)))
    make: Callable[[Decimal, str], Cell] = lambda value, sex: Cell(value, sex)  # noqa: E731
    if kind["aggregation"] == "ratio":
        make = lambda value, sex: Cell(None, sex, numerator=value, denominator=value + 1)  # noqa: E731
    split = [make(women, "f"), make(men, "m"), make(rest, "x")]
    shapes: list[list[Cell]] = [split, [make(women, "f")], [make(women + men, "")], split[:2], []]
    if kind["aggregation"] != "ratio":
        shapes.append([*split, make(women + men + rest, "")])
    return tuple(draw(st.sampled_from(shapes)))


@st.composite
def worlds(draw: st.DrawFn) -> list[tuple[int, str, int, tuple[Cell, ...], bool]]:
    slots = st.tuples(st.integers(0, len(KINDS) - 1), st.sampled_from("abc"), st.integers(0, 1))
    return [
        (kind, name, half, draw(consistent_cells(KINDS[kind])), draw(st.booleans()))
        for kind, name, half in draw(st.lists(slots, max_size=14, unique=True))
    ]


def written(world: list[tuple[int, str, int, tuple[Cell, ...], bool]]) -> list[Indicator]:
    rows = [indicator(f"i{number}", **{"unit": "people"} | kind) for number, kind in enumerate(KINDS)]
    with open_door(system(TODAY)) as door:
        for kind, name, half, cells, estimated in world:
            starts, ends = HALVES[half]
            actions.record(
                door,
                rows[kind],
                cells,
                starts=starts,
                ends=ends,
                contributor=name,
                estimated=estimated,
                why="asked",
            )
    return rows


def by_the_rules(row: Indicator, names: tuple[str, ...], span: tuple[date, date] | None) -> Any:
    figures = [
        reading.figures(row.facts())
        for reading in Reading.objects.current().filter(indicator=row).prefetch_related("cells__place")
        if (not names or reading.contributor in names) and span in (None, (reading.starts, reading.ends))
    ]
    return rules.roll_up(figures, names)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds(), names=st.sampled_from([(), ("a", "b", "d")]))
def test_the_database_adds_up_as_the_rules_do(world: Any, names: tuple[str, ...]) -> None:
    from django.db import transaction

    with transaction.atomic():
        rows = written(world)
        periods, totals = by_period(rows, names), overall(rows, names)
        for row in rows:
            assert totals[row.ref] == by_the_rules(row, names, None)
            for span, found in periods[row.ref].items():
                assert found == by_the_rules(row, names, span)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("contributors", [2, 20])
def test_queries_do_not_grow_with_what_was_reported(
    contributors: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = written(
        [
            (kind, f"c{n}", half, (Cell(Decimal(n), "f"), Cell(Decimal(1), "m")), False)
            for kind in (0, 2, 3)
            for n in range(contributors)
            for half in (0, 1)
        ]
    )
    with django_assert_num_queries(1):
        by_period(rows)
    with django_assert_num_queries(2):
        overall(rows)


@pytest.mark.django_db
def test_a_correction_replaces_what_it_corrects() -> None:
    trained = indicator("trained")
    with open_door(system(TODAY)) as door:
        starts, ends = HALVES[0]
        first = actions.record(door, trained, [Cell(Decimal(7))], starts=starts, ends=ends, contributor="a")
        actions.record(
            door, trained, [Cell(Decimal(9))], starts=starts, ends=ends, contributor="a",
            supersedes=first, reason="two were forgotten",
        )  # fmt: skip
    total = overall([trained])["trained"]
    assert isinstance(total, rules.Rollup)
    assert [cell.value for cell in total.cells if cell.sex == ""] == [9]
