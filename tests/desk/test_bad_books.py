"""Workbooks that are wrong, broken or hostile: each gets a clear message, and nothing is written."""

# ruff: noqa: E501  (the tables here read better on one line)

from __future__ import annotations

import io
import resource
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from jwp.core.door import Refused
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Unreadable
from jwp.core.workbook.reading import ROW_LIMIT, check_file, read, tables
from jwp.desk.models import Import
from jwp.desk.workbook import BOOK
from jwp.partners.models import Person
from tests.cast import Cast, cast
from tests.desk.books import book, check, faults, saved

LIMIT = 20 * 2**20


def refusal(content: bytes, name: str = "book.xlsx") -> str:
    """What is said of a file before it is opened, or while it is read."""
    stream = io.BytesIO(content)
    with pytest.raises(Refused) as refused:
        check_file(stream, name, len(content), LIMIT)
        read(stream, name, BOOK)
    return str(refused.value)


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def replaced(content: bytes, member: str, new: bytes) -> bytes:
    """The same workbook with one part replaced or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in old.namelist():
            if name != member:
                made.writestr(name, old.read(name))
        made.writestr(member, new)
    return stream.getvalue()


def people(*rows: object) -> bytes:
    return book(People=[["Name", "E-mail"], *rows]).getvalue()  # type: ignore[list-item]


def test_a_zip_bomb_is_refused_by_its_directory_alone() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bomb = replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", b" " * (300 * 2**20))
    assert "unpacks to 300 MB" in refusal(bomb)
    small = replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", b" " * (20 * 2**20))
    assert "more than a workbook" in refusal(small)  # 20 MB from 20 kB: nothing people write packs like that
    # The 300 MB are ours, to build the bomb; reading it takes none.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 700 * 1024


def test_a_sheet_of_200_mb_is_refused_early() -> None:
    line = b'<row><c t="inlineStr"><is><t>' + bytes(range(65, 91)) * 4 + b"</t></is></c></row>"
    sheet = b"<worksheet><sheetData>" + line * (200 * 2**20 // len(line)) + b"</sheetData></worksheet>"
    assert "unpacks to 200 MB" in refusal(replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", sheet))
    with pytest.raises(Refused, match="a workbook may have 20 MB"):
        check_file(io.BytesIO(b"PK"), "big.xlsx", 200 * 2**20, LIMIT)


def test_more_rows_than_can_be_read_are_refused() -> None:
    made = Workbook(write_only=True)
    sheet = made.create_sheet("People")
    sheet.append(["Name"])
    for number in range(ROW_LIMIT + 1):
        sheet.append([f"Person {number}"])
    assert f"more than {ROW_LIMIT} rows" in refusal(saved(made).getvalue())


@pytest.mark.parametrize("name", ["macro.xlsm", "book.xlsb", "innocent.xlsx"])
def test_a_macro_file_is_refused_whatever_its_name(name: str) -> None:
    assert "holds macros" in refusal(replaced(people(["Rana", ""]), "xl/vbaProject.bin", b"\0"), name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not an Excel workbook"),
        (b"Name;E-mail\nRana;r@example.org", "is not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old .xls file or has a password"),
        (zipped(word__document_xml=b"<document/>"), "is not an Excel workbook"),
        (zipped(xl__workbook_xml=b"<workbook"), "is damaged"),
        (
            replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"),
            "is damaged",
        ),
        (people(["Rana", ""])[:-200], "is not an Excel workbook"),
    ],
)
def test_what_is_no_workbook_is_said_to_be_none(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_xml_that_expands_without_end_is_refused() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    sheet = f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><worksheet><sheetData><row><c><v>&a8;</v></c></row></sheetData></worksheet>'
    assert "is damaged" in refusal(replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", sheet.encode()))


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c></row></sheetData></worksheet>'
    )
    made = replaced(people(["Rana", ""]), "xl/worksheets/sheet1.xml", sheet)
    found = [list(table.rows) for table in tables(io.BytesIO(made), "book.xlsx")]
    assert found == [[(1, ["Name"])]]


@pytest.mark.django_db
class TestOneCell:
    """What is wrong in one cell refuses its row, and says which cell and what to write instead."""

    @pytest.fixture
    def people(self) -> Cast:
        return cast()

    def said(self, people: Cast, made: Workbook) -> list[str]:
        found = check(people.actor("amara"), saved(made))
        assert not Person.objects.filter(name="Rana").exists()
        return faults(people.actor("amara"), found)

    def start(self) -> Workbook:
        made = Workbook()
        sheet = made.worksheets[0]
        sheet.title = "People"
        sheet.append(["Name", "E-mail", "Telephone"])
        sheet.append(["Rana", "rana@example.org", "1"])
        sheet.append(["Sven", "sven@example.org", "2"])
        return made

    def test_a_formula(self, people: Cast) -> None:
        made = self.start()
        made["People"]["C2"] = "=1+1"
        assert self.said(people, made) == ["People, row 2, Telephone: Cell C2 holds a formula: write its result."]

    def test_an_excel_error(self, people: Cast) -> None:
        made = self.start()
        made["People"]["C2"] = "#REF!"
        assert self.said(people, made) == ["People, row 2, Telephone: Cell C2 holds an Excel error (#REF!)."]

    def test_merged_cells(self, people: Cast) -> None:
        made = self.start()
        made["People"].merge_cells("C2:C3")
        why = "Telephone: Cells C2:C3 are merged: unmerge them and fill in each row."
        assert self.said(people, made) == [f"People, row 2, {why}", f"People, row 3, {why}"]

    def test_an_unknown_column(self, people: Cast) -> None:
        made = self.start()
        made["People"]["D1"] = "Shoe size"
        made["People"]["D2"] = 38
        said = self.said(people, made)
        assert said == [
            "People, row 2, Shoe size: This column is not known here. Clear it, or take its heading from the empty workbook."
        ]

    def test_the_same_heading_twice(self, people: Cast) -> None:
        made = self.start()
        made["People"]["D1"] = "Name *"
        assert self.said(people, made) == ["People, row 1, Name *: This heading stands above two columns: keep one."]

    def test_an_unknown_sheet(self, people: Cast) -> None:
        made = self.start()
        made.create_sheet("Peple").append(["Name"])
        assert self.said(people, made) == [
            "Peple, row 1, : No sheet of this name is known here, so none of its rows is read. Rename it, or remove it."
        ]

    def test_the_same_reference_twice(self, people: Cast) -> None:
        made = book(People=[["Reference", "Name"], ["rana", "Rana"], ["rana", "Rana Two"], ["Räna 3", "Rana Three"]])
        said = faults(people.actor("amara"), check(people.actor("amara"), made))
        assert said[0] == "People, row 3, Reference: The same reference stands in row 2."
        assert said[1].startswith("People, row 4, Reference: Use letters, digits")

    def test_wrong_types_and_centuries(self, people: Cast) -> None:
        head = ["Person", "Body", "From", "Acting"]
        rows: list[list[object]] = [
            ["Olga", "Secretariat", date(1926, 5, 3), "perhaps"],
            ["Olga", "Secretariat", "soon", None],
            ["Olga", "Secretariat", 2026, None],
        ]
        seats: list[list[object]] = [[*head], *rows]
        found = check(
            people.actor("amara"),
            book(Seats=seats, Bodies=[["Name", "Kind", "Quorum"], ["A", "club", "many"]]),
        )
        assert faults(people.actor("amara"), found) == [
            "Seats, row 2, From: 1926-05-03 lies in the wrong century: did you mean 2026-05-03?",
            "Seats, row 2, Acting: “perhaps” is neither yes nor no.",
            "Seats, row 3, From: “soon” is not a date: write it as 2026-12-31.",
            "Seats, row 4, From: “2026” is not a date: write it as 2026-12-31.",
            "Bodies, row 2, Kind: “club” is not in the list. Write one of: assembly, board, committee, secretariat, unit.",
            "Bodies, row 2, Quorum: “many” is not a number: write digits only, such as 1234.5.",
        ]

    def test_nothing_but_headings(self, people: Cast) -> None:
        with pytest.raises(Refused, match="holds no rows"):
            check(people.actor("amara"), book(People=[["Name"]]))
        assert not Import.objects.exists()

    def test_text_that_would_be_a_formula_stays_text(self, people: Cast) -> None:
        made = self.start()
        made["People"]["A2"] = "=cmd()"
        made["People"]["A2"].data_type = "s"
        found = check(people.actor("amara"), saved(made))
        assert faults(people.actor("amara"), found) == []
        assert "=cmd()" in str(found.rows)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("1 234,5", 1234.5),
        ("1.234.567,8", 1234567.8),
        (0.1 + 0.2, 0.3),
        ("30%", 30),
        ("−4", -4),
        (7, 7),
        ("12'000", 12000),
    ],
)
def test_numbers_as_people_write_them(cell: cells.Cell, value: float) -> None:
    assert float(cells.number(cell)) == value


@pytest.mark.parametrize("cell", ["twelve", "1,234", "12.345", "1,2,3", True, "", "1e5", "12-15"])
def test_numbers_nobody_can_be_sure_of_are_refused(cell: cells.Cell) -> None:
    with pytest.raises(Unreadable):
        cells.number(cell)


@pytest.mark.parametrize(
    "cell",
    ["2026-12-31", "31/12/2026", "31.12.26", "12/31/2026", 46387, 46387.0, 20261231, "31 December 2026", "Dec 31, 2026",
     "31 déc. 2026", "31 de diciembre de 2026", "31. Dezember 2026", "2026-12-31T00:00:00"],
)  # fmt: skip
def test_dates_as_people_write_them(cell: cells.Cell) -> None:
    assert cells.day(cell) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("cell", "said"),
    [("3/4/2026", "2026-04-03 or 2026-03-04"), ("1926-05-03", "did you mean 2026-05-03"), (9000, "wrong century"), ("Q3 2026", "is not a date"),
     ("30/02/2026", "is not a date"), ("2226-01-01", "did you mean 2026-01-01"), (True, "is not a date")],
)  # fmt: skip
def test_dates_nobody_can_be_sure_of_are_refused(cell: cells.Cell, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        cells.day(cell)
