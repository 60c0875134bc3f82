"""The list of signed sheets, and what it can be narrowed to."""

from __future__ import annotations

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jwp.instruments.loader import shelf
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Profile
from jwp.instruments.subjects import subjects
from jwp.instruments.words import called


class SheetFilter(django_filters.FilterSet):  # type: ignore[misc]
    q = django_filters.CharFilter(label=_("Words"), method="words")
    instrument = django_filters.ChoiceFilter(label=_("Instrument"), empty_label=_("All"), choices=lambda: _pins())
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=AnswerSheet.Stage, empty_label=_("All"))
    phase = django_filters.ChoiceFilter(label=_("Phase"), choices=AnswerSheet.Phase, empty_label=_("All"))

    class Meta:
        model = AnswerSheet
        fields = ("q", "instrument", "stage", "phase")

    def words(self, sheets: QuerySet[AnswerSheet], _name: str, value: str) -> QuerySet[AnswerSheet]:
        """By what it is about, as it is called here or by its ref."""
        names = subjects(sheets.values_list("subject", flat=True).distinct())
        for word in value.split():
            found = [ref for ref, name in names.items() if word.casefold() in f"{name} {ref}".casefold()]
            sheets = sheets.filter(subject__in=found)
        return sheets


def _pins() -> list[tuple[str, str]]:
    pins = AnswerSheet.objects.order_by("instrument").values_list("instrument", flat=True).distinct()
    return [(pin, called(pin)) for pin in pins]


class SheetTable(tables.Table):  # type: ignore[misc]
    subject = tables.Column(verbose_name=_("About"), linkify=lambda record: record.get_absolute_url())
    instrument = tables.Column(verbose_name=_("Instrument"))
    stage = tables.Column(verbose_name=_("Stage"))
    phase = tables.Column(verbose_name=_("Phase"), empty_values=())
    score = tables.Column(verbose_name=_("Score"), empty_values=())
    by = tables.Column(verbose_name=_("By"), accessor="by__name", order_by="by__name")
    answered_on = tables.TemplateColumn("{{ record.answered_on|day }}", verbose_name=_("Date"))

    class Meta:
        model = AnswerSheet
        fields = ("subject", "instrument", "stage", "phase", "score", "by", "answered_on")
        order_by = ("-answered_on", "subject")
        empty_text = _("Nothing is answered yet.")

    def before_render(self, _request: HttpRequest) -> None:
        self.names = subjects(row.record.subject for row in self.page.object_list) if self.page else {}

    def render_subject(self, value: str) -> str:
        return self.names.get(value, value)

    def value_answered_on(self, record: AnswerSheet) -> str:
        return record.answered_on.isoformat() if record.answered_on else ""

    def value_subject(self, value: str) -> str:
        return value

    def render_instrument(self, value: str) -> str:
        return called(value)

    def value_instrument(self, value: str) -> str:
        return value

    def render_phase(self, record: AnswerSheet) -> str:
        return record.get_phase_display() if record.phase else "–"

    def value_phase(self, record: AnswerSheet) -> str:
        return record.phase

    def render_score(self, record: AnswerSheet) -> Any:
        """Nothing is never 0; a profile has no score to begin with."""
        if record.score:
            return format_html("<strong>{}</strong>", record.score)
        return "–" if isinstance(shelf().get(record.instrument), Profile) else gettext("not screened")

    def value_score(self, record: AnswerSheet) -> str:
        return record.score
