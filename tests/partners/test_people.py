"""People are entered, change their own telephone, go on leave, and can be erased."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from jwp.core import journal
from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.mail import write_letter
from jwp.core.models import Entry, Letter, User
from jwp.partners import actions
from jwp.partners.access import actor_for_person
from jwp.partners.models import Absence, Constituency, Membership, Organisation, Person, PersonalLink
from tests.cast import TODAY, Cast, cast

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


def test_the_gender_team_enters_a_person(people: Cast) -> None:
    made = actions.add_person(people.actor("gita"), Person(name="Maria", email="maria@example.org"))
    assert made.ref
    with pytest.raises(Refused, match="Somebody with this e-mail address"):
        actions.add_person(people.actor("gita"), Person(name="Another Maria", email="MARIA@example.org"))


def test_staff_and_members_enter_nobody(people: Cast) -> None:
    for name in ("olga", "fola", "berta", "aldo", "sam"):
        with pytest.raises(Refused):
            actions.add_person(people.actor(name), Person(name="X"))


def test_the_gender_team_cannot_take_over_the_directors_sign_in(people: Cast) -> None:
    with pytest.raises(Refused):
        actions.change_person(people.actor("gita"), "amara", email="gita2@example.org")


def test_a_new_address_is_the_new_sign_in_and_old_links_stop(people: Cast) -> None:
    with open_door(system(TODAY)):
        token = PersonalLink.issue(people.people["olga"], "report", "round", date(2030, 1, 1))
    PersonalLink.objects.mark(used_on=TODAY)  # whoever reads the old letters may have opened it already
    changed = actions.change_person(people.actor("ida"), "olga", email="olga@new.example.org")
    assert changed.user is not None
    assert changed.user.email == "olga@new.example.org"
    assert PersonalLink.holding(token, "report", TODAY) is None


def test_an_address_somebody_signs_in_with_is_not_taken(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        door.change(people.people["nils"], email="")
    with pytest.raises(Refused, match="Somebody else signs in"):
        actions.change_person(people.actor("ida"), "olga", email="nils@example.org")
    with pytest.raises(Refused, match="write another one"):
        actions.change_person(people.actor("ida"), "olga", email="")
    olga = User.objects.get(person__ref="olga")
    assert olga.email == "olga@example.org"


def test_everybody_changes_their_own_telephone_and_language(people: Cast) -> None:
    changed = actions.change_own(people.actor("fola"), phone="+32 2 555 01 23", language="fr")
    assert changed.user is not None
    assert (changed.phone, changed.user.language) == ("+32 2 555 01 23", "fr")
    with pytest.raises(ValueError, match="name"):
        actions.change_own(people.actor("fola"), name="Queen")


def test_a_delegate_acts_while_somebody_is_away(people: Cast) -> None:
    olga, sam = people.people["olga"], people.people["sam"]
    actions.set_absence(people.actor("olga"), olga, TODAY, date(2026, 10, 1), sam)
    assert people.offices["operations"].pk in people.actor("sam").offices
    assert not people.actor("sam").roles
    assert not people.actor("sam", date(2026, 10, 2)).offices


def test_an_absence_that_makes_no_sense_is_refused(people: Cast) -> None:
    olga, nils = people.people["olga"], people.people["nils"]
    mine = people.actor("olga")
    with pytest.raises(Refused, match="last day is before"):
        actions.set_absence(mine, olga, TODAY, YESTERDAY)
    with pytest.raises(Refused, match="somebody else"):
        actions.set_absence(mine, olga, TODAY, TODAY, olga)
    actions.set_absence(people.actor("nils"), nils, TODAY, TODAY)
    with pytest.raises(Refused, match="Nils is away in these days too"):
        actions.set_absence(mine, olga, TODAY, TODAY, nils)
    with pytest.raises(Refused, match="away in these days already"):
        actions.set_absence(people.actor("nils"), nils, TODAY, TODAY)
    with pytest.raises(Refused, match="Only they"):
        actions.set_absence(people.actor("fola"), olga, TODAY, TODAY)


def test_back_earlier_than_planned(people: Cast) -> None:
    olga = people.people["olga"]
    away = actions.set_absence(people.actor("olga"), olga, YESTERDAY, date(2026, 12, 1))
    assert actions.end_absence(people.actor("olga"), away.ref, TODAY).ends == YESTERDAY
    planned = actions.set_absence(people.actor("olga"), olga, date(2026, 11, 1), date(2026, 12, 1))
    actions.end_absence(people.actor("olga"), planned.ref, TODAY)
    assert list(Absence.objects.values_list("ref", flat=True)) == [away.ref]


def test_erasing_somebody_leaves_their_work_and_an_unbroken_journal(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        for key in ("sent", "waiting"):
            write_letter(door, key=key, to="olga@example.org", subject="Dear Olga", body="Olga", person="olga")
        write_letter(
            door, key="about", to="gita@example.org", subject="Olga mentioned you", body="Olga wrote to Olgarth."
        )
        Letter.objects.filter(key="sent").mark(sent_at=datetime.now(UTC))
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    actions.erase_person(people.actor("ida"), "olga", reason="her request of 1 September")
    olga = Person.objects.select_related("user").get(ref="olga")
    assert (olga.name, olga.email, olga.phone) == ("[olga]", "", "")
    assert olga.seats.count() == 1
    assert olga.user is not None
    assert "olga" not in olga.user.email
    assert not olga.user.is_active
    kept = Letter.objects.get(key="sent")
    assert "Olga" not in kept.subject + kept.body + kept.to
    told = Letter.objects.get(key="about")
    assert (told.subject, told.body) == ("[olga] mentioned you", "[olga] wrote to Olgarth.")
    journalled = Entry.objects.filter(ref="olga")
    assert "Olga" not in str([(entry.facts, entry.personal) for entry in journalled])
    assert journalled.latest("seq").reason == "her request of 1 September"
    assert journal.verify().broken is None


def test_only_those_who_left_can_be_erased_and_only_with_a_reason(people: Cast) -> None:
    with pytest.raises(Refused, match="has not left"):
        actions.erase_person(people.actor("ida"), "olga", reason="asked")
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    with pytest.raises(Refused, match="Say why"):
        actions.erase_person(people.actor("ida"), "olga", reason="")
    with pytest.raises(Refused, match="Only the administrator"):
        actions.erase_person(people.actor("gita"), "olga", reason="asked")


def test_an_erased_person_is_not_written_anew(people: Cast) -> None:
    actions.leave(people.actor("ida"), "olga", YESTERDAY)
    actions.erase_person(people.actor("ida"), "olga", reason="asked")
    with pytest.raises(Refused, match="erased"):
        actions.change_person(people.actor("ida"), "olga", name="Olga")


def test_a_membership_does_not_overlap_another(people: Cast) -> None:
    ida = people.actor("ida")
    cities = actions.add(ida, Constituency(name="Associations of local governments"))
    member = Organisation.objects.get()
    first = actions.add(ida, Membership(organisation=member, constituency=cities, starts=date(2020, 1, 1)))
    with pytest.raises(Refused, match="since 2020-01-01"):
        actions.add(ida, Membership(organisation=member, constituency=cities, starts=TODAY, kind="associate"))
    actions.change(ida, first, ends=YESTERDAY)
    actions.add(ida, Membership(organisation=member, constituency=cities, starts=TODAY, kind="associate"))
    with pytest.raises(Refused):
        actions.add(people.actor("gita"), Constituency(name="Private sector"))


def test_a_delegate_of_nobody_has_no_office(people: Cast) -> None:
    assert actor_for_person(people.people["sam"], TODAY).offices == frozenset()
