"""A run: what went in, what came out, and enough to do it again."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.findings import Finding
from genderlens.report.document import Report

Progress = Callable[[float, str], None]  # share done (0 to 1), and the step in words

# The figures a reader may quote. `key` is unique and stays the same when the run is done again with newer data.
FIGURES = pa.schema([
    ("key", pa.string()),  # such as "feel_safe_walking.f.zone-3"
    ("indicator", pa.string()),  # of the catalogue, or ""
    ("label", pa.string()),  # in the report's language
    ("sex", pa.string()),  # f, m, x (another or not stated), "" (everybody), "f-m" or "f/m" (a gap)
    ("group", pa.string()),  # other domains, "" for all
    ("place", pa.string()),
    ("value", pa.float64()),  # null: not measured, with the flag saying why
    ("se", pa.float64()),
    ("low", pa.float64()),  # ends of the interval
    ("high", pa.float64()),
    ("n", pa.int64()),  # persons asked (survey) or counted (census); null where it means nothing
    ("clusters", pa.int64()),
    ("unit", pa.string()),  # percent, points, minutes, jobs, ratio, score
    ("flag", pa.string()),  # "", "suppressed", "unreliable", "only those asked", ...
])  # fmt: skip

LIBRARIES = ("jwp", "ibis-framework", "duckdb", "pyarrow", "numpy", "scipy", "numba", "osmium", "shapely")


def quiet(share: float, step: str) -> None:
    """The progress nobody watches."""


@dataclass(frozen=True)
class Run:
    """What a diagnosis gives. `write` puts it in a folder."""

    kind: str  # survey, access, audit
    title: str
    language: str  # of the report: en, fr, es
    parameters: Mapping[str, Any]  # everything that was chosen, so that it can be chosen again
    inputs: Mapping[str, str]  # file name -> SHA-256
    figures: pa.Table  # FIGURES
    tables: Mapping[str, pa.Table]  # everything else worth keeping
    findings: tuple[Finding, ...]
    report: Report
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=lambda: versions())

    def provenance(self) -> dict[str, Any]:
        """What another needs to get the same figures. No time of day: the same input gives the same record."""
        return {
            "kind": self.kind,
            "title": self.title,
            "language": self.language,
            "parameters": dict(self.parameters),
            "inputs": dict(self.inputs),
            "seed": self.seed,
            "versions": dict(self.versions),
            "findings": [finding.as_dict() for finding in self.findings],
            "tables": {name: table.num_rows for name, table in self.tables.items()},
        }

    def write(self, folder: Path) -> list[Path]:
        """`figures.parquet`, `figures.csv`, `tables/*.parquet`, `provenance.json`, `report.html`, `report.pdf`."""
        from pyarrow import csv

        (folder / "tables").mkdir(parents=True, exist_ok=True)
        figures = self.figures.cast(FIGURES)
        pq.write_table(figures, folder / "figures.parquet")
        csv.write_csv(figures, folder / "figures.csv")
        for name, table in self.tables.items():
            pq.write_table(table, folder / "tables" / f"{name}.parquet")
        record = json.dumps(self.provenance(), indent=1, sort_keys=True, ensure_ascii=False, default=str)
        (folder / "provenance.json").write_text(record, encoding="utf-8")
        (folder / "report.html").write_text(self.report.html(), encoding="utf-8")
        (folder / "report.pdf").write_bytes(self.report.pdf())
        return sorted(path for path in folder.rglob("*") if path.is_file())


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Of Python and of every library a figure may depend on."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
