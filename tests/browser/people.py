"""People of the house in front of a browser, and the clock on its wall, which may be set forward."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from jwp.core import door
from tests.browser.walker import Walker
from tests.cast import Cast


class Clock:
    """The one clock that pages and journal read. It goes on from where it was set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, start: datetime) -> None:
        self.set(start)
        house = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return house.now()

        monkeypatch.setattr(timezone, "now", self.now)
        monkeypatch.setattr(door, "datetime", Told)

    def set(self, moment: datetime) -> None:
        self.away = moment - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.away


class Somebody(Walker):
    """Counts what they had to click, and leaves pictures to look at where SCREENSHOTS names a folder."""

    def __init__(self, browser: Browser, site: str, name: str, **options: bool) -> None:
        super().__init__(browser, site, **options)
        self.name, self.clicks = name, 0

    def press(self, name: str, *, exact: bool = False) -> Self:
        self.clicks += 1
        super().press(name, exact=exact)
        return self

    def follow(self, name: str) -> Self:
        self.clicks += 1
        super().follow(name)
        return self

    def takes_up(self, work: str) -> Self:
        """What waits for them, by the button beside it on their desk."""
        self.clicks += 1
        self.page.locator(".todo").get_by_role("link", name=work, exact=True).first.click()
        self.look()
        return self

    def picture(self, of: str) -> Self:
        if folder := os.environ.get("SCREENSHOTS"):
            width = self.page.viewport_size["width"]  # type: ignore[index]
            self.page.screenshot(path=Path(folder) / f"{of}-{self.name}-{width}.png", full_page=True)
        return self


def signed_in(browser: Browser, site: str, people: Cast, name: str, **options: bool) -> Somebody:
    """Somebody of the cast at their desk. A session ends while the clock moves on: sign in again."""
    client = Client()
    people.sign_in(client, name)
    found = Somebody(browser, site, name, **options)
    found.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    found.visit("/desk/")
    return found.picture("desk")


def answer(who: Somebody, score: str, said: Mapping[str, str]) -> Somebody:
    """On the gender worksheet: this class, and what the proposal says for each of these criteria."""
    who.page.locator(f"input[name='score'][value='{score}']").check()
    for code, quote in said.items():
        who.page.locator(f"input[name='{code}'][value='met']").check()
        who.page.locator(f"[name='{code}.quote']").fill(quote)
    return who
