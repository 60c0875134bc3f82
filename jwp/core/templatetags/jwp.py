"""What every template may say: a standing's chip, a number as people write it, a date in the reader's way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import pgettext

from jwp.core.money import Money

register = template.Library()


@register.filter
def figure(value: Any, places: int | None = None) -> str:
    """A number in the reader's format, without trailing zeros; a dash where there is none (null is not zero)."""
    if value is None or value == "":
        return "–"
    number = Decimal(str(value))
    if places is None:
        number = number.normalize()
        places = max(-int(number.as_tuple().exponent), 0)
    return formats.number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)


@register.filter
def money(value: Any, currency: str = "") -> str:
    """An amount as people write it: `total|money`, or minor units with `|money:fund.currency`; a dash for none."""
    if value is None or value == "":
        return "–"
    amount = value if isinstance(value, Money) else Money(int(value), currency)
    places = max(-int(amount.amount.as_tuple().exponent), 0)
    parts = {"currency": amount.currency, "amount": figure(amount.amount, places)}
    return (pgettext("money", "%(currency)s %(amount)s") % parts).replace(" ", "\u00a0")


@register.filter
def day(value: Any) -> str:
    """A date as the reader writes it, the month in words so that 3/4 is never a question."""
    return formats.date_format(value, pgettext("date", "j M Y")) if value else "–"


@register.inclusion_tag("components/chip.html")
def chip(word: str, tone: str, why: str = "") -> dict[str, str]:
    """A status in a word, with a shape and a colour, and why it has them."""
    return {"word": word, "tone": tone, "why": why}
