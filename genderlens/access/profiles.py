"""What people must do and may use: the constraints under which access is measured.

Where women and men live shows next to nothing of how differently they use a city: they live in the same homes. What
differs is who brings the child, who has the fare, who goes home before dark. A profile is one such set of constraints;
`shares` says how many women and men have it, `gap` what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genderlens import strict
from genderlens.access.hours import DAY, clock
from genderlens.access.network import WALKING
from genderlens.access.safety import NOT_WALKED, Safety
from genderlens.findings import Finding, Refused

WALK = "walk"
TRANSIT = "transit"  # every kind of vehicle
LANGUAGES = ("en", "fr", "es")
KEYS = ("label", "care", "modes", "fare_budget", "walking_cap", "speed", "night", "hours")
NIGHT = ("dusk", "dawn", "unlit", "unknown", "score_below", "poor")


@dataclass(frozen=True)
class Night:
    """What streets are taken after dark; factors as in `Safety`."""

    dusk: int = 19 * 3600  # seconds after midnight
    dawn: int = 6 * 3600
    unlit: float = 1.0
    unknown: float = 1.0  # where the map does not say whether the street is lit
    score_below: float = 0.0  # of a safety audit, 0 to 10; an unrated street is not below
    poor: float = 1.0

    def safety(self, scores: NDArray[np.float64] | None = None) -> Safety:
        return Safety(
            dusk=self.dusk, dawn=self.dawn, unlit=self.unlit, unknown=self.unknown, scores=scores,
            threshold=self.score_below, poor=self.poor,
        )  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """One set of constraints. Without any it is somebody who walks and does as she likes."""

    id: str
    label: Mapping[str, str] = field(default_factory=dict)  # by language
    care: str = ""  # the kind of PLACES that must be visited on the way; "" for no duty
    dwell: float = 0.0  # minutes there
    modes: tuple[str, ...] = (WALK,)  # "walk", and kinds of vehicle ("bus"), or "transit" for all of them
    fare_budget: float | None = None  # for the whole way, in the city's money
    walking_cap: float | None = None  # minutes on foot in the whole way
    speed: float = WALKING  # km/h
    night: Night | None = None
    hours: tuple[int, int] | None = None  # seconds after midnight: out of them this person does not set out

    def said(self, language: str) -> str:
        return self.label.get(language) or self.label.get("en") or self.id

    @property
    def vehicles(self) -> tuple[str, ...]:
        return tuple(mode for mode in self.modes if mode != WALK)

    def sets_out(self, departs: int | None) -> bool:
        """Whether this person leaves at that second; outside the hours access is nought, by constraint."""
        if departs is None or self.hours is None:
            return True
        first, last = self.hours
        time = departs % DAY
        return first <= time < last if first <= last else time >= first or time < last


def read_profiles(text: str, where: str) -> tuple[Profile, ...]:
    """Profiles out of YAML: `profiles:`, then an id for each with what holds for it.

        profiles:
          free: {}
          child-to-nursery:
            label: {en: Brings a child to the nursery}
            care: {kind: childcare, minutes: 10}
            modes: [walk, bus]
            fare_budget: 900
            walking_cap: 30
            night: {dusk: "19:30", unlit: leave out}
            hours: "06:00-21:00"

    Raises:
        Refused: a word nobody knows, a number that makes no sense, each with its line.
    """
    top = strict.only(strict.read(text, where), ("profiles",), where, needed=("profiles",))
    found = top["profiles"]
    if not isinstance(found, strict.Mapping) or not found:
        what = "is not a mapping of profiles."
        raise Refused(
            Finding("stop", "profiles", f"{where}, profiles", what, "Write an id, and beneath it what holds.")
        )
    return profiles_of(found, where)


def profiles_of(found: strict.Mapping, where: str) -> tuple[Profile, ...]:
    """The profiles beneath `profiles:` of any strict YAML."""
    return tuple(_profile(str(name), said, f"{where}, {name}") for name, said in found.items())


def _profile(name: str, said: Any, where: str) -> Profile:
    given = strict.only(said, KEYS, where)
    care = strict.only(given["care"], ("kind", "minutes"), where, needed=("kind", "minutes")) if "care" in given else {}
    label = strict.only(given["label"], LANGUAGES, where) if "label" in given else {}
    modes = given.get("modes", [WALK])
    if not isinstance(modes, list) or not modes or not all(isinstance(mode, str) for mode in modes):
        raise _refused(where, f"modes: {modes!r} is not a list of ways to travel.", "Such as [walk, bus].")
    if WALK not in modes:
        raise _refused(where, "modes: nobody gets to a stop without walking.", "Add walk; cap it by walking_cap.")
    hours = None
    if "hours" in given:
        first, _, last = str(given["hours"]).partition("-")
        hours = seconds(first, where), seconds(last, where)
    return Profile(
        id=name,
        label=dict(label),
        care=str(care.get("kind", "")),
        dwell=number(care, "minutes", where, least=0) or 0.0,
        modes=tuple(modes),
        fare_budget=number(given, "fare_budget", where, least=0),
        walking_cap=number(given, "walking_cap", where, least=0),
        speed=number(given, "speed", where, least=0.5, most=10) or WALKING,
        night=_night(given["night"], where) if "night" in given else None,
        hours=hours,
    )


def _night(said: Any, where: str) -> Night:
    given = strict.only(said, NIGHT, where)
    plain = Night()
    factors = {
        name: NOT_WALKED if given.get(name) == "leave out" else number(given, name, where, least=1) or 1.0
        for name in ("unlit", "unknown", "poor")
    }
    return Night(
        dusk=seconds(given["dusk"], where) if "dusk" in given else plain.dusk,
        dawn=seconds(given["dawn"], where) if "dawn" in given else plain.dawn,
        score_below=number(given, "score_below", where, least=0, most=10) or 0.0,
        **factors,
    )


def number(
    given: Mapping[str, Any], name: str, where: str, *, least: float = -np.inf, most: float = np.inf
) -> float | None:
    """The number under `name`; None where there is none.

    Raises:
        Refused: it is no number, or not between `least` and `most`.
    """
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        ends = f"from {least:g} to {most:g}" if np.isfinite(most) else f"of {least:g} or more"
        line = f", line {given.lines[name]}" if isinstance(given, strict.Mapping) else ""
        raise _refused(where + line, f"{name}: {value!r} is not a number {ends}.", "Write one, without a unit.")
    return float(value)


def seconds(said: object, where: str) -> int:
    """Seconds after midnight of "07:30"; YAML takes 7:30 without quotes for a number, which is understood as well.

    Raises:
        Refused: it is no time of day.
    """
    if isinstance(said, int) and not isinstance(said, bool) and 0 <= said < 24 * 60:
        return said * 60  # YAML 1.1 reads 7:30 as 7 × 60 + 30
    if (found := clock(str(said))) is not None and found < DAY:
        return found
    raise _refused(where, f"{said!r} is not a time of day.", 'Write it as "07:30".')


def _refused(where: str, what: str, mend: str) -> Refused:
    return Refused(Finding("stop", "profile", where, what, mend))
