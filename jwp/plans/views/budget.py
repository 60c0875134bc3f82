"""The budget of a work plan: one grid to read, and the same grid to write."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from jwp.core.access import INSIDERS, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.core.money import Money
from jwp.core.templatetags.jwp import money as shown
from jwp.evidence.access import RECORDERS
from jwp.partners.tables import as_csv
from jwp.plans.access import FINANCE, keeps_money, work_plans
from jwp.plans.actions import plan as plans
from jwp.plans.actions.budget import set_budget
from jwp.plans.actions.plan import PLANNERS
from jwp.plans.forms import BudgetForm, WorkPlanForm
from jwp.plans.grid import Grid, read_grid
from jwp.plans.models import Plan
from jwp.plans.tables import NUM
from jwp.plans.views.funds import home_crumb
from jwp.plans.views.paging import form_page

AMOUNT = NUM | {"tf": {"class": "num"}}


class AmountColumn(tables.Column):  # type: ignore[misc]
    """Amounts on the page in the reader's format, in a file as plain numbers."""

    def render(self, value: Money) -> str:
        return shown(value)

    def value(self, value: Money) -> str:
        return str(value.amount)


class GridTable(tables.Table):  # type: ignore[misc]
    line = tables.Column(verbose_name=_("Business line"), footer=_("Together"))


def grid_table(grid: Grid) -> tables.Table:
    """A row for each business line, a column for each fund, and a total for each currency that several funds have."""
    totals, lines = grid.fund_totals(), grid.line_totals()
    currencies = [fund.currency for fund in grid.funds]
    shared = sorted({currency for currency in currencies if currencies.count(currency) > 1})
    extra = [
        (f"fund{n}", AmountColumn(verbose_name=f"{fund.name} ({fund.currency})", attrs=AMOUNT,
         footer=shown(Money(totals.get(fund.ref, 0), fund.currency))))
        for n, fund in enumerate(grid.funds)
    ]  # fmt: skip
    for n, currency in enumerate(shared):
        together = sum(totals.get(fund.ref, 0) for fund in grid.funds if fund.currency == currency)
        heading, foot = _("All %(currency)s") % {"currency": currency}, shown(Money(together, currency))
        extra.append((f"all{n}", AmountColumn(verbose_name=heading, footer=foot, attrs=AMOUNT)))
    rows: list[dict[str, Any]] = []
    for line in grid.lines:
        cells = {
            f"fund{n}": grid.here[line.ref, fund.ref].money
            for n, fund in enumerate(grid.funds)
            if (line.ref, fund.ref) in grid.here
        }
        sums = {f"all{shared.index(m.currency)}": m for m in lines.get(line.ref, []) if m.currency in shared}
        rows.append({"line": str(line)} | cells | sums)
    return GridTable(rows, extra_columns=extra, orderable=False)


@open_to(*INSIDERS)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    plan = visible_or_404(work_plans(actor), ref)
    grid = read_grid(plan)
    table = grid_table(grid)
    if request.GET.get("export") == "csv":
        return as_csv(table, f"budget-{plan.ref}", Partnership.get())
    table.export_url = "?export=csv"
    context = {
        "plan": plan, "grid": grid, "table": table, "heading": plan.title, "crumbs": home_crumb(),
        "writes": keeps_money(actor) and plan.state != "ended",
        "allowed": [row for row in grid.here.values() if row.allowed_by],
    }  # fmt: skip
    return render(request, "plans/budget.html", context)


@open_to(*FINANCE)
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """The grid to write in. Refused, it keeps what was typed and says which fund lacks how much."""
    actor = acting(request)
    plan = visible_or_404(work_plans(actor), ref)
    grid = read_grid(plan)
    form = BudgetForm(plan, grid.lines, grid.funds, grid.here, request.POST or None, records=actor.has(*RECORDERS))
    written = attempt(
        form,
        lambda: set_budget(
            actor, ref, form.wanted, was=form.was, approval=form.cleaned_data["approval"], decided=form.decided,
            reason=form.cleaned_data.get("reason", ""),
        ),
    )  # fmt: skip
    if written is not None:
        n = len(written)
        messages.success(request, ngettext("%(n)d amount written.", "%(n)d amounts written.", n) % {"n": n})
        return redirect("plans:budget", ref)
    if form.is_bound:
        form.show_theirs()
    crumbs = [*home_crumb(), (plan.title, reverse("plans:budget", args=[ref]))]
    context = {"plan": plan, "grid": grid, "form": form, "heading": _("Change the budget"), "crumbs": crumbs}
    return render(request, "plans/change_budget.html", context, status=422 if form.is_bound else 200)


@open_to(*PLANNERS)
def new(request: HttpRequest) -> HttpResponse:
    """A work plan as a draft. What it promises, and its adoption, are on the plan's page."""
    form = WorkPlanForm(request.POST or None)
    made = attempt(form, lambda: plans.create_plan(acting(request), kind=Plan.Kind.WORK, public=False, **form.values))
    if made:
        messages.success(request, _("The work plan is here as a draft. Its budget can be written."))
        return redirect("plans:budget" if keeps_money(acting(request)) else "gender:plan", made.ref)
    return form_page(request, form, _("Add a work plan"), home_crumb())
