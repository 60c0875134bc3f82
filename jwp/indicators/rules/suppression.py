"""What may be shown in public: small counts of people are hidden, and so is whatever would give them away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from jwp.indicators.rules.cells import At, Cell, Definition, coarser, ways_to_make


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
    size = {cell.at: _size(definition, cell, minimum) for cell in given if not cell.empty}
    hidden = {at for at, count in size.items() if 0 < count < minimum}
    equations = _equations(definition, given)
    while more := _next_to_hide(size, hidden, equations, minimum):
        hidden.add(more)
    return tuple(
        Shown(Cell(None, *cell.at), hidden=True) if cell.at in hidden else Shown(cell) for cell in given
    )


def _size(definition: Definition, cell: Cell, minimum: int) -> Decimal:
    """The count that decides; of a ratio its smaller one that is not zero."""
    amounts = definition.amounts(cell) or (Decimal(minimum),)
    return min((amount for amount in amounts if amount > 0), default=Decimal(0))


def _equations(definition: Definition, cells: Sequence[Cell]) -> list[Equation]:
    """Every total with the parts that make it up. A total that is not in the table gives nothing away."""
    known = {cell.at for cell in cells if not cell.empty}
    wholes = sorted({at for cell in cells for at in coarser(cell.at, definition.adding_axes)} & known)
    return [
        (at, tuple(part.at for part in parts))
        for at in wholes
        for split, parts in ways_to_make(at, cells, definition.adding_axes).items()
        if split and all(part.at in known for part in parts)
    ]


def _next_to_hide(
    size: dict[At, Decimal], hidden: set[At], equations: list[Equation], minimum: int
) -> At | None:
    """One more cell to hide, or None when nothing hidden can be worked out any more."""
    given_away = _worked_out(hidden, equations)
    for whole, parts in equations:
        covered = [at for at in parts if at in hidden]
        left = sum((size[at] for at in covered), Decimal(0))
        together = whole not in hidden and covered and left < minimum  # their sum is itself a small count
        if together or given_away & {whole, *parts}:
            open_parts = [at for at in parts if at not in hidden]
            # The smallest count above zero costs the reader least; a zero hides nothing; the total is last.
            choices = sorted(open_parts, key=lambda at: (size[at] == 0, size[at], at))
            if choices and size[choices[0]] > 0:
                return choices[0]
            if whole not in hidden:
                return whole
            if choices and given_away & {whole, *parts}:
                return choices[0]
    return None


def _worked_out(hidden: set[At], equations: list[Equation]) -> set[At]:
    """The hidden cells that follow from the shown ones by adding and subtracting: one line, one unknown."""
    unknowns = sorted(hidden)
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
