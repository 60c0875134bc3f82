"""What a conflict of interest, or the applicant’s privacy, keeps from somebody: by every way, not by one only."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jwp.core.door import open_door
from jwp.desk.workbook import export
from jwp.grants.access import refs_kept_from, visible_applications, visible_items
from jwp.grants.actions.applications import settle
from jwp.grants.models import Application, Check, PanelReview
from jwp.instruments.actions import fill
from jwp.instruments.rules import Answer, Choice
from jwp.partners.models import Organisation
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, item, on_panel

pytestmark = pytest.mark.django_db

TITLE, SUMMARY = "Safe ways to the market", "We walk and map the ways"
SCALE = "gender-results-effectiveness-scale@2015"


def gita_sits_on_the_panel_of_her_own(name: str = "Union of Vendors", applicant: str = "Union of Vendors") -> Cast:
    """Gita leads the gender team, sits on the panel and is of the organisation that applied."""
    people = cast()
    called = call()
    on_panel(called, people.people["gita"])
    row = application(called, state="appraised", applicant=applicant)
    item(row.ref, kind="competitive grant", title=TITLE, application=row)
    with open_door(people.actor("amara")) as door:
        door.add(Check(ref="check-1", application=row, eligible=True, note="Fits.", on=TODAY))
        door.add(Organisation(ref="union", name=name))
        door.change(people.people["gita"], organisation=Organisation.objects.get(ref="union"))
    return people


def test_an_own_application_stays_kept_once_it_is_funded(client: Client) -> None:
    people = gita_sits_on_the_panel_of_her_own()
    gita, amara = people.actor("gita"), people.actor("amara")
    assert not visible_applications(gita).exists()
    assert not visible_items(gita).exists()
    assert visible_items(amara).exists()
    people.sign_in(client, "gita")
    for page in ("grants:application", "grants:item", "gender:worksheet"):
        assert client.get(reverse(page, args=["app-1"])).status_code == 404
    for page in ("grants:items", "gender:screening", "grants:portfolio"):
        assert TITLE not in client.get(reverse(page)).content.decode()
        assert TITLE not in client.get(reverse(page), {"export": "csv"}).getvalue().decode()


def test_the_journal_does_not_tell_it_either(client: Client) -> None:
    people = gita_sits_on_the_panel_of_her_own()
    for name, told in (("gita", False), ("amara", True)):
        people.sign_in(client, name)
        exported = b"".join(client.get(reverse("journal_export", args=["json"]))).decode()
        assert (SUMMARY in exported, "Fits." in exported) == (told, told)
        page = client.get(reverse("journal"), {"ref": "app-1"}).content.decode()
        assert (SUMMARY in page) == told


def test_nor_does_the_workbook() -> None:
    people = gita_sits_on_the_panel_of_her_own()
    for name, told in (("gita", False), ("amara", True)):
        book = load_workbook(io.BytesIO(export(people.actor(name))), read_only=True)
        cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
        assert (TITLE in cells, "Fits." in cells, "check-1" in cells) == (told, told, told)
        assert any(TITLE in cell for cell in cells) == told


def test_who_left_the_panel_is_kept_from_it_as_before() -> None:
    people = gita_sits_on_the_panel_of_her_own()
    with open_door(people.actor("amara")) as door:
        member = Application.objects.get().call.panel.get()
        door.change(member, left_on=TODAY)
    assert not visible_applications(people.actor("gita")).exists()
    assert "app-1" in refs_kept_from(people.actor("gita"))


def test_a_declared_conflict_keeps_the_item_too() -> None:
    people = cast()
    member = on_panel(called := call(), people.people["gita"])
    row = application(called, state="appraised")
    item(row.ref, kind="competitive grant", application=row)
    assert visible_items(people.actor("gita")).exists()
    with open_door(people.actor("amara")) as door:
        door.add(PanelReview(application=row, member=member, conflict=True))
    assert not visible_items(people.actor("gita")).exists()


def test_an_accented_name_is_the_same_in_capitals() -> None:
    people = gita_sits_on_the_panel_of_her_own("Métropole de São Paulo", "MÉTROPOLE DE SÃO PAULO")
    assert not visible_applications(people.actor("gita")).exists()


@pytest.mark.parametrize(("verb", "who"), [("withdraw", "olga"), ("cancel", "amara")])
@pytest.mark.parametrize("eligible", [False, True])
def test_what_ended_before_it_was_found_eligible_is_no_members_business(verb: str, who: str, eligible: bool) -> None:
    people = cast()
    called = call()
    on_panel(called, people.people["sam"])
    row = application(called, state="submitted")
    if eligible:
        with open_door(people.actor("olga")) as door:
            door.add(Check(application=row, eligible=True, on=TODAY))
            door.change(row, state="eligible")
    settle(people.actor(who), row.ref, verb, reason="They asked us to.")
    assert visible_applications(people.actor("amara")).exists()
    for outside in ("fola", "sam"):
        assert visible_applications(people.actor(outside)).exists() == eligible


def test_nor_do_the_answers_to_an_instrument(client: Client) -> None:
    people = gita_sits_on_the_panel_of_her_own()
    fill(people.actor("olga"), SCALE, "app-1", "self", [Answer(Choice.item, "targeted", "Twelve of them sell.", "")])
    for name, status in (("gita", 404), ("amara", 200)):
        people.sign_in(client, name)
        for page in (reverse("instruments:sheets"), reverse("instruments:detail", args=SCALE.split("@"))):
            assert (TITLE in client.get(page).content.decode()) == (status == 200)
        assert client.get(reverse("instruments:subject", args=[*SCALE.split("@"), "app-1"])).status_code == status
