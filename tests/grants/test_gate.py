"""The gender gate: what it asks, what it never asks, and that no marker or scale decides on money by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction

from jwp.core.door import Refused, open_door
from jwp.grants.actions import gate
from jwp.grants.actions.gate import asked_of, gating_instruments, passage_for, set_policy
from jwp.grants.actions.screening import Promise, screen
from jwp.grants.actions.screening import asked as screening_asked
from jwp.grants.models import Application, Condition, Criterion, FundedItem, GatePolicy, PanelReview
from jwp.grants.rules.gate import DEFAULT, NEVER, Policy
from jwp.grants.screening import to_screen
from jwp.instruments.loader import STANDARDS, InstrumentError, parse
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, item, line
from tests.grants.screened import agree, agreed, answers, declare

pytestmark = pytest.mark.django_db
ALWAYS = date(1900, 1, 1)


@pytest.fixture
def people() -> Cast:
    return cast()


def policy(people: Cast, **fields: Any) -> GatePolicy:
    given: dict[str, Any] = {
        "stage": "sign", "instrument": "oecd-gender-marker", "starts": TODAY, "reason": "As the strategy says.",
    }  # fmt: skip
    return set_policy(people.actor("amara"), **given | fields)


def at(ref: str) -> FundedItem:
    return FundedItem.objects.get(ref=ref)


@pytest.mark.parametrize("score", ["0", "1", "2"])
def test_the_gate_opens_for_every_agreed_score_alike(people: Cast, score: Any) -> None:
    row = item(state="planned")
    assert passage_for(row, "sign", TODAY).missing == ("an agreed screening", "gender-analysis", "do-no-harm")
    declare(people.actor("olga"), row.ref, score)
    assert not passage_for(row, "sign", TODAY).open
    agree(people.actor("gita"), row.ref, score)
    found = passage_for(row, "sign", TODAY)
    assert found.open
    assert found.missing == ()
    assert at(row.ref).marker == score


def test_no_policy_can_ask_for_a_least_score(people: Cast) -> None:
    names = {field.name for field in GatePolicy._meta.get_fields()} | set(Policy.__dataclass_fields__)
    assert not [name for name in names if "score" in name or "least" in name or "class" in name]


def test_small_things_are_asked_a_few_questions(people: Cast) -> None:
    for kind, short in (
        ("event", "event-screening"),
        ("campaign", "event-screening"),
        ("contract", "contract-screening"),
    ):
        row = item(kind.replace(" ", "-"), kind=kind)
        asked = asked_of(row, "sign", TODAY)
        assert asked is not None
        assert asked.instrument == short
        agreed(people, row.ref, "0", id_=short)
        assert passage_for(row, "sign", TODAY).open
        assert at(row.ref).marker == ""  # a score of ours is not an OECD-DAC score


@pytest.mark.parametrize("never", sorted(NEVER))
class TestTwoInstrumentsNeverDecide:
    def test_the_rules_refuse_them(self, never: Any) -> None:
        with pytest.raises(ValueError, match="may never decide on money"):
            Policy("sign", never, ALWAYS)
        with pytest.raises(ValueError, match="may never decide on money"):
            gate.screenings(["item-1"], never)

    def test_the_loader_refuses_a_file_that_says_otherwise(self, never: Any) -> None:
        path = next(STANDARDS.glob(f"{never}@*.yaml"))
        text = path.read_text().replace("may_gate: false", "")
        with pytest.raises(InstrumentError, match="may never gate"):
            parse(f"{text}\nmay_gate: true\n", path.name)

    def test_the_database_refuses_them_past_every_action(self, people: Cast, never: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic(), open_door(people.actor("amara")) as door:
            door.add(GatePolicy(stage="sign", instrument=never, starts=TODAY))

    def test_the_action_and_the_row_refuse_them(self, people: Cast, never: Any) -> None:
        with pytest.raises(Refused, match="may never decide on money"):
            policy(people, instrument=never)
        with pytest.raises(ValidationError, match="may never decide on money"):
            GatePolicy(stage="sign", instrument=never, starts=TODAY).full_clean()

    def test_nobody_is_offered_them(self, people: Cast, never: Any) -> None:
        assert never not in {one.id for one in gating_instruments()}


def test_a_panel_cannot_take_an_instrument(people: Cast) -> None:
    for model in (Criterion, PanelReview):
        for name in ("instrument", "sheet", "marker", "score"):
            with pytest.raises(FieldDoesNotExist):
                model._meta.get_field(name)


def test_a_policy_for_one_line_leaves_every_other_gate_shut(people: Cast) -> None:
    other = line("know", "Knowledge")
    policy(people, business_line=line(), stage="complete")
    assert not passage_for(item("here"), "sign", TODAY).open
    assert not passage_for(item("there", business_line=other), "sign", TODAY).open
    assert passage_for(item("running", business_line=other, state="signed"), "complete", TODAY).policy is None


def test_what_held_on_a_day_is_never_edited(people: Cast) -> None:
    row = item()
    policy(people, readers=3, starts=TODAY + timedelta(days=10))
    before, after = asked_of(row, "sign", TODAY), asked_of(row, "sign", TODAY + timedelta(days=10))
    assert (before and before.readers, after and after.readers) == (2, 3)
    with pytest.raises(Refused, match="the past stays as it was"):
        policy(people, starts=TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="Say why"):
        policy(people, reason=" ")
    with pytest.raises(Refused, match="Only the Director or the gender team"):
        set_policy(
            people.actor("olga"), stage="sign", instrument="oecd-gender-marker", starts=TODAY, reason="Less work."
        )


def test_of_two_policies_from_the_same_day_the_later_holds(people: Cast) -> None:
    policy(people, readers=3)
    policy(people, readers=2)
    asked = asked_of(item(), "sign", TODAY)
    assert asked is not None
    assert asked.readers == 2


def test_where_three_must_sign_two_do_not_open_it(people: Cast) -> None:
    row = item()
    declare(people.actor("olga"), row.ref)
    agree(people.actor("gita"), row.ref)
    assert passage_for(row, "sign", TODAY).open
    policy(people, readers=3)
    assert passage_for(row, "sign", TODAY).missing == ("another reader",)


def test_the_third_person_reads_before_anybody_agrees(people: Cast) -> None:
    policy(people, readers=3)
    row = item()
    declare(people.actor("olga"), row.ref)
    with pytest.raises(Refused, match="A third person reads it"):
        agree(people.actor("gita"), row.ref)
    screen(people.actor("tomas"), row.ref, "reviewed", answers("1"))
    with pytest.raises(Refused, match="different people"):
        agree(people.actor("tomas"), row.ref)
    agree(people.actor("gita"), row.ref)
    assert passage_for(row, "sign", TODAY).open


def test_an_agreement_may_come_with_a_dated_condition(people: Cast) -> None:
    row = item(manager=people.offices["operations"])
    declare(people.actor("olga"), row.ref)
    promise = Promise("Walk the route with women's groups first.", people.offices["operations"], TODAY)
    screen(people.actor("gita"), row.ref, "agreed", answers("1"), condition=promise)
    made = Condition.objects.get(item=row)
    assert (made.text, made.owner, made.due, made.set_on) == (promise.text, promise.owner, TODAY, TODAY)
    late = Promise("Yesterday's.", people.offices["operations"], TODAY - timedelta(days=1))
    with pytest.raises(Refused, match="a day to come"):
        screen(people.actor("gita"), row.ref, "agreed", answers("1"), condition=late)
    assert Condition.objects.count() == 1


def test_an_application_meets_the_gate_only_where_a_policy_puts_one(people: Cast) -> None:
    row = application(call(), state="eligible")
    assert passage_for(row, "approve in principle", TODAY).policy is None
    with pytest.raises(Refused, match="Nothing is screened in this state"):
        declare(people.actor("olga"), row.ref)
    policy(people, stage="approve in principle")
    assert not passage_for(row, "approve in principle", TODAY).open
    assert [one.ref for one in to_screen(Application.objects.all(), TODAY)] == [row.ref]
    agreed(people, row.ref, "0")
    assert passage_for(row, "approve in principle", TODAY).open


def test_the_default_asks_at_any_score_for_analysis_and_do_no_harm(people: Cast) -> None:
    assert {(p.stage, p.criteria, p.readers) for p in DEFAULT} == {("sign", ("gender-analysis", "do-no-harm"), 2)}


def test_what_is_running_is_asked_what_the_gate_before_completion_asks(people: Cast) -> None:
    policy(people, stage="complete", instrument="contract-screening", kind="direct grant")
    row = item(state="signed")
    assert not passage_for(row, "complete", TODAY).open
    agreed(people, row.ref, "0", id_="contract-screening")
    assert passage_for(row, "complete", TODAY).open
    assert screening_asked(item("planned"), TODAY).id == "oecd-gender-marker"
