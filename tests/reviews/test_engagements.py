"""The gender team meets people, counts them without naming them, and puts a code on the wall."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jwp.core.door import Refused
from jwp.core.models import Entry
from jwp.reviews.actions.engagement import add_engagement, change_engagement
from jwp.reviews.actions.link import close_link
from jwp.reviews.models import Engagement, Participants, headcount
from tests.cast import cast
from tests.reviews.scene import WEB, address, opened, signed_in, today, workshop

pytestmark = pytest.mark.django_db


def grid(*lines: tuple[str, str, str, str], initial: int = 0) -> dict[str, str]:
    fields = {"groups-TOTAL_FORMS": str(len(lines)), "groups-INITIAL_FORMS": str(initial)}
    for n, line in enumerate(lines):
        for name, value in zip(("role", "women", "men", "not_stated"), line, strict=True):
            fields[f"groups-{n}-{name}"] = value
    return fields


def counts(engagement: Engagement) -> list[tuple[Any, ...]]:
    return list(engagement.participants.values_list("role", "women", "men", "not_stated"))


def test_the_team_records_who_took_part() -> None:
    people = cast()
    sent = {"title": "Workshop", "held_on": today().isoformat(), "instrument": WEB}
    lines = grid(("City officials", "4", "6", ""), ("Community groups", "9", "0", "1"), ("", "", "", ""))
    response = signed_in(people, "gita").post("/engagements/new/", sent | lines)
    row = Engagement.objects.get()
    assert response.headers["Location"] == f"/engagements/engagement/{row.ref}/"
    assert counts(row) == [("City officials", 4, 6, None), ("Community groups", 9, 0, 1)]
    noted = Entry.objects.get(verb="count participants")
    assert noted.facts["after"]["women_men_not_stated"]["City officials"] == [4, 6, None]


def test_nobody_counted_is_not_zero() -> None:
    row = add_engagement(
        cast().actor("gita", today()),
        [
            {"role": "Officials", "women": 0, "men": None, "not_stated": None},
            {"role": "Guests", "women": 3, "men": None, "not_stated": 1},
        ],
        title="Workshop", held_on=today(),
    )  # fmt: skip
    assert headcount(row.participants.all()) == {"women": 3, "men": None, "not_stated": 1}


def test_people_counted_without_a_role_are_asked_who_they_were() -> None:
    people = cast()
    sent = {"title": "Workshop", "held_on": today().isoformat()} | grid(("", "4", "", ""))
    response = signed_in(people, "gita").post("/engagements/new/", sent)
    assert "Say who they were" in response.content.decode()
    assert not Engagement.objects.exists()


def test_a_line_is_changed_and_a_line_is_emptied() -> None:
    people = cast()
    gita = people.actor("gita", today())
    row = add_engagement(
        gita,
        [
            {"role": "Officials", "women": 1, "men": 2, "not_stated": None},
            {"role": "Guests", "women": 3, "men": 0, "not_stated": None},
        ],
        title="Workshop", held_on=today(),
    )  # fmt: skip
    sent = {"title": "Workshop", "held_on": today().isoformat(), "revision": str(row.revision)}
    lines = grid(("Officials", "5", "2", ""), ("", "", "", ""), initial=2)
    response = signed_in(people, "gita").post(f"/engagements/engagement/{row.ref}/change/", sent | lines)
    assert response.status_code == 302
    assert counts(row) == [("Officials", 5, 2, None)]


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed() -> None:
    people = cast()
    row = workshop(people)
    change_engagement(people.actor("tomas", today()), row.ref, 1, [], title="Renamed by Tomas")
    sent = {"title": "Renamed by Gita", "held_on": today().isoformat(), "instrument": WEB, "revision": "1"}
    text = signed_in(people, "gita").post(f"/engagements/engagement/{row.ref}/change/", sent | grid()).content
    assert b"Renamed by Gita" in text
    assert b"Renamed by Tomas" in text
    row.refresh_from_db()
    assert row.title == "Renamed by Tomas"


def test_the_instrument_stays_once_people_are_asked() -> None:
    people = cast()
    row = opened(people)
    with pytest.raises(Refused, match="Start another engagement"):
        change_engagement(people.actor("gita", today()), row.ref, None, [], instrument="")


@pytest.mark.parametrize("name", ["amara", "olga", "berta", "carl", "aldo", "ida"])
def test_insiders_read_and_only_the_team_writes(name: str) -> None:
    people = cast()
    row = opened(people)
    client = signed_in(people, name)
    text = client.get(f"/engagements/engagement/{row.ref}/").content.decode()
    assert row.title in text
    assert address(row) not in text
    for path in ("new/", f"engagement/{row.ref}/change/", f"engagement/{row.ref}/poster/"):
        assert client.get(f"/engagements/{path}").status_code == 404
    assert client.post(f"/engagements/engagement/{row.ref}/link/close/").status_code == 404
    with pytest.raises(Refused):
        close_link(people.actor(name, today()), row.ref)


@pytest.mark.parametrize("name", ["fola", "sam"])
def test_others_see_no_engagement(name: str) -> None:
    people = cast()
    row = workshop(people)
    assert signed_in(people, name).get(f"/engagements/engagement/{row.ref}/").status_code == 404
    assert signed_in(people, name).get("/engagements/").status_code == 404


def test_strangers_are_sent_to_sign_in() -> None:
    row = workshop(cast())
    response = Client().get(f"/engagements/engagement/{row.ref}/")
    assert response.headers["Location"].startswith("/accounts/login/")


def test_the_team_opens_the_link_prints_the_poster_and_closes() -> None:
    people = cast()
    row, client = workshop(people), signed_in(people, "gita")
    day, base = today().isoformat(), f"/engagements/engagement/{row.ref}/"
    assert client.get(base + "poster/").status_code == 404
    sent = {"link_opens": day, "link_closes": day, "min_group": "5", "revision": str(row.revision)}
    assert client.post(base + "link/", sent).status_code == 302
    row.refresh_from_db()
    assert f"http://testserver{address(row)}" in client.get(base).content.decode()
    poster = client.get(base + "poster/").content.decode()
    assert f"http://testserver{address(row)}" in poster
    assert '<path d="M' in poster
    assert client.post(base + "link/replace/").status_code == 302
    assert client.post(base + "link/close/").status_code == 302
    row.refresh_from_db()
    assert row.link_closed_on == today()
    assert client.get(base + "poster/").status_code == 404


def test_dates_the_wrong_way_round_are_refused() -> None:
    people = cast()
    row = workshop(people)
    sent = {"link_opens": "2026-02-02", "link_closes": "2026-02-01", "min_group": "5", "revision": "1"}
    text = signed_in(people, "gita").post(f"/engagements/engagement/{row.ref}/link/", sent).content.decode()
    assert "The last day must not be over, nor before the first." in text


def test_without_an_instrument_there_is_no_link() -> None:
    people = cast()
    row = workshop(people, instrument="")
    day = today().isoformat()
    sent = {"link_opens": day, "link_closes": day, "min_group": "5", "revision": "1"}
    text = signed_in(people, "gita").post(f"/engagements/engagement/{row.ref}/link/", sent).content.decode()
    assert "nothing to answer" in text
    row.refresh_from_db()
    assert row.link_digest == ""


def test_more_participants_and_answers_cost_no_more_queries() -> None:
    people = cast()
    row = opened(people)
    client = signed_in(people, "gita")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/engagements/engagement/{row.ref}/").status_code == 200
        return len(captured)

    before = queries()
    lines = [{"role": f"Role {n}", "women": n, "men": 1, "not_stated": None} for n in range(20)]
    change_engagement(people.actor("gita", today()), row.ref, None, lines)  # type: ignore[arg-type]
    assert Participants.objects.count() == 20
    assert queries() == before <= 20
