"""A funded item from its first line to closure: what each step needs, what an amendment changes, what stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from jwp.core.door import Refused
from jwp.core.journal import history
from jwp.core.models import Letter
from jwp.grants.actions import agreement, conditions, items
from jwp.grants.actions.investments import add_investment
from jwp.grants.actions.links import find_item, give_link
from jwp.grants.actions.reports import decide, write
from jwp.grants.actions.statement import type_transaction
from jwp.grants.models import FundedItem, ProgressReport
from jwp.plans.models import BusinessLine
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import give, rate, signed
from tests.grants.scene import fund, item, line
from tests.grants.screened import agreed

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 2, 2)


@pytest.fixture
def people() -> Cast:
    return cast()


def at(ref: str = "item-1") -> FundedItem:
    return FundedItem.objects.get(ref=ref)


def paid(people: Cast, minor: int, ref: str = "item-1", **fields: object) -> None:
    given = {"kind": "payment", "on": TODAY, "minor": minor, "currency": "USD", "typed_because": "The ERP is late."}
    type_transaction(people.actor("olga"), ref, **given | fields)


def reported(people: Cast, ref: str = "item-1") -> None:
    row = ProgressReport.objects.get(item__ref=ref, kind="completion")
    write(people.actor("olga"), row.ref, done="All lights stand.", women=12, men=9)
    decide(people.actor("nils"), row.ref, "accept")


def test_a_direct_item_is_added_and_a_competitive_one_is_not(people: Cast) -> None:
    given: dict[str, Any] = {"title": "A contract", "business_line": line(), "kind": "contract", "currency": "USD"}
    made = items.add_item(people.actor("olga"), **given)
    assert (made.state, made.kind) == ("planned", "contract")
    with pytest.raises(Refused, match="comes out of an application"):
        items.add_item(people.actor("olga"), **given | {"kind": "competitive grant"})
    with pytest.raises(Refused, match="Only the staff"):
        items.add_item(people.actor("fola"), **given)


def test_it_is_refused_with_everything_that_is_missing(people: Cast) -> None:
    item(agreement_ref="", minor=None, starts=None)
    with pytest.raises(Refused) as refused:
        agreement.sign(people.actor("amara"), "item-1")
    assert set(refused.value.reasons) == {"needs the gate", "needs an agreement reference", "needs an amount and dates"}
    with pytest.raises(Refused, match="only director may sign"):
        agreement.sign(people.actor("olga"), "item-1")


def test_the_refusal_says_how_much_the_fund_lacks(people: Cast) -> None:
    item()
    agreed(people, "item-1")
    give("60000")
    with pytest.raises(Refused, match="Fund core lacks USD\u00a040,000"):
        agreement.sign(people.actor("amara"), "item-1")
    give("40000")
    assert agreement.sign(people.actor("amara"), "item-1").state == "signed"


def test_what_is_signed_is_not_there_twice(people: Cast) -> None:
    give("150000")
    signed(people)
    item("second")
    agreed(people, "second")
    with pytest.raises(Refused, match="lacks USD\u00a050,000"):
        agreement.sign(people.actor("amara"), "second")
    agreement.end(people.actor("amara"), "item-1", "cancel", reason="The city withdrew.")
    assert agreement.sign(people.actor("amara"), "second").state == "signed"


def test_an_amount_in_another_currency_is_held_at_the_rate_of_its_signature(people: Cast) -> None:
    give("100000")
    item(currency="EUR")
    agreed(people, "item-1")
    with pytest.raises(Refused, match="no rate between EUR and USD"):
        agreement.sign(people.actor("amara"), "item-1")
    pinned = rate("EUR", "USD", TODAY - timedelta(days=3), "1.0")
    agreement.sign(people.actor("amara"), "item-1")
    assert at().rate == pinned
    assert at().minor == 10_000_000


def test_signing_lays_out_the_reports_and_tells_the_grantee(people: Cast) -> None:
    give()
    item(contact_email="works@eastleigh.example")
    agreed(people, "item-1", on=SIGNED)
    agreement.sign(people.actor("amara", SIGNED), "item-1", every=6)
    rows = sorted(ProgressReport.objects.values_list("due", "ends", "kind"))
    assert rows == [
        (date(2026, 7, 30), date(2026, 6, 30), "progress"), (date(2027, 1, 30), date(2026, 12, 31), "progress"),
        (date(2027, 7, 30), date(2027, 6, 30), "completion"), (date(2027, 7, 30), date(2027, 6, 30), "progress"),
    ]  # fmt: skip
    letter = Letter.objects.get(to="works@eastleigh.example")
    token = letter.body.split("/a/")[1].split("/")[0]
    assert find_item(token) == at()
    new = give_link(people.actor("olga"), "item-1")
    assert find_item(new) == at()
    assert find_item(token) is None


def test_after_signing_only_amendments_change_what_was_agreed(people: Cast) -> None:
    signed(people)
    olga = people.actor("olga")
    for fields in ({"minor": 1}, {"ends": date(2029, 1, 1)}, {"purpose": "Else"}, {"currency": "EUR"}):
        with pytest.raises(Refused, match="an amendment changes"):
            items.change_item(olga, "item-1", None, **fields)
    assert items.change_item(olga, "item-1", None, title="Lights").title == "Lights"


def test_amendments_keep_what_was_before(people: Cast) -> None:
    signed(people)
    amara = people.actor("amara")
    agreement.amend(amara, "item-1", kind="no-cost extension", value=date(2027, 12, 31), on=TODAY, reason="Floods.")
    row = agreement.amend(amara, "item-1", kind="amount", value=9_000_000, on=TODAY, reason="Cheaper lamps.")
    assert (row.number, row.before, row.after) == (2, {"minor": 10_000_000}, {"minor": 9_000_000})
    assert (at().minor, at().ends) == (9_000_000, date(2027, 12, 31))
    completion = ProgressReport.objects.get(kind="completion")
    assert (completion.ends, completion.due) == (date(2027, 12, 31), date(2028, 1, 30))
    assert [entry.verb for entry in history("item-1")][:2] == ["amend", "amend"]


def test_amendments_that_are_none_are_refused(people: Cast) -> None:
    signed(people)
    paid(people, 4_000_000)
    amara = people.actor("amara")
    given: dict[str, Any] = {"on": TODAY, "reason": "So it is."}
    for kind, value, why in (
        ("amount", 3_999_999, "more than that was paid already"),
        ("amount", 10_000_000, "nothing changes"),
        ("amount", 200_000_000, "lacks USD\u00a01,000,000.00"),
        ("no-cost extension", date(2026, 12, 31), "an extension ends later"),
    ):
        with pytest.raises(Refused, match=why):
            agreement.amend(amara, "item-1", kind=kind, value=value, **given)
    with pytest.raises(Refused, match="Only the Director"):
        agreement.amend(people.actor("olga"), "item-1", kind="scope", value="Else", **given)
    with pytest.raises(Refused, match="not on a day to come"):
        agreement.amend(amara, "item-1", kind="scope", value="Else", on=TODAY + timedelta(days=1), reason="So.")


def test_tranches_are_never_more_than_the_amount(people: Cast) -> None:
    signed(people)
    olga = people.actor("olga")
    grid: list[Any] = [
        {"minor": 6_000_000, "due": date(2026, 3, 1), "condition": ""},
        {"minor": 4_000_001, "due": date(2026, 9, 1), "condition": "The plan is agreed with the women."},
    ]
    with pytest.raises(Refused, match="01 above the amount, USD\u00a0100,000"):
        agreement.set_tranches(olga, "item-1", grid)
    grid[1]["minor"] = 4_000_000
    _first, second = agreement.set_tranches(olga, "item-1", grid)
    with pytest.raises(Refused, match="Say what shows it"):
        agreement.meet_tranche(olga, second.ref, on=TODAY, how=" ")
    agreement.meet_tranche(olga, second.ref, on=TODAY, how="Minutes of 3 June")
    with pytest.raises(Refused, match="Tranche 2 was paid or its condition met"):
        agreement.set_tranches(olga, "item-1", grid[:1])
    agreement.set_tranches(olga, "item-1", [grid[0] | {"minor": 5_000_000}, grid[1]])
    assert list(at().tranches.values_list("minor", flat=True)) == [5_000_000, 4_000_000]
    with pytest.raises(Refused, match="change them first"):
        agreement.amend(
            people.actor("amara"), "item-1", kind="amount", value=8_000_000, on=TODAY, reason="Cheaper."
        )  # fmt: skip


def test_it_closes_when_all_is_paid_or_released_and_nothing_is_owed(people: Cast) -> None:
    signed(people)
    paid(people, 7_000_000)
    reported(people)
    owed = conditions.add_condition(
        people.actor("olga"), "item-1", text="Publish the map", owner=people.offices["operations"], due=TODAY
    )
    assert agreement.complete(people.actor("olga"), "item-1").state == "completed"
    amara = people.actor("amara")
    with pytest.raises(Refused) as refused:
        agreement.close(amara, "item-1")
    assert refused.value.reasons == ("needs settled payments", "needs no condition open")
    agreement.amend(amara, "item-1", kind="amount", value=7_000_000, on=TODAY, reason="The rest is not needed.")
    conditions.meet_condition(people.actor("olga"), owed.ref, on=TODAY, how="Published on 1 September")
    closed = agreement.close(amara, "item-1")
    assert (closed.state, closed.closed_on) == ("closed", TODAY)
    with pytest.raises(Refused, match="stays as it was"):
        items.change_item(people.actor("olga"), "item-1", None, title="Else")


def test_a_completion_needs_an_accepted_report(people: Cast) -> None:
    signed(people)
    with pytest.raises(Refused, match="needs an accepted completion report"):
        agreement.complete(people.actor("olga"), "item-1")
    reported(people)
    assert agreement.complete(people.actor("olga"), "item-1").completed_on == TODAY


def test_parts_come_out_of_numbered_text(people: Cast) -> None:
    item()
    olga = people.actor("olga")
    items.set_parts(olga, "item-1", "1 Safe ways\n1.1 Map them\nby night\n1.2 Light them\n2 Safe markets")
    shown = [(p.number, p.text, p.within.number if p.within else "") for p in at().parts.select_related("within")]
    assert shown == [
        ("1", "Safe ways", ""), ("1.1", "Map them by night", "1"), ("1.2", "Light them", "1"),
        ("2", "Safe markets", ""),
    ]  # fmt: skip
    kept = at().parts.get(number="1.1").ref
    items.set_parts(olga, "item-1", "1 Safe ways\n1.1 Map them by day")
    assert list(at().parts.values_list("ref", "text"))[1] == (kept, "Map them by day")
    assert at().parts.count() == 2
    with pytest.raises(Refused, match=r"stands under no objective: 2\.1 Else"):
        items.set_parts(olga, "item-1", "1 Safe ways\n2.1 Else")


def test_investments_show_what_proves_them(people: Cast) -> None:
    item()
    given: dict[str, Any] = {"investor": "The city", "kind": "public", "on": TODAY, "minor": 5, "currency": "USD"}
    with pytest.raises(Refused, match="follow from what was signed"):
        add_investment(people.actor("olga"), "item-1", **given, url="https://example.org/budget")
    signed(people, "item-2")
    with pytest.raises(Refused, match="Give a document, a file or a link"):
        add_investment(people.actor("olga"), "item-2", **given)
    with pytest.raises(Refused, match="not on a day to come"):
        add_investment(
            people.actor("olga"), "item-2", **given | {"on": TODAY + timedelta(days=1)}, url="https://example.org/b"
        )
    assert add_investment(people.actor("olga"), "item-2", **given, url="https://example.org/budget").minor == 5
    with pytest.raises(Refused, match="recorded already"):  # the same form sent twice
        add_investment(people.actor("olga"), "item-2", **given, url="https://example.org/budget")


def test_every_line_of_business_has_its_short_path(people: Cast) -> None:
    """Any funded item is screened and signed, whatever its kind."""
    give()
    for kind, short in (
        ("event", "event-screening"),
        ("campaign", "event-screening"),
        ("contract", "contract-screening"),
    ):
        item(kind, kind=kind, business_line=line(f"line-{kind}", kind), minor=100)
        with pytest.raises(Refused, match="needs the gate"):
            agreement.sign(people.actor("amara"), kind)
        agreed(people, kind, "0", id_=short)
        assert agreement.sign(people.actor("amara"), kind).state == "signed"
    assert BusinessLine.objects.filter(items__state="signed").count() == 3


def test_a_fund_is_said_before_money_is_signed(people: Cast) -> None:
    item(fund=None)
    agreed(people, "item-1")
    with pytest.raises(Refused, match="Say from which fund"):
        agreement.sign(people.actor("amara"), "item-1")
    assert fund().items.count() == 0
