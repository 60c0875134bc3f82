"""A survey declared once: its files, its design, its tables and how they link, and what its codes mean.

```yaml
survey: Mobility survey of Somewhere 2024
source: https://statistics.example/mobility
tables:
  persons:
    file: persons.sav                 # Parquet, CSV, Excel, Stata, SPSS or SAS; or `files: [...]`
    key: person_id
    columns:
      sex: {column: p03, codes: {1: m, 2: f}}
      age: p04
  trips:
    file: trips.csv
    link: {persons: person_id}        # this table's columns, in the order of the other's key
    columns:
      mode: {column: mode, codes: {1: walk, 2: bus, 9: null}}     # null: no answer
design: {weight: w, strata: stratum, cluster: psu}
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from genderlens import strict
from genderlens.findings import Finding, Refused

TABLES = ("persons", "households", "trips", "stages", "episodes")
DESIGN = ("table", "weight", "strata", "cluster", "fpc", "nest", "lonely", "replicates")
REPLICATES = ("kind", "columns", "scale", "rscales", "rho", "mse", "combined", "number", "seed", "df")


@dataclass(frozen=True)
class Column:
    """Which column of a file plays a role, and what its codes mean.

    `codes` translates raw codes, as text, into the words of the role; None is "no answer". Without codes the
    column is taken as it is.
    """

    column: str
    codes: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One table of a survey: persons, households, trips, the stages of trips, or the episodes of a day."""

    files: tuple[str, ...]
    key: tuple[str, ...] = ()
    link: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # column -> code -> words, for reading
    distinct: bool = False  # the file repeats these rows (a trip file that holds its persons too)
    encoding: str = ""  # of a CSV file; "" is UTF-8
    separator: str = ""  # of a CSV file; "" is found out


@dataclass(frozen=True)
class Replication:
    """Replicate weights: published columns (names or patterns such as `rep*`), or made by us when there are none.

    The fields are those of `genderlens.surveys.design.Replicates`; `rscales` of one number holds for every column.
    """

    kind: str
    columns: tuple[str, ...] = ()
    scale: float | None = None
    rscales: tuple[float, ...] = ()
    rho: float = 0.0
    mse: bool | None = None
    combined: bool = True
    number: int = 1000
    seed: int = 1
    df: int | None = None


@dataclass(frozen=True)
class Plan:
    """The design by column names, all in one table (`table`, persons unless said otherwise)."""

    table: str = "persons"
    weight: str = ""
    strata: str = ""
    cluster: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    lonely: str = ""  # "adjust", with a warning where it matters
    replicates: Replication | None = None

    def columns(self) -> Iterator[str]:
        yield from (name for name in (self.weight, self.strata, *self.cluster, *self.fpc) if name)

    def __bool__(self) -> bool:
        """Whether anything of a design was said."""
        return any(self.columns()) or self.replicates is not None


@dataclass(frozen=True)
class Declaration:
    name: str
    tables: Mapping[str, Source]
    design: Plan = field(default_factory=Plan)
    source: str = ""
    universe: str = ""
    adult: int = 18  # from this age people count as adults, where an indicator speaks of adults
    breaks: tuple[str, ...] = ()  # what changed since the last round, in the survey's words
    folder: Path = field(default_factory=Path)  # files are named from here

    def paths(self, table: str) -> tuple[Path, ...]:
        return tuple(self.folder / name for name in self.tables[table].files)

    def has(self, table: str, role: str) -> bool:
        return table in self.tables and role in self.tables[table].columns


@cache
def roles() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Table -> role -> what it means, and its words or its unit."""
    text = resources.files("genderlens.surveys").joinpath("roles.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, Any]]] = strict.read(text, "roles.yaml")
    return found


def load(path: Path) -> Declaration:
    """A declaration from a YAML file.

    Raises:
        Refused: with the line of every unknown, missing or twice given key, and of words no role has.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(Finding("stop", "unreadable", str(path), f"cannot be read: {error}.")) from error
    return declared(strict.read(text, path.name), path.name, path.parent)


def declared(found: Any, where: str, folder: Path) -> Declaration:
    """A declaration from what the YAML says; `folder` is where its files are named from."""
    top = strict.only(
        found,
        ("survey", "source", "universe", "adult", "breaks", "tables", "design"),
        where,
        needed=("survey", "tables"),
    )
    tables = strict.only(top["tables"], TABLES, f"{where}, tables", needed=())
    if not tables:
        raise Refused(Finding("stop", "missing-key", f"{where}, line {tables.line}", "no table.", "Declare `persons`."))
    plan = _plan(top["design"], f"{where}, design") if "design" in top else Plan()
    sources = {name: _source(name, found, where) for name, found in tables.items()}
    if plan.table not in sources:
        line = f"{where}, line {top['design'].line}" if "design" in top else where
        what = f"the design is said to be in “{plan.table}”, which is not declared."
        raise Refused(Finding("stop", "design-table", line, what, f"Say `table:` {' or '.join(sources)}."))
    for name, source in sources.items():
        if source.distinct and not source.key:
            what = f"{name} is said to be `distinct`, which needs a `key`."
            raise Refused(Finding("stop", "missing-key", f"{where}, tables", what, "Say which columns make one row."))
        for other, columns in source.link.items():
            if len(sources[other].key if other in sources else ()) != len(columns):
                what = (
                    f"{name} is linked to {other} by {len(columns)} columns, which is not how many {other} has as key."
                )
                raise Refused(Finding("stop", "link", f"{where}, tables", what, f"Give `{other}` its `key:`."))
    return Declaration(
        str(top["survey"]), sources, plan, str(top.get("source", "")), str(top.get("universe", "")),
        int(top.get("adult", 18)), _names(top.get("breaks", ())), folder,
    )  # fmt: skip


def _source(table: str, found: Any, where: str) -> Source:
    here = f"{where}, {table}"
    known = ("file", "files", "key", "link", "columns", "labels", "distinct", "encoding", "separator")
    found = strict.only(found, known, here)
    files = _names(found.get("file", found.get("files", ())))
    if not files or ("file" in found and "files" in found):
        raise Refused(Finding("stop", "missing-key", f"{here}, line {found.line}", "no file, or both.", "Say `file:`."))
    link = strict.only(found["link"], TABLES, f"{here}, link") if "link" in found else {}
    columns = strict.only(found["columns"], roles()[table], f"{here}, columns") if "columns" in found else {}
    return Source(
        files=files,
        key=_names(found.get("key", ())),
        link={other: _names(names) for other, names in link.items()},
        columns={role: _column(roles()[table][role], said, f"{here}, {role}") for role, said in columns.items()},
        labels={str(c): {str(k): str(v) for k, v in codes.items()} for c, codes in found.get("labels", {}).items()},
        distinct=_truth(found.get("distinct", False), here),
        encoding=str(found.get("encoding", "")),
        separator=str(found.get("separator", "")),
    )


def _column(role: Mapping[str, Any], said: Any, where: str) -> Column:
    if not isinstance(said, strict.Mapping):
        return Column(str(said))
    said = strict.only(said, ("column", "codes"), where, needed=("column",))
    codes = strict.only(said["codes"], list(said["codes"]), where) if said.get("codes") else strict.Mapping()
    words = role.get("words")
    for raw, word in codes.items():
        if words and word is not None and str(word) not in words:
            line = f"{where}, line {codes.lines[raw]}"
            hint = strict.near(word, words)
            raise Refused(Finding("stop", "unknown-word", line, f"“{word}” is no word of this column.", hint))
    return Column(str(said["column"]), {_raw(raw): None if word is None else str(word) for raw, word in codes.items()})


def _plan(found: Any, where: str) -> Plan:
    found = strict.only(found, DESIGN, where)
    replicates = _replication(found["replicates"], f"{where}, replicates") if "replicates" in found else None
    return Plan(
        str(found.get("table", "persons")), str(found.get("weight") or ""), str(found.get("strata") or ""),
        _names(found.get("cluster", ())), _names(found.get("fpc", ())), _truth(found.get("nest", False), where),
        str(found.get("lonely", "")), replicates,
    )  # fmt: skip


def _replication(said: Any, where: str) -> Replication:
    if isinstance(said, str):
        return Replication(said)
    said = strict.only(said, REPLICATES, where, needed=("kind",))
    try:
        return Replication(
            str(said["kind"]), _names(said.get("columns", ())),
            None if said.get("scale") is None else float(said["scale"]),
            tuple(map(float, _names(said.get("rscales", ())))), float(said.get("rho", 0.0)),
            None if said.get("mse") is None else _truth(said["mse"], where), _truth(said.get("combined", True), where),
            int(said.get("number", 1000)), int(said.get("seed", 1)),
            None if said.get("df") is None else int(said["df"]),
        )  # fmt: skip
    except (TypeError, ValueError) as error:
        line = f"{where}, line {said.line}"
        raise Refused(Finding("stop", "not-a-number", line, f"{error}.", "Give numbers.")) from error


def _names(said: Any) -> tuple[str, ...]:
    return tuple(map(str, said)) if isinstance(said, list | tuple) else (str(said),)


def _truth(said: Any, where: str) -> bool:
    if not isinstance(said, bool):
        raise Refused(Finding("stop", "not-a-truth", where, f"{said!r} is neither true nor false."))
    return said


def _raw(said: object) -> str:
    """A code as text, so that 1 and 1.0 in a file are the same code."""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(int(said)) if isinstance(said, float) and said.is_integer() else str(said)
