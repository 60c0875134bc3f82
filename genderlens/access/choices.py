"""What a diagnosis of access is given, and what is chosen in it: from a YAML file, a form or Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from genderlens import strict
from genderlens.access.network import WALKING
from genderlens.findings import Finding, Refused
from genderlens.words import LANGUAGES

WINDOW = re.compile(r"(\d{1,2}):(\d{2})(?:\s*-\s*(\d{1,2}):(\d{2}))?(?:\s+every\s+(\d+))?")


@dataclass(frozen=True)
class Inputs:
    """The files. Only streets and homes are needed; what is missing is said in the report."""

    streets: tuple[Path, ...]  # an extract (.osm.pbf), a saved network (.npz), or a table of nodes and one of links
    homes: Path  # columns of HOMES (.csv, .parquet)
    places: tuple[Path, ...] = ()  # columns of PLACES
    timetables: tuple[Path, ...] = ()  # GTFS feeds (.zip)
    zones: Path | None = None  # GeoJSON polygons with a property `zone`: the maps are drawn on them
    duties: Path | None = None  # counts of who has care duty (.csv): columns sex, duty (1 or 0), persons

    def named(self) -> dict[str, Path]:
        given = (*self.streets, self.homes, *self.places, *self.timetables, self.zones, self.duties)
        return {path.name: path for path in given if path is not None}


@dataclass(frozen=True)
class Choices:
    """What is asked. Minutes and km/h, as people say them."""

    title: str = ""
    care: str = "childcare"  # the kind of place of the care stop, "" for none
    work: str = "jobs"  # the kind of place to be reached
    limit: float = 60  # minutes for the whole way, from door to door
    dwell: float = 10  # minutes at the care stop
    speed: float = WALKING
    walking_cap: float | None = None  # minutes on foot in the whole way
    waits: bool = True  # on foot, may wait until the care place opens; a later bus can always be taken
    date: date | None = None  # of the timetable
    departs: str = ""  # when people leave: "07:30", "07:00-09:00", "07:00-09:00 every 10"
    all_day: str = ""  # the same for the line through the day: "06:00-21:00 every 30"
    ages: tuple[str, ...] = ()  # bands of the homes that are measured; all without it
    stop_distance: float = 500  # metres along streets to a stop (SDG 11.2.1, low capacity)
    illustrative: tuple[str, ...] = ()  # kinds of place that are not real
    where_from: str = ""  # one sentence on the sources, for the report

    def departures(self) -> tuple[int, ...]:
        return moments("departs", self.departs)

    def through_the_day(self) -> tuple[int, ...]:
        return moments("all_day", self.all_day)

    def plain(self) -> dict[str, Any]:
        """For the record of the run."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self).items()} | {
            "date": self.date.isoformat() if self.date else None
        }


def moments(name: str, window: str) -> tuple[int, ...]:
    """Seconds after midnight; none where nothing was chosen.

    >>> [at // 60 for at in moments("departs", "07:00-07:45 every 15")]
    [420, 435, 450, 465]
    """
    if not window.strip():
        return ()
    found = WINDOW.fullmatch(window.strip())
    if not found:
        mend = "Write 07:30, or 07:00-09:00 every 15."
        raise Refused(Finding("stop", "departs", name, f"“{window}” is no time of departure.", mend))
    hour, minute, last_hour, last_minute, every = (int(part) if part else 0 for part in found.groups())
    first = hour * 60 + minute
    last = last_hour * 60 + last_minute if found[3] else first
    if last < first or first >= 1440 or (found[5] and not every):
        what = f"“{window}” ends before it begins, begins after the day, or has no step."
        raise Refused(Finding("stop", "departs", name, what, "A window over midnight ends at 24:00 or later."))
    return tuple(60 * at for at in range(first, last + 1, every or 15))


FILES = tuple(field.name for field in fields(Inputs))
CHOSEN = tuple(field.name for field in fields(Choices))
SAID = ("title", "where_from")
SEVERAL = ("streets", "places", "timetables")


def load(path: Path, language: str = "en") -> tuple[Inputs, Choices]:
    """Files and choices from a YAML file; files are named from its folder.

    `title` and `where_from` may stand in several languages: `{en: …, es: …}`.

    Raises:
        Refused: with the line of what is not known, missing or given twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(Finding("stop", "unreadable", str(path), f"cannot be read: {error}.")) from error
    found = strict.only(
        strict.read(text, path.name), (*FILES, *CHOSEN), path.name, needed=("streets", "homes")
    )  # fmt: skip
    for name in SAID:
        if isinstance(found.get(name), strict.Mapping):
            texts = strict.only(found[name], LANGUAGES, f"{path.name}, {name}", needed=("en",))
            found[name] = texts.get(language, texts["en"])
    given: dict[str, Any] = {}
    for name in FILES:
        if found.get(name):
            names = found[name] if isinstance(found[name], list) else [found[name]]
            paths = tuple(path.parent / str(one) for one in names)
            given[name] = paths if name in SEVERAL else paths[0]
    return Inputs(**given), chosen({name: found[name] for name in CHOSEN if name in found})


def chosen(given: Mapping[str, Any], before: Choices | None = None) -> Choices:
    """Choices from words and numbers, checked; what is not given stays as in `before`.

    Raises:
        Refused: a number that is none, or makes no sense.
    """
    values: dict[str, Any] = {}
    for name, value in given.items():
        kind = next(field.type for field in fields(Choices) if field.name == name)
        try:
            values[name] = _value(str(kind), value)
        except ValueError as error:
            what = f"“{value}” cannot be {name}."
            raise Refused(Finding("stop", "choice", name, what, "Write a number, or a day as 2024-03-06.")) from error
    made = replace(before or Choices(), **values)
    wrong = [
        Finding("stop", "choice", name, f"{name} is {getattr(made, name)}.", f"It must be {rule}.")
        for name, rule, holds in (
            ("limit", "from 1 to 300 minutes", 1 <= made.limit <= 300),
            ("dwell", "from 0 minutes to the limit", 0 <= made.dwell <= made.limit),
            ("speed", "from 0.5 to 10 km/h", 0.5 <= made.speed <= 10),
            ("walking_cap", "more than 0 minutes", made.walking_cap is None or made.walking_cap > 0),
            ("stop_distance", "from 1 to 5,000 metres", 1 <= made.stop_distance <= 5000),
        )
        if not holds
    ]
    if wrong:
        raise Refused(*wrong)
    made.departures(), made.through_the_day()
    return made


def _value(kind: str, value: Any) -> Any:
    if value is None or (value == "" and "None" in kind):
        return None if "None" in kind else ""
    if kind.startswith("float"):
        return float(value)
    if kind.startswith("date"):
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if kind.startswith("tuple"):
        return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).lower() in ("true", "yes", "1")
    return str(value)
