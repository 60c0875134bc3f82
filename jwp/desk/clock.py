"""What happens by itself: once a minute, whoever runs `tick` sends what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from jwp.core.mail import send_letters
from jwp.core.models import Partnership
from jwp.desk import deadlines
from jwp.desk.reminders import remind


@dataclass(frozen=True)
class Done:
    reminded: int = 0
    sent: int = 0
    failed: int = 0


def today_here() -> date:
    """Today in the partnership's time zone: where a command's day begins."""
    partnership = Partnership.get()
    return timezone.localdate(timezone=ZoneInfo(partnership.time_zone if partnership else "UTC"))


def tick(today: date) -> Done:
    """Everything due, once. Doing it twice, or late after a stop, does no harm."""
    partnership = Partnership.get()
    if partnership is None:
        return Done()
    reminded = len(remind(today).written) + deadlines.remind(today)
    return Done(reminded, *send_letters(partnership))
