"""What would change if a nursery moved, a street were lit, or a bus came more often, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from genderlens import strict
from genderlens.access.gap import AccessGap, access_gap
from genderlens.access.hours import DAY
from genderlens.access.network import Network
from genderlens.access.profiles import number, seconds
from genderlens.access.shares import Shares
from genderlens.access.tables import PLACES, REACH
from genderlens.access.timetable import Timetable
from genderlens.findings import Finding, Refused

Kind = Literal["open", "move", "close", "hours", "light", "headway"]
# What each change takes, what of it must be given first.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "open": ("place", "kind", "lon", "lat"),
    "move": ("place", "lon", "lat"),
    "close": ("place",),
    "hours": ("place", "opens", "closes"),
    "light": ("along",),
    "headway": ("route", "minutes"),
}
PERHAPS: Mapping[str, tuple[str, ...]] = {"open": ("amount", "opens", "closes"), "light": ("within",)}
CORRIDOR = 15.0  # metres on either side of a line that is lit

# Of each home and profile: what it reached, reaches then, and the gain. Null where either has no answer.
GAINS = pa.schema([
    ("home", pa.string()),
    ("measure", pa.string()),
    ("profile", pa.string()),
    ("departs", pa.int32()),
    ("before", pa.float64()),
    ("after", pa.float64()),
    ("gain", pa.float64()),
])  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing done. `said` holds what `NEEDED` and `PERHAPS` name for its kind, checked."""

    kind: Kind
    said: Mapping[str, Any]
    where: str  # file and line, for findings


@dataclass(frozen=True)
class Scenario:
    title: Mapping[str, str]  # by language, or under "" in the only one
    changes: tuple[Change, ...]

    def said(self, language: str) -> str:
        return self.title.get(language) or self.title.get("en") or self.title.get("", "")


@dataclass(frozen=True)
class City:
    """What a scenario changes."""

    network: Network
    places: pa.Table  # PLACES
    timetable: Timetable | None = None


@dataclass(frozen=True)
class Gains:
    """Before, after, and the difference of the two, each by sex with its interval."""

    before: AccessGap
    after: AccessGap
    gain: AccessGap  # of what is gained; `levels` say how much women and men gain, `difference` who gains more
    homes: pa.Table  # GAINS
    winners: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # profile -> homes that gain, that lose

    def figures(self, key: str, label: str, unit: str, *, indicator: str = "", place: str = "") -> pa.Table:
        parts = {"before": self.before, "after": self.after, "gain": self.gain}
        tables = []
        for name, part in parts.items():
            table = part.figures(f"{key}.{name}", label, unit, indicator=indicator, place=place)
            if name == "gain":  # a ratio of gains says nothing where one may be nought or a loss
                table = table.filter(pc.not_equal(table["unit"], "ratio"))
            group = [" ".join(filter(None, (name, said))) for said in table["group"].to_pylist()]
            tables.append(table.set_column(table.column_names.index("group"), "group", pa.array(group)))
        return pa.concat_tables(tables)


def load(path: Path) -> Scenario:
    return read_scenario(path.read_text(encoding="utf-8"), path.name)


def read_scenario(text: str, where: str) -> Scenario:
    """A scenario out of YAML.

        title: {en: A nursery by the market, and light on the way}
        changes:
          - open: {place: nursery-9, kind: childcare, lon: -71.25, lat: -29.9, opens: "07:00", closes: "19:00"}
          - move: {place: nursery-2, lon: -71.26, lat: -29.91}
          - close: {place: nursery-3}
          - hours: {place: nursery-4, opens: "06:30", closes: "20:00"}
          - light: {along: [[-71.25, -29.9], [-71.24, -29.9]], within: 20}
          - headway: {route: L1, minutes: 10}

    Raises:
        Refused: a word nobody knows, something missing or senseless, each with its place in the file.
    """
    top = strict.only(strict.read(text, where), ("title", "changes"), where, needed=("title", "changes"))
    return scenario_of(top["title"], top["changes"], where)


def scenario_of(title: Any, changes: Any, where: str) -> Scenario:
    """The scenario beneath `title:` and `changes:` of any strict YAML."""
    if isinstance(title, strict.Mapping):
        titles = dict(strict.only(title, ("en", "fr", "es"), f"{where}, title"))
    else:
        titles = {"": str(title)}
    if not isinstance(changes, list) or not changes:
        raise _refused(f"{where}, changes", "there is no list of changes.", "Begin each with a dash.")
    return Scenario(titles, tuple(_change(one, f"{where}, change {i}") for i, one in enumerate(changes, 1)))


def _change(said: Any, where: str) -> Change:
    given = strict.only(said, get_args(Kind), where)
    if len(given) != 1:
        raise _refused(where, "is not one change.", f"Write one of {', '.join(get_args(Kind))} beneath a dash.")
    ((kind, what),) = given.items()
    found = strict.only(what, (*NEEDED[kind], *PERHAPS.get(kind, ())), f"{where}, {kind}", needed=NEEDED[kind])
    where = f"{where}, {kind}"
    read: dict[str, Any] = {name: str(found[name]) for name in ("place", "kind", "route") if name in found}
    for name, least, most in (("lon", -180, 180), ("lat", -90, 90), ("amount", 0, np.inf), ("within", 0, 1000)):
        if name in found:
            read[name] = number(found, name, where, least=least, most=most)
    if "minutes" in found:
        read["minutes"] = number(found, "minutes", where, least=1, most=24 * 60)
    if ("opens" in found) != ("closes" in found):
        raise _refused(where, "has one of opens and closes.", "Give both, or neither: open all day.")
    if "opens" in found:
        read["opens"], read["closes"] = seconds(found["opens"], where), seconds(found["closes"], where)
        if read["closes"] <= read["opens"]:
            read["closes"] += DAY  # past midnight
    if "along" in found:
        read["along"] = _line(found["along"], where)
    return Change(kind, read, where)


def _line(said: Any, where: str) -> tuple[tuple[float, float], ...]:
    try:
        line = tuple((float(lon), float(lat)) for lon, lat in said)
    except (TypeError, ValueError):
        line = ()
    if len(line) < 2 or not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in line):
        raise _refused(where, "along is not a line.", "Give two points or more, each as [longitude, latitude].")
    return line


def changed(city: City, scenario: Scenario) -> tuple[City, tuple[Finding, ...]]:
    """The city after every change, in order.

    Raises:
        Refused: a change names a place or route that is not there, or lights no street.
    """
    findings: list[Finding] = []
    for change in scenario.changes:
        match change.kind:
            case "light":
                network, found = _lit(city.network, change)
                city = replace(city, network=network)
                findings.append(found)
            case "headway":
                city = replace(city, timetable=_more_often(city.timetable, change))
            case _:
                city = replace(city, places=_places(city.places.cast(PLACES), change))
    return city, tuple(findings)


def _places(places: pa.Table, change: Change) -> pa.Table:
    name, said = change.said["place"], change.said
    names = places["place"].to_pylist()
    if change.kind == "open":
        if name in names:
            raise _refused(change.where, f"there is a place “{name}” already.", "Name it anew, or use move or hours.")
        row = {"amount": 1.0, "opens": None, "closes": None} | dict(said)
        return pa.concat_tables([places, pa.Table.from_pylist([row], PLACES)])
    if name not in names:
        raise _refused(change.where, f"there is no place “{name}”.", strict.near(name, names))
    here = pc.equal(places["place"], name)
    if change.kind == "close":
        return places.filter(pc.invert(here))
    for column in ("lon", "lat") if change.kind == "move" else ("opens", "closes"):
        at = places.schema.get_field_index(column)
        value = pa.scalar(said[column], places.schema.field(column).type)
        places = places.set_column(at, places.schema.field(column), pc.if_else(here, value, places[column]))
    return places


def _lit(network: Network, change: Change) -> tuple[Network, Finding]:
    """Every street whose middle lies in the corridor, in both directions."""
    import shapely

    line = change.said["along"]
    east = float(np.cos(np.radians(np.mean([lat for _, lat in line]))))
    scale = 111_195.0  # metres in a degree: over a street the earth is flat
    corridor = shapely.LineString([(lon * east * scale, lat * scale) for lon, lat in line])
    tails = np.repeat(np.arange(network.nodes), np.diff(network.starts))
    lon = (network.lon[tails] + network.lon[network.heads]) / 2
    lat = (network.lat[tails] + network.lat[network.heads]) / 2
    away = shapely.distance(corridor, shapely.points(lon * east * scale, lat * scale))
    inside = away <= change.said.get("within", CORRIDOR)
    if not inside.any():
        mend = "Is longitude first? Draw the line along the street, or widen it by within."
        raise _refused(change.where, "no street lies along it.", mend)
    new = inside & (network.lit != 1)
    metres, before = (network.lengths[arcs].sum() / 2000 for arcs in (new, inside & ~new))  # of both directions, mm
    what = f"lights {metres:,.0f} m of street; {before:,.0f} m along it were lit before."
    return replace(network, lit=np.where(new, 1, network.lit).astype(np.int8)), Finding(
        "note", "lit", change.where, what
    )


def _more_often(timetable: Timetable | None, change: Change) -> Timetable:
    if timetable is None:
        raise _refused(change.where, "there is no timetable to change.", "Give the feed.")
    route = change.said["route"]
    if route not in timetable.routes:
        raise _refused(change.where, f"there is no route “{route}”.", strict.near(route, timetable.routes))
    return timetable.with_headway(route, change.said["minutes"])


def gains(
    before: pa.Table,
    after: pa.Table,
    homes: pa.Table,
    shares: Shares,
    *,
    measure: str | None = None,
    level: float = 0.95,
    language: str = "en",
) -> Gains:
    """Who gains: women and men, by profile and home.

    The gain of each sex is linear in the shares like access itself, so its interval is that of `gap.access_gap` on the
    gain of each home: before and after have the same persons and shares, and their errors are not added.

    Args:
        before, after: REACH of the same homes, profiles and departures, such as `constrained.reach_by_profile` gives.
        homes, shares, measure, level, language: as for `gap.access_gap`.

    Raises:
        Refused: the two do not belong together, or as `access_gap`.
    """
    table = _side_by_side(before.cast(REACH), after.cast(REACH), measure)

    def part(name: str) -> AccessGap:
        reach = pa.table([*(table[key] for key in REACH.names[:4]), table[name]], schema=REACH)
        return access_gap(reach, homes, shares, level=level, language=language)

    winners: dict[str, tuple[int, int]] = {}
    for profile in dict.fromkeys(table["profile"].to_pylist()):
        gain = table.filter(pc.equal(table["profile"], profile)).group_by("home").aggregate([("gain", "mean")])
        known = pc.drop_null(gain["gain_mean"])
        more, less = (pc.sum(pc.cast(where, pa.int64())).as_py() for where in (pc.greater(known, 0), pc.less(known, 0)))
        winners[profile] = more or 0, less or 0
    return Gains(part("before"), part("after"), part("gain"), homes=table, winners=winners)


def _side_by_side(before: pa.Table, after: pa.Table, measure: str | None) -> pa.Table:
    keys = list(REACH.names[:4])
    then, now = (
        table if measure is None else table.filter(pc.equal(table["measure"], measure)) for table in (before, after)
    )
    if then.select(keys).equals(now.select(keys)):  # as `reach_by_profile` gives them, row for row
        columns = [*(then[key] for key in keys), then["value"], now["value"], pc.subtract(now["value"], then["value"])]
        return pa.table(columns, schema=GAINS)
    # A join takes null for unlike null: no departure is one all the same.
    then, now = (
        table.append_column("at", pc.fill_null(table["departs"], -1)).rename_columns([*keys, name, "at"])
        for table, name in ((then, "before"), (now, "after"))
    )
    joined = then.join(now.drop_columns(["departs"]), ["home", "measure", "profile", "at"], join_type="full outer")
    if joined.num_rows != then.num_rows or joined.num_rows != now.num_rows:
        mend = "Measure both with the same homes, profiles and departures."
        raise _refused("before and after", "differ in homes, measures, profiles or departures.", mend)
    joined = joined.append_column("gain", pc.subtract(joined["after"], joined["before"]))
    return joined.select(GAINS.names).sort_by([(key, "ascending") for key in keys]).cast(GAINS)


def _refused(where: str, what: str, mend: str) -> Refused:
    return Refused(Finding("stop", "scenario", where, what, mend))
