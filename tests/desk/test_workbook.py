"""The workbook: empty, full, brought in, put right and undone."""

# ruff: noqa: E501  (the tables here read better on one line)

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from jwp.core.door import Refused, open_door
from jwp.core.journal import verify
from jwp.core.models import Entry
from jwp.desk import imports
from jwp.desk.workbook import BOOK, export, template
from jwp.indicators.models import Indicator
from jwp.partners.models import Membership, Office, Organisation, Person, Place, Seat
from jwp.plans.models import Plan, PriorityArea, Report, Round, Target
from tests.cast import TODAY, Cast, cast
from tests.desk.books import a_life, book, bring, check, faults, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_empty_workbook_has_a_sheet_for_each_noun_with_lists_and_hints(people: Cast) -> None:
    made = load_workbook(io.BytesIO(template()))
    assert made.sheetnames == ["jwp", *(str(sheet) for sheet in BOOK), "lists"]
    sheet = made["Targets"]
    assert sheet.freeze_panes == "C2"
    headings = [cell.value for cell in sheet[1]]
    assert headings[:3] == ["Reference", "Revision", "Plan *"]
    held_by = headings.index("Held by *")
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
    rule = rules[get_column_letter(held_by + 1)]
    assert rule.type == "list" and rule.prompt
    letter = rule.formula1.split("$")[1]
    offered = [cell.value for cell in made["lists"][letter] if cell.value]
    assert "Operations Unit [office-operations]" in offered
    assert sheet[1][held_by].comment


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_an_export_brought_in_again_changes_nothing(people: Cast, language: str) -> None:
    a_life(people)
    with translation.override(language):
        made = export(people.actor("gita"))
    found = check(people.actor("gita"), made)
    assert faults(people.actor("gita"), found) == []
    assert found.counts["unchanged"] > 40
    assert {found.counts[fate] for fate in ("add", "change", "refused")} == {0}
    with translation.override("es"):  # read by somebody with another language
        assert check(people.actor("gita"), made).counts["change"] == 0


def test_rows_name_each_other_within_one_book(people: Cast) -> None:
    file = book(
        Places=[["Name", "Kind", "Within"], ["Rabat", "city", "Morocco"], ["Morocco", "country", None]],
        Organisations=[["Name", "Country"], ["City of Rabat", "Morocco"]],
        Constituencies=[["Name"], ["Cities"]],
        Memberships=[["Organisation", "Constituency", "From"], ["City of Rabat", "Cities", "2024-01-01"]],
        People=[["Name", "E-mail", "Organisation"], ["Rana Idrissi", "rana@example.org", "City of Rabat"]],
        Bodies=[["Name", "Kind"], ["Programme Unit", "unit"]],
        Units_and_posts=[["Body", "Name", "Kind", "Reports to"], ["Programme Unit", "Desk", "unit", "Lead"], ["Programme Unit", "Lead", "post", None]],
        Seats=[["Person", "Body", "Unit or post", "From"], ["Rana Idrissi", "Programme Unit", "Desk", date(2025, 1, 1)]],
    )  # fmt: skip
    done = bring(people.actor("amara"), file)
    assert done.counts == {"add": 10, "change": 0, "unchanged": 0, "refused": 0}
    rabat = Place.objects.get(name="Rabat")
    assert rabat.within and rabat.within.name == "Morocco"
    seat = Seat.objects.get(person__name="Rana Idrissi")
    assert seat.office and seat.office.reports_to == Office.objects.get(name="Lead")
    assert Membership.objects.get().organisation.name == "City of Rabat"
    assert verify().broken is None
    assert len(set(Entry.objects.filter(ref__in=[rabat.ref, seat.ref]).values_list("batch", flat=True))) == 1


def test_the_same_book_twice_adds_nothing(people: Cast) -> None:
    file = book(
        People=[["Name", "E-mail"], ["Rana", "rana@example.org"]],
        Units_and_posts=[["Body", "Name", "Kind"], ["Secretariat", "Desk", "unit"]],
        Seats=[["Person", "Body", "Unit or post", "From"], ["Rana", "Secretariat", "Desk", "2025-01-01"]],
    )
    gita = people.actor("gita")
    bring(gita, file)
    assert check(gita, file).counts == {"add": 0, "change": 0, "unchanged": 3, "refused": 0}


def test_a_change_shows_before_and_after_and_keeps_columns_that_are_not_there(people: Cast) -> None:
    olga = people.people["olga"]
    file = book(People=[["Reference", "Revision", "Telephone"], ["olga", olga.revision, "+32 2 000 00 00"]])
    found = check(people.actor("gita"), file)
    (verdict,) = imports.difference(people.actor("gita"), found)
    assert verdict.differences() == [("Telephone", "–", "+32 2 000 00 00")]
    imports.apply(people.actor("gita"), found.ref)
    olga.refresh_from_db()
    assert (olga.phone, olga.email) == ("+32 2 000 00 00", "olga@example.org")


def test_every_error_is_told_at_once_with_what_to_write_instead(people: Cast) -> None:
    file = book(
        People=[
            ["Name", "E-mail", "Language", "Organisation"],
            ["Rana", "not an address", "Klingon", "A membr"],
            [None, "olga@example.org", "English", None],
            ["Rana", "rana@example.org", None, None],
            ["Rana Again", "RANA@example.org", None, None],
        ],
        Seats=[["Person", "Body", "From"], ["Rana Again", "Secretariat", "3/4/2026"], ["Nobody", "Secretariat", "2026-01-01"]],
    )  # fmt: skip
    said = faults(people.actor("amara"), check(people.actor("amara"), file))
    assert said == [
        "People, row 2, Language: “Klingon” is not in the list. Write one of: English, French, Spanish.",
        "People, row 2, Organisation: “A membr” is not known. Did you mean “A member”?",
        "People, row 2, E-mail: Enter a valid email address.",
        "People, row 3, Name: This cell may not be empty.",
        "People, row 5, E-mail: Somebody with this e-mail address is here already. (People, row 4)",
        "Seats, row 2, From: “3/4/2026” can be read two ways: write 2026-04-03 or 2026-03-04.",
        "Seats, row 2, Person: “Rana Again” is refused itself: People, row 5.",
        "Seats, row 3, Person: “Nobody” is not known. Add it to the sheet “People” first.",
    ]


def test_the_good_rows_come_in_and_the_refused_return_with_reasons(people: Cast) -> None:
    gita = people.actor("gita")
    file = book(People=[["Name", "E-mail"], ["Rana", "rana@example.org"], ["Sven", "sven at home"]])
    found = check(gita, file)
    with pytest.raises(Refused, match="1 rows are refused"):
        imports.apply(gita, found.ref)
    assert not Person.objects.filter(name="Rana").exists()
    done = imports.apply(gita, found.ref, good_only=True)
    assert Person.objects.filter(name="Rana").exists()
    returned = load_workbook(io.BytesIO(imports.refused_book(gita, done)))
    rows = list(returned["People"].iter_rows(values_only=True))
    assert rows[0][-1] == "What to put right"
    assert rows[1][2:4] == ("Sven", "sven at home") and rows[1][-1] == "E-mail: Enter a valid email address."
    returned["People"].cell(row=2, column=4, value="sven@example.org")
    again = bring(gita, saved(returned))
    assert again.counts["add"] == 1 and Person.objects.get(name="Sven").email == "sven@example.org"


def test_a_row_somebody_changed_since_the_export_is_refused(people: Cast) -> None:
    gita = people.actor("gita")
    made = load_workbook(io.BytesIO(export(gita)))
    with open_door(gita) as door:
        for name in ("olga", "nils"):
            door.change(door.lock(Person, name), phone="1")
    sheet = made["People"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "olga":
            row[4].value = "2"
    found = check(gita, saved(made))
    assert found.counts["refused"] == 1
    (said,) = faults(gita, found)
    assert "Somebody changed this row since your workbook was made" in said
    # Nils' row was not touched in the workbook: it is no change, and his new number stays.
    assert found.counts["change"] == 0
    assert Person.objects.get(ref="nils").phone == "1"


def test_an_absent_row_is_not_a_deletion(people: Cast) -> None:
    before = Person.objects.count()
    bring(people.actor("gita"), book(People=[["Name"], ["Rana"]]))
    assert Person.objects.count() == before + 1


def test_a_plan_arrives_with_its_adoption_and_targets(people: Cast) -> None:
    file = book(
        Plans=[["Title", "From", "Until", "Rounds in months", "Adopted by", "Adopted on", "Reference of the adoption", "First round kept here"],
               ["Gender Action Plan", "2025-03-15", "2027-12-31", "6, 12, 18, 24", "Management Board", "15/03/2025", "MB 3", 3]],
        Priority_areas=[["Plan", "Name"], ["Gender Action Plan", "Capacity"]],
        Targets=[["Plan", "Priority area", "Number", "Target", "Kind", "Target value", "Held by"],
                 ["Gender Action Plan", "Capacity", "1.1", "Train people", "number", "1 234,5", "Operations Unit"]],
    )  # fmt: skip
    bring(people.actor("gita"), file)
    made = Plan.objects.get()
    assert (made.state, made.first_round_here, made.rounds.count()) == ("adopted", 3, 4)
    promised = Target.objects.get()
    assert promised.value == Decimal("1234.5") and promised.indicator == Indicator.objects.get()


def test_an_adopted_promise_changes_only_openly(people: Cast) -> None:
    gita, made = people.actor("gita"), a_life(people)
    t1 = Target.objects.get(ref="t1")
    head = ["Reference", "Revision", "Target", "Target value", "Reason for the change"]
    said = faults(gita, check(gita, book(Targets=[head, ["t1", t1.revision, t1.text, 50, None]])))
    assert [line.split(": ")[0] for line in said] == [
        "Targets, row 2, Target value",
        "Targets, row 2, Reason for the change",
    ]
    assert "only by decision" in said[0]
    new = book(Targets=[["Plan", "Target", "Held by"], [made.ref, "One more", "Operations Unit"]])
    assert "needs the decision that adds it" in faults(gita, check(gita, new))[0]
    bring(gita, book(Targets=[head, ["t1", t1.revision, "Train 100 planners", 100, "clearer"]]))
    revision = t1.revisions.get()
    assert (revision.verb, revision.reason, revision.before["text"]) == (
        "reword",
        "clearer",
        "Train 100 people",
    )


def test_reports_are_recorded_for_owners_with_who_said_so(people: Cast) -> None:
    gita, made = people.actor("gita"), a_life(people)
    third = Round.objects.get(plan=made, number=3)
    head = ["Round", "Target", "Progress", "In words", "How it came", "Who said so, when"]
    file = book(Reports=[head, [third.ref, "t2", "under way", "Drafted", None, None]])
    assert "Say how it came" in faults(gita, check(gita, file))[0]
    bring(gita, book(Reports=[head, [third.ref, "t2", "under way", "Drafted", "by mail", "Olga, 18 September"]]))
    sent = Report.objects.get(round=third, target__ref="t2")
    assert (sent.state, sent.progress, sent.via, sent.submitted_on) == (
        "submitted",
        "under way",
        "mail",
        TODAY,
    )
    wrong = book(Reports=[[*head[:2], "Women", "Total"], [third.ref, "t1", 8, 3]])
    assert "submitted" in faults(gita, check(gita, wrong))[0]


def test_an_import_is_undone_until_somebody_edits_after_it(people: Cast) -> None:
    gita = people.actor("gita")
    olga = people.people["olga"]
    file = book(
        People=[["Reference", "Revision", "Name", "E-mail"], ["olga", olga.revision, "Olga F.", "o.f@example.org"], [None, None, "Rana", "r@example.org"]],
        Units_and_posts=[["Body", "Name", "Kind"], ["Secretariat", "Desk", "unit"]],
        Seats=[["Person", "Body", "Unit or post", "From"], ["Rana", "Secretariat", "Desk", "2025-01-01"]],
    )  # fmt: skip
    done = bring(people.actor("amara"), file)
    imports.undo(people.actor("amara"), done.ref)
    olga.refresh_from_db()
    assert (olga.name, olga.email) == ("Olga", "olga@example.org")
    assert olga.user and olga.user.email == "olga@example.org"
    assert not Person.objects.filter(name="Rana").exists() and not Office.objects.filter(name="Desk").exists()
    assert verify().broken is None
    again = bring(gita, book(People=[["Name"], ["Rana"]]))
    with open_door(gita) as door:
        door.change(Person.objects.get(name="Rana"), phone="1")
    with pytest.raises(Refused, match="somebody has edited 1 of its rows"):
        imports.undo(gita, again.ref)


def test_a_whole_plan_is_undone(people: Cast) -> None:
    gita = people.actor("gita")
    entries = Entry.objects.count()
    file = book(
        Plans=[["Title", "From", "Until", "Adopted by", "Adopted on"], ["GAP", "2025-03-15", "2027-12-31", "Management Board", "2025-03-15"]],
        Priority_areas=[["Plan", "Name"], ["GAP", "Capacity"]],
        Targets=[["Plan", "Target", "Target value", "Held by"], ["GAP", "Train", 5, "Operations Unit"]],
    )  # fmt: skip
    done = bring(gita, file)
    imports.undo(gita, done.ref)
    assert not (
        Plan.objects.exists() or Target.objects.exists() or PriorityArea.objects.exists() or Round.objects.exists()
    )
    assert Entry.objects.count() > entries  # what happened stays readable


def test_what_was_built_on_an_import_keeps_it(people: Cast) -> None:
    amara = people.actor("amara")
    done = bring(amara, book(Organisations=[["Name"], ["City of Rabat"]]))
    with open_door(amara) as door:
        door.change(people.people["olga"], organisation=Organisation.objects.get(name="City of Rabat"))
    with pytest.raises(Refused, match="used by Olga"):
        imports.undo(amara, done.ref)
    assert Organisation.objects.filter(name="City of Rabat").exists()
