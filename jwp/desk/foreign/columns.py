"""Which column is what: guessed from its heading, in four languages, and from what stands in it. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell
from jwp.core.workbook.foreign import Table
from jwp.desk.foreign.values import amount, when

EMAIL = re.compile(r"[^\s@;,<>()]+@[^\s@;,<>()]+\.[^\s@;,<>()]+")
NUMBERING = re.compile(r"[A-Za-z]{0,4}[\s.\-]?\d+([.\-]\d+)*[a-z]?\.?")


class Part(StrEnum):
    """What a column may hold."""

    TEXT = "text"
    NUMBER = "number"
    AREA = "area"
    LEVEL = "level"
    OBJECTIVE = "objective"
    HOLDER = "holder"
    PERSON = "person"
    EMAIL = "email"
    BASELINE = "baseline"
    VALUE = "value"
    DUE = "due"
    ACTION = "action"
    REMARK = "remark"
    NOTHING = "nothing"


LABELS = {
    Part.TEXT: _("The promise, in words"),
    Part.NUMBER: _("Its number, such as 1.2"),
    Part.AREA: _("Priority area"),
    Part.LEVEL: _("Level of the plan"),
    Part.OBJECTIVE: _("Objective"),
    Part.HOLDER: _("Who holds it: unit or post"),
    Part.PERSON: _("Who holds it: person"),
    Part.EMAIL: _("Their e-mail address"),
    Part.BASELINE: _("Where it starts from (baseline)"),
    Part.VALUE: _("What is to be reached"),
    Part.DUE: _("By when"),
    Part.ACTION: _("Actions for it"),
    Part.REMARK: _("A remark: kept with the target"),
    Part.NOTHING: _("Leave this column out"),
}

# How headings begin, without accents: English, French, Spanish, German.
HEADINGS = {
    Part.EMAIL: "e-mail email mail courriel adresse-mail correo e-mail-adresse",
    Part.NUMBER: "n nr no num number # id ref code lfd numero nummer",
    Part.TEXT: (
        "target promise commitment indicator engagement cible indicateur meta compromiso "
        "indicador ziel versprech was result resultat"
    ),
    Part.HOLDER: (
        "who owner resp responsib lead unit holder office responsable unite qui pilote unidad quien "
        "wer verantwort zustandig einheit accountab"
    ),
    Part.PERSON: "contact person focal name nom nombre ansprech kontakt",
    Part.BASELINE: ("baseline base start depart situation reference linea punto ausgang ist-wert actual 2023 2024"),
    Part.VALUE: ("goal target value objective cible valeur meta valor objetivo ziel soll milestone jalon hito"),
    Part.DUE: (
        "deadline due by when date until echeance delai date plazo fecha limite frist termin bis wann timeline timing"
    ),
    Part.AREA: (
        "priority area theme pillar domaine axe priorite volet area eje ambito bereich "
        "handlungsfeld schwerpunkt thema section dimension"
    ),
    Part.LEVEL: "level niveau nivel ebene",
    Part.OBJECTIVE: "objective outcome objectif objetivo zielsetzung oberziel",
    Part.ACTION: "action activit step mesure actividad accion massnahme aktivitat schritt",
    Part.REMARK: (
        "remark comment note status remarque observation commentaire observacion comentario nota "
        "bemerkung kommentar anmerkung notiz"
    ),
}
MINIMUM = 4.0


def guess(table: Table) -> list[Part]:
    """The most likely part of each column. What fits nothing is a remark, so that nothing is lost."""
    width = len(table.headings)
    scores = [
        (_score(part, table.headings[place], table.column(place), place), -place, part)
        for place in range(width)
        for part in HEADINGS
        if part != Part.REMARK
    ]
    found: dict[int, Part] = {}
    for score, negative, part in sorted(scores, key=lambda s: (-s[0], -s[1])):
        if score >= MINIMUM and -negative not in found and part not in found.values():
            found[-negative] = part
    if Part.TEXT not in found.values():
        # Some plans promise actions or outcomes: then those are what is reported on.
        wordy = [place for place in range(width) if found.get(place) in (None, Part.ACTION, Part.OBJECTIVE)]
        found[max(wordy, key=lambda p: _length(table.column(p)), default=0)] = Part.TEXT
    return [found.get(place, Part.REMARK) for place in range(width)]


def _score(part: Part, heading: str, column: Sequence[Cell], place: int) -> float:
    said = _said(part, heading)
    filled = [cells.text(cell) for cell in column if cells.text(cell)]
    if not filled:
        return said
    numbers = sum(amount(cell) is not None for cell in filled) / len(filled)
    dates = sum(when(cell) is not None for cell in filled) / len(filled)
    length = sum(map(len, filled)) / len(filled)
    different = len(set(filled)) / len(filled)
    match part:
        case Part.EMAIL:
            # An address behind a name belongs to the column of names.
            return 12 * sum(len("".join(EMAIL.findall(cell))) > 0.7 * len(cell) for cell in filled) / len(filled)
        case Part.NUMBER:
            numbered = sum(bool(NUMBERING.fullmatch(cell)) for cell in filled) / len(filled)
            return said + (3 * numbered if different > 0.9 and place < 3 else -4) if numbered > 0.6 else 0
        case Part.TEXT:
            return (said + min(length, 80) / 8) * different if numbers < 0.5 and length > 8 else 0
        case Part.VALUE:
            return said + 3 * max(numbers, dates) - (6 if length > 40 else 0)
        case Part.BASELINE:
            return said + numbers if said else 0
        case Part.DUE:
            return said + 5 * dates if numbers < 0.9 or said else 4.5 * dates
        case Part.ACTION:
            return said - (2 if length < 10 else 0)
        case _:
            return said if length < 80 else said - 3


def _said(part: Part, heading: str) -> float:
    """How clearly the heading names this part: an earlier word of it counts for more."""
    words = re.findall(r"[#\w\-]+", folded(heading))
    for place, word in enumerate(words):
        for beginning in HEADINGS[part].split():
            if word == beginning or (len(beginning) > 3 and word.startswith(beginning)):
                return 6.0 - min(place, 3)
    return 0.0


def _length(column: Sequence[Cell]) -> float:
    filled = [cells.text(cell) for cell in column if cells.text(cell)]
    return sum(map(len, filled)) / len(filled) if filled else 0


def folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode().strip()


def digest(headings: Sequence[str]) -> str:
    """The same headings in the same order are the same table next time."""
    return hashlib.sha256("\x1f".join(map(folded, headings)).encode()).hexdigest()
