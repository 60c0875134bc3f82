"""The workbook's sheets of indicators and of values that no report on a target brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import GENDER_TEAM, Actor
from jwp.core.workbook.cells import digits
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.indicators.actions import MEANING, amend, enter, overlap
from jwp.indicators.models import Indicator, Reading
from jwp.indicators.rules import FEMALE, MALE, NOT_STATED, Cell, Problem, problems
from jwp.indicators.words import tell

SPLITS = ("sex", "age", "place")


def _indicators(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """What its values mean may only change in a new version."""
    changed = [c.before.pk for c in candidates if c.before]
    measured = set(Reading.objects.filter(indicator__in=changed).values_list("indicator_id", flat=True))
    for candidate in candidates:
        if candidate.before and candidate.before.pk in measured:
            for name in candidate.changed.intersection(MEANING):
                candidate.refuse(name, _("There are values under this definition. Make a new version of it instead."))
        for split in candidate.row.disaggregations:
            if split not in SPLITS:
                candidate.refuse("disaggregations", _("Write any of: %(known)s.") % {"known": "; ".join(SPLITS)})


def _change(actor: Actor, row: Indicator, changes: dict[str, Any], extra: Extra) -> Indicator:
    return amend(actor, row.ref, row.revision, **changes)


INDICATORS = Sheet(
    gettext_lazy("indicators"), Indicator,
    columns(
        Indicator, "name", "definition", "universe", "unit", "counts", "frequency", "method", "aggregation",
        column(
            Indicator,
            "disaggregations",
            hint=gettext_lazy("Any of sex; age; place, with semicolons between them."),
        ),
        "decimals",
        column(Indicator, "version", fixed=gettext_lazy("A new version is made on the indicator's page.")),
        column(Indicator, "source", heading=gettext_lazy("source")),
    ),
    (GENDER_TEAM,), key=("name",), check=_indicators, change=_change, related=("source",),
)  # fmt: skip


# How the columns of a value are called, and whose cell each is.
VALUES = {
    "women": (FEMALE, gettext_lazy("women")),
    "men": (MALE, gettext_lazy("men")),
    "unstated": (NOT_STATED, gettext_lazy("not stated")),
    "total": ("", gettext_lazy("total")),
}


def _shown(sex: str) -> Callable[[Reading], str]:
    """A cell as the workbook writes it: a number, or so many out of so many."""

    def show(reading: Reading) -> str:
        for cell in reading.cells.all():
            if cell.sex == sex and cell.age == "" and cell.place_id is None:
                if cell.numerator is not None and cell.denominator is not None:
                    return f"{digits(cell.numerator)}/{digits(cell.denominator)}"
                return digits(cell.value) if cell.value is not None else ""
        return ""

    return show


def _last(reading: Reading) -> date:
    return reading.ends - timedelta(days=1)


def _estimated(reading: Reading) -> bool:
    return reading.status == Reading.Status.ESTIMATED


def _cells(indicator: Indicator, extra: Extra) -> list[Cell]:
    found = []
    for name, (sex, _heading) in VALUES.items():
        if typed := extra.get(name, ""):
            part, slash, of = typed.partition("/")
            if slash:
                found.append(Cell(None, sex, numerator=Decimal(part), denominator=Decimal(of)))
            elif indicator.aggregation == "ratio":
                found.append(Cell(None, sex, numerator=Decimal(part)))
            else:
                found.append(Cell(Decimal(part), sex))
    return found


def _values(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Cells that add up, reasons for none, and no time counted twice: here or among the workbook's rows."""
    spans: dict[Any, list[tuple[date, date]]] = defaultdict(list)
    for old in Reading.objects.current().filter(indicator__in=[c.row.indicator.pk for c in candidates]):
        spans[old.indicator_id, old.contributor].append((old.starts, old.ends))
    for candidate in candidates:
        row, last = candidate.row, candidate.extra.get("last")
        if candidate.before is not None:
            continue
        if last is None or last < row.starts:
            candidate.refuse("last", _("Write the last day of the period, not before its first."))
            continue
        definition = row.indicator.facts(series="")
        for problem in problems(definition, _cells(row.indicator, candidate.extra), row.why):
            candidate.refuse("total", tell(problem))
        ends = last + timedelta(days=1)
        others = spans[row.indicator.pk or id(row.indicator), row.contributor]
        if any(overlap(definition, (row.starts, ends), other) for other in others):
            candidate.refuse("starts", tell(Problem("overlap", {"contributor": row.contributor})))
        others.append((row.starts, ends))


def _enter(actor: Actor, row: Reading, extra: Extra) -> Reading:
    covered, out_of = row.coverage_n, row.coverage_of
    return enter(
        actor, row.indicator.ref, _cells(row.indicator, extra), starts=row.starts,
        ends=extra["last"] + timedelta(days=1), contributor=row.contributor, source=row.source, why=row.why,
        estimated=bool(extra.get("estimated")),
        coverage=(covered, out_of) if covered is not None and out_of is not None else None,
    )  # fmt: skip


class _Values(Sheet):
    def rows(self) -> QuerySet[Any]:
        """As they stand, without those that came with a report: the sheet of reports has them."""
        return super().rows().filter(superseded_by=None, reports=None)


CORRECT = gettext_lazy("A value is corrected on its indicator's page, with a reason.")


def _written_once(name: str, **given: Any) -> Column:
    return column(Reading, name, lasting=CORRECT, **given)


def _shown_by(show: Callable[[Reading], Any], field: str, heading: Promise, kind: Kind) -> Column:
    return Column(field, heading, kind, virtual=True, show=show, lasting=CORRECT)


READINGS = _Values(
    gettext_lazy("values"),
    Reading,
    (
        _written_once("indicator", heading=gettext_lazy("indicator")),
        _written_once("contributor", hint=gettext_lazy("The reference of the unit, project or member.")),
        _written_once("starts", heading=gettext_lazy("first day")),
        _shown_by(_last, "last", gettext_lazy("last day"), Kind.DATE),
        *(_shown_by(_shown(sex), name, heading, Kind.COUNT) for name, (sex, heading) in VALUES.items()),
        _shown_by(_estimated, "estimated", gettext_lazy("estimated"), Kind.YES),
        _written_once("coverage_n"),
        _written_once("coverage_of"),
        _written_once("source"),
        _written_once("why"),
    ),
    (GENDER_TEAM,),
    key=("indicator", "contributor", "starts"),
    check=_values,
    add=_enter,
    related=("indicator",),
    prefetch=("cells",),
)

SHEETS = (INDICATORS, READINGS)
