"""What takes minutes: the one place of the platform that calls the measuring library, in a process of its own.

A run waits in the database, so that a restart forgets nothing. What it gives is written in one transaction: a run is
either whole or has failed, with what to do about it. Whoever withdraws it stops it at its next step.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Mapping
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from jwp.core.access import Actor, system
from jwp.core.door import open_door
from jwp.core.models import Partnership
from jwp.evidence import files, results
from jwp.evidence.actions import run_roles
from jwp.evidence.models import Run, RunFile
from jwp.evidence.results import Stopped
from jwp.evidence.rules import LIBRARY, REASON, RUN

if TYPE_CHECKING:
    from genderlens.surveys.declaration import Declaration

log = logging.getLogger("jwp")
NEEDED = ("duckdb", "ibis", "numba", "osmium", "pyarrow", "scipy", "shapely")
Given = dict[str, list[Path]]  # files by what they are for
A_MOMENT = 0.5  # seconds between two notes of progress


def missing() -> list[str]:
    """What the measuring library needs and this installation lacks."""
    return [name for name in NEEDED if find_spec(name) is None]


def start(actor: Actor, ref: str, revision: int | None, *, at_once: bool = False) -> Run:
    """Put a run into the queue: the row and its place there are written together, or neither.

    `at_once` computes it here and now instead, for what takes a second and whoever can wait.
    """
    with open_door(actor) as door:
        run = door.lock(Run, ref, revision)
        facts = set() if missing() else {LIBRARY}
        run = door.step(run, RUN, "start", roles=run_roles(actor), facts=facts, why="", share=0.0, step="", findings=[])
        if not at_once:
            diagnose.enqueue(ref)
    if at_once:
        diagnose.call(ref)
        run.refresh_from_db()
    return run


@task()
def diagnose(ref: str) -> None:
    """Compute one run. Called again, or for a run that was withdrawn meanwhile, it does nothing."""
    actor = system(_today())
    with open_door(actor) as door:
        run = door.lock(Run, ref)
        if run.state != Run.State.QUEUED:
            return
        door.step(run, RUN, "begin", roles={"system"})
    try:
        with translation.override(run.language), tempfile.TemporaryDirectory(prefix="jwp-run-") as folder:
            result = compute(run, _inputs(run, Path(folder)), _Progress(run))
            results.store(actor, run, result, Path(folder) / "result")
    except Stopped:
        return
    except BaseException as error:
        with translation.override(run.language):
            _fail(actor, ref, *_reason(error))
        if not isinstance(error, Exception):  # the process itself is being ended
            raise
    Run.objects.filter(pk=run.pk).mark(step="")


def give_up_interrupted() -> int:
    """At the start of the only worker: what it was computing when it died has failed, what waited waits again."""
    halfway = _("It was interrupted: this server was stopped, or it ran out of memory. Start it again.")
    broken = list(Run.objects.filter(state=Run.State.RUNNING))
    for run in broken:
        with translation.override(run.language):
            _fail(system(_today()), run.ref, _(halfway), [])
    DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).update(status=TaskResultStatus.FAILED)
    queued = {args["args"][0] for args in DBTaskResult.objects.ready().values_list("args_kwargs", flat=True)}
    for ref in Run.objects.filter(state=Run.State.QUEUED).exclude(ref__in=queued).values_list("ref", flat=True):
        diagnose.enqueue(ref)
    return len(broken)


class _Progress:
    """Notes how far a run is, and stops one that was withdrawn. Neither goes through the door: nothing is decided."""

    def __init__(self, run: Run) -> None:
        self.pk, self.last, self.step = run.pk, 0.0, ""

    def __call__(self, share: float, step: str) -> None:
        now = time.monotonic()
        if step == self.step and now - self.last < A_MOMENT:
            return
        self.last, self.step = now, step
        rows = Run.objects.filter(pk=self.pk, state=Run.State.RUNNING)
        try:
            found = rows.mark(share=min(max(share, 0.0), 1.0), step=step[:200])
        except OperationalError:  # somebody else writes for long: this note is not worth failing for
            return
        if not found:
            raise Stopped


def _inputs(run: Run, folder: Path) -> Given:
    """The run's files under the names they came with, by what they are for. Linked, not copied."""
    found: Given = {}
    for number, given in enumerate(run.files.filter(part=RunFile.Part.INPUT).select_related("file")):
        path = folder / given.file.name
        if path.exists():
            path = folder / f"{number}-{given.file.name}"
        path.symlink_to(files.path_of(given.file.sha256).resolve())
        found.setdefault(given.role, []).append(path)
    return found


def _reason(error: BaseException) -> tuple[str, list[dict[str, str]]]:
    """Why a run failed and what to do, and the findings where the data are at fault."""
    if findings := refusal(error):
        return _("These data cannot give a right answer. What to mend stands below; your files are kept."), findings
    if isinstance(error, ModuleNotFoundError):
        return _("Not installed here: %(name)s, which the measuring library needs.") % {"name": error.name}, []
    if isinstance(error, MemoryError):
        return _("These data need more memory than this server has. Send fewer rows or a smaller area."), []
    if isinstance(error, Exception):
        log.exception("a run failed")
        said = {"error": f"{type(error).__name__}: {error}"[:500]}
        return _("It could not be computed, by a fault of this program (%(error)s). Your files are kept.") % said, []
    return _("It was interrupted: this server was stopped, or it ran out of memory. Start it again."), []


def _fail(actor: Actor, ref: str, why: str, findings: list[dict[str, str]]) -> None:
    with open_door(actor) as door:
        run = door.lock(Run, ref)
        if run.state == Run.State.RUNNING:  # else it was withdrawn meanwhile
            door.step(run, RUN, "fail", roles={"system"}, facts={REASON}, reason=why, why=why, findings=findings)


def _today() -> date:
    partnership = Partnership.get()
    return timezone.localdate(timezone=ZoneInfo(partnership.time_zone if partnership else "UTC"))


# ----------------------------------------------------------------------------- what the measuring library is asked


def look(actor: Actor, ref: str) -> None:
    """A first look at the files of a run, so that what we guess can be put right before it starts."""
    run = Run.objects.get(ref=ref)
    if missing():
        return
    with translation.override(run.language), tempfile.TemporaryDirectory(prefix="jwp-look-") as folder:
        try:
            guess = LOOKS[run.kind](_inputs(run, Path(folder)), Path(folder))
        except Exception as error:
            guess = {"stop": True, "findings": _reason(error)[1] or [_unread(error)]}
    with open_door(actor) as door:
        door.change(door.lock(Run, ref), "look", guess=guess)


def compute(run: Run, given: Given, progress: _Progress) -> Any:
    """The library's own run: figures, tables, findings and the report."""
    return MEASURES[run.kind](run, given, progress)


def refusal(error: BaseException) -> list[dict[str, str]]:
    """What is wrong with the data, where the library refused them; empty for any other error."""
    from genderlens.findings import Refused

    return [finding.as_dict() for finding in error.findings] if isinstance(error, Refused) else []


def _unread(error: Exception) -> dict[str, str]:
    log.exception("a file could not be looked at")
    what = _("The files could not be read (%(error)s).") % {"error": str(error)[:300]}
    return {"level": "stop", "code": "unread", "where": "", "what": what, "mend": ""}


def _look_at_sheet(given: Given, scratch: Path) -> dict[str, Any]:
    return _columns(given["answers"], scratch)


def _look_at_survey(given: Given, scratch: Path) -> dict[str, Any]:
    if "declaration" in given:
        from genderlens.surveys.declaration import load

        declared = load(given["declaration"][0])
        _only_what_was_sent(declared, given)
        people = declared.tables[declared.design.table]
        found = _columns(list(declared.paths(declared.design.table)), scratch)
        told = {column.column for column in people.columns.values()}
        # What has words for its answers is a question, whatever its name looks like.
        asked = [*found["proportion"], *(name for name in people.labels if name not in found["proportion"])]
        found |= {"proportion": [name for name in asked if name not in told], "left_out": {}, "choices": {}}
        return found | {"declared": True}
    return _columns(given["survey"], scratch)


def _look_at_access(given: Given, scratch: Path) -> dict[str, Any]:
    """Kinds of places, the days of the timetables, and the library's usual questions."""
    from genderlens.access.choices import Choices
    from genderlens.access.feed import read_feed
    from genderlens.access.places import read_homes, read_places
    from genderlens.access.service import Calendar

    homes, findings = read_homes(given["homes"][0])
    places = [read_places(path) for path in given.get("places", ())]
    kinds = {kind for table, _said in places for kind in table["kind"].unique().to_pylist()}
    findings = (*findings, *(finding for _table, said in places for finding in said))
    calendars = [Calendar(read_feed(path)) for path in given.get("timetables", ())]
    spans = [(one.first, one.last) for one in calendars if one.first and one.last]
    usual = Choices()
    chosen: dict[str, Any] = {name: getattr(usual, name) for name in ("limit", "dwell", "speed", "departs")}
    chosen |= {name: kind for name in ("care", "work") if (kind := getattr(usual, name)) in kinds}
    found: dict[str, Any] = {"rows": homes.num_rows, "kinds": sorted(map(str, kinds)), "choices": chosen}
    found["findings"] = [finding.as_dict() for finding in findings]
    if spans:
        first, last = max(first for first, _last in spans), min(last for _first, last in spans)
        found["timetables"] = {"first": first.isoformat(), "last": last.isoformat()}
        if day := calendars[0].like(last - timedelta(days=(last - first).days // 2)):
            chosen["date"] = day.isoformat()
        chosen["departs"] = chosen["departs"] or "07:00-09:00 every 15"
    return found


def _look_at_audit(given: Given, scratch: Path) -> dict[str, Any]:
    from genderlens.access.audits import read_answers

    answers = read_answers(given["ratings"][0], language=translation.get_language())
    return {"findings": [finding.as_dict() for finding in answers.findings]}


def audit_form(language: str) -> bytes:
    """The form of a safety audit for Kobo or ODK, opening in `language`."""
    from genderlens.access.xlsform import audit_form as form

    return form(language=language)


def _only_what_was_sent(declared: Declaration, given: Given) -> None:
    """A declaration names files: of those sent, and of no other place on this server."""
    from genderlens.findings import Finding, Refused

    named = {path for table in declared.tables for path in declared.paths(table)}
    if strange := sorted(path.name for path in named - set(given.get("survey", ()))):
        what = _("It names %(names)s, which was not sent.") % {"names": ", ".join(strange)}
        mend = _("Send the files under the names that the declaration gives them.")
        raise Refused(Finding("stop", "not-sent", given["declaration"][0].name, what, mend))


SAMPLE = 20_000  # rows looked at: a guess is put right by people anyway


def _columns(paths: list[Path], scratch: Path) -> dict[str, Any]:
    """What each column seems to be, and the answers of those that have few."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from genderlens import engines
    from genderlens.surveys import files as survey_files
    from genderlens.surveys.coded import as_code
    from genderlens.surveys.guess import CHOICES, guess
    from genderlens.surveys.opened import values

    made, findings = survey_files.as_parquet(paths, scratch)
    head = pa.Table.from_batches([next(pq.ParquetFile(made[0]).iter_batches(SAMPLE))])
    pq.write_table(head, scratch / "head.parquet")
    table = engines.read(engines.connect("duckdb"), scratch / "head.parquet", "parquet")
    found = guess(table, survey_files.labels(made[0]))
    few = [name for name in (found.sex, *found.questions) if name]
    answers = {name: [as_code(value) for value in values(table, name, CHOICES + 1)] for name in few}
    return {
        "rows": sum(pq.read_metadata(path).num_rows for path in made),
        "columns": list(found.columns),
        "values": {name: known for name, known in answers.items() if len(known) <= CHOICES},
        "questions": [*found.questions, *found.numbers],
        "proportion": list(found.questions),
        "mean": list(found.numbers),
        "left_out": dict(found.left_out),
        "findings": [finding.as_dict() for finding in findings],
        "choices": {
            "sex": found.sex, "codes": dict(found.codes), "questions": [*found.questions, *found.numbers],
            **found.design,
        },
    }  # fmt: skip


def _measure_sheet(run: Run, given: Given, progress: _Progress) -> Any:
    from genderlens.surveys.asked import Options
    from genderlens.surveys.run import diagnose

    asked = {name: run.parameters[name] for name in ("sex", "questions") if name in run.parameters}
    options = Options.of(asked | {"codes": _codes(run)})
    return diagnose(given["answers"][0], options=options, language=run.language, progress=progress)


def _measure_survey(run: Run, given: Given, progress: _Progress) -> Any:
    from genderlens.surveys.asked import Options
    from genderlens.surveys.declaration import load
    from genderlens.surveys.run import diagnose

    if "declaration" in given:
        declared = load(given["declaration"][0])
        _only_what_was_sent(declared, given)
        # Chosen columns, by sex; without any, every indicator of the catalogue that the survey can give.
        asked = {name: run.parameters[name] for name in ("mean", "proportion") if run.parameters.get(name)}
        if asked and (sex := declared.tables[declared.design.table].columns.get("sex")):
            asked |= _by_sex(sex.column, sex.codes)
        options = Options.of(asked)
        return diagnose((), declaration=declared, options=options, language=run.language, progress=progress)
    chosen = run.parameters
    asked = {name: chosen[name] for name in ("weight", "strata", "mean", "proportion")}
    asked |= {"cluster": [chosen["cluster"]] if chosen["cluster"] else [], "sex": chosen["sex"], "lonely": "adjust"}
    options = Options.of(asked | _by_sex(chosen["sex"], chosen["codes"]) | {"codes": _codes(run)})
    return diagnose(given["survey"], options=options, language=run.language, progress=progress)


def _by_sex(column: str, codes: Mapping[str, str | None]) -> dict[str, list[str]]:
    """By this column, with the gap between the first code of women and the first of men, where it has both."""
    first = {sex: code for code, sex in reversed(list(codes.items())) if sex}
    gap = [f"{column}={first['f']}:{first['m']}"] if {"f", "m"} <= first.keys() else []
    return {"by": [column], "gap": gap}


def _codes(run: Run) -> list[str]:
    return [f"{code}={sex}" for code, sex in run.parameters.get("codes", {}).items()]


def _measure_audit(run: Run, given: Given, progress: _Progress) -> Any:
    from genderlens.access.audits.run import diagnose_audit

    place = str(run.place or "")
    return diagnose_audit(given["ratings"][0], place=place, language=run.language, progress=progress)


def _measure_access(run: Run, given: Given, progress: _Progress) -> Any:
    from genderlens.access.choices import Inputs, chosen
    from genderlens.access.run import diagnose

    several = {name: tuple(given.get(name, ())) for name in ("streets", "places", "timetables")}
    single = {name: given[name][0] for name in ("homes", "zones", "duties") if name in given}
    inputs: Any = {**several, **single}
    asked = run.parameters | {"title": str(run.place or run.title), "where_from": run.source}
    return diagnose(Inputs(**inputs), chosen(asked), language=run.language, progress=progress)


LOOKS = {"sheet": _look_at_sheet, "survey": _look_at_survey, "access": _look_at_access, "audit": _look_at_audit}
MEASURES = {"sheet": _measure_sheet, "survey": _measure_survey, "access": _measure_access, "audit": _measure_audit}
