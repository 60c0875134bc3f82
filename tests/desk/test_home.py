"""The desk: what each role finds there, and what it says when there is nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.mail import write_letter
from jwp.desk import last_backup
from jwp.desk.work import Work
from jwp.governance.actions.agenda import escalate
from jwp.governance.models import ActionArising, Meeting
from jwp.plans.actions import plan as plans
from jwp.plans.actions import report, round
from jwp.plans.models import Action, Plan, Round
from tests.cast import Cast, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SPLIT = {"women": "7", "men": "5"}


@pytest.fixture
def people() -> Cast:
    return cast()


def adopted(people: Cast, due: date = TODAY - timedelta(days=5), targets: int = 2) -> Round:
    """An adopted plan whose first round was due on this day, its targets held by Olga's unit."""
    made = make_plan(starts=due - timedelta(days=190), ends=due + timedelta(days=700))
    shared = indicator()
    for n in range(1, targets + 1):
        target(made, people.offices["operations"], f"t{n}", indicator=shared, text=f"Train people {n}")
    plans.bring_in(people.actor("gita", TODAY), made, people.board, TODAY - timedelta(days=190), "Decision 1")
    first: Round = Round.objects.get(plan=made, number=1)
    dates: dict[str, Any] = {
        "opens": due - timedelta(days=30),
        "due": due,
        "closes": due + timedelta(days=30),
    }
    round.move(people.actor("gita", TODAY), first.ref, reason="the test's own dates", **dates)
    return Round.objects.get(pk=first.pk)


def desk(people: Cast, name: str) -> str:
    client = Client()
    client.force_login(people.people[name].user)  # type: ignore[arg-type]
    answer = client.get(reverse("desk"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def work(people: Cast, name: str) -> Work:
    return Work(people.actor(name, TODAY), None)


def test_signed_out_the_desk_asks_to_sign_in() -> None:
    answer = Client().get(reverse("desk"))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def test_with_no_plan_the_team_is_led_to_bring_its_table_in(people: Cast) -> None:
    html = desk(people, "gita")
    assert "No plan yet" in html and "Bring in a table" in html
    assert "Bring in a table" not in desk(people, "olga")


def test_somebody_without_a_seat_is_told_whom_to_ask(people: Cast) -> None:
    adopted(people)
    html = desk(people, "sam")
    assert "no seat yet" in html and "Train people" not in html


def test_an_owner_finds_their_targets_with_standing_and_the_way_to_report(people: Cast) -> None:
    first = adopted(people)
    html = desk(people, "olga")
    assert "2 of your 2 targets are still to be reported" in html
    assert "Nothing reported; 5 days late." in html
    assert reverse("gender:grid", args=[first.ref]) in html
    for ref in ("t1", "t2"):
        report.submit(people.actor("olga", TODAY), first.ref, ref, SPLIT)
    assert "All your 2 targets are reported" in desk(people, "olga")


def test_an_owner_sees_how_many_targets_still_lack_their_evidence(people: Cast) -> None:
    first = adopted(people, targets=3)
    with open_door(system(TODAY)) as door:
        for row in Plan.objects.get().targets.filter(ref__in=["t1", "t2"]):
            door.change(row, evidence_required=True)
    olga = people.actor("olga", TODAY)
    report.submit(olga, first.ref, "t1", SPLIT, evidence=[{"url": "https://example.org/list"}])
    report.submit(olga, first.ref, "t2", SPLIT, evidence_follows=True)
    html = desk(people, "olga")
    assert "1 of 2 targets that need evidence have none yet" in html
    assert "Evidence you said would follow" in html and "Train people 2" in html
    assert any(todo.text == "1 report promised evidence" for todo in work(people, "gita").todo)


def test_my_actions_are_ticked_off_from_the_desk(people: Cast) -> None:
    adopted(people)
    with open_door(system(TODAY)) as door:
        meeting = door.add(Meeting(body=people.board, starts=TODAY - timedelta(days=20)))
        door.add(ActionArising(meeting=meeting, text="Send the list", owner=people.offices["operations"]))
        held = Plan.objects.get().targets.get(ref="t1")
        action = door.add(Action(target=held, text="Book the room", owner=held.holder, due=TODAY))
    client = Client()
    client.force_login(people.people["olga"].user)  # type: ignore[arg-type]
    html = client.get(reverse("desk")).content.decode()
    assert "Book the room" in html and "Send the list" in html
    back = client.post(reverse("gender:action_done", args=[action.ref]), {"back": "desk"})
    assert back["Location"] == reverse("desk")
    assert "Book the room" not in client.get(reverse("desk")).content.decode()
    assert "Book the room" not in desk(people, "nils")


def test_the_team_finds_what_to_read_what_is_late_and_what_to_close(people: Cast) -> None:
    first = adopted(people, due=TODAY - timedelta(days=31))
    report.submit(people.actor("olga", TODAY), first.ref, "t1", SPLIT)
    said = [todo.text for todo in work(people, "gita").todo]
    assert "1 report of M6 waits to be read" in said
    assert "1 target of M6 is late" in said
    assert "M6 may be closed" in said
    assert not any("waits to be read" in todo.text for todo in work(people, "olga").todo)


def test_the_team_is_told_of_targets_that_nobody_holds(people: Cast) -> None:
    adopted(people)
    with open_door(system(TODAY)) as door:
        door.change(people.people["olga"].seats.get(), ends=TODAY - timedelta(days=1))
    (todo,) = [todo for todo in work(people, "gita").todo if "Nobody holds" in todo.text]
    assert [row.ref for row in todo.targets] == ["t1", "t2"]


def test_the_team_is_told_of_owners_without_an_address(people: Cast) -> None:
    adopted(people)
    with open_door(system(TODAY)) as door:
        door.change(people.people["olga"], email="")
    assert "No e-mail address is known for Olga, who is to report" in desk(people, "gita")


def test_a_supervisor_sees_what_went_up_to_them_after_the_grace(people: Cast) -> None:
    adopted(people, due=TODAY - timedelta(days=15))
    assert "2 late reports in offices that report to you" in desk(people, "nils")
    assert "report to you" not in desk(people, "olga")


def test_within_the_grace_nothing_goes_up(people: Cast) -> None:
    adopted(people, due=TODAY - timedelta(days=14))
    assert "report to you" not in desk(people, "nils")


def test_the_director_sees_what_is_about_to_become_public_and_explains(people: Cast) -> None:
    first = adopted(people)
    (todo,) = [todo for todo in work(people, "amara").todo if "public" in todo.text]
    assert todo.text == "2 late targets become public, the first in 10 days"
    for ref in ("t1", "t2"):
        report.explain(people.actor("amara", TODAY), first.ref, ref, "The flood came first.")
    assert not [todo for todo in work(people, "amara").todo if "public" in todo.text]


def test_the_director_submits_a_draft_previews_what_silence_wrote_and_opens_the_note(people: Cast) -> None:
    first = adopted(people, due=TODAY - timedelta(days=31))
    draft = make_plan("next", title="The next plan")
    target(draft, people.offices["operations"], "n1")
    with open_door(people.actor("gita", TODAY)) as door:
        row = round.report_for(door, first, Plan.objects.get(ref="gap").targets.get(ref="t1"))
        item = escalate(door, row, people.board, "No report for M6", "It is missing.")
    round.close_round(people.actor("gita", TODAY), first.ref)
    urls = {todo.text: todo.url for todo in work(people, "amara").todo}
    assert urls["“The next plan” is a draft you can submit"] == reverse("gender:plan", args=["next"])
    assert urls["The note on M6 is ready"] == reverse("gender:note", args=[first.ref])
    preview = next(url for text, url in urls.items() if "Drafted for the next agenda" in text)
    assert preview == reverse("governance:item", args=[item.ref])


def test_the_board_finds_the_next_meeting_and_what_was_decided(people: Cast) -> None:
    adopted(people)
    with open_door(system(TODAY)) as door:
        door.add(Meeting(body=people.board, title="Spring session", starts=TODAY + timedelta(days=9)))
        door.add(Meeting(body=people.board, title="Long ago", starts=TODAY - timedelta(days=99)))
    html = desk(people, "berta")
    assert "Spring session" in html and "Long ago" not in html
    assert "Spring session" not in desk(people, "fola")  # a focal point sees what was adopted, not meetings
    assert "Gender Action Plan" in desk(people, "fola")


def test_the_administrator_is_asked_for_mail_and_a_backup(people: Cast) -> None:
    adopted(people)
    with open_door(system(TODAY)) as door:
        write_letter(door, key="k", to="olga@example.org", subject="Hello", body="…")
    html = desk(people, "ida")
    assert "1 letter waits in the outbox" in html and reverse("settings") in html
    assert "No backup was ever made here" in html
    last_backup.made(TODAY - timedelta(days=8))
    assert "The last backup is 8 days old" in desk(people, "ida")
    last_backup.made(TODAY)
    assert "backup" not in desk(people, "ida")


@pytest.fixture(autouse=True)
def no_backup_yet(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path


def test_the_auditor_proves_draws_and_downloads(people: Cast) -> None:
    adopted(people, targets=5)
    assert "Prove the chain now" in desk(people, "aldo")
    assert "Draw a sample" not in desk(people, "berta")
    client = Client()
    client.force_login(people.people["aldo"].user)  # type: ignore[arg-type]
    asked = {"targets": "2", "seed": "2026"}
    html = client.get(reverse("sample"), asked).content.decode()
    assert html.count(".zip") == 4  # two links and their names
    assert html.split("<tbody>")[1] == client.get(reverse("sample"), asked).content.decode().split("<tbody>")[1]
    ref = html.split("target/")[1].split("/")[0]
    assert client.get(reverse("gender:audit_file", args=[ref])).status_code == 200


def test_a_sample_is_not_for_everybody(people: Cast) -> None:
    client = Client()
    client.force_login(people.people["berta"].user)  # type: ignore[arg-type]
    assert client.get(reverse("sample")).status_code == 404


@pytest.mark.parametrize("name", ["olga", "gita", "amara", "berta", "ida", "aldo", "fola"])
def test_the_desk_asks_the_database_no_more_for_fifty_targets_than_for_two(
    people: Cast, name: str, django_assert_max_num_queries: Any
) -> None:
    first = adopted(people, targets=50)
    for n in range(1, 20):
        report.submit(people.actor("olga", TODAY), first.ref, f"t{n}", SPLIT, evidence_follows=True)
    client = Client()
    client.force_login(people.people[name].user)  # type: ignore[arg-type]
    with django_assert_max_num_queries(36):
        assert client.get(reverse("desk")).status_code == 200
