"""What the public sees of a plan: plain facts, read once, in a constant number of queries.

Pages and files are made of these records and never of database rows, so what is not in them cannot be shown
by mistake: people, comments, drafts, values that were not accepted, targets that are not public.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from jwp.plans.rules import Word
from jwp.site.values import Figure, Version

Clean = Callable[[str], str]  # takes the names of persons out of a text


@dataclass(frozen=True)
class PublicRound:
    ref: str
    name: str
    opens: date
    due: date
    closed_on: date | None
    moved_because: str
    before_us: bool


@dataclass(frozen=True)
class PublicLink:
    title: str
    url: str


@dataclass(frozen=True)
class Correction:
    on: date
    reason: str
    old: Version
    new: Version


@dataclass(frozen=True)
class PublicSpot:
    """One promise in one round."""

    round: PublicRound
    word: str
    code: Word
    tone: str
    why: str
    due: date
    version: Version | None = None
    estimated: bool = False
    coverage: str = ""
    starts: date | None = None
    ends: date | None = None  # the first day that no longer counts
    accepted_on: date | None = None
    extended: str = ""
    explanation: str = ""
    corrections: tuple[Correction, ...] = ()
    evidence: tuple[PublicLink, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether something was owed and is not there."""
        return self.code in (Word.LATE, Word.NOT_REPORTED) or bool(self.version and self.version.no_data)


@dataclass(frozen=True)
class PublicChange:
    """A promise changed openly: what it was, what it is, when, by whose decision and why."""

    on: date
    verb: str
    code: str
    reason: str
    body: str
    fields: tuple[tuple[str, str, str], ...] = ()  # name, old, new
    successor: str = ""
    successor_ref: str = ""
    successor_plan: str = ""


@dataclass(frozen=True)
class Step:
    """How a promise came about: what was found where, what was recommended, what was answered."""

    assessment: str
    made_on: date | None
    document: PublicLink | None
    finding: str
    practice: bool
    recommendation: str = ""
    response: str = ""
    answer: str = ""
    target: str = ""
    target_ref: str = ""


@dataclass(frozen=True)
class PublicTarget:
    ref: str
    number: str
    text: str
    kind: str
    kind_word: str
    level: str
    area: str
    holder: str
    indicator: str
    definition: str
    unit: str
    people: bool
    promised: Decimal | None
    promised_words: str
    baseline: Figure | None
    baseline_words: str
    due: date | None
    state: str
    state_word: str
    spots: tuple[PublicSpot, ...]
    changes: tuple[PublicChange, ...]
    origins: tuple[PublicChange, ...]  # the promises of an earlier plan, or of this one, that it came from
    overdue: bool  # a milestone whose own date has passed, with the days of grace, and that is not done

    @property
    def title(self) -> str:
        return f"{self.number} {self.text}".strip()

    @property
    def stands(self) -> bool:
        return self.state == "stands"

    @property
    def dropped(self) -> PublicChange | None:
        return next((change for change in reversed(self.changes) if change.code == "drop"), None)

    @property
    def not_done(self) -> tuple[PublicSpot, ...]:
        return tuple(spot for spot in self.spots if spot.missing)

    @property
    def corrected(self) -> tuple[tuple[PublicSpot, Correction], ...]:
        return tuple((spot, correction) for spot in self.spots for correction in spot.corrections)

    def at(self, round: PublicRound) -> PublicSpot | None:
        return next((spot for spot in self.spots if spot.round.ref == round.ref), None)

    @property
    def sexes(self) -> set[str]:
        """For whom anything was ever reported: the columns of its table."""
        return {figure.sex for spot in self.spots if spot.version for figure in spot.version.figures}

    @property
    def charted(self) -> bool:
        """Whether there is a figure to draw."""
        figures = (f for spot in self.spots if spot.version for f in spot.version.figures)
        return self.kind == "number" and any(figure.value is not None for figure in figures)


@dataclass(frozen=True)
class PublicPlan:
    ref: str
    title: str
    summary: str
    starts: date
    ends: date
    ended: bool
    adopted_on: date | None
    adopted_by: str
    decision: str
    grace_days: int
    rounds: tuple[PublicRound, ...]
    targets: tuple[PublicTarget, ...]
    chain: tuple[Step, ...]

    @property
    def areas(self) -> list[tuple[str, str, list[PublicTarget]]]:
        """Level, priority area, its promises; in the plan's own order."""
        return [
            (level, area, list(found))
            for (level, area), found in groupby(self.targets, key=lambda target: (target.level, target.area))
        ]

    @property
    def latest(self) -> PublicRound | None:
        """The last round of which anything can be said."""
        told = {spot.round.ref for target in self.targets for spot in target.spots if spot.code}
        return next((round for round in reversed(self.rounds) if round.ref in told), None)

    def counts(self, round: PublicRound | None) -> dict[str, int]:
        found: dict[str, int] = {}
        for target in self.targets:
            spot = target.at(round) if round else None
            if spot is not None:
                found[spot.tone] = found.get(spot.tone, 0) + 1
        return found

    @property
    def missed(self) -> list[PublicTarget]:
        return [t for t in self.targets if t.dropped or t.overdue or t.not_done]

    @property
    def changed(self) -> list[PublicTarget]:
        return [target for target in self.targets if target.changes]

    @property
    def corrected(self) -> list[tuple[PublicTarget, PublicSpot, Correction]]:
        return [(target, spot, correction) for target in self.targets for spot, correction in target.corrected]
