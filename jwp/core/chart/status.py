"""Where the targets of a round stand, in one bar."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jwp.core.chart.grammar import (
    FILLS,
    INK,
    ON_FILLS,
    STATUS_SHAPES,
    WIDTH,
    Spec,
    figure,
    frame,
    layer,
    named,
    number,
)


def status_strip(counts: Mapping[str, int], *, title: str) -> Spec:
    """How many are accepted, reported, late, not reported (key `silent`), waiting: one bar, named parts."""
    words = {
        "accepted": pgettext("status", "accepted"),
        "reported": pgettext("status", "reported"),
        "late": pgettext("status", "late"),
        "silent": pgettext("status", "not reported"),
        "waiting": pgettext("status", "waiting"),
    }
    if unknown := counts.keys() - words.keys():
        raise ValueError(f"unknown status {', '.join(sorted(unknown))}; known are {', '.join(words)}")
    shown = [name for name in words if counts.get(name)]
    whole, start = sum(counts.values()), 0
    values: list[Spec] = []
    for i, name in enumerate(shown):
        end = start + counts[name]
        written = figure(counts[name])
        values.append(
            {
                "name": name,
                "start": start / whole,
                "end": end / whole,
                "middle": (start + end) / 2 / whole,
                "figure": written if counts[name] / whole > 0.03 else "",  # a sliver has no room for its number
                "word": f"{words[name]} {written}",
                "column": 126 * (i % 3) + 7,
                "line": 44 + 26 * (i // 3),
            }
        )
        start = end
    share: Spec = {"scale": {"domain": [0, 1]}, "axis": None}
    here: Spec = {"scale": None, "axis": None}
    layers = [
        layer(
            "values",
            {"type": "bar", "stroke": INK, "strokeWidth": 1, "height": 25},
            x=number("start") | share,
            x2={"field": "end"},
            y={"value": 13},
            color=named("name", shown, FILLS),
        ),
        layer(
            "values",
            {"type": "text", "fontWeight": 700, "align": "center"},
            x=number("middle") | share,
            y={"value": 13.5},
            text={"field": "figure"},
            color=named("name", shown, ON_FILLS),
        ),
        layer(
            "values",
            {"type": "point", "size": 110, "stroke": INK},
            x=number("column") | here,
            y=number("line") | here,
            color=named("name", shown, FILLS),
            shape=named("name", shown, STATUS_SHAPES),
        ),
        layer(
            "values",
            {"type": "text", "dx": 13},
            x=number("column") | here,
            y=number("line") | here,
            text={"field": "word"},
        ),
    ]
    told = ", ".join(row["word"] for row in values) or _("nothing yet")
    return frame(
        title,
        f"{title}: {told}.",
        layers,
        {"values": values},
        width=WIDTH,
        height=30 + 26 * -(-len(shown) // 3),
        resolve={"scale": {"color": "independent", "x": "independent", "y": "independent"}},
    )
