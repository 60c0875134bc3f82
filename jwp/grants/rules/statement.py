"""What a file of the host's ERP says: its lines, whatever its headings, separators and way of writing dates. Pure.

A line that can be read in two ways is refused, never guessed: 03/04/2026 is a day in March or in April, unless the
file shows elsewhere which way round it writes them, or somebody says so.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from jwp.core.money import EXPONENTS, Money

PAYMENT, COMMITMENT = "payment", "commitment"
DAY_FIRST, MONTH_FIRST = "day first", "month first"
MOST = 10**15  # minor units, as in the forms of money
UNENDED = "a cell without an end"
SCAN = 20  # headings stand among the first lines, below the report's own title

# How systems call the columns, without regard to case and signs.
HEADINGS = {
    "agreement": ("agreement reference", "agreement", "agreement no", "agreement number", "agreement id", "contract",
                  "contract reference", "contract no", "grant", "grant reference", "grant no", "gsa",
                  "référence de l accord", "accord", "convention", "referencia del acuerdo", "acuerdo", "convenio"),
    "reference": ("transaction reference", "transaction", "transaction id", "transaction no", "transaction number",
                  "reference", "ref", "voucher", "voucher no", "document", "document no", "document number",
                  "référence", "référence de l opération", "pièce", "referencia", "referencia de la transacción",
                  "comprobante"),
    "kind": ("kind", "type", "transaction type", "document type", "nature", "genre", "tipo", "clase"),
    "on": ("date", "posting date", "transaction date", "document date", "accounting date", "date comptable", "fecha",
           "fecha contable"),
    "amount": ("amount", "transaction amount", "value", "sum", "montant", "importe", "monto", "cantidad"),
    "currency": ("currency", "currency code", "transaction currency", "curr", "ccy", "cur", "devise", "monnaie",
                 "moneda", "divisa"),
}  # fmt: skip
KINDS = {
    PAYMENT: ("payment", "paid", "disbursement", "invoice payment", "pay", "refund", "paiement", "versement",
              "décaissement", "remboursement", "pago", "desembolso", "reembolso"),
    COMMITMENT: ("commitment", "commit", "obligation", "purchase order", "po", "encumbrance", "engagement",
                 "compromiso"),
}  # fmt: skip
REFUNDS = ("refund", "remboursement", "reembolso")


class Line(NamedTuple):
    """One movement under one agreement; a refund is a payment below zero."""

    number: int  # of the line in the file
    agreement: str
    reference: str
    kind: str
    on: date
    money: Money


@dataclass(frozen=True)
class Fault:
    """What of a line cannot be read: `why` is one of the words below, `said` what stands there."""

    number: int
    why: str
    said: str = ""


@dataclass(frozen=True)
class Read:
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    totals: int = 0  # lines that only add up others

    @property
    def span(self) -> tuple[date, date] | None:
        days = [line.on for line in self.lines]
        return (min(days), max(days)) if days else None


def plain(text: str) -> str:
    """
    >>> plain(" Agreement_Ref. (No.) ")
    'agreement ref no'
    """
    return " ".join(re.sub(r"[^\w]|_", " ", text.casefold()).split())


def text_of(content: bytes) -> str:
    """Exports come in UTF-8, with or without its mark, as Excel's Unicode text, and in the code page of an office."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\0", "")  # PostgreSQL keeps none, and nobody means one


def read(content: bytes, dates: str = "") -> Read:
    """Every line of a file; `dates` says which way round days and months stand, where the file does not show it.

    >>> found = read(b"Agreement;Voucher;Type;Date;Amount;Currency\\nGSA-1;V1;Payment;31/01/2026;(1.234,50);USD\\n")
    >>> found.lines[0].on, str(found.lines[0].money)
    (datetime.date(2026, 1, 31), 'USD -1,234.50')
    """
    rows, columns = _table(text_of(content))
    if missing := [name for name in HEADINGS if name not in columns]:
        return Read(faults=[Fault(0, "no such column", name) for name in missing])
    cells = [(n, {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}) for n, row in rows]
    order = dates or day_order(each["on"] for _n, each in cells)
    lines, faults, added_up = list[Line](), list[Fault](), 0
    for (number, each), (_n, row) in zip(cells, rows, strict=True):
        if row[:1] == [UNENDED]:
            faults.append(Fault(number, "too long", row[1]))
            continue
        if not any(each.values()):
            continue
        if not each["reference"] and any(plain(cell).startswith(("total", "sum", "somme", "suma")) for cell in row):
            added_up += 1
            continue
        try:
            lines.append(_line(number, each, order))
        except Unreadable as why:
            faults.append(Fault(number, why.why, why.said))
    if not lines and not faults:
        faults.append(Fault(0, "no lines"))
    return Read(lines, faults, added_up)


class Unreadable(ValueError):
    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(f"{why}: {said}")
        self.why, self.said = why, said


def _table(text: str) -> tuple[list[tuple[int, list[str]]], dict[str, int]]:
    """The rows below the headings with their numbers, and which column is which: by the separator that finds most."""
    best: tuple[list[tuple[int, list[str]]], dict[str, int]] = ([], {})
    for mark in (";", ",", "\t"):
        rows = _rows(text, mark)
        for at, (_number, row) in enumerate(rows[:SCAN]):
            columns = _columns(row)
            if len(columns) > len(best[1]):
                best = (rows[at + 1 :], columns)
    return best


def _rows(text: str, mark: str) -> list[tuple[int, list[str]]]:
    reader, found = csv.reader(io.StringIO(text), delimiter=mark), list[tuple[int, list[str]]]()
    try:
        for row in reader:
            found.append((reader.line_num, row))
    except csv.Error:  # a cell without an end swallowed all that follows: nothing of it may be lost in silence
        at = found[-1][0] if found else 0
        found.append((at + 1, [UNENDED, text.split("\n")[at][:80]]))
    return found


def _columns(row: Sequence[str]) -> dict[str, int]:
    heads = [plain(cell) for cell in row]
    found = dict[str, int]()
    for name, spellings in HEADINGS.items():
        # The first spelling that is there: "transaction reference" before "reference".
        at = next((heads.index(each) for each in map(plain, spellings) if each in heads), None)
        if at is not None and at not in found.values():
            found[name] = at
    return found


def _line(number: int, cells: dict[str, str], order: str) -> Line:
    for name in ("agreement", "reference"):
        if not cells[name]:
            raise Unreadable("nothing there", name)
        if len(cells[name]) > 80:
            raise Unreadable("too long", cells[name][:80])
    currency = cells["currency"].upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise Unreadable("no currency", cells["currency"])
    minor, kind = amount(cells["amount"], currency), kind_of(cells["kind"])
    if minor == 0:
        raise Unreadable("nothing paid", cells["amount"])
    if plain(cells["kind"]) in REFUNDS:
        minor = -abs(minor)
    return Line(number, cells["agreement"], cells["reference"], kind, day(cells["on"], order), Money(minor, currency))


def kind_of(said: str) -> str:
    word = plain(said)
    for kind, words in KINDS.items():
        if word in words:
            return kind
    raise Unreadable("neither payment nor commitment", said)


_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")


def day_order(said: Iterable[str]) -> str:
    """Which way round a file writes days and months, where one of its dates can be read in only one way.

    >>> day_order(["03/04/2026", "31/01/2026"]), day_order(["03/04/2026"]), day_order(["01/31/2026", "31/01/2026"])
    ('day first', '', '')
    """
    orders = set()
    for text in said:
        if (found := _SLASHED.fullmatch(text)) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            orders |= {DAY_FIRST} if first > 12 else {MONTH_FIRST} if second > 12 else set()
    return orders.pop() if len(orders) == 1 else ""


def day(said: str, order: str = "") -> date:
    """
    >>> day("2026-04-03"), day("3.4.2026"), day("04/03/2026", "month first")
    (datetime.date(2026, 4, 3), datetime.date(2026, 4, 3), datetime.date(2026, 4, 3))
    """
    try:
        if iso := re.fullmatch(r"(\d{4}-\d{2}-\d{2})([T ].*)?", said):
            return date.fromisoformat(iso[1])
        found = _SLASHED.fullmatch(said)
        if found is None:
            raise Unreadable("no date", said)
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        # With dots the day stands first everywhere.
        if found[2] == "." or first > 12:
            return date(year, second, first)
        if second > 12 or first == second:
            return date(year, first, second)
        if not order:
            raise Unreadable("day or month first", said)
        return date(year, second, first) if order == DAY_FIRST else date(year, first, second)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("no date", said) from error


def amount(said: str, currency: str) -> int:
    """Minor units, whichever sign separates the decimals; below zero in parentheses or with a minus at either end.

    >>> [amount(text, "USD") for text in ("1,234.50", "1.234,50", "1 234,5", "(12)", "12.00-", "1,234")]
    [123450, 123450, 123450, -1200, -1200, 123400]
    >>> amount("1.234", "KWD")
    Traceback (most recent call last):
        ...
    jwp.grants.rules.statement.Unreadable: thousands or decimals: 1.234
    """
    text = re.sub(r"[\s'’]", "", said)
    below = re.fullmatch(r"\((.+)\)|[-−](.+)|(.+)-", text)
    text = below[below.lastindex or 0] if below else text.removeprefix("+")
    if not re.fullmatch(r"[0-9][0-9.,]*", text):
        raise Unreadable("no amount", said)
    whole, mark, decimals = _split(text, EXPONENTS.get(currency, 2), said)
    groups = re.split("[.,]", whole)
    if (len(groups) > 1 and any(len(group) != 3 for group in groups[1:])) or (mark and mark in whole):
        raise Unreadable("no amount", said)
    if len("".join(groups)) > len(str(MOST)):
        raise Unreadable("more than anybody has", said)
    try:
        minor = Money.of(Decimal(f"{''.join(groups)}.{decimals or '0'}"), currency).minor
    except ValueError as error:
        raise Unreadable("too many decimals", said) from error
    if minor > MOST:
        raise Unreadable("more than anybody has", said)
    return -minor if below else minor


def _split(text: str, exponent: int, said: str) -> tuple[str, str, str]:
    """What stands before and after the sign of the decimals, and which sign that is."""
    marks = [sign for sign in text if sign in ".,"]
    if not marks:
        return text, "", ""
    last, tail = marks[-1], re.split("[.,]", text)[-1]
    grouped = marks.count(last) > 1 or (len(set(marks)) == 1 and len(tail) == 3)
    if grouped and len(marks) == 1 and exponent == 3:
        raise Unreadable("thousands or decimals", said)
    if grouped:
        return text, "", ""
    return text[: len(text) - len(tail) - 1], last, tail
