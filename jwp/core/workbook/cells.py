"""What stands in a cell, understood: text, numbers, dates, yes or no, as people write them. Pure.

Where a cell could mean two things nothing is guessed: `Unreadable` says what to write instead.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

# A cell as it travels and is kept: dates as ISO text, so that it fits in JSON.
Cell = str | int | float | bool | None

FIRST_YEAR, LAST_YEAR = 1990, 2100
EXCEL_DAY_ZERO = date(1899, 12, 30)
TEXT_LIMIT = 32_767  # Excel cuts longer texts

YES = {"yes", "y", "true", "x", "✓", "1", "oui", "vrai", "sí", "si", "verdadero", "ja", "wahr"}
NO = {"no", "n", "false", "0", "non", "faux", "falso", "nein", "falsch"}

# Month names by their first letters, without accents, in English, French, Spanish and German.
MONTHS = (
    ("jan", "ene"), ("feb", "fev"), ("mar",), ("apr", "avr", "abr"), ("may", "mai"), ("jun", "juin"),
    ("jul", "juil"), ("aug", "aou", "ago"), ("sep", "set"), ("oct", "okt"), ("nov",), ("dec", "dez", "dic"),
)  # fmt: skip

ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Unreadable(ValueError):
    """Its message says what to write instead."""


def text(cell: Cell) -> str:
    """
    >>> text(12.0), text("  two  \\r\\nlines "), text(None)
    ('12', 'two  \\nlines', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{plain(cell):f}"
    cleaned = ILLEGAL.sub("", str(cell).replace("\r\n", "\n").replace("\r", "\n"))
    return cleaned.strip()[:TEXT_LIMIT]


def plain(number: float) -> Decimal:
    """A number as Excel shows it: 15 digits, without the noise of binary fractions.

    >>> plain(0.1 + 0.2), plain(12.0)
    (Decimal('0.3'), Decimal('12'))
    """
    return Decimal(f"{Decimal(f'{number:.15g}').normalize():f}")


def number(cell: Cell) -> Decimal:
    """
    >>> [str(number(cell)) for cell in (3, 2.5, "1 234,5", "1.234.567", "-1,234.50", "30 %", "0,125")]
    ['3', '2.5', '1234.5', '1234567', '-1234.50', '30', '0.125']
    >>> number("1,234")
    Traceback (most recent call last):
        ...
    jwp.core.workbook.cells.Unreadable: “1,234” can be read two ways: write 1234, or 1.2340 for a fraction.
    """
    if isinstance(cell, bool) or cell is None:
        raise _not_a_number(cell)
    if isinstance(cell, int | float):
        return Decimal(cell) if isinstance(cell, int) else plain(cell)
    bare = re.sub(r"[\s\u00a0\u2009\u202f'’]", "", cell).replace("−", "-").removesuffix("%")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}[.,]\d{3}", bare):
        whole, fraction = re.split(r"[.,]", bare)
        raise Unreadable(
            _("“%(cell)s” can be read two ways: write %(whole)s, or %(fraction)s for a fraction.")
            % {"cell": cell.strip(), "whole": whole + fraction, "fraction": f"{whole}.{fraction}0"}
        )
    for group, point in ((",", "."), (".", ",")):
        grouped = rf"[-+]?[1-9]\d{{0,2}}(\{group}\d{{3}})+(\{point}\d+)?"
        if re.fullmatch(grouped, bare) or re.fullmatch(rf"[-+]?\d+(\{point}\d+)?", bare):
            return Decimal(bare.replace(group, "").replace(point, "."))
    raise _not_a_number(cell)


def _not_a_number(cell: Cell) -> Unreadable:
    return Unreadable(_("“%(cell)s” is not a number: write digits only, such as 1234.5.") % {"cell": text(cell)})


def digits(value: Decimal) -> str:
    """
    >>> digits(Decimal("12.0000")), digits(Decimal("1200"))
    ('12', '1200')
    """
    return f"{value.normalize():f}"


def whole(cell: Cell) -> int:
    """
    >>> whole("12"), whole(3.0)
    (12, 3)
    """
    value = number(cell)
    if value != value.to_integral_value():
        raise Unreadable(_("“%(cell)s” is not a whole number.") % {"cell": text(cell)})
    return int(value)


def day(cell: Cell) -> date:
    """
    >>> [str(day(cell)) for cell in ("31/12/2026", "3.4.2026", 46387, "31 décembre 2026", "12/31/26")]
    ['2026-12-31', '2026-04-03', '2026-12-31', '2026-12-31', '2026-12-31']
    >>> day("3/4/2026")
    Traceback (most recent call last):
        ...
    jwp.core.workbook.cells.Unreadable: “3/4/2026” can be read two ways: write 2026-04-03 or 2026-03-04.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _serial(cell)
    words = text(cell)
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00)?)?", words):
        return _day(words, match[1], match[2], match[3])
    if match := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})", words):
        return _day(words, match[3], match[2], match[1])
    if match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})", words):
        return _either(words, int(match[1]), int(match[2]), match[3])
    if match := re.fullmatch(r"(\d{1,2})(?:\.|st|nd|rd|th|er)?\s+(?:de\s+)?([^\W\d]+)\.?,?\s+(?:de\s+)?(\d{4})", words):
        return _day(words, match[3], month(match[2]), match[1])
    if match := re.fullmatch(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", words):
        return _day(words, match[3], month(match[1]), match[2])
    raise _not_a_date(words)


def month(word: str) -> int | None:
    """
    >>> month("Août"), month("December"), month("somewhen")
    (8, 12, None)
    """
    bare = unicodedata.normalize("NFKD", word.casefold()).encode("ascii", "ignore").decode()
    return next((n for n, names in enumerate(MONTHS, 1) if len(bare) > 2 and bare.startswith(names)), None)


def _not_a_date(words: str) -> Unreadable:
    return Unreadable(_("“%(cell)s” is not a date: write it as 2026-12-31.") % {"cell": words})


def _serial(number: float) -> date:
    if 10_000_000 < number < 100_000_000:  # 20261231
        return day(f"{str(int(number))[:4]}-{str(int(number))[4:6]}-{str(int(number))[6:]}")
    if not 1 <= number < 110_000 or FIRST_YEAR <= number <= LAST_YEAR:
        raise _not_a_date(text(number))
    return likely(EXCEL_DAY_ZERO + timedelta(days=int(number)))


def _day(words: str, year: str, month: str | int | None, day: str | int) -> date:
    try:
        return likely(date(int(year) + (2000 if len(year) == 2 else 0), int(month or 0), int(day)))
    except Unreadable:
        raise
    except ValueError:
        raise _not_a_date(words) from None


def _either(words: str, first: int, second: int, year: str) -> date:
    """Day first or month first: told apart only where one of them is above 12."""
    if first > 12 or first == second:
        return _day(words, year, second, first)
    if second > 12:
        return _day(words, year, first, second)
    days = [_day(words, year, second, first), _day(words, year, first, second)]
    raise Unreadable(
        _("“%(cell)s” can be read two ways: write %(one)s or %(other)s.")
        % {"cell": words, "one": days[0], "other": days[1]}
    )


def likely(found: date) -> date:
    """The date, unless its century must be a slip."""
    if FIRST_YEAR <= found.year <= LAST_YEAR:
        return found
    meant = 2000 + found.year % 100
    try:
        suggestion = found.replace(year=meant)
    except ValueError:  # 29 February
        suggestion = found.replace(year=meant, day=28)
    raise Unreadable(
        _("%(date)s lies in the wrong century: did you mean %(meant)s?")
        % {"date": found.isoformat(), "meant": suggestion.isoformat()}
    )


def yes(cell: Cell) -> bool:
    """
    >>> yes(True), yes("Oui"), yes(0), yes("")
    (True, True, False, False)
    """
    word = text(cell).casefold()
    if word in YES:
        return True
    if word in NO or not word:
        return False
    raise Unreadable(_("“%(cell)s” is neither yes nor no.") % {"cell": text(cell)})
