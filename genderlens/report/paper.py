"""A report as PDF, set by Typst from the same parts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from genderlens.report.cells import columns
from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Picture, Report
from genderlens.words import say

HERE = Path(__file__).parent
FONTS = HERE / "fonts"


def pdf(report: Report) -> bytes:
    import typst

    content = {
        "title": report.title,
        "language": report.language,
        "page": say(report.language, "report.page"),
        "parts": [_plain(part, report.language) for part in report.parts],
    }
    made = typst.compile(
        HERE / "report.typ",
        sys_inputs={"report": json.dumps(content)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    assert isinstance(made, bytes)
    return made


def _plain(part: Part, language: str) -> dict[str, Any]:
    match part:
        case Heading():
            return {"kind": "heading", "text": part.text, "level": part.level}
        case Paragraph():
            return {"kind": "paragraph", "text": part.text}
        case Listing():
            return {"kind": "listing", "items": part.items}
        case Picture():
            told = {"title": part.title, "description": part.description, "note": part.note}
            return {"kind": "picture", "svg": part.svg, **told}
        case Grid():
            shown = columns(part.rows, language)
            return {
                "kind": "grid",
                "caption": part.caption,
                "names": [column.name for column in shown],
                "numeric": [column.numeric for column in shown],
                "rows": list(zip(*(column.texts for column in shown), strict=True)),
            }
