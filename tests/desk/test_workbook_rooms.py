"""What each room lets a workbook do, and what not."""


# ruff: noqa: E501  (the tables here read better on one line)

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.desk import imports
from jwp.desk.workbook import export
from jwp.partners.models import Body, Person
from jwp.plans.actions import promise, round
from jwp.plans.models import Round, Target
from tests.cast import Cast, cast, plan
from tests.desk.books import a_life, book, bring, check, faults, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_gender_team_cannot_lift_anybody_above_itself(people: Cast) -> None:
    file = book(
        Bodies=[["Name", "Kind"], ["New body", "board"]],
        Units_and_posts=[
            ["Body", "Name", "Kind", "Role"],
            ["Secretariat", "Second Director", "post", "director"],
        ],
        Seats=[["Person", "Body", "Unit or post", "From"], ["Gita", "Secretariat", "Director", "2026-01-01"]],
        People=[["Reference", "Revision", "E-mail"], ["amara", 1, "gita.too@example.org"]],
    )
    said = faults(people.actor("gita"), check(people.actor("gita"), file))
    assert {line.split(",")[0] for line in said} == {"Bodies", "Units and posts", "Seats", "People"}
    with pytest.raises(Refused):
        check(people.actor("olga"), file)


def test_posts_and_terms_obey_the_charter(people: Cast) -> None:
    head = ["Person", "Body", "Unit or post", "From", "Acting"]
    file = book(
        Seats=[
            head,
            ["Tomas", "Secretariat", "Director", "2026-01-01", None],
            ["Nils", "Secretariat", "Director", "2026-01-01", "yes"],
        ]
    )
    said = faults(people.actor("amara"), check(people.actor("amara"), file))
    assert len(said) == 1 and said[0].startswith("Seats, row 2") and "has a holder in these days" in said[0]


def test_applying_twice_counts_once(people: Cast) -> None:
    gita = people.actor("gita")
    done = bring(gita, book(People=[["Name"], ["Rana"]]))
    with pytest.raises(Refused):
        imports.apply(gita, done.ref)
    assert Person.objects.filter(name="Rana").count() == 1


def test_the_journal_does_not_hold_the_sheet_itself(people: Cast) -> None:
    found = check(people.actor("gita"), book(People=[["Name", "E-mail"], ["Rana", "secret@example.org"]]))
    (entry,) = Entry.objects.filter(ref=found.ref)
    assert "secret@example.org" not in str(entry.facts)


def test_documents_meetings_and_events_come_in(people: Cast) -> None:
    file = book(
        Sources=[["Title", "Address"], ["Annual report", "https://example.org/report"]],
        Documents=[["Title", "Link"], ["Terms of reference", "https://example.org/tor"], ["No link", None]],
        Events=[["Title", "From", "Organisers", "Source"], ["Expert group meeting", "13.6.2016", "A member", "Annual report"]],
        Meetings=[["Body", "Date", "Mode"], ["Management Board", "2026-11-01", "remote"]],
    )  # fmt: skip
    found = check(people.actor("amara"), file)
    assert faults(people.actor("amara"), found) == [
        "Documents, row 3, Link: Give a link; a file is added on the page of documents."
    ]
    imports.apply(people.actor("amara"), found.ref, good_only=True)
    made = export(people.actor("amara"))
    assert check(people.actor("amara"), made).counts["change"] == 0
    events = load_workbook(io.BytesIO(made))["Events"]
    assert [cell.value for cell in events[2]][2:4] == ["Expert group meeting", events[2][3].value]
    assert "A member [member]" in [cell.value for cell in events[2]]


def test_findings_and_recommendations_come_in_and_the_answered_stay(people: Cast) -> None:
    gita = people.actor("gita")
    plan()
    file = book(
        Findings=[["Plan", "Finding"], ["gap", "Few women in planning"]],
        Recommendations=[
            ["Finding", "Recommendation", "Respond by"],
            ["Few women in planning", "Hire", "2026-12-01"],
        ],
    )
    bring(gita, file)
    assert check(gita, export(gita)).counts["add"] == 0
    answer = book(Responses=[["Recommendation", "Response"], ["Hire", "accepted"]])
    assert "director" in faults(gita, check(gita, answer))[0]
    bring(people.actor("amara"), answer)
    made = load_workbook(io.BytesIO(export(gita)))
    made["Recommendations"].cell(row=2, column=4, value="Hire more")
    assert "answered as it stands" in faults(gita, check(gita, saved(made)))[0]


def test_the_body_named_here_is_the_body_meant(people: Cast) -> None:
    """Two rows of one name: the reference says which."""
    with open_door(people.actor("amara")) as door:
        door.add(Body(ref="board-2", name="Management Board", kind="board"))
    file = book(
        Meetings=[
            ["Body", "Date"],
            ["Management Board", "2026-11-01"],
            ["Management Board [board-2]", "2026-11-01"],
        ]
    )
    assert faults(people.actor("amara"), check(people.actor("amara"), file)) == [
        "Meetings, row 2, Body: “Management Board” is the name of several. Write the reference: board, board-2."
    ]


def test_a_closed_or_settled_thing_stays(people: Cast) -> None:
    gita, made = people.actor("gita"), a_life(people)
    with open_door(gita) as door:
        promise.achieve(door, door.lock(Target, "t2"), "done")
    third = Round.objects.get(plan=made, number=3)
    later = people.actor("gita", date(2026, 12, 1))
    round.close_round(later, third.ref)
    t2 = Target.objects.get(ref="t2")
    file = book(
        Targets=[
            ["Reference", "Revision", "Target", "Reason for the change"],
            ["t2", t2.revision, "Else", "why not"],
        ],
        Rounds=[["Reference", "Revision", "Due"], [third.ref, third.revision + 1, "2027-01-01"]],
    )
    said = faults(later, check(later, file))
    assert "achieved" in said[0] and "moved on the round's page" in said[1]
