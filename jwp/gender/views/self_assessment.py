"""A team's own Gender with Age Marker: in full for the team, one or two measures for whoever vets, no one else's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from jwp.core.access import SECRETARIAT, Actor, acting, open_to
from jwp.core.forms import attempt
from jwp.gender.views.screening import crumbs, phase_word
from jwp.grants.access import visible_items
from jwp.grants.actions.self_assessment import (
    MOST,
    assess,
    choose,
    found,
    gam,
    in_team,
    may_check,
    phase_of,
    spot_check,
)
from jwp.grants.models import FundedItem
from jwp.grants.rules.marking import LIVING
from jwp.instruments.forms import SheetForm, as_filled
from jwp.instruments.models import AnswerSheet
from jwp.instruments.rules import Answer
from jwp.instruments.sheets import scored
from jwp.instruments.words import local, question, result


class SelfForm(SheetForm):
    """The measures of one phase."""

    def __init__(self, *args: Any, phase: str, **options_: Any) -> None:
        super().__init__(*args, instrument=gam(), stages=[AnswerSheet.Stage.SELF], **options_)
        measures = gam().phases[phase]
        kept = {"reason", *measures, gam().item_suffix, *(one.code for one in gam().exempt)}
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        self.shown = [name for name in self.fields if name != "reason"]

    def asked(self) -> list[tuple[str, list[Any]]]:
        return [("", [self.inputs(item) for item in self.shown])]

    def answers(self) -> list[Answer]:
        return [Answer(item, self.cleaned_data[item]) for item in self.shown if self.cleaned_data[item]]


class ChooseForm(forms.Form):
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Look at one or two of these"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Chosen once for this phase. The team sees what you chose."),
    )  # fmt: skip

    def __init__(self, *args: Any, phase: str, **options_: Any) -> None:
        super().__init__(*args, **options_)
        self.fields["measures"].choices = [  # type: ignore[attr-defined]
            (code, question(gam(), code)) for code in gam().phases[phase]
        ]


class FoundForm(forms.Form):
    said = forms.CharField(label=gettext_lazy("What you found"), widget=forms.Textarea(attrs={"rows": 3}))


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    item = visible_items(actor).filter(ref=ref, state__in=LIVING).first()
    if item is None or not (in_team(actor, item) or may_check(actor, item)):
        raise Http404
    return _team(request, actor, item) if in_team(actor, item) else _checker(request, actor, item)


def _team(request: HttpRequest, actor: Actor, item: FundedItem) -> HttpResponse:
    phase, sheet = phase_of(item), _sheet(item)
    form = SelfForm(request.POST or None, phase=phase, initial=as_filled(sheet) | {"reason": ""} if sheet else None)

    def act() -> AnswerSheet:
        return assess(actor, item.ref, form.answers(), form.cleaned_data["reason"])

    if request.method == "POST" and attempt(form, act) is not None:
        messages.success(request, _("Saved."))
        return redirect("gender:self_assessment", item.ref)
    rolled = scored(sheet) if sheet else None
    context = {"form": form, "code": result(rolled) if rolled else "", "undecided": rolled and rolled.undecided}
    return _render(request, item, sheet, context)


def _checker(request: HttpRequest, actor: Actor, item: FundedItem) -> HttpResponse:
    checked, phase = spot_check(item), phase_of(item)
    sent = request.POST or None
    form: forms.Form = ChooseForm(sent, phase=phase) if checked is None else FoundForm(sent)

    def act() -> bool:
        given = form.cleaned_data
        if checked is None:
            choose(actor, item.ref, given["measures"])
        else:
            found(actor, item.ref, given["said"])
        return True

    if request.method == "POST" and attempt(form, act):
        return redirect("gender:self_assessment", item.ref)
    return _render(request, item, _sheet(item), {"check": form})


def _render(request: HttpRequest, item: FundedItem, sheet: AnswerSheet | None, more: dict[str, Any]) -> HttpResponse:
    checked = spot_check(item)
    given = {one.item: one.value for one in sheet.given()} if sheet else {}
    names = {one.code: f"{one.code} {local(one.name)}" for one in gam().codes}
    looked_at = checked.measures[:MOST] if checked else []
    context = {
        "item": item,
        "phase": phase_word(phase_of(item)),
        "name": local(gam().name),
        "instrument": gam(),
        "sheet": sheet,
        "checked": [(question(gam(), code), names.get(given.get(code, ""), "–")) for code in looked_at],
        "said": checked.said if checked else [],
        "crumbs": crumbs((item.title, reverse("gender:worksheet", args=[item.ref]))),
    }
    return render(request, "gender/self_assessment.html", context | more)


def _sheet(item: FundedItem) -> AnswerSheet | None:
    sheets = AnswerSheet.objects.filter(subject=item.ref, instrument=gam().pin, phase=phase_of(item), anonymous=False)
    found_: AnswerSheet | None = sheets.select_related("by").prefetch_related("answers").first()
    return found_
