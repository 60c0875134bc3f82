"""What may be shown in public: small counts of people are hidden, and so is whatever would give them away."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jwp.indicators.rules.cells import Amounts, At, Cell, Definition, add, completed, parts_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as the public sees it; hidden is not the same as no data."""

    cell: Cell
    hidden: bool = False


Equation = tuple[At, tuple[At, ...]]  # a total and the parts that make it up


def suppress(definition: Definition, cells: Iterable[Cell], minimum: int) -> tuple[Shown, ...]:
    """The cells with counts of 1 to `minimum` - 1 hidden, and enough others that none can be worked out.

    Zero is shown: that nobody was reached is a finding, and points at nobody.

    >>> people = Definition("I-1", "people", "sum")
    >>> cells = [Cell(Decimal(40)), Cell(Decimal(2), "f"), Cell(Decimal(38), "m")]
    >>> [(s.cell.sex, s.cell.value) for s in suppress(people, cells, 5)]
    [('', Decimal('40')), ('f', None), ('m', None)]
    """
    given = tuple(cells)
    if definition.counts != "people":
        return tuple(Shown(cell) for cell in given)
    known = {at: amounts for at, amounts in completed(definition, given).items() if amounts is not None}
    table = _Table(
        size={at: _size(amounts) for at, amounts in known.items()},
        equations=_equations(definition, known),
        unseen=known.keys() - {cell.at for cell in given},
        minimum=minimum,
    )
    hidden = {cell.at for cell in given if cell.at in known and table.small(cell.at)}
    while more := _next_to_hide(table, hidden):
        hidden.add(more)
    return tuple(Shown(Cell(None, *cell.at), hidden=True) if cell.at in hidden else Shown(cell) for cell in given)


@dataclass(frozen=True, slots=True)
class _Table:
    size: Mapping[At, Decimal]  # the count that decides whether a cell is small
    equations: Sequence[Equation]
    unseen: AbstractSet[At]  # totals that are not in the table, but that a reader could add up
    minimum: int

    def small(self, at: At) -> bool:
        return 0 < self.size[at] < self.minimum


def _size(amounts: Amounts) -> Decimal:
    """Of a ratio the smaller of its two counts that is not zero."""
    return min((amount for amount in amounts if amount > 0), default=Decimal(0))


def _equations(definition: Definition, known: Mapping[At, Amounts]) -> list[Equation]:
    """Every total with parts that make it up exactly: what a reader can add and subtract."""
    found = []
    for at in sorted(known):
        for axis in definition.adding_axes:
            parts = tuple(parts_of(at, axis, sorted(known)))
            if parts and add(known[part] for part in parts) == known[at]:
                found.append((at, parts))
    return found


def _next_to_hide(table: _Table, hidden: set[At]) -> At | None:
    """One more cell to hide, or None when no small count can be worked out any more."""
    unknown = hidden | table.unseen
    given_away = {at for at in _worked_out(unknown, table.equations) if at in hidden or table.small(at)}
    for whole, parts in table.equations:
        covered = [at for at in parts if at in unknown]
        left = sum((table.size[at] for at in covered), Decimal(0))
        # What the shown cells leave over is itself a small count.
        together = whole not in unknown and 0 < left < table.minimum
        if not together and not given_away & {whole, *parts}:
            continue
        # The smallest count above zero costs the reader least; the total comes next, a zero last.
        shown = sorted((at for at in parts if at not in unknown), key=lambda at: (table.size[at], at))
        choices = [at for at in shown if table.size[at]] + [at for at in (whole,) if at not in unknown]
        if choices or shown:
            return (choices or shown)[0]
    return None


def _worked_out(unknown: AbstractSet[At], equations: Sequence[Equation]) -> set[At]:
    """The unknown cells that follow from the shown ones by adding and subtracting: one line, one unknown."""
    unknowns = sorted(unknown)
    lines = []
    for whole, parts in equations:
        line = [Fraction((at == whole) - parts.count(at)) for at in unknowns]
        if any(line):
            lines.append(line)
    rank = 0
    for column in range(len(unknowns)):
        pivot = next((i for i in range(rank, len(lines)) if lines[i][column]), None)
        if pivot is None:
            continue
        lines[rank], lines[pivot] = lines[pivot], lines[rank]
        lines[rank] = [number / lines[rank][column] for number in lines[rank]]
        for i, line in enumerate(lines):
            if i != rank and line[column]:
                lines[i] = [a - line[column] * b for a, b in zip(line, lines[rank], strict=True)]
        rank += 1
    alone = [[at for at, number in zip(unknowns, line, strict=True) if number] for line in lines[:rank]]
    return {found[0] for found in alone if len(found) == 1}
