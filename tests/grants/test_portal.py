"""Another portal's export is brought in: read whatever its shape, weighed row by row, never twice."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from jwp.core.access import system
from jwp.core.door import open_door
from jwp.core.models import Entry
from jwp.grants.actions.portal import columns_of
from jwp.grants.models import Application, Call
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import call, country

pytestmark = pytest.mark.django_db

HEAD = ["Application ID", "Lead organisation", "Project title", "Contact e-mail", "Country", "Amount requested (USD)",
        "Language", "Submitted"]  # fmt: skip
ROWS = [
    ["A-1", "Union of vendors", "Marché sûr", "ana@example.org", "Kenya", "150,000", "French", "2022-12-09 13:59"],
    ["A-2", "City of Lights", "Street lights", "BEN@example.org", "ke", "USD 99 500.50", "en", "2022-11-30"],
]


def outside() -> tuple[Cast, Call]:
    people = cast()
    country()
    return people, call(kind="outside", outside_url="https://portal.example/7", zone="Europe/Brussels")


def csv_text(rows: list[list[str]], mark: str = ",") -> str:
    return "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in [HEAD, *rows])


def csv_file(rows: list[list[str]] = ROWS, mark: str = ",", encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("export.csv", csv_text(rows, mark).encode(encoding))


def book(rows: list[list[Any]] = ROWS) -> SimpleUploadedFile:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.append(["Applications to our call, exported today"])
    for row in [HEAD, *rows]:
        sheet.append(row)
    made.save(held := io.BytesIO())
    return SimpleUploadedFile("export.xlsx", held.getvalue())


def look(client: Client, row: Call, file: SimpleUploadedFile) -> str:
    answer = client.post(reverse("grants:portal", args=[row.ref]), {"file": file})
    return answer.content.decode()


def bring(client: Client, row: Call, file: SimpleUploadedFile, **columns: str) -> Any:
    """Look, then press the button of the page that one saw."""
    page = look(client, row, file)
    sent = re.search(r'name="sent" value="([^"]+)"', page)
    assert sent, page
    chosen = dict(re.findall(r'<select name="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL))
    data = {"sent": sent.group(1), "do": "apply"} | chosen | columns
    return client.post(reverse("grants:portal", args=[row.ref]), data)


@pytest.mark.parametrize(
    "file",
    [
        pytest.param(csv_file(), id="csv"),
        pytest.param(csv_file(mark=";", encoding="cp1252"), id="semicolons, Windows"),
        pytest.param(csv_file(mark="\t", encoding="utf-16"), id="tabs, UTF-16"),
        pytest.param(csv_file(encoding="utf-8-sig"), id="csv of Excel"),
        pytest.param(book(), id="workbook with a title above"),
    ],
)
def test_an_export_is_read_whatever_its_shape(file: SimpleUploadedFile) -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    assert bring(client, row, file).status_code == 302
    one, two = Application.objects.order_by("outside_ref")
    assert (one.applicant, one.title, one.requested, one.language, one.state) == (
        "Union of vendors", "Marché sûr", 15_000_000, "fr", "submitted",
    )  # fmt: skip
    assert one.submitted_at == datetime(2022, 12, 9, 12, 59, tzinfo=UTC)  # 13:59 in Brussels
    assert two.submitted_at == datetime(2022, 11, 29, 23, 0, tzinfo=UTC)  # a day alone: its first minute
    assert (two.requested, two.contact_email) == (9_950_050, "ben@example.org")
    assert one.country == two.country == country()


def test_every_row_says_what_would_come_of_it_and_nothing_is_written_yet() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    bad = [
        ["", "Nameless", "x", "", "", "", "", ""],
        ["A-3", "Euros", "x", "e@example.org", "", "€ 100", "", ""],
        ["A-1", "Again", "x", "e@example.org", "", "", "", ""],
        ["A-4", "Nowhere", "x", "not an address", "Atlantis", "", "Klingon", "soon"],
    ]
    page = look(client, row, csv_file(ROWS + bad))
    for said in (
        "2 new, 0 changed, 0 as they are, 4 refused.", "The portal’s reference is missing.", "is not in USD",
        "The same reference stands in line 2.", "is no e-mail address", "is not a country of our register",
        "“Klingon” is not in the list",
    ):  # fmt: skip
        assert said in page, said
    assert not Application.objects.exists()
    assert bring(client, row, csv_file(ROWS + bad)).status_code == 302
    assert Application.objects.count() == 2


def test_brought_in_again_nothing_doubles_and_only_what_changed_is_written() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    bring(client, row, csv_file())
    written = Entry.objects.filter(noun="grants.application").count()
    assert "0 new, 0 changed, 2 as they are, 0 refused." in look(client, row, csv_file())
    newer = [ROWS[0], [*ROWS[1][:2], "Street lights for all", *ROWS[1][3:5], "", *ROWS[1][6:]]]
    page = look(client, row, csv_file(newer))
    assert "0 new, 1 changed, 1 as they are" in page
    assert "<ins>Street lights for all</ins>" in page
    bring(client, row, csv_file(newer))
    found = Application.objects.get(outside_ref="A-2")
    assert (found.title, found.requested) == ("Street lights for all", 9_950_050)  # an empty cell takes nothing away
    assert Entry.objects.filter(noun="grants.application").count() == written + 1


def test_what_somebody_went_on_with_stays_and_the_difference_is_said() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    bring(client, row, csv_file())
    with open_door(system(TODAY)) as door:
        door.change(Application.objects.get(outside_ref="A-1"), state="eligible")
    page = look(client, row, csv_file([[*ROWS[0][:2], "Another title", *ROWS[0][3:]]]))
    assert "It is eligible by now, and stays as it is. It differs in: title." in page


def test_columns_are_remembered_and_may_be_said_otherwise() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    bring(client, row, csv_file(), city="Country", country="")
    row.refresh_from_db()
    assert row.outside_columns["city"] == "Country"
    assert Application.objects.get(outside_ref="A-1").city == "Kenya"
    assert columns_of(row, HEAD)["city"] == "Country"
    # A table of another form: one heading in common says nothing of the rest.
    other = ["Ref", "Country", "Organisation"]
    assert columns_of(row, other) == {"outside_ref": "Ref", "city": "Country", "applicant": "Organisation"}
    twice = bring(client, row, csv_file(), city="Country", country="Country")
    assert twice.status_code == 422
    assert "This column is chosen twice." in twice.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("export.zip", b"PK\x03\x04", "this kind of file"),
        ("export.xlsx", b"PK\x03\x04 not a book", "is not what its name says"),
        ("export.pdf", b"%PDF-1.7\n", "is no table"),
        ("export.csv", b"one,two\n", "headings"),
        ("export.csv", b"a\0b\0c", "is not what its name says"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_send(name: str, content: bytes, said: str) -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    assert said in look(client, row, SimpleUploadedFile(name, content))


def test_what_is_brought_in_is_what_was_checked() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    answer = client.post(reverse("grants:portal", args=[row.ref]), {"sent": "forged", "do": "apply"})
    assert answer.status_code == 409
    assert "Send the file again." in answer.content.decode()


def test_days_and_a_formula_in_a_workbook() -> None:
    people, row = outside()
    client = Client()
    people.sign_in(client, "olga")
    rows = [["A-9", "Union", "=1+1", "a@example.org", "Kenya", 1000.5, "en", date(2022, 12, 1)]]
    bring(client, row, book(rows))
    found = Application.objects.get()
    assert (found.requested, found.submitted_at) == (100_050, datetime(2022, 11, 30, 23, tzinfo=UTC))
