"""Somebody's own table on its way through the pages, and a workbook on its own."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from jwp.core.access import Actor
from jwp.core.door import Refused
from jwp.core.journal import verify
from jwp.core.workbook.foreign import from_text
from jwp.desk import imports
from jwp.desk.foreign import bringing
from jwp.desk.foreign.bringing import Terms
from jwp.desk.models import ColumnMapping, Import
from jwp.partners.models import Body, Office, Person, Seat
from jwp.plans.models import Plan, Target
from tests.cast import Cast, cast
from tests.desk.books import saved
from tests.desk.test_foreign import HEADINGS, PASTED, ROWS

TERMS = Terms(
    "Gender Action Plan",
    date(2025, 1, 1),
    date(2027, 12, 31),
    [6, 12, 18, 24],
    adopted_on=date(2025, 3, 15),
    reference="MB 3",
)


def signed_in(client: Client, people: Cast, name: str) -> None:
    user = people.people[name].user
    assert user is not None
    client.force_login(user)


@pytest.mark.django_db
class TestBringingIn:
    @pytest.fixture
    def people(self) -> Cast:
        return cast()

    def start(self, actor: Actor) -> Import:
        found = bringing.start(actor, [from_text(PASTED)], "pasted table")
        made = bringing.draft(found)
        place = next(n for n, owner in enumerate(made.owners) if owner.key == "Ana Ruiz")
        return bringing.keep_typed(
            actor, found.ref, {f"owner-{place}-key": "Ana Ruiz", f"owner-{place}-unit": "Grants Desk"}
        )

    def test_a_whole_plan_with_owners_and_rounds(self, people: Cast) -> None:
        gita = people.actor("gita")
        plan = bringing.bring(gita, self.start(gita).ref, replace(TERMS, body=people.board))
        assert (plan.title, Plan.objects.get().state, Plan.objects.get().first_round_here) == (
            "Gender Action Plan",
            "adopted",
            3,
        )
        targets = {target.number: target for target in Target.objects.select_related("holder", "area", "indicator")}
        assert len(targets) == 6
        assert (targets["1.1"].value, targets["1.1"].holder) == (Decimal(12), people.offices["operations"])
        assert targets["1.1"].indicator and targets["1.1"].indicator.disaggregations == ["sex"]
        assert targets["1.2"].indicator and (
            targets["1.2"].indicator.unit,
            targets["1.2"].indicator.counts,
        ) == ("%", "score")
        assert (
            targets["2.1"].holder.name == "Grants Desk"
            and targets["2.1"].area
            and targets["2.1"].area.level == "members"
        )
        assert targets["2.2"].comments.get().text == "Deadline: ongoing"
        ana = Seat.objects.get(person__email="ana.ruiz@example.org")
        assert (ana.office, ana.starts) == (Office.objects.get(name="Grants Desk"), plan.starts)
        # Who was here already keeps their seat.
        assert Seat.objects.filter(person=people.people["olga"]).count() == 1
        assert verify().broken is None

    def test_it_is_undone_as_one(self, people: Cast) -> None:
        gita = people.actor("gita")
        found, before = self.start(gita), Person.objects.count()
        bringing.bring(gita, found.ref, replace(TERMS, new_body="Steering Committee"))
        assert Body.objects.filter(name="Steering Committee", role="").exists()
        imports.undo(gita, found.ref)
        assert not (
            Plan.objects.exists() or Target.objects.exists() or Body.objects.filter(name="Steering Committee").exists()
        )
        assert Person.objects.count() == before

    def test_the_mapping_is_remembered(self, people: Cast) -> None:
        gita = people.actor("gita")
        found = self.start(gita)
        parts = list(found.mapping["parts"])
        parts[HEADINGS.index("Remarks")] = "nothing"
        bringing.choose_columns(gita, found.ref, parts)
        self_start = bringing.draft(Import.objects.get(ref=found.ref))
        place = next(n for n, owner in enumerate(self_start.owners) if owner.key == "Ana Ruiz")
        bringing.keep_typed(gita, found.ref, {f"owner-{place}-key": "Ana Ruiz", f"owner-{place}-unit": "Grants Desk"})
        bringing.bring(gita, found.ref, TERMS)
        assert ColumnMapping.objects.get().mapping == {"parts": parts}
        again = bringing.start(gita, [from_text(PASTED.replace("2.1", "2.9"))], "next year")
        assert (again.mapping["remembered"], again.mapping["parts"]) == (True, parts)

    def test_nothing_is_written_while_an_owner_has_no_unit(self, people: Cast) -> None:
        gita = people.actor("gita")
        found = bringing.start(gita, [from_text(PASTED)], "pasted table")
        with pytest.raises(Refused, match="Ana Ruiz: Which unit or post is this"):
            bringing.bring(gita, found.ref, TERMS)
        assert not (Plan.objects.exists() or Office.objects.filter(name="Programmes Unit").exists())

    def test_only_who_may_plan_brings_a_plan(self, people: Cast) -> None:
        for name in ("olga", "ida", "berta"):
            with pytest.raises(Refused):
                bringing.start(people.actor(name), [from_text(PASTED)], "pasted table")

    def test_through_the_pages(self, people: Cast, client: Client) -> None:
        signed_in(client, people, "gita")
        page = client.post(reverse("bring"), {"pasted": PASTED})
        assert page.status_code == 302
        page = client.get(page["Location"])
        content = page.content.decode()
        assert "Train municipal planners" in content and content.count("<select") == 10
        found = Import.objects.get()
        chosen = {f"column-{n}": part for n, part in enumerate(found.mapping["parts"])}
        page = client.post(reverse("import_columns", args=[found.ref]), chosen, follow=True)
        content = page.content.decode()
        assert "at least 5" in content and "How we read it" in content
        form = page.context["draft"]
        typed = {
            "title": "GAP",
            "starts": "2025-01-01",
            "ends": "2027-12-31",
            "months": "6, 12, 18, 24",
            "body": "board",
            "adopted_on": "2025-03-15",
        }
        for n, owner in enumerate(form.owners):
            typed |= {
                f"owner-{n}-key": owner.key,
                f"owner-{n}-unit": owner.unit,
                f"owner-{n}-person": owner.person,
                f"owner-{n}-email": owner.email,
            }
        for row in form.promises:
            typed |= {
                f"row-{row.line}-{name}": str(getattr(row, name))
                for name in ("text", "kind", "value", "value_text", "unit", "due", "holder")
            }
            typed |= {f"row-{row.line}-take": "yes"}
        missing = client.post(reverse("import_table", args=[found.ref]), typed | {"apply": "yes"})
        assert missing.status_code == 400 and "Ana Ruiz: Which unit or post is this" in missing.content.decode()
        place = next(n for n, owner in enumerate(form.owners) if owner.key == "Ana Ruiz")
        typed |= {f"owner-{place}-unit": "Grants Desk", "row-3-kind": "text"}
        done = client.post(reverse("import_table", args=[found.ref]), typed | {"apply": "yes"})
        assert (done.status_code, done["Location"]) == (302, reverse("gender:home"))
        assert Target.objects.count() == 6 and Target.objects.get(number="1.2").kind == "text"
        twice = bringing.start(people.actor("gita"), [from_text(PASTED)], "again")
        page = client.post(reverse("import_table", args=[twice.ref]), typed | {"apply": "yes"})
        assert "runs in these years already" in page.content.decode() and Plan.objects.count() == 1
        assert "undo" in client.get(reverse("import", args=[found.ref])).content.decode()

    def test_a_slip_on_the_page_loses_nothing(self, people: Cast, client: Client) -> None:
        signed_in(client, people, "gita")
        page = client.post(reverse("bring"), {"pasted": "just a line"})
        assert page.status_code == 400 and "just a line" in page.content.decode()
        found = bringing.start(people.actor("gita"), [from_text(PASTED)], "pasted table")
        typed = {
            "title": "My title",
            "starts": "2027-01-01",
            "ends": "2025-01-01",
            "row-2-text": "Reworded promise",
            "row-2-take": "yes",
            "row-2-due": "soon",
        }
        page = client.post(reverse("import_table", args=[found.ref]), typed)
        content = page.content.decode()
        assert page.status_code == 400 and "A plan cannot end before it starts." in content
        again = client.get(reverse("import_table", args=[found.ref])).content.decode()
        assert "My title" in again and "Reworded promise" in again

    def test_a_workbook_of_ours_and_a_table_are_told_apart(self, people: Cast, client: Client) -> None:
        signed_in(client, people, "gita")
        ours = io.BytesIO(client.get(reverse("book_export")).content)
        ours.name = "ours.xlsx"
        page = client.post(reverse("bring"), {"file": ours}, follow=True)
        assert "Everything in it is here already." in page.content.decode()
        own = Workbook()
        for row in [HEADINGS, *ROWS]:
            own.worksheets[0].append(row)
        theirs = io.BytesIO(saved(own).getvalue())
        theirs.name = "own.xlsx"
        page = client.post(reverse("bring"), {"file": theirs}, follow=True)
        assert page.redirect_chain[-1][0].endswith("/columns/")
        empty = client.get(reverse("book_template"))
        assert empty["Content-Type"].endswith("spreadsheetml.sheet") and empty.content.startswith(b"PK")

    def test_strangers_find_nothing(self, people: Cast, client: Client) -> None:
        found = bringing.start(people.actor("gita"), [from_text(PASTED)], "pasted table")
        addresses = [
            reverse("bring"),
            reverse("book_export"),
            *(reverse(name, args=[found.ref]) for name in ("import", "import_columns", "import_table")),
        ]
        for name in ("sam", "olga", "berta", "aldo"):
            signed_in(client, people, name)
            assert {client.get(address).status_code for address in addresses} == {404}


@pytest.mark.django_db
def test_a_book_is_brought_in_put_right_and_undone_on_the_pages(client: Client) -> None:
    people = cast()
    signed_in(client, people, "gita")
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "People"
    for row in (["Name", "E-mail"], ["Rana", "rana@example.org"], ["Sven", "nowhere"]):
        sheet.append(row)
    made.create_sheet("Places").append(["Name", "Kind"])
    upload = io.BytesIO(saved(made).getvalue())
    upload.name = "people.xlsx"
    page = client.post(reverse("bring"), {"file": upload}, follow=True)
    content = page.content.decode()
    assert "Enter a valid email address." in content and "Bring in the 1 good row" in content
    found = Import.objects.get()
    assert client.post(reverse("import_apply", args=[found.ref])).status_code == 409
    client.post(reverse("import_apply", args=[found.ref]), {"good": "yes"})
    assert Person.objects.filter(name="Rana").exists()
    assert client.get(reverse("import_refused", args=[found.ref])).content.startswith(b"PK")
    client.post(reverse("import_undo", args=[found.ref]))
    assert not Person.objects.filter(name="Rana").exists()
