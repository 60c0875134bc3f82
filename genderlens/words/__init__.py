"""What the library says to people, in English, French and Spanish.

One YAML file a subject, one key a sentence, the languages beside one another: a translation that is missing is seen.
`say("fr", "access.no_path", homes=3)` reads the key `no_path` of access.yaml.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGUAGES = ("en", "fr", "es")
DECIMAL = {"en": ".", "fr": ",", "es": ","}
# A no-break space also in Spanish, as the Academy writes it: a dot there means decimals to half of the readers.
THOUSANDS = {"en": ",", "fr": "\u00a0", "es": "\u00a0"}
MINUS = "\u2212"


def say(language: str, key: str, /, **fields: object) -> str:
    """The sentence of `key`, its fields filled in; numbers and dates are written as the language writes them.

    Raises:
        KeyError: no such sentence, language or field.
    """
    subject, _, name = key.partition(".")
    return sentences(subject)[name][language].format(**{k: _written(language, v) for k, v in fields.items()})


@cache
def sentences(subject: str) -> dict[str, dict[str, str]]:
    """Key -> language -> sentence, of one file."""
    text = resources.files(__name__).joinpath(f"{subject}.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def number(language: str, value: float | None, digits: int | None = None) -> str:
    """`value` as the language writes it. Without `digits`, as many decimals as leave three figures, at most three.

    >>> number("en", 12345.678), number("en", 45.98), number("en", 46.0), number("fr", -0.5), number("en", None)
    ('12,346', '46.0', '46', '−0,5', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    if digits is None:
        size = abs(value)
        digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
        text = f"{value:,.{digits}f}"
        if "." in text and float(text.replace(",", "")) == value:  # rounded off, a last zero says how exact it is
            text = text.rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{digits}f}"
    text = text.removeprefix("-") if not text.strip("-0.,") else text.replace("-", MINUS)
    return text.translate({ord(","): THOUSANDS[language], ord("."): DECIMAL[language]})


def percent(language: str, share: float | None, digits: int = 1) -> str:
    """A share between 0 and 1 as a percentage.

    >>> percent("en", 0.1234), percent("fr", 0.5, 0)
    ('12.3%', '50\\xa0%')
    """
    if share is None or not math.isfinite(share):
        return "–"
    return number(language, share * 100, digits) + ("%" if language == "en" else "\u00a0%")


def clock(seconds: float) -> str:
    """A time of day; after midnight it goes on, as timetables do.

    >>> clock(7.5 * 3600), clock(25 * 3600)
    ('07:30', '25:00')
    """
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def day(language: str, when: date) -> str:
    """A date in words.

    >>> day("en", date(2019, 3, 1)), day("fr", date(2019, 3, 1)), day("es", date(2019, 3, 1))
    ('1 March 2019', '1er mars 2019', '1 de marzo de 2019')
    """
    month = say(language, f"report.month_{when.month}")
    if language == "es":
        return f"{when.day} de {month} de {when.year}"
    first = "er" if language == "fr" and when.day == 1 else ""
    return f"{when.day}{first} {month} {when.year}"


def _written(language: str, value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return "–" if value is None else value
    if isinstance(value, int):
        return number(language, value, 0)
    if isinstance(value, float):
        return number(language, value)
    return day(language, value) if isinstance(value, date) else value
