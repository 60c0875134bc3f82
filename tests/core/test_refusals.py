"""A refusal is a page that says why, and shows what was typed; never a secret, never a way off the site."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from jwp.core.door import Refused
from jwp.core.middleware import RefusalMiddleware
from tests.cast import cast

pytestmark = pytest.mark.django_db


def refused(**meta: Any) -> str:
    typed = {"text": "what I wrote", "password": "hunter2", "mail_password": "hunter3"}
    request: HttpRequest = RequestFactory().post("/desk/", typed, **meta)
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, Refused("because"))  # type: ignore[arg-type,return-value]
    assert answer is not None
    return answer.content.decode()


def test_what_was_typed_is_shown_and_no_password() -> None:
    said = refused()
    assert "what I wrote" in said
    assert "hunter" not in said


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "javascript:alert(1)", "//evil.example/"])
def test_the_way_back_stays_on_this_site(elsewhere: str) -> None:
    assert elsewhere not in refused(HTTP_REFERER=elsewhere)
    assert 'href="http://testserver/plan/"' in refused(HTTP_REFERER="http://testserver/plan/")


def test_no_shared_cache_keeps_a_page_of_somebody() -> None:
    people = cast()
    client = Client()
    people.sign_in(client, "gita")
    assert "private" in client.get(reverse("desk"))["Cache-Control"]
