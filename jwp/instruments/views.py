"""Pages of instruments: the catalogue with its sources, and what was answered to one of them on one thing."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jwp.core.access import INSIDERS, SECRETARIAT, SIGNED_IN, acting, open_to
from jwp.core.forms import attempt
from jwp.instruments import actions
from jwp.instruments.access import stages_open_to, visible_sheets
from jwp.instruments.forms import SheetForm
from jwp.instruments.loader import shelf
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer, Choice, Instrument, Profile, options, questions, unproven
from jwp.instruments.words import local, question
from jwp.partners.views.editing import Crumb


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

    if request.method == "POST" and (sheet := attempt(form, act)):
        messages.success(request, _("Saved."))
        return redirect("instruments:subject", name, version, sheet.subject)
    crumbs = _crumbs(shown)
    context = {
        "form": form,
        "heading": local(shown.name),
        "lead": local(shown.about),
        "crumbs": crumbs,
        "back": crumbs[-1][1],
    }
    return render(request, "instruments/fill.html", context)


@dataclass(frozen=True)
class Row:
    """One question, with what each stage answered."""

    question: str
    answers: list[tuple[str, str, str, str]]  # stage, word, quote, link
    same: str  # "" where only one stage, or none, has anything to compare


@open_to(*INSIDERS)
@require_safe
def subject(request: HttpRequest, name: str, version: str, subject: str) -> HttpResponse:
    shown = _or_404(name, version)
    found = visible_sheets(acting(request)).filter(instrument=shown.pin, subject=subject)
    order = list(AnswerSheet.Stage)
    sheets = sorted(found.prefetch_related("answers"), key=lambda sheet: order.index(AnswerSheet.Stage(sheet.stage)))
    if not sheets:
        raise Http404
    words = {option.code: local(option.name) for option in options(shown)}
    given = [{answer.item: answer for answer in sheet.given()} for sheet in sheets]
    rows = []
    for item in questions(shown):
        answers = [one.get(item) or Answer(item, "") for one in given]
        said = [
            (sheet.get_stage_display(), words.get(answer.value, answer.value), answer.quote, answer.link)
            for sheet, answer in zip(sheets, answers, strict=True)
        ]
        values = {answer.value for answer in answers}
        same = "" if len(sheets) == 1 or values == {""} else _("same") if len(values) == 1 else _("differs")
        rows.append(Row(question(shown, item), said, same))
    answered = given[-1].keys()
    context = {
        "instrument": shown,
        "name": local(shown.name),
        "subject": subject,
        "sheets": sheets,
        "rows": rows,
        "unproven": [question(shown, item) for item in unproven(shown, given[-1].values()) if item in answered],
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
