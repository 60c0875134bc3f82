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
        """The axes along which a total can be made of its parts; one person may be met in two places."""
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


def parts_of(at: At, axis: str, places: Iterable[At]) -> list[At]:
    """Those of `places` that split `at` along this axis and no other.

    >>> parts_of(("f", "", ""), "age", [("f", "18-24", ""), ("m", "18-24", ""), ("f", "25+", "lima")])
    [('f', '18-24', '')]
    """
    i = AXES.index(axis)
    return [place for place in places if place[i] and not at[i] and (*place[:i], "", *place[i + 1 :]) == at]


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
    estimated = any(cell.estimated for cell in given)
    missing = {at: amounts for at, amounts in completed(definition, given).items() if at[1:] == ("", "")}
    for cell in given:
        missing.pop(cell.at, None)
    made = [definition.cell(at, a, estimated=estimated) for at, a in sorted(missing.items()) if a is not None]
    return (*given, *made)


def completed(definition: Definition, cells: Iterable[Cell]) -> dict[At, Amounts | None]:
    """What adds up, by place in the table: as given, and every total that its parts give."""
    given = list(cells)
    known = {cell.at: definition.amounts(cell) for cell in given}
    for at in finest_first(definition, given):
        for axis in definition.adding_axes if at not in known else ():
            parts = parts_of(at, axis, known)
            amounts = [amount for part in parts if (amount := known[part]) is not None]
            # Women alone are not everybody: without men (a zero will do) the total stays unknown.
            whole = axis != "sex" or {FEMALE, MALE} <= {part[0] for part in parts}
            if parts and len(amounts) == len(parts) and whole:
                known[at] = add(amounts)
                break
    return known


def finest_first(definition: Definition, cells: Iterable[Cell]) -> list[At]:
    """Every place in the table that a cell stands in or is a part of."""
    places = {whole for cell in cells for whole in coarser(cell.at, definition.adding_axes)}
    return sorted(places, key=lambda at: (at.count(""), at))
