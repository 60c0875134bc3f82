"""Funded items: the list, one item's page, its forms and its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import DIRECTOR, FOCAL_POINT, INSIDERS, ActorRequest, acting, open_to, visible_or_404
from jwp.core.door import Refused
from jwp.core.forms import attempt, whole
from jwp.evidence.views.products import export_address
from jwp.grants.access import WRITERS, visible_items
from jwp.grants.actions import agreement, items
from jwp.grants.actions.items import AGREED
from jwp.grants.actions.links import give_link, link_address
from jwp.grants.forms.items import ItemForm, PartsForm, SignForm
from jwp.grants.models import FundedItem
from jwp.grants.rules.life import FUNDED
from jwp.grants.tables.items import ITEM_CSV, ItemFilter, ItemTable, item_rows, listed
from jwp.grants.views.item_page import shown
from jwp.partners.tables import stream_csv
from jwp.partners.views.editing import Crumb, edit

PER_PAGE = 50
Kind = FundedItem.Kind
KINDS = [kind for kind in Kind if kind != Kind.COMPETITIVE]


def crumbs(item: FundedItem | None = None) -> list[Crumb]:
    """The way back, to the list and the item."""
    found = [(_("Funded items"), reverse("grants:items"))]
    return [*found, (item.title, reverse("grants:item", args=[item.ref]))] if item else found


def seen(request: ActorRequest, ref: str) -> FundedItem:
    return visible_or_404(visible_items(acting(request)), ref)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def item_list(request: ActorRequest) -> HttpResponseBase:
    actor = acting(request)
    found = ItemFilter(request.GET, listed(visible_items(actor)))
    table = ItemTable(found.qs)
    exported = request.GET.get("export") == "csv"
    RequestConfig(request, paginate=False if exported else {"per_page": PER_PAGE}).configure(table)
    if exported:
        heading = [str(word) for word in ITEM_CSV]
        return stream_csv(heading, item_rows(table.data.data), "funded-items", request.partnership)
    table.export_url = export_address(request)
    context = {"table": table, "filter": found, "may_write": actor.has(*WRITERS), "kinds": KINDS,
               "insider": actor.has(*INSIDERS)}  # fmt: skip
    return render(request, "grants/items.html", context)


@open_to(*INSIDERS, FOCAL_POINT)
@require_safe
def item_page(request: ActorRequest, ref: str) -> HttpResponse:
    return _page(request, seen(request, ref))


def _page(request: ActorRequest, item: FundedItem, *, status: int = 200, **more: Any) -> HttpResponse:
    context = shown(acting(request), item) | {"sign_form": SignForm(revision=item.revision)} | more
    return render(request, "grants/item.html", context, status=status)


@open_to(*WRITERS)
def new_item(request: ActorRequest, kind: str) -> HttpResponse:
    """One short form a kind: only what that kind needs."""
    named = next((each for each in KINDS if each.value.replace(" ", "-") == kind), None)
    if named is None:
        raise Http404
    form = ItemForm(named, request.POST or None)
    return edit(
        request, form,
        lambda: items.add_item(acting(request), form.cities or (), kind=named, **form.values),
        heading=_("New: %(kind)s") % {"kind": named.label},
        crumbs=crumbs(),
        then=lambda made: reverse("grants:item", args=[made.ref]),
    )  # fmt: skip


@open_to(*WRITERS)
def change_item(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    fixed = {*AGREED, "amount"} if item.state in FUNDED else ()
    form = ItemForm(item.kind, request.POST or None, instance=item, fixed=[*fixed])
    return edit(
        request, form,
        lambda: items.change_item(acting(request), ref, form.opened_at, form.cities, **form.values),
        heading=_("Change the item"),
        crumbs=crumbs(seen(request, ref)),
        then=reverse("grants:item", args=[ref]),
        lead=_("It is signed: an amendment changes its amount, its dates or what it is for.") if fixed else "",
    )  # fmt: skip


@open_to(*WRITERS)
@require_POST
def step_item(request: ActorRequest, ref: str) -> HttpResponse:
    actor, item = acting(request), seen(request, ref)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")
    revision = whole(request.POST.get("revision", ""))
    try:
        match verb:
            case "complete":
                agreement.complete(actor, ref, revision)
            case "close":
                agreement.close(actor, ref, revision)
            case "cancel" | "withdraw":
                agreement.end(actor, ref, verb, revision, reason=reason)
            case _:
                raise Refused(_("Choose a step."))
    except Refused as refused:
        for why in refused.reasons:
            messages.error(request, why)
        # What was typed is not lost: it stands again in its field.
        return _page(request, item, status=409, typed=reason)
    messages.success(request, _("Done, and written down."))
    return redirect("grants:item", ref)


@open_to(DIRECTOR)
@require_POST
def sign_item(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    form = SignForm(request.POST)
    done = attempt(form, lambda: agreement.sign(acting(request), ref, form.opened_at, every=form.cleaned_data["every"]))
    if done:
        messages.success(
            request, _("Signed. Reports are laid out, and the grantee has a letter if we have an address.")
        )
        return redirect("grants:item", ref)
    return _page(request, item, status=422, sign_form=form)


@open_to(*WRITERS)
def parts(request: ActorRequest, ref: str) -> HttpResponse:
    item = seen(request, ref)
    text = "\n".join(str(part) for part in item.parts.all())
    form = PartsForm(request.POST or None, revision=item.revision, initial={"text": text})
    return edit(
        request, form,
        lambda: items.set_parts(acting(request), ref, form.cleaned_data["text"], form.opened_at),
        heading=_("Objectives and activities"),
        crumbs=crumbs(item),
        then=reverse("grants:item", args=[ref]),
    )  # fmt: skip


@open_to(*WRITERS)
@require_POST
def link(request: ActorRequest, ref: str) -> HttpResponse:
    """A new link for the grantee, shown this once."""
    item = seen(request, ref)
    token = give_link(acting(request), ref, whole(request.POST.get("revision", "")))
    context = {"item": item, "address": link_address(token), "crumbs": crumbs(item)}
    return render(request, "grants/item_link.html", context)
