"""Values as people write them in their own tables: “at least 5”, “30 %”, “Q3 2026”, “yes, adopted”. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date
from decimal import Decimal

from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell, Unreadable
from jwp.core.workbook.cells import month as month_named

YEAR = r"(20\d{2})"
A_NUMBER = re.compile(r"[-+−]?\d+(?:[\s\u00a0\u202f'’.,]\d{3})*(?:[.,]\d+)?(?![\d.,]*\d)")
YES_WORDS = (
    "yes",
    "done",
    "oui",
    "fait",
    "sí",
    "si",
    "hecho",
    "ja",
    "erledigt",
    "adopt",
    "approved",
    "completed",
)
BEFORE_A_YEAR = ("in", "by", "before", "until", "end", "en", "avant", "fin", "para", "antes", "bis", "ende")
PEOPLE = re.compile(
    r"\b(people|persons?|women|men|girls|boys|staff|participants?|officials?|trainees?|planners?|residents?|employees|"
    r"personnes?|femmes?|hommes?|agents?|personas?|mujeres|hombres|funcionari[oa]s?|participantes|menschen|personen|"
    r"frauen|männer|mitarbeitende)\b(?!['’]s?)",
    re.IGNORECASE,
)


def amount(cell: Cell) -> Decimal | None:
    """The one number a cell is about, if there is one.

    >>> [str(amount(cell)) for cell in ("12", "30 %", "at least 5", "≥ 5 cities", 4.5)]
    ['12', '30', '5', '5', '4.5']
    >>> [amount(cell) for cell in ("5 of 9", "Q3 2026", "yes", "adopted by Dec 2026", "in force in 2027")]
    [None, None, None, None, None]
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cells.number(cell)
    text = cells.text(cell)
    if not text or when(text) is not None or _ends_in_a_date(text):
        return None
    found = A_NUMBER.findall(text)
    if len(found) != 1:
        return None
    try:
        return cells.number(found[0])
    except Unreadable:
        return None


def _ends_in_a_date(text: str) -> bool:
    match = re.search(rf"([^\W\d]+)\.?\s+{YEAR}\W*$", text)
    return bool(match and (match[1].casefold() in BEFORE_A_YEAR or month_named(match[1])))


def pure(cell: Cell) -> bool:
    """Whether a cell is a number and nothing beside.

    >>> pure("1 234,5"), pure("30 %")
    (True, False)
    """
    if isinstance(cell, int | float):
        return not isinstance(cell, bool)
    try:
        return bool(cells.number(cells.text(cell)) is not None and "%" not in cells.text(cell))
    except Unreadable:
        return False


def unit(cell: Cell, promise: str = "") -> str:
    """What a number counts: "%", or the word behind it, here or in the promise.

    >>> unit("30 %"), unit("at least 5 cities"), unit("12", "Train 12 municipal planners"), unit("12")
    ('%', 'cities', 'planners', '')
    """
    for text in (cells.text(cell), promise):
        if re.search(r"\d\s*(%|percent|pour ?cent|por ?ciento|prozent)", text, re.IGNORECASE):
            return "%"
        value = amount(cell)
        if value is None:
            return ""
        match = re.search(rf"(?<!\d){re.escape(cells.digits(value))}\s+((?:[^\W\d_]+\s?){{1,2}})", text)
        if match:
            words = match[1].split()
            return words[1] if len(words) > 1 and words[1] and PEOPLE.search(words[1]) else words[0]
    return ""


def counts_people(unit: str, promise: str) -> bool:
    """
    >>> counts_people("", "Train 40 officials"), counts_people("", "Cities with a women's forum")
    (True, False)
    """
    return bool(PEOPLE.search(unit)) if unit else bool(PEOPLE.search(promise))


def agreed(cell: Cell) -> bool:
    """Whether a value says that something is to be done, rather than how much.

    >>> agreed("yes, adopted"), agreed("12")
    (True, False)
    """
    return cells.text(cell).casefold().startswith(YES_WORDS)


def when(cell: Cell, day_first: bool | None = None) -> date | None:
    """The last day a cell means: a date, a quarter, half, month or year.

    >>> [str(when(cell)) for cell in ("31/12/2026", "Q3 2026", "2026 T1", "H1 2026")]
    ['2026-12-31', '2026-09-30', '2026-03-31', '2026-06-30']
    >>> [str(when(cell)) for cell in ("June 2026", "fin 2026", "2026")]
    ['2026-06-30', '2026-12-31', '2026-12-31']
    >>> when("3/4/2026"), when("3/4/2026", day_first=True), when("ongoing"), when(12)
    (None, datetime.date(2026, 4, 3), None, None)
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return date(int(cell), 12, 31) if 2000 <= cell <= 2060 and cell == int(cell) else None
    text = cells.text(cell)
    try:
        return cells.day(text)
    except Unreadable:
        pass
    if day_first is not None and (match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-]" + YEAR, text)):
        first, second = int(match[1]), int(match[2])
        return date(int(match[3]), *((second, first) if day_first else (first, second)))
    return _period(text.casefold())


def _period(text: str) -> date | None:
    text = re.sub(
        r"\b(end|by|of|the|until|before|fin|finales|a|de|du|d'|la|ende|bis|von|late|december end)\b",
        " ",
        text,
    )
    text = " ".join(re.sub(r"[()\[\],;]", " ", text).split())
    if match := re.fullmatch(YEAR, text):
        return date(int(match[1]), 12, 31)
    if found := _numbered(text, r"(?:q|t|quarter|trimestre|trim|quartal)", 3):
        return found
    if found := _numbered(text, r"(?:h|s|half|semestre|sem|halbjahr)", 6):
        return found
    if match := re.fullmatch(rf"(?:mid|mi|mitte|mediados)[\s\-]*{YEAR}", text):
        return date(int(match[1]), 6, 30)
    if match := re.fullmatch(rf"(\d{{1,2}})[/.\-]{YEAR}", text):
        return _month_end(int(match[2]), int(match[1]))
    if match := re.fullmatch(rf"([^\W\d]+)\.?[\s\-/]*{YEAR}", text):
        return _month_end(int(match[2]), month_named(match[1]) or 0)
    return None


def _numbered(text: str, word: str, months: int) -> date | None:
    for pattern in (
        rf"{word}\s*([1-4])[\s/\-]*{YEAR}",
        rf"([1-4])\.?\s*(?:er|e|st|nd|rd|th|º|°)?\s*{word}[\s/\-]*{YEAR}",
    ):
        if match := re.fullmatch(pattern, text):
            return _month_end(int(match[2]), int(match[1]) * months)
    if match := re.fullmatch(rf"{YEAR}[\s/\-]*{word}\s*([1-4])", text):
        return _month_end(int(match[1]), int(match[2]) * months)
    return None


def _month_end(year: int, month: int) -> date | None:
    return date(year, month, calendar.monthrange(year, month)[1]) if 1 <= month <= 12 else None


def day_first(column: list[Cell]) -> bool | None:
    """Whether this column writes the day before the month, if any of its dates tells.

    >>> day_first(["3/4/2026", "31/12/2026"]), day_first(["3/4/2026"])
    (True, None)
    """
    for cell in column:
        if match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}", cells.text(cell)):
            if int(match[1]) > 12:
                return True
            if int(match[2]) > 12:
                return False
    return None
