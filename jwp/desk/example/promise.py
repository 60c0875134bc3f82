"""The plan itself: from what was found to what is promised, submitted and adopted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.core.period import add_months
from jwp.desk.example.before import WEB
from jwp.desk.example.story import PLAN, Story, got, office, paper, plan, target, told
from jwp.evidence import actions as evidence
from jwp.evidence.models import Document
from jwp.governance.actions import agenda, decision, meeting
from jwp.governance.models import Meeting
from jwp.indicators.models import Indicator
from jwp.partners.models import Body, Person
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise
from jwp.plans.models import Action, BusinessLine, Objective, PriorityArea, StrategyPeriod, Theme
from jwp.reviews.actions import finding
from jwp.reviews.models import Assessment, Engagement, Recommendation

QUALITY = ["none", "weak", "fair", "good"]
AREAS = {
    "streets": "Safe streets and public space",
    "markets": "Work and markets",
    "members": "What members do themselves",
    "say": "A say in local decisions",
    "skills": "Skills and staff of the secretariat",
    "money": "Money and procurement",
    "voice": "Learning and voice",
}
OBJECTIVES = (
    ("streets", "Women and girls cross the city at any hour without planning their fear."),
    ("markets", "Whoever works at a stall holds the paper for it."),
    ("say", "Where streets are decided on, women sit at the table and speak."),
    ("skills", "Everybody in the secretariat can do what the policy asks."),
)


def write(story: Story) -> None:
    """The gender team words the plan, with the owners, from the copy of the last one."""
    day = story.copied + timedelta(days=30)
    team = story.actor("thandeka", day)
    plans.change_plan(
        team,
        PLAN,
        None,
        period=got(StrategyPeriod, "period-2"),
        then_every=12,
        summary="Nineteen promises on three levels, so that cities work for the women and men who live in "
        "them. Every half year each owner says what became of theirs, and everybody can read it.",
    )
    plans.add_area(team, plan(), AREAS["say"], "members")
    plans.add_area(team, plan(), AREAS["voice"], "secretariat")
    for key, text in OBJECTIVES:
        plans.add_objective(team, plan(), text, _area(key))
    promises = told("promises")
    for order, row in enumerate(promises, start=1):
        row["order"] = order
    # What was carried over comes first: it may stand under a number that is given anew.
    for row in sorted(promises, key=lambda row: "stood_as" not in row):
        stood_as, kind = row.pop("stood_as", ""), row.pop("kind")
        fields = _worded(story, kind, row)
        if stood_as:
            promise.revise(team, target(stood_as).ref, reason="As agreed with its owner", **fields)
        else:
            plans.add_target(team, plan(), kind=kind, **fields)


def _worded(story: Story, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row of promises.yaml as the fields of a target."""
    area, lines = _area(row["area"]), BusinessLine.objects.in_bulk(field_name="ref")
    abroad = area.level == PriorityArea.Level.MEMBERS
    fields = {
        "number": row["number"],
        "text": row["text"],
        "order": row["order"],
        "area": area,
        "holder": office(row["holder"]),
        "due": add_months(story.adopted, int(row["due"])),
        "evidence_required": "evidence" in row,
        "objective": Objective.objects.filter(area=area).first(),
        "theme": got(Theme, "theme-safe-2") if row["area"] == "streets" else None,
        "business_line": lines["line-world-2" if abroad else "line-city-2"],
    }
    if kind != "number":
        return fields | {
            "value_text": row["reach"],
            "baseline_text": row["start"],
            "scale": QUALITY if kind == "rating" else [],
        }
    return fields | {
        "indicator": got(Indicator, row["counts"]),
        "value": Decimal(row["reach"]),
        "baseline": Decimal(row["start"]) if "start" in row else None,
    }


ASSESSMENTS = (
    ("streets", "Streets after dusk: walks in three cities", ""),
    ("markets", "Whose name is on the stall", "market-talks"),
    ("skills", "The secretariat looks at itself", "workshop-1"),
    ("money", "Where the money goes", ""),
)


def assess(story: Story) -> None:
    """What the baseline found, what is recommended because of it, and the Director's answer to each."""
    day = story.copied + timedelta(days=36)
    team, director = story.actor("joren", day), story.actor("ilsabet", day + timedelta(days=14))
    draft = evidence.add_document(
        team,
        paper("baseline-draft.txt", "Baseline of the second Gender Action Plan: draft for the owners."),
        ref="baseline-1",
        title="Baseline of the second Gender Action Plan",
        kind="baseline",
        version="draft",
        dated=day - timedelta(days=9),
        prepared_by="Gender Team",
    )
    baseline = evidence.new_version(
        team,
        draft.ref,
        None,
        paper("baseline.txt", "Baseline of the second Gender Action Plan: final."),
        title=draft.title,
        kind="baseline",
        version="final",
        dated=day,
        public=True,
        prepared_by="Gender Team",
        reviewed_by="Head of Programmes",
        approved_by="Director",
    )
    for key, title, met in ASSESSMENTS:
        finding.add_assessment(
            team,
            ref=f"assessment-{key}",
            plan=plan(),
            area=_area(key),
            title=title,
            made_on=day,
            document=baseline,
            engagement=got(Engagement, met) if met else None,
            instrument=WEB if met == "workshop-1" else "",
            method="Walks, talks and our own files; what was counted is in the annex.",
        )
    for n, row in enumerate(told("findings"), start=1):
        found = finding.add_finding(
            team,
            ref=f"finding-{n}",
            plan=plan(),
            area=_area(row["area"]),
            text=row["found"],
            assessment=got(Assessment, f"assessment-{row['area']}"),
            public=row["public"] == "yes",
            recommendations=[(row["recommended"], day + timedelta(days=21))],
        )
        asked, to = Recommendation.objects.get(finding=found), target(row["target"])
        finding.respond(
            director, asked.ref, kind=row["answer"], text=row.get("because", ""), target=to, owner=to.holder
        )
    finding.add_finding(
        team,
        ref="practice-1",
        plan=plan(),
        area=_area("markets"),
        kind="good practice",
        public=True,
        assessment=got(Assessment, "assessment-markets"),
        text="In San Iriso the traders keep the key of the childcare room themselves; it never stood empty.",
    )


def _area(key: str) -> PriorityArea:
    found: PriorityArea = PriorityArea.objects.get(plan__ref=PLAN, name=AREAS[key])
    return found


def adopt(story: Story) -> None:
    """The Director submits; the Board decides by consensus, with one reservation; the rounds are owed."""
    early = story.adopted - timedelta(days=20)
    director = story.actor("ilsabet", early)
    plans.submit(director, PLAN)
    kept = evidence.add_document(
        director,
        paper("second-gender-action-plan.txt", "The plan as submitted: nineteen targets."),
        ref="plan-paper",
        title="Second Gender Action Plan",
        kind="plan",
        version="submitted",
        dated=early,
        public=True,
        prepared_by="Gender Team",
        reviewed_by="Director",
    )
    met = board_meets(story, "board-adoption", early, story.adopted, "Alderport")
    item = agenda.add_item(
        director,
        met.ref,
        ref="item-adoption",
        title="Second Gender Action Plan",
        paper=got(Document, kept.ref),
    )
    team = story.actor("thandeka", story.adopted)
    attend(team, met, away={"imre"})
    decision.decide(
        team,
        met.ref,
        text="The Board adopts the second Gender Action Plan.",
        item=item,
        adopts=plan(),
        reservations=[
            decision.Reserved(
                got(Person, "sunniva"),
                "Tavoland supports the plan and doubts that 2,000 stall agreements can be had in time.",
            )
        ],
    )
    meeting.close(story.actor("thandeka", story.adopted + timedelta(days=3)), met.ref)


def board_meets(story: Story, ref: str, planned: date, on: date, place: str) -> Meeting:
    return meeting.plan_meeting(
        story.actor("ilsabet", planned), ref=ref, body=got(Body, "board"), starts=on, place=place
    )


def attend(team: Actor, met: Meeting, away: set[str], observing: tuple[str, ...] = ("ilsabet",)) -> None:
    """Everybody with a seat on the day but these took part; the Director looked on."""
    there = [seat.person for seat in met.seats() if seat.person.ref not in away]
    meeting.record_attendance(team, met.ref, None, there, [got(Person, ref) for ref in observing])


def do(story: Story) -> None:
    """The small steps under the promises, and which of them are done."""
    for row in told("actions"):
        due = story.adopted + timedelta(days=int(row["due"]))
        team = story.actor("joren", min(due - timedelta(days=30), story.ago(30)))
        with open_door(team) as door:
            action = door.add(Action(target=target(row["number"]), text=row["text"], owner=office(row["by"]), due=due))
        if "done" in row:
            day = story.adopted + timedelta(days=int(row["done"]))
            with open_door(story.actor("joren", day)) as door:
                door.change(door.lock(Action, action.ref), "done", done_on=day)
