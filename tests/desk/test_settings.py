"""The administrator changes what the first-run guide asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core import journal
from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Letter, Partnership
from tests.cast import TODAY, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def signed_in(people: Cast, name: str) -> Client:
    client = Client()
    client.force_login(people.people[name].user)  # type: ignore[arg-type]
    return client


def typed(**more: str) -> dict[str, Any]:
    given: dict[str, Any] = {
        "revision": str(Partnership.objects.get().revision), "name": "A new name", "languages": ["fr"],
        "time_zone": "Africa/Nairobi", "mail_port": "465",
    }  # fmt: skip
    return given | more


def test_mail_is_set_up_and_tried_out(people: Cast) -> None:
    mail = {"mail_host": "mail.example.org", "mail_from": "jwp@example.org", "mail_password": "s3cret-word"}
    answer = signed_in(people, "ida").post(reverse("settings"), typed(**mail, test="1"))
    assert answer.status_code == 302
    here = Partnership.objects.get()
    assert (here.name, here.languages, here.mail_host) == ("A new name", ["fr"], "mail.example.org")
    assert Letter.objects.get().to == "ida@example.org"
    assert not any("s3cret-word" in str(entry.facts) for entry in journal.history("partnership"))


def test_a_password_left_empty_stays_and_is_never_shown(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(Partnership.objects.get(), mail_password="s3cret-word")
    client = signed_in(people, "ida")
    assert "s3cret-word" not in client.get(reverse("settings")).content.decode()
    client.post(reverse("settings"), typed())
    assert Partnership.objects.get().mail_password == "s3cret-word"


def test_two_at_once_the_second_is_told_and_loses_nothing(people: Cast) -> None:
    first = typed(name="First")
    signed_in(people, "ida").post(reverse("settings"), first)
    second = signed_in(people, "ida").post(reverse("settings"), first | {"name": "Second"})
    html = second.content.decode()
    assert second.status_code == 422 and "Somebody else changed this" in html and "Second" in html
    assert Partnership.objects.get().name == "First"


@pytest.mark.parametrize("name", ["gita", "amara", "berta", "sam"])
def test_nobody_else_knows_the_page(people: Cast, name: str) -> None:
    client = signed_in(people, name)
    assert client.get(reverse("settings")).status_code == 404
    assert client.post(reverse("settings"), typed()).status_code == 404
    assert Partnership.objects.get().name == "Partnership of the Tests"
