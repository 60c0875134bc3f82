"""The list of applications: light enough for ten thousand, the same on the page and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.money import Money
from jwp.core.templatetags.jwp import day, money
from jwp.grants.call_words import language_name
from jwp.grants.clocks import clocks
from jwp.grants.models import Application, Call
from jwp.grants.rules.gate import FULL
from jwp.grants.rules.life import APPLICATION
from jwp.instruments.models import AnswerSheet
from jwp.partners.models import Place

NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}
NOT_SCREENED = "not screened"
SHOWN = ("ref", "title", "applicant", "state", "requested", "started_on", "comments_due", "proposal_due",
         "call__ref", "call__title", "call__currency", "call__panel_due", "country__name")  # fmt: skip


def listed(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Only what the list shows: one statement whatever the number of rows."""
    return rows.select_related(None).select_related("call", "country").only(*SHOWN).annotate(marker=_marker())


def _marker() -> Subquery:
    """The score of the latest agreed sheet of the marker; None is not screened."""
    sheets = AnswerSheet.objects.filter(
        subject=OuterRef("ref"), instrument__startswith=f"{FULL}@", stage=AnswerSheet.Stage.AGREED, anonymous=False
    ).exclude(score="")
    return Subquery(sheets.order_by("-answered_on", "-pk").values("score")[:1])


class ApplicationFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    call = django_filters.ChoiceFilter(label=_("Call"), field_name="call__ref", empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), empty_label=_("All"))
    country = django_filters.ChoiceFilter(label=_("Country"), field_name="country__ref", empty_label=_("All"))
    # Not "language": that is the language of the page.
    written = django_filters.ChoiceFilter(label=_("Language"), field_name="language", empty_label=_("All"))
    marker = django_filters.ChoiceFilter(
        label=_("Gender marker"), method="marked", empty_label=_("All"),
        choices=((NOT_SCREENED, _("not screened")), ("0", "0"), ("1", "1"), ("2", "2")),
    )  # fmt: skip
    organisation = django_filters.CharFilter(field_name="organisation__ref", widget=forms.HiddenInput)

    class Meta:
        model = Application
        fields = ("q", "call", "state", "country", "written", "marker", "organisation")

    def __init__(self, *args: Any, calls: QuerySet[Call], **options: Any) -> None:
        super().__init__(*args, **options)
        found = list(calls.select_related(None).order_by("title").values_list("ref", "title", "languages"))
        spoken = sorted({language for _ref, _title, languages in found for language in languages})
        for name, choices in {
            "call": [(ref, title) for ref, title, _languages in found],
            "state": [(state, _now(state)) for state in APPLICATION.states],
            "country": Place.objects.filter(kind=Place.Kind.COUNTRY).values_list("ref", "name"),
            "written": [(code, language_name(code)) for code in spoken],
        }.items():
            self.filters[name].extra["choices"] = list(choices)

    def words(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        for word in value.split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(applicant__icontains=word) | Q(city__icontains=word) | Q(ref__iexact=word)
            )
        return rows

    def marked(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(marker=None) if value == NOT_SCREENED else rows.filter(marker=value)


class ApplicationTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(verbose_name=_("Application"), empty_values=())
    applicant = tables.Column(verbose_name=_("Applicant"))
    call = tables.Column(verbose_name=_("Call"), accessor="call__title", order_by=("call__title", "-started_on"))
    country = tables.Column(verbose_name=_("Country"), accessor="country__name", order_by=("country__name",))
    state = tables.Column(verbose_name=_("State"))
    due = tables.Column(verbose_name=_("Next due"), empty_values=(), orderable=False)
    requested = tables.Column(verbose_name=_("Requested"), attrs=NUMBER)
    marker = tables.Column(verbose_name=_("Gender marker"), empty_values=())

    class Meta:
        empty_text = _("No application matches.")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def render_title(self, record: Any) -> str:
        return format_html('<a href="{}/" dir="auto">{}</a>', record.ref, _short(record.title or _now("no title yet")))

    def render_applicant(self, value: str) -> str:
        return _short(value)

    def render_call(self, value: str) -> str:
        return _short(value, 40)

    def render_state(self, value: str) -> str:
        return _now(value)

    def render_due(self, record: Any) -> str:
        return day(due(record, self.today))

    def render_requested(self, value: int, record: Any) -> str:
        return money(value, record.call.currency)

    def render_marker(self, value: str | None) -> str:
        return value if value is not None else _now("not screened")


def due(row: Application, today: date) -> date | None:
    """The nearest deadline that is not over."""
    return next((clock.due for clock in clocks(row, today) if not clock.over), None)


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


CSV = {
    "ref": _("Reference"), "call__ref": _("Call"), "title": _("Application"), "applicant": _("Applicant"),
    "organisation__ref": _("In our register"), "country__name": _("Country"), "city": _("City"),
    "language": _("Language"), "state": _("State"), "requested": _("Requested"), "own_cash": _("Co-financing in cash"),
    "call__currency": _("Currency"), "submitted_at": _("Submitted"), "comments_due": _("Donor comments due"),
    "approved_on": _("Approved in principle"), "proposal_due": _("Full proposal due"), "proposed_on": _("Proposed"),
    "award": _("Award"), "marker": _("Gender marker"),
}  # fmt: skip


def as_rows(rows: QuerySet[Application]) -> Iterator[list[Any]]:
    """Every row of the list in its order, read as it is sent. Amounts in units, times in UTC."""
    names = list(CSV)
    asked, own, currency = names.index("requested"), names.index("own_cash"), names.index("call__currency")
    sent, marker = names.index("submitted_at"), names.index("marker")
    for row in rows.values_list(*names).iterator(chunk_size=2000):
        cells = list(row)
        for place in (asked, own):
            cells[place] = None if row[place] is None else Money(row[place], row[currency]).amount
        cells[sent] = row[sent] and row[sent].isoformat(timespec="seconds")
        cells[marker] = row[marker] if row[marker] is not None else NOT_SCREENED
        yield cells
