"""How the scales relate, from `crosswalk.yaml`. Ours, and labelled so wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from jwp.instruments.rules import Text

FILE = Path(__file__).parent / "crosswalk.yaml"


@dataclass(frozen=True, slots=True)
class Row:
    name: Text
    cells: dict[str, Text]  # by the id of the scale; absent where nothing corresponds


@dataclass(frozen=True, slots=True)
class Crosswalk:
    note: Text
    scales: tuple[str, ...]  # ids
    rows: tuple[Row, ...]


@cache
def crosswalk() -> Crosswalk:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    rows = tuple(Row(row["name"], row["cells"]) for row in data["rows"])
    return Crosswalk(data["note"], tuple(data["scales"]), rows)
