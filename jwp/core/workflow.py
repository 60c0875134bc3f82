"""A workflow is a printed table. Pure: buttons, refusals and documentation all come from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One allowed move: `verb` takes a row from `source` to `target`, done `by` any of these roles.

    `needs` are facts, in words a refused person can act on; each must be among the facts given.
    """

    verb: str
    source: str
    target: str
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """
    >>> door = Workflow("shut", (
    ...     Step("open", "shut", "open", by=("porter",), needs=("a key",)),
    ...     Step("shut", "open", "shut", by=("porter", "guest")),
    ... ))
    >>> door.states
    ('shut', 'open')
    >>> door.verbs("open", {"guest"})
    ('shut',)
    """

    start: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        moves = [(step.verb, step.source) for step in self.steps]
        if len(moves) != len(set(moves)):
            raise ValueError("a verb may leave a state only once")

    @property
    def states(self) -> tuple[str, ...]:
        names = [self.start, *(name for step in self.steps for name in (step.source, step.target))]
        return tuple(dict.fromkeys(names))

    def step(self, verb: str, state: str) -> Step | None:
        return next((s for s in self.steps if s.verb == verb and s.source == state), None)

    def verbs(self, state: str, roles: Collection[str]) -> tuple[str, ...]:
        """What somebody with these roles could do from this state, were every need met."""
        return tuple(s.verb for s in self.steps if s.source == state and set(s.by) & set(roles))


def obstacles(
    workflow: Workflow, verb: str, state: str, roles: Collection[str], facts: Collection[str] = ()
) -> list[str]:
    """Why not: empty means yes.

    >>> obstacles(Workflow("new", (Step("sign", "new", "signed", ("chair",), ("a date",)),)),
    ...           "sign", "new", {"member"})
    ['only chair may sign', 'needs a date']
    """
    step = workflow.step(verb, state)
    if step is None:
        return [f"cannot {verb} what is {state}"]
    found = [] if set(step.by) & set(roles) else [f"only {' or '.join(step.by)} may {verb}"]
    return found + [f"needs {need}" for need in step.needs if need not in facts]


def markdown(workflow: Workflow) -> str:
    """The workflow as a table for the documentation."""
    lines = ["| from | verb | to | by | needs |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {s.source} | {s.verb} | {s.target} | {', '.join(s.by)} | {'; '.join(s.needs) or '–'} |"
        for s in workflow.steps
    ]
    return "\n".join(lines)
