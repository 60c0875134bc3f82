"""What the note says: what moved (by sex), what is late and why, decisions asked, and the journal's head hash."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from jwp.core.chart import Spec, sex_split
from jwp.core.models import Head, Partnership
from jwp.core.templatetags.jwp import figure
from jwp.plans.models import Report, Round, Target
from jwp.plans.overview import Overview, Spot, TargetRow, overview
from jwp.plans.rules import Word

# Two pages hold this many rows of what moved, and with those of what is late twice as many; the rest are counted.
ROWS = 12


@dataclass(frozen=True)
class Moved:
    """One target with its figures as written: before, women, men, total, promised."""

    target: str
    before: str
    women: str
    men: str
    total: str
    promised: str


@dataclass(frozen=True)
class Late:
    target: str
    holder: str
    standing: str
    why: str


@dataclass(frozen=True)
class Note:
    """Everything in the reader's words already; the two writers only set it."""

    partnership: str
    fictional: bool
    title: str
    subtitle: str
    summary: str
    moved: list[Moved] = field(default_factory=list)
    more_moved: str = ""
    in_words: list[tuple[str, str]] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    more_late: str = ""
    decisions: list[str] = field(default_factory=list)
    head: str = ""
    chart: Spec | None = None  # women and men side by side, where both were reported
    labels: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def note_of(round: Round, today: date) -> Note:
    seen = overview(round.plan, today, evidence=True)
    round = next(r for r in seen.rounds if r.pk == round.pk)
    partnership = Partnership.get()
    reported = [row for row in seen.rows if (spot := row.at(round)) and spot.accepted]
    numbers = [row for row in reported if _spot(row, round).cells]
    words = [row for row in reported if not _spot(row, round).cells]
    late = [
        s for s in seen.spots(round) if s.standing.word in (Word.LATE, Word.NOT_REPORTED) or "late" in s.standing.why
    ]
    late.sort(key=lambda s: (s.standing.word not in (Word.LATE, Word.NOT_REPORTED), -s.standing.days))
    moved = [_moved(row, round) for row in sorted(numbers, key=lambda row: -_change(row, round))]
    room = 2 * ROWS - min(len(moved), ROWS)
    head = Head.objects.first()
    return Note(
        partnership=partnership.name if partnership else "", fictional=bool(partnership and partnership.fictional),
        title=f"{round.plan.title}: {round}", subtitle=_subtitle(round, today), summary=_summary(seen, round),
        moved=moved[:ROWS], more_moved=_more(len(moved) - ROWS),
        in_words=[(_name(row.target), _said(_spot(row, round))) for row in words][:6],
        late=[Late(_name(s.target), str(s.target.holder), s.word, _reasons(s)) for s in late[:room]],
        more_late=_more(len(late) - room), decisions=_asked(seen, round),
        chart=_chart(numbers, round), head=head.hash if head else "",
        labels={
            "moved": _("What moved"), "split": _("Women and men"), "late": _("What is late, and why"),
            "decisions": _("Decisions asked"),
            "target": _("Target"), "before": _("Last round"), "women": _("Women"), "men": _("Men"), "total": _("Total"),
            "promised": _("Promised"), "holder": _("Held by"), "standing": _("Standing"), "why": _("Why"),
            "words": _("In words"), "none_late": _("Nothing is late."),
            "none_moved": _("No figures were accepted in this round."),
            "none_asked": _("No decision is asked."),
            "fictional": _("Fictional example: no person, organisation or figure is real."),
            "head": _("Journal head: whoever holds this note can prove that nothing recorded before it was changed."),
        },
    )  # fmt: skip


def _chart(rows: list[TargetRow], round: Round) -> Spec | None:
    """Women and men of every number that was reported by sex, where there are any."""
    spots = [_spot(row, round) for row in rows]
    pairs = [(_name(s.target), s.women, s.men) for s in spots if s.women is not None and s.men is not None]
    return (
        sex_split(pairs[:8], title=_("Women and men, as reported in %(round)s") % {"round": round}) if pairs else None
    )


def _spot(row: TargetRow, round: Round) -> Spot:
    spot = row.at(round)
    assert spot is not None
    return spot


def _subtitle(round: Round, today: date) -> str:
    state = (
        _("closed %(on)s") % {"on": date_format(round.closed_on, "j F Y")}
        if round.closed_on
        else _("still open, as of %(on)s") % {"on": date_format(today, "j F Y")}
    )
    return _("due %(due)s, %(state)s") % {"due": date_format(round.due, "j F Y"), "state": state}


def _summary(seen: Overview, round: Round) -> str:
    counts, total = seen.counts(round), len(seen.spots(round))
    parts = [
        (counts.get("accepted", 0), ngettext_lazy("%d accepted", "%d accepted")),
        (counts.get("reported", 0), ngettext_lazy("%d reported and being read", "%d reported and being read")),
        (counts.get("late", 0), ngettext_lazy("%d late", "%d late")),
        (counts.get("silent", 0), ngettext_lazy("%d not reported", "%d not reported")),
        (counts.get("waiting", 0), ngettext_lazy("%d not due yet", "%d not due yet")),
    ]
    said = ", ".join(words % n for n, words in parts if n)
    return ngettext("Of %(total)d target: %(said)s.", "Of %(total)d targets: %(said)s.", total) % {
        "total": total,
        "said": said,
    }


def _name(target: Target) -> str:
    return f"{target.number} {target.text}".strip()


def _moved(row: TargetRow, round: Round) -> Moved:
    spot, before, target = _spot(row, round), row.before(round), row.target
    unit = target.indicator.unit if target.indicator else ""
    promised = f"{figure(target.value)} {unit}".strip() if target.value is not None else target.value_text
    return Moved(
        _name(target),
        figure(before.total) if before else "–",
        figure(spot.women),
        figure(spot.men),
        figure(spot.total),
        promised,
    )


def _change(row: TargetRow, round: Round) -> Decimal:
    """How far a figure moved since the last round, as a share of the promise; what has no promise comes last."""
    spot, before, promised = _spot(row, round), row.before(round), row.target.value
    if spot.total is None or not promised:
        return Decimal(-1)
    return abs(spot.total - ((before.total if before else None) or row.target.baseline or 0)) / abs(promised)


def _said(spot: Spot) -> str:
    report = spot.report
    if report and report.no_data_because:
        return _("no data, because: %(why)s") % {"why": report.no_data_because}
    return spot.said or "–"


def _reasons(spot: Spot) -> str:
    """Why it is late, as recorded: the rule's reason, the comment of the return, the Director's explanation."""
    report = spot.report
    given = [spot.why]
    if report:
        given += [report.returned_because, report.explanation]
    return " ".join(text for text in given if text)


def _more(n: int) -> str:
    return (
        ngettext("and %(n)d more, on the plan’s page", "and %(n)d more, on the plan’s page", n) % {"n": n}
        if n > 0
        else ""
    )


def _asked(seen: Overview, round: Round) -> list[str]:
    """What the Board is asked: the items that silence put on its agenda, and targets past their own due date."""
    silent = Report.objects.filter(round=round, agenda_item__isnull=False).select_related("agenda_item")
    items = [report.agenda_item for report in silent]
    asked = [f"{item.title}. {item.directors_comment}".strip() for item in items]
    for row in seen.rows:
        target, spot = row.target, row.at(round)
        if target.state == Target.STANDS and target.due and target.due < seen.today and spot and not _kept(spot):
            asked.append(
                _("%(target)s was due on %(due)s and is not achieved: confirm, revise or drop it.")
                % {"target": _name(target), "due": date_format(target.due, "j F Y")}
            )
    return asked[:8]


def _kept(spot: Spot) -> bool:
    report, target = spot.report, spot.target
    if report is None:
        return False
    if target.kind == Target.Kind.MILESTONE:
        return report.progress == "done"
    return target.value is None or (spot.total is not None and spot.total >= target.value)
