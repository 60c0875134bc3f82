"""The same totals as `rules.roll_up`, by the database, in a constant number of queries.

A test proves the two equal. Each Indicator row is one version, so nothing here crosses a series break.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from jwp.indicators.models import Indicator, Observation, Reading, ReadingRows
from jwp.indicators.rules import FEMALE, MALE, NOT_STATED, Definition, Problem, Rollup
from jwp.indicators.rules.rollups import RUNNING

Span = tuple[date, date]
Totals = Rollup | Problem

# Each cell by sex is joined as a relation of its own: a reading has at most one of each.
SEXES = {"": "whole", FEMALE: "women", MALE: "men", NOT_STATED: "unstated"}
NUMBER = DecimalField(max_digits=15, decimal_places=4)
ZERO = Value(Decimal(0), output_field=NUMBER)


def by_period(
    indicators: Iterable[Indicator], contributors: Collection[str] = (), among: Q | None = None
) -> dict[str, dict[Span, Totals]]:
    """Totals by sex of each indicator (by its ref) in each period, in one query.

    With `contributors` only theirs count, and each of them is expected in every period.
    `among` narrows which readings count at all.
    """
    chosen = {indicator.pk: indicator for indicator in indicators}
    found: dict[str, dict[Span, Totals]] = {indicator.ref: {} for indicator in chosen.values()}
    current = _current(chosen, contributors).filter(among or Q())
    for row in _sums(current, "indicator_id", "starts", "ends"):
        indicator = chosen[row["indicator_id"]]
        expected = len(set(contributors)) or row["readings"]
        found[indicator.ref][row["starts"], row["ends"]] = _totals(indicator.facts(series=""), row, expected)
    return found


def overall(indicators: Iterable[Indicator], contributors: Collection[str] = ()) -> dict[str, Totals]:
    """Totals by sex of each indicator over all its periods, in two queries."""
    chosen = {indicator.pk: indicator for indicator in indicators}
    current = _current(chosen, contributors)
    names: dict[int, set[str]] = {pk: set(contributors) for pk in chosen}
    periods: dict[int, set[Span]] = {pk: set() for pk in chosen}
    readings = dict.fromkeys(chosen, 0)
    latest: dict[tuple[int, str], int] = {}
    known = Observation.objects.filter(reading=OuterRef("pk"), value__isnull=False, age="", place=None)
    slots = current.order_by("ends").values_list("pk", "indicator_id", "contributor", "starts", "ends", Exists(known))
    for reading, pk, contributor, starts, ends, valued in slots:
        names[pk].add(contributor)
        periods[pk].add((starts, ends))
        readings[pk] += 1
        if valued:
            latest[pk, contributor] = reading
    running = {pk for pk, indicator in chosen.items() if indicator.aggregation in RUNNING}
    last = [reading for (pk, _), reading in latest.items() if pk in running]
    counted = Q(pk__in=last) | ~Q(indicator__in=running)
    rows = {row["indicator_id"]: row for row in _sums(current.filter(counted), "indicator_id")}
    found: dict[str, Totals] = {}
    for pk, indicator in chosen.items():
        expected = len(names[pk])
        if indicator.aggregation not in RUNNING and periods[pk]:
            expected = expected * len(periods[pk]) if contributors else readings[pk]
        found[indicator.ref] = _totals(indicator.facts(series=""), rows.get(pk, {}), expected)
    return found


def _current(chosen: Collection[int], contributors: Collection[str]) -> ReadingRows:
    current: ReadingRows = Reading.objects.current().filter(indicator__in=chosen)
    return current.filter(contributor__in=contributors) if contributors else current


def _sums(readings: ReadingRows, *by: str) -> Iterable[dict[str, Any]]:
    joined = readings.annotate(
        **{
            name: FilteredRelation("cells", condition=Q(cells__sex=sex, cells__age="", cells__place=None))
            for sex, name in SEXES.items()
        }
    )
    known = Coalesce(*(F(f"{name}__value") for name in SEXES.values()))
    sums: dict[str, Any] = {
        "readings": Count("pk"),
        "valued": Count(known),
        "estimates": Count(known, filter=Q(status=Reading.Status.ESTIMATED)),
    }
    for name in ("whole", "women", "men"):
        sums[f"{name}_n"] = Count(f"{name}__value")
    for amount in ("value", "numerator", "denominator"):
        for name in SEXES.values():
            sums[f"{name}_{amount}"] = Sum(f"{name}__{amount}")
        # What of the whole is not split by sex; where the whole is unknown, what was said to be not stated.
        parts = [Coalesce(F(f"{name}__{amount}"), ZERO) for name in ("women", "men")]
        whole = F(f"whole__{amount}")
        rest = Case(
            When(whole__value__isnull=False, then=whole - parts[0] - parts[1]),
            default=F(f"unstated__{amount}"),
        )
        sums[f"rest_{amount}"] = Sum(rest, output_field=NUMBER)
    rows: Iterable[dict[str, Any]] = joined.order_by().values(*by).annotate(**sums)
    return rows


def _totals(definition: Definition, row: Mapping[str, Any], expected: int) -> Totals:
    valued = row.get("valued", 0)
    if not valued:
        return Rollup((), 0, expected)
    if definition.aggregation == "unique" and valued > 1:
        return Problem("unique people")
    score = definition.counts == "score"
    if score and definition.aggregation != "ratio" and valued > 1:
        return Problem("score")
    cells = []
    for sex, name in SEXES.items():
        column = "rest" if sex == NOT_STATED and not score else name
        amounts = _amounts(definition, row, column)
        if amounts is not None and (sex != NOT_STATED or any(amounts)):
            cells.append(definition.cell((sex, "", ""), amounts, estimated=row["estimates"] > 0))
    return Rollup(tuple(cells), row["whole_n"], expected, (row["women_n"], row["men_n"]))


def _amounts(definition: Definition, row: Mapping[str, Any], column: str) -> tuple[Decimal, ...] | None:
    names = ("numerator", "denominator") if definition.aggregation == "ratio" else ("value",)
    amounts = [row[f"{column}_{name}"] for name in names]
    if any(amount is None for amount in amounts):
        return None
    # SQLite adds decimals as floats; four places are what a cell can hold.
    return tuple(Decimal(amount).quantize(Decimal("0.0001")) for amount in amounts)
