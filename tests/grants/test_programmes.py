"""Programmes: who agreed to which version, when one may start, and what lies beside it."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jwp.core.access import system
from jwp.core.door import Refused, Stale, open_door
from jwp.evidence.actions import new_version
from jwp.evidence.models import Document, Product
from jwp.grants.actions.member_programmes import keep_member_programme
from jwp.grants.actions.programmes import Lines, OutputLine, PhaseLine, agree, change_programme, facts_of, take_step
from jwp.grants.models import MemberProgramme, Programme, ProgrammeMember
from jwp.grants.tables.member_programmes import beside
from jwp.partners.models import Organisation, Place
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import call, country, item, line, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def organisation(ref: str, name: str) -> Organisation:
    with open_door(system(TODAY)) as door:
        return door.add(Organisation(ref=ref, name=name))


def concept(version: str = "1") -> Document:
    with open_door(system(TODAY)) as door:
        return door.add(
            Document(ref=f"concept-{version}", title="Concept note", version=version, url="https://x.example")
        )


def joint(members: dict[str, str] | None = None, **fields: Any) -> Programme:
    """A joint work programme of Fola's organisation ("member"), which chairs it, and of others."""
    made = programme("jwp", **fields)
    with open_door(system(TODAY)) as door:
        for ref, role in (members or {"member": "chair"}).items():
            door.add(ProgrammeMember(programme=made, organisation=Organisation.objects.get(ref=ref), role=role))
    return made


def test_a_joint_programme_starts_once_every_member_agreed_to_the_newest_version(people: Cast) -> None:
    organisation("city", "A city")
    first = concept()
    made = joint({"member": "chair", "city": "participant"}, concept=first)
    amara, fola = people.actor("amara"), people.actor("fola")
    agree(fola, "jwp", Organisation.objects.get(ref="member"), "concept-1")
    with pytest.raises(Refused, match="needs the agreement of its members"):
        take_step(amara, "jwp", "start", None)
    agree(people.actor("olga"), "jwp", Organisation.objects.get(ref="city"), "concept-1", date(2026, 9, 1))
    assert "the agreement of its members" in facts_of(made)

    second = new_version(
        people.actor("olga"), "concept-1", 1, title="Concept note", version="2", url="https://x.example/2"
    )
    with pytest.raises(Refused, match="newer version of the concept note"):
        agree(fola, "jwp", Organisation.objects.get(ref="member"), "concept-1")
    with pytest.raises(Refused, match="needs the agreement of its members"):
        take_step(amara, "jwp", "start", None)
    for ref in ("member", "city"):
        agree(people.actor("olga"), "jwp", Organisation.objects.get(ref=ref), second.ref)
    assert take_step(amara, "jwp", "start", None).state == "running"


def test_without_chair_or_concept_note_the_reasons_are_named(people: Cast) -> None:
    programme("jwp")
    with pytest.raises(Refused) as refused:
        take_step(people.actor("amara"), "jwp", "start", None)
    assert refused.value.reasons == (
        "needs a chair", "needs a concept note", "needs the agreement of its members",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["country", "global", "regional"])
def test_other_programmes_start_without_a_concept_note(people: Cast, kind: str) -> None:
    programme("other", kind=kind)
    assert take_step(people.actor("amara"), "other", "start", 1).state == "running"


def test_only_the_director_starts_and_nobody_closes_over_an_open_item(people: Cast) -> None:
    made = programme("other", kind="country", state="running")
    with pytest.raises(Refused, match="only director may close"):
        take_step(people.actor("olga"), "other", "close", None)
    signed = item(programme=made, state="signed")
    with pytest.raises(Refused, match="needs no item open"):
        take_step(people.actor("amara"), "other", "close", None)
    with open_door(system(TODAY)) as door:
        door.change(signed, state="closed")
    assert take_step(people.actor("amara"), "other", "close", None).state == "closed"


def test_a_programme_is_dropped_with_a_reason_and_then_stays(people: Cast) -> None:
    programme("other", kind="country")
    with pytest.raises(Refused, match="needs a reason"):
        take_step(people.actor("amara"), "other", "drop", None, " ")
    take_step(people.actor("amara"), "other", "drop", None, "No funder came.")
    with pytest.raises(Refused, match="was dropped"):
        change_programme(people.actor("olga"), "other", None, Lines(), name="Again")


def test_a_focal_point_agrees_for_its_own_organisation_only(people: Cast) -> None:
    city = organisation("city", "A city")
    joint({"member": "chair", "city": "funder"}, concept=concept())
    with pytest.raises(Refused, match="own focal point"):
        agree(people.actor("fola"), "jwp", city, "concept-1")
    with pytest.raises(Refused, match="is not in this programme"):
        agree(people.actor("olga"), "jwp", organisation("third", "A third"), "concept-1")
    with pytest.raises(Refused, match="has yet to come"):
        agree(people.actor("olga"), "jwp", city, "concept-1", date(2026, 9, 21))


def test_the_grids_say_it_whole_and_a_changed_role_keeps_the_agreement(people: Cast) -> None:
    city, member = organisation("city", "A city"), Organisation.objects.get(ref="member")
    made = joint({"member": "chair", "city": "participant"}, concept=concept())
    agree(people.actor("fola"), "jwp", member, "concept-1")
    kenya = country()
    lines = Lines(
        members=[(member, "funder"), (city, "chair"), (member, "participant")],
        places=[(kenya, True)],
        phases=[PhaseLine("Inception", date(2025, 1, 1), date(2025, 6, 30))],
        outputs=[OutputLine("A guide for mayors")],
    )
    change_programme(people.actor("olga"), "jwp", 1, lines)
    shown = {(m.organisation.ref, m.role): m.agreed_on for m in made.members.select_related("organisation")}
    assert shown == {("member", "funder"): TODAY, ("city", "chair"): None, ("member", "participant"): TODAY}
    phase, output = made.phases.get(), made.outputs.get()
    again = Lines(
        members=[(city, "chair")],
        phases=[PhaseLine("Inception phase", phase.starts, phase.ends, phase.ref)],
        outputs=[OutputLine(output.text, ref=output.ref)],
    )
    with pytest.raises(Stale):
        change_programme(people.actor("olga"), "jwp", 1, again)
    change_programme(people.actor("olga"), "jwp", 2, again)
    assert (made.members.count(), made.places.count()) == (1, 0)
    assert made.phases.get().name == "Inception phase" and made.outputs.get().revision == 1


def test_a_programme_has_one_chair(people: Cast) -> None:
    city, member = organisation("city", "A city"), Organisation.objects.get(ref="member")
    joint()
    with pytest.raises(Refused, match="one chair"):
        change_programme(people.actor("olga"), "jwp", None, Lines(members=[(member, "chair"), (city, "chair")]))


def test_beside_a_programme_stand_members_own_of_its_countries_and_of_its_members(people: Cast) -> None:
    kenya, chile, city = country(), country("chile", "Chile", "CL"), organisation("city", "A city")
    with open_door(system(TODAY)) as door:
        nairobi = door.add(Place(ref="nairobi", name="Nairobi", kind="city", within=kenya))
        mombasa = door.add(Place(ref="mombasa", name="Mombasa", kind="city", within=kenya))
        member = Organisation.objects.get(ref="member")
        for ref, of, place in (
            ("same-country", city, mombasa), ("own-elsewhere", member, chile), ("elsewhere", city, chile),
        ):  # fmt: skip
            door.add(MemberProgramme(ref=ref, organisation=of, title=ref, place=place))
    made = joint()
    in_kenya = programme("kenya", kind="country")
    for row in (made, in_kenya):
        change_programme(
            people.actor("olga"), row.ref, None,
            Lines(members=[(member, "chair")], places=[(nairobi, True)]),
        )  # fmt: skip
    rows = MemberProgramme.objects.all()
    assert {row.ref for row in beside(in_kenya, rows)} == {"same-country"}
    assert {row.ref for row in beside(made, rows)} == {"same-country", "own-elsewhere"}


def test_focal_points_keep_their_own_entries_and_staff_any(people: Cast) -> None:
    city, member = organisation("city", "A city"), Organisation.objects.get(ref="member")
    with pytest.raises(Refused, match="kept by its focal point"):
        keep_member_programme(people.actor("fola"), None, organisation=city, title="Night buses")
    own = keep_member_programme(people.actor("fola"), None, organisation=member, title="Night buses")
    with pytest.raises(Refused, match="kept by its focal point"):
        keep_member_programme(people.actor("fola"), own, 1, organisation=city)
    with pytest.raises(Refused, match="cannot end before"):
        keep_member_programme(people.actor("olga"), own, 1, starts=date(2026, 1, 1), ends=date(2025, 1, 1))
    assert keep_member_programme(people.actor("olga"), own, 1, title="Safe night buses").revision == 2


def lines_sent(**grids: list[dict[str, str]]) -> dict[str, str]:
    """What a browser sends of the four grids."""
    sent = {}
    for name in ("members", "places", "phases", "outputs"):
        given = grids.get(name, [])
        sent |= {f"{name}-TOTAL_FORMS": str(len(given)), f"{name}-INITIAL_FORMS": "0"}
        sent |= {f"{name}-{n}-{key}": value for n, each in enumerate(given) for key, value in each.items()}
    return sent


def test_staff_make_a_programme_on_one_form_and_see_all_of_it(people: Cast, client: Client) -> None:
    line()
    country()
    concept()
    with open_door(system(TODAY)) as door:
        door.add(Product(ref="guide", title="A guide for mayors", kind="programming tool"))
    people.sign_in(client, "olga")
    about = {
        "name": "Equal streets", "kind": "joint", "business_line": "catf", "starts": "2026-01-01",
        "concept": "concept-1", "public": "on",
    }  # fmt: skip
    grids = lines_sent(
        members=[{"organisation": "member", "role": "chair"}, {"organisation": "", "role": "participant"}],
        places=[{"place": "kenya", "pilot": "on"}],
        phases=[{"name": "Inception", "starts": "2026-01-01", "ends": "2025-01-01"}],
        outputs=[{"text": "The guide", "due": "2026-05-01", "product": "guide"}],
    )
    refused = client.post(reverse("grants:new_programme"), about | grids)
    assert "It cannot end before it starts." in refused.content.decode()
    good = grids | {"phases-0-ends": "2026-06-30"}
    answer = client.post(reverse("grants:new_programme"), about | good, follow=True)
    page = answer.content.decode()
    for text in ("Equal streets", "A member", "chair", "not agreed yet", "Kenya", "Inception", "A guide for mayors"):
        assert text in page
    made = Programme.objects.get(name="Equal streets")
    form = client.get(reverse("grants:change_programme", args=[made.ref])).content.decode()
    assert 'value="Inception"' in form and '<option value="kenya" selected>' in form


def test_a_member_agrees_with_one_click_and_the_page_says_to_which_version(people: Cast, client: Client) -> None:
    joint(concept=concept())
    people.sign_in(client, "fola")
    page = reverse("grants:programme", args=["jwp"])
    assert "We agree to this version" in client.get(page).content.decode()
    assert client.get(reverse("evidence:document", args=["concept-1"])).status_code == 200
    sent = {"organisation": "member", "version": "concept-1"}
    answer = client.post(reverse("grants:agree_to_programme", args=["jwp"]), sent, follow=True).content.decode()
    assert "agreed to version 1 on" in answer and "We agree to this version" not in answer
    new_version(people.actor("olga"), "concept-1", 1, title="Concept note", version="2", url="https://x.example/2")
    later = client.get(page).content.decode()
    assert "agreed to version 1 on" in later and "there is a newer one" in later
    assert "We agree to this version" in later


def test_a_blank_marker_is_not_screened_and_0_is_0(people: Cast, client: Client) -> None:
    made = programme("other", kind="country")
    item("blank", programme=made, title="Blank")
    item("zero", programme=made, title="Zero", marker="0")
    people.sign_in(client, "berta")
    page = client.get(reverse("grants:programme", args=["other"])).content.decode()
    assert page.count("not screened") == 1
    assert '<td data-label="Gender marker">0</td>' in page


def test_lists_narrow_and_say_the_same_as_csv(people: Cast, client: Client) -> None:
    chile = country("chile", "Chile", "CL")
    programme("here", name="Streets of Kenya", kind="country")
    change_programme(people.actor("olga"), "here", 1, Lines(places=[(country(), False)]))
    programme("there", name="Hills of Chile", kind="country")
    change_programme(people.actor("olga"), "there", 1, Lines(places=[(chile, False)]))
    people.sign_in(client, "aldo")
    listed = reverse("grants:programmes")
    for asked in ("country=chile", "q=hills", "state=concept&q=chile", "line=catf&kind=country&country=chile"):
        page = client.get(f"{listed}?{asked}").content.decode()
        assert "Hills of Chile" in page and "Streets of Kenya" not in page, asked
    lines = client.get(f"{listed}?country=chile&export=csv").content.decode().splitlines()
    assert len(lines) == 2 and lines[1].startswith("Hills of Chile,")


def test_the_register_tells_what_runs_now(people: Cast, client: Client) -> None:
    member = Organisation.objects.get(ref="member")
    olga = people.actor("olga")
    keep_member_programme(olga, None, organisation=member, title="Over", ends=date(2020, 1, 1), contact="Zoe")
    keep_member_programme(olga, None, organisation=member, title="Open-ended", starts=date(2020, 1, 1), contact="Zoe")
    people.sign_in(client, "fola")
    register = reverse("grants:member_programmes")
    assert "Over" in client.get(register).content.decode()
    page = client.get(f"{register}?now=on").content.decode()
    assert "Open-ended" in page and ">Over<" not in page
    people.sign_in(client, "sam")
    assert client.get(register).status_code == 404


@pytest.mark.parametrize("page", ["grants:programmes", "grants:member_programmes", "public_programmes"])
def test_a_list_asks_as_much_for_forty_as_for_two(people: Cast, client: Client, page: str) -> None:
    def more(start: int, end: int) -> int:
        kenya, member = country(), Organisation.objects.get(ref="member")
        for number in range(start, end):
            programme(f"p{number}", name=f"Programme {number}", kind="country", state="running")
            change_programme(
                people.actor("olga"), f"p{number}", None, Lines(members=[(member, "funder")], places=[(kenya, False)])
            )
            keep_member_programme(people.actor("olga"), None, organisation=member, title=f"Own {number}", place=kenya)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(page)).status_code == 200
        return len(asked)

    people.sign_in(client, "gita")
    assert more(0, 2) == more(2, 40) <= 14


def test_a_programmes_page_asks_as_much_for_twenty_items_as_for_two(people: Cast, client: Client) -> None:
    made = programme("other", kind="country")
    people.sign_in(client, "gita")
    counts = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            item(f"i{number}", programme=made)
            call(f"c{number}", programme=made)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("grants:programme", args=["other"]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_public_page_names_units_and_no_person_and_only_what_is_public(people: Cast, client: Client) -> None:
    running = programme("run", name="Streets by Amara", kind="country", state="running", summary="Led by Amara.")
    programme("hidden", state="running", public=False)
    programme("early", state="concept")
    with open_door(system(TODAY)) as door:
        member = Organisation.objects.get(ref="member")
        door.add(ProgrammeMember(programme=running, organisation=member, role="funder"))
        door.add(Product(ref="open", title="Open guide", kind="programming tool", public=True))
        door.add(Product(ref="inside", title="Inside brief", kind="programming tool"))
    products = {row.ref: row for row in Product.objects.all()}
    change_programme(
        people.actor("olga"), "run", None,
        Lines(
            members=[(member, "funder")],
            outputs=[OutputLine("First", product=products["open"]), OutputLine("Second", product=products["inside"])],
        ),
    )  # fmt: skip
    item("grant", programme=running, state="signed", title="Lights")
    item("consult", programme=running, state="signed", kind="contract", title="Advice", partner="Jane Roe")
    item("planned", programme=running, title="Not yet")
    item("kept", programme=running, state="signed", public=False, title="Kept back")
    page = client.get(reverse("public_programme", args=["run"])).content.decode()
    for text in ("A member (funder)", "Open guide", "Lights", "City works department", "100,000.00", "Advice"):
        assert text in page, text
    for text in ("Amara", "Inside brief", "Jane Roe", "Not yet", "Kept back"):
        assert text not in page, text
    for ref in ("hidden", "early"):
        assert client.get(reverse("public_programme", args=[ref])).status_code == 404
    listed = client.get(reverse("public_programmes")).content.decode()
    assert "Streets by [name withheld]" in listed and "Amara" not in listed
    table = client.get(reverse("public_programmes") + "?export=csv").content.decode()
    assert "Streets by [name withheld]" in table and "Amara" not in table
