"""The buttons of a workflow: what this reader may do from here, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from jwp.core.words import refusal
from jwp.core.workflow import Workflow, obstacles

REASON = "a reason"


@dataclass(frozen=True)
class Offer:
    """One button: `why` it cannot be pressed yet (empty: it can), and whether it asks for a reason."""

    verb: str
    why: tuple[str, ...]
    reason: bool


def offers(workflow: Workflow, state: str, roles: Collection[str], facts: Collection[str]) -> list[Offer]:
    """One for each step these roles may take from this state. A reason is given on the way."""
    found = []
    for verb in workflow.verbs(state, roles):
        step = workflow.step(verb, state)
        assert step is not None
        why = obstacles(workflow, verb, state, roles, {*facts, REASON})
        found.append(Offer(verb, tuple(map(refusal, why)), REASON in step.needs))
    return found
