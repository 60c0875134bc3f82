"""A diagnosis of access told to people: sentences first, then pictures and tables, then what may be concluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from genderlens.access.averages import Measured, People, Values, Way, lost
from genderlens.access.choices import Choices
from genderlens.access.figures import kind_words, reach_words, unevenness
from genderlens.access.sdg import SPACE as PUBLIC_SPACE
from genderlens.findings import Finding
from genderlens.report import maps
from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Picture
from genderlens.report.plots import Line, Mark, through_the_day, women_and_men
from genderlens.words import clock, day, number, percent, say

if TYPE_CHECKING:
    from genderlens.access.gap import AccessGap
    from genderlens.access.gap import Measured as Interval

NAMES = {"f": "report.women", "m": "report.men", "x": "report.others", "": "report.everybody"}
MOST_POINTS = 1_500  # homes on a map; more become squares
SQUARES_ACROSS = 45
GINI = 3  # decimals of the index, of which a ratio would say nothing
FEW_WORDS = 0.02  # a ratio this near to 1 is next to nothing


class Story:
    """One report. What was not measured is said once, under its own heading."""

    def __init__(
        self,
        measured: Measured,
        choices: Choices,
        language: str,
        *,
        zones: Mapping[str, Any],
        streets: Sequence[Any],
        findings: Sequence[Finding],
        absent: Sequence[str],
    ) -> None:
        self.measured, self.choices, self.language = measured, choices, language
        self.people = measured.people
        self.zones, self.streets = zones, streets
        self.findings, self.absent = findings, absent
        self.what = reach_words(language, choices)

    def say(self, key: str, **fields: object) -> str:
        return say(self.language, f"access.{key}", **fields)

    def mode(self, way: Way) -> str:
        return self.say(way.code)

    def parts(self) -> Iterator[Part]:
        if self.choices.where_from:
            yield Paragraph(self.choices.where_from)
        if invented := self.invented():
            yield Paragraph(self.say("illustrative", kinds=", ".join(kind_words(self.language, k) for k in invented)))
        yield Paragraph(self.lives())
        if self.measured.ways:
            yield from self.by_home()
        if any(way.chain is not None for way in self.measured.ways):
            yield from self.with_care()
        if self.measured.gaps:
            yield from self.duty()
        if self.measured.stop is not None:
            yield from self.stops(self.measured.stop)
        if self.measured.space is not None:
            yield from self.space(self.measured.space)
        if self.absent:
            yield Heading(self.say("absent"))
            yield Listing(tuple(self.absent))
        if self.findings:
            yield Heading(say(self.language, "report.findings"))
            yield Listing(tuple(self.finding(finding) for finding in self.findings))
        yield from self.conclusions()
        yield from self.how()

    # ------------------------------------------------------------------ where people live

    def invented(self) -> list[str]:
        return [kind for kind in (self.choices.care, self.choices.work) if kind in self.choices.illustrative]

    def note(self, *kinds: str) -> str:
        return self.say("illustrative_note") if set(kinds) & set(self.choices.illustrative) else ""

    def lives(self) -> str:
        people = self.people
        counts = {sex: round(float(people.weight(sex).sum())) for sex in ("", *people.sexes)}
        ages = f" ({', '.join(self.choices.ages)})" if self.choices.ages else ""
        text = self.say(
            "lives",
            ages=ages,
            persons=counts[""],
            homes=len(people.homes),
            women=counts.get("f", 0),
            men=counts.get("m", 0),
        )
        if counts.get("x"):
            text += " " + self.say("lives_others", others=counts["x"])
        return text

    def by_home(self) -> Iterator[Part]:
        yield Heading(self.say("by_home"))
        apart = False
        for way in self.measured.ways:
            women, men = (self.people.mean(way.direct, sex) if sex in self.people.persons else None for sex in "fm")
            if women and men:
                apart |= abs(women / men - 1) >= FEW_WORDS
                work, limit = kind_words(self.language, self.choices.work), round(self.choices.limit)
                said = {"women": number(self.language, women), "men": number(self.language, men)}
                ratio = self.ratio(women, men)
                yield Paragraph(
                    self.say("home_sentence", mode=self.mode(way), work=work, limit=limit, ratio=ratio, **said)
                )
        if {"f", "m"} <= set(self.people.sexes):
            yield Paragraph(self.say("home_some" if apart else "home_nothing"))
        yield women_and_men(
            list(self.marks()), title=self.what, language=self.language, note=self.note(self.choices.work)
        )  # fmt: skip
        yield self.table()
        last = self.measured.ways[-1]
        if missing := round(float(self.people.all[~np.isfinite(last.direct)].sum())):
            yield Paragraph(self.say("no_answer", persons=missing))
        yield self.map(
            last.direct, self.say("map_direct", what=self.what, mode=self.mode(last)), "", self.note(self.choices.work)
        )

    def marks(self) -> Iterator[Mark]:
        sexes = self.people.sexes or ("",)
        for way in self.measured.ways:
            for values, key in ((way.direct, "line_direct"), (way.chain, "line_chain")):
                if values is not None:
                    label = f"{self.mode(way)}, {self.say(key)}"
                    yield from (Mark(label, sex, self.people.mean(values, sex)) for sex in sexes)

    def table(self) -> Grid:
        sexes = ("", *self.people.sexes)
        rows: list[tuple[str, list[float | None], int]] = []
        for way in self.measured.ways:
            mode = self.mode(way)
            rows.append((f"{self.what}, {mode}", [self.people.mean(way.direct, s) for s in sexes], 0))
            rows.append((f"{self.say('gini')}, {mode}", [unevenness(self.people, way.direct, s) for s in sexes], GINI))
            if way.chain is not None:
                chained = reach_words(self.language, self.choices, chain=True)
                rows.append((f"{chained}, {mode}", [self.people.mean(way.chain, s) for s in sexes], 0))
                rows.append((f"{self.say('penalty')}, {mode}", [self.measured.mean_lost(way, s) for s in sexes], -1))
        if self.measured.nearest is not None:
            rows.append((self.say("nearest"), [self.people.mean(self.measured.nearest, s) for s in sexes], 1))
        columns: dict[str, list[str]] = {self.say("col_measure"): [label for label, _, _ in rows]}
        for i, sex in enumerate(sexes):
            columns[say(self.language, NAMES[sex])] = [self.written(values[i], digits) for _, values, digits in rows]
        if {"f", "m"} <= set(sexes):
            women, men = sexes.index("f"), sexes.index("m")
            columns[self.say("col_ratio")] = [
                "–" if digits == GINI else self.ratio(values[women], values[men]) for _, values, digits in rows
            ]
        return Grid(self.say("table_reach"), pa.table(columns))

    def ratio(self, women: float | None, men: float | None) -> str:
        return "–" if women is None or not men else number(self.language, women / men, 3)

    def written(self, value: float | None, digits: int) -> str:
        """With so many decimals; -1 means a share, as a percentage."""
        return percent(self.language, value) if digits < 0 else number(self.language, value, digits)

    # ------------------------------------------------------------------ care

    def with_care(self) -> Iterator[Part]:
        yield Heading(self.say("with_care"))
        choices = self.choices
        for way in self.measured.ways:
            if way.chain is None:
                continue
            yield Paragraph(
                self.say(
                    "care_sentence", dwell=round(choices.dwell), care=kind_words(self.language, choices.care),
                    chain=number(self.language, self.people.mean(way.chain)),
                    direct=number(self.language, self.people.mean(way.direct)), mode=self.mode(way),
                    penalty=percent(self.language, self.measured.mean_lost(way)), limit=round(choices.limit),
                )
            )  # fmt: skip
        last = [way for way in self.measured.ways if way.penalty is not None][-1]
        assert last.penalty is not None
        title = self.say("map_penalty", mode=self.mode(last))
        note = self.note(choices.care, choices.work)
        yield self.map(100 * last.penalty, title, "%", note)
        if len(last.day) > 1:
            yield Heading(self.say("through_day"), 3)
            yield from self.day(last)

    def day(self, way: Way) -> Iterator[Part]:
        losses = [
            (share, moment.departs) for moment in way.day if (share := lost(moment.direct, moment.chain)) is not None
        ]
        if losses:
            (low, best), (high, worst) = min(losses), max(losses)
            ends = {"low": percent(self.language, low, 0), "high": percent(self.language, high, 0)}
            yield Paragraph(self.say("hours_sentence", best=clock(best), worst=clock(worst), **ends))
        yield through_the_day(
            [
                Line(self.say("line_direct"), [(moment.departs, moment.direct) for moment in way.day]),
                Line(self.say("line_chain"), [(moment.departs, moment.chain) for moment in way.day]),
            ],
            title=f"{self.what}, {self.mode(way)}",
            language=self.language,
            note=self.note(self.choices.care, self.choices.work),
        )

    # ------------------------------------------------------------------ who lives under what

    def duty(self) -> Iterator[Part]:
        yield Heading(self.say("who_has"))
        code, gap = list(self.measured.gaps.items())[-1]
        women, men, ratio = gap.levels["f"], gap.levels["m"], gap.ratio
        values = {"women": women, "men": men, "residence": gap.residence, "constraints": gap.constraints}
        written = {name: self.figure(one) for name, one in values.items()}
        yield self.shares(gap)
        yield Paragraph(self.say("duty_gap", mode=self.say(code), ratio=self.figure(ratio, 3), **written))
        yield Paragraph(gap.covers)
        marks = [
            Mark(self.say(code), sex, level.value, level.low, level.high)
            for code, gap in self.measured.gaps.items()
            for sex, level in gap.levels.items()
        ]
        note = self.note(self.choices.care, self.choices.work)
        yield women_and_men(marks, title=self.say("plot_duty"), language=self.language, note=note)

    def figure(self, one: Interval, digits: int | None = None) -> str:
        """With its interval, if it has one."""
        text = number(self.language, one.value, digits)
        if one.low is None or one.high is None:
            return text
        ends = {"low": number(self.language, one.low, digits), "high": number(self.language, one.high, digits)}
        return f"{text} ({say(self.language, 'report.interval', **ends)})"

    def shares(self, gap: AccessGap) -> Grid:
        """How many live under each profile, and what they reach."""
        rows = [row for row in gap.table.to_pylist() if row["reach"] is not None]
        columns = {
            self.say("col_who"): [say(self.language, NAMES[row["sex"]]) for row in rows],
            self.say("col_profile"): [self.say(f"profile_{row['profile']}") for row in rows],
            self.say("col_share"): [percent(self.language, row["share"]) for row in rows],
            self.what: [number(self.language, row["reach"]) for row in rows],
        }
        return Grid(self.say("table_duty"), pa.table(columns))

    # ------------------------------------------------------------------ the rest

    def stops(self, stop: Values) -> Iterator[Part]:
        yield Heading(self.say("stops"))
        people = self.measured.everybody or self.people
        share = {sex: percent(self.language, people.mean(stop, sex)) for sex in people.sexes}
        metres = round(self.choices.stop_distance)
        if {"f", "m"} <= share.keys():
            yield Paragraph(self.say("stop_sentence", women=share["f"], men=share["m"], metres=metres))
        yield self.map(100 * stop, self.say("stop", metres=metres), "%", "", people)

    def space(self, space: Values) -> Iterator[Part]:
        yield Heading(self.say("spaces"))
        people = self.measured.everybody or self.people
        share = {sex: percent(self.language, people.mean(space, sex)) for sex in people.sexes}
        if {"f", "m"} <= share.keys():
            yield Paragraph(self.say("space_sentence", women=share["f"], men=share["m"], metres=round(PUBLIC_SPACE)))
        yield self.map(
            100 * space, self.say("space", metres=round(PUBLIC_SPACE)), "%", self.note("public space"), people
        )

    def finding(self, finding: Finding) -> str:
        return f"{say(self.language, f'report.level_{finding.level}')}: {finding}"

    def conclusions(self) -> Iterator[Part]:
        chained = any(way.chain is not None for way in self.measured.ways)
        may = ["may_home", *(["may_where"] if chained else []), "may_compare"]
        may_not = ["may_not_trips", *(["may_not_duty", "may_not_capacity"] if chained else []), "may_not_safe",
                   "may_not_errors"]  # fmt: skip
        if self.invented():
            may, may_not = ["may_home", "may_compare"], ["may_not_real", *may_not]
        yield Heading(say(self.language, "report.concluded"))
        yield Listing(tuple(self.say(key) for key in may))
        yield Heading(say(self.language, "report.not_concluded"))
        yield Listing(tuple(self.say(key) for key in may_not))

    def how(self) -> Iterator[Part]:
        choices = self.choices
        yield Heading(say(self.language, "report.how"))
        numbers = {"speed": float(choices.speed), "dwell": float(choices.dwell), "limit": float(choices.limit)}
        yield Paragraph(self.say("how_walk", **numbers))
        departures = choices.departures()
        if self.measured.gaps:
            yield Paragraph(self.say("how_duty"))
        if choices.date and departures and any(way.code == "by_transit" for way in self.measured.ways):
            when = day(self.language, choices.date)
            ends = " – ".join(dict.fromkeys((clock(departures[0]), clock(departures[-1]))))
            yield Paragraph(self.say("how_transit", day=when, departs=ends, count=len(departures)))

    def map(self, values: Values, title: str, unit: str, note: str, people: People | None = None) -> Picture:
        """On zones the mean of their persons; without zones each home as a point as large as its persons."""
        persons = (people or self.people).all
        zones = self.zones or squares(self.people.lon, self.people.lat)
        if zones:
            shapes, shown, sizes = zones, self.means(zones, values, persons), None
        else:
            homes = self.people.homes
            places = shapely.points(self.people.lon, self.people.lat)
            shapes = dict(zip(homes, places, strict=True))
            shown = {home: float(v) if np.isfinite(v) else None for home, v in zip(homes, values, strict=True)}
            sizes = dict(zip(homes, persons.tolist(), strict=True))
        return maps.shaded(
            shapes, shown, title=title, unit=unit, language=self.language, sizes=sizes, beneath=self.streets, note=note
        )  # fmt: skip

    def means(self, zones: Mapping[str, Any], values: Values, persons: Values) -> dict[str, float | None]:
        point, zone = shapely.STRtree(list(zones.values())).query(
            shapely.points(self.people.lon, self.people.lat), predicate="intersects"
        )
        first = np.unique(point, return_index=True)[1]  # on a border the first zone
        point, zone = point[first], zone[first]
        weight = np.where(np.isfinite(values), persons, 0.0)
        total = np.bincount(zone, weight[point], minlength=len(zones))
        sums = np.bincount(zone, (weight * np.nan_to_num(values))[point], minlength=len(zones))
        return {name: float(s / t) if t > 0 else None for name, s, t in zip(zones, sums, total, strict=True)}


def squares(lon: Values, lat: Values) -> dict[str, Any]:
    """Squares that hold the homes, where these are too many to be told apart as points; else none."""
    if len(lon) <= MOST_POINTS:
        return {}
    east = np.cos(np.radians(np.nanmean(lat)))
    side = max(np.ptp(lon) * east, np.ptp(lat)) / SQUARES_ACROSS
    cells = np.unique(np.stack([lon * east // side, lat // side], axis=1), axis=0)
    return {
        f"{x:.0f},{y:.0f}": shapely.box(x * side / east, y * side, (x + 1) * side / east, (y + 1) * side)
        for x, y in cells.tolist()
    }
