"""Values that no report brought go into the workbook and come out of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.core.journal import verify
from jwp.desk import imports
from jwp.desk.models import Import
from jwp.desk.workbook import export
from jwp.indicators.actions import record
from jwp.indicators.models import Observation, Reading
from jwp.indicators.rules import Cell
from tests.cast import Cast, cast, indicator

pytestmark = pytest.mark.django_db
HEADS = (
    "Indicator",
    "Contributor",
    "First day",
    "Last day",
    "Women",
    "Men",
    "Not stated",
    "Total",
    "Why no data, or how estimated",
)
FIRST, LAST = date(2025, 1, 1), date(2025, 6, 30)


@pytest.fixture
def people() -> Cast:
    return cast()


def check(actor: Actor, *rows: Sequence[Any]) -> Import:
    made = Workbook()
    made.remove(made.worksheets[0])
    sheet = made.create_sheet("Values")
    for row in (HEADS, *rows):
        sheet.append(list(row))
    stream = io.BytesIO()
    made.save(stream)
    return imports.check_book(actor, stream, "book.xlsx", len(stream.getvalue()))


def faults(actor: Actor, found: Import) -> list[str]:
    return [f"{h}: {why}" for verdict in imports.difference(actor, found) for h, why in verdict.faults]


def test_past_values_come_in_by_workbook_and_can_be_undone(people: Cast) -> None:
    gita = people.actor("gita")
    indicator("trained")
    indicator("share", name="Share", aggregation="ratio", unit="%")
    found = check(
        gita,
        ("trained", "office-operations", FIRST, LAST, 7, 5, None, None, None),
        ("share", "office-operations", FIRST, LAST, None, None, None, "3/4", None),
        ("trained", "office-head", FIRST, LAST, None, None, None, None, "the list was lost"),
    )
    assert faults(gita, found) == []
    imports.apply(gita, found.ref)
    cells = {
        (c.reading.indicator.ref, c.sex): c.value for c in Observation.objects.select_related("reading__indicator")
    }
    assert cells == {("trained", "f"): 7, ("trained", "m"): 5, ("trained", ""): 12, ("share", ""): 75}
    assert Reading.objects.get(contributor="office-head").status == "no data"
    imports.undo(gita, found.ref)
    assert not Reading.objects.exists() and not Observation.objects.exists()
    assert verify().broken is None


def test_every_fault_is_told_at_once(people: Cast) -> None:
    gita = people.actor("gita")
    indicator("trained")
    said = faults(
        gita,
        check(
            gita,
            ("trained", "a", FIRST, LAST, 7, 5, None, 20, None),
            ("trained", "b", FIRST, date(2024, 1, 1), 7, 5, None, None, None),
            ("trained", "c", FIRST, LAST, None, None, None, None, None),
            ("trained", "d", FIRST, LAST, 1, 1, None, None, None),
            ("trained", "d", date(2025, 3, 1), LAST, 1, 1, None, None, None),
        ),
    )
    assert len(said) == 4
    assert "the parts add up to 12 and the total is 20" in said[0]
    assert "not before its first" in said[1]
    assert "say why there is none" in said[2]
    assert "already has a value for this time" in said[3]


def test_exported_values_come_back_unchanged_and_are_corrected_elsewhere(people: Cast) -> None:
    gita = people.actor("gita")
    with open_door(gita) as door:
        record(
            door,
            indicator("trained"),
            [Cell(Decimal(7), "f"), Cell(Decimal(5), "m")],
            starts=FIRST,
            ends=date(2025, 7, 1),
        )
    made = export(gita)
    found = imports.check_book(gita, io.BytesIO(made), "book.xlsx", len(made))
    assert {verdict.fate.value for verdict in imports.difference(gita, found)} <= {"unchanged"}
    assert "with a reason" in faults(gita, check(gita, ("trained", "", FIRST, LAST, 8, 5, None, 13, None)))[0]
