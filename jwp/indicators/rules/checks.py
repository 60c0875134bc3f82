"""What is wrong with a set of cells, and what is missing from it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from jwp.indicators.rules.cells import (
    FEMALE,
    MALE,
    NOT_STATED,
    TOTAL,
    At,
    Cell,
    Definition,
    Problem,
    add,
    coarser,
    completed,
    finest_first,
    parts_of,
    with_totals,
)

DIGITS = 15  # what a database that stores decimals as floats still keeps exactly
PLACES = 4
SEXES = ("", FEMALE, MALE, NOT_STATED)


def problems(definition: Definition, cells: Sequence[Cell], why: str = "") -> list[Problem]:
    """Every reason to refuse these cells, at once; an empty list means they can be recorded.

    >>> people = Definition("I-1", "people", "sum", ("sex",))
    >>> women, men, total = Cell(Decimal(3), "f"), Cell(Decimal(4), "m"), Cell(Decimal(10))
    >>> [(p.code, p.facts["difference"]) for p in problems(people, [total, women, men])]
    [('does not add up', Decimal('3'))]
    >>> problems(people, [total, women, men, Cell(Decimal(3), "x")])
    []
    >>> [p.code for p in problems(people, [Cell()])]
    ['no reason']
    """
    found = [
        Problem("twice", {"at": at, "times": times})
        for at, times in Counter(cell.at for cell in cells).items()
        if times > 1
    ]
    for cell in cells:
        found += _problems_of_one(definition, cell)
    if not why.strip() and (not cells or any(cell.empty for cell in cells)):
        found.append(Problem("no reason"))
    return found or _sums_that_differ(definition, cells)


def _problems_of_one(definition: Definition, cell: Cell) -> list[Problem]:
    at = {"at": cell.at}
    found = []
    if cell.sex not in SEXES:
        found.append(Problem("unknown sex", at))
    for number in (cell.value, cell.numerator, cell.denominator):
        if number is None:
            continue
        if not number.is_finite():
            return [Problem("not a number", at)]
        if number.copy_abs() >= Decimal(10) ** (DIGITS - PLACES) or round(number, PLACES) != number:
            found.append(Problem("too many digits", {**at, "number": number}))
        if number < 0 and definition.counts != "score":
            found.append(Problem("below zero", {**at, "number": number}))
    if definition.aggregation == "ratio" and not cell.empty:
        if cell.numerator is None or cell.denominator is None:
            found.append(Problem("no numerator or denominator", at))
        elif cell.denominator <= 0:
            found.append(Problem("denominator not above zero", at))
        elif cell.value is not None:
            computed = definition.quotient(cell.numerator, cell.denominator)
            if definition.rounded(cell.value) != computed:
                found.append(Problem("not the quotient", {**at, "value": cell.value, "computed": computed}))
    elif definition.aggregation != "ratio" and cell.value is None and not cell.empty:
        found.append(Problem("no value", at))
    return found


def _sums_that_differ(definition: Definition, cells: Sequence[Cell]) -> list[Problem]:
    found: list[Problem] = []
    explained: set[At] = set()
    given = {cell.at for cell in cells}
    known = completed(definition, cells)
    for at in finest_first(definition, cells):
        whole = known.get(at)
        if at in explained or whole is None:  # its parts are wrong already: say it once, where it is
            continue
        for axis in definition.adding_axes:
            parts = parts_of(at, axis, known)
            amounts = [amount for part in parts if (amount := known[part]) is not None]
            if not amounts:
                continue
            # Are all places there? What would an unknown part add? Where nobody knows, only too much is bad.
            unsure = axis == "place" or len(amounts) < len(parts)
            if axis == "sex" and at not in given and not {FEMALE, MALE} <= {part[0] for part in parts}:
                unsure = True
            differs = [(a, b) for a, b in zip(whole, add(amounts), strict=True) if (a < b if unsure else a != b)]
            if differs:
                total, together = differs[0]
                facts = {"at": at, "total": total, "parts": together, "difference": total - together}
                found.append(Problem("does not add up", facts))
                explained.update(coarser(at))
                break
    return found


def not_disaggregated(definition: Definition, cells: Iterable[Cell]) -> tuple[str, ...]:
    """The splits the definition calls for and the values do not have. Nothing to split, nothing missing.

    >>> people = Definition("I-1", "people", "sum", ("sex", "age"))
    >>> not_disaggregated(people, [Cell(Decimal(10)), Cell(Decimal(10), "f", "18-24")])
    ()
    >>> not_disaggregated(people, [Cell(Decimal(10)), Cell(Decimal(10), "x")])
    ('sex', 'age')
    """
    valued = [cell for cell in cells if definition.amounts(cell) is not None]
    if not valued:
        return ()
    return tuple(
        axis for axis in definition.disaggregations if all(getattr(cell, axis) in ("", NOT_STATED) for cell in valued)
    )


def sex_coverage(definition: Definition, cells: Iterable[Cell]) -> Decimal | None:
    """The share (0 to 1) of the value whose sex is known; of a ratio, of its denominator.

    >>> people = Definition("I-1", "people", "sum")
    >>> sex_coverage(people, [Cell(Decimal(10)), Cell(Decimal(3), "f"), Cell(Decimal(5), "m")])
    Decimal('0.8')
    >>> sex_coverage(people, [Cell(Decimal(10))])
    Decimal('0')
    """
    if definition.counts == "score":
        return None
    whole = {cell.at: definition.amounts(cell) for cell in with_totals(definition, cells)}
    total = whole.get(TOTAL)
    if total is None or total[-1] <= 0:
        return None
    known = [whole.get((sex, "", "")) for sex in (FEMALE, MALE)]
    return sum((amounts[-1] for amounts in known if amounts is not None), Decimal(0)) / total[-1]
