"""Workbooks made by hand, and brought in as people do."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from jwp.core.access import Actor
from jwp.desk import imports
from jwp.desk.models import Import
from jwp.plans.actions import report
from jwp.plans.actions.plan import bring_in
from jwp.plans.models import Plan, Round
from tests.cast import Cast, indicator, plan, target


def book(**sheets: Sequence[Sequence[Any]]) -> io.BytesIO:
    """A workbook with these rows, the first of each sheet its headings."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    return saved(made)


def saved(made: Workbook) -> io.BytesIO:
    stream = io.BytesIO()
    made.save(stream)
    return stream


def check(actor: Actor, file: io.BytesIO | bytes, name: str = "book.xlsx") -> Import:
    stream = io.BytesIO(file) if isinstance(file, bytes) else file
    return imports.check_book(actor, stream, name, len(stream.getvalue()))


def faults(actor: Actor, found: Import) -> list[str]:
    """Every fault as "sheet, row, column: what to write instead"."""
    said = []
    for verdict in imports.difference(actor, found):
        said += [f"{verdict.where}, {heading}: {why}" for heading, why in verdict.faults]
    return said


def bring(actor: Actor, file: io.BytesIO) -> Import:
    found = check(actor, file)
    assert not faults(actor, found)
    return imports.apply(actor, found.ref)


def a_life(people: Cast) -> Plan:
    """An adopted plan with a report of every kind, so that an export has something in most sheets."""
    gita, olga = people.actor("gita"), people.actor("olga")
    made = plan()
    trained = target(made, people.offices["operations"], "t1", indicator=indicator())
    target(
        made,
        people.offices["operations"],
        "t2",
        kind="milestone",
        value=None,
        text="=Adopt\r\nguidelines ",
        due=date(2026, 9, 1),
    )
    bring_in(gita, made, people.board, date(2025, 3, 15), "Decision 7", first_round=3)
    third = Round.objects.get(plan=made, number=3)
    report.submit(olga, third.ref, trained.ref, {"women": "7", "men": "5"})
    return made
