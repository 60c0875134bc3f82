"""Under an item: amendments, tranches and what shows that they may be paid, conditions, investments."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jwp.core.access import DIRECTOR, SIGNED_IN, ActorRequest, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.money import Money
from jwp.grants.access import WRITERS, visible_items
from jwp.grants.actions import agreement, conditions, investments
from jwp.grants.actions.statement import type_transaction
from jwp.grants.forms.items import AmendForm, Asked, ConditionForm, MetForm, TrancheLines, instalments
from jwp.grants.forms.money import InvestmentForm, TypedForm
from jwp.grants.models import Amendment, Condition, Investment, Tranche
from jwp.grants.views.items import crumbs, seen
from jwp.partners.views.editing import edit
from jwp.plans.access import FINANCE
from jwp.plans.forms import typed

Kind = Amendment.Kind


def _item(ref: str, anchor: str = "") -> str:
    return reverse("grants:item", args=[ref]) + (f"#{anchor}" if anchor else "")


@open_to(DIRECTOR)
def amend(request: ActorRequest, ref: str, kind: str) -> HttpResponse:
    item = seen(request, ref)
    named = next((each for each in Kind if each.value.replace(" ", "-") == kind), None)
    if named is None:
        raise Http404
    initial = {"on": request.today}
    form = AmendForm(item, named, request.POST or None, revision=item.revision, initial=initial)

    def act() -> Amendment:
        given = form.cleaned_data
        return agreement.amend(
            acting(request), ref, form.opened_at, kind=named, value=given["value"], on=given["on"],
            reason=given["reason"], document=given["document"],
        )  # fmt: skip

    return edit(
        request, form, act, heading=_("Amendment: %(kind)s") % {"kind": named.label}, crumbs=crumbs(item),
        then=_item(ref, "amendments"), button=_("Sign the amendment"),
        lead=_("What was agreed before stays readable."),
    )  # fmt: skip


@open_to(*WRITERS)
def tranches(request: ActorRequest, ref: str) -> HttpResponse:
    """One grid for all of them; together they are never more than the amount."""
    item = seen(request, ref)
    rows = list(item.tranches.order_by("number"))
    initial = [
        {"amount": typed(Money(row.minor, item.currency)), "due": row.due, "condition": row.condition} for row in rows
    ]
    grid = TrancheLines(request.POST or None, initial=initial, form_kwargs={"currency": item.currency})
    sent = Asked(request.POST or None, revision=item.revision)
    refused: list[str] = []
    if request.method == "POST" and grid.is_valid():
        done = attempt(sent, lambda: agreement.set_tranches(acting(request), ref, instalments(grid), sent.opened_at))
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect(_item(ref, "tranches"))
        refused = [str(why) for why in sent.non_field_errors()]
    context = {
        "item": item, "grid": grid, "form": sent, "refused": refused, "crumbs": crumbs(item),
        "heading": _("Tranches"), "back": _item(ref),
    }  # fmt: skip
    return render(request, "grants/tranches.html", context, status=422 if refused or grid.total_error_count() else 200)


@open_to(*WRITERS)
def tranche(request: ActorRequest, ref: str) -> HttpResponse:
    row = visible_or_404(
        Tranche.objects.filter(item__in=visible_items(acting(request)).values("pk")).select_related("item"), ref
    )
    form = MetForm(request.POST or None, revision=row.revision, initial={"on": request.today})
    return edit(
        request, form,
        lambda: agreement.meet_tranche(
            acting(request), ref, form.opened_at, on=form.cleaned_data["on"], how=form.cleaned_data["how"]
        ),
        heading=_("Its condition is met"), crumbs=crumbs(row.item), then=_item(row.item.ref, "tranches"),
        lead=row.condition,
    )  # fmt: skip


@open_to(*WRITERS)
def new_condition(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    form = ConditionForm(request.POST or None)
    return edit(
        request, form, lambda: conditions.add_condition(acting(request), ref, **form.values),
        heading=_("New condition"), crumbs=crumbs(item), then=_item(ref, "conditions"),
    )  # fmt: skip


@open_to(SIGNED_IN)
def condition(request: ActorRequest, ref: str) -> HttpResponse:
    """The office that owes it says that it is met, and how."""
    actor = acting(request)
    row = visible_or_404(Condition.objects.select_related("item", "owner"), ref)
    if not conditions.may_meet(actor, row):
        raise Http404
    visible = visible_items(actor).filter(pk=row.item_id).exists()
    form = MetForm(request.POST or None, revision=row.revision, initial={"on": request.today})
    return edit(
        request, form,
        lambda: conditions.meet_condition(
            actor, ref, form.opened_at, on=form.cleaned_data["on"], how=form.cleaned_data["how"]
        ),
        heading=_("A condition is met"), crumbs=crumbs(row.item) if visible else [(_("Home"), "/")],
        then=_item(row.item.ref, "conditions") if visible else "/", lead=row.text,
    )  # fmt: skip


@open_to(*FINANCE)
def new_transaction(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    form = TypedForm(request.POST or None, initial={"currency": item.currency, "on": request.today})
    return edit(
        request, form, lambda: type_transaction(acting(request), ref, **form.values),
        heading=_("A payment or commitment, typed"), crumbs=crumbs(item), then=_item(ref, "money"),
        lead=_("They arrive with the statements of the ERP. Type one only if it cannot wait."),
    )  # fmt: skip


@open_to(*WRITERS)
def new_investment(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    first = {"currency": item.currency, "on": request.today}
    form = InvestmentForm(request.POST or None, request.FILES or None, initial=first)
    return edit(
        request, form, lambda: investments.add_investment(acting(request), ref, form.kept(), **form.values),
        heading=_("An investment that followed"), crumbs=crumbs(item), then=_item(ref, "investments"),
    )  # fmt: skip


@open_to(*WRITERS)
def investment(request: ActorRequest, ref: str) -> HttpResponse:
    rows = Investment.objects.filter(item__in=visible_items(acting(request)).values("pk"))
    row = visible_or_404(rows.select_related("item", "document", "file"), ref)
    form = InvestmentForm(request.POST or None, request.FILES or None, instance=row)
    return edit(
        request, form,
        lambda: investments.change_investment(acting(request), ref, form.opened_at, form.kept(), **form.values),
        heading=_("Put the investment right"), crumbs=crumbs(row.item), then=_item(row.item.ref, "investments"),
    )  # fmt: skip
