"""A measured value, its parts, and the definition that says what they mean."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain, combinations

At = tuple[str, str, str]  # sex, age band, place; "" is "all of them"
Amounts = tuple[Decimal, ...]  # what adds up: (value,), or (numerator, denominator) of a ratio

AXES = ("sex", "age", "place")
TOTAL: At = ("", "", "")
FEMALE, MALE, NOT_STATED = "f", "m", "x"
PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is refused: a code and the facts, put into words (and translated) at the edge."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """The facts of an indicator that decide how its values are checked and rolled up.

    `counts` says what a value is made of: people (parts add up, small counts are hidden in public),
    things (parts add up) or a score (a rating or an index, whose parts do not add up to anything).
    """

    ref: str
    unit: str
    aggregation: str  # sum | ratio | latest | cumulative | unique
    disaggregations: tuple[str, ...] = ()
    counts: str = "people"  # people | things | score
    decimals: int = 0
    series: str = ""  # versions of one indicator share it until a series break
    series_break: str = ""  # why values before this version cannot be compared with it

    @property
    def adding_axes(self) -> tuple[str, ...]:
        """The axes along which parts make up their total; one person may be met in two places."""
        if self.counts == "score":
            return ()
        return ("sex", "age") if self.aggregation == "unique" else AXES

    def amounts(self, cell: "Cell") -> Amounts | None:
        """What of this cell adds up; None when it is not known."""
        if self.aggregation != "ratio":
            return None if cell.value is None else (cell.value,)
        if cell.numerator is None or cell.denominator is None:
            return None
        return (cell.numerator, cell.denominator)

    def cell(self, at: At, amounts: Amounts, *, estimated: bool = False) -> "Cell":
        """A cell made from added-up amounts; a ratio's value comes from them and from nothing else."""
        sex, age, place = at
        if self.aggregation != "ratio":
            return Cell(amounts[0], sex, age, place, estimated=estimated)
        top, bottom = amounts
        return Cell(self.quotient(top, bottom), sex, age, place, top, bottom, estimated)

    def quotient(self, numerator: Decimal, denominator: Decimal) -> Decimal | None:
        """
        >>> Definition("I-1", "%", "ratio", decimals=1).quotient(Decimal(1), Decimal(3))
        Decimal('33.3')
        """
        if denominator <= 0:
            return None
        return self.rounded(numerator * (100 if self.unit == PERCENT else 1) / denominator)

    def rounded(self, value: Decimal) -> Decimal:
        return value.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Cell:
    """One value for one sex, age band and place; "" is all of them, "x" not stated. No value is not zero."""

    value: Decimal | None = None
    sex: str = ""
    age: str = ""
    place: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    estimated: bool = False

    @property
    def at(self) -> At:
        return (self.sex, self.age, self.place)

    @property
    def empty(self) -> bool:
        return self.value is None and self.numerator is None and self.denominator is None

    @property
    def status(self) -> str:
        if self.empty:
            return "no data"
        return "estimated" if self.estimated else "reported"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one contributor says of one indicator for one period (`ends` is the first day after it)."""

    definition: Definition
    contributor: str
    starts: date
    ends: date
    cells: tuple[Cell, ...]

    def known(self) -> dict[str, Cell]:
        """The total and the cells by sex that have a value, by sex ("" is the total)."""
        whole = with_totals(self.definition, self.cells)
        return {c.sex: c for c in whole if c.age == c.place == "" and self.definition.amounts(c) is not None}


def coarser(at: At, axes: Iterable[str] = AXES) -> Iterator[At]:
    """This place in the table and every one it is a part of.

    >>> list(coarser(("f", "", "lima")))
    [('f', '', 'lima'), ('', '', 'lima'), ('f', '', ''), ('', '', '')]
    """
    said = [i for i, axis in enumerate(AXES) if at[i] and axis in axes]
    for blanked in chain.from_iterable(combinations(said, n) for n in range(len(said) + 1)):
        sex, age, place = ("" if i in blanked else name for i, name in enumerate(at))
        yield (sex, age, place)


def ways_to_make(at: At, cells: Iterable[Cell], axes: Iterable[str]) -> dict[tuple[str, ...], list[Cell]]:
    """The sets of cells that each should make up `at`, by the axes they split it along, itself first."""
    ways: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        inside = all(whole in ("", mine) for mine, whole in zip(cell.at, at, strict=True))
        split = tuple(axis for axis, mine, whole in zip(AXES, cell.at, at, strict=True) if mine and not whole)
        if inside and set(split) <= set(axes):
            ways.setdefault(split, []).append(cell)
    return dict(sorted(ways.items(), key=lambda way: (len(way[0]), way[0])))


def add(amounts: Iterable[Amounts]) -> Amounts:
    """
    >>> add([(Decimal(1), Decimal(2)), (Decimal(3), Decimal(4))])
    (Decimal('4'), Decimal('6'))
    """
    return tuple(sum(column, Decimal(0)) for column in zip(*amounts, strict=True))


def with_totals(definition: Definition, cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """The cells, with the total and the totals by sex added where their parts give them.

    >>> people = Definition("I-1", "people", "sum")
    >>> women, men = Cell(Decimal(3), "f"), Cell(Decimal(4), "m")
    >>> with_totals(people, [women, men])[-1].value
    Decimal('7')
    >>> len(with_totals(people, [women, Cell(None, "m")]))
    2
    """
    given = tuple(cells)
    taken = {cell.at for cell in given}
    made = []
    for at in sorted({(cell.sex, "", "") for cell in given if cell.sex} | {TOTAL}):
        if at in taken:
            continue
        for parts in ways_to_make(at, given, definition.adding_axes).values():
            amounts = [definition.amounts(part) for part in parts]
            known = [part for part in amounts if part is not None]
            sexes = {part.sex for part in parts} - {at[0]}
            # Women alone are not everybody: without men (a zero will do) the total stays unknown.
            if len(known) == len(amounts) and (not sexes or {FEMALE, MALE} <= sexes):
                made.append(definition.cell(at, add(known), estimated=any(part.estimated for part in parts)))
                break
    return (*given, *made)
