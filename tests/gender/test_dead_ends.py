"""What once led a newcomer into a wall: letters that nobody sent, links that others may not follow."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.period import add_months
from jwp.plans.actions import plan as plans
from jwp.plans.models import Plan, Round
from tests.cast import Cast, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def open_round(people: Cast) -> Round:
    today = timezone.localdate()
    adopted = add_months(today - timedelta(days=5), -6)
    made = make_plan(starts=adopted, ends=adopted + timedelta(days=365 * 3))
    target(made, people.offices["operations"], "t1", indicator=indicator())
    plans.bring_in(people.actor("gita", today), made, people.board, adopted, "Decision 1")
    found: Round = Round.objects.get(month=6)
    return found


def test_letters_without_a_mail_server_say_where_they_wait(people: Cast, open_round: Round) -> None:
    client = Client()
    people.sign_in(client, "gita")
    answer = client.post(reverse("gender:bulk", args=[open_round.ref]), {"verb": "send all"}, follow=True)
    said = answer.content.decode()
    assert "They are not sent yet" in said
    assert f'<a href="{reverse("outbox")}">' in said
    assert "open on this computer only" in said


@pytest.mark.parametrize("name", ["olga", "fola", "gita"])
def test_every_link_in_the_plans_pages_opens(people: Cast, open_round: Round, name: str) -> None:
    client = Client()
    people.sign_in(client, name)
    followed = 0
    plan = reverse("gender:plan", args=[Plan.objects.get().ref])
    for start in (plan, plan + "results/", reverse("gender:target", args=["t1"])):
        page = client.get(start, follow=True).content.decode()
        for address in set(re.findall(r'<a[^>]* href="(/[^"?#]*)', page)):
            assert client.get(address, follow=True).status_code == 200, f"{address}, from {start}"
            followed += 1
    assert followed > 5
