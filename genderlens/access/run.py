"""A city diagnosed: from files and choices to figures, tables, findings and a report."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from genderlens.access.averages import Measured, Moment, People, Values, Way
from genderlens.access.choices import Choices, Inputs
from genderlens.access.duties import STOPPING, STRAIGHT, read_shares
from genderlens.access.figures import figures
from genderlens.access.files import main_streets, read_streets, read_zones
from genderlens.access.foot import Cumulative, metres_to_nearest, on_foot
from genderlens.access.gap import AccessGap, access_gap
from genderlens.access.gtfs import load
from genderlens.access.network import Network
from genderlens.access.places import read_homes, read_places, read_table
from genderlens.access.sdg import near_space, near_transport, stops_of
from genderlens.access.shares import Shares
from genderlens.access.story import Story
from genderlens.access.tables import REACH
from genderlens.access.timetable import Timetable
from genderlens.findings import Finding
from genderlens.report.document import Report
from genderlens.run import Progress, Run, quiet, sha256
from genderlens.words import say

__all__ = ["diagnose", "read_table"]

MINUTE = 60_000  # milliseconds
SPACE = "public space"  # the kind of place of SDG 11.7.1


def diagnose(
    inputs: Inputs, choices: Choices | None = None, *, language: str = "en", progress: Progress = quiet
) -> Run:
    """What women and men can reach from home, with and without a care stop on the way.

    Only streets and homes are needed; whatever else is missing is said in the report and left out.

    Args:
        inputs: the files.
        choices: what is asked; the usual questions without it.
        language: of the report: en, fr or es.
        progress: is told the share done and the step.

    Raises:
        Refused: a file cannot be read or nothing in it can be used.
    """
    run = _Diagnosis(inputs, choices or Choices(), language, progress)
    return run.run()


class _Diagnosis:
    def __init__(self, inputs: Inputs, choices: Choices, language: str, progress: Progress) -> None:
        self.inputs, self.choices, self.language, self.progress = inputs, choices, language, progress
        self.findings: list[Finding] = []
        self.absent: list[str] = []

    def say(self, key: str, **fields: object) -> str:
        return say(self.language, f"access.{key}", **fields)

    def missing(self, key: str, **fields: object) -> None:
        self.absent.append(self.say(f"absent_{key}", **fields))

    def found(self, findings: tuple[Finding, ...]) -> None:
        """Each once: several measures look at the same homes."""
        self.findings += [finding for finding in findings if finding not in self.findings]

    def run(self) -> Run:
        self.progress(0.0, self.say("step_read"))
        network, findings = read_streets(self.inputs.streets)
        self.found(findings)
        self.homes, self.people = self.read_homes()
        self.places = self.read_places()
        self.timetable = self.read_timetable()
        measured = self.measure(network)
        self.progress(0.95, self.say("step_report"))
        title = self.say("title", place=self.choices.title) if self.choices.title else self.say("title_bare")
        story = Story(
            measured, self.choices, self.language,
            zones=read_zones(self.inputs.zones), streets=main_streets(self.inputs.streets),
            findings=self.findings, absent=self.absent,
        )  # fmt: skip
        made = Run(
            kind="access",
            title=title,
            language=self.language,
            parameters=self.choices.plain(),
            inputs={name: sha256(path) for name, path in self.inputs.named().items()},
            figures=figures(measured, self.choices, self.language),
            tables=self.tables(measured),
            findings=tuple(self.findings),
            report=Report(title, self.language, tuple(story.parts())),
        )
        self.progress(1.0, "")
        return made

    # ------------------------------------------------------------------ reading

    def read_homes(self) -> tuple[pa.Table, People]:
        homes, findings = read_homes(self.inputs.homes)
        self.found(findings)
        people = People.of(homes, self.choices.ages)
        if not {"f", "m"} <= set(people.sexes):
            self.missing("sex")
        return homes, people

    def read_places(self) -> pa.Table | None:
        if not self.inputs.places:
            self.missing("places")
            return None
        tables = []
        for path in self.inputs.places:
            table, findings = read_places(path)
            self.found(findings)
            tables.append(table)
        return pa.concat_tables(tables)

    def read_timetable(self) -> Timetable | None:
        """Before anything is measured: a timetable of another year is refused at once."""
        if not self.inputs.timetables:
            self.missing("transit")
            return None
        if self.choices.date is None:
            self.missing("date")
            return None
        timetable = load(self.inputs.timetables, self.choices.date)
        self.found(timetable.findings)
        return timetable

    def of_kind(self, kind: str, key: str) -> pa.Table | None:
        """The places of a kind; None, and said, where there are none."""
        if self.places is None or not kind:
            return None
        chosen = self.places.filter(pc.equal(self.places["kind"], kind))
        if not chosen.num_rows:
            self.missing(key, kind=kind)
            return None
        return chosen

    # ------------------------------------------------------------------ measuring

    def measure(self, network: Network) -> Measured:
        work, care = self.of_kind(self.choices.work, "work"), self.of_kind(self.choices.care, "care")
        ways: list[Way] = []
        nearest = None
        if work is not None:
            self.progress(0.1, self.say("step_walk"))
            ways.append(self.on_foot(network, care, work))
        if care is not None:
            names, metres, findings = metres_to_nearest(network, self.homes, care, where="care")
            self.found(findings)
            nearest = self.by_home(names, metres * 60 / (1000 * self.choices.speed))
        stop = self.transit(network, care, work, ways)
        space = self.public_space(network)
        everybody = People.of(self.homes) if self.choices.ages else None
        return Measured(self.people, tuple(ways), nearest, stop, space, self.gaps(ways), everybody)

    def public_space(self, network: Network) -> Values | None:
        if self.places is None:
            return None
        spaces = self.places.filter(pc.equal(self.places["kind"], SPACE))
        if not spaces.num_rows:
            self.missing("space", kind=SPACE)
            return None
        near = near_space(network, self.homes, spaces)
        self.found(near.findings)
        return self.by_home(near.homes, near.near)

    def on_foot(self, network: Network, care: pa.Table | None, work: pa.Table) -> Way:
        if care is None:
            table, findings = on_foot(
                network, self.homes, work, [Cumulative(self.choices.work, self.choices.limit)], speed=self.choices.speed
            )
            self.found(findings)
            return Way("on_foot", self.by_home(table["home"], table["value"].to_numpy()))
        from genderlens.access.chains import care_chains

        timed = pc.any(pc.is_valid(care["opens"])).as_py()
        departs = self.all_departures() if timed else ()
        table, findings = care_chains(
            network, self.homes, care, work, departs=departs or None, waits=self.choices.waits, **self.question()
        )
        self.found(findings)
        return self.way("on_foot", table, departs)

    def question(self) -> dict[str, Any]:
        """What a chain is asked on foot and by public transport alike."""
        choices = self.choices
        return {
            "limit": round(choices.limit * MINUTE),
            "dwell": round(choices.dwell * MINUTE),
            "speed": choices.speed,
            "walking_cap": None if choices.walking_cap is None else round(choices.walking_cap * MINUTE),
        }

    def all_departures(self) -> tuple[int, ...]:
        return tuple(sorted({*self.choices.departures(), *self.choices.through_the_day()}))

    def way(self, code: str, table: pa.Table, departs: tuple[int, ...]) -> Way:
        """From rows of home and departure: the mean over the departures chosen, and everybody's mean at each."""
        row = {home: i for i, home in enumerate(self.people.homes)}
        at = np.array([row[home] for home in table["home"].to_pylist()])
        moment = {when: i for i, when in enumerate(departs)}
        when = np.array([moment.get(d, 0) for d in table["departs"].to_pylist()])

        def grid(name: str) -> Values:
            values = np.full((max(len(departs), 1), len(row)), np.nan)
            values[when, at] = table[name].to_numpy()
            return values

        direct, chain = grid("direct"), grid("chain")
        chosen = [moment[departure] for departure in self.choices.departures()] or list(range(max(len(departs), 1)))
        line = self.choices.through_the_day() or self.choices.departures()
        day = [
            Moment(departure, self.people.mean(direct[i]), self.people.mean(chain[i]))
            for departure in line
            if (i := moment.get(departure)) is not None
        ]
        return Way(code, direct[chosen].mean(axis=0), chain[chosen].mean(axis=0), tuple(day))

    # ------------------------------------------------------------------ who has care duty

    def gaps(self, ways: list[Way]) -> dict[str, AccessGap]:
        """Women and men when those with care duty make the stop and nobody else does, for each way."""
        chained = [way for way in ways if way.chain is not None]
        if self.inputs.duties is None:
            if chained:
                self.missing("duties")
            return {}
        shares = read_shares(self.inputs.duties)
        return {way.code: self.gap(self.two_ways(way), shares) for way in chained}

    def two_ways(self, way: Way) -> pa.Table:
        assert way.chain is not None
        straight = self.rows("access", way.direct, profile=STRAIGHT)
        return pa.concat_tables([straight, self.rows("access", way.chain, profile=STOPPING)])

    def gap(self, reach: pa.Table, shares: Shares) -> AccessGap:
        return access_gap(reach, self.counted_homes(), shares, language=self.language)

    def counted_homes(self) -> pa.Table:
        """HOMES of the ages that are measured."""
        ages = self.choices.ages
        return self.homes.filter(pc.is_in(self.homes["age"], pa.array(ages))) if ages else self.homes

    def by_home(self, names: pa.Array, values: Values) -> Values:
        """In the order of `people`; what cannot be reached at all has no number either."""
        at = pc.index_in(pa.array(self.people.homes), value_set=pa.array(names.to_pylist())).to_numpy()
        found: Values = np.where(np.isfinite(values), values, np.nan)[at]
        return found

    # ------------------------------------------------------------------ public transport

    def transit(
        self, network: Network, care: pa.Table | None, work: pa.Table | None, ways: list[Way]
    ) -> Values | None:  # fmt: skip
        """Adds the way by public transport, and tells who lives near a stop."""
        timetable, choices = self.timetable, self.choices
        if timetable is None:
            return None
        self.progress(0.4, self.say("step_stops"))
        near = near_transport(network, self.homes, stops_of(timetable), low=choices.stop_distance)
        self.found(near.findings)
        stop = self.by_home(near.homes, near.near)
        departs = self.all_departures()
        if not departs:
            self.missing("date")
        elif work is not None:
            self.progress(0.5, self.say("step_transit"))
            ways.append(self.by_transit(network, timetable, care, work, departs))
        return stop

    def by_transit(
        self, network: Network, timetable: Timetable, care: pa.Table | None, work: pa.Table, departs: tuple[int, ...]
    ) -> Way:  # fmt: skip
        from genderlens.access.transit_chains import care_chains_by_transit

        stops = work.slice(0, 1) if care is None else care  # only the direct way is then looked at
        table, findings = care_chains_by_transit(
            network, timetable, self.homes, stops, work, departs=departs, **self.question()
        )
        self.found(findings)
        way = self.way("by_transit", table, departs)
        return Way(way.code, way.direct) if care is None else way

    def rows(self, measure: str, values: Values, *, profile: str = "") -> pa.Table:
        """REACH of one measure."""
        count = len(values)
        columns = [
            pa.array(self.people.homes),
            pa.array([measure] * count),
            pa.array([profile] * count),
            pa.nulls(count, pa.int32()),
            pa.array(values, from_pandas=True),
        ]
        return pa.table(columns, schema=REACH)

    def tables(self, measured: Measured) -> dict[str, pa.Table]:
        """What each home reaches (REACH), and everybody's means through the day."""
        found = []
        for way in measured.ways:
            found.append(self.rows(f"direct {way.code}", way.direct))
            if way.chain is not None and way.penalty is not None:
                found += [self.rows(f"chain {way.code}", way.chain), self.rows(f"penalty {way.code}", way.penalty)]
        for name, values in (
            ("minutes to care", measured.nearest),
            ("near a stop", measured.stop),
            ("near public space", measured.space),
        ):
            if values is not None:
                found.append(self.rows(name, values))
        day = [{"way": way.code, **vars(moment)} for way in measured.ways for moment in way.day]
        tables = {"reach": pa.concat_tables(found) if found else REACH.empty_table()}
        if day:
            tables["day"] = pa.Table.from_pylist(day)
        for code, gap in measured.gaps.items():
            tables[f"duty_{code}"] = gap.table
        return tables
