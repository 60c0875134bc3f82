"""The note as a Word document that can be edited: real headings, real tables, the document's own styles."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor

from jwp.core.chart import png
from jwp.gender.note.content import Note

NUMBERS = 5  # the columns that hold figures in "what moved"


def as_word(note: Note) -> bytes:
    book = docx.Document()
    _style(book)
    labels = note.labels
    if note.fictional:
        book.add_paragraph(labels["fictional"], style="Intense Quote")
    book.add_heading(note.title, 0)
    book.add_paragraph(note.subtitle).runs[0].italic = True
    book.add_paragraph(note.summary)

    book.add_heading(labels["moved"], 1)
    if note.moved:
        header = [labels[key] for key in ("target", "before", "women", "men", "total", "promised")]
        rows = [(m.target, m.before, m.women, m.men, m.total, m.promised) for m in note.moved]
        _table(book, header, rows, (7.0, 1.9, 1.9, 1.9, 1.9, 2.9), numbers=True)
    else:
        book.add_paragraph(labels["none_moved"])
    if note.more_moved:
        book.add_paragraph(note.more_moved)
    for target, said in note.in_words:
        paragraph = book.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{target}: ").bold = True
        paragraph.add_run(said)

    if note.chart:
        book.add_heading(labels["split"], 1)
        book.add_picture(io.BytesIO(png(note.chart)), width=Cm(12))

    book.add_heading(labels["late"], 1)
    if note.late:
        header = [labels[key] for key in ("target", "holder", "standing", "why")]
        rows4 = [(item.target, item.holder, item.standing, item.why) for item in note.late]
        _table(book, header, rows4, (6.5, 3.2, 2.3, 5.5))
    else:
        book.add_paragraph(labels["none_late"])
    if note.more_late:
        book.add_paragraph(note.more_late)

    book.add_heading(labels["decisions"], 1)
    for text in note.decisions:
        book.add_paragraph(text, style="List Number")
    if not note.decisions:
        book.add_paragraph(labels["none_asked"])

    foot = book.sections[0].footer.paragraphs[0]
    foot.text = f"{note.partnership}\n{labels['head']}\n{note.head}"
    for run in foot.runs:
        run.font.size = Pt(7)
        run.font.color.rgb = RGBColor(0x66, 0x66, 0x66)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _style(book: Document) -> None:
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.75)
    section.top_margin, section.bottom_margin = Cm(1.6), Cm(1.5)
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 20), ("Heading 1", 13)):
        style = book.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = (
            "Georgia",
            Pt(size),
            RGBColor(0x22, 0x2A, 0x35),
        )


def _table(
    book: Document,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    numbers: bool = False,
) -> None:
    table = book.add_table(rows=1, cols=len(header), style="Light List")
    for cells, values in [(table.rows[0].cells, header), *((table.add_row().cells, row) for row in rows)]:
        for at, (cell, value, width) in enumerate(zip(cells, values, widths, strict=True)):
            cell.width = Cm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(value)
            run.font.size = Pt(8.5)
            if numbers and 0 < at < NUMBERS:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
