"""One grant from its call to its closure, as different people; axe reads every page.

The clock of the house is set forward between the steps: ten business days for the members, two months for the full
proposal, a year of work.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.grants.models import Application, Call, FundedItem
from jwp.partners.models import Constituency, Membership, Organisation
from tests.browser.people import Clock, Somebody, answer, signed_in
from tests.browser.walker import link_in_letter
from tests.cast import TODAY, Cast, cast, person, seat
from tests.grants.funded import HEAD, give
from tests.grants.scene import application, country, fund, line

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RITA = "rita@riverside.example"
PDF = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\nwe stand behind it"}
# What the proposal says, by the criterion that it shows.
SAID = {
    "gender-analysis": "41 women and 38 men walked the ways to the market and said where they turn back.",
    "do-no-harm": "No pole stands where it would light a shelter.",
    "informed-design": "The ways that women avoid are lit first.",
    "gender-objective-and-indicator": "By 2028 twice as many women walk home after dark.",
    "sex-disaggregated-data": "Women and men are counted apart, every month.",
    "monitor-and-report": "We report what changed for both.",
}
SUMMARY = "We walk and map the ways to the market."


@pytest.fixture
def site(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(settings, "BASE_URL", live_server.url)
    return str(live_server.url)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, at(2026, 9, 21))


@pytest.fixture
def people() -> Cast:
    """The cast; a fund that can pay; two members who are asked, of whom only Fola's speaks; Sam's own institute."""
    found = cast()
    country()
    line()
    give("500000", to=fund(name="Core fund"))
    with open_door(system(TODAY)) as door:
        cities = door.add(Constituency(ref="cities", name="Cities"))
        bank = door.add(Organisation(ref="bank", name="The silent bank"))
        institute = door.add(Organisation(ref="institute", name="Sam’s institute"))
        for member in (Organisation.objects.get(ref="member"), bank):
            door.add(Membership(organisation=member, constituency=cities, starts=date(2020, 1, 1)))
        door.change(found.people["sam"], organisation=institute)
        silent = person("Hana", user=False, organisation=bank)
    seat(silent, found.offices["focal"].body, found.offices["focal"], organisation=bank)
    return found


def at(year: int, month: int, day: int, hour: int = 9) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_from_the_call_to_the_closure(browser: Browser, site: str, people: Cast, clock: Clock) -> None:
    def comes(name: str, **options: bool) -> Somebody:
        return signed_in(browser, site, people, name, **options)

    # A call is written, published and read by a stranger.
    olga = comes("olga")
    olga.follow("Portfolio").follow("Calls").follow("New call")
    write_call(olga)
    olga.picture("01-call")
    olga.page.locator("select[name=person]").select_option(label="Sam")
    olga.press("Add to the panel").says("Sam’s institute")
    amara = comes("amara")
    amara.follow("Portfolio").follow("Calls").follow("Know your city").picture("02-call").press("Publish")
    amara.says("open")
    assert Call.objects.get().state == "published"

    clock.set(at(2026, 9, 22))
    token = apply(browser, site)

    clock.set(at(2026, 10, 6))
    row = Application.objects.get()
    olga = comes("olga")
    olga.takes_up("Check").follow(row.title).picture("04-submitted")
    olga.follow("Check eligibility").picture("05-check")
    olga.page.get_by_label("eligible", exact=True).check()
    olga.press("Write it down").says("10 business days left")

    # The panel and the members read it at the same time.
    application(Call.objects.get(), "own", title="Of Sam’s own house", applicant="Sam’s institute", state="eligible")
    sam = comes("sam")
    sam.takes_up("Score").picture("06-panel")
    assert sam.page.get_by_text("Of Sam’s own house").count() == 0
    sam.visit("/grants/panel/own/", status=404).visit("/grants/applications/own/", status=404)
    sam.visit("/grants/panel/").follow(row.title)
    sam.fill("The idea", "17").fill("Women and men", "9").fill("Comment", "The women of the market lead it.")
    sam.picture("07-score").press("Submit").says("Your review is submitted.")
    assert sam.clicks == 3  # from the desk to the review that is submitted
    fola = comes("fola", phone=True)
    fola.takes_up("Comment").picture("08-donors").says("10 business days left")
    fola.follow(row.title)
    fola.page.get_by_label("we have a concern").check()
    fola.page.get_by_role("textbox", name="Comment").fill("The city plans a tram there.")
    fola.picture("09-comment").press("Send").says("Thank you")
    assert fola.clicks == 3
    amara = comes("amara")
    amara.visit(f"/grants/applications/{row.ref}/").picture("10-eligible")
    expect(amara.page.get_by_role("button", name="Approve in principle")).to_be_disabled()
    amara.says("the end of donor comments")

    clock.set(at(2026, 10, 21))
    amara = comes("amara")
    amara.takes_up("Decide").follow(row.title).press("Approve in principle")
    amara.says("Done, and written down.").picture("11-in-principle")
    assert amara.clicks == 3
    row.refresh_from_db()
    assert (row.state, row.proposal_due) == ("in principle", date(2026, 12, 21))

    clock.set(at(2026, 11, 20))
    rita = Somebody(browser, site, "rita", phone=True)
    rita.visit(token).says("The full proposal is due on").picture("12-proposal")
    rita.fill("Full proposal", " ".join(SAID.values())).press("Send the full proposal")
    rita.says("We have the full proposal")
    olga = comes("olga")
    olga.takes_up("Appraise").follow(row.title).follow("Appraise").fill("Appraisal", "Sound, and cheap to keep up.")
    olga.picture("13-appraise").press("Appraised").picture("14-planned")
    olga.says("Before the Director can sign:")

    # The gate: proposed by one, agreed by another.
    item = FundedItem.objects.get()
    olga.follow("Fill in the agreement").fill("Agreement reference", "GSA-2026-01").press("Save")
    olga.follow("Screen it").says("The gate before the agreement is shut.")
    answer(olga, "1", SAID).press("Propose").says("It waits for somebody else now.").picture("15-proposed")
    gita = comes("gita")
    gita.takes_up("Agree").picture("16-screening").follow(item.title)
    gita.picture("17-worksheet").press("Agree", exact=True)
    expect(gita.page.locator("#messages")).to_contain_text("Agreed.")
    amara = comes("amara")
    amara.takes_up("Sign").picture("18-to-sign")
    amara.press("Sign the agreement").says("Signed.").picture("19-signed")
    assert FundedItem.objects.get().marker == "1"

    # A year of work.
    clock.set(at(2027, 7, 5))
    olga = comes("olga")
    olga.follow("Portfolio").follow("Funded items").picture("20-items").follow("Statements").picture("21-statements")
    upload(
        olga,
        "GSA-2026-01;V-1;Commitment;2027-01-05;150000.00;USD",
        "GSA-2026-01;V-2;Payment;2027-01-08;100000.00;USD",
        "GSA-2026-1O;V-3;Payment;2027-06-30;50000.00;USD",  # somebody typed it wrong
    )
    olga.says("No item has this agreement reference.").picture("22-check").press("Book it").says("Booked.")
    olga.picture("23-statement")
    olga.page.get_by_label("Item").first.fill("GSA-2026-01")
    olga.press("Match").says("All are settled.").picture("24-settled")
    rita = Somebody(browser, site, "rita", phone=True)
    rita.visit(token).picture("25-reports").follow("Progress")
    report(rita, "We walked 12 ways.", 41, 38).says("Thank you: the secretariat reads it.")
    olga.visit("/desk/").takes_up("Read").follow("Progress").picture("26-report").press("Accept")
    olga.says("Done, and written down.")

    clock.set(at(2028, 1, 10))
    rita = Somebody(browser, site, "rita")
    rita.visit(token).follow("Completion")
    report(rita, "Lights stand along six ways.", 410, 380).picture("27-completion")
    olga = comes("olga")
    olga.follow("Portfolio").follow("Funded items").follow(item.title).picture("28-reported")
    olga.follow("Completion").press("Accept").says("accepted")
    olga.follow("Record an investment")
    olga.choose("Kind", "public budget").fill("Who invests", "The city").fill("Amount", "80,000.00")
    olga.fill("Link", "https://city.example/budget-2028").picture("29-investment").press("Save").says("80,000.00")
    olga.press("Complete", exact=True).says("Done, and written down.")
    amara = comes("amara")
    amara.follow("Portfolio").picture("30-portfolio").follow(item.title).press("Close", exact=True)
    amara.says("Done, and written down.").picture("31-closed")
    assert FundedItem.objects.get().state == "closed"
    Somebody(browser, site, "rita").visit(token).says("It is closed. Thank you.")


def write_call(olga: Somebody) -> None:
    page = olga.page
    olga.fill("Title", "Know your city").choose("Business line", "Catalytic Fund (2024–2027)")
    olga.choose("Fund", "Core fund").choose("Task manager", "Operations Unit")
    olga.fill("What it is for", "City data by women and men.")
    olga.fill("What it asks on gender", "Say how women and men decide and gain.")
    olga.page.get_by_label("English").check()
    olga.fill("Currency", "USD").fill("Smallest grant", "50,000").fill("Largest grant", "200,000")
    olga.fill("Sponsors required", "1").fill("Opens", "2026-09-21T06:00").fill("Closes", "2026-10-05T12:00")
    olga.choose("Time zone of both", "Africa/Nairobi").fill("Panel reviews due", "2026-10-19")
    for number, (name, points) in enumerate((("The idea", "20"), ("Women and men", "10"))):
        page.locator(f"[name=form-{number}-name]").fill(name)
        page.locator(f"[name=form-{number}-points]").fill(points)
    page.locator("[name=form-1-gender]").check()
    olga.picture("00-new-call").press("Save", exact=True)


def apply(browser: Browser, site: str) -> str:
    """Rita, on a telephone: from the public page to an application that is sent. Returns the path of her link."""
    rita = Somebody(browser, site, "rita", phone=True)
    rita.visit("/calls/").follow("Know your city").picture("03-public-call")
    rita.fill("Your e-mail address", RITA).press("Send me my link").says("Look into your mail.")
    token = link_in_letter(RITA, "/a/")
    rita.visit(token)
    for label, text in (
        ("Organisation that applies", "Riverside Women’s Union"), ("Whom we may ask", "Rita"),
        ("Title", "Safe ways to the market"), ("What you want to do", SUMMARY), ("Amount requested", "150,000"),
        ("How it serves women and men", "Women choose which ways are mapped."), ("Co-financing in cash", "0"),
        ("From", "2027-01-01"), ("Until", "2027-12-31"),
    ):  # fmt: skip
        rita.fill(label, text, exact=True)
    rita.choose("Country", "Kenya")
    expect(rita.page.locator(".kept")).to_contain_text("Saved")
    assert Application.objects.get().draft["title"] == "Safe ways to the market"
    rita.press("Send the application").says("Still missing: a sponsor among the members.")
    rita.choose("Member", "A member")
    rita.page.get_by_label("Letter").first.set_input_files(PDF)  # type: ignore[arg-type]
    rita.picture("03-draft").press("Send the application").says("Received on").picture("03-sent")
    return token


def upload(who: Somebody, *lines: str) -> None:
    content = "\n".join([HEAD, *lines, ""]).encode()
    sent: Any = {"name": "erp.csv", "mimeType": "text/csv", "buffer": content}
    who.page.locator("input[type=file]").set_input_files(sent)
    who.press("Check it")


def report(rita: Somebody, done: str, women: int, men: int) -> Somebody:
    rita.fill("What was done", done).fill("Women", str(women), exact=True).fill("Men", str(men), exact=True)
    return rita.picture("report").press("Send the report")
