"""Nobody can be worked out from what is published, by one who kept every copy and can add and subtract."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwp.indicators.rules import Cell, Definition, suppress
from jwp.site.rules import Table, held_back

pytestmark = pytest.mark.rules
MINIMUM = 5
MOST = 13  # small enough to try every possibility
ROUND = tuple[int, int]  # women, men


def definition(aggregation: str, counts: str = "people") -> Definition:
    return Definition("I-1", "people", aggregation, counts=counts)


def table(moment: str, **cells: int | tuple[int, int]) -> Table:
    """Cells by name: women, men, unstated, total; a share is (how many, out of how many)."""
    names = {"women": "f", "men": "m", "unstated": "x", "total": ""}
    amounts = {
        names[name]: tuple(map(Decimal, given if isinstance(given, tuple) else (given,)))
        for name, given in cells.items()
    }
    return Table(moment, amounts)


def by_sex(moment: str, women: int, men: int) -> Table:
    return table(moment, women=women, men=men, total=women + men)


def hidden(aggregation: str, *tables: Table) -> list[str]:
    """What is hidden in each table: f, m, x, and t for the total."""
    found = held_back(definition(aggregation), tables, MINIMUM)
    return ["".join(sorted(sex or "t" for sex in cells)) for cells in found]


def test_a_small_count_takes_another_cell_with_it() -> None:
    assert hidden("sum", by_sex("M6", 2, 38)) == ["fm"]
    assert hidden("sum", table("M6", total=3)) == ["t"]


def test_zero_and_large_counts_are_shown() -> None:
    assert hidden("sum", by_sex("M6", 0, 38), by_sex("M12", 12, 7)) == ["", ""]


def test_a_zero_is_hidden_last() -> None:
    """No women and three men: three in all, too. That there were no women points at nobody."""
    assert hidden("sum", by_sex("M6", 0, 3)) == ["mt"]


def test_what_the_parts_leave_over_is_not_given_away() -> None:
    """Thirty-eight women of forty, and nothing said of men."""
    assert hidden("sum", table("M6", women=38, total=40)) == ["f"]


def test_two_small_parts_are_not_given_away_together() -> None:
    (cells,) = held_back(definition("sum"), [table("M6", women=1, men=37, unstated=1, total=39)])
    assert {"f", "x"} < cells


def test_a_share_gives_away_neither_those_in_it_nor_those_outside() -> None:
    assert hidden("ratio", table("M6", total=(38, 40))) == ["t"]
    assert hidden("ratio", table("M6", total=(3, 40))) == ["t"]
    assert hidden("ratio", table("M6", women=(3, 40), men=(20, 40), total=(23, 80))) == ["fm"]
    assert hidden("ratio", table("M6", women=(17, 40), men=(23, 40), total=(40, 80))) == [""]


def test_few_who_joined_a_running_total_stay_hidden_until_they_are_enough() -> None:
    rounds = [by_sex("M6", 12, 20), by_sex("M12", 14, 40), by_sex("M18", 30, 60)]
    assert hidden("cumulative", *rounds) == ["", "fm", ""]


def test_counts_of_separate_periods_are_not_compared() -> None:
    assert hidden("sum", by_sex("M6", 12, 20), by_sex("M12", 14, 40)) == ["", ""]


@pytest.mark.parametrize("aggregation", ["cumulative", "latest"])
def test_a_figure_that_did_not_change_does_not_open_an_earlier_round(aggregation: str) -> None:
    """Three women and 37 men, hidden; later nine women and still 37 men: forty less 37 is three."""
    first, second = held_back(definition(aggregation), [by_sex("M6", 3, 37), by_sex("M12", 9, 37)])
    assert first == {"f", "m"}
    assert "m" in second


def test_a_correction_gives_nobody_away_to_those_who_kept_the_old_page() -> None:
    """Seven women were three; the 33 men, once shown, did not change: the new total must not be there."""
    old, new = held_back(definition("sum"), [by_sex("M6", 7, 33), by_sex("M6", 3, 33)])
    assert old == set()
    assert {"f", ""} <= new


def test_a_correction_does_not_open_the_old_figure() -> None:
    old, new = held_back(definition("sum"), [by_sex("M6", 3, 33), by_sex("M6", 7, 33)])
    assert old == {"f", "m"}
    assert "m" in new


def test_things_and_scores_are_shown_however_few() -> None:
    assert held_back(definition("sum", "things"), [by_sex("M6", 1, 2)]) == (frozenset(),)


people = st.integers(0, MOST)
rounds = st.lists(st.tuples(people, people), min_size=1, max_size=3)


@given(rounds, st.sampled_from(["sum", "latest", "cumulative"]), st.booleans())
def test_nobody_can_be_worked_out(told: list[ROUND], aggregation: str, versions: bool) -> None:
    """Tried by brute force: whatever few people there are, the reader can imagine them in another number."""
    told = told[:2]
    moments = ["M6", "M6" if versions else "M12"]
    tables = [by_sex(moment, *row) for moment, row in zip(moments, told, strict=False)]
    cells = held_back(definition(aggregation), tables, MINIMUM)
    linked = versions or aggregation != "sum"
    possible = [
        rows
        for rows in product(*(imagined(row, shown) for row, shown in zip(told, cells, strict=True)))
        if not linked or unchanged(rows) >= unchanged(tuple(told))
    ]
    assert tuple(told) in possible
    compared = aggregation == "cumulative" and not versions
    for name, few in counts(tuple(told), compared).items():
        if 0 < abs(few) < MINIMUM:
            assert len({counts(rows, compared)[name] for rows in possible}) > 1, (name, cells)


def imagined(row: ROUND, shown: frozenset[str]) -> list[ROUND]:
    """Every women and men that what is shown of a round leaves possible."""
    found = []
    for women, men in product(range(2 * MOST + 1), repeat=2):
        same = {"f": women == row[0], "m": men == row[1], "": women + men == sum(row)}
        if all(same[cell] for cell in same if cell not in shown):
            found.append((women, men))
    return found


def unchanged(rows: tuple[ROUND, ...]) -> set[str]:
    if len(rows) < 2:
        return set()
    (women, men), (later_women, later_men) = rows
    same = {"f": women == later_women, "m": men == later_men, "": women + men == later_women + later_men}
    return {name for name, is_same in same.items() if is_same}


def counts(rows: tuple[ROUND, ...], compared: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for i, (women, men) in enumerate(rows):
        found |= {f"women {i}": women, f"men {i}": men, f"total {i}": women + men}
    if compared and len(rows) == 2:
        found |= {f"{name} added": found[f"{name} 1"] - found[f"{name} 0"] for name in ("women", "men", "total")}
    return found


@given(rounds, st.sampled_from(["sum", "latest", "cumulative"]))
def test_what_was_shown_is_never_taken_back(told: list[ROUND], aggregation: str) -> None:
    """What a round shows is decided when it is published, and no later round changes it."""
    tables = [by_sex(f"M{i}", *row) for i, row in enumerate(told)]
    whole = held_back(definition(aggregation), tables, MINIMUM)
    for n in range(len(tables)):
        assert held_back(definition(aggregation), tables[:n], MINIMUM) == whole[:n]


@given(st.integers(0, 60), st.integers(0, 60))
def test_one_table_hides_what_suppression_hides(women: int, men: int) -> None:
    cells = [Cell(Decimal(women), "f"), Cell(Decimal(men), "m"), Cell(Decimal(women + men))]
    alone = {one.cell.sex for one in suppress(definition("sum"), cells, MINIMUM) if one.hidden}
    (ours,) = held_back(definition("sum"), [by_sex("M6", women, men)], MINIMUM)
    assert bool(alone) == bool(ours)
    assert len(ours) <= len(alone)
