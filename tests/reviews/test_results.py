"""What people answered is shown to nobody too early, never of a small group, and then to every insider."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.door import Refused
from jwp.instruments.models import AnswerSheet
from jwp.reviews.actions.answers import agree, answer
from jwp.reviews.actions.link import close_link, open_link, replace_link
from jwp.reviews.models import Engagement
from jwp.reviews.results import results
from jwp.reviews.rules import LinkStanding, at_least, may_show
from tests.cast import Cast, cast
from tests.reviews.scene import opened, signed_in, today, web, workshop


@given(st.integers(0, 60), st.integers(5, 12))
def test_while_answers_come_in_only_whole_groups_are_spoken_of(answers: int, least: int) -> None:
    said = at_least(answers, least)
    assert said % least == 0
    assert answers - least < said <= answers
    assert not may_show(LinkStanding.OPEN, answers, least)


def answered(engagement: Engagement, *values: str) -> None:
    for n, value in enumerate(values):
        answer(engagement.ref, {item.code: value for item in web().items}, str(n), today())


def page(people: Cast, engagement: Engagement, name: str = "gita") -> str:
    client = signed_in(people, name)
    return client.get(f"/engagements/engagement/{engagement.ref}/").content.decode()


@pytest.mark.django_db
def test_nothing_is_shown_while_the_link_is_open() -> None:
    people = cast()
    row = opened(people)
    answered(row, *["strong"] * 7)
    found = results(row, today(), "en")
    assert found is not None
    assert (found.seen, found.answers) == (False, 5)
    assert all(line.parts == () and line.n is None for _sphere, lines in found.spheres for line in lines)
    text = page(people, row)
    assert "5 or more people have answered." in text
    assert "<rect x=" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["gita", "amara", "aldo", "ida"])
def test_of_four_answers_nobody_sees_anything(name: str) -> None:
    people = cast()
    row = opened(people)
    answered(row, *["strong"] * 4)
    close_link(people.actor("gita", today()), row.ref)
    text = page(people, row, name)
    assert "Fewer than 5 people answered" in text
    assert "<rect x=" not in text
    client = signed_in(people, name)
    rows = read(client, row)
    assert {each["n"] for each in rows} == {""}
    assert {each["strong"] for each in rows} == {""}


@pytest.mark.django_db
def test_closed_with_enough_answers_the_spread_is_shown_with_its_n() -> None:
    people = cast()
    row = opened(people)
    answered(row, "strong", "strong", "medium", "weak", "weak", "weak")
    row = close_link(people.actor("gita", today()), row.ref)
    found = results(row, today(), "fr")
    assert found is not None
    assert (found.seen, found.answers) == (True, 6)
    assert [sphere for sphere, _lines in found.spheres][1] == "Sphère des politiques"
    line = found.spheres[1][1][0]
    assert (line.n, [(part.rating.word, part.count) for part in line.parts]) == (
        6, [("fort", 2), ("moyen", 1), ("faible", 3)],
    )  # fmt: skip
    assert line.parts[-1].start + line.parts[-1].width == pytest.approx(100)
    assert page(people, row, "berta").count("<rect x=") == 13 * 3


@pytest.mark.django_db
def test_a_stricter_group_size_holds_and_an_element_too_few_rated_is_left_out() -> None:
    people = cast()
    row = opened(people, min_group=6)
    answered(row, *["strong"] * 5)
    answer(row.ref, {"policy": "weak"}, "sixth", today())
    row = close_link(people.actor("gita", today()), row.ref)
    found = results(row, today(), "en")
    assert found is not None
    shown = {line.code: line.n for _sphere, lines in found.spheres for line in lines if line.parts}
    assert shown == {"policy": 6}


@pytest.mark.django_db
def test_once_results_can_be_seen_the_link_stays_closed() -> None:
    people = cast()
    gita = people.actor("gita", today())
    row = opened(people)
    answered(row, *["weak"] * 5)
    close_link(gita, row.ref)
    later = today() + timedelta(days=3)
    with pytest.raises(Refused, match="one more answer would stand out"):
        open_link(gita, row.ref, None, opens=today(), closes=later, min_group=5)
    with pytest.raises(Refused):
        replace_link(gita, row.ref)


@pytest.mark.django_db
def test_a_link_closed_too_early_may_be_opened_again_under_the_same_promise() -> None:
    people = cast()
    gita = people.actor("gita", today())
    row = opened(people, min_group=8)
    answered(row, *["weak"] * 6)
    close_link(gita, row.ref)
    with pytest.raises(Refused, match="it stays"):
        open_link(gita, row.ref, None, opens=today(), closes=today(), min_group=5)
    row = open_link(gita, row.ref, None, opens=today(), closes=today(), min_group=8)
    assert row.link_standing(today()) is LinkStanding.OPEN


@pytest.mark.django_db
def test_the_smallest_group_is_never_below_five() -> None:
    people = cast()
    row = workshop(people)
    client = signed_in(people, "gita")
    day = today().isoformat()
    sent = {"link_opens": day, "link_closes": day, "min_group": "2", "revision": str(row.revision)}
    response = client.post(f"/engagements/engagement/{row.ref}/link/", sent)
    assert "greater than or equal to 5" in response.content.decode()
    row.refresh_from_db()
    assert row.link_digest == ""


@pytest.mark.django_db
def test_the_group_agrees_after_the_talk_and_stands_next_to_the_spread() -> None:
    people = cast()
    gita = people.actor("gita", today())
    row = opened(people)
    answered(row, *["weak"] * 5)
    with pytest.raises(Refused, match="First close the link"):
        agree(gita, row.ref, {"policy": ("medium", "")})
    close_link(gita, row.ref)
    client = signed_in(people, "gita")
    sent = {"policy": "medium", "policy:why": "There is a policy since May.", "resources": "weak"}
    assert client.post(f"/engagements/engagement/{row.ref}/agreed/", sent).status_code == 302
    assert "There is a policy since May." in page(people, row, "amara")
    agree(gita, row.ref, {"policy": ("strong", "On reflection.")})
    sheet = AnswerSheet.objects.get(stage="agreed")
    assert [(each.item, each.value) for each in sheet.answers.all()] == [("policy", "strong")]
    found = {each["element"]: each for each in read(client, row)}
    assert (found["Policy"]["weak"], found["Policy"]["agreed"]) == ("5", "strong")
    assert (found["Resources"]["weak"], found["Resources"]["agreed"]) == ("5", "")


def read(client: Client, engagement: Engagement) -> list[dict[str, Any]]:
    response = client.get(f"/engagements/engagement/{engagement.ref}/results.csv")
    return list(csv.DictReader(io.StringIO(response.content.decode())))
