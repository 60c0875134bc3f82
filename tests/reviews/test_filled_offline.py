"""A group rates on telephones without a network; what Kobo exports becomes anonymous answers, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jwp.core import journal
from jwp.instruments.models import Answer, AnswerSheet
from jwp.reviews.models import AnswersOfDay, Engagement
from tests.cast import Cast, cast
from tests.reviews.scene import opened, signed_in, today, workshop

pytestmark = pytest.mark.django_db

FORMS = "_uuid,username,policy,research\nu1,olga,strong,weak\nu2,sam,weak,\nu3,,9,\n,,weak,\n"


def send(client: Client, row: Engagement, text: str = FORMS) -> str:
    file = SimpleUploadedFile("export.csv", text.encode())
    return client.post(f"/engagements/engagement/{row.ref}/forms/", {"file": file}).content.decode()


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_team_brings_what_people_filled_in(people: Cast) -> None:
    row, gita = opened(people), signed_in(people, "gita")
    page = send(gita, row)
    assert "2 forms were taken." in page
    assert "“9” is not one of the answers" in page and "has no number of its own" in page
    assert set(Answer.objects.values_list("item", "value")) == {
        ("policy", "strong"), ("research", "weak"), ("policy", "weak"),
    }  # fmt: skip
    assert not AnswerSheet.objects.exclude(anonymous=True, by=None, answered_on=None).exists()
    assert AnswersOfDay.objects.get().count == 2
    assert journal.verify().broken is None


def test_the_same_forms_sent_again_count_once(people: Cast) -> None:
    row, gita = opened(people), signed_in(people, "gita")
    send(gita, row)
    page = send(gita, row, FORMS + "u4,,medium,medium\n")
    assert "1 form was taken." in page and page.count("was taken before") == 2
    assert AnswerSheet.objects.count() == 3


def test_nothing_is_taken_once_the_link_is_closed_or_from_another_table(people: Cast) -> None:
    gita = signed_in(people, "gita")
    closed = opened(people, on=today() - timedelta(days=3))
    assert "Answers are taken while the link is open" in send(gita, closed)
    assert "asks nothing that this instrument asks" in send(gita, opened(people), "a,b\n1,2\n")
    assert not AnswerSheet.objects.exists()


def test_without_an_instrument_there_is_nothing_to_bring(people: Cast) -> None:
    row = workshop(people, instrument="")
    assert signed_in(people, "gita").get(f"/engagements/engagement/{row.ref}/forms/").status_code == 404
