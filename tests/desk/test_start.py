"""The first-run guide: whoever started the server sets it up, once, and is led on to their table."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core import journal
from jwp.core.models import Letter, Partnership, User
from jwp.desk import setup_code
from jwp.partners.access import actor_for
from jwp.partners.models import Body, Office, Person
from tests.cast import PASSWORD, cast

pytestmark = pytest.mark.django_db
START = "/start/"


@pytest.fixture
def code(settings: Any, tmp_path: Any) -> str:
    settings.DATA = tmp_path
    return setup_code.new_code()


def answers(code: str, **more: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "code": code, "name": "Partnership of the North", "languages": ["en", "fr"],
        "time_zone": "Africa/Nairobi", "mail_port": "587", "my_name": "Wanjiru",
        "my_email": "Wanjiru@example.org", "my_password": PASSWORD, "my_post": "team",
    }  # fmt: skip
    for n in range(1, 6):
        given |= {f"colleague{n}-name": "", f"colleague{n}-email": "", f"colleague{n}-post": "team"}
    return given | more


def colleague(n: int, name: str, post: str) -> dict[str, str]:
    given = {"name": name, "email": f"{name.lower()}@example.org", "post": post}
    return {f"colleague{n}-{key}": value for key, value in given.items()}


def roles(email: str) -> frozenset[str]:
    actor = actor_for(User.objects.get(email=email), timezone.localdate())
    assert actor is not None
    return actor.roles


def test_one_page_sets_up_the_partnership_and_leads_on_to_the_table(code: str) -> None:
    client = Client()
    page = client.get(START, {"code": code})
    assert page.status_code == 200 and len(page.content) < 50_000
    two = colleague(1, "Amara", "director") | colleague(2, "Berta", "board")
    done = client.post(START, answers(code, **two))
    assert done.status_code == 302 and done["Location"] == reverse("bring")
    here = Partnership.objects.get()
    assert (here.name, here.languages) == ("Partnership of the North", ["en", "fr"])
    assert here.time_zone == "Africa/Nairobi"
    assert roles("wanjiru@example.org") == {"gender team", "administrator"}
    assert client.get(reverse("desk")).status_code == 200  # signed in
    assert Body.objects.get(kind="board").role == "board"
    director = Office.objects.get(role="director")
    assert Office.objects.get(role="gender team").reports_to == director
    invited = Letter.objects.order_by("pk").values_list("to", flat=True)
    assert list(invited) == ["amara@example.org", "berta@example.org"]
    assert Person.objects.get(name="Amara").seats.get().office == director
    assert journal.verify().broken is None


def test_it_works_once(code: str) -> None:
    assert Client().post(START, answers(code)).status_code == 302
    assert Client().get(START, {"code": code}).status_code == 404
    assert Client().post(START, answers(code)).status_code == 404
    assert not setup_code.is_right(code)


def test_an_installation_with_a_partnership_has_no_guide(settings: Any, tmp_path: Any) -> None:
    settings.DATA = tmp_path
    cast()
    assert Client().get(START, {"code": setup_code.new_code()}).status_code == 404


def test_without_the_terminals_code_it_says_where_to_find_it(code: str) -> None:
    for wrong in ("", "guessed"):
        page = Client().get(START, {"code": wrong})
        assert page.status_code == 404 and b"printed when it started" in page.content
        assert Client().post(START, answers(wrong)).status_code == 404
    assert not Partnership.objects.exists()


def test_a_named_administrator_relieves_the_first_person(code: str) -> None:
    Client().post(START, answers(code, **colleague(1, "Ida", "administrator")))
    assert roles("wanjiru@example.org") == {"gender team"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"my_password": "12345678"}, "too common"),
        ({"name": ""}, "This field is required"),
        ({"mail_host": "mail.example.org"}, "Give the address letters are sent from"),
        ({"colleague1-name": "Amara"}, "Give both the name and the e-mail address"),
        (colleague(1, "Amara", "director") | {"my_post": "director"}, "Director has a holder"),
        (colleague(1, "Wanjiru", "staff"), "Somebody with this e-mail address is here already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_made(code: str, wrong: dict[str, str], said: str) -> None:
    page = Client().post(START, answers(code, **wrong))
    assert page.status_code == 422 and said in page.content.decode()
    assert "Wanjiru" in page.content.decode()  # what was typed is there
    assert not Partnership.objects.exists() and not Person.objects.exists() and not User.objects.exists()
    assert setup_code.is_right(code)


def test_mail_can_be_set_at_once(code: str) -> None:
    mail = {"mail_host": "mail.example.org", "mail_from": "jwp@example.org"}
    Client().post(START, answers(code, **mail, mail_password="not for the journal"))
    assert Partnership.objects.get().mail_from == "jwp@example.org"
    entries = [str(entry.facts) for entry in journal.history("partnership")]
    assert entries and not any("not for the journal" in said for said in entries)


def test_the_guide_speaks_french(code: str) -> None:
    page = Client().get(START, {"code": code, "language": "fr"})
    assert page["Content-Language"] == "fr"
