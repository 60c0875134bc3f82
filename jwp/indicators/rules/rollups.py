"""Values of several contributors or periods made into one, or the reason why that would be false."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from jwp.indicators.rules.cells import (
    FEMALE,
    MALE,
    NOT_STATED,
    Amounts,
    Cell,
    Definition,
    Figures,
    Problem,
    add,
)

RUNNING = ("latest", "cumulative")


@dataclass(frozen=True, slots=True)
class Rollup:
    """The total and its cells by sex, with how many of those expected reported each."""

    cells: tuple[Cell, ...]
    reported: int  # how many gave a total
    expected: int
    reported_by_sex: tuple[int, int] = (0, 0)  # how many gave women, men

    def by_sex(self, sex: str = "") -> Cell | None:
        return next((cell for cell in self.cells if cell.sex == sex), None)


def roll_up(figures: Iterable[Figures], contributors: Collection[str] = ()) -> Rollup | Problem:
    """One figure out of several. A contributor who gave none lowers the coverage, never the value.

    What of a total is not split by sex is carried as "not stated", so that the cells still add up.

    >>> from datetime import date
    >>> trained, half = Definition("I-1", "people", "sum"), (date(2026, 1, 1), date(2026, 7, 1))
    >>> lima = Figures(trained, "lima", *half, (Cell(Decimal(3), "f"), Cell(Decimal(4), "m")))
    >>> accra = Figures(trained, "accra", *half, (Cell(Decimal(10)),))
    >>> rolled = roll_up([lima, accra], contributors=["lima", "accra", "tunis"])
    >>> {cell.sex: int(cell.value) for cell in rolled.cells}, rolled.reported, rolled.expected
    ({'': 17, 'f': 3, 'm': 4, 'x': 10}, 2, 3)
    """
    given = list(figures)
    if refusal := why_not_together(given):
        return refusal
    slots = {(one.contributor, one.starts, one.ends) for one in given}
    if contributors:
        slots |= {(name, starts, ends) for name in contributors for _, starts, ends in slots}
    # A running total or a state is owed once by each; anything else once by each in every period.
    owed = {name for name, _, _ in slots} if given and given[0].definition.aggregation in RUNNING else slots
    expected = len(owed) or len(contributors)
    valued = [one for one in given if one.known()]
    if not valued:
        return Rollup((), 0, expected)
    definition = valued[0].definition
    if definition.aggregation == "unique" and len(valued) > 1:
        return Problem("unique people")
    if definition.aggregation in RUNNING:
        # Sorted by their end, so that the last of each contributor wins.
        valued = list({one.contributor: one for one in sorted(valued, key=lambda one: one.ends)}.values())
    if definition.counts == "score" and definition.aggregation != "ratio" and len(valued) > 1:
        return Problem("score")
    return _add_up(valued, expected)


def _add_up(valued: Sequence[Figures], expected: int) -> Rollup:
    definition = valued[0].definition
    columns: dict[str, list[Amounts]] = {"": [], FEMALE: [], MALE: [], NOT_STATED: []}
    estimated = False
    for one in valued:
        known = one.known()
        amounts = {sex: definition.amounts(cell) for sex, cell in known.items()}
        if (total := amounts.get("")) is not None and definition.counts != "score":
            split = [part for sex in (FEMALE, MALE) if (part := amounts.get(sex)) is not None]
            rest = add([total, *(tuple(-number for number in part) for part in split)])
            amounts[NOT_STATED] = rest if any(rest) else None
        for sex, part in amounts.items():
            if part is not None:
                columns[sex].append(part)
        estimated = estimated or any(cell.estimated for cell in known.values())
    sums = {sex: add(column) for sex, column in columns.items() if column}
    cells = (
        definition.cell((sex, "", ""), amounts, estimated=estimated)
        for sex, amounts in sums.items()
        if sex != NOT_STATED or any(amounts)
    )
    by_sex = (len(columns[FEMALE]), len(columns[MALE]))
    return Rollup(tuple(cells), len(columns[""]), expected, by_sex)


def why_not_together(figures: Sequence[Figures]) -> Problem | None:
    """Why these figures cannot make one: units, series and overlapping periods come first."""
    definitions = [one.definition for one in figures]
    for what in ("unit", "aggregation", "counts"):
        found = sorted({getattr(definition, what) for definition in definitions})
        if len(found) > 1:
            return Problem(f"mixed {what}", {"found": found})
    if len({definition.series for definition in definitions}) > 1:
        return _series_break(definitions)
    # Of a running total or a state only the last one counts, so its periods may nest but not end together.
    running = bool(definitions) and definitions[0].aggregation in RUNNING
    for one, following in pairwise(sorted(figures, key=lambda one: (one.contributor, one.ends, one.starts))):
        clash = one.ends == following.ends if running else one.ends > following.starts
        if one.contributor == following.contributor and clash:
            return Problem("overlap", {"contributor": one.contributor, "starts": following.starts})
    return None


def change(before: Figures, after: Figures, sex: str = "") -> Decimal | Problem | None:
    """By how much the value moved; None where either is unknown, refused across a series break.

    >>> from datetime import date
    >>> old = Definition("I-1", "people", "sum", series="I-1")
    >>> new = Definition("I-1-2", "people", "sum", series="I-1-2", series_break="now counts tenants too")
    >>> then = Figures(old, "lima", date(2025, 1, 1), date(2025, 7, 1), (Cell(Decimal(3)),))
    >>> now = Figures(new, "lima", date(2026, 1, 1), date(2026, 7, 1), (Cell(Decimal(9)),))
    >>> change(then, now).facts
    {'reasons': ['now counts tenants too']}
    """
    definitions = [before.definition, after.definition]
    if definitions[0].unit != definitions[1].unit:
        return Problem("mixed unit", {"found": sorted(one.unit for one in definitions)})
    if definitions[0].series != definitions[1].series:
        return _series_break(definitions)
    then, now = before.known().get(sex), after.known().get(sex)
    if then is None or now is None or then.value is None or now.value is None:
        return None
    return now.value - then.value


def _series_break(definitions: Iterable[Definition]) -> Problem:
    return Problem("series break", {"reasons": sorted({one.series_break for one in definitions} - {""})})
