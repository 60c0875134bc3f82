"""Statements of the host's ERP: read, checked, applied; their differences; and the money page they fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jwp.core.access import INSIDERS, ActorRequest, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt
from jwp.core.money import Money, totals
from jwp.evidence.files import Kept
from jwp.grants.actions import statement as actions
from jwp.grants.forms.money import MatchForm, SettleForm, StatementForm
from jwp.grants.models import Statement, Transaction
from jwp.grants.money import Standing, by_fund, unmatched
from jwp.grants.money_words import fault, means
from jwp.grants.tables.items import StatementTable
from jwp.partners.tables import stream_csv
from jwp.partners.views.editing import Crumb
from jwp.plans.access import FINANCE, keeps_money, require_finance, work_plans
from jwp.plans.models import BusinessLine, Fund, Plan
from jwp.plans.views.paging import list_page

SHOWN = 200  # faults and lines on the page; the file has them all


def crumbs(*more: Crumb) -> list[Crumb]:
    return [(_("Funded items"), reverse("grants:items")), *more]


def _statements() -> Crumb:
    return _("Statements"), reverse("grants:statements")


@open_to(*INSIDERS)
@require_safe
def statement_list(request: ActorRequest) -> HttpResponse:
    actor = acting(request)
    table = StatementTable(Statement.objects.select_related("by"))
    context = {
        "crumbs": crumbs(), "heading": _("Statements of the ERP"), "form": StatementForm(),
        "may_read": keeps_money(actor), "unmatched": unmatched().count(),
    }  # fmt: skip
    return list_page(request, table, "statements", "grants/statements.html", context)


@open_to(*FINANCE)
@require_POST
def check_statement(request: ActorRequest) -> HttpResponse:
    """What the file says beside what we know. Nothing is written until it is applied."""
    form = StatementForm(request.POST, request.FILES)
    kept = attempt(form, form.kept)
    if kept is None:
        table = StatementTable(Statement.objects.select_related("by"))
        context = {"crumbs": crumbs(), "heading": _("Statements of the ERP"), "form": form, "may_read": True,
                   "unmatched": unmatched().count(), "table": table}  # fmt: skip
        return render(request, "grants/statements.html", context, status=422)
    return _checked(request, kept, form.options)


def _checked(request: ActorRequest, kept: Kept, options: dict[str, Any], why: tuple[str, ...] = ()) -> HttpResponse:
    found = actions.check_statement(kept, request.today, **options)
    new = found.result.bookings
    context = {
        "crumbs": crumbs(_statements()),
        "heading": kept.name,
        "found": found,
        "why": why,
        "faults": [(each.number, fault(each)) for each in found.faults[:SHOWN]],
        "ask_dates": any(each.why == "day or month first" for each in found.faults),
        "new": new[:SHOWN],
        "sums": totals(each.line.money for each in new if each.line.kind == "payment").values(),
        "matched": sum(bool(each.item or each.typed) for each in new),
        "differences": [(each, means(each.kind)) for each in found.result.differences[:SHOWN]],
        # Signed, so that what is applied is what was checked.
        "sent": signing.dumps([kept.sha256, kept.name, kept.size, kept.media_type], salt="jwp.grants.statement"),
        "options": options,
        "form": StatementForm(initial=options),
    }
    return render(request, "grants/statement_check.html", context, status=422 if found.faults or why else 200)


@open_to(*FINANCE)
@require_POST
def apply_statement(request: ActorRequest) -> HttpResponse:
    """Apply what was checked; or check it again where another way of writing dates was chosen."""
    try:
        kept = Kept(*signing.loads(request.POST.get("sent", ""), salt="jwp.grants.statement"))
    except signing.BadSignature:
        return _again(request)
    form = StatementForm(request.POST)
    del form.fields["file"]
    if not form.is_valid():
        return _again(request)
    if request.POST.get("do") != "apply":
        return _checked(request, kept, form.options)
    before = Transaction.objects.count()
    try:
        statement = actions.apply_statement(acting(request), kept, **form.options)
    except Refused as refused:
        return _checked(request, kept, form.options, refused.reasons)
    if Transaction.objects.count() == before:
        messages.success(request, _("Nothing in it was new."))
    else:
        messages.success(request, _("Booked."))
    return redirect("grants:statement", statement.ref)


def _again(request: ActorRequest) -> HttpResponse:
    messages.error(request, _("Send the file again."))
    return redirect("grants:statements")


@dataclass(frozen=True)
class Shown:
    """A difference as the page shows it."""

    number: int
    kept: dict[str, Any]
    means: str
    ours: Money | None
    theirs: Money | None
    match: Transaction | None


@open_to(*INSIDERS)
def statement(request: ActorRequest, ref: str) -> HttpResponse:
    """One statement: what it booked, and each difference until it is settled."""
    row = visible_or_404(Statement.objects.select_related("file", "by"), ref)
    form = SettleForm(request.POST or None)
    if request.method == "POST":
        require_finance(acting(request))
        settled = attempt(form, lambda: actions.settle(
            acting(request), ref, form.cleaned_data["number"], form.cleaned_data["note"], form.opened_at
        ))  # fmt: skip
        if settled:
            return redirect(f"{reverse('grants:statement', args=[ref])}#differences")
    booked = list(row.transactions.select_related("item").order_by("on", "pk"))
    waiting = {each.erp_ref: each for each in booked if each.item_id is None}
    differences = [_shown(number, each, waiting) for number, each in enumerate(row.differences)]
    asked = {each.match for each in differences if not each.kept["settled"]}
    context = {
        "statement": row,
        "crumbs": crumbs(_statements()),
        "differences": differences,
        "open": actions.unsettled(row),
        "booked": booked[:SHOWN],
        "n": len(booked),
        # Those of an open difference are matched there.
        "waiting": [each for each in waiting.values() if each not in asked],
        "sums": totals(Money(each.minor, each.currency) for each in booked if each.kind == "payment").values(),
        "may_settle": keeps_money(acting(request)),
        "form": form,
        "match": MatchForm(),
    }
    return render(request, "grants/statement.html", context, status=422 if form.errors else 200)


def _shown(number: int, kept: dict[str, Any], waiting: dict[str, Transaction]) -> Shown:
    ours, theirs = (Money(*kept[name]) if kept[name] else None for name in ("ours", "theirs"))
    return Shown(number, kept, means(kept["kind"]), ours, theirs, waiting.get(kept["reference"]))


@open_to(*FINANCE)
@require_POST
def match(request: ActorRequest, ref: str) -> HttpResponse:
    row = visible_or_404(Transaction.objects.select_related("statement"), ref)
    form = MatchForm(request.POST)
    done = attempt(form, lambda: actions.match(acting(request), ref, form.cleaned_data["item"].strip()))
    if done:
        messages.success(request, _("Matched with %(item)s.") % {"item": done.item})
    else:
        for errors in form.errors.values():
            for why in errors:
                messages.error(request, str(why))
    return redirect("grants:statement", row.statement.ref) if row.statement else redirect("grants:statements")


@dataclass(frozen=True)
class MoneyRow:
    line: BusinessLine
    fund: Fund
    standing: Standing

    def money(self, name: str) -> Money | None:
        minor = getattr(self.standing, name)
        return None if minor is None else Money(minor, self.standing.currency)

    @property
    def amounts(self) -> list[Money | None]:
        return [self.money(name) for name in AMOUNTS]


AMOUNTS = ("budget", "signed", "left", "committed", "paid")


def _headings() -> list[str]:
    return [_("Budget"), _("Signed"), _("Left to sign"), _("Committed"), _("Paid")]


@open_to(*INSIDERS)
@require_safe
def money(request: ActorRequest) -> HttpResponseBase:
    """Budget, signed, committed and paid by business line and fund: of one work plan, or of all time."""
    actor = acting(request)
    plans = list(work_plans(actor).order_by("-starts"))
    wanted = request.GET.get("plan", "")
    plan = next((each for each in plans if each.ref == wanted), None if wanted == "all" or not plans else plans[0])
    rows = money_rows(plan)
    if request.GET.get("export") == "csv":
        heading = [_("Business line"), _("Fund"), _("Currency"), *_headings()]
        cells = (
            [row.line, row.fund, row.standing.currency, *("" if m is None else m.amount for m in row.amounts)]
            for row in rows
        )
        return stream_csv(heading, cells, f"money-{plan.ref if plan else 'all'}", request.partnership)
    columns = [[row.money(name) for row in rows] for name in AMOUNTS]
    context = {
        "crumbs": crumbs(),
        "plans": plans,
        "plan": plan,
        "headings": _headings(),
        "rows": [(row, list(zip(_headings(), row.amounts, strict=True))) for row in rows],
        "totals": [(currency, list(zip(_headings(), sums, strict=True))) for currency, sums in _totals(columns)],
        "export": f"?plan={plan.ref if plan else 'all'}&export=csv",
    }
    return render(request, "grants/money.html", context)


def money_rows(plan: Plan | None) -> list[MoneyRow]:
    found = by_fund(plan)
    lines = BusinessLine.objects.in_bulk({line for line, _fund in found})
    funds = Fund.objects.in_bulk({fund for _line, fund in found})
    rows = [MoneyRow(lines[line], funds[fund], standing) for (line, fund), standing in found.items()]
    return sorted(rows, key=lambda row: (row.line.order, row.line.name, row.fund.name))


def _totals(columns: list[list[Money | None]]) -> list[tuple[str, list[Money | None]]]:
    """One line a currency, never two added up; a dash where nobody budgeted anything in it."""
    sums = [totals(each for each in column if each is not None) for column in columns]
    currencies = sorted({currency for each in sums for currency in each})
    return [(currency, [each.get(currency) for each in sums]) for currency in currencies]
