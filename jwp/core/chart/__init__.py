"""One chart grammar: plain rows in, a Vega-Lite specification out, the same on the web, in PDF and in Word.

A specification is a plain dictionary as Altair writes and reads it (`altair.Chart.from_dict`; a test does).
It is written by hand because a page with twenty charts must not wait for Altair to validate each of them.
"""

from __future__ import annotations

from jwp.core.chart.bars import bars
from jwp.core.chart.draw import cached_svg, png, svg
from jwp.core.chart.grammar import COLOURS, FONTS, Spec
from jwp.core.chart.rounds import Point, target_over_rounds
from jwp.core.chart.sexes import sex_split
from jwp.core.chart.status import status_strip
from jwp.core.chart.world import DISCLAIMER, off_map, world

__all__ = [
    "COLOURS",
    "DISCLAIMER",
    "FONTS",
    "Point",
    "Spec",
    "bars",
    "cached_svg",
    "off_map",
    "png",
    "sex_split",
    "status_strip",
    "svg",
    "target_over_rounds",
    "world",
]
