"""No path through the life of what we fund reaches a signature without the gate; in the table and in the verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jwp.core.access import Actor
from jwp.core.door import Refused, open_door
from jwp.core.workflow import Workflow, obstacles
from jwp.grants.actions import applications as act
from jwp.grants.actions.panel import score
from jwp.grants.models import Application, FundedItem, Override
from jwp.grants.rules.life import APPLICANT, APPLICATION, FUNDED, ITEM, PANEL
from jwp.instruments.models import AnswerSheet
from tests.cast import TODAY, Cast, cast
from tests.grants.scene import application, call, on_panel

ROLES = ("director", "staff", "gender team", "administrator", "board", "focal point", APPLICANT, PANEL)
NEEDS = sorted({need for flow in (APPLICATION, ITEM) for step in flow.steps for need in step.needs})
VERBS = sorted({step.verb for flow in (APPLICATION, ITEM) for step in flow.steps})
# One move: a verb, by somebody with some roles, who has some facts.
MOVES = st.lists(
    st.tuples(st.sampled_from(VERBS), st.sets(st.sampled_from(ROLES)), st.sets(st.sampled_from(NEEDS))), max_size=40
)


def walked(moves: list[tuple[str, set[str], set[str]]], start: str = "draft") -> list[tuple[str, str, set[str]]]:
    """(state after, verb, facts) of the moves that were not refused. Appraised is where the item's own life begins."""
    flow: Workflow = APPLICATION
    state, path = start, []
    for verb, roles, facts in moves:
        if obstacles(flow, verb, state, roles, facts):
            continue
        step = flow.step(verb, state)
        assert step is not None
        state = step.target
        if state == "appraised":
            flow, state = ITEM, ITEM.start
        path.append((state, verb, facts))
    return path


@pytest.mark.rules
@given(MOVES)
@settings(max_examples=400, deadline=None)
def test_no_path_is_signed_without_the_gate(moves: list[tuple[str, set[str], set[str]]]) -> None:
    path = walked(moves)
    for state, verb, facts in path:
        if state == "signed":
            assert verb == "sign"
            assert "the gate" in facts
    assert not any(state in FUNDED for state, _verb, _facts in path) or any(
        verb == "sign" and "the gate" in facts for _state, verb, facts in path
    )


@pytest.mark.rules
@given(st.permutations(NEEDS), st.sampled_from(ROLES))
def test_with_every_fact_but_the_gate_nobody_signs(needs: list[str], role: str) -> None:
    facts = set(needs) - {"the gate"}
    assert "needs the gate" in obstacles(ITEM, "sign", "planned", {role}, facts)


@pytest.mark.rules
def test_every_way_into_what_is_funded_leads_through_sign() -> None:
    """By exhaustion: take the step `sign` out, and nothing funded can be reached from anywhere."""
    reached, waiting = set[str](), ["draft", "planned"]
    while waiting:
        state = waiting.pop()
        if state in reached:
            continue
        reached.add(state)
        for flow in (APPLICATION, ITEM):
            waiting += [step.target for step in flow.steps if step.source == state and step.verb != "sign"]
        if state == "appraised":
            waiting.append("planned")
    assert not reached & set(FUNDED)
    assert [step.source for step in ITEM.steps if step.verb == "sign"] == ["planned"]
    assert all("the gate" in step.needs for step in ITEM.steps if step.verb in ("sign", "complete"))


@pytest.mark.rules
def test_an_end_is_an_end() -> None:
    for state in ("rejected", "withdrawn", "cancelled", "awarded", "closed"):
        for flow in (APPLICATION, ITEM):
            assert flow.verbs(state, ROLES) == ()


def verbs(people: Cast, ref: str) -> dict[str, Callable[[Actor], Any]]:
    """Everything that can be done to one application, as whoever acts; most of it is refused most of the time."""
    found = [{"rule": "size", "met": True, "said": "It fits."}]
    points = {"call-1-idea": 15, "call-1-gender": 8}

    def propose(actor: Actor) -> None:
        with open_door(actor) as door:
            row = door.lock(Application, ref)
            facts = {"a full proposal"}
            door.step(row, APPLICATION, "propose", roles={APPLICANT}, facts=facts, proposed_on=actor.today)

    return {
        "find eligible": lambda actor: act.find(actor, ref, eligible=True, findings=found),
        "find ineligible": lambda actor: act.find(actor, ref, eligible=False, findings=found, note="No."),
        "score": lambda actor: score(people.actor("sam", actor.today), ref, points=points, submit=True),
        "recommend": lambda actor: act.recommend(actor, ref),
        "approve": lambda actor: act.approve(actor, ref),
        "propose": propose,
        "send back": lambda actor: act.send_back(actor, ref, reason="Mend.", due=actor.today + timedelta(days=9)),
        "appraise": lambda actor: act.appraise(actor, ref, appraisal="Sound."),
        "reconsider": lambda actor: act.settle(actor, ref, "reconsider", reason="Again."),
        "withdraw": lambda actor: act.settle(actor, ref, "withdraw", reason="No more."),
        "reject": lambda actor: act.settle(actor, ref, "reject", reason="No."),
        "sign by its own word": lambda actor: act.settle(actor, ref, "sign", reason="Now."),
    }


WORDS = ("find eligible", "find ineligible", "score", "recommend", "approve", "propose", "send back", "appraise",
         "reconsider", "withdraw", "reject", "sign by its own word")  # fmt: skip
DONE = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(("amara", "olga", "gita", "sam")), st.integers(0, 12)),
    max_size=14,
)


@pytest.mark.django_db
@given(DONE)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_with_an_application_nothing_is_signed_and_money_is_what_was_asked(
    undone: Any, done: list[tuple[str, str, int]]
) -> None:
    with undone():
        people = cast()
        called = call()
        on_panel(called, people.people["sam"])
        row = application(called, state="submitted")
        acts, day = verbs(people, row.ref), TODAY
        for verb, who, days in done:
            day += timedelta(days=days)
            try:
                acts[verb](people.actor(who, day))
            except Refused as refused:
                assert refused.reasons
                assert all(refused.reasons)
        row.refresh_from_db()
        item = FundedItem.objects.filter(ref=row.ref).first()
        assert (row.state == "appraised") == (item is not None)
        if item is not None:
            assert (item.state, item.signed_on, item.minor) == ("planned", None, row.requested)
            assert row.checks.filter(eligible=True).exists()
            assert row.reviews.filter(submitted_on__isnull=False).exists()
            assert row.approved_on is not None
        assert not AnswerSheet.objects.exists()
        assert not Override.objects.exists()


@pytest.fixture
def undone() -> Callable[[], Any]:
    """What one example did is undone before the next."""
    from contextlib import contextmanager

    from django.db import transaction

    @contextmanager
    def block() -> Any:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return block
