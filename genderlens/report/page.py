"""A report as HTML: whole, or as a part of somebody's page."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from html import escape
from importlib import resources

from genderlens.report.cells import columns
from genderlens.report.document import Grid, Heading, Listing, Paragraph, Part, Picture, Report

# A drawing has one title and one description; what its program wrote for single lines would only be in the way.
ROLES = re.compile(r' (?:role|aria-[a-z]+|class|style)="[^"]*"')
IDS = re.compile(r'(\bid="|url\(#|href="#)')


def page(report: Report) -> str:
    title = escape(report.title)
    return (
        f'<!doctype html>\n<html lang="{report.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{body(report)}</main>\n</body>\n</html>\n"
    )


def body(report: Report) -> str:
    parts = "".join(_drawn(part, report.language) for part in report.parts)
    return f'<div class="lens-report" lang="{report.language}">\n{parts}</div>\n'


def _drawn(part: Part, language: str) -> str:
    match part:
        case Heading():
            return f"<h{part.level}>{escape(part.text)}</h{part.level}>\n"
        case Paragraph():
            return f"<p>{escape(part.text)}</p>\n"
        case Listing():
            return "<ul>\n" + "".join(f"<li>{escape(item)}</li>\n" for item in part.items) + "</ul>\n"
        case Grid():
            return _table(part, language)
        case Picture():
            return _figure(part)


def _table(grid: Grid, language: str) -> str:
    """The first column names the row. On a telephone each row of many columns becomes a small list of its own."""
    shown = columns(grid.rows, language)
    caption = escape(grid.caption)
    stacks = " stacks" if len(shown) > 3 else ""

    def cell(tag: str, number: int, text: str, label: str = "") -> str:
        numeric = ' class="num"' if shown[number].numeric else ""
        told = f' data-label="{escape(label)}"' if stacks and label else ""
        return f"<{tag}{numeric}{told}>{escape(text)}</{tag.split()[0]}>"

    head = "".join(cell('th scope="col"', i, column.name) for i, column in enumerate(shown))
    rows = "".join(
        "<tr>"
        + "".join(
            cell('th scope="row"', i, column.texts[row]) if i == 0 else cell("td", i, column.texts[row], column.name)
            for i, column in enumerate(shown)
        )
        + "</tr>\n"
        for row in range(grid.rows.num_rows)
    )
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{caption}">\n<table class="table{stacks}">\n'
        f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _figure(picture: Picture) -> str:
    note = f'<p class="says">{escape(picture.note)}</p>\n' if picture.note else ""
    title = f'<figcaption class="figure-title">{escape(picture.title)}</figcaption>\n'
    return f'<figure class="figure sheet">\n{title}{note}{named(picture)}\n</figure>\n'


def named(picture: Picture) -> str:
    """The drawing with its title and description inside, and with names of its own in a page with others."""
    name = "d" + hashlib.sha256(picture.svg.encode()).hexdigest()[:10]
    opening, rest = IDS.sub(rf"\g<1>{name}-", ROLES.sub("", picture.svg)).split(">", 1)
    title, description = escape(picture.title), escape(picture.description)
    return (
        f'{opening} role="img" aria-labelledby="{name}-t" aria-describedby="{name}-s">'
        f'<title id="{name}-t">{title}</title><desc id="{name}-s">{description}</desc>{rest}'
    )


@cache
def _style() -> str:
    return resources.files(__package__).joinpath("page.css").read_text(encoding="utf-8")
