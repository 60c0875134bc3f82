"""What is wrong with answers, in words."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jwp.instruments.rules import Instrument, Profile, Text, Wrong, say


def local(text: Text) -> str:
    """The text in the reader's language."""
    return say(text, get_language() or "en")


def question(instrument: Instrument, item: str) -> str:
    """An element by its name; a choice has one question only."""
    if isinstance(instrument, Profile):
        return next((local(each.name) for each in instrument.items if each.code == item), item)
    return _("Level")


def tell(instrument: Instrument, wrong: Wrong) -> str:
    facts = {"item": question(instrument, wrong.item), "value": wrong.value}
    match wrong.code:
        case "twice":
            return _("“%(item)s” is answered twice. Keep one answer.") % facts
        case "unknown item":
            return _("This instrument does not ask about “%(item)s”.") % facts
        case "unknown value":
            return _("%(item)s: “%(value)s” is not one of the answers.") % facts
        case "no evidence":
            return _("%(item)s: add a quote or a link that shows it.") % facts
        case "nothing answered":
            return _("Nothing is answered yet.")
        case _:
            raise ValueError(f"wrong without words: {wrong.code}")
