"""The workbook's sheets of engagements, baselines, and findings with what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jwp.core.access import DIRECTOR, GENDER_TEAM, Actor
from jwp.core.workbook.sheets import Candidate, Extra, Sheet, column, columns
from jwp.reviews.actions.finding import respond
from jwp.reviews.models import Assessment, Engagement, Finding, Recommendation, Response

ANSWERED = gettext_lazy("This was answered as it stands. Add a new finding or recommendation instead.")
STAYS = gettext_lazy("It stays where it is: add another.")
RESPONSE_STAYS = gettext_lazy("A response stays readable as it was: add a new one.")


def _same_plan(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        for name in ("area", "assessment"):
            other = getattr(candidate.row, name, None)
            if other is not None and other.plan != candidate.row.plan:
                candidate.refuse(name, _("It belongs to another plan, %(plan)s.") % {"plan": other.plan})


def _engagements(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        if candidate.before and candidate.before.link_digest:
            if "instrument" in candidate.changed:
                candidate.refuse("instrument", _("The shared link asks this instrument already."))
            if "min_group" in candidate.changed:
                promised = _("People answered under the group size shown to them: it stays.")
                candidate.refuse("min_group", promised)


def _findings(actor: Actor, candidates: Sequence[Candidate]) -> None:
    _same_plan(actor, candidates)
    reworded = [c for c in candidates if c.before and "text" in c.changed]
    rows = [c.before.pk for c in reworded]
    answered = Recommendation.objects.filter(finding__in=rows, responses__isnull=False)
    stands = set(answered.values_list("finding_id", flat=True))
    for candidate in reworded:
        if candidate.before.pk in stands:
            candidate.refuse("text", str(ANSWERED))


def _recommendations(actor: Actor, candidates: Sequence[Candidate]) -> None:
    changed = [c.before.pk for c in candidates if c.before]
    responses = Response.objects.filter(recommendation__in=changed)
    answered = set(responses.values_list("recommendation_id", flat=True))
    for candidate in candidates:
        if candidate.before and candidate.before.pk in answered:
            candidate.refuse("text", str(ANSWERED))


def _responses(actor: Actor, candidates: Sequence[Candidate]) -> None:
    for candidate in candidates:
        row = candidate.row
        if candidate.before is not None:
            candidate.refuse("kind", str(RESPONSE_STAYS))
        elif row.ref:
            candidate.refuse("ref", _("Leave it empty: a response gets its reference here."))
        if row.target and row.target.plan != row.recommendation.finding.plan:
            candidate.refuse("target", _("The target belongs to another plan."))
        if row.kind != Response.Kind.ACCEPTED and not row.text.strip():
            candidate.refuse("text", _("Say why the recommendation is not, or only partly, accepted."))


def _respond(actor: Actor, row: Response, extra: Extra) -> Response:
    fields: dict[str, Any] = {name: getattr(row, name) for name in ("kind", "text", "target", "owner")}
    return respond(actor, row.recommendation.ref, **fields)


ENGAGEMENTS = Sheet(
    gettext_lazy("engagements"), Engagement,
    columns(
        Engagement, column(Engagement, "plan", heading=gettext_lazy("plan")), "title", "kind", "held_on",
        "ends_on", column(Engagement, "place", heading=gettext_lazy("city or country")), "place_text",
        "summary", "instrument", "min_group",
    ),
    (GENDER_TEAM,), key=("title", "held_on"), check=_engagements, related=("plan", "place"),
)  # fmt: skip
ASSESSMENTS = Sheet(
    gettext_lazy("baseline assessments"), Assessment,
    columns(
        Assessment, column(Assessment, "plan", heading=gettext_lazy("plan"), lasting=STAYS),
        column(Assessment, "area", heading=gettext_lazy("priority area")),
        column(Assessment, "engagement", heading=gettext_lazy("engagement")), "title", "made_on", "method",
        "instrument", "summary", column(Assessment, "document", heading=gettext_lazy("document")),
    ),
    (GENDER_TEAM,), key=("plan", "title"), check=_same_plan,
    related=("plan", "area__plan", "engagement", "document"),
)  # fmt: skip
FINDINGS = Sheet(
    gettext_lazy("findings"), Finding,
    columns(
        Finding, column(Finding, "plan", heading=gettext_lazy("plan"), lasting=STAYS),
        column(Finding, "area", heading=gettext_lazy("priority area")),
        column(Finding, "assessment", heading=gettext_lazy("baseline assessment")), "kind", "text", "public",
    ),
    (GENDER_TEAM,), key=("plan", "text"), check=_findings, related=("plan", "area__plan", "assessment__plan"),
)  # fmt: skip
RECOMMENDATIONS = Sheet(
    gettext_lazy("recommendations"), Recommendation,
    columns(
        Recommendation, column(Recommendation, "finding", heading=gettext_lazy("finding"), lasting=STAYS),
        "text", "respond_by",
    ),
    (GENDER_TEAM,), key=("finding", "text"), check=_recommendations, related=("finding__plan",),
)  # fmt: skip
RESPONSES = Sheet(
    gettext_lazy("responses"), Response,
    columns(
        Response, column(Response, "recommendation", heading=gettext_lazy("recommendation"), lasting=STAYS),
        "kind", "text", column(Response, "target", heading=gettext_lazy("target")),
        column(Response, "owner", heading=gettext_lazy("owner")),
        column(
            Response, "responded_on", heading=gettext_lazy("responded on"), required=False,
            fixed=gettext_lazy("For reading."),
        ),
    ),
    (DIRECTOR,), key=("recommendation", "kind", "text"), check=_responses, add=_respond,
    related=("recommendation__finding__plan", "target__plan", "owner"),
)  # fmt: skip

SHEETS = (ENGAGEMENTS, ASSESSMENTS, FINDINGS, RECOMMENDATIONS, RESPONSES)
