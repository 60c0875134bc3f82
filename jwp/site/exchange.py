"""The public plan as data: a table and a tree, made of the same records as the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from jwp.site.content import PublicChange, PublicPlan, PublicSpot, PublicTarget
from jwp.site.rules import SMALLEST_SHOWN
from jwp.site.values import Figure, Version

SEXES = {"f": "women", "m": "men", "x": "not stated", "": "total"}
HIDDEN = (
    f"Counts of 1 to {SMALLEST_SHOWN - 1} people are hidden, and with them whatever would give them away. "
    "Hidden is not zero and not missing: it was counted and accepted."
)
REUSE = "Quote freely and name the source as given. No further licence has been chosen by the publisher."

# The table's columns, and what they mean; the page "How to read this" shows the same list.
COLUMNS = {
    "plan": "reference of the plan",
    "target": "reference of the promise; never changes",
    "number": "the promise's number in the plan",
    "text": "the promise",
    "level": "work programme, members or secretariat",
    "priority_area": "the heading it stands under",
    "held_by": "the office that holds the promise",
    "kind": "number, milestone, rating or text",
    "indicator": "what is measured",
    "unit": "the unit of value, promised and baseline",
    "baseline": "the value at the start (empty: none, or hidden)",
    "promised": "the value promised",
    "promised_in_words": "the promise where it is not a number",
    "due": "the day the promise is due",
    "promise_state": "stands, achieved, carried, dropped, merged or split",
    "round": "the monitoring round: M6 is six months after adoption",
    "report_due": "the day the report was due, extensions included",
    "standing": "accepted, reported, late or not reported; empty: nothing can be said yet",
    "why": "why it stands so",
    "version": "current, or corrected: what stood there before a correction",
    "published_on": "the day the value was accepted or corrected",
    "period_from": "first day the value counts",
    "period_to": "last day the value counts",
    "sex": "women, men, not stated or total; empty where nothing is counted",
    "value": "the value (empty where hidden is true or there is none)",
    "numerator": "of a share: how many",
    "denominator": "of a share: out of how many",
    "hidden": HIDDEN,
    "estimated": "true where the value is an estimate",
    "coverage": "how many of those who should have contributed did",
    "words": "what was reported in words",
    "no_data_because": "why there is no value",
    "explanation": "the Director's explanation of lateness or silence",
    "correction_reason": "of a corrected version: why it was corrected",
    "source": "whom to name",
    "licence": "on what terms",
    "as_of": "the day this file speaks of",
    "fictional": "true where the whole partnership is an invented example",
}


@dataclass(frozen=True)
class Publication:
    """Who publishes, when, and whether it is an example."""

    publisher: str
    today: date
    fictional: bool

    def source(self, plan: PublicPlan) -> str:
        made_up = " (fictional example)" if self.fictional else ""
        return f"{self.publisher}: {plan.title}, as of {self.today}{made_up}"


def as_csv(plan: PublicPlan, by: Publication) -> str:
    text = io.StringIO()
    text.write("\ufeff")  # so that Excel reads the accents
    table = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    table.writeheader()
    always = {
        "plan": plan.ref,
        "source": by.source(plan),
        "licence": REUSE,
        "as_of": by.today,
        "fictional": _bool(by.fictional),
    }
    for row in _rows(plan):
        table.writerow({name: _cell(value) for name, value in (always | row).items()})
    return text.getvalue()


def _rows(plan: PublicPlan) -> Iterator[dict[str, Any]]:
    for target in plan.targets:
        promise = {
            "target": target.ref,
            "number": target.number,
            "text": target.text,
            "level": target.level,
            "priority_area": target.area,
            "held_by": target.holder,
            "kind": target.kind,
            "indicator": target.indicator,
            "unit": target.unit,
            "baseline": target.baseline.value if target.baseline else None,
            "promised": target.promised,
            "promised_in_words": target.promised_words,
            "due": target.due,
            "promise_state": target.state,
        }
        for spot in target.spots or (None,):
            for row in _spot_rows(spot) if spot else [{}]:
                yield promise | row


def _spot_rows(spot: PublicSpot) -> Iterator[dict[str, Any]]:
    round = {
        "round": spot.round.name,
        "report_due": spot.due,
        "standing": spot.code.value,
        "why": spot.why,
        "period_from": spot.starts,
        "period_to": spot.ends - timedelta(days=1) if spot.ends else None,
        "explanation": spot.explanation,
    }
    if spot.version is None:
        yield round
        return
    now = {"version": "current", "estimated": _bool(spot.estimated), "coverage": spot.coverage}
    versions = [(c.old, {"version": "corrected", "correction_reason": c.reason}) for c in spot.corrections]
    for version, facts in [(spot.version, now), *versions]:
        said = facts | {
            "published_on": version.on,
            "words": version.words,
            "no_data_because": version.no_data,
        }
        for figure in version.figures or (None,):
            yield round | said | (_figure_row(figure) if figure else {})


def _figure_row(figure: Figure) -> dict[str, Any]:
    return {
        "sex": SEXES[figure.sex],
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "hidden": _bool(figure.hidden),
    }


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def as_tree(plan: PublicPlan, by: Publication) -> dict[str, Any]:
    """The plan as JSON, with what it left out said in `about`."""
    return {
        "about": {
            "source": by.source(plan),
            "publisher": by.publisher,
            "as_of": by.today,
            "licence": REUSE,
            "fictional": by.fictional,
            "hidden": HIDDEN,
            "smallest_count_shown": SMALLEST_SHOWN,
            "grace_days": plan.grace_days,
        },
        "plan": {
            "ref": plan.ref,
            "title": plan.title,
            "summary": plan.summary,
            "starts": plan.starts,
            "ends": plan.ends,
            "adopted_on": plan.adopted_on,
            "adopted_by": plan.adopted_by,
            "decision": plan.decision,
        },
        "rounds": [asdict(round) for round in plan.rounds],
        "targets": [_target(target) for target in plan.targets],
        "chain": [asdict(step) for step in plan.chain],
    }


def _target(target: PublicTarget) -> dict[str, Any]:
    told = {
        name: getattr(target, name)
        for name in (
            "ref",
            "number",
            "text",
            "level",
            "area",
            "holder",
            "kind",
            "indicator",
            "definition",
            "unit",
            "promised",
            "promised_words",
            "baseline_words",
            "due",
            "state",
        )
    }
    return told | {
        "baseline": _figure(target.baseline) if target.baseline else None,
        "changes": [_change(change) for change in target.changes],
        "came_from": [_change(change) for change in target.origins],
        "rounds": [_spot(spot) for spot in target.spots],
    }


def _change(change: PublicChange) -> dict[str, Any]:
    fields = [{"field": name, "before": old, "after": new} for name, old, new in change.fields]
    return asdict(change) | {"fields": fields}


def _spot(spot: PublicSpot) -> dict[str, Any]:
    return {
        "round": spot.round.name,
        "due": spot.due,
        "standing": spot.code.value,
        "why": spot.why,
        "extended": spot.extended,
        "explanation": spot.explanation,
        "from": spot.starts,
        "until": spot.ends,
        "estimated": spot.estimated,
        "coverage": spot.coverage,
        "value": _version(spot.version) if spot.version else None,
        "corrections": [
            {"on": c.on, "reason": c.reason, "old": _version(c.old), "new": _version(c.new)} for c in spot.corrections
        ],
        "evidence": [asdict(link) for link in spot.evidence],
    }


def _version(version: Version) -> dict[str, Any]:
    return {
        "published_on": version.on,
        "figures": {SEXES[f.sex]: _figure(f) for f in version.figures},
        "words": version.words,
        "no_data_because": version.no_data,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if figure.hidden:
        return {"hidden": True}
    share = figure.numerator is not None
    return {"value": figure.value} | (
        {"numerator": figure.numerator, "denominator": figure.denominator} if share else {}
    )


class Encoder(DjangoJSONEncoder):
    """Numbers as numbers: a count of people is not a text."""

    def default(self, o: Any) -> Any:
        if isinstance(o, Decimal):
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)
