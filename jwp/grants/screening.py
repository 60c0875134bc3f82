"""What is read of screenings: how far each is, what moved since, what was rated afterwards, and what to look at.

A marker says what was intended, class by class: nothing here puts one class above another, adds them up or weighs
money by them. Coverage comes first: of how many is anything known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_noop

from jwp.grants.actions.gate import in_time, policies
from jwp.grants.models import Application, FundedItem, Part, ProgressReport
from jwp.grants.rules.marking import BRIEF, MARKED_STATES, MARKER, PRINCIPAL, RESULT, moves
from jwp.instruments.loader import shelf
from jwp.instruments.models import Answer, AnswerSheet
from jwp.instruments.rules import SCORE, Choice
from jwp.instruments.rules.gate import may_decide

NOT_SCREENED, PROPOSED, TO_AGREE, AGREED = "not screened", "proposed", "to be agreed", "agreed"
STATUSES = {
    NOT_SCREENED: gettext_noop("not screened"),
    PROPOSED: gettext_noop("proposed"),
    TO_AGREE: gettext_noop("to be agreed"),
    AGREED: gettext_noop("agreed"),
}
# Agreed by a short screening, which has no classes: screened, and without a marker.
SHORT = "short screening"
BAND = Case(
    When(~Q(marker=""), then=F("marker")),
    When(~Q(marker_pin=""), then=Value(SHORT)),
    default=Value(""),
    output_field=CharField(),
)
Screened = TypeVar("Screened", FundedItem, Application)
Stage = AnswerSheet.Stage


def band_of(marker: str, pin: str) -> str:
    """The same of one item: its class, or `SHORT`, or "" for not screened."""
    return marker or (SHORT if pin else "")


def by_gating_instruments() -> Q:
    """Sheets of whatever may stand at a gate, in any version."""
    found = Q()
    for id_ in sorted({one.id for one in shelf().values() if may_decide(one)}):
        found |= Q(instrument__startswith=f"{id_}@")
    return found


def with_status(rows: QuerySet[Screened], today: date) -> QuerySet[Screened]:
    """Each row with `phase` (in which it is marked now), `status` (one of STATUSES) and `owes` (nothing agreed in it).

    `to be agreed`: what was declared is shown, and waits for the gender team. `proposed`: something it needs is not.
    """
    rows = rows.annotate(phase=_phase(rows.model, today))
    now = _sheets(phase=OuterRef("phase"))
    stands = Exists(Answer.objects.filter(sheet=OuterRef("pk"), item=SCORE, value=OuterRef("score")))
    agreed_now, declared = Q(Exists(now.filter(stage=Stage.AGREED))), now.filter(stage=Stage.SELF)
    agreed_ever = Q(Exists(_sheets(stage=Stage.AGREED)))
    if rows.model is FundedItem:
        agreed_now |= _by_parts(phase=OuterRef(OuterRef("phase")))
        agreed_ever |= _by_parts()
    return rows.annotate(
        status=Case(
            When(agreed_now, then=Value(AGREED)),
            When(Exists(declared.exclude(score="").filter(stands)), then=Value(TO_AGREE)),
            When(Exists(declared), then=Value(PROPOSED)),
            When(agreed_ever, then=Value(AGREED)),
            default=Value(NOT_SCREENED),
            output_field=CharField(),
        ),
        owes=Case(When(agreed_now, then=Value(False)), default=Value(True), output_field=BooleanField()),
    )


def agreed_once(rows: QuerySet[Screened]) -> QuerySet[Screened]:
    """Those of which a screening is agreed, in whatever phase."""
    agreed = Q(Exists(_sheets(stage=Stage.AGREED)))
    return rows.filter(agreed | _by_parts() if rows.model is FundedItem else agreed)


def to_screen(applications: QuerySet[Application], today: date) -> QuerySet[Application]:
    """Those invited to propose that are not yet a funded item; earlier ones where their line's gate stands earlier."""
    asked = Q(state__in=MARKED_STATES)
    for policy in policies():
        early = policy.stage == "approve in principle" and policy.kind in ("", "competitive grant")
        if early and policy.starts <= today and (policy.ends is None or today <= policy.ends):
            of_line = Q(call__business_line__ref=policy.line) if policy.line else Q()
            asked |= Q(of_line, state="eligible")
    return applications.filter(asked, item=None)


def living(items: QuerySet[FundedItem]) -> QuerySet[FundedItem]:
    return items.exclude(state__in=("cancelled", "withdrawn"))


def _by_parts(**given: Any) -> Q:
    """Where the parts are coded and not the whole: each objective, or each activity, has its agreed sheet."""
    agreed = _sheets(stage=Stage.AGREED, **given)
    found = Q()
    for objectives in (True, False):
        parts = Part.objects.filter(item=OuterRef("pk"), within__isnull=objectives)
        found |= Q(Exists(parts)) & ~Q(Exists(parts.filter(~Exists(agreed))))
    return found


def _phase(model: type[Any], today: date) -> Any:
    """The same as `rules.marking.owed`, told to the database."""
    if model is Application:
        return Value("design", output_field=CharField())
    return Case(
        When(state__in=("completed", "closed"), then=Value("closure")),
        When(_past_halfway(today), then=Value("mid-term")),
        default=Value("approval"),
        output_field=CharField(),
    )


def _past_halfway(today: date) -> Q:
    """The same as `halfway(starts, ends) <= today`: as long since the start as till the end, half days rounded up."""
    day = Value(today, DateField())
    since = ExpressionWrapper(day - F("starts") + Value(timedelta(days=1)), DurationField())
    left = ExpressionWrapper(F("ends") - day, DurationField())
    return Q(GreaterThanOrEqual(since, left), state="signed", starts__lte=today, ends__isnull=False) & ~Q(
        kind__in=BRIEF
    )


def _sheets(**given: Any) -> QuerySet[AnswerSheet]:
    return AnswerSheet.objects.filter(by_gating_instruments(), subject=OuterRef("ref"), anonymous=False, **given)


@dataclass(frozen=True)
class Coverage:
    """Of how many something is known. A share of nothing is not 0: it is not there."""

    known: int
    n: int

    @property
    def share(self) -> int | None:
        """In whole per cent; what is not everything is never shown as 100, nor something as 0."""
        if not self.n:
            return None
        exact = 100 * self.known / self.n
        return min(max(round(exact), 1 if self.known else 0), 100 if self.known == self.n else 99)


# What is to be looked at.


def alerts(items: QuerySet[FundedItem]) -> QuerySet[FundedItem]:
    """Items marked principal whose accepted reports, of which there are some, count nobody by sex."""
    accepted = ProgressReport.objects.filter(item=OuterRef("pk"), state="accepted")
    by_sex = accepted.filter(women__isnull=False, men__isnull=False)
    return items.filter(Exists(accepted), ~Exists(by_sex), marker=PRINCIPAL)


# What moved from one phase to the next.


@dataclass(frozen=True)
class Moved:
    """An item whose agreed marker is another than at first."""

    item: FundedItem
    first: AnswerSheet
    last: AnswerSheet
    why: str  # said when it was proposed or agreed


@dataclass(frozen=True)
class Drift:
    """How often a first score became which last one, among items marked in two phases or more."""

    n: int  # of items marked at least once
    again: int  # of these, marked in more than one phase
    counts: dict[tuple[str, str], int]
    moved: list[Moved]


def drift(items: QuerySet[FundedItem]) -> Drift:
    rows = {item.ref: item for item in items.exclude(marker="")}
    histories = agreed_markers(rows)
    again = {ref: sheets for ref, sheets in histories.items() if len(sheets) > 1}
    counts = moves([[sheet.score for sheet in sheets] for sheets in again.values()])
    other = {ref: sheets for ref, sheets in again.items() if sheets[0].score != sheets[-1].score}
    proposed = _by_subject(other, Q(instrument__startswith=f"{MARKER}@"), stage=Stage.SELF)
    moved = [Moved(rows[ref], s[0], s[-1], _why(s, proposed.get(ref, []))) for ref, s in other.items()]
    return Drift(len(histories), len(again), counts, sorted(moved, key=lambda one: one.item.title.casefold()))


def _why(agreed: Sequence[AnswerSheet], proposed: Sequence[AnswerSheet]) -> str:
    """The reason given in the phase in which the latest score came about."""
    turns = [sheet for before, sheet in pairwise(agreed) if before.score != sheet.score]
    beside = [sheet for sheet in proposed if sheet.phase == turns[-1].phase]
    return next((sheet.reason for sheet in (turns[-1], *beside) if sheet.reason), "")


def agreed_markers(refs: Iterable[str]) -> dict[str, list[AnswerSheet]]:
    """The agreed marker sheets of each, by phase; those without any are left out."""
    return _by_subject(refs, Q(instrument__startswith=f"{MARKER}@"), stage=Stage.AGREED)


def _by_subject(refs: Iterable[str], of: Q, **given: Any) -> dict[str, list[AnswerSheet]]:
    found: dict[str, list[AnswerSheet]] = defaultdict(list)
    wanted = set(refs)
    # Fewer sheets are signed than a database takes names in one question: read them, then pick.
    sheets = AnswerSheet.objects.filter(of, anonymous=False, **given).select_related("by").order_by("pk")
    for sheet in sheets:
        if sheet.subject in wanted:
            found[sheet.subject].append(sheet)
    return {ref: in_time(sheets) for ref, sheets in found.items()}


# What was intended against what came of it.


@dataclass(frozen=True)
class Crossed:
    """An item with a marker (what was intended) and a level on the results scale (what an evaluator saw)."""

    item: FundedItem
    level: str
    rated: AnswerSheet


def crossed(items: QuerySet[FundedItem]) -> list[Crossed]:
    """Items that have both."""
    rated_refs = AnswerSheet.objects.filter(instrument__startswith=f"{RESULT}@", anonymous=False).values("subject")
    rows = {item.ref: item for item in items.exclude(marker="").filter(ref__in=rated_refs)}
    picked = dict(
        Answer.objects.filter(item=Choice.item, sheet__instrument__startswith=f"{RESULT}@").values_list(
            "sheet_id", "value"
        )
    )
    rated = _by_subject(rows, Q(instrument__startswith=f"{RESULT}@"))
    found = [Crossed(rows[ref], picked.get(sheets[-1].pk, ""), sheets[-1]) for ref, sheets in rated.items()]
    return sorted((one for one in found if one.level), key=lambda one: one.item.title.casefold())


def cells(found: Sequence[Crossed]) -> dict[tuple[str, str], list[Crossed]]:
    """(marker, level) → the items in it; a cell that holds nothing is not in here, and is still drawn."""
    table: dict[tuple[str, str], list[Crossed]] = defaultdict(list)
    for one in found:
        table[(one.item.marker, one.level)].append(one)
    return dict(table)
