"""The one-time code in the address of the first-run guide: only who started the server sets it up.

Only its digest is kept, in the data folder. Every start of an empty installation makes a new one.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from django.conf import settings


def _kept() -> Path:
    return Path(settings.DATA) / "start-code"


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def new_code() -> str:
    """A new code, shown once; the one before stops working."""
    code = secrets.token_urlsafe(16)
    _kept().touch(mode=0o600)
    _kept().write_text(_digest(code))
    return code


def is_right(code: str) -> bool:
    kept = _kept()
    return kept.exists() and secrets.compare_digest(kept.read_text(), _digest(code))


def spend() -> None:
    """The installation is set up: the code has done its work."""
    _kept().unlink(missing_ok=True)
