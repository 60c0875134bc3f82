"""People answer on a shared link: on any telephone, in their language, once, and without being known."""

from __future__ import annotations

import gzip
import itertools
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.test import Client

from jwp.core.models import Entry
from jwp.instruments.models import Answer, AnswerSheet
from jwp.reviews.actions.answers import answer, write_down_days
from jwp.reviews.actions.link import close_link, replace_link
from jwp.reviews.models import AnswersOfDay, Engagement, Receipt
from tests.cast import cast
from tests.reviews.scene import address, opened, send, signed_in, today, web, workshop

pytestmark = pytest.mark.django_db


def test_anybody_with_the_link_answers_without_an_account() -> None:
    row = opened(cast())
    page = Client().get(address(row))
    assert page.status_code == 200
    assert page.content.decode().count("<fieldset>") == len(web().items) == 13
    response = send(row, "weak")
    assert response.status_code == 302
    assert set(Answer.objects.values_list("item", "value")) == {(item.code, "weak") for item in web().items}


def test_an_element_may_be_left_out_but_not_all() -> None:
    row = opened(cast())
    Client().post(address(row), {"policy": "medium", "research": ""})
    assert list(Answer.objects.values_list("item", "value")) == [("policy", "medium")]
    refused = Client().post(address(row), {"policy": ""})
    assert "Please rate at least one element." in refused.content.decode()
    assert AnswerSheet.objects.count() == 1


def test_made_up_ratings_are_refused() -> None:
    row = opened(cast())
    assert Client().post(address(row), {"policy": "excellent"}).status_code == 200
    assert not AnswerSheet.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "cannot say"), ("fr", "ne peux pas dire"), ("es", "No puedo decirlo")]
)
def test_the_page_speaks_the_readers_language(language: str, words: str) -> None:
    text = Client().get(address(opened(cast())), headers={"accept-language": language}).content.decode()
    assert f'<html lang="{language}"' in text
    assert words in text
    assert str(web().groups[0].name[language]) in text


def test_the_page_is_whole_in_50_kib() -> None:
    page = Client().get(address(opened(cast()))).content
    rest = 0
    for name in ("css/light.css", "js/light.js", "img/mark.svg"):
        path = finders.find(name)
        assert path is not None
        with open(path, "rb") as file:  # noqa: PTH123
            rest += len(file.read())
    assert len(page) + rest <= 50 * 1024
    assert len(gzip.compress(page)) < 6 * 1024


def test_a_device_is_asked_once_and_the_next_person_may_still_answer() -> None:
    row, phone = opened(cast()), Client()
    phone.post(address(row), {"policy": "strong"})
    again = phone.get(address(row)).content.decode()
    assert "<form" not in again
    assert "Somebody else answers" in again
    assert "<form" in phone.get(address(row), {"another": ""}).content.decode()
    phone.post(address(row) + "?another", {"policy": "weak"})
    assert AnswerSheet.objects.count() == 2


def test_the_only_cookie_says_answered_and_goes_back_to_this_link_only() -> None:
    row, phone = opened(cast()), Client(enforce_csrf_checks=True)
    assert not phone.get(address(row)).cookies
    cookies = phone.post(address(row), {"policy": "strong"}).cookies
    assert [(name, morsel.value, morsel["path"]) for name, morsel in cookies.items()] == [
        ("answered", "1", address(row))
    ]


def test_a_form_sent_twice_on_a_bad_line_counts_once() -> None:
    row = opened(cast())
    for _attempt in range(2):
        assert send(row, once="same form").status_code == 302
    assert AnswerSheet.objects.count() == 1
    send(row, once="another form")
    assert AnswerSheet.objects.count() == 2


def test_nothing_written_leads_from_an_answer_to_a_person() -> None:
    people = cast()
    row = opened(people)
    before = Entry.objects.count()
    gita = signed_in(people, "gita")  # even somebody signed in stays unknown here
    for client in (Client(), gita):
        client.post(address(row), {"policy": "strong", "once": "x" + str(id(client))})
    assert Entry.objects.count() == before
    sheets = list(AnswerSheet.objects.all())
    assert all(sheet.anonymous and sheet.answered_on is None for sheet in sheets)
    assert Session.objects.count() == 1  # Gita's own, from signing in
    receipts = Receipt.objects.values_list("digest", flat=True)
    assert not {sheet.ref.split("-")[-1] for sheet in sheets} & set(receipts)


def test_the_order_of_answers_is_not_kept() -> None:
    """Keys in a row would tell the facilitator, who saw the telephones, whose answer is whose."""
    row = opened(cast())
    for n in range(12):
        answer(row.ref, {"policy": "strong"}, str(n), today())
    keys = [receipt.pk for receipt in Receipt.objects.order_by("pk")]
    assert len(keys) == 12
    sheets = list(AnswerSheet.objects.values_list("pk", flat=True).order_by("pk"))
    answers = list(Answer.objects.order_by("pk").values_list("pk", flat=True))
    for drawn in (sheets, answers):
        assert min(drawn) > 2**40
        assert max(b - a for a, b in itertools.pairwise(drawn)) > 1
    by_answer = list(Answer.objects.order_by("pk").values_list("sheet_id", flat=True))
    assert by_answer != sheets  # one chance in 479 million


def test_the_journal_gets_a_count_a_day_once_the_day_is_over() -> None:
    people = cast()
    first = today() - timedelta(days=1)
    row = opened(people, on=first, days=3)
    for n in range(3):
        answer(row.ref, {"policy": "strong"}, f"a{n}", first)
    answer(row.ref, {"policy": "weak"}, "b", today())
    entries = Entry.objects.filter(verb="answer")
    write_down_days(first)
    assert not entries.exists()  # more may come that day
    for _time in range(2):
        write_down_days(today())
    assert [entry.facts["after"] for entry in entries] == [{"day": first.isoformat(), "count": 3}]
    close_link(people.actor("gita", today()), row.ref)
    facts = [entry.facts["after"] for entry in entries.all()]
    assert facts[1:] == [{"day": today().isoformat(), "count": 1}]
    assert {entry.actor for entry in entries.all()} == {"system"}


def test_days_count_every_answer() -> None:
    row = opened(cast())
    for n in range(4):
        send(row, once=str(n))
    assert AnswersOfDay.objects.get(engagement=row).count == 4


def test_a_guessed_link_says_what_to_do() -> None:
    cast()
    page = Client().get("/e/guessed/")
    assert page.status_code == 404
    assert "ask whoever gave it to you" in page.content.decode()


def test_a_closed_link_takes_nothing_and_says_so() -> None:
    people = cast()
    row = opened(people)
    close_link(people.actor("gita", today()), row.ref)
    for page in (Client().get(address(row)), send(row)):
        assert page.status_code == 410
        assert "takes no more answers" in page.content.decode()
    assert not AnswerSheet.objects.exists()


def test_an_expired_link_takes_nothing() -> None:
    row = opened(cast(), on=today() - timedelta(days=3), days=1)
    assert send(row).status_code == 410
    assert not AnswerSheet.objects.exists()


def test_a_link_before_its_first_day_says_when() -> None:
    row = opened(cast(), on=today() + timedelta(days=2))
    page = Client().get(address(row))
    assert "Not yet" in page.content.decode()
    assert "Not yet" in send(row).content.decode()
    assert not AnswerSheet.objects.exists()


def test_a_replaced_link_stops_and_the_new_one_works() -> None:
    people = cast()
    row = opened(people)
    old = address(row)
    new = address(replace_link(people.actor("gita", today()), row.ref))
    assert old != new
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_the_database_holds_no_link() -> None:
    row = opened(cast())
    written = str(list(Engagement.objects.values())) + str(list(Entry.objects.values()))
    assert address(row).strip("/").split("/")[-1] not in written


def test_an_engagement_without_a_link_has_no_address() -> None:
    row = workshop(cast())
    assert row.link_digest == ""
    assert Client().get("/e//").status_code == 404
