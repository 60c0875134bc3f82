"""A fictional partnership to look around in: `jwp init --example`.

It is told through the same actions that people use, by those who may, on days counted back from the day it is
loaded. Only the times in the journal are those of the loading.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from jwp.core.door import Refused
from jwp.core.mail import mark_sent
from jwp.core.models import Letter, Partnership, User
from jwp.desk.clock import today_here
from jwp.desk.example import before, boards, diagnostics, grants, now, people, products, promise, rounds
from jwp.desk.example.diary import Diary
from jwp.desk.example.people import PASSWORD
from jwp.desk.example.story import Story
from jwp.partners.access import actor_for_person
from jwp.partners.models import Person

__all__ = ["PASSWORD", "load", "sign_ins"]


def load(today: date) -> None:
    """Fill an empty installation, wholly or not at all."""
    if Partnership.get() is not None or User.objects.exists():
        raise Refused("There is a partnership here already: the example needs an empty installation.")
    story = Story(today)
    with translation.override("en"), transaction.atomic():
        people.found(story)
        before.strategy(story)
        before.what_is_counted(story)
        before.last_plan(story)
        before.baseline(story)
        promise.write(story)
        promise.assess(story)
        promise.adopt(story)
        promise.do(story)
        boards.committee_votes(story)
        rounds.first_round(story)
        boards.board_after_first_round(story)
        people.people_come_and_go(story)
        rounds.correct(story)
        rounds.change_words_and_owner(story)
        boards.assembly_meets(story)
        boards.answer_the_board(story)
        boards.plan_board_after_second_round(story)
        rounds.second_round(story, lambda day: boards.board_after_second_round(story, day))
        products.are_offered(story)
        products.are_used(story)
        diagnostics.are_made(story)
        diary = Diary(story)
        grants.write(diary)
        diary.until(story.ago(45))
        now.rate_a_result(story)
        now.people_talk(story)
        _deliver()
        now.move_third_round(story)
        people.lend_the_auditor_a_seat(story)
        boards.plan_next_board(story)
        people.somebody_is_away(story)
        now.third_round(story)
        now.ask_the_secretariat_again(story)
        diary.until(today)
        now.look_at_the_next_agenda(story)


def _deliver() -> None:
    """Letters of the closed rounds have left; those of the open one wait in the outbox, with their links."""
    for letter in Letter.objects.filter(sent_at=None):
        mark_sent(letter)


def sign_ins() -> list[tuple[str, str, str]]:
    """(role, e-mail, password) for each role held today, of whoever holds least beside it."""
    today, found = today_here(), dict[str, tuple[int, str]]()
    here = Person.objects.filter(Q(left_on=None) | Q(left_on__gte=today), user__demonstration=True)
    for person in here.filter(user__is_active=True).order_by("pk"):
        roles = actor_for_person(person, today).roles
        for role in roles:
            found[role] = min(found.get(role, (99, "")), (len(roles), person.email), key=lambda one: one[0])
    return [(role, email, PASSWORD) for role, (_roles, email) in sorted(found.items())]
