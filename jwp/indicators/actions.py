"""Verbs: define an indicator, give it a new version, record a reading or its correction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jwp.core.access import Actor
from jwp.core.door import Door, Refused, open_door
from jwp.core.templatetags.jwp import figure
from jwp.evidence.models import Run, RunFigure
from jwp.indicators.access import require_team
from jwp.indicators.models import Indicator, Observation, Reading
from jwp.indicators.rules import Cell, Definition, Problem, problems, with_totals
from jwp.indicators.rules.rollups import RUNNING
from jwp.indicators.words import tell
from jwp.partners.models import Place

MEANING = ("definition", "universe", "unit", "method", "aggregation", "counts")


def define(actor: Actor, indicator: Indicator) -> Indicator:
    require_team(actor)
    with open_door(actor) as door:
        return door.add(indicator, verb="define")


def amend(actor: Actor, ref: str, revision: int | None, reason: str = "", **fields: Any) -> Indicator:
    """Change a definition. Once it has readings, what they mean may only change in a new version."""
    require_team(actor)
    with open_door(actor) as door:
        indicator = door.lock(Indicator, ref, revision)
        changed = [name for name in MEANING if name in fields and fields[name] != getattr(indicator, name)]
        if changed and indicator.readings.exists():
            raise Refused(_("There are values under this definition. Make a new version of it instead."))
        return door.change(indicator, reason=reason, **fields)


def new_version(actor: Actor, ref: str, revision: int | None, *, series_break: str, **fields: Any) -> Indicator:
    """The next version. `series_break` says why old values cannot be compared; empty where they still can."""
    require_team(actor)
    with open_door(actor) as door:
        old = door.lock(Indicator, ref, revision)
        if Indicator.objects.filter(supersedes=old).exists():
            raise Refused(_("There is already a newer version of this indicator."))
        kept = {
            f.name: getattr(old, f.name)
            for f in Indicator._meta.concrete_fields
            if f.name not in ("id", "ref", "revision", "version", "supersedes", "series_break")
        }
        breaks = any(kept[name] != fields[name] for name in ("unit", "aggregation", "counts") if name in fields)
        if breaks and not series_break.strip():
            raise Refused(_("A new unit or way of counting breaks the series: say why."))
        base = old.ref.rpartition("-v")[0] if old.version > 1 else old.ref
        new = Indicator(
            **kept | fields,
            ref=f"{base}-v{old.version + 1}",
            version=old.version + 1,
            supersedes=old,
            series_break=series_break,
        )
        return door.add(new, verb="new version")


def enter(
    actor: Actor, ref: str, cells: Iterable[Cell], *, corrects: str = "", reason: str = "", **facts: Any
) -> Reading:
    """Record or correct one reading by hand: what no target's owner reports."""
    require_team(actor)
    with open_door(actor) as door:
        old = door.lock(Reading, corrects) if corrects else None
        if old and not reason.strip():
            raise Refused(_("Say why the value is corrected."))
        if old and old.reports.exists():
            raise Refused(_("This value came with a report on a target. Correct it there."))
        return record(door, door.lock(Indicator, ref), cells, supersedes=old, reason=reason, **facts)


def record(
    door: Door,
    indicator: Indicator,
    cells: Iterable[Cell],
    *,
    starts: date,
    ends: date,
    contributor: str = "",
    coverage: tuple[int, int] | None = None,
    source: str = "",
    estimated: bool = False,
    why: str = "",
    reason: str = "",
    supersedes: Reading | None = None,
    in_turn: bool = False,
    run: Run | None = None,
) -> Reading:
    """Write down one reading through an open door; the caller has already checked that this person may.

    `ends` is the first day after the period. No value in any cell is no data, and needs its `why`.
    A correction names the reading it supersedes, and its `reason`. Raises Refused with every problem at once.
    `in_turn` says that this contributor's periods follow one another by themselves, as the rounds of a plan do.
    """
    given = list(cells)
    definition = indicator.facts(series=indicator.ref)
    found = problems(definition, given, why)
    if not in_turn and _overlaps(indicator, contributor, starts, ends, supersedes):
        found.append(Problem("overlap", {"contributor": contributor}))
    if found:
        raise Refused(*dict.fromkeys(map(tell, found)))
    if supersedes and Reading.objects.filter(supersedes=supersedes).exists():
        raise Refused(_("This value has already been corrected. Correct the newer one."))
    known = [cell for cell in with_totals(definition, given) if not cell.empty]
    status = Reading.Status.ESTIMATED if estimated else Reading.Status.REPORTED
    covered, out_of = coverage or (None, None)
    reading = Reading(
        indicator=indicator,
        contributor=contributor,
        starts=starts,
        ends=ends,
        coverage_n=covered,
        coverage_of=out_of,
        source=source,
        status=status if known else Reading.Status.NO_DATA,
        why=why,
        recorded_on=door.actor.today,
        supersedes=supersedes,
        run=run,
    )
    said = [_plain(cell) for cell in known]
    door.add(reading, verb="correct" if supersedes else "record", reason=reason, cells=said)
    places = _places(known)
    rows = [
        Observation(
            reading=reading,
            sex=cell.sex,
            age=cell.age,
            place_id=places[cell.place] if cell.place else None,
            value=_value(indicator, cell),
            numerator=cell.numerator,
            denominator=cell.denominator,
        )
        for cell in known
    ]
    Observation.objects.bulk_create(rows)
    return reading


# How a figure's unit may be written in a definition.
UNITS = {"percent": {"percent", "%", "per cent", "pour cent", "por ciento"}}
SEXES_OF_A_CELL = ("f", "m", "x", "")


def take_over(
    actor: Actor, ref: str, run: Run, family: str, *, starts: date, ends: date, place: Place | None = None
) -> Reading:
    """Record what a run says of women, men and everybody as one reading, estimated, with its intervals in words."""
    require_team(actor)
    with open_door(actor) as door:
        indicator = door.lock(Indicator, ref)
        if not run.has_result:
            raise Refused(_("This run has no result, or it was withdrawn."))
        figures = list(RunFigure.objects.filter(run=run, family=family, sex__in=SEXES_OF_A_CELL))
        if not figures or any(one.value is None for one in figures):
            raise Refused(_("A figure that is hidden or missing cannot be recorded: women and men would be half told."))
        if caution := next((one.flag for one in figures if one.flag not in ("", "only those asked")), ""):
            raise Refused(_("These figures carry a caution: %(flag)s. They stay with the run.") % {"flag": caution})
        unit = figures[0].unit
        if indicator.unit and unit and indicator.unit.lower() not in UNITS.get(unit, {unit}):
            units = {"unit": indicator.unit, "other": unit}
            raise Refused(_("The indicator counts in %(unit)s, the figure in %(other)s.") % units)
        cells = [Cell(_rounded(one.value), one.sex, place=place.ref if place else "") for one in figures]
        said = [f"{one.sex_told} {one.told}, n = {figure(one.n)}" for one in figures]
        return record(
            door, indicator, cells, starts=starts, ends=ends, contributor=run.ref,
            source=f"{run.ref}: {run.title}"[:300], estimated=True, why="; ".join(said)[:500], reason=family, run=run,
        )  # fmt: skip


def _rounded(value: float | None) -> Decimal:
    """As many places as an observation keeps."""
    return Decimal(repr(value)).quantize(Decimal("0.0001")).normalize() + 0


def _overlaps(indicator: Indicator, contributor: str, starts: date, ends: date, supersedes: Reading | None) -> bool:
    """A second current value for the same time would be counted twice."""
    clash = Q(ends=ends) if indicator.aggregation in RUNNING else Q(starts__lt=ends, ends__gt=starts)
    others = Reading.objects.current().filter(clash, indicator=indicator, contributor=contributor)
    return others.exclude(pk=supersedes.pk if supersedes else None).exists()


def overlap(definition: Definition, span: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two values from one source count the same time; of a state only the last counts."""
    (starts, ends), (first, last) = span, other
    return ends == last if definition.aggregation in RUNNING else starts < last and first < ends


def _places(cells: Iterable[Cell]) -> dict[str, int]:
    refs = {cell.place for cell in cells if cell.place}
    if not refs:
        return {}
    found = dict(Place.objects.filter(ref__in=refs).values_list("ref", "pk"))
    if unknown := sorted(refs - found.keys()):
        raise Refused(_("There is no such place: %(refs)s.") % {"refs": ", ".join(unknown)})
    return found


def _value(indicator: Indicator, cell: Cell) -> Any:
    """Of a ratio the quotient is kept too, so that lists need not divide."""
    if indicator.aggregation == "ratio" and cell.numerator is not None and cell.denominator is not None:
        return indicator.facts(series="").quotient(cell.numerator, cell.denominator)
    return cell.value


def _plain(cell: Cell) -> dict[str, Any]:
    """A cell for the journal, without what it does not say."""
    facts = {name: getattr(cell, name) for name in ("sex", "age", "place", "value", "numerator", "denominator")}
    return {name: value for name, value in facts.items() if value not in (None, "")}
