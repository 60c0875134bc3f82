"""When a backup was last made here, so that the administrator's desk can ask for one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings


def _kept() -> Path:
    return Path(settings.DATA) / "last-backup"


def made(today: date) -> None:
    _kept().write_text(today.isoformat())


def last() -> date | None:
    kept = _kept()
    return date.fromisoformat(kept.read_text().strip()) if kept.exists() else None
