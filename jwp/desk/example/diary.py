"""What happens on which day: chapters write it down in any order, and it happens in the order of its days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from jwp.core.money import Money
from jwp.desk.example.story import Story


class Diary:
    def __init__(self, story: Story) -> None:
        self.story = story
        self._deeds: list[tuple[date, int, Callable[..., object], tuple[Any, ...]]] = []
        self._written = 0

    def on(self, days_ago: int | str, deed: Callable[..., object], *given: Any, **said: Any) -> None:
        """Note down `deed(story, day, …)`. What stands on one day happens in the order it was written down."""
        self._deeds.append((self.story.ago(int(days_ago)), self._written, partial(deed, self.story, **said), given))
        self._written += 1

    def until(self, day: date) -> None:
        """Let everything up to this day happen that has not yet."""
        due = sorted((deed for deed in self._deeds if deed[0] <= day), key=lambda deed: deed[:2])
        self._deeds = [deed for deed in self._deeds if deed[0] > day]
        for on, _written, deed, given in due:
            deed(on, *given)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def minor(units: str, currency: str) -> int:
    """Minor units of an amount as the example writes it, such as 150,000."""
    return Money.of(units.replace(",", ""), currency).minor
