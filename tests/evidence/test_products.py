"""Products are offered, downloaded and used: counts without people, uses that somebody stands behind."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jwp.core.access import system
from jwp.core.door import Refused, Stale, open_door
from jwp.core.models import Entry
from jwp.evidence import actions
from jwp.evidence.files import keep
from jwp.evidence.models import Document, Product, ProductDownloads, ProductUse
from jwp.evidence.rules import TOLD_A_DAY
from jwp.evidence.tables import by_month
from jwp.partners.models import Organisation, Person
from tests.cast import TODAY, Cast, cast
from tests.desk.books import book, bring, check, faults

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\nchecklist"
TOLD = {"organisation_name": "City of Lagoon", "used_on": "2026-01-05", "how": "We put it beside our budget."}


def today() -> date:
    """Pages take today from the clock, in the partnership's zone."""
    return timezone.localdate(timezone=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def people() -> Cast:
    return cast()


def document(people: Cast, **fields: Any) -> Document:
    kept = keep(SimpleUploadedFile("checklist.pdf", PDF))
    given: dict[str, Any] = {"title": "Checklist", "version": "1", "public": True} | fields
    return actions.add_document(people.actor("gita"), kept, **given)


def product(people: Cast, **fields: Any) -> Product:
    given: dict[str, Any] = {"title": "Gender checklist", "kind": Product.Kind.TOOL, "public": True} | fields
    if given["public"] and "document" not in given:
        given["document"] = document(people)
    return actions.keep_product(people.actor("gita"), None, **given)


def tell(tool: Product, on: date = TODAY, **fields: Any) -> ProductUse:
    given = {"organisation_name": "City of Lagoon", "used_on": on, "how": "Checked a budget."} | fields
    actions.tell_use(tool, on, **given)
    found: ProductUse = ProductUse.objects.get(how=given["how"])
    return found


def test_what_strangers_see_has_something_they_may_download(people: Cast) -> None:
    with pytest.raises(Refused, match="marked public"):
        product(people, document=None)
    with pytest.raises(Refused, match="marked public"):
        product(people, document=document(people, public=False))
    draft = product(people, public=False)
    with pytest.raises(Refused, match="marked public"):
        actions.keep_product(people.actor("gita"), draft, draft.revision, public=True)
    kept = actions.keep_product(people.actor("gita"), draft, draft.revision, public=True, document=document(people))
    assert kept.public


def test_only_the_secretariat_offers_a_product(people: Cast) -> None:
    with pytest.raises(Refused, match="secretariat"):
        actions.keep_product(people.actor("fola"), None, title="Mine", kind=Product.Kind.TOOL)


def test_the_second_of_two_editors_is_told(people: Cast) -> None:
    tool = product(people)
    actions.keep_product(people.actor("gita"), tool, 1, title="Renamed")
    with pytest.raises(Stale):
        actions.keep_product(people.actor("tomas"), tool, 1, title="Mine")


def test_a_stranger_downloads_it_and_only_the_day_is_counted(people: Cast, client: Client) -> None:
    tool = product(people)
    before = Entry.objects.count()
    for _ in range(3):
        answer = client.get(f"/products/{tool.ref}/download/?language=fr")
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert "attachment" in answer["Content-Disposition"] and not answer.cookies
    client.head(f"/products/{tool.ref}/download/")
    assert list(ProductDownloads.objects.values_list("day", "count")) == [(today(), 3)]
    assert Entry.objects.count() == before
    assert {field.name for field in ProductDownloads._meta.concrete_fields} == {"id", "product", "day", "count"}


def test_a_link_counts_like_a_file(people: Cast, client: Client) -> None:
    linked = actions.add_document(people.actor("gita"), title="Brief", url="https://example.org/brief", public=True)
    brief = product(people, document=linked)
    answer = client.get(f"/products/{brief.ref}/download/")
    assert (answer.status_code, answer["Location"]) == (302, "https://example.org/brief")
    assert ProductDownloads.objects.get().count == 1


def test_what_was_taken_back_is_neither_handed_out_nor_counted(people: Cast, client: Client) -> None:
    checklist = document(people)
    tool = product(people, document=checklist)
    actions.change_document(people.actor("gita"), checklist.ref, None, public=False)
    assert client.get(f"/products/{tool.ref}/download/").status_code == 404
    assert "nothing to download" in client.get(f"/products/{tool.ref}/").content.decode()
    assert not ProductDownloads.objects.exists()


def test_months_without_a_download_between_two_others_are_zero(people: Cast) -> None:
    tool = product(people)
    for day in (date(2026, 5, 3), date(2026, 5, 20), date(2026, 8, 1)):
        actions.count_download(tool, day)
    assert by_month(tool, date(2026, 9, 20)) == [
        (date(2026, 9, 1), 0),
        (date(2026, 8, 1), 1),
        (date(2026, 7, 1), 0),
        (date(2026, 6, 1), 0),
        (date(2026, 5, 1), 2),
    ]
    assert by_month(product(people, title="Another", public=False), TODAY) == []
    assert len(by_month(tool, date(2028, 1, 1))) == 12


def test_a_focal_point_records_a_use_and_it_counts_at_once(people: Cast, client: Client) -> None:
    tool = product(people)
    people.sign_in(client, "fola")
    assert "Record a use" in client.get(f"/documents/products/{tool.ref}/").content.decode()
    sent = TOLD | {"organisation_name": "a member"}
    assert client.post(f"/documents/products/{tool.ref}/use/", sent).status_code == 302
    use = ProductUse.objects.get()
    assert (use.state, use.recorded_by, use.recorded_on) == ("confirmed", people.people["fola"], today())
    assert use.organisation == Organisation.objects.get(ref="member")  # recognised by its name
    assert "We put it beside our budget." in client.get(f"/products/{tool.ref}/").content.decode()


def test_a_use_lies_in_the_past_and_a_board_member_records_none(people: Cast) -> None:
    tool = product(people)
    given: dict[str, Any] = {"organisation_name": "A city", "how": "Read it."}
    with pytest.raises(Refused, match="yet to come"):
        actions.record_use(people.actor("gita"), tool, used_on=TODAY + timedelta(days=1), **given)
    with pytest.raises(Refused, match="may record"):
        actions.record_use(people.actor("berta"), tool, used_on=TODAY, **given)
    assert not ProductUse.objects.exists()


def test_a_stranger_tells_and_the_page_waits_for_the_secretariat(people: Cast, client: Client) -> None:
    tool = product(people)
    answer = client.post(f"/products/{tool.ref}/used/?language=en", TOLD)
    assert answer.status_code == 302 and not answer.cookies
    assert "Thank you" in client.get(answer["Location"]).content.decode()
    use = ProductUse.objects.get()
    assert (use.state, use.recorded_by) == ("told", None)
    assert "beside our budget" not in client.get(f"/products/{tool.ref}/").content.decode()
    (entry,) = Entry.objects.filter(ref=use.ref)
    assert (entry.actor, entry.verb) == ("anonymous", "tell")
    assert "budget" not in str(entry.facts) and "budget" in str(entry.personal)  # so that it can be erased

    people.sign_in(client, "olga")
    assert "1 use was told and waits" in client.get("/documents/products/").content.decode()
    judged = client.get(f"/documents/products/uses/{use.ref}/").content.decode()
    assert "told on the public page" in judged and "Confirm" in judged
    sent = TOLD | {"how": "They put it beside their budget.", "verb": "confirm", "revision": use.revision}
    assert client.post(f"/documents/products/uses/{use.ref}/", sent).status_code == 302
    client.logout()
    assert "They put it beside their budget." in client.get(f"/products/{tool.ref}/").content.decode()


def test_the_same_form_sent_twice_counts_once(people: Cast, client: Client) -> None:
    tool = product(people)
    for _ in range(2):
        assert client.post(f"/products/{tool.ref}/used/", TOLD).status_code == 302
    assert ProductUse.objects.count() == 1


def test_a_flood_is_stopped_for_the_day_and_what_was_typed_is_kept(people: Cast, client: Client) -> None:
    tool = product(people)
    for n in range(TOLD_A_DAY):
        actions.tell_use(tool, today(), organisation_name="Flood", used_on=today(), how=f"Number {n}")
    page = client.post(f"/products/{tool.ref}/used/", TOLD).content.decode()
    assert "send it tomorrow" in page and "We put it beside our budget." in page
    assert ProductUse.objects.count() == TOLD_A_DAY
    actions.tell_use(tool, today() + timedelta(days=1), organisation_name="A city", used_on=today(), how="Next day")
    assert ProductUse.objects.count() == TOLD_A_DAY + 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("used_on", "2226-01-01", "Check the year"),
        ("used_on", "", "required"),
        ("how", "x" * 2001, "at most 2000 characters"),
        ("organisation_name", "  ", "required"),
        ("place", "nowhere", "Select a valid choice"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    people: Cast, client: Client, field: str, value: str, said: str
) -> None:
    tool = product(people)
    page = client.post(f"/products/{tool.ref}/used/", TOLD | {field: value}).content.decode()
    assert said in page
    assert not ProductUse.objects.exists()


def test_setting_aside_needs_a_reason_and_can_be_undone(people: Cast) -> None:
    use, gita = tell(product(people)), people.actor("gita")
    with pytest.raises(Refused, match="needs a reason"):
        actions.review_use(gita, use.ref, "set aside", None)
    aside = actions.review_use(gita, use.ref, "set aside", None, "An advertisement.")
    assert aside.state == "set aside"
    assert Entry.objects.filter(ref=use.ref, verb="set aside").get().reason == "An advertisement."
    with pytest.raises(Refused, match="cannot confirm"):
        actions.review_use(gita, use.ref, "confirm", None)
    actions.review_use(gita, use.ref, "take up again", None)
    assert actions.review_use(gita, use.ref, "confirm", None).state == "confirmed"
    assert actions.review_use(gita, use.ref, "set aside", None, "It never happened.").state == "set aside"


def test_who_told_cannot_be_confirmed_by_a_focal_point(people: Cast) -> None:
    use = tell(product(people))
    with pytest.raises(Refused, match="only secretariat may confirm"):
        actions.review_use(people.actor("fola"), use.ref, "confirm", None)


def test_persons_are_not_named_on_the_public_page(people: Cast, client: Client) -> None:
    with open_door(system(TODAY)) as door:
        door.add(Person(name="Ana Perez"))
    tool = product(people, summary="Made by Ana Perez.")
    actions.record_use(
        people.actor("gita"), tool, organisation_name="A city", used_on=TODAY, how="Ana Perez trained us."
    )
    page = client.get(f"/products/{tool.ref}/").content.decode()
    assert "trained us" in page and "Ana Perez" not in page and "Gita" not in page


def test_the_public_list_hides_what_is_internal_and_can_be_narrowed(people: Cast, client: Client) -> None:
    tool = product(people, summary="Budgets")
    product(people, title="Étude", kind=Product.Kind.RESEARCH, language="fr", document=tool.document)
    product(people, title="Not yet", public=False)
    page = client.get("/products/").content.decode()
    assert "Gender checklist" in page and "Étude" in page and "Not yet" not in page
    assert "Étude" not in client.get("/products/?q=budgets").content.decode()
    assert "Gender checklist" not in client.get("/products/?written=fr").content.decode()
    assert "Étude" not in client.get("/products/?kind=programming+tool").content.decode()
    assert "No product matches" in client.get("/products/?q=nothing").content.decode()
    french = client.get("/products/?language=fr&q=budgets").content.decode()
    assert f'/products/{tool.ref}/?language=fr"' in french and 'name="language" value="fr"' in french


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_download_is_what_is_on_screen(people: Cast, client: Client) -> None:
    tool = product(people, title="=Budget & care", published_on=date(2026, 3, 8))
    product(people, title="Another", document=tool.document)
    actions.count_download(tool, TODAY)
    (row,) = rows(client.get("/products/?q=budget&export=csv"))
    assert row["Title"] == "'=Budget & care"  # a spreadsheet would run it
    assert (row["Published on"], row["Downloads"], row["Uses recorded"]) == ("2026-03-08", "1", "0")
    both = rows(client.get("/products/?sort=-title&export=csv"))
    assert [each["Title"] for each in both] == sorted((each["Title"] for each in both), reverse=True)
    people.sign_in(client, "gita")
    tell(tool)
    (use,) = rows(client.get("/documents/products/uses/?state=told&export=csv"))
    assert (use["Organisation"], use["State"], use["When"]) == ("City of Lagoon", "told", "2026-09-20")
    assert rows(client.get("/documents/products/uses/?state=confirmed&export=csv")) == []


def test_insiders_see_uses_that_are_confirmed_and_no_others(people: Cast, client: Client) -> None:
    tool = product(people)
    tell(tool, how="Told only.")
    actions.record_use(people.actor("gita"), tool, organisation_name="A city", used_on=TODAY, how="Seen by us.")
    people.sign_in(client, "berta")
    page = client.get("/documents/products/uses/").content.decode()
    assert "Seen by us." in page and "Told only." not in page and "/documents/products/uses/use-" not in page


def test_nothing_is_counted_while_nobody_may_download(people: Cast, client: Client) -> None:
    product(people, public=False)
    people.sign_in(client, "gita")
    (row,) = rows(client.get("/documents/products/?export=csv"))
    assert row["Downloads"] == "–"


@pytest.fixture
def shelf(people: Cast) -> Iterator[list[Product]]:
    about = document(people)
    found = [product(people, title=f"Tool {n}", document=about) for n in range(8)]
    for one in found:
        actions.count_download(one, TODAY)
        tell(one, how=f"Told of {one.title}")
    yield found


@pytest.mark.parametrize("address", ["/products/", "/documents/products/", "/documents/products/uses/"])
def test_a_longer_list_asks_no_more_questions(people: Cast, client: Client, address: str, shelf: list[Product]) -> None:
    people.sign_in(client, "gita")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address, {"q": "Tool 1"})
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 12


def test_products_and_uses_come_and_go_by_workbook(people: Cast) -> None:
    document(people, title="Guide")
    gita = people.actor("gita")
    bring(gita, book(Products=[
        ["Title", "Kind", "Language", "Document", "Public", "Published on"],
        ["Guide to care", "programming tool", "fr", "Guide 1", "yes", "2026-03-08"],
    ]))  # fmt: skip
    made = Product.objects.get()
    assert (made.kind, made.language, made.public) == ("programming tool", "fr", True)
    assert str(made.document) == "Guide 1"
    bring(gita, book(Product_uses=[
        ["Product", "When", "Organisation", "What was done with it"],
        ["Guide to care", "2026-04-01", "A member", "Read in a council."],
    ]))  # fmt: skip
    use = ProductUse.objects.get()
    assert (use.state, use.organisation, use.recorded_by) == ("confirmed", made_member(), people.people["gita"])
    wrong = book(
        Products=[["Title", "Kind", "Public"], ["No document", "knowledge product", "yes"]],
        Product_uses=[
            ["Product", "When", "Organisation", "What was done with it"],
            ["Guide to care", "2098-01-01", "A member", "Too early."],
            ["Guide to care", "2026-04-02", None, "By nobody."],
        ],
    )
    said = " ".join(faults(gita, check(gita, wrong)))
    assert "marked public" in said and "yet to come" in said and "which organisation" in said


def made_member() -> Organisation:
    return Organisation.objects.get(ref="member")
