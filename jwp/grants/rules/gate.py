"""The gender gate: what a step of a business line needs to have been screened, by the policy in force that day.

It asks for an agreed screening with gender analysis and do-no-harm, at any score: asking for a least score breeds
upcoding. The IASC Gender with Age Marker is "in no way tied to project acceptance or funding" (IASC GAM tip sheets
2021) and a result's effectiveness (GRES) is not known beforehand: neither can be a gate's instrument.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

NEVER = frozenset({"iasc-gender-with-age-marker", "gender-results-effectiveness-scale"})
STAGES = ("approve in principle", "sign", "complete")
NEEDED = ("gender-analysis", "do-no-harm")


@dataclass(frozen=True)
class Policy:
    """What one stage asks of one business line (None: of all) and kind of item ("": all) while it is in force."""

    stage: str
    instrument: str
    starts: date
    ends: date | None = None
    line: str | None = None
    kind: str = ""
    criteria: tuple[str, ...] = NEEDED
    readers: int = 2  # the proposer and one agreeing person; 3: a third reads in between
    ref: str = ""

    def __post_init__(self) -> None:
        if self.instrument in NEVER:
            raise ValueError(f"{self.instrument} may never decide on money")
        if self.stage not in STAGES:
            raise ValueError(f"no gate stands before “{self.stage}”")


FULL = "oecd-gender-marker"
EVENT = "event-screening"
CONTRACT = "contract-screening"
_ALWAYS = date(1900, 1, 1)
# In force wherever a partnership has set nothing itself. What is small is screened by a few questions.
DEFAULT = (
    Policy("sign", FULL, _ALWAYS),
    *(Policy("sign", EVENT, _ALWAYS, kind=kind) for kind in ("event", "campaign")),
    *(Policy("sign", CONTRACT, _ALWAYS, kind=kind) for kind in ("contract", "product")),
)


@dataclass(frozen=True)
class Screening:
    """One instrument's signed sheets on one unit: which criteria the agreed one has met and proven, who signed."""

    instrument: str
    met: frozenset[str] = frozenset()
    agreed: bool = False
    readers: int = 0


@dataclass(frozen=True)
class Passage:
    """What the gate says: `missing` is empty where it is open. `policy` is None where no gate stands there."""

    policy: Policy | None
    missing: tuple[str, ...] = field(default=())
    overridden: bool = False

    @property
    def open(self) -> bool:
        return self.overridden or not self.missing


def policy_for(policies: Iterable[Policy], stage: str, line: str | None, kind: str, today: date) -> Policy | None:
    """The policy in force: the most particular first (line and kind, then line, then kind), then the latest.

    >>> policy_for(DEFAULT, "sign", None, "event", date(2026, 1, 1)).instrument
    'event-screening'
    >>> policy_for(DEFAULT, "complete", None, "event", date(2026, 1, 1)) is None
    True
    """
    found = [
        policy
        for policy in policies
        if policy.stage == stage
        and policy.starts <= today
        and (policy.ends is None or today <= policy.ends)
        and policy.line in (None, line)
        and policy.kind in ("", kind)
    ]
    return max(found, key=lambda p: (p.line is not None, p.kind != "", p.starts), default=None)


def passage(policy: Policy | None, units: Collection[Screening], *, overridden: bool = False) -> Passage:
    """Whether these screenings (one for each unit the policy codes) open the gate. No score is ever asked for."""
    if policy is None:
        return Passage(None)
    missing: list[str] = []
    if not units or not all(unit.agreed for unit in units):
        missing.append("an agreed screening")
    for criterion in policy.criteria:
        if not units or not all(criterion in unit.met for unit in units):
            missing.append(criterion)
    if units and any(unit.agreed and unit.readers < policy.readers for unit in units):
        missing.append("another reader")
    return Passage(policy, tuple(missing), overridden)
