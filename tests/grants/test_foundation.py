"""Who sees which application; a member of a panel never one of their own organisation."""

import pytest

from jwp.core.door import open_door
from jwp.grants.access import roles_for, visible_applications, visible_items
from jwp.grants.models import CoApplicant
from jwp.grants.rules.life import PANEL
from jwp.partners.models import Organisation
from tests.cast import cast
from tests.grants.scene import application, call, item, on_panel

pytestmark = pytest.mark.django_db


def test_a_panel_member_sees_what_is_eligible_and_never_their_own() -> None:
    people = cast()
    called = call()
    sam = people.people["sam"]
    on_panel(called, sam)
    with open_door(people.actor("gita")) as door:
        own = door.add(Organisation(ref="union", name="Union of Vendors", short_name="UoV"))
        door.change(sam, organisation=own)
    application(called, "seen", state="eligible")
    application(called, "early", state="submitted")
    application(called, "named", state="eligible", applicant="union of vendors")
    application(called, "registered", state="eligible", organisation=own)
    beside = application(called, "beside", state="eligible")
    with open_door(people.actor("gita")):
        CoApplicant(application=beside, name="UoV").save()
    actor = people.actor("sam")
    assert [row.ref for row in visible_applications(actor)] == ["seen"]
    assert PANEL in roles_for(actor, application(called, "other", state="eligible"))
    assert PANEL not in roles_for(actor, beside)


def test_an_insider_on_a_panel_does_not_see_their_own_either() -> None:
    people = cast()
    called = call()
    on_panel(called, people.people["olga"])
    with open_door(people.actor("gita")) as door:
        own = door.add(Organisation(ref="host", name="The host"))
        door.change(people.people["olga"], organisation=own)
    application(called, "own", state="eligible", organisation=own)
    application(called, "other", state="eligible")
    assert [row.ref for row in visible_applications(people.actor("olga"))] == ["other"]
    assert visible_applications(people.actor("nils")).count() == 2


def test_focal_points_see_what_is_said_to_members_and_strangers_nothing() -> None:
    people = cast()
    called = call()
    for state in ("draft", "submitted", "eligible", "in principle"):
        application(called, state.replace(" ", "-"), state=state)
    item("plan-item")
    item("signed-item", state="signed")
    assert {row.ref for row in visible_applications(people.actor("fola"))} == {"eligible", "in-principle"}
    assert [row.ref for row in visible_items(people.actor("fola"))] == ["signed-item"]
    assert not visible_applications(people.actor("sam")).exists()
    assert not visible_items(people.actor("sam")).exists()
