"""One line of a desk."""

from __future__ import annotations

from dataclasses import dataclass, field

from jwp.plans.models import Target


@dataclass(frozen=True)
class Todo:
    """One sentence and where to do it; `targets` are those it is about."""

    text: str
    url: str = ""
    action: str = ""
    urgent: bool = False
    command: str = ""  # where it is done at the server's terminal
    targets: list[Target] = field(default_factory=list)
