"""Problems in words: what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jwp.indicators.rules import FEMALE, MALE, NOT_STATED, Problem


def where(at: object) -> str:
    """A cell by name: “women, 18-24”."""
    if not isinstance(at, tuple):
        return ""
    sex, *others = at
    named = {
        "": "",
        FEMALE: pgettext("sex", "women"),
        MALE: pgettext("sex", "men"),
        NOT_STATED: pgettext("sex", "not stated"),
    }
    parts = [named.get(sex, str(sex)), *(_("not stated") if part == NOT_STATED else part for part in others)]
    return ", ".join(part for part in parts if part) or pgettext("sex", "total")


def _number(value: object) -> str:
    return number_format(value.normalize() if isinstance(value, Decimal) else str(value), use_l10n=True)


def tell(problem: Problem) -> str:
    """One problem as a sentence that a person can act on."""
    said = dict(problem.facts)
    facts = {name: _number(value) if isinstance(value, Decimal) else value for name, value in said.items()}
    facts["cell"] = where(said.get("at"))
    for name in ("found", "reasons"):
        if isinstance(listed := said.get(name), Iterable):
            facts[name] = "; ".join(map(str, listed))
    return _sentence(problem) % facts


def _sentence(problem: Problem) -> str:
    match problem.code:
        case "does not add up":
            return _(
                "%(cell)s: the parts add up to %(parts)s and the total is %(total)s. "
                "Correct one of them, or put the difference of %(difference)s under “not stated”."
            )
        case "twice":
            return _("%(cell)s is given %(times)s times. Keep one.")
        case "no reason":
            return _("There is no value and no reason. Give the value, or say why there is none.")
        case "unknown sex":
            return _("“%(cell)s” is not one of: women, men, not stated.")
        case "not a number":
            return _("%(cell)s is not a number.")
        case "too many digits":
            return _("%(cell)s: %(number)s is too long. Use at most 11 digits, and 4 after the point.")
        case "below zero":
            return _("%(cell)s: %(number)s is below zero, and nothing counted can be.")
        case "no numerator or denominator":
            return _("%(cell)s: a ratio needs both numbers: how many, and out of how many.")
        case "denominator not above zero":
            return _("%(cell)s: “out of how many” must be more than zero.")
        case "not the quotient":
            return _("%(cell)s: %(value)s is not what the two numbers give (%(computed)s). Leave it out.")
        case "no value":
            return _("%(cell)s: this indicator is not a ratio; give one number.")
        case "unique people":
            return _("Not added: the same person may have been counted more than once.")
        case "score":
            return _("Not added: scores of different places cannot be made into one.")
        case "overlap":
            return _("The same source already has a value for this time (%(contributor)s). Correct that one.")
        case "series break":
            return _("Not comparable: the definition changed (%(reasons)s).")
        case "mixed unit":
            return _("Not added: the units differ (%(found)s).")
        case "mixed aggregation" | "mixed counts":
            return _("Not added: the indicators are made differently (%(found)s).")
        case _:
            raise ValueError(f"a problem without words: {problem.code}")
