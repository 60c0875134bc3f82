"""A report in Chromium: readable by everybody, on a telephone too."""

from pathlib import Path

import pyarrow as pa
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from genderlens.report.document import Grid, Heading, Listing, Paragraph, Report
from genderlens.report.plots import Mark, women_and_men

pytestmark = [pytest.mark.browser, pytest.mark.rules]


def test_a_report_has_no_barrier_and_never_scrolls_sideways(browser: Browser, tmp_path: Path) -> None:
    columns: dict[str, list[object]] = {"Measure": ["A name of many words that wraps"], "Women": [16632.0]}
    columns |= {"Men": [16891.0], "Ratio": [0.985], "Unit": ["jobs"], "Remark": ["suppressed: too few persons"]}
    page = tmp_path / "report.html"
    marks = [Mark("In a bus", "f", 54.9, 53.2, 56.5), Mark("In a bus", "m", 39.9, 38.4, 41.5)]
    parts = (
        Paragraph("One sentence."),
        Heading("Figures"),
        women_and_men(marks, title="Feels unsafe", unit="%", note="Perceptions."),
        Grid("Everything", pa.table(columns)),
        Heading("What may be concluded", 3),
        Listing(("One thing", "Another")),
    )
    page.write_text(Report("Women and men", "en", parts).html(), encoding="utf-8")
    for width in (360, 1280):
        opened = browser.new_page(viewport={"width": width, "height": 800})
        opened.goto(page.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        results = Axe().run(opened)
        assert results.violations_count == 0, results.generate_report()
        opened.close()
