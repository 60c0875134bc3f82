"""Calls and criteria leave and come back in the workbook; what applicants have read stays there too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from jwp.desk.workbook import export
from jwp.grants.models import Call
from tests.cast import cast
from tests.desk.books import book, bring, check, faults
from tests.grants.scene import application, call, country, line

pytestmark = pytest.mark.django_db

HEAD = ["Title", "What it gives", "Business line", "What it is for", "Languages", "Currency", "Smallest grant",
        "Largest grant", "Eligible countries", "Opens", "Closes", "Time zone of the deadline"]  # fmt: skip


def test_a_call_with_its_criteria_is_brought_in() -> None:
    people = cast()
    country(), line()
    file = book(
        Calls=[HEAD, ["Know your city", "grants", "Catalytic Fund", "City data", "en; fr", "USD", 50000, 200000,
                      "Kenya", "2026-10-01 09:00", "2026-12-09 14:00", "Africa/Nairobi"]],
        Criteria=[["Call", "Criterion", "Points at most", "The gender criterion"],
                  ["Know your city", "The idea", 20, "no"], ["Know your city", "Women and men", 10, "yes"]],
    )  # fmt: skip
    bring(people.actor("gita"), file)
    made = Call.objects.get()
    assert (made.smallest, made.largest, made.languages) == (5_000_000, 20_000_000, ["en", "fr"])
    assert made.closes_at == datetime(2026, 12, 9, 11, tzinfo=UTC)
    assert [row.place.ref for row in made.countries.all()] == ["kenya"]
    assert [(row.name, row.gender) for row in made.criteria.all()] == [("The idea", False), ("Women and men", True)]


def test_what_leaves_comes_back_unchanged() -> None:
    people = cast()
    row = call(zone="America/Lima")
    application(row, state="submitted", submitted_at=datetime(2026, 9, 1, 12, 30, tzinfo=UTC))
    found = check(people.actor("gita"), export(people.actor("gita")))
    assert faults(people.actor("gita"), found) == []
    assert {fate: n for fate, n in found.counts.items() if n and fate != "unchanged"} == {}


def test_what_is_wrong_in_a_cell_is_said() -> None:
    people = cast()
    country(), line()
    rows: list[list[Any]] = [
        ["One", "grants", "Catalytic Fund", "x", "en", "USD", 1.005, "", "", "", "soon", "UTC"],
        ["Two", "run on another portal", "Catalytic Fund", "x", "en", "USD", "", "", "", "", "", "UTC"],
        ["Three", "grants", "Catalytic Fund", "x", "en", "USD", "", "", "", "", "2027-03-28 02:30", "Europe/Brussels"],
    ]
    rows.append(["Four", *rows[2][1:6], 5, 4, "", "2026-12-09 14:00", "2026-12-08 14:00", "UTC"])
    rows.append(["Five", *rows[0][1:6], "", "", "", "", "2026-12-08 14:00", "Mars/Base"])
    rows.append(["Six", *rows[0][1:5], "u$d", "", "", "", "", "", "UTC"])
    file = book(Calls=[HEAD, *rows])
    said = "\n".join(faults(people.actor("gita"), check(people.actor("gita"), file)))
    for words in (
        "more decimals than USD knows",
        "such as 2026-12-09 14:00",
        "Say where the call is run.",
        "skip this hour",
        "such as Africa/Nairobi",
        "three capitals",
    ):
        assert words in said, said


def test_the_rules_of_a_published_call_stay_and_its_deadline_moves_later() -> None:
    people = cast()
    row = call(zone="UTC")
    head = ["Reference", "Revision", "Sponsors required", "Closes"]
    worse = book(Calls=[head, [row.ref, row.revision, 0, "2026-09-30 14:00"]])
    assert "Applicants have read these rules" in "\n".join(
        faults(people.actor("gita"), check(people.actor("gita"), worse))
    )
    later = book(Calls=[head, [row.ref, row.revision, 1, "2026-10-30 14:00"]])
    bring(people.actor("gita"), later)
    row.refresh_from_db()
    assert row.closes_at == datetime(2026, 10, 30, 14, tzinfo=UTC)
    added = book(Criteria=[["Call", "Criterion", "Points at most"], [row.ref, "One more", 5]])
    assert "Applicants have read these rules" in "\n".join(
        faults(people.actor("gita"), check(people.actor("gita"), added))
    )


def test_applications_are_for_reading() -> None:
    people = cast()
    row = application(call(), state="submitted")
    file = book(Applications=[["Reference", "Revision", "Title"], [row.ref, row.revision, "Another title"]])
    said = "\n".join(faults(people.actor("amara"), check(people.actor("amara"), file)))
    assert "Applications come by the applicant’s link" in said
