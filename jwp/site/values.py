"""The public cells of a target: what was accepted and what was corrected, with few people hidden.

Figures go public here and nowhere else: page, charts, CSV and JSON show what `published` returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from jwp.indicators.rules import Cell, Definition, with_totals
from jwp.plans.answers import SEXES
from jwp.plans.models import Report, Target
from jwp.plans.overview import TargetRow
from jwp.site.rules import SMALLEST_SHOWN, Table, held_back

BASELINE = "baseline"
ORDER = tuple(SEXES.values())  # women, men, not stated, total


@dataclass(frozen=True)
class Figure:
    """One public cell. Hidden is not the same as absent: hidden has been counted and is not shown."""

    sex: str
    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    hidden: bool = False

    @property
    def parts(self) -> str:
        """ "12 of 40", where that is what the value is made of."""
        if self.numerator is None or self.denominator is None:
            return ""
        return _("%(part)s of %(whole)s") % {
            "part": f"{self.numerator.normalize():f}",
            "whole": f"{self.denominator.normalize():f}",
        }


@dataclass(frozen=True)
class Version:
    """One published content of a report: figures by sex, or words, or why there is no data."""

    on: date
    figures: tuple[Figure, ...] = ()
    words: str = ""
    no_data: str = ""
    reason: str = ""  # why it took the place of the version before it

    def at(self, sex: str) -> Figure | None:
        return next((figure for figure in self.figures if figure.sex == sex), None)

    @property
    def women(self) -> Figure | None:
        return self.at("f")

    @property
    def men(self) -> Figure | None:
        return self.at("m")

    @property
    def not_stated(self) -> Figure | None:
        return self.at("x")

    @property
    def total(self) -> Figure | None:
        return self.at("")

    @property
    def any_hidden(self) -> bool:
        return any(figure.hidden for figure in self.figures)


@dataclass(frozen=True)
class Published:
    """Every version of every value of one target: by report, oldest first; and its baseline."""

    baseline: Figure | None
    baselines: Mapping[Decimal, bool]  # every baseline it ever had, and whether it must stay hidden
    versions: Mapping[int, tuple[Version, ...]]


@dataclass(frozen=True)
class _Draft:
    """A version before anything is hidden."""

    moment: str
    on: date
    cells: tuple[Cell, ...]
    words: str = ""
    no_data: str = ""
    report: int = 0
    reason: str = ""


def published(row: TargetRow, minimum: int = SMALLEST_SHOWN) -> Published:
    """All that is public of a target's values; what is not accepted is not here."""
    target = row.target
    drafts = [
        _Draft(BASELINE, on, (Cell(value),)) for on, value in _baselines(target)
    ]  # each was part of the promise once
    for spot in row.spots:
        if spot.accepted is not None:
            drafts += _versions(spot.accepted, target)
    # In the order in which the public got to see them; a round before its own corrections.
    drafts.sort(key=lambda draft: draft.on)
    hidden = _hidden(target, drafts, minimum)
    versions: dict[int, tuple[Version, ...]] = {}
    baselines: dict[Decimal, bool] = {}
    for draft, held in zip(drafts, hidden, strict=True):
        if draft.moment == BASELINE:
            value = draft.cells[0].value or Decimal(0)
            baselines[value] = baselines.get(value, False) or "" in held
            continue
        shown = Version(draft.on, _figures(draft.cells, held), draft.words, draft.no_data, draft.reason)
        versions[draft.report] = (*versions.get(draft.report, ()), shown)
    baseline = None
    if target.baseline is not None:
        few = baselines.get(target.baseline, False)  # only a number of people can be too few
        baseline = Figure("", None if few else target.baseline, hidden=few)
    return Published(baseline, baselines, versions)


def _hidden(target: Target, drafts: Iterable[_Draft], minimum: int) -> list[frozenset[str]]:
    drafts = list(drafts)
    if target.indicator is None:
        return [frozenset()] * len(drafts)
    definition = target.indicator.facts(series=target.indicator.ref)
    tables = [Table(draft.moment, _amounts(definition, draft)) for draft in drafts]
    return list(held_back(definition, tables, minimum))


def _amounts(definition: Definition, draft: _Draft) -> dict[str, tuple[Decimal, ...]]:
    return {cell.sex: amounts for cell in draft.cells if (amounts := definition.amounts(cell)) is not None}


def _figures(cells: Iterable[Cell], held: frozenset[str]) -> tuple[Figure, ...]:
    return tuple(
        Figure(cell.sex, hidden=True)
        if cell.sex in held
        else Figure(cell.sex, cell.value, cell.numerator, cell.denominator)
        for cell in sorted(cells, key=lambda cell: ORDER.index(cell.sex))
        if not cell.empty
    )


def _baselines(target: Target) -> list[tuple[date, Decimal]]:
    """The baselines a target had, each with its first day. A ratio's is a share without its counts."""
    if target.kind != Target.Kind.NUMBER:
        return []
    found: list[tuple[date, Decimal]] = []
    since = date.min
    for revision in target.revisions.all():
        if "baseline" in revision.before:
            if (before := revision.before["baseline"]) is not None:
                found.append((since, Decimal(str(before))))
            since = revision.on
    return [*found, *([(since, target.baseline)] if target.baseline is not None else [])]


def _versions(report: Report, target: Target) -> list[_Draft]:
    """What a report said before each of its corrections, and what it says now."""
    first = report.accepted_on or report.submitted_on or report.round.due
    corrections = [c for c in report.corrections.all() if _public_part(c.old) != _public_part(c.new)]
    since = [(first, ""), *((c.on, c.reason) for c in corrections)]
    made = [
        _draft(report, target, correction.old, *facts) for facts, correction in zip(since, corrections, strict=False)
    ]
    words = _words(report.progress, report.value_text)
    on, reason = since[-1]
    now = _Draft(report.round.ref, on, _cells_now(report), words, report.no_data_because, report.pk, reason)
    return [*made, now]


def _public_part(typed: Mapping[str, str]) -> dict[str, str]:
    """A remark is not published, so a correction of a remark alone is none."""
    return {key: text for key, text in typed.items() if key != "comment" and text}


def _draft(report: Report, target: Target, typed: Mapping[str, str], on: date, reason: str) -> _Draft:
    cells = tuple(_cell(target, sex, typed[key]) for key, sex in SEXES.items() if typed.get(key))
    if target.indicator is not None:  # a total that was not typed was shown all the same
        cells = with_totals(target.indicator.facts(series=""), cells)
    words = _words(typed.get("progress", ""), typed.get("words", ""))
    return _Draft(report.round.ref, on, cells, words, typed.get("no_data", ""), report.pk, reason)


def _cell(target: Target, sex: str, text: str) -> Cell:
    """A cell as a correction keeps it: "12", or "12/40" for a ratio."""
    part, _slash, whole = text.partition("/")
    try:
        if not whole:
            return Cell(Decimal(part), sex)
        top, bottom = Decimal(part), Decimal(whole)
    except InvalidOperation:  # nothing that can be read may go public
        return Cell(None, sex)
    value = target.indicator.facts(series="").quotient(top, bottom) if target.indicator else None
    return Cell(value, sex, numerator=top, denominator=bottom)


def _cells_now(report: Report) -> tuple[Cell, ...]:
    if report.reading is None:
        return ()
    return tuple(
        Cell(cell.value, cell.sex, numerator=cell.numerator, denominator=cell.denominator)
        for cell in report.reading.cells.all()
        if not cell.age and cell.place_id is None
    )


def _words(progress: str, text: str) -> str:
    named = dict(Report.Progress.choices).get(progress, "")
    return ": ".join(str(part) for part in (named, text) if part)
