"""How a use that was told becomes a use that counts, and the life of a run. Pure: no Django here."""

from __future__ import annotations

from dataclasses import dataclass

from jwp.core.workflow import Step, Workflow

TOLD_A_DAY = 20  # of one product, by people without a sign-in

USE = Workflow(
    "new",
    (
        # One of us who writes a use down stands behind it.
        Step("record", "new", "confirmed", by=("secretariat", "focal point")),
        Step("tell", "new", "told", by=("stranger",)),
        Step("confirm", "told", "confirmed", by=("secretariat",)),
        Step("set aside", "told", "set aside", by=("secretariat",), needs=("a reason",)),
        Step("set aside", "confirmed", "set aside", by=("secretariat",), needs=("a reason",)),
        Step("take up again", "set aside", "told", by=("secretariat",)),
    ),
)

LIBRARY, CITY, NO_SMALL, REASON = (
    "the measuring library on this server", "a city", "small groups hidden by the report", "a reason",
)  # fmt: skip
SMALLEST = 5  # persons: a figure about fewer is not public

RUN = Workflow(
    "new",
    (
        Step("upload", "new", "prepared", by=("secretariat",)),
        Step("start", "prepared", "queued", by=("secretariat",), needs=(LIBRARY,)),
        Step("start", "failed", "queued", by=("secretariat",), needs=(LIBRARY,)),
        Step("begin", "queued", "running", by=("system",)),
        Step("finish", "running", "done", by=("system",)),
        Step("fail", "running", "failed", by=("system",), needs=(REASON,)),
        Step("publish", "done", "published", by=("gender team", "director"), needs=(CITY, NO_SMALL)),
        *(Step("withdraw", state, "withdrawn", by=("secretariat",)) for state in ("prepared", "queued", "running")),
        Step("withdraw", "failed", "withdrawn", by=("secretariat",)),
        # What others may have read is taken back with a reason.
        Step("withdraw", "done", "withdrawn", by=("secretariat",), needs=(REASON,)),
        Step("withdraw", "published", "withdrawn", by=("gender team", "director"), needs=(REASON,)),
    ),
)


@dataclass(frozen=True)
class Upload:
    """One sort of file that a kind of run takes."""

    role: str
    endings: tuple[str, ...]
    needed: bool = True
    several: bool = False


TABLE = (".csv", ".parquet")
SURVEYS = (".csv", ".parquet", ".xlsx", ".dta", ".sav", ".zsav", ".sas7bdat")
UPLOADS = {
    "sheet": (Upload("answers", (".csv", ".xlsx")),),
    "survey": (Upload("survey", SURVEYS, several=True), Upload("declaration", (".yaml",), needed=False)),
    "access": (
        Upload("streets", (".pbf", *TABLE), several=True),
        Upload("homes", TABLE),
        Upload("places", TABLE, needed=False, several=True),
        Upload("timetables", (".zip",), needed=False, several=True),
        Upload("zones", (".geojson",), needed=False),
        Upload("duties", (".csv",), needed=False),
    ),
    "audit": (Upload("ratings", (".csv", ".xlsx")),),
}


def small(n: int | None) -> bool:
    """Whether a figure is about so few people that it could give one of them away.

    >>> small(4), small(5), small(0), small(None)
    (True, False, False, False)
    """
    return n is not None and 0 < n < SMALLEST


def family(key: str, sex: str) -> str:
    """What the figures of women, of men, of everybody and the gap between them have in common.

    >>> family("feel_safe.f.zone-3", "f"), family("feel_safe.f-m.zone-3", "f-m"), family("feel_safe.all", "")
    ('feel_safe.*.zone-3', 'feel_safe.*.zone-3', 'feel_safe.*')
    """
    parts = key.split(".")
    for place in reversed(range(len(parts))):
        if parts[place] == (sex or "all"):
            return ".".join([*parts[:place], "*", *parts[place + 1 :]])
    return key
