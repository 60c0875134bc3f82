"""The fictional example, loaded once and looked at by many: every state of a report appears in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from jwp.core.access import ROLES
from jwp.core.door import Refused
from jwp.core.journal import verify
from jwp.core.models import Entry, Letter, Partnership, User
from jwp.desk.example import PASSWORD, load, sign_ins
from jwp.desk.workbook import export
from jwp.evidence.models import Product, ProductDownloads, ProductUse, Run
from jwp.governance.models import AgendaItem, Decision, Meeting, Reservation
from jwp.grants import models as grants
from jwp.grants.actions import self_assessment
from jwp.grants.rules.life import APPLICATION, CALL, ITEM, PROGRAMME
from jwp.grants.screening import alerts, crossed, drift
from jwp.partners.access import actor_for_person, supervisors
from jwp.partners.models import Absence, Person, Seat, on
from jwp.plans.models import (
    BudgetLine,
    BusinessLine,
    Comment,
    Contribution,
    Correction,
    Evidence,
    Plan,
    Report,
    Revision,
    Round,
    Target,
)
from jwp.plans.overview import Overview, overview
from jwp.plans.rules import Why, Word
from jwp.reviews.models import Engagement, Finding, Response
from jwp.reviews.results import results
from tests.desk.books import check, faults

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(scope="module", autouse=True)
def example(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Loaded once, because it takes seconds; each test undoes what it does itself."""
    with django_db_blocker.unblock():
        load(TODAY)
    yield
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


def running() -> Overview:
    return overview(Plan.objects.select_related("adoption").get(ref="gap-2"), TODAY)


def whys(month: int) -> Counter[Why]:
    seen = running()
    this = next(round for round in seen.rounds if round.month == month)
    return Counter(spot.standing.why for spot in seen.spots(this))


def client_of(ref: str) -> Client:
    client = Client()
    user = Person.objects.get(ref=ref).user
    assert user is not None
    client.force_login(user)
    return client


def test_it_is_marked_as_fiction_and_nobody_real_can_sign_in() -> None:
    partnership = Partnership.get()
    assert partnership is not None and partnership.fictional
    assert not User.objects.filter(demonstration=False).exists()
    assert not Person.objects.exclude(email__endswith="@example.org").exists()
    assert not Letter.objects.exclude(to__endswith="@example.org").exists()


def test_it_is_loaded_into_an_empty_installation_only() -> None:
    before = Entry.objects.count()
    with pytest.raises(Refused, match="partnership here already"):
        load(TODAY)
    assert Entry.objects.count() == before


def test_there_is_a_sign_in_for_every_role_and_it_works(client: Client) -> None:
    found = sign_ins()
    assert {role for role, _email, _password in found} == set(ROLES)
    for role, email, password in found:
        person = Person.objects.get(email=email)
        assert role in actor_for_person(person, TODAY).roles
        assert client.login(username=email, email=email, password=password), email
    assert {password for *_who, password in found} == {PASSWORD}


def test_the_journal_holds_and_names_many_hands() -> None:
    assert verify().broken is None
    hands = set(Entry.objects.values_list("actor", flat=True))
    assert {"ilsabet", "thandeka", "joren", "rosalba", "wenna", "tobin", "odo", "system"} <= hands


def test_nineteen_targets_stand_on_three_levels_for_eight_holders() -> None:
    standing = Target.objects.filter(plan__ref="gap-2", state=Target.STANDS)
    assert standing.count() == 19
    assert standing.values("area__level").distinct().count() == 3
    assert standing.values("area").distinct().count() == 7
    assert standing.values("holder").distinct().count() == 8
    assert set(standing.values_list("kind", flat=True)) == set(Target.Kind.values)
    # Every priority area has at least one number, rating or milestone that can be missed.
    assert not standing.filter(value=None, value_text="").exists()


def test_two_rounds_are_closed_and_the_third_is_open_and_past_due() -> None:
    rounds = {round.month: round for round in Round.objects.filter(plan__ref="gap-2")}
    assert rounds[6].closed_on and rounds[12].closed_on
    assert rounds[18].closed_on is None and rounds[18].due < TODAY < rounds[18].closes
    assert rounds[18].moved_because
    assert rounds[24].opens > TODAY


def test_every_state_of_a_report_appears() -> None:
    first, second, third = whys(6), whys(12), whys(18)
    assert first[Why.SILENT] == 1 and first[Why.ACCEPTED] > 10 and first[Why.ACCEPTED_LATE] == 1
    assert second[Why.ACCEPTED_LATE] > 1
    assert {
        Why.ACCEPTED, Why.WAITING_FOR_TEAM, Why.WAITING_LATE, Why.RETURNED, Why.OVERDUE, Why.OVERDUE_RETURNED,
        Why.EXTENDED,
    } <= set(third)  # fmt: skip
    seen = running()
    words = {spot.standing.word for round in seen.rounds for spot in seen.spots(round)}
    assert words == set(Word)


def test_one_was_silent_when_the_round_closed_and_its_late_report_says_so() -> None:
    late = Report.objects.get(round__ref="gap-2-m12", target__number="1.2")
    assert late.silent_at_close and late.state == "accepted"
    assert late.submitted_on and late.round.closed_on and late.submitted_on > late.round.closed_on


def test_reports_came_in_every_way_and_stand_on_every_kind_of_evidence() -> None:
    assert {"own", "mail", "call"} <= set(Report.objects.values_list("via", flat=True))
    assert Entry.objects.filter(actor="wenna", via="link", verb="submit").exists()
    assert Report.objects.filter(no_data_because__gt="").exists()
    assert Report.objects.filter(evidence_follows=True).exists()
    assert Evidence.objects.filter(file__isnull=False).exists()
    assert Evidence.objects.filter(url__gt="").exists() and Evidence.objects.filter(public=True).exists()
    assert Evidence.objects.filter(seen_by__gt="", seen_on__isnull=False).exists()
    # What is being typed and not yet sent.
    assert Report.objects.get(round__ref="gap-2-m18", target__number="2.2").draft["total"] == "10"


def test_promises_changed_openly_each_on_the_authority_it_needs() -> None:
    verbs = Counter(Revision.objects.values_list("verb", flat=True))
    assert set(verbs) == set(Revision.Verb.values)
    for revision in Revision.objects.filter(verb__in=("revise", "merge", "split")):
        assert revision.approval is not None and revision.approval.body.ref == "board"
    assert Revision.objects.get(target__number="3.2", verb="merge").successor == Target.objects.get(
        plan__ref="gap-2", number="3.1"
    )
    assert {t.number for t in Target.objects.filter(came_from__verb="split")} == {"4.2a", "4.2b"}


def test_the_last_plan_ended_with_every_promise_settled() -> None:
    last = Plan.objects.get(ref="gap-1")
    assert last.state == "ended"
    states = Counter(last.targets.values_list("state", flat=True))
    assert states == {"carried": 3, "achieved": 2, "dropped": 1}
    assert {spot.standing.why for spot in overview(last, TODAY).spots(last.rounds.get(month=6))} == {Why.BEFORE_US}


def test_the_board_adopted_the_plan_with_one_reservation_and_meets_again() -> None:
    plan = Plan.objects.select_related("adoption__decision").get(ref="gap-2")
    assert plan.adoption is not None and plan.adoption.body.ref == "board"
    assert Reservation.objects.filter(decision__plan=plan, decision__approval=plan.adoption).count() == 1
    assert Decision.objects.filter(rule="vote", votes_for=2, votes_against=1).exists()
    following = Meeting.objects.get(ref="board-next")
    assert following.starts > TODAY
    # Silence put it there, the Director has commented, and neither can be taken off.
    escalated = AgendaItem.objects.filter(meeting=following, report__isnull=False)
    assert escalated.count() == 2 and escalated.exclude(directors_comment="").count() == 1
    assert AgendaItem.objects.filter(report__round__ref="gap-2-m12", decisions__isnull=False).exists()


def test_the_director_explained_a_late_one() -> None:
    assert Report.objects.get(round__ref="gap-2-m18", target__number="1.2").explanation
    assert Correction.objects.get().new["women"] == "137"


def test_somebody_left_somebody_acts_somebody_is_away_and_an_auditor_looks() -> None:
    left = Person.objects.get(left_on__isnull=False)
    assert (left.ref, left.left_on < TODAY if left.left_on else None) == ("casimir", True)
    assert actor_for_person(left, TODAY).roles == frozenset()
    assert left.user is not None and not left.user.is_active
    assert Seat.objects.filter(on(TODAY), acting=True).exists()
    away = Absence.objects.get(on(TODAY))
    assert away.delegate is not None
    desk = Target.objects.get(plan__ref="gap-2", number="3.1").holder
    assert desk.pk in actor_for_person(away.delegate, TODAY).offices
    assert Seat.objects.get(on(TODAY), office__role="auditor").ends
    assert [person.ref for person in supervisors(desk, TODAY)] == ["ilsabet"]


def test_people_talk_and_whoever_is_named_gets_a_letter() -> None:
    assert Comment.objects.filter(by_mail=True).exists()
    assert Letter.objects.filter(key__startswith="mention:", person="thandeka").exists()


def test_anonymous_answers_are_shown_of_a_large_group_only() -> None:
    shown = {e.ref: results(e, TODAY, "en") for e in Engagement.objects.exclude(instrument="")}
    assert {ref: found.seen for ref, found in shown.items() if found} == {
        "workshop-1": True,
        "focal-talk": False,  # too few
        "mid-term": False,  # still open
    }


def test_what_was_found_led_to_targets() -> None:
    assert set(Response.objects.values_list("kind", flat=True)) == set(Response.Kind.values)
    assert not Response.objects.filter(target=None).exists()
    assert Finding.objects.filter(kind="good practice").exists()
    assert set(Finding.objects.values_list("public", flat=True)) == {True, False}


def test_wenna_reports_from_her_letter_without_a_password(client: Client) -> None:
    wenna = Person.objects.get(ref="wenna")
    assert wenna.user is None
    letter = Letter.objects.filter(person="wenna", sent_at=None).latest("pk")
    link = re.search(r"/l/[\w-]+/", letter.body)
    assert link is not None
    page = client.get(link.group())
    assert page.status_code == 200
    assert "ward committees" in page.content.decode()


def test_letters_of_closed_rounds_hold_no_live_link() -> None:
    for letter in Letter.objects.filter(sent_at__isnull=False):
        assert not re.search(r"/(l|e|join)/[\w-]{20}", letter.body)


def test_programmes_calls_applications_and_items_stand_in_every_state() -> None:
    assert set(grants.Programme.objects.values_list("state", flat=True)) == set(PROGRAMME.states)
    assert set(grants.Programme.objects.values_list("kind", flat=True)) == set(grants.Programme.Kind.values)
    assert set(grants.Call.objects.values_list("state", flat=True)) == set(CALL.states)
    assert set(grants.Call.objects.values_list("kind", flat=True)) == set(grants.Call.Kind.values)
    assert set(grants.Application.objects.values_list("state", flat=True)) == set(APPLICATION.states)
    assert set(grants.FundedItem.objects.values_list("state", flat=True)) == set(ITEM.states)
    assert set(grants.FundedItem.objects.values_list("kind", flat=True)) == set(grants.FundedItem.Kind.values)
    assert (grants.Application.objects.count(), grants.FundedItem.objects.count()) == (40, 27)


def test_every_business_line_has_something_agreed_at_the_gate_and_markers_stand_side_by_side() -> None:
    lines = set(BusinessLine.objects.filter(period__ref="period-2").values_list("ref", flat=True))
    assert (
        set(
            grants.FundedItem.objects.filter(state__in=("signed", "closed")).values_list(
                "business_line__ref", flat=True
            )
        )
        == lines
    )
    # Not screened is not 0.
    assert set(grants.FundedItem.objects.values_list("marker", flat=True)) == {"", "0", "1", "2"}


def test_members_agreed_to_the_version_of_the_concept_note_that_stands() -> None:
    joint = grants.Programme.objects.get(ref="night-streets")
    assert {member.agreed_version.version for member in joint.members.all() if member.agreed_version} == {"second"}
    waiting = grants.Programme.objects.get(ref="care-close-by")
    assert waiting.state == "concept" and waiting.members.filter(agreed_version=None).count() == 2


def test_one_was_refused_at_the_gate_and_mended_and_one_was_overridden() -> None:
    mended = grants.FundedItem.objects.get(application__contact_email="tap-keepers@example.org")
    assert mended.state == "signed" and mended.conditions.filter(done_on=None).exists()
    told = Entry.objects.filter(verb="answer", facts__reason__startswith="The passage on complaints")
    assert told.exists()
    overridden = grants.FundedItem.objects.get(application__contact_email="bench-makers@example.org")
    assert overridden.state == "signed" and overridden.marker == ""
    on_agenda = AgendaItem.objects.get(override__item=overridden)
    assert on_agenda.meeting is not None and on_agenda.meeting.ref == "board-next"


def test_marks_moved_a_principal_one_counts_nobody_and_one_result_did_harm() -> None:
    items = grants.FundedItem.objects.all()
    moved = drift(items)
    assert moved.again >= 4 and {("1", "2"), ("2", "1"), ("0", "1")} <= set(moved.counts)
    assert self_assessment.spot_check(grants.FundedItem.objects.get(ref="item-childcare")) is not None
    assert [item.title for item in alerts(items)] == ["The long way round is too long"]
    levels = {one.level for one in crossed(items)}
    assert {"negative", "targeted", "responsive", "transformative"} <= levels
    assert grants.Condition.objects.filter(text__startswith="Safeguarding", done_on=None).count() == 1


def test_money_came_in_three_currencies_and_the_erp_does_not_agree_in_everything() -> None:
    assert set(Contribution.objects.values_list("currency", flat=True)) == {"USD", "EUR", "SEK"}
    assert Contribution.objects.exclude(withdrawn_on=None).count() == 1
    above = BudgetLine.objects.exclude(allowed_by=None).get()
    assert above.fund.ref == "fund-towns" and above.allowed_by and above.allowed_by.body.ref == "board"
    last = grants.Statement.objects.order_by("-ends")[0]
    kinds = {each["kind"] for each in last.differences}
    assert {"no such agreement", "no rate", "above the agreement", "condition not met", "not in the file"} <= kinds
    assert {bool(each["settled"]) for each in last.differences} == {True, False}
    earlier = grants.Statement.objects.exclude(pk=last.pk)
    assert earlier.count() > 2 and not any(row.differences for row in earlier)


def test_reports_stand_in_every_state_and_agreements_were_amended() -> None:
    assert set(grants.ProgressReport.objects.values_list("state", flat=True)) == {
        "draft",
        "submitted",
        "returned",
        "accepted",
    }
    assert grants.ProgressReport.objects.filter(state="draft", due__lt=TODAY, item__state="signed").exists()
    assert set(grants.Amendment.objects.values_list("kind", flat=True)) == set(grants.Amendment.Kind.values)
    assert set(grants.Investment.objects.values_list("kind", flat=True)) >= {"public", "private", "community"}


def test_the_map_has_real_countries() -> None:
    assert {"KE", "GH", "CO", "MZ"} <= set(grants.FundedItem.objects.values_list("country__iso", flat=True))


def test_an_applicant_goes_on_writing_by_the_link_in_the_outbox(client: Client) -> None:
    letter = Letter.objects.filter(to="baobab-lines@example.org", sent_at=None).latest("pk")
    link = re.search(r"/a/[\w-]+/", letter.body)
    assert link is not None
    page = client.get(link.group())
    assert page.status_code == 200 and "vendeuses" in page.content.decode()


def test_whoever_sits_on_the_panel_never_meets_an_application_of_their_own_house() -> None:
    client = client_of("isaura")
    page = client.get(reverse("grants:panel"))
    assert page.status_code == 200
    shown = page.content.decode()
    assert "Names on the ledger" in shown and "Puestos con nombre" not in shown


def test_the_whole_example_goes_out_as_a_workbook_and_coming_back_changes_nothing() -> None:
    thandeka = actor_for_person(Person.objects.get(ref="thandeka"), TODAY)
    found = check(thandeka, export(thandeka))
    assert faults(thandeka, found) == []
    assert {found.counts[fate] for fate in ("add", "change", "refused")} == {0}


PAGES = (
    ("grants:portfolio", ()),
    ("grants:programmes", ()),
    ("grants:programme", ("night-streets",)),
    ("grants:calls", ()),
    ("grants:call", ("call-stalls",)),
    ("grants:applications", ()),
    ("grants:items", ()),
    ("grants:item", ("item-papers",)),
    ("gender:screening", ()),
    ("plans:money", ()),
    ("public_calls", ()),
    ("desk", ()),
    ("calendar", ()),
    ("gender:home", ()),
    ("gender:plan", ("gap-2",)),
    ("gender:plan", ("gap-1",)),
    ("gender:results", ("gap-2",)),
    ("gender:board", ("gap-2-m18",)),
    ("gender:note", ("gap-2-m12",)),
    ("partners:home", ()),
    ("partners:body", ("board",)),
    ("journal", ()),
    ("governance:meetings", ()),
    ("governance:meeting", ("board-after-m12",)),
    ("reviews:home", ()),
    ("reviews:engagement", ("workshop-1",)),
    ("indicators:list", ()),
    ("indicators:detail", ("dusk-v2",)),
    ("evidence:documents", ()),
    ("evidence:events", ()),
    ("public_home", ()),
    ("public_plan", ()),
)


@pytest.mark.parametrize("who", ["thandeka", "rosalba", "valeria"])
def test_every_room_has_something_to_show(who: str) -> None:
    client = client_of(who)
    for name, refs in PAGES:
        page = client.get(reverse(name, args=refs), follow=True)
        assert page.status_code == 200, (name, page.status_code)


def test_every_target_has_a_page_for_its_owner() -> None:
    client = client_of("rosalba")
    for target in Target.objects.filter(plan__ref="gap-2"):
        assert client.get(reverse("gender:target", args=[target.ref])).status_code == 200


def test_products_of_every_kind_are_offered_and_uses_stand_in_every_state(client: Client) -> None:
    assert set(Product.objects.values_list("kind", flat=True)) == set(Product.Kind.values)
    assert set(ProductUse.objects.values_list("state", flat=True)) == set(ProductUse.State.values)
    assert set(Product.objects.values_list("public", flat=True)) == {True, False}
    assert not ProductDownloads.objects.filter(day__gte=TODAY).exists()
    for ref in Product.objects.filter(public=True).values_list("ref", flat=True):
        assert client.get(reverse("public_product", args=[ref])).status_code == 200
        assert b"Fictional example" in b"".join(client.get(reverse("public_download", args=[ref])))
    assert ProductUse.objects.exclude(organisation=None).count() == 3  # recognised by their names


def test_two_cities_were_diagnosed_one_for_everybody(client: Client) -> None:
    states = {run.ref: run.state for run in Run.objects.filter(title__endswith="(fictional)")}
    assert states == {"lamps-alderport": "published", "errands-tarnhollow": "done"}
    assert "hidden: too few people" in client.get("/cities/alderport/").content.decode()
