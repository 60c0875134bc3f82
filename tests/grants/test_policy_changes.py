"""A gate's policy that changes after somebody screened: what was signed stays, and what is asked now can be given."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jwp.core.door import Refused
from jwp.grants.actions.gate import passage_for, set_policy
from jwp.grants.actions.screening import screen
from jwp.instruments.models import AnswerSheet
from tests.cast import TODAY, Cast, cast
from tests.everything import today
from tests.grants.scene import application, call, item
from tests.grants.screened import agree, agreed, answers, declare

pytestmark = pytest.mark.django_db

CRITERIA = ("gender-analysis", "do-no-harm")


@pytest.fixture
def people() -> Cast:
    return cast()


def test_another_instrument_shuts_the_gate_until_it_is_filled_in(people: Cast, client: Client) -> None:
    row = item()
    agreed(people, row.ref, "1")
    assert passage_for(row, "sign", today()).open
    set_policy(
        people.actor("amara", today()), stage="sign", instrument="contract-screening", kind="direct grant",
        starts=today(), reason="Short path for small grants.",
    )  # fmt: skip
    assert not passage_for(row, "sign", today()).open
    sent = {"score": "0"} | dict.fromkeys(CRITERIA, "met")
    sent |= {f"{code}.{part}": "https://example.org/p" for code in CRITERIA for part in ("quote", "link")}
    for name in ("olga", "gita"):
        people.sign_in(client, name)
        assert client.post(reverse("gender:sign", args=[row.ref]), sent).status_code == 302
    assert passage_for(row, "sign", today()).open
    pins = AnswerSheet.objects.filter(subject=row.ref).values_list("instrument", "stage")
    assert sum(pin.startswith("oecd-gender-marker@") for pin, _stage in pins) == 2  # what was agreed stays
    assert ("contract-screening@2026", "agreed") in set(pins)


def test_the_action_alone_takes_the_instrument_that_is_asked_today(people: Cast) -> None:
    row = item()
    agreed(people, row.ref, "1")
    set_policy(
        people.actor("amara"), stage="sign", instrument="event-screening", kind="direct grant", starts=TODAY,
        reason="By request.",
    )  # fmt: skip
    sheet = declare(people.actor("olga"), row.ref, "0", id_="event-screening")
    assert sheet.instrument.startswith("event-screening@")
    agree(people.actor("gita"), row.ref, "0", id_="event-screening")
    assert passage_for(row, "sign", TODAY).open


def test_a_third_reader_asked_for_afterwards_can_still_read(people: Cast, client: Client) -> None:
    row = item()
    declare(people.actor("olga"), row.ref)
    agree(people.actor("gita"), row.ref)
    set_policy(
        people.actor("amara", today()), stage="sign", instrument="oecd-gender-marker", readers=3, starts=today(),
        reason="As the audit asked.",
    )  # fmt: skip
    assert passage_for(row, "sign", today()).missing == ("another reader",)
    people.sign_in(client, "olga")
    assert "Sign as the second reader" not in client.get(reverse("gender:worksheet", args=[row.ref])).content.decode()
    people.sign_in(client, "tomas")
    assert "Sign as the second reader" in client.get(reverse("gender:worksheet", args=[row.ref])).content.decode()
    screen(people.actor("tomas"), row.ref, "reviewed", answers("1"))
    assert passage_for(row, "sign", today()).open
    with pytest.raises(Refused, match="different people"):
        screen(people.actor("gita"), row.ref, "reviewed", answers("1"))


def test_an_older_agreement_serves_once_the_application_is_an_item(people: Cast) -> None:
    row = application(call(), state="proposed")
    agreed(people, row.ref, "0")
    made = item(row.ref, kind="competitive grant", application=row)
    assert passage_for(made, "sign", TODAY).open
