"""A file is handed out to those entitled to what cites it; to everybody else it looks absent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.evidence.files import Kept, keep
from jwp.evidence.models import Document
from jwp.plans.models import Evidence, Report, Round
from tests.cast import TODAY, Cast, cast, plan, target

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def kept(content: bytes = b"%PDF-1.7\nminutes") -> Kept:
    return keep(SimpleUploadedFile("minutes.pdf", content))


def evidence(people: Cast, *, public: bool = False, state: str = "accepted") -> str:
    """A file that Operations sent with its report; its address."""
    promise = target(plan(state="adopted"), people.offices["operations"])
    file = kept(b"%PDF-1.7\nevidence")
    with open_door(system(TODAY)) as door:
        first = door.add(Round(plan=promise.plan, number=1, month=6, opens=TODAY, due=TODAY, closes=date(2026, 10, 20)))
        report = door.add(Report(round=first, target=promise, state=state))
        door.add(Evidence(report=report, file=file.row(), added_on=TODAY, public=public))
    return f"/documents/files/{file.sha256}/"


def status(client: Client, address: str) -> int:
    answer: Any = client.get(address)
    b"".join(answer)  # read to the end, so that the file is closed
    return int(answer.status_code)


def fetch(client: Client, people: Cast, name: str, address: str) -> int:
    people.sign_in(client, name)
    return status(client, address)


def test_a_file_comes_as_a_download_with_its_name(people: Cast, client: Client) -> None:
    file = kept()
    with open_door(system(TODAY)) as door:
        door.add(Document(title="Minutes", file=file.row()))
    people.sign_in(client, "gita")
    answer: Any = client.get(f"/documents/files/{file.sha256}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\nminutes"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_an_owner_fetches_the_evidence_of_their_own_targets_only(people: Cast, client: Client) -> None:
    address = evidence(people)
    assert fetch(client, people, "olga", address) == 200  # holds the office
    assert fetch(client, people, "berta", address) == 200  # the Board reads what the secretariat reads
    assert fetch(client, people, "fola", address) == 404
    assert fetch(client, people, "sam", address) == 404
    client.logout()
    assert client.get(address).status_code == 302


def test_public_evidence_is_public_once_the_report_is_accepted(people: Cast, client: Client) -> None:
    address = evidence(people, public=True)
    assert status(client, address) == 200


def test_evidence_of_a_report_not_yet_accepted_stays_inside(people: Cast, client: Client) -> None:
    address = evidence(people, public=True, state="submitted")
    assert client.get(address).status_code == 302
    assert fetch(client, people, "fola", address) == 404


def test_a_workbook_brought_in_stays_with_the_secretariat(people: Cast, client: Client) -> None:
    file = kept(b"%PDF-1.7\nnobody cites this")
    with open_door(system(TODAY)):
        file.row()
    address = f"/documents/files/{file.sha256}/"
    assert fetch(client, people, "gita", address) == 200
    assert fetch(client, people, "berta", address) == 404


def test_a_guessed_address_looks_like_a_hidden_one(people: Cast, client: Client) -> None:
    assert fetch(client, people, "gita", f"/documents/files/{'0' * 64}/") == 404


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("macro.xlsm", b"PK\x03\x04", "cannot be evidence"),
        ("page.pdf", b"<html><script>", "not what its name says"),
        ("notes.txt", b"<!DOCTYPE html><script>", "not what its name says"),
        ("notes.txt", b"\xef\xbb\xbf <!DOCTYPE html><script>", "not what its name says"),
        ("empty.png", b"", "not what its name says"),
        ("program.docx", b"PK\x03\x04 a program in a zip", "not what its name says"),
    ],
)
def test_what_is_not_evidence_is_refused(name: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        keep(SimpleUploadedFile(name, content))


def test_a_file_too_large_is_refused(settings: Any) -> None:
    settings.FILE_LIMIT = 2**20
    with pytest.raises(Refused, match="larger than 1 MB"):
        keep(SimpleUploadedFile("big.pdf", b"%PDF-1.7" + b"0" * 2**20))


def test_what_somebody_else_called_the_same_file_is_not_told() -> None:
    with open_door(system(TODAY)):
        mine = keep(SimpleUploadedFile("mine.pdf", b"%PDF-1.7\nthe same")).row()
        theirs = keep(SimpleUploadedFile("theirs.pdf", b"%PDF-1.7\nthe same")).row()
        again = keep(SimpleUploadedFile("mine.pdf", b"%PDF-1.7\nthe same")).row()
    assert (mine.name, theirs.name, again.pk) == ("mine.pdf", "theirs.pdf", mine.pk)
    assert mine.sha256 == theirs.sha256
