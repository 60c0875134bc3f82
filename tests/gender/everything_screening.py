"""What the pages of screening can be about: an item that waits before the gate, and one that was signed for."""

from __future__ import annotations

from datetime import timedelta

from jwp.core.door import Door
from jwp.grants.models import FundedItem
from jwp.partners.models import Office
from jwp.plans.models import BusinessLine


def screened(door: Door) -> dict[str, tuple[str, ...]]:
    day = door.actor.today
    given = {
        "kind": "direct grant", "business_line": BusinessLine.objects.get(ref="line"), "minor": 100,
        "manager": Office.objects.get(ref="office-operations"),
        "starts": day - timedelta(days=9), "ends": day + timedelta(days=90),
    }  # fmt: skip
    door.add(FundedItem(ref="before-the-gate", title="Lights", agreement_ref="G-before", **given))
    door.add(FundedItem(ref="behind-the-gate", title="Ways", agreement_ref="G-behind", state="signed", **given))
    return {"item before the gate": ("before-the-gate",), "item behind the gate": ("behind-the-gate",)}
