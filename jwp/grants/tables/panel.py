"""What a panel member scores, and what a panel's points say of a call's applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.access import Actor
from jwp.grants.access import places_on_panels, visible_applications
from jwp.grants.actions.panel import criteria_of, to_score
from jwp.grants.models import Application, Call, Criterion, PanelReview
from jwp.grants.rules.panel import Result, places, result

NOT_BEGUN, SAVED, SUBMITTED = "not begun", "saved", "submitted"
MINE = ((NOT_BEGUN, _("not begun")), (SAVED, _("saved")), (SUBMITTED, _("submitted")))
NOT_SCORED = ("draft", "submitted", "ineligible")


def mine(actor: Actor) -> QuerySet[Application]:
    """Each with the revision of this actor's review (None: not begun) and when they submitted it."""
    reviews = PanelReview.objects.filter(application=OuterRef("pk"), member__in=places_on_panels(actor))
    return (
        to_score(actor)
        .annotate(saved=Subquery(reviews.values("revision")[:1]), sent=Subquery(reviews.values("submitted_on")[:1]))
        .order_by("call__panel_due", "call__title", "title", "pk")
    )


class ScoringFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    mine = django_filters.ChoiceFilter(label=_("My review"), choices=MINE, method="standing", empty_label=_("All"))

    class Meta:
        model = Application
        fields = ("q", "mine")

    def words(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        for word in value.split():
            rows = rows.filter(Q(title__icontains=word) | Q(applicant__icontains=word) | Q(call__title__icontains=word))
        return rows

    def standing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        if value == NOT_BEGUN:
            return rows.filter(saved=None)
        return rows.filter(sent=None, saved__isnull=False) if value == SAVED else rows.filter(sent__isnull=False)


class ScoringTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(verbose_name=_("Application"), linkify=("grants:score", {"ref": tables.A("ref")}))
    applicant = tables.Column(verbose_name=_("Applicant"))
    country = tables.Column(verbose_name=_("Country"))
    call = tables.Column(verbose_name=_("Call"), accessor="call__title")
    due = tables.TemplateColumn("{{ record.call.panel_due|day }}", verbose_name=_("Due"), order_by=("call__panel_due",))
    state = tables.Column(verbose_name=_("My review"), accessor="sent", empty_values=())

    class Meta:
        empty_text = _("Nothing waits for you here.")

    def render_state(self, record: Any) -> str:
        return standing_of(record)


def standing_of(record: Any) -> str:
    if record.sent:
        return _now("submitted")
    return _now("saved") if record.saved else _now("not begun")


@dataclass(frozen=True)
class Ranked:
    row: Application
    place: int | None
    result: Result | None


def ranking(actor: Actor, call: Call) -> list[Ranked]:
    """A call's applications by the mean of their submitted reviews; those without one last, without a place."""
    seen = visible_applications(actor).select_related(None).select_related("country").filter(call=call)
    names = ("ref", "call", "title", "applicant", "state", "requested", "recommended_on", "country__name")
    rows = list(seen.exclude(state__in=NOT_SCORED).only(*names).order_by("title", "pk"))
    points: dict[int, list[dict[str, int]]] = {}
    reviews = PanelReview.objects.filter(application__call=call, conflict=False, submitted_on__isnull=False)
    for application, given in reviews.values_list("application", "points"):
        points.setdefault(application, []).append(given)
    criteria = criteria_of(call)
    found = [result(criteria, points.get(row.pk, [])) for row in rows]
    ranks = places([each.total.mean if each else None for each in found])
    ranked = [Ranked(*each) for each in zip(rows, ranks, found, strict=True)]
    return sorted(ranked, key=lambda each: (each.place is None, each.place or 0))


def heading(criteria: Sequence[Criterion]) -> list[str]:
    return [
        _now("Place"), _now("Reference"), _now("Application"), _now("Applicant"), _now("State"), _now("Reviews"),
        _now("Mean"), _now("Least"), _now("Most"), _now("Gender criterion, mean"),
        *(f"{each.name} ({each.points})" for each in criteria),
    ]  # fmt: skip


def as_rows(ranked: Iterable[Ranked], criteria: Sequence[Criterion]) -> Iterator[list[Any]]:
    for each in ranked:
        row, found = each.row, each.result
        told: list[Any] = [each.place, row.ref, row.title, row.applicant, _now(row.state)]
        if found is None:
            yield [*told, 0, *([None] * (4 + len(criteria)))]
            continue
        by = [found.by.get(criterion.ref) for criterion in criteria]
        yield [
            *told, found.total.n, round(found.total.mean, 2), found.total.least, found.total.most,
            round(found.gender.mean, 2) if found.gender else None,
            *(round(spread.mean, 2) if spread else None for spread in by),
        ]  # fmt: skip
