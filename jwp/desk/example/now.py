"""The third round, open and just past due: accepted, waiting, returned, extended and late reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from jwp.desk.example.before import everybody_answers
from jwp.desk.example.rounds import hold, reported
from jwp.desk.example.story import Story, got, plan, round_, target, told
from jwp.governance.actions import agenda
from jwp.governance.models import AgendaItem
from jwp.instruments.actions import fill
from jwp.instruments.rules import Answer
from jwp.partners.models import Place
from jwp.plans.actions import report, round
from jwp.reviews.actions import engagement


def move_third_round(story: Story) -> None:
    found = round_(18)
    round.move(
        story.actor("thandeka", story.ago(85)),
        found.ref,
        opens=story.m18 - timedelta(days=30),
        due=story.m18,
        closes=story.m18 + timedelta(days=30),
        reason="Moved by three weeks, so that the Board meets with fresh figures.",
    )


def third_round(story: Story) -> None:
    """Late: 1.2, 6.1, 7.1. Extended: 2.2 (being typed), 3.4 (returned), 4.1 (Wenna's link waits)."""
    until = story.today + timedelta(days=10)

    def extend(day: date) -> None:
        m18, team = round_(18).ref, story.actor("thandeka", day)
        round.extend(team, m18, [target("2.2").ref], until, "The flood closed the Vellmark market for a month.")
        round.extend(
            team,
            m18,
            [target("4.1").ref],
            until,
            "The ward elections were put off; the League counts after them.",
        )
        round.extend(team, m18, [target("3.4").ref], until, "On leave; the delegate asks the governments once more.")

    def type_something(day: date) -> None:
        report.save_draft(
            story.actor("rosalba", day),
            round_(18).ref,
            target("2.2").ref,
            {"total": "10", "comment": "Vellmark still"},
        )

    def explain(day: date) -> None:
        report.explain(
            story.actor("ilsabet", day),
            round_(18).ref,
            target("1.2").ref,
            "The two map makers left two months ago; new ones begin next month. Alderport’s map is out.",
        )

    hold(story, 18, "m18", [(-2, extend), (16, explain), (20, type_something)])


def people_talk(story: Story) -> None:
    """Remarks at the targets, one of which came by mail."""
    for row in told("remarks"):
        day, by_mail = story.ago(int(row["days_ago"])), row.get("by") == "mail"
        actor = story.actor(row["who"], day, "mail" if by_mail else "sign-in")
        at = datetime.combine(day, time(9, 40), UTC)
        report.comment(actor, target(row["number"]).ref, row["text"], by_mail=by_mail, at=at)


def look_at_the_next_agenda(story: Story) -> None:
    """Silence put an item on it; the Director may comment on that, and nothing more."""
    item = AgendaItem.objects.get(report=reported(round_(18), "1.2"))
    agenda.comment(
        story.actor("ilsabet", story.ago(1)),
        item.ref,
        None,
        "I will report on the new contract at the meeting.",
    )


def ask_the_secretariat_again(story: Story) -> None:
    """The same questions at mid-term: the link is open, and few have answered so far."""
    opens = story.ago(4)
    team = story.actor("joren", opens)
    engagement.add_engagement(
        team,
        [{"role": "staff", "women": 21, "men": 15, "not_stated": 1}],
        ref="mid-term",
        plan=plan(),
        title="Mid-term talk of the secretariat",
        kind="workshop",
        held_on=opens,
        place=got(Place, "alderport"),
        instrument="web-of-institutionalisation@1996",
    )
    everybody_answers(story, "mid-term", opens, story.today + timedelta(days=17), 3)


def rate_a_result(story: Story) -> None:
    """One result rated after the fact: by those who did it, then by somebody else."""
    day, pin = story.m12 + timedelta(days=60), "gender-results-effectiveness-scale@2015"
    seen = "781 agreements carry women’s names; the market boards still choose who gets a stall."
    fill(story.actor("bastian", day), pin, target("2.1").ref, "self", [Answer("choice", "responsive", seen)])
    fill(
        story.actor("joren", day + timedelta(days=9)),
        pin,
        target("2.1").ref,
        "reviewed",
        [Answer("choice", "targeted", seen)],
    )
