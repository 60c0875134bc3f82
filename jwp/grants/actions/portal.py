"""Applications of a call that another portal runs: its export read, weighed row by row, and brought in at once.

An application is known by the call and the portal's own reference. What the portal took was sent there: it starts as
submitted. Once somebody here has gone on with it, a newer export changes it no more; what differs is said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from jwp.core.access import STAFF, Actor
from jwp.core.door import Refused, open_door
from jwp.core.money import EXPONENTS, Money
from jwp.core.templatetags.jwp import money
from jwp.core.workbook import cells
from jwp.core.workbook.cells import Cell, Unreadable
from jwp.core.workbook.foreign import Table, from_book, from_csv
from jwp.core.workbook.sheets import in_every_language
from jwp.evidence.files import Kept, path_of
from jwp.evidence.forms import LANGUAGES
from jwp.grants.models import Application, Call
from jwp.grants.rules.life import APPLICATION
from jwp.partners.models import Place

# What a column may hold, and how its heading begins: English, French, Spanish.
FIELDS: dict[str, tuple[str | Promise, str]] = {
    "outside_ref": (_lazy("the portal’s reference"), "reference ref id application-id application-number no identif"),
    "applicant": (_lazy("organisation that applies"), "applicant organisation organization organis organiz lead"),
    "title": (_lazy("title"), "title project-title titre titulo name-of-project intitule"),
    "contact_name": (_lazy("contact"), "contact-name contact-person contact nom-du-contact persona focal"),
    "contact_email": (_lazy("e-mail"), "e-mail email mail contact-e-mail contact-email courriel correo"),
    "contact_phone": (_lazy("telephone"), "phone telephone tel mobile telefono"),
    "country": (_lazy("country"), "country pays pais"),
    "city": (_lazy("city or cities"), "city cities ville villes ciudad location"),
    "language": (_lazy("language"), "language langue idioma lengua"),
    "summary": (_lazy("what they want to do"), "summary abstract description resume resumen concept"),
    "gender_statement": (_lazy("how it serves women and men"), "gender genre genero women femmes mujeres"),
    "requested": (_lazy("amount requested"), "amount requested grant-requested budget montant monto importe"),
    "own_cash": (_lazy("co-financing in cash"), "co-financ cofinanc own-contribution matching contrepartie"),
    "starts": (_lazy("from"), "start from debut inicio"),
    "ends": (_lazy("until"), "end until fin"),
    "submitted_at": (_lazy("sent on"), "submi sent date-of-submission received envoye soumis enviad fecha-de-envio"),
}
AMOUNTS, DAYS = {"requested", "own_cash"}, {"starts", "ends"}
NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"


@dataclass
class Weighed:
    """One row of the export: what would come of it, and why."""

    line: int
    fate: str
    ref: str
    title: str
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: list[tuple[str, Any, Any]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    row: Application | None = None

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """The changes as somebody reads them."""
        assert self.row is not None
        currency = self.row.call.currency
        return [
            (str(FIELDS[name][0]), _shown(name, a, currency), _shown(name, b, currency)) for name, a, b in self.changes
        ]


def _shown(name: str, value: Any, currency: str) -> str:
    if value is None or value == "":
        return ""
    return money(value, currency) if name in AMOUNTS else str(value)


def read_table(kept: Kept) -> Table:
    """The largest table of a kept .csv or .xlsx file, whatever its encoding and delimiter."""
    path = path_of(kept.sha256)
    if Path(kept.name).suffix.lower() in (".csv", ".txt"):
        if kept.size > settings.BOOK_LIMIT:
            raise Refused(_("%(name)s is too large. Bring it in by parts.") % {"name": kept.name})
        return from_csv(path.read_bytes(), kept.name)
    if Path(kept.name).suffix.lower() != ".xlsx":
        raise Refused(_("%(name)s is no table: send the portal’s export as .csv or .xlsx.") % {"name": kept.name})
    with path.open("rb") as file:
        return from_book(file, kept.name, kept.size)[0]


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in flat if not unicodedata.combining(c))).strip("-")


def columns_of(call: Call, headings: Sequence[str]) -> dict[str, str]:
    """Which heading is which field: as it was said last time; in a table of another form, by how the heading begins."""
    found: dict[str, str] = {}
    free = [heading for heading in headings if heading]
    for name, heading in call.outside_columns.items():
        if name in FIELDS and heading in free:
            found[name] = heading
            free.remove(heading)
    if "outside_ref" in found:  # the same form: what was left out then is left out now
        return found
    for exact in (True, False):
        for name, (_label, words) in FIELDS.items():
            if name not in found and (heading := _best(words.split(), free, exact)):
                found[name] = heading
                free.remove(heading)
    return found


def _best(words: Sequence[str], headings: Sequence[str], exact: bool) -> str:
    for word in words:
        for heading in headings:
            plain = _plain(heading)
            if plain == word or (not exact and len(word) > 2 and (plain.startswith(word) or f"-{word}" in plain)):
                return heading
    return ""


def weigh(call: Call, table: Table, columns: Mapping[str, str]) -> list[Weighed]:
    """What would come of each row; nothing is written."""
    if not columns.get("outside_ref"):
        raise Refused(_("Say which column holds the portal’s reference: an application is known by it."))
    places = {name: table.headings.index(heading) for name, heading in columns.items() if heading in table.headings}
    here = {row.outside_ref: row for row in call.applications.exclude(outside_ref="").select_related("country", "call")}
    countries = _countries()
    seen: dict[str, int] = {}
    found = []
    for line, row in table.rows:
        raw = {name: row[place] if place < len(row) else None for name, place in places.items()}
        if any(cells.text(cell) for cell in raw.values()):
            found.append(_weigh(call, line, raw, here, countries, seen))
    return found


def _weigh(
    call: Call,
    line: int,
    raw: Mapping[str, Cell],
    here: Mapping[str, Application],
    countries: Mapping[str, Place],
    seen: dict[str, int],
) -> Weighed:
    ref = cells.text(raw.get("outside_ref"))
    weighed = Weighed(line, NEW, ref, cells.text(raw.get("title")))
    for name, cell in raw.items():
        try:
            weighed.values |= _read(call, name, cell, countries, weighed.notes)
        except Unreadable as why:
            weighed.reasons.append(f"{FIELDS[name][0]}: {why}")
    if elsewhere := weighed.values.pop("elsewhere", ""):
        weighed.values["city"] = ", ".join(filter(None, (weighed.values.get("city"), elsewhere)))[:250]
    if "contact_email" not in weighed.values:
        weighed.notes.append(_("Without an e-mail address we cannot write to them."))
    starts, ends = weighed.values.get("starts"), weighed.values.get("ends")
    if starts and ends and ends < starts:
        weighed.reasons.append(_("It cannot end before it starts."))
    if not ref:
        weighed.reasons.append(_("The portal’s reference is missing."))
    elif ref in seen:
        weighed.reasons.append(_("The same reference stands in line %(line)d.") % {"line": seen[ref]})
    seen.setdefault(ref, line)
    _compare(weighed, here.get(ref))
    if weighed.reasons:
        weighed.fate = REFUSED
    return weighed


def _compare(weighed: Weighed, known: Application | None) -> None:
    """Beside what is here. A cell that is empty says nothing: it takes nothing away."""
    if known is None:
        return
    weighed.row = known
    given = weighed.values
    weighed.changes = [(name, getattr(known, name), v) for name, v in given.items() if getattr(known, name) != v]
    weighed.values = {name: value for name, _before, value in weighed.changes}
    weighed.fate = CHANGED if weighed.changes else SAME
    if weighed.changes and known.state != "submitted":
        fields = ", ".join(str(FIELDS[name][0]) for name, *_values in weighed.changes)
        told = {"state": _(known.state), "fields": fields}
        weighed.reasons.append(_("It is %(state)s by now, and stays as it is. It differs in: %(fields)s.") % told)


def _read(call: Call, name: str, cell: Cell, countries: Mapping[str, Place], notes: list[str]) -> dict[str, Any]:
    """The values one cell gives. Raises Unreadable, with what to write instead."""
    text = cells.text(cell)
    if not text:
        return {}
    if name in AMOUNTS:
        return {name: _minor(cell, call.currency)}
    if name in DAYS:
        return {name: cells.day(cell)}
    if name == "submitted_at":
        return {name: _instant(cell, call.zone)}
    if name == "country":
        place = countries.get(text.casefold())
        if place is None:
            notes.append(_("“%(country)s” is not a country of our register: kept beside the city.") % {"country": text})
            return {"elsewhere": text}
        return {name: place}
    if name == "language":
        return {name: _language(text)}
    if name == "contact_email":
        try:
            validate_email(text)
        except ValidationError as error:
            raise Unreadable(_("“%(cell)s” is no e-mail address.") % {"cell": text}) from error
        return {name: text.lower()}
    most: int | None = getattr(Application._meta.get_field(name), "max_length", None)
    if most and len(text) > most:
        raise Unreadable(_("At most %(n)d characters.") % {"n": most})
    return {name: text}


def _minor(cell: Cell, currency: str) -> int:
    if isinstance(cell, str):
        bare = (
            cell.strip().removeprefix(currency).removesuffix(currency).replace("$" if currency == "USD" else "\0", "")
        )
        if re.search(r"[A-Za-z€£$¥]", bare):
            raise Unreadable(_("“%(cell)s” is not in %(currency)s.") % {"cell": cell.strip(), "currency": currency})
        bare = bare.strip()
        if EXPONENTS.get(currency, 2) < 3 and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", bare):
            bare = re.sub(r"[.,]", "", bare)
        cell = bare
    amount = cells.number(cell)
    if amount < 0 or amount > 10**13:
        raise Unreadable(_("“%(cell)s” cannot be an amount here.") % {"cell": cells.text(cell)})
    try:
        return Money.of(amount, currency).minor
    except ValueError as error:
        raise Unreadable(_("“%(cell)s” has too many decimals.") % {"cell": cells.text(cell)}) from error


def _instant(cell: Cell, zone: str) -> datetime:
    """A moment as the portal wrote it, by the clock of the call's zone; of a day alone its first minute."""
    text = cells.text(cell)
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        day = cells.day(cell)
        read = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _language(text: str) -> str:
    for code, name in LANGUAGES:
        if text.casefold() in {code, name.casefold()} | in_every_language(_lazy(str(LANG_INFO[code]["name"]))):
            return code
    known = ", ".join(name for _code, name in LANGUAGES)
    raise Unreadable(_("“%(cell)s” is not in the list. Write one of: %(known)s.") % {"cell": text, "known": known})


def _countries() -> dict[str, Place]:
    found: dict[str, Place] = {}
    for place in Place.objects.filter(kind=Place.Kind.COUNTRY):
        found |= {word.casefold(): place for word in (place.name, place.iso, place.ref) if word}
    return found


def bring_in(actor: Actor, call_ref: str, kept: Kept, columns: Mapping[str, str]) -> dict[str, int]:
    """Write what is new and changed, in one transaction, and remember the columns: how many of each fate."""
    if not actor.has(STAFF):
        raise Refused(_("Only staff may do this."))
    table = read_table(kept)
    with open_door(actor) as door:
        call = door.lock(Call, call_ref)
        if call.kind != Call.Kind.OUTSIDE:
            raise Refused(_("This call takes applications here: there is nothing to bring in."))
        weighed = weigh(call, table, columns)
        for each in weighed:
            if each.fate == NEW:
                row = Application(call=call, started_on=actor.today, **each.values)
                facts = {"an open call", "a complete concept note"}  # the portal took it by its own rules
                door.step(row, APPLICATION, "submit", roles=actor.roles, facts=facts)
            elif each.fate == CHANGED and each.row is not None:
                door.change(each.row, "bring in", **each.values)
        counted: dict[str, Any] = {
            fate: sum(each.fate == fate for each in weighed) for fate in (NEW, CHANGED, SAME, REFUSED)
        }
        remembered = {name: heading for name, heading in columns.items() if heading}
        if call.outside_columns != remembered:
            door.change(call, "map columns", outside_columns=remembered)
        door.note("bring in", call, file=kept.name, sha256=kept.sha256, **counted)
    return counted
