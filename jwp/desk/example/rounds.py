"""How a round goes: what owners say on which day, what the team does with it, who is reminded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from jwp.core.access import Actor
from jwp.desk.example.story import PLAN, Story, office, paper, round_, target, told
from jwp.desk.reminders import remind
from jwp.desk.rules import APART, grace_over, reminder_days
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Report, Round

Deed = Callable[[date], object]
CLOCK, PEOPLE = 0, 1  # who comes first on a day


@dataclass(frozen=True)
class Told:
    """One report. `day` and `read`, when the team accepts or returns it, count from the due date."""

    day: int
    number: str
    who: str
    says: Mapping[str, str]
    read: int | None
    returned: str = ""
    evidence: Sequence[tuple[str, str, str]] = ()  # file, name, text; link, title, address; seen, title, by whom
    follows: bool = False
    via: str = Report.Via.OWN
    source: str = ""


def reports(name: str) -> list[Told]:
    """What was said in a round, from rounds.yaml."""
    found = []
    for row in told("rounds")[name]:
        day, read = int(row.pop("day")), row.pop("read", "4")
        follows = row.pop("follows", "no") == "yes"
        found.append(Told(day=day, read=None if read == "not yet" else day + int(read), follows=follows, **row))
    return found


def hold(story: Story, month: int, name: str, also: Sequence[tuple[int, Deed]] = (), *, plan: str = PLAN) -> None:
    """Let everything of a round happen in the order of its days, up to the day of loading."""
    this = round_(month, plan)
    deeds: list[tuple[date, int, Deed]] = [
        (this.opens, PEOPLE, lambda day: round.send_links(story.actor("thandeka", day), this.ref)),
        (this.closes, PEOPLE, lambda day: round.close_round(story.actor("thandeka", day), this.ref)),
    ]
    deeds += [(day, CLOCK, remind) for day in _clock_days(this)]
    for one in reports(name):
        deeds.append((_day(this, one.day), PEOPLE, _tell(story, this, one)))
        if one.read is not None:
            deeds.append((_day(this, one.read), PEOPLE, _answer(story, this, one)))
    deeds += [(_day(this, offset), PEOPLE, deed) for offset, deed in also]
    for day, _rank, deed in sorted(deeds, key=lambda one: one[:2]):
        if day <= story.today:
            deed(day)


def _day(this: Round, offset: int) -> date:
    return this.due + timedelta(days=offset)


def _clock_days(this: Round) -> set[date]:
    """The days on which a letter may be owed: to owners, to those above them, for the next agenda."""
    over = grace_over(this.due, this.plan.grace_days)
    return {
        *reminder_days(this.due, this.plan.grace_days),
        *(over + timedelta(days=n * APART) for n in (1, 2)),
    }


def _tell(story: Story, this: Round, one: Told) -> Deed:
    def tell(day: date) -> None:
        # Wenna has no sign-in: she comes by her personal link.
        actor = story.actor(one.who, day, "link" if one.who == "wenna" else "sign-in")
        report.submit(
            actor,
            this.ref,
            target(one.number, this.plan.ref).ref,
            one.says,
            via=one.via,
            source=one.source,
            evidence=[_piece(given, day) for given in one.evidence],
            evidence_follows=one.follows,
        )

    return tell


def _piece(given: tuple[str, str, str], day: date) -> dict[str, Any]:
    kind, title, what = given
    match kind:
        case "file":
            return {"title": title, "file": paper(title, what)}
        case "link":
            return {"title": title, "url": what}
        case "seen":
            return {"title": title, "seen_by": what, "seen_on": day - timedelta(days=3)}
    raise ValueError(f"evidence is a file, a link or seen, not {kind}")


def _answer(story: Story, this: Round, one: Told) -> Deed:
    def answer(day: date) -> None:
        team = _reader(story, one.who, day)
        ref = reported(this, one.number).ref
        if one.returned:
            report.return_(team, ref, one.returned)
        else:
            report.accept(team, ref)

    return answer


def _reader(story: Story, who: str, day: date) -> Actor:
    """Nobody accepts their own report."""
    return story.actor("joren" if who == "thandeka" else "thandeka", day)


def reported(this: Round, number: str) -> Report:
    row: Report = Report.objects.get(round=this, target=target(number, this.plan.ref))
    return row


def first_round(story: Story) -> None:
    def evidence_follows(day: date) -> None:
        item = {"title": "Minutes of the staff council", "url": "https://example.org/staff-council"}
        report.add_evidence(story.actor("casimir", day), reported(round_(6), "5.2").ref, [item])

    hold(story, 6, "m6", [(12, evidence_follows)])


def second_round(story: Story, board_meets: Deed) -> None:
    """Target 1.2 is silent: it goes up to the Board's agenda, which speaks before the late report comes."""
    hold(story, 12, "m12", [(40, board_meets)])


def correct(story: Story) -> None:
    """Two women had been counted in two walks: put right in the open, without reopening the round."""
    day = story.m6 + timedelta(days=70)
    wrong = reported(round_(6), "1.1")
    report.correct(
        story.actor("joren", day),
        wrong.ref,
        {"women": "137", "men": "82"},
        "Two women were counted twice, in two walks.",
    )
    for piece in wrong.evidence.filter(file=None):
        report.publish_evidence(story.actor("thandeka", day), piece.ref, True)


def change_words_and_owner(story: Story) -> None:
    """Words and owner are the gender team's to change, openly."""
    team = story.actor("thandeka", story.m6 + timedelta(days=75))
    promise.revise(
        team,
        target("7.2").ref,
        reason="People asked for it in the talks.",
        text="No picture or story without consent, and no real name where somebody asks for another",
    )
    promise.revise(
        team,
        target("2.3").ref,
        reason="The savings groups meet at the markets, where this unit works.",
        holder=office("country-unit"),
    )
