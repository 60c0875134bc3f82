"""What is wrong with answers, and what they lack or fell into, in words."""

from __future__ import annotations

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from jwp.instruments.loader import shelf
from jwp.instruments.rules import SCORE, Classes, Cut, Instrument, Profile, Scored, Text, Wrong, say

UNITS = {
    "programme": gettext_lazy("programme"),
    "project": gettext_lazy("project"),
    "grant": gettext_lazy("grant"),
    "objective": gettext_lazy("objective"),
    "output": gettext_lazy("output"),
    "sub-output": gettext_lazy("sub-output"),
    "activity": gettext_lazy("activity"),
    "contract": gettext_lazy("contract"),
    "product": gettext_lazy("product"),
    "event": gettext_lazy("event"),
    "communication": gettext_lazy("communication"),
    "budget line": gettext_lazy("budget line"),
    "result": gettext_lazy("result"),
}
LACKS = {
    "not answered": gettext_lazy("not answered"),
    "not met": gettext_lazy("not met"),
    "no quote": gettext_lazy("no quoted passage"),
    "no link": gettext_lazy("no link"),
    "no quote and no link": gettext_lazy("no quoted passage and no link"),
}
TRAPS = {
    "groups": gettext_lazy(
        "women named in one breath with vulnerable groups or children: "
        "such lists do not count as a gender equality result"
    ),
    "parity": gettext_lazy(
        "counting women and men is at most “targeted”: say what differs in needs, benefits or power, and what changes"
    ),
    "policy": gettext_lazy("a gender policy or plan is a means: it is not itself a result, nor proof of one"),
}
KINDS = {
    "Profile": gettext_lazy("profile"),
    "Choice": gettext_lazy("choice"),
    "Classes": gettext_lazy("classes"),
    "Cut": gettext_lazy("codes rolled up"),
}
WORDINGS = {
    "sourced": gettext_lazy("as sourced"),
    "ours": gettext_lazy("our wording"),
    "unconfirmed": gettext_lazy("wording to be confirmed"),
    "confirmed": gettext_lazy("wording confirmed"),
}


def local(text: Text) -> str:
    """The text in the reader's language."""
    return say(text, get_language() or "en")


def called(pin: str) -> str:
    """An instrument as a reader knows it: its name and version, from its pin or id."""
    id_, _at, version = pin.partition("@")
    name = next((local(one.name) for one in shelf().values() if one.id == id_), id_)
    return f"{name} {version}".strip()


def question(instrument: Instrument, item: str) -> str:
    """An element by its name; a choice has one question only."""
    match instrument:
        case Profile():
            return next((local(each.name) for each in instrument.items if each.code == item), item)
        case Classes():
            if item == SCORE:
                return _("Class declared")
            return next((local(each.name) for each in instrument.criteria if each.code == item), item)
        case Cut():
            if item == instrument.item_suffix:
                return _("Suffix")
            asked = (*instrument.items, *instrument.exempt)
            return next((local(each.name) for each in asked if each.code == item), item)
    return _("Level")


def lacks(code: str) -> str:
    return str(LACKS[code])


def trap(code: str) -> str:
    return str(TRAPS[code])


def result(scored: Scored) -> str:
    """The score in one word or two: never 0 for nothing."""
    if scored.undecided:
        return _("undecided")
    return scored.code or _("not screened")


def tell(instrument: Instrument, wrong: Wrong) -> str:
    facts = {"item": question(instrument, wrong.item), "value": wrong.value}
    match wrong.code:
        case "twice":
            return _("“%(item)s” is answered twice. Keep one answer.") % facts
        case "unknown item":
            return _("This instrument does not ask about “%(item)s”.") % facts
        case "unknown phase":
            phases = ", ".join(instrument.phases) if isinstance(instrument, Cut) else ""
            return _("Say in which phase this is: %(phases)s.") % {"phases": phases}
        case "refused value":
            refused = instrument.refused if isinstance(instrument, Classes) else ()
            because = next((local(one.because) for one in refused if one.code == wrong.value), "")
            return _("“%(value)s” is refused: %(because)s.") % {**facts, "because": because}
        case "unknown value":
            return _("%(item)s: “%(value)s” is not one of the answers.") % facts
        case "no evidence":
            return _("%(item)s: add a quote or a link that shows it.") % facts
        case "nothing answered":
            return _("Nothing is answered yet.")
        case _:
            raise ValueError(f"wrong without words: {wrong.code}")
