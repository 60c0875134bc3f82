"""The life of an application, told through its verbs: every refusal says why, every letter is written once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry, Letter
from jwp.grants.actions import applications as act
from jwp.grants.actions.applicant_link import address
from jwp.grants.actions.donor import comment
from jwp.grants.actions.panel import score
from jwp.grants.actions.proposal import record_proposal
from jwp.grants.models import Application, DonorComment, FundedItem, PanelReview, Sponsor
from jwp.partners.models import Constituency, Membership, Organisation
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, on_panel

pytestmark = pytest.mark.django_db

MET: list[dict[str, Any]] = [{"rule": "size", "met": True, "said": "The amount fits."}]
SOON = TODAY + timedelta(days=20)  # the donors' clock of ten business days is over


def submitted(people: Cast, ref: str = "app-1", **fields: Any) -> Application:
    called = call(ref=f"call-of-{ref}")
    on_panel(called, people.people["sam"])
    return application(called, ref, state="submitted", **fields)


def eligible(people: Cast, ref: str = "app-1") -> Application:
    row = submitted(people, ref)
    return act.find(people.actor("olga"), row.ref, eligible=True, findings=MET)


def scored(people: Cast, ref: str = "app-1") -> Application:
    row = eligible(people, ref)
    points = {f"{row.call.ref}-idea": 15, f"{row.call.ref}-gender": 8}
    score(people.actor("sam"), row.ref, points=points, submit=True)
    return row


def member(people: Cast) -> Organisation:
    """Fola's organisation as a full member, so that its comment is waited for."""
    organisation = people.people["fola"].organisation
    assert organisation is not None
    with open_door(people.actor("ida")) as door:
        group = door.add(Constituency(ref="cities", name="Cities"))
        door.add(
            Membership(ref="ms", organisation=organisation, constituency=group, kind="full", starts=date(2020, 1, 1))
        )
    return organisation


def test_from_a_check_to_a_funded_item_with_the_same_reference() -> None:
    people = cast()
    row = scored(people)
    assert row.comments_from == TODAY
    assert row.comments_due == date(2026, 10, 2)  # ten business days on
    act.approve(people.actor("amara", SOON), row.ref)
    row.refresh_from_db()
    assert (row.state, row.approved_on, row.proposal_due) == ("in principle", SOON, date(2026, 12, 10))
    with pytest.raises(Refused, match="needs a full proposal"):
        record_proposal(people.actor("olga", SOON), row.ref, proposal=" ")
    record_proposal(people.actor("olga", SOON), row.ref, proposal="In full.")  # it came by post
    item = act.appraise(people.actor("olga", SOON), row.ref, appraisal="Sound, and its budget adds up.")
    assert (item.ref, item.state, item.minor, item.currency) == (row.ref, "planned", row.requested, "USD")
    assert (item.partner, item.country, item.business_line) == (row.applicant, row.country, row.call.business_line)
    verbs = Entry.objects.filter(ref=row.ref).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == [
        "add", "find eligible", "approve in principle", "make link", "change", "propose", "appraise", "appraise",
    ]  # fmt: skip
    subjects = Letter.objects.filter(to=row.contact_email)
    assert subjects.count() == 3
    invited = subjects.get(key__contains="approve in principle").body
    assert "10 December 2026" in invited
    assert address(row) in invited


def test_approval_says_everything_that_is_missing() -> None:
    people = cast()
    row = eligible(people)
    with pytest.raises(Refused) as refused:
        act.approve(people.actor("olga"), row.ref)
    assert refused.value.reasons == (
        "only director may approve in principle", "needs a panel review", "needs the end of donor comments",
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.state, row.approved_on) == ("eligible", None)


def test_donor_comments_end_early_when_every_member_has_spoken() -> None:
    people = cast()
    fola_s = member(people)
    row = scored(people)
    amara, fola = people.actor("amara"), people.actor("fola")
    assert "the end of donor comments" not in act.facts_of(row, TODAY)
    comment(fola, row.ref, organisation=fola_s, view="support")
    assert "the end of donor comments" in act.facts_of(row, TODAY)
    act.recommend(people.actor("olga"), row.ref)  # a second round: their clock starts anew
    row.refresh_from_db()
    assert row.comments_from == TODAY
    with pytest.raises(Refused, match="end of donor comments"):
        act.approve(amara, row.ref)
    comment(fola, row.ref, organisation=fola_s, view="no objection")
    act.approve(amara, row.ref)
    assert list(DonorComment.objects.values_list("round", "view")) == [(1, "support"), (2, "no objection")]


def test_a_rule_nobody_can_read_needs_a_persons_word_and_an_unmet_one_a_reason() -> None:
    people = cast()
    row = submitted(people)
    olga = people.actor("olga")
    unclear: list[dict[str, Any]] = [*MET, {"rule": "countries", "met": None, "said": "Countries: those of the list."}]
    with pytest.raises(Refused, match="Somebody must look: Countries"):
        act.find(olga, row.ref, eligible=True, findings=unclear)
    unmet: list[dict[str, Any]] = [{"rule": "size", "met": False, "said": "The amount is too large."}]
    with pytest.raises(Refused, match="say why it is eligible all the same"):
        act.find(olga, row.ref, eligible=True, findings=unmet)
    act.find(olga, row.ref, eligible=True, findings=unmet, note="The rate moved after the call closed.")
    found = row.checks.get()
    assert (found.eligible, found.findings, found.by) == (True, unmet, people.people["olga"])


def test_ineligible_says_why_and_the_director_may_reconsider() -> None:
    people = cast()
    row = submitted(people, language="fr")
    with pytest.raises(Refused, match="needs a reason"):
        act.find(people.actor("olga"), row.ref, eligible=False, findings=MET)
    act.find(people.actor("olga"), row.ref, eligible=False, findings=MET, note="No member sponsors it.")
    row.refresh_from_db()
    assert (row.state, row.decided_because, row.comments_due) == ("ineligible", "No member sponsors it.", None)
    assert "No member sponsors it." in Letter.objects.get().body
    with pytest.raises(Refused, match="only director"):
        act.settle(people.actor("olga"), row.ref, "reconsider", reason="A letter came.")
    act.settle(people.actor("amara"), row.ref, "reconsider", reason="A letter came.")
    row.refresh_from_db()
    assert (row.state, row.decided_because) == ("submitted", "")
    entry = Entry.objects.get(ref=row.ref, verb="find ineligible")
    assert entry.reason == "No member sponsors it."  # what was refused stays readable


def test_sponsors_hear_of_the_approval() -> None:
    people = cast()
    row = scored(people)
    with open_door(people.actor("olga")) as door:
        door.add(Sponsor(ref="sp-1", application=row, organisation=people.people["fola"].organisation))
    assert act.confirm_sponsor(people.actor("olga"), "sp-1").confirmed_on == TODAY
    act.approve(people.actor("amara", SOON), row.ref)
    letter = Letter.objects.get(to="fola@example.org")
    assert "A member sponsors" in letter.body


def test_a_prize_is_awarded_without_donors_or_gate() -> None:
    people = cast()
    called = call(kind="prize")
    on_panel(called, people.people["sam"])
    row = application(called, state="submitted")
    act.find(people.actor("olga"), row.ref, eligible=True, findings=MET)
    score(people.actor("sam"), row.ref, points={"call-1-idea": 1, "call-1-gender": 2}, submit=True)
    with pytest.raises(Refused, match="a call that gives grants"):
        act.approve(people.actor("amara", SOON), row.ref)
    with pytest.raises(Refused, match="Choose a place"):
        act.award(people.actor("amara"), row.ref, place="best")
    act.award(people.actor("amara"), row.ref, place="runner-up", category="resilience")
    row.refresh_from_db()
    assert (row.state, row.award, row.comments_due) == ("awarded", "runner-up: resilience", None)


def test_a_proposal_is_given_time_sent_back_and_given_time_again() -> None:
    people = cast()
    row = scored(people)
    act.approve(people.actor("amara", SOON), row.ref)
    row.refresh_from_db()
    olga = people.actor("olga", SOON)
    assert row.proposal_due
    with pytest.raises(Refused, match="later day than 10 Dec 2026"):
        act.extend(olga, row.ref, due=row.proposal_due, reason="Floods.")
    later = row.proposal_due + timedelta(days=14)
    act.extend(olga, row.ref, due=later, reason="Floods.")
    with open_door(olga) as door:
        row.refresh_from_db()
        door.change(row, "propose", state="proposed", proposed_on=SOON)
    late = people.actor("olga", later + timedelta(days=1))
    with pytest.raises(Refused, match="Give a new day"):
        act.send_back(late, row.ref, reason="The budget does not add up.")
    act.send_back(late, row.ref, reason="The budget does not add up.", due=later + timedelta(days=30))
    row.refresh_from_db()
    assert (row.state, row.proposed_on, row.proposal_due) == ("in principle", None, later + timedelta(days=30))


@pytest.mark.parametrize(("who", "verb", "state"), [
    ("olga", "withdraw", "withdrawn"), ("amara", "cancel", "cancelled"), ("amara", "reject", "rejected"),
])  # fmt: skip
def test_what_ends_keeps_its_history_and_its_reason(who: str, verb: str, state: str) -> None:
    people = cast()
    row = scored(people)
    with pytest.raises(Refused, match="needs a reason"):
        act.settle(people.actor(who), row.ref, verb, reason=" ")
    act.settle(people.actor(who), row.ref, verb, reason="The city pays for it itself.")
    row.refresh_from_db()
    assert (row.state, row.decided_because) == (state, "The city pays for it itself.")
    assert PanelReview.objects.filter(application=row).count() == 1
    assert row.checks.count() == 1
    with pytest.raises(Refused, match="cannot"):
        act.settle(people.actor(who), row.ref, verb, reason="Again.")


def test_the_same_step_twice_writes_one_letter_and_refuses_the_second() -> None:
    people = cast()
    row = eligible(people)
    with pytest.raises(Refused, match="cannot find eligible what is eligible"):
        act.find(people.actor("olga"), row.ref, eligible=True, findings=MET)
    assert Letter.objects.count() == 1
    assert row.checks.count() == 1


def test_somebody_on_the_panel_never_writes_on_an_application_of_their_own_organisation() -> None:
    people = cast()
    row = submitted(people)
    on_panel(row.call, people.people["olga"])
    with open_door(people.actor("gita")) as door:
        own = door.add(Organisation(ref="union", name=row.applicant))
        door.change(people.people["olga"], organisation=own)
    with pytest.raises(Refused, match="app-1 does not exist"):
        act.find(people.actor("olga"), row.ref, eligible=True, findings=MET)
    assert FundedItem.objects.count() == 0
