"""The pages of funded items, their money and their reports, as the people of the cast see and use them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Letter
from jwp.grants.actions.agreement import amend, end
from jwp.grants.actions.conditions import add_condition
from jwp.grants.actions.links import give_link
from jwp.grants.actions.reports import write
from jwp.grants.actions.statement import apply_statement
from jwp.grants.models import Condition, FundedItem, Investment, ProgressReport, Statement, Transaction
from jwp.grants.money import by_fund
from jwp.partners.models import Place, token_digest
from jwp.plans.models import BudgetLine, Plan
from tests.cast import TODAY, Cast, cast
from tests.grants.funded import HEAD, give, rate, signed, statement
from tests.grants.scene import application, call, country, fund, item, line
from tests.grants.screened import agreed, declare

pytestmark = pytest.mark.django_db
PAYMENT = "GSA-item-1;V{n};payment;2026-03-15;{amount};USD"


@pytest.fixture
def people() -> Cast:
    return cast()


def visit(people: Cast, name: str, page: str, *args: str, **query: str) -> str:
    client = Client()
    people.sign_in(client, name)
    response = client.get(reverse(f"grants:{page}", args=args), query)
    assert response.status_code == 200, (page, response.status_code)
    return response.content.decode() if not response.streaming else b"".join(response).decode()


def send(people: Cast, name: str, page: str, *args: str, **data: Any) -> Any:
    client = Client()
    people.sign_in(client, name)
    return client.post(reverse(f"grants:{page}", args=args), data)


def at(ref: str = "item-1") -> FundedItem:
    return FundedItem.objects.get(ref=ref)


def test_each_kind_asks_only_what_it_needs(people: Cast) -> None:
    line(), fund()
    contract, grant = (visit(people, "olga", "new_item", kind) for kind in ("contract", "direct-grant"))
    assert 'name="country"' in grant
    assert 'name="country"' not in contract
    assert 'name="event"' not in contract
    sent = {"title": "A map of ways", "business_line": "catf", "currency": "usd", "amount": "12,500.50", "fund": "core",
            "starts": "2026-01-01", "ends": "2026-12-31", "agreement_ref": "C-7"}  # fmt: skip
    assert send(people, "olga", "new_item", "contract", **sent).status_code == 302
    made = FundedItem.objects.get()
    assert (made.kind, made.minor, made.currency) == ("contract", 1_250_050, "USD")
    page = visit(people, "olga", "item", made.ref)
    assert "USD\u00a012,500.50" in page
    assert send(people, "olga", "new_item", "competitive-grant", **sent).status_code == 404


def test_the_page_says_what_stands_in_the_way_of_a_signature(people: Cast) -> None:
    item()
    page = visit(people, "amara", "item", "item-1")
    assert "the gate: an agreed screening; a gender analysis" in page
    assert "Fund core lacks USD\u00a0100,000.00 for this." in page
    assert "do no harm, shown by a quote and a link" in page
    give()
    agreed(people, "item-1")
    assert "It cannot be signed yet" not in visit(people, "amara", "item", "item-1")
    assert send(people, "amara", "sign_item", "item-1", every="6").status_code == 302
    assert at().state == "signed"
    assert at().reports.count() == 4
    assert send(people, "olga", "sign_item", "item-1").status_code == 404


def test_what_is_due_next_stands_on_top(people: Cast) -> None:
    signed(people)
    due = date(2026, 5, 1)  # long ago, by the clock of pages
    add_condition(people.actor("olga", date(2026, 4, 1)), "item-1", text="Name a focal point",
                  owner=people.offices["operations"], due=due)  # fmt: skip
    top = visit(people, "olga", "item", "item-1").split("Due next")[1].split("</ul>")[0]
    assert top.index("Name a focal point") < top.index("late") < top.index("End of the agreement")
    assert "Due next" not in visit(people, "fola", "item", "item-1")


def test_a_country_is_chosen_among_countries(people: Cast) -> None:
    line()
    with open_door(system(TODAY)) as door:
        door.add(Place(ref="mtoni", name="Mtoni", kind="city", within=country()))
    form = visit(people, "olga", "new_item", "campaign")  # its form asks for no cities
    assert "Kenya" in form
    assert "Mtoni" not in form


def test_a_step_that_is_refused_says_why_and_loses_nothing(people: Cast) -> None:
    signed(people)
    refused = send(people, "amara", "step_item", "item-1", verb="complete", reason="All done")
    assert refused.status_code == 409
    assert "only staff may complete" in refused.content.decode()
    assert send(people, "amara", "step_item", "item-1", verb="cancel", reason="Floods").status_code == 302
    assert at().decided_because == "Floods"
    assert "Floods" in visit(people, "aldo", "item", "item-1")


def test_an_amendment_shows_before_and_after(people: Cast) -> None:
    signed(people)
    sent = {"amount": "90,000", "on": TODAY.isoformat(), "reason": "Cheaper lamps."}
    # The clock of pages is today, the agreement's is the cast's: both lie after the signature.
    assert send(people, "amara", "amend", "item-1", "amount", **sent).status_code == 302
    page = visit(people, "olga", "item", "item-1")
    assert "USD\u00a0100,000.00" in page
    assert "USD\u00a090,000.00" in page
    assert "Cheaper lamps." in page
    again = send(people, "amara", "amend", "item-1", "amount", **sent)
    assert "nothing changes" in again.content.decode()
    assert send(people, "olga", "amend", "item-1", "amount", **sent).status_code == 404


def test_the_grid_of_tranches(people: Cast) -> None:
    signed(people)
    sent = {"form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0", "form-0-amount": "60 000", "form-0-due": "2026-03-01",
            "form-1-amount": "50,000.00", "form-1-due": "2026-09-01", "form-1-condition": "A map"}  # fmt: skip
    refused = send(people, "olga", "tranches", "item-1", **sent)
    assert refused.status_code == 422
    assert "USD\u00a010,000.00 above the amount" in refused.content.decode()
    assert 'value="60 000"' in refused.content.decode()
    assert send(people, "olga", "tranches", "item-1", **sent | {"form-1-amount": "40,000"}).status_code == 302
    second = at().tranches.get(number=2)
    assert send(people, "olga", "tranche", second.ref, on=TODAY.isoformat(), how="It is on the site").status_code == 302
    assert "It is on the site" in visit(people, "olga", "item", "item-1")
    lone = send(people, "olga", "tranches", "item-1", **sent | {"form-2-condition": "Else"})
    assert "Fill this in too" in lone.content.decode()


def test_parts_conditions_and_investments(people: Cast) -> None:
    item()
    text = "1 Safe ways\n1.1 Map them"
    assert send(people, "olga", "parts", "item-1", text=text).status_code == 302
    assert "1.1 Map them" in visit(people, "olga", "item", "item-1")
    assert "stands under no objective" in send(people, "olga", "parts", "item-1", text="x").content.decode()
    sent = {"text": "Name a focal point", "owner": "office-operations", "due": "2027-06-01"}
    assert send(people, "gita", "new_condition", "item-1", **sent).status_code == 302
    owed = Condition.objects.get()
    assert send(people, "sam", "condition", owed.ref, on=TODAY.isoformat(), how="Named").status_code == 404
    assert send(people, "olga", "condition", owed.ref, on=TODAY.isoformat(), how="Named").status_code == 302
    assert "Named" in visit(people, "berta", "item", "item-1")
    signed(people, "item-2")
    pdf = SimpleUploadedFile("budget.pdf", b"%PDF-1.7\nbudget")
    money = {"investor": "The city", "kind": "public", "on": TODAY.isoformat(), "amount": "1,000.00", "currency": "eur"}
    bare = send(people, "olga", "new_investment", "item-2", **money)
    assert "Give a document, a file or a link" in bare.content.decode()
    assert send(people, "olga", "new_investment", "item-2", **money, upload=pdf).status_code == 302
    page = visit(people, "berta", "item", "item-2")
    assert "EUR\u00a01,000.00" in page
    assert "budget.pdf" in page
    # Whoever may read the item may fetch what shows it.
    client = Client()
    for name in ("berta", "fola"):
        people.sign_in(client, name)
        shown = Investment.objects.get().file
        assert shown is not None
        address = reverse("evidence:file", args=[shown.sha256])
        assert b"".join(client.get(address)) == b"%PDF-1.7\nbudget", name


def test_focal_points_see_what_is_signed_and_only_accepted_reports(people: Cast) -> None:
    item("planned")
    signed(people)
    end(people.actor("amara"), "planned", "cancel", reason="A secret reason")
    page = visit(people, "fola", "items")
    assert "GSA" not in page
    assert "Street lights" in page
    shown = visit(people, "fola", "item", "item-1")
    assert "History" not in shown
    assert "Not reported." in shown
    client = Client()
    people.sign_in(client, "fola")
    assert client.get(reverse("grants:item", args=["planned"])).status_code == 404
    assert client.get(reverse("grants:progress", args=[ProgressReport.objects.get().ref])).status_code == 404


def test_a_grantee_reports_through_its_link(people: Cast) -> None:
    signed(people)
    token, row, client = give_link(people.actor("olga"), "item-1"), ProgressReport.objects.get(), Client()
    home = client.get(reverse("grants_link", args=[token]))
    assert "Your reports" in home.content.decode()
    address = reverse("grants_link_report", args=[token, row.ref])
    form = client.get(address)
    once = form.content.decode().split('name="once" value="')[1].split('"')[0]
    sent = {"done": "أضواء في السوق", "women": "12", "men": "9", "do": "submit", "once": once, "revision": "1"}
    half = client.post(address, {"done": "Half", "do": "submit", "once": once, "revision": "1"})
    assert half.status_code == 422
    assert "how many women and how many men" in half.content.decode()
    assert "Half" in half.content.decode()
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302  # the same form twice
    assert "أضواء في السوق" in client.get(address).content.decode()
    row.refresh_from_db()
    assert (row.state, row.submitted_by, row.women) == ("submitted", "applicant", 12)
    signed(people, "other")
    foreign = ProgressReport.objects.get(item__ref="other")
    assert client.get(reverse("grants_link_report", args=[token, foreign.ref])).status_code == 404
    assert client.get(reverse("grants_link_report", args=["x" * 32, row.ref])).status_code == 404


def test_who_applied_reports_through_the_link_of_the_application(people: Cast) -> None:
    applied = application(call(), "app-7", state="appraised", link_digest=token_digest("applied-with"))
    signed(people, "app-7", application=applied)
    assert give_link_refused(people, "app-7") == "Who applied keeps the link of the application."
    letter = Letter.objects.get(key__startswith="item:app-7")
    assert letter.to == applied.contact_email
    assert "through the personal link with which you applied" in letter.body
    client, row = Client(), ProgressReport.objects.get()
    home = client.get(reverse("grants_link", args=["applied-with"])).content.decode()
    address = reverse("grants_link_report", args=["applied-with", row.ref])
    assert address in home
    sent = {"done": "All lights stand", "women": "1", "men": "1", "do": "submit", "revision": "1", "once": "a"}
    assert client.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.submitted_by) == ("submitted", "applicant")


def give_link_refused(people: Cast, ref: str) -> str:
    with pytest.raises(Refused) as refused:
        give_link(people.actor("olga"), ref)
    return str(refused.value)


def test_staff_read_accept_and_return_reports(people: Cast) -> None:
    signed(people)
    row = ProgressReport.objects.get()
    sent = {"done": "Ten lights", "women": "0", "men": "3", "do": "submit", "revision": "1", "once": "a"}
    assert send(people, "olga", "progress", row.ref, **sent).status_code == 302
    assert "needs somebody else" in visit(people, "olga", "progress", row.ref)
    back = send(people, "nils", "step_progress", row.ref, verb="return", reason="Which?", revision="2")
    assert back.status_code == 302
    assert "Which?" in visit(people, "olga", "progress", row.ref)
    late = visit(people, "olga", "reports", late="on")
    assert "No report matches." in late or "late" in late


def test_a_statement_is_checked_then_booked(people: Cast) -> None:
    signed(people)
    upload = SimpleUploadedFile("erp.csv", f"{HEAD}\n{PAYMENT.format(n=1, amount='40.000,00')}\n".encode())
    checked = send(people, "olga", "check_statement", file=upload)
    page = checked.content.decode()
    assert checked.status_code == 200
    assert "USD\u00a040,000.00" in page
    assert not Statement.objects.exists()
    sent = page.split('name="sent" value="')[1].split('"')[0]
    booked = send(people, "olga", "apply_statement", sent=sent, do="apply", starts="", ends="", dates="")
    assert booked.status_code == 302
    assert Transaction.objects.get().minor == 4_000_000
    assert send(people, "olga", "apply_statement", sent="x" + sent, do="apply").status_code == 302
    assert (
        send(people, "olga", "apply_statement", sent=sent, do="apply", starts="", ends="", dates="").status_code == 302
    )
    assert Transaction.objects.count() == 1
    assert "USD\u00a060,000.00" in visit(people, "olga", "item", "item-1")
    assert send(people, "berta", "check_statement").status_code == 404


def test_what_the_file_does_not_show_is_asked(people: Cast) -> None:
    signed(people)
    text = f"{HEAD}\nGSA-item-1;V1;payment;03/04/2026;1.00;USD\n"
    page = send(people, "olga", "check_statement", file=SimpleUploadedFile("erp.csv", text.encode())).content.decode()
    assert "may be two days" in page
    sent = page.split('name="sent" value="')[1].split('"')[0]
    again = send(people, "olga", "apply_statement", sent=sent, do="check", dates="day first").content.decode()
    assert "3 Apr 2026" in again
    send(people, "olga", "apply_statement", sent=sent, do="apply", dates="day first")
    assert Transaction.objects.get().on == date(2026, 4, 3)


def test_bad_files_get_clear_answers(people: Cast) -> None:
    for name, content, why in (
        ("erp.xlsx", b"PK\x03\x04 no workbook", "is not what its name says"),
        ("erp.exe", b"MZ", "this kind of file cannot be"),
        ("erp.csv", b"\x00\x01", "is not what its name says"),
        ("erp.csv", b"Colour;Size\nred;5\n", "No column is headed"),
    ):
        got = send(people, "olga", "check_statement", file=SimpleUploadedFile(name, content))
        assert got.status_code == 422, name
        assert why in got.content.decode()


def test_differences_are_settled_on_their_page(people: Cast) -> None:
    row = apply_statement(people.actor("olga"), statement(PAYMENT.format(n=1, amount="5.00")))
    assert "1 is not settled." in visit(people, "berta", "statement", row.ref)
    empty = send(people, "olga", "statement", row.ref, number="0", note="")
    assert empty.status_code == 422
    assert send(people, "berta", "statement", row.ref, number="0", note="x").status_code in (404, 409, 422)
    signed(people)
    assert send(people, "olga", "match", row.transactions.get().ref, item="").status_code == 302
    page = visit(people, "olga", "statement", row.ref)
    assert "All are settled." in page
    assert "matched with item-1" in page


def test_money_by_business_line_and_fund_agrees_with_the_rows(people: Cast) -> None:
    give("1000000")
    eur = fund("eur", currency="EUR")
    give("1000000", "EUR", to=eur)
    rate("EUR", "USD", date(2026, 2, 1), "1.25")
    signed(people)
    signed(people, "in-eur", fund=eur, currency="EUR", minor=5_000_000)
    signed(people, "across", fund=eur, currency="USD", minor=125_000)
    lines = (
        PAYMENT.format(n=1, amount="40,000.00"), "GSA-in-eur;V2;payment;2026-02-15;1.01;EUR",
        "GSA-across;V3;payment;2026-02-15;1.25;USD", "GSA-across;V4;commitment;2026-02-15;1,250.00;USD",
    )  # fmt: skip
    apply_statement(people.actor("olga"), statement(*lines))
    with open_door(system(TODAY)) as door:
        plan = door.add(
            Plan(ref="wp", title="Work plan 2026", kind="work", starts=date(2026, 1, 1), ends=date(2026, 12, 31),
                 period=line().period)
        )  # fmt: skip
        door.add(BudgetLine(ref="b", plan=plan, business_line=line(), fund=fund(), minor=9_000_000))
    found = {fund: standing for (_line, fund), standing in by_fund(plan).items()}
    usd, euros = found[fund().pk], found[eur.pk]
    assert (usd.budget, usd.signed, usd.left, usd.paid) == (9_000_000, 10_000_000, -1_000_000, 4_000_000)
    # USD 1,250.00 at 1.25 is EUR 1,000.00; USD 1.25 is EUR 1.00.
    assert (euros.budget, euros.signed, euros.committed, euros.paid) == (None, 5_100_000, 100_000, 201)
    page = visit(people, "berta", "money", plan="wp")
    assert "above the budget" in page
    assert "EUR\u00a02.01" in page
    told = visit(people, "berta", "money", plan="wp", export="csv")
    assert "Catalytic Fund,Fund eur,EUR,,51000.00,,1000.00,2.01" in told


def test_lists_cost_the_same_whatever_they_show(people: Cast) -> None:
    client = Client()
    people.sign_in(client, "olga")
    counts = []
    for more in (2, 30):
        for n in range(more):
            item(f"row-{more}-{n}", state="signed", signed_on=date(2026, 1, 2))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("grants:items")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 22, counts
    told = visit(people, "olga", "items", export="csv", kind="direct grant")
    assert told.count("GSA-row-") == 32


def test_an_item_costs_the_same_whatever_it_holds(people: Cast) -> None:
    signed(people)
    client, counts = Client(), []
    people.sign_in(client, "amara")
    for n in range(2):
        for k in range(1 + 10 * n):
            add_condition(
                people.actor("olga"), "item-1", text=f"C{n}{k}", owner=people.offices["operations"], due=TODAY
            )
            amend(people.actor("amara"), "item-1", kind="scope", value=f"{n}{k}", on=TODAY, reason="So.")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("grants:item", args=["item-1"])).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts


def test_a_report_written_by_staff_is_kept_half_done(people: Cast) -> None:
    signed(people)
    row = ProgressReport.objects.get()
    assert write(people.actor("olga"), row.ref, submit=False, done="Half").state == "draft"
    assert "Half" in visit(people, "nils", "progress", row.ref)


def test_an_item_says_how_far_its_screening_is(people: Cast) -> None:
    for ref, kind in (("untouched", "event"), ("waiting", "direct grant"), ("walk", "event")):
        item(ref, kind=kind)
    declare(people.actor("olga"), "waiting")
    agreed(people, "walk", "1", id_="event-screening")
    with open_door(people.actor("amara")) as door:
        door.change(FundedItem.objects.get(ref="walk"), state="signed", signed_on=TODAY)
    for ref, word in (("untouched", "not screened"), ("waiting", "to be agreed"), ("walk", "Screened and agreed.")):
        text = visit(people, "olga", "item", ref)
        assert word in text.split('id="screening"')[1].split("</section>")[0], ref
