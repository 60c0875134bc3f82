"""The workbook's sheet of indicators. Values come in through reports, or on the indicator's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import GENDER_TEAM, Actor
from jwp.core.workbook.sheets import Candidate, Extra, Sheet, column, columns
from jwp.indicators.actions import MEANING, amend
from jwp.indicators.models import Indicator, Reading

SPLITS = ("sex", "age", "place")


def _indicators(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """What its values mean may only change in a new version."""
    changed = [c.before.pk for c in candidates if c.before]
    measured = set(Reading.objects.filter(indicator__in=changed).values_list("indicator_id", flat=True))
    for candidate in candidates:
        if candidate.before and candidate.before.pk in measured:
            for name in candidate.changed.intersection(MEANING):
                candidate.refuse(
                    name, _("There are values under this definition. Make a new version of it instead.")
                )
        for split in candidate.row.disaggregations:
            if split not in SPLITS:
                candidate.refuse(
                    "disaggregations", _("Write any of: %(known)s.") % {"known": "; ".join(SPLITS)}
                )


def _change(actor: Actor, row: Indicator, changes: dict[str, Any], extra: Extra) -> Indicator:
    return amend(actor, row.ref, row.revision, **changes)


INDICATORS = Sheet(
    gettext_lazy("indicators"), Indicator,
    columns(
        Indicator, "name", "definition", "universe", "unit", "counts", "frequency", "method", "aggregation",
        column(
            Indicator,
            "disaggregations",
            hint=gettext_lazy("Any of sex; age; place, with semicolons between them."),
        ),
        "decimals",
        column(Indicator, "version", fixed=gettext_lazy("A new version is made on the indicator's page.")),
        column(Indicator, "source", heading=gettext_lazy("source")),
    ),
    (GENDER_TEAM,), key=("name",), check=_indicators, change=_change, related=("source",),
)  # fmt: skip

SHEETS = (INDICATORS,)
