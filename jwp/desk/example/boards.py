"""What the bodies decided between the rounds, and the Board's next meeting."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from jwp.core.access import Actor
from jwp.core.period import add_months
from jwp.desk.example.promise import attend, board_meets
from jwp.desk.example.story import Story, got, office, paper, plan, target
from jwp.evidence import actions as evidence
from jwp.evidence.models import Approval
from jwp.governance.actions import agenda, decision, meeting
from jwp.governance.models import ActionArising, AgendaItem, Decision, Meeting
from jwp.governance.rules import Vote
from jwp.partners import actions as partners
from jwp.partners.models import Body, Constituency, Membership, Organisation, Person
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise
from jwp.plans.models import PriorityArea


def committee_votes(story: Story) -> None:
    """The one body whose charter has a vote uses it."""
    day = add_months(story.adopted, 4)
    director = story.actor("ilsabet", day)
    met = meeting.plan_meeting(
        director, ref="committee-1", body=got(Body, "membership-committee"), starts=day, mode="remote"
    )
    attend(director, met, away=set(), observing=())
    decision.decide(
        director,
        met.ref,
        text="Brightwater Works becomes an associate member.",
        rule=Decision.Rule.VOTE,
        vote=Vote(2, 1),
    )
    meeting.close(director, met.ref)
    partners.add(
        director,
        Membership(
            organisation=got(Organisation, "brightwater"),
            constituency=got(Constituency, "private"),
            kind="associate",
            starts=day + timedelta(days=1),
        ),
    )


def board_after_first_round(story: Story) -> None:
    day = story.m6 + timedelta(days=45)
    director = story.actor("ilsabet", day)
    met = board_meets(story, "board-after-m6", day - timedelta(days=40), day, "Vellmark")
    guide = evidence.add_document(
        director,
        paper("consent-guide.txt", "How to ask for consent, and what to do with a no."),
        ref="consent-guide",
        title="Guide to consent in pictures and stories",
        kind="guide",
        version="1",
        dated=day - timedelta(days=9),
        prepared_by="Communications Unit",
        reviewed_by="Gender Team",
        public=True,
    )
    first = agenda.add_item(director, met.ref, ref="item-m6", title="First round of the Gender Action Plan", order=1)
    second = agenda.add_item(director, met.ref, ref="item-guide", title="Guide to consent", paper=guide, order=2)
    team = story.actor("joren", day)
    attend(team, met, away={"delphine"})
    taken = decision.decide(
        team,
        met.ref,
        item=first,
        text="The Board takes note of the first round and asks who leads the firms the partnership pays.",
    )
    decision.decide(team, met.ref, item=second, text="The Board approves the guide.", approves=guide)
    _speak_of_silence(team, met, "The Board takes note that nothing was reported on this target.")
    meeting.add_action(
        team,
        met.ref,
        decision=taken,
        text="Find a way to know who leads the firms we pay",
        owner=office("people-finance"),
        due=day + timedelta(days=150),
    )
    meeting.close(team, met.ref)


def _speak_of_silence(team: Actor, met: Meeting, text: str) -> None:
    """What silence put on the agenda is spoken about."""
    for item in AgendaItem.objects.filter(meeting=met, report__isnull=False):
        decision.decide(team, met.ref, item=item, text=text)


def answer_the_board(story: Story) -> None:
    """What the Board asked for is done, by the unit's new holder."""
    asked = ActionArising.objects.get(meeting__ref="board-after-m6")
    meeting.finish_action(story.actor("nadira", story.m12 - timedelta(days=5)), asked.ref)


def assembly_meets(story: Story) -> None:
    day = add_months(story.adopted, 10)
    director = story.actor("ilsabet", day)
    met = meeting.plan_meeting(
        director,
        ref="assembly-1",
        title="Third Assembly",
        body=got(Body, "assembly"),
        starts=day,
        ends=day + timedelta(days=1),
        place="San Iriso",
    )
    agenda.add_item(director, met.ref, title="What members do themselves")
    team = story.actor("thandeka", day + timedelta(days=1))
    attend(team, met, away=set())
    decision.decide(team, met.ref, text="The Assembly asks every member to name its focal point before the next round.")
    meeting.close(team, met.ref)


def board_after_second_round(story: Story, day: date) -> None:
    """The Board revises, merges, splits and adds promises, and speaks about the one that was silent."""
    team = story.actor("thandeka", day)
    met = got(Meeting, "board-after-m12")
    attend(team, met, away={"hektor"})
    stalls = target("2.1")
    taken = decision.decide(
        team,
        met.ref,
        text="The Board lowers target 2.1 to 1,200 agreements and gives it six more months, merges 3.2 "
        "into 3.1, splits 4.2 in two, and adds target 6.3.",
        changes=[
            decision.Change(
                stalls,
                "Two market boards refuse to change agreements before the election.",
                {"value": Decimal(1200), "due": add_months(story.adopted, 24)},
            )
        ],
        reservations=[
            decision.Reserved(got(Person, "delphine"), "The Network regrets the lower number; the need has not fallen.")
        ],
    )
    assert taken.approval is not None
    _merge_split_add(story, team, taken.approval)
    _speak_of_silence(team, met, "The Board expects a report on this target within ten days.")
    asked = meeting.add_action(
        team,
        met.ref,
        text="Report on the night maps",
        owner=office("country-unit"),
        due=day + timedelta(days=10),
    )
    meeting.finish_action(story.actor("rosalba", day + timedelta(days=8)), asked.ref)
    meeting.close(story.actor("thandeka", day + timedelta(days=9)), met.ref)


def _merge_split_add(story: Story, team: Actor, approval: Approval) -> None:
    promise.merge(
        team,
        [target("3.2").ref],
        target("3.1").ref,
        "Whoever marks what is spent also names who answers for it.",
        approval,
    )
    promise.split(
        team,
        target("4.2").ref,
        [
            {"text": "80 councillors who are women take the course", "value_text": "course held"},
            {
                "text": "Forty of them have a mentor",
                "kind": "number",
                "value": Decimal(40),
                "baseline": Decimal(0),
            },
        ],
        "The course runs well, the mentors do not; one number hid the other.",
        approval,
    )
    money = PriorityArea.objects.get(plan=plan(), name="Money and procurement")
    plans.add_target(
        team,
        plan(),
        number="6.3",
        area=money,
        kind="milestone",
        holder=office("people-finance"),
        order=17,
        text="The yearly work plan carries a budget note for women and men",
        value_text="note in the work plan",
        due=add_months(story.adopted, 24),
        approval=approval,
    )
    promise.settle(team, target("5.2").ref, "achieve", "The rules are in force and nobody disputes it.")


def plan_board_after_second_round(story: Story) -> None:
    day = story.m12 + timedelta(days=40)
    met = board_meets(story, "board-after-m12", day - timedelta(days=60), day, "San Iriso")
    agenda.add_item(
        story.actor("ilsabet", day - timedelta(days=30)),
        met.ref,
        title="Second round: what to change in the plan",
    )


def plan_next_board(story: Story) -> None:
    on = story.today + timedelta(days=20)
    met = board_meets(story, "board-next", story.ago(40), on, "Tarnhollow")
    director = story.actor("ilsabet", story.ago(35))
    agenda.add_item(director, met.ref, title="Third round of the Gender Action Plan")
    agenda.add_item(
        director,
        met.ref,
        title="Mid-term review: who looks, and at what",
        text="Proposal of the Gender Team to follow.",
    )
