"""Dated rates: the list, several pasted at once, and putting one right that nothing stands on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jwp.core.access import INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.plans.access import FINANCE, keeps_money, visible_rates
from jwp.plans.actions import money
from jwp.plans.forms import RateForm, RatesForm
from jwp.plans.rules.money import RATE_LASTS
from jwp.plans.tables import RateFilter, RateTable
from jwp.plans.views.funds import home_crumb
from jwp.plans.views.paging import Crumbs, form_page, list_page


def _crumbs() -> Crumbs:
    return [*home_crumb(), (_("Rates"), reverse("plans:rates"))]


@open_to(*INSIDERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = RateFilter(request.GET, visible_rates(actor))
    table = RateTable(found.qs, exclude=() if keeps_money(actor) else ("ref",))
    context = {
        "filter": found, "heading": _("Rates"), "crumbs": home_crumb(), "writes": keeps_money(actor),
        "days": RATE_LASTS.days,
    }  # fmt: skip
    return list_page(request, table, "rates", "plans/rates.html", context)


@open_to(*FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    form = RatesForm(request.POST or None)
    added = attempt(form, lambda: money.add_rates(acting(request), form.rates))
    if added is not None:
        messages.success(request, ngettext("%(n)d rate added.", "%(n)d rates added.", added) % {"n": added})
        return redirect("plans:rates")
    return form_page(request, form, _("Add rates"), _crumbs())


@open_to(*FINANCE)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    form = RateForm(request.POST or None, instance=visible_or_404(visible_rates(acting(request)), ref))
    if attempt(form, lambda: money.change_rate(acting(request), ref, form.opened_at, **form.values)):
        return redirect("plans:rates")
    return form_page(request, form, _("Put the rate right"), _crumbs())
