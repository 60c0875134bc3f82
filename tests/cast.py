"""One small cast for every test, and builder functions that write through the door like everybody else.

Amara directs the secretariat. Gita leads the gender team; Tomas is in it too. Olga holds the Operations Unit and
reports for its targets; Nils is her supervisor. Berta sits on the Board. Fola is a member's focal point. Aldo audits.
Sam has a sign-in and no seat: a stranger inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.test import Client

from jwp.core.access import Actor, system
from jwp.core.door import open_door
from jwp.core.models import Partnership, User
from jwp.evidence.models import Approval
from jwp.indicators.models import Indicator
from jwp.partners.access import actor_for_person
from jwp.partners.models import Body, Office, Organisation, Person, Seat
from jwp.plans.models import Plan, PriorityArea, Target

TODAY = date(2026, 9, 20)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "correct horse battery"


@dataclass
class Cast:
    """People by first name, offices by what they are; `actor("gita")` is Gita acting today."""

    people: dict[str, Person]
    offices: dict[str, Office]
    board: Body
    secretariat: Body

    def actor(self, name: str, today: date = TODAY) -> Actor:
        return actor_for_person(self.people[name], today)

    def sign_in(self, client: Client, name: str) -> None:
        user = self.people[name].user
        assert user is not None
        client.force_login(user)


def seat(person: Person, body: Body, office: Office | None = None, **fields: Any) -> Seat:
    with open_door(system(TODAY)) as door:
        return door.add(Seat(person=person, body=body, office=office, starts=fields.pop("starts", LONG_AGO), **fields))


def person(name: str, *, user: bool = True, **fields: Any) -> Person:
    email = f"{name.lower()}@example.org"
    with open_door(system(TODAY)) as door:
        account = User.objects.create_user(email, PASSWORD) if user else None
        return door.add(Person(ref=name.lower(), name=name, email=email, user=account, **fields))


def cast() -> Cast:
    with open_door(system(TODAY)) as door:
        door.add(Partnership(ref="partnership", name="Partnership of the Tests", languages=["en", "fr", "es"]))
        member = door.add(Organisation(ref="member", name="A member"))
        secretariat = door.add(Body(ref="secretariat", name="Secretariat", kind="secretariat"))
        board = door.add(Body(ref="board", name="Management Board", kind="board", role="board", quorum=2))
        offices = {
            key: door.add(Office(ref=f"office-{key}", body=body, name=name, kind=kind, role=role))
            for key, body, name, kind, role in (
                ("director", secretariat, "Director", "post", "director"),
                ("gender", secretariat, "Gender Team", "unit", "gender team"),
                ("operations", secretariat, "Operations Unit", "unit", "staff"),
                ("head", secretariat, "Head of Programmes", "post", "staff"),
                ("admin", secretariat, "System administrator", "post", "administrator"),
                ("focal", board, "Focal point", "post", "focal point"),
                ("auditor", board, "Auditor", "post", "auditor"),
                ("chair", board, "Chair", "post", "chair"),
            )
        }
        door.change(offices["operations"], reports_to=offices["head"])
        door.change(offices["head"], reports_to=offices["director"])
        people = {
            name.lower(): person(name)
            for name in (
                "Amara",
                "Gita",
                "Tomas",
                "Olga",
                "Nils",
                "Berta",
                "Carl",
                "Fola",
                "Aldo",
                "Ida",
                "Sam",
            )
        }
        people["fola"].organisation = member
        people["fola"].save()
        for name, body, office in (
            ("amara", secretariat, "director"), ("gita", secretariat, "gender"), ("tomas", secretariat, "gender"),
            ("olga", secretariat, "operations"), ("nils", secretariat, "head"), ("ida", secretariat, "admin"),
        ):  # fmt: skip
            seat(people[name], body, offices[office])
        seat(people["berta"], board, None)
        seat(people["carl"], board, offices["chair"])
        # The focal point and the auditor hold posts of bodies that give no role of their own.
        members = door.add(Body(ref="members", name="Members", kind="assembly"))
        for key in ("focal", "auditor"):
            door.change(offices[key], body=members)
        seat(people["fola"], members, offices["focal"], organisation=member)
        seat(people["aldo"], members, offices["auditor"], ends=date(2027, 12, 31))
    return Cast(people, offices, board, secretariat)


def indicator(ref: str = "trained", **fields: Any) -> Indicator:
    given = {
        "name": "People trained",
        "unit": "people",
        "aggregation": "sum",
        "disaggregations": ["sex"],
    } | fields
    with open_door(system(TODAY)) as door:
        return door.add(Indicator(ref=ref, **given))


def plan(ref: str = "gap", **fields: Any) -> Plan:
    given: dict[str, Any] = {
        "title": "Gender Action Plan", "starts": date(2025, 3, 15), "ends": date(2027, 12, 31),
        "months": [6, 12, 18, 24],
    }  # fmt: skip
    with open_door(system(TODAY)) as door:
        plan = door.add(Plan(ref=ref, **given | fields))
        door.add(PriorityArea(ref=f"{ref}-capacity", plan=plan, name="Capacity"))
        return plan


def target(plan: Plan, holder: Office, ref: str = "t1", **fields: Any) -> Target:
    given: dict[str, Any] = {
        "text": "Train 100 people",
        "kind": "number",
        "value": Decimal(100),
        "number": ref,
    }
    with open_door(system(TODAY)) as door:
        return door.add(Target(ref=ref, plan=plan, area=plan.areas.first(), holder=holder, **given | fields))


def approval(body: Body, subject: str, on: date = date(2025, 3, 15)) -> Approval:
    with open_door(system(TODAY)) as door:
        return door.add(Approval(subject=subject, body=body, on=on, reference="Decision 1"))
