"""Reporting on a target: by its holder, for its holder, late, silent, returned, corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jwp.core.door import Refused, Stale, open_door
from jwp.core.models import Entry, Letter
from jwp.partners.access import actor_for_person
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Evidence, Report, Round, Target
from jwp.plans.rules import Why, Word, standing
from tests.cast import TODAY, Cast, approval, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db
SPLIT = {"women": "7", "men": "5"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    """The third round of an adopted plan with one number, open and five days overdue today."""
    made = make_plan()
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a policy")
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15), "Decision 1")
    found: Round = Round.objects.get(month=18)
    return found


def stands(row: Report, today: date = TODAY) -> tuple[str, str]:
    s = standing(round.dates_of(row.round), report.facts_of(row), today)
    return s.word.value, s.why.value


def test_the_holder_reports_and_the_team_accepts(people: Cast, m18: Round) -> None:
    row = report.submit(people.actor("olga"), m18.ref, "t1", SPLIT)
    assert (row.state, row.value) == ("submitted", Decimal(12))
    assert stands(row) == ("reported", Why.WAITING_LATE)
    row = report.accept(people.actor("gita"), row.ref)
    assert stands(row) == ("accepted", Why.ACCEPTED_LATE)
    assert row.reading is not None
    cells = {cell.sex: cell.value for cell in row.reading.cells.all()}
    assert cells == {"f": 7, "m": 5, "": 12}


def test_a_stranger_cannot_report(people: Cast, m18: Round) -> None:
    with pytest.raises(Refused, match="do not hold"):
        report.submit(people.actor("sam"), m18.ref, "t1", SPLIT)
    assert not Report.objects.exists()


def test_nobody_accepts_their_own_report(people: Cast, m18: Round) -> None:
    with open_door(people.actor("gita")) as door:
        door.change(door.lock(Target, "t1"), holder=people.offices["gender"])
    row = report.submit(people.actor("gita"), m18.ref, "t1", SPLIT)
    with pytest.raises(Refused, match="somebody else"):
        report.accept(people.actor("gita"), row.ref)
    assert report.accept(people.actor("tomas"), row.ref).state == "accepted"


def test_the_team_reports_for_an_owner_who_is_told(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    with pytest.raises(Refused, match="how it came"):
        report.submit(gita, m18.ref, "t1", SPLIT)
    row = report.submit(gita, m18.ref, "t1", SPLIT, via="call", source="Olga, 18 September")
    assert row.source == "Olga, 18 September"
    assert Letter.objects.get().to == "olga@example.org"
    assert report.accept(gita, row.ref).state == "accepted"


def test_parts_that_do_not_add_up_are_refused_with_the_difference(people: Cast, m18: Round) -> None:
    with pytest.raises(Refused, match="3"):
        report.submit(people.actor("olga"), m18.ref, "t1", SPLIT | {"total": "15"})
    row = report.submit(people.actor("olga"), m18.ref, "t1", SPLIT | {"total": "15", "not_stated": "3"})
    assert row.value == 15


def test_what_is_typed_is_kept_as_typed(people: Cast, m18: Round) -> None:
    row = report.save_draft(people.actor("olga"), m18.ref, "t1", {"women": "twelve or so"}, 0)
    assert row.draft == {"women": "twelve or so"}
    assert stands(row)[0] == Word.LATE
    assert "twelve" not in str(list(Entry.objects.values_list("facts", flat=True)))


def test_two_people_edit_one_report_and_the_second_is_told(people: Cast, m18: Round) -> None:
    first = report.save_draft(people.actor("olga"), m18.ref, "t1", {"women": "1"}, 0)
    report.save_draft(people.actor("gita"), m18.ref, "t1", {"women": "2"}, first.revision)
    with pytest.raises(Stale) as told:
        report.save_draft(people.actor("olga"), m18.ref, "t1", {"women": "3"}, first.revision)
    assert told.value.row.draft == {"women": "2"}  # type: ignore[attr-defined]


def test_a_form_sent_twice_counts_once(people: Cast, m18: Round) -> None:
    olga = people.actor("olga")
    first = report.submit(olga, m18.ref, "t1", SPLIT, once="abc")
    again = report.submit(olga, m18.ref, "t1", SPLIT, once="abc")
    assert (first.pk, first.revision) == (again.pk, again.revision)


def test_a_returned_report_waits_in_the_form_and_its_owner_is_told(people: Cast, m18: Round) -> None:
    row = report.submit(people.actor("olga"), m18.ref, "t1", SPLIT)
    with pytest.raises(Refused, match="comment"):
        report.return_(people.actor("gita"), row.ref, " ")
    row = report.return_(people.actor("gita"), row.ref, "Where do the seven come from?")
    assert (row.state, row.draft["women"]) == ("returned", "7")
    assert "Where do the seven" in Letter.objects.get().body
    row = report.submit(people.actor("olga"), m18.ref, "t1", {"women": "6", "men": "5"})
    assert row.value == 11
    assert row.reading is not None
    assert row.reading.supersedes is not None


def test_silence_is_recorded_from_the_closing_date_and_stays(people: Cast, m18: Round) -> None:
    with pytest.raises(Refused, match="may be closed from"):
        round.close_round(people.actor("gita"), m18.ref)
    later = m18.closes
    report.submit(people.actor("olga"), m18.ref, "t2", {"progress": "done"})
    gita = people.actor("gita", later)
    round.close_round(gita, m18.ref)
    row = Report.objects.get(target__ref="t1")
    assert stands(row, later) == ("not reported", Why.SILENT)
    olga = people.actor("olga", later + timedelta(days=3))
    with pytest.raises(Refused, match="no data"):
        report.submit(olga, m18.ref, "t1", {"no_data": "we forgot"})
    row = report.submit(olga, m18.ref, "t1", SPLIT)
    assert row.silent_at_close
    row = report.accept(gita, row.ref)
    assert stands(row, later)[1] == Why.ACCEPTED_LATE


def test_no_data_has_a_reason_before_the_close(people: Cast, m18: Round) -> None:
    row = report.submit(people.actor("olga"), m18.ref, "t1", {"no_data": "the survey is next month"})
    assert row.reading is not None
    assert row.reading.status == "no data"
    assert row.value is None


def test_an_extension_stops_the_clock(people: Cast, m18: Round) -> None:
    to = m18.closes + timedelta(days=10)
    round.extend(people.actor("gita"), m18.ref, ["t1"], to, "the city asked for it")
    row = Report.objects.get(target__ref="t1")
    assert stands(row) == ("", Why.EXTENDED)
    round.close_round(people.actor("gita", m18.closes), m18.ref)
    row.refresh_from_db()
    assert not row.silent_at_close
    row.round.refresh_from_db()
    assert stands(row, to)[1] == Why.EXTENDED
    assert stands(row, to + timedelta(days=1)) == ("not reported", Why.SILENT)


def test_evidence_is_asked_for_and_may_follow(people: Cast, m18: Round) -> None:
    with open_door(people.actor("gita")) as door:
        door.change(door.lock(Target, "t1"), evidence_required=True)
    olga = people.actor("olga")
    with pytest.raises(Refused, match="evidence"):
        report.submit(olga, m18.ref, "t1", SPLIT)
    row = report.submit(olga, m18.ref, "t1", SPLIT, evidence_follows=True)
    report.add_evidence(olga, row.ref, [{"seen_by": "Gita", "seen_on": TODAY, "title": "attendance list"}])
    assert Evidence.objects.get().title == "attendance list"


def test_an_accepted_value_is_corrected_without_reopening(people: Cast, m18: Round) -> None:
    row = report.submit(people.actor("olga"), m18.ref, "t1", SPLIT)
    report.accept(people.actor("gita"), row.ref)
    change = report.correct(people.actor("gita"), row.ref, {"women": "8", "men": "5"}, "one woman was missed")
    row.refresh_from_db()
    assert (change.old["women"], change.new["women"]) == ("7", "8")
    assert (row.value, row.state) == (Decimal(13), "accepted")


def test_a_promise_changes_value_only_by_decision(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    with pytest.raises(Refused, match="decision"):
        promise.revise(gita, "t1", reason="too hard", value=Decimal(80))
    promise.revise(gita, "t1", reason="clearer", text="Train 100 planners")
    decided = approval(people.board, "gap", date(2026, 6, 1))
    row = promise.revise(gita, "t1", reason="fewer cities", approval=decided, value=Decimal(80))
    kept = [(r.verb, r.before, r.after) for r in row.revisions.all()]
    assert ("revise", {"value": "100"}, {"value": "80"}) in kept
    assert ("reword", {"text": "Train 100 people"}, {"text": "Train 100 planners"}) in kept


def test_the_next_plan_starts_as_a_copy(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    with pytest.raises(Refused, match="t2"):
        plans.copy(
            gita, "gap", title="Next", starts=date(2028, 1, 1), ends=date(2029, 12, 31),
            decided={"t1": "carry"}, reason="new plan",
        )  # fmt: skip
    new = plans.copy(
        gita, "gap", title="Next", starts=date(2028, 1, 1), ends=date(2029, 12, 31),
        decided={"t1": "carry", "t2": "achieve"}, reason="new plan",
    )  # fmt: skip
    assert [t.text for t in new.targets.all()] == ["Train 100 people"]
    assert Target.objects.get(ref="t1").state == "carried"
    assert plans.end(gita, "gap").state == "ended"


def test_owners_get_a_personal_link_and_their_delegate_in_their_absence(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    assert round.send_links(gita, m18.ref) == ["Olga"]
    assert round.send_links(gita, m18.ref) == []
    assert "/l/" in Letter.objects.get().body


def test_a_comment_tells_those_it_mentions(people: Cast, m18: Round) -> None:
    report.comment(people.actor("gita"), "t1", "Thanks @olga, see @nobody.")
    assert [letter.to for letter in Letter.objects.all()] == ["olga@example.org"]


def test_delegates_report_without_inheriting_authority(people: Cast, m18: Round) -> None:
    from jwp.partners.models import Absence

    with open_door(people.actor("gita")) as door:
        door.add(Absence(person=people.people["olga"], delegate=people.people["sam"], starts=TODAY, ends=TODAY))
    sam = actor_for_person(people.people["sam"], TODAY)
    assert report.submit(sam, m18.ref, "t1", SPLIT).state == "submitted"
    assert sam.roles == frozenset()
