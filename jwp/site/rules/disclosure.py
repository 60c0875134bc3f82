"""Small counts of people are hidden so that nobody can work them out, from whatever was published before.

`jwp.indicators.rules.suppress` looks at one table. A plan publishes many tables of the same people: round
after round, and old beside new where a value was corrected. Here they are taken in the order in which they
were published: each hides as few cells as will do, given everything shown before it. What was once shown is
never taken back, because somebody has kept it; so a reader who kept every copy learns no more than one who
reads the last.

A reader is taken to add and subtract, and to guess rightly that a figure has not changed. Who is protected:

- the people in a count of 1 to `minimum` - 1, for each sex and for any sexes together;
- of a share, also those counted below the line and those who are not in it ("38 of 40" gives two away);
- of a running total, also those added between any two rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations

from jwp.indicators.rules import Definition
from jwp.indicators.rules.cells import Amounts, add

SMALLEST_SHOWN = 5
TOTAL, REST = "", "rest"
GAP = {"-", "/"}
Key = tuple[int, str]  # which table, which cell of it
Row = dict[Key, Fraction]  # a sum of cells, each so many times


@dataclass(frozen=True)
class Table:
    """One publication of a value: cells by sex, "" for the total. Those of one `moment` are its versions."""

    moment: str
    cells: Mapping[str, Amounts]

    @property
    def whole(self) -> dict[str, Amounts]:
        """With what the total leaves over where its parts do not fill it: it can be had by subtraction."""
        parts = [amounts for sex, amounts in self.cells.items() if sex != TOTAL]
        if TOTAL not in self.cells or not parts:
            return dict(self.cells)
        rest = minus(self.cells[TOTAL], add(parts))
        return {**self.cells, REST: rest} if any(rest) and min(rest) >= 0 else dict(self.cells)


def held_back(
    definition: Definition, tables: Sequence[Table], minimum: int = SMALLEST_SHOWN
) -> tuple[frozenset[str], ...]:
    """Which cells of each table must stay hidden. `tables` are in the order of their publication.

    >>> people = Definition("I-1", "people", "cumulative")
    >>> m6 = Table("M6", {"f": (Decimal(12),), "m": (Decimal(20),), "": (Decimal(32),)})
    >>> m12 = Table("M12", {"f": (Decimal(14),), "m": (Decimal(40),), "": (Decimal(54),)})
    >>> [sorted(hidden) for hidden in held_back(people, [m6, m12])]  # two women joined: 14 - 12
    [[], ['f', 'm']]
    """
    nothing: frozenset[str] = frozenset()
    if definition.counts != "people":
        return (nothing,) * len(tables)
    risks = [_risks(definition, tables, i, minimum) for i in range(len(tables))]
    if not any(risks):
        return (nothing,) * len(tables)
    span, found = Span(), []
    for i, table in enumerate(tables):
        span.add_all(_known_anyway(definition, tables, i))
        at_risk = [risk for found_by in risks[: i + 1] for risk in found_by]
        for hidden in _ways_to_hide(table):
            trial = span.copy()
            trial.add_all({(i, sex): Fraction(1)} for sex in table.cells if sex not in hidden)
            if not any(trial.gives(risk) for risk in at_risk):
                break
        span = trial
        found.append(hidden)
    return tuple(found)


def _ways_to_hide(table: Table) -> Iterator[frozenset[str]]:
    """From hiding nothing to hiding all: few cells first, then small ones; the total late, a zero last."""

    def cost(sexes: tuple[str, ...]) -> tuple[int, int, bool, Decimal]:
        sizes = [table.cells[sex][-1] for sex in sexes]
        return (len(sexes), sizes.count(Decimal(0)), TOTAL in sexes, sum(sizes, Decimal(0)))

    ways = chain.from_iterable(combinations(table.cells, n) for n in range(len(table.cells) + 1))
    yield from map(frozenset, sorted(ways, key=cost))


def _risks(definition: Definition, tables: Sequence[Table], i: int, minimum: int) -> list[Row]:
    """The sums of this table's cells, and its differences from other rounds, that are few people."""
    found: list[Row] = []
    table = tables[i].whole
    for sexes in _together(table):
        if _few(add(table[sex] for sex in sexes), minimum):
            found.append({(i, sex): Fraction(1) for sex in sexes})
    if definition.aggregation != "cumulative":
        return found
    for j in _others(tables, i):
        other = tables[j].whole
        for sexes in _together({sex: table[sex] for sex in table if sex in other}):
            change = minus(add(table[sex] for sex in sexes), add(other[sex] for sex in sexes))
            if _few(tuple(map(abs, change)), minimum):
                found.append({(k, sex): Fraction(1 if k == i else -1) for k in (i, j) for sex in sexes})
    return found


def _together(table: Mapping[str, Amounts]) -> list[tuple[str, ...]]:
    parts = sorted(sex for sex in table if sex != TOTAL)
    unions = chain.from_iterable(combinations(parts, n) for n in range(1, len(parts) + 1))
    return [*unions, *([(TOTAL,)] if TOTAL in table else [])]


def _few(amounts: Amounts, minimum: int) -> bool:
    """Of a share: those who are in it, those it is a share of, and those of them who are not in it."""
    counts = amounts if len(amounts) == 1 else (*amounts, amounts[-1] - amounts[0])
    return any(0 < count < minimum for count in counts)


def _known_anyway(definition: Definition, tables: Sequence[Table], i: int) -> Iterator[Row]:
    """What a reader knows without being shown a cell: that parts make the total, and what has not changed."""
    table = tables[i].whole
    parts = [sex for sex in table if sex != TOTAL]
    if parts and TOTAL in table and add(table[sex] for sex in parts) == table[TOTAL]:
        yield {(i, TOTAL): Fraction(1), **{(i, sex): Fraction(-1) for sex in parts}}
    earlier = [j for j in range(i) if tables[j].moment == tables[i].moment]
    if definition.aggregation in ("cumulative", "latest"):
        earlier += _others(tables, i)
    for j in earlier:
        other = tables[j].whole
        for sex in table:
            if sex in other and table[sex] == other[sex]:
                yield {(i, sex): Fraction(1), (j, sex): Fraction(-1)}


def _others(tables: Sequence[Table], i: int) -> list[int]:
    """The newest earlier table of every other round: corrected values were wrong, and no count of people."""
    newest = {tables[j].moment: j for j in range(i)}
    return [j for moment, j in newest.items() if moment != tables[i].moment]


def minus(a: Amounts, b: Amounts) -> Amounts:
    return tuple(x - y for x, y in zip(a, b, strict=True))


@dataclass
class Span:
    """All that follows from what is known by adding and subtracting: echelon rows, by their first cell."""

    rows: dict[Key, Row] = field(default_factory=dict)

    def copy(self) -> Span:
        return Span(dict(self.rows))

    def add_all(self, rows: Iterator[Row]) -> None:
        for row in rows:
            if left := self._left_of(row):
                first = min(left)
                self.rows[first] = {key: number / left[first] for key, number in left.items()}

    def gives(self, row: Row) -> bool:
        return not self._left_of(row)

    def _left_of(self, row: Row) -> Row:
        left = dict(row)
        for first in sorted(self.rows):
            if times := left.get(first):
                for key, number in self.rows[first].items():
                    left[key] = left.get(key, Fraction(0)) - times * number
        return {key: number for key, number in left.items() if number}


def open_sexes(asked: Mapping[str, int | None]) -> set[str]:
    """Of figures about women, men, another sex, everybody and gaps: which may be shown, by how many they speak of.

    Everybody less women and men would give a small third group away, and the gap with the men gives the women away.

    >>> sorted(open_sexes({"f": 40, "m": 35, "x": 3, "": 78, "f-m": 75}))
    ['f', 'f-m', 'm']
    >>> sorted(open_sexes({"f": 4, "m": 35, "x": 9, "": 48, "f-m": 39, "f/m": 39}))
    ['m', 'x']
    >>> sorted(open_sexes({"f": 0, "m": None}))
    ['f', 'm']
    """
    small = {sex for sex, n in asked.items() if n is not None and 0 < n < SMALLEST_SHOWN}
    single = {sex for sex in asked if sex and not GAP & set(sex)}
    hidden = set(small)
    if small & single:
        hidden.add(TOTAL)
    hidden |= {sex for sex in asked if GAP & set(sex) and small & set(sex)}
    return set(asked) - hidden
