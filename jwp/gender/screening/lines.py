"""Everything that is screened, in one list: funded items, and applications invited to propose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jwp.core.access import GENDER_TEAM, SECRETARIAT, Actor
from jwp.gender.screening.policy import lines_of_periods
from jwp.grants.access import visible_applications, visible_items
from jwp.grants.actions.gate import gating_instruments
from jwp.grants.models import Application, FundedItem
from jwp.grants.screening import (
    AGREED,
    NOT_SCREENED,
    PROPOSED,
    STATUSES,
    TO_AGREE,
    Coverage,
    agreed_once,
    living,
    to_screen,
    with_status,
)
from jwp.instruments.models import AnswerSheet
from jwp.instruments.words import local

COLUMNS = ("ref", "title", "what", "state", "line", "phase", "status", "owes", "score")
TONES = {AGREED: "accepted", TO_AGREE: "reported", PROPOSED: "waiting", NOT_SCREENED: "silent"}
APPLICATION = "application"


class LinesForm(forms.Form):
    q = forms.CharField(label=_("Words"), required=False)
    line = forms.ChoiceField(label=_("Business line"), required=False)
    status = forms.ChoiceField(
        label=_("Screening"), required=False,
        choices=[("", _("All")), *((code, _(word)) for code, word in STATUSES.items()), ("owed", _("owed now"))],
    )  # fmt: skip
    instrument = forms.ChoiceField(label=_("Instrument"), required=False)
    mine = forms.BooleanField(label=_("Waits for me"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = [(one.id, local(one.name)) for one in gating_instruments()]
        self.fields["line"].choices = [("", _("All")), *lines_of_periods()]  # type: ignore[attr-defined]
        self.fields["instrument"].choices = [("", _("All")), *asked]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Lines:
    """What the list was narrowed to, and of how much of the whole something is known."""

    form: LinesForm
    rows: QuerySet[Any, dict[str, Any]]
    count: int
    items: Coverage
    applications: Coverage
    marked: int
    classes: dict[str, int]


def lines(actor: Actor, asked: QueryDict) -> Lines:
    items, applications = screened_rows(actor)
    form = LinesForm(asked or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    shown_items = _narrowed(items, chosen, "business_line__ref", actor)
    shown_applications = _narrowed(applications, chosen, "call__business_line__ref", actor)
    rows = _as_lines(shown_items).union(_as_lines(shown_applications), all=True)
    count = shown_items.count() + shown_applications.count()
    marked = dict(
        living(visible_items(actor)).exclude(marker="").order_by().values_list("marker").annotate(Count("pk"))
    )
    known = _coverage(living(visible_items(actor))), _coverage(to_screen(visible_applications(actor), actor.today))
    return Lines(form, rows, count, *known, sum(marked.values()), dict(sorted(marked.items())))


def screened_rows(actor: Actor) -> tuple[QuerySet[FundedItem], QuerySet[Application]]:
    """Everything this person may see of what is screened, each with its standing."""
    items = with_status(living(visible_items(actor)), actor.today)
    return items, with_status(to_screen(visible_applications(actor), actor.today), actor.today)


def waiting(actor: Actor) -> tuple[QuerySet[FundedItem], QuerySet[Application]]:
    """What waits for this person: to be agreed by the gender team, to be screened by who manages it."""
    items, applications = screened_rows(actor)
    return items.filter(_mine(actor, "manager")), applications.filter(_mine(actor, "call__manager"))


def _mine(actor: Actor, manager: str) -> Q:
    found = Q(pk__in=[])
    if actor.has(GENDER_TEAM):
        mine = AnswerSheet.objects.filter(subject=OuterRef("ref"), phase=OuterRef("phase"), by=actor.person_id)
        found |= Q(~Exists(mine), status=TO_AGREE)
    if actor.has(*SECRETARIAT):
        found |= Q(owes=True) & ~Q(status=TO_AGREE) & Q(**{f"{manager}__in": actor.offices})
    return found


def _narrowed(rows: QuerySet[Any], chosen: dict[str, Any], line: str, actor: Actor) -> QuerySet[Any]:
    for word in chosen.get("q", "").split():
        rows = rows.filter(Q(title__icontains=word) | Q(ref__icontains=word))
    if chosen.get("line"):
        rows = rows.filter(**{line: chosen["line"]})
    if status := chosen.get("status"):
        rows = rows.filter(owes=True) if status == "owed" else rows.filter(status=status)
    if id_ := chosen.get("instrument"):
        by_it = AnswerSheet.objects.filter(subject=OuterRef("ref"), anonymous=False, instrument__startswith=f"{id_}@")
        rows = rows.filter(Exists(by_it))
    if chosen.get("mine"):
        rows = rows.filter(_mine(actor, "manager" if rows.model is FundedItem else "call__manager"))
    return rows


def _as_lines(rows: QuerySet[Any]) -> QuerySet[Any, dict[str, Any]]:
    """The same columns of either table."""
    rows = rows.order_by()
    if rows.model is FundedItem:
        rows = rows.annotate(what=F("kind"), line=F("business_line__name"), score=F("marker"))
    else:
        rows = rows.annotate(
            what=Value(APPLICATION, CharField()), line=F("call__business_line__name"), score=Value("", CharField())
        )
    return rows.values(*COLUMNS)


def _coverage(rows: QuerySet[Any]) -> Coverage:
    """Of how many a screening is agreed, in whatever phase."""
    return Coverage(agreed_once(rows).count(), rows.count())


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of rows whose number is known: to count them again, the database would work out every column first."""

    def __init__(self, rows: Any, per_page: int, known: int, **options: Any) -> None:
        super().__init__(rows, per_page, **options)
        self._known = known

    @property
    def count(self) -> int:
        return self._known


class LinesTable(tables.Table):  # type: ignore[misc]
    title = tables.Column(verbose_name=_("What"), linkify=("gender:worksheet", {"ref": tables.A("ref")}))
    what = tables.Column(verbose_name=_("Kind"))
    line = tables.Column(verbose_name=_("Business line"))
    state = tables.Column(verbose_name=_("State"))
    status = tables.Column(verbose_name=_("Screening"))
    phase = tables.Column(verbose_name=_("Now in phase"))
    owes = tables.Column(verbose_name=_("Agreed in it"))
    score = tables.Column(verbose_name=_("DAC marker"), empty_values=())

    class Meta:
        fields = ("title", "what", "line", "state", "status", "phase", "owes", "score")
        order_by = ("title",)
        empty_text = _("Nothing matches.")

    def render_title(self, record: dict[str, Any]) -> str:
        return str(record["title"] or record["ref"])

    def render_what(self, value: str) -> str:
        return _now("application") if value == APPLICATION else str(FundedItem.Kind(value).label)

    def render_state(self, value: str) -> str:
        return _now(value)

    def render_status(self, value: str) -> Any:
        return format_html('<span class="chip chip-{}">{}</span>', TONES[value], _now(STATUSES[value]))

    def value_status(self, value: str) -> str:
        return value

    def render_phase(self, value: str) -> str:
        return str(AnswerSheet.Phase(value).label)

    def value_phase(self, value: str) -> str:
        return value

    def render_owes(self, value: bool) -> str:
        return _now("not yet") if value else _now("yes")

    def value_owes(self, value: bool) -> str:
        return "no" if value else "yes"

    def render_score(self, record: dict[str, Any]) -> str:
        """ "–" where nothing is agreed: not screened is not 0."""
        return str(record["score"] or "–")

    def value_score(self, record: dict[str, Any]) -> str:
        return str(record["score"])
