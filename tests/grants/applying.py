"""Builders for who applies: an open call, a letter with a link, a form filled in."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Letter
from jwp.grants.models import Call
from jwp.partners.models import Constituency, Membership, Organisation
from tests.cast import TODAY, cast
from tests.grants.scene import call, country

RITA = "rita@riverside.example"
PDF = b"%PDF-1.7\nwe stand behind it"


def open_call(**fields: Any) -> Call:
    """Open now, by the clock on the wall, for ten more days."""
    cast()
    now = timezone.now()
    days: dict[str, Any] = {"opens_at": now - timedelta(days=30), "closes_at": now + timedelta(days=10), "sponsors": 0}
    return call(**days | fields)


def member() -> Organisation:
    with open_door(system(TODAY)) as door:
        cities = door.add(Constituency(ref="cities", name="Cities"))
        found = Organisation.objects.get(ref="member")
        door.add(Membership(organisation=found, constituency=cities, starts=TODAY))
        return found


def ask(client: Client, row: Call, email: str = RITA) -> Any:
    return client.post(reverse("public_call", args=[row.ref]), {"email": email})


def link_of(email: str = RITA) -> str:
    letter = Letter.objects.filter(to=email).latest("pk")
    found = re.search(r"/a/[A-Za-z0-9_-]+/", letter.body)
    assert found
    return found.group()


def started(row: Call, client: Client | None = None) -> str:
    ask(client or Client(), row)
    return link_of()


def filled(**typed: str) -> dict[str, str]:
    country()
    return {
        "applicant": "Riverside Women’s Union", "contact_name": "Rita", "country": "kenya", "language": "en",
        "title": "Safe ways to the market", "summary": "We walk and map the ways.", "requested": "150,000.00",
        "gender_statement": "Women choose which ways are mapped.", "own_cash": "50 000", "once": "one",
    } | typed  # fmt: skip
