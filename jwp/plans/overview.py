"""A plan at a glance: every target in every round, with its standing on a day. A constant number of queries.

The same reading serves the plan's page, the owners' grid, the board of silence, the note and the public page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from jwp.core.access import Actor
from jwp.indicators.models import Observation
from jwp.indicators.rules import Cell
from jwp.plans import words
from jwp.plans.access import works_on
from jwp.plans.actions.report import facts_of
from jwp.plans.actions.round import dates_of, is_asked
from jwp.plans.models import Evidence, Plan, Report, Revision, Round, Target
from jwp.plans.rules import NO_REPORT, Standing, Why, Word, due_date, lateness_is_public, standing


@dataclass(frozen=True)
class Spot:
    """One target in one round."""

    target: Target
    round: Round
    report: Report | None
    standing: Standing
    due: date

    @property
    def word(self) -> str:
        return words.word(self.standing, self.due)

    @property
    def why(self) -> str:
        return words.why(self.standing)

    @property
    def tone(self) -> str:
        return self.standing.tone

    @property
    def accepted(self) -> Report | None:
        return self.report if self.report is not None and self.report.state == "accepted" else None

    @property
    def cells(self) -> dict[str, Cell]:
        """What was reported by sex: keys "", f, m, x; nothing where there is nothing."""
        if self.report is None or self.report.reading is None:
            return {}
        return {
            cell.sex: Cell(cell.value, cell.sex, numerator=cell.numerator, denominator=cell.denominator)
            for cell in self.report.reading.cells.all()
            if not cell.age and cell.place_id is None
        }

    def amount(self, sex: str) -> Decimal | None:
        cell = self.cells.get(sex)
        return cell.value if cell else None

    @property
    def women(self) -> Decimal | None:
        return self.amount("f")

    @property
    def men(self) -> Decimal | None:
        return self.amount("m")

    @property
    def total(self) -> Decimal | None:
        return self.amount("") if self.cells else (self.report.value if self.report else None)

    @property
    def said(self) -> str:
        """What a report says in words, where it says no number."""
        if self.report is None:
            return ""
        parts = [self.report.get_progress_display() if self.report.progress else "", self.report.value_text]
        return ": ".join(part for part in parts if part)


@dataclass(frozen=True)
class TargetRow:
    target: Target
    spots: tuple[Spot, ...]

    def at(self, round: Round | None) -> Spot | None:
        return next((spot for spot in self.spots if round is not None and spot.round.pk == round.pk), None)

    @property
    def latest(self) -> Spot | None:
        """The latest round with an accepted value: the figure to quote."""
        return next((s for s in reversed(self.spots) if s.accepted and not s.accepted.no_data_because), None)

    def before(self, round: Round) -> Spot | None:
        """The last report before this round, to be shown beside the empty field."""
        return next(
            (s for s in reversed(self.spots) if s.round.number < round.number and s.report and s.report.submitted_on),
            None,
        )


@dataclass(frozen=True)
class Overview:
    plan: Plan
    rounds: list[Round]
    rows: list[TargetRow]
    today: date

    @cached_property
    def current(self) -> Round | None:
        """The round people mean: the first open one; the next to come where all are closed; else the last."""
        kept = [r for r in self.rounds if r.number >= self.plan.first_round_here]
        still = [r for r in kept if r.closed_on is None]
        started = [r for r in still if r.opens <= self.today]
        return (started or still or kept or [None])[0]  # type: ignore[list-item]

    def spots(self, round: Round | None) -> list[Spot]:
        return [spot for row in self.rows if (spot := row.at(round)) is not None]

    def counts(self, round: Round | None) -> dict[str, int]:
        """How many targets of a round have each tone, for the strip and the sentence."""
        return dict(Counter(spot.tone for spot in self.spots(round)))


def overview(plan: Plan, today: date, targets: QuerySet[Target] | None = None, *, evidence: bool = False) -> Overview:
    """Read a plan: its rounds, its targets, their reports with cells (4 queries, whatever the size)."""
    rounds = list(Round.objects.filter(plan=plan).order_by("number"))
    for round in rounds:
        round.plan = plan
    rows = targets if targets is not None else Target.objects.filter(plan=plan)
    rows = rows.select_related("area", "holder", "indicator", "theme", "objective").prefetch_related(
        Prefetch("revisions", Revision.objects.select_related("approval__body", "successor"))
    )
    cells = Prefetch("reading__cells", Observation.objects.filter(age="", place=None))
    reports = Report.objects.filter(round__plan=plan).select_related("reading", "submitted_by").prefetch_related(cells)
    if evidence:
        reports = reports.prefetch_related(Prefetch("evidence", Evidence.objects.select_related("file")), "corrections")
    if targets is not None:
        reports = reports.filter(target__in=targets.values("pk"))
    found = {(report.target_id, report.round_id): report for report in reports}
    return Overview(plan, rounds, [_row(target, rounds, found, today) for target in rows], today)


def _row(target: Target, rounds: Iterable[Round], found: dict[tuple[int, int], Report], today: date) -> TargetRow:
    spots = []
    for round in rounds:
        report = found.get((target.pk, round.pk))
        if report is not None:
            report.round, report.target = round, target
        if round.number >= round.plan.first_round_here and not is_asked(round, target, report):
            continue
        spots.append(spot(target, round, report, today))
    return TargetRow(target, tuple(spots))


def spot(target: Target, round: Round, report: Report | None, today: date) -> Spot:
    dates, facts = dates_of(round), facts_of(report) if report else NO_REPORT
    due = due_date(dates, facts)
    if round.number < round.plan.first_round_here:
        return Spot(target, round, report, Standing(Word.NONE, Why.BEFORE_US), due)
    return Spot(target, round, report, standing(dates, facts, today), due)


def as_seen_by(actor: Actor, seen: Overview) -> Overview:
    """Who does not work on a target sees of it what was accepted, and lateness only after the days of grace."""
    rows = [row if works_on(actor, row.target) else _from_outside(row, seen.today) for row in seen.rows]
    return replace(seen, rows=rows)


def _from_outside(row: TargetRow, today: date) -> TargetRow:
    spots = [replace(spot, standing=public_standing(spot, today), report=spot.accepted) for spot in row.spots]
    return replace(row, spots=tuple(spots))


def public_standing(spot: Spot, today: date) -> Standing:
    """What outsiders see: no lateness within the plan's grace period, and nothing between owner and team."""
    inside, grace = spot.standing, spot.round.plan.grace_days
    if inside.why == Why.BEFORE_US:
        return inside
    came_late = inside.days > grace
    if inside.word == Word.ACCEPTED:
        return inside if came_late else Standing(Word.ACCEPTED, Why.ACCEPTED)
    if not lateness_is_public(spot.due, grace, today):
        why = Why.OPEN if today >= spot.round.opens else Why.NOT_OPEN
        return Standing(Word.NONE, why, max((spot.due - today).days, 0))
    if inside.word == Word.REPORTED:
        return inside if came_late else Standing(Word.REPORTED, Why.WAITING_FOR_TEAM)
    # That a report was returned is between its owner and the team.
    return Standing(Word.LATE, Why.OVERDUE, inside.days) if inside.word == Word.LATE else inside
