"""The note as PDF, set by Typst from the same content."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from jwp.core.chart import FONTS, svg
from jwp.gender.note.content import Note


def as_pdf(note: Note) -> bytes:
    given = {"note": json.dumps(note.plain()), "chart": svg(note.chart) if note.chart else ""}
    made = typst.compile(Path(__file__).with_name("note.typ"), sys_inputs=given, font_paths=[FONTS])
    assert isinstance(made, bytes)
    return made
