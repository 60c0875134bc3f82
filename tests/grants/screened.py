"""Builders of screenings: what a proposer declares and a gender colleague agrees to, through the same actions."""

from __future__ import annotations

from datetime import date

from jwp.core.access import Actor
from jwp.grants.actions.screening import screen
from jwp.instruments.editions import latest
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import MET, NOT_MET, SCORE, Answer, Classes
from tests.cast import TODAY, Cast

LINK = "https://example.org/proposal"


def answers(score: str, *, id_: str = "oecd-gender-marker", without: tuple[str, ...] = ()) -> list[Answer]:
    """A class with each criterion it needs shown, but those left out; the others are not met."""
    asked = latest(id_)
    assert isinstance(asked, Classes)
    declared = asked.find(score)
    assert declared is not None
    shown = [
        Answer(c.code, MET, f"What shows {c.code}.", LINK)
        if c.code in declared.needs and c.code not in without
        else Answer(c.code, NOT_MET)
        for c in asked.criteria
    ]
    return [Answer(SCORE, score), *shown]


def declare(
    who: Actor, ref: str, score: str = "1", *, id_: str = "oecd-gender-marker", reason: str = ""
) -> AnswerSheet:
    return screen(who, ref, "self", answers(score, id_=id_), reason=reason)


def agree(who: Actor, ref: str, score: str = "1", *, id_: str = "oecd-gender-marker", reason: str = "") -> AnswerSheet:
    return screen(who, ref, "agreed", answers(score, id_=id_), reason=reason)


def agreed(
    people: Cast, ref: str, score: str = "1", *, id_: str = "oecd-gender-marker", on: date = TODAY
) -> AnswerSheet:
    """Olga proposes, Gita agrees."""
    declare(people.actor("olga", on), ref, score, id_=id_, reason="As it stands now.")
    return agree(people.actor("gita", on), ref, score, id_=id_, reason="As it stands now.")
