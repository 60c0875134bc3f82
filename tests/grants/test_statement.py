"""The host's ERP: every way it may write a line, every way it may differ, and sums that agree to the cent."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from jwp.core.door import Refused
from jwp.core.money import Money
from jwp.grants.actions.agreement import meet_tranche, set_tranches
from jwp.grants.actions.statement import apply_statement, check_statement, match, settle, type_transaction, unsettled
from jwp.grants.models import FundedItem, Statement, Transaction
from jwp.grants.money import ledger, ledgers
from jwp.grants.rules.statement import DAY_FIRST, amount, read
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import HEAD, rate, signed, statement
from tests.grants.scene import item

pytestmark = pytest.mark.django_db
LINE = "GSA-item-1;V{n};{kind};{on};{amount};{currency}"


@pytest.fixture
def people() -> Cast:
    return cast()


def said(n: int = 1, **fields: str) -> str:
    given = {"kind": "Payment", "on": "2026-03-15", "amount": "40,000.00", "currency": "USD"}
    return LINE.format(n=n, **given | fields)


def book(people: Cast, *lines: str, **options: Any) -> Statement:
    return apply_statement(people.actor("olga"), statement(*lines), **options)


def kinds(row: Statement) -> list[str]:
    return [each["kind"] for each in row.differences]


# How a file may write it.


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\nGSA-1;V1;Payment;2026-03-15;1234,50;USD",
        "\ufeffGRANT NO.,Voucher,Type,Posting Date,Amount,Curr\nGSA-1,V1,DISBURSEMENT,15/03/2026,\"1,234.50\",usd",
        "Été\n\nConvention\tPièce\tNature\tDate\tMontant\tDevise\nGSA-1\tV1\tpaiement\t15.03.2026\t1 234,50\tUSD",
        "Acuerdo;Comprobante;Tipo;Fecha;Importe;Moneda\n;;;;;\nGSA-1;V1;pago;15/03/2026;1.234,50;USD\nTotal;;;;1.234,50;",
        "Currency,Amount,Date,Kind,Reference,Agreement\nUSD,1234.50,03/15/2026,payment,V1,GSA-1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_one_payment_however_it_is_written(text: Any, encoding: Any) -> None:
    if encoding == "cp1252":
        text = text.removeprefix("\ufeff")
    found = read(text.encode(encoding))
    assert found.faults == []
    (line,) = found.lines
    assert (line.agreement, line.reference, line.kind) == ("GSA-1", "V1", "payment")
    assert (line.on, line.money) == (date(2026, 3, 15), Money(123450, "USD"))


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("GSA-1;V1;Payment;03/04/2026;1;USD", "day or month first"),
        ("GSA-1;V1;Payment;31/02/2026;1;USD", "no date"),
        ("GSA-1;V1;Payment;soon;1;USD", "no date"),
        ("GSA-1;V1;Payment;2026-03-15;1.234;KWD", "thousands or decimals"),
        ("GSA-1;V1;Payment;2026-03-15;1.2345;USD", "too many decimals"),
        ("GSA-1;V1;Payment;2026-03-15;1,23,456;USD", "no amount"),
        ("GSA-1;V1;Payment;2026-03-15;(12;USD", "no amount"),
        ("GSA-1;V1;Payment;2026-03-15;0.00;USD", "nothing paid"),
        ("GSA-1;V1;Payment;2026-03-15;1.5;XOF", "too many decimals"),
        ("GSA-1;V1;Salary;2026-03-15;1;USD", "neither payment nor commitment"),
        ("GSA-1;;Payment;2026-03-15;1;USD", "nothing there"),
        (";V1;Payment;2026-03-15;1;USD", "nothing there"),
        ("GSA-1;V1;Payment;2026-03-15;1;dollars", "no currency"),
    ],
)
def test_a_line_that_can_be_read_in_two_ways_or_none_is_refused(cells: Any, why: Any) -> None:
    found = read(f"{HEAD}\n{cells}\n".encode())
    assert [(fault.number, fault.why) for fault in found.faults] == [(2, why)]
    assert found.lines == []


def test_who_knows_says_which_way_round_days_stand() -> None:
    text = f"{HEAD}\nGSA-1;V1;Payment;03/04/2026;1;USD\n".encode()
    assert read(text, DAY_FIRST).lines[0].on == date(2026, 4, 3)
    # Another line of the file may show it.
    shown = text + b"GSA-1;V2;Payment;31/01/2026;1;USD\n"
    assert [line.on for line in read(shown).lines] == [date(2026, 4, 3), date(2026, 1, 31)]


def test_a_file_without_its_columns_says_which() -> None:
    found = read(b"Agreement;Date;Amount\nGSA-1;2026-03-15;1\n")
    assert {(fault.why, fault.said) for fault in found.faults} == {
        ("no such column", name) for name in ("reference", "kind", "currency")
    }
    assert read(f"{HEAD}\n".encode()).faults[0].why == "no lines"


@given(st.integers(-(10**12), 10**12).filter(bool), st.sampled_from(["USD", "KWD", "XOF"]), st.booleans())
def test_any_amount_is_read_back_as_it_was_written(minor: Any, currency: Any, comma: Any) -> None:
    written = str(Money(abs(minor), currency)).removeprefix(f"{currency} ")
    if currency == "KWD" and len(written) < 5:
        return
    if comma:
        written = written.replace(",", " ").replace(".", ",")
    if currency == "KWD" and "," in written and "." not in written and written.count(",") == 1:
        written = written.replace(",", ".")
    try:
        assert amount(f"({written})" if minor < 0 else written, currency) == minor
    except ValueError as refused:
        assert "thousands or decimals" in str(refused)  # never another amount


# What becomes of it.


def test_what_is_new_is_booked_and_the_same_file_again_changes_nothing(people: Cast) -> None:
    signed(people)
    lines = (said(1, kind="Commitment", amount="100,000.00"), said(2), said(3, amount="(500.00)"))
    row = book(people, *lines)
    assert (row.lines, row.differences, row.starts, row.ends) == (3, [], date(2026, 3, 15), date(2026, 3, 15))
    found = ledger(FundedItem.objects.get())
    assert (found.committed, found.paid, found.left) == (10_000_000, 3_950_000, 6_050_000)
    assert book(people, *lines) == row
    assert (Statement.objects.count(), Transaction.objects.count()) == (1, 3)


def test_a_longer_file_books_only_what_is_new(people: Cast) -> None:
    signed(people)
    book(people, said(1))
    row = book(people, said(1), said(2, amount="1.00"))
    assert row.transactions.count() == 1
    assert ledger(FundedItem.objects.get()).paid == 4_000_100


def test_every_difference_is_kept(people: Cast) -> None:
    signed(people)
    signed(people, "closed", on=date(2026, 2, 2))
    book(people, said(1), said(9, on="2026-03-01", amount="7.00"))
    row = book(
        people,
        said(1, amount="40,000.01"),  # other amount
        said(2), said(2),  # twice in the file
        "GSA-nobody;V3;Payment;2026-03-15;1.00;USD",  # no such agreement
        said(4, currency="EUR"),  # no rate
        said(5, on="2026-01-15"),  # before signature
        said(6, amount="30,000.00"),  # above the agreement, with the others
        said(7, kind="commitment", amount="1.00"),  # commitment differs
    )  # fmt: skip
    assert sorted(kinds(row)) == sorted(
        [
            "other amount", "twice in the file", "no such agreement", "no rate", "before signature",
            "above the agreement", "commitment differs", "not in the file",
        ]
    )  # fmt: skip
    assert Transaction.objects.filter(item=None).count() == 2
    above = next(each for each in row.differences if each["kind"] == "above the agreement")
    # V1 40,000.00, V9 7.00, V2 40,000.00, V5 40,000.00, V6 30,000.00; V1 keeps what was booked first.
    assert (above["ours"], above["theirs"]) == ([10_000_000, "USD"], [15_000_700, "USD"])
    assert next(each for each in row.differences if each["kind"] == "not in the file")["reference"] == "V9"


def test_a_difference_stays_until_somebody_says_how_it_was(people: Cast) -> None:
    signed(people)
    row = book(people, "GSA-nobody;V3;Payment;2026-03-15;1.00;USD")
    olga = people.actor("olga")
    assert unsettled(row) == 1
    with pytest.raises(Refused, match="Say how"):
        settle(olga, row.ref, 0, " ")
    with pytest.raises(Refused, match="Only the staff"):
        settle(people.actor("fola"), row.ref, 0, "A slip.")
    settled = settle(olga, row.ref, 0, "Of another programme; the ERP is put right.")
    assert unsettled(settled) == 0
    assert settled.differences[0]["settled_by"] == "olga"
    with pytest.raises(Refused, match="settled already"):
        settle(olga, row.ref, 0, "Once more")
    # A second file with the same line does not ask again.
    again = book(people, "GSA-nobody;V3;Payment;2026-03-15;1.00;USD", said(4))
    assert kinds(again) == []


def test_what_found_no_item_is_matched_by_a_click(people: Cast) -> None:
    row = book(people, said(3), "GSA-else;V4;Payment;2026-03-15;1.00;USD")
    assert Transaction.objects.filter(item=None).count() == 2
    signed(people)
    match(people.actor("olga"), Transaction.objects.get(erp_ref="V3").ref)
    with pytest.raises(Refused, match="No item has the reference GSA-else"):
        match(people.actor("olga"), Transaction.objects.get(erp_ref="V4").ref)
    match(people.actor("olga"), Transaction.objects.get(erp_ref="V4").ref, "item-1")
    row.refresh_from_db()
    assert unsettled(row) == 0
    assert ledger(FundedItem.objects.get()).paid == 4_000_100


def test_another_currency_is_converted_at_the_rate_of_its_day(people: Cast) -> None:
    signed(people)
    rate("EUR", "USD", date(2026, 3, 1), "1.1")
    rate("EUR", "USD", date(2026, 3, 16), "9")
    book(people, said(1, currency="EUR", amount="100.05"))
    row = Transaction.objects.get()
    assert (row.minor, row.currency, row.rate and row.rate.on) == (10_005, "EUR", date(2026, 3, 1))
    assert ledger(FundedItem.objects.get()).paid == 11_006  # 110.055, half to even


def test_a_typed_payment_is_taken_over_by_the_statement_that_has_it(people: Cast) -> None:
    signed(people)
    olga = people.actor("olga")
    given = {"kind": "payment", "on": date(2026, 3, 10), "minor": 4_000_000, "currency": "USD"}
    with pytest.raises(Refused, match="say why this one was typed"):
        type_transaction(olga, "item-1", **given)
    typed = type_transaction(olga, "item-1", **given, typed_because="The ERP is late.")
    with pytest.raises(Refused, match="typed already"):  # the same form sent twice
        type_transaction(olga, "item-1", **given, typed_because="The ERP is late.")
    row = book(people, said(1), starts=date(2026, 3, 1), ends=date(2026, 3, 31))
    assert row.differences == []
    typed.refresh_from_db()
    assert (typed.erp_ref, typed.on, typed.statement) == ("V1", date(2026, 3, 15), row)
    assert ledger(FundedItem.objects.get()).paid == 4_000_000


def test_a_payment_is_booked_on_its_tranche_and_says_if_the_condition_was_not_met(people: Cast) -> None:
    signed(people)
    olga = people.actor("olga")
    grid: list[Any] = [{"minor": 4_000_000, "due": date(2026, 3, 1), "condition": ""},
            {"minor": 4_000_000, "due": date(2026, 6, 1), "condition": "The map is published."}]  # fmt: skip
    first, second = set_tranches(olga, "item-1", grid)
    row = book(people, said(1), said(2, on="2026-06-02"))
    assert [t.tranche for t in Transaction.objects.order_by("on")] == [first, second]
    assert kinds(row) == ["condition not met"]
    meet_tranche(olga, second.ref, on=TODAY, how="It is on the site.")


def test_a_file_that_cannot_be_read_whole_is_not_applied(people: Cast) -> None:
    signed(people)
    with pytest.raises(Refused, match="1 line cannot be read"):
        book(people, said(1), said(2, on="soon"))
    with pytest.raises(Refused, match="1 line cannot be read"):
        book(people, said(1), starts=date(2026, 4, 1), ends=date(2026, 4, 30))
    ahead = (TODAY + timedelta(days=1)).isoformat()
    with pytest.raises(Refused, match="a day to come"):
        book(people, said(1, on=ahead))
    with pytest.raises(Refused, match="Only the staff"):
        apply_statement(people.actor("fola"), statement(said(1)))
    assert not Statement.objects.exists()


def test_checking_writes_nothing(people: Cast) -> None:
    signed(people)
    found = check_statement(statement(said(1)), TODAY)
    assert len(found.result.bookings) == 1
    assert not Transaction.objects.exists()


def test_a_thousand_lines_agree_with_sql_to_the_cent(people: Cast, django_assert_max_num_queries: Any) -> None:
    drawn, total = random.Random(7), 0
    for n in range(20):
        item(f"grant-{n}", state="signed", signed_on=date(2026, 1, 2), agreement_ref=f"GSA-{n}", minor=10**11)
    lines = []
    for n in range(1000):
        cents = drawn.randint(1, 10**7) * drawn.choice((1, 1, 1, -1))
        total += cents
        day = date(2026, 1, 5) + timedelta(days=drawn.randint(0, 200))
        text = str(Money(abs(cents), "USD")).removeprefix("USD ")
        lines.append(f"GSA-{n % 20};V{n};payment;{day};{'(' if cents < 0 else ''}{text}{')' if cents < 0 else ''};USD")
    kept, olga = statement(*lines), people.actor("olga")
    with django_assert_max_num_queries(60):
        row = apply_statement(olga, kept)
    assert (row.lines, row.differences) == (1000, [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*), SUM(minor) FROM grants_transaction WHERE statement_id = %s", [row.pk])
        assert tuple(map(int, cursor.fetchone())) == (1000, total)
    assert sum(each.paid for each in ledgers(FundedItem.objects.all()).values()) == total
    assert apply_statement(olga, kept) == row
    assert Transaction.objects.count() == 1000


def test_on_a_telephone_every_amount_of_the_money_page_says_what_it_is(people: Cast) -> None:
    signed(people)
    client = Client()
    people.sign_in(client, "olga")
    page = client.get(reverse("grants:money"), {"plan": "all"}).content.decode()
    for name in ("Budget", "Signed", "Left to sign", "Committed", "Paid"):
        assert f'data-label="{name}"' in page
