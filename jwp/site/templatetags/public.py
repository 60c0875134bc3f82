"""What the public templates ask of the records."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from jwp.site.content import PublicRound, PublicSpot, PublicTarget

register = template.Library()


@register.filter
def rounds(target: PublicTarget, shown: Iterable[PublicRound]) -> list[tuple[PublicRound, PublicSpot | None]]:
    """A target's spots, one for each column."""
    return [(round, target.at(round)) for round in shown]
