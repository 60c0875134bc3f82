"""Which trips of a feed run on a date."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from genderlens.access.feed import Feed
from genderlens.findings import Finding

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Calendar:
    """The service days of one feed. `first` and `last` are the ends of its span, None when it names no day at all."""

    def __init__(self, feed: Feed) -> None:
        self.findings: list[Finding] = []
        self.regular: list[tuple[str, tuple[bool, ...], date, date]] = []
        self.added: dict[date, set[str]] = {}
        self.removed: dict[date, set[str]] = {}
        for row in feed.tables["calendar.txt"].to_pylist():
            start, end = _day(row["start_date"]), _day(row["end_date"])
            if start is None or end is None or end < start:
                self._wrong(f"{feed.name}/calendar.txt", row["service_id"])
            else:
                self.regular.append((row["service_id"], tuple(row[day] == "1" for day in DAYS), start, end))
        for row in feed.tables["calendar_dates.txt"].to_pylist():
            when = _day(row["date"])
            if when is None or row["exception_type"] not in ("1", "2"):
                self._wrong(f"{feed.name}/calendar_dates.txt", row["service_id"])
            else:
                into = self.added if row["exception_type"] == "1" else self.removed
                into.setdefault(when, set()).add(row["service_id"])
        ends = [day for _, _, start, end in self.regular for day in (start, end)] + list(self.added)
        self.first = min(ends, default=None)
        self.last = max(ends, default=None)
        self.used = set(feed.tables["trips.txt"]["service_id"].to_pylist())

    def _wrong(self, where: str, service: str) -> None:
        what = f"The days of service {service} cannot be read, so it was left out."
        self.findings.append(
            Finding("warning", "bad date", where, what, "Dates are written YYYYMMDD, start before end.")
        )

    def on(self, day: date) -> set[str]:
        """The services that run that day and have trips."""
        running = {
            service for service, week, start, end in self.regular if start <= day <= end and week[day.weekday()]
        }  # fmt: skip
        return ((running - self.removed.get(day, set())) | self.added.get(day, set())) & self.used

    def like(self, day: date) -> date | None:
        """The day with service that is nearest to `day`: the same day of the week if there is one."""
        if self.first is None or self.last is None:
            return None
        near = min(max(day, self.first), self.last)
        steps = range((self.last - self.first).days + 1)
        days = [near + timedelta(sign * step) for step in steps for sign in (1, -1)]
        days = [other for other in days if self.first <= other <= self.last]
        same = (other for other in days if other.weekday() == day.weekday() and self.on(other))
        return next(same, None) or next((other for other in days if self.on(other)), None)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day of the feed's own calendar
    except ValueError:
        return None


def check_date(feed: Feed, calendar: Calendar, day: date, others_run: bool) -> list[Finding]:
    """Whether the feed can say anything about that date."""
    if calendar.first is None:
        what = "No service day can be read from the calendar."
        return [Finding("stop", "no calendar", feed.name, what, "Ask the operator for a feed with its calendar.")]
    if calendar.on(day):
        return []
    other = calendar.like(day)
    mend = f"Take {other:%A %Y-%m-%d}." if other else "No day of its calendar has any trip: ask for another feed."
    span = f"{calendar.first} to {calendar.last}"
    if other is None or not calendar.first <= day <= (calendar.last or day):
        what = f"The timetable runs from {span}; {day} is outside it."
        return [Finding("stop", "date outside", feed.name, what, mend)]
    what = f"No trip runs on {day:%A} {day}, though the timetable runs from {span}."
    return [Finding("warning" if others_run else "stop", "no service", feed.name, what, mend)]
