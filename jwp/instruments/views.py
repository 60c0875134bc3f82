"""Pages of instruments: the catalogue with its sources, and what was answered to one of them on one thing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jwp.core.access import INSIDERS, SECRETARIAT, SIGNED_IN, acting, open_to
from jwp.instruments import actions
from jwp.instruments.access import stages_open_to, visible_sheets
from jwp.instruments.forms import SheetForm
from jwp.instruments.loader import shelf
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Choice, Instrument, Profile, options, questions, unproven
from jwp.instruments.words import local, question
from jwp.partners.views.editing import Crumb, edit


@open_to(SIGNED_IN)
@require_safe
def instruments(request: HttpRequest) -> HttpResponse:
    found = [(one, local(one.name), local(one.about)) for one in shelf().values()]
    return render(request, "instruments/list.html", {"instruments": found})


@open_to(SIGNED_IN)
@require_safe
def instrument(request: HttpRequest, name: str, version: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    languages = dict(settings.LANGUAGES)
    context = {
        "instrument": shown,
        "name": local(shown.name),
        "about": local(shown.about),
        "options": [(local(option.name), local(option.means)) for option in options(shown)],
        "groups": [(local(group.name), [local(item.name) for item in group.items]) for group in shown.groups]
        if isinstance(shown, Profile)
        else [],
        "applies_to": local(shown.applies_to) if isinstance(shown, Choice) else "",
        "translations": [(languages[code], origin) for code, origin in shown.translations.items()],
        "sheets": visible_sheets(actor).filter(instrument=shown.pin).order_by("subject", "answered_on"),
        "may_fill": bool(stages_open_to(actor)),
        "crumbs": _crumbs(),
    }
    return render(request, "instruments/detail.html", context)


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, name: str, version: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    initial = {"subject": request.GET.get("subject", "")}
    form = SheetForm(request.POST or None, instrument=shown, stages=stages_open_to(actor), initial=initial)

    def act() -> AnswerSheet:
        given = form.cleaned_data
        return actions.fill(actor, shown.pin, given["subject"], given["stage"], form.answers())

    return edit(
        request, form, act, heading=local(shown.name), crumbs=_crumbs(shown),
        then=lambda sheet: reverse("instruments:subject", args=[name, version, sheet.subject]),
        lead=local(shown.about),
    )  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One question, with what each stage answered."""

    question: str
    answers: list[tuple[str, str, str]]  # word, quote, link
    differ: bool


@open_to(*INSIDERS)
@require_safe
def subject(request: HttpRequest, name: str, version: str, subject: str) -> HttpResponse:
    shown = _or_404(name, version)
    found = visible_sheets(acting(request)).filter(instrument=shown.pin, subject=subject)
    order = list(AnswerSheet.Stage)
    sheets = sorted(
        found.prefetch_related("answers"), key=lambda sheet: order.index(AnswerSheet.Stage(sheet.stage))
    )
    if not sheets:
        raise Http404
    words = {option.code: local(option.name) for option in options(shown)}
    given = [{answer.item: answer for answer in sheet.given()} for sheet in sheets]
    rows = []
    for item in questions(shown):
        answers = [one.get(item) for one in given]
        said = [(words.get(a.value, a.value), a.quote, a.link) if a else ("", "", "") for a in answers]
        rows.append(Row(question(shown, item), said, len({a.value if a else "" for a in answers}) > 1))
    context = {
        "instrument": shown,
        "name": local(shown.name),
        "subject": subject,
        "sheets": sheets,
        "rows": rows,
        "unproven": [question(shown, item) for item in unproven(shown, sheets[-1].given())],
        "crumbs": _crumbs(shown),
    }
    return render(request, "instruments/subject.html", context)


def _or_404(name: str, version: str) -> Instrument:
    found = shelf().get(f"{name}@{version}")
    if found is None:
        raise Http404
    return found


def _crumbs(instrument: Instrument | None = None) -> list[Crumb]:
    crumbs = [(_("Instruments"), reverse("instruments:list"))]
    if instrument is None:
        return crumbs
    page = reverse("instruments:detail", args=[instrument.id, instrument.version])
    return [*crumbs, (local(instrument.name), page)]
