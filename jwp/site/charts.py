"""The public page's charts: the house's own, drawn from what is public, and made small for slow lines."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jwp.core.chart import Point, cached_svg, status_strip, target_over_rounds
from jwp.site.content import PublicPlan, PublicRound, PublicSpot, PublicTarget
from jwp.site.values import Figure

# What the drawing library writes for scripts that are not there, and what the style sheet says already.
UNUSED = re.compile(
    r'<path class="(?:background|foreground)"[^>]*/>'
    r'| (?:class="mark-[^"]*"|font-family="[^"]*"|pointer-events="none"|opacity="1"|xmlns:xlink="[^"]*")'
)
EMPTY = re.compile(r"<g(?: [^>]*)?></g>")
LONG = re.compile(r"(\d\.\d)\d+")


def over_rounds(target: PublicTarget, today: date) -> SafeString | None:
    """Women, men and total, round by round, against the promise."""
    if not target.charted:
        return None
    spec = target_over_rounds(
        [_point(spot) for spot in target.spots if spot.version or spot.round.opens <= today],
        title=target.title,
        target=target.promised,
        baseline=target.baseline.value if target.baseline else None,
        unit=target.unit,
    )
    return small(cached_svg(spec))


def strip(plan: PublicPlan, round: PublicRound) -> SafeString:
    """Where the promises stand in a round."""
    title = _("%(plan)s, round %(round)s") % {"plan": plan.title, "round": round.name}
    return small(cached_svg(status_strip(plan.counts(round), title=title)))


def _point(spot: PublicSpot) -> Point:
    version = spot.version
    if version is None:
        return Point(spot.round.name, note=spot.word)
    note = _("hidden") if version.any_hidden else _("no data") if version.no_data else ""
    return Point(spot.round.name, _value(version.women), _value(version.men), _value(version.total), note=note)


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def small(svg: SafeString) -> SafeString:
    """The same drawing in half the bytes.

    >>> drawn = '<g class="mark-text x"><path class="background" d="M0"/></g><text x="1.2345">a</text>'
    >>> str(small(SafeString(drawn)))
    '<text x="1.2">a</text>'
    """
    words, drawing = re.match(r"(?s)(.*?<desc.*?</desc>)?(.*)", svg).groups()  # type: ignore[union-attr]
    drawing = LONG.sub(r"\1", UNUSED.sub("", drawing))
    while (fewer := EMPTY.sub("", drawing)) != drawing:
        drawing = fewer
    return mark_safe(UNUSED.sub("", words or "") + drawing)  # what came in was safe, and nothing was added
