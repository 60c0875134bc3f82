"""What organisations agreed to give: the list, one contribution, and putting it right."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jwp.core.access import FOCAL_POINT, INSIDERS, Actor, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.money import Money
from jwp.plans.access import FINANCE, keeps_money, visible_contributions, visible_funds
from jwp.plans.actions import money
from jwp.plans.forms import ContributionForm, WithdrawForm
from jwp.plans.models import Contribution
from jwp.plans.pots import in_fund
from jwp.plans.tables import ContributionFilter, ContributionTable
from jwp.plans.views.paging import Crumbs, form_page, list_page

READERS = (*INSIDERS, FOCAL_POINT)


def _crumbs(actor: Actor, row: Contribution | None = None) -> Crumbs:
    home = [(_("Money"), reverse("plans:money"))] if actor.has(*INSIDERS) else []
    crumbs = [*home, (_("Contributions"), reverse("plans:contributions"))]
    return [*crumbs, (str(row), reverse("plans:contribution", args=[row.ref]))] if row else crumbs


@open_to(*READERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = ContributionFilter(request.GET, visible_contributions(actor), request=request)
    # Grouped anew: a focal point's rows are distinct, and a list is ordered. What was withdrawn is in no sum.
    rows = Contribution.objects.filter(pk__in=found.qs.order_by().values("pk"), withdrawn_on=None).order_by()
    sums = rows.values_list("currency").annotate(Sum("minor")).order_by("currency")
    context = {
        "filter": found, "heading": _("Contributions"), "crumbs": _crumbs(actor)[:-1], "writes": keeps_money(actor),
        "sums": [Money(minor, currency) for currency, minor in sums],
    }  # fmt: skip
    return list_page(request, ContributionTable(found.qs), "contributions", "plans/contributions.html", context)


@open_to(*READERS)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_contributions(actor), ref)
    context = {
        "row": row, "converted": in_fund(row), "heading": str(row.organisation), "crumbs": _crumbs(actor),
        "writes": keeps_money(actor), "insider": actor.has(*INSIDERS),
    }  # fmt: skip
    return render(request, "plans/contribution.html", context)


@open_to(*FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    fund = visible_funds(actor).filter(ref=request.GET.get("fund", "")).first()
    initial = {"fund": fund, "currency": fund.currency} if fund else {}
    form = ContributionForm(request.POST or None, initial=initial)
    if made := attempt(form, lambda: money.add_contribution(actor, **form.values)):
        messages.success(request, _("The contribution is written down."))
        return redirect("plans:contribution", made.ref)
    return form_page(request, form, _("Add a contribution"), _crumbs(actor))


@open_to(*FINANCE)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(visible_contributions(actor), ref)
    form = ContributionForm(request.POST or None, instance=visible_or_404(visible_contributions(actor), ref))
    if attempt(form, lambda: money.change_contribution(actor, ref, form.opened_at, **form.values)):
        return redirect("plans:contribution", ref)
    return form_page(request, form, _("Put the contribution right"), _crumbs(actor, shown))


@open_to(*FINANCE)
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_contributions(actor), ref)
    form = WithdrawForm(request.POST or None, initial={"revision": row.revision})
    if attempt(form, lambda: money.withdraw_contribution(actor, ref, **form.cleaned_data)):
        return redirect("plans:contribution", ref)
    lead = _("It stays readable, and finances nothing from now on. A budget that counted on it will lack the amount.")
    crumbs = _crumbs(actor, row)
    return form_page(request, form, _("The contribution was withdrawn"), crumbs, lead=lead, button=_("Withdraw"))
