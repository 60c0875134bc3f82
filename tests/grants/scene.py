"""Builders for what we fund, through the door like everybody else. Panel: Petra (of another organisation)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.grants.models import Application, Call, Criterion, FundedItem, PanelMember, Programme
from jwp.partners.models import Person, Place
from jwp.plans.models import BusinessLine, Fund, StrategyPeriod
from tests.cast import TODAY


def line(ref: str = "catf", name: str = "Catalytic Fund") -> BusinessLine:
    with open_door(system(TODAY)) as door:
        period = StrategyPeriod.objects.filter(ref="sp").first() or door.add(
            StrategyPeriod(ref="sp", name="2024–2027", starts=date(2024, 1, 1), ends=date(2027, 12, 31))
        )
        found = BusinessLine.objects.filter(ref=ref).first()
        return found or door.add(BusinessLine(ref=ref, period=period, name=name))


def fund(ref: str = "core", **fields: Any) -> Fund:
    given: dict[str, Any] = {"name": f"Fund {ref}", "kind": "core", "currency": "USD", "starts": date(2024, 1, 1)}
    with open_door(system(TODAY)) as door:
        return Fund.objects.filter(ref=ref).first() or door.add(Fund(ref=ref, **given | fields))


def country(ref: str = "kenya", name: str = "Kenya", iso: str = "KE") -> Place:
    with open_door(system(TODAY)) as door:
        return Place.objects.filter(ref=ref).first() or door.add(Place(ref=ref, name=name, kind="country", iso=iso))


def programme(ref: str = "women-in-cities", **fields: Any) -> Programme:
    given: dict[str, Any] = {"name": "Women in cities", "kind": "joint", "starts": date(2025, 1, 1)}
    given["business_line"] = line()
    with open_door(system(TODAY)) as door:
        return door.add(Programme(ref=ref, **given | fields))


def call(ref: str = "call-1", **fields: Any) -> Call:
    """A published call that is open for ten more days, with two criteria."""
    closes = datetime(TODAY.year, TODAY.month, TODAY.day, 14, tzinfo=UTC) + timedelta(days=10)
    given: dict[str, Any] = {
        "title": "Know your city", "about": "City data by women and men.", "currency": "USD", "state": "published",
        "smallest": 5_000_000, "largest": 20_000_000, "languages": ["en", "fr", "es"], "sponsors": 1,
        "gender_statement": "All proposals show how gender is mainstreamed.",
        "opens_at": closes - timedelta(days=40), "closes_at": closes, "published_on": TODAY - timedelta(days=30),
    }  # fmt: skip
    with open_door(system(TODAY)) as door:
        made = door.add(Call(ref=ref, business_line=line(), fund=fund(), **given | fields))
        door.add(Criterion(ref=f"{ref}-idea", call=made, name="The idea", points=20))
        door.add(Criterion(ref=f"{ref}-gender", call=made, name="Women and men", points=10, gender=True, order=1))
        return made


def application(of: Call, ref: str = "app-1", **fields: Any) -> Application:
    given: dict[str, Any] = {
        "applicant": "Riverside Women’s Union", "contact_name": "Rita", "contact_email": "rita@riverside.example",
        "title": "Safe ways to the market", "summary": "We walk and map the ways to the market.",
        "gender_statement": "Women choose which ways are mapped.", "requested": 15_000_000, "own_cash": 5_000_000,
        "starts": date(2027, 1, 1), "ends": date(2028, 6, 30), "started_on": TODAY - timedelta(days=20),
    }  # fmt: skip
    with open_door(system(TODAY)) as door:
        return door.add(Application(ref=ref, call=of, **{"country": country()} | given | fields))


def item(ref: str = "item-1", **fields: Any) -> FundedItem:
    given: dict[str, Any] = {
        "kind": "direct grant", "title": "Street lights with the women of Eastleigh", "minor": 10_000_000,
        "currency": "USD", "starts": date(2026, 1, 1), "ends": date(2027, 6, 30), "agreement_ref": f"GSA-{ref}",
        "partner": "City works department",
    }  # fmt: skip
    with open_door(system(TODAY)) as door:
        return door.add(
            FundedItem(ref=ref, **{"business_line": line(), "fund": fund(), "country": country()} | given | fields)
        )


def on_panel(of: Call, member: Person) -> PanelMember:
    with open_door(system(TODAY)) as door:
        return door.add(PanelMember(ref=f"{of.ref}-{member.ref}", call=of, person=member))
