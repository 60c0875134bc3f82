"""What a run gave, as rows and files of ours: pages, CSV and observations need no library then."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

from jwp.core.access import Actor
from jwp.core.door import open_door
from jwp.evidence import files
from jwp.evidence.models import Run, RunFigure, RunFile
from jwp.evidence.rules import RUN, family

MEDIA = {
    ".pdf": "application/pdf", ".html": "text/html", ".json": "application/json", ".csv": "text/csv",
    ".parquet": files.DATA[".parquet"], ".zip": files.DATA[".zip"],
}  # fmt: skip
NUMBERS = ("value", "se", "low", "high")
TEXTS = {
    "key": 200, "indicator": 80, "label": 300, "sex": 3, "group": 200, "place": 200, "unit": 40, "flag": 80,
}  # fmt: skip


class Stopped(Exception):
    """Somebody withdrew the run while it was being computed."""


def store(actor: Actor, run: Run, result: Any, folder: Path) -> None:
    """Keep a `genderlens.run.Run` whole, or not at all. Files lie on the disk before the rows that mention them."""
    kept = _kept(result, folder)
    rows = [_figure(run, row) for row in result.figures.to_pylist()]
    findings = [finding.as_dict() for finding in result.findings]
    with open_door(actor) as door:
        now = door.lock(Run, run.ref)
        if now.state != Run.State.RUNNING:
            raise Stopped
        for old in RunFile.objects.filter(run=now, part=RunFile.Part.RESULT):
            old.delete()
        for role, one in kept:
            RunFile(run=now, file=one.row(), part=RunFile.Part.RESULT, role=role).save()
        RunFigure.objects.bulk_create(rows, batch_size=500)
        door.step(now, RUN, "finish", roles={"system"}, findings=findings, share=1.0, step="", why="")
        door.note("figures", now, figures=len(rows), files={role: one.sha256 for role, one in kept})


def _kept(result: Any, folder: Path) -> list[tuple[str, files.Kept]]:
    result.write(folder)
    (folder / "body.html").write_text(result.report.body(), encoding="utf-8")
    with zipfile.ZipFile(folder / "tables.zip", "w", zipfile.ZIP_DEFLATED) as book:
        for path in sorted((folder / "tables").iterdir()):
            book.write(path, path.name)
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file():
            with path.open("rb") as source:
                sha256, size = files.write(iter(lambda: source.read(1 << 20), b""))
            found.append((path.name, files.Kept(sha256, path.name, size, MEDIA[path.suffix])))
    return found


def _figure(run: Run, row: dict[str, Any]) -> RunFigure:
    """A figure as a row of ours. One that is suppressed keeps nothing that could be calculated back."""
    hidden = row["flag"] == "suppressed"
    numbers = {name: None if hidden or not _finite(row[name]) else float(row[name]) for name in NUMBERS}
    texts = {name: (row[name] or "")[:most] for name, most in TEXTS.items()}
    counts = {name: None if hidden else row[name] for name in ("n", "clusters")}
    return RunFigure(run=run, family=family(texts["key"], texts["sex"]), **numbers, **texts, **counts)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
