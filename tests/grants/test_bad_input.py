"""What no form of ours sends: characters no database keeps, numbers beyond its range, titles beyond a subject's."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jwp.core.door import Refused, check
from jwp.core.models import Letter
from jwp.evidence.files import keep
from jwp.grants.actions.items import set_parts
from jwp.grants.actions.reports import schedule
from jwp.grants.actions.statement import apply_statement, check_statement
from jwp.grants.models import Application, FundedItem, ProgressReport, Transaction
from jwp.instruments.models import AnswerSheet
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import HEAD, signed, statement
from tests.grants.scene import application, call, item

pytestmark = pytest.mark.django_db

NUL = "No\0t this time."


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_character_no_database_keeps_is_refused_in_words(people: Cast, client: Client) -> None:
    row = application(call(), state="eligible")
    planned = item()
    people.sign_in(client, "amara")
    for name, of, sent in (
        ("grants:step_application", row.ref, {"verb": "reject", "reason": NUL}),
        ("grants:step_item", planned.ref, {"verb": "cancel", "reason": NUL}),
        ("grants:decide", row.call.ref, {"verb": "recommend", "ref": "app\0"}),
    ):
        answer = client.post(reverse(name, args=[of]), sent)
        assert answer.status_code in (302, 409), name
    assert Application.objects.get().state == "eligible"
    assert FundedItem.objects.get().state == "planned"


def test_a_statement_beyond_all_money_says_which_line(people: Cast) -> None:
    signed(people)
    olga = people.actor("olga")
    for line, why in (
        ("GSA-item-1;V1;Payment;2026-03-01;99999999999999999999999.00;USD", "99999999999999999999999.00"),
        ("GSA-item-1;V1;Payment;2026-03-01;9999999999999999999999999999999999999999999.00;USD", "9999"),
    ):
        kept = statement("GSA-item-1;V0;Payment;2026-03-01;5.00;USD", line)
        found = check_statement(kept, TODAY)
        assert [(fault.number, fault.why) for fault in found.faults] == [(3, "more than anybody has")], why
        with pytest.raises(Refused):
            apply_statement(olga, kept)
    assert not Transaction.objects.exists()


def test_a_statement_in_excels_unicode_or_with_a_stray_nul_is_read(people: Cast) -> None:
    signed(people)
    many = [f"GSA-item-1;V{n};Payment;2026-03-01;1.00;USD" for n in range(120)]  # past what an upload is judged by
    apply_statement(people.actor("olga"), statement(*many, "GSA-item-1;V-n\0ul;Payment;2026-03-02;10.00;USD"))
    assert Transaction.objects.filter(erp_ref="V-nul", item__isnull=False).exists()
    lines = f"{HEAD}\nGSA-item-1;W1;Payment;2026-03-03;7.00;USD\n".replace(";", "\t")
    apply_statement(people.actor("olga"), keep(SimpleUploadedFile("unicode.txt", lines.encode("utf-16"))))
    assert Transaction.objects.filter(erp_ref="W1").exists()


def test_more_people_than_a_column_holds(people: Cast, client: Client) -> None:
    row = signed(people, on=date(2026, 2, 2))
    schedule(people.actor("olga"), row.ref, every=6)
    report = ProgressReport.objects.order_by("due").first()
    assert report is not None
    people.sign_in(client, "olga")
    sent = {"done": "Much.", "women": "9" * 30, "men": "-1", "do": "submit", "once": "x"}
    answer = client.post(reverse("grants:progress", args=[report.ref]), sent)
    assert answer.status_code == 422
    report.refresh_from_db()
    assert (report.state, report.women) == ("draft", None)


def test_a_title_of_full_length_still_fits_the_letter_about_it(people: Cast) -> None:
    row = signed(people, title="T" * 250, agreement_ref="R" * 80, contact_email="works@city.example")
    assert Letter.objects.filter(to="works@city.example").exists()
    assert all(len(letter.subject) <= 300 for letter in Letter.objects.all())
    assert row.state == "signed"


def test_clocks_that_never_end_and_currencies_that_are_none(people: Cast) -> None:
    row = call()
    for name, said in (("comment_days", 10_000_000), ("proposal_months", 61), ("zone", "Mars/Base"), ("currency", "x")):
        with pytest.raises(Refused):
            check(row, **{name: said})
    check(row, comment_days=365, proposal_months=60, zone="UTC", currency="KWD")
    with pytest.raises(Refused, match="three capitals"):
        check(item(), currency="usd")


def test_a_link_longer_than_its_column_and_numbers_deeper_than_theirs(people: Cast, client: Client) -> None:
    row = item()
    people.sign_in(client, "olga")
    long = {"score": "0", "do-no-harm": "met", "do-no-harm.quote": "x", "do-no-harm.link": "https://e.org/" + "a" * 600}
    answer = client.post(reverse("gender:sign", args=[row.ref]), long)
    assert (answer.status_code, AnswerSheet.objects.count()) == (200, 0)
    assert "at most 500 characters" in answer.content.decode()
    deep = "\n".join(f"{'.'.join(['1'] * depth)} Within" for depth in range(1, 13))
    with pytest.raises(Refused, match="has no number of its own"):
        set_parts(people.actor("olga"), row.ref, deep)
    assert len(set_parts(people.actor("olga"), row.ref, "\n".join(deep.splitlines()[:10]))) == 10


def test_a_cell_without_an_end_loses_no_line_in_silence(people: Cast) -> None:
    signed(people)
    many = [f"GSA-item-1;W{n};Payment;2026-03-02;1.00;USD" for n in range(4000)]
    found = check_statement(
        statement("GSA-item-1;V1;Payment;2026-03-01;5.00;USD", 'GSA-item-1;"V2;Payment;', *many), TODAY
    )
    assert [(fault.number, fault.why) for fault in found.faults] == [(3, "too long")]
    assert found.faults[0].said.startswith('GSA-item-1;"V2')


def test_what_postgresql_cannot_look_for_is_answered_too(people: Cast, client: Client) -> None:
    people.sign_in(client, "amara")
    for page in ("evidence:sources", "evidence:events"):
        assert client.get(reverse(page), {"q": "a\0b"}).status_code in (200, 409)
    assert client.get(reverse("plans:new_contribution"), {"fund": "a\0b"}).status_code in (200, 409)
