"""Programmes: who agreed to which version, when one may start, and what lies beside it."""

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jwp.core.access import system
from jwp.core.door import Refused, Stale, open_door
from jwp.desk.workbook import export
from jwp.evidence.access import visible_documents, visible_files
from jwp.evidence.actions import new_version
from jwp.evidence.files import keep
from jwp.evidence.models import Document
from jwp.grants.actions.member_programmes import keep_member_programme
from jwp.grants.actions.programmes import Lines, OutputLine, PhaseLine, agree, change_programme, facts_of, take_step
from jwp.grants.models import MemberProgramme, Programme, ProgrammeMember
from jwp.grants.tables.member_programmes import beside
from jwp.partners.models import Organisation, Place
from tests.cast import TODAY, Cast, cast
from tests.desk.books import book, bring, faults
from tests.desk.books import check as check_book
from tests.grants.scene import country, item, programme

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
        places=[],
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


def test_programmes_go_out_and_come_back_in_the_workbook(people: Cast) -> None:
    gita = people.actor("gita")
    kenya = country()
    made = joint(concept=concept())
    agree(people.actor("fola"), "jwp", Organisation.objects.get(ref="member"), "concept-1")
    lines = Lines(places=[(kenya, True)], phases=[PhaseLine("Inception", date(2025, 1, 1))], outputs=[OutputLine("A")])
    change_programme(gita, "jwp", None, lines)
    keep_member_programme(gita, None, organisation=Organisation.objects.get(ref="member"), title="Own", place=kenya)
    unchanged = check_book(gita, io.BytesIO(export(gita)))
    assert {key: unchanged.counts[key] for key in ("add", "change", "refused")} == {"add": 0, "change": 0, "refused": 0}
    bring(
        gita,
        book(
            Programmes=[
                ["Name", "Kind", "Business line", "From", "Pilot places"],
                ["Night markets", "country programme", "Catalytic Fund", "2026-01-01", "Kenya"],
            ],
            Members_of_programmes=[["Programme", "Organisation", "Role"], ["Night markets", "A member", "funder"]],
            Phases_of_programmes=[["Programme", "Phase", "From"], ["Night markets", "Inception", "2026-01-01"]],
            Outputs_of_programmes=[["Programme", "Output"], ["Night markets", "A guide"]],
        ),
    )
    new = Programme.objects.get(name="Night markets")
    assert (new.state, new.members.get().role, new.places.get().pilot) == ("concept", "funder", True)
    assert (new.phases.get().name, new.outputs.get().text) == ("Inception", "A guide")
    assert made.members.count() == 1


def test_the_workbook_takes_no_agreement_to_something_else(people: Cast) -> None:
    joint(concept=concept())
    other = concept("9")
    row = ProgrammeMember.objects.get()
    wrong = book(
        Members_of_programmes=[
            ["Reference", "Revision", "Programme", "Organisation", "Role", "Agreed version", "Agreed on"],
            [row.ref, 1, "Women in cities", "A member", "chair", other.ref, "2026-09-01"],
            [None, None, "Women in cities", "A member", "funder", "concept-1", "2026-12-01"],
        ]
    )
    said = "\n".join(faults(people.actor("gita"), check_book(people.actor("gita"), wrong)))
    assert "no version of the programme’s concept note" in said and "has yet to come" in said


def test_a_focal_point_reads_a_concept_note_in_its_newer_versions_and_no_other_note(people: Cast) -> None:
    with open_door(system(TODAY)) as door:
        rows: dict[str, Document] = {}
        for ref in ("first", "second", "other"):
            file = keep(SimpleUploadedFile(f"{ref}.pdf", b"%PDF-1.7\n" + ref.encode())).row()
            rows[ref] = door.add(Document(ref=ref, title=ref, file=file, supersedes=rows.get("first")))
            if ref == "second":
                rows.pop("first")
    fola = people.actor("fola")
    assert not visible_documents(fola).exists()
    joint(concept=Document.objects.get(ref="first"))
    assert {row.ref for row in visible_documents(fola)} == {"first", "second"}
    assert {row.name for row in visible_files(fola)} == {"first.pdf", "second.pdf"}
    take_step(people.actor("amara"), "jwp", "drop", None, "No funder came.")
    assert not visible_files(fola).exists()
