"""A study of constraints in one file: who lives under what, what that leaves of the city, what a change would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from genderlens import strict
from genderlens.access.choices import Choices, Inputs
from genderlens.access.choices import load as load_access
from genderlens.access.constrained import reach_by_profile
from genderlens.access.gap import AccessGap, access_gap
from genderlens.access.network import Network
from genderlens.access.profiles import Profile, profiles_of
from genderlens.access.scenarios import City, Gains, Scenario, changed, gains, scenario_of
from genderlens.access.shares import Shares, assumed, from_survey
from genderlens.findings import Finding, Refused
from genderlens.run import Progress, Run, quiet, sha256
from genderlens.words import say

KEYS = ("access", "profiles", "shares", "fares", "audit", "title", "changes")
SURVEY = ("file", "weight", "strata", "cluster", "fpc", "nest", "lonely", "sex", "profile", "rest")


@dataclass(frozen=True)
class Study:
    """What `load` reads. Paths stand as they are opened."""

    inputs: Inputs
    choices: Choices
    profiles: tuple[Profile, ...]
    shares: Shares
    shares_file: Path | None = None
    fares: Path | None = None
    audit: Path | None = None
    scenario: Scenario | None = None

    def files(self) -> dict[str, Path]:
        more = (self.shares_file, self.fares, self.audit)
        return self.inputs.named() | {path.name: path for path in more if path is not None}


@dataclass(frozen=True)
class Result:
    """The gap now, and what the scenario gives, if there is one."""

    now: AccessGap
    gains: Gains | None
    reach: pa.Table  # REACH, now
    where: Mapping[str, tuple[float, float]]  # longitude and latitude of each home, for the map
    findings: tuple[Finding, ...]


def load(path: Path) -> Study:
    """A study out of YAML; files are named from its folder.

        access: access.yaml                  # streets, homes, places, timetable and choices: see choices.load
        profiles: {free: {}, nursery: {care: {kind: childcare, minutes: 10}}}
        shares:
          source: Survey of 2017
          survey: {file: s.parquet, weight: w, strata: st, cluster: [psu], sex: {column: sexo, f: 2, m: 1},
                   profile: {column: duty, values: {1: nursery}}, rest: free}
          # or, without errors:  stated: {f: {free: 0.6, nursery: 0.4}, m: {free: 0.9, nursery: 0.1}}
        audit: walks.csv                     # perhaps: answers of a safety audit, for nights with score_below
        fares: fares.zip                     # perhaps
        title: A nursery by the market       # perhaps, with changes: see scenarios.read_scenario
        changes: [{move: {place: nursery-2, lon: -71.26, lat: -29.91}}]

    Raises:
        Refused: with the place in the file of what is not known, missing or senseless.
    """
    where = path.name
    top = strict.only(strict.read(path.read_text("utf-8-sig"), where), KEYS, where, needed=KEYS[:3])
    inputs, choices = load_access(path.parent / str(top["access"]))
    if not isinstance(top["profiles"], strict.Mapping):
        raise _refused(f"{where}, profiles", "is not a mapping of profiles.", "Write an id, and beneath it what holds.")
    profiles = profiles_of(top["profiles"], where)
    shares, file = _shares(top["shares"], path.parent, f"{where}, shares")
    if unknown := sorted(set(shares.table["profile"].to_pylist()) - {profile.id for profile in profiles}):
        known = [profile.id for profile in profiles]
        raise _refused(f"{where}, shares", f"there is no profile {unknown[0]}.", strict.near(unknown[0], known))
    scenario = scenario_of(top.get("title", ""), top["changes"], where) if "changes" in top else None
    others = {name: path.parent / str(top[name]) for name in ("fares", "audit") if name in top}
    return Study(inputs, choices, profiles, shares, file, scenario=scenario, **others)


def _shares(said: Any, folder: Path, where: str) -> tuple[Shares, Path | None]:
    found = strict.only(said, ("source", "stated", "survey"), where, needed=("source",))
    if ("stated" in found) == ("survey" in found):
        raise _refused(where, "is neither stated nor from a survey, or both.", "Give one of the two.")
    if "stated" in found:
        by_sex = strict.only(found["stated"], ("f", "m", "x"), f"{where}, stated", needed=("f", "m"))
        try:
            stated = {sex: {str(name): float(share) for name, share in of.items()} for sex, of in by_sex.items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise _refused(f"{where}, stated", "a share is no number.", "Such as f: {free: 0.6, care: 0.4}.") from error
        return assumed(stated, str(found["source"])), None
    return _asked(found["survey"], str(found["source"]), folder, f"{where}, survey")


def _asked(said: Any, source: str, folder: Path, where: str) -> tuple[Shares, Path]:
    from genderlens.engines import connect, read
    from genderlens.surveys.design import Design
    from genderlens.surveys.estimates import estimate
    from genderlens.surveys.statistics import Proportion

    found = strict.only(said, SURVEY, where, needed=("file", "weight", "sex", "profile"))
    sex = strict.only(found["sex"], ("column", "f", "m", "x"), f"{where}, sex", needed=("column", "f", "m"))
    profile = strict.only(found["profile"], ("column", "values"), f"{where}, profile", needed=("column", "values"))
    values, file = dict(profile["values"]), folder / str(found["file"])
    design = Design(**{name: found[name] for name in ("weight", *SURVEY[2:7]) if name in found})
    estimates = estimate(
        read(connect(), file), design, [Proportion(profile["column"], value) for value in values], by=[sex["column"]]
    )
    shares = from_survey(
        estimates, profiles=values, column=profile["column"], sex=sex["column"],
        sexes={sex[code]: code for code in ("f", "m", "x") if code in sex}, source=source, rest=found.get("rest"),
    )  # fmt: skip
    return shares, file


def measured(study: Study, *, language: str = "en", progress: Progress = quiet) -> Result:
    """The gap under the profiles and, with a scenario, before and after it.

    Raises:
        Refused: a file cannot be read, or nothing in it can be used.
    """
    from genderlens.access.fares import read_fares
    from genderlens.access.files import read_streets
    from genderlens.access.places import read_homes, read_places

    progress(0.0, say(language, "access.step_read"))
    choices = study.choices
    network, found = read_streets(study.inputs.streets)
    homes, found_homes = read_homes(study.inputs.homes)
    tables = [read_places(path) for path in study.inputs.places]
    if not tables:
        raise _refused("access", "names no places.", "Give those of work and care.")
    findings = [*found, *found_homes, *(one for _, some in tables for one in some)]
    city = City(network, pa.concat_tables([table for table, _ in tables]), _timetable(study, findings))
    if choices.ages:
        homes = homes.filter(pc.is_in(homes["age"], pa.array(choices.ages)))
    scores = _scores(study, network, findings, language)
    fares = None if study.fares is None else read_fares(study.fares)
    used = set(study.shares.table["profile"].to_pylist())

    def reach(of: City) -> pa.Table:
        table, some = reach_by_profile(
            [profile for profile in study.profiles if profile.id in used], of.network, homes, of.places,
            limit=choices.limit, work=choices.work, departs=choices.departures() or None, timetable=of.timetable,
            fares=fares, scores=scores, waits=choices.waits,
        )  # fmt: skip
        findings.extend(some)
        return table

    progress(0.2, say(language, "profiles.step_now"))
    now = reach(city)
    gap = access_gap(now, homes, study.shares, language=language)
    gained = None
    if study.scenario is not None:
        progress(0.6, say(language, "profiles.step_then"))
        then, some = changed(city, study.scenario)
        findings += some
        gained = gains(now, reach(then), homes, study.shares, language=language)
    placed = zip(homes["lon"].to_pylist(), homes["lat"].to_pylist(), strict=True)
    where = {name: at for name, at in zip(homes["home"].to_pylist(), placed, strict=True) if None not in at}
    return Result(gap, gained, now, where, tuple(dict.fromkeys((*findings, *gap.findings))))


def diagnose_study(study: Study, *, language: str = "en", progress: Progress = quiet) -> Run:
    """The same as a run: figures, tables, findings and a report."""
    from genderlens.access.study_page import figures, report

    result = measured(study, language=language, progress=progress)
    progress(0.9, say(language, "access.step_report"))
    made = report(study, result, language)
    tables: Mapping[str, pa.Table] = {"reach": result.reach, "profiles": result.now.table}
    run = Run(
        kind="access",
        title=made.title,
        language=language,
        parameters=_parameters(study),
        inputs={name: sha256(path) for name, path in study.files().items()},
        figures=figures(study, result, language),
        tables=dict(tables) | ({"gains": result.gains.homes} if result.gains else {}),
        findings=result.findings,
        report=made,
    )
    progress(1.0, "")
    return run


def _parameters(study: Study) -> dict[str, Any]:
    changes = [vars(one) for one in study.scenario.changes] if study.scenario else []
    profiles = [vars(profile) for profile in study.profiles]
    return study.choices.plain() | {"profiles": profiles, "shares": study.shares.source, "changes": changes}


def _timetable(study: Study, findings: list[Finding]) -> Any:
    if not study.inputs.timetables or study.choices.date is None:
        return None
    from genderlens.access.gtfs import load as load_feeds

    timetable = load_feeds(study.inputs.timetables, study.choices.date)
    findings.extend(timetable.findings)
    return timetable


def _scores(study: Study, network: Network, findings: list[Finding], language: str) -> NDArray[np.float64] | None:
    """Of the last round, after dark where it was rated then: what is walked at night is judged by night."""
    if study.audit is None:
        return None
    from genderlens.access.audits import on_streets, places, read_answers, scored

    answers = read_answers(study.audit, language=language)
    findings.extend(answers.findings)
    rated = scored(answers.table)
    last = rated.filter(pc.equal(rated["round"], pc.max(rated["round"])))
    dark = last.filter(pc.equal(last["light"], "dark"))
    return on_streets(network, places(dark if dark.num_rows else last))


def _refused(where: str, what: str, mend: str) -> Refused:
    return Refused(Finding("stop", "study", where, what, mend))
