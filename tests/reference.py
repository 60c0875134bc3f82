"""Reads the reference set in examples/reference: public facts, each with its source, into the tables of the product.

It has nothing to do with the fictional example. What a row cannot hold, its source's address, goes into the reason of
its journal entry.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from jwp.core.access import ADMINISTRATOR, GENDER_TEAM, Actor
from jwp.core.door import Door, open_door
from jwp.core.models import Row
from jwp.core.money import Money
from jwp.evidence.actions import approve, keep_event
from jwp.evidence.models import Document, Source
from jwp.grants.models import Call, FundedItem, ItemPlace, Part
from jwp.indicators.actions import enter
from jwp.indicators.models import Indicator
from jwp.indicators.rules import Cell
from jwp.partners.models import Body, Constituency, Membership, Office, Organisation, Place
from jwp.plans.models import BusinessLine, StrategyPeriod, Theme

FOLDER = Path(__file__).parent.parent / "examples" / "reference"


class _OnceEach(yaml.SafeLoader):
    """A key given twice is a mistake, not a correction."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _value in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, f"a key is given twice in {keys}", node.start_mark)
        return super().construct_mapping(node, deep)


@cache
def facts(name: str) -> Any:
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), _OnceEach)


def source(key: str) -> dict[str, str]:
    found: dict[str, str] = facts("sources")[key]
    return found


def load(today: date) -> None:
    """Everything, in one opening of the door and so in one piece."""
    team = Actor(today, frozenset({ADMINISTRATOR, GENDER_TEAM}), ref="reference", name="Reference set", via="file")
    with open_door(team) as door:
        for key, row in facts("sources").items():
            door.add(Source(ref=key, title=row["title"], url=row["address"], page=row["says"][:100]))
        _members(door)
        _bodies(door)
        _strategies(door)
        _approval_chain(door)
        _events(team)
        _scorecards(door, team)
        _calls(door)
        _grants(door)


def _add(door: Door, row: Row, fact: dict[str, Any]) -> None:
    reason = source(fact["source"])["address"]
    if "ours" in fact:
        reason += f" (our reading: {fact['ours']})"
    door.add(row, reason=reason)


def _members(door: Door) -> None:
    told = facts("members")
    for order, fact in enumerate(told["constituencies"], start=1):
        _add(door, Constituency(ref=fact["ref"], name=fact["name"], order=order), fact)
    for fact in told["members"] + facts("events")["organisations"]:
        organisation = Organisation(ref=fact["ref"], name=fact["name"])
        _add(door, organisation, fact)
        if "constituency" in fact:
            # The list says who was a member in that year, not since when.
            year = told["year"]
            membership = Membership(
                organisation=organisation,
                constituency=Constituency.objects.get(ref=fact["constituency"]),
                kind=fact["kind"],
                starts=date(year, 1, 1),
                ends=date(year, 12, 31),
            )
            _add(door, membership, fact)


def _bodies(door: Door) -> None:
    told = facts("bodies")
    for fact in told["bodies"]:
        body = Body(ref=fact["ref"], name=fact["name"], kind=fact["kind"], seats_at_most=fact.get("seats_at_most"))
        _add(door, body, fact)
    for fact in told["offices"]:
        _add(door, Office(ref=fact["ref"], name=fact["name"], body=Body.objects.get(ref=fact["body"])), fact)


def _strategies(door: Door) -> None:
    told = facts("strategies")
    periods: dict[str, StrategyPeriod] = {}
    for fact in told["periods"]:
        periods[fact["ref"]] = StrategyPeriod(**{key: fact[key] for key in ("ref", "name", "starts", "ends")})
        _add(door, periods[fact["ref"]], fact)
    # Those of later periods stand first in the file: what one became must be there before it.
    for order, fact in enumerate(told["lines"]):
        line = BusinessLine(ref=fact["ref"], name=fact["name"], period=periods[fact["period"]], order=order)
        line.successor = BusinessLine.objects.get(ref=fact["became"]) if "became" in fact else None
        _add(door, line, fact)
    for fact in told["themes"]:
        theme = Theme(ref=fact["ref"], name=fact["name"], period=periods[fact["period"]])
        theme.successor = Theme.objects.get(ref=fact["became"]) if "became" in fact else None
        _add(door, theme, fact)


def _approval_chain(door: Door) -> None:
    told, before = facts("strategic-plan-2018-2021"), None
    for fact in told["versions"]:
        seen, approved = fact.get("reviewed", []), fact.get("approved")
        document = Document(
            title=told["title"],
            kind="strategy",
            version=fact["version"],
            dated=fact.get("dated") or seen[0]["day"],
            url=source(told["source"])["address"],
            prepared_by=told["prepared_by"],
            reviewed_by="; ".join(f"{one['by']} {one['day']}" for one in seen),
            supersedes=before,
        )
        _add(door, document, told)
        if approved:
            approve(door, Body.objects.get(ref=approved["body"]), document.ref, approved["day"], "title page", document)
        before = document


def _events(team: Actor) -> None:
    for fact in facts("events")["events"]:
        keep_event(
            team,
            None,
            [Organisation.objects.get(ref=ref) for ref in fact["organisers"]],
            ref=fact["ref"],
            title=fact["title"],
            starts=fact["starts"],
            place_text=fact["place"],
            source=Source.objects.get(ref=fact["source"]),
        )


def _scorecards(door: Door, team: Actor) -> None:
    told = facts("scorecards")
    for fact in told["indicators"]:
        given = {key: fact[key] for key in ("ref", "name", "unit", "counts", "aggregation")}
        splits = ["sex"] if fact["counts"] == "people" else []
        indicator = Indicator(**given, disaggregations=splits, source=Source.objects.get(ref=fact["source"]))
        _add(door, indicator, fact)
    for fact in told["figures"]:
        enter(
            team,
            fact["indicator"],
            [Cell(Decimal(fact["value"]))],
            starts=fact["starts"],
            ends=fact["ends"],
            source=source(fact["source"])["address"],
            estimated="published" in fact,
            why=f"published as “{fact['published']}”" if "published" in fact else "",
            contributor=fact.get("contributor", ""),
        )


def _calls(door: Door) -> None:
    """Calls of before this system: their rules and published numbers, no applications."""
    told = facts("calls")
    for fact in told["calls"]:
        numbers = {
            row["what"]: row.get("value", row.get("as")) for row in told["numbers"] if row["call"] == fact["ref"]
        }
        zone = fact.get("zone", "UTC")
        call = Call(
            ref=fact["ref"], title=fact["title"], state="closed", zone=zone,
            business_line=BusinessLine.objects.get(ref=fact["line"]), source=Source.objects.get(ref=fact["source"]),
            smallest=Money.of(fact["smallest"], "USD").minor, largest=Money.of(fact["largest"], "USD").minor,
            co_financing=fact.get("co_financing", "not asked"), paid_at_most=fact.get("paid_at_most"),
            countries_text=fact.get("countries", ""), sponsors=fact.get("sponsors", 0),
            no_objection=fact.get("no_objection", False), languages=fact.get("languages", []),
            gender_statement=fact.get("gender", ""), published_numbers=numbers,
            closes_at=_instant(fact["closes"], zone) if "closes" in fact else None,
        )  # fmt: skip
        for name in ("comment_days", "proposal_months"):
            setattr(call, name, fact.get(name, getattr(call, name)))
        _add(door, call, fact)


def _instant(clock: datetime, zone: str) -> datetime:
    return clock.replace(tzinfo=ZoneInfo(zone))


def _grants(door: Door) -> None:
    told = facts("calls")
    for fact in told["places"]:
        within = Place.objects.get(ref=fact["within"]) if "within" in fact else None
        place = Place(ref=fact["ref"], name=fact["name"], kind=fact["kind"], iso=fact.get("iso", ""), within=within)
        _add(door, place, fact)
    for fact in told["grants"]:
        line = BusinessLine.objects.get(ref=fact["line"])
        item = FundedItem(
            ref=fact["ref"], title=fact["title"], kind="competitive grant", business_line=line, state="signed"
        )
        _add(door, item, fact)
        for ref in fact["cities"]:
            ItemPlace(item=item, place=Place.objects.get(ref=ref)).save()
        for text in fact["objectives"]:
            _add(door, Part(item=item, text=text), fact)
