"""Staff write a call, the Director publishes it, and what applicants have read stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Letter
from jwp.grants.actions import call as actions
from jwp.grants.actions.call import add_to_panel, leave_panel, take_step
from jwp.grants.forms.call import CallForm, at_place
from jwp.grants.models import Application, Call
from tests.cast import TODAY, cast
from tests.grants.scene import application, call, country, fund, line

pytestmark = pytest.mark.django_db


def typed(**fields: Any) -> dict[str, Any]:
    line(), fund(), country()
    return {
        "title": "Know your city", "kind": "grant", "business_line": "catf", "about": "City data.",
        "gender_statement": "All proposals show how gender is mainstreamed.", "languages": ["en", "fr"],
        "currency": "usd", "smallest": "50,000", "largest": "200 000.00", "envelope": "", "co_financing": "encouraged",
        "paid_at_most": "", "countries": ["kenya"], "countries_text": "", "sponsors": "1",
        "opens_at": "2026-09-01T09:00", "closes_at": "2026-12-09T14:00", "zone": "Africa/Nairobi",
        "panel_due": "", "comment_days": "10",
        "proposal_months": "2", "outside_url": "", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0",
        "form-0-name": "The idea", "form-0-points": "20", "form-1-name": "Women and men", "form-1-points": "10",
        "form-1-gender": "on",
    } | fields  # fmt: skip


def test_one_form_writes_all_rules() -> None:
    people, client = cast(), Client()
    people.sign_in(client, "olga")
    answer = client.post(reverse("grants:new_call"), typed())
    assert answer.status_code == 302, answer.content.decode()[:3000]
    made = Call.objects.get()
    assert (made.smallest, made.largest, made.envelope, made.currency) == (5_000_000, 20_000_000, None, "USD")
    assert made.closes_at == datetime(2026, 12, 9, 11, tzinfo=UTC)  # 14:00 in Nairobi
    assert [row.place.ref for row in made.countries.all()] == ["kenya"]
    assert [(row.name, row.points, row.gender) for row in made.criteria.all()] == [
        ("The idea", 20, False),
        ("Women and men", 10, True),
    ]
    page = client.get(reverse("grants:call", args=[made.ref])).content.decode()
    assert "9 December 2026, 14:00, time of Nairobi" in page
    assert "from USD\xa050,000.00 to USD\xa0200,000.00" in page


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost() -> None:
    people, client = cast(), Client()
    people.sign_in(client, "olga")
    wrong = typed(smallest="300000", closes_at="2026-08-09T14:00", **{"form-0-points": ""})
    page = client.post(reverse("grants:new_call"), wrong)
    assert page.status_code == 422
    assert "Say how many points it gives at most." in page.content.decode()
    wrong = typed(smallest="300000", closes_at="2026-08-09T14:00")
    page = client.post(reverse("grants:new_call"), wrong)
    said = page.content.decode()
    assert "The largest grant cannot be smaller than the smallest." in said
    assert "A call cannot close before it opens." in said
    assert "City data." in said
    assert not Call.objects.exists()


def test_a_deadline_is_no_hour_that_the_clocks_skip() -> None:
    line()
    form = CallForm(typed(zone="Europe/Brussels", closes_at="2027-03-28T02:30"))
    assert not form.is_valid()
    assert "skip this hour" in str(form.errors["closes_at"])
    summer = at_place(datetime.fromisoformat("2026-07-01T14:00"), "Europe/Brussels")
    assert summer == datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_a_copy_brings_the_rules_and_not_the_dates() -> None:
    people, client = cast(), Client()
    earlier = call()
    people.sign_in(client, "olga")
    page = client.get(reverse("grants:new_call"), {"copy": earlier.ref}).content.decode()
    for kept in ("Know your city", "50000", "200000", "Women and men"):
        assert f'value="{kept}"' in page
    assert 'name="closes_at"' in page
    assert f"{earlier.closes_at:%Y-%m}" not in page


def test_only_the_director_publishes_and_only_what_is_whole() -> None:
    people = cast()
    draft = call(state="draft", published_on=None, gender_statement="", closes_at=None)
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        take_step(people.actor("amara"), draft.ref, None, "publish", "", now)
    assert set(refused.value.reasons) == {"needs dates", "needs a gender statement"}
    with open_door(system(TODAY)) as door:
        door.change(draft, gender_statement="All show it.", closes_at=now + timedelta(days=9))
    with pytest.raises(Refused, match="only director may publish"):
        take_step(people.actor("olga"), draft.ref, None, "publish", "", now)
    assert take_step(people.actor("amara"), draft.ref, None, "publish", "", now).published_on == TODAY


def test_who_wrote_a_draft_reads_who_publishes_it_and_which_strategy_a_line_is_of() -> None:
    people, client = cast(), Client()
    people.sign_in(client, "olga")
    draft = call(state="draft", published_on=None, gender_statement="")
    page = client.get(reverse("grants:call", args=[draft.ref])).content.decode()
    assert "only director may publish" in page
    assert "needs a gender statement" in page
    form = client.get(reverse("grants:new_call")).content.decode()
    assert f"{draft.business_line} ({draft.business_line.period})" in form


def test_rules_that_applicants_have_read_stay_and_a_deadline_moves_later_only() -> None:
    people = cast()
    row = call()
    olga = people.actor("olga")
    grid: list[actions.Line] = []
    changes: tuple[dict[str, Any], ...] = (
        {"sponsors": 0},
        {"largest": None},
        {"closes_at": row.opens_at},
        {"zone": "UTC"},
    )
    for fields in changes:
        with pytest.raises(Refused):
            actions.change_call(olga, row.ref, None, [], grid, **fields)
    assert row.closes_at
    later = row.closes_at + timedelta(days=7)
    changed = actions.change_call(olga, row.ref, None, [], grid, closes_at=later, sponsors=1)
    assert changed.closes_at == later
    assert changed.criteria.count() == 2  # the grid was not touched either


def test_a_call_is_closed_once_every_application_is_settled() -> None:
    people = cast()
    row = call(closes_at=timezone.now() - timedelta(days=1), opens_at=timezone.now() - timedelta(days=9))
    waiting = application(row, state="eligible")
    application(row, "never-sent", state="draft")
    now = timezone.now()
    with pytest.raises(Refused, match="needs every application settled"):
        take_step(people.actor("olga"), row.ref, None, "close", "", now)
    with open_door(system(TODAY)) as door:
        door.change(waiting, state="rejected")
    assert take_step(people.actor("olga"), row.ref, None, "close", "", now).state == "closed"


def test_a_cancelled_call_cancels_what_waits_and_tells_everybody() -> None:
    people = cast()
    row = call()
    application(row, "sent", state="submitted", contact_email="sent@example.org")
    application(row, "written", state="draft", contact_email="written@example.org", language="fr")
    application(row, "over", state="rejected", contact_email="over@example.org")
    take_step(people.actor("amara"), row.ref, None, "cancel", "The fund is empty", timezone.now())
    states = dict(Application.objects.values_list("ref", "state"))
    assert states == {"sent": "cancelled", "written": "draft", "over": "rejected"}
    assert Application.objects.get(ref="sent").decided_because == "The fund is empty"
    assert set(Letter.objects.values_list("to", flat=True)) == {"sent@example.org", "written@example.org"}
    page = Client().get(reverse("public_call", args=[row.ref])).content.decode()
    assert "This call was cancelled." in page


def test_who_sits_on_a_panel_leaves_and_comes_back() -> None:
    people = cast()
    row, olga, sam = call(), people.actor("olga"), people.people["sam"]
    member = add_to_panel(olga, row.ref, sam)
    with pytest.raises(Refused, match="already"):
        add_to_panel(olga, row.ref, sam)
    assert leave_panel(olga, member.ref).left_on == TODAY
    assert add_to_panel(olga, row.ref, sam).left_on is None
    client = Client()
    people.sign_in(client, "olga")
    answer = client.post(reverse("grants:add_panel_member", args=[row.ref]), {"person": "berta"})
    assert answer.status_code == 302
    assert row.panel.filter(left_on=None).count() == 2


def test_the_list_asks_as_often_for_many_as_for_one() -> None:
    people, client = cast(), Client()
    people.sign_in(client, "olga")
    call()
    asked = []
    for number in (2, 3, 4, 5):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse("grants:calls")).status_code == 200
        asked.append(len(caught))
        application(call(f"call-{number}"), f"app-{number}", state="submitted")
    assert len(set(asked)) == 1, asked


def test_the_public_list_asks_as_often_for_many_as_for_one() -> None:
    cast()
    call()
    asked = []
    for number in (2, 3, 4):
        with CaptureQueriesContext(connection) as caught:
            assert Client().get(reverse("public_calls")).status_code == 200
        asked.append(len(caught))
        call(f"call-{number}", title=f"Call {number}")
    assert len(set(asked)) == 1, asked


def test_the_list_narrows_and_leaves_as_csv() -> None:
    people, client = cast(), Client()
    people.sign_in(client, "olga")
    call(), call("call-2", title="Youth and the city", state="closed")
    text = client.get(reverse("grants:calls"), {"state": "closed", "export": "csv"}).content.decode()
    assert "Youth and the city" in text
    assert "Know your city" not in text


def test_the_public_list_says_what_is_open_coming_and_closed() -> None:
    cast()
    now = timezone.now()
    days = {"open": (-1, 1), "coming": (1, 2), "closed": (-2, -1)}
    for ref, (opens, closes) in days.items():
        call(ref, title=f"Call {ref}", opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes))
    call("hidden", title="Call hidden", state="draft", published_on=None)
    page = Client().get(reverse("public_calls")).content.decode()
    places = [page.index(f"Call {ref}") for ref in days]
    assert places == sorted(places)
    assert "Call hidden" not in page
    assert Client().get(reverse("public_call", args=["hidden"])).status_code == 404
    assert "noindex" not in page
    french = Client().get(reverse("public_calls"), {"language": "fr"}).content.decode()
    assert reverse("public_call", args=["open"]) + "?language=fr" in french  # no cookie remembers it


def test_a_call_on_another_portal_leads_there() -> None:
    cast()
    row = call(kind="outside", outside_url="https://portal.example/call/7")
    page = Client().get(reverse("public_call", args=[row.ref])).content.decode()
    assert 'href="https://portal.example/call/7"' in page
    assert 'name="email"' not in page
    Client().post(reverse("public_call", args=[row.ref]), {"email": "rita@example.org"})
    assert not Letter.objects.exists()
