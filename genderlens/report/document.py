"""What a report is made of. Drawn as one HTML page or as a PDF."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2  # 2 or 3; the report's title is 1


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Listing:
    """Short points, such as what may and may not be concluded."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table, its first row of names in the reader's words."""

    caption: str
    rows: pa.Table


@dataclass(frozen=True)
class Picture:
    """A chart or a map."""

    title: str
    description: str  # tells it to somebody who does not see it
    svg: str
    note: str = ""  # stands beneath the title, for everybody


Part = Heading | Paragraph | Listing | Grid | Picture


@dataclass(frozen=True)
class Report:
    title: str
    language: str  # en, fr, es
    parts: tuple[Part, ...]

    def html(self) -> str:
        """A whole page that needs nothing else: no script, no outside style, font or picture."""
        from genderlens.report.page import page

        return page(self)

    def body(self) -> str:
        """The same without title and style, to stand in a page whose style is given: no script, no `style`."""
        from genderlens.report.page import body

        return body(self)

    def pdf(self) -> bytes:
        """A4, with bookmarks and texts for those who do not see the pictures (PDF/UA-1). The same in, the same out."""
        from genderlens.report.paper import pdf

        return pdf(self)
