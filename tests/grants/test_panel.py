"""Panel scoring: points for the call's criteria, until its day; own organisations never; no marker anywhere."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.grants.actions import applications as steps
from jwp.grants.actions import panel as act
from jwp.grants.forms.panel import ScoreForm
from jwp.grants.models import Application, Call, CoApplicant, PanelMember, PanelReview
from jwp.grants.rules.gate import NEVER
from jwp.partners.models import Organisation
from tests.cast import TODAY, Cast, cast
from tests.everything import today
from tests.grants.scene import application, call, on_panel

pytestmark = pytest.mark.django_db

WHOLE = {"call-1-idea": 15, "call-1-gender": 8}


def scene(**fields: Any) -> tuple[Cast, Call, Application]:
    people = cast()
    called = call(panel_due=today() + timedelta(days=5), **fields)
    on_panel(called, people.people["sam"])
    row = application(called, state="eligible", comments_due=today() + timedelta(days=9))
    return people, called, row


def sam(people: Cast, client: Client) -> Client:
    people.sign_in(client, "sam")
    return client


def test_points_are_saved_then_submitted_then_changed_until_the_day(client: Client) -> None:
    people, called, row = scene()
    sam(people, client)
    page = reverse("grants:score", args=[row.ref])
    client.post(page, {"points-call-1-idea": "12", "comment": "Clear.", "do": "save"})
    review = PanelReview.objects.get()
    assert (review.points, review.submitted_on, review.comment) == ({"call-1-idea": 12}, None, "Clear.")
    refused = client.post(page, {"points-call-1-idea": "12", "do": "submit", "revision": review.revision})
    assert "Women and men: points are missing." in refused.content.decode()
    client.post(page, {"points-call-1-idea": "12", "points-call-1-gender": "0", "do": "submit", "revision": "1"})
    review.refresh_from_db()
    assert (review.points["call-1-gender"], review.submitted_on) == (0, today())  # 0 points are points
    act.score(people.actor("sam", today()), row.ref, points=WHOLE)
    with pytest.raises(Refused, match="You submitted this review"):
        act.score(people.actor("sam", today()), row.ref, points={"call-1-idea": 1})
    assert called.panel_due
    over = called.panel_due + timedelta(days=1)
    with pytest.raises(Refused, match=r"Reviews were due on .* points can no longer be changed"):
        act.score(people.actor("sam", over), row.ref, points=WHOLE | {"call-1-idea": 1}, submit=True)
    review.refresh_from_db()
    assert review.points == WHOLE  # nothing lost


def test_after_its_day_the_page_says_since_when_and_keeps_the_points(client: Client) -> None:
    people, called, row = scene()
    act.score(people.actor("sam", today()), row.ref, points=WHOLE, submit=True)
    with open_door(people.actor("olga")) as door:
        door.change(called, panel_due=today() - timedelta(days=1))
    page = reverse("grants:score", args=[row.ref])
    shown = sam(people, client).get(page).content.decode()
    assert "points can no longer be changed" in shown
    assert 'value="15"' in shown
    assert 'value="submit"' not in shown
    sent = client.post(page, {"points-call-1-idea": "1", "points-call-1-gender": "1", "do": "submit"})
    assert "points can no longer be changed" in sent.content.decode()
    assert PanelReview.objects.get().points == WHOLE


@pytest.mark.parametrize("how", ["registered", "named", "beside", "sponsor"])
def test_an_application_of_ones_own_organisation_is_not_listed_reached_nor_scored(how: str, client: Client) -> None:
    people, called, row = scene()
    application(called, "other", state="eligible", title="Another one")
    with open_door(people.actor("gita")) as door:
        own = door.add(Organisation(ref="union", name="Union of Vendors", short_name="UoV"))
        door.change(people.people["sam"], organisation=own)
        if how == "registered":
            door.change(row, organisation=own)
        elif how == "named":
            door.change(row, applicant="UNION OF VENDORS")
        elif how == "beside":
            CoApplicant(application=row, name="uov").save()
        else:
            row.sponsors.create(ref="sp", organisation=own)
    sam(people, client)
    listed = client.get(reverse("grants:panel")).content.decode()
    assert "Another one" in listed
    assert row.title not in listed
    page = reverse("grants:score", args=[row.ref])
    sent = {"points-call-1-idea": "20", "points-call-1-gender": "10", "do": "submit"}
    for answer in (
        client.get(page), client.post(page, sent), client.get(reverse("grants:application", args=[row.ref])),
        client.post(reverse("grants:declare_conflict", args=[row.ref])),
    ):  # fmt: skip
        assert answer.status_code == 404
    with pytest.raises(Refused, match="does not exist"):
        act.score(people.actor("sam"), row.ref, points=WHOLE, submit=True)
    assert not PanelReview.objects.exists()


def test_who_declares_a_conflict_sees_it_no_more_and_the_secretariat_can_undo_it(client: Client) -> None:
    people, _called, row = scene()
    act.score(people.actor("sam", today()), row.ref, points=WHOLE, submit=True)
    sam(people, client).post(reverse("grants:declare_conflict", args=[row.ref]))
    review = PanelReview.objects.get()
    assert (review.conflict, review.points, review.submitted_on) == (True, {}, None)
    assert row.title not in client.get(reverse("grants:panel")).content.decode()
    assert client.get(reverse("grants:score", args=[row.ref])).status_code == 404
    assert "a panel review" not in steps.facts_of(row, TODAY)
    before = Entry.objects.get(verb="declare conflict").changes
    assert ("points", WHOLE, {}) in before  # what was taken back stays readable
    people.sign_in(client, "olga")
    client.post(reverse("grants:lift_conflict", args=[review.ref]), {"reason": ""})
    review.refresh_from_db()
    assert review.conflict
    client.post(reverse("grants:lift_conflict", args=[review.ref]), {"reason": "The wrong line."})
    assert not PanelReview.objects.filter(conflict=True).exists()
    assert act.to_score(people.actor("sam", today())).get() == row


def test_a_review_takes_the_criteria_of_its_call_and_no_instrument() -> None:
    """GAM and GRES, and every marker, have no way into a panel's points."""
    people, _called, row = scene()
    call("call-2")
    actor = people.actor("sam", today())
    for alien in (*NEVER, "oecd-gender-marker", "marker", "call-2-idea"):
        with pytest.raises(Refused, match=f"{alien} is no criterion of this call"):
            act.score(actor, row.ref, points=WHOLE | {alien: 1}, submit=True)
    with pytest.raises(Refused, match="give from 0 to 20 points"):
        act.score(actor, row.ref, points=WHOLE | {"call-1-idea": 21}, submit=True)
    assert not PanelReview.objects.exists()
    fields = {field.name for field in PanelReview._meta.get_fields()}
    assert fields == {
        "id", "ref", "revision", "application", "member", "points", "comment", "conflict", "submitted_on",
    }  # fmt: skip
    form = ScoreForm(list(row.call.criteria.all()), None)
    assert set(form.fields) == {"revision", "comment", "points-call-1-idea", "points-call-1-gender"}


def test_nothing_that_scores_reads_an_instrument() -> None:
    """Neither the verbs, the rules, the form nor the page of the panel know the room of instruments."""
    room = Path(act.__file__).parents[1]
    for name in ("actions/panel.py", "rules/panel.py", "forms/panel.py", "tables/panel.py", "views/panel.py"):
        text = (room / name).read_text()
        assert "jwp.instruments" not in text, name
        assert "AnswerSheet" not in text, name
    for name in ("panel.html", "panel_score.html", "concept_note.html"):
        text = (room / "templates/grants" / name).read_text()
        assert "sheet.score" not in text and ".marker" not in text and "gender:worksheet" not in text, name


def three_reviews(people: Cast, called: Call) -> None:
    other = application(called, "app-2", state="eligible", title="Toilets at the bus station")
    application(called, "app-3", state="eligible", title="Not scored yet")
    for name, first, second in (("sam", (20, 10), (10, 5)), ("olga", (10, 2), (12, 5))):
        if name != "sam":
            on_panel(called, people.people[name])
        actor = people.actor(name, today())
        for ref, (idea, gender) in (("app-1", first), (other.ref, second)):
            points = {"call-1-idea": idea, "call-1-gender": gender}
            act.score(actor, ref, points=points, submit=True)


def test_the_ranking_shows_mean_spread_number_and_the_gender_criterion_apart(client: Client) -> None:
    people, called, _row = scene()
    three_reviews(people, called)
    people.sign_in(client, "nils")
    answer = client.get(reverse("grants:panel_results", args=[called.ref]), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = list(csv.DictReader(text.splitlines()))
    told = [(line["Place"], line["Reference"], line["Reviews"], line["Mean"], line["Least"], line["Most"],
             line["Gender criterion, mean"]) for line in lines]  # fmt: skip
    assert told == [
        ("1", "app-1", "2", "21.0", "12", "30", "6.0"), ("2", "app-2", "2", "16.0", "15", "17", "5.0"),
        ("", "app-3", "0", "", "", "", ""),
    ]  # fmt: skip
    page = client.get(reverse("grants:panel_results", args=[called.ref])).content.decode()
    assert page.index("Safe ways") < page.index("Toilets") < page.index("Not scored yet")


def test_the_director_approves_several_at_once_and_hears_why_not_the_others(client: Client) -> None:
    people, called, row = scene()
    three_reviews(people, called)
    with open_door(people.actor("olga")) as door:
        for each in Application.objects.exclude(ref="app-2"):
            door.change(each, comments_from=today() - timedelta(days=20), comments_due=today() - timedelta(days=1))
    people.sign_in(client, "amara")
    refs = ["app-1", "app-2", "app-3"]
    answer = client.post(
        reverse("grants:decide", args=[called.ref]), {"ref": refs, "verb": "approve in principle"}, follow=True
    )
    page = answer.content.decode()
    assert "1 application: done." in page
    assert "Toilets at the bus station: needs the end of donor comments" in page
    assert "Not scored yet: needs a panel review" in page
    assert list(Application.objects.filter(state="in principle")) == [row]


def test_who_left_the_panel_or_sits_on_anothers_reaches_nothing(client: Client) -> None:
    people, _called, row = scene()
    on_panel(call("call-2"), people.people["fola"])
    with open_door(people.actor("olga")) as door:
        member = PanelMember.objects.get(person=people.people["sam"])
        door.change(member, left_on=today())
    for name in ("sam", "fola"):
        people.sign_in(client, name)
        assert client.get(reverse("grants:score", args=[row.ref])).status_code == 404


def test_a_decided_application_takes_no_points() -> None:
    people, _called, row = scene()
    with open_door(people.actor("olga")) as door:
        door.change(row, state="rejected")
    with pytest.raises(Refused, match="decided on"):
        act.score(people.actor("sam", today()), row.ref, points=WHOLE, submit=True)


def test_lists_ask_the_database_as_often_for_many_as_for_one(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    people, called, _row = scene()
    for number in range(60):
        application(called, f"more-{number}", state="eligible", title=f"More {number}")
    sam(people, client)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("grants:panel")).status_code == 200
    people.sign_in(client, "olga")
    with django_assert_max_num_queries(16):
        assert client.get(reverse("grants:panel_results", args=[called.ref])).status_code == 200
