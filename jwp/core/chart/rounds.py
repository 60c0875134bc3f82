"""The promise and what became of it, round by round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jwp.core.chart.grammar import (
    COLOURS,
    DASHES,
    FAINT,
    INK,
    MUTED,
    TEXTS,
    WIDTH,
    Number,
    Spec,
    dots,
    figure,
    frame,
    layer,
    named,
    number,
)


@dataclass(frozen=True)
class Point:
    """What one round says. None means that there is no such figure: a gap in the line, never a zero."""

    round: str
    women: Number | None = None
    men: Number | None = None
    total: Number | None = None
    note: str = ""  # in a word, why the round has no figure: "not reported"

    def figures(self) -> dict[str, Number | None]:
        return {"women": self.women, "men": self.men, "total": self.total}


def target_over_rounds(
    points: Sequence[Point],
    *,
    title: str,
    target: Number | None = None,
    baseline: Number | None = None,
    unit: str = "",
) -> Spec:
    """Women, men and total, round by round, against the promised value.

    >>> spec = target_over_rounds([Point("M6", women=3, men=2), Point("M12")], title="Trained", target=10)
    >>> [row["value"] for row in spec["datasets"]["values"]]
    [3.0, None, 2.0, None]
    """
    words = {
        "women": _("Women"),
        "men": _("Men"),
        "total": _("Total"),
        "target": _("Target"),
        "baseline": _("Start"),
    }
    series = [name for name in ("women", "men", "total") if any(p.figures()[name] is not None for p in points)]
    values: list[Spec] = [
        {"round": p.round, "series": name, "value": _float(p.figures()[name])} for name in series for p in points
    ]
    gaps = [
        {"round": p.round, "note": p.note or _("no figure")}
        for p in points
        if all(value is None for value in p.figures().values())
    ]
    last = {row["series"]: row["value"] for row in values if row["value"] is not None}
    fixed = {name: float(at) for name, at in (("target", target), ("baseline", baseline)) if at is not None}
    heights = [row["value"] for row in values if row["value"] is not None] + list(fixed.values())
    low, top = min([0.0, *heights]), (max([0.0, *heights]) or 1.0) * 1.06
    labels = [{"name": name, "at": at, "text": f"{words[name]} {figure(at)}"} for name, at in {**last, **fixed}.items()]
    _spread(labels, least=(top - low) * 0.11, top=top)
    rules = [label for label in labels if label["name"] in fixed]
    labels = [label for label in labels if label["name"] in last]

    rounds = {"domain": [p.round for p in points]}
    x = {"field": "round", "type": "ordinal", "scale": rounds, "axis": {"labelAngle": 0, "grid": False}}
    steps = {"tickCount": 4, "minExtent": 34, "format": "~s" if top >= 10_000 else ",.2~f"}
    y = {**number("value"), "scale": {"domain": [low, top]}, "axis": steps}
    right = {"value": WIDTH - 140}
    layers = [
        layer(
            "rules",
            {"type": "rule", "strokeWidth": 1.5, "strokeDash": [5, 4]},
            y=number("at"),
            color=named("name", ("target", "baseline"), {"target": INK, "baseline": FAINT}),
        ),
        layer("rules", {"type": "text", "dx": 12}, x=right, y=number("label"), text={"field": "text"}),
        layer(
            "gaps",
            {"type": "text", "angle": 270, "color": MUTED, "dx": 14, "fontSize": 12},
            x=x,
            y={"datum": low},
            text={"field": "note"},
        ),
        layer(
            "values",
            {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
            x=x,
            y=y,
            color=named("series", series, COLOURS),
            strokeDash=named("series", series, DASHES),
        ),
        dots("values", {"type": "point"}, "series", series, x=x, y=y),
        dots("labels", {"type": "point", "xOffset": 17}, "name", series, x=right, y=number("label")),
        layer(
            "labels",
            {"type": "text", "dx": 27, "fontWeight": 700},
            x=right,
            y=number("label"),
            text={"field": "text"},
            color=named("name", series, TEXTS),
        ),
    ]
    rows = [
        f"{p.round}: "
        + (
            ", ".join(f"{words[name]} {figure(at)}" for name, at in p.figures().items() if at is not None)
            or p.note
            or _("no figure")
        )
        for p in points
    ]
    told = [f"{title}, {unit}" if unit else title, *(rule["text"] for rule in rules), *rows]
    return frame(
        title,
        ". ".join(told) + ".",
        layers,
        {"values": values, "gaps": gaps, "labels": labels, "rules": rules},
        width=WIDTH - 140,
        height=180,
        resolve={"scale": {"color": "independent"}},
    )


def _float(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _spread(labels: list[Spec], least: float, top: float) -> None:
    """Gives each label a height near its own `at`, so that none lies on another."""
    labels.sort(key=lambda label: label["at"])
    floor = float("-inf")
    for label in labels:
        label["label"] = floor = max(label["at"], floor)
        floor += least
    ceiling = top
    for label in reversed(labels):
        label["label"] = ceiling = min(label["label"], ceiling)
        ceiling -= least
