"""A body decides as a quorum, by its own rule; what it decides takes effect in the same step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.evidence.actions import add_document
from jwp.evidence.models import Approval
from jwp.governance.actions import agenda
from jwp.governance.actions import meeting as meetings
from jwp.governance.actions.decision import Change, Reserved, decide
from jwp.governance.models import Decision, Meeting
from jwp.governance.rules import Vote
from jwp.partners.models import Body
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise
from jwp.plans.models import Plan, Revision, Target
from tests.cast import TODAY, Cast, cast, plan, seat, target

pytestmark = pytest.mark.django_db

HELD = date(2026, 9, 10)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def meeting(people: Cast) -> Meeting:
    """The Board met ten days ago: its chair and Berta, two of two seats."""
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=HELD)
    both = [people.people["berta"], people.people["carl"]]
    return meetings.record_attendance(people.actor("gita"), row.ref, None, both, [people.people["amara"]])


def submitted(people: Cast) -> Plan:
    promised = plan()
    target(promised, people.offices["operations"])
    return plans.submit(people.actor("amara"), promised.ref)


def adopted(people: Cast) -> Plan:
    row = plan()
    target(row, people.offices["operations"])
    return plans.bring_in(people.actor("gita"), row, people.board, date(2025, 3, 15), "Decision 1")


def votes_allowed(people: Cast) -> None:
    with open_door(people.actor("ida")) as door:
        door.change(door.lock(Body, people.board.ref), decides_by="vote")


def test_a_decision_adopts_the_plan_and_its_rounds_are_owed_from_that_day(people: Cast, meeting: Meeting) -> None:
    promised = submitted(people)
    made = decide(people.actor("gita"), meeting.ref, text="The plan is adopted.", adopts=promised)
    promised.refresh_from_db()
    assert (promised.state, promised.adoption) == ("adopted", made.approval)
    assert made.approval is not None and made.approval.on == HELD
    assert made.approval.reference == "Decision 1"
    # Counted from the day of adoption, not from the plan's first day.
    assert [str(r.due) for r in promised.rounds.all()] == ["2027-03-10", "2027-09-10"]


def test_without_a_quorum_nothing_is_decided(people: Cast) -> None:
    promised = submitted(people)
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=HELD)
    meetings.record_attendance(people.actor("gita"), row.ref, None, [people.people["berta"]])
    with pytest.raises(Refused, match="1 of 2 seats took part, 2 are needed"):
        decide(people.actor("gita"), row.ref, text="Adopted.", adopts=promised)
    promised.refresh_from_db()
    assert promised.state == "submitted"
    assert not Approval.objects.exists() and not Decision.objects.exists()


def test_an_observer_makes_no_quorum(people: Cast) -> None:
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=HELD)
    meetings.record_attendance(people.actor("gita"), row.ref, None, [people.people["berta"]], [people.people["carl"]])
    with pytest.raises(Refused, match="No quorum"):
        decide(people.actor("gita"), row.ref, text="Noted.")


def test_a_meeting_ahead_decides_nothing(people: Cast) -> None:
    row = meetings.plan_meeting(people.actor("gita"), body=people.board, starts=date(2026, 12, 1))
    with pytest.raises(Refused, match="not taken place"):
        decide(people.actor("gita"), row.ref, text="Noted.")


@pytest.mark.parametrize("name", ["olga", "berta", "carl", "aldo", "fola", "sam"])
def test_only_those_who_keep_the_record_write_it(people: Cast, meeting: Meeting, name: str) -> None:
    with pytest.raises(Refused, match="keeps the record"):
        decide(people.actor(name), meeting.ref, text="Mine.")


def test_an_administrator_records_but_adopts_nothing(people: Cast, meeting: Meeting) -> None:
    promised = submitted(people)
    with pytest.raises(Refused, match="only director / gender team may adopt"):
        decide(people.actor("ida"), meeting.ref, text="Adopted.", adopts=promised)
    assert not Decision.objects.exists() and not Approval.objects.exists()
    assert decide(people.actor("ida"), meeting.ref, text="The report is noted.").number == "1"


def test_a_unit_does_not_adopt_a_plan(people: Cast) -> None:
    promised = submitted(people)
    row = meetings.plan_meeting(people.actor("gita"), body=people.secretariat, starts=HELD)
    meetings.record_attendance(people.actor("gita"), row.ref, None, [people.people["gita"]])
    with pytest.raises(Refused, match="board or an assembly"):
        decide(people.actor("gita"), row.ref, text="Adopted.", adopts=promised)


def test_a_reservation_stands_beside_the_consensus_for_its_organisation(people: Cast, meeting: Meeting) -> None:
    berta = people.people["berta"]
    made = decide(
        people.actor("gita"),
        meeting.ref,
        text="Noted.",
        reservations=[Reserved(berta, "The budget is thin.")],
    )
    assert [(r.person, r.text) for r in made.reservations.all()] == [(berta, "The budget is thin.")]
    entry = Entry.objects.filter(verb="reserve").get()
    assert entry.facts["after"] == {"person": "berta", "text": "The budget is thin."}


def test_who_did_not_decide_has_no_reservation(people: Cast, meeting: Meeting) -> None:
    for absent in ("amara", "olga"):
        with pytest.raises(Refused, match="did not take part"):
            decide(
                people.actor("gita"), meeting.ref, text="Noted.",
                reservations=[Reserved(people.people[absent], "No.")],
            )  # fmt: skip
    assert not Decision.objects.exists()


def test_a_body_without_a_vote_in_its_charter_decides_by_consensus(people: Cast, meeting: Meeting) -> None:
    with pytest.raises(Refused, match="its charter has no vote"):
        decide(people.actor("gita"), meeting.ref, text="Noted.", rule="vote", vote=Vote(2, 0))


def test_where_the_charter_has_a_vote_it_is_counted_against_those_who_took_part(people: Cast, meeting: Meeting) -> None:
    votes_allowed(people)
    with pytest.raises(Refused, match="add up to the 2"):
        decide(people.actor("gita"), meeting.ref, text="Noted.", rule="vote", vote=Vote(3, 0))
    with pytest.raises(Refused, match="not carried"):
        decide(people.actor("gita"), meeting.ref, text="Noted.", rule="vote", vote=Vote(1, 1))
    made = decide(people.actor("gita"), meeting.ref, text="Noted.", rule="vote", vote=Vote(1, 0))
    assert (made.votes_for, made.votes_against, made.abstentions) == (1, 0, 1)


def test_what_was_not_carried_is_recorded_and_changes_nothing(people: Cast, meeting: Meeting) -> None:
    votes_allowed(people)
    promised = submitted(people)
    with pytest.raises(Refused, match="changes nothing"):
        decide(
            people.actor("gita"), meeting.ref, text="No.", rule="vote", vote=Vote(0, 2), taken=False,
            adopts=promised,
        )  # fmt: skip
    made = decide(people.actor("gita"), meeting.ref, text="No.", rule="vote", vote=Vote(0, 2), taken=False)
    assert made.approval is None and not made.taken


def test_a_decision_revises_a_promise_and_the_old_one_stays_readable(people: Cast, meeting: Meeting) -> None:
    adopted(people)
    promise = Target.objects.get()
    made = decide(
        people.actor("gita"), meeting.ref, text="The target is lowered.",
        changes=[Change(promise, "half the budget", {"value": Decimal(50), "due": date(2027, 6, 30)})],
    )  # fmt: skip
    promise.refresh_from_db()
    assert (promise.value, promise.due) == (Decimal(50), date(2027, 6, 30))
    revision = Revision.objects.get()
    assert revision.approval == made.approval
    assert (revision.before["value"], revision.after["value"]) == ("100", "50")
    assert made.plan == promise.plan


def test_a_decision_allows_the_team_to_merge_targets(people: Cast, meeting: Meeting) -> None:
    row = adopted(people)
    target(row, people.offices["operations"], "t2")
    made = decide(people.actor("gita"), meeting.ref, text="One target is enough.", allows=row)
    assert made.approval is not None
    promise.merge(people.actor("gita"), ["t2"], "t1", "they say the same", made.approval)
    assert Target.objects.get(ref="t2").state == "merged"
    unit = meetings.plan_meeting(people.actor("gita"), body=people.secretariat, starts=HELD)
    meetings.record_attendance(people.actor("gita"), unit.ref, None, [people.people["amara"]], [])
    with pytest.raises(Refused, match="that body, or the assembly"):
        decide(people.actor("gita"), unit.ref, text="We too.", allows=row)


def test_a_decision_drops_a_promise(people: Cast, meeting: Meeting) -> None:
    adopted(people)
    promise = Target.objects.get()
    made = decide(people.actor("gita"), meeting.ref, text="Given up.", changes=[Change(promise, "no funds", drop=True)])
    promise.refresh_from_db()
    assert promise.state == Target.DROPPED
    assert Revision.objects.get().approval == made.approval


def test_another_body_does_not_change_the_boards_plan_and_the_assembly_does(people: Cast) -> None:
    adopted(people)
    promise = Target.objects.get()
    committee = Body(ref="committee", name="Committee", kind="committee")
    with open_door(people.actor("ida")) as door:
        door.add(committee)
    assembly = Body.objects.get(ref="members")
    seat(people.people["berta"], committee)
    for body, who in ((committee, "berta"), (assembly, "fola")):
        row = meetings.plan_meeting(people.actor("gita"), ref=f"of-{body.ref}", body=body, starts=HELD)
        meetings.record_attendance(people.actor("gita"), row.ref, None, [people.people[who]])
    change = [Change(promise, "why", {"value": Decimal(10)})]
    with pytest.raises(Refused, match="that body, or the assembly"):
        decide(people.actor("gita"), "of-committee", text="Lowered.", changes=change)
    decide(people.actor("gita"), "of-members", text="Lowered.", changes=change)
    promise.refresh_from_db()
    assert promise.value == Decimal(10)


def test_a_change_that_changes_nothing_or_is_not_valid_is_refused_whole(people: Cast, meeting: Meeting) -> None:
    adopted(people)
    promise = Target.objects.get()
    for fields, says in (
        ({"value": Decimal(100)}, "Nothing changes"),
        ({"value": Decimal("1e20")}, "digits"),
    ):
        with pytest.raises(Refused, match=says):
            decide(people.actor("gita"), meeting.ref, text="x", changes=[Change(promise, "why", fields)])
    promise.refresh_from_db()
    assert promise.value == Decimal(100)
    assert not Decision.objects.exists()


def test_a_decision_does_one_thing(people: Cast, meeting: Meeting) -> None:
    adopted(people)
    other = plan("other")
    target(other, people.offices["operations"], ref="t2")
    plans.submit(people.actor("amara"), other.ref)
    with pytest.raises(Refused, match="one decision for each"):
        decide(
            people.actor("gita"), meeting.ref, text="Both.", adopts=other,
            changes=[Change(Target.objects.get(ref="t1"), "why", {"value": Decimal(1)})],
        )  # fmt: skip


def test_a_paper_is_approved_and_its_document_says_so(people: Cast, meeting: Meeting) -> None:
    paper = add_document(people.actor("gita"), title="Results Framework", url="https://example.org/rf")
    item = agenda.add_item(people.actor("gita"), meeting.ref, title="Results Framework", paper=paper)
    decide(people.actor("gita"), meeting.ref, text="Approved.", item=item, approves=paper)
    approval = Approval.objects.get()
    assert (approval.subject, approval.document, approval.body) == (paper.ref, paper, people.board)


def test_numbers_follow_and_are_used_once(people: Cast, meeting: Meeting) -> None:
    assert [decide(people.actor("gita"), meeting.ref, text="x").number for _ in range(2)] == ["1", "2"]
    with pytest.raises(Refused, match="recorded already"):
        decide(people.actor("gita"), meeting.ref, text="x", number="2")


def test_two_people_recording_at_once_do_not_record_twice(people: Cast, meeting: Meeting) -> None:
    """The form carries the meeting's revision: what changed since it was opened is told, not overwritten."""
    opened = Meeting.objects.get().revision
    decide(people.actor("tomas"), meeting.ref, opened, text="x")
    with pytest.raises(Refused, match="Somebody else"):
        decide(people.actor("gita"), meeting.ref, opened, text="x")
    assert Decision.objects.count() == 1


def test_attendance_that_a_decision_stands_on_is_kept(people: Cast, meeting: Meeting) -> None:
    decide(people.actor("gita"), meeting.ref, text="Noted.")
    with pytest.raises(Refused, match="no quorum"):
        meetings.record_attendance(people.actor("gita"), meeting.ref, None, [people.people["carl"]])
    both: list[Any] = [people.people["berta"], people.people["carl"]]
    meetings.record_attendance(people.actor("gita"), meeting.ref, None, both)
    assert meeting.attendance.count() == 2  # the observer was a slip, and is put right


def test_a_closed_meeting_takes_no_decision(people: Cast, meeting: Meeting) -> None:
    meetings.close(people.actor("gita"), meeting.ref)
    with pytest.raises(Refused, match="closed on"):
        decide(people.actor("gita"), meeting.ref, text="Late thought.")
    assert Meeting.objects.get().closed_on == TODAY
