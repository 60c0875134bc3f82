"""Money: each fund with what was contributed, budgeted and left; one fund's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.money import Money
from jwp.plans.access import FINANCE, keeps_money, visible_budget, visible_contributions, visible_funds, work_plans
from jwp.plans.actions import money
from jwp.plans.actions.plan import PLANNERS
from jwp.plans.forms import FundForm, InOneForm
from jwp.plans.pots import InOne, Totals, by_currency, in_fund, in_one, pots
from jwp.plans.rules.money import NoRate
from jwp.plans.tables import FundFilter, FundTable
from jwp.plans.views.paging import Crumbs, form_page, list_page
from jwp.plans.words import no_rate


def home_crumb() -> Crumbs:
    return [(_("Money"), reverse("plans:money"))]


@open_to(*INSIDERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = FundFilter(request.GET, visible_funds(actor))
    standing = pots(found.qs)
    sums = by_currency(standing.values())
    asked = _asked(request)
    converted, why_not = _converted(asked, sums)
    context = {
        "filter": found, "heading": _("Money"), "sums": sums, "asked": asked, "converted": converted,
        "why_not": why_not, "plans": work_plans(actor), "writes": keeps_money(actor), "plans_too": actor.has(*PLANNERS),
    }  # fmt: skip
    return list_page(request, FundTable(found.qs, pots=standing), "funds", "plans/money.html", context)


def _asked(request: HttpRequest) -> InOneForm:
    """A total in one currency is shown only to who asks for it; its fields stand apart from the filter's."""
    names = ("one-currency", "one-on")
    given = request.GET if any(request.GET.get(name) for name in names) else None
    return InOneForm(given, prefix="one", initial={"on": acting(request).today})


def _converted(asked: InOneForm, sums: list[Totals]) -> tuple[InOne | None, str]:
    if not (asked.is_bound and asked.is_valid() and sums):
        return None, ""
    try:
        return in_one(sums, asked.cleaned_data["currency"], asked.cleaned_data["on"]), ""
    except NoRate as missing:
        return None, no_rate(missing)


@open_to(*INSIDERS)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """One fund: who gave what, and which plans budget it."""
    actor = acting(request)
    fund = visible_or_404(visible_funds(actor), ref)
    pot = pots([fund])[fund.pk]
    given = [(row, in_fund(row)) for row in visible_contributions(actor).filter(fund=fund)]
    lines = visible_budget(actor).filter(fund=fund).order_by("-plan__starts", "business_line__order")
    amounts = ("contributed", "budgeted", "left", "lacks")
    context = {
        "fund": fund, "heading": fund.name, "crumbs": home_crumb(), "writes": keeps_money(actor),
        "pot": {name: Money(getattr(pot, name), fund.currency) for name in amounts}, "given": given, "lines": lines,
    }  # fmt: skip
    return render(request, "plans/fund.html", context)


@open_to(*FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    form = FundForm(request.POST or None)
    if made := attempt(form, lambda: money.add_fund(acting(request), **form.values)):
        messages.success(request, _("%(fund)s is here. Add what was contributed to it.") % {"fund": made})
        return redirect("plans:fund", made.ref)
    return form_page(request, form, _("Add a fund"), home_crumb())


@open_to(*FINANCE)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    fund = visible_or_404(visible_funds(acting(request)), ref)
    form = FundForm(request.POST or None, instance=visible_or_404(visible_funds(acting(request)), ref))
    if attempt(form, lambda: money.change_fund(acting(request), ref, form.opened_at, **form.values)):
        return redirect("plans:fund", ref)
    crumbs = [*home_crumb(), (fund.name, reverse("plans:fund", args=[ref]))]
    return form_page(request, form, _("Change the fund"), crumbs)
