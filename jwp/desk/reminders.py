"""Who is told today of reports still missing: owners around the due date, those above them after the grace.

The days are in `rules`; what a letter says is in `digest`. Everything is decided from what stands on the day,
so that a reminder comes once, also after a stop of weeks, and never about what was reported or extended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.utils import timezone, translation

from jwp.core.access import DIRECTOR, system
from jwp.core.door import Door, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Entry, Letter, Partnership
from jwp.desk.digest import Post, agenda_words, letter
from jwp.desk.models import Notice
from jwp.desk.rules import Rung, reminder_owed, rung_owed
from jwp.governance.actions.agenda import escalate
from jwp.governance.models import AgendaItem
from jwp.partners.access import holders, supervisors
from jwp.partners.models import Absence, Person, Seat, on
from jwp.plans.actions.round import link_for, report_for
from jwp.plans.models import Plan, Round
from jwp.plans.overview import Spot, overview
from jwp.plans.rules import Why, Word, lateness_is_public

Key = tuple[int, int]  # round, target


@dataclass(frozen=True)
class Summary:
    """What was done: who was written to, how many reports went up a rung, and who could not be reached."""

    written: list[str] = field(default_factory=list)
    climbed: int = 0
    without_address: list[str] = field(default_factory=list)


def remind(today: date) -> Summary:
    """Write what is owed today. Doing it twice writes nothing new."""
    partnership = Partnership.get()
    if partnership is None:
        return Summary()
    with timezone.override(partnership.time_zone):
        seen = Situation(today)
        if not (seen.pending() or seen.rungs()):
            return Summary(without_address=seen.without_address)
        with open_door(system(today)) as door:
            door.lock(Partnership, partnership.ref)  # a second clock waits here, and then finds nothing to do
            return _write(door, Situation(today))


def missing(today: date) -> list[Spot]:
    """Every target that an open round of an adopted plan still asks about."""
    found = []
    for plan in Plan.objects.filter(state="adopted").select_related("adoption__body"):
        found += [
            spot
            for row in overview(plan, today).rows
            for spot in row.spots
            if spot.standing.word in (Word.NONE, Word.LATE)
            and spot.standing.why not in (Why.BEFORE_US, Why.NOT_OPEN)
            and spot.round.opens <= today
        ]
    return found


class Situation:
    """What stands on a day: missing reports, who holds them, and what each has been told."""

    def __init__(self, today: date) -> None:
        self.today = today
        fresh = _made_today(today)
        self.missing = [spot for spot in missing(today) if spot.round.ref not in fresh]
        held = holders({spot.target.holder_id for spot in self.missing}, today)
        self.holders = {office: for_delegates(people, today) for office, people in held.items()}
        people = {person.ref: person for found in self.holders.values() for person in found}
        self.without_address = sorted(p.name for p in people.values() if not p.email)
        self.by_team = _written_by_team(people)
        self.had_today = _written_today(today)
        self.told: dict[tuple[Key, int], list[date]] = {}
        self.climbed: dict[Key, dict[Rung, date]] = {}
        for notice in Notice.objects.filter(round__in={spot.round.pk for spot in self.missing}):
            key = (notice.round_id, notice.target_id)
            if notice.rung:
                self.climbed.setdefault(key, {})[Rung(notice.rung)] = notice.on
            elif notice.person_id:
                self.told.setdefault((key, notice.person_id), []).append(notice.on)

    def people(self, spot: Spot) -> list[Person]:
        return [person for person in self.holders.get(spot.target.holder_id, []) if person.email]

    def days_told(self, spot: Spot, person: Person) -> list[date]:
        by_us = self.told.get((key_of(spot), person.pk), [])
        return by_us + self.by_team.get((spot.round.ref, person.ref), [])

    def pending(self) -> list[Person]:
        """Owners to whom a reminder is owed today."""
        owed: dict[int, Person] = {}
        for spot in self.missing:
            for person in self.people(spot):
                told = max(self.days_told(spot, person), default=None)
                if person.ref not in self.had_today and reminder_owed(
                    spot.due, spot.round.plan.grace_days, told, self.today
                ):
                    owed[person.pk] = person
        return list(owed.values())

    def owned(self, person: Person) -> list[Spot]:
        return [spot for spot in self.missing if person in self.people(spot)]

    def rungs(self) -> list[tuple[Spot, Rung]]:
        """The reports that go up a rung today. One whose reader had a letter today waits until tomorrow."""
        found = []
        for spot in self.missing:
            grace = spot.round.plan.grace_days
            if spot.standing.word != Word.LATE or not lateness_is_public(spot.due, grace, self.today):
                continue
            climbed = self.climbed.get(key_of(spot), {})
            rung = rung_owed(spot.due, grace, climbed, self.today, self.owner_told(spot))
            if rung and not any(p.ref in self.had_today for p in self.readers(spot, rung)):
                found.append((spot, rung))
        return found

    def owner_told(self, spot: Spot) -> date | None:
        """When the owner first heard of this round, at the latest today; None where nobody can be told."""
        people = self.people(spot)
        days = [day for person in people for day in self.days_told(spot, person)]
        return min(days, default=self.today) if people else None

    def readers(self, spot: Spot, rung: Rung) -> list[Person]:
        if rung == Rung.SUPERVISOR:
            return [p for p in for_delegates(above(spot, self.today), self.today) if p.email]
        return self.directors

    @cached_property
    def directors(self) -> list[Person]:
        seats = Seat.objects.filter(on(self.today)).filter(Q(office__role=DIRECTOR) | Q(body__role=DIRECTOR))
        people = _people(seats.select_related("person"), self.today)
        return [p for p in for_delegates(people, self.today) if p.email]


def key_of(spot: Spot) -> Key:
    return spot.round.pk, spot.target.pk


def above(spot: Spot, today: date) -> list[Person]:
    """Whom the owner reports to: named on their own seat, or else whoever holds the office above."""
    seats = Seat.objects.filter(on(today), on(today, "reports_to__"), office=spot.target.holder_id)
    named = [seat.reports_to for seat in seats.select_related("reports_to__person") if seat.reports_to]
    return _people(named, today) or supervisors(spot.target.holder, today)


def for_delegates(people: Iterable[Person], today: date) -> list[Person]:
    """The same people, each on leave replaced by the delegate they named."""
    people = list(people)
    away = {
        absence.person_id: absence.delegate
        for absence in Absence.objects.filter(on(today), person__in=people, delegate__isnull=False).select_related(
            "delegate"
        )
    }
    found = [away.get(person.pk) or person for person in people]
    return list({person.pk: person for person in found}.values())


def _people(seats: Iterable[Seat], today: date) -> list[Person]:
    people = {seat.person_id: seat.person for seat in seats}.values()
    return [person for person in people if person.left_on is None or today <= person.left_on]


def _made_today(today: date) -> set[str]:
    """Rounds that came into being today: while people enter a plan nobody is written to behind their back."""
    made = Entry.objects.filter(noun=Round.noun(), verb="add", at__date=today)
    return set(made.values_list("ref", flat=True))


def _written_by_team(people: Iterable[str]) -> dict[tuple[str, str], list[date]]:
    """When the team itself sent somebody their link to a round: the keys of `plans.actions.round`."""
    by_hand = Q(key__startswith="links:") | Q(key__startswith="again:")
    sent = Letter.objects.filter(by_hand, person__in=list(people))
    days: dict[tuple[str, str], list[date]] = {}
    for key in sent.values_list("key", flat=True):
        _verb, round, person, day = key.split(":")
        days.setdefault((round, person), []).append(date.fromisoformat(day))
    return days


def _written_today(today: date) -> set[str]:
    """Who has had today's digest: nobody gets two on one day."""
    sent = Letter.objects.filter(key__startswith="remind:", key__endswith=f":{today}")
    return set(sent.values_list("person", flat=True))


def _write(door: Door, seen: Situation) -> Summary:
    posts: dict[int, Post] = {}

    def post(person: Person) -> Post:
        return posts.setdefault(person.pk, Post(person, own=seen.owned(person)))

    for person in seen.pending():
        post(person)
    rungs = seen.rungs()
    for spot, rung in rungs:
        item = _draft_item(door, spot) if rung == Rung.BOARD else None
        for person in seen.readers(spot, rung):
            if item is None:
                post(person).late.setdefault(rung, []).append(spot)
            else:
                post(person).items.append(item)
        door.note("tell", spot.target, round=spot.round.ref, whom=rung.value)
    told = [(one.person, spot) for one in posts.values() for spot in one.own]
    Notice.objects.bulk_create(
        [Notice(round=s.round, target=s.target, rung=rung.value, on=seen.today) for s, rung in rungs]
        + [Notice(round=s.round, target=s.target, person=person, on=seen.today) for person, s in told]
    )
    for one in posts.values():
        _send(door, one)
    for round in {spot.round for _person, spot in told}:
        people = {person.pk for person, spot in told if spot.round == round}
        door.note("remind", round, people=len(people))
    return Summary(sorted(one.person.name for one in posts.values()), len(rungs), seen.without_address)


def _draft_item(door: Door, spot: Spot) -> AgendaItem:
    """The body that adopted the plan finds it on its next agenda, in the partnership's own language."""
    partnership = Partnership.get()
    adoption = spot.round.plan.adoption
    assert adoption is not None, "only adopted plans have rounds that are asked about"
    with translation.override(partnership.languages[0] if partnership and partnership.languages else "en"):
        title, text = agenda_words(spot)
    return escalate(door, report_for(door, spot.round, spot.target), adoption.body, title, text)


def _send(door: Door, one: Post) -> None:
    rounds = {spot.round.pk: spot.round for spot in one.own}
    links = {pk: link_for(door, round, one.person) for pk, round in rounds.items()}
    with translation.override(one.person.language):
        subject, body = letter(one, links)
    write_letter(
        door, key=f"remind:{one.person.ref}:{door.actor.today}", to=one.person.email, subject=subject,
        body=body, person=one.person.ref,
    )  # fmt: skip
