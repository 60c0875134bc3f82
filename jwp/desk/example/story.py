"""The days of the example's story, all counted from the day it is loaded; who acts on them, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.core.access import Actor, system
from jwp.core.models import Row
from jwp.core.period import add_months
from jwp.evidence.files import Kept, keep
from jwp.partners.access import actor_for_person
from jwp.partners.models import Office, Person
from jwp.plans.models import Plan, Round, Target

PLAN, LAST_PLAN = "gap-2", "gap-1"  # the plan that runs, and the one before it
TOLD = Path(__file__).parent / "told"

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Story:
    """`today` is the day of loading. The third round fell due 24 days before: open, its grace just over."""

    today: date

    @cached_property
    def m18(self) -> date:
        return self.ago(24)

    @cached_property
    def adopted(self) -> date:
        """Nineteen months and a half ago; the third round was later moved by three weeks."""
        return add_months(self.ago(45), -18)

    @cached_property
    def m6(self) -> date:
        return add_months(self.adopted, 6)

    @cached_property
    def m12(self) -> date:
        return add_months(self.adopted, 12)

    @cached_property
    def begun(self) -> date:
        """The day the partnership began to keep its work here; what is older is told from papers."""
        return add_months(self.adopted, -10)

    @cached_property
    def copied(self) -> date:
        """The day the new plan was begun as a copy of the last."""
        return add_months(self.adopted, -4) + timedelta(days=33)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def actor(self, ref: str, day: date, via: str = "sign-in") -> Actor:
        """This person with the roles they had on that day, acting on it."""
        return actor_for_person(Person.objects.get(ref=ref), day, via)

    def founder(self) -> Actor:
        """Whoever set the system up, before anybody had a seat."""
        return system(self.begun)


def told(name: str) -> Any:
    """What the example says, in YAML. Every value is the text it was typed as."""
    return yaml.load((TOLD / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def got(model: type[R], ref: str) -> R:
    found: R = model.objects.get(ref=ref)  # type: ignore[assignment]
    return found


def office(ref: str) -> Office:
    return got(Office, ref)


def plan() -> Plan:
    return got(Plan, PLAN)


def target(number: str, plan: str = PLAN) -> Target:
    """A target by the number it has in its plan."""
    found: Target = Target.objects.select_related("holder").get(plan__ref=plan, number=number)
    return found


def round_(month: int, plan: str = PLAN) -> Round:
    return got(Round, f"{plan}-m{month}")


def paper(name: str, text: str) -> Kept:
    """A small file, as somebody would upload it."""
    return keep(SimpleUploadedFile(name, f"Fictional example.\n\n{text}\n".encode(), "text/plain"))
