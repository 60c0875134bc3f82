"""Money where it is easily lost: an agreement over nothing, two typed payments alike, tranches above their amount."""

from __future__ import annotations

from datetime import date

import pytest

from jwp.core.door import Refused
from jwp.core.money import Money
from jwp.grants.actions.agreement import Instalment, amend, set_tranches, sign
from jwp.grants.actions.items import change_item
from jwp.grants.actions.statement import apply_statement, type_transaction
from jwp.grants.models import FundedItem
from jwp.grants.money import by_fund, held_on, in_fund
from jwp.grants.rules.reconcile import ABSENT
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import give, rate, signed, statement
from tests.grants.scene import fund, item
from tests.grants.screened import agreed

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_an_agreement_over_nothing_takes_what_it_is_raised_to_at_a_rate(people: Cast) -> None:
    give("1000")
    row = item(minor=0, currency="KWD")
    agreed(people, row.ref)
    amara = people.actor("amara")
    assert sign(amara, row.ref).rate is None
    with pytest.raises(Refused, match="KWD"):
        amend(amara, row.ref, kind="amount", value=100_000, on=TODAY, reason="Now funded.")
    rate("KWD", "USD", TODAY, "3.25")
    with pytest.raises(Refused, match="lacks"):  # KWD 400 are USD 1,300
        amend(amara, row.ref, kind="amount", value=400_000, on=TODAY, reason="Too much.")
    amend(amara, row.ref, kind="amount", value=100_000, on=TODAY, reason="Now funded.")
    row = FundedItem.objects.select_related("rate").get()
    assert Money(row.minor or 0, "KWD").amount == 100
    assert in_fund(row, row.minor or 0) == held_on(fund()) == 32_500
    assert [standing.signed for standing in by_fund().values()] == [32_500]


def test_each_typed_payment_that_the_erp_does_not_state_is_told(people: Cast) -> None:
    row = signed(people)
    olga = people.actor("olga")
    absent = []
    for day, minor in ((10, 500), (20, 500)):
        type_transaction(
            olga, row.ref, kind="payment", on=date(2026, 3, day), minor=minor, currency="USD",
            typed_because="The ERP was down.",
        )  # fmt: skip
        kept = statement(f"GSA-other;V{day};Payment;2026-03-{day};1.00;USD")
        found = apply_statement(olga, kept, starts=date(2026, 3, 1), ends=date(2026, 3, 31))
        absent.append(
            [
                each["on"]
                for each in found.differences
                if each["kind"] == ABSENT and each["agreement"] == row.agreement_ref
            ]
        )
    assert absent == [["2026-03-10"], ["2026-03-20"]]  # each once, and none hides another


def test_an_amount_below_its_tranches_is_refused_before_the_signature_too(people: Cast) -> None:
    row = item()
    olga = people.actor("olga")
    set_tranches(
        olga,
        row.ref,
        [Instalment(minor=6_000_000, due=TODAY, condition=""), Instalment(minor=4_000_000, due=TODAY, condition="")],
    )
    for less in (9_999_999, None):
        with pytest.raises(Refused, match="change them first"):
            change_item(olga, row.ref, None, minor=less)
    assert change_item(olga, row.ref, None, minor=10_000_001).minor == 10_000_001
