"""What is funded, on the desk: each role finds what waits for it, in a number of queries that does not grow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.desk.funding import todo
from jwp.evidence.models import Document
from jwp.grants.actions import panel
from jwp.grants.models import Application, Condition, ProgrammeMember, ProgressReport, Sponsor, Statement
from jwp.partners.models import Constituency, Membership, Organisation
from tests.cast import LONG_AGO, TODAY, Cast, cast
from tests.grants import scene
from tests.grants.funded import give, signed
from tests.grants.screened import agreed, declare

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=9)


@pytest.fixture
def people() -> Cast:
    people = cast()
    with open_door(system(TODAY)) as door:
        group = door.add(Constituency(name="Cities"))
        member = Organisation.objects.get(ref="member")
        door.add(Membership(organisation=member, constituency=group, kind="full", starts=LONG_AGO))
    return people


def said(people: Cast, name: str, today: date = TODAY) -> list[str]:
    return [one.text for one in todo(people.actor(name, today))]


def eligible(people: Cast, n: int = 1) -> list[Application]:
    """Concept notes on which members comment and Sam, of the panel, gives points."""
    call = scene.call(manager=people.offices["operations"], panel_due=SOON)
    scene.on_panel(call, people.people["sam"])
    return [
        scene.application(call, f"app-{i}", state="eligible", comments_from=TODAY, comments_due=SOON) for i in range(n)
    ]


def test_where_nothing_is_funded_nothing_is_asked(people: Cast) -> None:
    for name in people.people:
        assert said(people, name) == []


def test_staff_check_appraise_and_see_what_is_overdue_of_their_own_calls(people: Cast) -> None:
    call = scene.call(manager=people.offices["operations"])
    for n, state in enumerate(("submitted", "submitted", "proposed", "in principle", "draft")):
        scene.application(call, f"app-{n}", state=state, proposal_due=TODAY - timedelta(days=1))
    assert said(people, "olga")[:3] == [
        "2 applications to check",
        "1 full proposal to appraise",
        "1 full proposal is overdue",
    ]
    assert said(people, "nils") == []  # of another office
    first = todo(people.actor("olga"))[0]
    assert first.urgent and first.url == reverse("grants:applications") + "?state=submitted"


def test_a_panel_member_without_a_seat_finds_what_to_score_until_its_day(people: Cast) -> None:
    first, second = eligible(people, 2)
    assert said(people, "sam") == ["2 applications to score, by 29 Sep 2026"]
    points = {row.ref: 5 for row in first.call.criteria.all()}
    panel.score(people.actor("sam"), first.ref, points=points, submit=True)
    panel.declare_conflict(people.actor("sam"), second.ref)
    idle = ["You sit on a panel: there is nothing to score at present"]
    assert said(people, "sam") == idle == said(people, "sam", SOON + timedelta(days=1))
    with open_door(system(TODAY)) as door:
        door.change(first.call, state="closed")
    assert said(people, "sam") == []


def test_the_desk_of_a_panel_member_leads_to_the_panel(people: Cast) -> None:
    (row,) = eligible(people)
    with open_door(system(TODAY)) as door:  # the page reads the clock
        door.change(row.call, panel_due=timezone.localdate() + timedelta(days=9))
    client = Client()
    people.sign_in(client, "sam")
    html = client.get(reverse("desk")).content.decode()
    assert reverse("grants:panel") in html and "no seat yet" not in html


def test_a_focal_point_hears_the_clock(people: Cast) -> None:
    eligible(people, 2)
    (line,) = todo(people.actor("fola"))
    assert line.text == "2 concept notes wait for your comment, the first until 29 Sep 2026: 7 business days left"
    assert line.url == reverse("grants:donor_inbox")
    assert said(people, "fola", SOON + timedelta(days=1)) == []


def test_a_focal_point_is_asked_for_letters_and_agreements_of_their_member_only(people: Cast) -> None:
    (row,) = eligible(people)
    member = Organisation.objects.get(ref="member")
    with open_door(system(TODAY)) as door:
        other = door.add(Organisation(ref="other", name="Another member"))
        door.change(row, comments_due=TODAY - timedelta(days=1))
        mine = door.add(Sponsor(application=row, organisation=member))
        door.add(Sponsor(application=row, organisation=other))
        concept = door.add(Document(title="Concept note", kind="concept note", version="1"))
    programme = scene.programme(concept=concept)
    with open_door(system(TODAY)) as door:
        place = door.add(ProgrammeMember(programme=programme, organisation=member, role="chair"))
        door.add(ProgrammeMember(programme=programme, organisation=other))
    assert said(people, "fola") == [
        "“Safe ways to the market” names A member as its sponsor: no letter of yours is here",
        "The concept note of “Women in cities” waits for your agreement",
    ]
    with open_door(system(TODAY)) as door:
        door.change(mine, confirmed_on=TODAY)
        door.change(place, agreed_version=concept, agreed_on=TODAY)
    assert said(people, "fola") == []
    with open_door(system(TODAY)) as door:  # a newer version is another text
        door.add(Document(title="Concept note", kind="concept note", version="2", supersedes=concept))
    assert said(people, "fola") == ["The concept note of “Women in cities” waits for your agreement"]


def test_the_gate_is_shut_until_somebody_screens_and_the_gender_team_agrees(people: Cast) -> None:
    operations = people.offices["operations"]
    scene.item(manager=operations)
    give()
    assert "The gate is shut for 1 planned item: no screening is agreed" in said(people, "olga")
    assert said(people, "gita") == []
    declare(people.actor("olga"), "item-1")
    assert said(people, "olga") == []
    assert said(people, "gita") == ["1 screening to agree"]
    agreed(people, "item-1")
    assert said(people, "gita") == []
    assert said(people, "amara") == ["1 agreement waits for your signature"]
    assert [one.url for one in todo(people.actor("amara"))] == ["/grants/items/item-1/"]


def test_past_halfway_an_item_is_marked_again(people: Cast) -> None:
    signed(people, manager=people.offices["operations"], starts=date(2026, 1, 1), ends=date(2026, 12, 31))
    assert "1 item is to be marked again" in said(people, "olga")


def test_reports_are_read_by_who_manages_the_item_and_a_principal_one_that_counts_nobody_is_named(people: Cast) -> None:
    item = signed(people, manager=people.offices["operations"])
    with open_door(system(TODAY)) as door:
        first = {"item": item, "starts": date(2026, 2, 2), "ends": date(2026, 6, 30)}
        handed_in = door.add(
            ProgressReport(**first, due=date(2026, 7, 30), state="submitted", submitted_by="applicant")
        )
        door.add(ProgressReport(**first, due=TODAY - timedelta(days=1)))
        door.change(item, marker="2")
    found = said(people, "olga")
    assert "1 progress report waits to be read" in found
    assert "1 progress report is late" in found  # the completion report is not due yet
    with open_door(system(TODAY)) as door:
        door.change(handed_in, state="accepted")
    assert "1 item marked principal reports nobody by sex" in said(people, "gita")


def test_the_director_decides_once_every_voice_was_heard(people: Cast) -> None:
    (row,) = eligible(people)
    points = {criterion.ref: 5 for criterion in row.call.criteria.all()}
    panel.score(people.actor("sam"), row.ref, points=points, submit=True)
    assert said(people, "amara") == []  # members may still speak
    after = SOON + timedelta(days=1)
    assert said(people, "amara", after) == ["1 application can be decided on"]


def test_conditions_wait_for_the_office_that_owes_them(people: Cast) -> None:
    item = scene.item()
    with open_door(system(TODAY)) as door:
        for n, due in enumerate((TODAY + timedelta(days=90), TODAY - timedelta(days=1))):
            owner = people.offices["operations"]
            door.add(Condition(item=item, text=f"Train both keepers {n}", owner=owner, due=due, set_on=TODAY))
    found = todo(people.actor("olga"))
    assert [(one.text[-1], one.urgent) for one in found] == [("1", True), ("0", False)]
    assert "19 Sep 2026" in found[0].text and "Street lights" in found[0].text
    assert said(people, "nils") == []


def test_differences_with_the_erp_wait_for_whoever_keeps_the_money(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.add(
            Statement(
                ref="august", starts=TODAY - timedelta(days=60), ends=TODAY - timedelta(days=20), read_on=TODAY,
                differences=[{"kind": "no rate", "settled": ""}, {"kind": "no rate", "settled": "At the rate of May"}],
            )
        )  # fmt: skip
    assert "1 difference with the ERP is not settled" in said(people, "olga")
    assert said(people, "gita") == []


@pytest.mark.parametrize("name", ["olga", "gita", "amara", "fola", "sam"])
def test_how_much_the_desk_asks_the_database_does_not_grow(people: Cast, name: str) -> None:
    rows = eligible(people)
    scene.item(manager=people.offices["operations"])
    with CaptureQueriesContext(connection) as few:
        todo(people.actor(name))
    for n in range(12):
        scene.application(rows[0].call, f"more-{n}", state="eligible", comments_from=TODAY, comments_due=SOON)
        scene.item(f"item-more-{n}", manager=people.offices["operations"])
    with CaptureQueriesContext(connection) as many:
        todo(people.actor(name))
    assert len(many) == len(few) <= 20
