"""Funded items in the workbook: what may be brought in, and that what was exported changes nothing."""

from __future__ import annotations

import io

import pytest

from jwp.desk.workbook import export
from jwp.grants.actions.agreement import set_tranches
from jwp.grants.actions.conditions import add_condition
from jwp.grants.actions.statement import apply_statement
from jwp.grants.models import FundedItem, Investment
from tests.cast import TODAY, Cast, cast
from tests.desk.books import book, bring, check, faults
from tests.grants.funded import give, signed, statement
from tests.grants.scene import fund, item, line

pytestmark = pytest.mark.django_db
HEAD = ["Kind", "Title", "Business line", "Fund", "Agreement reference", "Amount", "Currency", "From", "Until"]


@pytest.fixture
def people() -> Cast:
    return cast()


def test_items_come_in_with_what_stands_under_them(people: Cast) -> None:
    line(), fund()
    file = book(
        Funded_items=[HEAD, ["event", "A market day", "Catalytic Fund", "Fund core", "E-1", "12500.50", "USD",
                             "2026-01-01", "2026-12-31"]],
        Objectives_and_activities=[["Funded item", "Number", "Objective or activity"],
                                   ["A market day", "1", "Bring them"], ["A market day", "1.1", "Ask them"]],
        Tranches=[["Funded item", "Number", "Amount", "Due"], ["A market day", 1, "12500.50", "2026-06-01"]],
    )  # fmt: skip
    bring(people.actor("gita"), file)
    made = FundedItem.objects.get()
    assert (made.kind, made.minor, made.state) == ("event", 1_250_050, "planned")
    assert [(part.number, part.within and part.within.number) for part in made.parts.all()] == [
        ("1", None),
        ("1.1", "1"),
    ]
    assert made.tranches.get().minor == 1_250_050


def test_what_is_signed_and_what_is_competitive_is_refused(people: Cast) -> None:
    row = signed(people)
    file = book(
        Funded_items=[["Reference", "Revision", *HEAD], [row.ref, row.revision, "direct grant", row.title,
                      "Catalytic Fund", "Fund core", row.agreement_ref, "1.00", "USD", "2026-01-01", "2027-06-30"],
                      [None, None, "competitive grant", "Another", "Catalytic Fund", "", "", "", "USD", "", ""]],
        Investments=[["Funded item", "Who invests", "Kind", "Date", "Amount", "Currency", "Link"],
                     [row.title, "The city", "public", "2026-03-01", "5.0051", "USD", "https://example.org/b"]],
    )  # fmt: skip
    said = faults(people.actor("gita"), check(people.actor("gita"), file))
    assert any("an amendment changes" in each for each in said)
    assert any("comes out of an application" in each for each in said)
    assert any("more decimals" in each for each in said)
    assert not Investment.objects.exists()


def test_what_was_exported_changes_nothing(people: Cast) -> None:
    olga = people.actor("olga")
    give()
    signed(people)
    item("planned")
    set_tranches(olga, "item-1", [{"minor": 500, "due": TODAY, "condition": "A map"}])
    add_condition(olga, "item-1", text="Publish it", owner=people.offices["operations"], due=TODAY)
    apply_statement(olga, statement("GSA-item-1;V1;payment;2026-03-15;5.00;USD", "X;V2;payment;2026-03-15;1.00;USD"))
    gita = people.actor("gita")
    found = check(gita, io.BytesIO(export(gita)))
    assert faults(gita, found) == []
    assert (found.counts["add"], found.counts["change"]) == (0, 0)
