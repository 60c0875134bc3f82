"""One report, three ways: a page that stands alone, a part of another page, paper."""

import io
import re

import pyarrow as pa
import pytest
from pypdf import PdfReader

from genderlens.report.document import Grid, Heading, Listing, Paragraph, Picture, Report

pytestmark = pytest.mark.rules

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a" style="x" class="b"><path d="M0 0"/></g></svg>'
)
REPORT = Report(
    "Les femmes & la ville <1>",
    "fr",
    (
        Heading("Résultat"),
        Paragraph("Une phrase."),
        Listing(("un", "deux & trois")),
        Grid("Temps", pa.table({"Quartier": ["Centre", "Sud"], "Femmes": [1234.5, None], "Sûr": ["oui", "–"]})),
        Picture("Carte", "Ce qu'elle montre.", SVG),
    ),
)


def test_the_page_needs_nothing_else() -> None:
    html = REPORT.html()
    assert html.startswith('<!doctype html>\n<html lang="fr">')
    assert "<title>Les femmes &amp; la ville &lt;1&gt;</title>" in html
    assert not re.search(r"<script|<link|@import|src=|url\(|href=", html)


def test_the_part_can_stand_where_no_style_may() -> None:
    body = REPORT.body()
    assert not re.search(r"<style|style=|<script|<h1", body)


def test_a_table_has_its_caption_and_names_its_rows_and_columns() -> None:
    body = REPORT.body()
    assert "<caption>Temps</caption>" in body
    assert '<th scope="col">Quartier</th><th scope="col" class="num">Femmes</th>' in body
    assert '<th scope="row">Centre</th><td class="num">1\u00a0234</td>' in body


def test_many_columns_fold_on_a_telephone_and_name_their_cells() -> None:
    wide = Grid("Temps", pa.table({"Quartier": ["Centre"], "Femmes": [1.0], "Hommes": [2.0], "Écart": [-1.0]}))
    body = Report("T", "fr", (wide,)).body()
    assert '<table class="table stacks">' in body and '<td class="num" data-label="Hommes">2</td>' in body
    assert "stacks" not in REPORT.body()


def test_what_is_missing_is_neither_empty_nor_zero() -> None:
    assert '<th scope="row">Sud</th><td class="num">–</td>' in REPORT.body()


def test_a_picture_is_told_to_those_who_do_not_see_it() -> None:
    body = REPORT.body()
    name = re.search(r'role="img" aria-labelledby="(\w+)-t"', body)
    assert name is not None
    assert f'<title id="{name[1]}-t">Carte</title>' in body
    assert f'id="{name[1]}-a"' in body  # its own ids do not meet those of another picture


def test_paper_holds_the_same_words_and_is_the_same_each_time() -> None:
    made = REPORT.pdf()
    assert made == REPORT.pdf()
    pdf = PdfReader(io.BytesIO(made))
    text = pdf.pages[0].extract_text()
    assert all(word in text for word in ("Les femmes & la ville <1>", "Centre", "1\u00a0234", "deux & trois"))
    assert str(pdf.trailer["/Root"]["/Lang"]) == "fr"  # type: ignore[index]
