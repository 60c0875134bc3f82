"""A workshop with a shared link, and people who answer it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client
from django.utils import timezone

from jwp.core.door import open_door
from jwp.instruments.loader import shelf
from jwp.instruments.rules import Profile
from jwp.plans.models import Plan, PriorityArea
from jwp.reviews.actions.engagement import add_engagement
from jwp.reviews.actions.finding import add_finding
from jwp.reviews.actions.link import open_link, token
from jwp.reviews.models import Engagement, Finding
from tests.cast import Cast

WEB = "web-of-institutionalisation@1996"


def today() -> date:
    """Pages take today from the clock, in the partnership's zone; so must what they show."""
    return timezone.localdate(timezone=ZoneInfo("Europe/Brussels"))


def web() -> Profile:
    instrument = shelf()[WEB]
    assert isinstance(instrument, Profile)
    return instrument


def signed_in(cast: Cast, name: str) -> Client:
    user, client = cast.people[name].user, Client()
    assert user is not None
    client.force_login(user)
    return client


def workshop(cast: Cast, on: date | None = None, **fields: Any) -> Engagement:
    gita = cast.actor("gita", on or today())
    given: dict[str, Any] = {"title": "Workshop with cities", "held_on": gita.today, "instrument": WEB}
    return add_engagement(gita, **given | fields)


def opened(cast: Cast, on: date | None = None, days: int = 0, min_group: int = 5) -> Engagement:
    """A workshop whose link takes answers from `on` (today), for so many days more."""
    gita, row = cast.actor("gita", on or today()), workshop(cast, on)
    closes = gita.today + timedelta(days=days)
    return open_link(gita, row.ref, None, opens=gita.today, closes=closes, min_group=min_group)


def address(engagement: Engagement) -> str:
    return f"/e/{token(engagement)}/"


def send(engagement: Engagement, value: str = "strong", **fields: str) -> Any:
    """One person, on their own telephone, rates every element alike."""
    given = {item.code: value for item in web().items}
    return Client().post(address(engagement), given | fields)


def finding(cast: Cast, plan: Plan, recommendations: int = 1, **fields: Any) -> Finding:
    with open_door(cast.actor("gita")):
        area: PriorityArea | None = plan.areas.first()
        return add_finding(
            cast.actor("gita"), plan=plan, text="Few staff were trained.", area=area,
            recommendations=[(f"Train {n} people.", None) for n in range(1, recommendations + 1)], **fields,
        )  # fmt: skip
