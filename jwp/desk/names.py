"""What a cell means that names a row: by reference, by "Name [reference]", or by a name only one row has."""

from __future__ import annotations

import difflib
import re

from django.utils.translation import gettext as _

from jwp.core.models import Row
from jwp.core.workbook.cells import Unreadable
from jwp.desk.workbook import SHEETS


class Names:
    """Which row a cell means: by reference, by "Name [reference]", or by a name only one row has."""

    def __init__(self) -> None:
        self.rows: dict[type[Row], dict[str, Row]] = {}
        self.named: dict[type[Row], dict[str, list[Row]]] = {}
        self.refused: dict[type[Row], dict[str, str]] = {}

    def of(self, model: type[Row]) -> dict[str, Row]:
        """Every row of a noun by its ref, read once."""
        if model not in self.rows:
            self.rows[model], self.named[model] = {}, {}
            for row in SHEETS[model].rows():
                self.learn(row)
        return self.rows[model]

    def learn(self, row: Row, as_row: Row | None = None) -> None:
        model, meant = type(row), as_row or row
        if row.ref:
            self.of(model)[row.ref] = meant
        for name in self.words(row):
            others = self.named[model].setdefault(name, [])
            if meant not in others:
                others.append(meant)

    def words(self, row: Row) -> list[str]:
        try:
            return [name.casefold() for name in SHEETS[type(row)].names(row) if name]
        except (ValueError, AttributeError):
            return []

    def find(self, model: type[Row], words: str) -> Row:
        known = self.of(model)
        bracket = re.search(r"\[([^\[\]]+)\]\s*$", words)
        for ref in (bracket[1] if bracket else words, words):
            if ref in known:
                return known[ref]
        name = words.casefold()
        found = self.named[model].get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            refs = ", ".join(sorted(row.ref for row in found))
            raise Unreadable(
                _("“%(name)s” is the name of several. Write the reference: %(refs)s.") % {"name": words, "refs": refs}
            )
        refused = self.refused.get(model, {})
        if where := refused.get(name) or (bracket and refused.get(bracket[1])):
            raise Unreadable(_("“%(name)s” is refused itself: %(where)s.") % {"name": words, "where": where})
        raise Unreadable(self._unknown(model, words))

    def _unknown(self, model: type[Row], words: str) -> str:
        near = difflib.get_close_matches(words.casefold(), self.named[model], n=1)
        if near:
            meant = SHEETS[model].names(self.named[model][near[0]][0])[0]
            return _("“%(name)s” is not known. Did you mean “%(near)s”?") % {"name": words, "near": meant}
        return _("“%(name)s” is not known. Add it to the sheet “%(sheet)s” first.") % {
            "name": words, "sheet": SHEETS[model],
        }  # fmt: skip
