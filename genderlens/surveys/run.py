"""From files and choices to a run: estimates, findings and a report, of a declared survey or of a small sheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from genderlens.engines import connect
from genderlens.findings import Finding, Refused, refuse_if_stopped
from genderlens.run import Progress, Run, quiet, sha256
from genderlens.surveys import checks, figures, indicators, small
from genderlens.surveys.asked import Options
from genderlens.surveys.declaration import Declaration, Source, load
from genderlens.surveys.design import Design
from genderlens.surveys.estimates import Estimates, estimate
from genderlens.surveys.guess import Guess, guess
from genderlens.surveys.opened import Opened, design, near_columns, opened, values

if TYPE_CHECKING:
    import ibis

__all__ = ["Measured", "Options", "diagnose", "look", "measured"]


@dataclass(frozen=True)
class Measured:
    """What came out, before it is told. Of a small sheet `sheet` is set, and there are no errors."""

    declaration: Declaration
    options: Options
    estimates: pa.Table  # ESTIMATES, or small.COUNTS
    figures: pa.Table  # FIGURES
    findings: tuple[Finding, ...]
    inputs: Mapping[str, str]
    policy: str = ""
    indicated: tuple[indicators.Indicated, ...] = ()
    sheet: small.Sheet | None = None


def diagnose(
    file: Path | Sequence[Path] = (),
    *,
    declaration: Path | Declaration | None = None,
    options: Options | Mapping[str, Any] | None = None,
    language: str = "en",
    progress: Progress = quiet,
) -> Run:
    """The same as `measured`, told in a report: figures, tables, findings, and what may be concluded.

    Raises:
        Refused: no right answer can be given.
    """
    from genderlens.surveys.telling import run

    result = measured(file, declaration=declaration, options=options, language=language, progress=progress)
    return run(result, language)


def measured(
    file: Path | Sequence[Path] = (),
    *,
    declaration: Path | Declaration | None = None,
    options: Options | Mapping[str, Any] | None = None,
    language: str = "en",
    progress: Progress = quiet,
) -> Measured:
    """Estimates of a survey, or counts of a small sheet when nothing of a design is said.

    Args:
        file: the persons' file, or several of the same columns; empty when the declaration names them.
        declaration: a YAML file, or the same from Python. A design among the options stands above its own.
        options: what is asked. Nothing asked of a declared survey: every indicator that it has the columns for.
        language: of labels.
        progress: told the share done and the step.

    Raises:
        Refused: no right answer can be given; its findings say why and what to do.
    """
    chosen = options if isinstance(options, Options) else Options.of(options or {})
    paths = (file,) if isinstance(file, Path) else tuple(file)
    survey = _declared(paths, declaration, chosen)
    inputs = _inputs(survey, declaration)
    with _engine(chosen.engine) as (engine, scratch):
        progress(0.05, "reading the files")
        there = opened(survey, engine, scratch)
        if declaration is None and not chosen.plan:
            _refuse_estimates(chosen, paths[0].name)
            progress(0.3, "counting")
            sheet = small.counted(there, chosen, language)
            found = (*there.findings, *sheet.findings)
            return Measured(survey, chosen, sheet.counts, sheet.figures, found, inputs, sheet=sheet)
        return replace(_estimated(there, chosen, language, progress), inputs=inputs)


def look(file: Path | Sequence[Path]) -> Guess:
    """What the columns of a file seem to be, before anything is counted: to be shown and changed.

    Raises:
        Refused: the file cannot be read.
    """
    paths = (file,) if isinstance(file, Path) else tuple(file)
    with _engine("duckdb") as (engine, scratch):
        there = opened(_declared(paths, None, Options()), engine, scratch)
        return guess(there.people, there.labels["persons"])


def _estimated(there: Opened, chosen: Options, language: str, progress: Progress) -> Measured:
    survey = there.declaration
    refuse_if_stopped(near_columns(there, chosen.columns()))
    progress(0.2, "checking the survey")
    findings = list(refuse_if_stopped(checks.checked(there)))
    plan = design(survey.design, there.people)
    tables: list[pa.Table] = []
    told: list[pa.Table] = []
    if chosen.asks:
        progress(0.4, "estimating")
        found = _asked(there, plan, chosen)
        findings += [*_news(found.findings, findings), *_labels(there, chosen)]
        tables.append(found.table.replace_schema_metadata(None))
        told.append(figures.of_asked(found, there, chosen, language))
    wanted = chosen.indicators or (() if chosen.asks else indicators.possible(there))
    indicated = []
    for number, name in enumerate(wanted):
        progress(0.4 + 0.5 * number / len(wanted), name)
        one = indicators.indicated(there, plan, name, chosen, language, alone=len(wanted) == 1 and not chosen.asks)
        indicated.append(one)
        findings += _news(one.findings, findings)
        tables.append(one.estimates)
        told.append(one.figures)
    if not tables:
        what = "nothing was asked, and no indicator of the catalogue can be computed from what is declared."
        mend = "Ask for --mean, --proportion, …, or declare columns: `jwp lens survey --list` says what each needs."
        raise Refused(Finding("stop", "nothing-asked", survey.name, what, mend))
    progress(0.95, "writing it down")
    return Measured(
        survey, chosen, pa.concat_tables(tables), pa.concat_tables(told), tuple(dict.fromkeys(findings)),
        {}, plan.policy(), tuple(indicated),
    )  # fmt: skip


def _asked(there: Opened, plan: Design, chosen: Options) -> Estimates:
    answers = {column: tuple(values(there.people, column, 100)) for column in chosen.shares}
    stats = chosen.stats(answers)
    return estimate(there.people, plan, stats, chosen.domains, chosen.gaps, level=chosen.level)


def _news(found: Sequence[Finding], told: Sequence[Finding]) -> list[Finding]:
    """What an estimate found in the design that the checks have not told already, and better."""
    codes = {finding.code for finding in told} & {"lonely-cluster", "no-weights", "weight-zero"}
    return [finding for finding in found if finding.code not in codes]


def _labels(there: Opened, chosen: Options) -> Iterator[Finding]:
    labelled = there.labels[there.declaration.design.table]
    by = {column: tuple(values(there.people, column)) for column in chosen.domains if column in labelled}
    yield from checks.labels_missing(there, by)


def _refuse_estimates(chosen: Options, where: str) -> None:
    if chosen.asks or chosen.indicators or chosen.by or chosen.gap:
        what = "statistics were asked for without a design, so their errors cannot be known."
        mend = "Say the design (--weight, --strata, --cluster); or ask nothing, and the answers are counted by --sex."
        raise Refused(Finding("stop", "no-design", where, what, mend))


def _declared(paths: Sequence[Path], declaration: Path | Declaration | None, chosen: Options) -> Declaration:
    """The declaration with the files and the design that were given beside it."""
    if declaration is None:
        if not paths:
            raise Refused(Finding("stop", "no-file", "survey", "no file and no declaration were given."))
        files = tuple(str(path.absolute()) for path in paths)
        return Declaration(paths[0].stem, {"persons": Source(files)}, chosen.plan)
    survey = load(declaration) if isinstance(declaration, Path) else declaration
    if chosen.plan:
        survey = replace(survey, design=replace(chosen.plan, table=survey.design.table))
    if paths:
        table = survey.design.table
        files = tuple(str(path.absolute()) for path in paths)
        survey = replace(survey, tables={**survey.tables, table: replace(survey.tables[table], files=files)})
    return survey


@contextmanager
def _engine(name: str) -> Iterator[tuple[ibis.BaseBackend, Path]]:
    """An engine and a folder for what is converted; both gone afterwards, an existing cluster left alone."""
    with tempfile.TemporaryDirectory(prefix="genderlens-") as folder:
        engine = connect(name, spill=Path(folder) / "spill")
        try:
            yield engine, Path(folder)
        finally:
            if name == "duckdb":
                engine.disconnect()


def _inputs(survey: Declaration, declaration: Path | Declaration | None) -> dict[str, str]:
    """The hash of every file that the figures come from; one that is not there is refused when it is opened."""
    files = [path for table in survey.tables for path in survey.paths(table)]
    if isinstance(declaration, Path):
        files.append(declaration)
    return {path.name: sha256(path) for path in dict.fromkeys(files) if path.is_file()}
