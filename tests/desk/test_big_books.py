"""Ten thousand rows: a number of questions to the database that does not grow with them."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from jwp.desk import imports
from jwp.partners.models import Person
from tests.cast import cast
from tests.desk.books import saved

ROWS = 10_000


def a_big_book(rows: int) -> io.BytesIO:
    made = Workbook(write_only=True)
    people = made.create_sheet("People")
    people.append(["Name", "E-mail", "Telephone", "Language", "Organisation"])
    for number in range(rows):
        people.append([f"Person {number}", f"person{number}@example.org", "+32 2 000", "French", "A member"])
    return saved(made)


@pytest.mark.django_db
def test_ten_thousand_rows_take_few_questions() -> None:
    gita = cast().actor("gita")
    stream = a_big_book(ROWS)
    with CaptureQueriesContext(connection) as checking:
        found = imports.check_book(gita, stream, "big.xlsx", len(stream.getvalue()))
    assert found.counts == {"add": ROWS, "change": 0, "unchanged": 0, "refused": 0}
    assert len(checking) < 30
    with CaptureQueriesContext(connection) as writing:
        imports.apply(gita, found.ref)
    assert Person.objects.filter(organisation__ref="member").count() == ROWS + 1
    # Rows go in by the hundred and the journal by five hundred.
    assert len(writing) < 300
