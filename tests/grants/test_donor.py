"""Donor coordination: ten business days to speak, shown as a clock; a second round for what is recommended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.door import Refused, open_door
from jwp.grants.actions import applications as steps
from jwp.grants.actions import donor as act
from jwp.grants.actions.panel import score
from jwp.grants.models import Application, DonorComment
from jwp.grants.rules.deadlines import business_day_after
from jwp.partners.models import Constituency, Membership, Organisation
from tests.cast import Cast, cast, person, seat
from tests.everything import today
from tests.grants.scene import application, call, on_panel

pytestmark = pytest.mark.django_db


def scene(**fields: Any) -> tuple[Cast, Application]:
    """One eligible application whose clock started today, in front of Fola's member."""
    people = cast()
    row = application(call(), state="submitted", **fields)
    on_panel(row.call, people.people["sam"])
    return people, steps.find(people.actor("olga", today()), row.ref, eligible=True)


def members(people: Cast) -> list[Organisation]:
    """Two full members, of which one has a focal point, and an associate member with one."""
    fola = people.people["fola"].organisation
    assert fola is not None
    with open_door(people.actor("ida")) as door:
        cities = door.add(Constituency(ref="cities", name="Cities"))
        mute = door.add(Organisation(ref="mute", name="A member without a focal point"))
        aside = door.add(Organisation(ref="aside", name="An associate"))
        for each, kind in ((fola, "full"), (mute, "full"), (aside, "associate")):
            door.add(Membership(organisation=each, constituency=cities, kind=kind, starts=date(2020, 1, 1)))
    anna = person("Anna", organisation=aside)
    people.people["anna"] = anna
    seat(anna, people.offices["focal"].body, people.offices["focal"], organisation=aside)
    return [fola, mute, aside]


def test_a_focal_point_reads_the_concept_note_and_comments_by_the_clock(client: Client) -> None:
    people, row = scene()
    people.sign_in(client, "fola")
    inbox = client.get(reverse("grants:donor_inbox")).content.decode()
    assert row.title in inbox
    assert "10 business days left" in inbox
    page = reverse("grants:donor_comment", args=[row.ref])
    shown = client.get(page).content.decode()
    assert row.summary in shown
    assert row.contact_email not in shown
    refused = client.post(page, {"organisation": "member", "view": "concern", "text": ""}).content.decode()
    assert "Say what the concern is." in refused
    client.post(page, {"organisation": "member", "view": "concern", "text": "The city has a tram plan."})
    said = DonorComment.objects.get()
    assert (said.view, said.text, said.on, said.person) == (
        "concern", "The city has a tram plan.", today(), people.people["fola"],
    )  # fmt: skip
    client.post(page, {"organisation": "member", "view": "support"})  # changed while the clock runs
    assert DonorComment.objects.get().view == "support"


def test_comments_after_the_clock_are_refused_and_say_when_it_ended(client: Client) -> None:
    people, row = scene()
    fola = people.people["fola"].organisation
    assert fola is not None
    assert row.comments_due == business_day_after(today(), 10)
    act.comment(people.actor("fola", row.comments_due), row.ref, organisation=fola, view="support")
    late = row.comments_due + timedelta(days=1)
    with pytest.raises(Refused, match="Comments were due on"):
        act.comment(people.actor("fola", late), row.ref, organisation=fola, view="concern", text="Wait.")
    assert DonorComment.objects.get().view == "support"
    with open_door(people.actor("olga")) as door:
        door.change(row, comments_due=today() - timedelta(days=1))
    people.sign_in(client, "fola")
    answer = client.post(reverse("grants:donor_comment", args=[row.ref]), {"organisation": "member", "view": "concern"})
    assert "Comments were due on" in answer.content.decode()


def test_nobody_speaks_for_another_member() -> None:
    people, row = scene()
    members(people)
    other = Organisation.objects.get(ref="aside")
    with pytest.raises(Refused, match="Only a focal point of this member"):
        act.comment(people.actor("fola"), row.ref, organisation=other, view="support")
    with pytest.raises(Refused, match="Only a focal point of this member"):  # the secretariat does not either
        act.comment(people.actor("olga"), row.ref, organisation=other, view="support")
    with pytest.raises(Refused, match="does not exist"):
        act.comment(people.actor("sam"), application(row.call, "x", state="submitted").ref, organisation=other, view="")
    assert not DonorComment.objects.exists()


def test_the_wait_is_for_full_members_with_a_focal_point() -> None:
    people, row = scene()
    fola, _mute, aside = members(people)
    assert list(act.asked(today())) == [fola]
    act.comment(people.actor("anna", today()), row.ref, organisation=aside, view="support")
    assert not act.comments_over(row, today())
    act.comment(people.actor("fola", today()), row.ref, organisation=fola, view="support")
    assert act.comments_over(row, today())


def test_without_anybody_to_wait_for_the_clock_runs_out_by_itself() -> None:
    _people, row = scene()
    assert row.comments_due
    assert not act.comments_over(row, row.comments_due)
    assert act.comments_over(row, row.comments_due + timedelta(days=1))


def test_what_is_recommended_is_asked_about_a_second_time(client: Client) -> None:
    people, row = scene()
    fola = people.people["fola"].organisation
    assert fola is not None
    olga = people.actor("olga", today() + timedelta(days=20))
    with pytest.raises(Refused, match="No panel member has submitted"):
        steps.recommend(olga, row.ref)
    act.comment(people.actor("fola", today()), row.ref, organisation=fola, view="concern", text="Too large.")
    points = {"call-1-idea": 15, "call-1-gender": 8}
    score(people.actor("sam", today()), row.ref, points=points, submit=True)
    steps.recommend(olga, row.ref)
    with pytest.raises(Refused, match="not recommended yet"):
        steps.recommend(olga, row.ref)
    fola_then = people.actor("fola", today() + timedelta(days=21))
    act.comment(fola_then, row.ref, organisation=fola, view="no objection")
    said = list(DonorComment.objects.order_by("round").values_list("round", "view", "text"))
    assert said == [(1, "concern", "Too large."), (2, "no objection", "")]
    people.sign_in(client, "olga")
    page = client.get(reverse("grants:application", args=[row.ref])).content.decode()
    assert "Too large." in page
    assert "second round" in page


def test_who_sees_which_comments(client: Client) -> None:
    people, row = scene()
    fola, _mute, aside = members(people)
    act.comment(people.actor("fola", today()), row.ref, organisation=fola, view="support", text="Ours, said Fola.")
    act.comment(people.actor("anna", today()), row.ref, organisation=aside, view="concern", text="Said Anna.")
    page = reverse("grants:application", args=[row.ref])
    both = {"Ours, said Fola.", "Said Anna."}
    for name, sees in {"fola": {"Ours, said Fola."}, "anna": {"Said Anna."}, "olga": both, "sam": set[str]()}.items():
        people.sign_in(client, name)
        shown = client.get(page).content.decode()
        assert {text for text in both if text in shown} == sees, name


def test_entries_for_a_prize_and_what_is_decided_are_not_asked_about(client: Client) -> None:
    people, row = scene()
    application(call("prize", kind="prize"), "entry", state="eligible", title="A prize entry", comments_due=today())
    steps.settle(people.actor("amara", today()), row.ref, "reject", reason="Too small.")
    people.sign_in(client, "fola")
    inbox = client.get(reverse("grants:donor_inbox")).content.decode()
    assert "No concept note waits for comments." in inbox
    assert client.get(reverse("grants:donor_comment", args=[row.ref])).status_code == 200  # still there to be read


def test_the_inbox_is_narrowed_and_leaves_as_csv(client: Client, django_assert_max_num_queries: Any) -> None:
    people, row = scene()
    for number in range(60):
        application(
            row.call, f"more-{number}", state="eligible", title=f"More {number}",
            comments_due=today() - timedelta(days=1),
        )  # fmt: skip
    fola = people.people["fola"].organisation
    assert fola is not None
    act.comment(people.actor("fola", today()), row.ref, organisation=fola, view="support")
    people.sign_in(client, "fola")
    inbox = reverse("grants:donor_inbox")
    with django_assert_max_num_queries(15):
        assert "More 1" in client.get(inbox).content.decode()
    assert "More 1" not in client.get(inbox, {"clock": "running"}).content.decode()
    assert row.title not in client.get(inbox, {"mine": "missing"}).content.decode()
    text = client.get(inbox, {"mine": "given", "export": "csv"}).content.decode("utf-8-sig")
    heading, line = text.splitlines()
    assert heading.startswith("Application,Applicant,Country")
    assert line.startswith(f"{row.title},{row.applicant},Kenya")
    assert "we support it" in line
