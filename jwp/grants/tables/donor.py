"""Concept notes that members comment on, with the clock that runs."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.access import Actor
from jwp.core.templatetags.jwp import day
from jwp.grants.access import visible_applications
from jwp.grants.actions.donor import speaks_for
from jwp.grants.clocks import clocks, left
from jwp.grants.models import Application, Call, DonorComment
from jwp.grants.rules.clocks import COMMENT

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
RUNNING, OVER = "running", "over"
SHOWN = ("ref", "title", "applicant", "state", "comments_due", "recommended_on", "proposal_due", "call__title",
         "call__panel_due", "country__name")  # fmt: skip
VIEWS = dict(DonorComment.View.choices)


def commented(actor: Actor) -> QuerySet[Application]:
    """Eligible concept notes, each with this actor's view and how many members spoke, in the round that runs."""
    here = DonorComment.objects.filter(application=OuterRef("pk"), round=OuterRef("round_now"))
    said = here.order_by().values("application")
    mine = here.filter(organisation__in=speaks_for(actor))
    return (
        visible_applications(actor).select_related(None).select_related("call", "country")
        .filter(state="eligible", comments_due__isnull=False).exclude(call__kind=Call.Kind.PRIZE)
        .annotate(round_now=Case(When(recommended_on__isnull=False, then=Value(2)), default=Value(1)))
        .annotate(
            mine=Subquery(mine.values("view")[:1]),
            spoke=Coalesce(Subquery(said.annotate(n=Count("pk")).values("n")[:1]), 0),
            concerns=Coalesce(Subquery(said.filter(view="concern").annotate(n=Count("pk")).values("n")[:1]), 0),
        )
        .order_by("comments_due", "title", "pk").only(*SHOWN)
    )  # fmt: skip


class DonorFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    clock = django_filters.ChoiceFilter(
        label=_("Clock"), method="running", empty_label=_("All"),
        choices=((RUNNING, _("running")), (OVER, _("over"))),
    )  # fmt: skip
    mine = django_filters.ChoiceFilter(
        label=_("Our comment"), method="spoken", empty_label=_("All"),
        choices=(("missing", _("not given")), ("given", _("given"))),
    )  # fmt: skip
    recommended = django_filters.ChoiceFilter(
        label=_("Round"), field_name="round_now", empty_label=_("All"),
        choices=((1, _("first, of all")), (2, _("second, of those recommended"))),
    )  # fmt: skip

    class Meta:
        model = Application
        fields = ("q", "clock", "mine", "recommended")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def words(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        for word in value.split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(applicant__icontains=word) | Q(country__name__icontains=word)
                | Q(call__title__icontains=word)
            )  # fmt: skip
        return rows

    def running(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        over = Q(comments_due__lt=self.today)
        return rows.filter(over if value == OVER else ~over)

    def spoken(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(mine__isnull=value == "missing")


class DonorTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(verbose_name=_("Application"), empty_values=())
    applicant = tables.Column(verbose_name=_("Applicant"))
    country = tables.Column(verbose_name=_("Country"))
    call = tables.Column(verbose_name=_("Call"), accessor="call__title")
    due = tables.Column(verbose_name=_("Comments due"), accessor="comments_due")
    round = tables.Column(verbose_name=_("Round"), accessor="round_now")
    mine = tables.Column(verbose_name=_("Our comment"), empty_values=())
    spoke = tables.Column(verbose_name=_("Members heard"), attrs=NUMBER)
    concerns = tables.Column(verbose_name=_("Concerns"), attrs=NUMBER)

    class Meta:
        empty_text = _("No concept note waits for comments.")

    def __init__(self, *args: Any, today: date, page: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today, self.page_of_one = today, f"grants:{page}"

    def render_title(self, record: Any) -> str:
        address = reverse(self.page_of_one, args=[record.ref])
        return format_html('<a href="{}" dir="auto">{}</a>', address, record.title or record.ref)

    def render_due(self, record: Any) -> str:
        clock = next((each for each in clocks(record, self.today) if each.what == COMMENT), None)
        words = left(clock) if clock else ""
        tone = "overdue" if clock and clock.over else "quiet"
        return format_html('{} <span class="small {}">{}</span>', day(record.comments_due), tone, words)

    def render_mine(self, value: str | None) -> str:
        return str(VIEWS[value]) if value else _now("not given")

    def value_due(self, record: Any) -> str:
        due: date = record.comments_due
        return due.isoformat()

    def value_title(self, record: Any) -> str:
        return str(record)
