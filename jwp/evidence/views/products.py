"""The pages of products: the list, one product with its downloads and uses, and the uses that wait."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig, Table

from jwp.core.access import INSIDERS, SECRETARIAT, SIGNED_IN, acting, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.core.models import Partnership
from jwp.evidence import actions
from jwp.evidence.access import USERS, WRITERS, visible_documents, visible_products, visible_uses
from jwp.evidence.forms import ProductForm, ReviewForm, UseForm
from jwp.evidence.models import Product, ProductUse
from jwp.evidence.rules import USE
from jwp.evidence.tables import ProductFilter, ProductTable, UseFilter, UseTable, by_month, language_name, with_counts
from jwp.partners.tables import as_csv
from jwp.partners.views.editing import Crumb

PER_PAGE = 50
USES_SHOWN = 20


@open_to(SIGNED_IN)
@require_safe
def products(request: HttpRequest) -> HttpResponse:
    actor = acting(request)
    found = ProductFilter(request.GET, with_counts(visible_products(actor)))
    context = {
        "filter": found,
        "told": visible_uses(actor).filter(state=ProductUse.State.TOLD).count(),
        "may_write": actor.has(*WRITERS),
    }
    return _list(request, ProductTable(found.qs), "products", context)


@open_to(*INSIDERS)
@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    found = UseFilter(request.GET, visible_uses(acting(request)))
    table = UseTable(found.qs, exclude=() if acting(request).has(*SECRETARIAT) else ("ref",))
    return _list(request, table, "uses", {"filter": found, "crumbs": _crumbs()})


@open_to(SIGNED_IN)
@require_safe
def product(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    shown = visible_or_404(with_counts(visible_products(actor)), ref)
    done = visible_uses(actor).filter(product=shown)
    context = {
        "product": shown,
        "language": language_name(shown.language),
        "document": visible_documents(actor).filter(products=shown).first(),
        "newer": visible_documents(actor).filter(supersedes=shown.document_id or 0).first(),
        "months": by_month(shown, actor.today),
        "uses": done.filter(state=ProductUse.State.CONFIRMED)[:USES_SHOWN],
        "waiting": done.filter(state=ProductUse.State.TOLD)[:USES_SHOWN],
        "form": UseForm(initial={"used_on": actor.today}) if actor.has(*USERS) else None,
        "may_write": actor.has(*WRITERS),
        "crumbs": _crumbs(),
    }
    return render(request, "evidence/product.html", context)


@open_to(*WRITERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_product(request: HttpRequest, ref: str = "") -> HttpResponse:
    actor = acting(request)
    row = visible_or_404(visible_products(actor), ref) if ref else None
    form = ProductForm(request.POST or None, instance=row)
    kept = attempt(form, lambda: actions.keep_product(actor, row, form.opened_at, **form.values))
    if kept:
        messages.success(request, _("Saved."))
        return redirect("evidence:product", kept.ref)
    return _form(request, form, _("Change %(product)s") % {"product": row} if row else _("Add a product"), _crumbs(row))


@open_to(*USERS)
@require_http_methods(["GET", "HEAD", "POST"])
def record_use(request: HttpRequest, ref: str) -> HttpResponse:
    actor = acting(request)
    used = visible_or_404(visible_products(actor), ref)
    form = UseForm(request.POST or None, initial={"used_on": actor.today})
    if attempt(form, lambda: actions.record_use(actor, used, **form.values)):
        messages.success(request, _("The use is recorded."))
        return redirect("evidence:product", ref)
    return _form(request, form, _("What was done with %(product)s") % {"product": used}, _crumbs(used))


@open_to(*SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def use(request: HttpRequest, ref: str) -> HttpResponse:
    """One use: what waits is confirmed or set aside here, its words put right on the way."""
    actor = acting(request)
    shown = visible_or_404(visible_uses(actor), ref)
    first = {"organisation_name": shown.used_by}
    form = ReviewForm(request.POST or None, instance=shown, initial=first)
    verb = request.POST.get("verb", "")
    if attempt(form, lambda: actions.review_use(actor, ref, verb, form.opened_at, **form.values)):
        messages.success(request, _("Saved."))
        return redirect("evidence:product", shown.product.ref)
    context = {"use": shown, "form": form, "verbs": USE.verbs(shown.state, {"secretariat"}), "heading": str(shown)}
    return render(request, "evidence/use.html", context | {"crumbs": _crumbs(shown.product)})


def _list(request: HttpRequest, table: Table, name: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the list or, asked for with ?export=csv, all that it was narrowed to, in the same order."""
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return as_csv(table, name, Partnership.get())
    table.export_url = export_address(request)
    return render(request, f"evidence/{name}.html", context | {"table": table})


def export_address(request: HttpRequest) -> str:
    asked = request.GET.copy()
    asked["export"] = "csv"
    return f"?{asked.urlencode()}"


def _form(request: HttpRequest, form: Any, heading: str, crumbs: list[Crumb]) -> HttpResponse:
    context = {"form": form, "heading": heading, "crumbs": crumbs, "back": crumbs[-1][1]}
    return render(request, "evidence/form.html", context)


def _crumbs(product: Product | None = None) -> list[Crumb]:
    found = [(_("Documents"), reverse("evidence:documents")), (_("Products"), reverse("evidence:products"))]
    return found + ([(product.title, reverse("evidence:product", args=[product.ref]))] if product else [])
