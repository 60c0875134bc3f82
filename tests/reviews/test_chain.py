"""Baseline → finding → recommendation → response → target: who writes which link, and how it reads."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.partners.models import Absence
from jwp.reviews.actions.finding import (
    add_assessment,
    add_finding,
    add_recommendation,
    change_finding,
    change_recommendation,
    respond,
)
from jwp.reviews.models import Assessment, Finding, Recommendation, Response
from tests.cast import TODAY, cast, plan, target
from tests.reviews.scene import finding, signed_in, today

pytestmark = pytest.mark.django_db


def test_a_finding_and_its_recommendation_are_added_together() -> None:
    people, gap = cast(), plan()
    area = gap.areas.get()
    client = signed_in(people, "gita")
    sent = {
        "area": area.ref, "kind": "finding", "text": "Few staff were trained.",
        "recommendation": "Train everybody.", "respond_by": "2026-12-01", "another": "1",
    }  # fmt: skip
    response = client.post(f"/engagements/plan/{gap.ref}/finding/", sent)
    assert response.headers["Location"] == f"/engagements/plan/{gap.ref}/finding/?area={area.ref}"
    row = Recommendation.objects.get()
    assert (row.text, row.respond_by, row.finding.area) == ("Train everybody.", date(2026, 12, 1), area)


def test_a_good_practice_needs_no_recommendation() -> None:
    people, gap = cast(), plan()
    sent = {"kind": "good practice", "text": "Meetings start with the agenda of women’s groups."}
    signed_in(people, "gita").post(f"/engagements/plan/{gap.ref}/finding/", sent)
    assert Finding.objects.get().kind == "good practice"
    assert not Recommendation.objects.exists()


@pytest.mark.parametrize("name", ["amara", "olga", "nils", "berta", "aldo", "ida", "fola", "sam"])
def test_the_reviewed_cannot_write_findings(name: str) -> None:
    people, gap = cast(), plan()
    row = finding(people, gap)
    actor, client = people.actor(name), signed_in(people, name)
    with pytest.raises(Refused):
        add_finding(actor, plan=gap, text="All is well.")
    with pytest.raises(Refused):
        change_finding(actor, row.ref, None, text="All is well.")
    with pytest.raises(Refused):
        add_recommendation(actor, row.ref, "Do nothing.")
    with pytest.raises(Refused):
        add_assessment(actor, plan=gap, title="Mine", made_on=TODAY)
    for path in (f"plan/{gap.ref}/finding/", f"finding/{row.ref}/change/", f"plan/{gap.ref}/assessment/"):
        assert client.get(f"/engagements/{path}").status_code == 404
    row.refresh_from_db()
    assert row.text == "Few staff were trained."


def test_the_director_accepts_and_names_the_target() -> None:
    people, gap = cast(), plan()
    promised = target(gap, people.offices["operations"])
    row = finding(people, gap).recommendations.get()
    client = signed_in(people, "amara")
    sent = {"kind": "accepted", "target": promised.ref, "owner": people.offices["operations"].ref, "text": ""}
    assert client.post(f"/engagements/recommendation/{row.ref}/respond/", sent).status_code == 302
    given = Response.objects.get()
    assert (given.kind, given.target, given.responded_on) == ("accepted", promised, today())
    text = client.get("/engagements/").content.decode()
    assert "Train 1 people." in text
    assert "t1 Train 100 people" in text


@pytest.mark.parametrize("kind", ["rejected", "partly accepted"])
def test_who_does_not_accept_says_why(kind: str) -> None:
    people, gap = cast(), plan()
    row = finding(people, gap).recommendations.get()
    page = signed_in(people, "amara").post(f"/engagements/recommendation/{row.ref}/respond/", {"kind": kind})
    assert "Say why" in page.content.decode()
    with pytest.raises(Refused):
        respond(people.actor("amara"), row.ref, kind=kind, text=" ")
    with pytest.raises(IntegrityError), transaction.atomic(), open_door(people.actor("amara")) as door:
        door.add(Response(recommendation=row, kind=kind, responded_on=TODAY))
    respond(people.actor("amara"), row.ref, kind=kind, text="No money for it.")
    assert Response.objects.get().text == "No money for it."


def test_a_supervisor_answers_for_the_office_below() -> None:
    people, gap = cast(), plan()
    operations = people.offices["operations"]
    promised = target(gap, operations)
    row = finding(people, gap).recommendations.get()
    assert signed_in(people, "nils").get(f"/engagements/recommendation/{row.ref}/respond/").status_code == 200
    respond(people.actor("nils"), row.ref, kind="accepted", target=promised)
    assert Response.objects.count() == 1
    with pytest.raises(Refused, match="Only the Director"):
        respond(people.actor("nils"), row.ref, kind="accepted", owner=people.offices["gender"])
    with pytest.raises(Refused, match="Only the Director"):
        respond(people.actor("nils"), row.ref, kind="accepted")


@pytest.mark.parametrize("name", ["gita", "olga", "berta", "aldo", "fola", "sam"])
def test_nobody_else_answers(name: str) -> None:
    people, gap = cast(), plan()
    operations = people.offices["operations"]
    target(gap, operations)
    row = finding(people, gap).recommendations.get()
    assert signed_in(people, name).get(f"/engagements/recommendation/{row.ref}/respond/").status_code == 404
    with pytest.raises(Refused):
        respond(people.actor(name), row.ref, kind="accepted", owner=operations)


def test_standing_in_for_a_supervisor_gives_no_authority() -> None:
    people, gap = cast(), plan()
    operations = people.offices["operations"]
    target(gap, operations)
    row = finding(people, gap).recommendations.get()
    with open_door(people.actor("ida")) as door:
        week = {"starts": TODAY, "ends": TODAY + timedelta(days=7)}
        door.add(Absence(person=people.people["nils"], delegate=people.people["olga"], **week))
    assert people.offices["head"].pk in people.actor("olga").offices
    with pytest.raises(Refused, match="Only the Director"):
        respond(people.actor("olga"), row.ref, kind="accepted", owner=operations)


def test_a_later_answer_stands_and_the_earlier_stays_readable() -> None:
    people, gap = cast(), plan()
    row = finding(people, gap).recommendations.get()
    respond(people.actor("amara"), row.ref, kind="rejected", text="Too dear.")
    respond(people.actor("amara"), row.ref, kind="accepted", text="Money was found.")
    text = signed_in(people, "berta").get("/engagements/").content.decode()
    assert text.index("Money was found.") < text.index("Too dear.")


def test_what_was_answered_is_not_reworded_behind_the_answer() -> None:
    people, gap = cast(), plan()
    written = finding(people, gap)
    row = written.recommendations.get()
    gita = people.actor("gita")
    change_finding(gita, written.ref, written.revision, text="Few of the staff were trained.")
    respond(people.actor("amara"), row.ref, kind="accepted")
    with pytest.raises(Refused, match="answered as it stands"):
        change_finding(gita, written.ref, None, text="Nobody was trained.")
    with pytest.raises(Refused, match="answered as it stands"):
        change_recommendation(gita, row.ref, None, text="Train the Board.")
    change_finding(gita, written.ref, None, public=True)
    assert Finding.objects.get().public


def test_an_answer_that_is_overdue_says_so() -> None:
    people, gap = cast(), plan()
    yesterday = today() - timedelta(days=1)
    gita = people.actor("gita")
    add_finding(gita, plan=gap, text="F", recommendations=[("Late one", yesterday), ("Waiting one", today())])
    text = signed_in(people, "aldo").get("/engagements/").content.decode()
    assert text.count("An answer was expected by") == 1
    assert text.count("An answer is expected by") == 1


def test_links_of_the_chain_stay_in_one_plan() -> None:
    people, gap, other = cast(), plan(), plan("other", title="Another plan")
    gita = people.actor("gita")
    elsewhere = target(other, people.offices["operations"])
    with pytest.raises(Refused, match="same plan"):
        add_finding(gita, plan=gap, text="F", area=other.areas.get())
    row = finding(people, gap).recommendations.get()
    with pytest.raises(Refused, match="another plan"):
        respond(people.actor("amara"), row.ref, kind="accepted", target=elsewhere)
    page = signed_in(people, "amara").get(f"/engagements/recommendation/{row.ref}/respond/").content.decode()
    assert elsewhere.ref not in page


def test_a_baseline_is_added_changed_and_read_by_area() -> None:
    people, gap = cast(), plan()
    client, area = signed_in(people, "gita"), gap.areas.get()
    sent = {
        "title": "Baseline 2026",
        "area": area.ref,
        "made_on": "2026-03-01",
        "summary": "3 of 20 trained.",
    }
    assert client.post(f"/engagements/plan/{gap.ref}/assessment/", sent).status_code == 302
    row = Assessment.objects.get()
    sent |= {"summary": "4 of 20 trained.", "revision": str(row.revision)}
    assert client.post(f"/engagements/assessment/{row.ref}/change/", sent).status_code == 302
    page = signed_in(people, "carl").get("/engagements/", {"plan": gap.ref, "area": area.ref})
    assert "4 of 20 trained." in page.content.decode()
    assert Entry.objects.filter(ref=row.ref, verb="change").exists()


def test_a_target_that_nothing_recommended_is_named() -> None:
    people, gap = cast(), plan()
    target(gap, people.offices["operations"], "alone", text="Promise out of the blue")
    text = signed_in(people, "amara").get("/engagements/").content.decode()
    assert "1 target that no recommendation led to" in text
    assert "Promise out of the blue" in text


def test_a_longer_chain_costs_no_more_queries() -> None:
    people, gap = cast(), plan()
    target(gap, people.offices["operations"])
    client = signed_in(people, "amara")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/engagements/").status_code == 200
        return len(captured)

    def grow(times: int) -> None:
        for _time in range(times):
            row = finding(people, gap, recommendations=3).recommendations.first()
            assert row is not None
            respond(people.actor("amara"), row.ref, kind="accepted", target=gap.targets.first())

    grow(1)
    before = queries()
    grow(8)
    assert queries() == before <= 20
