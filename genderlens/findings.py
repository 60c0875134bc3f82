"""What is wrong with, or worth knowing about, data that somebody gave us: what, where and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["stop", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in the input.

    `stop`: no result would be right, so there is none. `warning`: the result stands, with this beside it.
    `note`: nothing is wrong, but a reader should know. `code` is for programs and never changes.
    """

    level: Level
    code: str
    where: str  # file, column, row: as exact as can be said
    what: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.mend}" if self.mend else "")

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Refused(ValueError):
    """The input cannot give a right answer. `findings` says why; the message is the same in words."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


def refuse_if_stopped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, if none of them forbids a result.

    Raises:
        Refused: with those that do.
    """
    found = tuple(findings)
    if stops := [finding for finding in found if finding.level == "stop"]:
        raise Refused(*stops)
    return found
