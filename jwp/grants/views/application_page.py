"""What the page of one application shows to this reader, gathered once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jwp.core.access import FOCAL_POINT, INSIDERS, SECRETARIAT, Actor
from jwp.grants.access import WRITERS, roles_for
from jwp.grants.actions.applications import IN_PRINCIPLE, facts_of
from jwp.grants.actions.donor import asked, round_of, speaks_for
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.panel import criteria_of, place_of
from jwp.grants.actions.self_assessment import SPOT_CHECKS
from jwp.grants.clocks import clocks, left
from jwp.grants.history import history
from jwp.grants.models import Application, Attachment, Call
from jwp.grants.rules.life import APPLICATION
from jwp.grants.rules.panel import result
from jwp.grants.views.steps import Offer, offers
from jwp.instruments.access import visible_sheets

# What is given on the way, on a page of its own.
GIVEN = ("an eligibility check", "an appraisal", "a full proposal")
PAGES = {
    "find eligible": "grants:check_application",
    "find ineligible": "grants:check_application",
    "propose": "grants:record_proposal",
    "award": "grants:award",
    "send back": "grants:send_back",
    "appraise": "grants:appraise",
}
LABELS = {
    "grants:check_application": gettext_noop("Check eligibility"),
    "grants:record_proposal": gettext_noop("Record the full proposal"),
    "grants:award": gettext_noop("Award"),
    "grants:send_back": gettext_noop("Send back"),
    "grants:appraise": gettext_noop("Appraise"),
    "grants:extend": gettext_noop("More time for the full proposal"),
}
LINE = ("submitted", "eligible", "in principle", "proposed", "appraised")
PRIZE_LINE = ("submitted", "eligible", "awarded")


@dataclass(frozen=True)
class Stop:
    """One stage of the line: where it stands, and since when."""

    word: str
    on: date | None
    tone: str


def shown(actor: Actor, row: Application, plain: Collection[str]) -> dict[str, Any]:
    inside = actor.has(*INSIDERS)
    prize = row.call.kind == Call.Kind.PRIZE
    attachments = row.attachments.select_related("file")
    mine = place_of(actor, row)
    context: dict[str, Any] = {
        "application": row,
        "crumbs": [(_("Applications"), reverse("grants:applications"))] if inside else [],
        "inside": inside,
        "secretariat": actor.has(*SECRETARIAT),
        "may_write": actor.has(*WRITERS),
        "stops": stops(row),
        "clocks": [(clock, left(clock)) for clock in clocks(row, actor.today)],
        "sponsors": row.sponsors.select_related("organisation", "letter"),
        "co_applicants": row.co_applicants.all(),
        "attachments": attachments if inside else attachments.exclude(kind=Attachment.Kind.PROPOSAL),
        "scores": mine is not None and row.state == "eligible",
        "comments_here": speaks_for(actor).exists() and row.state == "eligible" and not prize,
    }
    if inside:
        context |= _inside(actor, row, plain)
    elif actor.has(FOCAL_POINT):
        context["comments"] = row.comments.filter(organisation__in=speaks_for(actor)).select_related("organisation")
    return context


def _inside(actor: Actor, row: Application, plain: Collection[str]) -> dict[str, Any]:
    facts = facts_of(row, actor.today)
    other = IN_PRINCIPLE if row.call.kind == Call.Kind.PRIZE else "award"  # of the other kind of call: never here
    found = [
        offer
        for offer in offers(APPLICATION, row.state, roles_for(actor, row), {*facts, *GIVEN})
        if offer.verb != other
    ]
    scored = [review for review in row.reviews.select_related("member__person") if not review.conflict]
    criteria = list(row.call.criteria.all())
    summary = result(criteria_of(row.call), [r.points for r in scored if r.submitted_on])
    waited = list(asked(actor.today)) if row.state == "eligible" and row.comments_due else []
    spoke = {c.organisation_id for c in row.comments.all() if c.round == round_of(row)}
    here = [*(offer for offer in found if offer.verb in plain), *_recommend(actor, row, facts)]
    return {
        "offers": sorted(here, key=lambda offer: offer.reason),  # what goes on stands before what ends it
        "pages": _pages(actor, row, found),
        "checks": row.checks.select_related("by"),
        "result": summary,
        "by": [(each, summary.by.get(each.ref)) for each in criteria] if summary else [],
        "reviews": scored,
        "conflicts": row.reviews.filter(conflict=True).select_related("member__person"),
        "comments": row.comments.select_related("organisation", "person"),
        "silent": [each for each in waited if each.pk not in spoke],
        "sheets": visible_sheets(actor).filter(subject=row.ref).order_by("pk"),
        "gate": passage_for(row, IN_PRINCIPLE, actor.today) if row.state == "eligible" else None,
        "item": getattr(row, "item", None),
        "history": history([row.ref], without=("change", *SPOT_CHECKS)),
    }


def _pages(actor: Actor, row: Application, found: Collection[Offer]) -> list[tuple[str, str, tuple[str, ...]]]:
    """(label, address, why not yet) of the steps that have a page of their own."""
    pages: dict[str, tuple[str, ...]] = {}
    for offer in found:
        if offer.verb in PAGES:
            pages.setdefault(PAGES[offer.verb], offer.why)
    if row.state == "in principle" and actor.has(*WRITERS):
        pages["grants:extend"] = ()
    return [(_(LABELS[name]), reverse(name, args=[row.ref]), why) for name, why in pages.items()]


def _recommend(actor: Actor, row: Application, facts: Collection[str]) -> list[Offer]:
    if row.state != "eligible" or row.recommended_on or row.call.kind == Call.Kind.PRIZE or not actor.has(*WRITERS):
        return []
    why = () if "a panel review" in facts else (_("needs a panel review"),)
    return [Offer("recommend", why, reason=False)]


def stops(row: Application) -> list[Stop]:
    """The line from concept note to appraisal; what ended outside it stands last, in its place."""
    line = PRIZE_LINE if row.call.kind == Call.Kind.PRIZE else LINE
    dates = {
        "submitted": row.submitted_at.astimezone(ZoneInfo(row.call.zone)).date() if row.submitted_at else None,
        "eligible": row.comments_from,
        "in principle": row.approved_on,
        "proposed": row.proposed_on,
    }
    if row.state in ("draft", *line):
        here = line.index(row.state) if row.state in line else -1
        tones = ["accepted" if n < here else "reported" if n == here else "waiting" for n in range(len(line))]
    else:  # it left the line: how far it had come is told by its dates
        tones = ["accepted" if dates.get(word) else "waiting" for word in line]
    found = [Stop(_(word), dates.get(word), tone) for word, tone in zip(line, tones, strict=True)]
    return found if row.state in ("draft", *line) else [*found, Stop(_(row.state), None, "silent")]
