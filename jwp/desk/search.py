"""Search: everything this person may see, filtered by words. Whatever a room hides stays hidden here too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from jwp.core.access import INSIDERS, Actor
from jwp.evidence.access import visible_documents, visible_products, visible_runs
from jwp.evidence.models import Run
from jwp.governance.access import visible_decisions, visible_meetings
from jwp.grants.access import (
    visible_applications,
    visible_calls,
    visible_items,
    visible_member_programmes,
    visible_programmes,
)
from jwp.indicators.access import visible_indicators
from jwp.partners.access import visible_bodies, visible_organisations, visible_people
from jwp.plans.access import visible_contributions, visible_funds, visible_plans, visible_targets
from jwp.reviews.access import visible_engagements, visible_findings

SHOWN = 5  # of each noun, before "more"
ALL = 200  # of one noun, when asked for more
MOST_WORDS = 8
CHILDREN = ("offices__", "agenda__", "outputs__", "co_applicants__", "places__")


@dataclass(frozen=True)
class Noun:
    """One kind of thing: which rows, in which fields, where a row's page is, what stands beside it."""

    key: str
    label: Promise | str
    rows: Callable[[Actor], QuerySet[Any]]
    fields: tuple[str, ...]
    url: Callable[[Any], str]
    beside: Callable[[Any], object] = lambda row: ""


def _page(name: str) -> Callable[[Any], str]:
    return lambda row: reverse(name, args=[row.ref])


def _of_finding(row: Any) -> str:
    area = f"&area={row.area.ref}" if row.area else ""
    return f"{reverse('reviews:home')}?plan={row.plan.ref}{area}#{row.ref}"


def _runs(actor: Actor) -> QuerySet[Run]:
    """Others read what is published on the public page of its city."""
    return visible_runs(actor) if actor.has(*INSIDERS) else Run.objects.none()


NOUNS = (
    Noun(
        "targets", _("Targets"), visible_targets,
        ("number", "text", "value_text", "holder__name", "area__name", "theme__name"), _page("gender:target"),
        lambda row: f"{row.holder} · {row.plan.title}",
    ),
    Noun("plans", _("Plans"), visible_plans, ("title", "summary"), _page("gender:plan")),
    Noun(
        "funds", _("Funds"), visible_funds, ("name", "earmarked_for", "donor__name"), _page("plans:fund"),
        lambda row: row.get_kind_display(),
    ),
    Noun(
        "contributions", _("Contributions"), visible_contributions, ("organisation__name", "reference"),
        _page("plans:contribution"), lambda row: row.fund,
    ),
    Noun(
        "programmes", _("Programmes"), visible_programmes, ("name", "summary", "outputs__text"),
        _page("grants:programme"), lambda row: row.get_kind_display(),
    ),
    Noun("calls", _("Calls"), visible_calls, ("title", "about"), _page("grants:call"), lambda row: row.business_line),
    # Contacts are of no use to whoever searches: they are not looked at.
    Noun(
        "applications", _("Applications"), visible_applications,
        ("title", "applicant", "summary", "city", "country__name", "co_applicants__name", "outside_ref"),
        _page("grants:application"), lambda row: row.call,
    ),
    Noun(
        "items", _("Funded items"), visible_items,
        ("title", "partner", "purpose", "agreement_ref", "country__name", "places__place__name"),
        _page("grants:item"), lambda row: row.partner,
    ),
    Noun(
        "own", _("Members’ own programmes"), visible_member_programmes, ("title", "about", "place__name"),
        _page("grants:member_programme"), lambda row: row.organisation,
    ),
    Noun(
        "people", _("People"), visible_people, ("name", "email", "organisation__name"),
        _page("partners:person"), lambda row: row.organisation or "",
    ),
    Noun(
        "bodies", _("Bodies and offices"), visible_bodies, ("name", "offices__name"), _page("partners:body"),
    ),
    Noun(
        "organisations", _("Organisations"), visible_organisations, ("name", "short_name"),
        _page("partners:organisation"),
    ),
    Noun(
        "documents", _("Documents"), visible_documents, ("title", "kind", "version", "prepared_by"),
        _page("evidence:document"), lambda row: row.kind,
    ),
    Noun(
        "products", _("Products"), visible_products, ("title", "summary"), _page("evidence:product"),
        lambda row: row.get_kind_display(),
    ),
    Noun(
        "runs", _("Diagnostics"), _runs, ("title", "place__name", "source"), _page("runs:run"),
        lambda row: row.place or "",
    ),
    Noun(
        "decisions", _("Decisions"), visible_decisions, ("number", "text", "plan__title"),
        _page("governance:decision"), lambda row: row.meeting,
    ),
    Noun(
        "meetings", _("Meetings"), visible_meetings, ("title", "body__name", "place", "agenda__title"),
        _page("governance:meeting"), lambda row: row.body,
    ),
    Noun(
        "indicators", _("Indicators"), visible_indicators, ("name", "definition", "unit"),
        _page("indicators:detail"), lambda row: row.unit,
    ),
    Noun("findings", _("Findings"), visible_findings, ("text",), _of_finding, lambda row: row.area or ""),
    Noun(
        "engagements", _("Engagements"), visible_engagements, ("title", "summary", "place_text"),
        _page("reviews:engagement"), lambda row: row.place_text,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Hit:
    title: SafeString
    url: str
    beside: str


@dataclass(frozen=True)
class Found:
    noun: Noun
    hits: list[Hit]
    more: bool


def words_of(asked: str) -> list[str]:
    """
    >>> words_of("  Train   planners ")
    ['Train', 'planners']
    """
    return asked.split()[:MOST_WORDS]


def search(actor: Actor, words: list[str], only: str = "") -> list[Found]:
    """What contains every word, by noun: one query each. With `only`, one noun and all of it."""
    found = []
    for noun in NOUNS:
        if not words or only not in ("", noun.key):
            continue
        limit = ALL if only else SHOWN
        rows = noun.rows(actor)
        for word in words:
            rows = rows.filter(_containing(noun.fields, word))
        # A condition on children (a body's offices) may find the same row twice.
        many = any(name.startswith(CHILDREN) for name in noun.fields)
        rows = (rows.distinct() if many else rows)[: limit + 1]
        hits = [Hit(highlighted(str(row), words), noun.url(row), str(noun.beside(row))) for row in rows]
        if hits:
            found.append(Found(noun, hits[:limit], len(hits) > limit))
    return found


def _containing(fields: Iterable[str], word: str) -> Q:
    """SQLite folds the case of unaccented letters only; for the others the usual spellings are tried."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
    condition = Q()
    for name in fields:
        for spelling in spellings:
            condition |= Q(**{f"{name}__icontains": spelling})
    return condition


def highlighted(text: str, words: list[str]) -> SafeString:
    """The text with the words marked; everything else stays text.

    >>> highlighted("Train <b> planners", ["plan"])
    'Train &lt;b&gt; <mark>plan</mark>ners'
    """
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    if not pattern:
        return conditional_escape(text)
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    marked = (f"<mark>{conditional_escape(p)}</mark>" if n % 2 else conditional_escape(p) for n, p in enumerate(parts))
    return mark_safe("".join(marked))
