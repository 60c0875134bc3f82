"""Reporting at its edges: own reports by another way, settled promises, moved rounds, what no form would send."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jwp.core.access import system
from jwp.core.door import Refused, open_door
from jwp.core.models import Entry
from jwp.gender.results import results
from jwp.partners.models import Person
from jwp.plans.actions import plan as plans
from jwp.plans.actions import promise, report, round
from jwp.plans.models import Report, Round, Target
from jwp.plans.overview import overview
from tests.cast import TODAY, Cast, approval, cast, indicator, target
from tests.cast import plan as make_plan

pytestmark = pytest.mark.django_db
SPLIT = {"women": "7", "men": "5"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def m18(people: Cast) -> Round:
    """The third round of an adopted plan, open and five days overdue today."""
    made = make_plan()
    target(made, people.offices["operations"], "t1", indicator=indicator())
    target(made, people.offices["operations"], "t2", kind="milestone", value=None, text="Adopt a policy")
    target(made, people.offices["gender"], "t3", kind="text", value=None, text="Write it down")
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15), "Decision 1")
    found: Round = Round.objects.get(month=18)
    return found


def after_close(people: Cast, m18: Round) -> date:
    day = m18.closes + timedelta(days=1)
    round.close_round(people.actor("gita", day), m18.ref)
    return day


def test_a_team_member_does_not_accept_her_own_report_said_to_have_come_by_mail(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    row = report.submit(gita, m18.ref, "t3", {"words": "Done"}, via="mail", source="Gita, by mail")
    assert (row.via, row.source) == ("own", "")
    with pytest.raises(Refused, match="somebody else"):
        report.accept(gita, row.ref)
    assert report.accept(people.actor("tomas"), row.ref).state == "accepted"


@pytest.mark.parametrize(("via", "source"), [("", "Olga"), ("pigeon", "Olga"), ("x" * 50, "Olga"), ("mail", "O" * 301)])
def test_how_a_report_came_is_one_of_the_ways_we_know(people: Cast, m18: Round, via: str, source: str) -> None:
    with pytest.raises(Refused):
        report.submit(people.actor("gita"), m18.ref, "t1", SPLIT, via=via, source=source)
    assert not Report.objects.exists()


def test_a_reason_for_no_data_longer_than_its_column_is_refused(people: Cast, m18: Round) -> None:
    with pytest.raises(Refused, match="500"):
        report.submit(people.actor("olga"), m18.ref, "t1", {"no_data": "x" * 501})


def test_a_late_value_is_not_corrected_into_no_data(people: Cast, m18: Round) -> None:
    day = after_close(people, m18)
    row = report.submit(people.actor("olga", day), m18.ref, "t1", SPLIT)
    report.accept(people.actor("gita", day), row.ref)
    with pytest.raises(Refused, match="not reported"):
        report.correct(people.actor("gita", day), row.ref, {"no_data": "the list was lost"}, "the list was lost")


def test_who_stayed_silent_beyond_an_extension_does_not_turn_it_into_no_data(people: Cast, m18: Round) -> None:
    round.extend(people.actor("gita"), m18.ref, ["t1"], m18.closes + timedelta(days=10), "flood")
    after_close(people, m18)
    late = m18.closes + timedelta(days=20)
    row = report.submit(people.actor("olga", late), m18.ref, "t1", SPLIT)
    report.return_(people.actor("gita", late), row.ref, "Which list?")
    with pytest.raises(Refused, match="not reported"):
        report.submit(people.actor("olga", late), m18.ref, "t1", {"no_data": "the list was lost"})


def test_a_promise_dropped_before_the_close_is_not_recorded_as_silent(people: Cast, m18: Round) -> None:
    """Even where its owner had begun to type."""
    report.save_draft(people.actor("olga"), m18.ref, "t1", SPLIT)
    decision = approval(people.board, "gap", TODAY)
    promise.settle(people.actor("gita"), "t1", "drop", "the fund is gone", decision)
    after_close(people, m18)
    assert not Report.objects.get(target__ref="t1").silent_at_close
    assert Report.objects.get(target__ref="t2").silent_at_close
    seen = overview(m18.plan, m18.closes + timedelta(days=9))
    assert {row.target.ref for row in seen.rows if row.at(m18)} == {"t2", "t3"}


def test_nothing_is_reported_on_a_promise_that_was_not_asked_about(people: Cast, m18: Round) -> None:
    decision = approval(people.board, "gap", TODAY)
    promise.settle(people.actor("gita"), "t1", "drop", "the fund is gone", decision)
    with pytest.raises(Refused, match="not asked"):
        report.submit(people.actor("olga"), m18.ref, "t1", SPLIT)
    day = after_close(people, m18)
    plan = Round.objects.get(pk=m18.pk).plan
    plans.add_target(
        people.actor("gita", day), plan, text="Later", kind="text", holder=people.offices["operations"],
        ref="later", approval=decision,
    )  # fmt: skip
    with pytest.raises(Refused, match="not asked"):
        report.submit(people.actor("olga", day), m18.ref, "later", {"words": "Done"})


def test_a_silent_target_may_still_report_after_it_was_dropped(people: Cast, m18: Round) -> None:
    day = after_close(people, m18)
    decision = approval(people.board, "gap", TODAY)
    promise.settle(people.actor("gita", day), "t1", "drop", "the fund is gone", decision)
    assert report.submit(people.actor("olga", day), m18.ref, "t1", SPLIT).silent_at_close


def test_figures_follow_their_round_when_it_is_moved(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    report.submit(people.actor("olga"), m18.ref, "t1", SPLIT)
    due = date(2026, 12, 31)
    round.move(gita, m18.ref, opens=m18.opens, due=due, closes=due + timedelta(days=30), reason="half-year")
    figures = dict(zip(results(m18.plan).rounds, results(m18.plan).rows[0].figures, strict=True))
    assert figures[m18].total == Decimal(12)
    march = Round.objects.get(month=24)
    in_march = march.due
    report.submit(people.actor("olga", in_march), march.ref, "t1", {"women": "1", "men": "1"})
    reading = Report.objects.get(round=march).reading
    assert reading is not None
    assert reading.starts == due


def test_a_round_stays_between_its_neighbours(people: Cast, m18: Round) -> None:
    gita = people.actor("gita")
    for due in (date(2025, 9, 15), date(2026, 3, 15), date(2027, 3, 15), date(2028, 1, 1)):
        with pytest.raises(Refused, match=r"M12|M24"):
            round.move(gita, m18.ref, opens=date(2025, 1, 1), due=due, closes=date(2029, 1, 1), reason="why")
    first = Round.objects.get(month=6)
    with pytest.raises(Refused, match="adopted"):
        round.move(gita, first.ref, opens=date(2025, 1, 1), due=date(2025, 3, 15), closes=first.closes, reason="why")


def test_long_references_make_no_reference_too_long(people: Cast) -> None:
    made = make_plan("p" * 71)
    target(made, people.offices["operations"], "t" * 60, kind="text", value=None, number="1")
    plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15))
    m18 = Round.objects.get(month=18)
    row = report.submit(people.actor("olga"), m18.ref, "t" * 60, {"words": "Done"})
    assert len(m18.ref) <= 80 and len(row.ref) <= 80
    m12 = Round.objects.get(month=12)
    round.close_round(people.actor("gita"), m12.ref)
    assert all(len(ref) <= 80 for ref in Report.objects.values_list("ref", flat=True))


def test_a_cadence_that_makes_no_sense_is_refused_in_words(people: Cast) -> None:
    gita = people.actor("gita")
    span = {"title": "Next", "starts": date(2027, 1, 1), "ends": date(2028, 1, 1)}
    for wrong in ({"then_every": 0}, {"months": [6, 99_999_999]}, {"months": [12, 6]}):
        with pytest.raises(Refused):
            plans.create_plan(gita, **span | wrong)
    made = plans.create_plan(gita, **span)
    with pytest.raises(Refused):
        plans.change_plan(gita, made.ref, None, then_every=0)


@pytest.mark.parametrize("first", [0, -1, 5])
def test_the_first_round_kept_here_is_one_of_the_plans(people: Cast, first: int) -> None:
    made = make_plan()
    target(made, people.offices["operations"], "t1", kind="text", value=None)
    with pytest.raises(Refused, match="round"):
        plans.bring_in(people.actor("gita"), made, people.board, date(2025, 3, 15), first_round=first)


@pytest.mark.parametrize("parts", ["²", "9" * 5000, "1.1"])
def test_an_answering_address_that_was_not_made_here_is_refused(people: Cast, parts: str) -> None:
    with pytest.raises(Refused, match="not one of ours"):
        report.reply_to(f"reply+{parts}.1.abc@example.org")


def test_a_merged_promise_goes_into_one_that_stands(people: Cast, m18: Round) -> None:
    decision = approval(people.board, "gap", TODAY)
    promise.settle(people.actor("gita"), "t2", "drop", "given up", decision)
    with pytest.raises(Refused, match="already"):
        promise.merge(people.actor("gita"), ["t1"], "t2", "one is enough", decision)
    assert Target.objects.get(ref="t1").state == "stands"


def test_nobody_is_written_to_who_has_left(people: Cast, m18: Round) -> None:
    with open_door(system(TODAY)) as door:
        olga = door.lock(Person, "olga")
        door.change(olga, left_on=TODAY - timedelta(days=1))
    assert round.receivers({people.offices["operations"].pk}, TODAY) == []


def test_a_promise_changes_by_a_decision_about_it_and_not_by_the_one_that_made_it(people: Cast, m18: Round) -> None:
    gita, adoption = people.actor("gita"), m18.plan.adoption
    for wrong in (adoption, approval(people.board, "another-plan", TODAY)):
        with pytest.raises(Refused, match="not about"):
            promise.settle(gita, "t1", "drop", "too hard", wrong)
        with pytest.raises(Refused, match="not about"):
            promise.revise(gita, "t1", reason="too hard", approval=wrong, value=Decimal(1))
        assert wrong is not None
        with pytest.raises(Refused, match="not about"):
            plans.add_target(gita, m18.plan, text="New", holder=people.offices["operations"], approval=wrong)
        with pytest.raises(Refused, match="not about"):
            promise.split(gita, "t1", [{"text": "a"}, {"text": "b"}], "why", wrong)
    assert Target.objects.get(ref="t1").state == "stands"


def test_who_said_or_saw_it_can_be_erased_from_the_journal(people: Cast, m18: Round) -> None:
    seen = [{"seen_by": "Maria Lopez", "seen_on": TODAY}]
    row = report.submit(people.actor("gita"), m18.ref, "t1", SPLIT, via="call", source="Maria Lopez", evidence=seen)
    kept = Entry.objects.filter(ref__in=[row.ref, row.evidence.get().ref, row.reading.ref])  # type: ignore[union-attr]
    assert "Maria" in str(list(kept.values_list("personal", flat=True)))
    assert "Maria" not in str(list(kept.values_list("facts", flat=True)))
