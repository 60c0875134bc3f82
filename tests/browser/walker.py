"""A person in front of a browser: every page they open is looked over by axe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Self

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page

from jwp.core.models import Letter

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


class Walker:
    """`visit` and `look` check the page they end on; `click` and `fill` are as a person would name things."""

    def __init__(self, browser: Browser, site: str, *, phone: bool = False, javascript: bool = True) -> None:
        self.site = site
        self.javascript = javascript
        self.context = browser.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            java_script_enabled=javascript, accept_downloads=True, locale="en-GB",
        )  # fmt: skip
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.wrong: list[str] = []
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)

    def visit(self, path: str, status: int = 200) -> Self:
        answer = self.page.goto(self.site + path)
        assert answer is not None and answer.status == status, f"{path} answered {answer and answer.status}"
        return self.look()

    def look(self) -> Self:
        """No accessibility violation, no error in the console, nothing wider than the screen."""
        if self.javascript:
            found, wide = self._looked_over()
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
            assert wide <= 0, f"{self.page.url} is {wide} px wider than the screen"
        # A refused form answers 422 or 409, which Chromium notes in its console.
        real = [said for said in self.wrong if not re.search(r"status of (400|404|409|422)", said)]
        assert not real, f"{self.page.url}: {real}"
        return self

    def _looked_over(self) -> tuple[AxeResults, int]:
        """What axe says, and how many pixels are too wide; once more where the page moved on meanwhile."""
        for _again in range(8):
            self.page.wait_for_load_state("networkidle")
            try:
                found = Axe().run(self.page)
                return found, self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            except Error as moved:
                if "context was destroyed" not in str(moved):
                    raise
        raise AssertionError(f"{self.page.url} never came to rest")

    def press(self, name: str, *, exact: bool = False) -> Self:
        """Press the button of this name, agreeing to what it asks."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_timeout(50)  # a navigation begins a moment after the click
        asked = self.page.locator("dialog[open] button[value=yes]")
        if self.javascript and asked.count():
            asked.click()
            self.page.wait_for_timeout(50)
        return self.look()

    def follow(self, name: str) -> Self:
        self.page.get_by_role("link", name=name).first.click()
        return self.look()

    def fill(self, label: str, value: str, *, exact: bool = False) -> Self:
        self.page.get_by_label(label, exact=exact).first.fill(value)
        return self

    def choose(self, label: str, option: str) -> Self:
        self.page.get_by_label(label).first.select_option(label=option)
        return self

    def says(self, text: str) -> Self:
        self.page.get_by_text(text).first.wait_for()
        return self

    def sign_in(self, email: str, password: str) -> Self:
        self.visit("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(re.compile(r"/(desk|bring)/"))
        return self.look()

    def download(self, name: str, folder: Path) -> Path:
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=name, exact=True).first.click()
        kept = folder / coming.value.suggested_filename
        coming.value.save_as(kept)
        return kept

    def close(self) -> None:
        self.context.close()


def link_in_letter(to: str, kind: str = "/l/") -> str:
    """The path of the personal link in the newest letter to somebody."""
    letter = Letter.objects.filter(to=to, body__contains=kind).order_by("-pk")[0]
    return str(letter.body[letter.body.index(kind) :].split()[0])
