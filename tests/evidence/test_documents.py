"""Documents keep every version and who approved it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jwp.core.door import Refused, Stale, open_door
from jwp.core.models import Entry
from jwp.evidence import actions
from jwp.evidence.models import Approval, Document, Event, Source
from jwp.partners.models import Organisation
from tests.cast import TODAY, Cast, cast

pytestmark = pytest.mark.django_db

LINK = "https://example.org/plan"


@pytest.fixture
def people() -> Cast:
    return cast()


def document(people: Cast, **fields: Any) -> Document:
    given = {"title": "Strategic Plan", "version": "zero draft", "url": LINK} | fields
    return actions.add_document(people.actor("gita"), **given)


def chain(people: Cast) -> list[Document]:
    """The approval chain on the title page of a strategic plan: two drafts and the final."""
    first = document(people, dated=date(2017, 5, 19))
    second = actions.new_version(
        people.actor("gita"), first.ref, 1, title=first.title, version="first draft", url=LINK,
        dated=date(2017, 9, 26),
    )  # fmt: skip
    final = actions.new_version(
        people.actor("gita"), second.ref, 1, title=first.title, version="final", url=LINK,
        dated=date(2017, 12, 14),
    )  # fmt: skip
    return [first, second, final]


def test_a_document_needs_a_file_or_a_link(people: Cast) -> None:
    with pytest.raises(Refused, match="file, or a link"):
        document(people, url="")


def test_a_board_member_reads_and_does_not_write(people: Cast) -> None:
    with pytest.raises(Refused, match="secretariat"):
        actions.add_document(people.actor("berta"), title="Mine", url=LINK)


def test_a_version_is_superseded_once(people: Cast) -> None:
    first, second, _final = chain(people)
    with pytest.raises(Refused, match="newer version"):
        actions.new_version(people.actor("gita"), first.ref, None, title="Other", version="x", url=LINK)
    first.refresh_from_db()
    assert first.superseded_by == second


def test_two_versions_do_not_share_a_name(people: Cast) -> None:
    first = document(people)
    with pytest.raises(Refused, match="exists"):
        actions.new_version(people.actor("gita"), first.ref, None, title="Plan", version="zero draft", url=LINK)


def test_the_second_of_two_editors_is_told_what_changed(people: Cast, client: Client) -> None:
    first = document(people)
    actions.change_document(people.actor("gita"), first.ref, 1, title="Renamed", url=LINK)
    with pytest.raises(Stale):
        actions.change_document(people.actor("tomas"), first.ref, 1, title="Mine", url=LINK)
    people.sign_in(client, "tomas")
    typed = {"title": "Mine", "language": "en", "url": LINK, "revision": "1"}
    page = client.post(f"/documents/{first.ref}/change/", typed).content.decode()
    assert "It now says: Renamed" in page
    assert 'value="Mine"' in page  # nothing typed is lost
    assert client.post(f"/documents/{first.ref}/change/", typed | {"revision": "2"}).status_code == 302
    first.refresh_from_db()
    assert first.title == "Mine"


def test_the_page_shows_every_version_with_its_approvals(people: Cast, client: Client) -> None:
    _first, second, final = chain(people)
    for version, day in ((second, date(2017, 9, 26)), (final, date(2017, 12, 14))):
        actions.approve_document(people.actor("gita"), version.ref, people.board, day, f"on {day}")
    people.sign_in(client, "berta")
    page = client.get(f"/documents/{final.ref}/").content.decode()
    assert page.index("final") < page.index("first draft") < page.index("zero draft")
    assert "Management Board, 14 Dec 2017 (on 2017-12-14)" in page
    assert "Management Board, 26 Sep 2017" in page


def test_an_older_version_says_what_supersedes_it(people: Cast, client: Client) -> None:
    first, _second, final = chain(people)
    people.sign_in(client, "gita")
    page = client.get(f"/documents/{first.ref}/").content.decode()
    assert f'superseded: <a href="/documents/{final.ref}/">' in page
    assert f"/documents/{first.ref}/new-version/" not in page


def test_an_approval_lies_neither_ahead_nor_before_the_version(people: Cast) -> None:
    final = chain(people)[-1]
    with pytest.raises(Refused, match="future"):
        actions.approve_document(people.actor("gita"), final.ref, people.board, date(2027, 1, 1))
    with pytest.raises(Refused, match="dated"):
        actions.approve_document(people.actor("gita"), final.ref, people.board, date(2017, 1, 1))
    assert not Approval.objects.exists()


def test_staff_do_not_write_down_what_a_body_approved(people: Cast) -> None:
    with pytest.raises(Refused, match="director"), open_door(people.actor("olga")) as door:
        actions.approve(door, people.board, "gap", TODAY)


def test_an_approval_is_journalled_with_its_recorder(people: Cast) -> None:
    with open_door(people.actor("gita")) as door:
        approval = actions.approve(door, people.board, "gap", TODAY, "Decision 3")
    assert approval.recorded_by == people.people["gita"]
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.actor, entry.facts["after"]["subject"]) == ("approve", "gita", "gap")


def test_a_member_sees_public_documents_only(people: Cast, client: Client) -> None:
    hidden, public = document(people), document(people, title="Charter", public=True)
    people.sign_in(client, "fola")
    page = client.get("/documents/").content.decode()
    assert "Charter" in page and "Strategic Plan" not in page
    assert client.get(f"/documents/{public.ref}/").status_code == 200
    assert client.get(f"/documents/{hidden.ref}/").status_code == 404
    assert client.get(f"/documents/{hidden.ref}/change/").status_code == 404
    client.logout()
    assert client.get(f"/documents/{hidden.ref}/").status_code == 302


def test_a_colleague_adds_a_document_on_the_page(people: Cast, client: Client) -> None:
    people.sign_in(client, "gita")
    upload = SimpleUploadedFile("charter.pdf", b"%PDF-1.7\n%charter\n")
    given = {"title": "Charter", "version": "1", "language": "en", "upload": upload, "dated": "2016-04-07"}
    answer = client.post("/documents/new/", given)
    made = Document.objects.get()
    assert answer.headers["Location"] == f"/documents/{made.ref}/"
    assert made.file is not None and made.file.name == "charter.pdf"
    assert "Charter" in client.get("/documents/").content.decode()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title": "Charter"}, "file, or a link"),
        ({"title": "Charter", "url": LINK, "dated": "0026-04-07"}, "Check the year"),
        ({"title": "", "url": LINK}, "required"),
        ({"title": "Program", "upload": SimpleUploadedFile("run.exe", b"MZ")}, "cannot be evidence"),
    ],
)
def test_a_mistake_is_explained_beside_what_was_typed(
    people: Cast, client: Client, given: dict[str, Any], says: str
) -> None:
    people.sign_in(client, "gita")
    answer = client.post("/documents/new/", {"language": "en"} | given)
    assert answer.status_code == 200
    assert says in answer.content.decode()
    assert not Document.objects.exists()


def test_search_finds_all_words_and_hides_old_versions(people: Cast, client: Client) -> None:
    chain(people)
    document(people, title="Annual report")
    people.sign_in(client, "gita")
    page = client.get("/documents/?q=plan+strategic").content.decode()
    assert "Strategic Plan" in page and "Annual report" not in page
    assert "zero draft" not in page
    assert "zero draft" in client.get("/documents/?old=on").content.decode()


def test_lists_cost_the_same_however_long(people: Cast, client: Client, django_assert_max_num_queries: Any) -> None:
    people.sign_in(client, "gita")
    chain(people)
    with django_assert_max_num_queries(10):
        client.get("/documents/?old=on")
    for number in range(30):
        document(people, title=f"Paper {number}")
    with django_assert_max_num_queries(10):
        client.get("/documents/?old=on")
    last = Document.objects.get(version="final")
    for number in range(8):
        last = actions.new_version(
            people.actor("gita"), last.ref, None, title="Strategic Plan", version=str(number), url=LINK
        )
    with django_assert_max_num_queries(10):
        client.get(f"/documents/{last.ref}/")


def test_sources_and_events_are_kept_and_put_right(people: Cast, client: Client) -> None:
    people.sign_in(client, "gita")
    client.post("/documents/sources/new/", {"title": "Joint Work Programme page", "url": LINK})
    source = Source.objects.get()
    client.post(f"/documents/sources/{source.ref}/", {"title": "The programme's page", "url": LINK, "revision": 1})
    assert "The programme&#x27;s page" in client.get("/documents/sources/?q=programme").content.decode()
    members = list(Organisation.objects.values_list("ref", flat=True))
    client.post(
        "/documents/events/new/",
        {
            "title": "Expert Group Meeting",
            "starts": "2016-06-13",
            "place_text": "New York",
            "organisers": members,
        },
    )
    event = Event.objects.get()
    assert [o.ref for o in event.organisers.all()] == ["member"]
    client.post(
        f"/documents/events/{event.ref}/",
        {"title": "Expert Group Meeting", "starts": "2016-06-13", "ends": "2016-06-12", "revision": 1},
    )
    event.refresh_from_db()
    assert event.ends is None
    people.sign_in(client, "berta")
    page = client.get("/documents/events/").content.decode()
    assert "A member" in page and f"/documents/events/{event.ref}/" not in page
