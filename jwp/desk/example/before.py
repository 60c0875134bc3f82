"""What was there before the plan: strategy periods, the last plan and how it ended, and the baseline."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.core.period import add_months
from jwp.desk.example import rounds
from jwp.desk.example.story import LAST_PLAN, PLAN, Story, got, office, plan, target, told
from jwp.evidence import actions as evidence
from jwp.evidence.models import Source
from jwp.indicators import actions as indicators
from jwp.indicators.models import Indicator
from jwp.indicators.rules import Cell
from jwp.instruments.loader import shelf
from jwp.instruments.rules import options, questions
from jwp.partners.models import Body, Organisation, Place
from jwp.plans.actions import plan as plans
from jwp.plans.models import BusinessLine, StrategyPeriod, Theme
from jwp.reviews.actions import answers, engagement, link
from jwp.reviews.actions.engagement import Group

WEB = "web-of-institutionalisation@1996"
LINES = (
    ("city", "City and country window"), ("small", "Small grants"), ("world", "World window"), ("voice", "Voice"),
)  # fmt: skip


def strategy(story: Story) -> None:
    """Two strategy periods; the business lines of the first became those of the second."""
    year = story.adopted.year
    team = story.actor("thandeka", story.begun)
    document = evidence.add_document(
        team,
        ref="strategy",
        title="Streets for Everybody: strategic plan",
        kind="strategy",
        version="final",
        dated=story.begun - timedelta(days=200),
        url="https://example.org/strategy.pdf",
        public=True,
        prepared_by="Secretariat",
        reviewed_by="Management Board",
        approved_by="Assembly of Members",
    )
    old = StrategyPeriod(
        ref="period-1", name="First strategy", starts=date(year - 5, 1, 1), ends=date(year - 2, 12, 31)
    )
    new = StrategyPeriod(
        ref="period-2",
        name="Streets for Everybody",
        starts=date(year - 1, 1, 1),
        ends=date(year + 2, 12, 31),
        document=document,
    )
    with open_door(team) as door:
        door.add(old)
        door.add(new)
        lines = {
            key: door.add(BusinessLine(ref=f"line-{key}-2", period=new, name=name, order=order))
            for order, (key, name) in enumerate(LINES, start=1)
        }
        for order, (name, became) in enumerate(
            (("Country work", "city"), ("Small grants", "small"), ("Learning", "world"), ("Voice", "voice")), start=1
        ):
            ref = f"line-{name.split()[0].lower()}-1"
            door.add(BusinessLine(ref=ref, period=old, name=name, successor=lines[became], order=order))
        safe = door.add(Theme(ref="theme-safe-2", period=new, name="Safe and easy streets"))
        door.add(Theme(ref="theme-work-2", period=new, name="Work and markets"))
        door.add(Theme(ref="theme-rule-2", period=new, name="A say in decisions"))
        door.add(Theme(ref="theme-streets-1", period=old, name="Streets", successor=safe))


def what_is_counted(story: Story) -> None:
    team = story.actor("thandeka", story.begun)
    rules = evidence.keep_source(
        team,
        None,
        ref="house-rules",
        title="House rules for counting people",
        publisher="Lantern Cities Partnership",
        url="https://example.org/house-rules.pdf",
        page="part 2",
    )
    for row in told("indicators"):
        row |= {
            "disaggregations": row.pop("by", []),
            "decimals": int(row.pop("decimals", "0")),
            "source": rules,
        }
        indicators.define(
            team, Indicator(**row, frequency="every round", method="Counted by whoever holds the target.")
        )
    _how_safe_people_feel(story, rules)


def _how_safe_people_feel(story: Story, source: Source) -> None:
    """A survey beside the plan: by sex and city, not of every city, and asked differently since last year."""
    day = story.begun + timedelta(days=20)
    team = story.actor("thandeka", day)
    indicators.define(
        team,
        Indicator(
            ref="dusk",
            name="People who walk alone after dark without fear",
            unit="%",
            aggregation="ratio",
            counts="people",
            disaggregations=["sex", "place"],
            decimals=1,
            frequency="once a year",
            source=source,
            definition="Adults who say they feel safe, of those asked.",
            universe="Adults in partner cities",
            method="Street survey",
        ),
    )
    year = story.begun.year
    indicators.enter(
        team,
        "dusk",
        _survey("first"),
        starts=date(year - 1, 1, 1),
        ends=date(year, 1, 1),
        coverage=(3, 4),
        source="Street survey, first wave",
    )
    day = add_months(story.adopted, 7)
    team = story.actor("thandeka", day)
    indicators.new_version(
        team,
        "dusk",
        None,
        definition="Adults who say they are never or seldom afraid, of those asked.",
        series_break="The question now offers four answers instead of yes and no.",
    )
    indicators.enter(
        team,
        "dusk-v2",
        _survey("second"),
        starts=date(year, 1, 1),
        ends=date(year + 1, 1, 1),
        coverage=(4, 4),
        source="Street survey, second wave",
    )


def _survey(wave: str) -> list[Cell]:
    return [
        Cell(None, sex, "", place, Decimal(asked[sex][0]), Decimal(asked[sex][1]))
        for place, asked in told("survey")[wave].items()
        for sex in ("f", "m")
    ]


def last_plan(story: Story) -> None:
    """The plan before: adopted long before this system; its last round, and how every promise ended."""
    team = story.actor("thandeka", story.begun)
    adopted = add_months(story.adopted, -28)
    old = plans.create_plan(
        team,
        ref=LAST_PLAN,
        title="First Gender Action Plan",
        starts=adopted,
        ends=add_months(adopted, 26),
        summary="Learn by walking, open the first childcare rooms, and train our own staff.",
        grace_days=7,
        period=got(StrategyPeriod, "period-1"),
    )
    areas = {
        ref: plans.add_area(team, old, name, level)
        for ref, name, level in (
            ("streets", "Safe streets and public space", "work programme"),
            ("markets", "Work and markets", "work programme"),
            ("members", "What members do themselves", "members"),
            ("skills", "Skills and staff of the secretariat", "secretariat"),
            ("money", "Money and procurement", "secretariat"),
        )
    }
    for row in told("last_promises"):
        area, holder = areas[row.pop("area")], office(row.pop("holder"))
        if row["kind"] == "number":
            row["indicator"] = got(Indicator, row.pop("counts"))
            row |= {key: Decimal(row[key]) for key in ("baseline", "value")}
        plans.add_target(team, old, area=area, holder=holder, due=add_months(adopted, 24), **row)
    plans.bring_in(team, old, got(Body, "board"), adopted, "Board decision 4", first_round=4)
    rounds.hold(story, 24, "last_m24", plan=LAST_PLAN)
    _copy(story)


def _copy(story: Story) -> None:
    """The new plan is a copy of the last, in which every promise is carried over, dropped or achieved."""
    decided = dict.fromkeys(("1.1", "3.1", "5.1"), "carry") | dict.fromkeys(("1.2", "2.1"), "achieve") | {"6.1": "drop"}
    team = story.actor("thandeka", story.copied)
    plans.copy(
        team,
        LAST_PLAN,
        ref=PLAN,
        title="Second Gender Action Plan",
        starts=story.adopted,
        ends=add_months(story.adopted, 36),
        decided={target(number, LAST_PLAN).ref: verb for number, verb in decided.items()},
        reason="Review of the first plan with the owners",
    )
    plans.end(team, LAST_PLAN)


def baseline(story: Story) -> None:
    """Whom the gender team spoke with before it promised anything, and what they answered unnamed."""
    _expert_meeting(story)
    start = story.copied + timedelta(days=7)
    workshop = _met(
        story.actor("thandeka", start),
        "workshop-1",
        "Baseline workshop of the secretariat",
        "workshop",
        start,
        [("managers", 4, 5, None), ("programme staff", 14, 9, 1), ("administration", 8, 3, None)],
        "alderport",
        "Everybody knows the policy; few have seen it used when a project was designed.",
    )
    everybody_answers(story, workshop, start, start + timedelta(days=6), 14)
    agreed = {
        "political-commitment": ("strong", "The Director opens every meeting with it."),
        "policy": ("strong", "There is one, and people can find it."),
        "resources": ("weak", "No line in the budget is for it."),
        "responsibility": ("medium", "Two people for everything; the units look at them."),
        "procedures": ("weak", "Nothing stops a project without a gender analysis."),
        "staff-development": ("medium", "The course is good; a third has taken it."),
    }
    answers.agree(story.actor("thandeka", start + timedelta(days=8)), workshop, agreed)
    _met(
        story.actor("joren", start + timedelta(days=12)),
        "market-talks",
        "Talks with traders at the Lower Quay market",
        "interviews",
        start + timedelta(days=11),
        [("traders", 46, 7, None), ("market committee", 1, 8, None), ("porters", None, None, 12)],
        "san-iriso",
        "Women sell; the stall agreements carry their husbands’ and brothers’ names.",
    )
    # Too few answered: nothing is ever shown of what they said.
    focal = _met(
        story.actor("joren", start + timedelta(days=14)),
        "focal-talk",
        "Talk with members’ focal points",
        "meeting",
        start + timedelta(days=14),
        [("focal points", 3, 1, None)],
        "vellmark",
        "",
    )
    everybody_answers(story, focal, start + timedelta(days=14), start + timedelta(days=18), 3)


def _met(
    team: Actor, ref: str, title: str, kind: str, day: date, groups: list[tuple[str, int | None, int | None,
    int | None]],
    place: str, summary: str,
) -> str:  # fmt: skip
    who: list[Group] = [
        {"role": role, "women": women, "men": men, "not_stated": other} for role, women, men, other in groups
    ]
    made = engagement.add_engagement(
        team,
        who,
        ref=ref,
        plan=plan(),
        title=title,
        kind=kind,
        held_on=day,
        place=got(Place, place),
        summary=summary,
        instrument=WEB if ref != "market-talks" else "",
    )
    return made.ref


def everybody_answers(story: Story, ref: str, opens: date, closes: date, people: int) -> None:
    """Open the shared link, let so many people rate every element, and close it if its last day is over."""
    link.open_link(story.actor("thandeka", opens), ref, None, opens=opens, closes=closes, min_group=5)
    scale = [option.code for option in options(shelf()[WEB])]
    for person in range(people):
        # Opinions that differ, the same at every loading.
        given = {item: scale[(person * 7 + n * 5 + n * n) % 11 % 3] for n, item in enumerate(questions(shelf()[WEB]))}
        answers.answer(ref, given, f"{ref}-{person}", min(opens + timedelta(days=person % 4), closes))
    if closes < story.today:
        link.close_link(story.actor("thandeka", closes), ref)


def _expert_meeting(story: Story) -> None:
    day = story.copied + timedelta(days=3)
    evidence.keep_event(
        story.actor("joren", day),
        None,
        [got(Organisation, ref) for ref in ("common-streets", "delta-dwellers", "city-life")],
        ref="expert-meeting",
        title="Expert meeting on care trips and safe streets",
        starts=day - timedelta(days=1),
        place=got(Place, "vellmark"),
    )
