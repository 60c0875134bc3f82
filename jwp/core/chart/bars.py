"""How many of each kind: one bar a name, all of one colour, because the kinds are not an order."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from jwp.core.chart.grammar import COLOURS, INK, WIDTH, Number, Spec, figure, frame, layer, number


def bars(rows: Iterable[tuple[str, Number]], *, title: str, unit: str = "") -> Spec:
    """One bar for each (name, number), in the order given, the number written at its end.

    >>> bars([("0", 3), ("1", 12)], title="Items by marker")["description"]
    'Items by marker: 0 3, 1 12.'
    """
    given = list(rows)
    values: list[Spec] = [{"name": name, "at": float(n), "text": figure(n)} for name, n in given]
    names = {"labelLimit": 152, "labelColor": INK, "minExtent": 160, "maxExtent": 160}
    y = {"field": "name", "type": "nominal", "sort": None, "axis": names}
    top = max((row["at"] for row in values), default=0) or 1
    x = number("at") | {"scale": {"domain": [0, top * 1.2]}, "axis": None}
    layers = [
        layer("values", {"type": "bar", "color": COLOURS["reported"], "height": 18}, x=x, y=y),
        layer("values", {"type": "text", "dx": 6}, x=x, y=y, text={"field": "text"}),
    ]
    told = ", ".join(f"{row['name']} {row['text']}" for row in values) or _("nothing yet")
    whole = f"{title}, {unit}" if unit else title
    return frame(
        title, f"{whole}: {told}.", layers, {"values": values}, width=WIDTH - 160, height=max(30 * len(values), 30)
    )
