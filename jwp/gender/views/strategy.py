"""Strategy periods, each with its own business lines and themes, and what these became in the next."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from jwp.core.access import DIRECTOR, GENDER_TEAM, INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import RowForm, attempt
from jwp.core.models import Row
from jwp.gender.forms import LineForm, PeriodForm, ThemeForm
from jwp.plans.actions import plan as plans
from jwp.plans.models import BusinessLine, StrategyPeriod, Theme

TEAM = (GENDER_TEAM, DIRECTOR)
NOUNS: dict[str, tuple[type[Row], type[RowForm], Any]] = {
    "period": (StrategyPeriod, PeriodForm, _("Strategy period")),
    "line": (BusinessLine, LineForm, _("Business line")),
    "theme": (Theme, ThemeForm, _("Theme")),
}


@open_to(*INSIDERS)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    periods = StrategyPeriod.objects.prefetch_related("business_lines__predecessors", "themes__predecessors", "plans")
    return render(request, "gender/strategy.html", {"periods": periods, "team": acting(request).has(*TEAM)})


@open_to(*TEAM)
def new(request: HttpRequest, noun: str) -> HttpResponse:
    model, form_class, label = _noun(noun)
    form = form_class(request.POST or None, initial={"period": request.GET.get("period")})

    def added() -> Row:
        return plans.add_row(acting(request), model(**form.values))

    if request.method == "POST" and attempt(form, added) is not None:
        return redirect("gender:strategy")
    return _form(request, form, label)


@open_to(*TEAM)
def change(request: HttpRequest, noun: str, ref: str) -> HttpResponse:
    model, form_class, label = _noun(noun)
    form = form_class(request.POST or None, instance=visible_or_404(model.objects.all(), ref))

    def changed() -> Row:
        return plans.change_row(acting(request), model, ref, form.opened_at, **form.values)

    if request.method == "POST" and attempt(form, changed) is not None:
        return redirect("gender:strategy")
    return _form(request, form, label)


def _noun(noun: str) -> tuple[type[Row], type[RowForm], Any]:
    if noun not in NOUNS:
        raise Http404
    return NOUNS[noun]


def _form(request: HttpRequest, form: RowForm, heading: Any) -> HttpResponse:
    crumbs = [(_("Strategy periods"), reverse("gender:strategy"))]
    return render(request, "gender/form.html", {"form": form, "heading": heading, "crumbs": crumbs})
