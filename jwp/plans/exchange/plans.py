"""The workbook's sheets of plans: periods, plans, targets, actions, and what was reported in each round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.door import Refused, open_door
from jwp.core.period import Cadence, rounds_owed
from jwp.core.workbook.sheets import Candidate, Column, Extra, Kind, Sheet, column, columns
from jwp.partners.models import Body
from jwp.plans.actions.plan import bring_in, change_plan, create_plan, own_indicator
from jwp.plans.actions.promise import revise
from jwp.plans.actions.report import submit
from jwp.plans.answers import read, typed_from
from jwp.plans.models import (
    Action,
    BusinessLine,
    Objective,
    Plan,
    PriorityArea,
    Report,
    Round,
    StrategyPeriod,
    Target,
    Theme,
)
from jwp.plans.rules import BOARD_FIELDS

PLANNERS = (GENDER_TEAM, DIRECTOR)
OPEN = ("draft", "submitted")
ADOPTED_BY = gettext_lazy("A plan here already is adopted by a decision, or brought in on its page.")
READ_ONLY = gettext_lazy("For reading: see the report's page.")
STAYS = gettext_lazy("It stays in its plan: drop it there, and add another.")


def _plans(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        try:
            cadence = row.cadence
        except ValueError:
            candidate.refuse("months", _("Write months that rise, from 1 up, such as 6, 12, 18, 24."))
            continue
        fixed = {"starts", "ends", "months", "then_every"} & candidate.changed
        if candidate.before and row.state not in OPEN and fixed:
            for name in fixed:
                candidate.refuse(
                    name, _("The plan is adopted: its dates and rounds stay. Move a round's dates instead.")
                )
        if candidate.before is None:
            _adoption(actor, candidate, cadence)


def _adoption(actor: Actor, candidate: Candidate, cadence: Cadence) -> None:
    """A new plan may have been adopted before this system: by whom and when."""
    body, on = candidate.extra.get("adopted_by"), candidate.extra.get("adopted_on")
    if bool(body) != bool(on):
        candidate.refuse("adopted_on", _("Say both by which body the plan was adopted, and on which day."))
    if on and on > actor.today:
        candidate.refuse("adopted_on", _("The date of adoption lies ahead."))
    if on and not rounds_owed(on, cadence, candidate.row.ends):
        candidate.refuse("months", _("No round would fall before the plan ends: change its end or its months."))


def _add_plan(actor: Actor, row: Plan, extra: Extra) -> Plan:
    names = [c.field for c in PLANS.columns if not c.virtual and not c.fixed]
    fields = {name: getattr(row, name) for name in names}
    return create_plan(actor, ref=row.ref, **fields | {"months": row.months or [6, 12, 18, 24]})


def _change_plan(actor: Actor, row: Plan, changes: dict[str, Any], extra: Extra) -> Plan:
    return change_plan(actor, row.ref, row.revision, **changes)


def _bring_in(actor: Actor, row: Plan, extra: Extra) -> None:
    """Adopted once its targets stand."""
    if extra.get("adopted_by"):
        first = extra.get("first_round_here") or 1
        bring_in(actor, row, extra["adopted_by"], extra["adopted_on"], extra.get("adoption_reference", ""), first)


def _of_adoption(name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row.adoption, name) if row.adoption else None


def _first_round(row: Plan) -> int | None:
    return row.first_round_here if row.adoption else None


def _same_plan(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        for name in ("area", "objective"):
            other = getattr(candidate.row, name, None)
            if other is not None and other.plan != candidate.row.plan:
                candidate.refuse(name, _("It belongs to another plan, %(plan)s.") % {"plan": other.plan})


def _targets(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """Draft plans change freely; an adopted promise changes openly, by those who may."""
    _same_plan(actor, candidates)
    for candidate in candidates:
        row, plan = candidate.row, candidate.row.plan
        if plan.state in OPEN:
            continue
        if candidate.before is None:
            candidate.refuse(
                "plan",
                _("The plan is adopted: a new target needs the decision that adds it. Record the decision."),
            )
        elif row.state != Target.STANDS:
            candidate.refuse("text", _("This promise is %(state)s: it stays as it was.") % {"state": _(row.state)})
        else:
            for name in candidate.changed & BOARD_FIELDS:
                candidate.refuse(
                    name,
                    _("The plan is adopted: this changes only by decision, on the target's page."),
                )
            if not candidate.extra.get("reason"):
                candidate.refuse("reason", _("The plan is adopted: say why, it stands beside the old promise."))


def _own_indicator(actor: Actor, row: Target) -> None:
    if row.kind == Target.Kind.NUMBER and row.indicator is None:
        with open_door(actor) as door:
            row.indicator = own_indicator(door, row)


def _revise(actor: Actor, row: Target, changes: dict[str, Any], extra: Extra) -> Target:
    return revise(actor, row.ref, reason=extra.get("reason", ""), revision=row.revision, **changes)


def _named_target(row: Target) -> tuple[str, ...]:
    return str(row), row.text, row.number


def _named_area(row: PriorityArea) -> tuple[str, ...]:
    return (row.name,)


ANSWER = {
    "women": gettext_lazy("women"), "men": gettext_lazy("men"), "not_stated": gettext_lazy("not stated"),
    "total": gettext_lazy("total"),
}  # fmt: skip


def _typed(name: str) -> Callable[[Any], Any]:
    return lambda report: typed_from(report).get(name, "")


def _reports(actor: Actor, candidates: Sequence[Candidate]) -> None:
    """What is recorded for an owner: like the form, and with who said so."""
    for candidate in candidates:
        row = candidate.row
        if row.state not in ("draft", "returned"):
            candidate.refuse(
                "round",
                _("This report is %(state)s. Return or correct it on its page.") % {"state": _(row.state)},
            )
            continue
        if row.target.plan != row.round.plan:
            candidate.refuse("target", _("The target is not of this round's plan."))
            continue
        answer = read(row.target, _answer(row, candidate.extra))
        for key, why in answer.problems:
            candidate.refuse(key, why)
        if answer.empty:
            candidate.refuse("total", _("Give a value, words, or why there is no data."))
        if row.via == Report.Via.OWN or not row.source:
            candidate.refuse("source", _("Say how it came (by mail, by call, in a meeting) and from whom, when."))


def _answer(row: Report, extra: Extra) -> dict[str, str]:
    """What was reported before, where there is something, with what the workbook says otherwise."""
    before = typed_from(row) if row.pk else {}
    return before | {name: str(value) for name, value in extra.items()}


def _submit(actor: Actor, row: Report, extra: Extra) -> Report:
    return submit(
        actor,
        row.round.ref,
        row.target.ref,
        _answer(row, extra),
        via=row.via,
        source=row.source,
        evidence_follows=True,
    )


def _resubmit(actor: Actor, row: Report, changes: dict[str, Any], extra: Extra) -> Report:
    if changes.keys() - {"via", "source"}:
        raise Refused(_("Only what was reported, how it came and from whom can be written here."))
    return _submit(actor, row, extra)


PERIODS = Sheet(
    gettext_lazy("strategy periods"), StrategyPeriod,
    columns(
        StrategyPeriod, "name", "starts", "ends",
        column(StrategyPeriod, "document", heading=gettext_lazy("document")),
    ),
    PLANNERS, key=("name",), related=("document",),
)  # fmt: skip
LINES = Sheet(
    gettext_lazy("business lines"), BusinessLine,
    columns(
        BusinessLine, column(BusinessLine, "period", heading=gettext_lazy("strategy period")), "name",
        column(BusinessLine, "successor", heading=gettext_lazy("became")),
        column(BusinessLine, "order", heading=gettext_lazy("order")),
    ),
    PLANNERS, key=("period", "name"), related=("period", "successor"),
)  # fmt: skip
THEMES = Sheet(
    gettext_lazy("themes"), Theme,
    columns(
        Theme, column(Theme, "period", heading=gettext_lazy("strategy period")), "name",
        column(Theme, "successor", heading=gettext_lazy("became")),
    ),
    PLANNERS, key=("period", "name"), related=("period", "successor"),
)  # fmt: skip
PLANS = Sheet(
    gettext_lazy("plans"), Plan,
    columns(
        Plan, "title", column(Plan, "kind", heading=gettext_lazy("kind")), "summary",
        column(Plan, "period", heading=gettext_lazy("strategy period")), "starts", "ends",
        column(
            Plan, "months", kind=Kind.WHOLES, hint=gettext_lazy("Months from adoption: 6, 12, 18, 24.")
        ),
        "then_every", "opens_before", "closes_after", "grace_days", "public",
        column(
            Plan, "state", heading=gettext_lazy("state"),
            fixed=gettext_lazy("For reading: steps are taken on the plan's page."),
        ),
        Column(
            "adopted_by", gettext_lazy("adopted by"), Kind.ROW, to=Body, virtual=True,
            show=_of_adoption("body"),
            lasting=ADOPTED_BY, hint=gettext_lazy("Only for a new row: a plan adopted before it came here."),
        ),
        Column(
            "adopted_on", gettext_lazy("adopted on"), Kind.DATE, virtual=True, show=_of_adoption("on"),
            lasting=ADOPTED_BY,
        ),
        Column(
            "adoption_reference", gettext_lazy("reference of the adoption"), virtual=True,
            show=_of_adoption("reference"), lasting=ADOPTED_BY,
        ),
        Column(
            "first_round_here", gettext_lazy("first round kept here"), Kind.WHOLE, virtual=True,
            show=_first_round, lasting=ADOPTED_BY,
            hint=gettext_lazy("1 for the first. Earlier ones are shown as before this system."),
        ),
    ),
    PLANNERS, key=("title", "starts"), check=_plans, add=_add_plan, change=_change_plan, finish=_bring_in,
    related=("period", "adoption__body"),
)  # fmt: skip
AREAS = Sheet(
    gettext_lazy("priority areas"), PriorityArea,
    columns(
        PriorityArea, column(PriorityArea, "plan", heading=gettext_lazy("plan"), lasting=STAYS), "name",
        "level", column(PriorityArea, "order", heading=gettext_lazy("order")),
    ),
    PLANNERS, key=("plan", "name"), names=_named_area, related=("plan",),
)  # fmt: skip
OBJECTIVES = Sheet(
    gettext_lazy("objectives"), Objective,
    columns(
        Objective, column(Objective, "plan", heading=gettext_lazy("plan"), lasting=STAYS),
        column(Objective, "area", heading=gettext_lazy("priority area")), "text",
        column(Objective, "order", heading=gettext_lazy("order")),
    ),
    PLANNERS, key=("plan", "text"), check=_same_plan, related=("plan", "area__plan"),
)  # fmt: skip
TARGETS = Sheet(
    gettext_lazy("targets"), Target,
    columns(
        Target, column(Target, "plan", heading=gettext_lazy("plan"), lasting=STAYS), "area", "objective",
        "number", "text", "kind", "indicator", "baseline", "baseline_text", "value", "value_text", "scale",
        "due", "holder", "theme", "business_line", "evidence_required", "public",
        column(
            Target, "state", heading=gettext_lazy("state"),
            fixed=gettext_lazy("For reading: see the target's page."),
        ),
        column(Target, "order", heading=gettext_lazy("order")),
        Column(
            "reason", gettext_lazy("reason for the change"), virtual=True,
            hint=gettext_lazy("When you change a promise of an adopted plan."),
        ),
    ),
    PLANNERS, key=("plan", "number", "text"), names=_named_target, check=_targets, prepare=_own_indicator,
    change=_revise,
    related=("plan", "area__plan", "objective__plan", "indicator", "holder", "theme", "business_line"),
)  # fmt: skip
ACTIONS = Sheet(
    gettext_lazy("actions"), Action,
    columns(
        Action, column(Action, "target", heading=gettext_lazy("target")), "text", "owner", "due", "done_on"
    ),
    PLANNERS, key=("target", "text"), related=("target", "owner"),
)  # fmt: skip
ROUNDS = Sheet(
    gettext_lazy("rounds"), Round,
    columns(
        Round, column(Round, "plan", heading=gettext_lazy("plan")),
        column(Round, "number", heading=gettext_lazy("number")),
        column(Round, "month", heading=gettext_lazy("month")), "opens", "due", "closes", "moved_because",
        column(Round, "closed_on", heading=gettext_lazy("closed on")),
    ),
    closed=gettext_lazy("Rounds come with a plan's adoption; their dates are moved on the round's page."),
    related=("plan",),
)  # fmt: skip
REPORTS = Sheet(
    gettext_lazy("reports"), Report,
    columns(
        Report, column(Report, "round", heading=gettext_lazy("round"), lasting=STAYS),
        column(Report, "target", heading=gettext_lazy("target"), lasting=STAYS),
        *(
            Column(name, heading, Kind.COUNT, virtual=True, show=_typed(name))
            for name, heading in ANSWER.items()
        ),
        Column(
            "progress", gettext_lazy("progress"), Kind.CHOICE, choices=tuple(Report.Progress.choices),
            virtual=True, show=_typed("progress"),
        ),
        Column("words", gettext_lazy("in words"), virtual=True, show=_typed("words")),
        Column("no_data", gettext_lazy("no data, because"), virtual=True, show=_typed("no_data")),
        Column("comment", gettext_lazy("comment"), virtual=True, show=_typed("comment")),
        "via", "source",
        column(Report, "state", heading=gettext_lazy("state"), fixed=READ_ONLY),
        column(Report, "submitted_on", heading=gettext_lazy("reported on"), fixed=READ_ONLY),
        column(Report, "accepted_on", heading=gettext_lazy("accepted on"), fixed=READ_ONLY),
    ),
    (GENDER_TEAM,), key=("round", "target"), by_key=True, check=_reports, add=_submit, change=_resubmit,
    related=("round__plan", "target__plan", "target__indicator", "target__holder", "reading"),
    prefetch=("reading__cells",),
)  # fmt: skip

SHEETS = (PERIODS, LINES, THEMES, PLANS, AREAS, OBJECTIVES, TARGETS, ACTIONS, ROUNDS, REPORTS)
