"""Pages of instruments: the catalogue with its sources, and what was answered to one of them on one thing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import INSIDERS, SECRETARIAT, SIGNED_IN, Actor, acting, open_to
from jwp.core.door import Refused
from jwp.core.forms import attempt
from jwp.core.models import Entry, Partnership
from jwp.instruments import actions
from jwp.instruments.access import MAY_CONFIRM, stages_open_to, visible_sheets
from jwp.instruments.crosswalk import crosswalk
from jwp.instruments.editions import base_of, latest
from jwp.instruments.editions import instrument as find
from jwp.instruments.editions import instruments as found_everywhere
from jwp.instruments.forms import SheetForm, WordingForm, as_filled
from jwp.instruments.models import AnswerSheet, Edition
from jwp.instruments.rules import (
    NEVER_DECIDE,
    Answer,
    Choice,
    Classes,
    Cut,
    Instrument,
    Profile,
    Scored,
    may_decide,
    options,
    questions,
    unproven,
)
from jwp.instruments.sheets import scored as scored_sheet
from jwp.instruments.subjects import subjects
from jwp.instruments.tables import SheetFilter, SheetTable
from jwp.instruments.words import KINDS, UNITS, WORDINGS, lacks, local, question, result, trap
from jwp.instruments.xlsform import as_form
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50
SHEETS_SHOWN = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@open_to(SIGNED_IN)
@require_safe
def instruments(request: HttpRequest) -> HttpResponse:
    """One entry an id: its newest version, with the way to those before it."""
    words = request.GET.get("q", "").strip()
    by_id: dict[str, list[Instrument]] = {}
    for one in found_everywhere():
        if all(
            word.casefold() in f"{one.id} {local(one.name)} {local(one.about)}".casefold() for word in words.split()
        ):
            by_id.setdefault(one.id, []).append(one)
    rows = [(new, local(new.name), local(new.about), KINDS[type(new).__name__], old) for new, *old in by_id.values()]
    return render(request, "instruments/list.html", {"instruments": rows, "q": words})


@open_to(SIGNED_IN)
@require_safe
def crosswalk_page(request: HttpRequest) -> HttpResponse:
    """A row a scale, so that what has equal merit stands side by side."""
    table = crosswalk()
    scales = [one for id_ in table.scales if (one := latest(id_))]
    rows = [(one, local(one.name), [local(row.cells.get(one.id, {})) for row in table.rows]) for one in scales]
    context = {
        "note": local(table.note),
        "meanings": [local(row.name) for row in table.rows],
        "rows": rows,
        "crumbs": _crumbs(),
    }
    return render(request, "instruments/crosswalk.html", context)


@open_to(*INSIDERS)
@require_safe
def sheets(request: HttpRequest) -> HttpResponse:
    found = SheetFilter(request.GET, visible_sheets(acting(request)))
    table = SheetTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, "answers", Partnership.get())
    asked = request.GET.copy()
    asked["export"] = "csv"
    table.export_url = f"?{asked.urlencode()}"
    return render(request, "instruments/sheets.html", {"filter": found, "table": table, "crumbs": _crumbs()})


@open_to(SIGNED_IN)
@require_safe
def instrument(request: HttpRequest, name: str, version: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    languages = dict(settings.LANGUAGES)
    newest = latest(shown.id)
    context = {
        "instrument": shown,
        "newest": None if newest == shown else newest,
        "edition": Edition.objects.filter(base__startswith=f"{shown.id}@", version=shown.version).first(),
        "name": local(shown.name),
        "about": local(shown.about),
        "options": [(local(option.name), local(option.means)) for option in options(shown)],
        "groups": [(local(group.name), [local(item.name) for item in group.items]) for group in shown.groups]
        if isinstance(shown, Profile)
        else [],
        "applies_to": local(shown.applies_to) if isinstance(shown, Choice) else "",
        "units": [UNITS[unit] for unit in shown.units],
        "gates": may_decide(shown),
        "never": NEVER_DECIDE.get(shown.id, ""),
        "translations": [(languages[code], origin) for code, origin in shown.translations.items()],
        "sheets": _named(
            visible_sheets(actor).filter(instrument=shown.pin).order_by("-answered_on", "subject")[:SHEETS_SHOWN]
        ),
        "may_fill": bool(stages_open_to(actor)),
        "may_confirm": actor.has(*MAY_CONFIRM) and base_of(shown) is not None,
        "crumbs": _crumbs(),
    }
    if isinstance(shown, Classes | Cut):
        context |= _side_by_side(shown)
    return render(request, "instruments/detail.html", context)


@open_to(SIGNED_IN)
@require_safe
def xlsform(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """The form for Kobo or ODK, in three languages, opening in the reader's."""
    shown = _or_404(name, version)
    response = HttpResponse(as_form(shown, (get_language() or "en").split("-")[0]), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{shown.id}-{shown.version}.xlsx"'
    return response


def _named(sheets: Iterable[AnswerSheet]) -> list[tuple[AnswerSheet, str]]:
    """Each with the name of what it is about."""
    found = list(sheets)
    names = subjects(sheet.subject for sheet in found)
    return [(sheet, names.get(sheet.subject, sheet.subject)) for sheet in found]


def _side_by_side(shown: Classes | Cut) -> dict[str, Any]:
    """Classes beside each other, each with its own needs; or the codes of a cut and what they follow from."""
    if isinstance(shown, Cut):
        phases = [(phase, ", ".join(items)) for phase, items in shown.phases.items()]
        asked = [(one.code, local(one.name), one.key, WORDINGS[one.wording], one.wording) for one in shown.items]
        codes = [(one.code, local(one.name), WORDINGS[one.wording], one.wording) for one in shown.codes]
        return {"measures": asked, "codes": codes, "phases": phases}
    columns = [
        (one.code, local(one.name), local(one.means), one.also_written, WORDINGS[one.wording], one.wording)
        for one in shown.classes
    ]
    criteria = [
        (local(c.name), WORDINGS[c.wording], c.wording, [(one.code, c.code in one.needs) for one in shown.classes])
        for c in shown.criteria
    ]
    refused = [(one.code, local(one.because)) for one in shown.refused]
    return {"classes": columns, "criteria": criteria, "refused": refused}


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: HttpRequest, name: str, version: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    form = SheetForm(
        request.POST or None, instrument=shown, stages=stages_open_to(actor), initial=_initial(request, actor, shown)
    )

    def act() -> AnswerSheet:
        given = form.cleaned_data
        _not_elsewhere(shown, given["subject"])
        return actions.fill(actor, shown.pin, given["subject"], given["stage"], form.answers(), **form.circumstances())

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


def _not_elsewhere(shown: Instrument, subject: str) -> None:
    """What is funded is screened and rated on its own page: there its marker, or a condition, follows from it."""
    followed = may_decide(shown) or shown.id in NEVER_DECIDE
    if followed and Entry.objects.filter(ref=subject, noun__startswith="grants.").exists():
        page = reverse("gender:worksheet", args=[subject])
        raise Refused(_("This is screened on its own page: %(page)s") % {"page": page})


def _initial(request: HttpRequest, actor: Actor, shown: Instrument) -> dict[str, str]:
    """What is there already of the sheet asked for, so that answering anew changes only what is typed."""
    asked = {name: request.GET.get(name, "") for name in ("subject", "stage", "phase")}
    asked["stage"] = asked["stage"] or AnswerSheet.Stage.SELF
    there = visible_sheets(actor).filter(instrument=shown.pin, subject=asked["subject"], phase=asked["phase"])
    by_stage = {sheet.stage: sheet for sheet in there.prefetch_related("answers")}
    # Whoever agrees starts from what was proposed.
    sheet = by_stage.get(asked["stage"]) or by_stage.get(AnswerSheet.Stage.SELF)
    return (as_filled(sheet) if sheet else {}) | asked


@open_to(*MAY_CONFIRM)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, name: str, version: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    base = base_of(shown)
    newest = latest(shown.id)
    if base is None or newest is None:
        raise Http404
    # Whoever opens an older version confirms on top of the newest, so that nothing confirmed before is lost.
    form = WordingForm(request.POST or None, instrument=newest)

    def act() -> Edition:
        given = form.cleaned_data
        return actions.confirm(actor, newest.pin, form.confirmed(), source=given["source"], page=given["page"])

    if request.method == "POST" and (edition := attempt(form, act)):
        messages.success(request, _("Saved as version %(version)s.") % {"version": edition.version})
        return redirect("instruments:detail", name, edition.version)
    crumbs = _crumbs(shown)
    context = {"form": form, "instrument": newest, "name": local(newest.name), "crumbs": crumbs, "back": crumbs[-1][1]}
    return render(request, "instruments/wording.html", context)


@dataclass(frozen=True)
class Row:
    """One question, with what each stage answered."""

    question: str
    answers: list[tuple[str, str, str, str]]  # stage, word, quote, link
    same: str  # "" where only one stage, or none, has anything to compare


@open_to(*INSIDERS)
@require_safe
def subject(request: HttpRequest, name: str, version: str, subject: str) -> HttpResponse:
    actor = acting(request)
    shown = _or_404(name, version)
    found = visible_sheets(actor).filter(instrument=shown.pin, subject=subject)
    stages, phases = list(AnswerSheet.Stage.values), ["", *AnswerSheet.Phase.values]
    sheets = sorted(
        found.prefetch_related("answers"),
        key=lambda sheet: (phases.index(sheet.phase), stages.index(sheet.stage)),
    )
    if not sheets:
        raise Http404
    given = [{answer.item: answer for answer in sheet.given()} for sheet in sheets]
    rows = []
    for item in questions(shown):
        words = {option.code: local(option.name) for option in options(shown, item)}
        answers = [one.get(item) or Answer(item, "") for one in given]
        said = [
            (sheet.get_stage_display(), words.get(answer.value, answer.value), answer.quote, answer.link)
            for sheet, answer in zip(sheets, answers, strict=True)
        ]
        values = {answer.value for answer in answers}
        same = "" if len(sheets) == 1 or values == {""} else _("same") if len(values) == 1 else _("differs")
        rows.append(Row(question(shown, item), said, same))
    answered = given[-1].keys()
    scores = [scored_sheet(sheet) for sheet in sheets]
    context = {
        "instrument": shown,
        "name": local(shown.name),
        "subject": subject,
        "called": subjects([subject]).get(subject, subject),
        "sheets": sheets,
        "rows": rows,
        "scores": [] if isinstance(shown, Profile) else [(result(one), one) for one in scores if one],
        "said": [_said(shown, one) for one in scores[-1:] if one and not isinstance(shown, Choice)],
        "unproven": [question(shown, item) for item in unproven(shown, given[-1].values()) if item in answered],
        "may_fill": bool(stages_open_to(actor)),
        "crumbs": _crumbs(shown),
    }
    return render(request, "instruments/subject.html", context)


def _said(shown: Instrument, scored: Scored) -> dict[str, Any]:
    """What the latest sheet lacks, and what it may have fallen into, in words."""
    return {
        "lacking": [(question(shown, one.item), lacks(one.lacks)) for one in scored.lacking],
        "warnings": [(question(shown, one.item), one.passage, trap(one.trap)) for one in scored.warnings],
        "undecided": scored.undecided,
    }


def _or_404(name: str, version: str) -> Instrument:
    found = find(f"{name}@{version}")
    if found is None:
        raise Http404
    return found


def _crumbs(instrument: Instrument | None = None) -> list[Crumb]:
    crumbs = [(_("Instruments"), reverse("instruments:list"))]
    if instrument is None:
        return crumbs
    page = reverse("instruments:detail", args=[instrument.id, instrument.version])
    return [*crumbs, (local(instrument.name), page)]
