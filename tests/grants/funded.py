"""Builders of agreements and their money, through the same actions: Olga prepares, Gita agrees, Amara signs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.money import Money
from jwp.evidence.files import Kept, keep
from jwp.grants.actions.agreement import sign
from jwp.grants.models import FundedItem
from jwp.partners.models import Organisation
from jwp.plans.models import Contribution, Fund, Rate
from tests.cast import TODAY, Cast
from tests.grants.scene import fund, item
from tests.grants.screened import agreed

HEAD = "Agreement reference;Transaction reference;Kind;Date;Amount;Currency"


def give(amount: str = "1000000", currency: str = "USD", to: Fund | None = None) -> Contribution:
    """A member's contribution."""
    with open_door(system(TODAY)) as door:
        return door.add(
            Contribution(
                fund=to or fund(), organisation=Organisation.objects.get(ref="member"), agreed_on=date(2026, 1, 10),
                minor=Money.of(amount, currency).minor, currency=currency,
            )
        )  # fmt: skip


def rate(currency: str, to: str, on: date, value: str) -> Rate:
    with open_door(system(TODAY)) as door:
        return door.add(Rate(currency=currency, to=to, on=on, rate=value, source="UN operational rates"))


def signed(people: Cast, ref: str = "item-1", *, on: date = date(2026, 2, 2), **fields: Any) -> FundedItem:
    """Screened, agreed and signed on that day, out of a fund that can bear it."""
    item(ref, **fields)
    if not Contribution.objects.exists():
        give()
    agreed(people, ref, on=on)
    return sign(people.actor("amara", on), ref)


def statement(*lines: str, head: str = HEAD, name: str = "erp.csv") -> Kept:
    return keep(SimpleUploadedFile(name, "\n".join([head, *lines, ""]).encode()))
