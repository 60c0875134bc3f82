"""What each row of a foreign table promises, as we understand it and as the reader corrects it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell, Unreadable
from jwp.core.workbook.foreign import Table
from jwp.desk.foreign.columns import EMAIL, Part, folded
from jwp.desk.foreign.values import agreed, amount, counts_people, day_first, pure, unit, when

NUMBER, MILESTONE, TEXT = "number", "milestone", "text"
TOTALS = ("total", "sum", "sous-total", "subtotal", "summe", "gesamt")
LEVELS = {
    "work programme": ("work programme", "programme", "program", "programa", "programm", "jwp"),
    "members": ("member", "membre", "miembro", "mitglied", "partner"),
    "secretariat": ("secretariat", "secretaria", "sekretariat"),
}
UNITS = re.compile(
    r"\b(unit|team|office|division|department|section|board|committee|secretariat|director|head|coordinator|officer|"
    r"desk|manager|hr|finance|group|hub|network|knowledge|learning|grants?|policy|gender|inclusion|planning|research|"
    r"advocacy|partnership|members?|cities|unite|equipe|bureau|direction|departement|directeur|directrice|chef|"
    r"coordinat|unidad|equipo|oficina|departamento|jef[ea]|einheit|referat|abteilung|leitung|direktor|sekretar|"
    r"programme|communication|operation|procurement|human resources)"
)


@dataclass
class Promise:
    """One row, in the words of the form. `reads` are what we made of it, for the reader to check."""

    line: int
    take: bool = True
    number: str = ""
    text: str = ""
    kind: str = TEXT
    value: str = ""  # a number, where the kind is number
    value_text: str = ""
    unit: str = ""
    by_sex: bool = False
    baseline: str = ""
    baseline_text: str = ""
    due: str = ""
    area: str = ""
    level: str = ""
    objective: str = ""
    holder: str = ""
    actions: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def changed(self, typed: Mapping[str, str]) -> None:
        """Take over what the reader typed in this row's fields."""
        prefix = f"row-{self.line}-"
        if f"{prefix}text" not in typed:
            return
        self.take, self.by_sex = f"{prefix}take" in typed, f"{prefix}by_sex" in typed
        for name in ("text", "kind", "value", "value_text", "unit", "due", "holder"):
            setattr(self, name, " ".join(typed.get(f"{prefix}{name}", getattr(self, name)).split()))

    def faults(self) -> list[str]:
        """What must be put right before this row can come in."""
        found = []
        if not self.text:
            found.append(_("Write the promise in words."))
        for reader, value in (
            (cells.number, self.value if self.kind == NUMBER else ""),
            (cells.day, self.due),
        ):
            try:
                if value:
                    reader(value)
            except Unreadable as error:
                found.append(str(error))
        if self.kind == NUMBER and not self.value:
            found.append(_("Write the number to be reached, or choose another kind."))
        if not self.holder:
            found.append(_("Say who holds it."))
        return found

    def fields(self) -> dict[str, Any]:
        """The target's own fields, once there are no faults."""
        kept = {
            "number": self.number[:20],
            "text": self.text,
            "kind": self.kind,
            "value_text": self.value_text[:300],
        }
        return kept | {
            "value": _decimal(self.value) if self.kind == NUMBER else None,
            "baseline": _decimal(self.baseline),
            "baseline_text": self.baseline_text[:300],
            "due": cells.day(self.due) if self.due else None,
        }

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _decimal(text: str) -> Decimal | None:
    return cells.number(text) if text else None


@dataclass
class Owner:
    """Somebody named in the table as holding promises: the unit or post, and who sits there."""

    key: str
    unit: str = ""
    person: str = ""
    email: str = ""

    def changed(self, typed: Mapping[str, str], place: int) -> None:
        for name in ("unit", "person", "email"):
            setattr(self, name, " ".join(typed.get(f"owner-{place}-{name}", getattr(self, name)).split()))

    def faults(self) -> list[str]:
        found = []
        if not self.unit:
            found.append(_("Which unit or post is this? Its name is public; persons are never named."))
        if self.email and not EMAIL.fullmatch(self.email):
            found.append(_("“%(email)s” is not an e-mail address.") % {"email": self.email})
        if self.email and not self.person:
            found.append(_("Whose e-mail address is this?"))
        return found


def understand(table: Table, parts: Sequence[Part]) -> list[Promise]:
    """Every row as a promise; a row with one cell is a heading for those below it."""
    reader = _Reader(table, parts)
    promises = [promise for line, row in table.rows if (promise := reader.row(line, row)) is not None]
    # The first section's heading may stand above the column headings.
    if table.above and reader.sections and _alike(table.above[-1], reader.sections[0]):
        for promise in promises:
            promise.area = promise.area or table.above[-1]
    return promises


def _alike(one: str, other: str) -> bool:
    return folded(one).split()[:1] == folded(other).split()[:1]


class _Reader:
    def __init__(self, table: Table, parts: Sequence[Part]) -> None:
        self.table, self.parts = table, parts
        self.day_first = day_first(
            [cell for p, part in enumerate(parts) if part == Part.DUE for cell in table.column(p)]
        )
        self.above: dict[Part, str] = {}  # what stands once and holds for the rows below
        self.sections: list[str] = []

    def row(self, line: int, row: list[Cell]) -> Promise | None:
        cells_of: dict[Part, list[tuple[str, Cell]]] = {}
        for place, part in enumerate(self.parts):
            cell = row[place] if place < len(row) else None
            if cells.text(cell):
                cells_of.setdefault(part, []).append((self.table.headings[place], cell))
        if not cells_of:
            return None
        said = {part: "; ".join(cells.text(cell) for _heading, cell in found) for part, found in cells_of.items()}
        if heading := self._heading(said, sum(map(len, cells_of.values()))):
            self.above[Part.AREA] = heading
            self.sections.append(heading)
            return None
        promise = Promise(line, number=said.get(Part.NUMBER, "").rstrip("."), text=said.get(Part.TEXT, ""))
        for part, name in ((Part.AREA, "area"), (Part.LEVEL, "level"), (Part.OBJECTIVE, "objective")):
            self.above[part] = said.get(part) or self.above.get(part, "")
            setattr(promise, name, self.above[part])
        promise.holder = said.get(Part.HOLDER) or said.get(Part.PERSON) or said.get(Part.EMAIL, "")
        promise.actions = [words for _h, cell in cells_of.get(Part.ACTION, []) for words in _lines(cells.text(cell))]
        promise.remarks = [f"{heading}: {cells.text(cell)}" for heading, cell in cells_of.get(Part.REMARK, [])]
        self._value(promise, cells_of.get(Part.VALUE, []))
        self._baseline(promise, cells_of.get(Part.BASELINE, []))
        self._due(promise, cells_of.get(Part.DUE, []))
        self._kind(promise)
        if folded(promise.text or promise.number).startswith(TOTALS) or not promise.text:
            promise.take = False
            promise.reads.append(_("No promise in words: left out unless you say otherwise."))
        return promise

    def _heading(self, said: dict[Part, str], filled: int) -> str:
        alone = said.get(Part.TEXT) or said.get(Part.NUMBER) or said.get(Part.AREA, "")
        return (
            alone if (filled == 1 and len(alone) < 200 and not alone[:1].isdigit()) or _is_section(said, filled) else ""
        )

    def _value(self, promise: Promise, found: list[tuple[str, Cell]]) -> None:
        for place, (heading, cell) in enumerate(found):
            if place:
                promise.remarks.append(f"{heading}: {cells.text(cell)}")
                continue
            value, day = amount(cell), when(cell, self.day_first)
            if day is not None:
                promise.due = day.isoformat()
                promise.reads.append(_("“%(cell)s” read as %(day)s") % {"cell": cells.text(cell), "day": day})
            if value is not None:
                promise.value, promise.unit = cells.digits(value), unit(cell, promise.text)
            if not pure(cell):
                promise.value_text = cells.text(cell)
                if value is not None:
                    promise.reads.append(
                        _("“%(cell)s” read as %(value)s; the words are kept")
                        % {"cell": cells.text(cell), "value": promise.value}
                    )

    def _baseline(self, promise: Promise, found: list[tuple[str, Cell]]) -> None:
        for _heading, cell in found:
            value = amount(cell)
            if value is not None and not promise.baseline:
                promise.baseline = cells.digits(value)
            if value is None or not pure(cell):
                promise.baseline_text = "; ".join(filter(None, [promise.baseline_text, cells.text(cell)]))

    def _due(self, promise: Promise, found: list[tuple[str, Cell]]) -> None:
        for heading, cell in found:
            words, day = cells.text(cell), when(cell, self.day_first)
            if day is None and isinstance(cell, int | float):
                try:
                    day = cells.day(cell)
                except Unreadable:
                    day = None
            if day is None:
                promise.remarks.append(f"{heading}: {words}")
                promise.reads.append(_("“%(cell)s” is no date: kept as a remark") % {"cell": words})
                continue
            promise.due = day.isoformat()
            if day.isoformat() != words:
                promise.reads.append(_("“%(cell)s” read as %(day)s") % {"cell": words, "day": day})

    def _kind(self, promise: Promise) -> None:
        if promise.value:
            promise.kind, promise.by_sex = NUMBER, counts_people(promise.unit, promise.text)
        elif (
            promise.due and (not promise.value_text or agreed(promise.value_text) or when(promise.value_text))
        ) or agreed(promise.value_text):
            promise.kind = MILESTONE


def _is_section(said: dict[Part, str], filled: int) -> bool:
    """A numbered section title: “A. Capacity” or “1 | Capacity”, with nothing else in its row."""
    return filled == 2 and set(said) == {Part.NUMBER, Part.TEXT} and "." not in said[Part.NUMBER].strip(". ")


def _lines(text: str) -> list[str]:
    return [line.strip(" •-–*\t") for line in text.split("\n") if line.strip(" •-–*\t")]


def owners(table: Table, parts: Sequence[Part], promises: Iterable[Promise]) -> list[Owner]:
    """Each holder once, with the person and address that stand beside it."""
    found: dict[str, Owner] = {}
    by_line = dict(table.rows)
    for promise in promises:
        if not (promise.take and promise.holder):
            continue
        row = by_line[promise.line]
        said = {part: cells.text(row[place]) for place, part in enumerate(parts) if place < len(row)}
        email = EMAIL.search(said.get(Part.EMAIL, "") or promise.holder)
        owner = found.setdefault(folded(promise.holder), Owner(promise.holder))
        owner.email = owner.email or (email[0].lower().rstrip(".") if email else "")
        owner.person = owner.person or said.get(Part.PERSON, "")
    for owner in found.values():
        _complete(owner)
    return list(found.values())


def _complete(owner: Owner) -> None:
    """Tell units from persons, and find the person's name in their address.

    In doubt it is a person, whose name would otherwise stand on the public page.
    """
    bare = EMAIL.sub("", owner.key).strip(" ()<>,;")
    words = re.split(r"[\s\-.]+", folded(bare))
    in_address = [word for word in re.split(r"[._\-+\d]+", owner.email.split("@")[0]) if len(word) > 1]
    if UNITS.search(folded(bare)) or bare.isupper() or (len(bare.split()) == 1 and not set(words) & set(in_address)):
        owner.unit = bare
    elif bare:
        owner.person = owner.person or bare
    if not owner.person and owner.email:
        # An address of an office (hr@) says nothing of who reads it.
        office = UNITS.search(" ".join(in_address)) or any(word.startswith(tuple(in_address)) for word in words)
        owner.person = bare if office and bare else " ".join(word.capitalize() for word in in_address)


def level_of(words: str) -> str:
    """One of the plan's three levels, or none.

    >>> level_of("Secrétariat"), level_of("Level 2: member organisations"), level_of("other")
    ('secretariat', 'members', '')
    """
    text = folded(words)
    for level in ("members", "secretariat", "work programme"):
        if any(word in text for word in LEVELS[level]):
            return level
    return ""


def years(texts: Iterable[str]) -> tuple[int, int] | None:
    """The years a plan seems to run, from its title or headings.

    >>> years(["Gender Action Plan 2025–2027", "Nr"]), years(["Nr"])
    ((2025, 2027), None)
    """
    for text in texts:
        if match := re.search(r"\b(20\d{2})\s*[-–—/to]{1,3}\s*(20\d{2}|\d{2})\b", text):
            first, last = int(match[1]), int(match[2]) if len(match[2]) == 4 else 2000 + int(match[2])
            if first < last <= first + 15:
                return first, last
    return None


def span(table: Table, promises: Sequence[Promise], today: date) -> tuple[date, date]:
    """From when until when: the years named above the table, or this year to the last due date."""
    found = years([table.title, *table.above, *table.headings])
    if found:
        return date(found[0], 1, 1), date(found[1], 12, 31)
    last = max((promise.due for promise in promises if promise.due), default="")
    end = date.fromisoformat(last).year if last else today.year + 2
    return date(min(today.year, end), 1, 1), date(max(end, today.year + 1), 12, 31)
