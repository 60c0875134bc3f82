"""After it was sent: withdrawn, proposed in full, reported on; and what staff do for who applies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.grants.models import Application, Call
from jwp.partners.models import Person
from tests.cast import TODAY
from tests.grants.applying import PDF, filled, link_of, member, open_call, started
from tests.grants.scene import item

pytestmark = pytest.mark.django_db


def test_who_applied_withdraws_with_a_reason() -> None:
    row, client = open_call(), Client()
    link = started(row)
    client.post(link, filled(do="submit"))
    assert client.post(link + "withdraw/", {"reason": ""}).status_code == 409
    assert client.post(link + "withdraw/", {"reason": "We have other money"}).status_code == 302
    found = Application.objects.get()
    assert (found.state, found.decided_because) == ("withdrawn", "We have other money")
    assert "It is withdrawn." in client.get(link).content.decode()


def in_principle(row: Call, client: Client, days: int) -> str:
    link = started(row)
    client.post(link, filled(do="submit"))
    with open_door(system(TODAY)) as door:
        due = timezone.localdate() + timedelta(days=days)
        door.change(Application.objects.get(), state="in principle", proposal_due=due)
    return link


def test_the_full_proposal_is_sent_by_its_day() -> None:
    row, client = open_call(), Client()
    link = in_principle(row, client, 1)
    assert "The full proposal is due on" in client.get(link).content.decode()
    empty = client.post(link + "proposal/", {"proposal": "", "do": "submit"})
    assert (empty.status_code, "needs a full proposal" in empty.content.decode()) == (422, True)
    sent = {"proposal": "All of it", "do": "submit", "file": SimpleUploadedFile("all.pdf", PDF)}
    assert client.post(link + "proposal/", sent).status_code == 302
    found = Application.objects.get()
    assert (found.state, found.proposal, found.attachments.get().kind) == ("proposed", "All of it", "proposal")
    assert "All of it" in client.get(link).content.decode()  # who sent it reads it
    again = {"proposal": "All of it", "do": "submit", "file": SimpleUploadedFile("all.pdf", PDF)}
    assert client.post(link + "proposal/", again).status_code == 302
    assert found.attachments.count() == 1


def test_a_late_proposal_is_kept_and_not_sent_unless_staff_moved_its_day() -> None:
    row, client = open_call(), Client()
    link = in_principle(row, client, -1)
    answer = client.post(link + "proposal/", {"proposal": "All of it", "do": "submit"})
    assert answer.status_code == 422
    assert "The full proposal was due on" in answer.content.decode()
    found = Application.objects.get()
    assert (found.state, found.proposal) == ("in principle", "All of it")
    with open_door(system(TODAY)) as door:
        door.change(found, proposal_due=timezone.localdate())
    client.post(link + "proposal/", {"proposal": "All of it", "do": "submit"})
    assert Application.objects.get().state == "proposed"


def typed_by_staff(row: Call, **typed: Any) -> dict[str, Any]:
    here = timezone.now().astimezone(ZoneInfo(row.zone)) - timedelta(hours=2)
    return filled(received=here.strftime("%Y-%m-%dT%H:%M")) | typed


def as_olga() -> Client:
    client = Client()
    client.force_login(Person.objects.get(ref="olga").user)  # type: ignore[arg-type]
    return client


def test_staff_type_in_what_came_on_paper() -> None:
    row, organisation = open_call(sponsors=1, zone="Asia/Tokyo"), member()
    client, address = as_olga(), reverse("grants:type_in", args=[row.ref])
    sent = typed_by_staff(row)
    incomplete = client.post(address, sent)
    assert incomplete.status_code == 422
    assert "Still missing: a sponsor among the members." in incomplete.content.decode()
    assert not Application.objects.exists()
    letter = {"sponsor": organisation.ref, "sponsor_letter": SimpleUploadedFile("letter.pdf", PDF)}
    assert client.post(address, sent | letter).status_code == 302
    found = Application.objects.get()
    assert (found.state, found.contact_email, found.link_digest) == ("submitted", "", "")
    assert found.submitted_at is not None
    assert timedelta(hours=1, minutes=58) < timezone.now() - found.submitted_at < timedelta(hours=2, minutes=2)


def test_what_came_on_paper_counts_when_it_came() -> None:
    row = open_call(zone="Asia/Tokyo")
    client, address = as_olga(), reverse("grants:type_in", args=[row.ref])
    with open_door(system(TODAY)) as door:
        door.change(row, closes_at=timezone.now() - timedelta(hours=1))
    late = timezone.now().astimezone(ZoneInfo(row.zone)) - timedelta(minutes=30)
    refused = client.post(address, typed_by_staff(row, received=late.strftime("%Y-%m-%dT%H:%M")))
    assert "The call closed on" in refused.content.decode()
    ahead = timezone.now() + timedelta(days=2)
    refused = client.post(address, typed_by_staff(row, received=ahead.strftime("%Y-%m-%dT%H:%M")))
    assert "It cannot have come later than now." in refused.content.decode()
    assert client.post(address, typed_by_staff(row)).status_code == 302  # two hours ago it was open


def test_a_lost_link_is_replaced_and_the_old_one_leads_nowhere() -> None:
    row = open_call()
    old = started(row)
    found = Application.objects.get()
    assert as_olga().post(reverse("grants:replace_link", args=[found.ref])).status_code == 302
    new = link_of()
    assert new != old
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200


def test_the_link_shows_what_is_to_be_reported_once_it_is_signed() -> None:
    row, client = open_call(), Client()
    link = started(row)
    client.post(link, filled(do="submit"))
    found = Application.objects.get()
    item("grown", application=found, state="signed", signed_on=TODAY, kind="competitive grant")
    page = client.get(link).content.decode()
    assert "The agreement is signed." in page
    assert "Your reports" in page
