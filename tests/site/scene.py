"""A public plan with a past: three rounds in which every state appears, told by the day M18 was due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Partnership
from jwp.core.period import add_months
from jwp.evidence.models import Approval, Document
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Plan, PriorityArea, Report, Round, Target
from jwp.reviews.actions.finding import add_finding, respond
from tests.cast import Cast, approval, indicator
from tests.cast import plan as make_plan
from tests.cast import target as make_target


def today() -> date:
    """Pages take today from the clock, in the partnership's zone; so must what they show."""
    return timezone.localdate(timezone=ZoneInfo("Europe/Brussels"))


@dataclass
class Scene:
    """Who is in it, and how they write: everything through the verbs of the plan."""

    cast: Cast
    plan: Plan
    m18_due: date

    def round(self, month: int) -> Round:
        found: Round = Round.objects.get(plan=self.plan, month=month)
        return found

    def submit(self, month: int, ref: str, late: int = 0, **typed: str) -> Report:
        """The owner reports two days before the round is due, or so many days after."""
        row = self.round(month)
        on = row.due + timedelta(days=late or -2)
        return report.submit(self.cast.actor("olga", on), row.ref, ref, typed)

    def accept(self, row: Report) -> Report:
        on = (row.submitted_on or row.round.due) + timedelta(days=1)
        return report.accept(self.cast.actor("gita", on), row.ref)

    def say(self, month: int, ref: str, late: int = 0, **typed: str) -> Report:
        """Reported and accepted the next day."""
        return self.accept(self.submit(month, ref, late, **typed))

    def close(self, month: int) -> None:
        row = self.round(month)
        round.close_round(self.cast.actor("gita", row.closes), row.ref)

    def correct(self, row: Report, on: date, reason: str = "Counted twice", **typed: str) -> None:
        report.correct(self.cast.actor("gita", on), row.ref, typed, reason)

    def decision(self, on: date) -> Approval:
        return approval(self.cast.board, self.plan.ref, on)


def plan_with(
    cast: Cast,
    targets: dict[str, dict[str, Any]],
    *,
    days: int = 20,
    ref: str = "gap",
    first: int = 1,
    **fields: Any,
) -> Scene:
    """An adopted plan whose M18 was due so many days ago, with these targets of the Operations Unit."""
    due = today() - timedelta(days=days)
    adopted = add_months(due, -18)
    made = make_plan(ref, starts=adopted, ends=adopted + timedelta(days=365 * 3), **fields)
    for key, given in targets.items():
        if given.get("kind", "number") == "number" and "indicator" not in given:
            given = given | {"indicator": indicator(f"i-{key}", **given.pop("measures", {}))}
        elif "kind" in given:
            given = {"value": None} | given
        make_target(made, cast.offices["operations"], key, **given)
    plans.bring_in(cast.actor("gita", today()), made, cast.board, adopted, "Decision 4/2025", first)
    made.refresh_from_db()
    return Scene(cast, made, Round.objects.get(plan=made, month=18).due)


def life(cast: Cast, *, days: int = 20) -> Scene:
    """Accepted, corrected, late, silent, no data, revised, dropped, internal: all in one plan."""
    running = {"measures": {"aggregation": "cumulative"}}
    scene = plan_with(
        cast,
        days=days,
        summary="Women and men are to have the same say in how our cities grow.",
        targets={
            "t1": {
                "text": "Train 400 community planners in land law",
                "value": Decimal(400),
                "baseline": Decimal(0),
                "number": "1.1",
                **running,
            },
            "t2": {
                "text": "Half of those on city steering groups are women",
                "value": Decimal(50),
                "number": "1.2",
                "measures": {"name": "Women on steering groups", "unit": "%", "aggregation": "ratio"},
            },
            "t3": {
                "text": "Name a gender focal point in each member",
                "value": Decimal(24),
                "number": "2.1",
                "measures": {"name": "Focal points", "unit": "people", "aggregation": "latest"},
            },
            "t4": {
                "text": "Adopt a policy on safe workshops",
                "kind": "milestone",
                "number": "2.2",
                "due": today() - timedelta(days=100),
            },
            "t5": {
                "text": "Publish sex-disaggregated figures of all country programmes",
                "kind": "text",
                "number": "2.3",
            },
            "t6": {
                "text": "Translate the guidance note into Portuguese",
                "kind": "milestone",
                "number": "3.1",
            },
            "t7": {"text": "Hear staff on pay", "kind": "text", "number": "3.2", "public": False},
            "t8": {
                "text": "Reach women traders in markets",
                "value": Decimal(1200),
                "number": "3.3",
                "measures": {"name": "Traders reached", "aggregation": "sum"},
            },
        },
    )
    areas(scene)
    scene.say(6, "t1", women="60", men="64")
    scene.say(6, "t2", women="11/40", men="29/40", total="40/80")
    scene.say(6, "t3", women="3", men="9")
    scene.say(6, "t4", progress="under way", words="Draft with the legal adviser")
    scene.say(6, "t7", words="Pay was discussed in private")
    scene.say(6, "t8", women="210", men="95", comment="Olga says the market was closed on Mondays")
    scene.close(6)
    scene.say(12, "t1", women="131", men="120")
    scene.say(12, "t2", women="17/41", men="24/41", total="41/82")
    scene.say(12, "t3", women="6", men="10")
    scene.say(12, "t4", late=20, progress="under way", words="Before the members")
    scene.say(12, "t5", no_data="The country offices have not yet sent their lists")
    eighth = scene.say(12, "t8", women="340", men="180")
    scene.close(12)
    m12 = scene.round(12)
    report.explain(cast.actor("amara", m12.due), m12.ref, "t6", "The translator of the host agency was not available")
    scene.correct(
        eighth, m12.closes + timedelta(days=3), "The market of Kora was counted twice", women="310", men="170"
    )
    changed = scene.decision(m12.closes + timedelta(days=10))
    promise.revise(
        cast.actor("gita", changed.on),
        "t1",
        reason="Two more cities joined",
        approval=changed,
        value=Decimal(520),
    )
    promise.settle(cast.actor("gita", changed.on), "t6", "drop", "No reader asked for it", changed)
    scene.say(18, "t1", women="233", men="198")
    scene.submit(18, "t2", women="19/41", men="22/41", total="41/82")
    chain(scene)
    with open_door(cast.actor("gita")) as door:
        door.add(
            Document(
                title="Gender Equality Strategy",
                version="2",
                dated=date(2025, 1, 20),
                kind="Strategy",
                url="https://example.org/strategy",
                public=True,
                prepared_by="Olga",
            )
        )
        door.add(Document(title="Salaries by name", url="https://example.org/salaries"))
    return scene


def areas(scene: Scene) -> None:
    levels = PriorityArea.Level
    with open_door(scene.cast.actor("gita")) as door:
        first = scene.plan.areas.get()
        door.change(first, name="Cities that plan with women", level=levels.WORK_PROGRAMME)
        members, house = (
            door.add(PriorityArea(plan=scene.plan, name=name, level=level, order=order))
            for order, name, level in (
                (2, "Members that lead by example", levels.MEMBERS),
                (3, "A secretariat that listens", levels.SECRETARIAT),
            )
        )
        for order, (ref, area) in enumerate(
            {
                "t1": first,
                "t2": first,
                "t8": first,
                "t3": members,
                "t4": members,
                "t5": members,
                "t6": house,
                "t7": house,
            }.items()
        ):
            door.change(Target.objects.get(ref=ref), area=area, order=order)


def chain(scene: Scene) -> None:
    gita = scene.cast.actor("gita")
    found = add_finding(
        gita,
        plan=scene.plan,
        text="Planners meet women only when something has gone wrong.",
        area=None,
        public=True,
        recommendations=[("Teach land law where planners and women traders learn together.", None)],
    )
    respond(
        scene.cast.actor("amara"),
        found.recommendations.get().ref,
        kind="accepted",
        text="In every city",
        target=Target.objects.get(ref="t1"),
        owner=None,
    )
    add_finding(gita, plan=scene.plan, text="A quarrel in the unit nobody should read about.", area=None)


def make_fictional() -> None:
    with open_door(system(today())) as door:
        door.change(Partnership.objects.get(), name="Cities in Common", fictional=True)
