"""The workbook's sheets of meetings, their decisions (for reading) and the actions that arose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import Actor
from jwp.core.workbook.sheets import Candidate, Extra, Sheet, column, columns
from jwp.governance.access import WRITERS
from jwp.governance.actions.meeting import change_meeting, plan_meeting
from jwp.governance.models import ActionArising, Decision, Meeting

STAYS = gettext_lazy("It stays where it is: add another.")


def _meetings(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        before = candidate.before
        if before is None:
            continue
        if before.closed_on:
            candidate.refuse("starts", _("This meeting was closed on %(day)s.") % {"day": before.closed_on})
        elif candidate.changed & {"body", "starts"} and before.attendance.exists():
            candidate.refuse("starts", _("Who attended is recorded already: the body and the day stay."))


def _plan(actor: Actor, row: Meeting, extra: Extra) -> Meeting:
    fields = {c.field: getattr(row, c.field) for c in MEETINGS.columns if not c.fixed}
    return plan_meeting(actor, ref=row.ref, **fields)


def _change(actor: Actor, row: Meeting, changes: dict[str, Any], extra: Extra) -> Meeting:
    return change_meeting(actor, row.ref, row.revision, **changes)


def _arising(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        decision = candidate.row.decision
        if decision and decision.meeting != candidate.row.meeting:
            candidate.refuse("decision", _("That decision was taken in another meeting."))


def _named_decision(row: Decision) -> tuple[str, ...]:
    return (str(row),)


MEETINGS = Sheet(
    gettext_lazy("meetings"), Meeting,
    columns(
        Meeting, "body", "title", "starts", "ends", "place", "mode",
        column(Meeting, "closed_on", heading=gettext_lazy("closed on"), fixed=gettext_lazy("For reading.")),
    ),
    WRITERS, key=("body", "starts", "title"), check=_meetings, add=_plan, change=_change, related=("body",),
)  # fmt: skip
DECISIONS = Sheet(
    gettext_lazy("decisions"), Decision,
    columns(
        Decision, column(Decision, "meeting", heading=gettext_lazy("meeting")), "number", "text", "rule",
        "votes_for", "votes_against", "abstentions",
    ),
    closed=gettext_lazy("Decisions are recorded on their meeting's page."), names=_named_decision,
    related=("meeting__body",),
)  # fmt: skip
ARISING = Sheet(
    gettext_lazy("actions arising"), ActionArising,
    columns(
        ActionArising, column(ActionArising, "meeting", heading=gettext_lazy("meeting"), lasting=STAYS),
        column(ActionArising, "decision", heading=gettext_lazy("decision")), "text", "owner", "due",
        "done_on",
    ),
    WRITERS, key=("meeting", "text"), check=_arising, related=("meeting__body", "decision__meeting", "owner"),
)  # fmt: skip

SHEETS = (MEETINGS, DECISIONS, ARISING)
