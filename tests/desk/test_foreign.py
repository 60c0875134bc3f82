"""The first ten minutes: somebody's own table becomes a plan with owners who get their links."""

# ruff: noqa: E501  (the tables here read better on one line)

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from jwp.core.door import Refused
from jwp.core.workbook.foreign import from_book, from_csv, from_text
from jwp.desk.foreign.bringing import Draft, next_round
from jwp.desk.foreign.columns import Part, guess
from jwp.desk.foreign.promises import owners, understand
from tests.cast import TODAY
from tests.desk.books import saved

HEADINGS = [
    "Nr",
    "What we promise",
    "Who",
    "E-mail",
    "Baseline 2024",
    "Goal",
    "Deadline",
    "Priority area",
    "Level",
    "Remarks",
]
ROWS: list[list[Any]] = [
    ["1.1", "Train municipal planners in gender-responsive planning", "Operations Unit", "olga@example.org", "3", "12", "31/12/2026", "Capacity", "Work programme", "with partners"],
    ["1.2", "Share of calls with gender criteria", "Programmes Unit", "paul.mwangi@example.org", "10 %", "30 %", "Q3 2026", "", "", ""],
    ["1.3", "Cities with a women's forum", "Programmes Unit", "paul.mwangi@example.org", "0", "at least 5", "2026", "", "", "ask Berta"],
    ["2.1", "Gender guidelines for grants", "Ana Ruiz", "ana.ruiz@example.org", "", "yes, adopted", "June 2026", "Rules", "Members", ""],
    ["2.2", "A safe place to complain", "HR", "hr@example.org", "none", "trusted by staff", "ongoing", "Rules", "Secretariat", ""],
    ["2.3", "Review of the charter", "Director", "amara@example.org", "", "", "2027-06-30", "Rules", "Secretariat", ""],
]  # fmt: skip
PASTED = "\n".join("\t".join(row) for row in [HEADINGS, *ROWS])


def read(text: str) -> Draft:
    table = from_text(text)
    parts = guess(table)
    promises = understand(table, parts)
    return Draft(table, parts, False, promises, owners(table, parts, promises))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (HEADINGS, "number text holder email baseline value due area level remark"),
        (["Nr", "Was wir versprechen", "Wer", "E-Mail", "Ausgangswert", "Ziel", "Frist", "Handlungsfeld", "Ebene", "Bemerkungen"],
         "number text holder email baseline value due area level remark"),
        (["N°", "Engagement", "Responsable", "Courriel", "Situation de départ", "Cible", "Échéance", "Axe prioritaire", "Niveau", "Observations"],
         "number text holder email baseline value due area level remark"),
        (["Núm.", "Compromiso", "Quién", "Correo", "Línea de base", "Meta", "Plazo", "Área", "Nivel", "Comentarios"],
         "number text holder email baseline value due area level remark"),
        (["#", "Target 2026", "Lead", "Mail", "2024", "Goal", "By when", "Pillar", "Level", "Status"],
         "number text holder email baseline value due area level remark"),
    ],
)  # fmt: skip
def test_columns_are_guessed_in_four_languages(headings: list[str], expected: str) -> None:
    table = from_text("\n".join("\t".join(row) for row in [headings, *ROWS]))
    assert [part.value for part in guess(table)] == expected.split()


def test_a_column_nobody_understands_is_kept_as_a_remark() -> None:
    made = read(
        "Promise\tUnit\tFavourite colour\nTrain many planners well\tOperations\tgreen\nTrain more\tOperations\tblue"
    )
    assert made.parts[2] == Part.REMARK
    assert made.promises[0].remarks == ["Favourite colour: green"]


def test_kinds_values_and_dates_are_read_and_what_is_not_understood_stays_text() -> None:
    found = read(PASTED).promises
    assert [p.kind for p in found] == ["number", "number", "number", "milestone", "text", "milestone"]
    assert [(p.value, p.unit, p.by_sex) for p in found[:3]] == [
        ("12", "", True),
        ("30", "%", False),
        ("5", "", False),
    ]
    assert [p.value_text for p in found] == ["", "30 %", "at least 5", "yes, adopted", "trusted by staff", ""]
    assert [p.due for p in found] == [
        "2026-12-31",
        "2026-09-30",
        "2026-12-31",
        "2026-06-30",
        "",
        "2027-06-30",
    ]
    assert found[4].remarks == ["Deadline: ongoing"]
    assert [p.area for p in found] == ["Capacity", "Capacity", "Capacity", "Rules", "Rules", "Rules"]
    assert (found[1].baseline, found[1].baseline_text) == ("10", "10 %")
    assert found[4].baseline_text == "none"


def test_owners_are_units_and_their_people() -> None:
    found = {owner.key: owner for owner in read(PASTED).owners}
    assert len(found) == 5
    assert (found["Operations Unit"].unit, found["Operations Unit"].person) == ("Operations Unit", "Olga")
    assert (found["Programmes Unit"].unit, found["Programmes Unit"].person) == (
        "Programmes Unit",
        "Paul Mwangi",
    )
    # A person is nobody's unit: the reader is asked which one is theirs.
    assert (found["Ana Ruiz"].unit, found["Ana Ruiz"].person) == ("", "Ana Ruiz")
    assert found["Ana Ruiz"].faults() == ["Which unit or post is this? Its name is public; persons are never named."]
    assert (found["HR"].unit, found["HR"].person) == ("HR", "HR")


def test_section_rows_titles_and_totals_are_no_promises() -> None:
    text = "Gender Action Plan 2025-2027\t\t\nNr\tTarget\tGoal\n\tA. Capacity\t\n1\tTrain planners and engineers\t12\n\tB. Rules\t\n2\tAdopt guidelines for grants\tyes\n\tTotal\t12"
    made = read(text)
    assert made.table.above == ["Gender Action Plan 2025-2027"]
    assert [(p.area, p.text) for p in made.taken] == [
        ("A. Capacity", "Train planners and engineers"),
        ("B. Rules", "Adopt guidelines for grants"),
    ]


def test_a_plan_of_actions_under_section_rows() -> None:
    text = "Priority area 1: Knowledge\t\t\t\n#\tAction\tLead\tBy when\n1.1\tPublish case studies\tKnowledge Team\tJune 2026\nPriority area 2: Grants\t\t\t\n2.1\tAdd a criterion to every call\tJ. Okoro\t31.03.2026"
    made = read(text)
    assert made.parts == [Part.NUMBER, Part.TEXT, Part.HOLDER, Part.DUE]
    assert [promise.area for promise in made.promises] == [
        "Priority area 1: Knowledge",
        "Priority area 2: Grants",
    ]
    # A name that may be a person's is never made a unit's, because units are public.
    assert [(owner.unit, owner.person) for owner in made.owners] == [("Knowledge Team", ""), ("", "J. Okoro")]


def test_outcomes_indicators_and_percentages() -> None:
    text = "Outcome\tIndicator\tBaseline\tTarget\tResponsible\tTimeline\tStatus\nCapacity grows\t% of member staff trained on gender\t12%\t60%\tCapacity Unit (m.lopez@example.org)\tDec 2026\ton track\n\tNumber of cities with strategies\t2\t10\tCapacity Unit (m.lopez@example.org)\t2027\tdelayed"
    made = read(text)
    assert [part.value for part in made.parts] == [
        "objective",
        "text",
        "baseline",
        "value",
        "holder",
        "due",
        "remark",
    ]
    assert [(p.objective, p.value, p.unit, p.by_sex) for p in made.promises] == [
        ("Capacity grows", "60", "%", False),
        ("Capacity grows", "10", "", False),
    ]
    (owner,) = made.owners
    assert (owner.unit, owner.person, owner.email) == ("Capacity Unit", "Lopez", "m.lopez@example.org")


def test_a_table_from_excel_with_merged_cells_formulas_and_percents() -> None:
    made = Workbook()
    sheet = made.worksheets[0]
    for row in (["Plan 2025–2027"], ["Area", "Target", "Goal", "Owner", "Due"],
                ["Capacity", "Train municipal planners", 12, "Operations", date(2026, 12, 31)],
                [None, "Share of women trainers", 0.3, "Operations", 2026], ["Rules", "Adopt guidelines", "=1+1", "HR", 46387]):  # fmt: skip
        sheet.append(row)
    sheet.merge_cells("A3:A4")
    sheet["C4"].number_format = "0 %"
    made.create_sheet("Notes").append(["nothing"])
    stream = saved(made)
    (table,) = from_book(stream, "own.xlsx", len(stream.getvalue()))
    promises = understand(table, guess(table))
    assert [p.area for p in promises] == ["Capacity", "Capacity", "Rules"]
    assert [(p.value, p.value_text) for p in promises] == [("12", ""), ("30", "30 %"), ("", "")]
    assert [p.due for p in promises] == ["2026-12-31", "2026-12-31", "2026-12-31"]


@pytest.mark.parametrize("content", [
    "Promesse;Qui;Échéance\nFormer des urbanistes;Unité;31/12/2026".encode("cp1252"),
    "Promesse,Qui,Échéance\nFormer des urbanistes,Unité,31/12/2026".encode("utf-8-sig"),
    "Promesse\tQui\tÉchéance\nFormer des urbanistes\tUnité\t31/12/2026".encode("utf-16"),
])  # fmt: skip
def test_csv_in_any_usual_form(content: bytes) -> None:
    table = from_csv(content, "table.csv")
    assert table.headings == ["Promesse", "Qui", "Échéance"] and table.rows[0][1][1] == "Unité"


def test_cells_with_line_breaks_survive_the_clipboard() -> None:
    table = from_text('Promise\tActions\n"Train\nplanners"\t"- one\n- two"\nMore\tthree')
    promises = understand(table, [Part.TEXT, Part.ACTION])
    assert promises[0].text == "Train\nplanners" and promises[0].actions == ["one", "two"]


def test_ambiguous_dates_follow_their_column_or_stay_words() -> None:
    text = "Promise\tDeadline\nTrain planners\t3/4/2026\nTrain more planners\t{}"
    assert [p.due for p in read(text.format("25/12/2026")).promises] == ["2026-04-03", "2026-12-25"]
    unclear = read(text.format("5/6/2026")).promises[0]
    assert (unclear.due, unclear.remarks) == ("", ["Deadline: 3/4/2026"])


@pytest.mark.parametrize("text", ["", "only one cell", "one\ttwo"])
def test_what_is_no_table_is_told(text: str) -> None:
    with pytest.raises(Refused):
        from_text(text)


def test_the_next_round_is_kept_here_first() -> None:
    assert next_round(date(2025, 3, 15), [6, 12, 18, 24], date(2027, 12, 31), TODAY) == 3
    assert next_round(date(2020, 3, 15), [6, 12], date(2021, 12, 31), TODAY) == 2
