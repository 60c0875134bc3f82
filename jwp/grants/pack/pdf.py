"""The pack as PDF, set by Typst from the same content."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from jwp.core.chart import FONTS
from jwp.grants.pack.content import Pack


def as_pdf(pack: Pack) -> bytes:
    given = {"pack": json.dumps(pack.plain())}
    made = typst.compile(Path(__file__).with_name("pack.typ"), sys_inputs=given, font_paths=[FONTS])
    assert isinstance(made, bytes)
    return made
