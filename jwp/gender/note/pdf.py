"""The note as PDF, set by Typst from the same content."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from jwp.gender.note.content import Note


def as_pdf(note: Note) -> bytes:
    made = typst.compile(Path(__file__).with_name("note.typ"), sys_inputs={"note": json.dumps(note.plain())})
    assert isinstance(made, bytes)
    return made
