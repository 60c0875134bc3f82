"""Lists of runs and of their figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import django_filters
import django_tables2 as tables
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from jwp.core.templatetags.jwp import chip, figure
from jwp.evidence.models import SEX_WORDS, Run, RunFigure
from jwp.partners.models import Place

UNITS = {
    "percent": "%", "points": _("percentage points"), "minutes": _("minutes"), "jobs": _("jobs"),
    "ratio": _("ratio"), "score": _("score"),
}  # fmt: skip
FLAGS = {
    "suppressed": _("hidden: too few people"), "unreliable": _("too uncertain to rely on"),
    "only those asked": _("describes only those asked"),
}  # fmt: skip
TONES = {
    "prepared": "waiting", "queued": "waiting", "running": "reported", "done": "reported", "failed": "late",
    "published": "accepted", "withdrawn": "silent",
}  # fmt: skip


class RunFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Run.Kind.choices, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=Run.State.choices, empty_label=_("All"))
    city = django_filters.ModelChoiceFilter(
        label=_("City"), field_name="place", queryset=Place.objects.filter(runs__isnull=False).distinct(),
        to_field_name="ref", empty_label=_("All"),
    )  # fmt: skip

    class Meta:
        model = Run
        fields = ("q", "kind", "state", "city")

    def words(self, runs: QuerySet[Run], _name: str, value: str) -> QuerySet[Run]:
        for word in value.split():
            runs = runs.filter(Q(title__icontains=word) | Q(place__name__icontains=word) | Q(source__icontains=word))
        return runs


class RunTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(linkify=("runs:run", {"ref": tables.A("ref")}))
    state = tables.Column()
    made_on = tables.TemplateColumn("{{ record.made_on|day }}")

    class Meta:
        model = Run
        fields = ("title", "place", "kind", "state", "made_on", "started_by")
        empty_text = _("No diagnosis matches.")

    def render_state(self, record: Run) -> str:
        return render_to_string("components/chip.html", chip(record.get_state_display(), TONES[record.state]))

    def value_state(self, record: Run) -> str:
        return record.state

    def value_made_on(self, record: Run) -> str:
        return record.made_on.isoformat()


class FigureTable(tables.Table):  # type: ignore[misc]
    """For the CSV: one figure a row, numbers as they were computed."""

    class Meta:
        model = RunFigure
        fields = (
            "key", "indicator", "label", "sex", "group", "place", "value", "se", "low", "high", "n", "clusters",
            "unit", "flag",
        )  # fmt: skip
        orderable = False


@dataclass
class Family:
    """The figures of women, of men and of the gap that belong together: one line of a table for people."""

    key: str
    label: str
    group: str
    place: str
    unit: str
    indicator: str
    cells: dict[str, RunFigure] = field(default_factory=dict)

    @property
    def women(self) -> RunFigure | None:
        return self.cells.get("f")

    @property
    def men(self) -> RunFigure | None:
        return self.cells.get("m")

    @property
    def unit_told(self) -> str:
        return str(UNITS.get(self.unit, self.unit))

    @property
    def others(self) -> list[RunFigure]:
        """Everybody, and those who are neither."""
        return [cell for sex, cell in self.cells.items() if sex in SEX_WORDS and sex not in ("f", "m")]

    @property
    def asked(self) -> str:
        """Of whom it speaks: women and men, or everybody."""
        told = [(SEX_WORDS[sex], self.cells[sex].n) for sex in ("f", "m") if sex in self.cells]
        everybody = self.cells.get("")
        if not any(n is not None for _sex, n in told):
            return figure(everybody.n) if everybody and everybody.n is not None else ""
        return ", ".join(f"{sex} {figure(n)}" for sex, n in told if n is not None)

    @property
    def flags(self) -> str:
        """Every caution once, with whom it is about where it is not everybody."""
        found = dict.fromkeys(cell.flag for cell in self.cells.values() if cell.flag)
        return "; ".join(str(FLAGS.get(flag, flag)) for flag in found)

    @property
    def gap(self) -> RunFigure | None:
        return next((cell for sex, cell in self.cells.items() if sex in ("f-m", "m-f")), None)

    @property
    def ratio(self) -> RunFigure | None:
        return next((cell for sex, cell in self.cells.items() if sex in ("f/m", "m/f")), None)


def families(figures: Iterable[RunFigure]) -> list[Family]:
    """In the order of their first figure."""
    found: dict[str, Family] = {}
    for one in figures:
        made = Family(one.family, one.label, one.group, one.place, one.unit, one.indicator)
        found.setdefault(one.family, made).cells[one.sex] = one
    return list(found.values())


def columns(lines: Iterable[Family]) -> dict[str, bool]:
    """Which columns a table of these lines needs."""
    found = dict.fromkeys(("group", "gap", "ratio", "others", "flags", "interval"), False)
    for line in lines:
        found["group"] |= bool(line.group or line.place)
        found["gap"] |= line.gap is not None
        found["ratio"] |= line.ratio is not None
        found["others"] |= bool(line.others)
        found["flags"] |= bool(line.flags)
        found["interval"] |= any(cell.low is not None for cell in line.cells.values())
    return found
