"""Objectives and activities out of pasted text, numbered as grant records are published: 1, 1.1, 1.2, 2, … Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBERED = re.compile(r"(?:[^\W\d]+ +)?(\d{1,3}(?:\.\d{1,3})*)[.):]*[ \t]+(\S.*)")

MOST = 20  # characters of a number


@dataclass(frozen=True)
class Pasted:
    number: str
    text: str

    @property
    def within(self) -> str:
        """The number of the objective it stands under: "" for an objective."""
        return self.number.rpartition(".")[0]


class Unnumbered(ValueError):
    """Text that says no objective or activity; its message is the text."""


def parts(text: str) -> list[Pasted]:
    """A line that starts with a number starts a part; the lines after it go on with it.

    >>> [(part.number, part.text, part.within) for part in parts("Objective 1: Safe ways\\n1.1 Map them\\nby night")]
    [('1', 'Safe ways', ''), ('1.1', 'Map them by night', '1')]
    >>> parts("1.1 Map them")
    Traceback (most recent call last):
        ...
    jwp.grants.rules.parts.Unnumbered: 1.1 Map them
    """
    found: list[Pasted] = []
    for line in (line.strip() for line in text.splitlines()):
        if start := _NUMBERED.fullmatch(line):
            part = Pasted(start[1], start[2])
            known = {each.number for each in found}
            if part.number in known or (part.within and part.within not in known) or len(part.number) > MOST:
                raise Unnumbered(line)
            found.append(part)
        elif line and found:
            found[-1] = Pasted(found[-1].number, f"{found[-1].text} {line}")
        elif line:
            raise Unnumbered(line)
    return found
