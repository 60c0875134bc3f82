"""Lists of funded items, of their reports and of statements: what they show, what they can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import F, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, RowNumber
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.money import Money
from jwp.core.templatetags.jwp import day, figure, money
from jwp.grants.actions.reports import OPEN
from jwp.grants.actions.statement import unsettled
from jwp.grants.models import FundedItem, ProgressReport, Statement
from jwp.grants.money import COMMITMENT, PAYMENT, ledgers, moved
from jwp.grants.rules.life import ITEM, REPORT
from jwp.grants.rules.money import Ledger
from jwp.grants.screening import BAND, SHORT, band_of
from jwp.partners.models import Office, Place
from jwp.plans.models import BusinessLine, Fund, Theme

NUM = {"td": {"class": "num"}, "th": {"class": "num"}}
NOT_SCREENED = "not screened"
RUNNING = ("signed",)  # states of an item that still owes reports


def stated(workflow_states: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [(state, _(state)) for state in workflow_states]


Ordered = tuple[QuerySet[Any], tuple[str, ...]]


def named(rows: dict[str, Ordered]) -> dict[str, list[tuple[str, str]]]:
    """Reference and name of each row, with its strategy period; one query for all kinds of them."""
    parts = [
        found.order_by().values_list(Value(name), Window(RowNumber(), order_by=order), "ref", _said(found))
        for name, (found, order) in rows.items()
    ]
    choices: dict[str, list[tuple[str, str]]] = {name: [] for name in rows}
    for name, _place, ref, said in sorted(parts[0].union(*parts[1:], all=True)):
        choices[name].append((ref, said))
    return choices


def _said(rows: QuerySet[Any]) -> Any:
    """A business line may be called what one of the period before it was called."""
    if rows.model not in (BusinessLine, Theme):
        return F("name")
    return Concat("name", Value(" ("), "period__name", Value(")"))


class ItemFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=FundedItem.Kind.choices, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=stated(ITEM.states), empty_label=_("All"))
    line = django_filters.ChoiceFilter(label=_("Business line"), field_name="business_line__ref", empty_label=_("All"))
    fund = django_filters.ChoiceFilter(label=_("Fund"), field_name="fund__ref", empty_label=_("All"))
    country = django_filters.ChoiceFilter(label=_("Country"), field_name="country__ref", empty_label=_("All"))
    marker = django_filters.ChoiceFilter(
        label=_("Gender marker"), method="marked", empty_label=_("All"),
        choices=(
            (NOT_SCREENED, _("not screened")), (SHORT, _("short screening")), ("0", "0"), ("1", "1"), ("2", "2"),
        ),
    )  # fmt: skip
    programme = django_filters.CharFilter(field_name="programme__ref", widget=forms.HiddenInput)
    manager = django_filters.ModelChoiceFilter(
        queryset=Office.objects.all(), to_field_name="ref", widget=forms.HiddenInput
    )

    class Meta:
        model = FundedItem
        fields = ("q", "kind", "state", "line", "fund", "country", "marker", "programme", "manager")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, choices in named(self.rows()).items():
            self.filters[name].extra["choices"] = choices

    def rows(self) -> dict[str, Ordered]:
        """What the items can be narrowed to, by filter: the rows and their order."""
        countries = Place.objects.filter(kind=Place.Kind.COUNTRY)
        return {
            "line": (BusinessLine.objects.all(), ("-period__starts", "order", "pk")),
            "fund": (Fund.objects.all(), ("name",)),
            "country": (countries, ("name",)),
        }

    def words(self, rows: QuerySet[FundedItem], _name: str, value: str) -> QuerySet[FundedItem]:
        for word in value.split():
            rows = rows.filter(
                Q(title__icontains=word) | Q(partner__icontains=word) | Q(agreement_ref__icontains=word)
                | Q(ref__iexact=word)
            )  # fmt: skip
        return rows

    def marked(self, rows: QuerySet[FundedItem], _name: str, value: str) -> QuerySet[FundedItem]:
        return rows.alias(band=BAND).filter(band="" if value == NOT_SCREENED else value)


SHOWN = ("ref", "title", "kind", "partner", "state", "minor", "currency", "ends", "signed_on", "marker",
         "marker_pin", "business_line__name", "country__name")  # fmt: skip


def listed(rows: QuerySet[FundedItem]) -> QuerySet[FundedItem]:
    """Only what the list shows."""
    return rows.select_related(None).select_related("business_line", "country").only(*SHOWN)


class ItemTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(verbose_name=_("Item"))
    kind = tables.Column(verbose_name=_("Kind"))
    business_line = tables.Column(verbose_name=_("Business line"), order_by=("business_line__order", "title"))
    partner = tables.Column(verbose_name=_("Grantee or supplier"))
    country = tables.Column(verbose_name=_("Country"), default="", order_by=("country__name", "title"))
    state = tables.Column(verbose_name=_("State"))
    minor = tables.Column(verbose_name=_("Amount"), attrs=NUM, order_by=("currency", "minor"), empty_values=())
    paid = tables.Column(verbose_name=_("Paid"), accessor="pk", attrs=NUM, orderable=False)
    ends = tables.Column(verbose_name=_("Until"), default="")
    marker = tables.Column(verbose_name=_("Gender marker"), empty_values=())

    class Meta:
        empty_text = _("No item matches.")

    def before_render(self, request: Any) -> None:
        """Sums for the rows of this page, in one query."""
        self.ledgers: dict[int, Ledger] = ledgers([row.record for row in self.paginated_rows])

    def render_title(self, record: Any) -> str:
        address = reverse("grants:item", args=[record.ref])
        return format_html('<a href="{}" dir="auto">{}</a>', address, record.title)

    def render_state(self, value: str) -> str:
        return _now(value)

    def render_minor(self, record: Any) -> str:
        return money(record.minor, record.currency)

    def render_paid(self, record: Any) -> str:
        return money(self.ledgers[record.pk].paid, record.currency)

    def render_ends(self, value: date) -> str:
        return day(value)

    def render_marker(self, record: Any) -> str:
        return _now(band_of(record.marker, record.marker_pin) or NOT_SCREENED)


ITEM_CSV = (
    _("Reference"), _("Item"), _("Kind"), _("Business line"), _("Programme"), _("Theme"), _("Fund"),
    _("Grantee or supplier"), _("Country"), _("State"), _("Agreement reference"), _("Amount"), _("Committed"),
    _("Paid"), _("Currency"), _("From"), _("Until"), _("Signed on"), _("Gender marker"),
)  # fmt: skip


_READ = (
    "pk", "ref", "title", "kind", "business_line__name", "programme__name", "theme__name", "fund__name", "partner",
    "country__name", "state", "agreement_ref", "minor", "currency", "starts", "ends", "signed_on", "marker",
    "marker_pin",
)  # fmt: skip


def item_rows(rows: QuerySet[FundedItem]) -> Iterator[list[Any]]:
    """Every row of the list in its order, read and summed some hundreds at a time."""
    found = rows.select_related(None).values_list(*_READ, named=True).iterator(chunk_size=1000)
    while waiting := list(islice(found, 1000)):
        yield from _as_cells(waiting)


def _as_cells(rows: list[Any]) -> Iterator[list[Any]]:
    sums = moved(row.pk for row in rows)
    kinds = {kind: str(label) for kind, label in FundedItem.Kind.choices}
    states = {state: _now(state) for state in ITEM.states}
    for row in rows:
        amounts = [
            "" if minor is None else Money(minor, row.currency).amount
            for minor in (row.minor, sums.get((row.pk, COMMITMENT), 0), sums.get((row.pk, PAYMENT), 0))
        ]
        yield [
            row.ref, row.title, kinds[row.kind], row.business_line__name, row.programme__name, row.theme__name,
            row.fund__name, row.partner, row.country__name, states[row.state], row.agreement_ref, *amounts,
            row.currency, row.starts, row.ends, row.signed_on,
            _now(band_of(row.marker, row.marker_pin) or NOT_SCREENED),
        ]  # fmt: skip


class ReportFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    state = django_filters.ChoiceFilter(
        label=_("State"), empty_label=_("All"), choices=[*stated(REPORT.states[1:]), (REPORT.start, _("due"))]
    )
    late = django_filters.BooleanFilter(label=_("Late"), method="overdue", widget=forms.CheckboxInput)

    class Meta:
        model = ProgressReport
        fields = ("q", "state", "late")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def words(self, rows: QuerySet[ProgressReport], _name: str, value: str) -> QuerySet[ProgressReport]:
        for word in value.split():
            rows = rows.filter(Q(item__title__icontains=word) | Q(item__partner__icontains=word))
        return rows

    def overdue(self, rows: QuerySet[ProgressReport], _name: str, value: bool) -> QuerySet[ProgressReport]:
        return rows.filter(due__lt=self.today, state__in=OPEN, item__state__in=RUNNING) if value else rows


class ReportTable(tables.Table):  # type: ignore[misc]
    item = tables.Column(verbose_name=_("Item"), linkify=("grants:item", {"ref": tables.A("item__ref")}))
    kind = tables.Column(
        verbose_name=_("Report"), linkify=("grants:progress", {"ref": tables.A("ref")}), order_by=("kind", "due")
    )
    ends = tables.Column(verbose_name=_("Until"))
    due = tables.Column(verbose_name=_("Due"))
    state = tables.Column(verbose_name=_("State"))
    women = tables.Column(verbose_name=_("Women"), attrs=NUM)
    men = tables.Column(verbose_name=_("Men"), attrs=NUM)

    class Meta:
        empty_text = _("No report matches.")

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def render_ends(self, value: date) -> str:
        return day(value)

    def value_ends(self, value: date) -> str:
        return str(value)

    def render_due(self, value: date, record: Any) -> str:
        if record.state in OPEN and record.item.state in RUNNING and value < self.today:
            return format_html('<span class="overdue">{}, {}</span>', day(value), _now("late"))
        return day(value)

    def value_due(self, value: date) -> str:
        return str(value)

    def render_state(self, value: str, record: Any) -> str:
        """Nobody owes what an agreement that is over would have asked for."""
        if value != REPORT.start:
            return _now(value)
        return _now("due") if record.item.state in RUNNING else "–"

    def value_state(self, value: str) -> str:
        return _now(value)

    def render_women(self, value: int) -> str:
        return figure(value)

    def render_men(self, value: int) -> str:
        return figure(value)

    def value_women(self, value: int) -> int:
        return value

    def value_men(self, value: int) -> int:
        return value


class StatementTable(tables.Table):  # type: ignore[misc]
    starts = tables.Column(verbose_name=_("Time"), linkify=("grants:statement", {"ref": tables.A("ref")}))
    read_on = tables.Column(verbose_name=_("Read on"))
    by = tables.Column(verbose_name=_("By"), default="–", orderable=False)
    lines = tables.Column(verbose_name=_("Lines"), attrs=NUM)
    differences = tables.Column(verbose_name=_("Differences not settled"), attrs=NUM, orderable=False)

    class Meta:
        empty_text = _("No statement has been read yet.")

    def render_starts(self, record: Statement) -> str:
        return f"{day(record.starts)} – {day(record.ends)}"

    def value_starts(self, record: Statement) -> str:
        return f"{record.starts}/{record.ends}"

    def render_read_on(self, value: date) -> str:
        return day(value)

    def value_read_on(self, value: date) -> str:
        return str(value)

    def render_differences(self, record: Statement) -> int:
        return unsettled(record)
