"""One worksheet: the proposal beside the criteria; signed by a proposer, agreed by somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jwp.core.access import DIRECTOR, GENDER_TEAM, INSIDERS, SECRETARIAT, Actor, acting, open_to
from jwp.core.forms import attempt
from jwp.gender.screening.forms import ResultForm, StatementForm, WorksheetForm
from jwp.gender.screening.worksheet import (
    Proposal,
    Turn,
    history,
    linked,
    page_of,
    proposal_of,
    start_from,
    turn,
)
from jwp.gender.views.screening import crumbs, phase_word
from jwp.grants.access import visible_items
from jwp.grants.actions.gate import passage_for
from jwp.grants.actions.screening import Subject, phase_of, rate_result, read_statement, screen, subject_of, whole
from jwp.grants.actions.self_assessment import in_team, may_check
from jwp.grants.models import Application, FundedItem
from jwp.grants.rules.life import FUNDED
from jwp.grants.rules.marking import LIVING, RESULT, STATEMENT
from jwp.grants.screening import alerts
from jwp.grants.words import gate_lacks
from jwp.instruments.editions import latest
from jwp.instruments.forms import as_filled
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import SCORE, Answer, Choice, Classes, Scored, options, score
from jwp.instruments.words import lacks, local, question, result, trap

STATEMENT_STATES = ("submitted", "eligible")
Stage = AnswerSheet.Stage


@open_to(*INSIDERS)
@require_safe
def worksheet(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    subject = _or_404(actor, ref)
    if _is_note(actor, subject):
        return _statement_page(request, subject)
    return _page(request, subject)


@open_to(*SECRETARIAT)
@require_POST
def sign(request: HttpRequest, ref: str) -> HttpResponse:
    """Sign the sheet whose turn it is; `check` only says what the answers show so far."""
    actor = acting(request)
    subject = _or_404(actor, ref)
    if _is_note(actor, subject):
        return _read(request, actor, subject)
    now, proposal = turn(actor, subject), proposal_of(subject)
    form = _form(now, subject, request.POST)
    if "check" in request.POST:
        form.is_valid()
        said = _said(now.instrument, _answers(form, proposal), proposal.text)
        if request.headers.get("X-Requested-With") == "fetch":
            return render(request, "gender/worksheet_shows.html", {"said": said})
        return _page(request, subject, form, said)
    if not now.stage:
        messages.error(request, now.why)
        return redirect("gender:worksheet", ref)

    def act() -> AnswerSheet:
        return screen(
            actor, ref, now.stage, _answers(form, proposal), pin=now.instrument.pin, phase=now.phase,
            reason=form.cleaned_data["reason"], condition=form.promise(),
        )  # fmt: skip

    if attempt(form, act) is not None:
        agreed = now.stage == Stage.AGREED
        messages.success(request, _("Agreed.") if agreed else _("Saved. It waits for somebody else now."))
        return redirect("gender:worksheet", ref)
    return _page(request, subject, form)


def _page(
    request: HttpRequest, subject: Subject, form: WorksheetForm | None = None, said: dict[str, Any] | None = None
) -> HttpResponse:
    actor = acting(request)
    now, proposal = turn(actor, subject), proposal_of(subject)
    of = whole(subject)
    form = form or _form(now, subject)
    opened = start_from(now)
    if said is None and (form.is_bound or opened is not None):
        given = _answers(form, proposal) if form.is_bound else opened.given() if opened else []
        said = _said(now.instrument, given, proposal.text)
    found = passage_for(of, "sign" if isinstance(of, FundedItem) else "approve in principle", actor.today)
    shut = isinstance(of, FundedItem) and of.state == "planned" and not found.open
    context = {
        "subject": subject,
        "of": of,
        "page": page_of(of),
        "proposal": proposal,
        "now": now,
        "phase": phase_word(now.phase),
        "name": local(now.instrument.name),
        "form": form,
        "may_sign": bool(now.stage) and actor.has(*SECRETARIAT),
        "button": _button(now),
        "said": said,
        "signed": [_signed(now.instrument, sheet, proposal) for sheet in _ordered(now)],
        "from_before": opened if opened is not None and opened not in now.beside.values() else None,
        "missing": [gate_lacks(one) for one in found.missing] if shut else [],
        "may_override": shut and actor.has(DIRECTOR),
        "history": history(subject.ref),
        "parts": of.parts.all() if isinstance(of, FundedItem) else [],
        "alert": isinstance(of, FundedItem) and alerts(FundedItem.objects.filter(pk=of.pk)).exists(),
        "self_assessed": isinstance(of, FundedItem) and _sees_self_assessment(actor, of),
        "may_rate": isinstance(of, FundedItem) and of.state in FUNDED and actor.has(*SECRETARIAT),
        "crumbs": crumbs(),
    }
    return render(request, "gender/worksheet.html", context)


def _sees_self_assessment(actor: Actor, item: FundedItem) -> bool:
    return item.state in LIVING and (in_team(actor, item) or may_check(actor, item))


def _button(now: Turn) -> str:
    if now.stage == Stage.AGREED in now.beside:
        return _("Change what I agreed to")
    return _BUTTONS[Stage(now.stage)]() if now.stage else ""


_BUTTONS = {
    Stage.SELF: lambda: _("Propose"),
    Stage.REVIEWED: lambda: _("Sign as the second reader"),
    Stage.AGREED: lambda: _("Agree"),
}


def _form(now: Turn, subject: Subject, sent: Any = None) -> WorksheetForm:
    opened = start_from(now)
    initial = as_filled(opened) if opened is not None else {}
    initial["reason"] = ""
    return WorksheetForm(
        sent, instrument=now.instrument, stage=now.stage, may_set_condition=isinstance(subject, FundedItem),
        initial=initial,
    )  # fmt: skip


def _answers(form: WorksheetForm, proposal: Proposal) -> list[Answer]:
    """What was typed, as far as it can be read; a passage of the proposal linked to it."""
    given = form.cleaned_data
    typed = [
        Answer(item, given.get(item, ""), given.get(f"{item}.quote", ""), given.get(f"{item}.link", ""))
        for item in (SCORE, *(c.code for c in form.classes.criteria))
        if given.get(item)
    ]
    return linked(typed, proposal)


def _said(instrument: Classes, answers: list[Answer], text: str) -> dict[str, Any]:
    """What these answers show: the class, what its criteria lack, and passages to look at again."""
    found: Scored = score(instrument, answers, text=text)
    declared = instrument.find(found.declared) if found.declared else None
    return {
        "declared": f"{declared.code} {local(declared.name)}" if declared else "",
        "shown": _class(instrument, found.score) if found.score else result(found),
        "stands": found.stands,
        "lacking": [(question(instrument, one.item), lacks(one.lacks)) for one in found.lacking],
        "warnings": [
            (one.item, question(instrument, one.item) if one.item else _("The proposal"), one.passage, trap(one.trap))
            for one in found.warnings
        ],
    }


def _class(instrument: Classes, code: str) -> str:
    one = instrument.find(code)
    return f"{one.code} {local(one.name)}" if one else code


def _ordered(now: Turn) -> list[AnswerSheet]:
    return [now.beside[stage] for stage in (Stage.SELF, Stage.REVIEWED, Stage.AGREED) if stage in now.beside]


def _signed(instrument: Classes, sheet: AnswerSheet, proposal: Proposal) -> dict[str, Any]:
    given = {one.item: one for one in sheet.given()}
    nothing = Answer("", "")
    words = {option.code: local(option.name) for option in options(instrument, instrument.criteria[0].code)}
    return {
        "sheet": sheet,
        "declared": _class(instrument, given[SCORE].value) if SCORE in given else _("none"),
        "shown": _class(instrument, sheet.score) if sheet.score else _("not screened"),
        "criteria": [
            (local(c.name), words.get(one.value, "–"), one.quote, one.link)
            for c in instrument.criteria
            for one in [given.get(c.code, nothing)]
        ],
    }


# A concept note's statement: one choice, one sentence.


def _is_note(actor: Actor, subject: Subject) -> bool:
    """Unless a gate stands before approval in principle: then the worksheet is asked at once."""
    early = isinstance(subject, Application) and subject.state in STATEMENT_STATES
    return early and not phase_of(subject, actor.today)


def _statement_page(request: HttpRequest, subject: Subject, form: StatementForm | None = None) -> HttpResponse:
    assert isinstance(subject, Application)
    asked = _choice(STATEMENT)
    read = AnswerSheet.objects.filter(subject=subject.ref, instrument__startswith=f"{STATEMENT}@", anonymous=False)
    sheet = read.select_related("by").prefetch_related("answers").first()
    said = sheet.given()[0] if sheet and sheet.given() else None
    initial = {"answer": said.value, "sentence": said.quote} if said else None
    words = {option.code: local(option.name) for option in options(asked)}
    context = {
        "subject": subject,
        "page": page_of(subject),
        "form": form or StatementForm(instrument=asked, initial=initial),
        "sheet": sheet,
        "word": words.get(said.value, said.value) if said else "",
        "sentence": said.quote if said else "",
        "may_sign": acting(request).has(*SECRETARIAT),
        "history": history(subject.ref),
        "crumbs": crumbs(),
    }
    return render(request, "gender/statement.html", context)


def _read(request: HttpRequest, actor: Actor, subject: Subject) -> HttpResponse:
    form = StatementForm(request.POST, instrument=_choice(STATEMENT))

    def act() -> AnswerSheet:
        given = form.cleaned_data
        return read_statement(actor, subject.ref, given["answer"], given["sentence"], given["reason"])

    if attempt(form, act) is not None:
        messages.success(request, _("Saved."))
        return redirect("gender:worksheet", subject.ref)
    return _statement_page(request, subject, form)


# What came of it, as an evaluator saw it.


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    item = visible_items(actor).filter(ref=ref, state__in=FUNDED).first()
    if item is None:
        raise Http404
    scale = _choice(RESULT)
    sheets = AnswerSheet.objects.filter(subject=ref, instrument=scale.pin, anonymous=False).prefetch_related("answers")
    said = next((one for sheet in sheets for one in sheet.given()), None)
    initial = {"level": said.value, "quote": said.quote, "link": said.link} if said else None
    form = ResultForm(request.POST or None, instrument=scale, initial=initial)

    def act() -> AnswerSheet:
        return rate_result(actor, ref, **form.cleaned_data)

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Saved."))
        return redirect("gender:worksheet", ref)
    context = {
        "form": form,
        "item": item,
        "scale": scale,
        "name": local(scale.name),
        "about": local(scale.about),
        "crumbs": crumbs((item.title, reverse("gender:worksheet", args=[ref]))),
        "team": actor.has(GENDER_TEAM),
    }
    return render(request, "gender/rate.html", context)


def _choice(id_: str) -> Choice:
    found = latest(id_)
    assert isinstance(found, Choice)  # ships
    return found


def _or_404(actor: Actor, ref: str) -> Subject:
    found = subject_of(actor, ref)
    if found is None:
        raise Http404
    return found
